#include "probes/nginx/values.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "probes/nginx/pattern.hpp"

namespace gatewatch::probes::nginx {
namespace {

constexpr unsigned deepest = 8;        // maps that look into maps
constexpr std::size_t longest = 8192;  // of a value

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// A piece of a text: a variable's name, or plain text.
struct Piece {
    bool variable = false;
    std::string text;
};

std::vector<Piece> pieces_of(std::string_view text) {
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < text.size();) {
        const bool braced = text.substr(at).starts_with("${");
        std::size_t start = at + (braced ? 2 : 1);
        std::size_t end = start;
        while (text[at] == '$' && end < text.size() && is_name(text[end])) ++end;
        if (text[at] == '$' && end > start) {
            pieces.push_back({true, std::string(text.substr(start, end - start))});
            at = end + (braced && end < text.size() && text[end] == '}' ? 1 : 0);
            continue;
        }
        if (pieces.empty() || pieces.back().variable) pieces.emplace_back();
        pieces.back().text += text[at++];
    }
    return pieces;
}

class Evaluator {
  public:
    Evaluator(const Request& request, const std::vector<Directive>& http) : request_(request), http_(http) {}

    std::optional<std::string> text(std::string_view text, unsigned depth) const {
        std::string value;
        for (const auto& piece : pieces_of(text)) {
            if (!piece.variable) {
                value += piece.text;
                continue;
            }
            const auto of_variable = variable(lower(piece.text), depth);
            if (!of_variable) return std::nullopt;
            value += *of_variable;
            if (value.size() > longest) return std::nullopt;
        }
        return value;
    }

  private:
    std::optional<std::string> variable(const std::string& name, unsigned depth) const {
        if (depth > deepest) return std::nullopt;
        if (const auto set = request_.variables.find(name); set != request_.variables.end())
            return set->second;
        if (const auto* map = map_of(name)) return mapped(*map, depth);
        if (name == "http_upgrade") return request_.upgrade ? "websocket" : "";
        if (name == "http_connection") return request_.upgrade ? "Upgrade" : "keep-alive";
        if (name == "host") return request_.host;
        if (name == "uri" || name == "document_uri") return request_.path;
        if (name == "request_method") return request_.method;
        if (name == "scheme") return request_.scheme;
        if (name == "https" && request_.scheme) return *request_.scheme == "https" ? "on" : "";
        if (name == "server_port" && request_.port_seen) return request_.port;
        return std::nullopt;
    }

    const Directive* map_of(const std::string& name) const {
        const auto defines = [&](const Directive& directive) {
            return directive.name == "map" && directive.args.size() == 2 &&
                   lower(directive.args[1]) == "$" + name;
        };
        const auto found = std::ranges::find_if(http_, defines);
        return found == http_.end() ? nullptr : &*found;
    }

    /// Strings first, regardless of case, then expressions in their order, then the default.
    std::optional<std::string> mapped(const Directive& map, unsigned depth) const {
        const auto source = text(map.args[0], depth + 1);
        if (!source) return std::nullopt;
        const Directive* otherwise = nullptr;
        for (const auto& entry : map.children) {
            if (entry.name == "hostnames") return std::nullopt;
            if (entry.args.size() != 1 || entry.name.starts_with('~')) continue;
            if (entry.name == "default") {
                otherwise = &entry;
            } else if (same_text(entry.name.substr(entry.name.starts_with('\\')), *source)) {
                return text(entry.args[0], depth + 1);
            }
        }
        for (const auto& entry : map.children) {
            if (entry.args.size() != 1 || !entry.name.starts_with('~')) continue;
            const bool caseless = entry.name.starts_with("~*");
            const auto matches = Pattern::search(entry.name.substr(caseless ? 2 : 1), *source, caseless);
            if (!matches) return std::nullopt;
            if (*matches) return text(entry.args[0], depth + 1);
        }
        return otherwise ? text(otherwise->args[0], depth + 1) : "";
    }

    const Request& request_;
    const std::vector<Directive>& http_;
};

std::optional<std::int64_t> milliseconds_in(std::string_view unit) {
    constexpr std::int64_t day = 86400000;
    if (unit == "ms") return 1;
    if (unit.empty() || unit == "s") return 1000;
    if (unit == "m") return 60000;
    if (unit == "h") return 3600000;
    if (unit == "d") return day;
    if (unit == "w") return 7 * day;
    if (unit == "M") return 30 * day;
    if (unit == "y") return 365 * day;
    return std::nullopt;
}

}  // namespace

std::vector<const Directive*> all_in_force(const Scope& scope, std::string_view name) {
    std::vector<const Directive*> found;
    for (const auto* level : scope) {
        for (const auto& directive : *level) {
            if (directive.name == name) found.push_back(&directive);
        }
        if (!found.empty()) break;
    }
    return found;
}

const Directive* in_force(const Scope& scope, std::string_view name) {
    const auto found = all_in_force(scope, name);
    return found.empty() ? nullptr : found.front();
}

std::string word_in_force(const Scope& scope, std::string_view name, std::string_view otherwise) {
    const auto* directive = in_force(scope, name);
    return std::string(directive && !directive->args.empty() ? directive->args.front() : otherwise);
}

std::optional<std::string> evaluate(std::string_view text, const Request& request,
                                    const std::vector<Directive>& http) {
    return Evaluator(request, http).text(text, 0);
}

std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> names;
    for (auto& piece : pieces_of(text)) {
        if (piece.variable) names.push_back(lower(piece.text));
    }
    return names;
}

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
    constexpr std::int64_t most = std::int64_t{1000} * 365 * 86400000;
    std::int64_t total = 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || number < 0) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto length = std::min(text.find_first_of("0123456789 "), text.size());
        const auto unit = milliseconds_in(text.substr(0, length));
        if (!unit || number > most / *unit) return std::nullopt;
        total += number * *unit;
        if (total > most) return std::nullopt;
        text.remove_prefix(length);
        while (text.starts_with(' ')) text.remove_prefix(1);
    }
    return std::chrono::milliseconds(total);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > (std::uint64_t{1} << 40)) return std::nullopt;
    const auto unit = lower(text.substr(static_cast<std::size_t>(end - text.data())));
    if (unit.empty()) return number;
    if (unit == "k") return number << 10;
    if (unit == "m") return number << 20;
    return std::nullopt;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool same_text(std::string_view a, std::string_view b) {
    return a.size() == b.size() && lower(a) == lower(b);
}

}  // namespace gatewatch::probes::nginx
