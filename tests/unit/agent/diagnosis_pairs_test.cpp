// Two faults at once: the one nearer to the root is the cause, the other a consequence, as far as the
// evidence shows both. The names are those of the reference deployment's faults.
#include <algorithm>

#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::Contains;
using testing::ElementsAre;

using Apply = void (*)(Scene&);

struct Fault {
    const char* name;
    Apply apply;
};

void stripped(Scene& scene) {
    scene.one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
              engine_error(3, "Bad request"));
}
void no_location(Scene& scene) {
    scene.both(Role::public_, Reason::http_html, Phase::open, frontend_page());
}
void stopped_database(Scene& scene) {
    scene.everywhere(Reason::sio_rejected, Phase::ready).database_fails(refused_by_database);
}
void stopped_backend(Scene& scene) {
    scene.both(Role::local, Reason::tcp_refused, Phase::connect)
        .both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502 Bad Gateway"));
}
void expired(Scene& scene) {
    scene.everywhere(Reason::sio_rejected, Phase::ready).database(OwnToken::expired);
}
void lost_sessions(Scene& scene) {
    for (Role role : {Role::public_, Role::local}) {
        scene.one(role, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_,
                  engine_error(1, "Session ID unknown"));
    }
}

struct Pair {
    Fault root;
    Fault other;
    Cause cause;
    std::vector<Cause> consequences;
    Severity severity;
};

void PrintTo(const Pair& pair, std::ostream* out) {
    *out << pair.root.name << " and " << pair.other.name;
}

std::vector<Pair> pairs() {
    const Fault no_upgrade{"nginx-no-upgrade", stripped};
    const Fault missing_location{"nginx-no-location", no_location};
    const Fault database{"database-stopped", stopped_database};
    const Fault backend{"backend-stopped", stopped_backend};
    const Fault token{"token-expired", expired};
    const Fault cluster{"cluster-not-sticky", lost_sessions};
    const Fault short_timeout{
        "nginx-short-timeout", [](Scene& scene) {
            scene.plan(Role::public_, ProbeKind::hold).nginx_has(probes::NginxFault::read_timeout_short);
        }};
    const Fault twice_cors{"nginx-cors-duplicate", [](Scene& scene) {
                               probes::Outcome outcome =
                                   failed(Role::public_, ProbeKind::polling, Reason::cors, Phase::ready);
                               outcome.cors = probes::CorsFault::duplicate;
                               scene.with(outcome);
                           }};
    const Fault wrong_port{"nginx-wrong-port", [](Scene& scene) {
                               scene.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade,
                                          nginx_page(502, "502 Bad Gateway"));
                           }};
    const Fault no_guard{"backend-no-guard", [](Scene& scene) {
                             scene.with(failed(Role::local, ProbeKind::missing_token,
                                               Reason::accepted_bad_token, Phase::ready));
                         }};
    const Fault frontend{"frontend-localhost-url", [](Scene& scene) {
                             scene.frontend_has(probes::FrontendFault::local_url, "http://localhost:7002");
                         }};
    const Fault node_env{"env-no-node-env", [](Scene& scene) {
                             scene.env_has(probes::EnvFault::node_env, "NODE_ENV", "", "production");
                         }};
    const Fault denied{"nginx-denied", [](Scene& scene) {
                           scene.both(Role::public_, Reason::http_denied, Phase::open,
                                      nginx_page(403, "403 Forbidden"));
                       }};
    const Fault no_nginx{"nginx-stopped", [](Scene& scene) {
                             scene.both(Role::public_, Reason::tcp_refused, Phase::connect);
                         }};
    const Fault crashes{"backend-crash-loop", [](Scene& scene) { scene.crashes(5); }};
    const Fault no_log{"log-elsewhere", [](Scene& scene) {
                           scene.log({});
                           for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
                               scene.at(Role::local, probe).backend_seen = false;
                           }
                       }};
    const Fault other_cors{"backend-cors-other", [](Scene& scene) {
                               scene.cors(probes::CorsFault::other_origin, "http://other.example.com");
                           }};
    const Fault frontend_url{"env-no-frontend-url", [](Scene& scene) {
                                 scene.cors(probes::CorsFault::missing, "")
                                     .env_has(probes::EnvFault::frontend_url, "FRONTEND_URL", "",
                                              "http://im.example.com");
                             }};
    using enum Cause;
    constexpr auto degraded = Severity::degraded;
    constexpr auto down = Severity::down;
    return {
        {no_upgrade, short_timeout, upgrade_stripped, {idle_timeout}, degraded},
        {no_upgrade, twice_cors, upgrade_stripped, {cors_duplicate}, down},
        {token, cluster, not_sticky, {token_expired}, degraded},  // nothing but the token stops WebSocket
        {database, wrong_port, database_down, {auth_rejected, wrong_upstream}, down},
        {missing_location, backend, backend_down, {upstream_unreachable}, down},
        {backend, missing_location, backend_down, {location_missing}, down},
        {no_guard, no_upgrade, auth_bypassed, {upgrade_stripped}, down},
        {frontend, missing_location, location_missing, {frontend_misconfigured}, down},
        {node_env, denied, proxy_denied, {env_misconfigured}, down},
        {database, no_nginx, database_down, {auth_rejected, tcp_refused}, down},
        {crashes, no_upgrade, restart_loop, {upgrade_stripped}, degraded},
        {no_log, missing_location, location_missing, {log_blind}, down},
        {token, other_cors, cors_mismatch, {token_expired}, degraded},
        {frontend_url, no_upgrade, env_misconfigured, {cors_mismatch, upgrade_stripped}, down},
        {crashes, backend, restart_loop, {backend_down}, down},
        {no_guard, backend, backend_down, {upstream_unreachable, auth_bypassed}, down},
        {no_guard, database, auth_bypassed, {database_down}, down},
        {crashes, database, database_down, {restart_loop}, down},
        {database, backend, backend_down, {upstream_unreachable, database_down}, down},
        {node_env, frontend_url, env_misconfigured, {cors_mismatch}, degraded},
    };
}

class DiagnosisOfTwoFaults : public testing::TestWithParam<Pair> {};

TEST_P(DiagnosisOfTwoFaults, NamesTheOneNearerToTheRootAndTheOtherAsAConsequence) {
    const Pair& pair = GetParam();
    Scene scene;
    pair.root.apply(scene);
    pair.other.apply(scene);
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, pair.cause);
    EXPECT_THAT(verdict.consequences, testing::UnorderedElementsAreArray(pair.consequences));
    EXPECT_EQ(verdict.severity, pair.severity);
}

INSTANTIATE_TEST_SUITE_P(EachPair, DiagnosisOfTwoFaults, testing::ValuesIn(pairs()), [](const auto& test) {
    std::string name = std::string(test.param.root.name) + "_and_" + test.param.other.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(AnEnvironmentFile, ThatMakesTheFrontendsFaultIsTheCauseAndTheFrontendTheConsequence) {
    Scene scene;
    scene.frontend_has(probes::FrontendFault::local_url, "http://localhost:7002")
        .env_has(probes::EnvFault::ws_url, "VITE_WS_URL", "http://localhost:7002", "http://im.example.com");
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::env_misconfigured);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::frontend_misconfigured));
    EXPECT_EQ(verdict.severity, Severity::down);
}

TEST(AnEnvironmentFile, ThatSaysSomethingElseThanTheBackendSendsIsNotTheCauseOfItsCors) {
    Scene scene;
    scene.cors(probes::CorsFault::other_origin, "http://third.example.com")
        .env_has(probes::EnvFault::frontend_url, "FRONTEND_URL", "http://other.example.com",
                 "http://im.example.com");
    EXPECT_EQ(scene.cause(), Cause::cors_mismatch);
    EXPECT_THAT(scene.verdict().consequences, Contains(Cause::env_misconfigured));
    scene.cors(probes::CorsFault::other_origin, "http://other.example.com");
    EXPECT_EQ(scene.cause(), Cause::env_misconfigured);
}

TEST(ABypassedGuard, IsNotHiddenByAProberThatIsUnhealthy) {
    Scene scene;
    scene.with(failed(Role::local, ProbeKind::expired_token, Reason::accepted_bad_token, Phase::ready))
        .one(Role::public_, ProbeKind::polling, Reason::local_resource, Phase::connect);
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::prober_unhealthy);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::auth_bypassed));
    EXPECT_EQ(verdict.severity, Severity::down);
}

}  // namespace
}  // namespace gatewatch::agent::test
