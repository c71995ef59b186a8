#include "probes/mysql/zone_check.hpp"

#include <fmt/format.h>

namespace gatewatch::probes::mysql {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

/// Clocks of hosts differ by less, zones by more.
constexpr seconds more_than_clocks = 10min;
/// Zones reach from -12 to +14.
constexpr seconds most_apart = 26h;

/// A row that the backend gave out anew only now may be an old one, whose age is any number: a zone's
/// difference is a whole number of half hours.
bool looks_like_zone(seconds off) {
    if (off >= more_than_clocks) return true;
    const auto rest = std::chrono::abs(off) % seconds(30min);
    return off <= -more_than_clocks && off >= -most_apart && (rest <= 1min || rest >= 29min);
}

MysqlWarning warning(Text text) {
    return {MysqlWarningKind::time_zone, std::move(text)};
}

Text server_differs(const ZoneFacts& facts, seconds apart) {
    const bool ahead = apart > 0s;
    const auto zone =
        facts.server == "SYSTEM" ? fmt::format("{} = {}", facts.server, facts.host) : facts.server;
    const auto hours = hours_of(std::chrono::abs(apart));
    return {
        fmt::format("the database's own zone ({}) is {} {} the backend's ({}): NOW() in a query by hand is "
                    "off by that much; begin with SET time_zone = '{}'",
                    zone, hours, ahead ? "ahead of" : "behind", facts.backend, facts.backend),
        fmt::format("数据库自身时区（{}）比后端时区（{}）{} {}：手工查询中的 NOW() 会差这么多；请先执行 "
                    "SET time_zone = '{}'",
                    zone, facts.backend, ahead ? "快" : "慢", hours, facts.backend)};
}

Text newest_is_ahead(const ZoneFacts& facts, seconds ahead) {
    return say(
        "created_at of the newest rows lies {} in the future of zone {}: suspect that backend_time_zone in "
        "[gateway.mysql] is not the zone that they are written in",
        "最新行的 created_at 比时区 {1} 的当前时间晚 {0}：[gateway.mysql] 的 backend_time_zone "
        "很可能不是写入时所用"
        "的时区",
        hours_of(ahead), facts.backend);
}

Text own_row_is_off(const ZoneFacts& facts, seconds off) {
    const bool late = off > 0s;
    const auto hours = hours_of(std::chrono::abs(off));
    return {fmt::format("the row of the probe's own login has a created_at {} {} the login, read in zone {}: "
                        "suspect backend_time_zone in [gateway.mysql], or a created_at that the database "
                        "fills in its own zone",
                        hours, late ? "after" : "before", facts.backend),
            fmt::format("探测刚登录得到的 token，其行的 created_at 按时区 {} 读取比登录时刻{} {}：请检查 "
                        "[gateway.mysql] 的 backend_time_zone，或 created_at 是否由数据库按自身时区填写",
                        facts.backend, late ? "晚" : "早", hours)};
}

}  // namespace

std::string hours_of(seconds duration) {
    const auto minutes = std::chrono::round<std::chrono::minutes>(duration).count();
    if (minutes < 60) return fmt::format("{} min", minutes);
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::vector<MysqlWarning> zone_warnings(const ZoneFacts& facts) {
    std::vector<MysqlWarning> warnings;
    if (facts.server_minus_backend && std::chrono::abs(*facts.server_minus_backend) >= 1min) {
        warnings.push_back(warning(server_differs(facts, *facts.server_minus_backend)));
    }
    if (facts.newest_ahead && *facts.newest_ahead >= more_than_clocks) {
        warnings.push_back(warning(newest_is_ahead(facts, *facts.newest_ahead)));
    }
    if (facts.own_off && looks_like_zone(*facts.own_off)) {
        warnings.push_back(warning(own_row_is_off(facts, *facts.own_off)));
    } else if (facts.own_expired_at_once) {
        warnings.push_back(warning(
            say("the token of the probe's own login had expired at once, read in zone {}: suspect "
                "backend_time_zone in [gateway.mysql]",
                "探测刚登录得到的 token 按时区 {} 读取即已过期：请检查 [gateway.mysql] 的 backend_time_zone",
                facts.backend)));
    }
    return warnings;
}

}  // namespace gatewatch::probes::mysql
