#include "probes/net/tls.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>

namespace gatewatch::probes::net {
namespace {

namespace asio = boost::asio;

int seen_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

std::optional<WallTime> not_after_of(X509* certificate) {
    std::tm broken_down{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &broken_down) != 1) return std::nullopt;
    return std::chrono::system_clock::from_time_t(timegm(&broken_down));
}

int on_verify(int preverified, X509_STORE_CTX* store) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* seen = static_cast<PeerCertificate*>(SSL_get_ex_data(ssl, seen_index()));
    if (auto* leaf = X509_STORE_CTX_get0_cert(store)) seen->not_after = not_after_of(leaf);
    if (preverified == 0) seen->verify_error = X509_STORE_CTX_get_error(store);
    return preverified;
}

Reason reason_of_verification(int error) {
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return Reason::tls_expired;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return Reason::tls_not_yet_valid;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return Reason::tls_name_mismatch;
        default:
            return Reason::tls_untrusted;
    }
}

}  // namespace

NetResult<asio::ssl::context> make_tls_context(const std::optional<std::filesystem::path>& ca_file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.native_handle(), SSL_VERIFY_PEER, on_verify);
    boost::system::error_code error;
    std::error_code no_status;
    if (ca_file && !std::filesystem::is_regular_file(*ca_file, no_status)) {
        // Opening a FIFO would hold up everything until somebody writes into it.
        error = make_error_code(boost::system::errc::no_such_file_or_directory);
    } else if (ca_file) {
        context.load_verify_file(ca_file->string(), error);
    } else {
        context.set_default_verify_paths(error);
    }
    if (error) {
        return std::unexpected(
            NetError{Reason::local_resource,
                     fmt::format("cannot read CA certificates from {}: {}",
                                 ca_file ? ca_file->string() : "the system's store", error.message())});
    }
    return context;
}

bool prepare_tls(SSL* ssl, const std::string& host, PeerCertificate& seen) {
    static constexpr std::array<unsigned char, 9> http11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    boost::system::error_code not_literal;
    static_cast<void>(asio::ip::make_address(host, not_literal));
    bool ok =
        SSL_set_ex_data(ssl, seen_index(), &seen) == 1 && SSL_set_alpn_protos(ssl, http11.data(), 9) == 0;
    auto* parameters = SSL_get0_param(ssl);
    if (!not_literal) return ok && X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    // The macro SSL_set_tlsext_host_name casts away const with an old-style cast; this is what it stands for.
    bool named = SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                          const_cast<char*>(host.c_str())) == 1;
    return ok && named && X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1;
}

NetError tls_failure(boost::system::error_code error, const std::string& host, const PeerCertificate& seen) {
    if (seen.verify_error != 0) {
        return {reason_of_verification(seen.verify_error),
                fmt::format("the certificate for {}: {}", host,
                            X509_verify_cert_error_string(seen.verify_error))};
    }
    return make_error(error, Step::tls, fmt::format("TLS handshake with {}", host));
}

}  // namespace gatewatch::probes::net
