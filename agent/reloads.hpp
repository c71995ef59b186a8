// When the configuration is read again, however often somebody asks: one reading at a time and in a second,
// and one more after it for all who have asked meanwhile, since the file may have changed after it was read.
// Used by the app. Lives on the event loop.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "agent/workers.hpp"
#include "config/loader.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

/// What came of one reading.
struct Reloaded {
    bool good = false;
    std::vector<Text> lines;  ///< what has changed; or every problem: "file:line:column: message"
};

class Reloads {
  public:
    /// From the end of one reading to the next: whoever asks in a loop fills no log.
    static constexpr std::chrono::seconds least_pause{1};
    using Once = std::function<boost::asio::awaitable<Reloaded>()>;

    Reloads(boost::asio::any_io_executor executor, Once once);
    Reloads(const Reloads&) = delete;
    Reloads& operator=(const Reloads&) = delete;
    ~Reloads();

    void ask();
    /// What came of the first reading that began after this call.
    boost::asio::awaitable<Reloaded> ask_and_wait();
    /// Cancels the reading under way. None begins after this, and who waits is told so.
    void stop();

  private:
    struct Round;
    struct State;
    static std::shared_ptr<Round> begin(const std::shared_ptr<State>& state);
    static boost::asio::awaitable<void> run(std::shared_ptr<State> state);
    static boost::asio::awaitable<Reloaded> end_of(std::shared_ptr<Round> round);

    std::shared_ptr<State> state_;
};

/// The configuration file, read on a worker: it may lie on a disk that hangs.
class ConfigFile {
  public:
    static constexpr std::chrono::seconds patience{10};

    ConfigFile(std::filesystem::path file, Workers& workers) : file_(std::move(file)), workers_(workers) {}

    /// Or every problem, a line each.
    boost::asio::awaitable<std::expected<config::Loaded, std::vector<Text>>> read();
    [[nodiscard]] const std::filesystem::path& path() const { return file_; }

  private:
    std::filesystem::path file_;
    Workers& workers_;
    /// A reading has not come back. No other begins meanwhile, or they would take all workers.
    std::shared_ptr<std::atomic<bool>> out_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace gatewatch::agent
