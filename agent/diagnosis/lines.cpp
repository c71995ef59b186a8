#include "agent/diagnosis/lines.hpp"

#include <array>

#include "agent/mysql_text.hpp"

namespace gatewatch::agent {

using probes::AnsweredBy;
using probes::Outcome;

namespace {

struct Words {
    AnsweredBy by;
    std::string_view en;
    std::string_view zh;
};

constexpr std::array answerers{
    Words{AnsweredBy::nobody, "nobody", "无人"},
    Words{AnsweredBy::nginx, "nginx itself", "nginx 自身"},
    Words{AnsweredBy::spa_fallback, "the frontend's page (SPA fallback)", "前端页面（SPA 回退）"},
    Words{AnsweredBy::page, "an HTML page", "HTML 页面"},
    Words{AnsweredBy::engine_io_request, "engine.io (it saw no upgrade)", "engine.io（未见到升级请求）"},
    Words{AnsweredBy::engine_io_upgrade, "engine.io (it saw an upgrade)", "engine.io（见到升级请求）"},
    Words{AnsweredBy::engine_io_raw, "engine.io (after the upgrade)", "engine.io（升级之后）"},
    Words{AnsweredBy::nest_router, "Nest's router", "Nest 路由"},
    Words{AnsweredBy::engine_io, "engine.io", "engine.io"},
    Words{AnsweredBy::other, "something unknown", "未知程序"},
};

constexpr bool complete() {
    if (answerers.size() != enum_count<AnsweredBy>) return false;
    for (std::size_t i = 0; i < answerers.size(); ++i) {
        if (answerers[i].by != static_cast<AnsweredBy>(i)) return false;
    }
    return true;
}
static_assert(complete(), "each answerer needs its words, in the order of the enumeration");

Text answer_of(const probes::Answer& answer) {
    const Text who = words_for(answer.by);
    const std::string after = seconds(answer.after);
    Text text = answer.status ? Text{fmt::format("; HTTP {} from {} after {}", *answer.status, who.en, after),
                                     fmt::format("；HTTP {}，来自 {}，{} 后", *answer.status, who.zh, after)}
                              : Text{fmt::format("; answered by {} after {}", who.en, after),
                                     fmt::format("；应答方：{}，{} 后", who.zh, after)};
    if (!answer.location.empty()) text += say("; Location: {}", "；Location：{}", answer.location);
    if (!answer.echoed_path.empty()) {
        text += say("; the backend received the path {}", "；后端收到的路径：{}", answer.echoed_path);
    }
    return text;
}

Text failure_of(const Outcome& outcome) {
    const std::string_view reason = outcome.reason ? name_of(*outcome.reason) : "failed";
    Text text = say("{} in phase {}", "{}，阶段 {}", reason, name_of(outcome.phase));
    if (!outcome.address.empty()) text += say(" at {}", "，地址 {}", outcome.address);
    // A foreign answer is told by its parts; of the protocol's own answers only the probe knows what was
    // wrong.
    const probes::Answer& answer = outcome.answer;
    const bool foreign = answer.by != AnsweredBy::nobody && answer.by != AnsweredBy::engine_io;
    if (foreign) text += answer_of(answer);
    const std::string& said = foreign && !answer.excerpt.empty() ? answer.excerpt : outcome.evidence;
    if (!said.empty()) text += say(": {}", "：{}", said);
    return text;
}

std::string_view chinese(probes::OwnToken own) {
    switch (own) {
        case probes::OwnToken::not_looked_up:
            return "未查询";
        case probes::OwnToken::absent:
            return "不存在";
        case probes::OwnToken::valid:
            return "有效";
        case probes::OwnToken::expired:
            return "已过期";
        case probes::OwnToken::revoked:
            return "已被撤销";
    }
    return "";
}

std::string_view english(probes::OwnToken own) {
    return own == probes::OwnToken::not_looked_up ? "not looked up" : name_of(own);
}

}  // namespace

Text words_for(AnsweredBy by) {
    const Words& words = answerers[static_cast<std::size_t>(by)];
    return {std::string(words.en), std::string(words.zh)};
}

std::string source_of(const config::PlannedProbe& plan) {
    return fmt::format("{} {}", name_of(plan.role), name_of(plan.probe));
}

EvidenceLine make_line(std::string source, Text text) {
    return {std::move(source), {one_line(text.en), one_line(text.zh)}};
}

EvidenceLine line_of(const ProbeEvidence& evidence) {
    if (!evidence.last) {
        return make_line(source_of(evidence.plan), {"has no fresh result yet", "尚无新的结果"});
    }
    const Outcome& outcome = *evidence.last;
    if (!outcome.ok) return make_line(source_of(evidence.plan), failure_of(outcome));
    return make_line(source_of(evidence.plan),
                     say("passes, in {}", "通过，用时 {}", seconds(outcome.duration)));
}

EvidenceLine idle_cut_line(const ProbeEvidence& evidence) {
    const Outcome& outcome = *evidence.last;
    Text text = say("a quiet session was cut after {} of silence", "空闲会话在静默 {} 后被切断",
                    seconds(outcome.silence.value_or(outcome.duration)));
    if (const auto& handshake = outcome.handshake) {
        text += say("; the server pings every {}", "；服务端每 {} 发送一次 ping",
                    seconds(handshake->ping_interval));
    }
    return make_line(source_of(evidence.plan), text);
}

EvidenceLine repeated_sid_line(const ProbeEvidence& evidence) {
    Text text{"two handshakes gave the same session: a cache answers for the backend",
              "两次握手得到同一个会话：应答来自缓存"};
    if (const auto& said = evidence.last->evidence; !said.empty()) text += say(": {}", "：{}", said);
    return make_line(source_of(evidence.plan), text);
}

EvidenceLine rate_line(const ProbeEvidence& evidence, unsigned failures, unsigned runs) {
    Text text = say("{} of the last {} runs failed", "最近 {1} 次探测中 {0} 次失败", failures, runs);
    if (failures < runs) text += {", the others passed", "，其余通过"};
    if (!evidence.last->ok) {
        text += {"; the last failure: ", "；最近的失败："};
        text += failure_of(*evidence.last);
    }
    return make_line(source_of(evidence.plan), text);
}

EvidenceLine control_line(const ProbeEvidence& evidence, const std::string& http_path) {
    const Outcome& outcome = *evidence.last;
    const std::string path = http_path.empty() ? "/" : http_path;
    const auto status = outcome.answer.status;
    if (outcome.ok && status && !http_path.empty()) {
        return make_line(source_of(evidence.plan),
                         say("the HTTP API answers {} at {} over the same route",
                             "同一路由上 HTTP API 正常：{1} 返回 {0}", *status, path));
    }
    if (outcome.ok) {
        return make_line(source_of(evidence.plan), say("plain HTTP works over the same route: {} is answered",
                                                       "同一路由上普通 HTTP 正常：{} 有应答", path));
    }
    Text text = say("the HTTP control fails at {}: ", "HTTP 对照请求 {} 失败：", path);
    text += failure_of(outcome);
    return make_line(source_of(evidence.plan), text);
}

EvidenceLine mysql_line(const probes::MysqlSample& sample) {
    if (!sample.up) {
        return make_line("mysql", Text{"no answer from the token table: " + sample.detail.en,
                                       "无法读取 token 表：" + sample.detail.zh});
    }
    Text text{fmt::format("answers; its word on the probe's token: {}", english(sample.own)),
              fmt::format("可用；探测 token 在表中的状态：{}", chinese(sample.own))};
    if (const Text misfit = misfit_of(sample); !misfit.empty()) text += Text{"; ", "；"} + misfit;
    return make_line("mysql", text);
}

EvidenceLine log_line(const LogEvidence& log) {
    if (!log.status.up) {
        return make_line(
            "pm2_log", Text{"is not followed: " + log.status.detail.en, "未能读取：" + log.status.detail.zh});
    }
    if (log.status.wording_drift) {
        return make_line(
            "pm2_log",
            {"grows, and no line of it says anything known, though probes connect: the backend's "
             "words have changed, so that nothing is concluded from it",
             "日志在增长、探测也已连接，却没有一行可以识别：后端的日志措辞已变，因此不再据此下结论"});
    }
    Text text =
        say("of own probes: {} attempts, {} accepted, rejected {} missing, {} expired, {} unknown; "
            "errors: {}",
            "自身探测：尝试 {}，通过 {}，拒绝：缺少 {}、过期 {}、未知 {}；错误：{}", log.own_attempts,
            log.own_accepted, log.own_rejected_missing, log.own_rejected_expired, log.own_rejected_unknown,
            log.errors);
    if (!log.last_error.empty()) text += say(" ({})", "（{}）", log.last_error);
    return make_line("pm2_log", text);
}

}  // namespace gatewatch::agent
