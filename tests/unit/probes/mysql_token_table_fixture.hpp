// The token table of the tests' own server, empty before each test, and what a sample of it must look like.
// Used by the mysql_token_table*_test.cpp files.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/token_table.hpp"
#include "tests/unit/probes/mysql_test_server.hpp"

namespace gatewatch::probes::mysql {

using std::chrono::seconds;
using test::MysqlServer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MysqlTokenTable : public testing::Test {
  protected:
    void SetUp() override { server_.reset(); }

    void add(int user, const std::string& token, int revoked, const std::string& expires) {
        server_.execute(
            {"INSERT INTO im_system.user_tokens (user_id, token, is_revoked, expires_at) VALUES (" +
             std::to_string(user) + ", '" + token + "', " + std::to_string(revoked) + ", " + expires + ")"});
    }

    MysqlSample sample(const std::optional<std::string>& own = {}) {
        TokenTable table(settings_);
        return table.sample(own ? std::optional(WatchedToken{Secret(*own), {}}) : std::nullopt);
    }

    static std::uint64_t count(const MysqlSample& sample, TokenState state) {
        EXPECT_TRUE(sample.up) << sample.detail.en;
        return sample.tokens[static_cast<std::size_t>(state)].value_or(999'999'999);
    }

    /// What is to be mended of that kind, or only worth knowing.
    static std::vector<std::string> warnings(const MysqlSample& sample, MysqlWarningKind kind,
                                             bool minor = false) {
        EXPECT_TRUE(sample.up) << sample.detail.en;
        std::vector<std::string> texts;
        for (const auto& each : sample.warnings) {
            EXPECT_NE(each.text.zh, each.text.en);
            if (each.kind == kind && each.minor == minor) texts.push_back(each.text.en);
        }
        return texts;
    }

    /// Trouble of the monitoring user's own: its rights, its settings, the table's shape.
    static void expect_failed(const MysqlSample& sample, const testing::Matcher<std::string>& detail) {
        EXPECT_FALSE(sample.unreachable) << sample.detail.en;
        expect_no_result(sample, detail);
    }

    /// Trouble that meets the backend too.
    static void expect_unreachable(const MysqlSample& sample, const testing::Matcher<std::string>& detail) {
        EXPECT_TRUE(sample.unreachable) << sample.detail.en;
        expect_no_result(sample, detail);
    }

    static void expect_no_result(const MysqlSample& sample, const testing::Matcher<std::string>& detail) {
        EXPECT_FALSE(sample.up);
        EXPECT_THAT(sample.detail.en, detail);
        EXPECT_THAT(sample.detail.en, testing::Not(HasSubstr("correct horse")));
        EXPECT_THAT(sample.detail.zh, testing::Not(HasSubstr("correct horse")));
        EXPECT_NE(sample.detail.zh, "");
        EXPECT_NE(sample.detail.zh, sample.detail.en);
        for (const auto& each : sample.tokens) EXPECT_FALSE(each.has_value());
        EXPECT_FALSE(sample.clock_skew.has_value());
        EXPECT_FALSE(sample.zone_skew.has_value());
        for (const auto& each : sample.expiring) EXPECT_FALSE(each.has_value());
        for (const auto& each : sample.issued) EXPECT_FALSE(each.has_value());
        EXPECT_FALSE(sample.users_without_token.has_value());
        EXPECT_THAT(sample.warnings, testing::IsEmpty());
        EXPECT_EQ(sample.own, OwnToken::not_looked_up);
    }

    /// The server takes a query off its list a moment after it has told us of its end.
    void expect_no_query_left() const {
        const auto latest = std::chrono::steady_clock::now() + seconds(5);
        std::vector<std::string> running;
        do {
            running = server_.query(
                "SELECT INFO FROM information_schema.PROCESSLIST WHERE USER = 'gatewatch' "
                "AND COMMAND IN ('Query', 'Execute')");
        } while (!running.empty() && std::chrono::steady_clock::now() < latest);
        EXPECT_THAT(running, IsEmpty());
    }

    MysqlServer& server_ = MysqlServer::shared();
    config::MysqlSettings settings_ = server_.settings();
};

inline const std::string tomorrow = "NOW() + INTERVAL 1 DAY";
inline const std::string yesterday = "NOW() - INTERVAL 1 DAY";

}  // namespace gatewatch::probes::mysql
