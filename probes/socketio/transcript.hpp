// What one run sent and received, for the status page and the evidence bundle: redacted, printable, and
// bounded whatever the peer sends. Used by connect_run.hpp; fills Outcome::transcript.
#pragma once

#include <string_view>

#include "config/secret.hpp"
#include "probes/net/transport.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes::socketio {

class Transcript {
  public:
    /// The outcome must outlive the transcript; its `started` is the time from which the lines count.
    Transcript(Outcome& outcome, std::optional<Secret> secret)
        : outcome_(outcome), secret_(std::move(secret)) {}
    Transcript(const Transcript&) = delete;
    Transcript& operator=(const Transcript&) = delete;

    void sent(std::string_view text) { add(true, text); }
    void received(std::string_view text) { add(false, text); }
    /// Method, target and start of the body; that a token stands in the header, without it.
    void sent(const net::HttpRequest& request);
    /// Status, content type and start of the body.
    void received(const net::HttpReply& reply);

  private:
    void add(bool sent, std::string_view text);

    Outcome& outcome_;
    std::optional<Secret> secret_;
    std::size_t more_ = 0;  ///< lines that the last one stands for
};

}  // namespace gatewatch::probes::socketio
