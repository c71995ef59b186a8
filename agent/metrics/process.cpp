#include "agent/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

#include "agent/metrics/catalogue.hpp"

namespace gatewatch::agent::metrics {
namespace {

/// The fields of /proc/self/stat that are used, by their numbers in proc(5).
struct Stat {
    double user_ticks = 0;      // 14
    double system_ticks = 0;    // 15
    double start_ticks = 0;     // 22, since boot
    double virtual_bytes = 0;   // 23
    double resident_pages = 0;  // 24
};

std::optional<Stat> read_stat() {
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto end_of_name = text.rfind(')');  // the program's name may hold spaces and brackets
    if (end_of_name == std::string::npos) return std::nullopt;
    std::istringstream fields(text.substr(end_of_name + 1));
    Stat stat;
    std::string field;
    for (int number = 3; number <= 24 && fields >> field; ++number) {
        const double value = number == 3 ? 0 : std::strtod(field.c_str(), nullptr);
        if (number == 14) stat.user_ticks = value;
        if (number == 15) stat.system_ticks = value;
        if (number == 22) stat.start_ticks = value;
        if (number == 23) stat.virtual_bytes = value;
        if (number == 24) stat.resident_pages = value;
    }
    return stat.start_ticks > 0 ? std::optional(stat) : std::nullopt;
}

std::optional<double> boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string key; file >> key;) {
        double value = 0;
        if (key == "btime" && file >> value) return value;
        file.ignore(1 << 20, '\n');
    }
    return std::nullopt;
}

std::optional<double> open_descriptors() {
    std::error_code error;
    const std::filesystem::directory_iterator entries("/proc/self/fd", error);
    if (error) return std::nullopt;
    return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);  // one is this listing's
}

void add(std::vector<prometheus::MetricFamily>& families, Metric metric, double value) {
    const MetricRow& row = row_of(metric);
    prometheus::ClientMetric series;
    const bool counter = row.type == MetricType::counter;
    (counter ? series.counter.value : series.gauge.value) = value;
    const auto type = counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    families.push_back({full_name(metric), std::string(row.help), type, {std::move(series)}});
}

}  // namespace

std::vector<prometheus::MetricFamily> process_families() {
    std::vector<prometheus::MetricFamily> families;
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    if (const auto stat = read_stat()) {
        add(families, Metric::process_cpu_seconds_total, (stat->user_ticks + stat->system_ticks) / ticks);
        add(families, Metric::process_virtual_memory_bytes, stat->virtual_bytes);
        add(families, Metric::process_resident_memory_bytes,
            stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
        if (const auto boot = boot_time()) {
            add(families, Metric::process_start_time_seconds, *boot + stat->start_ticks / ticks);
        }
    }
    if (const auto open = open_descriptors()) add(families, Metric::process_open_fds, *open);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        add(families, Metric::process_max_fds, static_cast<double>(limit.rlim_cur));
    }
    return families;
}

}  // namespace gatewatch::agent::metrics
