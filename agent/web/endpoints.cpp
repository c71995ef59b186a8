#include "agent/web/endpoints.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "agent/metrics/recorder.hpp"

namespace gatewatch::agent::web {
namespace {

constexpr const char* plain_text = "text/plain; charset=utf-8";

/// The language that `?lang=` names, English without it.
Language language_of(std::string_view query) {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        if (pair.starts_with("lang=")) return from_name<Language>(pair.substr(5)).value_or(Language::en);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    }
    return Language::en;
}

using Endpoint = asio::awaitable<Reply> (*)(const Sources& sources, Request request);

asio::awaitable<Reply> page(const Sources& sources, Request request) {
    std::string html = render_page(sources.report(), sources.failures(), language_of(request.query));
    co_return Reply{200, "text/html; charset=utf-8", std::move(html), {}};
}

asio::awaitable<Reply> metrics_text(const Sources& sources, Request) {
    std::string text = co_await sources.metrics();
    co_return Reply{200, std::string(metrics::content_type), std::move(text), {}};
}

asio::awaitable<Reply> status(const Sources& sources, Request request) {
    std::string json = render_json(sources.report(), language_of(request.query));
    co_return Reply{200, "application/json; charset=utf-8", std::move(json), {}};
}

asio::awaitable<Reply> healthy(const Sources&, Request) {
    co_return Reply{200, plain_text, "healthy\n", {}};
}

asio::awaitable<Reply> ready(const Sources& sources, Request) {
    const std::string reason = sources.not_ready();
    co_return reason.empty() ? Reply{200, plain_text, "ready\n", {}}
                             : Reply{503, plain_text, "not ready: " + reason + "\n", {}};
}

struct Row {
    std::string_view path;
    Endpoint serve;
};

constexpr std::array rows{
    Row{"/", page},
    Row{"/metrics", metrics_text},
    Row{"/api/v1/status", status},
    Row{"/-/healthy", healthy},
    Row{"/-/ready", ready},
};

}  // namespace

asio::awaitable<Reply> Endpoints::handle(Request request) const {
    const auto row = std::ranges::find(rows, std::string_view(request.path), &Row::path);
    if (row == rows.end()) co_return Reply{404, plain_text, "there is nothing here; / has the list\n", {}};
    if (request.method != "GET" && request.method != "HEAD") {
        co_return Reply{405, plain_text, "only GET and HEAD\n", "GET, HEAD"};
    }
    std::string failure;
    try {
        co_return co_await row->serve(sources_, std::move(request));
    } catch (const std::exception& error) {
        failure = error.what();
    }
    spdlog::error("cannot serve {}: {}", row->path, failure);
    co_return Reply{500, plain_text, "the agent failed to answer; its log says why\n", {}};
}

}  // namespace gatewatch::agent::web
