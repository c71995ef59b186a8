#include "agent/edge_window.hpp"

#include <algorithm>
#include <utility>

#include "config/nginx_log_format.hpp"

namespace gatewatch::agent {

using probes::SteadyTime;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t slice_count = 8;

template <class Counts>
void add_up(Counts& sum, const Counts& part) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
        for (std::size_t k = 0; k < sum[i].size(); ++k) sum[i][k] += part[i][k];
    }
}

}  // namespace

EdgeWindow::EdgeWindow(const config::GatewaySettings& gateway)
    : length_(std::max<config::Duration>(4 * gateway.interval, 10s)) {
    if (!gateway.nginx || !gateway.nginx->access_log) return;
    const auto format = config::parse_log_format(gateway.nginx->log_format);
    tells_own_ = format && format->has("http_user_agent");
}

EdgeWindow::Slice& EdgeWindow::slice(SteadyTime now) {
    const auto each = length_ / slice_count;
    if (slices_.empty() || now - slices_.back().from >= each) slices_.push_back({.from = now});
    while (now - slices_.front().from > length_) slices_.pop_front();
    return slices_.back();
}

void EdgeWindow::add(const probes::EdgeRequest& request, SteadyTime now) {
    Slice& current = slice(now);
    auto& counts = request.synthetic ? current.own : current.users;
    ++counts[static_cast<std::size_t>(request.transport)][static_cast<std::size_t>(request.status)];
    if (!request.upstream.empty()) upstreams_[static_cast<std::size_t>(request.status)] = request.upstream;
    own_seen_ = own_seen_ || request.synthetic;
}

void EdgeWindow::add(probes::EdgeTrouble trouble, SteadyTime now) {
    ++slice(now).troubles[static_cast<std::size_t>(trouble.error)];
    if (trouble.error == probes::EdgeError::no_connection) {
        used_up_ = trouble;
        used_up_seen_ = now;
    }
    last_trouble_ = std::move(trouble);
    trouble_seen_ = now;
}

void EdgeWindow::set_status(probes::EdgeLogStatus status, SteadyTime now) {
    const std::uint64_t before = status_ ? status_->access_lines : 0;
    slice(now).lines += status.access_lines - std::min(before, status.access_lines);
    if (!status.up) {
        up_since_.reset();
    } else if (!up_since_) {
        up_since_ = now;
    }
    status_ = std::move(status);
}

std::optional<EdgeEvidence> EdgeWindow::evidence(SteadyTime now) const {
    if (!status_) return std::nullopt;
    EdgeEvidence evidence;
    evidence.status = *status_;
    evidence.window = std::chrono::floor<std::chrono::seconds>(length_);
    evidence.complete = up_since_ && now - *up_since_ >= length_;
    evidence.upstreams = upstreams_;
    evidence.tells_own = tells_own_;
    evidence.own_seen = own_seen_;
    for (const Slice& part : slices_) {
        if (now - part.from > length_) continue;
        add_up(evidence.own, part.own);
        add_up(evidence.users, part.users);
        evidence.lines += part.lines;
    }
    const auto count = [this](probes::EdgeError error) {
        std::uint64_t sum = 0;
        for (const Slice& part : slices_) sum += part.troubles[static_cast<std::size_t>(error)];
        return sum;
    };
    if (last_trouble_ && now - trouble_seen_ <= length_) {
        evidence.last_trouble = last_trouble_;
        evidence.troubles = count(last_trouble_->error);
    }
    if (used_up_ && now - used_up_seen_ <= length_) {
        evidence.used_up = used_up_;
        evidence.times_used_up = count(used_up_->error);
    }
    return evidence;
}

}  // namespace gatewatch::agent
