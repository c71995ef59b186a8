// Verdicts over time: probes that run every 2 s, half a second apart, as the fault tests have them. A fault
// is named within two runs whenever it begins, and a restart never is one.
#include <algorithm>
#include <functional>

#include "agent/evidence_store.hpp"
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using probes::Outcome;
using probes::SteadyTime;

constexpr auto interval = 2000ms;
constexpr auto apart = 500ms;
constexpr int rounds = 6;

/// What a run comes to.
using World = std::function<Outcome(Role role, ProbeKind probe, SteadyTime at)>;

struct Seen {
    Cause cause;
    unsigned runs;  ///< since the fault began, of the probe that has run most often
};

/// The verdict after every run that ends after `begin`.
std::vector<Seen> watch(const World& world, SteadyTime begin) {
    config::GatewaySettings settings = gateway();
    settings.interval = interval;
    settings.timeout = 1500ms;
    for (ProbeKind probe : all_of<ProbeKind>()) {
        if (!config::is_connect_probe(probe)) settings.probes[probe].enabled = false;
    }
    EvidenceStore store(settings);
    struct Run {
        std::size_t index;
        Outcome outcome;
    };
    std::vector<Run> runs;
    for (int round = -3; round < rounds; ++round) {
        for (std::size_t i = 0; i < store.plan().size(); ++i) {
            const SteadyTime at = now + round * interval + static_cast<int>(i) * apart;
            Outcome outcome = world(store.plan()[i].role, store.plan()[i].probe, at);
            outcome.scheduled = outcome.started = at;
            runs.push_back({i, std::move(outcome)});
        }
    }
    const auto end_of = [](const Run& run) { return run.outcome.started + run.outcome.duration; };
    std::ranges::sort(runs, {}, end_of);
    std::vector<Seen> seen;
    std::vector<unsigned> since(store.plan().size());
    for (const Run& run : runs) {
        store.add_outcome(run.index, run.outcome);
        if (run.outcome.started > begin) ++since[run.index];
        if (end_of(run) <= begin) continue;
        seen.push_back(
            {diagnose(store.snapshot(end_of(run), now_wall)).cause, *std::ranges::max_element(since)});
    }
    return seen;
}

struct Wire {
    Reason reason;
    Phase phase;
    probes::Answer answer = {};
    std::chrono::nanoseconds lasts = 12ms;
};

struct Fault {
    const char* name;
    Cause cause;
    std::optional<Wire> public_websocket, public_polling, local_websocket, local_polling;
};

void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
}

World world_with(const Fault& fault, SteadyTime begin) {
    return [&fault, begin](Role role, ProbeKind probe, SteadyTime at) {
        const bool websocket = probe == ProbeKind::websocket;
        const auto& wire = role == Role::public_ ? (websocket ? fault.public_websocket : fault.public_polling)
                                                 : (websocket ? fault.local_websocket : fault.local_polling);
        if (at < begin || !wire) return passed(role, probe);
        Outcome outcome = failed(role, probe, wire->reason, wire->phase);
        outcome.answer = wire->answer;
        outcome.duration = wire->lasts;
        return outcome;
    };
}

std::vector<Fault> faults() {
    const Wire page{Reason::http_html, Phase::open, frontend_page()};
    const Wire gone{Reason::tcp_refused, Phase::connect};
    const Wire bad_gateway{Reason::http_bad_gateway, Phase::open, nginx_page(502, "502 Bad Gateway")};
    const Wire unclaimed{Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502", 1003ms), 1003ms};
    const Wire not_found{Reason::http_not_found, Phase::open, nest_404("/im/socket.io/")};
    const Wire stripped{Reason::upgrade_refused, Phase::upgrade, engine_error(3, "Bad request")};
    const Wire silent{Reason::deadline, Phase::upgrade, {}, 1500ms};
    const Wire lost{Reason::eio_sid_unknown, Phase::namespace_, engine_error(1, "Session ID unknown")};
    const std::optional<Wire> ok;
    return {{"nginx_no_location", Cause::location_missing, page, page, ok, ok},
            {"nginx_no_upgrade", Cause::upgrade_stripped, stripped, ok, ok, ok},
            {"nginx_wrong_port", Cause::wrong_upstream, bad_gateway, bad_gateway, ok, ok},
            {"nginx_path_rewritten", Cause::path_rewritten, unclaimed, not_found, ok, ok},
            {"nginx_stopped", Cause::tcp_refused, gone, gone, ok, ok},
            {"backend_stopped", Cause::backend_down, bad_gateway, bad_gateway, gone, gone},
            {"backend_frozen", Cause::backend_hung, silent, silent, silent, silent},
            {"cluster_not_sticky", Cause::not_sticky, ok, lost, ok, lost}};
}

class DiagnosisOverTime : public testing::TestWithParam<Fault> {};

TEST_P(DiagnosisOverTime, NamesAFaultWithinTwoRunsAndStaysWithIt) {
    for (auto begin = 100ms; begin < interval; begin += 250ms) {
        const auto seen = watch(world_with(GetParam(), now + begin), now + begin);
        const auto another = [](const Seen& moment) { return moment.cause != GetParam().cause; };
        const auto undecided = std::find_if(seen.rbegin(), seen.rend(), another);
        ASSERT_NE(undecided, seen.rbegin()) << "begun after " << begin.count() << " ms";
        EXPECT_LE(undecided.base()->runs, 2u) << "begun after " << begin.count() << " ms";
    }
}

INSTANTIATE_TEST_SUITE_P(EachFault, DiagnosisOverTime, testing::ValuesIn(faults()),
                         [](const auto& test) { return std::string(test.param.name); });

/// The backend is away for so long; nginx says 502 meanwhile.
World restart(SteadyTime from, std::chrono::milliseconds lasts) {
    return [from, lasts](Role role, ProbeKind probe, SteadyTime at) {
        if (at < from || at > from + lasts) return passed(role, probe);
        if (role == Role::local) return failed(role, probe, Reason::tcp_refused, Phase::connect);
        Outcome outcome = failed(role, probe, Reason::http_bad_gateway, Phase::upgrade);
        outcome.answer = nginx_page(502, "502 Bad Gateway");
        return outcome;
    };
}

TEST(DiagnosisOverTime, ARestartOfTheBackendNeverBlamesNginxHoweverLongItTakes) {
    for (auto begin = 0ms; begin < interval; begin += 125ms) {
        for (auto lasts = 250ms; lasts <= 3000ms; lasts += 250ms) {
            const SteadyTime from = now + begin;
            for (const auto& seen : watch(restart(from, lasts), from)) {
                EXPECT_NE(seen.cause, Cause::wrong_upstream) << begin.count() << " ms, for " << lasts.count();
            }
            if (HasFailure()) return;
        }
    }
}

TEST(DiagnosisOverTime, ARestartThatOneLocalRunMetIsOverOnceThePublicRoutePasses) {
    const SteadyTime from = now + 900ms;  // the local websocket runs at 1000 ms
    const auto seen = watch(restart(from, 200ms), from);
    ASSERT_GE(seen.size(), 4u);
    EXPECT_EQ(seen[0].cause, Cause::backend_down);
    EXPECT_EQ(seen[1].cause, Cause::backend_down) << "local polling passes, which is another probe";
    EXPECT_EQ(seen[2].cause, Cause::unknown) << "the public websocket passes again";
    EXPECT_EQ(seen.back().cause, Cause::none);
}

TEST(DiagnosisOverTime, APublicRouteThatTurnsEveryOtherRunAwayHasReachedItsCapacity) {
    const World world = [](Role role, ProbeKind probe, SteadyTime at) {
        const auto round = (at - now + 10 * interval) / interval;
        if (role == Role::local || round % 2 == 0) return passed(role, probe);
        return failed(role, probe, Reason::tcp_reset, Phase::upgrade);
    };
    const auto seen = watch(world, now);
    const auto named = std::ranges::count(seen, Cause::capacity, &Seen::cause);
    EXPECT_GE(named, 4);
    for (const auto& moment : seen) {
        EXPECT_THAT(moment.cause, testing::AnyOf(Cause::capacity, Cause::unknown, Cause::none));
    }
}

TEST(AFaultOfNginx, OfTheWholeRouteIsNoneWhereAnotherProbePassedOverItSince) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
              nginx_page(502, "502 Bad Gateway"));
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream);
    scene.at(Role::public_, ProbeKind::polling).last->started = now + 1s;
    EXPECT_EQ(scene.cause(), Cause::unknown);
    scene.one(Role::public_, ProbeKind::websocket, Reason::http_denied, Phase::upgrade,
              by(AnsweredBy::page, 403));
    EXPECT_EQ(scene.cause(), Cause::proxy_denied) << "a WAF may turn down upgrades alone";
}

}  // namespace
}  // namespace gatewatch::agent::test
