#include "agent/web/endpoints.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>

#include "agent/metrics/recorder.hpp"
#include "agent/run_limit.hpp"
#include "agent/web/language.hpp"
#include "agent/web/page.hpp"
#include "agent/web/request_guard.hpp"
#include "agent/web/runbook_page.hpp"

namespace gatewatch::agent::web {
namespace {

constexpr const char* plain_text = "text/plain; charset=utf-8";
constexpr const char* json_text = "application/json; charset=utf-8";
constexpr std::string_view runbooks_path = "/runbooks/";

std::string_view header_of(const Request& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
        if (boost::beast::iequals(key, name)) return value;
    }
    return {};
}

Language reader_s_language(const Request& request) {
    return language_of_query(request.query)
        .value_or(preferred_language(header_of(request, "Accept-Language")));
}

Reply html_reply(std::string html, const std::string& policy, Language language) {
    return {200,
            "text/html; charset=utf-8",
            std::move(html),
            {{"Content-Security-Policy", policy}, {"Content-Language", std::string(name_of(language))}}};
}

/// A line in the reader's language.
Reply plain_reply(unsigned status, const Request& request, const Text& line) {
    return {status, plain_text, in(reader_s_language(request), line) + "\n", {}};
}

Reply nothing_here(const Request& request) {
    return plain_reply(404, request, {"there is nothing here; / has the list", "这里没有内容；请从 / 查看"});
}

asio::awaitable<Reply> page(const Sources& sources, Request request) {
    const auto language = reader_s_language(request);
    co_return html_reply(render_page(sources.report(), language), page_policy(), language);
}

asio::awaitable<Reply> runbook(const Sources&, Request request) {
    const auto language = reader_s_language(request);
    auto html = render_runbook(std::string_view(request.path).substr(runbooks_path.size()), language);
    co_return html ? html_reply(std::move(*html), runbook_policy(), language) : nothing_here(request);
}

asio::awaitable<Reply> metrics_text(const Sources& sources, Request) {
    std::string text = co_await sources.metrics();
    co_return Reply{200, std::string(metrics::content_type), std::move(text), {}};
}

asio::awaitable<Reply> status(const Sources& sources, Request request) {
    const auto language = language_of_query(request.query).value_or(Language::en);
    co_return Reply{200, json_text, render_json(sources.report(), language), {}};
}

asio::awaitable<Reply> run(const Sources& sources, Request request) {
    if (const auto reason = refuse_post(request, "run")) co_return plain_reply(403, request, *reason);
    if (sources.run_now()) co_return Reply{202, json_text, R"({"started":true})", {}};
    const auto wait = fmt::to_string(RunLimit::between_starts.count());
    auto reply = plain_reply(429, request,
                             say("such a run is under way, or began a moment ago; ask again in {} s",
                                 "已有一次运行正在进行，或刚刚开始；请在 {} 秒后再试", wait));
    reply.headers = {{"Retry-After", wait}};
    co_return reply;
}

/// As Prometheus and its exporters answer: 500 for a file that is not good.
asio::awaitable<Reply> reload(const Sources& sources, Request request) {
    if (const auto reason = refuse_post(request, "reload")) co_return plain_reply(403, request, *reason);
    const Reloaded reloaded = co_await sources.reload();
    co_return plain_reply(reloaded.good ? 200 : 500, request, joined(reloaded.lines, {"\n", "\n"}));
}

asio::awaitable<Reply> healthy(const Sources&, Request) {
    co_return Reply{200, plain_text, "healthy\n", {}};
}

asio::awaitable<Reply> ready(const Sources& sources, Request request) {
    const Text reason = sources.not_ready();
    if (reason.empty()) co_return Reply{200, plain_text, "ready\n", {}};
    co_return plain_reply(503, request, say("not ready: {}", "尚未就绪：{}", reason));
}

struct Row {
    std::string_view path;
    bool post;  ///< else GET and HEAD
    asio::awaitable<Reply> (*serve)(const Sources&, Request);
};

constexpr std::array rows{
    Row{"/", false, page},
    Row{"/metrics", false, metrics_text},
    Row{"/api/v1/status", false, status},
    Row{"/api/v1/run", true, run},
    Row{"/-/healthy", false, healthy},
    Row{"/-/ready", false, ready},
    Row{"/-/reload", true, reload},
    Row{runbooks_path, false, runbook},  // and what lies below it
};

std::string_view row_path(std::string_view path) {
    return path.starts_with(runbooks_path) ? runbooks_path : path;
}

bool takes(const Row& row, std::string_view method) {
    return row.post ? method == "POST" : method == "GET" || method == "HEAD";
}

}  // namespace

asio::awaitable<Reply> Endpoints::handle(Request request) const {
    const auto row = std::ranges::find(rows, row_path(request.path), &Row::path);
    if (row == rows.end()) co_return nothing_here(request);
    if (!takes(*row, request.method)) {
        const std::string allow = row->post ? "POST" : "GET, HEAD";
        auto reply = plain_reply(405, request, say("only {}", "只接受 {}", allow));
        reply.headers = {{"Allow", allow}};
        co_return reply;
    }
    const Request asked = request;
    std::string failure;
    try {
        co_return co_await row->serve(sources_, std::move(request));
    } catch (const std::exception& error) {
        failure = error.what();
    }
    spdlog::error("cannot serve {}: {}", row->path, failure);
    co_return plain_reply(500, asked,
                          {"the agent failed to answer; its log says why", "探测器未能应答；原因见其日志"});
}

}  // namespace gatewatch::agent::web
