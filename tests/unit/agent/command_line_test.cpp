#include "agent/command_line.hpp"

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "command_line_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::HasSubstr;

TEST(CommandLine, EndsWith2ForWrongUsageAndWith3InCheckWhereTwoMeansDown) {
    EXPECT_EQ(gatewatch({}).status, 2);
    EXPECT_EQ(gatewatch({"fly"}).status, 2);
    EXPECT_EQ(gatewatch({"run"}).status, 2);
    EXPECT_EQ(gatewatch({"validate", "--config"}).status, 2);
    for (const char* command : {"token", "lint-nginx", "collect"}) {
        EXPECT_EQ(gatewatch({command}).status, 2) << command;
        EXPECT_EQ(gatewatch({command, "--config", "x", "--lang", "fr"}).status, 2) << command;
    }
    EXPECT_EQ(gatewatch({"token", "--config", "x", "--format", "nagios"}).status, 2);
    EXPECT_EQ(gatewatch({"token", "--config", "x", "--recent", "0"}).status, 2);
    EXPECT_EQ(gatewatch({"check"}).status, 3);
    EXPECT_EQ(gatewatch({"check", "--config", "x", "--format", "xml"}).status, 3);
    EXPECT_EQ(gatewatch({"check", "--config", "x", "--lang", "fr"}).status, 3);
}

TEST(CommandLine, PrintsHelpAndVersion) {
    const auto help = gatewatch({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* command : {"run", "check", "token", "lint-nginx", "collect", "validate"}) {
        EXPECT_THAT(help.out, HasSubstr(std::string("\n  ") + command));
        const auto of_command = gatewatch({command, "--help"});
        EXPECT_EQ(of_command.status, 0) << command;
        EXPECT_THAT(of_command.out, HasSubstr("--config")) << command;
    }
    const auto version = gatewatch({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_THAT(version.out, testing::MatchesRegex("gatewatch [0-9]+\\.[0-9]+\\.[0-9]+\n"));
    const auto check = gatewatch({"check", "--help"});
    for (const char* option : {"--format", "json", "nagios", "--thorough", "--lang"}) {
        EXPECT_THAT(check.out, HasSubstr(option));
    }
}

TEST(CommandLine, NamesTheConfigurationFileThatItCannotRead) {
    for (const char* command : {"run", "validate", "token", "lint-nginx", "collect"}) {
        const auto result = gatewatch({command, "--config", "/nonexistent/gatewatch.toml"});
        EXPECT_EQ(result.status, 2) << command;
        EXPECT_THAT(result.err, HasSubstr("/nonexistent/gatewatch.toml"));
    }
    for (const char* format : {"text", "json", "nagios"}) {
        const auto result =
            gatewatch({"check", "--config", "/nonexistent/gatewatch.toml", "--thorough", "--format", format});
        EXPECT_EQ(result.status, 3) << format;
        EXPECT_THAT(result.err, HasSubstr("/nonexistent/gatewatch.toml"));
        EXPECT_EQ(result.out, "") << "no verdict on what was never looked at";
    }
}

TEST(CommandLine, LintsTheFileThatIsNamedInTheLanguageThatIsAskedFor) {
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "gatewatch-line-XXXXXX").native();
    const fs::path directory = ::mkdtemp(pattern.data());
    const std::string config = directory / "gatewatch.toml";
    std::ofstream(config) << "[[gateway]]\nname = \"im\"\n"
                             "[[gateway.route]]\nname = \"public\"\nurl = \"http://im.example.com\"\n";
    const std::string nginx = directory / "im.conf";
    std::ofstream(nginx) << "server {\n    server_name im.example.com;\n"
                            "    location / {\n        root /srv;\n    }\n}\n";
    const auto lint = [&](const std::string& file, const char* language) {
        return gatewatch({"lint-nginx", "--config", config.c_str(), "--lang", language, file.c_str()});
    };
    const auto english = lint(nginx, "en");
    EXPECT_EQ(english.status, 1);
    EXPECT_THAT(english.out, HasSubstr(nginx + ":"));
    const auto chinese = lint(nginx, "zh");
    EXPECT_EQ(chinese.status, 1);
    EXPECT_THAT(chinese.out, HasSubstr("问题"));
    const auto missing = lint(directory / "none.conf", "en");
    EXPECT_EQ(missing.status, 2);
    EXPECT_EQ(missing.out, "");
    EXPECT_THAT(missing.err, HasSubstr("none.conf"));
    fs::remove_all(directory);
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
