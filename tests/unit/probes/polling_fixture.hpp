// The polling probe against a scripted server. Used by the socketio_polling_*test.cpp files.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_polling;
using testing::HasSubstr;

inline std::string polling_against(Script script, std::chrono::milliseconds timeout = 5s) {
    auto outcome = run_probe(probe_polling, script, timeout);
    EXPECT_LE(outcome.evidence.size(), max_evidence);
    return verdict_of(outcome);
}

constexpr auto text = "text/plain; charset=UTF-8";

inline awaitable<void> answer(Peer& peer, std::string reply) {
    auto request = co_await peer.read_request();
    co_await peer.write(std::move(reply));
    co_await peer.stall();
}

/// A server whose body for the third request is given: the packets after the CONNECT.
inline awaitable<void> serve_session(Peer& peer, std::string packets) {
    if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
    if (peer.number() == 1 || peer.number() > 2) co_await answer(peer, response("200 OK", "text/html", "ok"));
    if (peer.number() == 2) co_await answer(peer, response("200 OK", text, packets));
}

}  // namespace gatewatch::probes::test
