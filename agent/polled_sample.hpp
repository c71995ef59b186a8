// A collector whose samples are taken by a Poller: nginx_config, frontend, env_files, pm2_process. Brings
// each sample into the evidence, the metrics and the notices, and takes it out again when it has grown too
// old. Used by GatewayCollectors. Lives on the event loop.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "agent/evidence_store.hpp"
#include "agent/metrics/recorder.hpp"
#include "agent/notices.hpp"
#include "agent/report.hpp"
#include "probes/poller.hpp"

namespace gatewatch::agent {

/// Where a gateway's findings go; all of them outlive the collectors.
struct Findings {
    EvidenceStore& evidence;
    Notices& notices;
    metrics::GatewayMetrics& metrics;
};

/// A collector that samples from time to time, whatever its sample.
class Polled {
  public:
    virtual ~Polled() = default;
    virtual void start() = 0;
    virtual void stop() = 0;
    virtual void sample_now() = 0;
    /// True if its sample has just gone stale: a look that hangs sends no sample at all, and the one before
    /// must not stand for the present.
    virtual bool tick(probes::SteadyTime now) = 0;
    [[nodiscard]] virtual bool awaits_first() const = 0;
    [[nodiscard]] virtual CollectorReport report() const = 0;
};

/// One sample counts for two intervals and half a minute.
template <class Sample>
class PolledSample : public Polled {
  public:
    using Take = std::function<boost::asio::awaitable<Sample>()>;

    /// The sample goes into `slot` of the evidence; `told` is called after each.
    PolledSample(boost::asio::any_io_executor executor, Findings findings, std::function<void()> told,
                 CollectorKind kind, config::Duration interval, std::optional<Sample> Samples::* slot,
                 Take take)
        : findings_(findings),
          told_(std::move(told)),
          slot_(slot),
          longest_age_(2 * interval + std::chrono::seconds(30)),
          report_{kind, false, {"no sample yet", "尚无采样"}},
          poller_(executor, interval, std::move(take),
                  [this](Sample sample) { on_sample(std::move(sample)); }) {}

    void start() override {
        sampled_ = std::chrono::steady_clock::now();
        poller_.start();
    }
    void stop() override { poller_.stop(); }
    void sample_now() override { poller_.sample_now(); }

    bool tick(probes::SteadyTime now) override {
        const auto age = now - sampled_;
        if (age <= longest_age_) return false;
        const bool news = report_.up || !stale_;
        stale_ = true;
        findings_.evidence.samples().*slot_ = std::nullopt;
        tell(false, say("no sample for {} s: the last look has not come back; see whether the disk of these "
                        "files hangs, and restart the agent if it lasts",
                        "已有 {} 秒没有采样：上一次读取没有返回；请检查这些文件所在的磁盘是否卡住，"
                        "若持续如此请重启 gatewatch",
                        std::chrono::floor<std::chrono::seconds>(age).count()));
        return news;
    }

    [[nodiscard]] bool awaits_first() const override { return !first_; }
    [[nodiscard]] CollectorReport report() const override { return report_; }

  private:
    void on_sample(Sample sample) {
        sampled_ = std::chrono::steady_clock::now();
        first_ = true;
        stale_ = false;
        tell(sample.up, sample.detail);
        findings_.evidence.samples().*slot_ = std::move(sample);
        told_();
    }
    void tell(bool up, Text detail) {
        findings_.notices.collector(report_.kind, up, detail);
        findings_.metrics.collector(report_.kind, up);
        report_.up = up;
        report_.detail = std::move(detail);
    }

    Findings findings_;
    std::function<void()> told_;
    std::optional<Sample> Samples::* slot_;
    probes::SteadyTime::duration longest_age_;
    probes::SteadyTime sampled_{};  ///< when the last sample came, or sampling began
    bool first_ = false;            ///< the first sample came
    bool stale_ = false;
    CollectorReport report_;
    probes::Poller<Sample> poller_;
};

}  // namespace gatewatch::agent
