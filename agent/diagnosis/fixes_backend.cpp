#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {
namespace {

/// Where the backend was met: over the local route where there is one.
std::string met_at(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return facts.has_route(Role::local) ? v.local_url : v.public_url;
}

Text joined(const Text& first, const Text& second) {
    if (first.en.empty()) return second;
    return {first.en + "\n" + second.en, first.zh + "\n" + second.zh};
}

/// The event that came in place of the ready event, as the probe quotes it; empty: none did.
std::string other_event_of(const Facts& facts) {
    constexpr std::string_view lead = "the gateway sent \"";
    for (const auto& evidence : facts.snapshot().probes) {
        if (!evidence.last || !is_any(*evidence.last, {probes::Reason::sio_ready_missing})) continue;
        const std::string& said = evidence.last->evidence;
        const auto at = said.find(lead);
        if (at == std::string::npos) continue;
        const auto from = at + lead.size();
        return one_line(std::string_view(said).substr(from, said.find('"', from) - from), 128);
    }
    return {};
}

Text set_ready_event(const Facts& facts, const std::string& other) {
    const auto& gateway = facts.gateway();
    if (other.empty()) {
        return say(
            "The backend acknowledges the CONNECT, and no event \"{0}\" follows. If its ready event has "
            "another name, or it has none, say so in [[gateway]] \"{1}\":\nready_event = \"\"   # or its "
            "name; \"\": a quiet settle window is enough",
            "后端确认了 CONNECT，但随后没有事件 \"{0}\"。若其就绪事件另有名称或没有就绪事件，请在 "
            "[[gateway]] "
            "\"{1}\" 中写明：\nready_event = \"\"   # 或其名称；\"\" 表示安静的 settle 时间即可",
            gateway.ready_event, gateway.name);
    }
    return say(
        "The backend acknowledges the CONNECT and sends \"{0}\", where \"{1}\" is expected. If that is its "
        "ready event, set it in [[gateway]] \"{2}\":\nready_event = \"{0}\"   # or \"\": a quiet settle "
        "window "
        "is enough",
        "后端确认 CONNECT 后发送了 \"{0}\"，而预期的是 \"{1}\"。若它就是就绪事件，请在 [[gateway]] \"{2}\" "
        "中设置：\nready_event = \"{0}\"   # 或 \"\"：安静的 settle 时间即可",
        other, gateway.ready_event, gateway.name);
}

Text look_into_table(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "A backend that waits in its token check waits as a rule for the database. See who holds or slows "
        "{0} "
        "at {1}:\nSHOW FULL PROCESSLIST;\n"
        "End the session that locks it (KILL id;), then see that an index on token exists.",
        "后端停在 token 校验时，通常在等数据库。查看 {1} 上谁锁住或拖慢了 {0}：\n"
        "SHOW FULL PROCESSLIST;\n结束加锁的会话（KILL id;），并确认 token 列有索引。",
        v.table, v.database);
}

Text restart(const Facts& facts) {
    return say("If nothing of this helps, restart the backend: pm2 restart {}",
               "若都无效，重启后端：pm2 restart {}", values_of(facts.gateway()).app);
}

}  // namespace

Text backend_down(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "Start the backend and read why it stopped:\n"
        "pm2 restart {0}\ntail -n 50 {1}\n"
        "Then see that it listens where {2} leads: ss -ltnp",
        "启动后端，并查明其停止的原因：\n"
        "pm2 restart {0}\ntail -n 50 {1}\n"
        "然后用 ss -ltnp 确认它在 {2} 上监听。",
        v.app, v.error_log, v.local_url);
}

Text backend_hung(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "The process behind {0} accepts connections and does nothing: its event loop is blocked or it "
        "is stopped. Look at its state (T: stopped, R: busy) and restart it:\n"
        "ps -o pid,stat,pcpu,args -p $(cat {2}/pids/{1}-*.pid)\npm2 restart {1}",
        "{0} 背后的进程接受连接却不工作：事件循环被阻塞，或进程被暂停。查看其状态（T：暂停，R：忙）并"
        "重启：\n"
        "ps -o pid,stat,pcpu,args -p $(cat {2}/pids/{1}-*.pid)\npm2 restart {1}",
        v.local_url, v.app, v.pm2_home);
}

Text path_mismatch(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "The backend runs and does not serve Socket.IO at {0}. Align the three places: "
        "@WebSocketGateway({{ path: '{0}' }}) in the backend, io(url, {{ path: '{0}' }}) in the "
        "frontend, and path = \"{0}\" in Gatewatch's configuration. The namespace {1} is never part "
        "of the path.",
        "后端在运行，但未在 {0} 提供 Socket.IO。请统一三处：后端 @WebSocketGateway({{ path: '{0}' "
        "}})、前端 io(url, {{ path: '{0}' }})、Gatewatch 配置中的 path = \"{0}\"。命名空间 {1} 不属于"
        "路径。",
        v.path, v.namespace_);
}

Text eio_mismatch(const Facts& facts) {
    if (facts.passes(Role::local, ProbeKind::other_eio) ||
        facts.passes(Role::public_, ProbeKind::other_eio)) {
        return say(
            "The backend at {0} speaks Engine.IO 3 (socket.io 2), the probe and today's clients speak 4. "
            "Bring "
            "socket.io of the backend to version 4, or hold socket.io-client of the frontend at 2 until "
            "then.",
            "{0} 的后端使用 Engine.IO 3（socket.io 2），而探测与当前客户端使用 4。请把后端 socket.io 升级到 "
            "4；在此之前前端 socket.io-client 须停留在 2。",
            met_at(facts));
    }
    return say(
        "The backend at {} does not speak Engine.IO 4. Bring socket.io of the backend and "
        "socket.io-client of the frontend to the same major version (4), or set allowEIO3: true while "
        "old clients remain.",
        "{} 的后端不支持 Engine.IO 4。请让后端 socket.io 与前端 socket.io-client 处于同一主版本（4）；"
        "若仍有旧客户端，可设 allowEIO3: true。",
        met_at(facts));
}

Text namespace_invalid(const Facts& facts) {
    return say(
        "The backend has no namespace {0}. Use the same name in @WebSocketGateway({{ namespace: '{0}' "
        "}}), in io('…{0}') of the frontend, and in namespace of Gatewatch's configuration.",
        "后端没有命名空间 {0}。请在 @WebSocketGateway({{ namespace: '{0}' }})、前端 io('…{0}') 以及 "
        "Gatewatch 配置的 namespace 中使用同一名称。",
        values_of(facts.gateway()).namespace_);
}

Text origin_denied(const Facts& facts) {
    return say(
        "engine.io forbids the Origin {0}. Let allowRequest of the backend accept it, and see that "
        "nginx forwards the host: proxy_set_header Host $host;",
        "engine.io 拒绝了 Origin {0}。请让后端的 allowRequest 接受它，并确认 nginx 转发主机名："
        "proxy_set_header Host $host;",
        values_of(facts.gateway()).origin);
}

Text transport_disabled(const Facts&) {
    return {
        "The backend refuses this transport. Allow both: transports: ['polling', 'websocket'] in "
        "@WebSocketGateway, and the same list in the frontend's io().",
        "后端拒绝了该传输方式。请两者都允许：@WebSocketGateway 中 transports: ['polling', 'websocket']，"
        "前端 io() 中使用同样的列表。"};
}

Text not_socketio(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "Something other than Socket.IO answers at {0}{1}. Correct the URL of the route, or start the "
        "gateway there (`pm2 restart {2}`).",
        "在 {0}{1} 应答的不是 Socket.IO。请修正该路由的 URL，或在该处启动网关（`pm2 "
        "restart {2}`）。",
        met_at(facts), v.path, v.app);
}

Text connect_unanswered(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "CONNECT to {0} is neither acknowledged nor refused: look for a middleware (io.use, "
        "of('{0}').use) that does not call next(), or waits for something slow:\ntail -n 50 {1}",
        "对 {0} 的 CONNECT 既未确认也未拒绝：检查是否有中间件（io.use、of('{0}').use）未调用 next()，"
        "或在等待缓慢操作：\ntail -n 50 {1}",
        v.namespace_, v.error_log);
}

Text ready_missing(const Facts& facts) {
    const std::string other = other_event_of(facts);
    const auto& sample = facts.snapshot().mysql;
    const bool has_database = facts.gateway().mysql.has_value();
    const bool database_fails = has_database && sample && !sample->up;
    Text text;
    if (!other.empty() || !database_fails) text = set_ready_event(facts, other);
    if (has_database) text = joined(text, look_into_table(facts));
    return joined(text, restart(facts));
}

}  // namespace gatewatch::agent::fix
