#include "probes/nginx/pattern_class.hpp"

#include <cctype>

namespace gatewatch::probes::nginx {
namespace {

Pattern::Set chars(bool (*in)(int)) {
    Pattern::Set set;
    for (int c = 0; c < 128; ++c) set[static_cast<std::size_t>(c)] = in(c);
    return set;
}

}  // namespace

std::optional<Pattern::Set> escaped_class(char letter) {
    switch (letter) {
        case 'd':
            return chars([](int i) { return std::isdigit(i) != 0; });
        case 'w':
            return chars([](int i) { return std::isalnum(i) != 0 || i == '_'; });
        case 's':
            return chars([](int i) { return std::isspace(i) != 0; });
        case 'D':
            return ~*escaped_class('d');
        case 'W':
            return ~*escaped_class('w');
        case 'S':
            return ~*escaped_class('s');
        default:
            return std::nullopt;
    }
}

}  // namespace gatewatch::probes::nginx
