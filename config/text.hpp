// A sentence that a person on call reads, in both languages. Used by everything that explains itself: the
// errors of a configuration and of a command line, help, the details of collectors, evidence, fixes, reports
// and pages. None can be made in one language, and none can leave out a value in one of them: neither
// compiles.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "config/enum_names.hpp"

namespace gatewatch {

GATEWATCH_ENUM(Language, en, zh);

struct Text {
    std::string en;
    std::string zh;

    Text() = default;
    Text(std::string english, std::string chinese) : en(std::move(english)), zh(std::move(chinese)) {}

    [[nodiscard]] bool empty() const { return en.empty(); }
    bool operator==(const Text&) const = default;
    Text& operator+=(const Text& more) {
        en += more.en;
        zh += more.zh;
        return *this;
    }
};

/// The same for the tables that stand in the program: two literals.
struct Phrase {
    std::string_view en;
    std::string_view zh;

    constexpr Phrase() = default;
    constexpr Phrase(std::string_view english, std::string_view chinese) : en(english), zh(chinese) {}

    [[nodiscard]] constexpr bool empty() const { return en.empty(); }
    [[nodiscard]] constexpr std::string_view in(Language language) const {
        return language == Language::zh ? zh : en;
    }
    operator Text() const { return {std::string(en), std::string(zh)}; }
};

[[nodiscard]] inline const std::string& in(Language language, const Text& text) {
    return language == Language::zh ? text.zh : text.en;
}

namespace detail {

/// What stands for the value in a sentence of that language.
template <class T>
const T& spoken(Language, const T& value) {
    return value;
}
inline const std::string& spoken(Language language, const Text& text) {
    return in(language, text);
}
inline std::string_view spoken(Language language, const Phrase& phrase) {
    return phrase.in(language);
}
template <class T>
using Spoken = decltype(spoken(Language{}, std::declval<const T&>()));

/// Whether each of the first `count` arguments has its place in the format.
constexpr bool has_every_argument(std::string_view format, unsigned count) {
    std::uint64_t used = 0;
    unsigned next = 0;
    for (std::size_t i = 0; i + 1 < format.size(); ++i) {
        if (format[i] != '{') continue;
        if (format[i + 1] == '{') {
            ++i;
            continue;
        }
        unsigned index = 0;
        std::size_t end = i + 1;
        for (; format[end] >= '0' && format[end] <= '9'; ++end)
            index = index * 10 + static_cast<unsigned>(format[end] - '0');
        used |= std::uint64_t{1} << (end == i + 1 ? next++ : index);
    }
    return used == (std::uint64_t{1} << count) - 1;
}

/// A format of one language, checked when it is compiled.
template <class... Args>
class Checked {
  public:
    template <std::size_t N>
    consteval Checked(const char (&text)[N]) : format_(text) {
        if (!has_every_argument(text, sizeof...(Args))) throw "an argument has no place in one language";
    }
    [[nodiscard]] fmt::format_string<Args...> get() const { return format_; }

  private:
    fmt::format_string<Args...> format_;
};

}  // namespace detail

/// One half of a sentence with those arguments.
template <class... Args>
using Half = detail::Checked<detail::Spoken<Args>...>;

/// The same sentence twice; both take the same arguments, and use each of them. A Text among the arguments
/// is put in in the sentence's language.
template <class... Args>
[[nodiscard]] Text say(Half<Args...> en, Half<Args...> zh, const Args&... args) {
    return {fmt::format(en.get(), detail::spoken(Language::en, args)...),
            fmt::format(zh.get(), detail::spoken(Language::zh, args)...)};
}

/// Two halves of a sentence, put together in each language.
[[nodiscard]] inline Text operator+(const Text& a, const Text& b) {
    return {a.en + b.en, a.zh + b.zh};
}

/// "a, b", with what stands between two of them.
template <class Parts>
[[nodiscard]] Text joined(const Parts& parts, const Phrase& between) {
    Text all;
    bool first = true;
    for (const auto& part : parts) {
        all += first ? say("{}", "{}", part) : say("{}{}", "{}{}", between, part);
        first = false;
    }
    return all;
}

}  // namespace gatewatch
