// What the collectors find: token counts, the state of the probe's own token, log events. Made in mysql/ and
// pm2/, read by metrics, evidence and diagnosis. Plain values, no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "probes/outcome.hpp"

namespace gatewatch::probes {

GATEWATCH_ENUM(TokenState, valid, expired, revoked);

/// The database's word on the probe's own token.
GATEWATCH_ENUM(OwnToken, not_looked_up, absent, valid, expired, revoked);

/// One round of the MySQL collector.
struct MysqlSample {
    bool up = false;
    /// Why not up: what, where, what to do. If up, rows that no count holds, or empty: the counts are good
    /// and the table does not fit.
    std::string detail;
    WallTime taken{};
    std::array<std::optional<std::uint64_t>, enum_count<TokenState>> tokens{};
    std::array<bool, enum_count<TokenState>> capped{};
    OwnToken own = OwnToken::not_looked_up;
    std::optional<WallTime> own_expiry;
    std::optional<std::chrono::seconds> clock_skew;  ///< the database's clock minus this host's
};

/// What a line of the backend's log says.
GATEWATCH_ENUM(EventKind, attempt, disconnect, token_auth_present, token_auth_absent, token_header_present,
               token_header_absent, verify, accepted, rejected_unknown, rejected_expired, rejected_missing,
               error);

/// Whose connection it was.
GATEWATCH_ENUM(Origin, synthetic, user, unknown);

struct LogEvent {
    EventKind kind = EventKind::attempt;
    Origin origin = Origin::unknown;
    std::string sid;      ///< where known
    WallTime seen{};      ///< when the line was read
    std::string excerpt;  ///< of an error's line; tokens' previews removed
};

/// Counters of the log collector since its start, and its state.
struct LogStatus {
    bool up = false;
    std::string detail;  ///< why not up
    std::uint64_t lag_bytes = 0;
    std::uint64_t unparsed_lines = 0;
    std::uint64_t truncations = 0;
    std::uint64_t rotations = 0;
    std::uint64_t possible_losses = 0;
};

}  // namespace gatewatch::probes
