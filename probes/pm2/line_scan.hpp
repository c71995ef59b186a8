// Finds, in a block of whole lines, those that may say something, by one search over all of it: a log of
// which one line in a hundred matters is read as fast as it can be searched. A line that it passes over is
// one from which the parser would take nothing. Pure. Used by line_parser.cpp.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/pm2/block_search.hpp"
#include "probes/pm2/patterns.hpp"

namespace gatewatch::probes::pm2 {

class LineScan {
  public:
    explicit LineScan(const Patterns& patterns);

    /// A line of the block, without its line feed, and where the next one begins.
    struct Hit {
        std::string_view line;
        std::size_t next = 0;
    };
    /// The first line of whole ones, each with its line feed, from `from` on, where a line begins, that may
    /// say something; nothing: none does.
    [[nodiscard]] std::optional<Hit> find(std::string_view block, std::size_t from) const;
    /// The same of one line.
    [[nodiscard]] bool may_matter(std::string_view line) const {
        return find(std::string(line) + '\n', 0).has_value();
    }

  private:
    struct Search;

    [[nodiscard]] static Print print_of(const Patterns::Literal& literal);

    std::vector<Patterns::Literal> literals_;
    std::vector<Print> prints_;                       ///< of each literal
    std::bitset<std::size_t{256} * 256> neighbours_;  ///< in any literal, in small letters
    bool every_line_ = false;
};

}  // namespace gatewatch::probes::pm2
