// What the commands do otherwise where a person sits at a terminal: colours, drawing in place, and a secret
// that is typed or pasted without being shown. Used by the command line.
#pragma once

#include <cstdio>
#include <streambuf>
#include <string>

namespace gatewatch::agent {

/// A terminal that can move its cursor.
[[nodiscard]] bool can_draw(std::FILE* file);

/// Unless the person does not want any (no-color.org).
[[nodiscard]] bool wants_colour(std::FILE* file);

/// Standard input at a terminal: prints the prompt to standard error when the first byte is asked for, then
/// takes one line, or one paste of several, without showing it.
class UnseenInput : public std::streambuf {
  public:
    explicit UnseenInput(std::string prompt) : prompt_(std::move(prompt)) {}

  private:
    int_type underflow() override;

    std::string prompt_;
    std::string text_;
    bool read_ = false;
};

}  // namespace gatewatch::agent
