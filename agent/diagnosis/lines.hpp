// Evidence lines: one thing that was seen, said in both languages. Used by the rules and by diagnose().
#pragma once

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/text.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// "public websocket"
[[nodiscard]] std::string source_of(const config::PlannedProbe& plan);

/// How the probe's last run ended, or that there is none: reason, phase, status, who answered, excerpt.
[[nodiscard]] EvidenceLine line_of(const ProbeEvidence& evidence);
/// What the MySQL collector last saw. Only where it has a sample.
[[nodiscard]] EvidenceLine mysql_line(const probes::MysqlSample& sample);
/// What the log said of the agent's own probes.
[[nodiscard]] EvidenceLine log_line(const LogEvidence& log);
[[nodiscard]] EvidenceLine make_line(std::string source, Text text);

/// Who answered, in words.
[[nodiscard]] Text words_for(probes::AnsweredBy by);

}  // namespace gatewatch::agent
