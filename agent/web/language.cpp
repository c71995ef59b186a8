#include "agent/web/language.hpp"

#include <boost/beast/core/string.hpp>
#include <cstdlib>
#include <string>

namespace gatewatch::agent::web {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// Takes off what stands before the mark, and the mark.
std::string_view take(std::string_view& text, char mark) {
    const auto end = text.find(mark);
    const auto part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

double weight_of(std::string_view parameters) {
    const auto q = trimmed(parameters);
    return q.starts_with("q=") ? std::strtod(std::string(q.substr(2)).c_str(), nullptr) : 1;
}

}  // namespace

std::optional<Language> language_of_query(std::string_view query) {
    while (!query.empty()) {
        const auto pair = take(query, '&');
        if (pair.starts_with("lang=")) return from_name<Language>(pair.substr(5));
    }
    return std::nullopt;
}

Language preferred_language(std::string_view accept_language) {
    Language best = Language::en;
    double best_weight = 0;
    while (!accept_language.empty()) {
        auto parameters = take(accept_language, ',');
        auto range = trimmed(take(parameters, ';'));
        const auto tag = take(range, '-');
        const double weight = weight_of(parameters);
        for (const Language language : all_of<Language>()) {
            if (weight <= best_weight || !boost::beast::iequals(tag, name_of(language))) continue;
            best = language;
            best_weight = weight;
        }
    }
    return best;
}

}  // namespace gatewatch::agent::web
