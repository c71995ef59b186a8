// What the rules ask of a snapshot: which probe failed how, whether one route's failure and the other's
// success belong together, and what database and log say. Pure and cheap: it holds a reference and computes
// on demand.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "agent/evidence.hpp"

namespace gatewatch::agent {

/// Tells whether a failed run is of the kind that a rule is about.
using Matches = std::function<bool(const probes::Outcome&)>;

class Facts {
  public:
    explicit Facts(const Snapshot& snapshot) : snapshot_(snapshot) {}

    [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
    [[nodiscard]] const config::GatewaySettings& gateway() const { return snapshot_.gateway; }
    [[nodiscard]] bool has_route(Role role) const { return config::find_route(gateway(), role) != nullptr; }

    /// Its last run is there and passed.
    [[nodiscard]] bool passes(Role role, ProbeKind probe) const;
    /// Its last run is there and failed.
    [[nodiscard]] bool fails(Role role, ProbeKind probe) const;

    /// Its last run is there and came as far as the namespace: whatever it failed at is the backend's word.
    [[nodiscard]] bool reaches(Role role, ProbeKind probe) const;

    /// The first failed connect probe over that route that matches, or nullptr. The other probes are asked
    /// for by name: they run seldom, and what they saw may be mended since.
    [[nodiscard]] const ProbeEvidence* failure(Role role, const Matches& matches) const;
    /// That probe, if its last run over that route failed and matches.
    [[nodiscard]] const ProbeEvidence* failure(Role role, ProbeKind probe, const Matches& matches) const;
    /// That probe has passed over the route of `earlier` in a run that began after it.
    [[nodiscard]] bool passed_since(const ProbeEvidence& earlier, ProbeKind probe) const;
    /// The same over the local route, unless the public route shows that the backend does not have this
    /// fault.
    [[nodiscard]] const ProbeEvidence* local_failure(const Matches& matches) const;
    /// A failure that the backend itself reported: over the local route, or over the public one where the
    /// local one has no say.
    [[nodiscard]] const ProbeEvidence* backend_failure(const Matches& matches) const;

    /// The local probe that shows that the backend does what this public one fails at, or nullptr: it passed,
    /// or came as far as the namespace, at a time that says something about the failure.
    [[nodiscard]] const ProbeEvidence* local_proof(const ProbeEvidence& public_failure) const;

    struct Contrast {
        const ProbeEvidence* failure = nullptr;
        const ProbeEvidence* proof = nullptr;
    };
    /// Whom a fault of the public route meets: every probe over it, or one that its kind of request meets.
    enum class Meets { every_probe, one_probe };
    /// The first public failure that matches and has such a proof, with it; or two nullptr. A fault that
    /// meets every probe is none where another one passed since.
    [[nodiscard]] Contrast against_local(const Matches& matches, Meets meets = Meets::every_probe) const;

    /// The database could not be reached, or its table not be read in time. Not: it refused the monitoring
    /// user.
    [[nodiscard]] bool database_unreachable() const;
    /// PM2 had to start one of the processes again and again of late.
    [[nodiscard]] bool crashes_again_and_again() const;
    /// The log is followed, and its words are known: what it does not say was not said.
    [[nodiscard]] const LogEvidence* log() const;
    [[nodiscard]] bool token_configured() const;

  private:
    const Snapshot& snapshot_;
};

/// A success and a failure of different probes say something about each other only if nothing can have
/// changed between them: they overlap, or the failure came again and the success lies between two of them, or
/// was there before and after. One failure between two successes is a restart.
[[nodiscard]] bool belong_together(const ProbeEvidence& success, const ProbeEvidence& failure);

/// The failure's reason is one of these.
[[nodiscard]] bool is_any(const probes::Outcome& outcome, std::initializer_list<probes::Reason> reasons);
/// The deadline passed in one of these phases.
[[nodiscard]] bool silent_in(const probes::Outcome& outcome, std::initializer_list<probes::Phase> phases);
/// The gateway turned the token down: by error event and disconnect, or by CONNECT_ERROR.
[[nodiscard]] bool rejected(const probes::Outcome& outcome);
/// It passed, or failed at what only the backend can have said: the request came through to it.
[[nodiscard]] bool reached_backend(const probes::Outcome& outcome);
/// engine.io closes an upgrade that nobody claims after 1000 ms: the sign of a wrong path.
[[nodiscard]] bool after_about_a_second(const probes::Outcome& outcome);
/// The prober had no token to show, and the gateway was reached.
[[nodiscard]] bool without_token(const probes::Outcome& outcome);
/// The path without its query.
[[nodiscard]] std::string_view without_query(std::string_view path);

}  // namespace gatewatch::agent
