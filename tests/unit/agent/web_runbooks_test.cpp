#include <gmock/gmock.h>

#include <regex>

#include "agent/web/markdown.hpp"
#include "tests/unit/agent/runbook_reader.hpp"
#include "tests/unit/agent/web_support.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(Web, ServesARunbookInTheLanguageOfTheReader) {
    serve();
    const auto en = get("/runbooks/GatewatchIdleCut?lang=en");
    EXPECT_THAT(en, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("<html lang=\"en\">"),
                          HasSubstr("<title>GatewatchIdleCut · Gatewatch</title>"),
                          HasSubstr("proxy_read_timeout"), HasSubstr(">Mitigation</a></h2>")));
    EXPECT_THAT(en, HasSubstr("href=\"/runbooks/GatewatchIdleCut?lang=zh\" lang=\"zh-Hans\""));
    const auto zh = get("/runbooks/GatewatchIdleCut?lang=zh");
    EXPECT_THAT(zh, AllOf(HasSubstr("Content-Language: zh\r\n"), HasSubstr("<html lang=\"zh-Hans\">"),
                          HasSubstr(">处理</a></h2>"), HasSubstr("?lang=en\" lang=\"en\"")));
    EXPECT_THAT(exchange("GET /runbooks/GatewatchIdleCut HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                         "Accept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n\r\n"),
                HasSubstr("<html lang=\"zh-Hans\">"));
}

TEST_F(Web, ServesTheListOfRunbooks) {
    serve();
    EXPECT_THAT(
        get("/runbooks/?lang=en"),
        AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("href=\"/runbooks/GatewatchPublicDown?lang=en\"")));
    EXPECT_THAT(get("/runbooks/?lang=zh"), HasSubstr("href=\"/runbooks/GatewatchPublicDown?lang=zh\""));
    EXPECT_THAT(get("/?lang=zh"), HasSubstr("href=\"/runbooks/?lang=zh\"")) << "the status page leads there";
}

TEST_F(Web, HasNoRunbookOfAnotherName) {
    serve();
    for (const char* path :
         {"/runbooks/Nothing", "/runbooks/README", "/runbooks/GatewatchIdleCut.md",
          "/runbooks/GatewatchIdleCut.zh-CN", "/runbooks/gatewatchidlecut", "/runbooks/GatewatchIdleCut/",
          "/runbooks//", "/runbooks/../metrics", "/runbooks/%2e%2e/metrics", "/runbooksx", "/runbooks"}) {
        EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404 ")) << path;
    }
    EXPECT_THAT(get("/runbooks/GatewatchIdleCut", "POST"), StartsWith("HTTP/1.1 405 "));
}

TEST_F(Web, GivesRunbooksThePolicyOfTheStatusPage) {
    serve();
    const auto page = get("/runbooks/GatewatchIdleCut");
    EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page, Not(HasSubstr("unsafe")));
    EXPECT_THAT(page, Not(HasSubstr(" style=")));
    EXPECT_FALSE(std::regex_search(page, std::regex(R"( on\w+=")")));
}

/// Every path of the agent's that a runbook tells people to ask, and in the way that it says.
TEST_F(Web, ServesWhatTheRunbooksAskTheAgentFor) {
    serve();
    const std::regex url(R"((-X POST -H '([^']*)' )?http://(127\.0\.0\.1:9464)(/[^\s'"`?]*))");
    std::size_t asked = 0;
    for (const auto& text : runbook_texts()) {
        const std::string markdown(text.markdown);
        for (std::sregex_iterator it(markdown.begin(), markdown.end(), url), end; it != end; ++it, ++asked) {
            std::string path = (*it)[4];
            while (path.ends_with(',')) path.pop_back();
            const std::string headers = "Host: " + (*it)[3].str() + "\r\n" + (*it)[2].str() + "\r\n";
            const std::string answer = (*it)[1].matched ? post(path, headers) : get(path);
            EXPECT_THAT(answer, Not(StartsWith("HTTP/1.1 4"))) << text.name << ": " << path;
        }
    }
    EXPECT_GT(asked, 10u);
    EXPECT_EQ(reloads_, 4u) << "twice in both languages";
}

std::string html_of(std::string_view markdown) {
    return html_of_markdown({}, markdown, [](std::string_view to) { return std::string(to); });
}

TEST(Markdown, LeavesOutHtmlAndLinksThatRunScripts) {
    const auto html =
        html_of("a <b onclick=\"x()\">b</b>\n\n<script>alert(1)</script>\n\n[c](javascript:alert(2))\n");
    EXPECT_THAT(html,
                AllOf(Not(HasSubstr("<script")), Not(HasSubstr("onclick")), Not(HasSubstr("javascript:"))));
    EXPECT_THAT(html, HasSubstr("<a href=\"\">c</a>"));
}

TEST(Markdown, MakesHeadingsThatCanBeLinkedTo) {
    EXPECT_THAT(html_of("### backend_down\n"),
                HasSubstr("<h3><a id=\"backend_down\" href=\"#backend_down\">backend_down</a></h3>"));
    EXPECT_EQ(heading_id("What `Users` notice: a-b, c_d"), "what-users-notice-a-b-c_d");
    EXPECT_EQ(heading_id("处理"), "处理");
}

TEST(Markdown, MakesBlocksOfCodeThatCanBeCopiedAndEscapesThem) {
    const auto html = html_of("```\na < b && \"c\"\n```\n\n1. In a list:\n\n   ```\n   d\n   ```\n");
    EXPECT_THAT(html, HasSubstr("<pre id=\"code-1\" tabindex=\"0\">a &lt; b &amp;&amp; &quot;c&quot;</pre>"));
    EXPECT_THAT(html, AllOf(HasSubstr("data-copy=\"code-2\""),
                            HasSubstr("<pre id=\"code-2\" tabindex=\"0\">d</pre>")));
}

TEST(Markdown, TurnsLinksIntoThoseOfTheAgent) {
    const auto html =
        html_of_markdown({}, "[a](B.md#c)", [](std::string_view to) { return "/x/" + std::string(to); });
    EXPECT_THAT(html, HasSubstr("<a href=\"/x/B.md#c\">a</a>"));
}

}  // namespace
}  // namespace gatewatch::agent::web::test
