#include <algorithm>

#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/lines.hpp"

namespace gatewatch::agent::fix {
namespace {

using probes::EnvFault;
using probes::FrontendFault;

std::string env_file_of_frontend(const Facts& facts) {
    const auto& env = facts.gateway().env_files;
    return env && env->frontend ? env->frontend->native() : ".env.production";
}

bool frontend_has(const Facts& facts, FrontendFault fault) {
    const auto& sample = facts.snapshot().frontend;
    return sample && std::ranges::any_of(sample->findings, [fault](const probes::FrontendFinding& finding) {
               return finding.problem && finding.fault == fault;
           });
}

/// ws and wss beside http and https, as a policy has to name both.
std::string websocket_of(std::string url) {
    return url.starts_with("http") ? "ws" + url.substr(4) : url;
}

}  // namespace

Text env_misconfigured(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    Text text;
    bool backend = false;
    bool frontend = false;
    if (const auto& sample = facts.snapshot().env) {
        for (const auto& finding : sample->findings) {
            (finding.fault == EnvFault::ws_url ? frontend : backend) = true;
            text += say("In {} write:\n{}={}\n", "在 {} 中写：\n{}={}\n", finding.file, finding.key,
                        finding.wanted);
        }
    }
    if (backend) {
        text += say("Then restart the backend: pm2 restart {} --update-env\n",
                    "然后重启后端：pm2 restart {} --update-env\n", v.app);
    }
    if (frontend || !backend) {
        text += Text{"Then build and deploy the frontend anew (npm run build): the value is baked in.",
                     "然后重新构建并部署前端（npm run build）：该值在构建时写入。"};
    }
    return text;
}

Text frontend_misconfigured(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    Text text;
    if (frontend_has(facts, FrontendFault::csp_blocks)) {
        text +=
            say("The page's Content-Security-Policy blocks the gateway. Let it say: connect-src "
                "'self' {0} {1}\n",
                "页面的 Content-Security-Policy 拦截了网关。请加入：connect-src 'self' {0} {1}\n",
                v.public_url, websocket_of(v.public_url));
    }
    const bool wrong_url = frontend_has(facts, FrontendFault::local_url) ||
                           frontend_has(facts, FrontendFault::insecure_url) ||
                           frontend_has(facts, FrontendFault::other_host);
    if (wrong_url || text.empty()) {
        text +=
            say("The URL is baked into the scripts. In {0} write VITE_WS_URL={1}, then build and deploy "
                "the frontend anew: npm run build",
                "该 URL 已写入脚本。请在 {0} 中写 VITE_WS_URL={1}，然后重新构建并部署前端：npm run "
                "build",
                env_file_of_frontend(facts), v.public_url);
    }
    return text;
}

}  // namespace gatewatch::agent::fix
