// A sample that grows too old: a look that hangs must not let the one before stand for the present.
#include "agent/polled_sample.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <memory>

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using probes::EnvSample;
using testing::HasSubstr;

config::GatewaySettings gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    settings.env_files.emplace().interval = 1h;
    return settings;
}

asio::awaitable<EnvSample> good() {
    EnvSample sample;
    sample.up = true;
    co_return sample;
}

class PolledEnv : public testing::Test {
  protected:
    PolledEnv() { polled_.start(); }
    /// Runs the loop until the next sample has come.
    void next_sample() {
        const int before = told_;
        while (told_ == before && loop_.run_one_for(10s) > 0) {
        }
        ASSERT_EQ(told_, before + 1);
    }
    [[nodiscard]] std::string up_in_metrics() const {
        const std::string line = "gatewatch_collector_up{collector=\"env_files\",gateway=\"im\"} ";
        const std::string text = recorder_.render();
        return text.substr(text.find(line) + line.size(), 1);
    }

    asio::io_context loop_;
    metrics::Recorder recorder_{"test"};
    EvidenceStore evidence_{gateway()};
    Notices notices_{"im"};
    std::unique_ptr<metrics::GatewayMetrics> metrics_ = recorder_.add_gateway(gateway(), evidence_.plan());
    int told_ = 0;
    PolledSample<EnvSample> polled_{loop_.get_executor(),
                                    Findings{evidence_, notices_, *metrics_},
                                    [this] { ++told_; },
                                    CollectorKind::env_files,
                                    1h,
                                    &Samples::env,
                                    good};
};

TEST_F(PolledEnv, StandsForTwoIntervalsAndHalfAMinuteAndNoLonger) {
    next_sample();
    const auto came = std::chrono::steady_clock::now();
    EXPECT_FALSE(polled_.tick(came + 2h + 20s));
    EXPECT_TRUE(evidence_.samples().env);
    EXPECT_TRUE(polled_.report().up);
    EXPECT_EQ(up_in_metrics(), "1");

    EXPECT_TRUE(polled_.tick(came + 2h + 31s)) << "news";
    EXPECT_FALSE(evidence_.samples().env) << "what it said may have changed since";
    EXPECT_FALSE(polled_.report().up);
    EXPECT_THAT(polled_.report().detail.en, HasSubstr("no sample for 7231 s"));
    EXPECT_THAT(polled_.report().detail.zh, HasSubstr("已有 7231 秒"));
    EXPECT_EQ(up_in_metrics(), "0");
    EXPECT_FALSE(polled_.tick(came + 2h + 32s)) << "no news any more";
}

TEST_F(PolledEnv, IsBackWithTheNextSample) {
    next_sample();
    EXPECT_TRUE(polled_.tick(std::chrono::steady_clock::now() + 3h));
    polled_.sample_now();
    next_sample();
    EXPECT_TRUE(evidence_.samples().env);
    EXPECT_TRUE(polled_.report().up);
    EXPECT_TRUE(polled_.report().detail.empty());
    EXPECT_EQ(up_in_metrics(), "1");
}

TEST_F(PolledEnv, IsAwaitedUntilTheFirstSampleCame) {
    EXPECT_TRUE(polled_.awaits_first());
    EXPECT_THAT(polled_.report().detail.en, HasSubstr("no sample yet"));
    next_sample();
    EXPECT_FALSE(polled_.awaits_first());
}

}  // namespace
}  // namespace gatewatch::agent::test
