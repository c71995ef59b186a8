// Evidence lines of what was seen beside the wire: PM2's processes, the frontend's scripts, environment
// files.
#include "agent/diagnosis/lines.hpp"

namespace gatewatch::agent {
namespace {

constexpr std::size_t most_findings = 3;  ///< a person reads no more of a kind

std::string source_of(CollectorKind kind) {
    return std::string(name_of(kind));
}

Text words_for(const probes::FrontendFinding& finding) {
    switch (finding.fault) {
        case probes::FrontendFault::local_url:
            return say("{} connects to {}, which is the user's own machine in a browser",
                       "{} 连接 {}，在浏览器中这是用户自己的机器", finding.script, finding.value);
        case probes::FrontendFault::insecure_url:
            return say("{} connects to {} from a page over https: browsers block it",
                       "{} 在 https 页面中连接 {}：浏览器会拦截", finding.script, finding.value);
        case probes::FrontendFault::other_host:
            return say("{} connects to {}, which is not the public route", "{} 连接 {}，并非公网路由",
                       finding.script, finding.value);
        case probes::FrontendFault::csp_blocks:
            return say("the Content-Security-Policy of {} does not let it connect to the gateway: {}",
                       "{} 的 Content-Security-Policy 不允许连接网关：{}", finding.script, finding.value);
    }
    return {};
}

Text words_for(const probes::EnvFinding& finding) {
    if (finding.line == 0) {
        return say("{} has no {}; wanted: {}", "{} 缺少 {}；应为：{}", finding.file, finding.key,
                   finding.wanted);
    }
    if (finding.value.empty()) {
        return say("{}:{}: {} is empty; wanted: {}", "{}:{}：{} 为空；应为：{}", finding.file, finding.line,
                   finding.key, finding.wanted);
    }
    return say("{}:{}: {} is {}; wanted: {}", "{}:{}：{} 为 {}；应为：{}", finding.file, finding.line,
               finding.key, finding.value, finding.wanted);
}

template <class Findings>
std::vector<EvidenceLine> lines_of(CollectorKind kind, const Findings& findings) {
    std::vector<EvidenceLine> lines;
    for (const auto& finding : findings) {
        if (lines.size() == most_findings) break;
        lines.push_back(make_line(source_of(kind), words_for(finding)));
    }
    return lines;
}

}  // namespace

std::vector<EvidenceLine> frontend_lines(const probes::FrontendSample& sample) {
    std::vector<probes::FrontendFinding> problems;
    for (const auto& finding : sample.findings) {
        if (finding.problem) problems.push_back(finding);
    }
    return lines_of(CollectorKind::frontend, problems);
}

std::vector<EvidenceLine> env_lines(const probes::EnvSample& sample) {
    return lines_of(CollectorKind::env_files, sample.findings);
}

EvidenceLine process_line(const probes::Pm2ProcessSample& sample) {
    Text text = say("a process of the app ended {} times in two minutes; alive now: {}",
                    "该应用的一个进程两分钟内退出 {} 次；当前存活：{}", sample.crashes, sample.alive);
    if (sample.last_crash) {
        text += say("; last at {}", "；最近一次：{}", rfc3339(*sample.last_crash));
    }
    if (!sample.last_exit.empty()) text += say(": {}", "：{}", sample.last_exit);
    return make_line(source_of(CollectorKind::pm2_process), text);
}

}  // namespace gatewatch::agent
