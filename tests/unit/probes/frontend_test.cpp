#include "probes/frontend/frontend.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <map>

#include "probes/frontend/judge.hpp"
#include "tests/unit/probes/scripted_peer.hpp"

namespace gatewatch::probes::frontend {
namespace {

using test::Peer;
using test::ScriptedPeer;
namespace asio = boost::asio;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A site: whole responses by path. Static, since a script captures nothing.
std::map<std::string, std::string>& site() {
    static std::map<std::string, std::string> pages;
    return pages;
}

asio::awaitable<void> serve(Peer& peer) {
    const auto request = co_await peer.read_request();
    const auto path = request.substr(4, request.find(' ', 4) - 4);
    const auto page = site().find(path);
    const std::string answer =
        page != site().end() ? page->second : test::response("404 Not Found", "text/plain", "no");
    co_await peer.write(answer);
    peer.finish();
}

std::string html(const std::string& body) {
    return test::response("200 OK", "text/html", body);
}
std::string script(const std::string& body) {
    return test::response("200 OK", "application/javascript", body);
}

config::RouteSettings route(Role role, const std::string& url) {
    config::RouteSettings settings;
    settings.role = role;
    settings.url = url;
    return settings;
}

class Frontend : public testing::Test {
  protected:
    void SetUp() override {
        site().clear();
        gateway_.routes = {route(Role::public_, "http://im.example.com"),
                           route(Role::local, "http://localhost:7002")};
        gateway_.frontend.emplace();
    }

    FrontendSample look(const std::string& path = "/") { return look_at(peer_.url() + path); }

    FrontendSample look_at(const std::string& url,
                           std::chrono::milliseconds limit = std::chrono::seconds(5)) {
        gateway_.frontend->url = url;
        FrontendSample sample;
        io_.restart();
        asio::co_spawn(io_, inspect(gateway_, std::chrono::steady_clock::now() + limit),
                       [&](std::exception_ptr error, FrontendSample result) {
                           EXPECT_FALSE(error);
                           sample = std::move(result);
                           io_.stop();
                       });
        io_.run();
        return sample;
    }

    asio::io_context io_;
    ScriptedPeer peer_{io_, serve};
    config::GatewaySettings gateway_;
};

std::string faults(const FrontendSample& sample) {
    std::string text;
    for (const auto& each : sample.findings) {
        text += fmt::format("{}{}={} ", name_of(each.fault), each.problem ? "!" : "", each.value);
    }
    return text;
}

TEST_F(Frontend, a_local_url_in_a_script_of_the_page_is_found) {
    site()["/"] = html(R"(<script type="module" src="/assets/app.js"></script>)");
    site()["/assets/app.js"] = script("const WS_URL = 'http://localhost:7002';");
    const auto sample = look();
    EXPECT_TRUE(sample.up) << sample.detail.en;
    EXPECT_EQ(faults(sample), "local_url!=http://localhost:7002 ");
    EXPECT_EQ(sample.findings.at(0).script, peer_.url() + "/assets/app.js");
}

TEST_F(Frontend, a_healthy_page_has_its_gateways_url_and_no_finding) {
    site()["/"] = html(R"(<script src="app.js"></script>)");
    site()["/app.js"] = script("wt=`http://im.example.com`,f=e=>Q(`${wt}/im`,{}),b=h||`http://localhost`");
    const auto sample = look();
    EXPECT_TRUE(sample.up) << sample.detail.en;
    EXPECT_EQ(faults(sample), "");
    EXPECT_THAT(sample.urls, ElementsAre("http://im.example.com"));
}

TEST_F(Frontend, scripts_that_a_script_imports_are_read_too) {
    site()["/"] = html(R"(<base href="/app/"><script src="assets/index.js"></script>)");
    site()["/app/assets/index.js"] = script(R"(import("./Chat-1.js");["assets/deep-2.js"])");
    site()["/app/assets/Chat-1.js"] = script("x=1");
    site()["/app/assets/deep-2.js"] = script(R"(io("http://127.0.0.1:7002"))");
    EXPECT_EQ(faults(look()), "local_url!=http://127.0.0.1:7002 ");
}

TEST_F(Frontend, a_script_beyond_the_limit_is_read_as_far_as_it_came) {
    site()["/"] = html(R"(<script src="/big.js"></script>)");
    site()["/big.js"] = script("WS_URL='http://localhost:7002';" + std::string(1'200'000, ' '));
    EXPECT_EQ(faults(look()), "local_url!=http://localhost:7002 ");
}

TEST_F(Frontend, redirects_on_the_same_host_are_followed_three_times) {
    const auto to = [](const std::string& path) {
        return "HTTP/1.1 302 Found\r\nLocation: " + path + "\r\nContent-Length: 0\r\n\r\n";
    };
    site()["/a"] = to("/b");
    site()["/b"] = to("/c");
    site()["/c"] = to("/");
    site()["/"] = html("<p>");
    EXPECT_TRUE(look("/a").up);
    site()["/"] = to("/a");
    auto sample = look("/a");
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, HasSubstr("after 3 redirects"));
    site()["/"] = to("http://elsewhere.example/");
    sample = look();
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, HasSubstr("redirects to http://elsewhere.example/"));
}

TEST_F(Frontend, a_page_that_cannot_be_had_is_not_up) {
    auto sample = look("/nowhere");
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, HasSubstr("answers 404"));
    EXPECT_THAT(sample.detail.zh, HasSubstr("404"));
    site()["/"] = html(R"(<script src="/gone.js"></script>)");
    sample = look();
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, HasSubstr("HTTP 404"));
    // A frontend's server gives the page for every name.
    site()["/gone.js"] = html("WS_URL='http://localhost:7002'");
    EXPECT_THAT(look().detail.en, HasSubstr("text/html"));
}

TEST_F(Frontend, only_an_enforced_policy_counts) {
    const std::string page = "<p>";
    const auto with = [&](const std::string& header) {
        return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{}\r\nContent-Length: {}\r\n\r\n{}",
                           header, page.size(), page);
    };
    site()["/"] = with("Content-Security-Policy: default-src 'none'");
    EXPECT_EQ(faults(look()), "csp_blocks!=default-src 'none' ");
    site()["/"] = with("Content-Security-Policy: script-src 'self', connect-src 'self'");
    EXPECT_EQ(faults(look()), "csp_blocks!=connect-src 'self' ");
    site()["/"] = with("Content-Security-Policy-Report-Only: default-src 'none'");
    EXPECT_EQ(faults(look()), "");
    site()["/"] = html(R"(<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">)");
    EXPECT_EQ(faults(look()), "csp_blocks!=connect-src 'self' ");
}

asio::awaitable<void> say_nothing(Peer& peer) {
    co_await peer.stall();
}

TEST_F(Frontend, a_mute_server_ends_by_the_deadline) {
    const ScriptedPeer mute(io_, say_nothing);
    const auto sample = look_at(mute.url() + "/", std::chrono::milliseconds(200));
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, HasSubstr("cannot fetch"));
}

/// What is found in one script of a page at that URL.
FrontendSample judged(const std::string& text, const std::string& page,
                      const std::vector<std::string>& policies = {},
                      const std::string& public_url = "https://im.example.com") {
    config::GatewaySettings gateway;
    gateway.routes = {route(Role::public_, public_url), route(Role::local, "http://127.0.0.1:7100")};
    Evidence evidence;
    evidence.page = *parse_page_url(page);
    evidence.policies = policies;
    for (auto& each : find_urls(text, gateway.namespace_))
        evidence.urls.push_back({"app.js", std::move(each)});
    evidence.websocket_only = is_websocket_only(text);
    FrontendSample sample;
    judge(gateway, evidence, sample);
    return sample;
}

TEST(FrontendJudge, an_insecure_url_is_a_problem_on_an_https_page_only) {
    const std::string page = "https://im.example.com/";
    EXPECT_EQ(faults(judged(R"(WS_URL="ws://im.example.com")", page)), "insecure_url!=ws://im.example.com ");
    EXPECT_EQ(faults(judged(R"(a="http://im.example.com")", page)), "insecure_url!=http://im.example.com ");
    EXPECT_EQ(faults(judged(R"(a="http://im.example.com/help")", page)), "");
    EXPECT_EQ(faults(judged(R"(WS_URL="wss://im.example.com")", page)), "");
    EXPECT_EQ(faults(judged(R"(WS_URL="ws://im.example.com")", page, {"upgrade-insecure-requests"})), "");
    EXPECT_EQ(faults(judged(R"(WS_URL="ws://im.example.com")", "http://im.example.com/", {},
                            "http://im.example.com")),
              "");
}

TEST(FrontendJudge, a_port_alone_is_enough_unless_the_page_knows_the_public_url_too) {
    const std::string page = "https://im.example.com/";
    EXPECT_EQ(faults(judged("a='http://127.0.0.1:7100'", page)), "local_url!=http://127.0.0.1:7100 ");
    EXPECT_EQ(faults(judged("a='http://[::1]:7002'", page)), "local_url!=http://[::1]:7002 ");
    EXPECT_EQ(faults(judged("a='http://localhost:7100',b='https://im.example.com'", page)),
              "local_url=http://localhost:7100 ");
    EXPECT_EQ(faults(judged("a='http://localhost:5173'", page)), "");
    EXPECT_EQ(faults(judged("a=e?'http://localhost:7002/im':b", page)),
              "local_url=http://localhost:7002/im ");
}

TEST(FrontendJudge, another_host_is_a_note) {
    EXPECT_EQ(faults(judged(R"(WS_URL="wss://chat.example.net")", "https://im.example.com/")),
              "other_host=wss://chat.example.net ");
    EXPECT_EQ(faults(judged(R"(WS_URL="http://192.168.1.5:7002")", "http://im.example.com/")),
              "other_host=http://192.168.1.5:7002 ");
}

TEST(FrontendJudge, a_page_on_this_machine_may_use_its_own_address_but_not_the_backends) {
    EXPECT_EQ(faults(judged("WS_URL='http://localhost:8080'", "http://127.0.0.1:8080/", {},
                            "http://127.0.0.1:8080")),
              "");
    EXPECT_EQ(faults(judged("WS_URL='http://localhost:7100'", "http://127.0.0.1:8080/", {},
                            "http://127.0.0.1:8080")),
              "local_url!=http://localhost:7100 ");
}

TEST(FrontendJudge, a_policy_that_leaves_one_transport_is_a_note_unless_it_is_the_only_one) {
    const std::string page = "https://im.example.com/";
    EXPECT_EQ(faults(judged("x", page, {"connect-src https:"})), "csp_blocks=connect-src https: ");
    EXPECT_EQ(faults(judged("o={transports:['websocket']}", page, {"connect-src https:"})),
              "csp_blocks!=connect-src https: ");
    EXPECT_EQ(faults(judged("x", page, {"connect-src 'self'"})), "");
}

}  // namespace
}  // namespace gatewatch::probes::frontend
