// What every sentence for people must be: there in both languages, and with the same values in each. Used by
// the tests of all folders.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::test {

inline bool has_chinese(std::string_view text) {
    // U+4E00 to U+9FFF in UTF-8: E4 B8 80 to E9 BF BF.
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0xE4 && byte <= 0xE9;
    });
}

inline void expect_both(const Text& text, std::string_view what) {
    EXPECT_FALSE(text.en.empty()) << what;
    EXPECT_FALSE(has_chinese(text.en)) << what << ": " << text.en;
    EXPECT_TRUE(has_chinese(text.zh)) << what << ": " << text.zh;
}

/// What stands in quotes, sections in brackets, options and numbers are the same in both.
inline void expect_same_values(const Text& text, std::string_view what) {
    static const std::regex value(R"re("([^"]*)"|(\[+[a-z0-9_.]+\]+)|(--[a-z]+)|([0-9]+))re");
    for (std::sregex_iterator at(text.en.begin(), text.en.end(), value), end; at != end; ++at) {
        for (std::size_t group = 1; group < at->size(); ++group) {
            EXPECT_TRUE(text.zh.contains((*at)[group].str())) << what << ": " << text.en << "\n" << text.zh;
        }
    }
}

}  // namespace gatewatch::test
