// Evidence lines: one thing that was seen, said in both languages. Used by the rules and by diagnose().
// Probes, database and log in lines.cpp, the other collectors in lines_collectors.cpp.
#pragma once

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/text.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// "public websocket"
[[nodiscard]] std::string source_of(const config::PlannedProbe& plan);

/// How the probe's last run ended, or that there is none: reason, phase, status, who answered, excerpt.
[[nodiscard]] EvidenceLine line_of(const ProbeEvidence& evidence);
/// `hold`: after how much silence the session was cut, against the server's ping interval.
[[nodiscard]] EvidenceLine idle_cut_line(const ProbeEvidence& evidence);
/// `sticky`: two handshakes gave one session.
[[nodiscard]] EvidenceLine repeated_sid_line(const ProbeEvidence& evidence);
/// The failure, and that it comes at times only.
[[nodiscard]] EvidenceLine rate_line(const ProbeEvidence& evidence, unsigned failures, unsigned runs);
/// `http`: what the control says beside Socket.IO's failure.
[[nodiscard]] EvidenceLine control_line(const ProbeEvidence& evidence, const std::string& http_path);
/// What the MySQL collector last saw. Only where it has a sample.
[[nodiscard]] EvidenceLine mysql_line(const probes::MysqlSample& sample);
/// How far backend and database are apart in their reading of a DATETIME, of a row that only one of them
/// takes for expired.
[[nodiscard]] EvidenceLine zone_line(const probes::MysqlSample& sample, probes::WallTime at);
/// Which bad token the gateway let in.
[[nodiscard]] EvidenceLine accepted_line(const ProbeEvidence& evidence);
/// What the log said of the agent's own probes.
[[nodiscard]] EvidenceLine log_line(const LogEvidence& log);
/// The problems in the frontend's scripts, the first ones.
[[nodiscard]] std::vector<EvidenceLine> frontend_lines(const probes::FrontendSample& sample);
[[nodiscard]] std::vector<EvidenceLine> env_lines(const probes::EnvSample& sample);
[[nodiscard]] EvidenceLine process_line(const probes::Pm2ProcessSample& sample);

[[nodiscard]] EvidenceLine make_line(std::string source, Text text);

/// Who answered, in words.
[[nodiscard]] Text words_for(probes::AnsweredBy by);

}  // namespace gatewatch::agent
