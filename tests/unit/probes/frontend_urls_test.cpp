#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <chrono>

#include "probes/frontend/csp.hpp"
#include "probes/frontend/html_page.hpp"
#include "probes/frontend/script_urls.hpp"

namespace gatewatch::probes::frontend {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "gateway", "gateway?" (conditional), "url", "url?" for the one URL of a script; "none" without one.
std::string kind(std::string_view script) {
    const auto found = find_urls(script, "/im");
    if (found.empty()) return "none";
    return std::string(found[0].gateway ? "gateway" : "url") + (found[0].conditional ? "?" : "");
}

TEST(FrontendUrls, a_name_a_namespace_or_a_call_speaks_for_the_gateway) {
    EXPECT_EQ(kind(R"(const WS_URL = 'http://localhost:7002';)"), "gateway");
    EXPECT_EQ(kind(R"({VITE_WS_URL:"http://localhost:7002",MODE:"production"})"), "gateway");
    EXPECT_EQ(kind(R"({"socketUrl":"ws://10.0.0.1"})"), "gateway");
    EXPECT_EQ(kind(R"(io("http://localhost:7002"))"), "gateway");
    EXPECT_EQ(kind(R"(Xe("http://localhost:7002/im",{auth:{token:e}}))"), "gateway");
    EXPECT_EQ(kind(R"(Xe("http://localhost:3000",{transports:["websocket"]}))"), "gateway");
    EXPECT_EQ(kind(R"("http://localhost:3000"+"/im")"), "gateway");
    EXPECT_EQ(kind("new WebSocket(`ws://localhost:3000`)"), "gateway");
    // What Vite 7 and rolldown make of io(`${WS_URL}/im`).
    EXPECT_EQ(kind("wt=`http://localhost:7002`,Tt=e=>Q(`${wt}/im`,{auth:{token:e}})"), "gateway");
}

TEST(FrontendUrls, what_libraries_hold_does_not) {
    EXPECT_EQ(kind(R"(yt=dt&&window.location.href||"http://localhost",bt=1)"), "url?");
    EXPECT_EQ(kind("let r=`http://localhost`;e&&(r=e.location.origin)"), "url");
    EXPECT_EQ(kind("Ps=new URL(`http://localhost`)"), "url");
    EXPECT_EQ(kind(R"({href:"http://localhost:3000/help"})"), "url");
    EXPECT_EQ(kind(R"(throw Error("see http://localhost:7002 for more"))"), "none");
    EXPECT_EQ(kind("// http://localhost:7002\n//# sourceMappingURL=http://localhost:7002/a.map"), "none");
    EXPECT_EQ(kind(R"(var NEWS="http://news.example/im-feed")"), "url");
    EXPECT_EQ(kind(R"(a="ht"+"tp://x")"), "none");
}

TEST(FrontendUrls, an_alternative_is_told_from_a_value) {
    EXPECT_EQ(kind(R"(WS_URL="http://im.example.com"||"http://localhost:7002")"), "gateway");
    EXPECT_EQ(find_urls(R"(WS_URL="http://im.example.com"||"http://localhost:7002")", "/im").size(), 1u);
    EXPECT_EQ(kind(R"(WS=""||"http://localhost:7002/im")"), "gateway");
    EXPECT_EQ(kind(R"(c=window.cfg.ws||"http://localhost:7002/im")"), "gateway?");
    EXPECT_EQ(kind(R"(c={MODE:"production",PROD:!0}.VITE_WS_URL||"http://localhost:7002")"), "gateway");
    EXPECT_EQ(kind(R"(c={VITE_WS_URL:window.x}.VITE_WS_URL||"http://localhost:7002")"), "gateway?");
    EXPECT_EQ(kind(R"(io(e?"http://localhost:7002/im":t))"), "gateway?");
    EXPECT_EQ(kind(R"(io(e?t:"http://localhost:7002/im"))"), "gateway?");
    EXPECT_EQ(kind(R"(if(location.hostname==="localhost"){wsUrl="http://localhost:7002"})"), "gateway?");
    EXPECT_EQ(kind(R"({development:{ws:"http://localhost:7002"},production:{ws:x}})"), "gateway?");
}

TEST(FrontendUrls, neither_a_password_nor_a_query_is_kept) {
    const auto found = find_urls(R"(WS_URL="ws://user:secret@im.example.com/im?token=secret")", "/im");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].literal, "ws://im.example.com/im");
}

TEST(FrontendUrls, chunks_are_paths_in_quotes) {
    EXPECT_THAT(
        chunk_names(R"(import("./Chat-B1.js"),["assets/a-1.js",'assets/a-1.js'],x="socket.js",`../b.js`)"),
        ElementsAre("./Chat-B1.js", "assets/a-1.js", "../b.js"));
    EXPECT_THAT(chunk_names(R"("https://cdn.example/x.js" a/b.js)"), IsEmpty());
}

TEST(FrontendUrls, transports_are_read) {
    EXPECT_TRUE(is_websocket_only(R"({transports:["websocket"]})"));
    EXPECT_TRUE(is_websocket_only("{ transports: [ 'websocket' ] }"));
    EXPECT_FALSE(is_websocket_only(R"({transports:["websocket","polling"]})"));
    EXPECT_FALSE(is_websocket_only(R"({transports:["polling","websocket"]})"));
}

TEST(FrontendHtml, finds_what_a_browser_would_run) {
    const auto page = read_html(R"(<!doctype html><html><head><base href="/app/">
<!-- <script src="/old.js"></script> -->
<meta HTTP-EQUIV="content-security-policy" content="connect-src &#39;self&#39;">
<link rel="modulepreload" crossorigin href="/assets/vendor.js"><link rel=stylesheet href=a.css>
<noscript><script src="/no.js"></script></noscript>
<script type="module" crossorigin src="/assets/app.js?a=1&amp;b=2"></script>
<SCRIPT src=plain.js async></SCRIPT><script nomodule src="legacy.js"></script>
<script type="application/json">{"a":"http://localhost:7002"}</script>
<script>window.c={ws:"http://x"}</script></head>)");
    EXPECT_EQ(page.base, "/app/");
    EXPECT_THAT(page.scripts, ElementsAre("/assets/vendor.js", "/assets/app.js?a=1&b=2", "plain.js"));
    EXPECT_THAT(page.inline_scripts, ElementsAre(R"(window.c={ws:"http://x"})"));
    EXPECT_THAT(page.policies, ElementsAre("connect-src 'self'"));
}

TEST(FrontendHtml, broken_pages_end) {
    for (const std::string_view html : {"<", "<script", "<script src=", "<a b='", "<!--", "<script>", "< p",
                                        "<x/", "<x a", "<x =", "<noscript><"}) {
        EXPECT_THAT(read_html(html).scripts, IsEmpty()) << html;
    }
}

bool allows(std::string_view policy, std::string_view target,
            std::string_view page = "https://im.example.com/") {
    return !blocked_by(policy, *parse_page_url(page), *parse_page_url(target)).has_value();
}

// CSP Level 3, section 6.7.2, and what Chromium and Firefox do with WebSocket.
TEST(FrontendPage, a_hostile_page_is_read_in_bounded_time_and_memory) {
    std::string scripts;
    std::string policies;
    for (int i = 0; scripts.size() < 1024 * 1024; ++i)
        scripts += "<script src=" + std::to_string(i) + ".js></script>";
    while (policies.size() < 1024 * 1024)
        policies += "<meta http-equiv=content-security-policy content=connect-src>";
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_LE(read_html(scripts).scripts.size(), 200U);
    EXPECT_LE(read_html(policies).policies.size(), 16U);
    EXPECT_TRUE(
        read_html("<meta http-equiv=content-security-policy content='" + std::string(1'000'000, ';') + "'>")
            .policies.empty());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500));
}

TEST(FrontendPolicy, sources_match_as_in_browsers) {
    const std::string_view wss = "wss://im.example.com/socket.io/";
    EXPECT_TRUE(allows("script-src 'self'", wss));
    EXPECT_TRUE(allows("default-src 'self'", wss));
    EXPECT_FALSE(allows("default-src 'none'", wss));
    EXPECT_FALSE(allows("connect-src", wss));
    EXPECT_TRUE(allows("default-src 'none'; connect-src *", wss));
    EXPECT_FALSE(allows("connect-src 'self'", "wss://ws.example.com/socket.io/"));
    EXPECT_FALSE(allows("connect-src 'self'", "wss://im.example.com:8443/socket.io/"));
    EXPECT_TRUE(allows("connect-src wss:", wss));
    EXPECT_FALSE(allows("connect-src https:", wss));
    EXPECT_TRUE(allows("CONNECT-SRC WSS://IM.example.com", wss));
    EXPECT_FALSE(allows("connect-src https://im.example.com", wss));
    EXPECT_TRUE(allows("connect-src im.example.com", wss));
    EXPECT_TRUE(allows("connect-src *.example.com", wss));
    EXPECT_FALSE(allows("connect-src *.im.example.com", wss));
    EXPECT_TRUE(allows("connect-src wss://im.example.com:*", "wss://im.example.com:8443/socket.io/"));
    EXPECT_FALSE(allows("connect-src wss://im.example.com", "wss://im.example.com:8443/socket.io/"));
    EXPECT_TRUE(allows("connect-src wss://im.example.com/socket.io/", wss));
    EXPECT_FALSE(allows("connect-src wss://im.example.com/api/", wss));
    EXPECT_TRUE(
        allows("connect-src ws://[::1]:7002", "ws://[::1]:7002/socket.io/", "http://im.example.com/"));
    EXPECT_FALSE(allows("connect-src 'self'", "ws://im.example.com/socket.io/"));
    EXPECT_TRUE(allows("connect-src 'self'", "ws://im.example.com/socket.io/", "http://im.example.com/"));
    EXPECT_TRUE(allows("connect-src 'self'; connect-src 'none'", wss));
}

}  // namespace
}  // namespace gatewatch::probes::frontend
