// Words of the user's own in place of the backend's, from [gateway.pm2.patterns].
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "probes/pm2/line_parser.hpp"
#include "probes/pm2/required_texts.hpp"

namespace gatewatch::probes::pm2 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string sid = "aB3_-xYz0123456789Qq";

class Pm2Patterns : public testing::Test {
  protected:
    void words(const std::map<std::string, std::vector<std::string>>& by_event) {
        parser_ = std::make_unique<LineParser>(Patterns(by_event));
    }
    /// "kind:sid:excerpt" of each event of the lines.
    std::string told(const std::string& lines) const {
        std::string text;
        CutLines cuts;
        parser_->parse_block(lines, cuts, [&](const ParsedLine& line) {
            for (const auto& event : line.events) {
                if (!text.empty()) text += ' ';
                text += std::string(name_of(event.kind)) + ':' + event.sid + ':' + event.excerpt;
            }
        });
        return text;
    }

    std::unique_ptr<LineParser> parser_ = std::make_unique<LineParser>(Patterns());
};

TEST_F(Pm2Patterns, replace_the_built_in_words_of_their_event_and_no_others) {
    words({{"attempt", {R"(client (?P<sid>[\w-]{20}) connects)"}}});
    EXPECT_EQ(told("client " + sid + " connects\n"), "attempt:" + sid + ":");
    EXPECT_EQ(told("客户端 " + sid + " 尝试连接\n"), "");
    EXPECT_EQ(told("客户端 " + sid + " 断开连接\n"), "disconnect:" + sid + ":");
    EXPECT_EQ(told("Token 已过期\n"), "rejected_expired::");
}

TEST_F(Pm2Patterns, each_of_several_expressions_of_an_event_counts) {
    words({{"accepted", {"token is good", "令牌有效"}}});
    EXPECT_EQ(told("the token is good\n令牌有效\nToken 验证成功\n"), "accepted:: accepted::");
}

TEST_F(Pm2Patterns, find_their_line_in_every_format) {
    words({{"rejected_expired", {R"((?i)^token "\w+" expired$)"}}});
    EXPECT_EQ(told("Token \"abc\" expired\n"), "rejected_expired::");
    EXPECT_EQ(told("2026-11-22T14:02:59: \x1b[31mTOKEN \"abc\" EXPIRED\x1b[39m\r\n"), "rejected_expired::");
    EXPECT_EQ(told(R"({"message":"token \"abc\" expired\n","timestamp":"2026-11-22T14:02:59","type":"out",)"
                   R"("process_id":0,"app_name":"a"})"
                   "\n"),
              "rejected_expired::");
    EXPECT_EQ(told("{\"level\":\"log\",\"message\":\"token \\\"abc\\\" expired\"}\n"), "rejected_expired::");
}

TEST_F(Pm2Patterns, a_sid_is_twenty_characters_and_ties_any_event_to_its_connection) {
    words({{"attempt", {R"(open (?P<sid>\S+))"}}, {"accepted", {R"(good (?P<sid>\S+))"}}});
    EXPECT_EQ(told("open short\nopen " + sid + "\n"), "attempt:" + sid + ":");
    EXPECT_EQ(told("good " + sid + "\ngood short\n"), "accepted:" + sid + ": accepted::");
}

TEST_F(Pm2Patterns, the_detail_of_an_error_is_what_is_shown_and_holds_no_token) {
    words({{"error", {R"(handshake failed \((?P<detail>[^)]*)\))"}}});
    EXPECT_EQ(told("client: handshake failed (ECONNREFUSED) again\n"), "error::ECONNREFUSED");
    EXPECT_EQ(told("handshake failed (Token: eyJhbGciOiJIUzI1NiJ9)\n"), "error::Token: [redacted]");
    words({{"error", {"handshake failed"}}});
    EXPECT_EQ(told("the handshake failed: x\n"), "error::the handshake failed: x");
}

TEST_F(Pm2Patterns, an_error_that_quotes_a_verdict_is_an_error_also_in_own_words) {
    words({{"accepted", {"token is good"}}});
    EXPECT_EQ(told("连接处理错误: token is good\n"), "error::连接处理错误: token is good");
}

TEST(Pm2RequiredTexts, are_the_longest_that_every_matching_line_holds) {
    EXPECT_THAT(required_texts("client .* connects now"), ElementsAre(" connects now"));
    EXPECT_THAT(required_texts("尝试连接|开始连接"), UnorderedElementsAre("尝试连接", "开始连接"));
    EXPECT_THAT(required_texts("(?i)Token EXPIRED"), ElementsAre("token expired"));
    EXPECT_THAT(required_texts(R"(user "bob" left)"), ElementsAre("user ")) << "JSON escapes the quotes";
    EXPECT_THAT(required_texts(R"(\d+)"), IsEmpty());
    EXPECT_THAT(required_texts("abc|.*"), IsEmpty());
}

}  // namespace
}  // namespace gatewatch::probes::pm2
