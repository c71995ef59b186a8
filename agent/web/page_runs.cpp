#include <algorithm>

#include "agent/diagnosis/text.hpp"
#include "agent/web/page_parts.hpp"

namespace gatewatch::agent::web {
namespace {

using probes::Outcome;
using probes::Phase;

double share(std::chrono::nanoseconds part, std::chrono::nanoseconds whole) {
    if (whole.count() <= 0) return 0;
    return std::clamp(100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count()), 0.0,
                      100.0);
}

std::chrono::nanoseconds timed(const Outcome& run) {
    std::chrono::nanoseconds sum{};
    for (const auto& phase : run.phases) sum += phase.value_or(std::chrono::nanoseconds{});
    return sum;
}

const char* css_of(const Outcome& run, Phase phase) {
    return !run.ok && phase == run.phase ? "stopped" : static_cast<int>(phase) % 2 == 0 ? "even" : "odd";
}

/// All phases behind each other. The numbers stand beside it and, by phase, inside.
std::string stacked_bar(const Outcome& run) {
    std::string parts;
    double x = 0;
    for (const Phase phase : all_of<Phase>()) {
        const auto& duration = run.phases[static_cast<std::size_t>(phase)];
        if (!duration) continue;
        const double width = share(*duration, timed(run));
        parts += fmt::format("<rect class=\"{}\" x=\"{:.2f}%\" width=\"{:.2f}%\" height=\"8\"/>",
                             css_of(run, phase), x, width);
        x += width;
    }
    return fmt::format("<svg class=\"bar\" aria-hidden=\"true\">{}</svg>", parts);
}

std::string phase_rows(const View& view, const Outcome& run) {
    std::string rows;
    double x = 0;
    for (const Phase phase : all_of<Phase>()) {
        const auto& duration = run.phases[static_cast<std::size_t>(phase)];
        if (!duration) continue;
        const double width = share(*duration, timed(run));
        rows += fmt::format(
            "<tr><th scope=\"row\"><code>{}</code></th><td class=\"num\">{}</td><td class=\"draw\">"
            "<svg class=\"bar\" aria-hidden=\"true\"><rect class=\"{}\" x=\"{:.2f}%\" width=\"{:.2f}%\" "
            "height=\"8\"/></svg></td></tr>\n",
            name_of(phase), seconds(*duration), css_of(run, phase), std::min(x, 99.5), std::max(width, 0.5));
        x += width;
    }
    if (rows.empty()) return {};
    return fmt::format("<table class=\"phases\"><caption>{}</caption><tbody>\n{}</tbody></table>\n",
                       view.say(Word::phases), rows);
}

/// Numbers and names that were seen, one row each; what is empty has none.
class Facts {
  public:
    explicit Facts(const View& view) : view_(view) {}
    void add(Word word, std::string_view value) {
        if (value.empty()) return;
        rows_ += fmt::format("<div><dt>{}</dt><dd class=\"wire\">{}</dd></div>\n", view_.say(word),
                             escape_html(value));
    }
    [[nodiscard]] std::string html() const {
        return rows_.empty() ? rows_ : fmt::format("<dl class=\"seen\">\n{}</dl>\n", rows_);
    }

  private:
    const View& view_;
    std::string rows_;
};

std::string facts_of_run(const View& view, const Outcome& run) {
    Facts facts(view);
    facts.add(Word::address, run.address);
    if (run.answer.by != probes::AnsweredBy::nobody) facts.add(Word::answered, name_of(run.answer.by));
    if (run.answer.status) facts.add(Word::status, fmt::to_string(*run.answer.status));
    facts.add(Word::engine_sid, run.engine_sid);
    facts.add(Word::namespace_sid, run.namespace_sid);
    if (run.tries > 0) facts.add(Word::tries, fmt::format("{} / {}", run.lost, run.tries));
    if (run.silence) facts.add(Word::silence, seconds(*run.silence));
    facts.add(Word::dead_addresses, fmt::to_string(fmt::join(run.dead_addresses, ", ")));
    return facts.html();
}

std::string transcript(const View& view, const Outcome& run) {
    if (run.transcript.empty())
        return fmt::format("<p class=\"quiet\">{}</p>\n", view.say(Word::no_transcript));
    std::string lines;
    for (const auto& line : run.transcript) {
        lines += fmt::format(
            "<li><span class=\"num\">{}</span><span class=\"dir\">{}</span>"
            "<code class=\"wire\">{}</code></li>\n",
            seconds(line.at), view.say(line.sent ? Word::sent : Word::received), escape_html(line.text));
    }
    return fmt::format("<h5>{}</h5>\n<ol class=\"transcript\">\n{}</ol>\n", view.say(Word::transcript),
                       lines);
}

std::string reason_of(const View& view, const Outcome& run) {
    if (run.ok || !run.reason) return {};
    return fmt::format("<code class=\"reason\">{}</code> <span class=\"quiet\">{}</span>",
                       name_of(*run.reason), view.say(Word::in_phase, name_of(run.phase)));
}

std::string run_row(const View& view, std::string_view key, const Outcome& run) {
    const auto state = run.ok ? HopState::ok : HopState::failing;
    const std::string evidence =
        run.evidence.empty() ? std::string()
                             : fmt::format("<p class=\"wire said\">{}</p>\n", escape_html(run.evidence));
    return fmt::format(
        "<details class=\"run {0}\" data-key=\"{1}\"><summary>{2}<span class=\"state\">{3}</span>"
        "<code class=\"who\">{4} {5}</code><span class=\"why\">{6}</span>{7}<span class=\"num\">{8}</span>"
        "<span class=\"when\">{9}</span></summary>\n<div "
        "class=\"inside\">\n{10}{11}{12}{13}</div></details>\n",
        name_of(state), key, icon(state), view.say(run.ok ? Word::ok : Word::failed), name_of(run.role),
        name_of(run.probe), reason_of(view, run), stacked_bar(run), seconds(run.duration),
        time_tag(view, run.started_wall), evidence, phase_rows(view, run), facts_of_run(view, run),
        transcript(view, run));
}

std::string not_run_row(const View& view, std::string_view key, const config::PlannedProbe& plan) {
    const std::string when = plan.on_failure
                                 ? view.say(Word::on_failure)
                                 : view.say(Word::every, span_of_time(view.language, plan.interval));
    return fmt::format(
        "<div class=\"run absent\" data-key=\"{0}-{2}-{3}-none\">{1}<span class=\"state\">–</span>"
        "<code class=\"who\">{2} {3}</code><span class=\"why\">{4} · {5}</span></div>\n",
        key, icon(HopState::absent), name_of(plan.role), name_of(plan.probe), view.say(Word::not_run), when);
}

/// As many as somebody reads, since each browser asks for the page again and again. The newest come first.
constexpr std::size_t most_failures_shown = 12;
constexpr std::size_t most_passes_shown = 8;

std::string group_of_runs(const View& view, std::string_view key, const GatewayReport& gateway, bool ok) {
    std::string rows;
    std::size_t count = 0;
    for (const auto& run : gateway.history) {
        if (run.ok != ok) continue;
        if (count == (ok ? most_passes_shown : most_failures_shown)) break;
        ++count;
        rows += run_row(view,
                        fmt::format("{}-{}-{}-{}", key, name_of(run.role), name_of(run.probe),
                                    run.started_wall.time_since_epoch().count()),
                        run);
    }
    if (count == 0) return {};
    return fmt::format("<details class=\"group\" data-key=\"{}-{}\"{}><summary>{}</summary>\n{}</details>\n",
                       key, ok ? "passes" : "failures", ok ? "" : " open",
                       view.say(ok ? Word::history_passes : Word::history_failures, count), rows);
}

}  // namespace

std::string probes_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    std::string rows = fmt::format("<p class=\"quiet\">{}</p>\n", view.say(Word::probes_hint));
    for (const auto& run : gateway.probes) {
        rows += run_row(view, fmt::format("{}-{}-{}", key, name_of(run.role), name_of(run.probe)), run);
    }
    for (const auto& plan : gateway.not_yet_run) rows += not_run_row(view, key, plan);
    return section(key, "probes", view.say(Word::probes), rows);
}

std::string history_part(const View& view, std::string_view key, const GatewayReport& gateway) {
    std::string groups = group_of_runs(view, key, gateway, false) + group_of_runs(view, key, gateway, true);
    const Word hint = groups.empty() ? Word::no_history : Word::history_hint;
    return section(
        key, "history", view.say(Word::history),
        fmt::format("<p class=\"quiet\">{}</p>\n{}",
                    groups.empty() ? view.say(hint) : view.say(hint, most_failures_shown, most_passes_shown),
                    groups));
}

}  // namespace gatewatch::agent::web
