// Asking for the configuration to be read again, once and in a storm, and reading it on a worker.
#include "agent/reloads.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <optional>

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

/// Readings that take as long as the test says.
class ReloadsTest : public testing::Test {
  protected:
    asio::awaitable<Reloaded> once() {
        const int number = ++begun_;
        ++under_way_;
        EXPECT_EQ(under_way_, 1);
        boost::system::error_code let_go;
        co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, let_go));
        --under_way_;
        if (throws_) throw std::runtime_error("no memory");
        co_return Reloaded{true, {say("reading {}", "第 {} 次读取", number)}};
    }
    void let_go() {
        gate_.cancel();
        run();
    }
    void run() {
        loop_.restart();
        loop_.poll();
    }
    /// Goes on until as many readings have begun.
    bool begins(int readings) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        loop_.restart();
        while (begun_ < readings && std::chrono::steady_clock::now() < end) loop_.run_one_for(100ms);
        return begun_ == readings;
    }
    /// Asks over HTTP, so to speak.
    std::shared_ptr<std::optional<Reloaded>> ask() {
        auto answer = std::make_shared<std::optional<Reloaded>>();
        asio::co_spawn(loop_, reloads_.ask_and_wait(),
                       [answer](std::exception_ptr, Reloaded reloaded) { *answer = std::move(reloaded); });
        run();
        return answer;
    }

    asio::io_context loop_{1};
    asio::steady_timer gate_{loop_, std::chrono::steady_clock::time_point::max()};
    int begun_ = 0, under_way_ = 0;
    bool throws_ = false;
    Reloads reloads_{loop_.get_executor(), [this] { return once(); }};
};

TEST_F(ReloadsTest, ReadsOnceAtATimeAndOnceMoreForAllWhoAskedMeanwhile_fault_86) {
    for (int i = 0; i < 200; ++i) reloads_.ask();
    run();
    EXPECT_EQ(begun_, 1);
    for (int i = 0; i < 200; ++i) reloads_.ask();
    const auto first = ask(), second = ask();
    const auto ended = std::chrono::steady_clock::now();
    let_go();
    ASSERT_TRUE(begins(2));
    EXPECT_GE(std::chrono::steady_clock::now() - ended, Reloads::least_pause);
    EXPECT_FALSE(*first) << "the file may have changed after the reading that was under way";
    let_go();
    EXPECT_EQ(begun_, 2);
    ASSERT_TRUE(*first && *second);
    EXPECT_THAT((*first)->lines, ElementsAre(Field(&Text::en, "reading 2")));
    EXPECT_THAT((*second)->lines, ElementsAre(Field(&Text::en, "reading 2")));
    const auto third = ask();
    ASSERT_TRUE(begins(3));
    let_go();
    ASSERT_TRUE(*third);
    EXPECT_THAT((*third)->lines, ElementsAre(Field(&Text::en, "reading 3")));
}

TEST_F(ReloadsTest, GoesOnAfterAReadingThatFailed) {
    throws_ = true;
    const auto failed = ask();
    let_go();
    ASSERT_TRUE(*failed);
    EXPECT_FALSE((*failed)->good);
    EXPECT_THAT((*failed)->lines, ElementsAre(Field(&Text::en, HasSubstr("no memory"))));
    throws_ = false;
    const auto passed = ask();
    ASSERT_TRUE(begins(2));
    let_go();
    EXPECT_TRUE(*passed && (*passed)->good);
}

TEST_F(ReloadsTest, CancelsWhatIsUnderWayAtTheEndAndTellsWhoWaits_fault_87) {
    const auto first = ask(), pending = ask();
    reloads_.stop();
    run();
    ASSERT_TRUE(*first && *pending);
    EXPECT_THAT((*first)->lines, ElementsAre(Field(&Text::en, "the agent is stopping")));
    EXPECT_FALSE((*pending)->good);
    EXPECT_EQ(begun_, 1);
    const auto late = ask();
    EXPECT_TRUE(*late && !(*late)->good);
    reloads_.ask();
    run();
    EXPECT_EQ(begun_, 1);
    loop_.restart();
    EXPECT_EQ(loop_.run(), 0U) << "nothing is left";
}

class ConfigFileTest : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (std::filesystem::temp_directory_path() / "gatewatch-reload-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    auto read(ConfigFile& file) {
        std::optional<std::expected<config::Loaded, std::vector<Text>>> result;
        asio::co_spawn(loop_, file.read(), [&](std::exception_ptr error, auto read) {
            if (error) std::rethrow_exception(error);
            result = std::move(read);
        });
        loop_.restart();
        while (!result && loop_.run_one_for(5s) > 0) {
        }
        return std::move(result).value();
    }

    std::filesystem::path directory_;
    asio::io_context loop_{1};
    Workers workers_{loop_.get_executor(), worker_threads};
};

TEST_F(ConfigFileTest, GivesTheSettingsOrEveryProblemWithItsPlace_fault_84) {
    const auto path = directory_ / "gatewatch.toml";
    ConfigFile file(path, workers_);
    const auto missing = read(file);
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error(), ElementsAre(Field(&Text::en, HasSubstr(path.native()))));

    const std::string route = "[[gateway.route]]\nname = \"public\"\nurl = \"http://im.example.com\"\n";
    std::ofstream(path) << "[[gateway]]\nname = \"im\"\n" + route;
    const auto good = read(file);
    ASSERT_TRUE(good);
    EXPECT_EQ(good->settings.gateways.at(0).name, "im");

    std::ofstream(path) << "[[gateway]]\nname = \"im\"\nintervall = \"15s\"\ntimeout = 3\n" + route;
    const auto bad = read(file);
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error(), ElementsAre(Field(&Text::en, HasSubstr("gatewatch.toml:3:1: ")),
                                         Field(&Text::zh, HasSubstr("gatewatch.toml:4:"))));
}

TEST(OnWorkerUntil, ComesBackAtTheDeadlineWhileTheFunctionGoesOn) {
    asio::io_context loop{1};
    Workers workers(loop.get_executor(), 1);
    const auto disk_hangs = std::make_shared<std::atomic<bool>>(true);
    bool came_back = false;
    asio::co_spawn(loop,
                   on_worker_until<int>(workers, std::chrono::steady_clock::now() + 20ms,
                                        [disk_hangs] {
                                            disk_hangs->wait(true);
                                            return 1;
                                        }),
                   [&](std::exception_ptr, std::optional<int> result) { came_back = !result; });
    loop.run();
    EXPECT_TRUE(came_back);
    *disk_hangs = false;
    disk_hangs->notify_all();
}

}  // namespace
}  // namespace gatewatch::agent::test
