#include <algorithm>

#include "probes/nginx/judge.hpp"

namespace gatewatch::probes::nginx {
namespace {

using Headers = std::vector<const Directive*>;

const Directive* header(const Headers& headers, std::string_view name) {
    for (const auto* one : headers) {
        if (one->args.size() == 2 && same_text(one->args[0], name)) return one;
    }
    return nullptr;
}

/// "keep-alive, Upgrade" holds "upgrade".
bool holds_upgrade(std::string_view value) {
    const auto text = lower(value);
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        auto token = std::string_view(text).substr(at, comma - at);
        while (token.starts_with(' ')) token.remove_prefix(1);
        while (token.ends_with(' ')) token.remove_suffix(1);
        if (token == "upgrade") return true;
        at = comma + 1;
    }
    return false;
}

std::string line_of(std::string_view name, std::string_view value) {
    return "proxy_set_header " + std::string(name) + " " + std::string(value) + ";";
}

bool stands_in(const Directive& block, const Directive* directive) {
    return directive && !block.children.empty() && &block.children.front() <= directive &&
           directive <= &block.children.back();
}

/// An Upgrade or Connection line that does its work.
bool is_good(const Case& where, const Directive& line) {
    if (line.args.size() != 2) return false;
    const auto value = evaluate(line.args[1], where.request, where.http).value_or("");
    return same_text(line.args[0], "Upgrade") ? same_text(value, "websocket")
                                              : same_text(line.args[0], "Connection") && holds_upgrade(value);
}

/// Sets the header in the location. Its first own line would cut it off from the lines around it, so those
/// come along.
Edits set_header(const Case& where, const Mender& mender, const Headers& headers, std::string_view name,
                 const std::string& value) {
    const auto& block = where.block();
    const auto* old = header(headers, name);
    if (stands_in(block, old)) return mender.replace(block, *old, line_of(name, value));
    std::vector<std::string> lines;
    if (!headers.empty() && !stands_in(block, headers.front())) {
        for (const auto* other : headers) {
            const bool own = other->args.size() == 2 && (same_text(other->args[0], "Upgrade") ||
                                                         same_text(other->args[0], "Connection"));
            const bool authorization = other->args.size() == 2 &&
                                       same_text(other->args[0], "Authorization") && other->args[1].empty();
            if (!own && !authorization) lines.push_back(mender.text_of(*other));
        }
        // The other one of the two: as it is where it is good; where not, its own repair sets it.
        for (const auto* other : headers) {
            if (other != old && is_good(where, *other)) lines.push_back(mender.text_of(*other));
        }
    }
    lines.push_back(line_of(name, value));
    return mender.add(block, lines, {"proxy_pass", "proxy_http_version", "proxy_set_header"});
}

/// Whether nginx would refuse the variable: nothing in the configuration makes it.
bool is_undefined(const std::vector<Directive>& level, const std::string& variable) {
    for (const auto& directive : level) {
        if (directive.name.find("_by_lua") != std::string::npos ||
            directive.name.starts_with("load_module") || directive.name.starts_with("js_") ||
            directive.name.starts_with("perl"))
            return false;
        for (const auto& word : directive.args) {
            if (directive.name != "proxy_set_header" && lower(word) == "$" + variable) return false;
            if (lower(word).find("<" + variable + ">") != std::string::npos) return false;
        }
        if (!is_undefined(directive.children, variable)) return false;
    }
    return true;
}

/// What the backend gets in the header; nothing: cannot tell. Without a line of its own: nginx's default.
std::optional<std::string> passed(const Case& where, const Directive* line) {
    if (!line) return std::string();
    return evaluate(line->args[1], where.request, where.http);
}

/// The lines around the location that its own lines hide, if they would have done.
bool hidden_by_own(const Case& where, const Headers& headers) {
    if (headers.empty() || !stands_in(where.block(), headers.front())) return false;
    for (std::size_t level = 1; level < where.scope.size(); ++level) {
        const auto outer = all_in_force({where.scope[level]}, "proxy_set_header");
        if (outer.empty()) continue;
        const auto* upgrade = header(outer, "Upgrade");
        const auto* connection = header(outer, "Connection");
        return upgrade && connection && same_text(passed(where, upgrade).value_or(""), "websocket") &&
               holds_upgrade(passed(where, connection).value_or(""));
    }
    return false;
}

void judge_connection(const Case& where, Findings& findings, const Headers& headers, const Directive* line) {
    const auto wanted = connection_value(where);
    const auto mender = findings.mender();
    const auto value = passed(where, line);
    const auto repair = [&](Found& found) {
        found.block = &where.block();
        found.edits = set_header(where, mender, headers, "Connection", wanted.value);
        found.finding.for_http = wanted.for_http;
    };
    if (!value) {
        const auto names = variables_in(line->args[1]);
        if (names == std::vector<std::string>{"connection_upgrade"} &&
            is_undefined(where.document.directives, names.front()))
            repair(findings.add(NginxFault::connection_not_passed, true, line));
        return;
    }
    if (!holds_upgrade(*value)) return repair(findings.add(NginxFault::connection_not_passed, true, line));
    if (line && variables_in(line->args[1]).empty())
        repair(findings.add(NginxFault::connection_fixed, false, line));
}

void judge_upgrade(const Case& where, Findings& findings, const Headers& headers) {
    const auto* upgrade = header(headers, "Upgrade");
    const auto* connection = header(headers, "Connection");
    const auto mender = findings.mender();
    if (!upgrade && !connection && hidden_by_own(where, headers)) {
        const auto wanted = connection_value(where);
        auto& found = findings.add(NginxFault::headers_not_inherited, true, headers.front());
        found.block = &where.block();
        found.edits = mender.add(where.block(),
                                 {line_of("Upgrade", "$http_upgrade"), line_of("Connection", wanted.value)},
                                 {"proxy_set_header"});
        found.finding.for_http = wanted.for_http;
        return;
    }
    if (const auto value = passed(where, upgrade); value && !same_text(*value, "websocket")) {
        auto& found = findings.add(NginxFault::upgrade_not_passed, true, upgrade);
        found.block = &where.block();
        found.edits = set_header(where, mender, headers, "Upgrade", "$http_upgrade");
    }
    judge_connection(where, findings, headers, connection);
}

void judge_authorization(const Case& where, Findings& findings, const Headers& headers) {
    const auto* line = header(headers, "Authorization");
    if (!line || !line->args[1].empty()) return;
    // Where nginx asks for a password itself, that header holds the password, and taking it away is right.
    const bool password = word_in_force(where.scope, "auth_basic", "off") != "off";
    auto& found = findings.add(NginxFault::authorization_dropped, !password, line);
    if (!stands_in(where.block(), line)) return;
    found.block = &where.block();
    found.edits =
        findings.mender().replace(where.block(), *line, line_of("Authorization", "$http_authorization"));
}

void judge_cors(const Case& where, Findings& findings) {
    constexpr std::string_view allow_origin = "Access-Control-Allow-Origin";
    for (const auto* hide : all_in_force(where.scope, "proxy_hide_header")) {
        if (!hide->args.empty() && same_text(hide->args[0], allow_origin)) return;
    }
    for (const auto* line : all_in_force(where.scope, "add_header")) {
        if (line->args.size() < 2 || !same_text(line->args[0], allow_origin) || line->args[1].empty())
            continue;
        auto& found = findings.add(NginxFault::cors_added, false, line);
        found.block = &where.block();
        std::vector<const Directive*> own;
        for (const auto* other : all_in_force(where.scope, "add_header")) {
            if (!other->args.empty() && lower(other->args[0]).starts_with("access-control-"))
                own.push_back(other);
        }
        if (stands_in(where.block(), line))
            found.edits = findings.mender().remove(where.block(), own);
        else
            found.edits =
                findings.mender().put(where.block(), "proxy_hide_header", std::string(allow_origin));
        return;
    }
}

}  // namespace

void judge_headers(const Case& where, Findings& findings) {
    const auto headers = all_in_force(where.scope, "proxy_set_header");
    judge_upgrade(where, findings, headers);
    judge_authorization(where, findings, headers);
    judge_cors(where, findings);
}

}  // namespace gatewatch::probes::nginx
