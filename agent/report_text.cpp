#include <algorithm>

#include "agent/diagnosis/text.hpp"
#include "agent/follow_up.hpp"
#include "agent/report.hpp"
#include "agent/text_lines.hpp"

namespace gatewatch::agent {
namespace {

/// Long enough to recognise a fault by; the whole stands in the evidence and in the JSON.
constexpr std::size_t detail_width = 160;

class Page : public TextLines {
  public:
    Page(Language language, Look look) : TextLines(language), look_(look) {}

    /// Every line of a text, indented.
    void block(std::string_view text) {
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            verbatim(end == 0 ? std::string() : fmt::format("      {}", text.substr(0, end)));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }
    [[nodiscard]] const Look& look() const { return look_; }

  private:
    Look look_;
};

/// The words in Chinese are two characters wide each, as wide as four letters.
std::string word_for(const Page& page, bool ok) {
    const std::string word =
        page.language() == Language::zh ? (ok ? "通过" : "失败") : (ok ? "ok  " : "FAIL");
    if (!page.look().colour) return word;
    return fmt::format("\x1b[{}m{}\x1b[0m", ok ? 32 : 31, word);
}

/// Run after a failure only, to explain it: that the other engine.io version gets no session is no failure.
bool only_explains(ProbeKind probe) {
    return probe == ProbeKind::header_token || probe == ProbeKind::other_eio;
}

std::string word_for(const Page& page, const probes::Outcome& outcome) {
    if (!outcome.ok && only_explains(outcome.probe)) return page.language() == Language::zh ? "旁证" : "note";
    return word_for(page, outcome.ok);
}

std::string_view words_for(Severity severity, Language language) {
    const bool en = language == Language::en;
    switch (severity) {
        case Severity::ok:
            return en ? "OK" : "正常";
        case Severity::degraded:
            return en ? "DEGRADED" : "降级";
        case Severity::down:
            return en ? "DOWN" : "中断";
        case Severity::unknown:
            break;
    }
    return en ? "UNKNOWN" : "无法判定";
}

std::string name_of_probe(Role role, ProbeKind probe) {
    return fmt::format("{:<6} {:<13}", name_of(role), name_of(probe));
}

void add_probe(Page& page, const probes::Outcome& outcome) {
    std::string line = fmt::format("    {}  {} {:>8}", word_for(page, outcome),
                                   name_of_probe(outcome.role, outcome.probe), seconds(outcome.duration));
    if (!outcome.ok) {
        const std::string_view reason = outcome.reason ? name_of(*outcome.reason) : "";
        const std::string_view at = page.language() == Language::en ? "in phase" : "阶段";
        line += fmt::format("  {} {} {}", reason, at, name_of(outcome.phase));
        if (!outcome.evidence.empty()) line += fmt::format(": {}", one_line(outcome.evidence, detail_width));
    }
    page.verbatim(line);
}

void add_pending(Page& page, const config::PlannedProbe& planned) {
    if (planned.on_failure) return;  // nothing has failed that it should explain
    const std::string name = name_of_probe(planned.role, planned.probe);
    const bool asked_for = page.look().thorough || !is_slow(planned.probe);
    if (page.look().running && asked_for) {
        page.verbatim(fmt::format("    ....  {}", name));
    } else if (page.look().once && asked_for) {
        page.line("    --    {}  did not end in time", "    --    {}  未在限期内结束", name);
    } else if (page.look().once) {
        page.line("    --    {}  not run; --thorough runs it", "    --    {}  未运行；--thorough 会运行它",
                  name);
    } else {
        page.line("    --    {}  has no fresh result", "    --    {}  没有新的结果", name);
    }
}

void add_probes(Page& page, const GatewayReport& gateway) {
    page.line("  Probes", "  探测");
    for (const auto& outcome : gateway.probes) add_probe(page, outcome);
    for (const auto& planned : gateway.not_yet_run) add_pending(page, planned);
}

std::string count_of(const probes::MysqlSample& sample, probes::TokenState state) {
    const auto index = static_cast<std::size_t>(state);
    if (!sample.up || !sample.tokens[index]) return "?";
    return fmt::format("{}{}", sample.capped[index] ? ">=" : "", *sample.tokens[index]);
}

/// Each line only where it is known.
void add_token_details(Page& page, const probes::MysqlSample& sample) {
    const auto known = [](const auto& count) { return count.has_value(); };
    const auto& expiring = sample.expiring;
    if (std::ranges::all_of(expiring, known)) {
        page.line("    running out within 1 h {}, 6 h {}, 24 h {}",
                  "    即将到期：1 小时内 {}，6 小时内 {}，24 小时内 {}", *expiring[0], *expiring[1],
                  *expiring[2]);
    }
    const auto& issued = sample.issued;
    if (std::ranges::all_of(issued, known)) {
        page.line("    valid ones issued within 1 h {}, 24 h {}, 7 d {}, before {}",
                  "    有效 token 的签发时间：1 小时内 {}，24 小时内 {}，7 天内 {}，更早 {}", *issued[0],
                  *issued[1], *issued[2], *issued[3]);
    }
    if (sample.users_without_token) {
        page.line("    users without a valid token {}", "    没有有效 token 的用户 {}",
                  *sample.users_without_token);
    }
}

void add_tokens(Page& page, const GatewayReport& gateway) {
    if (!gateway.mysql) return;
    using enum probes::TokenState;
    page.line("  Tokens", "  Token");
    page.line("    valid {}, expired {}, revoked {}",
              "    有效 {}，过期 "
              "{}，已撤销 {}",
              count_of(*gateway.mysql, valid), count_of(*gateway.mysql, expired),
              count_of(*gateway.mysql, revoked));
    if (gateway.mysql->up) add_token_details(page, *gateway.mysql);
}

void add_collectors(Page& page, const GatewayReport& gateway) {
    if (gateway.collectors.empty()) return;
    page.line("  Collectors", "  采集器");
    for (const auto& collector : gateway.collectors) {
        std::string line =
            fmt::format("    {}  {:<13}", word_for(page, collector.up), name_of(collector.kind));
        if (!collector.detail.empty()) line += " " + one_line(in(page.language(), collector.detail));
        page.verbatim(line.substr(0, line.find_last_not_of(' ') + 1));
    }
}

void add_verdict(Page& page, const GatewayReport& gateway, const RunbookPlace& runbooks) {
    const Verdict& verdict = gateway.verdict;
    const CauseFacts& facts = facts_of(verdict.cause);
    page.line("  Verdict", "  结论");
    page.line("    cause     {} - {}", "    原因  {} - {}", name_of(verdict.cause),
              page.language() == Language::zh ? facts.zh : facts.en);
    page.line("    severity  {}", "    程度  {}", words_for(verdict.severity, page.language()));
    page.line("    hop       {}", "    环节  {}", name_of(verdict.hop));
    if (gateway.since) page.line("    since     {}", "    自    {}", rfc3339(*gateway.since));
    page.line("    evidence", "    证据");
    for (const auto& line : verdict.evidence) {
        page.verbatim(fmt::format("      {}: {}", line.source, in(page.language(), line.text)));
    }
    if (!verdict.consequences.empty()) {
        std::string names;
        for (Cause cause : verdict.consequences) {
            names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(cause));
        }
        page.line("    with it   {}", "    连带  {}", names);
    }
    page.line("    fix", "    处理");
    page.block(in(page.language(), verdict.fix));
    const std::string runbook = runbook_url(runbooks, verdict.cause, page.language());
    if (!runbook.empty()) page.line("    runbook   {}", "    手册  {}", runbook);
}

}  // namespace

std::string render_text(const Report& report, Language language, Look look) {
    Page page(language, look);
    page.verbatim(fmt::format("gatewatch {}  {}", report.version, rfc3339(report.time)));
    for (const auto& gateway : report.gateways) {
        page.verbatim("");
        page.verbatim(look.running ? fmt::format("{}", gateway.name)
                                   : fmt::format("{}: {}", gateway.name,
                                                 words_for(gateway.verdict.severity, language)));
        add_probes(page, gateway);
        add_tokens(page, gateway);
        add_collectors(page, gateway);
        if (!look.running) add_verdict(page, gateway, report.runbooks);
    }
    return page.take();
}

}  // namespace gatewatch::agent
