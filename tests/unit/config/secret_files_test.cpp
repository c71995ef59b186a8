// Secret files may come later, so what is wrong with one is a warning and never keeps the agent from
// starting.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/loader.hpp"
#include "problems.hpp"

namespace gatewatch::config {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SecretFiles : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "gatewatch-secret-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::filesystem::path token() const { return folder_ / "token"; }

    void write(const std::string& content, ::mode_t mode) {
        std::ofstream(token()) << content;
        ASSERT_EQ(::chmod(token().c_str(), mode), 0);
    }

    /// The warnings about a gateway with that in its [gateway.token].
    static std::vector<std::string> warnings(const std::string& key_and_value) {
        const auto loaded = load_text(
            "[[gateway]]\nname = \"im\"\n[[gateway.route]]\nname = \"local\"\n"
            "url = \"http://localhost:7002\"\n[gateway.token]\n" +
                key_and_value,
            "file");
        if (loaded) return test::texts(loaded->warnings);
        for (const auto& line : test::texts(loaded.error())) ADD_FAILURE() << line;
        return {};
    }
    [[nodiscard]] std::vector<std::string> token_warnings() const {
        return warnings("file = \"" + token().string() + "\"");
    }

    std::filesystem::path folder_;
};

TEST_F(SecretFiles, fault_85_a_good_one_gives_no_warning) {
    write("t0ken\n", 0640);
    EXPECT_THAT(token_warnings(), IsEmpty());
}

TEST_F(SecretFiles, fault_85_a_missing_one_is_a_warning_with_its_place) {
    EXPECT_THAT(token_warnings(),
                ElementsAre("file:7:8: file: there is no file \"" + token().string() + "\" yet; create it"));
}

TEST_F(SecretFiles, fault_85_an_empty_one_is_a_warning) {
    write(" \n\n", 0600);
    EXPECT_THAT(token_warnings(), ElementsAre(HasSubstr("is empty; write the secret into it")));
}

TEST_F(SecretFiles, fault_85_a_world_readable_one_is_a_warning_and_its_content_is_not_shown) {
    write("hunter2", 0644);
    const auto given = token_warnings();
    ASSERT_THAT(given, ElementsAre(HasSubstr("every user of this machine can read or change")));
    EXPECT_FALSE(given.front().contains("hunter2"));
}

TEST_F(SecretFiles, fault_85_a_directory_a_pipe_and_a_path_below_a_file_are_warnings) {
    std::filesystem::create_directory(token());
    EXPECT_THAT(token_warnings(), ElementsAre(HasSubstr("is no regular file")));
    std::filesystem::remove(token());
    ASSERT_EQ(::mkfifo(token().c_str(), 0600), 0);
    EXPECT_THAT(token_warnings(), ElementsAre(HasSubstr("is no regular file")));
    std::filesystem::remove(token());
    write("x", 0600);
    EXPECT_THAT(warnings("file = \"" + token().string() + "/below\""),
                ElementsAre(HasSubstr("cannot be reached")));
}

TEST_F(SecretFiles, fault_85_one_that_the_user_may_not_read_is_a_warning) {
    ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
    write("x", 0000);
    // Rights do not bind root, so it asks as nobody.
    const bool root = ::geteuid() == 0;
    if (root) ASSERT_EQ(::seteuid(65534), 0);
    const auto given = token_warnings();
    if (root) ASSERT_EQ(::seteuid(0), 0);
    EXPECT_THAT(given, ElementsAre(AnyOf(HasSubstr("let the user that runs gatewatch read it"),
                                         HasSubstr("cannot be reached: Permission denied"))));
}

TEST_F(SecretFiles, fault_85_every_key_that_names_one_is_checked) {
    const auto path = token().string();
    EXPECT_THAT(
        warnings(
            "login = { url = \"http://localhost:7002/auth/login\", username = \"probe\", password_file = \"" +
            path + "\" }"),
        ElementsAre(HasSubstr("password_file: there is no file")));
    EXPECT_THAT(warnings("mysql_user_id = 1\n[gateway.mysql]\nuser = \"gatewatch\"\npassword_file = \"" +
                         path + "\""),
                ElementsAre(HasSubstr("password_file: there is no file")));
}

TEST_F(SecretFiles, fault_85_a_variable_that_is_not_set_is_a_warning) {
    ASSERT_EQ(::unsetenv("GATEWATCH_TEST_TOKEN"), 0);
    EXPECT_THAT(warnings("env = \"GATEWATCH_TEST_TOKEN\""),
                ElementsAre(HasSubstr("GATEWATCH_TEST_TOKEN is not set")));
    ASSERT_EQ(::setenv("GATEWATCH_TEST_TOKEN", "hunter2", 1), 0);
    EXPECT_THAT(warnings("env = \"GATEWATCH_TEST_TOKEN\""), IsEmpty());
    ASSERT_EQ(::unsetenv("GATEWATCH_TEST_TOKEN"), 0);
}

}  // namespace
}  // namespace gatewatch::config
