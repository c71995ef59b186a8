// Help, wrong usage and a bad configuration: each is there in both languages, in the one that is asked for.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/command_options.hpp"
#include "command_line_support.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::agent::test {
namespace {

using gatewatch::test::expect_both;
using gatewatch::test::expect_same_values;
using gatewatch::test::has_chinese;
using testing::HasSubstr;
using testing::Not;

class CommandLanguages : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) unsetenv(variable);
    }
    void TearDown() override { unsetenv("LANG"); }
};

/// What the same arguments give in each language of the environment.
Text errors_of(const std::vector<const char*>& arguments) {
    setenv("LANG", "en_US.UTF-8", 1);
    const auto english = gatewatch(arguments);
    setenv("LANG", "zh_CN.UTF-8", 1);
    const auto chinese = gatewatch(arguments);
    EXPECT_EQ(english.status, chinese.status) << english.err;
    EXPECT_EQ(english.out + chinese.out, "");
    return {english.err, chinese.err};
}

TEST_F(CommandLanguages, EveryCommandAndOptionHasItsHelpInBoth) {
    CLI::App english, chinese;
    CommandOptions options;
    declare_commands(english, options, Language::en);
    declare_commands(chinese, options, Language::zh);
    auto commands = english.get_subcommands({});
    auto translated = chinese.get_subcommands({});
    ASSERT_EQ(commands.size(), translated.size());
    commands.push_back(&english);
    translated.push_back(&chinese);
    for (std::size_t c = 0; c < commands.size(); ++c) {
        const auto name = commands[c]->get_name();
        expect_both({commands[c]->get_description(), translated[c]->get_description()}, name);
        expect_both({commands[c]->get_footer(), translated[c]->get_footer()}, name);
        expect_same_values({commands[c]->get_footer(), translated[c]->get_footer()}, name);
        const auto both = std::pair{commands[c]->get_options(), translated[c]->get_options()};
        ASSERT_EQ(both.first.size(), both.second.size());
        for (std::size_t i = 0; i < both.first.size(); ++i) {
            expect_both({both.first[i]->get_description(), both.second[i]->get_description()},
                        name + " " + both.first[i]->get_name());
        }
    }
}

TEST_F(CommandLanguages, HelpHasNoEnglishLineInChinese) {
    for (const char* command : {"run", "check", "token", "lint-nginx", "collect", "validate", ""}) {
        std::vector<const char*> arguments{"--help"};
        if (*command != '\0') arguments.insert(arguments.begin(), command);
        const auto english = gatewatch(arguments);
        EXPECT_FALSE(has_chinese(english.out)) << english.out;
        arguments.insert(arguments.end(), {"--lang", "zh"});
        const auto chinese = gatewatch(arguments);
        EXPECT_EQ(chinese.status, 0);
        std::istringstream lines(chinese.out);
        for (std::string line; std::getline(lines, line);) {
            const bool example = line.starts_with("  gatewatch ") || line.starts_with("  nginx -T");
            EXPECT_TRUE(line.empty() || example || has_chinese(line)) << line;
        }
        EXPECT_THAT(chinese.out, Not(HasSubstr("REQUIRED")));
    }
}

TEST_F(CommandLanguages, HelpTakesTheLanguageWhereverItStands) {
    const auto expected = gatewatch({"check", "--help", "--lang", "zh"}).out;
    EXPECT_TRUE(has_chinese(expected));
    EXPECT_EQ(gatewatch({"check", "--lang", "zh", "--help"}).out, expected);
    EXPECT_EQ(gatewatch({"check", "--lang=zh", "--help"}).out, expected);
    EXPECT_EQ(gatewatch({"--lang", "zh", "check", "--help"}).out, expected);
    setenv("LANG", "zh_CN.UTF-8", 1);
    EXPECT_EQ(gatewatch({"check", "--help"}).out, expected);
    EXPECT_FALSE(has_chinese(gatewatch({"check", "--lang", "en", "--help"}).out));
    EXPECT_TRUE(has_chinese(gatewatch({"--help"}).out));
}

TEST_F(CommandLanguages, WrongUsageSaysWhatWhereAndWhatToDo) {
    const std::vector<std::pair<std::vector<const char*>, const char*>> cases{
        {{},
         "gatewatch: a command is required: run|check|token|lint-nginx|collect|validate; see gatewatch "
         "--help\n"},
        {{"fly"}, "\"fly\" is no command of gatewatch; gatewatch --help lists them\n"},
        {{"check"}, "gatewatch check: --config FILE is required; see gatewatch check --help\n"},
        {{"check", "--config", "x", "--format", "xml"},
         "gatewatch check: \"xml\" is no value for --format text|json|nagios; see gatewatch check --help\n"},
        {{"token", "--config", "x", "--recent", "0"},
         "gatewatch token: \"0\" is no value for --recent 1..1000; see gatewatch token --help\n"},
        {{"token", "--config", "x", "--user", "abc"},
         "gatewatch token: \"abc\" is no value for --user ID; see gatewatch token --help\n"},
        {{"check", "--config", "x", "--thorough=a"},
         "gatewatch check: \"a\" is no value for --thorough; see gatewatch check --help\n"},
        {{"validate", "--config"},
         "gatewatch validate: --config FILE lacks its value; see gatewatch validate --help\n"},
        {{"run", "--config", "a", "--config", "b"},
         "gatewatch run: --config FILE stands more than once; keep one; see gatewatch run --help\n"},
        {{"lint-nginx", "--config", "x", "a", "b"},
         "gatewatch lint-nginx: \"b\" was not expected; see gatewatch lint-nginx --help\n"},
        {{"collect", "--config", "x", "--fast"},
         "gatewatch collect: \"--fast\" was not expected; see gatewatch collect --help\n"},
        {{"--config", "x", "check"}, "gatewatch: \"--config\" was not expected; see gatewatch --help\n"},
    };
    for (const auto& [arguments, english] : cases) {
        const Text error = errors_of(arguments);
        EXPECT_EQ(error.en, english);
        expect_both(error, english);
        expect_same_values(error, english);
    }
}

TEST_F(CommandLanguages, ABadConfigurationIsRefusedInTheLanguageThatIsAskedFor) {
    for (const char* command : {"run", "check", "token", "lint-nginx", "collect", "validate"}) {
        const Text error = errors_of({command, "--config", "/nonexistent/gatewatch.toml"});
        expect_both(error, command);
        unsetenv("LANG");
        const auto asked = gatewatch({command, "--config", "/nonexistent/gatewatch.toml", "--lang", "zh"});
        EXPECT_EQ(asked.err, error.zh) << command;
    }
}

TEST_F(CommandLanguages, ValidateSpeaksBothWithItsWarnings) {
    namespace fs = std::filesystem;
    std::string pattern = (fs::temp_directory_path() / "gatewatch-validate-XXXXXX").native();
    const fs::path directory = ::mkdtemp(pattern.data());
    const std::string config = directory / "gatewatch.toml";
    std::ofstream(config) << "[[gateway]]\nname = \"im\"\n"
                             "[[gateway.route]]\nname = \"public\"\nurl = \"http://im.example.com\"\n"
                             "[gateway.token]\nfile = \"/nonexistent/token\"\n";
    const auto english = gatewatch({"validate", "--config", config.c_str(), "--lang", "en"});
    const auto chinese = gatewatch({"validate", "--config", config.c_str(), "--lang", "zh"});
    EXPECT_EQ(english.status, 1);
    EXPECT_EQ(chinese.status, 1);
    expect_both({english.err, chinese.err}, "warnings");
    expect_same_values({english.err, chinese.err}, "warnings");
    expect_both({english.out, chinese.out}, "plan");
    expect_same_values({english.out, chinese.out}, "plan");
    fs::remove_all(directory);
}

}  // namespace
}  // namespace gatewatch::agent::test
