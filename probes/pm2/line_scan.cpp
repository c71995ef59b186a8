#include "probes/pm2/line_scan.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

constexpr std::string_view end_of_message = "\",\"timestamp\":\"";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

std::size_t pair(char one, char other) {
    return static_cast<std::uint8_t>(one) * std::size_t{256} + static_cast<std::uint8_t>(other);
}

/// How common a byte is in logs, Chinese ones too; only the order matters.
int commonness(char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0xe0) return 9;
    if (byte >= 0x80) return 2;
    if (c == ' ' || (c >= '0' && c <= '9')) return 8;
    if (std::strchr("etaoinsrlcdu", lower(c)) != nullptr) return 6;
    return is_letter(c) ? 4 : 5;
}

}  // namespace

/// One search over a block.
struct LineScan::Search {
    const LineScan& scan;
    std::string_view block;
    std::size_t from;           ///< a line begins here
    std::size_t proven_to = 0;  ///< up to here it is well-formed UTF-8

    [[nodiscard]] std::size_t find();

  private:
    [[nodiscard]] bool matters(std::size_t at);
    [[nodiscard]] bool is_broken_character(std::size_t at);
    [[nodiscard]] bool is_literal(std::size_t at) const;
    [[nodiscard]] bool is_divided_literal(std::size_t at) const;

    [[nodiscard]] std::size_t line_begin(std::size_t at) const {
        const auto feed = at == 0 ? std::string_view::npos : block.rfind('\n', at - 1);
        return feed == std::string_view::npos || feed < from ? from : feed + 1;
    }
    [[nodiscard]] std::size_t line_end(std::size_t at) const {
        return std::min(block.find('\n', at), block.size());
    }
    [[nodiscard]] bool begins_line(std::size_t at) const { return at == from || block[at - 1] == '\n'; }
    [[nodiscard]] std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(block[at]); }
    [[nodiscard]] bool has(std::size_t at, std::string_view text) const {
        return block.substr(at, text.size()) == text;
    }
};

/// Where something stands that makes its line matter, else npos.
std::size_t LineScan::Search::find() {
    const std::size_t size = block.size();
    std::size_t at = from;
    const auto check_to = [&](std::size_t end) {
        for (; at < end; ++at) {
            if (matters(at)) return true;
        }
        return false;
    };
    // The search looks back, even to the line before, where a character that is cut would seem to go on in
    // this one.
    if (check_to(std::min(size, from + search_lookback))) return at;
    if (size > search_width + search_reach) {
        std::uint8_t positions[search_width];
        for (const auto end = size - search_width - search_reach; at < end; at += search_width) {
            at = search_block(block.data(), at, end, scan.prints_, positions);
            if (at >= end) break;
            for (std::size_t i = 0; i < search_width; ++i) {
                if (positions[i] != 0 && matters(at + i)) return at + i;
            }
        }
    }
    return check_to(size) ? at : std::string_view::npos;
}

bool LineScan::Search::matters(std::size_t at) {
    switch (block[at]) {
        case '\\':
            // Other loggers write their Chinese in escapes.
            if (has(at, "\\u")) {
                const auto line = block.substr(line_begin(at));
                const auto first = line.find_first_not_of(" \t");
                if (first != std::string_view::npos && line[first] == '{') return true;
            }
            break;
        case '{':
            // A record without its end.
            if (has(at, "{\"") && begins_line(at)) {
                auto line = block.substr(at, line_end(at) - at);
                if (line.ends_with('\r')) line.remove_suffix(1);
                if (!line.ends_with('}')) return true;
            }
            break;
        case ',':
            // A message that does not end with its line: a chunk was cut there.
            if (at >= from + 3 && has(at - 1, end_of_message) && !has(at - 3, "\\n")) return true;
            break;
        case '2':
            // In the middle of a line, perhaps in the middle of what it says.
            if (!begins_line(at) && time_mark_length(block.substr(at, longest_time_mark)) != 0) return true;
            break;
        case '\0':
            return true;
        case '\r':
            if (line_end(at) > at + 1) return true;
            break;
        case '\x1b':
            return is_divided_literal(at) || is_broken_character(at);
        default:
            break;
    }
    return is_literal(at) || has(at, replacement) || has(at, byte_order_mark) || is_broken_character(at);
}

bool LineScan::Search::is_broken_character(std::size_t at) {
    if (at < proven_to) return false;
    const auto back = [&](std::size_t count) {
        return at >= from + count ? byte(at - count) : std::uint8_t{'\n'};
    };
    const std::uint8_t now = byte(at);
    const bool expected = back(1) >= 0xc0 || back(2) >= 0xe0 || back(3) >= 0xf0;
    const bool suspect = ((now & 0xc0) == 0x80) != expected || now >= 0xf0 || (now & 0xfe) == 0xc0 ||
                         now == 0xe0 || now == 0xed;
    if (!suspect) return false;
    const auto begin = line_begin(at);
    const auto end = line_end(at);
    if (!is_utf8(block.substr(begin, end - begin))) return true;
    proven_to = std::max(end, at + 1);
    return false;
}

bool LineScan::Search::is_literal(std::size_t at) const {
    for (const auto& literal : scan.literals_) {
        const auto there = block.substr(at, literal.text.size());
        if (literal.any_case ? std::ranges::equal(there, literal.text, {}, lower) : there == literal.text)
            return true;
    }
    return false;
}

/// Whether a literal begins before the colour sequence at that place and goes on behind it. Nest colours
/// every line, so the bytes on both sides of the colours come first.
bool LineScan::Search::is_divided_literal(std::size_t at) const {
    constexpr std::size_t most_colours = 256;
    if (begins_line(at)) return false;
    auto behind = block.substr(at, line_end(at) - at);
    const auto colours = behind.substr(0, most_colours);
    while (const auto colour = colour_length(behind)) behind.remove_prefix(colour);
    if (behind.empty()) return false;
    const char last = lower(block[at - 1]);
    const char next = lower(behind.front());
    const bool more_to_take_out =
        next == '\0' || next == '\r' || behind.starts_with(byte_order_mark) || time_mark_length(behind) != 0;
    if (!more_to_take_out && !scan.neighbours_[pair(last, next)]) return false;
    const auto begin = line_begin(at);
    std::optional<std::string> rest;
    for (const auto& literal : scan.literals_) {
        const std::string_view text = literal.text;
        const auto same = [&](std::string_view a, std::string_view b) {
            return literal.any_case ? std::ranges::equal(a, b, {}, lower) : a == b;
        };
        for (std::size_t part = 1; part < text.size() && part <= at - begin; ++part) {
            if (lower(text[part - 1]) != last || (lower(text[part]) != next && !more_to_take_out)) continue;
            if (!same(block.substr(at - part, part), text.substr(0, part))) continue;
            if (!rest) rest = mended(colours);
            const auto missing = text.substr(part);
            if (same(std::string_view(*rest).substr(0, missing.size()), missing)) return true;
        }
    }
    return false;
}

LineScan::LineScan(const Patterns& patterns)
    : literals_(patterns.literals()), every_line_(patterns.any_line_may_matter()) {
    for (const auto& literal : literals_) {
        prints_.push_back(print_of(literal));
        for (std::size_t i = 1; i < literal.text.size(); ++i) {
            neighbours_.set(pair(lower(literal.text[i - 1]), lower(literal.text[i])));
        }
    }
}

/// The two least common of its first bytes, and not the same one twice where it has two.
Print LineScan::print_of(const Patterns::Literal& literal) {
    const auto text = std::string_view(literal.text).substr(0, search_reach);
    std::vector<std::size_t> places(text.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::sort(places, {}, [&](std::size_t i) { return std::pair(commonness(text[i]), i); });
    Print print;
    for (std::size_t i = 0; i < 2; ++i) {
        // Characters of Chinese share their first two bytes with many others, and neighbours go together.
        print.at[i] =
            places[i == 0 ? 0 : std::min(places.size() - 1, std::max<std::size_t>(1, places.size() / 3))];
        const char c = text[print.at[i]];
        print.byte[i] = static_cast<std::uint8_t>(c);
        print.mask[i] = literal.any_case && is_letter(c) ? 0x20 : 0;
    }
    return print;
}

std::optional<LineScan::Hit> LineScan::find(std::string_view block, std::size_t from) const {
    if (from >= block.size()) return std::nullopt;
    std::size_t begin = from;
    if (!every_line_) {
        const auto at = Search{*this, block, from}.find();
        if (at == std::string_view::npos) return std::nullopt;
        // A broken character may show only at the line feed behind it.
        const auto feed = at == from ? std::string_view::npos : block.rfind('\n', at - 1);
        begin = feed == std::string_view::npos || feed < from ? from : feed + 1;
        from = at;
    }
    const auto end = std::min(block.find('\n', from), block.size());
    return Hit{block.substr(begin, end - begin), end + 1};
}

}  // namespace gatewatch::probes::pm2
