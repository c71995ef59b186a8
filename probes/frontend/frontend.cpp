#include "probes/frontend/frontend.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>

#include "probes/evidence_text.hpp"
#include "probes/frontend/csp.hpp"
#include "probes/frontend/html_page.hpp"
#include "probes/frontend/judge.hpp"
#include "probes/frontend/page_url.hpp"
#include "probes/frontend/script_urls.hpp"
#include "probes/net/http_once.hpp"

namespace gatewatch::probes::frontend {
namespace {

namespace asio = boost::asio;

constexpr int most_redirects = 3;
/// Of all scripts together: they are compared with each other.
constexpr std::size_t most_urls_of_page = 500;

net::HttpRequest request_for(std::string_view accept) {
    net::HttpRequest request;
    request.headers = {{"Accept", std::string(accept)}, {"User-Agent", "Mozilla/5.0 (gatewatch)"}};
    return request;
}

bool is_encoded(const net::HttpReply& reply) {
    const auto encoding = reply.header("Content-Encoding");
    return !encoding.empty() && encoding != "identity";
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

/// One look at the page; lives for as long as inspect().
class Visit {
  public:
    Visit(config::GatewaySettings gateway, SteadyTime deadline)
        : gateway_(std::move(gateway)), deadline_(deadline) {
        sample_.taken = std::chrono::system_clock::now();
    }

    asio::awaitable<FrontendSample> run() {
        const auto url = parse_page_url(gateway_.frontend ? gateway_.frontend->url : "");
        if (!url) co_return down(say("no page is configured", "没有配置页面"));
        evidence_.page = *url;
        const bool loaded = co_await load_page();
        if (!loaded) co_return sample_;
        co_await load_scripts();
        if (wanted_ > 0 && read_ == 0) {
            co_return down(say("none of the {} scripts of {} can be read: {}",
                               "{} 个脚本都无法读取（{}）：{}", wanted_, evidence_.page.text, last_trouble_));
        }
        sample_.up = true;
        judge(gateway_, evidence_, sample_);
        co_return sample_;
    }

  private:
    FrontendSample down(const Text& why) {
        sample_.up = false;
        sample_.detail = why;
        return sample_;
    }

    std::optional<std::filesystem::path> ca_file() const {
        for (const auto& route : gateway_.routes) {
            const auto url = parse_page_url(route.url);
            if (route.ca_file && url && url->host == evidence_.page.host) return route.ca_file;
        }
        return std::nullopt;
    }

    asio::awaitable<bool> load_page() {
        for (int redirects = 0;; ++redirects) {
            auto request = request_for("text/html,application/xhtml+xml");
            const std::string url = evidence_.page.text;
            auto reply = co_await net::http_once(url, std::move(request), ca_file(), deadline_);
            if (!reply) {
                down(say("cannot fetch {}: {}; open it in a browser, or correct url in [gateway.frontend]",
                         "无法获取 {}：{}；请用浏览器打开它，或改正 [gateway.frontend] 中的 url", url,
                         printable(reply.error().detail, 200)));
                co_return false;
            }
            if (reply->status < 300 || reply->status > 399) co_return take_page(*reply);
            if (!follow(*reply, redirects)) co_return false;
        }
    }

    bool follow(const net::HttpReply& reply, int redirects) {
        const auto location = std::string(reply.header("Location"));
        const auto target = resolve(evidence_.page, location);
        if (!target || target->host != evidence_.page.host) {
            down(say("{} redirects to {}; write the page's final URL as url in [gateway.frontend]",
                     "{} 重定向到 {}；请把页面的最终地址写为 [gateway.frontend] 中的 url",
                     evidence_.page.text,
                     location.empty() ? "nowhere (no Location)" : printable(location, 200)));
            return false;
        }
        if (redirects >= most_redirects) {
            down(say("{} still redirects after {} redirects; mend the loop in nginx",
                     "{} 在 {} 次重定向之后仍在重定向；请修正 nginx 中的循环", evidence_.page.text,
                     most_redirects));
            return false;
        }
        evidence_.page = *target;
        return true;
    }

    bool take_page(const net::HttpReply& reply) {
        const auto& url = evidence_.page.text;
        if (reply.status != 200) {
            down(
                say("{} answers {} instead of the page; correct url in [gateway.frontend], or mend the "
                    "server",
                    "{} 返回 {} 而不是页面；请改正 [gateway.frontend] 中的 url，或修复服务器", url,
                    reply.status));
            return false;
        }
        if (is_encoded(reply)) {
            down(
                say("{} is sent compressed ({}) though no compression was accepted; switch that off for "
                    "clients without Accept-Encoding",
                    "{} 以 {} 压缩发送，尽管请求未接受压缩；请对不带 Accept-Encoding 的客户端关闭压缩", url,
                    printable(reply.header("Content-Encoding"), 30)));
            return false;
        }
        for (const auto& [name, value] : reply.headers) {
            if (!same_name(name, "Content-Security-Policy")) continue;
            std::ranges::move(split_policies(value), std::back_inserter(evidence_.policies));
        }
        const auto page = read_html(reply.body);
        std::ranges::copy(page.policies, std::back_inserter(evidence_.policies));
        const auto base = resolve(evidence_.page, page.base).value_or(evidence_.page);
        for (const auto& script : page.inline_scripts) scan(script, evidence_.page);
        for (const auto& script : page.scripts) {
            if (const auto target = resolve(base, script)) want(*target, true);
        }
        return true;
    }

    struct Wanted {
        PageUrl url;
        bool by_page = false;  ///< and not by another script: its own chunks are followed
    };

    void want(const PageUrl& url, bool by_page) {
        if (!url.same_origin(evidence_.page) || seen_.size() >= most_scripts) return;
        if (!seen_.insert(url.text).second) return;
        queue_.push_back({url, by_page});
        if (by_page) ++wanted_;
    }

    asio::awaitable<void> load_scripts() {
        while (!queue_.empty()) {
            const Wanted next = queue_.front();
            queue_.pop_front();
            auto request = request_for("*/*");
            const std::string url = next.url.text;
            auto reply = co_await net::http_once(url, std::move(request), ca_file(), deadline_);
            if (!reply) {
                last_trouble_ = printable(reply.error().detail, 200);
                if (reply.error().reason == Reason::deadline) co_return;
                continue;
            }
            take_script(*reply, next);
        }
    }

    /// A frontend's server answers a wrong name with the page itself, which a browser would not run.
    void take_script(const net::HttpReply& reply, const Wanted& script) {
        const bool is_page = reply.header("Content-Type").starts_with("text/html");
        if (reply.status != 200 || is_encoded(reply) || is_page) {
            last_trouble_ =
                script.url.text + ": " + (is_page ? "text/html" : fmt::format("HTTP {}", reply.status));
            return;
        }
        ++read_;
        scan(reply.body, script.url);
        if (!script.by_page) return;
        for (const auto& name : chunk_names(reply.body)) {
            if (const auto target = resolve_chunk(script.url, name)) want(*target, false);
        }
    }

    /// "./x.js" is meant from the script, "assets/x.js" from where the script's own assets/ lies.
    static std::optional<PageUrl> resolve_chunk(const PageUrl& script, const std::string& name) {
        if (name.starts_with('.') || name.starts_with('/')) return resolve(script, name);
        const auto folder = "/" + name.substr(0, name.find('/') + 1);
        const auto at = script.path.find(folder);
        if (at == std::string::npos) return std::nullopt;
        return resolve(script, script.path.substr(0, at + 1) + name);
    }

    void scan(std::string_view text, const PageUrl& script) {
        for (auto& baked : find_urls(text, gateway_.namespace_)) {
            if (evidence_.urls.size() >= most_urls_of_page) break;
            evidence_.urls.push_back({script.text, std::move(baked)});
        }
        evidence_.websocket_only = evidence_.websocket_only || is_websocket_only(text);
    }

    config::GatewaySettings gateway_;
    SteadyTime deadline_;
    FrontendSample sample_;
    Evidence evidence_;
    std::deque<Wanted> queue_;
    std::set<std::string> seen_;
    std::size_t wanted_ = 0;  ///< scripts of the page's own origin
    std::size_t read_ = 0;
    std::string last_trouble_;
};

}  // namespace

asio::awaitable<FrontendSample> inspect(config::GatewaySettings gateway, SteadyTime deadline) {
    const auto visit = std::make_unique<Visit>(std::move(gateway), deadline);
    co_return co_await visit->run();
}

}  // namespace gatewatch::probes::frontend
