// Reads a log as the agent does, from the bytes of the file to settled events, and prints how many lines it
// knew. Run by tests/bench/run, which takes its CPU time and that of grep and mtail on the same file.
//   bench_log_throughput make FILE LINES     writes the log, prints how many known lines are in it
//   bench_log_throughput read FILE
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "probes/pm2/log_pipeline.hpp"
#include "tests/bench/chinese_log.hpp"

namespace {

namespace fs = std::filesystem;
using namespace gatewatch;

int make(const fs::path& file, long lines) {
    std::ofstream stream(file, std::ios::binary);
    bench::ChineseLog log;
    for (long i = 0; i < lines; ++i) stream << log.line();
    fmt::print("{}\n", log.known_lines());
    return stream.flush() ? 0 : 1;
}

/// The file comes up while the agent runs, and is read from its beginning.
int read(const fs::path& file) {
    const fs::path home = file.native() + ".home";
    fs::remove_all(home);
    fs::create_directories(home / "logs");
    config::Pm2Settings settings;
    settings.home = home;
    probes::pm2::LogPipeline pipeline(settings, home, {});
    probes::SteadyTime now{std::chrono::hours(1)};
    pipeline.step(now, {});
    fs::create_hard_link(file, home / "logs" / "nest-backend-out.log");
    std::size_t events = 0;
    const auto count = [&] { events += pipeline.attribution().take().size(); };
    for (bool more = true; more; count()) {
        more = pipeline.step(now += std::chrono::milliseconds(50), {});
    }
    pipeline.step(now + std::chrono::minutes(1), {});  // no attempt is held back any longer
    count();
    const bool all = pipeline.status().lag_bytes == 0;
    fs::remove_all(home);
    fmt::print("{}\n", events);
    return all ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view what = count > 1 ? arguments[1] : "";
    if (what == "make" && count == 4) return make(arguments[2], std::atol(arguments[3]));
    if (what == "read" && count == 3) return read(arguments[2]);
    fmt::print(stderr, "usage: bench_log_throughput make FILE LINES | read FILE\n");
    return 2;
}
