#include "agent/command_line.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <vector>

namespace gatewatch::agent::test {
namespace {

using testing::HasSubstr;

struct Result {
    int status;
    std::string out, err;
};

Result gatewatch(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "gatewatch");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_command_line(static_cast<int>(arguments.size()), arguments.data());
    std::string out = testing::internal::GetCapturedStdout();
    return {status, std::move(out), testing::internal::GetCapturedStderr()};
}

TEST(CommandLine, EndsWith2ForWrongUsageAndWith3InCheckWhereTwoMeansDown) {
    EXPECT_EQ(gatewatch({}).status, 2);
    EXPECT_EQ(gatewatch({"fly"}).status, 2);
    EXPECT_EQ(gatewatch({"run"}).status, 2);
    EXPECT_EQ(gatewatch({"validate", "--config"}).status, 2);
    EXPECT_EQ(gatewatch({"check"}).status, 3);
    EXPECT_EQ(gatewatch({"check", "--config", "x", "--format", "xml"}).status, 3);
    EXPECT_EQ(gatewatch({"check", "--config", "x", "--lang", "fr"}).status, 3);
}

TEST(CommandLine, PrintsHelpAndVersion) {
    const auto help = gatewatch({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* command : {"run", "check", "validate"}) EXPECT_THAT(help.out, HasSubstr(command));
    const auto version = gatewatch({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_THAT(version.out, testing::MatchesRegex("gatewatch [0-9]+\\.[0-9]+\\.[0-9]+\n"));
    EXPECT_EQ(gatewatch({"check", "--help"}).status, 0);
}

TEST(CommandLine, NamesTheConfigurationFileThatItCannotRead) {
    for (const char* command : {"run", "validate"}) {
        const auto result = gatewatch({command, "--config", "/nonexistent/gatewatch.toml"});
        EXPECT_EQ(result.status, 2) << command;
        EXPECT_THAT(result.err, HasSubstr("/nonexistent/gatewatch.toml"));
    }
    EXPECT_EQ(gatewatch({"check", "--config", "/nonexistent/gatewatch.toml"}).status, 3);
}

TEST(CommandLine, SpeaksTheLanguageOfTheEnvironment) {
    const auto with = [](const char* all, const char* lang) {
        setenv("LC_ALL", all, 1);
        setenv("LANG", lang, 1);
        const Language language = language_of_environment();
        unsetenv("LC_ALL");
        unsetenv("LANG");
        return language;
    };
    unsetenv("LC_MESSAGES");
    EXPECT_EQ(with("", "zh_CN.UTF-8"), Language::zh);
    EXPECT_EQ(with("C.UTF-8", "zh_CN.UTF-8"), Language::en);
    EXPECT_EQ(with("zh_TW", ""), Language::zh);
    EXPECT_EQ(with("", ""), Language::en);
}

}  // namespace
}  // namespace gatewatch::agent::test
