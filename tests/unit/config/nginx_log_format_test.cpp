// Which log_formats of nginx can be read, and what is said of the others: see also
// testdata/nginx_log_format_*.
#include "config/nginx_log_format.hpp"

#include <gmock/gmock.h>

#include "config/loader.hpp"
#include "problems.hpp"

namespace gatewatch::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> variables_of(std::string_view text) {
    std::vector<std::string> names;
    const auto format = parse_log_format(text);
    EXPECT_TRUE(format) << text;
    if (format) std::ranges::transform(format->fields, std::back_inserter(names), &LogField::variable);
    return names;
}

std::string problem_of(std::string_view text) {
    const auto format = parse_log_format(text);
    if (!format) gatewatch::test::expect_both(format.error(), text);
    return format ? "" : format.error().en;
}

TEST(NginxLogFormat, is_combined_where_nothing_else_is_said) {
    EXPECT_THAT(variables_of(""), ElementsAre("remote_addr", "remote_user", "time_local", "request", "status",
                                              "body_bytes_sent", "http_referer", "http_user_agent"));
    EXPECT_EQ(check_log_format("combined"), "");
}

TEST(NginxLogFormat, keeps_what_stands_between_the_variables) {
    const auto format = parse_log_format("<${status}> \"$request\" end");
    ASSERT_TRUE(format);
    ASSERT_EQ(format->fields.size(), 2U);
    EXPECT_EQ(format->fields[0].before, "<");
    EXPECT_EQ(format->fields[1].before, "> \"");
    EXPECT_EQ(format->end, "\" end");
}

TEST(NginxLogFormat, reads_the_escapes_that_nginx_reads_between_quotes) {
    const auto format = parse_log_format(R"(escape=json status:$status\trequest:\"$request\")");
    ASSERT_TRUE(format);
    EXPECT_EQ(format->escape, LogEscape::json);
    EXPECT_EQ(format->fields[0].before, "status:");
    EXPECT_EQ(format->fields[1].before, "\trequest:\"");
    EXPECT_EQ(format->end, "\"");
}

TEST(NginxLogFormat, takes_a_path_and_its_query_as_one_where_they_touch) {
    EXPECT_THAT(variables_of("$uri$is_args$args $status"), ElementsAre("request_uri", "status"));
    EXPECT_THAT(variables_of("$scheme://$host$request_uri $status"),
                ElementsAre("scheme", "host", "request_uri", "status"));
    EXPECT_THAT(variables_of("$uri $args $status"), ElementsAre("uri", "args", "status"));
}

TEST(NginxLogFormat, does_not_mind_values_that_touch_where_neither_is_read) {
    EXPECT_THAT(variables_of("$connection$pipe $request $status"),
                ElementsAre("connection", "request", "status"));
    EXPECT_THAT(problem_of("$pipe$status $request"), HasSubstr("between $pipe and $status"));
}

TEST(NginxLogFormat, needs_the_query_beside_the_path) {
    EXPECT_THAT(problem_of("$uri $status"), HasSubstr("$uri with $args"));
    EXPECT_THAT(problem_of("$host $request"), HasSubstr("add $status"));
}

TEST(NginxLogFormat, without_a_user_agent_is_warned_of_since_probes_then_count_as_users) {
    const auto loaded = load_text(
        "[[gateway]]\nname = \"im\"\n[[gateway.route]]\nname = \"public\"\nurl = \"http://im.example.com\"\n"
        "[gateway.nginx]\nconfig = \"/dev/stdin\"\naccess_log = \"/nowhere/access.log\"\n"
        "error_log = \"/nowhere/error.log\"\nlog_format = '$request $status'\n",
        "file");
    ASSERT_TRUE(loaded);
    const auto warnings = test::texts(loaded->warnings);
    EXPECT_THAT(warnings, testing::Contains(HasSubstr("file:8:14: access_log: there is no file")));
    EXPECT_THAT(warnings, testing::Contains(HasSubstr("file:9:13: error_log: there is no file")));
    EXPECT_THAT(warnings, testing::Contains(HasSubstr("file:10:14: log_format: does not log who asked")));
    const auto& nginx = *loaded->settings.gateways.front().nginx;
    EXPECT_EQ(nginx.access_log, "/nowhere/access.log");
    EXPECT_EQ(nginx.error_log, "/nowhere/error.log");
    EXPECT_EQ(nginx.log_format, "$request $status");
}

}  // namespace
}  // namespace gatewatch::config
