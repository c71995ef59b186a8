// Enumerations whose enumerators are also the names that users meet: metric labels, JSON fields,
// configuration keys. One list makes both, so that a value without a name cannot exist. Used by every folder.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace gatewatch {
namespace detail {

constexpr std::size_t count_names(std::string_view list) {
    std::size_t count = 1;
    for (char c : list) count += c == ',';
    return count;
}

/// Splits "a, b_, c" into its names. A trailing underscore, there because the name is a C++ keyword, is
/// dropped.
template <std::size_t N>
constexpr std::array<std::string_view, N> split_names(std::string_view list) {
    std::array<std::string_view, N> names{};
    for (auto& name : names) {
        auto end = list.find(',');
        name = list.substr(0, end);
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && (name.back() == ' ' || name.back() == '_')) name.remove_suffix(1);
    }
    return names;
}

}  // namespace detail

/// An enumeration made by GATEWATCH_ENUM.
template <class Enum>
concept NamedEnum = requires(Enum e) { enum_names(e); };

template <NamedEnum Enum>
inline constexpr std::size_t enum_count = enum_names(Enum{}).size();

/// The name as users see it, e.g. "tcp_refused".
template <NamedEnum Enum>
constexpr std::string_view name_of(Enum value) {
    return enum_names(value)[static_cast<std::size_t>(value)];
}

/// The value of that name, or nothing.
template <NamedEnum Enum>
constexpr std::optional<Enum> from_name(std::string_view name) {
    constexpr auto names = enum_names(Enum{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

/// Every value, in order.
template <NamedEnum Enum>
constexpr std::array<Enum, enum_count<Enum>> all_of() {
    std::array<Enum, enum_count<Enum>> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Enum>(i);
    return values;
}

}  // namespace gatewatch

/// Defines `enum class Name { ... }` and its names. Values count from 0.
#define GATEWATCH_ENUM(Name, ...)                                                                \
    enum class Name { __VA_ARGS__ };                                                             \
    constexpr auto enum_names(Name) {                                                            \
        return ::gatewatch::detail::split_names<::gatewatch::detail::count_names(#__VA_ARGS__)>( \
            #__VA_ARGS__);                                                                       \
    }                                                                                            \
    static_assert(true)
