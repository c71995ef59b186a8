#include "agent/web/page.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gatewatch::agent::web {
namespace {

constexpr std::string_view style =
    "body{font:16px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "pre{white-space:pre-wrap;background:#f4f4f4;padding:1em}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.2em .8em;border-bottom:1px solid #ccc}";

std::string failure_row(const std::string& gateway, const probes::Outcome& run) {
    const auto time = std::chrono::system_clock::to_time_t(run.started_wall);
    return fmt::format("<tr><td>{:%F %T} UTC</td><td>{}</td><td>{} {}</td><td>{}</td><td>{}</td></tr>\n",
                       fmt::gmtime(time), escape_html(gateway), name_of(run.role), name_of(run.probe),
                       name_of(run.reason.value_or(probes::Reason::internal)), escape_html(run.evidence));
}

std::string failure_table(const std::vector<Failures>& failures, Language language) {
    std::string rows;
    for (const auto& [gateway, runs] : failures) {
        for (const auto& run : runs) rows += failure_row(gateway, run);
    }
    const bool zh = language == Language::zh;
    if (rows.empty()) return zh ? "<p>启动以来没有失败。</p>\n" : "<p>None since the start.</p>\n";
    return fmt::format(
        "<table><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>\n{}</table>\n",
        zh ? "时间" : "time", zh ? "网关" : "gateway", zh ? "探测" : "probe", zh ? "原因" : "reason",
        zh ? "证据" : "evidence", rows);
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

std::string render_page(const Report& report, const std::vector<Failures>& failures, Language language) {
    const bool zh = language == Language::zh;
    return fmt::format(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>Gatewatch</title>"
        "<style>{}</style></head><body>\n<h1>Gatewatch</h1>\n"
        "<p><a href=\"/?lang={}\">{}</a> · <a href=\"/metrics\">/metrics</a> · "
        "<a href=\"/api/v1/status?lang={}\">/api/v1/status</a> · <a href=\"/-/ready\">/-/ready</a> · "
        "<a href=\"/-/healthy\">/-/healthy</a></p>\n<pre>{}</pre>\n<h2>{}</h2>\n{}</body></html>\n",
        name_of(language), style, zh ? "en" : "zh", zh ? "English" : "中文", name_of(language),
        escape_html(render_text(report, language)), zh ? "最近的失败" : "Last failures",
        failure_table(failures, language));
}

}  // namespace gatewatch::agent::web
