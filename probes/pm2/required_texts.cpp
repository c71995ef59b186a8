#include "probes/pm2/required_texts.hpp"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>

#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

/// JSON escapes the one, and RE2's folding of letters is not ours beyond ASCII: what is left is the same in
/// every line.
bool stands_as_it_is(char32_t c) {
    if (c < 0x80) return c >= ' ' && c != '"' && c != '\\' && c != '/' && c != 0x7f;
    return c >= 0x2e80 && c < 0xa640;  // Chinese, Japanese
}

char32_t code_point(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    char32_t code = lead < 0x80 ? lead : lead & (0x7fU >> character.size());
    for (const char c : character.substr(1)) code = (code << 6) | (static_cast<unsigned char>(c) & 0x3fU);
    return code;
}

/// The longest part of the text that stands in a line as it stands here, however the line is written.
std::string longest_plain_part(std::string_view text) {
    std::string best, part;
    while (!text.empty()) {
        const auto character = first_character(text);
        text.remove_prefix(character.size());
        if (stands_as_it_is(code_point(character))) {
            part += character;
        } else {
            part.clear();
        }
        if (part.size() > best.size()) best = part;
    }
    return best;
}

}  // namespace

std::vector<std::string> required_texts(const std::string& pattern) {
    constexpr std::size_t shortest = 2;
    constexpr int longest = 24;
    RE2::Options options;
    options.set_log_errors(false);
    for (int length = longest; length >= static_cast<int>(shortest); --length) {
        re2::FilteredRE2 filter(length);
        int id = 0;
        if (filter.Add(pattern, options, &id) != RE2::NoError) return {};
        std::vector<std::string> atoms;
        filter.Compile(&atoms);
        for (auto& atom : atoms) atom = longest_plain_part(atom);
        const auto too_short = [](const std::string& atom) { return atom.size() < shortest; };
        if (!atoms.empty() && std::ranges::none_of(atoms, too_short)) return atoms;
    }
    return {};
}

}  // namespace gatewatch::probes::pm2
