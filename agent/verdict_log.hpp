// Which verdict stands, since when, and which ones stood before. An outage is shown at once; the word that it
// is over, or milder, only when it has held for a while, so that a gateway that comes and goes does not
// flap. Keeps the last verdicts over a restart in a small file. The decisions are pure: times come in. Used
// by GatewayWatch.
#pragma once

#include <chrono>
#include <deque>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "agent/diagnosis/verdict.hpp"
#include "agent/report.hpp"

namespace gatewatch::agent {

class VerdictLog {
  public:
    static constexpr std::size_t limit = 50;  ///< of changes that are kept

    /// `hold`: how long a better verdict must hold before it takes the place of an outage.
    explicit VerdictLog(std::chrono::nanoseconds hold) : hold_(hold) {}

    /// The result of an evaluation. True if another cause or severity stands now than before.
    bool add(Verdict verdict, probes::SteadyTime now, probes::WallTime now_wall);

    /// The one that stands; `unknown` before the first evaluation.
    [[nodiscard]] const Verdict& verdict() const { return verdict_; }
    /// When this cause began to stand, perhaps before a restart; nothing before the first evaluation.
    [[nodiscard]] std::optional<probes::WallTime> since() const { return evaluated_ ? since_ : std::nullopt; }
    /// The newest first; the first one still stands.
    [[nodiscard]] const std::deque<VerdictChange>& changes() const { return changes_; }

    /// JSON for a file, and back: before the first evaluation only. An error says what is wrong with the
    /// text.
    [[nodiscard]] std::string save() const;
    [[nodiscard]] std::expected<void, std::string> restore(std::string_view text);

  private:
    [[nodiscard]] bool must_wait(const Verdict& verdict, probes::SteadyTime now);

    std::chrono::nanoseconds hold_;
    Verdict verdict_;
    bool evaluated_ = false;
    std::optional<probes::WallTime> since_;
    std::optional<probes::SteadyTime> better_since_;  ///< of verdicts that wait, all since then
    std::deque<VerdictChange> changes_;
};

/// The file of a gateway's verdicts.
[[nodiscard]] std::filesystem::path verdict_file(const std::filesystem::path& state_directory,
                                                 const std::string& gateway);
/// Its text; empty if there is no such file yet. The error says what and where.
[[nodiscard]] std::expected<std::string, std::string> read_verdict_file(const std::filesystem::path& file);
/// Takes the file's place at once, or leaves it as it was. Empty if it worked, else what, where and what to
/// do.
[[nodiscard]] std::string write_verdict_file(const std::filesystem::path& file, std::string_view text);

}  // namespace gatewatch::agent
