// The search over whole blocks finds every line from which the parser takes something, wherever it stands in
// the block and whatever is beside it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "probes/pm2/line_parser.hpp"

namespace gatewatch::probes::pm2 {
namespace {

const std::map<std::string, std::vector<std::string>> other_words = {
    {"attempt", {R"(client (?P<sid>[\w-]{20}) connects)"}},
    {"accepted", {"(?i)token is GOOD"}},
    {"rejected_expired", {"过期了|已失效"}},
};

/// What random lines are made of: what matters, what is near to it, what damages it, and what is beside it.
const std::vector<std::string> pieces = {
    "客户端 aB3_-xYz0123456789Qq 尝试连接",
    "客户端 aB3_-xYz0123456789Qq 断开连接",
    "Token from auth: 不存在",
    "Token from header: 存在",
    "Token 已过期",
    "缺少 token",
    "连接处理错误: ",
    "尝试",
    "连接",
    "oken",
    "To",
    "client aB3_-xYz0123456789Qq connects",
    "tOKEN IS good",
    "已失效",
    "过期",
    R"({"message":")",
    R"(\n","timestamp":"2026-11-22T14:02:59","type":"out","process_id":0,"app_name":"a"})",
    R"(","timestamp":"2026-11-22T14:02:59","type":"out","process_id":0,"app_name":"a"})",
    R"({"level":"log","message":")",
    R"("})",
    R"(Token \u5df2\u8fc7\u671f)",
    "2026-11-22T14:02:59: ",
    "\ufffd",
    "\xe6\x88",
    "\xbd",
    "\xed\xa0\x80",
    "\xf0\x9f\x98\x80",
    "\x1b[32m",
    "\r",
    "加入房间，在线人数 ",
    "GET /api/health 200 ",
    " ",
    "2",
    "2026-11-22",
};

/// What the parser takes out, and may stand within a word.
const std::vector<std::string> removed = {
    std::string(1, '\0'), "\r", "\x1b[1m\x1b[32m", "\x1b[0m", "\xef\xbb\xbf",
};

class Pm2LineScan : public testing::Test {
  protected:
    std::string random_line() {
        std::string line;
        for (std::size_t left = random_() % 8; left > 0; --left) line += pieces[random_() % pieces.size()];
        if (random_() % 4 == 0 && !line.empty()) line.erase(random_() % line.size(), 1 + random_() % 3);
        if (random_() % 8 == 0) line.insert(random_() % (line.size() + 1), std::string(1, noise()));
        if (random_() % 4 == 0)
            line.insert(random_() % (line.size() + 1), removed[random_() % removed.size()]);
        return line;
    }
    char noise() {
        const auto c = static_cast<char>(random_());
        return c == '\n' ? ' ' : c;
    }

    std::mt19937 random_{20261122};
};

int rounds() {
    return std::getenv("GATEWATCH_THOROUGH") == nullptr ? 1 : 50;
}

/// As text, so that a difference can be read.
std::string told(const ParsedLine& line) {
    std::string text;
    for (const auto& event : line.events) {
        text += std::string(name_of(event.kind)) + ':' + event.sid + ':' + event.excerpt + ' ';
    }
    return text + std::to_string(line.unparsed) + '\n';
}

/// Each line by itself, as if all of them mattered, against the block as a whole.
void expect_the_same(const LineParser& parser, const std::vector<std::string>& lines) {
    std::string block, expected, found;
    CutLines one_by_one, together;
    for (const auto& line : lines) {
        block += line + '\n';
        const auto parsed = parser.parse(line, one_by_one);
        if (!parsed.events.empty() || parsed.unparsed != 0) expected += told(parsed);
    }
    parser.parse_block(block, together, [&](const ParsedLine& line) { found += told(line); });
    ASSERT_EQ(found, expected) << testing::PrintToString(lines);
}

TEST_F(Pm2LineScan, a_block_gives_what_its_lines_give_one_by_one) {
    const LineParser own{Patterns()};
    const LineParser custom{Patterns(other_words)};
    for (int round = 0; round < 1000 * rounds() && !HasFailure(); ++round) {
        std::vector<std::string> lines(1 + random_() % 12);
        for (auto& line : lines) line = random_line();
        expect_the_same(own, lines);
        expect_the_same(custom, lines);
    }
}

TEST_F(Pm2LineScan, passes_over_no_line_that_says_something) {
    for (const bool own : {true, false}) {
        const Patterns patterns = own ? Patterns() : Patterns(other_words);
        const LineScan scan(patterns);
        const LineParser searching{own ? Patterns() : Patterns(other_words)};
        for (int round = 0; round < 6000 * rounds() && !HasFailure(); ++round) {
            const auto line = random_line();
            CutLines cuts;
            const auto parsed = searching.parse_any(line, cuts);
            if (parsed.events.empty() && cuts.none()) continue;
            EXPECT_TRUE(scan.may_matter(line)) << testing::PrintToString(line) << told(parsed);
        }
    }
}

TEST_F(Pm2LineScan, finds_a_line_at_every_place_of_a_block) {
    const LineScan scan{Patterns()};
    for (const std::string line : {"Token 已过期", "客户端 aB3_-xYz0123456789Qq 尝试连接", "缺\ufffd token",
                                   "\xe6", R"({"message":"Token)"}) {
        for (std::size_t before = 0; before < 100; ++before) {
            for (const std::size_t after : {0, 1, 31, 32, 33, 64, 100}) {
                const auto block =
                    std::string(before, 'x') + "\n" + line + "\n" + std::string(after, 'y') + "\n";
                const auto hit = scan.find(block, 0);
                ASSERT_TRUE(hit) << line << ' ' << before << ' ' << after;
                EXPECT_EQ(hit->line, line);
                EXPECT_EQ(hit->next, before + 1 + line.size() + 1);
                EXPECT_FALSE(scan.find(block, hit->next));
            }
        }
    }
}

TEST_F(Pm2LineScan, passes_over_lines_that_say_nothing) {
    const LineScan scan{Patterns()};
    for (
        const std::string line :
        {"", "用户 123 加入房间 room-1，当前在线人数 5", "2026-11-22T14:02:59: GET /api/health 200",
         R"({"message":"ready\n","timestamp":"2026-11-22T14:02:59","type":"out","process_id":0,"app_name":"a"})",
         "\xf0\x9f\x98\x80 早上好，2026-11-22 的日报已生成", "ＡＢＣ：全角"}) {
        EXPECT_FALSE(scan.may_matter(line)) << line;
    }
}

TEST_F(Pm2LineScan, an_expression_without_any_literal_text_has_every_line_read) {
    const LineScan scan{Patterns({{"verify", {R"(\d{6})"}}})};
    EXPECT_TRUE(scan.may_matter("nothing"));
}

}  // namespace
}  // namespace gatewatch::probes::pm2
