// Time zones of database, backend and rows: which differences are told, and which are none.
#include "probes/mysql/zone_check.hpp"
#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

std::vector<std::string> told(const ZoneFacts& facts) {
    std::vector<std::string> texts;
    for (const auto& each : zone_warnings(facts)) {
        EXPECT_EQ(each.kind, MysqlWarningKind::time_zone);
        EXPECT_NE(each.text.en, each.text.zh);
        texts.push_back(each.text.en);
    }
    return texts;
}

ZoneFacts facts() {
    ZoneFacts facts;
    facts.server = "SYSTEM";
    facts.host = "UTC";
    facts.backend = "+08:00";
    return facts;
}

TEST(MysqlZones, fault_62_zones_that_agree_and_rows_that_fit_call_for_no_word) {
    auto same = facts();
    EXPECT_THAT(told(same), IsEmpty());
    same.server_minus_backend = 0s;
    same.newest_ahead = 5min;  // clocks differ, zones do so by more
    same.own_off = -3min;
    EXPECT_THAT(told(same), IsEmpty());
}

TEST(MysqlZones, fault_62_another_zone_of_the_database_is_named_with_what_helps_by_hand) {
    auto other = facts();
    other.server_minus_backend = -8h;
    EXPECT_THAT(told(other),
                ElementsAre(AllOf(HasSubstr("(SYSTEM = UTC) is 8 h behind the backend's (+08:00)"),
                                  HasSubstr("SET time_zone = '+08:00'"))));
    other.server = "Asia/Kolkata";
    other.server_minus_backend = 5h + 30min;
    EXPECT_THAT(told(other), ElementsAre(HasSubstr("(Asia/Kolkata) is 5 h 30 min ahead of")));
}

TEST(MysqlZones, fault_62_rows_from_the_future_are_a_suspicion) {
    auto future = facts();
    future.newest_ahead = 7h + 59min + 30s;
    EXPECT_THAT(told(future),
                ElementsAre(AllOf(HasSubstr("8 h in the future"), HasSubstr("backend_time_zone"))));
}

TEST(MysqlZones, fault_62_the_row_of_the_own_login_must_be_as_old_as_the_login) {
    auto own = facts();
    own.own_off = -8h + 4s;
    EXPECT_THAT(told(own), ElementsAre(HasSubstr("8 h before the login")));
    own.own_off = 5h + 30min;
    EXPECT_THAT(told(own), ElementsAre(HasSubstr("5 h 30 min after the login")));
    // A backend that gives an old token out again.
    own.own_off = -(2h + 17min);
    EXPECT_THAT(told(own), IsEmpty());
    own.own_off = -24h * 30;
    EXPECT_THAT(told(own), IsEmpty());
    own.own_expired_at_once = true;
    EXPECT_THAT(told(own), ElementsAre(HasSubstr("expired at once")));
}

class MysqlZonesOfAServer : public MysqlTokenTable {
  protected:
    void TearDown() override { server_.execute({"SET GLOBAL time_zone = '+00:00'"}); }
    MysqlSample sample_of_login(const std::string& token) {
        TokenTable table(settings_);
        return table.sample(WatchedToken{Secret(token), system_clock::now()});
    }
};

TEST_F(MysqlZonesOfAServer, fault_62_the_skew_is_that_of_a_session_of_the_servers_own_choice) {
    const auto same = sample();
    EXPECT_EQ(same.zone_skew, 0s);
    EXPECT_THAT(warnings(same, MysqlWarningKind::time_zone), IsEmpty());
    settings_.backend_time_zone = "+08:00";
    const auto behind = sample();
    EXPECT_EQ(behind.zone_skew, -8h);
    EXPECT_THAT(warnings(behind, MysqlWarningKind::time_zone), ElementsAre(HasSubstr("8 h behind")));
    server_.execute({"SET GLOBAL time_zone = '+08:00'"});
    EXPECT_EQ(sample().zone_skew, 0s);
    server_.execute({"SET GLOBAL time_zone = 'SYSTEM'"});
    const std::time_t now = system_clock::to_time_t(system_clock::now());
    std::tm local{};
    ::localtime_r(&now, &local);
    EXPECT_EQ(sample().zone_skew, seconds(local.tm_gmtoff) - 8h);
}

TEST_F(MysqlZonesOfAServer, fault_62_a_backend_further_east_than_configured_shows_in_its_newest_rows) {
    server_.execute(
        {"INSERT INTO im_system.user_tokens (user_id, token, expires_at, created_at) VALUES "
         "(1, 'a', UTC_TIMESTAMP() + INTERVAL 12 HOUR, UTC_TIMESTAMP() + INTERVAL 8 HOUR)"});
    EXPECT_THAT(warnings(sample(), MysqlWarningKind::time_zone), ElementsAre(HasSubstr("8 h in the future")));
    settings_.backend_time_zone = "+08:00";
    server_.execute({"SET GLOBAL time_zone = '+08:00'"});
    EXPECT_THAT(warnings(sample(), MysqlWarningKind::time_zone), IsEmpty());
}

TEST_F(MysqlZonesOfAServer, fault_62_a_backend_further_west_shows_in_the_row_of_the_own_login) {
    // Read in +00:00, written in -05:00 with an hour to live.
    server_.execute(
        {"INSERT INTO im_system.user_tokens (user_id, token, expires_at, created_at) VALUES "
         "(1, 'own', UTC_TIMESTAMP() - INTERVAL 4 HOUR, UTC_TIMESTAMP() - INTERVAL 5 HOUR)"});
    EXPECT_THAT(warnings(sample("own"), MysqlWarningKind::time_zone), IsEmpty());
    const auto result = sample_of_login("own");
    EXPECT_EQ(result.own, OwnToken::expired);
    EXPECT_THAT(warnings(result, MysqlWarningKind::time_zone),
                ElementsAre(HasSubstr("5 h before the login")));
    settings_.backend_time_zone = "-05:00";
    server_.execute({"SET GLOBAL time_zone = '-05:00'"});
    const auto right = sample_of_login("own");
    EXPECT_EQ(right.own, OwnToken::valid);
    EXPECT_THAT(warnings(right, MysqlWarningKind::time_zone), IsEmpty());
}

TEST_F(MysqlZonesOfAServer, fault_62_a_named_zone_needs_the_servers_tables_and_the_error_says_the_way_out) {
    ASSERT_THAT(server_.query("SELECT COUNT(*) FROM mysql.time_zone_name"), ElementsAre("0"));
    settings_.backend_time_zone = "Asia/Shanghai";
    expect_failed(sample(), AllOf(HasSubstr("Asia/Shanghai"), HasSubstr("+08:00")));
}

}  // namespace
}  // namespace gatewatch::probes::mysql
