#include <fmt/format.h>
#include <gmock/gmock.h>

#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/transcript.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::Transcript;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// "> " what was sent, "< " what came.
std::vector<std::string> lines_of(const Outcome& outcome) {
    std::vector<std::string> lines;
    for (const auto& line : outcome.transcript) lines.push_back((line.sent ? "> " : "< ") + line.text);
    return lines;
}

awaitable<void> serve_websocket(Peer& peer) {
    co_await peer.accept_websocket();
    co_await peer.send_text(open_packet());
    co_await peer.read_frame();
    co_await peer.send_text(R"(40/im,{"sid":"abc"})");
    co_await peer.send_text(R"(42/im,["connected",{"your":"a-token-that-must-not-show"}])");
    co_await peer.stall();
}

TEST(Transcript, tells_a_websocket_session_without_its_token) {
    auto outcome = run_probe(socketio::probe_websocket, serve_websocket);
    EXPECT_THAT(lines_of(outcome),
                ElementsAre("> GET /socket.io/?EIO=4&transport=websocket", "< 101 Switching Protocols",
                            StartsWith(R"(< 0{"sid":"Lw9K)"), R"(> 40/im,{"token":"[redacted]"})",
                            R"(< 40/im,{"sid":"abc"})", R"(< 42/im,["connected",{"your":"[redacted]"}])"));
}

awaitable<void> serve_polling(Peer& peer) {
    static const std::vector<std::string> replies = {
        response("200 OK", "text/plain", open_packet()), response("200 OK", "text/html", "ok"),
        response("400 Bad Request", "application/json", R"({"code":1,"message":"Session ID unknown"})")};
    auto request = co_await peer.read_request();
    auto number = std::min<std::size_t>(static_cast<std::size_t>(peer.number()), 2);
    co_await peer.write(replies[number]);
    co_await peer.stall();
}

TEST(Transcript, tells_requests_and_replies_of_polling) {
    auto outcome = run_probe(socketio::probe_polling, serve_polling);
    const std::string session = "/socket.io/?EIO=4&transport=polling&sid=Lw9KcSJYcAk5pRcOAAAA";
    EXPECT_THAT(
        lines_of(outcome),
        ElementsAre("> GET /socket.io/?EIO=4&transport=polling", StartsWith(R"(< 200 text/plain: 0{"sid")"),
                    "> POST " + session + R"(: 40/im,{"token":"[redacted]"})", "< 200 text/html: ok",
                    "> GET " + session,
                    R"(< 400 application/json: {"code":1,"message":"Session ID unknown"})"));
    for (std::size_t i = 1; i < outcome.transcript.size(); ++i)
        EXPECT_GE(outcome.transcript[i].at, outcome.transcript[i - 1].at);
}

TEST(Transcript, tells_how_a_connection_failed) {
    asio::io_context context;
    auto outcome = run_probe(context, socketio::probe_websocket, target_at("http://127.0.0.1:1"));
    EXPECT_THAT(lines_of(outcome), ElementsAre(HasSubstr("connecting to 127.0.0.1:1")));
}

TEST(Transcript, is_bounded_and_its_last_line_says_how_much_more_there_was) {
    Outcome outcome;
    Transcript transcript(outcome, std::nullopt);
    for (int i = 0; i < 30; ++i) transcript.received(std::string(1'000'000, 'x'));
    ASSERT_EQ(outcome.transcript.size(), max_transcript_lines);
    for (const auto& line : outcome.transcript) EXPECT_LE(line.text.size(), max_transcript_line);
    EXPECT_EQ(outcome.transcript.back().text, "… and 7 more");
}

TEST(Transcript, of_exactly_as_many_lines_as_it_holds_leaves_none_out) {
    Outcome outcome;
    Transcript transcript(outcome, std::nullopt);
    for (std::size_t i = 0; i < max_transcript_lines; ++i) transcript.sent(fmt::format("packet {}", i));
    ASSERT_EQ(outcome.transcript.size(), max_transcript_lines);
    EXPECT_EQ(outcome.transcript.back().text, fmt::format("packet {}", max_transcript_lines - 1));
    transcript.sent("one");
    EXPECT_EQ(outcome.transcript.back().text, "… and 2 more");
}

TEST(Transcript, fault_100_shows_no_token_of_a_header_or_of_a_body_cut_in_the_middle) {
    const std::string token = "a-token-that-must-not-show";
    Outcome outcome;
    Transcript transcript(outcome, Secret(token));
    net::HttpRequest request;
    request.target = "/socket.io/";
    request.headers = {{"Authorization", "Bearer " + token}};
    transcript.sent(request);
    for (std::size_t before = 0; before < 2 * max_transcript_line; before += 3)
        transcript.received(std::string(before, ' ') + "x" + token);
    EXPECT_EQ(lines_of(outcome).front(), "> GET /socket.io/ (Authorization: Bearer [redacted])");
    EXPECT_THAT(lines_of(outcome), Not(Contains(HasSubstr("a-to"))));
}

}  // namespace
}  // namespace gatewatch::probes::test
