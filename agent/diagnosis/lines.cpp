#include "agent/diagnosis/lines.hpp"

#include <array>

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

void append(Text& text, const Text& more) {
    text.en += more.en;
    text.zh += more.zh;
}

Text answer_of(const probes::Answer& answer) {
    const Text who = words_for(answer.by);
    const std::string after = seconds(answer.after);
    Text text = answer.status ? Text{fmt::format("; HTTP {} from {} after {}", *answer.status, who.en, after),
                                     fmt::format("；HTTP {}，来自{}，{} 后", *answer.status, who.zh, after)}
                              : Text{fmt::format("; answered by {} after {}", who.en, after),
                                     fmt::format("；应答方：{}，{} 后", who.zh, after)};
    if (!answer.location.empty()) append(text, say("; Location: {}", "；Location：{}", answer.location));
    if (!answer.echoed_path.empty()) {
        append(text, say("; the backend received the path {}", "；后端收到的路径：{}", answer.echoed_path));
    }
    return text;
}

Text failure_of(const Outcome& outcome) {
    const std::string_view reason = outcome.reason ? name_of(*outcome.reason) : "failed";
    Text text = say("{} in phase {}", "{}，阶段 {}", reason, name_of(outcome.phase));
    if (!outcome.address.empty()) append(text, say(" at {}", "，地址 {}", outcome.address));
    // A foreign answer is told by its parts; of the protocol's own answers only the probe knows what was
    // wrong.
    const probes::Answer& answer = outcome.answer;
    const bool foreign = answer.by != AnsweredBy::nobody && answer.by != AnsweredBy::engine_io;
    if (foreign) append(text, answer_of(answer));
    const std::string& said = foreign && !answer.excerpt.empty() ? answer.excerpt : outcome.evidence;
    if (!said.empty()) append(text, say(": {}", "：{}", said));
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

EvidenceLine mysql_line(const probes::MysqlSample& sample) {
    if (!sample.up) {
        return make_line("mysql",
                         say("no answer from the token table: {}", "无法读取 token 表：{}", sample.detail));
    }
    Text text{fmt::format("answers; its word on the probe's token: {}", english(sample.own)),
              fmt::format("可用；探测 token 在表中的状态：{}", chinese(sample.own))};
    if (!sample.detail.empty()) append(text, say("; {}", "；{}", sample.detail));
    return make_line("mysql", text);
}

EvidenceLine log_line(const LogEvidence& log) {
    if (!log.status.up) {
        return make_line("pm2_log", say("is not followed: {}", "未能读取：{}", log.status.detail));
    }
    Text text =
        say("of own probes: {} attempts, {} accepted, rejected {} missing, {} expired, {} unknown; "
            "errors: {}",
            "自身探测：尝试 {}，通过 {}，拒绝：缺少 {}、过期 {}、未知 {}；错误：{}", log.own_attempts,
            log.own_accepted, log.own_rejected_missing, log.own_rejected_expired, log.own_rejected_unknown,
            log.errors);
    if (!log.last_error.empty()) append(text, say(" ({})", "（{}）", log.last_error));
    return make_line("pm2_log", text);
}

}  // namespace gatewatch::agent
