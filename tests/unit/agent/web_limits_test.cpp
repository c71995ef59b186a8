#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/agent/web_support.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(Web, AnswersPipelinedRequestsInOrder_fault_96) {
    serve();
    const auto reply = exchange(
        "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto first = reply.find(" 200 "), second = reply.find(" 404 "), third = reply.find("some_metric");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, std::string::npos);
}

TEST_F(Web, GoesOnServingUnderSlowlorisAndManyConnections_fault_96) {
    Limits limits;
    limits.connections = 16;
    serve(limits);
    std::vector<tcp::socket> slow;
    for (int i = 0; i < 200; ++i) {
        slow.push_back(connect());
        boost::system::error_code ignored;
        asio::write(slow.back(), asio::buffer(std::string("GET /metrics HTTP/1.1\r\nX-Slow: ")), ignored);
        if (i % 20 == 0) {
            EXPECT_THAT(get("/metrics"), HasSubstr("some_metric")) << i;
        }
    }
    EXPECT_THAT(get("/metrics"), HasSubstr("some_metric"));
    EXPECT_EQ(read_all(slow.front()), "");  // was closed to make room
}

TEST_F(Web, EndsARequestThatDripsInByAnAbsoluteTime_fault_8) {
    Limits limits;
    limits.request_time = 150ms;
    serve(limits);
    tcp::socket socket = connect();
    const auto before = std::chrono::steady_clock::now();
    boost::system::error_code error;
    while (!error && std::chrono::steady_clock::now() - before < 5s) {
        asio::write(socket, asio::buffer("X", 1), error);
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_TRUE(error);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

TEST_F(Web, EndsARequestThatFloodsInByTheSameTime_fault_96) {
    Limits limits;
    limits.request_time = 150ms;
    limits.body_bytes = std::size_t{1} << 30;
    serve(limits);
    tcp::socket socket = connect();
    asio::write(socket, asio::buffer(
                            std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")));
    std::string flood;  // dearer to parse than to send, so that there is always something to read
    for (int i = 0; i < 50'000; ++i) flood += "1\r\nx\r\n";
    const auto before = std::chrono::steady_clock::now();
    boost::system::error_code error;
    while (!error && std::chrono::steady_clock::now() - before < 5s) {
        asio::write(socket, asio::buffer(flood), error);
    }
    EXPECT_TRUE(error);
    EXPECT_GT(std::chrono::steady_clock::now() - before, 100ms);  // it was no refusal of the request
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
}

TEST_F(Web, ClosesAConnectionAfterItsShareOfRequests) {
    Limits limits;
    limits.requests = 2;
    serve(limits);
    std::string request = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
    const auto reply = exchange(request + request + request);
    EXPECT_NE(reply.find("healthy\n"), reply.rfind("healthy\n"));
    EXPECT_THAT(reply, HasSubstr("Connection: close"));
}

TEST_F(Web, AcceptsAgainWhenTheProcessHasDescriptorsAgain_fault_93) {
    serve();
    tcp::socket waiting = connect();  // its descriptor, and the server's, are there before the limit bites
    EXPECT_THAT(get("/-/healthy"), StartsWith("HTTP/1.1 200 "));
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    std::vector<int> hoard;
    const rlimit tight{64, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &tight);
    tcp::socket pending = [&] {
        boost::system::error_code error;
        asio::io_context& context = static_cast<asio::io_context&>(waiting.get_executor().context());
        tcp::socket socket(context);
        socket.open(tcp::v4(), error);
        for (int fd = dup(0); fd >= 0; fd = dup(0)) hoard.push_back(fd);
        socket.connect(waiting.remote_endpoint(), error);  // the kernel accepts it, the server cannot
        return socket;
    }();
    asio::write(pending,
                asio::buffer(std::string("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
    for (int fd : hoard) close(fd);
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_THAT(read_all(pending), HasSubstr("some_metric"));
}

}  // namespace
}  // namespace gatewatch::agent::web::test
