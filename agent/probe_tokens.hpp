// The token of each run: the probe's own, a bad one from its file for a negative probe, or none. Knows the
// tokens that it gave out, so that nothing that quotes them is shown. Used by GatewayWatch.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"
#include "probes/outcome.hpp"
#include "probes/token_source.hpp"

namespace gatewatch::agent {

class ProbeTokens {
  public:
    using Token = std::expected<std::optional<Secret>, Text>;

    /// `mysql` as for probes::make_token_source.
    ProbeTokens(config::TokenSettings settings, probes::mysql::TokenCollector* mysql);

    /// What that probe sends; nothing: none. The error says what, where and what to do. Files are read at
    /// each call.
    boost::asio::awaitable<Token> get(ProbeKind probe, probes::SteadyTime deadline);
    /// The gateway rejected the own token.
    void rejected() { source_->rejected(); }
    /// The own token of the last run.
    [[nodiscard]] const std::optional<Secret>& own() const { return own_; }
    /// The text without any token that was given out.
    [[nodiscard]] std::string redacted(std::string text) const;
    /// Takes them out of all that the peer wrote there. The run knows only its own token, but what one probe
    /// sent may come back to another: from a cache, in a page of errors, as a session's id.
    void redact(probes::Outcome& outcome) const;

  private:
    config::TokenSettings settings_;
    std::unique_ptr<probes::TokenSource> source_;
    std::optional<Secret> own_;
    std::map<ProbeKind, Secret> bad_;
};

/// Whether that probe sends the own token, in whatever way.
[[nodiscard]] constexpr bool takes_own_token(ProbeKind probe) {
    return config::sends_own_token(probe) || probe == ProbeKind::header_token;
}

}  // namespace gatewatch::agent
