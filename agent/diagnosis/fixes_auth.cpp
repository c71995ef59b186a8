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

}  // namespace

Text token_missing(const Facts& facts) {
    return say(
        "The probe sends auth: {{ token }} in the CONNECT packet, and the backend finds none. Read it "
        "in handleConnection as client.handshake.auth.token; the frontend must send io(url, {{ auth: "
        "{{ token }} }}). If it is read from the Authorization header, nginx must pass it on in "
        "location {0}: proxy_set_header Authorization $http_authorization;",
        "探测在 CONNECT 包中发送 auth: {{ token }}，而后端没有读到。请在 handleConnection 中读取 "
        "client.handshake.auth.token；前端须使用 io(url, {{ auth: {{ token }} }})。若从 Authorization "
        "头读取，nginx 的 location {0} 须转发：proxy_set_header Authorization $http_authorization;",
        values_of(facts.gateway()).path);
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
            "with what issued the token, and read:\ntail -n 50 {1}/logs/{0}-error*.log",
            "数据库与日志都不能解释这次拒绝。请核对 {0} 的 JWT 密钥与 token 校验逻辑是否与签发方一致，"
            "并查看：\n"
            "tail -n 50 {1}/logs/{0}-error*.log",
            v.app, v.pm2_home);
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
                        "password work:\nsystemctl status mariadb mysql\ntail -n 50 {}/logs/{}-error*.log",
                        what.en, v.pm2_home, v.app),
            fmt::format("后端不接受任何 token，因为它{}在运行，且后端的用户名与密码有效：\n"
                        "systemctl status mariadb mysql\ntail -n 50 {}/logs/{}-error*.log",
                        what.zh, v.pm2_home, v.app)};
}

}  // namespace gatewatch::agent::fix
