#include "probes/pm2/log_pipeline.hpp"

#include <utility>

#include "probes/pm2/line_parser.hpp"

namespace gatewatch::probes::pm2 {

LogPipeline::LogPipeline(const config::Pm2Settings& settings, const std::filesystem::path& state_directory)
    : directory_(settings.home, settings.app), left_sids_(state_directory) {}

void LogPipeline::step(SteadyTime now, WallTime wall) {
    for (const auto& sid : left_sids_.poll(wall)) attribution_.add_synthetic(sid, now);
    DirectorySink sink;
    sink.line = [&](FileId file, std::string_view line, bool before_start) {
        auto parsed = parse_line(line);
        if (!before_start) unparsed_lines_ += parsed.unparsed;
        for (auto& event : parsed.events) {
            if (before_start) {
                attribution_.line_before_start(file, event, now);
            } else {
                attribution_.line(file, std::move(event), now, wall);
            }
        }
    };
    sink.lines_lost = [&](FileId file) { attribution_.lines_lost(file, now); };
    directory_.step(now, sink);
    attribution_.settle(now);
}

LogStatus LogPipeline::status() const {
    auto status = directory_.status();
    status.unparsed_lines += unparsed_lines_;
    return status;
}

}  // namespace gatewatch::probes::pm2
