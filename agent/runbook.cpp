#include "agent/runbook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gatewatch::agent {
namespace {

struct Row {
    Cause cause;
    std::string_view alert;
};

/// Causes that an alert of their own is about, whose runbook says more than the section of the cause.
constexpr std::array rows{
    Row{Cause::auth_bypassed, "GatewatchAuthBypassed"},
    Row{Cause::idle_timeout, "GatewatchIdleCut"},
    Row{Cause::cors_mismatch, "GatewatchCorsRejected"},
    Row{Cause::cors_duplicate, "GatewatchCorsRejected"},
    Row{Cause::cors_wildcard, "GatewatchCorsOpen"},
    Row{Cause::token_expired, "GatewatchProbeTokenRejected"},
    Row{Cause::token_revoked, "GatewatchProbeTokenRejected"},
    Row{Cause::token_unknown, "GatewatchProbeTokenRejected"},
};

/// The name, then a query, then the section.
std::string address_of(std::string_view base, Cause cause, std::string_view query) {
    const std::string runbook = runbook_of(cause);
    if (runbook.empty()) return {};
    const std::string_view text = runbook;
    const auto section = std::min(text.find('#'), text.size());
    return fmt::format("{}{}{}{}", base, text.substr(0, section), query, text.substr(section));
}

}  // namespace

RunbookPlace runbook_place(const config::AgentSettings& agent) {
    if (!agent.runbooks.empty()) {
        return {agent.runbooks.ends_with('/') ? agent.runbooks : agent.runbooks + "/", false};
    }
    std::string listen = agent.listen;
    for (const std::string_view everywhere : {"0.0.0.0:", "[::]:"}) {
        if (listen.starts_with(everywhere)) listen.replace(0, everywhere.size(), "localhost:");
    }
    return {fmt::format("http://{}/runbooks/", listen), true};
}

std::string runbook_of(Cause cause) {
    if (cause == Cause::none) return {};
    const auto row = std::ranges::find(rows, cause, &Row::cause);
    return row == rows.end() ? fmt::format("GatewatchFaultDiagnosed#{}", name_of(cause))
                             : std::string(row->alert);
}

std::string runbook_url(const RunbookPlace& place, Cause cause, Language language) {
    // A browser's own language decides where the reader's is not known to be another.
    return address_of(place.url, cause, place.own && language == Language::zh ? "?lang=zh" : "");
}

std::string runbook_link(const RunbookPlace& place, Cause cause, Language language) {
    return place.own ? address_of("/runbooks/", cause, fmt::format("?lang={}", name_of(language)))
                     : runbook_url(place, cause, language);
}

}  // namespace gatewatch::agent
