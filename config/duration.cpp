#include "config/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

struct Unit {
    std::string_view suffix;
    Phrase one;
    Phrase several;
    Duration length;
};

constexpr std::array<Unit, 4> units{{
    {"h", {"hour", "小时"}, {"hours", "小时"}, 1h},
    {"m", {"minute", "分钟"}, {"minutes", "分钟"}, 1min},
    {"s", {"second", "秒"}, {"seconds", "秒"}, 1s},
    {"ms", {"millisecond", "毫秒"}, {"milliseconds", "毫秒"}, 1ms},
}};

/// The largest unit that the duration is a whole number of.
const Unit& unit_for(Duration duration) {
    for (const auto& unit : units) {
        if (duration >= unit.length && duration % unit.length == 0ms) return unit;
    }
    return units.back();
}

}  // namespace

std::expected<Duration, Text> parse_duration(std::string_view text, DurationBounds bounds) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto suffix = text.substr(digits);
    const Unit* unit = nullptr;
    for (const auto& candidate : units) {
        if (candidate.suffix == suffix) unit = &candidate;
    }
    if (digits == 0 || unit == nullptr) {
        return std::unexpected(say(
            R"({} is no duration; write a whole number and a unit (ms, s, m, h), such as "1500ms" or "15s")",
            R"({} 不是时长；请写整数加单位（ms、s、m、h），例如 "1500ms" 或 "15s")", in_quotes(text)));
    }
    std::int64_t count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + digits, count);
    // Nine digits of hours still fit into the milliseconds.
    const bool fits = parsed.ec == std::errc{} && count < 1'000'000'000;
    if (!fits || count * unit->length < bounds.least || count * unit->length > bounds.most) {
        return std::unexpected(say(
            R"({} is out of range; write {} to {}, such as "{}")", R"({} 超出范围；请写 {} 到 {}，例如 "{}")",
            in_quotes(text), in_words(bounds.least), in_words(bounds.most),
            short_form(fits && count * unit->length < bounds.least ? bounds.least : bounds.most)));
    }
    return count * unit->length;
}

std::string short_form(Duration duration) {
    const auto& unit = unit_for(duration);
    return fmt::format("{}{}", duration / unit.length, unit.suffix);
}

Text in_words(Duration duration) {
    const auto& unit = unit_for(duration);
    const auto count = duration / unit.length;
    return say("{} {}", "{} {}", count, count == 1 ? unit.one : unit.several);
}

}  // namespace gatewatch::config
