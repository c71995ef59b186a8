#include "probes/socketio/polling_exchange.hpp"

#include <fmt/format.h>

#include "probes/net/http_once.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto goodbye = 500ms;
/// Each is a connection. A server that answers at once and says nothing must not be asked without end.
constexpr unsigned most_polls = 100;

/// One request on a connection of its own. Gives nothing if it failed; the outcome then says why.
asio::awaitable<std::optional<net::HttpReply>> ask(ConnectRun& attempt, net::HttpRequest request, Phase phase,
                                                   SteadyTime until) {
    auto transport = co_await attempt.open();
    if (!transport) co_return std::nullopt;
    attempt.clock.enter(phase);
    attempt.transcript.sent(request);
    auto reply = co_await transport->exchange(std::move(request), until);
    co_await transport->close(until);
    if (reply) {
        attempt.transcript.received(*reply);
        co_return std::move(*reply);
    }
    if (reply.error().reason == Reason::deadline)
        attempt.session.time_passed(std::chrono::steady_clock::now());
    if (!attempt.session.passed()) attempt.fail(reply.error(), Asked::polling);
    co_return std::nullopt;
}

net::HttpRequest post_request(const ConnectRun& attempt, std::string body) {
    auto request = attempt.request("POST", "polling");
    request.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    request.body = std::move(body);
    return request;
}

}  // namespace

asio::awaitable<std::optional<net::HttpReply>> poll(ConnectRun& attempt, Phase phase, SteadyTime until) {
    auto request = attempt.request("GET", "polling");
    auto reply = co_await ask(attempt, std::move(request), phase, until);
    if (!reply) co_return std::nullopt;
    bool page = reply->header("Content-Type").starts_with("text/html");
    if (reply->status != 200 || page) {
        attempt.fail(*reply, Asked::polling);
        co_return std::nullopt;
    }
    if (reply->truncated) {
        attempt.fail(Reason::too_large, fmt::format("a body of more than {} bytes", net::max_body_bytes));
        co_return std::nullopt;
    }
    auto packets = split_payload(reply->body);
    if (!packets) {
        attempt.outcome.answer = describe(*reply, attempt.run.token);
        attempt.fail(packets.error().reason,
                     fmt::format("{}: {}", packets.error().detail, attempt.outcome.answer.excerpt));
        co_return std::nullopt;
    }
    attempt.outcome.answer.status = 200;
    attempt.outcome.answer.by = AnsweredBy::engine_io;
    attempt.outcome.answer.after = reply->after;
    for (auto packet : *packets) attempt.session.receive(packet, std::chrono::steady_clock::now());
    co_return reply;
}

asio::awaitable<std::optional<net::HttpReply>> poll(ConnectRun& attempt) {
    auto reply = co_await poll(attempt, attempt.session.phase(), attempt.wait_until());
    if (reply) attempt.follow_session();  // an ack and what follows it often come in one body
    co_return reply;
}

asio::awaitable<bool> post(ConnectRun& attempt) {
    std::string body;
    for (const auto& packet : attempt.session.take_outgoing()) body += (body.empty() ? "" : "\x1e") + packet;
    if (body.empty()) co_return true;
    auto request = post_request(attempt, std::move(body));
    attempt.outcome.connect_sent = true;
    auto reply = co_await ask(attempt, std::move(request), attempt.session.phase(), attempt.run.deadline);
    if (!reply) co_return false;
    if (reply->status == 200 && reply->body == "ok") co_return true;
    attempt.fail(*reply, Asked::polling);
    co_return false;
}

asio::awaitable<void> converse_by_polling(ConnectRun& attempt) {
    for (unsigned polls = 0; !attempt.session.ended(); ++polls) {
        if (polls == most_polls) {
            attempt.fail(Reason::flood, fmt::format("over {} polls before ready", most_polls));
            co_return;
        }
        if (!co_await post(attempt)) co_return;
        auto reply = co_await poll(attempt);
        if (!reply) co_return;
    }
}

asio::awaitable<void> say_goodbye(ConnectRun& attempt) {
    if (!attempt.session.open_packet()) co_return;
    auto until = std::min(attempt.run.deadline, std::chrono::steady_clock::now() + goodbye);
    auto request = post_request(attempt, "1");
    auto url = attempt.target.url + request.target;
    static_cast<void>(co_await net::http_once(url, std::move(request), attempt.target.ca_file, until));
}

}  // namespace gatewatch::probes::socketio
