#include "probes/pm2/text.hpp"

#include <cstdint>
#include <cstring>

#include "probes/outcome.hpp"

namespace gatewatch::probes::pm2 {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The length of the well-formed sequence at the start of the text, 0 if there is none (Unicode 15, table
/// 3-7).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    unsigned char low = 0x80, high = 0xbf;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    return length;
}

/// Matches the text against a shape in which '0' stands for a digit; the length of the shape, else 0.
std::size_t shape_length(std::string_view text, std::string_view shape) {
    if (text.size() < shape.size()) return 0;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return 0;
    }
    return shape.size();
}

bool may_be_of_a_token(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::strchr("_-.=+", c) != nullptr;
}

std::string without_tokens(std::string_view text) {
    constexpr std::string_view preview = "Token: ";
    constexpr std::size_t suspicious = 32;  // ids have 20 characters
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at).starts_with(preview)) return result.append(preview).append("[redacted]");
        std::size_t end = at;
        while (end < text.size() && text[end] != '\0' && may_be_of_a_token(text[end])) ++end;
        if (end - at >= suspicious) {
            result += "[redacted]";
            at = end;
        } else if (end > at && !text.substr(at, end - at).starts_with("Token")) {
            result.append(text.substr(at, end - at));
            at = end;
        } else {
            result += text[at++];
        }
    }
    return result;
}

}  // namespace

std::string_view first_character(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    return text.substr(0, end);
}

std::size_t colour_length(std::string_view text) {
    if (!text.starts_with("\x1b[")) return 0;
    std::size_t end = 2;
    while (end < text.size() && text[end] >= 0x20 && text[end] <= 0x3f) ++end;
    return end < text.size() ? end + 1 : end;
}

std::size_t time_mark_length(std::string_view text) {
    if (text.empty() || !is_digit(text[0])) return 0;
    auto length = shape_length(text, "0000-00-00T00:00:00");
    if (length == 0) length = shape_length(text, "0000-00-00 00:00:00");
    if (length == 0) return 0;
    auto rest = text.substr(length);
    if (const auto part = shape_length(rest, ".000"); part != 0) rest.remove_prefix(part);
    if (rest.starts_with(": ")) return text.size() - rest.size() + 2;
    if (rest.starts_with("Z")) rest.remove_prefix(1);
    if (rest.starts_with(" ")) rest.remove_prefix(1);
    if (rest.starts_with("+") || rest.starts_with("-")) {
        rest.remove_prefix(1);
        auto zone = shape_length(rest, "00:00");
        if (zone == 0) zone = shape_length(rest, "0000");
        rest.remove_prefix(zone);
    }
    return rest.starts_with(": ") ? text.size() - rest.size() + 2 : 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        std::uint64_t eight = 0;
        while (text.size() >= sizeof eight) {
            std::memcpy(&eight, text.data(), sizeof eight);
            if ((eight & 0x8080808080808080U) != 0) break;
            text.remove_prefix(sizeof eight);
        }
        if (text.empty()) return true;
        const auto length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string mended(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const char c = text.front();
        if (c == '\0' || c == '\r') {
            text.remove_prefix(1);
        } else if (const auto colour = colour_length(text); colour != 0) {
            text.remove_prefix(colour);
        } else if (const auto mark = time_mark_length(text); mark != 0) {
            text.remove_prefix(mark);
        } else if (text.starts_with(byte_order_mark)) {
            text.remove_prefix(byte_order_mark.size());
        } else if (const auto length = sequence_length(text); length == 0 || text.starts_with(replacement)) {
            if (!result.ends_with(replacement)) result += replacement;
            text.remove_prefix(length == 0 ? 1 : length);
        } else {
            result.append(text.substr(0, length));
            text.remove_prefix(length);
        }
    }
    return result;
}

std::string excerpt_of(std::string_view text) {
    auto result = without_tokens(text.substr(0, 4 * max_evidence));
    if (result.size() > max_evidence) {
        auto end = max_evidence;
        while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xc0) == 0x80) --end;
        result.resize(end);
    }
    return result;
}

}  // namespace gatewatch::probes::pm2
