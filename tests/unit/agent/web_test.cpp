#include <gmock/gmock.h>

#include "agent/web/listen_address.hpp"
#include "tests/unit/agent/web_support.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(Web, ServesMetricsInTheTextFormat) {
    serve();
    const auto reply = get("/metrics");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(reply, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    EXPECT_THAT(reply, HasSubstr("\r\n\r\nsome_metric 1\n"));
}

TEST_F(Web, IsReadyOnlyOnceEveryProbeHasRunAndSaysWhyNot) {
    waiting_for_ = {"no run has ended yet of: im public websocket", "尚无运行结果：im public websocket"};
    serve();
    EXPECT_THAT(get("/-/healthy"), StartsWith("HTTP/1.1 200 "));
    const auto reply = get("/-/ready");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(reply, HasSubstr("im public websocket"));
}

TEST_F(Web, AnswersReadyWhenNothingIsWaitedFor) {
    serve();
    EXPECT_THAT(get("/-/ready"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Web, RefusesUnknownPathsAndMethods) {
    serve();
    EXPECT_THAT(get("/nothing"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(get("/metrics%00"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(get("//metrics"), StartsWith("HTTP/1.1 404 "));
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
        const auto reply = get("/metrics", method);
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 405 ")) << method;
        EXPECT_THAT(reply, HasSubstr("Allow: GET, HEAD\r\n"));
    }
}

TEST_F(Web, AnswersHeadWithTheHeaderAlone) {
    serve();
    const auto reply = get("/metrics", "HEAD");
    EXPECT_THAT(reply, HasSubstr("Content-Length: 14\r\n"));
    EXPECT_TRUE(reply.ends_with("\r\n\r\n")) << reply;
}

TEST_F(Web, SpeaksTheLanguageThatTheQueryNames) {
    serve();
    EXPECT_THAT(get("/?lang=zh"), HasSubstr("<html lang=\"zh-Hans\">"));
    EXPECT_THAT(get("/?x=1&lang=en"), HasSubstr("<html lang=\"en\">"));
    EXPECT_THAT(get("/api/v1/status?lang=zh"), HasSubstr("application/json"));
}

TEST_F(Web, SpeaksTheLanguageThatTheBrowserPrefersWhereTheQueryNamesNone) {
    serve();
    const auto page = [&](const std::string& accepted) {
        return exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Language: " + accepted +
                        "\r\n\r\n");
    };
    for (const std::string zh : {"zh-CN,zh;q=0.9,en;q=0.8", "zh", "fr, ZH-tw;q=0.5, en;q=0.4"}) {
        EXPECT_THAT(page(zh), HasSubstr("<html lang=\"zh-Hans\">")) << zh;
    }
    for (const std::string en :
         {"en-US,en;q=0.9,zh;q=0.8", "fr", "", "zh;q=0", "zh;q=0.3, en;q=0.5", ";;,,"}) {
        EXPECT_THAT(page(en), HasSubstr("<html lang=\"en\">")) << en;
    }
}

TEST_F(Web, GivesThePageAPolicyThatLetsNothingInButItsOwnStyleAndScript) {
    serve();
    const auto page = get("/");
    EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page, Not(HasSubstr("unsafe")));
    EXPECT_THAT(page, Not(HasSubstr("Access-Control")));
    EXPECT_THAT(get("/metrics"), HasSubstr("Content-Security-Policy: default-src 'none'; frame-ancestors"));
}

TEST(WebServer, SaysWhatToDoWhenThePortIsTaken) {
    asio::io_context loop;
    const tcp::acceptor taken(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    Server server(loop.get_executor(), {});
    const auto result = server.listen("127.0.0.1:" + std::to_string(taken.local_endpoint().port()));
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error(), HasSubstr("Address already in use"));
    EXPECT_THAT(result.error(), HasSubstr("listen in [agent]"));
}

TEST(ListenAddress, TakesAddressesWithAPortAndNothingElse) {
    EXPECT_EQ(parse_listen_address("127.0.0.1:9464")->port(), 9464);
    EXPECT_TRUE(parse_listen_address("[::1]:1")->address().is_v6());
    EXPECT_EQ(parse_listen_address("localhost:80")->address().to_string(), "127.0.0.1");
    for (const char* bad :
         {"", "127.0.0.1", "127.0.0.1:", ":1", "127.0.0.1:65536", "127.0.0.1:x", "host:1", "127.0.0.1:-1"}) {
        EXPECT_FALSE(parse_listen_address(bad)) << bad;
    }
}

}  // namespace
}  // namespace gatewatch::agent::web::test
