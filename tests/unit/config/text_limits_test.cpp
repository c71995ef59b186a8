// What keeps a hostile or damaged file from doing harm, and how its text is shown.
#include "config/text_limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "config/keys.hpp"
#include "config/loader.hpp"
#include "problems.hpp"

namespace gatewatch::config {
namespace {

using test::errors;
using test::texts;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string gateway = "[[gateway]]\nname = \"im\"\n";
const std::string route = "[[gateway.route]]\nname = \"public\"\nurl = \"http://im.example.com\"\n";

TEST(Loader, fault_84_many_errors_are_sorted_and_counted_past_a_hundred) {
    std::string text = gateway + route;
    for (int i = 0; i < 150; ++i) text += fmt::format("z{} = 1\n", 150 - i);
    const auto loaded = load_text(text, "file");
    ASSERT_FALSE(loaded.has_value());
    ASSERT_THAT(loaded.error(), SizeIs(101));
    EXPECT_EQ(loaded.error()[0].line, 6U);
    EXPECT_EQ(loaded.error()[99].line, 105U);
    EXPECT_EQ(loaded.error()[100].text(Language::en), "file: and 50 more; mend these first");
}

TEST(Loader, fault_84_a_file_of_one_mebibyte_is_read_and_one_byte_more_is_refused) {
    std::string text = gateway + route + "#";
    text.append(max_file_size - text.size(), 'x');
    EXPECT_THAT(errors(text), ElementsAre());
    text += 'x';
    EXPECT_THAT(errors(text), ElementsAre(HasSubstr("file: the file is larger than 1 MiB")));
}

TEST(Loader, fault_84_nesting_that_would_overflow_the_parser_is_refused_in_every_guise) {
    const auto repeat = [](std::string_view what, int times) {
        std::string all;
        for (int i = 0; i < times; ++i) all += what;
        return all;
    };
    for (const auto& text :
         {"x = " + repeat("[", 100'000), "x = " + repeat("[\n", 100'000), "x = " + repeat("{a=", 100'000),
          "x = [\"]\", \"\"\"]\"\"\"\", ']', '''\n]''', # ]\n" + repeat("[", 1000),
          repeat("a.", 100'000) + "a = 1", "[" + repeat("a.", 100'000) + "a]",
          repeat("\"a\" . ", 100'000) + "a = 1", "x = \"\\\"\" # \"\ny = " + repeat("[", 1000)}) {
        EXPECT_THAT(errors(text), ElementsAre(HasSubstr("nested deeper than 16 levels")))
            << text.substr(0, 60);
    }
}

TEST(Loader, brackets_and_dots_in_texts_and_comments_are_no_nesting) {
    const std::string brackets(50, '[');
    const std::string dots(50, '.');
    const auto text = "# " + brackets + dots + "\n" + gateway + "ready_event = \"" + brackets + "\\\"" +
                      dots + "\"\nreject_event = '" + brackets + "'\n" + route;
    EXPECT_THAT(errors(text), ElementsAre());
}

TEST(Loader, fault_84_names_a_file_that_it_cannot_read) {
    const auto missing = load_file("/nowhere/gatewatch.toml");
    ASSERT_FALSE(missing.has_value());
    EXPECT_THAT(texts(missing.error()),
                ElementsAre("/nowhere/gatewatch.toml: cannot be read: No such file or directory; "
                            "check the path and the file's rights"));
    const auto directory = load_file("/tmp");
    ASSERT_FALSE(directory.has_value());
    EXPECT_THAT(texts(directory.error()), ElementsAre("/tmp: is a directory; name the file in it"));
}

TEST(Loader, fault_84_an_endless_file_is_refused_without_reading_it_all) {
    const auto endless = load_file("/dev/zero");
    ASSERT_FALSE(endless.has_value());
    EXPECT_THAT(texts(endless.error()), ElementsAre(HasSubstr("larger than 1 MiB")));
}

TEST(Loader, an_empty_text_says_what_to_add) {
    EXPECT_THAT(errors(""), ElementsAre(HasSubstr("file: there is no gateway to watch; add [[gateway]]")));
}

TEST(Utf8, is_checked_byte_by_byte) {
    for (auto text : {"", "a", "é", "中文", "😀", "\xf4\x8f\xbf\xbf", "\xee\x80\x80"}) {
        EXPECT_EQ(find_bad_utf8(text), std::string_view::npos) << text;
    }
    for (auto text : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                      "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe4\xb8"}) {
        EXPECT_EQ(find_bad_utf8(text), 0U) << in_quotes(text);
    }
    EXPECT_EQ(find_bad_utf8("中\xff"), 3U);
}

TEST(Quotes, escape_what_would_move_the_cursor_and_cut_long_texts_between_characters) {
    EXPECT_EQ(in_quotes("a\n\x1b[2J\xff"), R"("a\x0a\x1b[2J\xff")");
    EXPECT_EQ(in_quotes("中"), "\"中\"");
    std::string many;
    for (int i = 0; i < 100; ++i) many += "中";
    EXPECT_EQ(find_bad_utf8(in_quotes(many)), std::string_view::npos);
    EXPECT_LT(in_quotes(many).size(), 70U);
}

TEST(Nearest, is_a_name_that_was_meant_and_nothing_else) {
    EXPECT_THAT(advice_for_unknown("gateway", "intervall").en, HasSubstr("\"interval\""));
    EXPECT_THAT(advice_for_unknown("gateway", "timeuot").en, HasSubstr("\"timeout\""));
    EXPECT_THAT(advice_for_unknown("gateway.mysql", "pass").en, HasSubstr("\"password_file\""));
    EXPECT_THAT(advice_for_unknown("gateway", "colour").en,
                HasSubstr("remove it; the keys of [[gateway]] are: name,"));
    EXPECT_THAT(advice_for_unknown("gateway", std::string(100'000, 'x')).en, HasSubstr("remove it"));
}

}  // namespace
}  // namespace gatewatch::config
