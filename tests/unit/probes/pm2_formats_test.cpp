// Every line of the backend in every format that PM2 and Nest give it, through every accident that leaves it
// readable: told once, as what it is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <functional>
#include <string>

#include "probes/pm2/line_parser.hpp"
#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

const std::string sid = "aB3_-xYz0123456789Qq";

struct Line {
    EventKind kind;
    std::string text;
};

const std::vector<Line>& lines() {
    static const std::vector<Line> all = {
        {EventKind::attempt, "客户端 " + sid + " 尝试连接"},
        {EventKind::disconnect, "客户端 " + sid + " 断开连接"},
        {EventKind::token_auth_present, "Token from auth: 存在"},
        {EventKind::token_auth_absent, "Token from auth: 不存在"},
        {EventKind::token_header_present, "Token from header: 存在"},
        {EventKind::token_header_absent, "Token from header: 不存在"},
        {EventKind::verify, "验证 Token: eyJhbGciOi..."},
        {EventKind::accepted, "Token 验证成功"},
        {EventKind::rejected_unknown, "Token 不存在或已被撤销"},
        {EventKind::rejected_expired, "Token 已过期"},
        {EventKind::rejected_missing, "缺少 token"},
        {EventKind::error, "连接处理错误: connect ECONNREFUSED 127.0.0.1:3306"},
    };
    return all;
}

std::string quoted(const std::string& text) {
    return boost::json::serialize(boost::json::string(text));
}
std::string pm2_record(const std::string& message, int process = 0) {
    return fmt::format(R"({{"message":{},"timestamp":"2026-11-22T14:02:59","type":"out","process_id":{},)"
                       R"("app_name":"nest-backend"}})",
                       quoted(message), process);
}
std::string nest_record(const std::string& message) {
    return fmt::format(
        R"({{"level":"log","pid":1,"timestamp":1795356179000,"message":{},"context":"ImGateway"}})",
        quoted(message));
}
std::string coloured(const std::string& text) {
    return "\x1b[32m[Nest] 4711  - \x1b[39m11/22/2026, 2:03:25 PM \x1b[32m    LOG\x1b[39m "
           "\x1b[38;5;3m[ImGateway] "
           "\x1b[39m\x1b[32m" +
           text + "\x1b[39m \x1b[38;5;3m+12ms\x1b[39m";
}

struct Format {
    std::string name;
    std::function<std::string(const std::string& line)> write;
};

const std::vector<Format>& formats() {
    static const std::vector<Format> all = {
        {"plain", [](const auto& line) { return line; }},
        {"time", [](const auto& line) { return "2026-11-22T14:02:59: " + line; }},
        {"log_date_format", [](const auto& line) { return "2026-11-22 14:03:25 +00:00: " + line; }},
        {"pm2_json", [](const auto& line) { return pm2_record(line + "\n"); }},
        {"nest", [](const auto& line) { return coloured(line); }},
        {"nest_with_time", [](const auto& line) { return "2026-11-22T14:02:59: " + coloured(line); }},
        {"nest_in_pm2_json", [](const auto& line) { return pm2_record(coloured(line) + "\n"); }},
        {"nest_json", [](const auto& line) { return nest_record(line); }},
        {"nest_json_with_time", [](const auto& line) { return "2026-11-22T14:02:59: " + nest_record(line); }},
        {"nest_json_in_pm2_json", [](const auto& line) { return pm2_record(nest_record(line) + "\n"); }},
        {"among_others_in_one_record",
         [](const auto& line) { return pm2_record("started\n" + line + "\n用户 5 加入房间\n"); }},
        {"crlf", [](const auto& line) { return line + "\r"; }},
        {"byte_order_mark", [](const auto& line) { return "\xef\xbb\xbf" + line; }},
        {"nul_before", [](const auto& line) { return std::string(64, '\0') + line; }},
        {"gbk_beside", [](const auto& line) { return line + " \xd3\xc3\xbb\xa7"; }},
    };
    return all;
}

/// The kinds of a block in order; each event has its sid where it should.
std::string told(const std::string& block, const LineParser& parser) {
    CutLines cuts;
    std::string text;
    parser.parse_block(block, cuts, [&](const ParsedLine& line) {
        for (const auto& event : line.events) {
            text += fmt::format("{} ", name_of(event.kind));
            const bool has_sid = event.kind == EventKind::attempt || event.kind == EventKind::disconnect;
            EXPECT_EQ(event.sid, has_sid ? sid : "") << block;
        }
    });
    return text;
}

class Pm2Formats : public testing::TestWithParam<Format> {
  protected:
    LineParser parser_{Patterns()};
};

TEST_P(Pm2Formats, every_line_is_told_once) {
    for (const Line& line : lines()) {
        EXPECT_EQ(told(GetParam().write(line.text) + "\n", parser_), fmt::format("{} ", name_of(line.kind)))
            << line.text;
    }
}

TEST_P(Pm2Formats, all_lines_in_one_block_are_told_in_their_order) {
    std::string block, expected;
    for (int round = 0; round < 3; ++round) {
        for (const Line& line : lines()) {
            block += GetParam().write(line.text) + "\n" + GetParam().write("用户 42 加入房间 room-7") + "\n";
            expected += fmt::format("{} ", name_of(line.kind));
        }
    }
    EXPECT_EQ(told(block, parser_), expected);
}

INSTANTIATE_TEST_SUITE_P(each, Pm2Formats, testing::ValuesIn(formats()),
                         [](const auto& format) { return format.param.name; });

/// The text with one character, the one that begins there, replaced.
std::string damaged_at(const std::string& text, std::size_t place) {
    const auto character = first_character(std::string_view(text).substr(place));
    return text.substr(0, place) + std::string(replacement) + text.substr(place + character.size());
}

TEST(Pm2Damage, fault_73_one_lost_character_of_the_words_is_borne_wherever_it_stood) {
    const LineParser parser{Patterns()};
    for (const Line& line : lines()) {
        for (std::size_t i = 0; i < line.text.size(); ++i) {
            const auto lead = static_cast<unsigned char>(line.text[i]);
            if (lead < 0xc0) continue;
            const auto text = damaged_at(line.text, i);
            EXPECT_EQ(told(text + "\n", parser), fmt::format("{} ", name_of(line.kind))) << text;
        }
    }
}

TEST(Pm2Damage, fault_73_a_time_mark_in_the_middle_is_borne_wherever_it_stands) {
    const LineParser parser{Patterns()};
    for (const Line& line : lines()) {
        for (std::size_t i = 1; i < line.text.size(); ++i) {
            if ((static_cast<unsigned char>(line.text[i]) & 0xc0) == 0x80) continue;
            const auto text = line.text.substr(0, i) + "2026-11-22T14:02:59: " + line.text.substr(i);
            EXPECT_EQ(told(text + "\n", parser), fmt::format("{} ", name_of(line.kind))) << text;
        }
    }
}

TEST(Pm2CutRecords, fault_73_a_record_that_is_cut_anywhere_is_continued_by_the_next_of_its_process) {
    const LineParser parser{Patterns()};
    for (const bool inner_json : {false, true}) {
        for (const Line& line : lines()) {
            const auto written = inner_json ? nest_record(line.text) : line.text;
            for (std::size_t i = 1; i < written.size(); ++i) {
                if ((static_cast<unsigned char>(written[i]) & 0xc0) == 0x80) continue;
                const auto block = pm2_record("Token 已过期\n" + written.substr(0, i)) + "\n" +
                                   pm2_record("用户 1 加入房间\n", 1) + "\n" +
                                   pm2_record(written.substr(i) + "\n缺少 token\n") + "\n";
                EXPECT_EQ(told(block, parser),
                          fmt::format("rejected_expired {} rejected_missing ", name_of(line.kind)))
                    << block;
            }
        }
    }
}

TEST(Pm2CutRecords, fault_73_a_cut_inside_a_character_is_borne_too) {
    const LineParser parser{Patterns()};
    const std::string fffd(replacement);
    EXPECT_EQ(
        told(pm2_record("客户端 " + sid + " 尝" + fffd) + "\n" + pm2_record(fffd + "连接\n") + "\n", parser),
        "attempt ");
    EXPECT_EQ(
        told(pm2_record("客户端 " + sid + " " + fffd) + "\n" + pm2_record(fffd + "开连接\n") + "\n", parser),
        "disconnect ");
}

TEST(Pm2CutRecords, a_line_that_was_known_by_its_beginning_is_not_told_again_by_its_end) {
    const LineParser parser{Patterns()};
    const std::string before(70'000, 'x');
    const auto block =
        pm2_record(before + "\n连接处理错误: ") + "\n" + pm2_record("Token 已过期\nToken 验证成功\n") + "\n";
    EXPECT_EQ(told(block, parser), "error accepted ");
}

TEST(Pm2CutRecords, messages_that_never_end_with_a_line_feed_are_lines_by_themselves) {
    const LineParser parser{Patterns()};
    std::string block, expected;
    for (const Line& line : lines()) {
        block += pm2_record(line.text) + "\n" + pm2_record("用户 1 加入房间") + "\n";
        expected += fmt::format("{} ", name_of(line.kind));
    }
    EXPECT_EQ(told(block, parser), expected);
}

TEST(Pm2CutRecords, processes_whose_records_alternate_are_not_mixed_up) {
    const LineParser parser{Patterns()};
    const auto block = pm2_record("Token from auth: ", 0) + "\n" + pm2_record("Token from header: ", 1) +
                       "\n" + pm2_record("存在\n", 0) + "\n" + pm2_record("不存在\n", 1) + "\n";
    EXPECT_EQ(told(block, parser), "token_auth_present token_header_absent ");
}

TEST(Pm2CutRecords, what_is_kept_of_records_without_an_end_is_bounded) {
    const LineParser parser{Patterns()};
    CutLines cuts;
    for (int process = 0; process < 200; ++process) {
        (void)parser.parse(pm2_record("客户端 " + sid, process), cuts);
    }
    (void)parser.parse(pm2_record(std::string(100'000, 'x'), 1000), cuts);
    EXPECT_FALSE(cuts.take("1000 out"));
    EXPECT_FALSE(cuts.take("0 out")) << "the oldest gives way";
    EXPECT_TRUE(cuts.take("199 out"));
    for (unsigned i = 0; i <= CutLines::patience; ++i) (void)parser.parse("用户 1 加入房间", cuts);
    EXPECT_TRUE(cuts.none()) << "nobody goes on with them";
}

}  // namespace
}  // namespace gatewatch::probes::pm2
