#include "agent/signals.hpp"

#include <sys/time.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace gatewatch::agent {
namespace {

using Receiver = void (*)(int);

/// Asio's own, which pass a signal on to the event loop. Read by the handler of the signal, so they stand
/// here.
std::array<Receiver, NSIG> receivers{};

/// Only what a handler may call: the thread that it interrupts may hold any lock.
void end_soon(int signal) {
    const itimerval once{{0, 0}, {1, 500'000}};
    setitimer(ITIMER_REAL, &once, nullptr);
    receivers[static_cast<std::size_t>(signal)](signal);
}

/// The time begins where the signal arrives: an event loop that is stuck would never come to begin it.
void end_soon_after(int signal) {
    struct sigaction action{};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == end_soon) return;
    receivers[static_cast<std::size_t>(signal)] = action.sa_handler;
    action.sa_handler = end_soon;
    sigaction(signal, &action, nullptr);
}

}  // namespace

void ignore_broken_pipes() {
    std::signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(boost::asio::any_io_executor executor, Handler handler)
    : set_(std::move(executor), SIGTERM, SIGINT, SIGHUP), handler_(std::move(handler)) {
    std::signal(SIGALRM, [](int) { std::_Exit(0); });
    for (int signal : {SIGTERM, SIGINT}) end_soon_after(signal);
    wait();
}

void Signals::stop() {
    boost::system::error_code ignored;
    set_.cancel(ignored);
}

void Signals::wait() {
    set_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        wait();
        handler_(signal);
    });
}

}  // namespace gatewatch::agent
