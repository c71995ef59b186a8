// What nginx's own logs add to a verdict: evidence beside a cause, and a cause only where nginx says of
// itself that it has no connection left.
#include "tests/unit/agent/diagnosis_support.hpp"
#include "tests/unit/agent/edge_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// nginx's logs are followed, and nothing stands in them.
EdgeEvidence& edge_of(Scene& scene) {
    auto& edge = scene.snapshot.edge.emplace();
    edge.status.up = true;
    edge.window = 60s;
    edge.complete = edge.tells_own = true;
    return edge;
}

std::vector<Text> said(const Verdict& verdict) {
    std::vector<Text> texts;
    for (const auto& line : verdict.evidence) {
        if (line.source == "nginx_log") texts.push_back(line.text);
    }
    return texts;
}

/// nginx sends to a port where nobody listens.
Scene wrong_upstream() {
    Scene scene;
    probes::Answer answer;
    answer.by = probes::AnsweredBy::nginx;
    answer.status = 502;
    scene.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, answer);
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        scene.at(Role::public_, probe).consecutive_failures = 3;
    }
    return scene;
}

TEST(EdgeEvidenceLines, name_the_upstreams_error_beside_a_wrong_upstream_and_a_backend_that_is_down) {
    Scene scene = wrong_upstream();
    auto& edge = edge_of(scene);
    edge.last_trouble = edge_trouble(EdgeError::refused);
    edge.troubles = 12;
    const auto verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::wrong_upstream);
    ASSERT_THAT(said(verdict), SizeIs(1));
    EXPECT_EQ(
        said(verdict)[0].en,
        "nginx logged: connect() failed (111: Connection refused) while connecting to upstream, upstream "
        "http://127.0.0.1:7012/socket.io/; 12 such lines in the last 60 s");
    EXPECT_EQ(
        said(verdict)[0].zh,
        "nginx 错误日志：connect() failed (111: Connection refused) while connecting to upstream，upstream "
        "http://127.0.0.1:7012/socket.io/；最近 60 秒内此类错误 12 行");

    scene.both(Role::local, Reason::tcp_refused, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::backend_down);
    EXPECT_THAT(said(scene.verdict()), SizeIs(1));
}

probes::EdgeTrouble used_up() {
    probes::EdgeTrouble trouble;
    trouble.error = EdgeError::no_connection;
    trouble.excerpt = "512 worker_connections are not enough";
    return trouble;
}

/// A connection is closed at once, as nginx's 444 would.
Scene closed_at_once() {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::closed_early, Phase::upgrade, silence(1ms));
    auto& met = scene.at(Role::public_, ProbeKind::websocket);
    met.recent_runs = 8;
    met.recent_failures = 1;
    return scene;
}

TEST(NginxThatSaysItHasNoConnectionLeft, IsTheCauseOfTheFirstConnectionThatItTurnsAway) {
    Scene scene = closed_at_once();
    EXPECT_EQ(scene.cause(), Cause::wrong_vhost);
    auto& edge = edge_of(scene);
    edge.used_up = used_up();
    edge.times_used_up = 30;
    edge.last_trouble = edge_trouble(EdgeError::closed_early);
    edge.troubles = 1;
    const auto verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::capacity);
    EXPECT_THAT(verdict.consequences, IsEmpty());
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("1 of the last 8 runs failed"));
    ASSERT_THAT(said(verdict), SizeIs(1));
    EXPECT_EQ(said(verdict)[0].en,
              "nginx logged: 512 worker_connections are not enough; 30 such lines in the last 60 s");
    edge.status.up = false;
    EXPECT_EQ(scene.cause(), Cause::wrong_vhost) << "its word may be an old one";
}

TEST(NginxThatSaysItHasNoConnectionLeft, StaysTheCauseWhileARunOrTwoPass) {
    Scene scene;
    edge_of(scene).used_up = used_up();
    EXPECT_EQ(scene.cause(), Cause::none) << "no run has met it";
    auto& polling = scene.at(Role::public_, ProbeKind::polling);
    polling.recent_runs = 8;
    polling.recent_failures = 3;
    EXPECT_EQ(scene.cause(), Cause::capacity);
    EXPECT_THAT(scene.verdict().evidence[0].text.en,
                HasSubstr("3 of the last 8 runs failed, the others passed"));
    EXPECT_EQ(scene.verdict().severity, Severity::degraded);
    scene.at(Role::local, ProbeKind::polling).recent_failures = 1;
    EXPECT_EQ(scene.cause(), Cause::none) << "it may have been the backend that failed";
    scene.at(Role::local, ProbeKind::polling).recent_failures = 0;
    scene.snapshot.edge->used_up.reset();
    EXPECT_EQ(scene.cause(), Cause::none);
}

TEST(NginxThatSaysItHasNoConnectionLeft, IsNotBlamedForWhatMetNoneOfThat) {
    Scene scene = wrong_upstream();
    edge_of(scene).used_up = used_up();
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream);
    scene.both(Role::local, Reason::tcp_refused, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::backend_down);
    probes::Answer answer;
    answer.by = probes::AnsweredBy::nginx;
    answer.status = 500;
    Scene none_for_the_backend;
    none_for_the_backend.both(Role::public_, Reason::http_server_error, Phase::upgrade, answer);
    edge_of(none_for_the_backend).used_up = used_up();
    EXPECT_EQ(none_for_the_backend.cause(), Cause::capacity);
}

TEST(EdgeEvidenceLines, count_how_users_fared_with_what_the_cause_makes_of_their_requests) {
    Scene scene;
    probes::Answer answer;
    answer.by = probes::AnsweredBy::engine_io_request;
    answer.status = 400;
    scene.one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade, answer);
    auto& edge = edge_of(scene);
    count(edge.users, EdgeTransport::websocket, EdgeStatus::bad_request) = 12;
    count(edge.users, EdgeTransport::polling, EdgeStatus::success) = 40;
    count(edge.own, EdgeTransport::websocket, EdgeStatus::bad_request) = 4;
    edge.upstreams[static_cast<std::size_t>(EdgeStatus::bad_request)] = "127.0.0.1:7002";
    const auto verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::upgrade_stripped);
    ASSERT_THAT(said(verdict), SizeIs(1));
    EXPECT_EQ(
        said(verdict)[0].en,
        "nginx answered 400 to 12 of the 12 WebSocket requests of users that it logged in the last 60 s, "
        "upstream 127.0.0.1:7002");
    EXPECT_EQ(
        said(verdict)[0].zh,
        "最近 60 秒内 nginx 记录了 12 个用户的 WebSocket 请求，其中 12 个返回 400，upstream 127.0.0.1:7002");
}

TEST(EdgeEvidenceLines, say_nothing_of_answers_that_do_not_fit_the_cause) {
    Scene scene = wrong_upstream();
    auto& edge = edge_of(scene);
    count(edge.users, EdgeTransport::websocket, EdgeStatus::bad_request) = 12;
    count(edge.own, EdgeTransport::websocket, EdgeStatus::bad_gateway) = 12;
    edge.last_trouble = edge_trouble(EdgeError::limited);
    EXPECT_THAT(said(scene.verdict()), IsEmpty());
}

TEST(EdgeEvidenceLines, tell_that_the_probes_do_not_come_up_in_a_log_that_grows) {
    Scene scene = wrong_upstream();
    auto& edge = edge_of(scene);
    edge.lines = 300;
    ASSERT_THAT(said(scene.verdict()), SizeIs(1));
    EXPECT_THAT(said(scene.verdict())[0].en,
                AllOf(HasSubstr("do not come up in nginx's access log"), HasSubstr("300 lines"),
                      HasSubstr("or nginx logs them elsewhere")));
    edge.own_seen = true;
    EXPECT_THAT(said(scene.verdict())[0].en, HasSubstr("no longer come up"));
}

TEST(EdgeEvidenceLines, do_not_miss_the_probes_where_the_log_cannot_tell) {
    const auto quiet = [](const auto& change) {
        Scene scene = wrong_upstream();
        auto& edge = edge_of(scene);
        edge.lines = 300;
        change(scene, edge);
        return said(scene.verdict()).empty();
    };
    EXPECT_TRUE(quiet([](Scene&, EdgeEvidence& edge) {
        count(edge.own, EdgeTransport::polling, EdgeStatus::bad_gateway) = 1;
    }));
    EXPECT_TRUE(quiet([](Scene&, EdgeEvidence& edge) { edge.lines = 0; })) << "nobody came";
    EXPECT_TRUE(quiet([](Scene&, EdgeEvidence& edge) { edge.complete = false; }));
    EXPECT_TRUE(quiet([](Scene&, EdgeEvidence& edge) { edge.tells_own = false; }));
    EXPECT_TRUE(quiet([](Scene& scene, EdgeEvidence&) {
        for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
            scene.at(Role::public_, probe).consecutive_failures = 1;
        }
    })) << "its line may still come";
    EXPECT_TRUE(quiet([](Scene& scene, EdgeEvidence&) {
        scene.both(Role::public_, Reason::tcp_refused, Phase::connect);
    })) << "nobody answered";
}

TEST(EdgeEvidenceLines, make_no_verdict_of_their_own) {
    Scene scene;
    const auto healthy = scene.verdict();
    auto& edge = edge_of(scene);
    edge.lines = 300;
    edge.last_trouble = edge_trouble(EdgeError::refused);
    edge.troubles = 100;
    count(edge.users, EdgeTransport::websocket, EdgeStatus::bad_gateway) = 100;
    EXPECT_EQ(scene.verdict(), healthy);
}

TEST(EdgeEvidenceLines, are_there_where_the_probes_do_not_decide) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::polling, Reason::http_server_error, Phase::open);
    auto& edge = edge_of(scene);
    edge.last_trouble = edge_trouble(EdgeError::reset);
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_THAT(said(scene.verdict()), SizeIs(1));
}

TEST(EdgeEvidenceLines, name_a_log_that_cannot_be_read_as_a_blind_spot) {
    Scene scene;
    auto& edge = edge_of(scene);
    edge.status.up = false;
    edge.status.detail = {"cannot read /var/log/nginx/access.log", "无法读取 /var/log/nginx/access.log"};
    const auto verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    EXPECT_THAT(verdict.fix.en, HasSubstr("nginx_log: cannot read /var/log/nginx/access.log"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("nginx_log：无法读取 /var/log/nginx/access.log"));
}

}  // namespace
}  // namespace gatewatch::agent::test
