// Every cause of the closed list, named from a snapshot: the instances of EachCause are the table of causes
// and tests, and what the reference deployment cannot show is `recorded`.
#include <algorithm>
#include <set>

#include "agent/diagnosis/text.hpp"
#include "diagnosis_scenes.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::agent::test {
namespace {

using gatewatch::test::expect_both;

void expect_both(const Verdict& verdict) {
    const std::string cause(name_of(verdict.cause));
    expect_both(verdict.fix, cause + ", fix");
    for (const auto& line : verdict.evidence) expect_both(line.text, cause + ", " + line.source);
    expect_both({std::string(facts_of(verdict.cause).en), std::string(facts_of(verdict.cause).zh)}, cause);
}

/// Everything beside the wire has something to say too.
Scene with_all_collectors(Scene scene) {
    if (!scene.snapshot.mysql) scene.database(OwnToken::valid);
    if (!scene.snapshot.log) scene.log({.accepted = 1});
    for (auto fault : all_of<probes::NginxFault>()) scene.nginx_has(fault);
    scene.snapshot.nginx->proxy_pass = "http://localhost:7002";
    for (auto& evidence : scene.snapshot.probes) {
        if (evidence.last) evidence.last->dead_addresses = {"[::1]:7002 tcp_refused"};
    }
    for (const auto& route : scene.snapshot.gateway.routes) {
        for (ProbeKind probe : {ProbeKind::http, ProbeKind::header_token, ProbeKind::other_eio}) {
            scene.with(passed(route.role, probe));
        }
    }
    return scene;
}

class EachCause : public testing::TestWithParam<CauseScene> {};

TEST_P(EachCause, IsNamedFromItsSnapshotWithItsHop) {
    const Verdict verdict = GetParam().scene.verdict();
    EXPECT_EQ(verdict.cause, GetParam().cause);
    EXPECT_EQ(verdict.hop, facts_of(verdict.cause).hop);
}

TEST_P(EachCause, IsExplainedInBothLanguages) {
    expect_both(GetParam().scene.verdict());
}

TEST_P(EachCause, IsExplainedInBothLanguagesWithEveryWitness) {
    expect_both(with_all_collectors(GetParam().scene).verdict());
}

TEST_P(EachCause, DoesNotChangeWhileTheSeldomProbesHaveNotRun) {
    Scene scene = GetParam().scene;
    const Verdict before = scene.verdict();
    const Verdict after = scene.plan_all().verdict();
    EXPECT_EQ(after.cause, before.cause);
    EXPECT_EQ(after.severity, before.severity);
}

std::string name_of_instance(const testing::TestParamInfo<CauseScene>& info) {
    const std::string cause(name_of(info.param.cause));
    return fmt::format("{}_{}{}", cause, info.index, info.param.recorded ? "_recorded" : "");
}

INSTANTIATE_TEST_SUITE_P(Snapshot, EachCause, testing::ValuesIn(scenes()), name_of_instance);

TEST(TheTableOfCauses, HasASnapshotForEachAndARuleForEachButNoneAndUnknown) {
    std::set<Cause> shown;
    for (const auto& scene : scenes()) shown.insert(scene.cause);
    std::set<Cause> ruled{Cause::none, Cause::unknown};
    for (const Rule& rule : rules()) ruled.insert(rule.cause);
    for (Cause cause : all_of<Cause>()) {
        EXPECT_TRUE(shown.contains(cause)) << name_of(cause) << " has no snapshot";
        EXPECT_TRUE(ruled.contains(cause)) << name_of(cause) << " has no rule";
    }
}

TEST(EveryFix, IsThereInBothLanguagesWhateverIsConfigured) {
    for (Routes routes : {Routes::both, Routes::public_only, Routes::local_only}) {
        Scene bare(routes);
        Scene full(routes);
        full.database(OwnToken::valid).log({}).crashes(3);
        full.env_has(probes::EnvFault::frontend_url, "FRONTEND_URL", "", "http://im.example.com")
            .frontend_has(probes::FrontendFault::csp_blocks, "connect-src 'self'");
        for (const Scene* scene : {&bare, &full}) {
            const Facts facts(scene->snapshot);
            for (const Rule& rule : rules()) expect_both(rule.fix(facts), std::string(name_of(rule.cause)));
        }
    }
}

TEST(EveryCollector, ThatCannotBeReadIsSaidSoInBothLanguages) {
    Scene scene;
    const Text detail{"cannot be opened", "无法打开"};
    scene.snapshot.nginx.emplace().detail = detail;
    scene.snapshot.frontend.emplace().detail = detail;
    scene.snapshot.env.emplace().detail = detail;
    scene.snapshot.processes.emplace().detail = detail;
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    EXPECT_THAT(verdict.evidence.front().text.en,
                testing::HasSubstr("pm2_process, nginx_config, frontend, env_files cannot be read"));
    expect_both(verdict);
}

}  // namespace
}  // namespace gatewatch::agent::test
