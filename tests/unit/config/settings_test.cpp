#include "config/settings.hpp"

#include <gmock/gmock.h>

namespace gatewatch::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

GatewaySettings two_routes() {
    GatewaySettings gateway;
    gateway.name = "im";
    gateway.routes = {{.role = Role::local, .url = "http://localhost:7002", .ca_file = std::nullopt},
                      {.role = Role::public_, .url = "http://im.example.com", .ca_file = std::nullopt}};
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

TEST(Plan, has_websocket_and_polling_for_each_route_in_order_with_the_values_of_the_gateway) {
    auto gateway = two_routes();
    gateway.interval = 20s;
    gateway.timeout = 5s;
    EXPECT_THAT(plan_probes(gateway), ElementsAre(PlannedProbe{Role::local, ProbeKind::websocket, 20s, 5s},
                                                  PlannedProbe{Role::local, ProbeKind::polling, 20s, 5s},
                                                  PlannedProbe{Role::public_, ProbeKind::websocket, 20s, 5s},
                                                  PlannedProbe{Role::public_, ProbeKind::polling, 20s, 5s}));
}

TEST(Plan, honours_what_a_probe_sets_for_itself) {
    auto gateway = two_routes();
    gateway.routes.pop_back();
    gateway.probes[ProbeKind::websocket] = {.enabled = std::nullopt, .interval = 1min, .timeout = 3s};
    gateway.probes[ProbeKind::polling] = {.enabled = false, .interval = 1min, .timeout = std::nullopt};
    EXPECT_THAT(plan_probes(gateway), ElementsAre(PlannedProbe{Role::local, ProbeKind::websocket, 1min, 3s}));
}

TEST(Plan, leaves_out_probes_that_this_version_does_not_run) {
    auto gateway = two_routes();
    gateway.probes[ProbeKind::hold] = {.enabled = true, .interval = 5min, .timeout = 70s};
    for (const auto& planned : plan_probes(gateway)) EXPECT_TRUE(runs(planned.probe));
    EXPECT_THAT(not_run(gateway), ElementsAre(NotRun{"gateway.probe.hold", ""}));
}

TEST(NotRun, is_empty_for_what_runs_and_for_what_is_switched_off) {
    auto gateway = two_routes();
    gateway.mysql.emplace();
    gateway.pm2.emplace();
    gateway.probes[ProbeKind::websocket].enabled = true;
    gateway.probes[ProbeKind::hold].enabled = false;
    EXPECT_THAT(not_run(gateway), IsEmpty());
}

TEST(NotRun, lists_every_part_that_waits_for_a_later_version) {
    auto gateway = two_routes();
    gateway.token.expired_file = "/e";
    gateway.token.revoked_file = "/r";
    gateway.nginx.emplace();
    gateway.frontend.emplace();
    gateway.env_files.emplace();
    EXPECT_THAT(not_run(gateway),
                ElementsAre(NotRun{"gateway.token", "expired_file"}, NotRun{"gateway.token", "revoked_file"},
                            NotRun{"gateway.nginx", ""}, NotRun{"gateway.frontend", ""},
                            NotRun{"gateway.env_files", ""}));
}

}  // namespace
}  // namespace gatewatch::config
