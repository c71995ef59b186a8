// POST /-/reload: who may ask for it, and what comes back.
#include <gmock/gmock.h>

#include "tests/unit/agent/web_support.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string local = "Host: 127.0.0.1:9464\r\n";
const std::string asked = "X-Gatewatch: reload\r\n";

TEST_F(Web, ReloadsAndSaysWhatHasChanged) {
    serve();
    const auto reply = post("/-/reload", local + asked);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(reply, EndsWith("\r\n\r\nthe configuration is in force\na warning\n"));
    EXPECT_EQ(reloads_, 1U);
}

TEST_F(Web, SaysEveryProblemOfAFileThatItRefuses) {
    reloaded_ = {false,
                 {{"gatewatch.toml:3:1: one", "gatewatch.toml:3:1: 一"},
                  {"gatewatch.toml:4:1: two", "gatewatch.toml:4:1: 二"}}};
    serve();
    const auto reply = post("/-/reload", local + asked);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(reply, EndsWith("\r\n\r\ngatewatch.toml:3:1: one\ngatewatch.toml:4:1: two\n"));
}

TEST_F(Web, AnswersAReloadInTheLanguageOfWhoAsksForIt) {
    serve();
    EXPECT_THAT(post("/-/reload?lang=zh", local + asked), EndsWith("\r\n\r\n配置已生效\n一条警告\n"));
    EXPECT_THAT(post("/-/reload", local + asked + "Accept-Language: zh-CN,zh\r\n"), HasSubstr("配置已生效"));
    EXPECT_THAT(post("/-/reload?lang=zh", local),
                EndsWith("缺少请求头 \"X-Gatewatch: reload\"；其他网站的页面无法发送它\n"));
}

TEST_F(Web, RefusesAReloadThatAPageOfAnotherSiteMayHaveAskedFor_fault_97) {
    serve();
    for (const std::string& refused :
         {local, local + "X-Gatewatch: run\r\n", local + asked + "Sec-Fetch-Site: cross-site\r\n",
          local + asked + "Origin: http://evil.example\r\n", "Host: evil.example:9464\r\n" + asked}) {
        EXPECT_THAT(post("/-/reload", refused), StartsWith("HTTP/1.1 403 ")) << refused;
    }
    EXPECT_THAT(post("/-/reload", local), HasSubstr("X-Gatewatch: reload"));
    EXPECT_THAT(post("/api/v1/run", local + asked), StartsWith("HTTP/1.1 403 "));
    EXPECT_EQ(reloads_, 0U);
    EXPECT_EQ(runs_, 0U);
}

TEST_F(Web, ReloadsOnlyAtAPost) {
    serve();
    for (const char* method : {"GET", "HEAD", "PUT", "OPTIONS"}) {
        const auto reply =
            exchange(method + (" /-/reload HTTP/1.1\r\nConnection: close\r\n" + local + asked) + "\r\n");
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 405 ")) << method;
        EXPECT_THAT(reply, HasSubstr("Allow: POST\r\n")) << method;
        EXPECT_THAT(reply, Not(HasSubstr("Access-Control"))) << method;
    }
    EXPECT_EQ(reloads_, 0U);
}

}  // namespace
}  // namespace gatewatch::agent::web::test
