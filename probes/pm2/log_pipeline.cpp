#include "probes/pm2/log_pipeline.hpp"

#include <algorithm>
#include <utility>

#include "probes/pm2/log_names.hpp"

namespace gatewatch::probes::pm2 {
namespace {

follow::Options options_of(const config::Pm2Settings& settings, const std::filesystem::path& checkpoint) {
    Text nothing_found =
        say("log file of '{0}'; correct home or app in [gateway.pm2], or start it under PM2",
            "'{0}' 的日志文件；请改正 [gateway.pm2] 中的 home 或 app，或在 PM2 下启动它", settings.app);
    if (!settings.files.empty()) {
        nothing_found = {"log file that matches files in [gateway.pm2]; correct files, or start the app",
                         "与 [gateway.pm2] 中 files 匹配的日志文件；请改正 files，或启动该应用"};
    }
    return {.sources = log_sources(settings),
            .checkpoint = checkpoint,
            .nothing_found = std::move(nothing_found)};
}

std::filesystem::path runs_beside(std::filesystem::path checkpoint) {
    if (!checkpoint.empty()) checkpoint += ".runs";
    return checkpoint;
}

}  // namespace

LogPipeline::LogPipeline(const config::Pm2Settings& settings, const std::filesystem::path& state_directory,
                         const std::filesystem::path& checkpoint)
    : follower_(options_of(settings, checkpoint)),
      parser_(Patterns(settings.patterns)),
      left_sids_(state_directory),
      own_runs_(runs_beside(checkpoint)) {}

bool LogPipeline::step(SteadyTime now, WallTime wall) {
    if (!started_) {
        started_ = true;
        for (const auto& sid : own_runs_.sids()) attribution_.add_synthetic(sid, now);
        attribution_.catch_up(own_runs_.left_unresolved());
    }
    for (const auto& sid : left_sids_.poll(wall)) attribution_.add_synthetic(sid, now);
    follow::Sink sink;
    sink.lines = [&](FileId file, std::string_view lines, follow::Reading reading) {
        take(file, lines, reading, now, wall);
    };
    sink.lines_lost = [&](FileId file) {
        attribution_.lines_lost(file, now);
        cuts_.erase(file);
    };
    const bool more = follower_.step(now, sink);
    if (!more) attribution_.caught_up();
    attribution_.settle(now);
    return more;
}

void LogPipeline::take(FileId file, std::string_view lines, follow::Reading reading, SteadyTime now,
                       WallTime wall) {
    const bool before_start = reading == follow::Reading::before_start;
    bool understood = false;
    parser_.parse_block(lines, cuts_[file], [&](ParsedLine parsed) {
        understood = understood || !parsed.events.empty();
        if (!before_start) unparsed_lines_ += parsed.unparsed;
        for (auto& event : parsed.events) {
            if (before_start) {
                attribution_.line_before_start(file, event, now);
            } else {
                attribution_.line(file, std::move(event), now, wall);
            }
        }
    });
    if (before_start) return;
    if (understood) {
        wording_.understood();
    } else if (wording_.counts_lines()) {
        wording_.lines(static_cast<std::size_t>(std::ranges::count(lines, '\n')));
    }
}

void LogPipeline::probe_started(std::uint64_t run, SteadyTime now, WallTime wall) {
    attribution_.probe_started(run, now);
    own_runs_.begun(run, wall);
}

void LogPipeline::probe_connected(std::uint64_t run, const std::string& sid, bool last, bool here,
                                  SteadyTime now, WallTime wall) {
    own_runs_.acknowledged(sid, wall);
    attribution_.add_synthetic(sid, now);
    if (here) wording_.connected(now);
    if (!last) return;
    attribution_.probe_connected(run, now);
    own_runs_.resolved(run, wall);
}

void LogPipeline::probe_finished(std::uint64_t run, bool connect_sent, const std::vector<std::string>& sids,
                                 SteadyTime now, WallTime wall) {
    for (const auto& sid : sids) own_runs_.acknowledged(sid, wall);
    if (connect_sent && sids.empty()) {
        own_runs_.unanswered(run, wall);
    } else {
        own_runs_.resolved(run, wall);
    }
    attribution_.probe_finished(run, connect_sent, sids, now);
}

LogStatus LogPipeline::status() const {
    const auto from = follower_.status();
    LogStatus status;
    status.up = from.up;
    status.detail = from.detail;
    status.lag_bytes = from.lag_bytes;
    status.unparsed_lines = from.oversized_lines + unparsed_lines_;
    status.truncations = from.truncations;
    status.rotations = from.rotations;
    status.possible_losses = from.possible_losses;
    status.replayed_lines = from.replayed_lines;
    status.wording_drift = from.up && wording_.drifted();
    if (status.wording_drift) {
        status.detail +=
            say("{}no line says anything known, though probes connect and the log grows: the backend's "
                "words have changed; set [gateway.pm2.patterns]",
                "{}探测已连接、日志在增长，却没有一行可以识别：后端的日志措辞已变；请设置 "
                "[gateway.pm2.patterns]",
                status.detail.empty() ? "" : "; ");
    }
    return status;
}

}  // namespace gatewatch::probes::pm2
