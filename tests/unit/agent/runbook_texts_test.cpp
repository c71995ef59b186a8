// What stands in dashboards/runbooks: the same in both languages, complete, and with commands that exist.
// That each alert has its runbook is checked beside the rules, in tests/dashboards.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/command_options.hpp"
#include "agent/metrics/catalogue.hpp"
#include "agent/runbook.hpp"
#include "agent/web/markdown.hpp"
#include "agent/web/runbook_page.hpp"
#include "tests/unit/agent/runbook_reader.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

bool is_list(const RunbookText& text) {
    return text.name == "README";
}

/// By name, both languages.
std::map<std::string, std::map<Language, ReadRunbook>> all_runbooks() {
    std::map<std::string, std::map<Language, ReadRunbook>> all;
    for (const auto& text : runbook_texts())
        all[std::string(text.name)][text.language] = read_runbook(text.markdown);
    return all;
}

std::vector<std::string> texts_of(const ReadRunbook& runbook, std::size_t level) {
    std::vector<std::string> texts;
    for (const auto& heading : runbook.headings) {
        if (heading.level == level) texts.push_back(heading.text);
    }
    return texts;
}

TEST(RunbookTexts, StandInBothLanguagesWithTheSameHeadingsAndBlocks) {
    const auto levels = [](const ReadRunbook& runbook) {
        std::vector<std::size_t> all;
        for (const auto& heading : runbook.headings) all.push_back(heading.level);
        return all;
    };
    ASSERT_GE(all_runbooks().size(), 2u);
    for (const auto& [name, languages] : all_runbooks()) {
        ASSERT_EQ(languages.size(), 2u) << name << " lacks a language";
        const auto& en = languages.at(Language::en);
        const auto& zh = languages.at(Language::zh);
        EXPECT_EQ(levels(en), levels(zh)) << name;
        EXPECT_EQ(en.blocks, zh.blocks) << name;
        EXPECT_EQ(texts_of(en, 3), texts_of(zh, 3)) << name << ": the causes";
    }
}

TEST(RunbookTexts, SayInThisOrderMeaningImpactDiagnosisMitigation) {
    for (const auto& text : runbook_texts()) {
        if (is_list(text)) continue;
        const auto runbook = read_runbook(text.markdown);
        EXPECT_THAT(texts_of(runbook, 1), ElementsAre(text.name));
        auto sections = texts_of(runbook, 2);
        ASSERT_GE(sections.size(), 4u) << text.name;
        sections.resize(4);
        EXPECT_THAT(sections, AnyOf(ElementsAre("Meaning", "Impact", "Diagnosis", "Mitigation"),
                                    ElementsAre("含义", "影响", "诊断", "处理")))
            << text.name;
        EXPECT_EQ(sections.front() == "含义", text.language == Language::zh) << text.name;
    }
}

TEST(RunbookTexts, HaveASectionForEveryCauseInTheOrderOfTheCatalogue) {
    std::vector<std::string> causes;
    for (const Cause cause : all_of<Cause>()) {
        if (cause != Cause::none) causes.emplace_back(name_of(cause));
    }
    for (const auto& text : runbook_texts()) {
        if (text.name != "GatewatchFaultDiagnosed") continue;
        EXPECT_EQ(texts_of(read_runbook(text.markdown), 3), causes) << name_of(text.language);
    }
}

TEST(RunbookTexts, AreAllInTheList) {
    for (const auto& list : runbook_texts()) {
        if (!is_list(list)) continue;
        const std::string ending = list.language == Language::zh ? ".zh-CN.md)" : ".md)";
        for (const auto& [name, languages] : all_runbooks()) {
            if (name == list.name) continue;
            const std::string entry = "- [" + name + "](" + name + ending;
            EXPECT_TRUE(list.markdown.contains(entry)) << name << " in " << name_of(list.language);
        }
    }
}

/// As the program itself reads them; a command without options is a mere mention.
void expect_accepted(std::vector<std::string> words, std::string_view where) {
    std::string line;
    for (const auto& word : words) line += word + ' ';
    if (words.size() == 2) words.emplace_back("--config=FILE");
    CommandOptions options;
    CLI::App app;
    declare_commands(app, options, Language::en);
    std::vector<std::string> reversed(words.rbegin(), words.rend() - 1);
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        ADD_FAILURE() << where << ": " << line << ": " << error.what();
    }
}

TEST(RunbookTexts, HoldOnlyCommandsThatTheCommandLineAccepts) {
    std::set<std::string> commands;
    for (const auto& text : runbook_texts()) {
        auto runbook = read_runbook(text.markdown);
        runbook.code.insert(runbook.code.end(), runbook.spans.begin(), runbook.spans.end());
        for (const auto& line : runbook.code) {
            for (const auto& words : gatewatch_commands(line)) {
                if (words.size() < 2) continue;  // of the agent, such as a unit's name
                commands.insert(words[1]);
                expect_accepted(words, text.name);
            }
        }
    }
    EXPECT_THAT(commands, ElementsAre("check", "collect", "lint-nginx", "token", "validate"));
}

TEST(RunbookTexts, NameOnlyMetricsThatTheAgentHas) {
    std::set<std::string> known;
    for (const auto& row : metrics::catalogue()) known.insert(metrics::full_name(row.metric));
    const std::regex metric(R"(\b(gatewatch|process)_([a-z_]*)(\(([a-z_|]+)\))?)");
    for (const auto& text : runbook_texts()) {
        const std::string markdown(text.markdown);
        for (std::sregex_iterator it(markdown.begin(), markdown.end(), metric), end; it != end; ++it) {
            const std::string start = (*it)[1].str() + "_" + (*it)[2].str();
            std::istringstream endings((*it)[4]);
            std::string ending;
            do {
                ending.clear();
                std::getline(endings, ending, '|');
                if (!ending.empty() || !(*it)[4].matched) {
                    EXPECT_TRUE(known.contains(start + ending)) << text.name << ": " << start + ending;
                }
            } while (!ending.empty());
        }
    }
}

/// What follows the style, which is most of a page.
std::string body_of(const std::string& page) {
    return page.substr(std::min(page.find("<body"), page.size()));
}

std::string decoded(const std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

void expect_section(std::string_view name, Language language, const std::string& section,
                    std::string_view where) {
    const auto page = render_runbook(name, language);
    ASSERT_TRUE(page) << where << " leads to " << name;
    if (!section.empty()) {
        EXPECT_THAT(body_of(*page), HasSubstr(" id=\"" + decoded(section) + "\""))
            << where << " leads to " << name << "#" << section;
    }
}

TEST(RunbookPages, LeadOnlyToPagesAndSectionsThatExist) {
    const std::regex link("<a [^>]*href=\"([^\"#]*)(#([^\"]*))?\"");
    const std::regex target(R"(/runbooks/(\w*)\?lang=(en|zh))");
    for (const auto& text : runbook_texts()) {
        const std::string_view name = is_list(text) ? "" : text.name;
        const auto page = render_runbook(name, text.language);
        ASSERT_TRUE(page) << text.name;
        const std::string body = body_of(*page);
        for (std::sregex_iterator it(body.begin(), body.end(), link), end; it != end; ++it) {
            const std::string path = (*it)[1], section = (*it)[3];
            std::smatch to;
            if (path.empty()) {
                expect_section(name, text.language, section, text.name);
            } else if (std::regex_match(path, to, target)) {
                expect_section(to[1].str(), *from_name<Language>(to[2].str()), section, text.name);
            } else {
                EXPECT_THAT(path, AnyOf("/?lang=en", "/?lang=zh")) << text.name;
            }
        }
    }
}

TEST(RunbookPages, HoldTheSectionThatTheVerdictLeadsTo) {
    for (const Cause cause : all_of<Cause>()) {
        const std::string runbook = runbook_of(cause);
        const auto end = std::min(runbook.find('#'), runbook.size());
        for (const auto language : all_of<Language>()) {
            if (cause == Cause::none) continue;
            const auto section = end == runbook.size() ? "" : runbook.substr(end + 1);
            expect_section(runbook.substr(0, end), language, section, name_of(cause));
        }
    }
}

}  // namespace
}  // namespace gatewatch::agent::web::test
