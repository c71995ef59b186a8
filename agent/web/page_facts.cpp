#include <algorithm>
#include <numeric>

#include "agent/nginx_text.hpp"
#include "agent/web/page_parts.hpp"

namespace gatewatch::agent::web {
namespace {

using probes::EventKind;
using probes::Origin;
using probes::OwnToken;
using probes::TokenState;

std::string quiet(const View& view, Word word) {
    return fmt::format("<p class=\"quiet\">{}</p>\n", view.say(word));
}

std::string count_of(const View& view, const probes::MysqlSample& sample, TokenState state) {
    const auto index = static_cast<std::size_t>(state);
    if (!sample.up || !sample.tokens[index]) {
        return fmt::format("<span class=\"quiet\">{}</span>", view.say(Word::not_counted));
    }
    return fmt::format("{}{}", sample.capped[index] ? "≥ " : "", *sample.tokens[index]);
}

Word word_for(OwnToken own) {
    constexpr std::array words{Word::own_not_looked_up, Word::own_absent, Word::own_valid, Word::own_expired,
                               Word::own_revoked};
    static_assert(words.size() == enum_count<OwnToken>);
    return words[static_cast<std::size_t>(own)];
}

std::string fact(const View& view, Word word, std::string_view html) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", view.say(word), html);
}

std::string own_token_line(const View& view, const probes::MysqlSample& sample) {
    std::string text = view.say(word_for(sample.own));
    if (sample.own_expiry) {
        text += fmt::format(" · {}", fmt::format(fmt::runtime(in(view.language, text_of(Word::expires))),
                                                 time_tag(view, *sample.own_expiry)));
    }
    return fact(view, Word::own_token, text);
}

/// Each only where it is known. The classes by issue do not overlap, those by expiry do.
std::string token_details(const View& view, const probes::MysqlSample& sample) {
    const auto known = [](const auto& count) { return count.has_value(); };
    std::string html;
    const auto& out = sample.expiring;
    if (std::ranges::all_of(out, known)) {
        html += fact(view, Word::running_out,
                     say(view.language, Word::running_out_counts, *out[0], *out[1], *out[2]));
    }
    const auto& issued = sample.issued;
    if (std::ranges::all_of(issued, known)) {
        html += fact(view, Word::issued,
                     say(view.language, Word::issued_counts, *issued[0], *issued[1], *issued[2], *issued[3]));
    }
    if (sample.users_without_token) {
        html += fact(view, Word::users_without, fmt::to_string(*sample.users_without_token));
    }
    for (const auto& warning : sample.warnings) {
        html += fact(view, warning.minor ? Word::note : Word::amiss,
                     escape_html(in(view.language, warning.text)));
    }
    return html;
}

std::uint64_t total_of(const EventCounts& counts, EventKind kind) {
    const auto& row = counts[static_cast<std::size_t>(kind)];
    return std::accumulate(row.begin(), row.end(), std::uint64_t{0});
}

std::string event_table(const View& view, const EventCounts& counts) {
    std::string rows;
    for (const auto kind : all_of<EventKind>()) {
        if (total_of(counts, kind) == 0) continue;
        std::string cells;
        for (const auto count : counts[static_cast<std::size_t>(kind)]) {
            cells += fmt::format("<td class=\"num\">{}</td>", count);
        }
        rows += fmt::format("<tr data-key=\"{0}\"><th scope=\"row\"><code>{0}</code></th>{1}</tr>\n",
                            name_of(kind), cells);
    }
    if (rows.empty()) return quiet(view, Word::no_events);
    return fmt::format(
        "<table class=\"events\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>"
        "<th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>\n{}</tbody></table>\n",
        view.say(Word::event), view.say(Word::synthetic), view.say(Word::user),
        view.say(Word::unknown_origin), rows);
}

std::string origin_of_event(const View& view, Origin origin) {
    constexpr std::array words{Word::synthetic, Word::user, Word::unknown_origin};
    static_assert(words.size() == enum_count<Origin>);
    return view.say(words[static_cast<std::size_t>(origin)]);
}

std::string event_lines(const View& view, std::string_view key, const std::vector<probes::LogEvent>& events) {
    std::string items;
    for (const auto& event : events) {
        items += fmt::format(
            "<li><span class=\"when\">{}</span><span class=\"wire\"><code>{}</code> "
            "<span class=\"quiet\">{}{}{}</span> {}</span></li>\n",
            time_tag(view, event.seen), name_of(event.kind), origin_of_event(view, event.origin),
            event.sid.empty() ? "" : " · ", escape_html(event.sid), escape_html(event.excerpt));
    }
    if (items.empty()) return {};
    return fmt::format(
        "<details class=\"group\" data-key=\"{}-lines\"><summary>{}</summary>"
        "<ol class=\"list lines\">\n{}</ol></details>\n",
        key, view.say(Word::last_events), items);
}

/// What stands in the http block first, under a comment that nginx can read.
std::string whole_mend(const probes::NginxFinding& found) {
    if (found.for_http.empty()) return found.mended;
    return fmt::format("# http {{ }}\n{}\n# {}\n{}", found.for_http, place_of(found), found.mended);
}

std::string finding(const View& view, std::string_view key, const probes::NginxFinding& found) {
    const auto state = found.problem ? HopState::failing : HopState::unknown;
    std::string html = fmt::format(
        "<li class=\"{}\">{}<div class=\"what\"><strong>{}</strong> {}<br><code class=\"wire\">{}</code>",
        name_of(found.problem ? HopState::failing : HopState::unknown), icon(state),
        view.say(found.problem ? Word::problem : Word::note), escape_html(in(view.language, describe(found))),
        escape_html(place_of(found)));
    if (!found.directive.empty()) html += fmt::format("<pre>{}</pre>", escape_html(found.directive));
    if (!found.mended.empty()) {
        html += fmt::format("<details data-key=\"{0}\"><summary>{1}</summary>{2}</details>", key,
                            view.say(Word::mended),
                            copyable(view, fmt::format("{}-mended", key), whole_mend(found)));
    }
    return html + "</div></li>\n";
}

const CollectorReport* find_collector(const GatewayReport& gateway, CollectorKind kind) {
    const auto found = std::ranges::find(gateway.collectors, kind, &CollectorReport::kind);
    return found == gateway.collectors.end() ? nullptr : &*found;
}

}  // namespace

std::string tokens_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    const std::string heading = view.say(Word::tokens);
    if (find_collector(gateway, CollectorKind::mysql) == nullptr && !gateway.mysql) {
        return section(key, "tokens", heading, quiet(view, Word::no_database));
    }
    const probes::MysqlSample sample = gateway.mysql.value_or(probes::MysqlSample{});
    std::string html = "<dl class=\"counts\">\n";
    constexpr std::array words{Word::valid, Word::expired, Word::revoked};
    for (const auto state : all_of<TokenState>()) {
        html += fmt::format("<div data-state=\"{}\"><dt>{}</dt><dd>{}</dd></div>\n", name_of(state),
                            view.say(words[static_cast<std::size_t>(state)]), count_of(view, sample, state));
    }
    html += "</dl>\n<dl class=\"seen\">\n" + own_token_line(view, sample);
    if (sample.up) html += token_details(view, sample);
    if (sample.clock_skew) {
        html += fact(view, Word::clock_skew, fmt::format("{} s", sample.clock_skew->count()));
    }
    if (sample.taken != probes::WallTime{}) {
        html += fact(view, Word::sampled,
                     fmt::format("{} · {}", time_tag(view, sample.taken), age_tag(view, sample.taken)));
    }
    return section(key, "tokens", heading, html + "</dl>\n");
}

std::string log_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    const std::string heading = view.say(Word::log_events);
    if (!gateway.events) return section(key, "log", heading, quiet(view, Word::no_log));
    return section(key, "log", heading,
                   event_table(view, *gateway.events) + event_lines(view, key, gateway.last_events));
}

std::string nginx_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    const auto* collector = find_collector(gateway, CollectorKind::nginx_config);
    if (collector == nullptr) return {};
    std::string items;
    for (std::size_t i = 0; i < gateway.nginx_findings.size(); ++i) {
        items += finding(view, fmt::format("{}-{}", key, i), gateway.nginx_findings[i]);
    }
    return section(key, "nginx", view.say(Word::nginx),
                   items.empty() ? quiet(view, collector->up ? Word::nginx_clean : Word::collector_down)
                                 : fmt::format("<ul class=\"list\">\n{}</ul>\n", items));
}

std::string collectors_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    std::string items;
    for (const auto& collector : gateway.collectors) {
        const auto state = collector.up ? HopState::ok : HopState::failing;
        const std::string detail = collector.detail.empty()
                                       ? std::string()
                                       : fmt::format("<br><span class=\"wire\">{}</span>",
                                                     escape_html(in(view.language, collector.detail)));
        items +=
            fmt::format("<li class=\"{0}\">{1}<span class=\"what\"><code>{2}</code> {3}{4}</span></li>\n",
                        name_of(state), icon(state), name_of(collector.kind),
                        view.say(collector.up ? Word::collector_up : Word::collector_down), detail);
    }
    return section(key, "collectors", view.say(Word::collectors),
                   items.empty() ? quiet(view, Word::no_collectors)
                                 : fmt::format("<ul class=\"list\">\n{}</ul>\n", items));
}

}  // namespace gatewatch::agent::web
