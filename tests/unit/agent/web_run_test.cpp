// POST /api/v1/run: who may ask for it.
#include <gmock/gmock.h>

#include "tests/unit/agent/web_support.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string local = "Host: 127.0.0.1:9464\r\n";
const std::string asked = "X-Gatewatch: run\r\n";

TEST_F(Web, RunsTheProbesForItsOwnPageAndForAProgram) {
    serve();
    for (const std::string& good :
         {local + asked, local + asked + "Origin: http://127.0.0.1:9464\r\nSec-Fetch-Site: same-origin\r\n",
          local + asked + "Sec-Fetch-Site: none\r\n", local + "x-gatewatch: run\r\n",
          "Host: LOCALHOST:9464\r\n" + asked, "Host: [::1]:9464\r\n" + asked, "Host: 10.0.0.5\r\n" + asked,
          "Host: localhost\r\nOrigin: https://localhost\r\n" + asked}) {
        const auto reply = ask_for_run(good);
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 202 ")) << good;
        EXPECT_THAT(reply, HasSubstr("{\"started\":true}"));
        EXPECT_THAT(reply, Not(HasSubstr("Access-Control")));
    }
    EXPECT_EQ(runs_, 8U);
}

TEST_F(Web, RefusesARunThatAPageOfAnotherSiteMayHaveAskedFor_fault_97) {
    serve();
    const std::vector<std::pair<std::string, std::string>> refused{
        {local, "X-Gatewatch: run"},
        {local + "X-Gatewatch: yes\r\n", "X-Gatewatch: run"},
        {local + asked + "Sec-Fetch-Site: cross-site\r\n", "another site"},
        {local + asked + "Sec-Fetch-Site: same-site\r\n", "another site"},
        {local + asked + "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n", "another site"},
        {local + asked + "Origin: http://evil.example\r\n", "another origin"},
        {local + asked + "Origin: http://127.0.0.1:80\r\n", "another origin"},
        {local + asked + "Origin: null\r\n", "another origin"},
        {local + asked + "Origin: http://127.0.0.1:9464\r\nOrigin: http://evil.example\r\n",
         "another origin"},
        {"Host: evil.example:9464\r\nOrigin: http://evil.example:9464\r\nSec-Fetch-Site: same-origin\r\n" +
             asked,
         "evil.example:9464"},
        {"Host: 127.0.0.1.evil.example\r\n" + asked, "ask by IP address"},
        {"Host: localhost.evil.example\r\n" + asked, "ask by IP address"},
        {"Host: [::1\r\n" + asked, "ask by IP address"},
        {"Host:\r\n" + asked, "ask by IP address"}};
    for (const auto& [headers, why] : refused) {
        const auto reply = ask_for_run(headers);
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 403 ")) << headers;
        EXPECT_THAT(reply, HasSubstr(why)) << headers;
        EXPECT_THAT(reply, Not(HasSubstr("Access-Control")));
    }
    EXPECT_EQ(runs_, 0U);
}

TEST_F(Web, RefusesAPostWithoutAuthority_fault_97) {
    serve();
    EXPECT_THAT(ask_for_run(asked), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(exchange("POST /api/v1/run HTTP/1.0\r\nX-Gatewatch: run\r\n\r\n"),
                StartsWith("HTTP/1.1 403 "));
    EXPECT_EQ(runs_, 0U);
}

TEST_F(Web, SaysWhenToAskAgainWhileARunIsUnderWay) {
    can_run_ = false;
    serve();
    const auto reply = ask_for_run(local + asked);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 429 "));
    EXPECT_THAT(reply, HasSubstr("Retry-After: 10\r\n"));
    EXPECT_THAT(reply, HasSubstr("ask again in 10 s"));
}

TEST_F(Web, RunsOnlyAtAPost) {
    serve();
    for (const char* method : {"GET", "HEAD", "PUT", "OPTIONS"}) {
        const auto reply =
            exchange(method + (" /api/v1/run HTTP/1.1\r\nConnection: close\r\n" + local + asked) +
                     "Access-Control-Request-Method: POST\r\n\r\n");
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 405 ")) << method;
        EXPECT_THAT(reply, HasSubstr("Allow: POST\r\n")) << method;
        EXPECT_THAT(reply, Not(HasSubstr("Access-Control"))) << method;
    }
    EXPECT_EQ(runs_, 0U);
}

TEST_F(Web, TakesABodyWithTheRequestAndRefusesALongOne_fault_96) {
    serve();
    EXPECT_THAT(exchange("POST /api/v1/run HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n" + local +
                         asked + "\r\n{}"),
                StartsWith("HTTP/1.1 202 "));
    EXPECT_THAT(exchange("POST /api/v1/run HTTP/1.1\r\nContent-Length: 5000\r\n" + local + asked + "\r\n"),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_EQ(runs_, 1U);
}

}  // namespace
}  // namespace gatewatch::agent::web::test
