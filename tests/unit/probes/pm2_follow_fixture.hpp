// Real log files in a directory of the test's own, read step by step in a time of the test's own. Attempts
// are written with numbers and come back as numbers. Used by the pm2_follow*_test.cpp files.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "probes/pm2/log_pipeline.hpp"

namespace gatewatch::probes::pm2 {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

/// A sid with that number.
inline std::string sid(int number) {
    return fmt::format("sidsidsidsid{:08}", number);
}
inline std::string attempt(int number) {
    return "客户端 " + sid(number) + " 尝试连接\n";
}

class Pm2Follow : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-pm2-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        home_ = pattern;
        settings_.home = home_;
        fs::create_directory(logs());
    }
    void TearDown() override {
        fs::permissions(logs(), fs::perms::owner_all);
        fs::remove_all(home_);
    }

    fs::path logs() const { return home_ / "logs"; }
    fs::path out() const { return logs() / "nest-backend-out.log"; }
    static void append(const fs::path& file, const std::string& text) {
        std::ofstream(file, std::ios::app | std::ios::binary) << text;
    }
    static void truncate(const fs::path& file) { ASSERT_EQ(::truncate(file.c_str(), 0), 0); }

    void start() {
        pipeline_ = std::make_unique<LogPipeline>(settings_, home_ / "state", checkpoint_);
        step();
    }
    void step(std::chrono::milliseconds passed = 200ms) {
        now_ += passed;
        wall_ += passed;
        pipeline_->step(now_, wall_);
    }
    /// The numbers of the attempts that have been read and not yet told, in order: "1 2 3". Waits out their
    /// holding.
    std::string read() {
        step();
        step(2s);
        std::string text;
        for (const auto& event : pipeline_->attribution().take()) {
            if (event.kind != EventKind::attempt) continue;
            if (!text.empty()) text += ' ';
            text += std::to_string(std::stoi(event.sid.substr(12)));
        }
        return text;
    }
    LogStatus status() const { return pipeline_->status(); }

    fs::path home_;
    fs::path checkpoint_;  ///< empty: none
    config::Pm2Settings settings_;
    std::unique_ptr<LogPipeline> pipeline_;
    SteadyTime now_{1h};
    WallTime wall_ = std::chrono::system_clock::now();
};

}  // namespace gatewatch::probes::pm2
