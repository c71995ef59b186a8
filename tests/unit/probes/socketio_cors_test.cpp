#include "probes/socketio/cors.hpp"

#include <gmock/gmock.h>

namespace gatewatch::probes::socketio {
namespace {

constexpr std::string_view origin = "http://im.example.com";
constexpr std::string_view elsewhere = "http://127.0.0.1:7002";
constexpr auto allow_origin = "Access-Control-Allow-Origin";

/// What a page at `origin` would meet with these headers from a server at another origin; "passes", or the
/// fault and what was seen.
std::string judged(net::Headers headers, std::string_view own_origin = elsewhere) {
    net::HttpReply reply;
    reply.status = 200;
    reply.headers = std::move(headers);
    auto verdict = judge_cors(reply, origin, own_origin);
    return verdict ? std::string(name_of(verdict->fault)) + " " + verdict->seen : "passes";
}

TEST(Cors, the_frontends_origin_passes_whatever_the_case_of_the_headers_name) {
    EXPECT_EQ(judged({{allow_origin, "http://im.example.com"}}), "passes");
    EXPECT_EQ(judged({{"access-control-allow-origin", "http://im.example.com"},
                      {"Access-Control-Allow-Credentials", "true"}}),
              "passes");
}

TEST(Cors, anything_but_the_very_text_of_the_origin_is_another_origin) {
    for (std::string other :
         {"http://im.example.com/", "https://im.example.com", "http://im.example.com:80",
          "http://IM.example.com", "http://example.com", "http://localhost:5173", "null", ""}) {
        EXPECT_EQ(judged({{allow_origin, other}}), "other_origin " + other);
    }
}

TEST(Cors, no_header_is_missing) {
    EXPECT_EQ(judged({{"Vary", "Origin"}}), "missing ");
}

TEST(Cors, two_headers_or_a_list_are_refused_even_if_both_are_right) {
    EXPECT_EQ(judged({{allow_origin, "http://im.example.com"}, {allow_origin, "http://im.example.com"}}),
              "duplicate http://im.example.com, http://im.example.com");
    EXPECT_EQ(judged({{allow_origin, "*"}, {"access-control-allow-origin", "http://im.example.com"}}),
              "duplicate *, http://im.example.com");
    EXPECT_EQ(judged({{allow_origin, "http://im.example.com,http://localhost:5173"}}),
              "duplicate http://im.example.com,http://localhost:5173");
}

TEST(Cors, the_wildcard_is_refused_only_where_credentials_are_allowed_with_it) {
    EXPECT_EQ(judged({{allow_origin, "*"}}), "passes");
    EXPECT_EQ(judged({{allow_origin, "*"}, {"Access-Control-Allow-Credentials", "false"}}), "passes");
    EXPECT_EQ(judged({{allow_origin, "*"}, {"Access-Control-Allow-Credentials", "True"}}), "passes");
    EXPECT_EQ(judged({{allow_origin, "*"}, {"Access-Control-Allow-Credentials", "true"}}), "wildcard *");
}

TEST(Cors, a_page_of_the_server_itself_needs_no_header_but_a_wrong_one_is_still_told) {
    EXPECT_EQ(judged({}, origin), "passes");
    EXPECT_EQ(judged({{allow_origin, "http://im.example.com"}}, origin), "passes");
    EXPECT_EQ(judged({{allow_origin, "http://localhost:5173"}}, origin),
              "other_origin http://localhost:5173");
    EXPECT_EQ(judged({{allow_origin, "*"}, {"Access-Control-Allow-Credentials", "true"}}, origin),
              "wildcard *");
    EXPECT_EQ(judged({{allow_origin, "*"}, {allow_origin, "*"}}, origin), "duplicate *, *");
}

TEST(Cors, without_an_origin_nothing_is_judged) {
    EXPECT_FALSE(judge_cors({}, "", elsewhere));
}

}  // namespace
}  // namespace gatewatch::probes::socketio
