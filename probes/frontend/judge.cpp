#include "probes/frontend/judge.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "probes/evidence_text.hpp"
#include "probes/frontend/csp.hpp"

namespace gatewatch::probes::frontend {
namespace {

constexpr std::size_t most_findings = 20;
/// The port that a NestJS gateway of the guide listens on.
constexpr unsigned usual_port = 7002;

class Judge {
  public:
    Judge(const config::GatewaySettings& gateway, const Evidence& evidence, FrontendSample& sample)
        : gateway_(gateway), evidence_(evidence), sample_(sample), public_(route(Role::public_)) {
        if (const auto local = route(Role::local)) local_port_ = local->port;
        for (const auto& each : evidence.urls) {
            if (is_public(each.baked.url) && is_gateway_path(each.baked.url)) knows_public_ = true;
        }
        upgrades_ = std::ranges::any_of(evidence.policies, upgrades_insecure);
    }

    void run() {
        for (const auto& found : evidence_.urls) classify(found);
        judge_policies();
        auto all = std::exchange(sample_.findings, {});
        for (const bool problem : {true, false}) {
            for (auto& each : all) {
                if (each.problem == problem) sample_.findings.push_back(std::move(each));
            }
        }
        if (sample_.findings.size() > most_findings) sample_.findings.resize(most_findings);
    }

  private:
    std::optional<PageUrl> route(Role role) const {
        const auto* settings = find_route(gateway_, role);
        return settings != nullptr ? parse_page_url(settings->url) : std::nullopt;
    }

    bool is_public(const PageUrl& url) const {
        if (!public_) return false;
        const bool same_host =
            url.host == public_->host || (is_loopback(url.host) && is_loopback(public_->host));
        return same_host && (url.port == public_->port || (url.port == default_port(url.scheme) &&
                                                           public_->port == default_port(public_->scheme)));
    }
    /// Socket.IO takes a URL's path for the namespace.
    bool is_gateway_path(const PageUrl& url) const {
        return url.path == "/" || url.path == gateway_.namespace_ || url.path == gateway_.namespace_ + "/";
    }

    void report(FrontendFault fault, bool problem, const FoundUrl& found) {
        FrontendFinding finding{.fault = fault,
                                .problem = problem,
                                .script = printable(found.script, 300),
                                .value = printable(found.baked.literal, 200)};
        const auto same = [&](const FrontendFinding& each) {
            return each.fault == fault && each.script == finding.script && each.value == finding.value;
        };
        if (const auto known = std::ranges::find_if(sample_.findings, same);
            known != sample_.findings.end()) {
            known->problem = known->problem || problem;
        } else {
            sample_.findings.push_back(std::move(finding));
        }
    }

    void remember(const BakedUrl& baked) {
        auto text = printable(baked.literal, 200);
        if (sample_.urls.size() < most_findings &&
            std::ranges::find(sample_.urls, text) == sample_.urls.end())
            sample_.urls.push_back(std::move(text));
        const bool is_known =
            std::ranges::any_of(targets_, [&](const PageUrl& each) { return each.text == baked.url.text; });
        if (!is_known && targets_.size() < most_findings) targets_.push_back(baked.url);
    }

    void classify(const FoundUrl& found) {
        const auto& [url, literal, gateway, conditional] = found.baked;
        const bool own = is_public(url) || evidence_.page.same_server(url);
        if (is_loopback(url.host) && !own) return classify_local(found);
        if (!gateway && !(is_public(url) && is_gateway_path(url))) return;
        remember(found.baked);
        const bool insecure = classify_insecure(found);
        if (!insecure && !own) report(FrontendFault::other_host, false, found);
    }

    void classify_local(const FoundUrl& found) {
        const auto& [url, literal, gateway, conditional] = found.baked;
        const bool port = url.has_port && (url.port == usual_port || url.port == local_port_);
        // A page with both may keep one of them for development.
        const bool problem = !conditional && (gateway || (port && !knows_public_));
        if (problem && sample_.urls.size() < most_findings) {
            if (std::ranges::find(sample_.urls, literal) == sample_.urls.end())
                sample_.urls.push_back(literal);
        }
        if (gateway || port) report(FrontendFault::local_url, problem, found);
    }

    /// Mixed content: from a page over https a browser connects to nothing else.
    bool classify_insecure(const FoundUrl& found) {
        const auto& [url, literal, gateway, conditional] = found.baked;
        if (!evidence_.page.secure() || url.secure() || upgrades_ || is_loopback(url.host)) return false;
        const bool has_secure = std::ranges::any_of(evidence_.urls, [&](const FoundUrl& each) {
            return each.baked.url.secure() && each.baked.url.host == url.host;
        });
        const bool bare = url.scheme == "ws" || is_gateway_path(url);
        report(FrontendFault::insecure_url, !conditional && (gateway || (bare && !has_secure)), found);
        return true;
    }

    /// Socket.IO's requests to that server in their two forms.
    PageUrl endpoint(PageUrl url, bool websocket) const {
        const bool secure = url.secure() || upgrades_;
        if (secure && !url.secure() && url.port == 80) url.port = 443;
        url.scheme = websocket ? (secure ? "wss" : "ws") : (secure ? "https" : "http");
        url.path = gateway_.path;
        return url;
    }

    void judge_policies() {
        if (targets_.empty() && public_) targets_.push_back(*public_);
        for (const auto& policy : evidence_.policies) {
            for (const auto& target : targets_) {
                const auto websocket = blocked_by(policy, evidence_.page, endpoint(target, true));
                const auto polling = blocked_by(policy, evidence_.page, endpoint(target, false));
                if (!websocket && !polling) continue;
                const bool problem = websocket && (polling || evidence_.websocket_only);
                FrontendFinding finding{.fault = FrontendFault::csp_blocks,
                                        .problem = problem,
                                        .script = printable(evidence_.page.text, 300),
                                        .value = printable(websocket ? *websocket : *polling, 300)};
                sample_.findings.push_back(std::move(finding));
                break;
            }
        }
    }

    const config::GatewaySettings& gateway_;
    const Evidence& evidence_;
    FrontendSample& sample_;
    std::optional<PageUrl> public_;
    std::optional<unsigned> local_port_;
    std::vector<PageUrl> targets_;
    bool knows_public_ = false;
    bool upgrades_ = false;
};

}  // namespace

void judge(const config::GatewaySettings& gateway, const Evidence& evidence, FrontendSample& sample) {
    Judge(gateway, evidence, sample).run();
}

}  // namespace gatewatch::probes::frontend
