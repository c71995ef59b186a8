// Requests that the web server refuses, and goes on.
#include <gmock/gmock.h>

#include "tests/unit/agent/web_support.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(Web, RefusesWhatIsTooLargeOrNoHttp_fault_96) {
    serve();
    EXPECT_THAT(get("/" + std::string(1024 * 1024, 'a')), StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(exchange("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(exchange("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(exchange("\x16\x03\x01 hello\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(get("/metrics"), HasSubstr("some_metric"));
}

/// The start of a request that the server goes on reading, with a chunk whose extension has no end.
const std::string endless_extension = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;";

TEST_F(Web, RefusesAChunkExtensionWithoutEndBeforeItFillsTheMemory_fault_96) {
    serve();
    tcp::socket socket = connect();
    asio::write(socket, asio::buffer(endless_extension));
    const std::string more(64 * 1024, 'a');
    constexpr std::size_t plenty = 64 * 1024 * 1024;
    std::size_t sent = 0;
    boost::system::error_code error;
    while (!error && sent < plenty) sent += asio::write(socket, asio::buffer(more), error);
    EXPECT_TRUE(error);
    EXPECT_LT(sent, plenty);
    EXPECT_THAT(exchange(endless_extension + more), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(get("/metrics"), HasSubstr("some_metric"));
}

TEST_F(Web, ReadsABodyInChunksWithExtensionsThatEnd) {
    serve();
    EXPECT_THAT(
        exchange("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                 "3;note=short\r\nabc\r\n0\r\n\r\n"),
        StartsWith("HTTP/1.1 405 "));
}

TEST_F(Web, AsksForOneValidHost_fault_96) {
    serve();
    const auto ask = [&](const std::string& version, const std::string& hosts) {
        return exchange("GET /-/healthy HTTP/" + version + "\r\n" + hosts + "Connection: close\r\n\r\n");
    };
    for (const std::string good :
         {"Host: x\r\n", "Host: [::1]:9464\r\n", "Host: im.example.com:80\r\n", "Host:\r\n"}) {
        EXPECT_THAT(ask("1.1", good), StartsWith("HTTP/1.1 200 ")) << good;
    }
    for (const std::string bad :
         {"", "Host: x\r\nHost: x\r\n", "Host: a b\r\n", "Host: a\\c\r\n", "Host: a/b\r\n"}) {
        EXPECT_THAT(ask("1.1", bad), StartsWith("HTTP/1.1 400 ")) << bad;
    }
    EXPECT_THAT(ask("1.0", ""), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(ask("1.0", "Host: x\r\nHost: y\r\n"), StartsWith("HTTP/1.1 400 "));
}

}  // namespace
}  // namespace gatewatch::agent::web::test
