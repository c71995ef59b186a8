// The words by which the backend's lines are known: its own, or what [gateway.pm2.patterns] has in their
// place. Pure, made once from the settings. Used by line_parser.cpp and line_scan.cpp.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/samples.hpp"

namespace gatewatch::probes::pm2 {

struct ParsedEvent {
    EventKind kind = EventKind::attempt;
    std::string sid;  ///< 20 characters of [A-Za-z0-9_-]; of built-in words in attempt and disconnect only
    std::string excerpt;  ///< of errors only: at most max_evidence bytes, previews of tokens removed
    bool operator==(const ParsedEvent&) const = default;
};

/// What a mended line says.
struct Said {
    std::optional<ParsedEvent> event;
    bool damaged_beyond_telling = false;  ///< it speaks of a connection, and what it says cannot be told
};

class Patterns {
  public:
    /// The backend's own words.
    Patterns();
    /// By an event's name, as the loader has checked them; others are left out.
    explicit Patterns(const std::map<std::string, std::vector<std::string>>& by_event);
    Patterns(Patterns&&) noexcept;
    Patterns& operator=(Patterns&&) noexcept;
    ~Patterns();

    /// One line, mended (see text.hpp) and without the JSON around it.
    [[nodiscard]] Said read(std::string_view line) const;

    /// A line that holds none of these, in any case of its ASCII letters where so marked, says nothing,
    /// unless it is damaged.
    struct Literal {
        std::string text;
        bool any_case = false;  ///< then text is in lower case
    };
    [[nodiscard]] const std::vector<Literal>& literals() const { return literals_; }
    /// There is an expression without such a text: every line must be read.
    [[nodiscard]] bool any_line_may_matter() const { return any_line_; }

  private:
    struct Expressions;

    void find_literals();

    std::unique_ptr<Expressions> own_;
    std::vector<Literal> literals_;
    bool any_line_ = false;
};

/// Whether that is a namespace sid as socket.io makes them.
[[nodiscard]] bool is_sid(std::string_view text);

}  // namespace gatewatch::probes::pm2
