#include "agent/metrics/token_series.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <variant>

namespace gatewatch::agent::metrics {
namespace {

/// A gauge for each value of the enumeration, by its name.
template <class Enum>
std::vector<OptionalGauge> gauges_by(Families& families, Metric metric, const Labels& own,
                                     const char* label) {
    std::vector<OptionalGauge> gauges;
    for (const auto value : all_of<Enum>()) {
        Labels labels = own;
        labels.emplace(label, std::string(name_of(value)));
        gauges.emplace_back(families, metric, std::move(labels));
    }
    return gauges;
}

void show(OptionalGauge& gauge, std::optional<double> value) {
    if (value) {
        gauge.set(*value);
    } else {
        gauge.clear();
    }
}

template <class Counts>
void show_all(std::vector<OptionalGauge>& gauges, const Counts& counts) {
    for (std::size_t i = 0; i < gauges.size(); ++i) show(gauges[i], counts[i]);
}

std::optional<double> in_seconds(const std::optional<std::chrono::seconds>& duration) {
    return duration.transform([](auto value) { return to_seconds(value); });
}

}  // namespace

TokenSeries::TokenSeries(Families& families, const config::GatewaySettings& gateway, const Labels& own)
    : login_renews_(std::holds_alternative<config::TokenLogin>(gateway.token.source)),
      token_expiry_(families, Metric::probe_token_expiry_timestamp_seconds, own),
      clock_skew_(families, Metric::mysql_clock_skew_seconds, own),
      zone_skew_(families, Metric::mysql_zone_skew_seconds, own),
      users_(families, Metric::users_without_valid_token, own),
      tokens_(gauges_by<probes::TokenState>(families, Metric::tokens, own, "state")),
      capped_(gauges_by<probes::TokenState>(families, Metric::tokens_capped, own, "state")),
      expiring_(gauges_by<probes::ExpiryWindow>(families, Metric::tokens_expiring, own, "within")),
      by_age_(gauges_by<probes::IssueAge>(families, Metric::tokens_by_age, own, "age")),
      warnings_(gauges_by<probes::MysqlWarningKind>(families, Metric::mysql_warning, own, "warning")) {}

void TokenSeries::set(const probes::MysqlSample& sample) {
    // Whatever it holds, a failed sample knows nothing.
    const probes::MysqlSample known = sample.up ? sample : probes::MysqlSample{};
    show_all(tokens_, known.tokens);
    for (std::size_t i = 0; i < capped_.size(); ++i) {
        show(capped_[i], known.tokens[i].transform([&](auto) { return known.capped[i] ? 1.0 : 0.0; }));
    }
    show_all(expiring_, known.expiring);
    show_all(by_age_, known.issued);
    show(users_, known.users_without_token);
    const auto expiry = login_renews_ ? std::nullopt : known.own_expiry;
    show(token_expiry_, expiry.transform([](auto at) { return to_seconds(at.time_since_epoch()); }));
    show(clock_skew_, in_seconds(known.clock_skew));
    show(zone_skew_, in_seconds(known.zone_skew));
    for (const auto kind : all_of<probes::MysqlWarningKind>()) {
        const bool stands = std::ranges::any_of(
            known.warnings, [kind](const auto& each) { return each.kind == kind && !each.minor; });
        show(warnings_[static_cast<std::size_t>(kind)],
             sample.up ? std::optional(stands ? 1.0 : 0.0) : std::nullopt);
    }
}

}  // namespace gatewatch::agent::metrics
