// The metrics of nginx's logs.
#include "tests/unit/agent/edge_support.hpp"
#include "tests/unit/agent/recorder_fixture.hpp"

namespace gatewatch::agent::metrics::test {
namespace {

using agent::test::edge_gateway;
using agent::test::edge_request;
using agent::test::edge_trouble;
using probes::EdgeTransport;

TEST(RecorderOfNginxLogs, starts_every_counter_at_zero_where_its_log_is_configured) {
    Recorder recorder("test");
    auto gateway = edge_gateway();
    const auto metrics = recorder.add_gateway(gateway, {});
    std::size_t requests = 0;
    std::size_t errors = 0;
    for (const auto& line : lines_of(recorder.render())) {
        requests += line.starts_with("gatewatch_nginx_log_requests_total{") ? 1 : 0;
        errors += line.starts_with("gatewatch_nginx_log_upstream_errors_total{") ? 1 : 0;
    }
    EXPECT_EQ(requests, enum_count<EdgeTransport> * enum_count<probes::EdgeStatus> * 2);
    EXPECT_EQ(errors, enum_count<probes::EdgeError>);
    EXPECT_THAT(recorder.render(), HasSubstr("gatewatch_nginx_log_unparsed_lines_total{gateway=\"im\"} 0\n"));
}

TEST(RecorderOfNginxLogs, has_none_of_a_log_that_is_not_configured) {
    Recorder recorder("test");
    auto gateway = edge_gateway();
    gateway.nginx->access_log.reset();
    const auto metrics = recorder.add_gateway(gateway, {});
    metrics->edge_request(edge_request(EdgeTransport::polling, 200));
    EXPECT_THAT(recorder.render(), Not(HasSubstr("gatewatch_nginx_log_requests_total{")));
    EXPECT_THAT(recorder.render(), Not(HasSubstr("gatewatch_nginx_log_unparsed_lines_total{")));
    EXPECT_THAT(recorder.render(), HasSubstr("gatewatch_nginx_log_upstream_errors_total{"));

    Recorder without("test");
    gateway.nginx->error_log.reset();
    const auto none = without.add_gateway(gateway, {});
    none->edge_trouble(edge_trouble(probes::EdgeError::refused));
    EXPECT_THAT(without.render(), Not(HasSubstr("gatewatch_nginx_log_")));
}

TEST(RecorderOfNginxLogs, counts_requests_by_transport_status_and_origin) {
    Recorder recorder("test");
    const auto metrics = recorder.add_gateway(edge_gateway(), {});
    metrics->edge_request(edge_request(EdgeTransport::websocket, 400));
    metrics->edge_request(edge_request(EdgeTransport::websocket, 400));
    metrics->edge_request(edge_request(EdgeTransport::polling, 200, true));
    metrics->edge_trouble(edge_trouble(probes::EdgeError::timed_out));
    probes::EdgeLogStatus status;
    status.up = true;
    status.unparsed_lines = 3;
    metrics->edge_status(status);
    metrics->edge_status(status);
    const auto text = recorder.render();
    EXPECT_THAT(text,
                HasSubstr("gatewatch_nginx_log_requests_total{gateway=\"im\",origin=\"user\",status=\"bad_"
                          "request\",transport=\"websocket\"} 2\n"));
    EXPECT_THAT(text,
                HasSubstr("gatewatch_nginx_log_requests_total{gateway=\"im\",origin=\"synthetic\",status="
                          "\"success\",transport=\"polling\"} 1\n"));
    EXPECT_THAT(
        text, HasSubstr("gatewatch_nginx_log_upstream_errors_total{error=\"timed_out\",gateway=\"im\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("gatewatch_nginx_log_unparsed_lines_total{gateway=\"im\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("gatewatch_collector_up{collector=\"nginx_log\",gateway=\"im\"} 1\n"));
}

}  // namespace
}  // namespace gatewatch::agent::metrics::test
