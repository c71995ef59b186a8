#include "config/settings.hpp"

#include <gmock/gmock.h>

namespace gatewatch::config {
namespace {

using testing::Contains;
using testing::ElementsAre;

GatewaySettings two_routes() {
    GatewaySettings gateway;
    gateway.name = "im";
    gateway.routes = {
        {.role = Role::local, .url = "http://localhost:7002", .ca_file = std::nullopt, .http_path = {}},
        {.role = Role::public_, .url = "http://im.example.com", .ca_file = std::nullopt, .http_path = {}}};
    return gateway;
}

TEST(Origin, is_the_configured_one) {
    auto gateway = two_routes();
    gateway.origin = "https://www.example.com";
    EXPECT_EQ(origin_of(gateway), "https://www.example.com");
}

TEST(Origin, is_else_the_public_route_and_else_the_first) {
    auto gateway = two_routes();
    EXPECT_EQ(origin_of(gateway), "http://im.example.com");
    gateway.routes.pop_back();
    EXPECT_EQ(origin_of(gateway), "http://localhost:7002");
    gateway.routes.clear();
    EXPECT_EQ(origin_of(gateway), "");
}

TEST(Route, is_found_by_its_role) {
    auto gateway = two_routes();
    ASSERT_NE(find_route(gateway, Role::local), nullptr);
    EXPECT_EQ(find_route(gateway, Role::local)->url, "http://localhost:7002");
    gateway.routes.pop_back();
    EXPECT_EQ(find_route(gateway, Role::public_), nullptr);
}

PlannedProbe planned(Role role, ProbeKind probe, Duration interval, Duration timeout) {
    return {.role = role, .probe = probe, .interval = interval, .timeout = timeout, .on_failure = false};
}

PlannedProbe on_failure(Role role, ProbeKind probe, Duration interval, Duration timeout) {
    return {.role = role, .probe = probe, .interval = interval, .timeout = timeout, .on_failure = true};
}

std::vector<ProbeKind> kinds_over(const GatewaySettings& gateway, Role role) {
    std::vector<ProbeKind> kinds;
    for (const auto& probe : plan_probes(gateway)) {
        if (probe.role == role) kinds.push_back(probe.probe);
    }
    return kinds;
}

TEST(Plan, asks_often_for_what_users_do_and_seldom_for_what_costs_more) {
    auto gateway = two_routes();
    gateway.routes.pop_back();
    gateway.interval = 20s;
    gateway.timeout = 5s;
    gateway.token = {.source = TokenFile{"/t"}, .expired_file = "/e", .revoked_file = "/r"};
    const auto local = Role::local;
    EXPECT_THAT(
        plan_probes(gateway),
        ElementsAre(
            planned(local, ProbeKind::websocket, 20s, 5s), planned(local, ProbeKind::polling, 20s, 5s),
            planned(local, ProbeKind::http, 20s, 5s), planned(local, ProbeKind::upgrade, 80s, 5s),
            planned(local, ProbeKind::sticky, 80s, 5s), planned(local, ProbeKind::expired_token, 80s, 5s),
            planned(local, ProbeKind::revoked_token, 80s, 5s),
            planned(local, ProbeKind::missing_token, 80s, 5s),
            on_failure(local, ProbeKind::header_token, 20s, 5s),
            on_failure(local, ProbeKind::other_eio, 20s, 5s), planned(local, ProbeKind::hold, 5min, 70s)));
}

TEST(Plan, tries_bad_tokens_over_one_route_the_local_one_if_there_is_one) {
    auto gateway = two_routes();
    gateway.token.source = TokenFile{"/t"};
    gateway.token.expired_file = "/e";
    EXPECT_THAT(kinds_over(gateway, Role::local),
                testing::IsSupersetOf({ProbeKind::expired_token, ProbeKind::missing_token}));
    EXPECT_THAT(kinds_over(gateway, Role::public_), testing::Not(Contains(ProbeKind::expired_token)));
    EXPECT_THAT(kinds_over(gateway, Role::public_), testing::Not(Contains(ProbeKind::missing_token)));
    gateway.routes.erase(gateway.routes.begin());
    EXPECT_THAT(kinds_over(gateway, Role::public_),
                testing::IsSupersetOf({ProbeKind::expired_token, ProbeKind::missing_token}));
}

TEST(Plan, leaves_out_probes_of_tokens_that_it_does_not_have) {
    const auto kinds = kinds_over(two_routes(), Role::local);
    for (auto probe : {ProbeKind::expired_token, ProbeKind::revoked_token, ProbeKind::missing_token,
                       ProbeKind::header_token}) {
        EXPECT_THAT(kinds, testing::Not(Contains(probe)));
        EXPECT_FALSE(missing_for(two_routes(), probe).empty());
    }
    EXPECT_THAT(kinds, Contains(ProbeKind::other_eio));
    EXPECT_TRUE(missing_for(two_routes(), ProbeKind::hold).empty());
}

TEST(Plan, honours_what_a_probe_sets_for_itself) {
    auto gateway = two_routes();
    gateway.routes.pop_back();
    for (auto probe : all_of<ProbeKind>()) gateway.probes[probe].enabled = false;
    gateway.probes[ProbeKind::websocket] = {.enabled = std::nullopt, .interval = 1min, .timeout = 3s};
    gateway.probes[ProbeKind::hold] = {.enabled = true, .interval = 2min, .timeout = std::nullopt};
    EXPECT_THAT(plan_probes(gateway), ElementsAre(planned(Role::local, ProbeKind::websocket, 1min, 3s),
                                                  planned(Role::local, ProbeKind::hold, 2min, 70s)));
}

TEST(Plan, never_holds_a_session_more_often_than_it_connects) {
    auto gateway = two_routes();
    gateway.interval = 1h;
    gateway.timeout = 2min;
    const auto plan = plan_probes(gateway);
    EXPECT_THAT(plan, Contains(planned(Role::local, ProbeKind::hold, 1h, 2min)));
}

}  // namespace
}  // namespace gatewatch::config
