// The rules about the way to nginx and about nginx: who answered, and what the local route shows meanwhile.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Wire {
    Reason reason;
    Phase phase;
    Cause cause;
};

class DiagnosisOfTheWay : public testing::TestWithParam<Wire> {};

TEST_P(DiagnosisOfTheWay, IsDecidedByTheReasonOfThePublicRouteAlone) {
    const auto& [reason, phase, cause] = GetParam();
    for (Routes routes : {Routes::both, Routes::public_only}) {
        const Verdict verdict = Scene(routes).both(Role::public_, reason, phase).verdict();
        EXPECT_EQ(verdict.cause, cause);
        EXPECT_EQ(verdict.severity, Severity::down);
    }
}

TEST_P(DiagnosisOfTheWay, IsNotBlamedForTheLocalRoute) {
    EXPECT_NE(Scene(Routes::local_only).both(Role::local, GetParam().reason, GetParam().phase).cause(),
              GetParam().cause);
}

INSTANTIATE_TEST_SUITE_P(
    EachReason, DiagnosisOfTheWay,
    testing::Values(Wire{Reason::dns_nxdomain, Phase::resolve, Cause::dns_failed},
                    Wire{Reason::dns_timeout, Phase::resolve, Cause::dns_failed},
                    Wire{Reason::dns_error, Phase::resolve, Cause::dns_failed},
                    Wire{Reason::tcp_refused, Phase::connect, Cause::tcp_refused},
                    Wire{Reason::tcp_timeout, Phase::connect, Cause::tcp_timeout},
                    Wire{Reason::deadline, Phase::connect, Cause::tcp_timeout},
                    Wire{Reason::tls_expired, Phase::tls, Cause::tls_expired},
                    Wire{Reason::tls_not_yet_valid, Phase::tls, Cause::tls_expired},
                    Wire{Reason::tls_untrusted, Phase::tls, Cause::tls_untrusted},
                    Wire{Reason::tls_name_mismatch, Phase::tls, Cause::tls_name_mismatch},
                    Wire{Reason::tls_not_tls, Phase::tls, Cause::tls_not_tls},
                    Wire{Reason::plain_http_on_tls, Phase::upgrade, Cause::tls_not_tls},
                    Wire{Reason::http_redirect, Phase::upgrade, Cause::redirect},
                    Wire{Reason::http_rate_limited, Phase::upgrade, Cause::rate_limited}),
    [](const auto& test) {
        return std::string(name_of(test.param.reason)) + "_in_" + std::string(name_of(test.param.phase));
    });

TEST(DiagnosisOfTheProxy, NginxsWelcomePageAndItsMute444AreWrongVhost) {
    const auto welcome = by(AnsweredBy::page, 200, "<title>Welcome to nginx!</title>");
    EXPECT_EQ(Scene().both(Role::public_, Reason::http_html, Phase::open, welcome).cause(),
              Cause::wrong_vhost);
    EXPECT_EQ(Scene().both(Role::public_, Reason::closed_early, Phase::upgrade, silence(2ms)).cause(),
              Cause::wrong_vhost);
    Scene alone(Routes::public_only);
    EXPECT_EQ(alone.both(Role::public_, Reason::closed_early, Phase::upgrade, silence(2ms)).cause(),
              Cause::unknown)
        << "without a local route a crash looks the same";
}

TEST(DiagnosisOfTheProxy, APageThatIsNotTheFrontendsIsWrongVhostWhereTheBackendWorks) {
    const auto page = by(AnsweredBy::page, 200, "<title>Another site</title>");
    EXPECT_EQ(Scene().both(Role::public_, Reason::http_html, Phase::open, page).cause(), Cause::wrong_vhost);
    EXPECT_EQ(Scene(Routes::public_only).both(Role::public_, Reason::http_html, Phase::open, page).cause(),
              Cause::unknown);
}

TEST(DiagnosisOfTheProxy, A502AfterASecondIsPathRewrittenEvenBeforePollingHasRun) {
    Scene scene;
    scene
        .one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
             nginx_page(502, "502 Bad Gateway", 1002ms))
        .not_run(Role::public_, ProbeKind::polling);
    EXPECT_EQ(scene.cause(), Cause::path_rewritten);
    scene.not_run(Role::local, ProbeKind::websocket).not_run(Role::local, ProbeKind::polling);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "the backend itself may not know the path";
}

TEST(DiagnosisOfTheProxy, ADifferentEchoedPathIsPathRewrittenWithoutALocalRoute) {
    EXPECT_EQ(
        Scene(Routes::public_only)
            .one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
                 nginx_page(502, "502 Bad Gateway", 1002ms))
            .one(Role::public_, ProbeKind::polling, Reason::http_not_found, Phase::open, nest_404("/?EIO=4"))
            .cause(),
        Cause::path_rewritten);
}

TEST(DiagnosisOfTheProxy, A502IsUpstreamUnreachableOnlyWhereNoLocalRouteIsConfigured) {
    const auto page = nginx_page(502, "502 Bad Gateway");
    Scene alone(Routes::public_only);
    EXPECT_EQ(alone.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, page).cause(),
              Cause::upstream_unreachable);
    Scene half;
    half.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, page)
        .not_run(Role::local, ProbeKind::websocket)
        .not_run(Role::local, ProbeKind::polling);
    EXPECT_EQ(half.cause(), Cause::unknown);
    EXPECT_EQ(half.verdict().severity, Severity::down);
}

TEST(DiagnosisOfTheProxy, ALocalSuccessFromBeforeTheFailureDoesNotBlameNginx) {
    Scene scene;
    scene.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502 Bad Gateway"));
    const auto local_ran = [&scene](auto when, unsigned successes) {
        for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
            scene.at(Role::local, probe).last->started = when;
            scene.at(Role::local, probe).consecutive_successes = successes;
        }
    };
    local_ran(now - 2s, 5);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "the backend may have stopped in between";
    local_ran(now + 7s, 1);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "the backend may just have come back";
    local_ran(now + 7s, 6);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "one failure between two successes is a restart";
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        scene.at(Role::public_, probe).consecutive_failures = 2;
    }
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream) << "it worked before and after, and it failed again";
    local_ran(now + 7s, 1);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "the backend may just have come back";
    local_ran(now - 8s, 5);
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream) << "it worked between two failures";
    local_ran(now - 20s, 5);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "it worked before the first of them";
}

TEST(DiagnosisOfTheProxy, OneProvenFailureIsEnoughWhileAnotherIsNotYetProven) {
    Scene scene;
    scene.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502 Bad Gateway"));
    scene.at(Role::local, ProbeKind::websocket).last->started = now - 8s;
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream);
    scene.at(Role::local, ProbeKind::polling).last->started = now - 8s;
    EXPECT_EQ(scene.cause(), Cause::unknown);
}

TEST(DiagnosisOfTheProxy, AStrangersAnswerWhereTheLocalRouteWorksIsWrongUpstream) {
    for (const auto& answer : {by(AnsweredBy::other, 404), nest_404("/socket.io/")}) {
        EXPECT_EQ(Scene().both(Role::public_, Reason::http_not_found, Phase::open, answer).cause(),
                  Cause::wrong_upstream);
    }
}

TEST(DiagnosisOfTheProxy, AHeaderThatNginxOrNodeFindsTooLargeIsHeaderTooLarge) {
    const auto nginx = nginx_page(400, "400 Request Header Or Cookie Too Large");
    EXPECT_EQ(Scene().both(Role::public_, Reason::http_client_error, Phase::open, nginx).cause(),
              Cause::header_too_large);
    const auto node = by(AnsweredBy::other, 431);
    EXPECT_EQ(Scene().both(Role::public_, Reason::http_client_error, Phase::open, node).cause(),
              Cause::header_too_large);
    EXPECT_EQ(
        Scene(Routes::public_only)
            .both(Role::public_, Reason::http_client_error, Phase::open, nginx_page(400, "400 Bad Request"))
            .cause(),
        Cause::unknown);
}

TEST(DiagnosisOfTheProxy, ADeniedPostIsPostBlockedOnlyWhileWebsocketWorks) {
    const auto page = nginx_page(403, "403 Forbidden");
    Scene scene;
    scene.one(Role::public_, ProbeKind::polling, Reason::http_denied, Phase::namespace_, page);
    EXPECT_EQ(scene.cause(), Cause::post_blocked);
    EXPECT_EQ(scene.verdict().severity, Severity::degraded);
    scene.one(Role::public_, ProbeKind::websocket, Reason::http_denied, Phase::upgrade, page);
    EXPECT_EQ(scene.cause(), Cause::proxy_denied);
}

TEST(DiagnosisOfTheProxy, WhatNginxItselfTurnsDownIsProxyDenied) {
    for (Reason reason : {Reason::http_auth, Reason::http_denied, Reason::http_not_found}) {
        Scene scene(Routes::public_only);
        EXPECT_EQ(scene.both(Role::public_, reason, Phase::open, nginx_page(403, "no")).cause(),
                  Cause::proxy_denied);
    }
    const auto waf = by(AnsweredBy::page, 403);
    EXPECT_EQ(Scene().both(Role::public_, Reason::http_denied, Phase::open, waf).cause(),
              Cause::proxy_denied);
    EXPECT_EQ(Scene(Routes::public_only).both(Role::public_, Reason::http_denied, Phase::open, waf).cause(),
              Cause::unknown)
        << "the backend may have said it";
}

TEST(DiagnosisOfTheProxy, AStrippedUpgradeIsSaidByTheBackendAndNeedsNoLocalRoute) {
    EXPECT_EQ(Scene(Routes::public_only)
                  .one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
                       engine_error(3, "Bad request"))
                  .cause(),
              Cause::upgrade_stripped);
    EXPECT_NE(Scene().everywhere(Reason::upgrade_refused, Phase::upgrade).cause(), Cause::upgrade_stripped)
        << "over the local route no nginx can have stripped it";
}

TEST(DiagnosisOfTheProxy, ALostSessionIsNotNotStickyWhereWebsocketFailsToo) {
    EXPECT_EQ(Scene()
                  .one(Role::public_, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_)
                  .one(Role::public_, ProbeKind::websocket, Reason::closed_early, Phase::ready)
                  .cause(),
              Cause::unknown);
}

TEST(DiagnosisOfTheProxy, NotStickyOnThePublicRouteOnlyBlamesNginxsUpstreams) {
    const auto lost = engine_error(1, "Session ID unknown");
    Scene scene;
    scene.one(Role::public_, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_, lost);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("hash $remote_addr consistent;"));
    scene.one(Role::local, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_, lost);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("@socket.io/sticky"));
}

TEST(DiagnosisOfTheProxy, StrippedUpgradeAndLostSessionsAreBothNamed) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
              engine_error(3, "Bad request"));
    scene.one(Role::local, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_,
              engine_error(1, "Session ID unknown"));
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::upgrade_stripped);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::not_sticky));
}

TEST(DiagnosisOfCors, IsToldApartByWhatABrowserWouldSay) {
    const auto cause_for = [](probes::CorsFault fault, Role role) {
        probes::Outcome outcome = failed(role, ProbeKind::polling, Reason::cors, Phase::open);
        outcome.cors = fault;
        return Scene().with(outcome).cause();
    };
    using probes::CorsFault;
    EXPECT_EQ(cause_for(CorsFault::duplicate, Role::public_), Cause::cors_duplicate);
    EXPECT_EQ(cause_for(CorsFault::wildcard, Role::public_), Cause::cors_wildcard);
    EXPECT_EQ(cause_for(CorsFault::missing, Role::public_), Cause::cors_mismatch);
    EXPECT_EQ(cause_for(CorsFault::other_origin, Role::public_), Cause::cors_mismatch);
    EXPECT_EQ(cause_for(CorsFault::missing, Role::local), Cause::none)
        << "nginx may add what the backend leaves out";
}

}  // namespace
}  // namespace gatewatch::agent::test
