#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/mysql/rights.hpp"
#include "probes/outcome.hpp"
#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

std::string excess(std::string_view line) {
    const auto grant = parse_grant(line);
    return grant ? excess_of(*grant) : "no grant";
}

TEST(MysqlGrants, select_and_usage_are_no_excess_however_they_are_written) {
    for (const auto* line :
         {"GRANT USAGE ON *.* TO `g`@`%` IDENTIFIED BY PASSWORD '*D821809F681A40A6E379B50D0463EFAE20BDD122'",
          "GRANT USAGE ON *.* TO `g`@`%` REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 100",
          "GRANT SELECT ON *.* TO 'g'@'localhost'", "GRANT SELECT ON `im_system`.* TO `g`@`%`",
          "GRANT SELECT (`id`, `user_id`,`token`) ON `im_system`.`user_tokens` TO `g`@`%`",
          "grant select on im_system.user_tokens to g@localhost",
          "GRANT SELECT ON `insert, update`.`on (to`.* TO `grant option`@`%`", "GRANT `reader` TO `g`@`%`"}) {
        EXPECT_EQ(excess(line), "") << line;
    }
}

TEST(MysqlGrants, everything_else_is_named_with_what_it_is_on) {
    EXPECT_EQ(excess("GRANT SELECT, INSERT, UPDATE ON `im_system`.* TO `g`@`%`"),
              "INSERT, UPDATE ON im_system.*");
    EXPECT_EQ(excess("GRANT ALL PRIVILEGES ON *.* TO `g`@`%` IDENTIFIED BY PASSWORD '*D8' WITH GRANT OPTION"),
              "ALL PRIVILEGES, GRANT OPTION ON *.*");
    EXPECT_EQ(excess("GRANT SELECT (`token`, `id`), UPDATE (`token`), INSERT (`id`,`token`) ON "
                     "`im_system`.`user_tokens` TO `g`@`%`"),
              "UPDATE, INSERT ON im_system.user_tokens");
    EXPECT_EQ(excess("GRANT USAGE ON `im_system`.* TO `g`@`%` WITH GRANT OPTION"),
              "GRANT OPTION ON im_system.*");
    EXPECT_EQ(excess("GRANT EXECUTE ON PROCEDURE `im_system`.`p` TO `g`@`%`"),
              "EXECUTE ON PROCEDURE im_system.p");
    EXPECT_EQ(excess("GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION"),
              "PROXY, GRANT OPTION ON ''@'%'");
    // MySQL 8 writes its dynamic rights without blanks.
    EXPECT_EQ(excess("GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `root`@`localhost` WITH GRANT OPTION"),
              "BACKUP_ADMIN, CLONE_ADMIN, GRANT OPTION ON *.*");
    EXPECT_EQ(excess("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD ON *.* TO `root`@`%`"),
              "INSERT, UPDATE, DELETE, CREATE, DROP, … (1) ON *.*");
}

TEST(MysqlGrants, roles_are_told_from_rights) {
    EXPECT_THAT(parse_grant("GRANT `r1`@`%`,`r 2`@`%` TO `g`@`%`")->roles,
                ElementsAre("`r1`@`%`", "`r 2`@`%`"));
    EXPECT_THAT(parse_grant("GRANT `reader` TO `g`@`%` WITH ADMIN OPTION")->roles, ElementsAre("`reader`"));
    EXPECT_THAT(parse_grant("GRANT SELECT ON *.* TO `g`@`%`")->roles, IsEmpty());
}

TEST(MysqlGrants, lines_that_are_no_grant_or_broken_are_passed_over) {
    for (const auto* line :
         {"", "GRANT", "GRANT SELECT", "SET DEFAULT ROLE `r` FOR `g`@`%`",
          "REVOKE INSERT ON `im_system`.* FROM `g`@`%`", "GRANT `unclosed ON x TO y", "((("}) {
        EXPECT_EQ(excess(line), "no grant") << line;
    }
}

class MysqlRights : public MysqlTokenTable {
  protected:
    void TearDown() override {
        server_.execute({"DROP ROLE IF EXISTS watcher", "DROP ROLE IF EXISTS janitor"});
    }

    std::vector<Text> warnings() {
        const auto result = sample();
        EXPECT_TRUE(result.up) << result.detail.en;
        std::vector<Text> found;
        for (const auto& each : result.warnings) {
            if (each.kind == MysqlWarningKind::excess_rights) found.push_back(each.text);
        }
        return found;
    }

    /// The one warning's English text; its statements are there in Chinese too.
    std::string warning() {
        const auto found = warnings();
        EXPECT_EQ(found.size(), 1u);
        if (found.empty()) return {};
        EXPECT_THAT(found[0].zh, HasSubstr("权限超出 SELECT"));
        for (const auto& text : {found[0].en, found[0].zh}) {
            EXPECT_THAT(text, AllOf(Not(HasSubstr("PASSWORD")), Not(HasSubstr("correct horse"))));
            EXPECT_LE(text.size(), max_evidence);
        }
        return found[0].en;
    }
};

TEST_F(MysqlRights, an_account_that_may_only_select_gives_no_warning) {
    EXPECT_THAT(warnings(), IsEmpty());
    server_.execute({"REVOKE SELECT ON im_system.* FROM gatewatch@'%'",
                     "GRANT SELECT (id, user_id, is_revoked, expires_at, created_at, token) ON "
                     "im_system.user_tokens TO gatewatch@'%'"});
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(MysqlRights, more_than_select_is_a_warning_with_the_statements_that_mend_it) {
    server_.execute({"GRANT INSERT, UPDATE (token) ON im_system.user_tokens TO gatewatch@'%'",
                     "GRANT PROCESS ON *.* TO gatewatch@'%'"});
    const auto text = warning();
    EXPECT_THAT(text,
                AllOf(HasSubstr("INSERT, UPDATE ON im_system.user_tokens"), HasSubstr("PROCESS ON *.*")));
    const auto mend = text.substr(text.find("REVOKE"));
    EXPECT_THAT(mend, HasSubstr("GRANT SELECT (id, user_id, is_revoked, expires_at, created_at, token) ON "
                                "im_system.user_tokens TO 'gatewatch'@'%'"));
    const auto border = mend.find("; ");
    ASSERT_NE(border, std::string::npos);
    server_.execute({mend.substr(0, border), mend.substr(border + 2)});
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(MysqlRights, rights_through_a_role_of_a_role_count_even_while_no_role_is_set) {
    server_.execute({"CREATE ROLE janitor", "GRANT DELETE ON im_system.user_tokens TO janitor",
                     "CREATE ROLE watcher", "GRANT SELECT ON im_system.* TO watcher",
                     "GRANT watcher TO gatewatch@'%'"});
    EXPECT_THAT(warnings(), IsEmpty());
    server_.execute({"GRANT janitor TO watcher"});
    EXPECT_THAT(warning(), HasSubstr("DELETE ON im_system.user_tokens"));
}

TEST_F(MysqlRights, another_programs_account_is_left_alone_and_gatewatch_gets_its_own) {
    server_.execute({"DROP USER IF EXISTS backend@'127.0.0.1'",
                     "CREATE USER backend@'127.0.0.1' IDENTIFIED BY 'correct horse'",
                     "GRANT ALL PRIVILEGES ON im_system.* TO backend@'127.0.0.1' WITH GRANT OPTION"});
    settings_.user = "backend";
    EXPECT_THAT(warning(),
                AllOf(HasSubstr("user 'backend'"), HasSubstr("ALL PRIVILEGES, GRANT OPTION ON im_system.*"),
                      HasSubstr("CREATE USER 'gatewatch'@'127.0.0.1'"), Not(HasSubstr("REVOKE"))));
    server_.execute({"DROP USER backend@'127.0.0.1'"});
}

}  // namespace
}  // namespace gatewatch::probes::mysql
