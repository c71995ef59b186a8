// `gatewatch lint-nginx`: what it prints and how it ends, and that every fault has its sentences.
#include "agent/lint_nginx.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "agent/nginx_text.hpp"

namespace gatewatch::agent {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class LintNginx : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-lint-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { fs::remove_all(directory_); }

    std::string file(const std::string& text) const {
        const auto path = directory_ / "im.conf";
        std::ofstream(path) << text;
        return path.native();
    }

    static config::Settings settings() {
        config::GatewaySettings gateway;
        gateway.name = "im";
        gateway.routes = {
            {.role = Role::public_, .url = "http://im.example.com", .ca_file = {}, .http_path = {}},
            {.role = Role::local, .url = "http://localhost:7002", .ca_file = {}, .http_path = {}}};
        return {.agent = {}, .gateways = {gateway}};
    }

    fs::path directory_;
};

TEST_F(LintNginx, prints_each_finding_with_its_place_and_the_mended_block_once) {
    const auto path = file(
        "server {\n    server_name im.example.com;\n    location /socket.io/ {\n"
        "        proxy_pass http://127.0.0.1:7002;\n        proxy_buffering off;\n    }\n}\n");
    const auto result = lint_nginx(settings(), path, Language::en);
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(
        result.text,
        path +
            ":3: problem: location /socket.io/ does not pass the Upgrade header on: WebSocket upgrades "
            "fail\n" +
            path +
            ":3: problem: location /socket.io/ does not pass the Connection header on: WebSocket upgrades "
            "fail\n" +
            path +
            ":3: note: location /socket.io/ speaks HTTP/1.0 to the backend; it works, proxy_http_version "
            "1.1 is usual\n\n"
            "To stand in the http block:\n"
            "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    ''      close;\n}\n\n"
            "The block as it should stand:\n"
            "    location /socket.io/ {\n        proxy_pass http://127.0.0.1:7002;\n"
            "        proxy_set_header Upgrade $http_upgrade;\n"
            "        proxy_set_header Connection $connection_upgrade;\n"
            "        proxy_buffering off;\n    }\n");
    const auto chinese = lint_nginx(settings(), path, Language::zh);
    EXPECT_THAT(chinese.text,
                HasSubstr(":3: 问题: location /socket.io/ 没有传递 Upgrade 请求头，WebSocket 升级会失败\n"));
    EXPECT_THAT(chinese.text, HasSubstr("该块应改为：\n"));
}

TEST_F(LintNginx, ends_well_where_there_are_only_notes) {
    const auto path = file(
        "server { server_name im.example.com; location /socket.io/ {\n"
        "proxy_pass http://localhost:7002; proxy_set_header Upgrade $http_upgrade;\n"
        "proxy_set_header Connection upgrade; } }\n");
    const auto result = lint_nginx(settings(), path, Language::en);
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.text, HasSubstr(":2: note: "));
    EXPECT_THAT(result.text,
                HasSubstr("no problem: " + path + ":1 location /socket.io/ -> http://localhost:7002\n"));
    EXPECT_THAT(result.text, Not(HasSubstr("problem: location")));
}

TEST_F(LintNginx, says_where_a_configuration_cannot_be_read) {
    const auto path = file("server {\n    server_name 'im;\n}\n");
    const auto result = lint_nginx(settings(), path, Language::en);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.text, path + ":2: the quote that opens here is never closed\n");
    const auto missing = lint_nginx(settings(), (directory_ / "gone").native(), Language::zh);
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.text, HasSubstr("请更正路径"));
}

TEST_F(LintNginx, titles_gateways_where_there_are_several) {
    auto two = settings();
    two.gateways.push_back(two.gateways.front());
    two.gateways.back().name = "chat";
    const auto result = lint_nginx(two, file("server {\n"), Language::en);
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.text, testing::StartsWith("gateway im\n"));
    EXPECT_THAT(result.text, HasSubstr("\n\ngateway chat\n"));
}

bool is_chinese(const std::string& text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xE4; });
}

TEST(NginxText, every_fault_has_a_sentence_of_its_own_in_both_languages) {
    std::set<std::string> seen;
    for (const auto fault : all_of<probes::NginxFault>()) {
        for (const bool problem : {true, false}) {
            for (const char* directive : {"", "x y;"}) {
                probes::NginxFinding finding;
                finding.fault = fault;
                finding.problem = problem;
                finding.location = "/socket.io/";
                finding.directive = directive;
                const auto text = describe(finding);
                EXPECT_FALSE(text.en.empty()) << name_of(fault);
                EXPECT_FALSE(is_chinese(text.en)) << text.en;
                EXPECT_TRUE(is_chinese(text.zh)) << name_of(fault);
                if (problem && *directive) EXPECT_TRUE(seen.insert(text.en).second) << text.en;
            }
        }
    }
}

TEST(NginxText, a_place_is_a_file_and_a_line) {
    probes::NginxFinding finding;
    finding.file = "/etc/nginx/conf.d/im.conf";
    EXPECT_EQ(place_of(finding), "/etc/nginx/conf.d/im.conf");
    finding.line = 32;
    EXPECT_EQ(place_of(finding), "/etc/nginx/conf.d/im.conf:32");
}

}  // namespace
}  // namespace gatewatch::agent
