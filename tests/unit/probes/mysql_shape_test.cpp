// What is said of the table's columns and indexes.
#include "probes/mysql/table_shape.hpp"
#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::Not;

steady_clock::time_point at;
steady_clock::time_point now() {
    return at;
}

TableShape good_shape() {
    TableShape shape;
    shape.is_table = true;
    shape.rows = 10'000'000;
    shape.columns = {{"id", {"int", false, "", 0}},
                     {"is_revoked", {"tinyint", false, "", 0}},
                     {"expires_at", {"datetime", false, "", 0}},
                     {"created_at", {"datetime", false, "", 0}},
                     {"token", {"varchar", false, "utf8mb4_bin", 2048}}};
    shape.indexes = {{{"id"}, true}, {{"token"}, true}, {{"is_revoked", "expires_at"}, true}};
    return shape;
}

std::vector<std::string> judged(const TableShape& shape) {
    std::vector<std::string> texts;
    for (const auto& each : judge(shape, {})) {
        texts.push_back(std::string(name_of(each.kind)) + (each.minor ? ", minor: " : ": ") + each.text.en);
        EXPECT_NE(each.text.en, each.text.zh);
    }
    return texts;
}

TEST(MysqlShape, a_table_as_it_should_be_calls_for_no_word) {
    EXPECT_THAT(judged(good_shape()), IsEmpty());
}

TEST(MysqlShape, a_missing_index_is_named_by_the_statement_that_makes_it) {
    auto shape = good_shape();
    shape.indexes = {{{"id"}, true}, {{"is_revoked"}, true}, {{"expires_at", "is_revoked"}, true}};
    const auto texts = judged(shape);
    EXPECT_THAT(texts,
                ElementsAre(HasSubstr("CREATE INDEX by_state ON `im_system`.`user_tokens` (is_revoked, "
                                      "expires_at)"),
                            HasSubstr("CREATE INDEX by_token ON `im_system`.`user_tokens` (token)")));
    EXPECT_THAT(texts, testing::Each(testing::StartsWith("missing_index: ")));
    EXPECT_THAT(texts.front(), HasSubstr("10000000 rows"));
}

TEST(MysqlShape, in_a_small_table_a_missing_index_is_a_note) {
    auto shape = good_shape();
    shape.indexes.pop_back();
    shape.rows = 100'000;
    EXPECT_THAT(judged(shape), ElementsAre(testing::StartsWith("missing_index, minor: ")));
}

TEST(MysqlShape, an_index_of_more_columns_serves_and_one_without_an_order_only_for_lookups) {
    auto shape = good_shape();
    shape.indexes = {{{"token"}, false}, {{"is_revoked", "expires_at", "user_id"}, true}};
    EXPECT_THAT(judged(shape), IsEmpty());
    shape.indexes.back().ordered = false;
    EXPECT_THAT(judged(shape), ElementsAre(HasSubstr("by_state")));
}

TEST(MysqlShape, a_token_that_is_too_long_for_an_index_gets_one_on_its_beginning) {
    auto shape = good_shape();
    shape.columns["token"] = {"text", false, "utf8mb4_bin", 65535};
    shape.indexes.erase(shape.indexes.begin() + 1);
    EXPECT_THAT(judged(shape), ElementsAre(HasSubstr("(token(255))")));
}

TEST(MysqlShape, of_a_view_or_of_columns_that_may_not_be_read_nothing_is_claimed) {
    EXPECT_THAT(judged({}), IsEmpty());
    auto shape = good_shape();
    shape.columns.erase("token");
    shape.indexes.erase(shape.indexes.begin() + 1);
    EXPECT_THAT(judged(shape), IsEmpty());
}

TEST(MysqlShape, fault_61_types_and_collations_that_mislead_are_told) {
    auto shape = good_shape();
    shape.columns["created_at"].type = "varchar";
    shape.columns["expires_at"].nullable = true;
    shape.columns["token"].collation = "utf8mb4_0900_ai_ci";
    EXPECT_THAT(judged(shape), ElementsAre(AllOf(HasSubstr("schema: "), HasSubstr("created_at")),
                                           AllOf(HasSubstr("schema, minor: "), HasSubstr("expires_at")),
                                           AllOf(HasSubstr("collation, minor: "), HasSubstr("0900_ai_ci"))));
    shape = good_shape();
    shape.columns["token"] = {"bigint", false, "", 0};
    EXPECT_THAT(judged(shape), ElementsAre(AllOf(HasSubstr("schema: "), HasSubstr("bigint"))));
}

class MysqlShapeOfATable : public MysqlTokenTable {
  protected:
    TableShape shape() {
        const auto connection = server_.connect();
        return read_shape(*connection, settings_);
    }
};

TEST_F(MysqlShapeOfATable, the_server_tells_types_collations_and_indexes) {
    server_.execute({"ALTER TABLE im_system.user_tokens ADD INDEX By_State (IS_REVOKED, expires_at)",
                     "ALTER TABLE im_system.user_tokens ADD FULLTEXT INDEX words (token)"});
    const auto seen = shape();
    EXPECT_TRUE(seen.is_table);
    EXPECT_TRUE(seen.rows.has_value());
    ASSERT_NE(seen.find("token"), nullptr);
    EXPECT_EQ(seen.find("token")->collation, "utf8mb4_general_ci");
    EXPECT_EQ(seen.find("token")->bytes, 2048u);
    EXPECT_TRUE(seen.find("expires_at")->nullable);
    EXPECT_FALSE(seen.find("is_revoked")->nullable);
    EXPECT_EQ(seen.find("created_at")->type, "datetime");
    EXPECT_TRUE(seen.has_index({"id"}));
    EXPECT_TRUE(seen.has_index({"token"}));
    EXPECT_TRUE(seen.has_index({"is_revoked", "expires_at"}));
    EXPECT_EQ(seen.indexes.size(), 3u);
    EXPECT_FALSE(lacks_count_index(seen));
}

TEST_F(MysqlShapeOfATable, the_rights_that_counting_needs_are_enough_for_it) {
    server_.execute(
        {"REVOKE SELECT ON im_system.* FROM gatewatch@'%'",
         "GRANT SELECT (id, user_id, is_revoked, expires_at, created_at) ON im_system.user_tokens "
         "TO gatewatch@'%'"});
    const auto result = sample();
    EXPECT_THAT(warnings(result, MysqlWarningKind::missing_index, true), ElementsAre(HasSubstr("by_state")));
    EXPECT_THAT(warnings(result, MysqlWarningKind::collation, true), IsEmpty());
}

TEST_F(MysqlShapeOfATable, the_index_is_looked_for_anew_every_few_minutes) {
    TokenTable table(settings_, now);
    EXPECT_THAT(warnings(table.sample({}), MysqlWarningKind::missing_index, true), testing::SizeIs(1));
    server_.execute({"CREATE INDEX by_state ON im_system.user_tokens (is_revoked, expires_at)"});
    at += 6min;
    EXPECT_THAT(warnings(table.sample({}), MysqlWarningKind::missing_index, true), IsEmpty());
}

TEST_F(MysqlShapeOfATable, another_letter_case_that_the_backend_takes_for_the_own_token_is_told) {
    add(1, "Abc", 0, tomorrow);
    EXPECT_THAT(warnings(sample("Abc"), MysqlWarningKind::collation), IsEmpty());
    EXPECT_THAT(warnings(sample("none"), MysqlWarningKind::collation), IsEmpty());
    const auto other = sample("aBC");
    EXPECT_EQ(other.own, OwnToken::absent);
    EXPECT_THAT(warnings(other, MysqlWarningKind::collation), ElementsAre(HasSubstr("letter case")));
    add(2, "aBC", 0, tomorrow);
    EXPECT_EQ(sample("aBC").own, OwnToken::valid);
}

TEST_F(MysqlShapeOfATable, fault_63_without_the_index_a_count_that_takes_too_long_names_it_and_waits) {
    // Each row takes some hundredths of a second to read, as if there were a million of them.
    server_.execute(
        {"ALTER TABLE im_system.user_tokens DROP COLUMN is_revoked, ADD COLUMN is_revoked TINYINT AS "
         "(LENGTH(SHA2(REPEAT(user_id, 16000000), 512)) <> 128) VIRTUAL",
         "INSERT INTO im_system.user_tokens (user_id, token, expires_at) SELECT seq MOD 9, seq, NOW() "
         "FROM im_system.seq_1_to_500"});
    TokenTable table(settings_, now);
    const auto named = AllOf(HasSubstr("read limit reached"), HasSubstr("CREATE INDEX by_state ON "));
    expect_failed(table.sample({}), named);
    expect_no_query_left();
    server_.execute({"DELETE FROM im_system.user_tokens"});
    at += 4min;
    expect_failed(table.sample({}), named);
    at += 2min;
    EXPECT_EQ(count(table.sample({}), TokenState::valid), 0u);
}

TEST_F(MysqlShapeOfATable, fault_63_once_the_index_is_there_counting_goes_on_at_once) {
    server_.execute(
        {"ALTER TABLE im_system.user_tokens DROP COLUMN is_revoked, ADD COLUMN is_revoked TINYINT AS "
         "(LENGTH(SHA2(REPEAT(user_id, 16000000), 512)) <> 128) VIRTUAL",
         "INSERT INTO im_system.user_tokens (user_id, token, expires_at) SELECT seq MOD 9, seq, NOW() "
         "FROM im_system.seq_1_to_500"});
    TokenTable table(settings_, now);
    expect_failed(table.sample({}), HasSubstr("read limit reached"));
    server_.execute({"DELETE FROM im_system.user_tokens",
                     "CREATE INDEX by_state ON im_system.user_tokens (is_revoked, expires_at)"});
    EXPECT_EQ(count(table.sample({}), TokenState::valid), 0u);
}

TEST_F(MysqlShapeOfATable, fault_63_in_a_large_table_the_missing_index_is_a_warning) {
    server_.execute(
        {"INSERT INTO im_system.user_tokens (user_id, token, expires_at) SELECT 1, seq, NOW() FROM "
         "im_system.seq_1_to_150000",
         "ANALYZE TABLE im_system.user_tokens"});
    EXPECT_THAT(warnings(sample(), MysqlWarningKind::missing_index), ElementsAre(HasSubstr("by_state")));
}

}  // namespace
}  // namespace gatewatch::probes::mysql
