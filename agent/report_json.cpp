#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "agent/diagnosis/text.hpp"
#include "agent/report.hpp"

namespace gatewatch::agent {
namespace {

namespace json = boost::json;

double in_seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(one_line(text));
}

template <class Number>
json::value number_or_null(const std::optional<Number>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::object to_json(const Verdict& verdict, std::optional<probes::WallTime> since,
                     const RunbookPlace& runbooks, Language language) {
    json::array evidence;
    for (const auto& line : verdict.evidence) {
        evidence.push_back({{"source", line.source}, {"text", in(language, line.text)}});
    }
    json::array consequences;
    for (Cause cause : verdict.consequences) consequences.emplace_back(name_of(cause));
    return {{"cause", name_of(verdict.cause)},
            {"severity", name_of(verdict.severity)},
            {"hop", name_of(verdict.hop)},
            {"since", since ? json::value(rfc3339(*since)) : json::value(nullptr)},
            {"evidence", std::move(evidence)},
            {"consequences", std::move(consequences)},
            {"fix", in(language, verdict.fix)},
            {"runbook", text_or_null(runbook_url(runbooks, verdict.cause, language))}};
}

json::object to_json(const probes::Outcome& outcome) {
    json::object phases;
    for (auto phase : all_of<probes::Phase>()) {
        const auto& duration = outcome.phases[static_cast<std::size_t>(phase)];
        if (duration) phases[name_of(phase)] = in_seconds(*duration);
    }
    return {{"route", name_of(outcome.role)},
            {"probe", name_of(outcome.probe)},
            {"ok", outcome.ok},
            {"reason", outcome.reason ? json::value(name_of(*outcome.reason)) : json::value(nullptr)},
            {"phase", name_of(outcome.phase)},
            {"phases", std::move(phases)},
            {"status", number_or_null(outcome.answer.status)},
            {"detail", text_or_null(outcome.evidence)}};
}

json::object to_json(const config::PlannedProbe& planned) {
    return {{"route", name_of(planned.role)},
            {"probe", name_of(planned.probe)},
            {"ok", nullptr},
            {"reason", nullptr},
            {"phase", nullptr},
            {"phases", json::object()},
            {"status", nullptr},
            {"detail", nullptr}};
}

/// By the enumeration's names.
template <class Enum, class Counts>
json::object by_name(const Counts& counts) {
    json::object named;
    for (auto value : all_of<Enum>()) {
        named[name_of(value)] = number_or_null(counts[static_cast<std::size_t>(value)]);
    }
    return named;
}

/// Null while the database is not sampled or cannot be read: never the last value.
json::object tokens_of(const std::optional<probes::MysqlSample>& sample) {
    const probes::MysqlSample known = sample && sample->up ? *sample : probes::MysqlSample{};
    auto tokens = by_name<probes::TokenState>(known.tokens);
    tokens["expiring"] = by_name<probes::ExpiryWindow>(known.expiring);
    tokens["by_age"] = by_name<probes::IssueAge>(known.issued);
    tokens["users_without_valid"] = number_or_null(known.users_without_token);
    tokens["zone_skew"] = number_or_null(known.zone_skew.transform([](auto skew) { return skew.count(); }));
    return tokens;
}

json::object to_json(const GatewayReport& gateway, const RunbookPlace& runbooks, Language language) {
    json::array probes;
    for (const auto& outcome : gateway.probes) probes.push_back(to_json(outcome));
    for (const auto& planned : gateway.not_yet_run) probes.push_back(to_json(planned));
    json::array collectors;
    for (const auto& collector : gateway.collectors) {
        collectors.push_back({{"name", name_of(collector.kind)},
                              {"up", collector.up},
                              {"detail", text_or_null(in(language, collector.detail))}});
    }
    return {{"name", gateway.name},
            {"verdict", to_json(gateway.verdict, gateway.since, runbooks, language)},
            {"probes", std::move(probes)},
            {"tokens", tokens_of(gateway.mysql)},
            {"collectors", std::move(collectors)}};
}

}  // namespace

std::string render_json(const Report& report, Language language) {
    json::array gateways;
    for (const auto& gateway : report.gateways)
        gateways.push_back(to_json(gateway, report.runbooks, language));
    return json::serialize(json::object{
        {"version", report.version}, {"time", rfc3339(report.time)}, {"gateways", std::move(gateways)}});
}

}  // namespace gatewatch::agent
