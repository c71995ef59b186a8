// Decides whose connection a log line speaks of: this agent's own probes, or users. Ids stand in attempts and
// disconnects only, and a probe knows its id only at its end, so attempts are held back for a while; verdicts
// belong to a connection only where the order of the lines proves it. Pure: times are arguments. Used by
// log_pipeline.cpp.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "probes/pm2/line_parser.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::pm2 {

using FileId = std::size_t;

class Attribution {
  public:
    /// How long an attempt waits for its probe, or for a `check` that leaves its sids, before it counts as a
    /// user's.
    static constexpr std::chrono::seconds usual_wait{2};
    /// And while a probe that may own it still runs, such as one whose token check hangs. Then it is unknown.
    static constexpr std::chrono::seconds longest_wait{15};
    /// A line follows its packet within 300 ms and is read up to 200 ms later: so long after a probe's end it
    /// may come.
    static constexpr std::chrono::seconds window_tail{1};

    /// A line was read. Events whose origin is settled come out of take().
    void line(FileId file, ParsedEvent event, SteadyTime now, WallTime seen);
    /// The lines that come now were written before this process, or while it starts. `unresolved`: the one
    /// before may have sent a CONNECT whose sid it did not learn, so that nobody can tell whose an attempt of
    /// an unknown sid is.
    void catch_up(bool unresolved) { catching_up_ = true, unresolved_before_ = unresolved; }
    void caught_up() { catching_up_ = false; }
    /// A line from before the start: nothing comes of it but the knowledge of who waits for a verdict.
    void line_before_start(FileId file, const ParsedEvent& event, SteadyTime now);
    /// Lines of the file may be missing here: for a moment its order proves nothing.
    void lines_lost(FileId file, SteadyTime now);

    void probe_started(std::uint64_t run, SteadyTime now);
    /// The run will send no further CONNECT: from here on, attempts of others are none of its.
    void probe_connected(std::uint64_t run, SteadyTime now);
    /// `sids` is empty where no ack came.
    void probe_finished(std::uint64_t run, bool connect_sent, const std::vector<std::string>& sids,
                        SteadyTime now);
    void add_synthetic(const std::string& sid, SteadyTime now);

    /// Lets go what has waited long enough. Called at every turn.
    void settle(SteadyTime now);
    /// The settled events since the last call, in the order in which they were settled.
    [[nodiscard]] std::vector<LogEvent> take();

  private:
    struct Window {
        std::uint64_t run;
        SteadyTime start;
        std::optional<SteadyTime> end;
        bool without_ack = false;
    };
    struct Held {
        SteadyTime read;
        bool from_before = false;  ///< read while catching up
        std::vector<LogEvent> events;
    };
    struct Pending {
        std::string sid;
        SteadyTime expires;
    };
    /// The connections of one file that are between attempt and verdict.
    struct FileState {
        std::deque<Pending> pending;  ///< in the order in which they expire
        std::deque<SteadyTime> gone;  ///< when those expire that have disconnected before their verdict
        std::size_t attempts = 0;     ///< since none was pending
        std::size_t verdicts = 0;     ///< likewise
        SteadyTime unproven_until = SteadyTime::min();
    };
    struct Known {
        Origin origin;
        SteadyTime since;
    };

    void note_attempt(FileState& file, const std::string& sid, SteadyTime expires);
    static void note_disconnect(FileState& file, const std::string& sid);
    static void note_verdict(FileState& file);
    static void expire(FileState& file, SteadyTime now);
    static void clear_if_even(FileState& file);
    [[nodiscard]] std::optional<Origin> decide(const std::string& sid, const Held& held, SteadyTime now,
                                               bool must) const;
    void remember(const std::string& sid, Origin origin, SteadyTime now);
    void release(const std::string& sid, Origin origin);
    void emit(const std::string& sid, LogEvent event);
    void forget_old(SteadyTime now);

    FileState& state_of(FileId id, SteadyTime now);

    std::unordered_map<FileId, FileState> files_;
    std::vector<Window> windows_;
    std::unordered_map<std::string, Held> held_;
    std::deque<std::string> held_order_;
    std::unordered_map<std::string, Known> known_;  ///< synthetic and unknown ones; all others are users
    std::vector<LogEvent> settled_;
    bool catching_up_ = false;
    bool unresolved_before_ = false;
};

}  // namespace gatewatch::probes::pm2
