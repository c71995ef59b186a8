#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "probes/pm2/line_parser.hpp"
#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string sid = "aB3_-xYz0123456789Qq";

ParsedLine parse_line(std::string_view line) {
    static const LineParser parser{Patterns()};
    CutLines cuts;
    return parser.parse(line, cuts);
}

/// The kinds found in a line, and a sid where it has one: "attempt:aB3…".
std::string found(std::string_view line) {
    std::string text;
    for (const auto& event : parse_line(line).events) {
        if (!text.empty()) text += ' ';
        text += name_of(event.kind);
        if (!event.sid.empty()) text += ':' + event.sid;
    }
    return text;
}

TEST(Pm2LineParser, knows_every_line_of_the_backend) {
    EXPECT_EQ(found("客户端 " + sid + " 尝试连接"), "attempt:" + sid);
    EXPECT_EQ(found("客户端 " + sid + " 断开连接"), "disconnect:" + sid);
    EXPECT_EQ(found("Token from auth: 存在"), "token_auth_present");
    EXPECT_EQ(found("Token from auth: 不存在"), "token_auth_absent");
    EXPECT_EQ(found("Token from header: 存在"), "token_header_present");
    EXPECT_EQ(found("Token from header: 不存在"), "token_header_absent");
    EXPECT_EQ(found("验证 Token: eyJhbGciOi..."), "verify");
    EXPECT_EQ(found("Token 不存在或已被撤销"), "rejected_unknown");
    EXPECT_EQ(found("Token 已过期"), "rejected_expired");
    EXPECT_EQ(found("Token 验证成功"), "accepted");
    EXPECT_EQ(found("缺少 token"), "rejected_missing");
    EXPECT_EQ(found("连接处理错误: connect ECONNREFUSED 127.0.0.1:3306"), "error");
}

TEST(Pm2LineParser, an_error_that_quotes_a_verdict_is_an_error) {
    EXPECT_EQ(found("连接处理错误: Token 已过期"), "error");
}

TEST(Pm2LineParser, other_lines_are_nothing_and_not_counted_as_unparsed) {
    for (const std::string& line :
         {std::string(), std::string("GET /api/health 200"), "客户端 " + sid + " 加入房间",
          std::string("token refresh ok"), std::string("客户端 short 尝试连接"),
          "客户端 " + sid + "x 尝试连接", std::string("{ a: 1 }"),
          std::string("{\"level\":\"log\",\"message\":\"started\"}")}) {
        EXPECT_EQ(found(line), "") << line;
        EXPECT_EQ(parse_line(line).unparsed, 0u) << line;
    }
}

TEST(Pm2LineParser, time_marks_of_pm2_are_no_part_of_the_line) {
    for (const std::string mark :
         {"2026-11-22T14:02:59: ", "2026-11-22 14:03:25 +00:00: ", "2026-11-22 14:03:25.123: ",
          "2026-11-22T14:03:25.123Z: ", "2026-11-22T14:03:25+0800: "}) {
        EXPECT_EQ(found(mark + "客户端 " + sid + " 尝试连接"), "attempt:" + sid) << mark;
        EXPECT_EQ(parse_line(mark + "连接处理错误: x").events.at(0).excerpt, "连接处理错误: x") << mark;
    }
}

TEST(Pm2LineParser, nest_loggers_prefix_and_colours_are_no_part_of_it) {
    EXPECT_EQ(
        found("\x1b[32m[Nest] 4711  - \x1b[39m11/22/2026, 2:03:25 PM \x1b[32m    LOG\x1b[39m \x1b[38;5;3m"
              "[ImGateway] \x1b[39m\x1b[32m客户端 " +
              sid + " 尝试连接\x1b[39m"),
        "attempt:" + sid);
}

TEST(Pm2LineParser, fault_74_one_json_record_holds_many_lines) {
    const std::string record =
        R"({"message":"客户端 )" + sid + R"( 尝试连接\nToken from auth: 存在\nother\nToken 验证成功\n",)" +
        R"("timestamp":"2026-11-22T14:02:59","type":"out","process_id":0,"app_name":"nest-backend"})";
    EXPECT_EQ(found(record), "attempt:" + sid + " token_auth_present accepted");
    std::string burst = "{\"message\":\"";
    for (int i = 0; i < 3000; ++i) burst += "Token 已过期\\n";
    EXPECT_EQ(parse_line(burst + "\"}").events.size(), 3000u);
}

TEST(Pm2LineParser, nest_json_is_read_alone_and_inside_pm2_json) {
    EXPECT_EQ(found(R"({"level":"log","message":"客户端 )" + sid + R"( 断开连接","context":"ImGateway"})"),
              "disconnect:" + sid);
    EXPECT_EQ(
        found(
            R"({"message":"{\"level\":\"log\",\"message\":\"Token 已过期\"}\n{\"level\":\"log\",\"message\":)"
            R"(\"缺少 token\"}\n","type":"out"})"),
        "rejected_expired rejected_missing");
    EXPECT_EQ(found("{\"message\":\"Token \\u5df2\\u8fc7\\u671f\"}"), "rejected_expired");
}

TEST(Pm2LineParser, broken_json_is_counted_as_unparsed) {
    const auto cut = parse_line(R"({"message":"客户端 )" + sid + R"( 尝试连)");
    EXPECT_TRUE(cut.events.empty());
    EXPECT_EQ(cut.unparsed, 1u);
}

TEST(Pm2LineParser, fault_73_a_chunk_cut_inside_a_character_leaves_the_line_readable) {
    const std::string mark = "2026-11-22T14:02:59: ";
    EXPECT_EQ(found("客户端 " + sid + " 尝\ufffd" + mark + "\ufffd\ufffd接"), "");
    EXPECT_EQ(found("客户端 " + sid + " 尝\ufffd" + mark + "\ufffd连接"), "attempt:" + sid);
    EXPECT_EQ(found("客户\ufffd\ufffd " + sid + " 断开连接"), "disconnect:" + sid);
    EXPECT_EQ(found("客户端 " + sid + " \ufffd开连接"), "disconnect:" + sid);
    EXPECT_EQ(found("客户端 " + sid.substr(0, 7) + mark + sid.substr(7) + " 尝试连接"), "attempt:" + sid);
    EXPECT_EQ(found("客户端 " + sid + " 尝试\ufffd"), "attempt:" + sid);
    EXPECT_EQ(found("Token from auth: \ufffd\ufffd存在"), "token_auth_absent");
    EXPECT_EQ(found("Token from auth: \ufffd在"), "token_auth_present");
    EXPECT_EQ(found("Token 已\ufffd期"), "rejected_expired");
    EXPECT_EQ(found("\ufffd少 token"), "rejected_missing");
    EXPECT_EQ(found("连接\ufffd理错误: x"), "error");
}

TEST(Pm2LineParser, what_is_damaged_beyond_telling_is_counted_and_not_guessed) {
    for (const std::string& line : {"客户端 " + sid + " \ufffd", std::string("Token from auth: \ufffd"),
                                    "客户端\ufffd " + sid + " 加入\ufffd"}) {
        EXPECT_EQ(found(line), "") << line;
        EXPECT_EQ(parse_line(line).unparsed, 1u) << line;
    }
}

TEST(Pm2LineParser, fault_77_runs_of_nul_are_no_part_of_the_line) {
    EXPECT_EQ(found(std::string(4096, '\0') + "Token 已过期"), "rejected_expired");
}

TEST(Pm2LineParser, fault_78_invalid_utf8_gbk_crlf_and_byte_order_marks_are_tolerated) {
    EXPECT_EQ(found("\xef\xbb\xbf客户端 " + sid + " 尝试连接\r"), "attempt:" + sid);
    EXPECT_EQ(found("\xff\xfe\x80 Token 已过期 \xc3"), "rejected_expired");
    EXPECT_EQ(found("客\xe6\x88 " + sid + " 尝试连接"), "attempt:" + sid);
    // 客户端 … 尝试连接 in GBK: the sid shows what it is, the verb cannot be told.
    const auto gbk = parse_line("\xbf\xcd\xbb\xa7\xb6\xcb " + sid + " \xb3\xa2\xca\xd4\xc1\xac\xbd\xd3");
    EXPECT_TRUE(gbk.events.empty());
    EXPECT_EQ(gbk.unparsed, 1u);
}

TEST(Pm2LineParser, excerpts_are_of_errors_short_whole_characters_and_hold_no_token) {
    EXPECT_EQ(parse_line("连接处理错误: 验证 Token: eyJhbGciOiJIUzI1NiJ9...").events.at(0).excerpt,
              "连接处理错误: 验证 Token: [redacted]");
    const std::string jwt =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
    const auto quoted = parse_line("连接处理错误: bad token \"" + jwt + "\"").events.at(0).excerpt;
    EXPECT_THAT(quoted, Not(HasSubstr("eyJ")));
    EXPECT_EQ(quoted, "连接处理错误: bad token \"[redacted]\"");
    std::string wide = "连接处理错误: ";
    for (int i = 0; i < 1000; ++i) wide += "错";
    const auto cut = parse_line(wide).events.at(0).excerpt;
    EXPECT_LE(cut.size(), max_evidence);
    EXPECT_GT(cut.size(), max_evidence - 3);
    EXPECT_TRUE(is_utf8(cut));
    for (const auto& other : {"客户端 " + sid + " 尝试连接", std::string("Token 已过期")}) {
        EXPECT_EQ(parse_line(other).events.at(0).excerpt, "");
    }
}

}  // namespace
}  // namespace gatewatch::probes::pm2
