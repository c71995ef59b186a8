// The loop that reads every byte of a log: many positions at once, and only says where to look
// closer. Pure. Used by line_scan.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gatewatch::probes::pm2 {

/// So many positions are looked at together.
inline constexpr std::size_t search_width = 32;
/// The bytes of a text that are looked at together lie within so many of its first.
inline constexpr std::size_t search_reach = 16;
/// A sequence of UTF-8 goes so far back.
inline constexpr std::size_t search_lookback = 3;

/// Two bytes of a text that are seldom together elsewhere: `mask` makes both cases of a letter alike.
struct Print {
    std::size_t at[2] = {0, 0};
    std::uint8_t byte[2] = {0, 0};
    std::uint8_t mask[2] = {0, 0};
};

/// The first place from `at` on, in steps of search_width, where something may matter, and at which positions
/// in it (not 0). At `end` or behind it: nowhere. Readable must be search_lookback bytes before `at`, and
/// search_width and search_reach behind `end`.
[[nodiscard]] std::size_t search_block(const char* block, std::size_t at, std::size_t end,
                                       const std::vector<Print>& prints, std::uint8_t* positions);

}  // namespace gatewatch::probes::pm2
