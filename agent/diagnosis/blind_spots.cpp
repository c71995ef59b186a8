#include "agent/diagnosis/blind_spots.hpp"

#include <algorithm>

#include "agent/diagnosis/lines.hpp"
#include "agent/mysql_text.hpp"

namespace gatewatch::agent {
namespace {

struct BlindSpot {
    CollectorKind kind;
    const Text* detail;
};

std::vector<BlindSpot> blind_spots(const Snapshot& snapshot) {
    std::vector<BlindSpot> spots;
    const auto look = [&spots](CollectorKind kind, const auto& sample) {
        if (sample && !sample->up) spots.push_back({kind, &sample->detail});
    };
    look(CollectorKind::mysql, snapshot.mysql);
    if (snapshot.log && !snapshot.log->status.up) {
        spots.push_back({CollectorKind::pm2_log, &snapshot.log->status.detail});
    }
    look(CollectorKind::pm2_process, snapshot.processes);
    look(CollectorKind::nginx_config, snapshot.nginx);
    if (snapshot.edge && !snapshot.edge->status.up) {
        spots.push_back({CollectorKind::nginx_log, &snapshot.edge->status.detail});
    }
    look(CollectorKind::frontend, snapshot.frontend);
    look(CollectorKind::env_files, snapshot.env);
    return spots;
}

}  // namespace

void add_blind_spots(Verdict& verdict, const Snapshot& snapshot) {
    std::string names;
    Text details;
    for (const BlindSpot& spot : blind_spots(snapshot)) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(spot.kind));
        details += Text{fmt::format("\n{}: {}", name_of(spot.kind), one_line(spot.detail->en)),
                        fmt::format("\n{}：{}", name_of(spot.kind), one_line(spot.detail->zh))};
    }
    if (names.empty()) return;
    verdict.evidence.front() =
        make_line("probes", say("all probes pass; {} cannot be read", "探测全部通过；无法读取 {}", names));
    verdict.fix = {"Logins work. Mend what cannot be read:" + details.en,
                   "登录正常。请修复无法读取的部分：" + details.zh};
}

void add_collectors(Verdict& verdict, const Snapshot& snapshot) {
    const auto add = [&verdict](EvidenceLine line) {
        const auto same = [&line](const EvidenceLine& earlier) { return earlier.source == line.source; };
        if (std::ranges::none_of(verdict.evidence, same)) verdict.evidence.push_back(std::move(line));
    };
    const bool odd_rows = snapshot.mysql && snapshot.mysql->up && !misfit_of(*snapshot.mysql).empty();
    if (odd_rows) add(mysql_line(*snapshot.mysql));
    for (const BlindSpot& spot : blind_spots(snapshot)) {
        if (spot.kind == CollectorKind::mysql) {
            add(mysql_line(*snapshot.mysql));
        } else if (spot.kind == CollectorKind::pm2_log) {
            add(log_line(*snapshot.log));
        } else {
            add(make_line(std::string(name_of(spot.kind)),
                          {"cannot be read: " + spot.detail->en, "无法读取：" + spot.detail->zh}));
        }
    }
}

}  // namespace gatewatch::agent
