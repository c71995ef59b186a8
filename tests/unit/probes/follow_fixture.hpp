// Log files in a directory of the test's own, followed step by step in a time of the test's own. Used by the
// follow_*_test.cpp files.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "probes/follow/follower.hpp"
#include "probes/follow/position.hpp"

namespace gatewatch::probes::follow {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// The long figures are the same tests with this variable set.
inline bool thorough() {
    return std::getenv("GATEWATCH_THOROUGH") != nullptr;
}

inline fs::path make_directory() {
    auto pattern = (fs::temp_directory_path() / "gatewatch-follow-XXXXXX").native();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    return pattern;
}

inline void append(const fs::path& file, std::string_view text) {
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

/// The lines of a block, each without its line feed.
inline std::vector<std::string> lines_of(std::string_view block) {
    std::vector<std::string> lines;
    while (!block.empty()) {
        const auto end = block.find('\n');
        if (end == std::string_view::npos) throw std::runtime_error("a block that does not end a line");
        lines.emplace_back(block.substr(0, end));
        block.remove_prefix(end + 1);
    }
    return lines;
}

class Follow : public testing::Test {
  protected:
    void SetUp() override {
        root_ = make_directory();
        fs::create_directory(logs());
        options_.checkpoint = root_ / "checkpoint.json";
        options_.nothing_found = {"log", "日志"};
        follow_names([](std::string_view name) { return name == "app.log" || name == "b.log"; });
    }
    void TearDown() override { fs::remove_all(root_); }

    fs::path logs() const { return root_ / "logs"; }
    fs::path log() const { return logs() / "app.log"; }
    void follow_names(std::function<bool(std::string_view)> matches, bool copies_match = false) {
        options_.sources = {{.directory = logs(),
                             .matches = std::move(matches),
                             .pattern = "test",
                             .copies_match = copies_match}};
    }

    /// A process begins.
    void start() {
        follower_ = std::make_unique<Follower>(options_);
        step();
    }
    bool step(std::chrono::milliseconds passed = 100ms) {
        now_ += passed;
        bool more = false;
        int steps = 0;
        do {
            more = follower_->step(now_, sink_);
        } while (more && ++steps < 1000);
        return more;
    }
    /// What has been read since the last call: "1 2", lines that are read again as "1?", older ones as "1<".
    std::string read() {
        step();
        return std::exchange(read_, {});
    }
    Status status() const { return follower_->status(); }

    fs::path root_;
    Options options_;
    std::unique_ptr<Follower> follower_;
    SteadyTime now_{1h};
    std::string read_;
    int lost_ = 0;
    Sink sink_{.lines =
                   [this](FileId, std::string_view block, Reading reading) {
                       for (const auto& line : lines_of(block)) {
                           if (!read_.empty()) read_ += ' ';
                           read_ += line;
                           if (reading == Reading::again) read_ += '?';
                           if (reading == Reading::before_start) read_ += '<';
                       }
                   },
               .lines_lost = [this](FileId) { ++lost_; }};
};

}  // namespace gatewatch::probes::follow
