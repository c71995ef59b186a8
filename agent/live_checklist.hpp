// The checklist of `gatewatch check` on a terminal: drawn at the start, and drawn anew in its place as
// results come in. Used by the command line.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "agent/report.hpp"

namespace gatewatch::agent {

class LiveChecklist {
  public:
    LiveChecklist(std::FILE* terminal, Language language, Look look);

    void show(const Report& report);
    /// Takes it away again: the whole text follows in its place.
    void clear();

  private:
    std::FILE* terminal_;
    Language language_;
    Look look_;
    std::size_t lines_ = 0;  ///< that stand on the terminal
    std::string shown_;
};

/// At most so many lines of the text; "..." in the last one's place if there are more.
[[nodiscard]] std::string cut_to_height(std::string_view text, std::size_t lines);

/// The text with every line cut to so many columns, without its last column, where terminals wrap. A Chinese
/// character takes two columns, an escape sequence none.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace gatewatch::agent
