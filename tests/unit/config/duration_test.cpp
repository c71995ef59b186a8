#include "config/duration.hpp"

#include <gtest/gtest.h>

namespace gatewatch::config {
namespace {

constexpr DurationBounds wide{.least = 0ms, .most = 24h};

TEST(Duration, is_a_whole_number_and_a_unit) {
    EXPECT_EQ(parse_duration("500ms", wide), 500ms);
    EXPECT_EQ(parse_duration("15s", wide), 15s);
    EXPECT_EQ(parse_duration("5m", wide), 5min);
    EXPECT_EQ(parse_duration("24h", wide), 24h);
    EXPECT_EQ(parse_duration("0s", wide), 0ms);
}

TEST(Duration, refuses_every_other_form) {
    for (auto text : {"", "s", "15", "1.5s", "1h30m", "15 s", " 15s", "15s ", "+15s", "-15s", "15S", "15sec",
                      "1e3ms", "1d"}) {
        EXPECT_FALSE(parse_duration(text, wide).has_value()) << text;
    }
}

TEST(Duration, bounds_are_included_and_what_lies_outside_is_refused) {
    constexpr DurationBounds bounds{.least = 500ms, .most = 1min};
    EXPECT_TRUE(parse_duration("500ms", bounds).has_value());
    EXPECT_TRUE(parse_duration("60s", bounds).has_value());
    EXPECT_FALSE(parse_duration("499ms", bounds).has_value());
    EXPECT_FALSE(parse_duration("61s", bounds).has_value());
}

TEST(Duration, fault_84_a_number_past_every_integer_is_out_of_range_and_no_overflow) {
    for (auto text : {"999999999h", "9223372036854775807h", "99999999999999999999999ms"}) {
        const auto parsed = parse_duration(text, wide);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_TRUE(parsed.error().en.contains("out of range")) << parsed.error().en;
    }
}

TEST(Duration, is_printed_in_its_largest_whole_unit) {
    EXPECT_EQ(short_form(15s), "15s");
    EXPECT_EQ(short_form(90s), "90s");
    EXPECT_EQ(short_form(120s), "2m");
    EXPECT_EQ(short_form(1500ms), "1500ms");
    EXPECT_EQ(in_words(1s).en, "1 second");
    EXPECT_EQ(in_words(24h).en, "24 hours");
    EXPECT_EQ(in_words(0ms).en, "0 milliseconds");
}

TEST(Duration, that_was_printed_reads_back_the_same) {
    for (Duration duration : {1ms, 999ms, 1000ms, 61000ms, 3600000ms, 3600001ms}) {
        EXPECT_EQ(parse_duration(short_form(duration), wide), duration);
    }
}

}  // namespace
}  // namespace gatewatch::config
