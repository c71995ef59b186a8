#include "probes/nginx/edge_log.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probes/follow/follower.hpp"
#include "probes/follow/watcher.hpp"
#include "probes/nginx/access_log.hpp"
#include "probes/nginx/error_log.hpp"

namespace gatewatch::probes::nginx {

namespace fs = std::filesystem;

namespace {

/// The one file, under whatever new inode its name comes to stand for. `which` is its key in [gateway.nginx].
follow::Options options_for(const fs::path& file, const std::string& gateway, const char* which,
                            const fs::path& state_directory) {
    follow::Options options;
    const std::string name = file.filename().native();
    options.sources.push_back({.directory = file.parent_path(),
                               .matches = [name](std::string_view other) { return other == name; },
                               .pattern = name});
    if (!state_directory.empty()) {
        options.checkpoint = state_directory / ("edge-" + gateway + "-" + which + ".json");
    }
    options.nothing_found = say("{}; correct {} in [gateway.nginx], or have nginx write it",
                                " {}；请修正 [gateway.nginx] 的 {}，或让 nginx 写入该文件", name, which);
    return options;
}

void for_each_line(std::string_view lines, const auto& take) {
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        take(lines.substr(0, end));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
}

/// What both files have in common.
struct Followed {
    Followed(const fs::path& path, follow::Options options) : file(path), follower(std::move(options)) {}

    fs::path file;
    follow::Follower follower;
    bool caught_up = false;  ///< it has come to the end once since the start

    /// Reads on; true if there is more already.
    template <class Take>
    bool step(SteadyTime now, const Take& take) {
        const auto age = caught_up ? EdgeLog::Age::recent : EdgeLog::Age::old;
        const follow::Sink sink{
            .lines =
                [&take, age](follow::FileId, std::string_view lines, follow::Reading reading) {
                    if (reading == follow::Reading::before_start) return;
                    for_each_line(lines, [&take, age](std::string_view line) { take(line, age); });
                },
            .lines_lost = [](follow::FileId) {}};
        const bool more = follower.step(now, sink);
        caught_up = caught_up || !more;
        return more;
    }
};

}  // namespace

class EdgeLog::Impl {
  public:
    Impl(boost::asio::any_io_executor executor, const config::GatewaySettings& gateway,
         const fs::path& state_directory, Callbacks callbacks)
        : target_(gateway),
          access_log_(config::parse_log_format(gateway.nginx->log_format).value(), target_),
          callbacks_(std::move(callbacks)) {
        const auto& nginx = *gateway.nginx;
        if (nginx.access_log) {
            access_.emplace(*nginx.access_log,
                            options_for(*nginx.access_log, gateway.name, "access_log", state_directory));
        }
        if (nginx.error_log) {
            error_.emplace(*nginx.error_log,
                           options_for(*nginx.error_log, gateway.name, "error_log", state_directory));
        }
        watcher_.emplace(std::move(executor), directories(), [this] { return look(); });
    }

    void start() {
        running_ = true;
        watcher_->start();
    }
    void stop() {
        running_ = false;
        watcher_->stop();
    }

    [[nodiscard]] EdgeLogStatus status() const {
        EdgeLogStatus status = status_;
        status.up = true;
        for (const auto* followed : {&access_, &error_}) {
            if (!*followed) continue;
            const follow::Status one = (*followed)->follower.status();
            status.up = status.up && one.up;
            if (followed == &access_) status.unparsed_lines += one.oversized_lines;
            if (one.detail.empty()) continue;
            if (!status.detail.empty()) status.detail += Text{"; ", "；"};
            status.detail += one.detail;
        }
        return status;
    }

  private:
    [[nodiscard]] std::vector<fs::path> directories() const {
        std::vector<fs::path> all;
        for (const auto* followed : {&access_, &error_}) {
            if (!*followed) continue;
            for (auto& directory : (*followed)->follower.directories()) {
                if (std::ranges::find(all, directory) == all.end()) all.push_back(std::move(directory));
            }
        }
        return all;
    }

    bool look() {
        const SteadyTime now = std::chrono::steady_clock::now();
        bool more = false;
        if (access_) {
            more = access_->step(now, [this](std::string_view line, Age age) { on_access(line, age); });
        }
        if (error_) {
            more = error_->step(now, [this](std::string_view line, Age age) { on_error(line, age); }) || more;
        }
        return more;
    }

    void on_access(std::string_view line, Age age) {
        EdgeRequest request;
        const auto fit = access_log_.read(line, request);
        ++(fit == AccessLog::Fit::no ? status_.unparsed_lines : status_.access_lines);
        if (fit != AccessLog::Fit::own || !running_) return;
        request.seen = std::chrono::system_clock::now();
        callbacks_.request(request, age);
    }

    void on_error(std::string_view line, Age age) {
        auto trouble = read_error_line(line, target_);
        if (!trouble || !running_) return;
        trouble->seen = std::chrono::system_clock::now();
        callbacks_.trouble(*trouble, age);
    }

    EdgeTarget target_;
    AccessLog access_log_;
    Callbacks callbacks_;
    std::optional<Followed> access_, error_;
    EdgeLogStatus status_;
    bool running_ = false;
    std::optional<follow::Watcher> watcher_;
};

EdgeLog::EdgeLog(boost::asio::any_io_executor executor, const config::GatewaySettings& gateway,
                 const fs::path& state_directory, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(std::move(executor), gateway, state_directory, std::move(callbacks))) {}

EdgeLog::~EdgeLog() {
    impl_->stop();
}

void EdgeLog::start() {
    impl_->start();
}

void EdgeLog::stop() {
    impl_->stop();
}

EdgeLogStatus EdgeLog::status() const {
    return impl_->status();
}

bool follows_logs(const config::NginxSettings& nginx) {
    return nginx.access_log || nginx.error_log;
}

}  // namespace gatewatch::probes::nginx
