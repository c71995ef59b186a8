// The collector nginx_log: what it makes of logs that grow, are rotated, or cannot be read, and of those of
// the nginx that is installed.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "probes/nginx/edge_log.hpp"
#include "tests/unit/probes/edge_fixture.hpp"
#include "tests/unit/probes/real_nginx.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

std::string access_line(std::string_view path, unsigned status, std::string_view agent = "curl/7.88.1") {
    return fmt::format("127.0.0.1 - - [22/Nov/2026:22:48:24 +0000] \"GET {} HTTP/1.1\" {} 157 \"-\" \"{}\"\n",
                       path, status, agent);
}

constexpr std::string_view error_line =
    R"(2026/11/22 22:48:24 [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, )"
    R"(client: 127.0.0.1, server: im.example.com, request: "GET /socket.io/?EIO=4 HTTP/1.1", upstream: )"
    R"("http://127.0.0.1:7002/socket.io/?EIO=4", host: "im.example.com")"
    "\n";

class NginxLogs : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-edge-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        fs::create_directory(directory_ / "state");
        gateway_ = edge_gateway();
        gateway_.nginx.emplace();
        gateway_.nginx->access_log = directory_ / "access.log";
        gateway_.nginx->error_log = directory_ / "error.log";
        append("access.log", "");
        append("error.log", "");
    }
    void TearDown() override {
        log_.reset();
        fs::remove_all(directory_);
    }

    void start() {
        log_.emplace(io_.get_executor(), gateway_, directory_ / "state",
                     EdgeLog::Callbacks{
                         .request = [this](const EdgeRequest& request,
                                           EdgeLog::Age age) { requests_.emplace_back(request, age); },
                         .trouble = [this](const EdgeTrouble& trouble,
                                           EdgeLog::Age age) { troubles_.emplace_back(trouble, age); }});
        log_->start();
    }
    void append(const std::string& name, std::string_view text) const {
        std::ofstream(directory_ / name, std::ios::app) << text;
    }
    template <class Condition>
    bool until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!condition() && std::chrono::steady_clock::now() < deadline) io_.run_one_for(20ms);
        return condition();
    }

    asio::io_context io_;
    fs::path directory_;
    config::GatewaySettings gateway_;
    std::optional<EdgeLog> log_;
    std::vector<std::pair<EdgeRequest, EdgeLog::Age>> requests_;
    std::vector<std::pair<EdgeTrouble, EdgeLog::Age>> troubles_;
};

TEST_F(NginxLogs, TellWhatCameForTheGatewayAndWhatItsUpstreamDid) {
    append("access.log", access_line("/socket.io/?before", 200));
    start();
    EXPECT_TRUE(log_->status().up) << log_->status().detail.en;
    append("access.log", access_line("/socket.io/?EIO=4&transport=polling", 502, "gatewatch/0.1.0"));
    append("access.log", access_line("/", 200));
    append("access.log", "no such line\n");
    append("error.log", error_line);
    ASSERT_TRUE(until([this] { return requests_.size() == 1 && troubles_.size() == 1; }));
    EXPECT_TRUE(requests_[0].first.synthetic);
    EXPECT_EQ(requests_[0].first.code, 502U);
    EXPECT_EQ(requests_[0].second, EdgeLog::Age::recent);
    EXPECT_LT(std::chrono::system_clock::now() - requests_[0].first.seen, 30s);
    EXPECT_EQ(troubles_[0].first.error, EdgeError::refused);
    EXPECT_EQ(log_->status().access_lines, 2U);
    EXPECT_EQ(log_->status().unparsed_lines, 1U);
}

TEST_F(NginxLogs, AreFollowedThroughARotationByRenameAndThroughAnEmptiedFile) {
    start();
    append("access.log", access_line("/socket.io/?1", 200));
    fs::rename(directory_ / "access.log", directory_ / "access.log.1");
    append("access.log.1", access_line("/socket.io/?2", 200));  // nginx has not reopened it yet
    append("access.log", access_line("/socket.io/?3", 200));
    ASSERT_TRUE(until([this] { return requests_.size() == 3; }));
    fs::resize_file(directory_ / "access.log", 0);
    ASSERT_TRUE(until([this] {
        append("access.log", access_line("/socket.io/?4", 400));
        return requests_.size() > 3;
    }));
    EXPECT_EQ(requests_.back().first.code, 400U);
}

TEST_F(NginxLogs, AreTakenUpAfterARestartWhereItStopped) {
    start();
    append("access.log", access_line("/socket.io/?1", 200));
    ASSERT_TRUE(until([this] { return requests_.size() == 1; }));
    log_.reset();
    append("access.log", access_line("/socket.io/?2", 404));
    start();
    ASSERT_TRUE(until([this] { return requests_.size() == 2; }));
    EXPECT_EQ(requests_[1].first.code, 404U);
    EXPECT_EQ(requests_[1].second, EdgeLog::Age::old) << "it says nothing of the present";
    append("access.log", access_line("/socket.io/?3", 200));
    ASSERT_TRUE(until([this] { return requests_.size() == 3; }));
    EXPECT_EQ(requests_[2].second, EdgeLog::Age::recent);
}

TEST_F(NginxLogs, ThatAreNotThereAreNamedInBothLanguages) {
    fs::remove(directory_ / "error.log");
    start();
    const auto status = log_->status();
    EXPECT_FALSE(status.up) << "one of two is not enough";
    EXPECT_THAT(status.detail.en, HasSubstr(directory_.native() + " holds no error.log; correct error_log"));
    EXPECT_THAT(status.detail.zh, HasSubstr("error_log"));
    append("access.log", access_line("/socket.io/?1", 200));
    EXPECT_TRUE(until([this] { return requests_.size() == 1; })) << "the other one is followed all the same";
    append("error.log", error_line);
    EXPECT_TRUE(until([this] { return troubles_.size() == 1; })) << "a new file is read from its beginning";
    EXPECT_TRUE(log_->status().up);
}

TEST_F(NginxLogs, ThatOnlyRootMayReadAreNamed) {
    fs::permissions(directory_ / "access.log", fs::perms::none);
    if (::geteuid() == 0) {
        // Root reads everything but what is no file.
        fs::remove(directory_ / "access.log");
        fs::create_symlink(directory_ / "access.log", directory_ / "access.log");
    }
    start();
    const auto status = log_->status();
    EXPECT_FALSE(status.up);
    EXPECT_THAT(status.detail.en, HasSubstr(directory_.native()));
    EXPECT_FALSE(status.detail.zh.empty());
}

TEST_F(NginxLogs, OfTheInstalledNginxAreReadInEachForm) {
    const auto port = free_port();
    const auto nobody = free_port();
    constexpr std::string_view json = R"({"request":"$request","status":$status,"up":"$upstream_addr",)"
                                      R"("ua":"$http_user_agent","host":"$host"})";
    std::ofstream(directory_ / "nginx.conf") << fmt::format(
        "{}http {{\n{}    log_format j escape=json '{}';\n    server {{\n        listen 127.0.0.1:{};\n"
        "        access_log {}/access.log;\n        access_log {}/json.log j;\n"
        "        location / {{ proxy_pass http://127.0.0.1:{}; }}\n    }}\n}}\n",
        preamble(directory_), temporary_paths(directory_), json, port, directory_.native(),
        directory_.native(), nobody);
    append("json.log", "");
    const RealNginx nginx(directory_, directory_ / "nginx.conf", port);
    start();
    auto second = gateway_;
    second.name = "json";
    second.nginx->access_log = directory_ / "json.log";
    second.nginx->error_log.reset();
    second.nginx->log_format = fmt::format("escape=json {}", json);
    std::vector<EdgeRequest> in_json;
    EdgeLog json_log(
        io_.get_executor(), second, directory_ / "state",
        {.request = [&](const EdgeRequest& request, EdgeLog::Age) { in_json.push_back(request); },
         .trouble = [](const EdgeTrouble&, EdgeLog::Age) {}});
    json_log.start();
    EXPECT_THAT(nginx.get("im.example.com", "/socket.io/?EIO=4&transport=websocket&x=\"'\\"),
                HasSubstr("502"));
    EXPECT_THAT(nginx.get("im.example.com", "/elsewhere"), HasSubstr("502"));
    ASSERT_TRUE(until([&] { return requests_.size() == 1 && in_json.size() == 1 && troubles_.size() == 1; }));
    EXPECT_EQ(requests_[0].first.status, EdgeStatus::bad_gateway);
    EXPECT_EQ(requests_[0].first.transport, EdgeTransport::websocket);
    EXPECT_EQ(in_json[0].upstream, fmt::format("127.0.0.1:{}", nobody));
    EXPECT_EQ(troubles_[0].first.error, EdgeError::refused);
    EXPECT_EQ(troubles_[0].first.upstream, fmt::format("http://127.0.0.1:{}/socket.io/", nobody));
    EXPECT_EQ(log_->status().unparsed_lines, 0U);
    EXPECT_EQ(json_log.status().unparsed_lines, 0U);
    json_log.stop();
}

}  // namespace
}  // namespace gatewatch::probes::nginx::test
