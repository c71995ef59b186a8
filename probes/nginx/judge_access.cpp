#include <algorithm>
#include <charconv>
#include <iterator>

#include "probes/nginx/judge.hpp"

namespace gatewatch::probes::nginx {
namespace {

enum class Gate { open, partly, shut };

/// allow and deny hold in their order, the first that fits decides.
struct Rules {
    Gate gate = Gate::open;
    const Directive* by = nullptr;
};

Rules rules_of(const std::vector<Directive>& level) {
    Rules rules;
    bool allows_some = false;
    for (const auto& directive : level) {
        if (directive.args.empty() || (directive.name != "allow" && directive.name != "deny")) continue;
        const bool all = directive.args[0] == "all";
        if (directive.name == "allow") {
            allows_some = true;
            if (all) return rules;
        } else if (all) {
            return {allows_some ? Gate::partly : Gate::shut, &directive};
        } else {
            rules = {Gate::partly, &directive};
        }
    }
    return rules;
}

void judge_addresses(const Case& where, Findings& findings) {
    for (const auto* level : where.scope) {
        const bool has_rules = find(*level, "allow") || find(*level, "deny");
        if (!has_rules) continue;
        const auto rules = rules_of(*level);
        // A single address that is kept out is nothing to speak of.
        if (rules.gate == Gate::open || (rules.by->args[0] != "all")) return;
        auto& found = findings.add(NginxFault::denied, rules.gate == Gate::shut, rules.by);
        if (rules.gate != Gate::shut) return;
        found.block = &where.block();
        if (level == where.scope.front())
            found.edits = findings.mender().remove(where.block(), {rules.by});
        else
            found.edits = findings.mender().add(where.block(), {"allow all;"}, {"proxy_pass"});
        return;
    }
}

void judge_password(const Case& where, Findings& findings) {
    const auto* line = in_force(where.scope, "auth_basic");
    if (!line || line->args.empty() || line->args[0] == "off") return;
    auto& found = findings.add(NginxFault::denied, false, line);
    found.block = &where.block();
    found.edits = findings.mender().put(where.block(), "auth_basic", "off");
}

/// Only what limit_except lists goes past its rules; GET brings HEAD with it.
void judge_methods(const Case& where, Findings& findings) {
    for (const auto& limit : where.block().children) {
        if (limit.name != "limit_except" || !limit.block) continue;
        const auto lists = [&](std::string_view method) {
            return std::ranges::any_of(limit.args, [&](const auto& word) { return same_text(word, method); });
        };
        const bool gone = lists("GET") && lists("POST");
        if (gone || rules_of(limit.children).gate != Gate::shut) continue;
        auto& found = findings.add(NginxFault::methods_limited, true, &limit);
        found.block = &where.block();
        auto words = std::string("limit_except");
        for (const auto& word : limit.args) words += " " + word;
        if (!lists("GET")) words += " GET";
        if (!lists("POST")) words += " POST";
        const auto& text = where.document.sources[limit.source].text;
        const auto inside = text.substr(limit.body, limit.end - limit.body);
        found.edits = findings.mender().replace(where.block(), limit, words + " {" + inside);
    }
}

/// "rate=10r/s" or "rate=30r/m", in requests a second.
std::optional<double> rate_of(const Case& where, const std::string& zone) {
    for (const auto& definition : where.http) {
        if (definition.name != "limit_req_zone" ||
            std::ranges::none_of(definition.args,
                                 [&](const auto& word) { return word.starts_with("zone=" + zone + ":"); }))
            continue;
        // A key of another kind may be empty for those who are exempt.
        static constexpr std::string_view keys[] = {"$binary_remote_addr", "$remote_addr", "$server_name",
                                                    "$host"};
        if (std::ranges::find(keys, definition.args[0]) == std::end(keys)) return std::nullopt;
        for (const auto& word : definition.args) {
            if (!word.starts_with("rate=")) continue;
            unsigned rate = 0;
            std::from_chars(word.data() + 5, word.data() + word.size(), rate);
            return word.ends_with("r/m") ? rate / 60.0 : static_cast<double>(rate);
        }
    }
    return std::nullopt;
}

std::string option(const Directive& directive, std::string_view name) {
    for (const auto& word : directive.args) {
        if (word.starts_with(name)) return word.substr(name.size());
    }
    return {};
}

/// A new polling session asks for four answers within a few round trips: less is refused to every user, more
/// only to some.
void judge_rate(const Case& where, Findings& findings) {
    if (word_in_force(where.scope, "limit_req_dry_run", "off") == "on") return;
    const auto limits = all_in_force(where.scope, "limit_req");
    if (limits.empty()) return;
    const auto strict = [&](const Directive* limit) {
        unsigned burst = 0;
        const auto text = option(*limit, "burst=");
        std::from_chars(text.data(), text.data() + text.size(), burst);
        const auto rate = rate_of(where, option(*limit, "zone="));
        return rate && *rate <= 1 && burst < 3;
    };
    const auto worst = std::ranges::find_if(limits, strict);
    const bool problem = worst != limits.end();
    auto& found = findings.add(NginxFault::rate_limited, problem, problem ? *worst : limits.front());
    found.block = &where.block();
    if (find(where.block().children, "limit_req"))
        found.edits = findings.mender().remove(where.block(), limits);
}

/// Polling keeps one request waiting and sends with another.
void judge_connections(const Case& where, Findings& findings) {
    if (word_in_force(where.scope, "limit_conn_dry_run", "off") == "on") return;
    for (const auto* limit : all_in_force(where.scope, "limit_conn")) {
        unsigned most = 0;
        if (limit->args.size() != 2) continue;
        std::from_chars(limit->args[1].data(), limit->args[1].data() + limit->args[1].size(), most);
        auto& found = findings.add(NginxFault::rate_limited, most == 1, limit);
        found.block = &where.block();
        if (find(where.block().children, "limit_conn"))
            found.edits = findings.mender().remove(where.block(), {limit});
        return;
    }
}

}  // namespace

void judge_access(const Case& where, Findings& findings) {
    if (find(where.block().children, "internal"))
        findings.add(NginxFault::denied, true, find(where.block().children, "internal"));
    if (word_in_force(where.scope, "satisfy", "all") == "all") {
        judge_addresses(where, findings);
        judge_password(where, findings);
    }
    judge_methods(where, findings);
    judge_rate(where, findings);
    judge_connections(where, findings);
}

}  // namespace gatewatch::probes::nginx
