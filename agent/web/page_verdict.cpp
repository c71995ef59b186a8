#include "agent/web/page_parts.hpp"

namespace gatewatch::agent::web {
namespace {

Word word_for(HopState state) {
    switch (state) {
        case HopState::ok:
            return Word::hop_ok;
        case HopState::failing:
            return Word::hop_failing;
        case HopState::degraded:
            return Word::hop_degraded;
        case HopState::absent:
            return Word::hop_absent;
        case HopState::unknown:
            break;
    }
    return Word::hop_unknown;
}

std::string meaning(const View& view, Cause cause) {
    const CauseFacts& facts = facts_of(cause);
    return escape_html(view.language == Language::zh ? facts.zh : facts.en);
}

std::string hop_item(const View& view, const HopView& hop) {
    const std::string cause =
        hop.cause ? fmt::format("<code class=\"cause\">{}</code>", name_of(*hop.cause)) : std::string();
    return fmt::format(
        "<li class=\"hop {0}\" data-hop=\"{1}\">{2}<span class=\"name\">{3}</span>"
        "<span class=\"state\">{4}</span>{5}</li>\n",
        name_of(hop.state), name_of(hop.hop), icon(hop.state), view.say(web::word_for(hop.hop)),
        view.say(word_for(hop.state)), cause);
}

std::string evidence_list(const View& view, const Verdict& verdict) {
    if (verdict.evidence.empty())
        return fmt::format(
            "<p class=\"quiet\">{}</p>\n",
            view.say(verdict.cause == Cause::none ? Word::no_evidence : Word::no_evidence_yet));
    std::string items;
    for (const auto& line : verdict.evidence) {
        items += fmt::format("<div><dt><code>{}</code></dt><dd class=\"wire\">{}</dd></div>\n",
                             escape_html(line.source), escape_html(in(view.language, line.text)));
    }
    return fmt::format("<dl class=\"evidence\">\n{}</dl>\n", items);
}

std::string consequences_list(const View& view, const Verdict& verdict) {
    if (verdict.consequences.empty()) return {};
    std::string items;
    for (const Cause cause : verdict.consequences) {
        items += fmt::format("<li>{}<span>{} <code>{}</code></span></li>\n",
                             icon(state_of(facts_of(cause).severity)), meaning(view, cause), name_of(cause));
    }
    return fmt::format("<h4>{}</h4>\n<p class=\"quiet\">{}</p>\n<ul class=\"with\">\n{}</ul>\n",
                       view.say(Word::consequences), view.say(Word::consequences_hint), items);
}

std::string runbook_line(const View& view, Cause cause) {
    const std::string link = runbook_link(view.runbooks, cause, view.language);
    if (link.empty()) return {};
    return fmt::format("<p>{}: <a href=\"{}\" rel=\"noreferrer\">{}</a></p>\n", view.say(Word::runbook),
                       escape_html(link), escape_html(runbook_of(cause)));
}

/// Outside of what is read aloud when it changes: the time changes always.
std::string since_line(const View& view, const GatewayReport& gateway) {
    if (!gateway.since) return {};
    const std::string when =
        fmt::format(fmt::runtime(in(view.language, text_of(Word::since))), time_tag(view, *gateway.since));
    return fmt::format("<p class=\"since\">{} <span class=\"age\">({})</span></p>\n", when,
                       view.say(Word::for_time, span_of_time(view.language, view.now - *gateway.since)));
}

}  // namespace

std::string path_part(const View& view, const GatewayReport& gateway) {
    std::string items;
    for (const HopView& hop : path_of(gateway)) items += hop_item(view, hop);
    return fmt::format("<ol class=\"path\" aria-label=\"{}\">\n{}</ol>\n", view.say(Word::path), items);
}

std::string verdict_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    const Verdict& verdict = gateway.verdict;
    const std::string& fix = in(view.language, verdict.fix);
    const auto state = state_of(verdict.severity);
    std::string html = fmt::format(
        "<section class=\"verdict {0}\" data-key=\"{1}\" aria-labelledby=\"{1}-h\">\n"
        "<div role=\"status\" aria-atomic=\"true\" class=\"headline\">"
        "<p class=\"severity\">{2}<strong>{3}</strong></p>"
        "<h3 id=\"{1}-h\">{4}</h3><p class=\"facts\"><span>{5} <code>{6}</code></span>",
        name_of(state), key, icon(state), view.say(web::word_for(verdict.severity)),
        meaning(view, verdict.cause), view.say(Word::code), name_of(verdict.cause));
    html += fmt::format("</p></div>\n{}", since_line(view, gateway));
    html += "<div class=\"columns\">\n";
    html += fmt::format("<div><h4>{}</h4>\n{}{}</div>\n", view.say(Word::evidence),
                        evidence_list(view, verdict), consequences_list(view, verdict));
    if (const std::string runbook = runbook_line(view, verdict.cause); !fix.empty() || !runbook.empty()) {
        const std::string block = fix.empty() ? fix : copyable(view, fmt::format("{}-fix", key), fix);
        html += fmt::format("<div><h4>{}</h4>\n{}{}</div>\n", view.say(Word::fix), block, runbook);
    }
    return html + "</div>\n</section>\n";
}

std::string changes_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    std::string items;
    for (const auto& change : gateway.changes) {
        const auto state = state_of(change.severity);
        const auto end = change.to.value_or(view.now);
        const std::string until =
            change.to ? time_tag(view, *change.to) : fmt::format("<strong>{}</strong>", view.say(Word::now));
        items += fmt::format(
            "<li class=\"{0}\" data-key=\"{1}\">{2}<span class=\"what\"><strong>{3}</strong> <code>{4}</code>"
            "<span class=\"quiet\">{5} – {6} · <span class=\"{8}\">{7}</span></span></span></li>\n",
            name_of(state), change.from.time_since_epoch().count(), icon(state),
            view.say(web::word_for(change.severity)), name_of(change.cause), time_tag(view, change.from),
            until, escape_html(span_of_time(view.language, end - change.from)), change.to ? "span" : "age");
    }
    if (items.empty()) items = fmt::format("<li class=\"quiet\">{}</li>\n", view.say(Word::no_changes));
    return section(key, "changes", view.say(Word::changes),
                   fmt::format("<ol class=\"list\">\n{}</ol>\n", items));
}

}  // namespace gatewatch::agent::web
