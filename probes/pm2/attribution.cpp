#include "probes/pm2/attribution.hpp"

#include <algorithm>
#include <utility>

namespace gatewatch::probes::pm2 {
namespace {

using namespace std::chrono_literals;

/// A connection without a verdict for this long gets none: its process died, or its line was lost.
constexpr auto verdict_limit = 10s;
/// The same for attempts from before the start, whose age nobody knows.
constexpr auto old_verdict_limit = 2s;
constexpr auto unproven_after_loss = 1s;
constexpr auto window_memory = 30s;
constexpr auto longest_run = 5min;
constexpr auto sid_memory = 30min;
/// Half an hour of two connections a second.
constexpr std::size_t most_known = 4'096;
constexpr std::size_t most_held = 20'000;
/// A connection has about five lines; a log that repeats one must not fill the memory.
constexpr std::size_t most_held_of_one = 64;
constexpr std::size_t most_pending = 256;

bool is_verdict(EventKind kind) {
    switch (kind) {
        case EventKind::accepted:
        case EventKind::rejected_unknown:
        case EventKind::rejected_expired:
        case EventKind::rejected_missing:
        case EventKind::error:
            return true;
        default:
            return false;
    }
}

}  // namespace

void Attribution::line(FileId id, ParsedEvent event, SteadyTime now, WallTime seen) {
    auto& file = state_of(id, now);
    expire(file, now);
    LogEvent result{.kind = event.kind,
                    .origin = Origin::unknown,
                    .sid = std::move(event.sid),
                    .seen = seen,
                    .excerpt = std::move(event.excerpt)};
    if (event.kind == EventKind::attempt) {
        note_attempt(file, result.sid, now + verdict_limit);
        if (!known_.contains(result.sid) && !held_.contains(result.sid)) {
            auto& held = held_[result.sid];
            held.read = now;
            held.from_before = catching_up_;
            held_order_.push_back(result.sid);
        }
        const auto sid = result.sid;
        emit(sid, std::move(result));
        return;
    }
    if (event.kind == EventKind::disconnect) {
        note_disconnect(file, result.sid);
        const auto sid = result.sid;
        emit(sid, std::move(result));
        return;
    }
    const bool named = !result.sid.empty();  // by the line itself, in words of the user's own
    const bool proven =
        named || (file.pending.size() == 1 && file.attempts == 1 && now >= file.unproven_until);
    if (proven && !named) result.sid = file.pending.front().sid;
    if (is_verdict(event.kind)) note_verdict(file);
    const auto sid = result.sid;
    if (proven) {
        emit(sid, std::move(result));
    } else {
        settled_.push_back(std::move(result));
    }
}

/// Where reading goes on in the middle of a file, connections may be under way that nobody here knows of.
Attribution::FileState& Attribution::state_of(FileId id, SteadyTime now) {
    const auto [found, fresh] = files_.try_emplace(id);
    if (fresh && catching_up_) found->second.unproven_until = now + unproven_after_loss;
    return found->second;
}

void Attribution::line_before_start(FileId id, const ParsedEvent& event, SteadyTime now) {
    auto& file = files_[id];
    if (event.kind == EventKind::attempt) note_attempt(file, event.sid, now + old_verdict_limit);
    if (event.kind == EventKind::disconnect) note_disconnect(file, event.sid);
    if (is_verdict(event.kind)) note_verdict(file);
}

void Attribution::lines_lost(FileId id, SteadyTime now) {
    files_[id] = FileState{};
    files_[id].unproven_until = now + unproven_after_loss;
}

void Attribution::probe_started(std::uint64_t run, SteadyTime now) {
    windows_.push_back({.run = run, .start = now, .end = {}, .without_ack = false});
}

void Attribution::probe_connected(std::uint64_t run, SteadyTime now) {
    for (auto& window : windows_) {
        if (window.run == run && !window.end) window.end = now;
    }
}

void Attribution::probe_finished(std::uint64_t run, bool connect_sent, const std::vector<std::string>& sids,
                                 SteadyTime now) {
    for (auto& window : windows_) {
        if (window.run != run || window.end) continue;
        window.end = now;
        window.without_ack = connect_sent && sids.empty();
    }
    for (const auto& sid : sids) add_synthetic(sid, now);
}

void Attribution::add_synthetic(const std::string& sid, SteadyTime now) {
    remember(sid, Origin::synthetic, now);
    if (held_.contains(sid)) release(sid, Origin::synthetic);
}

void Attribution::settle(SteadyTime now) {
    std::deque<std::string> waiting;
    for (std::size_t left = held_order_.size(); left > 0; --left) {
        auto sid = std::move(held_order_.front());
        held_order_.pop_front();
        const auto held = held_.find(sid);
        if (held == held_.end()) continue;  // released meanwhile
        if (const auto origin = decide(sid, held->second, now, left > most_held)) {
            if (*origin != Origin::user) remember(sid, *origin, now);
            release(sid, *origin);
        } else {
            waiting.push_back(std::move(sid));
        }
    }
    held_order_ = std::move(waiting);
    forget_old(now);
}

std::vector<LogEvent> Attribution::take() {
    return std::exchange(settled_, {});
}

std::optional<Origin> Attribution::decide(const std::string& sid, const Held& held, SteadyTime now,
                                          bool must) const {
    if (const auto known = known_.find(sid); known != known_.end()) return known->second.origin;
    if (!must && now - held.read < usual_wait) return std::nullopt;
    if (held.from_before && unresolved_before_) return Origin::unknown;
    bool may_be_running = false;
    bool may_be_unacknowledged = false;
    for (const auto& window : windows_) {
        if (window.start > held.read || (window.end && *window.end + window_tail < held.read)) continue;
        may_be_running = may_be_running || !window.end;
        may_be_unacknowledged = may_be_unacknowledged || window.without_ack;
    }
    if (may_be_running && !must && now - held.read < longest_wait) return std::nullopt;
    return may_be_running || may_be_unacknowledged ? Origin::unknown : Origin::user;
}

/// Gives the event to its held connection, or out: with the origin that is known, or as unknown where the
/// connection has had its share.
void Attribution::emit(const std::string& sid, LogEvent event) {
    if (const auto held = held_.find(sid); held != held_.end()) {
        auto& to = held->second.events.size() < most_held_of_one ? held->second.events : settled_;
        to.push_back(std::move(event));  // an event is of unknown origin until it gets another
        return;
    }
    // Whoever is neither held nor known has been settled as a user, or came before the start: no probe of
    // ours did.
    const auto known = known_.find(sid);
    event.origin = known == known_.end() ? Origin::user : known->second.origin;
    settled_.push_back(std::move(event));
}

void Attribution::release(const std::string& sid, Origin origin) {
    const auto held = held_.find(sid);
    for (auto& event : held->second.events) {
        event.origin = origin;
        settled_.push_back(std::move(event));
    }
    held_.erase(held);
}

void Attribution::remember(const std::string& sid, Origin origin, SteadyTime now) {
    known_[sid] = {origin, now};
}

void Attribution::note_attempt(FileState& file, const std::string& sid, SteadyTime expires) {
    if (file.pending.size() >= most_pending) file.pending.pop_front();
    file.pending.push_back({sid, expires});
    ++file.attempts;
}

/// A connection that has gone may still get its verdict line, so it stays among the attempts until none is
/// pending, or for as long as a verdict may take.
void Attribution::note_disconnect(FileState& file, const std::string& sid) {
    std::erase_if(file.pending, [&](const Pending& each) {
        if (each.sid != sid) return false;
        file.gone.push_back(each.expires);
        return true;
    });
    clear_if_even(file);
}

void Attribution::note_verdict(FileState& file) {
    ++file.verdicts;
    clear_if_even(file);
}

/// An attempt whose verdict has not come in time gets none any more: kept in the count, it would leave every
/// later verdict unproven for as long as new attempts come.
void Attribution::expire(FileState& file, SteadyTime now) {
    const auto drop = [&file] {
        if (file.attempts > file.verdicts) --file.attempts;
    };
    for (; !file.pending.empty() && file.pending.front().expires <= now; file.pending.pop_front()) drop();
    for (; !file.gone.empty() && file.gone.front() <= now; file.gone.pop_front()) drop();
    clear_if_even(file);
}

/// Nobody waits for a verdict any more.
void Attribution::clear_if_even(FileState& file) {
    if (!file.pending.empty() && file.verdicts < file.attempts) return;
    file.pending.clear();
    file.gone.clear();
    file.attempts = file.verdicts = 0;
}

void Attribution::forget_old(SteadyTime now) {
    std::erase_if(windows_, [&](const Window& window) {
        return window.end ? *window.end + window_memory < now : window.start + longest_run < now;
    });
    if (known_.size() < 64) return;
    std::erase_if(known_, [&](const auto& each) { return each.second.since + sid_memory < now; });
    if (known_.size() <= most_known) return;
    std::vector<SteadyTime> times;
    for (const auto& each : known_) times.push_back(each.second.since);
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    std::erase_if(known_,
                  [limit = times[times.size() / 2]](const auto& each) { return each.second.since < limit; });
}

}  // namespace gatewatch::probes::pm2
