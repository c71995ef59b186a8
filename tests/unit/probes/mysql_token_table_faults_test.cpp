#include <memory>
#include <vector>

#include "probes/mysql/fault_text.hpp"
#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

using std::chrono::steady_clock;

TEST_F(MysqlTokenTable, fault_56_access_denied_says_which_user_and_never_the_password) {
    server_.execute({"ALTER USER gatewatch@'%' IDENTIFIED BY 'another'"});
    expect_failed(sample(), AllOf(HasSubstr(settings_.address), HasSubstr("access denied"),
                                  HasSubstr("'gatewatch'"), HasSubstr("password_file")));
}

TEST_F(MysqlTokenTable, fault_56_unknown_database_table_and_column_are_told_apart) {
    server_.execute({"GRANT SELECT ON *.* TO gatewatch@'%'"});
    settings_.database = "nowhere";
    expect_failed(sample(), HasSubstr("unknown database 'nowhere'"));
    settings_.database = "im_system";
    settings_.table = "no_tokens";
    expect_failed(sample(), HasSubstr("unknown table 'im_system.no_tokens'"));
    settings_.table = "user_tokens";
    server_.execute({"ALTER TABLE im_system.user_tokens DROP COLUMN expires_at"});
    expect_failed(sample(), AllOf(HasSubstr("Unknown column"), HasSubstr("expires_at")));
}

TEST_F(MysqlTokenTable, fault_56_a_user_without_rights_learns_which_it_needs) {
    server_.execute({"REVOKE SELECT ON im_system.* FROM gatewatch@'%'"});
    expect_failed(sample(), HasSubstr("GRANT SELECT"));
}

TEST_F(MysqlTokenTable, fault_56_a_locked_account_and_an_expired_password_are_told_apart) {
    server_.execute({"ALTER USER gatewatch@'%' ACCOUNT LOCK"});
    expect_failed(sample(), HasSubstr("ACCOUNT UNLOCK"));
    server_.execute({"ALTER USER gatewatch@'%' ACCOUNT UNLOCK PASSWORD EXPIRE"});
    expect_failed(sample(),
                  AllOf(HasSubstr("has expired"), HasSubstr("ALTER USER 'gatewatch'@'HOST' IDENTIFIED BY "
                                                            "'…' PASSWORD EXPIRE NEVER")));
    server_.execute({"ALTER USER 'gatewatch' IDENTIFIED BY 'correct horse' PASSWORD EXPIRE NEVER"});
    EXPECT_TRUE(sample().up);
}

TEST_F(MysqlTokenTable, fault_85_a_password_file_that_cannot_be_read_is_named) {
    settings_.password_file = server_.directory() / "no-such-file";
    expect_failed(sample(), AllOf(HasSubstr("no-such-file"), HasSubstr("create it")));
}

TEST_F(MysqlTokenTable, a_refused_connection_and_a_missing_socket_are_called_so) {
    settings_.address = "127.0.0.1:" + std::to_string(test::free_port());
    expect_unreachable(sample(), AllOf(HasSubstr(settings_.address), HasSubstr("connection refused")));
    settings_.socket = server_.directory() / "no-socket";
    expect_unreachable(sample(), AllOf(HasSubstr("no-socket"), HasSubstr("no such socket")));
}

TEST_F(MysqlTokenTable, fault_55_mute_at_connect_ends_by_the_connect_timeout) {
    const test::MuteListener mute;
    settings_.address = "127.0.0.1:" + std::to_string(mute.port());
    const auto since = steady_clock::now();
    expect_unreachable(sample(), AllOf(HasSubstr("no answer within 2 s"), HasSubstr("connecting")));
    EXPECT_LT(steady_clock::now() - since, seconds(3));
}

TEST_F(MysqlTokenTable, fault_57_metadata_lock_is_called_a_lock_and_leaves_no_query_running) {
    add(1, "a", 0, tomorrow);
    TokenTable table(settings_);
    {
        const auto holder = server_.connect();
        const std::unique_ptr<sql::Statement> statement(holder->createStatement());
        statement->execute("LOCK TABLES im_system.user_tokens WRITE");
        const auto since = steady_clock::now();
        expect_unreachable(table.sample({}), AllOf(HasSubstr("locked"), HasSubstr("SHOW PROCESSLIST")));
        EXPECT_LT(steady_clock::now() - since, seconds(2));
        expect_no_query_left();
    }
    EXPECT_EQ(count(table.sample({}), TokenState::valid), 1u);
}

TEST_F(MysqlTokenTable, fault_58_slow_query_is_ended_by_the_server_before_the_client_gives_up) {
    add(1, "a", 0, tomorrow);
    server_.execute(
        {"CREATE VIEW im_system.slow_tokens AS SELECT * FROM im_system.user_tokens WHERE SLEEP(5) = 0"});
    settings_.table = "slow_tokens";
    const auto since = steady_clock::now();
    expect_unreachable(sample(), HasSubstr("read limit reached"));
    EXPECT_LT(steady_clock::now() - since, seconds(2));
    expect_no_query_left();
}

TEST_F(MysqlTokenTable, fault_60_a_limit_of_the_own_account_is_not_taken_for_a_full_server) {
    server_.execute({"ALTER USER gatewatch@'%' WITH MAX_QUERIES_PER_HOUR 3"});
    const auto mend = [](std::string_view host) {
        return fmt::format(
            "ALTER USER 'gatewatch'@'{}' WITH MAX_QUERIES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 "
            "MAX_USER_CONNECTIONS 0",
            host);
    };
    expect_failed(sample(), AllOf(HasSubstr("'gatewatch' has exceeded"), HasSubstr(mend("HOST"))));
    server_.execute({mend("%")});
    EXPECT_TRUE(sample().up);
}

TEST(MysqlLimit, fault_58_mysqls_limit_is_known_in_the_middle_of_a_sort_too) {
    const auto text = [](std::string message) {
        return describe({.code = 1028, .message = std::move(message), .reached = {}}, {});
    };
    const std::string limit = "Query execution was interrupted, maximum statement execution time exceeded";
    EXPECT_TRUE(read_limit_reached(1028, "Sort aborted: " + limit));
    EXPECT_TRUE(text("Sort aborted: " + limit).unreachable);
    EXPECT_THAT(text("Sort aborted: " + limit).text.en, HasSubstr("read limit reached"));
    EXPECT_FALSE(read_limit_reached(1028, "Sort aborted: Query execution was interrupted"));
    EXPECT_THAT(text("Sort aborted: Server shutdown in progress").text.en, HasSubstr("error 1028"));
}

TEST_F(MysqlTokenTable, fault_60_too_many_connections_is_called_so) {
    server_.execute({"SET GLOBAL max_connections = 10"});
    std::vector<std::unique_ptr<sql::Connection>> held;
    // Root has one place of its own beyond the limit; ten hold the ordinary ones.
    for (int i = 0; i < 10; ++i) held.push_back(server_.connect());
    expect_unreachable(sample(), HasSubstr("too many connections"));
    held.clear();
    server_.execute({"SET GLOBAL max_connections = 151"});
}

}  // namespace
}  // namespace gatewatch::probes::mysql
