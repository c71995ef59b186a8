#include "probes/frontend/url_context.hpp"

#include <algorithm>
#include <array>

namespace gatewatch::probes::frontend {
namespace {

constexpr std::size_t most_variables = 200;

std::string_view last_name(std::string_view text) {
    auto from = text.size();
    while (from > 0 && is_name(text[from - 1])) --from;
    return text.substr(from);
}

/// "VITE_WS_URL", "wsUrl", "socketServer": one of the words that the name is made of.
bool names_a_socket(std::string_view name) {
    static constexpr std::array<std::string_view, 7> words{"ws",       "wss",       "socket", "sockets",
                                                           "socketio", "websocket", "sio"};
    std::string word;
    const auto matches = [&] { return std::ranges::find(words, word) != words.end(); };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = static_cast<unsigned char>(name[i]);
        const bool hump =
            std::isupper(c) != 0 && i > 0 && (std::islower(static_cast<unsigned char>(name[i - 1])) != 0);
        if (hump || std::isalnum(c) == 0) {
            if (matches()) return true;
            word.clear();
        }
        if (std::isalnum(c) != 0) word += static_cast<char>(std::tolower(c));
    }
    return matches() || word.starts_with("websocket") || word.starts_with("socketurl") || word == "wsurl";
}

bool begins_with_namespace(std::string_view text, std::string_view namespace_) {
    if (namespace_.size() < 2 || !text.starts_with(namespace_)) return false;
    const auto rest = text.substr(namespace_.size());
    return rest.empty() || is_quote(rest[0]) || rest[0] == '/' || rest[0] == '?' || rest[0] == '#';
}

/// The variable or key that the literal is given to: NAME="…", NAME:"…", "NAME":"…", {}.NAME||"…".
std::string_view receiver(std::string_view before) {
    if (before.ends_with("||") || before.ends_with("??"))
        before.remove_suffix(2);
    else if (before.ends_with("=") || before.ends_with(":"))
        before.remove_suffix(1);
    else
        return {};
    before = without_end(before);
    if (!before.empty() && is_quote(before.back())) before.remove_suffix(1);
    return last_name(before);
}

/// io("…"), new WebSocket("…"), or Socket.IO's options as the second argument of a call by any name.
bool is_connect_call(const Place& place) {
    for (const std::string_view call : {"io(", "io.connect(", "WebSocket(", "Manager("}) {
        if (!place.before.ends_with(call)) continue;
        const auto rest = place.before.substr(0, place.before.size() - call.size());
        if (rest.empty() || !is_name(rest.back())) return true;
    }
    auto rest = without_start(place.after);
    if (!place.before.ends_with("(") || !rest.starts_with(",")) return false;
    rest = without_start(rest.substr(1));
    if (!rest.starts_with("{")) return false;
    for (const std::string_view option :
         {"transports:", "auth:{", "auth: {", "reconnection", "withCredentials"}) {
        if (rest.contains(option)) return true;
    }
    return false;
}

/// "http://localhost:7002"+"/im" and "http://localhost:7002".concat("/im")
bool is_followed_by_namespace(const Place& place) {
    auto rest = without_start(place.after);
    if (rest.starts_with("+"))
        rest = without_start(rest.substr(1));
    else if (rest.starts_with(".concat("))
        rest.remove_prefix(8);
    else
        return false;
    return rest.size() > 1 && is_quote(rest[0]) && begins_with_namespace(rest.substr(1), place.namespace_);
}

}  // namespace

Fallback fallback_of(std::string_view before) {
    if (!before.ends_with("||") && !before.ends_with("??")) return Fallback::no;
    const auto left = without_end(before.substr(0, before.size() - 2));
    if (left.ends_with("void 0") || left.ends_with("undefined") || left.ends_with("null"))
        return Fallback::always;
    if (left.size() >= 2 && is_quote(left.back())) {
        return left[left.size() - 2] == left.back() ? Fallback::always : Fallback::never;
    }
    // A key that the build did not know is looked up in the object of those that it knew: {MODE:"…"}.NAME
    const auto name = last_name(left);
    const auto object = left.substr(0, left.size() - name.size());
    if (name.empty() || !(object.ends_with("}.") || object.ends_with("}).") || object.ends_with("}?.")))
        return Fallback::perhaps;
    const auto open = object.rfind('{');
    const bool known = open == std::string_view::npos ||
                       object.substr(open).contains(std::string(name) + ":") ||
                       object.substr(open).contains(std::string(name) + "\"");
    return known ? Fallback::perhaps : Fallback::always;
}

bool is_branch(std::string_view before) {
    if (before.ends_with("?") || before.ends_with("&&")) return true;
    if (!before.ends_with(":")) return false;
    auto key = without_end(before.substr(0, before.size() - 1));
    if (!key.empty() && is_quote(key.back())) {
        const auto open = key.substr(0, key.size() - 1).rfind(key.back());
        key = open == std::string_view::npos ? std::string_view{} : without_end(key.substr(0, open));
        return key.ends_with("?");
    }
    key = without_end(key.substr(0, key.size() - last_name(key).size()));
    // A label or type would not stand in JavaScript before a string.
    return !(key.empty() || key.ends_with("{") || key.ends_with(","));
}

bool chooses_by_environment(std::string_view before) {
    constexpr std::size_t near = 120;
    const auto text = before.substr(before.size() > near ? before.size() - near : 0);
    for (const std::string_view sign :
         {"hostname", "location.host", "development", "NODE_ENV", "isDev", "dev:", "DEV?", "local:"}) {
        if (text.contains(sign)) return true;
    }
    return false;
}

Names variables_before(std::string_view namespace_, std::string_view script) {
    Names names;
    if (namespace_.size() < 2) return names;
    for (auto at = script.find(namespace_); at != std::string_view::npos && names.size() < most_variables;
         at = script.find(namespace_, at + 1)) {
        if (!begins_with_namespace(script.substr(at), namespace_)) continue;
        auto before = script.substr(at > context ? at - context : 0, std::min(at, context));
        if (before.ends_with('}')) {
            before.remove_suffix(1);
            const auto name = last_name(before);
            before.remove_suffix(name.size());
            if (before.ends_with("{") && !name.empty()) names.emplace(name);
            continue;
        }
        if (before.empty() || !is_quote(before.back())) continue;
        before = without_end(before.substr(0, before.size() - 1));
        if (before.ends_with("+"))
            before.remove_suffix(1);
        else if (before.ends_with(".concat("))
            before.remove_suffix(8);
        else
            continue;
        if (const auto name = last_name(without_end(before)); !name.empty()) names.emplace(name);
    }
    return names;
}

bool speaks_of_gateway(const Place& place, const PageUrl& url, const Names& variables) {
    const auto name = receiver(place.before);
    return names_a_socket(name) || begins_with_namespace(url.path, place.namespace_) ||
           is_followed_by_namespace(place) || is_connect_call(place) || variables.contains(name);
}

}  // namespace gatewatch::probes::frontend
