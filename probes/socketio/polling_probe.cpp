#include <fmt/format.h>

#include "probes/net/http_once.hpp"
#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/connect_run.hpp"

namespace gatewatch::probes::socketio {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr auto goodbye = 500ms;

/// One request on a connection of its own. Gives nothing if it failed; the outcome then says why.
asio::awaitable<std::optional<net::HttpReply>> ask(ConnectRun& attempt, net::HttpRequest request, Phase phase,
                                                   SteadyTime until) {
    auto transport = co_await attempt.open();
    if (!transport) co_return std::nullopt;
    attempt.clock.enter(phase);
    auto reply = co_await transport->exchange(std::move(request), until);
    co_await transport->close(until);
    if (reply) co_return std::move(*reply);
    if (reply.error().reason == Reason::deadline)
        attempt.session.time_passed(std::chrono::steady_clock::now());
    if (!attempt.session.passed()) attempt.fail(reply.error(), Asked::polling);
    co_return std::nullopt;
}

std::string query_of(const ConnectRun& attempt) {
    auto query = engine_query("polling");
    if (const auto& open = attempt.session.open_packet()) query += "&sid=" + open->sid;
    return query;
}

/// GET: what the server has to say.
asio::awaitable<bool> poll(ConnectRun& attempt) {
    auto request = attempt.request("GET", query_of(attempt));
    auto reply = co_await ask(attempt, std::move(request), attempt.session.phase(), attempt.wait_until());
    if (!reply) co_return false;
    bool page = reply->header("Content-Type").starts_with("text/html");
    if (reply->status != 200 || page) {
        attempt.fail(*reply, Asked::polling);
        co_return false;
    }
    if (reply->truncated) {
        attempt.fail(Reason::too_large, fmt::format("a body of more than {} bytes", net::max_body_bytes));
        co_return false;
    }
    auto packets = split_payload(reply->body);
    if (!packets) {
        attempt.outcome.answer = describe(*reply, attempt.run.token);
        attempt.fail(packets.error().reason,
                     fmt::format("{}: {}", packets.error().detail, attempt.outcome.answer.excerpt));
        co_return false;
    }
    attempt.outcome.answer.status = 200;
    attempt.outcome.answer.by = AnsweredBy::engine_io;
    attempt.outcome.answer.after = reply->after;
    for (auto packet : *packets) attempt.session.receive(packet, std::chrono::steady_clock::now());
    attempt.follow_session();  // an ack and what follows it often come in one body
    co_return !attempt.session.ended();
}

/// POST: what the session wants sent.
asio::awaitable<bool> post(ConnectRun& attempt) {
    std::string body;
    for (const auto& packet : attempt.session.take_outgoing()) body += (body.empty() ? "" : "\x1e") + packet;
    if (body.empty()) co_return true;
    auto request = attempt.request("POST", query_of(attempt));
    request.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    request.body = std::move(body);
    attempt.outcome.connect_sent = true;
    auto reply = co_await ask(attempt, std::move(request), attempt.session.phase(), attempt.run.deadline);
    if (!reply) co_return false;
    if (reply->status == 200 && reply->body == "ok") co_return true;
    attempt.fail(*reply, Asked::polling);
    co_return false;
}

/// Closes the Engine.IO session, which the server would otherwise keep until its ping timeout.
asio::awaitable<void> say_goodbye(ConnectRun& attempt) {
    if (!attempt.session.open_packet()) co_return;
    auto until = std::min(attempt.run.deadline, std::chrono::steady_clock::now() + goodbye);
    auto request = attempt.request("POST", query_of(attempt));
    request.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    request.body = "1";
    auto url = attempt.target.url + request.target;
    static_cast<void>(co_await net::http_once(url, std::move(request), attempt.target.ca_file, until));
}

}  // namespace

asio::awaitable<Outcome> probe_polling(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::polling, std::move(target), std::move(run_input));
    bool go_on = co_await poll(attempt);
    while (go_on) {
        go_on = co_await post(attempt);
        if (go_on) go_on = co_await poll(attempt);
    }
    auto outcome = attempt.finish();
    co_await attempt.identify_page();
    co_await say_goodbye(attempt);
    attempt.outcome.duration = outcome.duration;
    co_return attempt.outcome;
}

}  // namespace gatewatch::probes::socketio
