#include "agent/web/words.hpp"

#include <array>

namespace gatewatch::agent::web {
namespace {

struct Row {
    Word word;
    Text text;
};

const std::array rows{
    Row{Word::skip, {"Skip to the verdict", "跳到结论"}},
    Row{Word::run, {"Run the probes now", "立即探测"}},
    Row{Word::run_hint,
        {"Runs every configured probe of every gateway once", "所有网关的全部已配置探测各运行一次"}},
    Row{Word::run_asking, {"Asking …", "正在请求……"}},
    Row{Word::run_started,
        {"Started. Results appear below as each probe ends.", "已开始，每个探测结束后结果会显示在下方。"}},
    Row{Word::run_done, {"Done: every probe has run.", "已完成，全部探测均已运行。"}},
    Row{Word::run_running, {"Running …", "正在探测……"}},
    Row{Word::run_later,
        {"Not yet: a run was asked for a moment ago, or is under way. Try again in {} s.",
         "刚刚已请求过探测，或探测仍在进行。请 {} 秒后再试。"}},
    Row{Word::run_refused, {"Refused: {}", "被拒绝：{}"}},
    Row{Word::run_unreachable,
        {"The agent does not answer, so nothing was started.", "探测器没有应答，探测未开始。"}},
    Row{Word::run_by_hand,
        {"To run the probes now, from a shell on the agent's host, at the address that it listens on:",
         "如需立即探测，请在探测器所在主机上执行（地址以其 listen 配置为准）："}},
    Row{Word::updated, {"updated {} s ago", "{} 秒前更新"}},
    Row{Word::stale,
        {"The agent does not answer. What stands below is the state of {} and may no longer be true.",
         "探测器没有应答。以下内容停留在 {}，可能已不是现状。"}},
    Row{Word::stale_title, {"NO ANSWER", "无应答"}},
    Row{Word::no_script,
        {"Without JavaScript this page does not update itself. It shows the state of {} UTC.",
         "未启用 JavaScript，本页不会自动更新，显示的是 {} UTC 的状态。"}},
    Row{Word::reload_by_hand, {"Reload", "刷新"}},
    Row{Word::other_language, {"中文", "English"}},
    Row{Word::times_utc, {"Times are in UTC.", "时间均为 UTC。"}},
    Row{Word::times_local,
        {"Times are in this browser's time zone ({}); hover for UTC.",
         "时间为本浏览器所在时区（{}），悬停可看 UTC。"}},
    Row{Word::copy, {"Copy", "复制"}},
    Row{Word::copied, {"Copied", "已复制"}},
    Row{Word::copy_failed, {"Selected: press Ctrl+C", "已选中，请按 Ctrl+C"}},
    Row{Word::overview, {"Gateways", "网关"}},
    Row{Word::path, {"The path of a connection", "连接路径"}},
    Row{Word::since, {"since {}", "自 {} 起"}},
    Row{Word::for_time, {"for {}", "已持续 {}"}},
    Row{Word::code, {"cause", "原因"}},
    Row{Word::evidence, {"Evidence", "证据"}},
    Row{Word::no_evidence, {"None is needed: nothing fails.", "没有失败，无需证据。"}},
    Row{Word::no_evidence_yet, {"There is none yet.", "暂时没有证据。"}},
    Row{Word::fix, {"What to do", "如何处理"}},
    Row{Word::consequences, {"Comes with it", "连带现象"}},
    Row{Word::consequences_hint,
        {"Seen as well. Mend the cause first: these usually go with it.",
         "同时出现。先处理根因，这些通常随之消失。"}},
    Row{Word::runbook, {"Runbook", "处理手册"}},
    Row{Word::probes, {"Probes", "探测"}},
    Row{Word::probes_hint,
        {"The last run of each. Open one for what went over the wire.",
         "各探测最近一次的结果，展开可看往来报文。"}},
    Row{Word::not_run, {"no fresh result", "没有新的结果"}},
    Row{Word::every, {"every {}", "每 {}"}},
    Row{Word::on_failure, {"only after a failure", "仅在失败后运行"}},
    Row{Word::ok, {"ok", "通过"}},
    Row{Word::failed, {"failed", "失败"}},
    Row{Word::in_phase, {"in {}", "阶段 {}"}},
    Row{Word::phases, {"Time by phase", "各阶段耗时"}},
    Row{Word::address, {"address", "地址"}},
    Row{Word::answered, {"answered by", "应答方"}},
    Row{Word::status, {"HTTP status", "HTTP 状态码"}},
    Row{Word::engine_sid, {"Engine.IO sid", "Engine.IO sid"}},
    Row{Word::namespace_sid, {"sid in the backend's log", "后端日志中的 sid"}},
    Row{Word::tries, {"sessions lost", "丢失的会话"}},
    Row{Word::silence, {"silent before the cut", "被切断前的静默"}},
    Row{Word::dead_addresses, {"addresses that do not work", "不通的地址"}},
    Row{Word::transcript, {"On the wire", "往来报文"}},
    Row{Word::sent, {"sent", "发出"}},
    Row{Word::received, {"received", "收到"}},
    Row{Word::no_transcript, {"Nothing went over the wire.", "没有任何往来报文。"}},
    Row{Word::history, {"Last runs", "最近运行"}},
    Row{Word::history_hint,
        {"The last {} failures and the last {} passes.", "最近 {} 次失败与最近 {} 次通过。"}},
    Row{Word::no_history, {"No run has ended yet.", "还没有运行结束。"}},
    Row{Word::history_failures, {"Failed runs ({})", "失败的运行（{}）"}},
    Row{Word::history_passes, {"Passed runs ({})", "通过的运行（{}）"}},
    Row{Word::tokens, {"Tokens in the database", "数据库中的 Token"}},
    Row{Word::no_database,
        {"The token table is not watched: [gateway.mysql] is not configured.",
         "未监控 Token 表：没有配置 [gateway.mysql]。"}},
    Row{Word::valid, {"valid", "有效"}},
    Row{Word::expired, {"expired", "过期"}},
    Row{Word::revoked, {"revoked", "已撤销"}},
    Row{Word::not_counted, {"not known", "未知"}},
    Row{Word::own_token, {"The probe's own token", "探测自用 Token"}},
    Row{Word::own_not_looked_up, {"not looked up", "未查询"}},
    Row{Word::own_absent, {"not in the table", "不在表中"}},
    Row{Word::own_valid, {"valid", "有效"}},
    Row{Word::own_expired, {"expired", "已过期"}},
    Row{Word::own_revoked, {"revoked", "已撤销"}},
    Row{Word::expires, {"expires {}", "{} 到期"}},
    Row{Word::sampled, {"sampled", "采样于"}},
    Row{Word::clock_skew, {"database clock minus this host's", "数据库时钟与本机之差"}},
    Row{Word::running_out, {"valid ones that run out", "即将到期的有效 Token"}},
    Row{Word::running_out_counts,
        {"within 1 h {} · 6 h {} · 24 h {}", "1 小时内 {} · 6 小时内 {} · 24 小时内 {}"}},
    Row{Word::issued, {"valid ones by issue", "有效 Token 的签发时间"}},
    Row{Word::issued_counts,
        {"within 1 h {} · 24 h {} · 7 d {} · before {}", "1 小时内 {} · 24 小时内 {} · 7 天内 {} · 更早 {}"}},
    Row{Word::users_without, {"users without a valid token", "没有有效 Token 的用户"}},
    Row{Word::amiss, {"to look at", "需要关注"}},
    Row{Word::log_events, {"Backend log", "后端日志"}},
    Row{Word::no_log,
        {"The backend's log is not followed: [gateway.pm2] is not configured.",
         "未跟踪后端日志：没有配置 [gateway.pm2]。"}},
    Row{Word::event, {"line", "日志行"}},
    Row{Word::synthetic, {"probes", "探测"}},
    Row{Word::user, {"users", "用户"}},
    Row{Word::unknown_origin, {"unclear", "不明"}},
    Row{Word::no_events, {"No line of interest since the start.", "启动以来没有相关日志行。"}},
    Row{Word::last_events, {"Last lines", "最近的日志行"}},
    Row{Word::nginx, {"nginx configuration", "nginx 配置"}},
    Row{Word::nginx_clean, {"Nothing to say about the Socket.IO path.", "Socket.IO 路径的配置没有问题。"}},
    Row{Word::problem, {"problem", "问题"}},
    Row{Word::note, {"note", "提示"}},
    Row{Word::mended, {"How it should stand", "应改为"}},
    Row{Word::collectors, {"Collectors", "采集器"}},
    Row{Word::no_collectors, {"None is configured.", "没有配置采集器。"}},
    Row{Word::collector_up, {"reads", "可读"}},
    Row{Word::collector_down, {"cannot read", "读不到"}},
    Row{Word::changes, {"What changed when", "变化记录"}},
    Row{Word::no_changes, {"No verdict has been given yet.", "还没有给出过结论。"}},
    Row{Word::now, {"now", "当前"}},
    Row{Word::ago, {"{} ago", "{}前"}},
    Row{Word::endpoints, {"For programs", "程序接口"}},
    Row{Word::hop_ok, {"ok", "正常"}},
    Row{Word::hop_failing, {"failing", "故障"}},
    Row{Word::hop_degraded, {"degraded", "降级"}},
    Row{Word::hop_unknown, {"unknown", "未知"}},
    Row{Word::hop_absent, {"not configured", "未配置"}},
    Row{Word::hop_frontend, {"Browser", "浏览器"}},
    Row{Word::hop_dns, {"DNS", "DNS"}},
    Row{Word::hop_nginx, {"nginx", "nginx"}},
    Row{Word::hop_backend, {"Backend", "后端"}},
    Row{Word::hop_token, {"Token", "Token"}},
    Row{Word::hop_database, {"Database", "数据库"}},
    Row{Word::hop_agent, {"Agent and log", "探测器与日志"}},
    Row{Word::severity_ok, {"OK", "正常"}},
    Row{Word::severity_degraded, {"DEGRADED", "降级"}},
    Row{Word::severity_unknown, {"UNKNOWN", "无法判定"}},
    Row{Word::severity_down, {"DOWN", "中断"}},
    Row{Word::no_gateways, {"No gateway is configured.", "没有配置网关。"}},
    Row{Word::runbooks, {"Runbooks", "处理手册"}},
    Row{Word::runbooks_hint,
        {"Names, paths and addresses in the commands are those of the sample configuration: put in yours.",
         "命令中的名称、路径与地址取自示例配置，请换成实际值。"}},
    Row{Word::status_page, {"Status", "状态页"}},
};

static_assert(rows.size() == enum_count<Word>, "every word has its row");

}  // namespace

const Text& text_of(Word word) {
    return rows[static_cast<std::size_t>(word)].text;
}

Word word_for(Severity severity) {
    switch (severity) {
        case Severity::ok:
            return Word::severity_ok;
        case Severity::degraded:
            return Word::severity_degraded;
        case Severity::down:
            return Word::severity_down;
        case Severity::unknown:
            break;
    }
    return Word::severity_unknown;
}

Word word_for(Hop hop) {
    constexpr std::array words{Word::hop_frontend, Word::hop_dns,      Word::hop_nginx, Word::hop_backend,
                               Word::hop_token,    Word::hop_database, Word::hop_agent, Word::hop_unknown};
    static_assert(words.size() == enum_count<Hop>);
    return words[static_cast<std::size_t>(hop)];
}

}  // namespace gatewatch::agent::web
