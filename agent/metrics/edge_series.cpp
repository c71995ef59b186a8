#include "agent/metrics/edge_series.hpp"

#include <array>
#include <string>

namespace gatewatch::agent::metrics {

using probes::EdgeError;
using probes::EdgeStatus;
using probes::EdgeTransport;

namespace {

constexpr std::array<const char*, 2> origins{"user", "synthetic"};

std::size_t index_of(const probes::EdgeRequest& request) {
    const auto row = static_cast<std::size_t>(request.transport) * enum_count<EdgeStatus> +
                     static_cast<std::size_t>(request.status);
    return row * origins.size() + (request.synthetic ? 1 : 0);
}

}  // namespace

EdgeSeries::EdgeSeries(Families& families, const config::GatewaySettings& gateway, const Labels& own) {
    if (!gateway.nginx) return;
    const auto add = [&](Metric metric, std::initializer_list<Labels::value_type> more) {
        Labels labels = own;
        labels.insert(more);
        return families.counter(metric, labels);
    };
    if (gateway.nginx->error_log) {
        for (auto error : all_of<EdgeError>()) {
            errors_.push_back(
                add(Metric::nginx_log_upstream_errors_total, {{"error", std::string(name_of(error))}}));
        }
    }
    if (!gateway.nginx->access_log) return;
    for (auto transport : all_of<EdgeTransport>()) {
        for (auto status : all_of<EdgeStatus>()) {
            for (const auto* origin : origins) {
                requests_.push_back(
                    add(Metric::nginx_log_requests_total, {{"transport", std::string(name_of(transport))},
                                                           {"status", std::string(name_of(status))},
                                                           {"origin", origin}}));
            }
        }
    }
    unparsed_ = add(Metric::nginx_log_unparsed_lines_total, {});
}

void EdgeSeries::add(const probes::EdgeRequest& request) {
    if (!requests_.empty()) requests_[index_of(request)]->Increment();
}

void EdgeSeries::add(const probes::EdgeTrouble& trouble) {
    if (!errors_.empty()) errors_[static_cast<std::size_t>(trouble.error)]->Increment();
}

void EdgeSeries::set(const probes::EdgeLogStatus& status) {
    if (!unparsed_) return;
    const double more = static_cast<double>(status.unparsed_lines) - unparsed_->Value();
    if (more > 0) unparsed_->Increment(more);
}

}  // namespace gatewatch::agent::metrics
