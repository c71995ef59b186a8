#include "probes/nginx/inspection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probes/nginx/choice.hpp"
#include "probes/nginx/judge.hpp"
#include "probes/nginx/rewrite.hpp"

namespace gatewatch::probes::nginx {
namespace {

using namespace std::chrono_literals;

constexpr unsigned most_jumps = 4;  // try_files to a named location, and on

class Inspection {
  public:
    Inspection(const Document& document, const std::vector<Directive>& http,
               const config::GatewaySettings& gateway, const std::optional<Handshake>& handshake,
               Request request)
        : document_(document),
          case_{.document = document,
                .http = http,
                .gateway = gateway,
                .ping_interval = handshake ? handshake->ping_interval : 25s,
                .ping_timeout = handshake ? handshake->ping_timeout : 20s,
                .request = std::move(request),
                .scope = {}},
          findings_(case_) {
        get_ = post_ = case_.request;
    }

    NginxSample run() {
        sample_.up = true;
        if (find_server() && pass_server() && find_location()) judge();
        auto found = findings_.finish();
        sample_.findings.insert(sample_.findings.end(), std::make_move_iterator(found.begin()),
                                std::make_move_iterator(found.end()));
        return std::move(sample_);
    }

  private:
    bool cannot_tell(const Directive& at, const char* en, const char* zh) {
        const auto place = fmt::format("{}:{}", document_.sources[at.source].name, at.line);
        sample_.detail = {fmt::format("{}: {}; nothing behind it was judged", place, en),
                          fmt::format("{}:{}；此后的内容未作判断", place, zh)};
        return false;
    }

    bool find_server() {
        const auto choice = choose_server(case_.http, case_.request);
        if (choice.undecided) {
            sample_.detail = say("cannot tell which server block nginx takes for {} on port {}",
                                 "无法确定 nginx 用哪个 server 块处理 {}(端口 {})", case_.request.host,
                                 case_.request.port);
            return false;
        }
        if (!choice.server) {
            NginxFinding finding;
            finding.fault = NginxFault::no_server;
            finding.file = document_.sources.front().name;
            if (const auto* http = find(document_.directives, "http")) {
                finding.file = document_.sources[http->source].name;
                finding.line = http->line;
            }
            sample_.findings.push_back(std::move(finding));
            return false;
        }
        case_.server = choice.server;
        case_.scope = {&choice.server->children, &case_.http};
        by_name_ = choice.by_name;
        for (auto* request : {&case_.request, &get_, &post_}) {
            request->port_seen = choice.port_found;
            if (choice.tls) request->scheme = *choice.tls ? "https" : "http";
        }
        get_.upgrade = post_.upgrade = false;
        post_.method = "POST";
        if (!choice.port_found) findings_.add(NginxFault::no_server, false, choice.server);
        return true;
    }

    Turns turns_of(const std::vector<Directive>& level) {
        return {run_rewrites(level, case_.request, case_.http), run_rewrites(level, get_, case_.http),
                run_rewrites(level, post_, case_.http)};
    }

    /// False: no request gets past this level, or nobody can tell.
    bool passes(const std::vector<Directive>& level) {
        const auto turns = turns_of(level);
        if (const auto* move = turns.move())
            return cannot_tell(*move->by, "here the request is rewritten", "请求在此处被改写");
        if (turns.answered()) {
            answered(turns.websocket);
            return false;
        }
        if (turns.only_post()) findings_.add(NginxFault::methods_limited, true, turns.post.by);
        case_.path_known = case_.path_known && !turns.websocket.path_changed;
        return true;
    }

    void answered(const Turn& turn) {
        if (is_redirect(turn.status)) {
            findings_.add(NginxFault::redirected, true, turn.by);
        } else if (!by_name_) {
            findings_.add(NginxFault::no_server, true, case_.server);
        } else if (turn.status == 404 && case_.location && arguments(*case_.location) == "/") {
            no_location();
        } else {
            findings_.add(NginxFault::denied, true, turn.by);
        }
    }

    bool pass_server() { return passes(case_.server->children); }

    void enter(const LocationChoice& choice) {
        case_.location = choice.location();
        case_.scope.clear();
        for (auto level = choice.path.rbegin(); level != choice.path.rend(); ++level)
            case_.scope.push_back(&(*level)->children);
        case_.scope.push_back(&case_.server->children);
        case_.scope.push_back(&case_.http);
    }

    bool find_location() {
        auto choice = choose_location(*case_.server, case_.request.path);
        for (unsigned jumps = 0; jumps < most_jumps; ++jumps) {
            if (choice.undecided)
                return cannot_tell(*case_.server, "a location's expression here cannot be decided",
                                   "其中某个 location 的正则表达式无法判定");
            if (choice.slash_missing) {
                findings_.add(NginxFault::redirected, true, case_.server);
                return false;
            }
            enter(choice);
            if (case_.location && !passes(case_.location->children)) return false;
            const auto* files = find(case_.block().children, "try_files");
            if (!files || files->args.size() < 2) return true;
            if (!files->args.back().starts_with('@')) {
                if (!find(case_.block().children, "proxy_pass")) return true;
                return cannot_tell(*files, "try_files stands beside proxy_pass",
                                   "try_files 与 proxy_pass 并存");
            }
            choice = named_location(*case_.server, files->args.back());
            if (!choice.location())
                return cannot_tell(*files, "the named location does not exist", "所指的命名 location 不存在");
        }
        return cannot_tell(*case_.server, "locations lead to each other", "location 之间循环跳转");
    }

    /// Answers by itself in a way that the configuration does not show.
    static const Directive* handler(const std::vector<Directive>& level) {
        for (const auto& directive : level) {
            if (directive.name.starts_with("content_by_lua") || directive.name == "js_content" ||
                directive.name == "perl" || directive.name == "mirror" ||
                (directive.name.ends_with("_pass") && directive.name != "proxy_pass"))
                return &directive;
        }
        return nullptr;
    }

    void no_location() {
        if (!by_name_) {
            findings_.add(NginxFault::no_server, true, case_.server);
            return;
        }
        const auto taken = case_.location ? arguments(*case_.location) : std::string();
        auto& found = findings_.add(NginxFault::no_location, true, nullptr);
        const auto& path = case_.gateway.path;
        if (taken == path || taken == "^~ " + path || taken == "= " + path) return;
        found.finding.file = document_.sources[case_.server->source].name;
        found.finding.line = case_.server->line;
        // An expression would win against a plain prefix again.
        auto lines = proper_location(case_, (taken.starts_with('~') ? "^~ " : "") + path);
        if (lines.empty()) return;
        lines.insert(lines.begin(), "");
        found.finding.for_http = connection_value(case_).for_http;
        found.block = case_.server;
        found.edits = findings_.mender().add_last(*case_.server, lines);
    }

    void judge() {
        const auto& level = case_.block().children;
        const auto* pass = find(level, "proxy_pass");
        if (!pass || pass->args.empty()) {
            if (const auto* other = handler(level)) {
                cannot_tell(*other, "something other than proxy_pass answers here",
                            "此处由 proxy_pass 以外的指令处理");
                return;
            }
            for (const auto* page : all_in_force(case_.scope, "error_page")) {
                if (page->args.size() > 1 && page->args.back().starts_with('@')) {
                    cannot_tell(*page, "error_page may lead on from here", "error_page 可能从此处跳转");
                    return;
                }
            }
            no_location();
            return;
        }
        sample_.file = document_.sources[case_.block().source].name;
        sample_.line = case_.block().line;
        sample_.server = name_of_server(*case_.server);
        sample_.location = case_.location ? arguments(*case_.location) : std::string();
        sample_.proxy_pass = pass->args.front();
        judge_upstream(case_, findings_);
        judge_headers(case_, findings_);
        judge_access(case_, findings_);
        judge_proxy(case_, findings_);
    }

    const Document& document_;
    Case case_;
    Findings findings_;
    Request get_;
    Request post_;
    NginxSample sample_;
    bool by_name_ = false;
};

}  // namespace

NginxSample inspect_http(const Document& document, const std::vector<Directive>& http,
                         const config::GatewaySettings& gateway, const std::optional<Handshake>& handshake,
                         Request request) {
    return Inspection(document, http, gateway, handshake, std::move(request)).run();
}

}  // namespace gatewatch::probes::nginx
