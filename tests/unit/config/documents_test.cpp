// Holds gatewatch.toml, gatewatch.minimal.toml and README.md against what the loader does.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "config/keys.hpp"
#include "config/loader.hpp"

namespace gatewatch::config {
namespace {

const std::string folder = GATEWATCH_SOURCE_DIR "/config/";

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream stream(folder + file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    EXPECT_FALSE(lines.empty()) << file;
    return lines;
}

enum class Keep { everything, only_examples };

/// The reference with its switched-off keys and sections switched on, but for alternatives ("instead of").
/// Line numbers stay. A key without the comment "example" claims to show its default; only_examples leaves
/// those out.
std::string switched_on(Keep keep) {
    static const std::regex heading_line(R"(^(# )?(\[\[?[a-z0-9_.]+\]\]?)( .*)?$)");
    static const std::regex key_line(
        R"re(^(# )?([a-z_0-9]+ = ("[^"]*"|'[^']*'|\[[^#]*\]|[^ "'\[]+))( .*)?$)re");
    std::string text;
    bool alternative_section = false;
    for (const auto& line : lines_of("gatewatch.toml")) {
        std::smatch match;
        if (std::regex_match(line, match, heading_line)) {
            alternative_section = line.contains("instead of");
            if (!alternative_section) text += match[2].str();
        } else if (std::regex_match(line, match, key_line) && !alternative_section &&
                   !line.contains("instead of")) {
            if (keep == Keep::everything || line.contains("# example")) text += match[2].str();
        }
        text += '\n';
    }
    return text;
}

Settings load(const std::string& text) {
    const auto loaded = load_text(text, "gatewatch.toml");
    if (loaded) return loaded->settings;
    for (const auto& problem : loaded.error()) ADD_FAILURE() << problem.text(Language::en);
    return {};
}

TEST(ReferenceFile, loads_as_it_stands) {
    const auto loaded = load_file(folder + "gatewatch.toml");
    ASSERT_TRUE(loaded.has_value()) << loaded.error().front().text(Language::en);
    EXPECT_TRUE(loaded->warnings.empty());
    EXPECT_EQ(loaded->settings.gateways.size(), 1U);
}

TEST(ReferenceFile, shows_the_true_default_of_each_key_that_is_no_example) {
    auto all = load(switched_on(Keep::everything));
    auto examples = load(switched_on(Keep::only_examples));
    ASSERT_EQ(all.gateways.size(), 1U);
    ASSERT_EQ(examples.gateways.size(), 1U);
    auto& gateway = all.gateways.front();
    EXPECT_EQ(plan_probes(gateway), plan_probes(examples.gateways.front()));
    ASSERT_TRUE(gateway.probes.contains(ProbeKind::polling));
    EXPECT_EQ(gateway.probes[ProbeKind::polling].enabled, true);
    gateway.probes.clear();
    examples.gateways.front().probes.clear();
    EXPECT_TRUE(all == examples);
}

TEST(ReferenceFile, switches_on_every_section) {
    const auto settings = load(switched_on(Keep::everything));
    ASSERT_EQ(settings.gateways.size(), 1U);
    const auto& gateway = settings.gateways.front();
    EXPECT_EQ(gateway.routes.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<TokenFile>(gateway.token.source));
    EXPECT_TRUE(gateway.mysql && gateway.pm2 && gateway.nginx && gateway.frontend && gateway.env_files);
}

/// Whether the section of that name in the reference (switched off or not) holds the key.
bool reference_has(std::string_view section, std::string_view key) {
    static const std::regex heading_line(R"(^(?:# )?\[\[?([a-z0-9_.]+)\]\]?(?: .*)?$)");
    std::string current;
    for (const auto& line : lines_of("gatewatch.toml")) {
        std::smatch match;
        const std::string_view bare = std::string_view(line).substr(line.starts_with("# ") ? 2 : 0);
        if (std::regex_match(line, match, heading_line)) {
            current = match[1];
            if (current.starts_with("gateway.probe.")) current = "gateway.probe.NAME";
            const auto below = section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
            if (current == below || current.starts_with(below + ".")) return true;
        } else if (current == section && bare.starts_with(fmt::format("{} = ", key))) {
            return true;
        }
    }
    return false;
}

TEST(ReferenceFile, has_every_key_that_the_loader_knows) {
    for (const auto& key : all_keys())
        EXPECT_TRUE(reference_has(key.section, key.name)) << key.section << " " << key.name;
}

TEST(ReferenceFile, names_every_probe) {
    const auto text = fmt::format("{}", fmt::join(lines_of("gatewatch.toml"), "\n"));
    for (auto name : enum_names(ProbeKind{})) EXPECT_TRUE(text.contains(name)) << name;
}

TEST(Readme, has_a_row_for_every_key_that_the_loader_knows) {
    const auto lines = lines_of("README.md");
    for (const auto& key : all_keys()) {
        const bool is_section = key.form.en.contains("section");
        const auto row = is_section
                             ? fmt::format("`{}`", heading(key.section.empty() ? std::string(key.name)
                                                           : key.name == "probe"
                                                               ? "gateway.probe.NAME"
                                                               : fmt::format("{}.{}", key.section, key.name))
                                                       .en)
                             : fmt::format("| `{}` |", key.name);
        bool in_section = is_section;
        bool found = false;
        for (const auto& line : lines) {
            if (line.starts_with("### "))
                in_section = is_section || line.contains("`" + heading(key.section).en + "`");
            found = found || (in_section && line.contains(row));
        }
        EXPECT_TRUE(found) << "no " << row << " under " << heading(key.section).en;
    }
}

TEST(Readme, shows_the_errors_that_its_example_really_gives) {
    const auto readme = fmt::format("{}", fmt::join(lines_of("README.md"), "\n"));
    const std::string opening = "This file\n\n```toml\n";
    const auto start = readme.find(opening);
    ASSERT_NE(start, std::string::npos);
    const auto example = readme.substr(start + opening.size());
    const auto loaded = load_text(example.substr(0, example.find("```")), "gatewatch.toml");
    ASSERT_FALSE(loaded.has_value());
    std::string output;
    for (const auto& problem : loaded.error()) output += problem.text(Language::en) + "\n";
    EXPECT_TRUE(readme.contains("\n```\n" + output + "```\n")) << output;
}

TEST(MinimalFile, is_one_url_and_gives_the_defaults) {
    const auto loaded = load_file(folder + "gatewatch.minimal.toml");
    ASSERT_TRUE(loaded.has_value()) << loaded.error().front().text(Language::en);
    GatewaySettings expected;
    expected.name = "im";
    expected.routes = {
        {.role = Role::public_, .url = "http://im.example.com", .ca_file = std::nullopt, .http_path = {}}};
    EXPECT_EQ(loaded->settings.agent, AgentSettings{});
    ASSERT_EQ(loaded->settings.gateways.size(), 1U);
    EXPECT_TRUE(loaded->settings.gateways.front() == expected);
    EXPECT_TRUE(loaded->warnings.empty());
}

}  // namespace
}  // namespace gatewatch::config
