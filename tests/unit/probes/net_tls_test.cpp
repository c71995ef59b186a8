#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_websocket;

struct CertificateSpec {
    long from_days = -1;
    long to_days = 30;
    const char* alternative_name = "IP:127.0.0.1";  ///< nullptr: none
};

/// A self-signed certificate and its key, loaded into a server context; also written as PEM to trust it.
class Server {
  public:
    explicit Server(const CertificateSpec& spec)
        : context(asio::ssl::context::tls_server),
          pem_(std::filesystem::temp_directory_path() /
               ("gatewatch-tls-" + std::to_string(::getpid()) + ".pem")) {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), spec.from_days * 86400);
        X509_gmtime_adj(X509_getm_notAfter(certificate), spec.to_days * 86400);
        X509_set_pubkey(certificate, key);
        auto* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"),
                                   -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        if (spec.alternative_name != nullptr) {
            auto* extension =
                X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, spec.alternative_name);
            X509_add_ext(certificate, extension, -1);
            X509_EXTENSION_free(extension);
        }
        X509_sign(certificate, key, EVP_sha256());
        SSL_CTX_use_certificate(context.native_handle(), certificate);
        SSL_CTX_use_PrivateKey(context.native_handle(), key);
        auto* file = std::fopen(pem_.c_str(), "w");
        PEM_write_X509(file, certificate);
        std::fclose(file);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Server() { std::filesystem::remove(pem_); }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] const std::filesystem::path& pem() const { return pem_; }

    asio::ssl::context context;

  private:
    std::filesystem::path pem_;
};

awaitable<void> healthy(Peer& peer) {
    co_await peer.accept_websocket();
    co_await peer.send_text(open_packet());
    co_await peer.read_frame();
    co_await peer.send_text(R"(40/im,{"sid":"abc"})");
    co_await peer.send_text(R"(42/im,["connected"])");
    co_await peer.stall();
}

Outcome over_tls(const CertificateSpec& spec, bool trusted = true, Script script = healthy) {
    Server server(spec);
    asio::io_context context;
    ScriptedPeer peer(context, script, &server.context);
    auto target = target_at(peer.url());
    if (trusted) target.ca_file = server.pem();
    return run_probe(context, probe_websocket, target);
}

TEST(Tls, passes_and_tells_when_the_certificate_runs_out) {
    auto outcome = over_tls({});
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_TRUE(outcome.phases[static_cast<std::size_t>(Phase::tls)]);
    ASSERT_TRUE(outcome.tls_not_after);
    EXPECT_NEAR(
        std::chrono::duration<double>(*outcome.tls_not_after - std::chrono::system_clock::now()).count(),
        30 * 86400.0, 60);
}

TEST(Tls, fault_12_bad_certificates_are_told_apart) {
    EXPECT_EQ(verdict_of(over_tls({.from_days = -10, .to_days = -1})), "tls_expired");
    EXPECT_EQ(verdict_of(over_tls({.from_days = 1})), "tls_not_yet_valid");
    EXPECT_EQ(verdict_of(over_tls({}, false)), "tls_untrusted");
    EXPECT_EQ(verdict_of(over_tls({.alternative_name = "IP:127.0.0.2"})), "tls_name_mismatch");
    EXPECT_EQ(verdict_of(over_tls({.alternative_name = nullptr})), "tls_name_mismatch");
}

TEST(Tls, an_expired_certificate_still_tells_its_date) {
    EXPECT_TRUE(over_tls({.from_days = -10, .to_days = -1}).tls_not_after);
}

TEST(Tls, fault_14_a_plain_server_on_the_tls_port_is_not_tls) {
    asio::io_context context;
    ScriptedPeer peer(context, [](Peer& plain) -> awaitable<void> {
        co_await plain.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        co_await plain.stall();
    });
    auto target = target_at("https" + peer.url().substr(4));
    EXPECT_EQ(verdict_of(run_probe(context, probe_websocket, target)), "tls_not_tls");
}

TEST(Tls, fault_16_a_close_without_close_notify_is_early) {
    EXPECT_EQ(verdict_of(over_tls({}, true,
                                  [](Peer& peer) -> awaitable<void> {
                                      co_await peer.accept_websocket();
                                      peer.finish();
                                  })),
              "closed_early");
}

TEST(Tls, fault_17_a_handshake_that_stalls_ends_at_the_deadline) {
    asio::io_context context;
    ScriptedPeer peer(context, [](Peer& mute) -> awaitable<void> { co_await mute.stall(); });
    auto outcome = run_probe(context, probe_websocket, target_at("https" + peer.url().substr(4)), 100ms);
    EXPECT_EQ(verdict_of(outcome), "deadline");
    EXPECT_EQ(outcome.phase, Phase::tls);
}

TEST(Tls, fault_19_a_ca_file_that_cannot_be_read_is_the_probers_own_fault) {
    asio::io_context context;
    ScriptedPeer peer(context, healthy);
    auto target = target_at("https" + peer.url().substr(4));
    target.ca_file = "/nonexistent/ca.pem";
    auto outcome = run_probe(context, probe_websocket, target);
    EXPECT_EQ(verdict_of(outcome), "local_resource");
    EXPECT_THAT(outcome.evidence, testing::HasSubstr("/nonexistent/ca.pem"));
}

}  // namespace
}  // namespace gatewatch::probes::test
