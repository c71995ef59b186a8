#include "probes/poller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <stdexcept>
#include <vector>

#include "probes/samples.hpp"

namespace gatewatch::probes {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;

class PollerTest : public testing::Test {
  protected:
    using Poll = Poller<EnvSample>;

    void make(config::Duration interval, Poll::Take take, config::Duration retry = 1h) {
        poller_ = std::make_unique<Poll>(
            io_.get_executor(), interval, std::move(take),
            [this](EnvSample sample) { samples_.push_back(std::move(sample)); }, retry);
        poller_->start();
    }
    template <class Condition>
    bool run_until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (!condition() && std::chrono::steady_clock::now() < end) {
            io_.restart();
            io_.run_one_for(20ms);
        }
        return condition();
    }
    bool have(std::size_t count) {
        return run_until([&] { return samples_.size() >= count; });
    }

    asio::io_context io_;
    std::vector<EnvSample> samples_;
    std::unique_ptr<Poll> poller_;
};

asio::awaitable<EnvSample> healthy() {
    EnvSample sample;
    sample.up = true;
    co_return sample;
}

TEST_F(PollerTest, samples_at_once_and_again_after_the_interval) {
    make(1ms, healthy);
    EXPECT_TRUE(have(3));
    EXPECT_TRUE(samples_[0].up);
}

TEST_F(PollerTest, what_cannot_be_read_is_tried_again_sooner) {
    int looks = 0;
    const auto up_at_the_third = [&looks]() -> asio::awaitable<EnvSample> {
        EnvSample sample;
        sample.up = ++looks >= 3;
        co_return sample;
    };
    make(1h, up_at_the_third, 1ms);
    ASSERT_TRUE(have(3));
    EXPECT_TRUE(samples_.back().up);
    io_.restart();
    io_.run_for(50ms);
    EXPECT_EQ(samples_.size(), 3) << "then the interval counts again";
}

TEST_F(PollerTest, a_sample_that_is_asked_for_does_not_wait_for_the_interval) {
    make(1h, healthy);
    ASSERT_TRUE(have(1));
    poller_->sample_now();
    EXPECT_TRUE(have(2));
}

TEST_F(PollerTest, no_callback_comes_after_its_end) {
    asio::steady_timer gate(io_, 1h);
    make(1h, [&gate]() -> asio::awaitable<EnvSample> {
        co_await gate.async_wait(asio::use_awaitable);
        co_return EnvSample{};
    });
    io_.poll();
    poller_.reset();
    io_.restart();
    io_.run_for(1s);
    EXPECT_TRUE(io_.stopped());  // nothing is left to do: the wait has been ended
    EXPECT_TRUE(samples_.empty());
}

asio::awaitable<EnvSample> broken() {
    throw std::runtime_error("disk on fire");
    co_return EnvSample{};
}

TEST_F(PollerTest, what_throws_is_a_sample_that_is_not_up_and_the_next_one_comes) {
    make(1ms, broken);
    ASSERT_TRUE(have(2));
    EXPECT_FALSE(samples_[0].up);
    EXPECT_THAT(samples_[0].detail.en, HasSubstr("disk on fire"));
    EXPECT_THAT(samples_[0].detail.zh, HasSubstr("disk on fire"));
    EXPECT_NE(samples_[0].taken, WallTime{});
}

}  // namespace
}  // namespace gatewatch::probes
