// The problems of a file as lines. Whatever a test provokes is held to be there in both languages. Used by
// the tests of the loader.
#pragma once

#include "config/loader.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::config::test {

/// In English.
inline std::vector<std::string> texts(const std::vector<Problem>& problems) {
    std::vector<std::string> lines;
    for (const auto& problem : problems) {
        lines.push_back(problem.text(Language::en));
        gatewatch::test::expect_both(problem.message, lines.back());
        gatewatch::test::expect_same_values(problem.message, lines.back());
    }
    return lines;
}

/// The errors of a text; none if it is good.
inline std::vector<std::string> errors(const std::string& text) {
    const auto loaded = load_text(text, "file");
    return loaded ? std::vector<std::string>{} : texts(loaded.error());
}

}  // namespace gatewatch::config::test
