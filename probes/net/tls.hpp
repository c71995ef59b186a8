// The TLS client's settings and what went wrong in a handshake. Used by transport_tls.cpp.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "probes/net/net_error.hpp"

namespace gatewatch::probes::net {

/// What the verification of one handshake saw. OpenSSL tells its callback more than the error code that comes
/// out.
struct PeerCertificate {
    int verify_error = 0;  ///< X509_V_ERR_*, 0 if none
    std::optional<WallTime> not_after;
};

/// A client context that verifies against the system's certificates or the file's. TLS 1.2 at least.
/// Fails with Reason::local_resource if the file cannot be read or holds no certificate.
[[nodiscard]] NetResult<boost::asio::ssl::context> make_tls_context(
    const std::optional<std::filesystem::path>& ca_file);

/// Prepares a connection: SNI and host name for names, address for literals (RFC 6066, section 3: no SNI for
/// these), ALPN http/1.1, because an upgrade sent over h2 is refused. `seen` must outlive the handshake.
/// Returns false if OpenSSL has no memory for it.
[[nodiscard]] bool prepare_tls(SSL* ssl, const std::string& host, PeerCertificate& seen);

/// The failure of a handshake in the words of the closed list.
[[nodiscard]] NetError tls_failure(boost::system::error_code error, const std::string& host,
                                   const PeerCertificate& seen);

}  // namespace gatewatch::probes::net
