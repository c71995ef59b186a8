// The shape of a probe: one function from a target and a deadline to one Outcome. Each probe has a file of
// its own in socketio/ and one row in the table (table.cpp); the scheduler and `check` see only this header.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes {

/// Where and how a probe of one gateway connects over one route. Copied into each run.
struct Target {
    Role role = Role::public_;
    std::string url;  ///< checked by the configuration loader
    std::optional<std::filesystem::path> ca_file;
    std::string path;         ///< "/socket.io/"
    std::string namespace_;   ///< "/im"
    std::string ready_event;  ///< empty: a quiet settle window passes
    std::string reject_event;
    std::chrono::milliseconds settle{};
    std::string origin;
    std::string http_path;  ///< of the probe `http`; empty: "/", and any answer below 500 passes
};

[[nodiscard]] Target make_target(const config::GatewaySettings& gateway, const config::RouteSettings& route);

/// What differs from run to run.
struct Run {
    SteadyTime scheduled;
    SteadyTime deadline;          ///< absolute; every operation inside ends by it
    std::optional<Secret> token;  ///< nothing: none is sent
    /// Called with the namespace sid as soon as a CONNECT is acknowledged, if set: a held session's lines are
    /// told from users' long before it ends.
    std::function<void(const std::string& sid)> on_connected{};
};

/// Runs once. Never throws but for cancellation (terminal), never outlives run.deadline by more than a few
/// milliseconds. Outcome::started, started_wall and duration are filled in.
using ProbeFunction = boost::asio::awaitable<Outcome> (*)(Target target, Run run);

struct ProbeRow {
    ProbeKind kind;
    ProbeFunction run;
};

/// The probes that this version has: the one table.
[[nodiscard]] std::span<const ProbeRow> probe_table();

}  // namespace gatewatch::probes
