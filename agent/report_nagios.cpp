#include <algorithm>

#include "agent/diagnosis/text.hpp"
#include "agent/report.hpp"

namespace gatewatch::agent {
namespace {

/// A plugin's words for its exit codes.
std::string_view state_of(int exit_code) {
    switch (exit_code) {
        case 0:
            return "OK";
        case 1:
            return "WARNING";
        case 2:
            return "CRITICAL";
        default:
            return "UNKNOWN";
    }
}

/// A vertical bar begins the performance data, wherever it stands.
std::string without_bars(std::string text) {
    std::ranges::replace(text, '|', '/');
    return text;
}

/// A label may hold spaces within quotes, but neither quotes nor an equals sign; names of gateways, routes
/// and probes have none of them.
std::string performance_of(const GatewayReport& gateway) {
    std::string data;
    for (const auto& outcome : gateway.probes) {
        data += fmt::format(" '{} {} {}'={:.3f}s;;;0", gateway.name, name_of(outcome.role),
                            name_of(outcome.probe), std::chrono::duration<double>(outcome.duration).count());
    }
    if (!gateway.mysql) return data;
    for (const auto state : all_of<probes::TokenState>()) {
        const auto count = gateway.mysql->tokens[static_cast<std::size_t>(state)];
        const bool known = gateway.mysql->up && count;
        data += fmt::format(" '{} tokens {}'={};;;0", gateway.name, name_of(state),
                            known ? fmt::to_string(*count) : "U");
    }
    return data;
}

std::string summary_of(const GatewayReport& gateway, Language language) {
    const CauseFacts& facts = facts_of(gateway.verdict.cause);
    return fmt::format("{}: {} - {}", gateway.name, name_of(gateway.verdict.cause),
                       language == Language::zh ? facts.zh : facts.en);
}

std::string details_of(const GatewayReport& gateway, const RunbookPlace& runbooks, Language language) {
    std::string text = summary_of(gateway, language) + "\n";
    for (const auto& line : gateway.verdict.evidence) {
        text += fmt::format("{}: {}\n", line.source, in(language, line.text));
    }
    text += in(language, gateway.verdict.fix) + "\n";
    const std::string runbook = runbook_url(runbooks, gateway.verdict.cause, language);
    if (!runbook.empty()) text += runbook + "\n";
    return text;
}

}  // namespace

std::string render_nagios(const Report& report, Language language) {
    std::string summary;
    std::string performance;
    std::string details;
    for (const auto& gateway : report.gateways) {
        summary += fmt::format("{}{}", summary.empty() ? "" : ", ", summary_of(gateway, language));
        performance += performance_of(gateway);
        details += details_of(gateway, report.runbooks, language);
    }
    return fmt::format("GATEWATCH {} - {}{}{}\n{}", state_of(exit_code(report)), without_bars(summary),
                       performance.empty() ? "" : " |", performance, without_bars(details));
}

}  // namespace gatewatch::agent
