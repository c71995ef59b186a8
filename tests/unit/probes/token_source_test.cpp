#include "tests/unit/probes/mysql_test_server.hpp"
#include "tests/unit/probes/token_source_fixture.hpp"

namespace gatewatch::probes {
namespace {

TEST_F(TokenSourceTest, without_a_source_no_token_is_sent) {
    EXPECT_EQ(get(*make(std::monostate{})), "none");
}

TEST_F(TokenSourceTest, a_file_is_read_anew_each_time_and_trimmed) {
    const auto source = make(config::TokenFile{file("  first\n")});
    EXPECT_EQ(get(*source), "first");
    file("second\r\n\r\n");
    EXPECT_EQ(get(*source), "second");
}

TEST_F(TokenSourceTest, fault_85_secret_file_missing_empty_or_odd_is_an_error_that_names_it) {
    const auto path = directory_ / "absent";
    const auto source = make(config::TokenFile{path});
    EXPECT_THAT(get(*source), AllOf(HasSubstr("error"), HasSubstr(path.native()), HasSubstr("create it")));
    EXPECT_THAT(get(*make(config::TokenFile{file(" \n")})), AllOf(HasSubstr("error"), HasSubstr("is empty")));
    EXPECT_THAT(get(*make(config::TokenFile{directory_})), HasSubstr("not a regular file"));
    const auto two_lines = get(*make(config::TokenFile{file("planted\nsecret")}));
    EXPECT_THAT(two_lines, AllOf(HasSubstr("more than one line"), Not(HasSubstr("planted"))));
    EXPECT_THAT(get(*make(config::TokenFile{file(std::string(70'000, 'x'))})), HasSubstr("64 KiB"));
}

TEST_F(TokenSourceTest, fault_85_a_world_readable_secret_file_is_read) {
    const auto path = file("token");
    fs::permissions(path, fs::perms::all);
    EXPECT_EQ(get(*make(config::TokenFile{path})), "token");
}

TEST_F(TokenSourceTest, an_environment_variable_is_read_when_asked) {
    const auto source = make(config::TokenEnv{"GATEWATCH_TEST_TOKEN"});
    ::unsetenv("GATEWATCH_TEST_TOKEN");
    EXPECT_THAT(get(*source),
                AllOf(HasSubstr("error"), HasSubstr("GATEWATCH_TEST_TOKEN"), HasSubstr("is not set")));
    ::setenv("GATEWATCH_TEST_TOKEN", " abc ", 1);
    EXPECT_EQ(get(*source), "abc");
    ::setenv("GATEWATCH_TEST_TOKEN", "", 1);
    EXPECT_THAT(get(*source), HasSubstr("is empty"));
}

TEST_F(TokenSourceTest, the_newest_token_of_a_user_comes_from_the_table_and_again_after_a_rejection) {
    auto& server = test::MysqlServer::shared();
    server.reset();
    const auto add = [&](const std::string& token) {
        server.execute({"INSERT INTO im_system.user_tokens (user_id, token, expires_at) VALUES (5, '" +
                        token + "', NOW() + INTERVAL 1 DAY)"});
    };
    add("older");
    mysql::TokenCollector collector(io_.get_executor(), server.settings(), [](const MysqlSample&) {});
    const auto source = make(config::TokenMysql{5}, &collector);
    EXPECT_EQ(get(*source), "older");
    add("newer");
    EXPECT_EQ(get(*source), "older");
    source->rejected();
    fake_now += 1min;
    EXPECT_EQ(get(*source), "newer");
    EXPECT_THAT(get(*make(config::TokenMysql{6}, &collector)), HasSubstr("user 6 has no valid token"));
    EXPECT_THAT(get(*make(config::TokenMysql{6})), HasSubstr("[gateway.mysql]"));
}

}  // namespace
}  // namespace gatewatch::probes
