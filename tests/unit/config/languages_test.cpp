// That no sentence can be made in one language only, and that those of the table of keys are in both. What
// the loader says is held in both wherever a test provokes it (problems.hpp).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/duration.hpp"
#include "config/keys.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::config {
namespace {

template <class T>
concept MadeOfOne =
    requires(std::string en) { T(en); } || requires(std::string en) { T{en}; } || requires { T{"en"}; };
static_assert(!MadeOfOne<Text> && !MadeOfOne<Phrase>, "a sentence stands in both languages");
static_assert(std::is_constructible_v<Text, std::string, std::string>);

TEST(BothLanguages, HaveAPlaceForEveryValueElseTheProgramDoesNotCompile) {
    using detail::has_every_argument;
    EXPECT_TRUE(has_every_argument("no value", 0));
    EXPECT_TRUE(has_every_argument("{} and {:>3}", 2));
    EXPECT_TRUE(has_every_argument("{1} before {0}, {1} again", 2));
    EXPECT_TRUE(has_every_argument("{:<{}}", 2));
    EXPECT_TRUE(has_every_argument("{{ token }} {}", 1));
    EXPECT_FALSE(has_every_argument("none", 1));
    EXPECT_FALSE(has_every_argument("{1}", 2));
    EXPECT_FALSE(has_every_argument("{{}}", 1));
}

TEST(BothLanguages, PutAValueThatIsASentenceItselfIntoTheRightOne) {
    const Text inner{"one hour", "一小时"};
    EXPECT_EQ(say("after {}", "{}之后", inner), (Text{"after one hour", "一小时之后"}));
    EXPECT_EQ(joined(std::vector{inner, inner}, {" and ", "和"}),
              (Text{"one hour and one hour", "一小时和一小时"}));
    EXPECT_EQ(in_words(90s), (Text{"90 seconds", "90 秒"}));
}

TEST(BothLanguages, SayWhatEachKeyOfTheConfigurationHolds) {
    for (const auto& key : all_keys()) {
        const auto name = fmt::format("{} {}", key.section, key.name);
        gatewatch::test::expect_both(key.form, name);
        gatewatch::test::expect_same_values(key.form, name);
    }
}

TEST(BothLanguages, SayWhatAProbeLacks) {
    GatewaySettings gateway;
    for (const auto probe : all_of<ProbeKind>()) {
        const auto missing = missing_for(gateway, probe);
        if (!missing.empty()) gatewatch::test::expect_both(missing, name_of(probe));
    }
}

}  // namespace
}  // namespace gatewatch::config
