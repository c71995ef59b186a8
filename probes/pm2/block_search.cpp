#include "probes/pm2/block_search.hpp"

#include <cstring>

namespace gatewatch::probes::pm2 {
namespace {

/// Bytes side by side, in whatever the processor has for it: a comparison gives 0xff where it holds.
using Bytes = std::uint8_t __attribute__((vector_size(32)));
constexpr std::size_t width = sizeof(Bytes);
static_assert(width == search_width);

using Prints = std::vector<Print>;

/// Loads and stores by memory, since vectors may not pass between functions of different targets.
#define GATEWATCH_LOAD(into, from) \
    Bytes into;                    \
    std::memcpy(&into, from, width)

/// So many positions at once: 0 where surely nothing matters. What LineScan looks for is all in here.
__attribute__((always_inline)) inline void suspects(const char* here, const Prints& prints, Bytes& found) {
    GATEWATCH_LOAD(now, here);
    GATEWATCH_LOAD(back, here - 1);
    GATEWATCH_LOAD(back2, here - 2);
    GATEWATCH_LOAD(back3, here - 3);
    GATEWATCH_LOAD(next, here + 1);
    // A character of UTF-8 that is cut, or of the kinds that may be wrong as a whole.
    found = ((now & 0xc0) == 0x80) ^ ((back >= 0xc0) | (back2 >= 0xe0) | (back3 >= 0xf0));
    found |= (now >= 0xf0) | ((now & 0xfe) == 0xc0) | (now == 0xe0) | (now == 0xed);
    found |= (now == 0xef) & ((next == 0xbf) | (next == 0xbb));
    // What the parser takes out, from within a word too.
    found |= (now == 0) | ((now == '\r') & (next != '\n')) | ((now == 0x1b) & (next == '['));
    // Escapes, the beginning of a record, and the end of its message.
    found |= (now == '\\') & (next == 'u');
    const Bytes quoted = next == '"';
    found |= (now == '{') & quoted & (back == '\n');
    GATEWATCH_LOAD(second, here + 2);
    found |= (now == ',') & quoted & (second == 't');
    // Time marks.
    GATEWATCH_LOAD(fourth, here + 4);
    GATEWATCH_LOAD(seventh, here + 7);
    found |= (fourth == '-') & (seventh == '-') & (now == '2') & (back != '\n');
    for (const Print& print : prints) {
        GATEWATCH_LOAD(one, here + print.at[0]);
        GATEWATCH_LOAD(other, here + print.at[1]);
        found |= ((one | print.mask[0]) == print.byte[0]) & ((other | print.mask[1]) == print.byte[1]);
    }
}
#undef GATEWATCH_LOAD

/// The first place from `at` on, in steps of a width, where something may matter; the positions in it. At
/// `end` or behind it: nowhere.
__attribute__((always_inline)) inline std::size_t search(const char* block, std::size_t at, std::size_t end,
                                                         const Prints& prints, std::uint8_t* positions) {
    for (; at < end; at += width) {
        Bytes found;
        suspects(block + at, prints, found);
        std::uint64_t parts[width / sizeof(std::uint64_t)];
        std::memcpy(parts, &found, width);
        if ((parts[0] | parts[1] | parts[2] | parts[3]) == 0) continue;
        std::memcpy(positions, &found, width);
        return at;
    }
    return at;
}

std::size_t search_anywhere(const char* block, std::size_t at, std::size_t end, const Prints& prints,
                            std::uint8_t* positions) {
    return search(block, at, end, prints, positions);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::size_t search_with_avx2(const char* block, std::size_t at,
                                                             std::size_t end, const Prints& prints,
                                                             std::uint8_t* positions) {
    return search(block, at, end, prints, positions);
}
const auto fastest_search = __builtin_cpu_supports("avx2") != 0 ? search_with_avx2 : search_anywhere;
#else
constexpr auto fastest_search = search_anywhere;
#endif

}  // namespace

std::size_t search_block(const char* block, std::size_t at, std::size_t end, const std::vector<Print>& prints,
                         std::uint8_t* positions) {
    return fastest_search(block, at, end, prints, positions);
}

}  // namespace gatewatch::probes::pm2
