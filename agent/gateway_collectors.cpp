#include "agent/gateway_collectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/mysql_text.hpp"
#include "probes/env/env_files.hpp"
#include "probes/frontend/frontend.hpp"
#include "probes/nginx/nginx_config.hpp"
#include "probes/pm2/process_state.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;
using probes::SteadyTime;

namespace {

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

long long in_seconds(SteadyTime::duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

GatewayCollectors::GatewayCollectors(asio::any_io_executor executor, Workers& workers,
                                     const std::filesystem::path& state_directory,
                                     const std::filesystem::path& checkpoints, Findings findings,
                                     Callbacks callbacks)
    : findings_(findings), callbacks_(std::move(callbacks)) {
    const auto& settings = findings_.evidence.gateway();
    if (settings.mysql) {
        mysql_.emplace(executor, *settings.mysql,
                       [this](probes::MysqlSample sample) { on_mysql(std::move(sample)); });
    }
    if (settings.pm2) {
        const auto checkpoint = checkpoints.empty() ? std::filesystem::path()
                                                    : checkpoints / fmt::format("log-{}.json", settings.name);
        log_ = std::make_shared<probes::pm2::LogCollector>(
            executor, *settings.pm2, state_directory, checkpoint,
            [this](const probes::LogEvent& event) { callbacks_.log_event(event); });
    }
    if (settings.nginx && probes::nginx::follows_logs(*settings.nginx)) {
        add_edge_log(executor, checkpoints);
    }
    add_polled(executor, workers);
}

GatewayCollectors::~GatewayCollectors() {
    if (log_) log_->stop();  // others may hold it, too
}

void GatewayCollectors::add_edge_log(asio::any_io_executor executor,
                                     const std::filesystem::path& checkpoints) {
    using probes::nginx::EdgeLog;
    const auto on_request = [this](const probes::EdgeRequest& request, EdgeLog::Age age) {
        findings_.metrics.edge_request(request);
        if (age == EdgeLog::Age::recent) findings_.evidence.edge().add(request, steady_now());
    };
    edge_log_.emplace(executor, findings_.evidence.gateway(), checkpoints,
                      EdgeLog::Callbacks{.request = on_request, .trouble = callbacks_.edge_trouble});
}

void GatewayCollectors::add_polled(asio::any_io_executor executor, Workers& workers) {
    const EvidenceStore& evidence = findings_.evidence;
    const config::GatewaySettings& gateway = evidence.gateway();
    if (gateway.pm2) {
        polled_.push_back(std::make_unique<PolledSample<probes::Pm2ProcessSample>>(
            executor, findings_, callbacks_.sampled, CollectorKind::pm2_process, gateway.interval,
            &Samples::processes, [&workers, pm2 = *gateway.pm2] {
                return on_worker<probes::Pm2ProcessSample>(workers, [pm2] {
                    return probes::pm2::inspect_processes(pm2, std::chrono::system_clock::now());
                });
            }));
    }
    if (gateway.nginx) {
        polled_.push_back(std::make_unique<PolledSample<probes::NginxSample>>(
            executor, findings_, callbacks_.sampled, CollectorKind::nginx_config, gateway.nginx->interval,
            &Samples::nginx, [&workers, store = &evidence] {
                return on_worker<probes::NginxSample>(
                    workers, [gateway = store->gateway(), handshake = store->handshake()] {
                        return probes::nginx::inspect(gateway, handshake);
                    });
            }));
    }
    if (gateway.frontend) {
        polled_.push_back(std::make_unique<PolledSample<probes::FrontendSample>>(
            executor, findings_, callbacks_.sampled, CollectorKind::frontend, gateway.frontend->interval,
            &Samples::frontend,
            [gateway] { return probes::frontend::inspect(gateway, steady_now() + gateway.timeout); }));
    }
    if (gateway.env_files) {
        polled_.push_back(std::make_unique<PolledSample<probes::EnvSample>>(
            executor, findings_, callbacks_.sampled, CollectorKind::env_files, gateway.env_files->interval,
            &Samples::env, [&workers, gateway] {
                return on_worker<probes::EnvSample>(workers,
                                                    [gateway] { return probes::env::inspect(gateway); });
            }));
    }
}

void GatewayCollectors::start() {
    if (mysql_) {
        mysql_sampled_ = steady_now();
        mysql_->start();
    }
    if (log_) {
        log_->start();
        check_log();
    }
    if (edge_log_) {
        edge_log_->start();
        check_edge_log();
    }
    for (const auto& polled : polled_) polled->start();
}

void GatewayCollectors::stop() {
    if (mysql_) mysql_->stop();
    if (log_) log_->stop();
    if (edge_log_) edge_log_->stop();
    for (const auto& polled : polled_) polled->stop();
}

void GatewayCollectors::sample_now() {
    if (mysql_) mysql_->sample_now();
    for (const auto& polled : polled_) polled->sample_now();
}

void GatewayCollectors::look_again() {
    for (const auto& polled : polled_) {
        if (polled->report().kind != CollectorKind::frontend) polled->sample_now();
    }
}

void GatewayCollectors::try_again() {
    for (const auto& polled : polled_) {
        if (!polled->awaits_first() && !polled->report().up) polled->sample_now();
    }
}

void GatewayCollectors::tick() {
    if (log_) check_log();
    if (edge_log_) check_edge_log();
    if (mysql_) check_mysql_age();
    bool news = false;
    const SteadyTime now = steady_now();
    for (const auto& polled : polled_) news = polled->tick(now) || news;
    if (news) callbacks_.sampled();
}

void GatewayCollectors::on_mysql(probes::MysqlSample sample) {
    mysql_sampled_ = steady_now();
    findings_.notices.collector(CollectorKind::mysql, sample.up, detail_of(sample));
    findings_.metrics.sampled(sample);
    findings_.evidence.set_sample(std::move(sample));
    callbacks_.sampled();
}

void GatewayCollectors::check_log() {
    const probes::LogStatus status = log_->status();
    findings_.notices.collector(CollectorKind::pm2_log, status.up, status.detail);
    findings_.metrics.log_status(status);
    findings_.evidence.set_log_status(status);
}

void GatewayCollectors::check_edge_log() {
    const probes::EdgeLogStatus status = edge_log_->status();
    findings_.notices.collector(CollectorKind::nginx_log, status.up, status.detail);
    findings_.metrics.edge_status(status);
    findings_.evidence.edge().set_status(status, steady_now());
}

/// A worker that hangs in its library sends no sample at all: the one before must not stand for the present.
void GatewayCollectors::check_mysql_age() {
    const auto limit = 2 * findings_.evidence.gateway().mysql->interval + std::chrono::seconds(10);
    const auto age = steady_now() - mysql_sampled_;
    if (age <= limit) return;
    probes::MysqlSample sample;
    sample.detail =
        say("no sample for {} s: the database library does not return; restart the agent if it lasts",
            "已有 {} 秒没有采样：数据库客户端库没有返回；若持续如此请重启 gatewatch", in_seconds(age));
    sample.taken = std::chrono::system_clock::now();
    on_mysql(std::move(sample));
}

bool GatewayCollectors::awaits_first() const {
    if (mysql_ && !findings_.evidence.mysql()) return true;
    return std::ranges::any_of(polled_, [](const auto& polled) { return polled->awaits_first(); });
}

std::vector<CollectorReport> GatewayCollectors::reports() const {
    std::vector<CollectorReport> reports;
    if (mysql_) {
        const auto& sample = findings_.evidence.mysql();
        reports.push_back({CollectorKind::mysql, sample && sample->up,
                           sample ? detail_of(*sample) : Text{"no sample yet", "尚无采样"}});
    }
    if (const auto& log = findings_.evidence.log()) {
        reports.push_back({CollectorKind::pm2_log, log->up, log->detail});
    }
    if (edge_log_) {
        const probes::EdgeLogStatus status = edge_log_->status();
        reports.push_back({CollectorKind::nginx_log, status.up, status.detail});
    }
    for (const auto& polled : polled_) reports.push_back(polled->report());
    std::ranges::sort(reports, {}, &CollectorReport::kind);
    return reports;
}

}  // namespace gatewatch::agent
