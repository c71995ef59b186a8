#include "agent/reloads.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

namespace gatewatch::agent {

namespace asio = boost::asio;

namespace {

Reloaded stopping() {
    return {false, {{"the agent is stopping", "探测器正在停止"}}};
}

}  // namespace

/// One reading, and those who wait for it.
struct Reloads::Round {
    explicit Round(const asio::any_io_executor& executor)
        : done(executor, std::chrono::steady_clock::time_point::max()) {}

    void end(Reloaded how) {
        result = std::move(how);
        done.cancel();
    }

    asio::steady_timer done;
    std::optional<Reloaded> result;
};

struct Reloads::State {
    State(asio::any_io_executor executor_, Once once_)
        : executor(std::move(executor_)), once(std::move(once_)) {}

    asio::any_io_executor executor;
    Once once;
    std::shared_ptr<Round> next;  ///< asked for, and not begun
    asio::cancellation_signal cancel;
    std::optional<std::chrono::steady_clock::time_point> last_end;
    bool running = false;
    bool stopped = false;
};

Reloads::Reloads(asio::any_io_executor executor, Once once)
    : state_(std::make_shared<State>(std::move(executor), std::move(once))) {}

Reloads::~Reloads() {
    stop();
}

void Reloads::ask() {
    if (!state_->stopped) begin(state_);
}

asio::awaitable<Reloaded> Reloads::ask_and_wait() {
    if (state_->stopped) co_return stopping();
    co_return co_await end_of(begin(state_));
}

void Reloads::stop() {
    if (std::exchange(state_->stopped, true)) return;
    if (const auto next = std::exchange(state_->next, nullptr)) next->end(stopping());
    state_->cancel.emit(asio::cancellation_type::terminal);
    // The signal works through the event loop, and must live until it has.
    asio::post(state_->executor, [keep = state_] {});
}

std::shared_ptr<Reloads::Round> Reloads::begin(const std::shared_ptr<State>& state) {
    if (!state->next) state->next = std::make_shared<Round>(state->executor);
    auto round = state->next;
    if (!std::exchange(state->running, true)) {
        asio::co_spawn(state->executor, run(state),
                       asio::bind_cancellation_slot(state->cancel.slot(), [](std::exception_ptr) {}));
    }
    return round;
}

asio::awaitable<void> Reloads::run(std::shared_ptr<State> state) {
    while (state->next) {
        if (state->last_end) {
            asio::steady_timer pause(state->executor, *state->last_end + least_pause);
            co_await pause.async_wait(asio::use_awaitable);
        }
        const auto round = std::exchange(state->next, nullptr);
        Reloaded result;
        try {
            result = co_await state->once();
        } catch (const std::exception& error) {
            const std::string what = error.what();
            result = {false,
                      {say("the configuration could not be read again: {}", "无法重新读取配置：{}", what)}};
        }
        state->last_end = std::chrono::steady_clock::now();
        round->end(state->stopped ? stopping() : std::move(result));
    }
    state->running = false;
}

asio::awaitable<Reloaded> Reloads::end_of(std::shared_ptr<Round> round) {
    while (!round->result) {
        boost::system::error_code cancelled;
        co_await round->done.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    co_return *round->result;
}

asio::awaitable<std::expected<config::Loaded, std::vector<Text>>> ConfigFile::read() {
    using Read = std::expected<config::Loaded, std::vector<config::Problem>>;
    std::optional<Read> read;
    if (!out_->exchange(true)) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        read = co_await on_worker_until<Read>(workers_, deadline, [file = file_, out = out_] {
            auto result = config::load_file(file);
            *out = false;
            return result;
        });
    }
    if (!read) {
        co_return std::unexpected(std::vector{say("{}: cannot be read in {} s; see whether its disk hangs",
                                                  "{}：{} 秒内无法读取；请检查它所在的磁盘是否卡住",
                                                  file_.native(), patience.count())});
    }
    if (*read) co_return std::move(**read);
    std::vector<Text> problems;
    for (const auto& problem : read->error()) {
        problems.emplace_back(problem.text(Language::en), problem.text(Language::zh));
    }
    co_return std::unexpected(std::move(problems));
}

}  // namespace gatewatch::agent
