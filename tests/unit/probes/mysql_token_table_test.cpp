#include <cstdlib>
#include <ctime>

#include "probes/mysql/queries.hpp"
#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

using std::chrono::system_clock;

TEST_F(MysqlTokenTable, counts_revoked_first_then_expired_then_valid) {
    add(1, "a", 0, tomorrow);
    add(1, "b", 0, tomorrow);
    add(2, "c", 0, yesterday);
    add(2, "d", 1, yesterday);
    add(3, "e", 1, tomorrow);
    add(3, "f", 1, tomorrow);
    const auto result = sample();
    EXPECT_EQ(count(result, TokenState::valid), 2u);
    EXPECT_EQ(count(result, TokenState::expired), 1u);
    EXPECT_EQ(count(result, TokenState::revoked), 3u);
    EXPECT_EQ(result.detail.en, "");
}

TEST_F(MysqlTokenTable, reads_over_the_unix_socket_and_by_name_too) {
    add(1, "a", 0, tomorrow);
    settings_.socket = server_.socket();
    EXPECT_EQ(count(sample(), TokenState::valid), 1u);
    settings_.socket.reset();
    settings_.address = "localhost:" + std::to_string(server_.port());
    EXPECT_EQ(count(sample(), TokenState::valid), 1u);
}

TEST_F(MysqlTokenTable, fault_63_an_empty_table_has_zero_of_each) {
    const auto result = sample("nothing");
    for (const auto state : all_of<TokenState>()) EXPECT_EQ(count(result, state), 0u);
    EXPECT_EQ(result.own, OwnToken::absent);
}

TEST_F(MysqlTokenTable, fault_63_counting_stops_at_the_cap_and_says_so) {
    server_.execute(
        {"INSERT INTO im_system.user_tokens (user_id, token, is_revoked, expires_at) "
         "SELECT 1, seq, 0, NOW() - INTERVAL 1 DAY FROM im_system.seq_1_to_40001"});
    add(1, "own", 0, tomorrow);
    const auto result = sample();
    EXPECT_EQ(count(result, TokenState::expired), count_cap);
    EXPECT_TRUE(result.capped[static_cast<std::size_t>(TokenState::expired)]);
    EXPECT_EQ(count(result, TokenState::valid), 1u);
    EXPECT_FALSE(result.capped[static_cast<std::size_t>(TokenState::valid)]);
}

TEST_F(MysqlTokenTable, fault_61_a_row_without_expiry_is_neither_valid_nor_expired) {
    add(1, "a", 0, "NULL");
    add(1, "b", 0, tomorrow);
    const auto result = sample("a");
    EXPECT_EQ(count(result, TokenState::valid), 1u);
    EXPECT_EQ(count(result, TokenState::expired), 0u);
    EXPECT_EQ(result.own, OwnToken::not_looked_up);
    EXPECT_THAT(warnings(result, MysqlWarningKind::schema),
                ElementsAre(AllOf(HasSubstr("1 row has no expires_at"), HasSubstr("schema mismatch"),
                                  HasSubstr("'im_system.user_tokens'"))));
    add(1, "c", 0, "NULL");
    EXPECT_THAT(warnings(sample("a"), MysqlWarningKind::schema),
                ElementsAre(HasSubstr("2 rows have no expires_at and count as neither")));
}

TEST_F(MysqlTokenTable, fault_61_is_revoked_may_be_a_number_a_bit_or_text) {
    for (const std::string type :
         {"TINYINT(1)", "BOOLEAN", "BIT(1)", "CHAR(1)", "VARCHAR(5)", "INT UNSIGNED"}) {
        SCOPED_TRACE(type);
        server_.reset();
        server_.execute({"ALTER TABLE im_system.user_tokens MODIFY is_revoked " + type + " NULL"});
        const bool text = type.find("CHAR") != std::string::npos;
        server_.execute(
            {std::string(
                 "INSERT INTO im_system.user_tokens (user_id, token, is_revoked, expires_at) VALUES ") +
             (text ? "(1, 'live', '0', " : "(1, 'live', 0, ") + tomorrow + "), " +
             (text ? "(1, 'gone', '1', " : "(1, 'gone', 1, ") + tomorrow + "), " + "(1, 'null', NULL, " +
             tomorrow + ")"});
        const auto result = sample("gone");
        EXPECT_EQ(count(result, TokenState::valid), 1u);
        EXPECT_EQ(count(result, TokenState::revoked), 2u);
        EXPECT_EQ(result.own, OwnToken::revoked);
        EXPECT_EQ(sample("live").own, OwnToken::valid);
    }
}

TEST_F(MysqlTokenTable, fault_61_text_that_is_no_number_is_not_taken_for_live) {
    server_.execute({"ALTER TABLE im_system.user_tokens MODIFY is_revoked CHAR(1)",
                     "INSERT INTO im_system.user_tokens (user_id, token, is_revoked, expires_at) "
                     "VALUES (1, 'y', 'Y', NOW() + INTERVAL 1 DAY)"});
    EXPECT_EQ(count(sample(), TokenState::valid), 0u);
    EXPECT_EQ(count(sample(), TokenState::revoked), 1u);
}

TEST_F(MysqlTokenTable, fault_61_types_that_cannot_be_counted_are_a_schema_mismatch) {
    server_.execute({"ALTER TABLE im_system.user_tokens MODIFY is_revoked DATE NULL"});
    expect_failed(sample(), AllOf(HasSubstr("schema mismatch"), HasSubstr("is_revoked"), HasSubstr("DATE")));
    server_.reset();
    server_.execute({"ALTER TABLE im_system.user_tokens MODIFY expires_at BIGINT"});
    expect_failed(sample(),
                  AllOf(HasSubstr("schema mismatch"), HasSubstr("expires_at"), HasSubstr("BIGINT")));
}

TEST_F(MysqlTokenTable, fault_62_expiry_is_read_in_the_backends_zone_whatever_the_databases_own_is) {
    // Written by a backend in +08:00: an hour from now there, and eight hours further on for a reader in UTC.
    add(1, "own", 0, "UTC_TIMESTAMP() + INTERVAL 9 HOUR");
    const auto now = system_clock::now();
    settings_.backend_time_zone = "+08:00";
    const auto result = sample("own");
    EXPECT_EQ(count(result, TokenState::valid), 1u);
    ASSERT_TRUE(result.own_expiry.has_value());
    EXPECT_LT(std::chrono::abs(*result.own_expiry - (now + std::chrono::hours(1))), seconds(30));

    settings_.backend_time_zone = "+10:00";
    EXPECT_EQ(count(sample(), TokenState::expired), 1u);
    settings_.backend_time_zone = "-05:30";
    const auto west = sample("own");
    EXPECT_EQ(count(west, TokenState::valid), 1u);
    EXPECT_LT(std::chrono::abs(*west.own_expiry - (now + std::chrono::minutes(14 * 60 + 30))), seconds(30));
}

TEST_F(MysqlTokenTable, fault_62_without_a_configured_zone_that_of_this_host_is_taken) {
    const char* before = std::getenv("TZ");
    const std::string saved = before != nullptr ? before : "";
    ::setenv("TZ", "XXX-08:00", 1);  // POSIX: eight hours east of UTC
    ::tzset();
    settings_.backend_time_zone.clear();
    add(1, "own", 0, "UTC_TIMESTAMP() + INTERVAL 7 HOUR");
    const auto result = sample();
    before != nullptr ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
    EXPECT_EQ(count(result, TokenState::expired), 1u);
}

TEST_F(MysqlTokenTable, fault_62_a_zone_that_the_database_does_not_know_is_named_with_the_way_out) {
    settings_.backend_time_zone = "Asia/Nowhere";
    expect_failed(sample(), AllOf(HasSubstr("Asia/Nowhere"), HasSubstr("+08:00")));
}

TEST_F(MysqlTokenTable, an_expiry_after_2038_is_told_too) {
    add(1, "own", 0, "'2099-01-01 00:00:00'");
    const auto result = sample("own");
    ASSERT_TRUE(result.own_expiry.has_value());
    using namespace std::chrono_literals;
    const WallTime expected = std::chrono::sys_days(2099y / 1 / 1);
    EXPECT_LT(std::chrono::abs(*result.own_expiry - expected), seconds(3));
}

TEST_F(MysqlTokenTable, the_probes_own_token_is_found_with_its_state) {
    add(7, "good", 0, tomorrow);
    add(8, "old", 0, yesterday);
    add(9, "bad", 1, yesterday);
    EXPECT_EQ(sample("good").own, OwnToken::valid);
    EXPECT_EQ(sample("old").own, OwnToken::expired);
    EXPECT_EQ(sample("bad").own, OwnToken::revoked);
    EXPECT_EQ(sample("none").own, OwnToken::absent);
    EXPECT_EQ(sample().own, OwnToken::not_looked_up);
}

TEST_F(MysqlTokenTable, letter_case_and_trailing_blanks_make_another_token) {
    add(1, "Abc", 0, tomorrow);
    EXPECT_EQ(sample("abc").own, OwnToken::absent);
    EXPECT_EQ(sample("Abc ").own, OwnToken::absent);
    EXPECT_EQ(sample("Abc").own, OwnToken::valid);
}

TEST_F(MysqlTokenTable, the_exact_lookup_still_uses_the_index) {
    server_.execute(
        {"INSERT INTO im_system.user_tokens (user_id, token) SELECT 1, seq FROM im_system.seq_1_to_1000"});
    auto statement = own_token_statement("user_tokens", *revoked_test("TINYINT"), true);
    for (auto at = statement.find('?'); at != std::string::npos; at = statement.find('?'))
        statement.replace(at, 1, "'17'");
    const auto connection = server_.connect();
    connection->setSchema("im_system");
    const std::unique_ptr<sql::Statement> explain(connection->createStatement());
    const std::unique_ptr<sql::ResultSet> plan(explain->executeQuery("EXPLAIN " + statement));
    ASSERT_TRUE(plan->next());
    EXPECT_EQ(plan->getString("key").asStdString(), "by_token");
}

TEST_F(MysqlTokenTable, counts_stand_when_the_tokens_themselves_may_not_be_read) {
    add(1, "own", 0, tomorrow);
    server_.execute(
        {"REVOKE SELECT ON im_system.* FROM gatewatch@'%'",
         "GRANT SELECT (id, user_id, is_revoked, expires_at, created_at) ON im_system.user_tokens "
         "TO gatewatch@'%'"});
    const auto result = sample("own");
    EXPECT_EQ(count(result, TokenState::valid), 1u);
    EXPECT_EQ(result.own, OwnToken::not_looked_up);
    const auto token = TokenTable(settings_).newest_valid(1);
    ASSERT_FALSE(token.has_value());
    EXPECT_THAT(token.error().en, HasSubstr("expires_at, created_at, token) ON im_system.user_tokens"));
}

TEST_F(MysqlTokenTable, the_two_clocks_of_one_host_agree) {
    const auto result = sample();
    ASSERT_TRUE(result.clock_skew.has_value());
    EXPECT_LE(std::chrono::abs(*result.clock_skew), seconds(1));
}

TEST_F(MysqlTokenTable, the_newest_valid_token_of_a_user_is_fetched) {
    add(1, "first", 0, tomorrow);
    add(1, "second", 0, tomorrow);
    add(1, "revoked", 1, tomorrow);
    add(1, "expired", 0, yesterday);
    add(2, "other", 0, tomorrow);
    TokenTable table(settings_);
    const auto token = table.newest_valid(1);
    ASSERT_TRUE(token.has_value()) << token.error().en;
    EXPECT_EQ(token->reveal(), "second");
    const auto none = table.newest_valid(3);
    ASSERT_FALSE(none.has_value());
    EXPECT_THAT(none.error().en, AllOf(HasSubstr("user 3"), HasSubstr("log in")));
}

}  // namespace
}  // namespace gatewatch::probes::mysql
