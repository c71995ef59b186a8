// The backend's own faults, seen over the local route, or in its own words over the public one.
#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::AnsweredBy;
using probes::Outcome;
using probes::Phase;
using probes::Reason;

namespace {

/// What a dead or mute backend does to the public route.
void add_gateway_error(const Facts& facts, Finding& finding) {
    const auto* failure = facts.failure(Role::public_, [](const Outcome& outcome) {
        return is_any(outcome, {Reason::http_bad_gateway, Reason::http_gateway_timeout});
    });
    if (!failure) return;
    finding.evidence.push_back(line_of(*failure));
    finding.consequences.push_back(Cause::upstream_unreachable);
}

/// The backend's own words, whose reason is the cause.
MaybeFinding said(const Facts& facts, Reason reason) {
    return found(facts.backend_failure([reason](const Outcome& o) { return is_any(o, {reason}); }));
}

bool is_loopback(const std::string& url) {
    return url.contains("://127.") || url.contains("://localhost") || url.contains("://[::1]");
}

}  // namespace

MaybeFinding backend_down(const Facts& facts) {
    const Matches refused = [](const Outcome& o) { return is_any(o, {Reason::tcp_refused}); };
    auto finding = found(facts.local_failure(refused));
    if (finding) add_gateway_error(facts, *finding);
    return finding;
}

MaybeFinding backend_hung(const Facts& facts) {
    const auto* route = config::find_route(facts.gateway(), Role::local);
    // On one host nothing drops a SYN but a listener whose queue is full; elsewhere a firewall does.
    const bool loopback = route && is_loopback(route->url);
    auto finding = found(facts.local_failure([loopback](const Outcome& o) {
        const bool no_accept = is_any(o, {Reason::tcp_timeout}) || silent_in(o, {Phase::connect});
        // Who answers the upgrade and then says nothing is alive, and perhaps no Socket.IO at all.
        const bool mute = silent_in(o, {Phase::upgrade, Phase::open}) && o.answer.status != 101u;
        return mute || (loopback && no_accept);
    }));
    if (finding) add_gateway_error(facts, *finding);
    return finding;
}

MaybeFinding path_mismatch(const Facts& facts) {
    const std::string& path = facts.gateway().path;
    const auto* local = facts.local_failure([](const Outcome& o) {
        const bool unclaimed = is_any(o, {Reason::closed_early}) && o.phase <= Phase::open &&
                               o.answer.by == AnsweredBy::nobody && after_about_a_second(o);
        return unclaimed || (is_any(o, {Reason::http_not_found}) && o.answer.by == AnsweredBy::nest_router);
    });
    if (local) {
        auto finding = found(local);
        add_gateway_error(facts, *finding);
        return finding;
    }
    // The backend received what was sent, and does not know it.
    return found(facts.backend_failure([&path](const Outcome& o) {
        return is_any(o, {Reason::http_not_found}) && o.answer.by == AnsweredBy::nest_router &&
               without_query(o.answer.echoed_path) == path;
    }));
}

MaybeFinding eio_mismatch(const Facts& facts) {
    const auto other_version = [&facts](Role role) {
        const auto* other = facts.snapshot().find(role, ProbeKind::other_eio);
        return other && other->last && other->last->ok ? other : nullptr;
    };
    // A server of version 2 does not say so: it answers in packets that this version does not know.
    const auto* failure = facts.backend_failure([&](const Outcome& o) {
        const bool garbled = is_any(o, {Reason::eio_malformed, Reason::sio_malformed, Reason::ws_protocol});
        return is_any(o, {Reason::eio_version}) || (garbled && other_version(o.role));
    });
    auto finding = found(failure);
    if (!finding) return finding;
    if (const auto* other = other_version(failure->plan.role)) finding->evidence.push_back(line_of(*other));
    return finding;
}

MaybeFinding namespace_invalid(const Facts& facts) {
    return said(facts, Reason::sio_namespace_invalid);
}

MaybeFinding origin_denied(const Facts& facts) {
    return said(facts, Reason::eio_forbidden);
}

MaybeFinding transport_disabled(const Facts& facts) {
    auto finding = said(facts, Reason::eio_transport);
    if (!finding) return finding;
    for (Role role : {Role::local, Role::public_}) {
        const auto* polling = facts.snapshot().find(role, ProbeKind::polling);
        if (!polling || !polling->last || !polling->last->ok || !polling->last->handshake) continue;
        if (polling->last->handshake->offers_websocket) continue;
        finding->evidence.push_back(make_line(
            source_of(polling->plan),
            {"its open packet offers no upgrade to WebSocket", "其 open 包未提供升级到 WebSocket 的选项"}));
        break;
    }
    return finding;
}

MaybeFinding not_socketio(const Facts& facts) {
    return found(facts.backend_failure([](const Outcome& o) {
        // nginx and the frontend answer for themselves: that is a matter of the proxy.
        const bool foreign = o.answer.by == AnsweredBy::other;
        const bool upgrade_wanted = o.answer.status == 426u;
        const bool not_found = foreign && (upgrade_wanted || is_any(o, {Reason::http_not_found}));
        const bool page = is_any(o, {Reason::http_html}) && o.role == Role::local;
        return not_found || page || is_any(o, {Reason::eio_malformed, Reason::http_malformed});
    }));
}

MaybeFinding connect_unanswered(const Facts& facts) {
    return found(facts.backend_failure([](const Outcome& o) {
        return is_any(o, {Reason::sio_unanswered}) || silent_in(o, {Phase::namespace_});
    }));
}

MaybeFinding ready_missing(const Facts& facts) {
    auto finding = found(facts.backend_failure([](const Outcome& o) {
        return is_any(o, {Reason::sio_ready_missing}) || silent_in(o, {Phase::ready});
    }));
    if (!finding || !facts.snapshot().mysql) return finding;
    finding->evidence.push_back(mysql_line(*facts.snapshot().mysql));
    // Locked table or dead database: either way the token check waits for it.
    if (facts.database_unreachable()) finding->consequences.push_back(Cause::database_down);
    return finding;
}

}  // namespace gatewatch::agent::rule
