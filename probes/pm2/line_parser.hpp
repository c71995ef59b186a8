// Takes the backend's own words out of the lines of a PM2 log file, whatever PM2, Nest and broken encodings
// have wrapped around them. Pure: bytes in, events out, so that it can be fuzzed. Used by log_pipeline.cpp.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/pm2/line_scan.hpp"
#include "probes/pm2/patterns.hpp"

namespace gatewatch::probes::pm2 {

struct ParsedLine {
    std::vector<ParsedEvent> events;  ///< several where one JSON record holds several lines
    unsigned unparsed = 0;            ///< lines that speak of a connection, or are JSON, and cannot be read
};

/// What records of one file have begun and not ended: PM2 writes a chunk of output as one record, and a chunk
/// may end in the middle of a line, which the next record of the same process goes on with.
class CutLines {
  public:
    static constexpr std::size_t most = 64;           ///< processes that write to one file
    static constexpr std::size_t longest = 8 * 1024;  ///< of a line's beginning
    static constexpr unsigned patience = 256;         ///< lines until it is given up

    struct Cut {
        std::string process;
        std::string text;
        bool told = false;  ///< it was known by its beginning alone
        unsigned lines_since = 0;
    };
    [[nodiscard]] bool none() const { return cuts_.empty(); }
    [[nodiscard]] std::optional<Cut> take(std::string_view process);
    void put(Cut cut);
    /// Another line was read.
    void grow_older();
    void clear() { cuts_.clear(); }

  private:
    std::vector<Cut> cuts_;
};

class LineParser {
  public:
    explicit LineParser(Patterns patterns);

    /// A line without its line feed, after the others of its file.
    [[nodiscard]] ParsedLine parse(std::string_view line, CutLines& cuts) const;
    /// The same without the search that passes over lines: for the tests, which hold the one against the
    /// other.
    [[nodiscard]] ParsedLine parse_any(std::string_view line, CutLines& cuts) const;
    /// Whole lines, each with its line feed. Lines of which surely nothing comes cost little more than a
    /// search over them.
    void parse_block(std::string_view lines, CutLines& cuts,
                     const std::function<void(ParsedLine)>& on_line) const;

  private:
    void parse_mended(std::string_view line, int depth, CutLines& cuts, ParsedLine& result) const;
    void parse_message(std::string_view text, int depth, CutLines& cuts, ParsedLine& result) const;
    [[nodiscard]] ParsedLine parse_joined(const std::string& begun, std::string_view rest,
                                          CutLines& cuts) const;
    void parse_chunk(std::string_view text, const std::string& process, CutLines& cuts,
                     ParsedLine& result) const;

    Patterns patterns_;
    LineScan scan_;
};

}  // namespace gatewatch::probes::pm2
