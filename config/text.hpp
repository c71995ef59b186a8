// A sentence that a person on call reads, in both languages. Used by everything that explains itself: the
// details of collectors, evidence, fixes, reports and pages.
#pragma once

#include <fmt/format.h>

#include <string>

#include "config/enum_names.hpp"

namespace gatewatch {

struct Text {
    std::string en;
    std::string zh;
    [[nodiscard]] bool empty() const { return en.empty(); }
    bool operator==(const Text&) const = default;
    Text& operator+=(const Text& more) {
        en += more.en;
        zh += more.zh;
        return *this;
    }
};

GATEWATCH_ENUM(Language, en, zh);

[[nodiscard]] inline const std::string& in(Language language, const Text& text) {
    return language == Language::zh ? text.zh : text.en;
}

/// The same sentence twice; both take the same arguments.
template <class... Args>
[[nodiscard]] Text say(fmt::format_string<const Args&...> en, fmt::format_string<const Args&...> zh,
                       const Args&... args) {
    return {fmt::format(en, args...), fmt::format(zh, args...)};
}

/// Two halves of a sentence, put together in each language.
[[nodiscard]] inline Text operator+(const Text& a, const Text& b) {
    return {a.en + b.en, a.zh + b.zh};
}

}  // namespace gatewatch
