#include "agent/probe_tokens.hpp"

#include <algorithm>

#include "probes/evidence_text.hpp"
#include "probes/secret_file.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;

ProbeTokens::ProbeTokens(config::TokenSettings settings, probes::mysql::TokenCollector* mysql)
    : settings_(std::move(settings)), source_(probes::make_token_source(settings_, mysql)) {}

asio::awaitable<ProbeTokens::Token> ProbeTokens::get(ProbeKind probe, probes::SteadyTime deadline) {
    if (takes_own_token(probe)) {
        auto token = co_await source_->get(deadline);
        if (token) own_ = *token;
        co_return token;
    }
    const auto& file = probe == ProbeKind::expired_token ? settings_.expired_file : settings_.revoked_file;
    const bool from_file = probe == ProbeKind::expired_token || probe == ProbeKind::revoked_token;
    if (!from_file || !file) co_return std::nullopt;
    auto secret = probes::read_secret_file(*file);
    if (!secret) co_return std::unexpected(std::move(secret.error()));
    bad_.insert_or_assign(probe, *secret);
    co_return *std::move(secret);
}

std::string ProbeTokens::redacted(std::string text) const {
    text = probes::evidence_text(text, own_);
    for (const auto& [probe, token] : bad_) text = probes::evidence_text(text, token);
    return text;
}

void ProbeTokens::redact(probes::Outcome& outcome) const {
    if (!own_ && bad_.empty()) return;
    auto& answer = outcome.answer;
    for (auto* text : {&outcome.evidence, &outcome.cors_seen, &answer.content_type, &answer.location,
                       &answer.excerpt, &answer.echoed_path}) {
        *text = redacted(std::move(*text));
    }
    for (auto& line : outcome.transcript) line.text = redacted(std::move(line.text));
    // Ids are compared with the log: whole, or not at all.
    const auto redact_id = [&](std::string& sid) {
        const auto holds = [&](const Secret& secret) {
            return !secret.empty() && sid.find(secret.reveal()) != std::string::npos;
        };
        if ((own_ && holds(*own_)) || std::ranges::any_of(bad_, holds, &decltype(bad_)::value_type::second))
            sid = "[redacted]";
    };
    redact_id(outcome.engine_sid);
    redact_id(outcome.namespace_sid);
    for (auto& sid : outcome.more_namespace_sids) redact_id(sid);
}

}  // namespace gatewatch::agent
