#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {

namespace {

const config::RouteSettings* route_with_bad_ca_file(const Facts& facts) {
    const Matches unreadable = [](const probes::Outcome& outcome) {
        return is_any(outcome, {probes::Reason::local_resource}) &&
               outcome.evidence.contains("CA certificates");
    };
    for (const auto& route : facts.gateway().routes) {
        if (route.ca_file && facts.failure(route.role, unreadable)) return &route;
    }
    return nullptr;
}

}  // namespace

Text token_unavailable(const Facts&) {
    return {
        "The probe's token cannot be had: correct its source in [gateway.token] as the evidence "
        "says.",
        "无法取得探测用的 token：请按证据所述修正 [gateway.token] 中的来源。"};
}

Text prober_unhealthy(const Facts& facts) {
    if (const auto* route = route_with_bad_ca_file(facts)) {
        return say(
            "Gatewatch cannot read the certificates of its own configuration: see that ca_file of the route "
            "\"{0}\" names a PEM file that its user may read:\n[[gateway.route]]\nname = \"{0}\"\n"
            "ca_file = \"{1}\"",
            "Gatewatch 无法读取自身配置中的证书：请确认路由 \"{0}\" 的 ca_file 指向其用户可读的 PEM 文件：\n"
            "[[gateway.route]]\nname = \"{0}\"\nca_file = \"{1}\"",
            name_of(route->role), route->ca_file->native());
    }
    return {
        "Gatewatch's own host is in the way, not the gateway: look at its free descriptors, ports and "
        "memory (LimitNOFILE of the service, `ss -s`, `free -m`) and at its log.",
        "问题出在 Gatewatch 所在主机，而非网关：检查文件描述符、端口与内存（服务的 LimitNOFILE、`ss -s`、"
        "`free -m`）以及它的日志。"};
}

Text no_token(const Facts& facts) {
    return say(
        "The gateway \"{}\" wants a token and the probe has none. Add one to the configuration:\n"
        "[gateway.token]\nfile = \"/etc/gatewatch/token\"   # or env, mysql_user_id, login",
        "网关 \"{}\" 需要 token，而探测没有配置。请在配置中加入：\n"
        "[gateway.token]\nfile = \"/etc/gatewatch/token\"   # 或 env、mysql_user_id、login",
        facts.gateway().name);
}

Text log_blind(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const auto& pm2 = facts.gateway().pm2;
    const auto& log = facts.snapshot().log;
    if (log && log->status.wording_drift) {
        return say(
            "Logins work, but the lines in {0} have other words than Gatewatch knows. Write those of the "
            "backend into the configuration, for example:\n"
            "[gateway.pm2.patterns]\nattempt = 'client (?P<sid>[A-Za-z0-9_-]{{20}}) connects'\n"
            "If they are known words in fact, the log is another program's: compare `pm2 describe {1}`.",
            "登录正常，但 {0} 中日志的措辞与 Gatewatch 所知的不同。请把后端的措辞写入配置，例如：\n"
            "[gateway.pm2.patterns]\nattempt = 'client (?P<sid>[A-Za-z0-9_-]{{20}}) connects'\n"
            "若措辞其实未变，则所读的是别的程序的日志：请对照 `pm2 describe {1}`。",
            v.log_files, v.app);
    }
    const bool named = pm2 && !pm2->files.empty();
    const Text what =
        say("Logins work, but the log in {0} is not the one that the backend behind {1} writes. ",
            "登录正常，但 {0} 中的日志不是 {1} 背后的后端所写。", v.log_files, v.local_url);
    const Text where =
        named ? say("Name in files of [gateway.pm2] the out log path and the error log path that `pm2 "
                    "describe {0}` shows, or leave files out where they are PM2's default; ",
                    "请在 [gateway.pm2] 的 files 中写明 `pm2 describe {0}` 所示的 out log path 与 error log "
                    "path；若它们就是 PM2 的默认位置，请删去 files；",
                    v.app)
              : say("Compare home (\"{1}\") and app (\"{0}\") in [gateway.pm2] with `pm2 describe {0}` (out "
                    "log path, error log path), and name the files in files there where they lie elsewhere; ",
                    "请对照 `pm2 describe {0}`（out log path、error log path）检查 [gateway.pm2] 的 "
                    "home（\"{1}\"）与 app（\"{0}\"）；若日志在别处，请在其 files 中写明；",
                    v.app, v.pm2_home);
    return what + where +
           Text{
               "after a rename without `pm2 reloadLogs` PM2 goes on writing to the old file. Where the "
               "backend speaks of connections in words of its own, write them into [gateway.pm2.patterns].",
               "若日志被改名而未执行 `pm2 reloadLogs`，PM2 会继续写旧文件。若后端用别的措辞记录“客户端 … "
               "尝试连接”，请写入 [gateway.pm2.patterns]。"};
}

}  // namespace gatewatch::agent::fix
