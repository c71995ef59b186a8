#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "probes/pm2/file_identity.hpp"
#include "probes/pm2/line_splitter.hpp"

namespace gatewatch::probes::pm2 {
namespace {

TEST(Pm2FileIdentity, a_file_that_only_grew_is_told_from_one_that_was_written_anew) {
    Marker marker;
    marker.advance("first line\n");
    marker.advance(std::string(100, 'b'));
    const auto head = "first line\n" + std::string(53, 'b');
    const auto tail = std::string(64, 'b');
    EXPECT_EQ(marker.offset(), 111u);
    EXPECT_EQ(marker.judge(111, head, tail), Change::none);
    EXPECT_EQ(marker.judge(200, head, tail), Change::grew);
    EXPECT_EQ(marker.judge(110, head, tail), Change::shrunk);
    EXPECT_EQ(marker.judge(200, "FIRST" + head.substr(5), tail), Change::rewritten);
    EXPECT_EQ(marker.judge(200, head, tail.substr(1) + "c"), Change::rewritten);
    EXPECT_EQ(Marker().judge(5, "", ""), Change::grew);
}

TEST(Pm2LineSplitter, lines_come_out_whole_however_the_bytes_were_cut) {
    const std::string text = std::string("one\n\ntwo\0\0 words\nthree", 22);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        LineSplitter splitter;
        std::vector<std::string> lines;
        const auto on_line = [&](std::string_view line) { lines.emplace_back(line); };
        EXPECT_EQ(splitter.feed(std::string_view(text).substr(0, cut), on_line), 0u);
        EXPECT_EQ(splitter.feed(std::string_view(text).substr(cut), on_line), 0u);
        EXPECT_EQ(splitter.take_partial(), "three");
        for (auto& line : lines)
            std::erase(line, '\0');  // a line in one piece keeps them; its reader drops them
        EXPECT_THAT(lines, testing::ElementsAre("one", "", "two words")) << "cut at " << cut;
    }
}

}  // namespace
}  // namespace gatewatch::probes::pm2
