#include "probes/net/net_error.hpp"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace gatewatch::probes::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

std::optional<Reason> of_kernel(error_code error, Step step) {
    using asio::error::basic_errors;
    if (error == asio::error::connection_refused) return Reason::tcp_refused;
    if (error == asio::error::connection_reset || error == asio::error::connection_aborted ||
        error == asio::error::broken_pipe || error == asio::error::not_connected) {
        return Reason::tcp_reset;
    }
    if (error == asio::error::host_unreachable || error == asio::error::network_unreachable ||
        error == asio::error::network_down || error == asio::error::address_family_not_supported ||
        error == boost::system::errc::address_not_available) {
        // EADDRNOTAVAIL is what a connect to ::1 gives where the host has no IPv6, and what a host gives that
        // has run out of local ports. The second is told apart by the caller, who knows the address.
        return Reason::tcp_unreachable;
    }
    if (error == asio::error::timed_out)
        return step == Step::connect ? Reason::tcp_timeout : Reason::tcp_reset;
    if (error == asio::error::no_descriptors || error == asio::error::no_memory ||
        error == asio::error::no_buffer_space ||
        error == boost::system::errc::too_many_files_open_in_system) {
        return Reason::local_resource;
    }
    return std::nullopt;
}

Reason of_http(error_code error) {
    if (error == http::error::end_of_stream || error == http::error::partial_message)
        return Reason::closed_early;
    if (error == http::error::header_limit || error == http::error::body_limit ||
        error == http::error::buffer_overflow) {
        return Reason::too_large;
    }
    return Reason::http_malformed;
}

Reason of_tls(error_code error) {
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_RECORD_LENGTH_MISMATCH:
            return Reason::tls_not_tls;
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        case SSL_R_NO_PROTOCOLS_AVAILABLE:
            return Reason::tls_version;
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return Reason::closed_early;
        default:
            return Reason::tls_error;
    }
}

}  // namespace

Reason reason_of(error_code error, Step step) {
    if (error == boost::beast::error::timeout)
        return step == Step::connect ? Reason::tcp_timeout : Reason::deadline;
    if (error == asio::error::eof) return Reason::closed_early;
    if (error.category() == asio::error::get_ssl_category()) return of_tls(error);
    if (error == asio::ssl::error::stream_truncated) return Reason::closed_early;
    if (error.category() == make_error_code(http::error::end_of_stream).category()) return of_http(error);
    if (auto reason = of_kernel(error, step)) return *reason;
    // Everything else that a WebSocket stream reports is about what the peer sent: bad UTF-8, a masked frame
    // or an overlong length can even surface as "Bad file descriptor".
    return step == Step::websocket ? Reason::ws_protocol : Reason::internal;
}

NetError make_error(error_code error, Step step, std::string_view what) {
    auto reason = reason_of(error, step);
    if (reason == Reason::deadline || reason == Reason::tcp_timeout) {
        return {reason, fmt::format("{}: no answer in time", what)};
    }
    return {reason, fmt::format("{}: {}", what, error.message())};
}

}  // namespace gatewatch::probes::net
