// One bad file for each error message: testdata/NAME.toml ends with the problems that it must give, a "#! "
// line each; in Chinese the same with the same values (problems.hpp).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/loader.hpp"
#include "problems.hpp"

namespace gatewatch::config {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> bad_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(GATEWATCH_SOURCE_DIR "/tests/unit/config/testdata")) {
        if (entry.path().extension() == ".toml") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::string read_all(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<std::string> expected_problems(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("#! ")) lines.push_back(line.substr(3));
    }
    return lines;
}

class fault_84_a_bad_file : public testing::TestWithParam<fs::path> {};

TEST_P(fault_84_a_bad_file, is_refused_with_place_reason_and_advice) {
    const auto text = read_all(GetParam());
    const auto expected = expected_problems(text);
    ASSERT_FALSE(expected.empty()) << "the file must say what it expects";
    const auto loaded = load_text(text, GetParam().filename().string());
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(test::texts(loaded.error()), expected);
}

INSTANTIATE_TEST_SUITE_P(named, fault_84_a_bad_file, testing::ValuesIn(bad_files()),
                         [](const auto& file) { return file.param.stem().string(); });

TEST(BadFiles, fault_84_a_secret_in_the_wrong_place_is_not_repeated) {
    unsigned with_secret = 0;
    for (const auto& file : bad_files()) {
        const auto text = read_all(file);
        with_secret += text.contains("hunter2") || text.contains("eyJhbGci");
        const auto loaded = load_text(text, "file");
        ASSERT_FALSE(loaded.has_value());
        for (const auto& problem : loaded.error()) {
            for (const auto language : all_of<Language>()) {
                const auto line = problem.text(language);
                EXPECT_FALSE(line.contains("hunter2") || line.contains("eyJhbGci")) << line;
            }
        }
    }
    EXPECT_GE(with_secret, 5U);
}

}  // namespace
}  // namespace gatewatch::config
