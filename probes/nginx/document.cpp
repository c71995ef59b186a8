#include "probes/nginx/document.hpp"

#include <algorithm>

namespace gatewatch::probes::nginx {
namespace {

constexpr std::size_t longest = 200;

std::string quoted(const std::string& word) {
    const bool plain = !word.empty() && word.find_first_of(" \t\r\n;{}'\"#") == std::string::npos;
    return plain ? word : "\"" + word + "\"";
}

}  // namespace

const Directive* find(const std::vector<Directive>& directives, std::string_view name) {
    const auto found = std::ranges::find(directives, name, &Directive::name);
    return found == directives.end() ? nullptr : &*found;
}

std::string arguments(const Directive& directive) {
    std::string text;
    for (const auto& word : directive.args) {
        if (text.size() > longest) break;
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text.substr(0, longest);
}

std::string written(const Directive& directive) {
    std::string text = directive.name;
    for (const auto& word : directive.args) {
        if (text.size() > longest) break;
        text += ' ' + quoted(word);
    }
    return text.substr(0, longest) + (directive.block ? " {" : ";");
}

}  // namespace gatewatch::probes::nginx
