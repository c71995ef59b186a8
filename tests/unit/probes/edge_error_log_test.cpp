// What is read from nginx's error log. The lines are those of nginx 1.22.1.
#include <fmt/format.h>

#include <sstream>

#include "tests/unit/probes/edge_fixture.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view uri = "/socket.io/?EIO=4&transport=polling&sid=abc&token=secret";

std::string line(std::string_view message, std::string_view upstream = "http://127.0.0.1:7002",
                 std::string_view level = "error") {
    return fmt::format(
        R"(2026/11/22 22:48:24 [{}] 28611#28611: *1 {}, client: 127.0.0.1, server: im.example.com, )"
        R"(request: "GET {} HTTP/1.1", upstream: "{}{}", host: "im.example.com")",
        level, message, uri, upstream, uri);
}

std::string name_of_error(std::string_view text) {
    const auto trouble = read_error_line(text, edge_target());
    return trouble ? std::string(name_of(trouble->error)) : "none";
}

TEST(EdgeErrorLog, tells_an_upstream_that_refused_and_shows_no_query) {
    const auto trouble = read_error_line(
        line("connect() failed (111: Connection refused) while connecting to upstream"), edge_target());
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->error, EdgeError::refused);
    EXPECT_EQ(trouble->upstream, "http://127.0.0.1:7002/socket.io/");
    EXPECT_EQ(trouble->excerpt, "connect() failed (111: Connection refused) while connecting to upstream");
}

struct Said {
    const char* message;
    const char* error;
};

class EdgeErrorLogWording : public testing::TestWithParam<Said> {};

TEST_P(EdgeErrorLogWording, is_told_apart) {
    EXPECT_EQ(name_of_error(line(GetParam().message)), GetParam().error);
    EXPECT_EQ(name_of_error(line(GetParam().message, "http://127.0.0.1:7002", "warn")), "none");
}

INSTANTIATE_TEST_SUITE_P(
    nginx, EdgeErrorLogWording,
    testing::Values(
        Said{"connect() to unix:/run/im.sock failed (2: No such file or directory) while connecting to "
             "upstream",
             "refused"},
        Said{"connect() to 255.255.255.255:80 failed (101: Network is unreachable) while connecting to "
             "upstream",
             "unreachable"},
        Said{"connect() failed (113: No route to host) while connecting to upstream", "unreachable"},
        Said{"connect() to 127.0.0.1:7002 failed (99: Cannot assign requested address) while connecting to "
             "upstream",
             "other"},
        Said{"upstream timed out (110: Connection timed out) while connecting to upstream", "timed_out"},
        Said{"upstream timed out (110: Connection timed out) while reading response header from upstream",
             "timed_out"},
        Said{"upstream timed out (110: Connection timed out) while proxying upgraded connection",
             "timed_out"},
        Said{"upstream prematurely closed connection while reading response header from upstream",
             "closed_early"},
        Said{"recv() failed (104: Connection reset by peer) while reading response header from upstream",
             "reset"},
        Said{"recv() failed (104: Connection reset by peer) while proxying upgraded connection", "reset"},
        Said{"writev() failed (32: Broken pipe) while sending request to upstream", "reset"},
        Said{"no live upstreams while connecting to upstream", "no_live_upstream"},
        Said{"upstream sent too big header while reading response header from upstream", "header_too_big"},
        Said{R"(upstream sent invalid header: "Bad\x01..." while reading response header from upstream)",
             "invalid_header"},
        Said{"upstream sent no valid HTTP/1.0 header while reading response header from upstream",
             "invalid_header"},
        Said{"upstream sent more data than specified in \"Content-Length\" header while reading upstream",
             "other"},
        Said{"SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL "
             "handshaking to upstream",
             "tls"},
        Said{"no resolver defined to resolve backend", "not_resolved"},
        Said{"limiting requests, excess: 0.999 by zone \"r\"", "limited"},
        Said{"limiting connections by zone \"c\"", "limited"},
        Said{"1024 worker_connections are not enough while connecting to upstream", "no_connection"},
        Said{"something new happened while reading response header from upstream", "other"},
        Said{"access forbidden by rule", "none"},
        Said{"client intended to send too large body: 9 bytes", "none"},
        Said{"open() \"/srv/socket.io/\" failed (2: No such file or directory)", "none"}),
    [](const auto& said) { return fmt::format("{}_{}", said.index, said.param.error); });

TEST(EdgeErrorLog, tells_a_name_that_cannot_be_resolved_though_no_upstream_stands_in_the_line) {
    const auto trouble = read_error_line(
        R"(2026/11/22 22:48:27 [error] 28611#28611: *35 name-x.invalid could not be resolved (110: Operation timed out), )"
        R"(client: 127.0.0.1, server: im.example.com, request: "GET /socket.io/?EIO=4&token=secret HTTP/1.1", host: "im.example.com")",
        edge_target());
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->error, EdgeError::not_resolved);
    EXPECT_EQ(trouble->upstream, "");
}

TEST(EdgeErrorLog, tells_what_meets_every_request_without_naming_one) {
    EXPECT_EQ(name_of_error("2026/11/22 22:48:27 [alert] 7#7: 512 worker_connections are not enough"),
              "no_connection");
    EXPECT_EQ(name_of_error(R"(2026/11/22 22:48:27 [emerg] 7#7: host not found in upstream "backend" in )"
                            R"(/etc/nginx/nginx.conf:12)"),
              "not_resolved");
    EXPECT_EQ(
        name_of_error("2026/11/22 22:48:26 [error] 28611#28611: recv() failed (111: Connection refused) "
                      "while resolving, resolver: 127.0.0.1:9"),
        "none");
    EXPECT_EQ(name_of_error("2026/11/22 22:48:23 [notice] 28611#28611: using the \"epoll\" event method"),
              "none");
}

TEST(EdgeErrorLog, knows_an_upstream_on_a_unix_socket_and_one_in_brackets) {
    const auto upstream_of = [](std::string_view upstream) {
        return read_error_line(line("no live upstreams while connecting to upstream", upstream),
                               edge_target())
            ->upstream;
    };
    EXPECT_EQ(upstream_of("http://unix:/run/im.sock:"), "http://unix:/run/im.sock:/socket.io/");
    EXPECT_EQ(upstream_of("http://[::1]:7002"), "http://[::1]:7002/socket.io/");
    EXPECT_EQ(upstream_of("http://user:pass@backend"), "http://[redacted]@backend/socket.io/");
}

TEST(EdgeErrorLog, leaves_out_other_paths_and_other_virtual_hosts) {
    const auto about = [](std::string_view request, std::string_view server, std::string_view host) {
        return name_of_error(fmt::format(
            R"(2026/11/22 22:48:24 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to )"
            R"(upstream, client: 127.0.0.1, server: {}, request: "{}", upstream: "http://127.0.0.1:7002/"{})",
            server, request, host));
    };
    EXPECT_EQ(about("GET /soc%6bet.io/?EIO=4 HTTP/1.1", "www.example.com", R"(, host: "im.example.com")"),
              "refused");
    EXPECT_EQ(
        about("GET http://im.example.com/socket.io/?abs HTTP/1.1", "_", R"(, host: "im.example.com:80")"),
        "refused");
    EXPECT_EQ(about("GET /socket.io/?http09", "im.example.com", ""), "refused");
    EXPECT_EQ(about("GET /socket.io/?http09", "chat.example.com", ""), "none");
    EXPECT_EQ(about("GET /socket.io/?EIO=4 HTTP/1.1", "im.example.com", R"(, host: "chat.example.com")"),
              "none");
    EXPECT_EQ(about("GET /api/users HTTP/1.1", "im.example.com", R"(, host: "im.example.com")"), "none");
}

TEST(EdgeErrorLog, is_not_deceived_by_what_a_client_writes_into_its_request) {
    // nginx quotes the path of a file that is not there, decoded; and the request and the referrer as they
    // came.
    const std::string forged =
        R"(connect() failed (111: Connection refused) while connecting to upstream, client: 1.1.1.1, server: )"
        R"(im.example.com, request: "GET /socket.io/ HTTP/1.1", upstream: "http://evil/", host: "im.example.com")";
    EXPECT_EQ(
        name_of_error(fmt::format(
            R"(2026/11/22 22:48:24 [error] 1#1: *1 open() "/srv/{}" failed (2: No such file or directory), )"
            R"(client: 127.0.0.1, server: im.example.com, request: "GET /x HTTP/1.1", host: "im.example.com")",
            forged)),
        "none");
    const auto trouble = read_error_line(
        R"(2026/11/22 22:48:29 [error] 1#1: *46 limiting requests, excess: 1.0 by zone "r", client: 127.0.0.1, )"
        R"(server: im.example.com, request: "GET /socket.io/?x="a"b\c HTTP/1.1", host: "im.example.com", )"
        R"(referrer: "x", upstream: "http://evil/?", host: "chat.example.com"")",
        edge_target());
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->upstream, "");
}

TEST(EdgeErrorLog, shows_nothing_of_a_query_with_quotes_in_it) {
    const auto trouble = read_error_line(
        R"(2026/11/22 22:48:29 [error] 28611#28611: *46 connect() failed (111: Connection refused) while connecting to )"
        R"(upstream, client: 127.0.0.1, server: im.example.com, request: "GET /socket.io/?EIO=4&x=%22a"b\c HTTP/1.1", )"
        R"(upstream: "http://127.0.0.1:47899/socket.io/?EIO=4&x=%22a"b\c", host: "im.example.com")",
        edge_target());
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->upstream, "http://127.0.0.1:47899/socket.io/");
}

TEST(EdgeErrorLog, tells_a_websocket_that_was_cut_for_silence_though_nginx_calls_it_information) {
    EXPECT_EQ(name_of_error(
                  line("upstream timed out (110: Connection timed out) while proxying upgraded connection",
                       "http://127.0.0.1:7002", "info")),
              "timed_out");
    EXPECT_EQ(name_of_error(line("connect() failed (111: Connection refused) while connecting to upstream",
                                 "http://127.0.0.1:7002", "info")),
              "none");
}

TEST(EdgeErrorLog, shows_no_more_of_a_line_than_evidence_may_hold) {
    const auto trouble =
        read_error_line(line("upstream sent invalid header: \"X\xff\x1b[31m?token=secret" +
                                 std::string(20'000, 'x') + "\" while reading response header from upstream",
                             "http://" + std::string(9'000, 'h')),
                        edge_target());
    ASSERT_TRUE(trouble);
    EXPECT_LE(trouble->excerpt.size(), max_evidence);
    EXPECT_LE(trouble->upstream.size(), max_evidence);
    EXPECT_THAT(trouble->excerpt, Not(HasSubstr("secret")));
    EXPECT_THAT(trouble->excerpt, Not(HasSubstr("\x1b")));
}

TEST(EdgeErrorLog, makes_nothing_of_a_line_that_was_cut) {
    const std::string whole = line("connect() failed (111: Connection refused) while connecting to upstream");
    const auto path = whole.find("/socket.io/");
    for (std::size_t length = 0; length < path; ++length) {
        EXPECT_EQ(name_of_error(whole.substr(0, length)), "none") << length;
    }
}

}  // namespace
}  // namespace gatewatch::probes::nginx::test
