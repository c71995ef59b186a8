#include "agent/token_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "tests/unit/probes/mysql_test_server.hpp"

namespace gatewatch::agent {
namespace {

using probes::test::MysqlServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOjQyfQ.c2lnbmF0dXJlLXRoYXQtc2lnbnM";
const std::string tomorrow = "NOW() + INTERVAL 1 DAY";
const std::string yesterday = "NOW() - INTERVAL 1 DAY";

class TokenCommand : public testing::Test {
  protected:
    void SetUp() override {
        server_.reset();
        auto& gateway = settings_.gateways.emplace_back();
        gateway.name = "im";
        gateway.mysql = server_.settings();
    }

    void add(int user, const std::string& token, int revoked, const std::string& expires) {
        server_.execute(
            {"INSERT INTO im_system.user_tokens (user_id, token, is_revoked, expires_at) VALUES (" +
             std::to_string(user) + ", '" + token + "', " + std::to_string(revoked) + ", " + expires + ")"});
    }
    TokenAnswer run(const std::string& input) {
        std::istringstream stream(input);
        auto answer = run_token(settings_, options_, stream);
        // Neither a token nor the part of it that signs ever shows.
        EXPECT_THAT(answer.output + answer.error, AllOf(Not(HasSubstr(jwt)), Not(HasSubstr("c2lnbmF0"))));
        return answer;
    }
    config::MysqlSettings& mysql() { return *settings_.gateways[0].mysql; }

    MysqlServer& server_ = MysqlServer::shared();
    config::Settings settings_;
    TokenOptions options_;
};

TEST(PastedToken, is_taken_as_people_paste_it) {
    for (const std::string text : {"abc.def", "  abc.def\r\n", "Bearer abc.def", "bearer\tabc.def\n",
                                   "\"abc.def\"", "'abc.def'", "Bearer 'abc.def' "}) {
        const auto token = pasted_token(text);
        ASSERT_TRUE(token.has_value()) << text;
        EXPECT_EQ(token->reveal(), "abc.def") << text;
    }
}

TEST(PastedToken, is_refused_with_advice_and_never_repeated) {
    const auto error = [](const std::string& text) {
        const auto token = pasted_token(text);
        EXPECT_FALSE(token.has_value());
        if (token) return std::string();
        EXPECT_THAT(token.error().en + token.error().zh, Not(HasSubstr("secret")));
        EXPECT_FALSE(token.error().zh.empty());
        return token.error().en;
    };
    EXPECT_THAT(error("secret\nsecret"),
                AllOf(HasSubstr("after the token's character 6"), HasSubstr("one piece")));
    EXPECT_THAT(error(" \n"), HasSubstr("standard input"));
    EXPECT_THAT(error("''"), HasSubstr("standard input"));
    EXPECT_THAT(error(std::string(20'000, 's')), HasSubstr("longer than"));
    EXPECT_THAT(error(std::string("secret\0x", 8)), HasSubstr("control characters"));
}

TEST_F(TokenCommand, a_valid_token_is_described_with_its_user) {
    add(42, jwt, 0, "NOW() + INTERVAL 50 HOUR");
    const auto answer = run("Bearer " + jwt + "\n");
    EXPECT_EQ(answer.status, 0) << answer.error;
    EXPECT_THAT(answer.output,
                AllOf(HasSubstr("valid: it is in the table"), HasSubstr("eyJhbGciOiJI…"), HasSubstr("42"),
                      HasSubstr("(in 2 d "), HasSubstr("varchar(512) NOT NULL utf8mb4_general_ci")));
    EXPECT_THAT(answer.output, Not(HasSubstr("note:")));
}

TEST_F(TokenCommand, what_is_not_valid_says_why) {
    add(1, "gone-token", 1, tomorrow);
    add(2, "old-token", 0, yesterday);
    add(3, "endless-token", 0, "NULL");
    EXPECT_EQ(run("gone-token").status, 1);
    EXPECT_THAT(run("gone-token").output, HasSubstr("revoked: the user logged out"));
    EXPECT_EQ(run("old-token").status, 1);
    EXPECT_THAT(run("old-token").output, AllOf(HasSubstr("expired: log in again"), HasSubstr("ago)")));
    EXPECT_EQ(run("nobodys-token").status, 1);
    EXPECT_THAT(run("nobodys-token").output, HasSubstr("not in the table"));
    EXPECT_EQ(run("endless-token").status, 3);
    EXPECT_THAT(run("endless-token").output, HasSubstr("no expires_at"));
}

TEST_F(TokenCommand, a_token_that_is_there_twice_counts_by_the_row_that_the_backend_finds) {
    add(1, "twice", 1, tomorrow);
    add(1, "twice", 0, tomorrow);
    EXPECT_EQ(run("twice").status, 0);
}

TEST_F(TokenCommand, a_row_in_another_letter_case_is_absent_and_named) {
    add(7, "AbCdEfGh", 0, tomorrow);
    const auto answer = run("abcdefgh");
    EXPECT_EQ(answer.status, 1);
    EXPECT_THAT(answer.output,
                AllOf(HasSubstr("not in the table"), HasSubstr("(user 7) differs only in letter case"),
                      HasSubstr("utf8mb4_general_ci"), HasSubstr("_bin")));
    server_.execute(
        {"ALTER TABLE im_system.user_tokens MODIFY token VARCHAR(512) COLLATE utf8mb4_bin NOT NULL"});
    EXPECT_THAT(run("abcdefgh").output, Not(HasSubstr("differs")));
}

TEST_F(TokenCommand, a_token_that_is_valid_in_one_zone_and_expired_in_the_other_is_explained) {
    mysql().backend_time_zone = "+08:00";
    // Written by a backend in +08:00 for four hours from now; the server's own sessions are in UTC.
    add(1, "east", 0, "UTC_TIMESTAMP() + INTERVAL 12 HOUR");
    EXPECT_THAT(run("east").output, Not(HasSubstr("note:")));
    add(1, "past", 0, "UTC_TIMESTAMP() + INTERVAL 6 HOUR");
    const auto answer = run("past");
    EXPECT_EQ(answer.status, 1);
    EXPECT_THAT(answer.output, AllOf(HasSubstr("(+08:00) it is expired"), HasSubstr("own zone (+00:00)"),
                                     HasSubstr("it is valid; if the backend")));
    mysql().backend_time_zone = "-05:00";
    add(1, "west", 0, "UTC_TIMESTAMP() - INTERVAL 1 HOUR");
    EXPECT_EQ(run("west").status, 0);
    EXPECT_THAT(run("west").output, HasSubstr("(-05:00) it is valid"));
}

TEST_F(TokenCommand, a_row_from_the_future_speaks_for_a_wrong_zone) {
    add(1, "early", 0, tomorrow);
    server_.execute({"UPDATE im_system.user_tokens SET created_at = UTC_TIMESTAMP() + INTERVAL 8 HOUR"});
    EXPECT_THAT(run("early").output,
                AllOf(HasSubstr("created_at lies"), HasSubstr("further east than +00:00")));
}

TEST_F(TokenCommand, a_timestamp_is_the_same_moment_in_every_zone) {
    server_.execute({"ALTER TABLE im_system.user_tokens MODIFY expires_at TIMESTAMP NULL"});
    mysql().backend_time_zone = "+08:00";
    add(1, "moment", 0, "NOW() + INTERVAL 150 MINUTE");
    EXPECT_EQ(run("moment").status, 0);
    EXPECT_THAT(run("moment").output, AllOf(HasSubstr("(in 2 h "), Not(HasSubstr("note:"))));
}

TEST_F(TokenCommand, a_token_longer_than_its_column_and_an_odd_type_are_named) {
    server_.execute({"ALTER TABLE im_system.user_tokens MODIFY token VARCHAR(20) NOT NULL",
                     "ALTER TABLE im_system.user_tokens MODIFY is_revoked BIT(1) NOT NULL"});
    EXPECT_THAT(
        run(std::string(30, 'x')).output,
        AllOf(HasSubstr("has 30 characters and the column token holds 20"), HasSubstr("is_revoked is BIT")));
}

TEST_F(TokenCommand, lists_the_newest_rows_or_one_users_without_reading_a_token) {
    for (int user = 1; user <= 3; ++user)
        add(user, "token-of-user-" + std::to_string(user), user == 2, tomorrow);
    options_.recent = 2;
    auto answer = run("not read");
    EXPECT_EQ(answer.status, 0) << answer.error;
    EXPECT_THAT(answer.output, AllOf(HasSubstr("tok… (15)"), HasSubstr("revoked"), Not(HasSubstr("user-"))));
    EXPECT_LT(answer.output.find("       3         3"), answer.output.find("       2         2"));
    EXPECT_THAT(answer.output, Not(HasSubstr("       1         1")));
    options_.recent.reset();
    options_.user_id = 1;
    answer = run("");
    EXPECT_THAT(answer.output, AllOf(HasSubstr("       1         1"), Not(HasSubstr("       2         2"))));
    options_.user_id = 9;
    EXPECT_THAT(run("").output, HasSubstr("no rows"));
}

TEST_F(TokenCommand, speaks_json_and_chinese) {
    add(42, jwt, 0, tomorrow);
    options_.json = true;
    const auto page = boost::json::parse(run(jwt).output).as_object();
    EXPECT_EQ(page.at("verdict"), "valid");
    EXPECT_EQ(page.at("rows").at(0).at("user_id"), "42");
    EXPECT_EQ(page.at("rows").at(0).at("state"), "valid");
    EXPECT_EQ(page.at("token").at("length"), jwt.size());
    EXPECT_EQ(page.at("columns").as_array().size(), 6u);
    EXPECT_EQ(page.at("time_zones").at("backend"), "+00:00");
    options_.json = false;
    options_.language = Language::zh;
    EXPECT_THAT(run(jwt).output, AllOf(HasSubstr("有效：在表中"), HasSubstr("时区")));
}

TEST_F(TokenCommand, what_cannot_be_looked_up_is_told_from_what_is_not_there) {
    server_.execute(
        {"REVOKE SELECT ON im_system.* FROM gatewatch@'%'",
         "GRANT SELECT (id, user_id, is_revoked, expires_at, created_at) ON im_system.user_tokens TO "
         "gatewatch@'%'"});
    auto answer = run("any-token");
    EXPECT_EQ(answer.status, 3);
    EXPECT_THAT(answer.error,
                AllOf(HasSubstr("cannot see column token"), HasSubstr("GRANT SELECT (id, user_id, token")));
    mysql().address = "127.0.0.1:" + std::to_string(probes::test::free_port());
    answer = run("any-token");
    EXPECT_EQ(answer.status, 3);
    EXPECT_THAT(answer.error, HasSubstr(mysql().address));
    EXPECT_THAT(answer.output, IsEmpty());
}

TEST_F(TokenCommand, a_gateway_must_be_chosen_where_several_have_a_table) {
    settings_.gateways.push_back(settings_.gateways[0]);
    settings_.gateways[1].name = "other";
    EXPECT_EQ(run("any-token").status, 2);
    EXPECT_THAT(run("any-token").error, HasSubstr("--gateway NAME"));
    options_.gateway = "other";
    EXPECT_EQ(run("any-token").status, 1);
    options_.gateway = "nobody";
    EXPECT_EQ(run("any-token").status, 2);
    options_.gateway.clear();
    for (auto& gateway : settings_.gateways) gateway.mysql.reset();
    EXPECT_THAT(run("any-token").error, HasSubstr("add [gateway.mysql]"));
}

}  // namespace
}  // namespace gatewatch::agent
