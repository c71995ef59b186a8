// Evidence lines about tokens: what gateway and database make of one.
#include <chrono>

#include "agent/diagnosis/lines.hpp"

namespace gatewatch::agent {
namespace {

using namespace std::chrono_literals;

/// Zones differ by whole quarter-hours: "at least 2 h 15 min".
std::string hours_and_minutes(std::chrono::seconds duration) {
    const auto minutes = std::chrono::ceil<std::chrono::minutes>(duration).count();
    return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::chrono::seconds to_quarter_hours(std::chrono::seconds duration) {
    constexpr std::chrono::seconds quarter = 15min;
    return (duration + quarter - 1s) / quarter * quarter;
}

Text token_of(ProbeKind probe) {
    switch (probe) {
        case ProbeKind::expired_token:
            return {"an expired token", "已过期的 token"};
        case ProbeKind::revoked_token:
            return {"a revoked token", "已被撤销的 token"};
        default:
            return {"a connection without any token", "不带 token 的连接"};
    }
}

}  // namespace

EvidenceLine zone_line(const probes::MysqlSample& sample, probes::WallTime at) {
    Text text{"the row is valid by the database's word, and the backend reads it as expired",
              "数据库认为该行有效，而后端认为已过期"};
    if (sample.own_expiry && *sample.own_expiry > at) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(*sample.own_expiry - at);
        text += say(": it has {} left, so the two zones are at least {} apart",
                    "：它还剩 {}，因此两边时区至少相差 {}", hours_and_minutes(left),
                    hours_and_minutes(to_quarter_hours(left)));
    }
    if (sample.zone_skew && std::chrono::abs(*sample.zone_skew) >= 1min) {
        const auto apart = hours_and_minutes(std::chrono::abs(*sample.zone_skew));
        text += sample.zone_skew->count() > 0
                    ? say("; the database's own zone is {} ahead of that in which the row is read",
                          "；数据库自身时区比读取该行所用的时区快 {}", apart)
                    : say("; the database's own zone is {} behind that in which the row is read",
                          "；数据库自身时区比读取该行所用的时区慢 {}", apart);
    }
    if (sample.clock_skew && std::chrono::abs(*sample.clock_skew) >= 1min) {
        text += say("; the database's clock is {} s off this host's", "；数据库时钟与本机相差 {} 秒",
                    sample.clock_skew->count());
    }
    return make_line(std::string(name_of(CollectorKind::mysql)), text);
}

EvidenceLine accepted_line(const ProbeEvidence& evidence) {
    const Text what = token_of(evidence.plan.probe);
    const std::string at = rfc3339(evidence.last->started_wall);
    Text text{fmt::format("the gateway accepted {}, at {}", what.en, at),
              fmt::format("网关接受了{}，时间 {}", what.zh, at)};
    return make_line(source_of(evidence.plan), text);
}

}  // namespace gatewatch::agent
