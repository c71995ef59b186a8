// Counts beyond those by state, what they cost, and that none outlives a failure.
#include "probes/mysql/queries.hpp"
#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::Each;
using testing::Eq;
using testing::Optional;

/// A time that only moves when a test says so.
steady_clock::time_point at;
steady_clock::time_point now() {
    return at;
}

const std::string insert =
    "INSERT INTO im_system.user_tokens (user_id, token, is_revoked, expires_at, created_at) ";
const std::string index = "CREATE INDEX by_state ON im_system.user_tokens (is_revoked, expires_at)";

class MysqlCounts : public MysqlTokenTable {
  protected:
    void SetUp() override {
        MysqlTokenTable::SetUp();
        at = {};
    }
    /// Valid for that many minutes from now, issued that many ago.
    void issue(int user, const std::string& token, int minutes_left, int minutes_ago) {
        server_.execute({insert + "VALUES (" + std::to_string(user) + ", '" + token +
                         "', 0, NOW() + INTERVAL " + std::to_string(minutes_left) +
                         " MINUTE, NOW() - INTERVAL " + std::to_string(minutes_ago) + " MINUTE)"});
    }
};

TEST_F(MysqlCounts, valid_tokens_are_counted_by_the_time_that_they_have_left) {
    for (const bool with_index : {false, true}) {
        SCOPED_TRACE(with_index);
        server_.reset();
        if (with_index) server_.execute({index});
        issue(1, "a", 30, 1);
        issue(1, "b", 3 * 60, 1);
        issue(1, "c", 5 * 60, 1);
        issue(1, "d", 20 * 60, 1);
        issue(1, "e", 40 * 60, 1);
        issue(1, "over", -30, 1);
        add(1, "revoked", 1, "NOW() + INTERVAL 1 MINUTE");
        EXPECT_THAT(sample().expiring, ElementsAre(Optional(1u), Optional(3u), Optional(4u)));
    }
}

TEST_F(MysqlCounts, valid_tokens_are_counted_by_their_issue_in_the_backends_zone) {
    settings_.backend_time_zone = "+08:00";
    // As a backend in that zone writes them.
    const auto write = [&](const std::string& token, const std::string& ago) {
        server_.execute(
            {insert + "VALUES (1, '" + token +
             "', 0, UTC_TIMESTAMP() + INTERVAL 9 HOUR, UTC_TIMESTAMP() + INTERVAL 8 HOUR - INTERVAL " + ago +
             ")"});
    };
    write("a", "10 MINUTE");
    write("b", "2 HOUR");
    write("c", "23 HOUR");
    write("d", "3 DAY");
    write("e", "8 DAY");
    server_.execute({insert + "VALUES (1, 'over', 0, UTC_TIMESTAMP() + INTERVAL 7 HOUR, UTC_TIMESTAMP())"});
    EXPECT_THAT(sample().issued, ElementsAre(Optional(1u), Optional(2u), Optional(1u), Optional(1u)));
}

TEST_F(MysqlCounts, users_without_a_valid_token_are_counted_only_if_asked_for) {
    issue(1, "a", 30, 1);
    issue(1, "over", -30, 1);
    issue(2, "over too", -30, 1);
    add(3, "revoked", 1, tomorrow);
    issue(4, "b", 30, 1);
    EXPECT_EQ(sample().users_without_token, std::nullopt);
    settings_.count_users = true;
    EXPECT_EQ(sample().users_without_token, 2u);
}

TEST_F(MysqlCounts, fault_63_of_more_valid_tokens_than_are_counted_the_index_still_tells_the_next_to_expire) {
    settings_.count_users = true;
    server_.execute(
        {insert + "SELECT seq, seq, 0, NOW() + INTERVAL 2 DAY, NOW() FROM im_system.seq_1_to_40001"});
    issue(1, "soon", 30, 1);
    const auto without = sample();
    EXPECT_TRUE(without.capped[0]);
    EXPECT_THAT(without.expiring, Each(Eq(std::nullopt)));
    server_.execute({index});
    const auto with = sample();
    EXPECT_EQ(count(with, TokenState::valid), count_cap);
    EXPECT_THAT(with.expiring, ElementsAre(Optional(1u), Optional(1u), Optional(1u)));
    // Any part of them would say nothing about all.
    EXPECT_THAT(with.issued, Each(Eq(std::nullopt)));
    EXPECT_EQ(with.users_without_token, std::nullopt);
}

TEST_F(MysqlCounts, fault_63_every_count_goes_along_the_index) {
    for (const std::string type :
         {"TINYINT(1) NOT NULL", "TINYINT(1) NULL", "BIT(1) NOT NULL", "CHAR(1) NOT NULL"}) {
        SCOPED_TRACE(type);
        server_.reset();
        server_.execute({"ALTER TABLE im_system.user_tokens MODIFY is_revoked " + type, index,
                         insert + "SELECT 1, seq, IF(seq MOD 10 = 0, 1, 0), NOW() + INTERVAL CAST(seq AS "
                                  "SIGNED) - 15000 MINUTE, "
                                  "NOW() FROM im_system.seq_1_to_20000",
                         "ANALYZE TABLE im_system.user_tokens"});
        const auto connection = server_.connect();
        connection->setSchema("im_system");
        const std::unique_ptr<sql::Statement> explain(connection->createStatement());
        const std::unique_ptr<sql::ResultSet> plan(explain->executeQuery(
            "EXPLAIN " +
            count_statement("user_tokens", *revoked_test(type.substr(0, type.find('('))), {true, true})));
        unsigned parts = 0;
        while (plan->next()) {
            if (plan->getString("table") != "user_tokens") continue;
            ++parts;
            const auto how = plan->getString("type").asStdString();
            EXPECT_TRUE(how == "range" || how == "ref") << how;
            EXPECT_EQ(plan->getString("key").asStdString(), "by_state");
            const auto extra = plan->getString("Extra").asStdString();
            EXPECT_THAT(extra, HasSubstr("Using index"));
            EXPECT_THAT(extra, testing::Not(HasSubstr("filesort")));
        }
        EXPECT_EQ(parts, 4u);
    }
}

TEST_F(MysqlCounts, seldom_counts_stand_for_a_while_and_are_taken_anew) {
    settings_.count_users = true;
    issue(1, "a", 300, 1);
    TokenTable table(settings_, now);
    EXPECT_THAT(table.sample({}).issued[0], Optional(1u));
    issue(2, "b", 300, 1);
    issue(3, "over", -1, 1);
    at += 4min;
    const auto soon = table.sample({});
    EXPECT_EQ(count(soon, TokenState::valid), 2u);
    EXPECT_THAT(soon.issued[0], Optional(1u));
    EXPECT_THAT(soon.users_without_token, Optional(0u));
    at += 2min;
    const auto later = table.sample({});
    EXPECT_THAT(later.issued[0], Optional(2u));
    EXPECT_THAT(later.users_without_token, Optional(0u));
    at += 10min;
    EXPECT_THAT(table.sample({}).users_without_token, Optional(1u));
}

TEST_F(MysqlCounts, fault_64_seldom_counts_from_before_a_failure_never_come_back) {
    settings_.count_users = true;
    issue(1, "a", 300, 1);
    TokenTable table(settings_, now);
    EXPECT_THAT(table.sample({}).issued[0], Optional(1u));
    server_.execute({"RENAME TABLE im_system.user_tokens TO im_system.moved"});
    expect_failed(table.sample({}), HasSubstr("unknown table"));
    server_.execute({"RENAME TABLE im_system.moved TO im_system.user_tokens"});
    issue(2, "over", -1, 1);
    issue(3, "b", 300, 120);
    const auto after = table.sample({});
    EXPECT_THAT(after.issued, ElementsAre(Optional(1u), Optional(1u), Optional(0u), Optional(0u)));
    EXPECT_THAT(after.users_without_token, Optional(1u));
}

TEST_F(MysqlCounts, fault_58_a_seldom_count_that_the_limit_ends_takes_nothing_else_away) {
    // Users are read by nothing but the seldom count.
    server_.execute(
        {"RENAME TABLE im_system.user_tokens TO im_system.moved",
         "CREATE VIEW im_system.user_tokens AS SELECT id, user_id + SLEEP(5) AS user_id, token, "
         "is_revoked, expires_at, created_at FROM im_system.moved",
         "INSERT INTO im_system.moved (user_id, token, expires_at) VALUES (1, 'own', " + tomorrow + ")"});
    settings_.count_users = true;
    TokenTable table(settings_, now);
    const WatchedToken own{Secret("own"), {}};
    const auto slow = table.sample(own);
    EXPECT_EQ(count(slow, TokenState::valid), 1u);
    EXPECT_EQ(slow.own, OwnToken::valid);
    EXPECT_THAT(slow.issued[0], Optional(1u));
    EXPECT_EQ(slow.users_without_token, std::nullopt);
    expect_no_query_left();
    // It would be as slow in a quarter of an hour, and is left alone for an hour.
    server_.execute({"CREATE OR REPLACE VIEW im_system.user_tokens AS SELECT * FROM im_system.moved"});
    at += 16min;
    EXPECT_EQ(table.sample(own).users_without_token, std::nullopt);
    at += 45min;
    EXPECT_THAT(table.sample(own).users_without_token, Optional(0u));
}

TEST_F(MysqlCounts, fault_58_a_lookup_of_the_own_token_that_the_limit_ends_takes_no_count_away) {
    server_.execute(
        {"RENAME TABLE im_system.user_tokens TO im_system.moved",
         "CREATE VIEW im_system.user_tokens AS SELECT id, user_id, CONCAT(token, SLEEP(5)) AS token, "
         "is_revoked, expires_at, created_at FROM im_system.moved",
         "INSERT INTO im_system.moved (user_id, token, expires_at) VALUES (1, 'own', " + tomorrow + ")"});
    TokenTable table(settings_, now);
    const WatchedToken own{Secret("own"), {}};
    const auto slow = table.sample(own);
    EXPECT_EQ(count(slow, TokenState::valid), 1u);
    EXPECT_THAT(slow.issued[0], Optional(1u));
    EXPECT_EQ(slow.own, OwnToken::not_looked_up);
    server_.execute({"CREATE OR REPLACE VIEW im_system.user_tokens AS SELECT * FROM im_system.moved"});
    at += 4min;
    EXPECT_EQ(table.sample(own).own, OwnToken::not_looked_up);
    at += 2min;
    EXPECT_EQ(table.sample(own).own, OwnToken::valid);
}

TEST_F(MysqlCounts, fault_61_without_a_created_at_all_else_is_counted) {
    add(1, "own", 0, tomorrow);
    server_.execute({"ALTER TABLE im_system.user_tokens DROP COLUMN created_at"});
    const auto result = sample("own");
    EXPECT_EQ(count(result, TokenState::valid), 1u);
    EXPECT_EQ(result.own, OwnToken::valid);
    EXPECT_THAT(result.issued, Each(Eq(std::nullopt)));
}

TEST_F(MysqlCounts, fault_57_no_sample_locks_a_row_or_waits_for_one) {
    add(1, "own", 0, tomorrow);
    const auto writer = server_.connect();
    writer->setAutoCommit(false);
    const std::unique_ptr<sql::Statement> statement(writer->createStatement());
    statement->execute("UPDATE im_system.user_tokens SET is_revoked = 1");
    settings_.count_users = true;
    TokenTable table(settings_, now);
    const auto result = table.sample(WatchedToken{Secret("own"), {}});
    EXPECT_EQ(count(result, TokenState::valid), 1u);
    EXPECT_EQ(result.own, OwnToken::valid);
    EXPECT_THAT(server_.query("SELECT trx_id FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id IN "
                              "(SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'gatewatch')"),
                IsEmpty());
    writer->rollback();
}

}  // namespace
}  // namespace gatewatch::probes::mysql
