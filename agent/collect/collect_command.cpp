#include "agent/collect/collect_command.hpp"

#include <fmt/chrono.h>

#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "agent/check.hpp"
#include "agent/collect/collect.hpp"
#include "agent/token_command.hpp"
#include "probes/net/http_once.hpp"

namespace gatewatch::agent::collect {
namespace {

namespace asio = boost::asio;
namespace net = probes::net;
using namespace std::chrono_literals;

/// The body of a page of the running agent; empty if it does not answer.
std::string ask_agent(const std::string& listen, const std::string& path) {
    asio::io_context loop{1};
    std::string body;
    asio::co_spawn(loop,
                   net::http_once("http://" + listen + path, net::HttpRequest{}, std::nullopt,
                                  std::chrono::steady_clock::now() + 2s),
                   [&body](std::exception_ptr, net::NetResult<net::HttpReply> reply) {
                       if (reply && reply->status == 200) body = std::move(reply->body);
                   });
    loop.run();
    return body;
}

/// The newest rows of every gateway's token table.
std::string tokens_of(const config::Settings& settings) {
    std::string text;
    for (const auto& gateway : settings.gateways) {
        if (!gateway.mysql) continue;
        TokenOptions options;
        options.gateway = gateway.name;
        options.recent = 5;
        std::istringstream nothing;
        const TokenAnswer answer = run_token(settings, options, nothing);
        text += fmt::format("{}\n{}{}\n", gateway.name, answer.output, answer.error);
    }
    return text;
}

std::filesystem::path default_output() {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return fmt::format("gatewatch-{:%Y%m%dT%H%M%SZ}.tar.gz", fmt::gmtime(now));
}

}  // namespace

Result run(const config::Settings& settings, const GatewayWatch::Runner& runner, const Request& request) {
    const auto file = request.output.empty() ? default_output() : request.output;
    const auto failed = [&](const Text& why) { return Result{in(request.language, why) + "\n", false}; };
    if (const auto possible = can_write_archive(file); !possible) return failed(possible.error());
    const CheckResult check = run_check(settings, runner);
    const auto& listen = settings.agent.listen;
    const Input input{settings,
                      request.config_file,
                      check.report,
                      tokens_of(settings),
                      ask_agent(listen, "/metrics"),
                      ask_agent(listen, "/api/v1/status")};
    const auto entries = gather(input);
    if (const auto written = write_archive(file, entries); !written) return failed(written.error());
    std::string text = in(request.language,
                          say("{} holds {} files; its MANIFEST.txt says what they are, and what "
                              "could not be had.\n",
                              "{} 含有 {} 个文件；其中的 MANIFEST.txt 说明各文件的内容以及未能获取的部分。\n",
                              file.native(), entries.size()));
    return {std::move(text), true};
}

}  // namespace gatewatch::agent::collect
