// A web server on a thread of its own, and clients that block. For web_*test.cpp.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agent/web/endpoints.hpp"
#include "agent/web/server.hpp"
#include "tests/unit/agent/page_report.hpp"

namespace gatewatch::agent::web::test {
using namespace std::chrono_literals;
using asio::ip::tcp;

inline asio::awaitable<std::string> fixed_metrics() {
    co_return "some_metric 1\n";
}

/// A server on a thread of its own, and clients that block.
class Web : public testing::Test {
  protected:
    ~Web() override {
        asio::post(loop_, [this] { server_->stop(); });
        if (thread_.joinable()) thread_.join();
    }

    void serve(Limits limits = {}) {
        server_ = std::make_unique<Server>(
            loop_.get_executor(), [this](Request request) { return endpoints_.handle(std::move(request)); },
            limits);
        const auto bound = server_->listen("127.0.0.1:0");
        ASSERT_TRUE(bound) << bound.error();
        endpoint_ = *bound;
        thread_ = std::thread([this] { loop_.run(); });
    }

    tcp::socket connect() {
        tcp::socket socket(clients_);
        socket.connect(endpoint_);
        return socket;
    }

    /// Everything up to the end of the connection.
    static std::string read_all(tcp::socket& socket) {
        std::string text;
        boost::system::error_code error;
        asio::read(socket, asio::dynamic_buffer(text), error);
        return text;
    }

    std::string exchange(const std::string& request) {
        tcp::socket socket = connect();
        boost::system::error_code ignored;  // the server may answer and close before it has read everything
        asio::write(socket, asio::buffer(request), ignored);
        return read_all(socket);
    }

    std::string get(const std::string& target, const std::string& method = "GET") {
        return exchange(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    /// A POST with these headers.
    std::string post(const std::string& path, const std::string& headers) {
        return exchange("POST " + path + " HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n");
    }
    std::string ask_for_run(const std::string& headers) { return post("/api/v1/run", headers); }

    Text waiting_for_;
    asio::awaitable<Reloaded> reload() {
        ++reloads_;
        co_return reloaded_;
    }

    Reloaded reloaded_{true, {{"the configuration is in force", "配置已生效"}, {"a warning", "一条警告"}}};
    std::atomic<unsigned> reloads_ = 0;  ///< how often a reload was asked for
    std::atomic<bool> can_run_ = true;
    std::atomic<unsigned> runs_ = 0;  ///< how often a run was asked for

  private:
    Sources sources() {
        return {fixed_metrics, [this] { return waiting_for_; }, made_up_report,
                [this] { return ++runs_ && can_run_; }, [this] { return reload(); }};
    }

    asio::io_context loop_{1}, clients_;
    Endpoints endpoints_{sources()};
    std::unique_ptr<Server> server_;
    tcp::endpoint endpoint_;
    std::thread thread_;
};

}  // namespace gatewatch::agent::web::test
