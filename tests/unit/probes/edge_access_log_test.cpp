// What is read from nginx's access log. The lines are those of nginx 1.22.1.
#include <fmt/format.h>

#include "tests/unit/probes/edge_fixture.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

std::string combined(std::string_view request, std::string_view status,
                     std::string_view agent = "curl/7.88.1") {
    return fmt::format(R"(127.0.0.1 - - [22/Nov/2026:22:48:24 +0000] "{}" {} 157 "-" "{}")", request, status,
                       agent);
}

TEST(EdgeAccessLog, tells_transport_status_and_origin_of_a_line_in_the_combined_format) {
    Access access;
    ASSERT_EQ(access.read(
                  R"(127.0.0.1 - - [22/Nov/2026:22:48:24 +0000] )"
                  R"("GET /socket.io/?EIO=4&transport=polling&t=x HTTP/1.1" 502 157 "-" "gatewatch/0.1.0")"),
              Fit::own);
    EXPECT_EQ(access.request.transport, EdgeTransport::polling);
    EXPECT_EQ(access.request.status, EdgeStatus::bad_gateway);
    EXPECT_EQ(access.request.code, 502U);
    EXPECT_TRUE(access.request.synthetic);
    ASSERT_EQ(access.read(combined("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", "400")), Fit::own);
    EXPECT_EQ(access.request.transport, EdgeTransport::websocket);
    EXPECT_EQ(access.request.status, EdgeStatus::bad_request);
    EXPECT_FALSE(access.request.synthetic);
}

TEST(EdgeAccessLog, takes_a_switch_of_protocols_for_websocket_whatever_the_query_says) {
    Access access;
    ASSERT_EQ(access.read(combined("GET /socket.io/?EIO=4 HTTP/1.1", "101")), Fit::own);
    EXPECT_EQ(access.request.transport, EdgeTransport::websocket);
    EXPECT_EQ(access.request.status, EdgeStatus::switched);
    ASSERT_EQ(access.read(combined("GET /socket.io/?EIO=4&xtransport=polling HTTP/1.1", "200")), Fit::own);
    EXPECT_EQ(access.request.transport, EdgeTransport::other);
}

TEST(EdgeAccessLog, counts_only_requests_for_the_path_of_the_gateway) {
    Access access;
    for (const auto* other : {"/", "/socket.io", "/socket.io/socket.io.js", "/api/?x=/socket.io/",
                              "/Socket.io/", "/im/socket.io/?EIO=4"}) {
        EXPECT_EQ(access.read(combined(fmt::format("GET {} HTTP/1.1", other), "200")), Fit::foreign) << other;
    }
    for (const auto* same : {"/soc%6bet.io/?EIO=4", "//socket.io/?EIO=4", "/x/../socket.io/./?EIO=4",
                             "http://im.example.com/socket.io/?EIO=4", "/socket.io/", "/socket.io/#x"}) {
        EXPECT_EQ(access.read(combined(fmt::format("GET {} HTTP/1.1", same), "502")), Fit::own) << same;
    }
}

TEST(EdgeAccessLog, reads_what_is_hardly_a_request) {
    Access access;
    EXPECT_EQ(access.read(combined(R"(\x16\x03\x01\x02\xFF\xFE)", "400", "-")), Fit::foreign);
    EXPECT_EQ(access.read(combined("", "400", "-")), Fit::foreign);
    EXPECT_EQ(access.read(combined("-", "400", "-")), Fit::foreign);
    EXPECT_EQ(access.read(combined("GET /socket.io/?a b HTTP/1.1", "400", "-")), Fit::own);
    EXPECT_EQ(access.read(combined("GET /socket.io/?http09", "502", "-")), Fit::own);
    EXPECT_EQ(access.read(combined(R"(GET /socket.io/?nul\x01\xE4\xB8\xAD HTTP/1.1)", "400", "-")), Fit::own);
}

TEST(EdgeAccessLog, says_that_a_line_does_not_fit_the_format) {
    Access access;
    EXPECT_EQ(access.read(""), Fit::no);
    EXPECT_EQ(access.read("2026/11/22 22:48:24 [error] 1#1: something else"), Fit::no);
    EXPECT_EQ(access.read(combined("GET /socket.io/ HTTP/1.1", "20")), Fit::no);
    EXPECT_EQ(access.read(combined("GET /socket.io/ HTTP/1.1", "-")), Fit::no);
    EXPECT_EQ(access.read(combined("GET /socket.io/ HTTP/1.1", "200") + " more"), Fit::no);
    const std::string whole = combined("GET /socket.io/ HTTP/1.1", "200", "gatewatch/0.1.0");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_EQ(access.read(whole.substr(0, length)), Fit::no) << length;
    }
}

TEST(EdgeAccessLog, is_not_deceived_by_what_a_client_writes_into_its_request) {
    Access access;
    // The client's own quotes come escaped: the agent of this line is not the prober's.
    ASSERT_EQ(access.read(combined(R"(GET /socket.io/?\x22 200 1 \x22-\x22 \x22gatewatch/0.1.0\x22 HTTP/1.1)",
                                   "400", R"(x\x22 \x22gatewatch/9)")),
              Fit::own);
    EXPECT_FALSE(access.request.synthetic);
    EXPECT_EQ(access.request.code, 400U);
    // The name of a user may hold spaces and brackets.
    ASSERT_EQ(access.read(R"(127.0.0.1 - a [x] \x22GET / 200 [22/Nov/2026:22:48:24 +0000] )"
                          R"("GET /socket.io/ HTTP/1.1" 401 157 "-" "u")"),
              Fit::own);
    EXPECT_EQ(access.request.status, EdgeStatus::unauthorized);
}

TEST(EdgeAccessLog, reads_the_escapes_of_json) {
    Access access(R"(escape=json {"t":"$time_iso8601","host":"$host","request":"$request",)"
                  R"("status":$status,"ua":"$http_user_agent"})");
    ASSERT_EQ(access.read(R"({"t":"2026-11-22T22:48:29+00:00","host":"im.example.com","request":"GET )"
                          R"(/socket.io/?EIO=4&x=%22a\"b\\c HTTP/1.1","status":502,"ua":"evil\"ua\\中文"})"),
              Fit::own);
    EXPECT_EQ(access.request.code, 502U);
    ASSERT_EQ(
        access.read(R"({"t":"2026-11-22T22:48:29+00:00","host":"im.example.com","request":"GET )"
                    R"(\/socket.io/\u003fEIO=4 HTTP/1.1","status":200,"ua":"gatewatch/1\",\"status\":9"})"),
        Fit::own);
    EXPECT_TRUE(access.request.synthetic);
    EXPECT_EQ(access.read(R"({"t":"","host":"","request":"\u0016\u0003\u0001\u0002)"
                          "\xff\xfe"
                          R"(","status":400,"ua":""})"),
              Fit::foreign);
    EXPECT_EQ(access.read(R"({"t":"","host":"","request":"GET /socket.io/","status":400,"ua":"cut\"})"),
              Fit::no);
}

TEST(EdgeAccessLog, finds_the_status_behind_values_that_hold_spaces) {
    Access access("$time_local $request $status $upstream_addr $host");
    ASSERT_EQ(access.read("22/Nov/2026:22:48:24 +0000 GET /socket.io/?EIO=4 HTTP/1.1 502 127.0.0.1:7002, "
                          "[::1]:7002 im.example.com"),
              Fit::own)
        << "without quotes the parts are told by what they can be";
    EXPECT_EQ(access.request.code, 502U);
}

TEST(EdgeAccessLog, reads_the_request_from_its_parts) {
    Access uri("$request_method $scheme://$host$request_uri $status");
    ASSERT_EQ(uri.read("GET http://im.example.com/socket.io/?transport=websocket 101"), Fit::own);
    EXPECT_EQ(uri.request.transport, EdgeTransport::websocket);
    Access parts("[$uri] [$args] $status");
    ASSERT_EQ(parts.read("[/socket.io/] [EIO=4&transport=polling] 200"), Fit::own);
    EXPECT_EQ(parts.request.transport, EdgeTransport::polling);
    EXPECT_EQ(parts.read("[/] [EIO=4&transport=polling] 200"), Fit::foreign);
}

TEST(EdgeAccessLog, leaves_out_other_virtual_hosts_where_the_format_names_them) {
    constexpr std::string_view format = "$host $server_name $status $request";
    Access access(format);
    EXPECT_EQ(access.read("im.example.com www.example.com 200 GET /socket.io/ HTTP/1.1"), Fit::own);
    EXPECT_EQ(access.read("IM.example.com. _ 200 GET /socket.io/ HTTP/1.1"), Fit::own);
    EXPECT_EQ(access.read("chat.example.com im.example.com 200 GET /socket.io/ HTTP/1.1"), Fit::foreign);
    EXPECT_EQ(access.read("- im.example.com 200 GET /socket.io/ HTTP/1.1"), Fit::own);
    EXPECT_EQ(access.read("- chat.example.com 200 GET /socket.io/ HTTP/1.1"), Fit::foreign);
    for (const auto* vague : {"_", "-", "*.example.com", ".example.com", "~^chat"}) {
        EXPECT_EQ(access.read(fmt::format("- {} 200 GET /socket.io/ HTTP/1.1", vague)), Fit::own) << vague;
    }
    Access port(format, "https://im.example.com:8443");
    EXPECT_EQ(port.read("im.example.com - 200 GET /socket.io/ HTTP/1.1"), Fit::own);
    Access by_address(format, "http://127.0.0.1:8080");
    EXPECT_EQ(by_address.read("im.example.com - 200 GET /socket.io/ HTTP/1.1"), Fit::own);
}

TEST(EdgeAccessLog, names_each_answer) {
    const auto name = [](unsigned code) { return name_of(edge_status(code)); };
    EXPECT_EQ(name(101), "switched");
    EXPECT_EQ(name(100), "success");
    EXPECT_EQ(name(204), "success");
    EXPECT_EQ(name(308), "redirect");
    EXPECT_EQ(name(400), "bad_request");
    EXPECT_EQ(name(401), "unauthorized");
    EXPECT_EQ(name(403), "denied");
    EXPECT_EQ(name(404), "not_found");
    EXPECT_EQ(name(405), "not_allowed");
    EXPECT_EQ(name(429), "too_many");
    EXPECT_EQ(name(499), "client_closed");
    EXPECT_EQ(name(444), "client_error");
    EXPECT_EQ(name(500), "server_error");
    EXPECT_EQ(name(502), "bad_gateway");
    EXPECT_EQ(name(503), "unavailable");
    EXPECT_EQ(name(504), "gateway_timeout");
    EXPECT_EQ(name(9), "server_error");
}

TEST(EdgeAccessLog, gives_up_on_a_line_that_could_go_on_in_endless_ways) {
    Access access("$a $b $c $d $e $f $g $h $request $status");
    std::string line;
    for (int i = 0; i < 50'000; ++i) line += "x ";
    EXPECT_EQ(access.read(line + "GET /socket.io/ HTTP/1.1 2000"), Fit::no);
    EXPECT_EQ(access.read(combined("GET /socket.io/?" + std::string(100'000, 'y') + " HTTP/1.1", "414")),
              Fit::no);
    Access plain;
    EXPECT_EQ(plain.read(combined("GET /socket.io/?" + std::string(100'000, 'y') + " HTTP/1.1", "414")),
              Fit::own);
}

}  // namespace
}  // namespace gatewatch::probes::nginx::test
