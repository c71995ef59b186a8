#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <vector>

#include "probes/pm2/log_collector.hpp"

namespace gatewatch::probes::pm2 {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Pm2LogCollector : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-pm2-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        settings_.home = pattern;
        fs::create_directory(settings_.home / "logs");
        append("");
        collector_ =
            std::make_unique<LogCollector>(io_.get_executor(), settings_, settings_.home, fs::path(),
                                           [this](const LogEvent& event) { events_.push_back(event); });
    }
    void TearDown() override {
        collector_.reset();
        fs::remove_all(settings_.home);
    }
    void append(const std::string& text) const {
        std::ofstream(settings_.home / "logs" / "nest-backend-out.log", std::ios::app) << text;
    }
    bool run_until(std::size_t events, std::chrono::milliseconds limit = 5s) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (events_.size() < events && std::chrono::steady_clock::now() < end) io_.run_one_for(20ms);
        return events_.size() >= events;
    }

    asio::io_context io_;
    config::Pm2Settings settings_;
    std::unique_ptr<LogCollector> collector_;
    std::vector<LogEvent> events_;
};

const std::string own = "ownownownownownown01";

TEST_F(Pm2LogCollector, tells_a_probes_own_lines_as_synthetic) {
    collector_->start();
    EXPECT_TRUE(collector_->status().up) << collector_->status().detail.en;
    collector_->probe_started(1);
    append("客户端 " + own + " 尝试连接\nToken from auth: 存在\nToken 已过期\n");
    Outcome outcome;
    outcome.connect_sent = true;
    outcome.namespace_sid = own;
    collector_->probe_finished(1, outcome);
    ASSERT_TRUE(run_until(3));
    for (const auto& event : events_) {
        EXPECT_EQ(event.origin, Origin::synthetic);
        EXPECT_EQ(event.sid, own);
    }
    EXPECT_EQ(events_[2].kind, EventKind::rejected_expired);
    EXPECT_LT(std::chrono::system_clock::now() - events_[2].seen, 5s);
}

TEST_F(Pm2LogCollector, nothing_comes_after_stop) {
    collector_->start();
    append("Token 已过期\n");
    collector_->stop();
    EXPECT_FALSE(run_until(1, 300ms));
}

}  // namespace
}  // namespace gatewatch::probes::pm2
