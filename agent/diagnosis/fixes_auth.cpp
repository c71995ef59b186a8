#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {
namespace {

/// Where the probe's token comes from, as the words for renewing it.
Text renewal(const config::TokenSettings& token) {
    if (const auto* file = std::get_if<config::TokenFile>(&token.source)) {
        return say("log in again and write the new token to {}", "重新登录，把新 token 写入 {}",
                   file->path.native());
    }
    if (const auto* env = std::get_if<config::TokenEnv>(&token.source)) {
        return say("log in again, set {} to the new token and restart gatewatch",
                   "重新登录，把 {} 设为新 token 并重启 gatewatch", env->variable);
    }
    if (const auto* mysql = std::get_if<config::TokenMysql>(&token.source)) {
        return say("let user {} log in, so that the table holds a valid token",
                   "让用户 {} 登录，使表中有有效的 token", mysql->user_id);
    }
    if (const auto* login = std::get_if<config::TokenLogin>(&token.source)) {
        return say("see that the login at {} gives valid tokens", "确认 {} 的登录能给出有效 token",
                   login->url);
    }
    return {"give the probe a token in [gateway.token]", "在 [gateway.token] 中为探测配置 token"};
}

/// The other bad tokens were tried and turned down.
bool only_expired_comes_in(const Facts& facts) {
    const auto turned_down = [&facts](ProbeKind probe) {
        return facts.passes(Role::local, probe) || facts.passes(Role::public_, probe);
    };
    return turned_down(ProbeKind::missing_token) && !turned_down(ProbeKind::expired_token);
}

}  // namespace

Text auth_bypassed(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    Text text = say(
        "A security incident: the gateway lets in whom it should turn down (see the evidence), and so does "
        "it "
        "with anybody. Look at what changed in the guard of {1}: handleConnection must read the token, check "
        "is_revoked and expires_at, and call client.disconnect(true) on every other path, errors too. Until "
        "then close the gateway: pm2 stop {0}\nThen see in {2} who came in meanwhile.",
        "安全事件：网关放行了本应拒绝的连接（见证据），任何人都可如此接入。请检查 {1} 鉴权逻辑的最近改动："
        "handleConnection 必须读取 token，检查 is_revoked 与 expires_at，并在其余所有分支（包括异常）调用 "
        "client.disconnect(true)。修复前请关闭网关：pm2 stop {0}\n然后在 {2} 中排查期间有谁接入。",
        v.app, v.namespace_, v.out_log);
    if (only_expired_comes_in(facts)) {
        text += Text{
            "\nOnly the expired token comes in: compare the time zones of Node (TZ) and the database too.",
            "\n只有过期 token 被放行：另请核对 Node（TZ）与数据库的时区是否一致。"};
    }
    return text;
}

Text token_missing(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const bool header_locally = facts.passes(Role::local, ProbeKind::header_token);
    const bool header_through_nginx = facts.passes(Role::public_, ProbeKind::header_token);
    const Matches any = [](const probes::Outcome&) { return true; };
    if (header_locally && facts.failure(Role::public_, ProbeKind::header_token, any)) {
        return say(
            "The backend takes the token from the Authorization header only, and nginx drops that header: "
            "over "
            "{1} it works, over {2} it does not. In location {0} write `proxy_set_header Authorization "
            "$http_authorization;`, then nginx -t && nginx -s reload. Better: read "
            "client.handshake.auth.token in handleConnection, which no proxy touches.",
            "后端只从 Authorization 头读取 token，而 nginx 丢弃了该头：经 {1} 正常，经 {2} 失败。请在 "
            "location "
            "{0} 中写 `proxy_set_header Authorization $http_authorization;`，然后 nginx -t && nginx -s "
            "reload。"
            "更好的做法：在 handleConnection 中读取 client.handshake.auth.token，它不受代理影响。",
            v.path, v.local_url, v.public_url);
    }
    if (header_locally || header_through_nginx) {
        return say(
            "The backend takes the token from the Authorization header only, and browsers send it as auth: "
            "{{ token }} in the CONNECT packet. Read client.handshake.auth.token in handleConnection; "
            "where the header is to stay, nginx must pass it on in location {0}: "
            "proxy_set_header Authorization $http_authorization;",
            "后端只从 Authorization 头读取 token，而浏览器在 CONNECT 包中以 auth: {{ token }} 发送。请在 "
            "handleConnection 中读取 client.handshake.auth.token；若仍需保留请求头方式，nginx 的 location "
            "{0} "
            "须转发：proxy_set_header Authorization $http_authorization;",
            v.path);
    }
    return say(
        "The probe sends auth: {{ token }} in the CONNECT packet, and the backend finds none. Read it "
        "in handleConnection as client.handshake.auth.token; the frontend must send io(url, {{ auth: "
        "{{ token }} }}). If it is read from the Authorization header, nginx must pass it on in "
        "location {0}: proxy_set_header Authorization $http_authorization;",
        "探测在 CONNECT 包中发送 auth: {{ token }}，而后端没有读到。请在 handleConnection 中读取 "
        "client.handshake.auth.token；前端须使用 io(url, {{ auth: {{ token }} }})。若从 Authorization "
        "头读取，nginx 的 location {0} 须转发：proxy_set_header Authorization $http_authorization;",
        v.path);
}

Text own_token(const Facts& facts) {
    const Text how = renewal(facts.gateway().token);
    const std::string table = values_of(facts.gateway()).table;
    Text row;
    if (!table.empty()) {
        row = say(" Then see that {} holds it with is_revoked = 0 and a later expires_at.",
                  "然后确认 {} 中该行 is_revoked = 0 且 expires_at 在将来。", table);
    }
    return {fmt::format("Only the probe's own token is concerned, users are not: {}.{}", how.en, row.en),
            fmt::format("只涉及探测自身的 token，不影响用户：{}。{}", how.zh, row.zh)};
}

Text tz_skew(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "The row in {0} is valid and the backend reads it as expired: DATETIME has no zone, and "
        "Node's TZ is not that of the database. Set one zone on both sides, e.g. timezone: '{1}' in "
        "the backend's database options and default-time-zone = '{1}' in the database, then restart: "
        "pm2 restart {2}",
        "{0} 中该行有效，而后端认为已过期：DATETIME 不含时区，Node 的 TZ 与数据库不同。请两边统一，例"
        "如后端数据库选项 timezone: '{1}'，数据库 default-time-zone = '{1}'，然后重启：pm2 restart "
        "{2}",
        v.table, v.time_zone, v.app);
}

Text auth_rejected(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    if (facts.gateway().mysql && facts.log()) {
        return say(
            "Database and log do not explain the rejection. Compare JWT secret and token check of {0} "
            "with what issued the token, and read:\ntail -n 50 {1}",
            "数据库与日志都不能解释这次拒绝。请核对 {0} 的 JWT 密钥与 token 校验逻辑是否与签发方一致，"
            "并查看：\n"
            "tail -n 50 {1}",
            v.app, v.error_log);
    }
    const Text how = renewal(facts.gateway().token);
    return {fmt::format("The wire cannot tell why. First {}. If that does not help, see that the backend "
                        "reaches its database. [gateway.mysql] and [gateway.pm2] let Gatewatch name the "
                        "reason next time.",
                        how.en),
            fmt::format("仅凭网络无法判定原因。首先{}。若无效，检查后端能否连接数据库。配置 [gateway.mysql] "
                        "与 [gateway.pm2] 后，Gatewatch 下次即可指出原因。",
                        how.zh)};
}

Text database_down(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const bool known = !v.database.empty();
    const Text what =
        known ? say("cannot read {}. See that the database at {}", "无法读取 {}。请确认 {} 的数据库", v.table,
                    v.database)
              : Text{"cannot read its tokens. See that its database", "无法读取 token。请确认其数据库"};
    return {fmt::format("The backend accepts no token because it {} runs and that the backend's user and "
                        "password work:\nsystemctl status mariadb mysql\ntail -n 50 {}",
                        what.en, v.error_log),
            fmt::format("后端不接受任何 token，因为它{}在运行，且后端的用户名与密码有效：\n"
                        "systemctl status mariadb mysql\ntail -n 50 {}",
                        what.zh, v.error_log)};
}

}  // namespace gatewatch::agent::fix
