#include "agent/web/page.hpp"

#include <fmt/chrono.h>

#include "agent/web/assets.hpp"
#include "agent/web/page_parts.hpp"
#include "agent/web/policy.hpp"

namespace gatewatch::agent::web {
namespace {

/// One shape a state, so that colour is not needed: circle, octagon, triangle, and two circles with gaps.
constexpr std::string_view icons = R"(<svg class="icons" aria-hidden="true">
<symbol id="i-ok" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.5" class="fill"/><path d="M6 10.5l2.8 2.7L14 7.5"/></symbol>
<symbol id="i-failing" viewBox="0 0 20 20"><path class="fill" d="M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z"/><path d="M7 7l6 6M13 7l-6 6"/></symbol>
<symbol id="i-degraded" viewBox="0 0 20 20"><path class="fill" d="M10 1.8L19 18H1z"/><path d="M10 7.5v5M10 14.8v.6"/></symbol>
<symbol id="i-unknown" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.5" class="fill" stroke-dasharray="4 2.7"/><path d="M7.6 7.8c0-3 4.8-3 4.8-.1 0 1.9-2.4 2-2.4 4M10 14v.6"/></symbol>
<symbol id="i-absent" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8.5" class="fill" stroke-dasharray="1 3.45"/><path d="M7 10h6"/></symbol>
</svg>
)";

/// The tab shows the state as well: the shape of the worst gateway's verdict.
std::string_view favicon(Severity severity) {
    switch (severity) {
        case Severity::ok:
            return "%3Ccircle cx='10' cy='10' r='9' fill='%2317693a'/%3E%3Cpath d='M6 10.5l2.8 2.7L14 7.5' "
                   "stroke='white' stroke-width='2' fill='none'/%3E";
        case Severity::degraded:
            return "%3Cpath d='M10 1L20 19H0z' fill='%23b06a00'/%3E%3Cpath d='M10 7v6M10 15v2' "
                   "stroke='white' "
                   "stroke-width='2'/%3E";
        case Severity::down:
            return "%3Cpath d='M6 0h8l6 6v8l-6 6H6l-6-6V6z' fill='%23b3161b'/%3E%3Cpath d='M6 6l8 8M14 6l-8 "
                   "8' "
                   "stroke='white' stroke-width='2.4'/%3E";
        case Severity::unknown:
            break;
    }
    return "%3Ccircle cx='10' cy='10' r='8' fill='none' stroke='%23777' stroke-width='3' "
           "stroke-dasharray='4 2.3'/%3E";
}

const GatewayReport* worst_of(const Report& report) {
    const GatewayReport* worst = nullptr;
    for (const auto& gateway : report.gateways) {
        if (worst == nullptr || gateway.verdict.severity > worst->verdict.severity) worst = &gateway;
    }
    return worst;
}

std::string title_of(const View& view, const Report& report) {
    const GatewayReport* worst = worst_of(report);
    if (worst == nullptr) return "Gatewatch";
    const Verdict& verdict = worst->verdict;
    if (verdict.cause == Cause::none) return view.say(word_for(verdict.severity)) + " · Gatewatch";
    return fmt::format("{}: {} · Gatewatch", view.say(word_for(verdict.severity)), name_of(verdict.cause));
}

/// What the script says, from the one table.
std::string script_words(const View& view) {
    std::string attributes;
    for (const Word word :
         {Word::run_asking, Word::run_started, Word::run_done, Word::run_running, Word::run_later,
          Word::run_refused, Word::run_unreachable, Word::run, Word::updated, Word::stale, Word::stale_title,
          Word::times_local, Word::copy, Word::copied, Word::copy_failed}) {
        attributes +=
            fmt::format(" data-{}=\"{}\"", name_of(word), escape_html(in(view.language, text_of(word))));
    }
    return attributes;
}

std::string head(const View& view, const Report& report) {
    const GatewayReport* worst = worst_of(report);
    return fmt::format(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"color-scheme\" content=\"light dark\"><title>{}</title>\n"
        "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 "
        "20 "
        "20'%3E{}%3C/svg%3E\">\n<style>{}</style></head>\n",
        view.language == Language::zh ? "zh-Hans" : "en", title_of(view, report),
        favicon(worst == nullptr ? Severity::unknown : worst->verdict.severity), page_style);
}

std::string header(const View& view, const Report& report) {
    const std::string_view other = view.language == Language::zh ? "en" : "zh";
    return fmt::format(
        "<a class=\"skip\" href=\"#verdicts\">{0}</a>\n{1}<header>\n<h1>Gatewatch <small>{2}</small></h1>\n"
        "<p id=\"freshness\">{3} UTC</p>\n"
        "<div id=\"controls\"><button type=\"button\" id=\"run\" title=\"{4}\">{5}</button>"
        "<a href=\"/?lang={6}\" lang=\"{7}\" hreflang=\"{7}\">{8}</a></div>\n"
        "<p id=\"said\" role=\"status\"></p>\n</header>\n<div id=\"stale\" role=\"alert\" hidden></div>\n",
        view.say(Word::skip), icons, escape_html(report.version), time_tag(view, view.now),
        view.say(Word::run_hint), view.say(Word::run), other, other == "zh" ? "zh-Hans" : "en",
        view.say(Word::other_language));
}

std::string no_script(const View& view) {
    return fmt::format(
        "<noscript><p>{} <a href=\"/?lang={}\">{}</a></p><p>{}</p>"
        "<pre>curl -X POST -H 'X-Gatewatch: run' http://127.0.0.1:9464/api/v1/run</pre></noscript>\n",
        view.say(Word::no_script, fmt::format("{:%F %T}", floor<std::chrono::seconds>(view.now))),
        name_of(view.language), view.say(Word::reload_by_hand), view.say(Word::run_by_hand));
}

/// By its name, under which an open page knows it again when a reload has changed which gateways there are.
/// No name holds a colon.
std::string key_of(const GatewayReport& gateway, std::string_view part) {
    return fmt::format("g:{}:{}", escape_html(gateway.name), part);
}

std::string gateway_part(const View& view, const GatewayReport& gateway) {
    const auto key = [&](std::string_view part) { return key_of(gateway, part); };
    std::string html = fmt::format(
        "<article id=\"{0}\" data-key=\"{0}\" aria-labelledby=\"{1}\">\n<h2 id=\"{1}\">{2}</h2>\n",
        key("all"), key("h"), escape_html(gateway.name));
    html += path_part(view, gateway) + verdict_part(view, key("verdict"), gateway);
    html += "<div class=\"board\">\n<div class=\"wide\">\n";
    html += probes_part(view, key("probes"), gateway) + history_part(view, key("history"), gateway);
    html += "</div>\n<div class=\"side\">\n";
    html += changes_part(view, key("changes"), gateway) + tokens_part(view, key("tokens"), gateway);
    html += nginx_part(view, key("nginx"), gateway) + log_part(view, key("log"), gateway);
    html += collectors_part(view, key("collectors"), gateway);
    return html + "</div>\n</div>\n</article>\n";
}

std::string overview(const View& view, const Report& report) {
    if (report.gateways.size() < 2) return {};
    std::string items;
    for (const auto& gateway : report.gateways) {
        const auto state = state_of(gateway.verdict.severity);
        items += fmt::format("<li class=\"{}\"><a href=\"#{}\">{}{} <strong>{}</strong></a></li>\n",
                             name_of(state), key_of(gateway, "all"), icon(state), escape_html(gateway.name),
                             view.say(word_for(gateway.verdict.severity)));
    }
    return fmt::format("<nav aria-label=\"{}\"><ul class=\"overview\">\n{}</ul></nav>\n",
                       view.say(Word::overview), items);
}

std::string footer(const View& view) {
    return fmt::format(
        "<footer><p id=\"zone\">{0}</p><p>{1}: <a href=\"/api/v1/status?lang={2}\">/api/v1/status</a> · "
        "<a href=\"/metrics\">/metrics</a> · <a href=\"/-/ready\">/-/ready</a> · "
        "<a href=\"/-/healthy\">/-/healthy</a></p><p><a href=\"/runbooks/?lang={2}\">{3}</a></p></footer>\n",
        view.say(Word::times_utc), view.say(Word::endpoints), name_of(view.language),
        view.say(Word::runbooks));
}

}  // namespace

const std::string& page_policy() {
    static const std::string policy = policy_for(page_style, page_script);
    return policy;
}

std::string render_page(const Report& report, Language language) {
    const View view{language, report.time, report.runbooks};
    std::string html = head(view, report);
    html += fmt::format("<body data-version=\"{}\" data-running=\"{}\"{}>\n", escape_html(report.version),
                        report.run_under_way ? "yes" : "no", script_words(view));
    html += header(view, report) + no_script(view) + "<main id=\"verdicts\" tabindex=\"-1\">\n";
    html += overview(view, report);
    for (const auto& gateway : report.gateways) html += gateway_part(view, gateway);
    if (report.gateways.empty()) html += fmt::format("<p>{}</p>\n", view.say(Word::no_gateways));
    return html + "</main>\n" + footer(view) +
           fmt::format("<script>{}</script>\n</body></html>\n", page_script);
}

}  // namespace gatewatch::agent::web
