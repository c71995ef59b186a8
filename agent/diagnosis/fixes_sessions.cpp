#include <algorithm>

#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {

Text not_sticky(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const Matches lost = [](const probes::Outcome& outcome) {
        return is_any(outcome, {probes::Reason::eio_sid_unknown});
    };
    const bool locally_too =
        facts.failure(Role::local, lost) || facts.failure(Role::local, ProbeKind::sticky, lost);
    const bool only_nginx = !locally_too && facts.has_route(Role::local);
    if (only_nginx) {
        return say(
            "nginx spreads the requests of one session over several backends. Put `hash $remote_addr "
            "consistent;` or `ip_hash;` into the upstream block behind location {0}, or let clients "
            "use transports: ['websocket']. If {1} runs as a PM2 cluster, its workers do the same: "
            "see @socket.io/pm2.",
            "nginx 把同一会话的请求分到多个后端。请在 location {0} 对应的 upstream 块中写 "
            "`hash $remote_addr consistent;` 或 `ip_hash;`，或让客户端使用 transports: ['websocket']。"
            "若 {1} 以 PM2 cluster 运行，其进程也会如此：见 @socket.io/pm2。",
            v.path, v.app);
    }
    return say(
        "The workers of {0} do not share sessions. Run one instance (pm2 delete {0}, then start it "
        "with instances: 1), or use @socket.io/sticky with @socket.io/pm2, or let clients use "
        "transports: ['websocket'] only.",
        "{0} 的多个进程不共享会话。请只运行一个实例（pm2 delete {0} 后以 instances: 1 启动），或使用 "
        "@socket.io/sticky 与 @socket.io/pm2，或让客户端只使用 transports: ['websocket']。",
        v.app);
}

Text cached_handshake(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "A cache before the backend keeps the handshake of {0} and gives one session to everybody. Write "
        "`proxy_cache off;` in location {0} of nginx and exempt {0} from any CDN, then nginx -t && nginx -s "
        "reload",
        "后端之前的缓存保存了 {0} 的握手响应，所有人得到同一个会话。请在 nginx 的 location {0} 中写 "
        "`proxy_cache off;`，并让 CDN 不缓存 {0}，然后 nginx -t && nginx -s reload",
        v.path);
}

Text idle_timeout(const Facts& facts) {
    using namespace std::chrono_literals;
    const Values v = values_of(facts.gateway());
    const auto* hold = facts.snapshot().find(Role::public_, ProbeKind::hold);
    std::chrono::milliseconds wanted = 25s + 20s;  // engine.io's own defaults
    if (hold && hold->last && hold->last->handshake) {
        wanted = hold->last->handshake->ping_interval + hold->last->handshake->ping_timeout;
    }
    const auto rounded =
        std::max<std::int64_t>(90, std::chrono::ceil<std::chrono::seconds>(wanted * 2).count());
    return say(
        "Whatever stands between users and the backend cuts connections that are silent for less than the "
        "server's ping interval. In location {0} of nginx write more than pingInterval + pingTimeout ({1}):\n"
        "        proxy_read_timeout {2}s;\n        proxy_send_timeout {2}s;\n"
        "nginx -t && nginx -s reload\nThen look at the idle timeout of any load balancer before it.",
        "用户与后端之间的某一层在服务端 ping 到来之前就切断了静默的连接。请在 nginx 的 location {0} 中设置"
        "大于 pingInterval + pingTimeout（{1}）的值：\n"
        "        proxy_read_timeout {2}s;\n        proxy_send_timeout {2}s;\n"
        "nginx -t && nginx -s reload\n然后检查前置负载均衡器的空闲超时。",
        v.path, seconds(wanted), rounded);
}

Text restart_loop(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "{0} crashes and PM2 starts it anew each time. The reason stands in its last lines:\n"
        "tail -n 100 {2}\ngrep 'App \\[{0}' {1}/pm2.log | tail\n"
        "Mend the crash itself; max_memory_restart and kill signals (OOM: dmesg | tail) stand there too. "
        "Until "
        "then wait_ready and exp_backoff_restart_delay keep users from meeting a half-started process.",
        "{0} 反复崩溃，每次都由 PM2 重新拉起。原因见其最后的日志：\n"
        "tail -n 100 {2}\ngrep 'App \\[{0}' {1}/pm2.log | tail\n"
        "请修复崩溃本身；也检查 max_memory_restart 与 kill 信号（OOM：dmesg | tail）。修复之前，wait_ready "
        "与 "
        "exp_backoff_restart_delay 可避免用户连到尚未启动完成的进程。",
        v.app, v.pm2_home, v.error_log);
}

Text capacity(const Facts& facts) {
    return say(
        "{0} turns some connections away while others pass, and the backend works: a limit is reached. See "
        "which one, then raise it:\n"
        "grep -E 'worker_connections|Too many open files' /var/log/nginx/error.log | tail\nss -s; ss -ltn\n"
        "events {{ worker_connections 8192; }}   # each proxied user takes two\n"
        "worker_rlimit_nofile 32768;\nnginx -t && nginx -s reload",
        "{0} 的部分连接被拒而其余正常，后端工作正常：某项上限已满。先确认是哪一项，再调高：\n"
        "grep -E 'worker_connections|Too many open files' /var/log/nginx/error.log | tail\nss -s; ss -ltn\n"
        "events {{ worker_connections 8192; }}   # 每个被代理的用户占两个\n"
        "worker_rlimit_nofile 32768;\nnginx -t && nginx -s reload",
        values_of(facts.gateway()).public_url);
}

}  // namespace gatewatch::agent::fix
