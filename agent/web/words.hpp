// Every word of the page's own, in both languages, in one table. What the diagnosis and the collectors say
// comes as Text already; names of the closed lists (reasons, phases, events) are the same in both. Used by
// page*.cpp.
#pragma once

#include <fmt/format.h>

#include <string>

#include "agent/diagnosis/cause.hpp"
#include "config/text.hpp"

namespace gatewatch::agent::web {

GATEWATCH_ENUM(Word, skip, run, run_hint, run_asking, run_started, run_done, run_running, run_later,
               run_refused, run_unreachable, run_by_hand, updated, stale, stale_title, no_script,
               reload_by_hand, other_language, times_utc, times_local, copy, copied, copy_failed, overview,
               path, since, for_time, code, evidence, no_evidence, no_evidence_yet, fix, consequences,
               consequences_hint, runbook, probes, probes_hint, not_run, every, on_failure, ok, failed,
               in_phase, phases, address, answered, status, engine_sid, namespace_sid, tries, silence,
               dead_addresses, transcript, sent, received, no_transcript, history, history_hint, no_history,
               history_failures, history_passes, tokens, no_database, valid, expired, revoked, not_counted,
               own_token, own_not_looked_up, own_absent, own_valid, own_expired, own_revoked, expires,
               sampled, clock_skew, running_out, running_out_counts, issued, issued_counts, users_without,
               amiss, log_events, no_log, event, synthetic, user, unknown_origin, no_events, last_events,
               nginx, nginx_clean, problem, note, mended, collectors, no_collectors, collector_up,
               collector_down, changes, no_changes, now, ago, endpoints, hop_ok, hop_failing, hop_degraded,
               hop_unknown, hop_absent, hop_frontend, hop_dns, hop_nginx, hop_backend, hop_token,
               hop_database, hop_agent, severity_ok, severity_degraded, severity_unknown, severity_down,
               no_gateways, runbooks, runbooks_hint, status_page);

/// The text of a word, {} where arguments go.
[[nodiscard]] const Text& text_of(Word word);

template <class... Args>
[[nodiscard]] std::string say(Language language, Word word, const Args&... args) {
    return fmt::format(fmt::runtime(in(language, text_of(word))), args...);
}

[[nodiscard]] Word word_for(Severity severity);
[[nodiscard]] Word word_for(Hop hop);

}  // namespace gatewatch::agent::web
