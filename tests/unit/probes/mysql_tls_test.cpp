#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "tests/unit/probes/mysql_token_table_fixture.hpp"

namespace gatewatch::probes::mysql {
namespace {

namespace fs = std::filesystem;
using testing::Not;

struct Validity {
    long from_days = -1;
    long to_days = 30;
};

/// A CA, and a folder with its certificate and the one that the server shows.
class Authority {
  public:
    Authority() {
        auto pattern = (fs::temp_directory_path() / "gatewatch-ca-XXXXXX").native();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
        folder_ = pattern;
        const auto certificate = make("the tests' CA", *key_, {});
        add(*certificate, NID_basic_constraints, "critical,CA:TRUE");
        name_ = X509_get_subject_name(certificate.get());
        sign(*certificate);
        write(ca_file(), *certificate);
        ca_ = certificate;
    }
    ~Authority() { fs::remove_all(folder_); }
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    [[nodiscard]] fs::path ca_file() const { return folder_ / "ca.pem"; }
    [[nodiscard]] fs::path certificate() const { return folder_ / "server.pem"; }
    [[nodiscard]] fs::path key() const { return folder_ / "server.key"; }

    /// The server's certificate and key from now on, for such names as "DNS:localhost,IP:127.0.0.1".
    void issue(const std::string& names, Validity validity = {}) {
        const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
        const auto certificate = make("server", *key, validity);
        add(*certificate, NID_subject_alt_name, names.c_str());
        sign(*certificate);
        write(this->certificate(), *certificate);
        auto* file = std::fopen(this->key().c_str(), "w");
        PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
    }

  private:
    using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

    static std::shared_ptr<X509> make(const char* common_name, EVP_PKEY& key, Validity validity) {
        static long serial = 1;
        std::shared_ptr<X509> certificate(X509_new(), X509_free);
        X509_set_version(certificate.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from_days * 86400);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.to_days * 86400);
        X509_set_pubkey(certificate.get(), &key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
        return certificate;
    }
    static void add(X509& certificate, int nid, const char* value) {
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
        X509_add_ext(&certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    void sign(X509& certificate) {
        X509_set_issuer_name(&certificate, name_);
        X509_sign(&certificate, key_.get(), EVP_sha256());
    }
    static void write(const fs::path& path, X509& certificate) {
        auto* file = std::fopen(path.c_str(), "w");
        PEM_write_X509(file, &certificate);
        std::fclose(file);
    }

    fs::path folder_;
    Key key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
    std::shared_ptr<X509> ca_;
    X509_NAME* name_ = nullptr;  ///< of ca_
};

/// A server with TLS whose certificate each test chooses.
class MysqlTls : public MysqlTokenTable {
  protected:
    void SetUp() override {
        tls_server().reset();
        settings_ = tls_server().settings();
        settings_.ca_file = authority().ca_file();
        show("DNS:localhost,IP:127.0.0.1,IP:::1");
    }
    void TearDown() override { tls_server().execute({"SET GLOBAL require_secure_transport = OFF"}); }

    static Authority& authority() {
        static Authority authority;
        return authority;
    }
    static MysqlServer& tls_server() {
        static MysqlServer server(options());
        return server;
    }
    static std::vector<std::string> options() {
        authority().issue("DNS:localhost");
        return {"--ssl-cert=" + authority().certificate().native(), "--ssl-key=" + authority().key().native(),
                "--bind-address=127.0.0.1,::1"};
    }
    static void show(const std::string& names, Validity validity = {}) {
        authority().issue(names, validity);
        tls_server().execute({"FLUSH SSL"});
    }
    void at(const std::string& host) { settings_.address = host + ":" + std::to_string(tls_server().port()); }
};

TEST_F(MysqlTls, a_good_certificate_is_taken_by_name_and_by_either_address) {
    tls_server().execute({"ALTER USER gatewatch@'%' REQUIRE SSL"});
    for (const auto* host : {"localhost", "127.0.0.1", "[::1]"}) {
        at(host);
        const auto result = sample();
        EXPECT_TRUE(result.up) << host << ": " << result.detail.en;
    }
}

TEST_F(MysqlTls, without_ca_file_an_ipv6_address_and_a_socket_are_reached_in_clear) {
    settings_.ca_file.reset();
    at("[::1]");
    EXPECT_TRUE(sample().up);
    settings_.socket = tls_server().socket();
    EXPECT_TRUE(sample().up);
}

TEST_F(MysqlTls, a_certificate_for_another_name_is_refused_and_both_are_named) {
    show("DNS:db.example.com,IP:127.0.0.2");
    expect_failed(sample(), AllOf(HasSubstr("does not name '127.0.0.1'"), HasSubstr("address")));
    at("localhost");
    expect_failed(sample(), HasSubstr("does not name 'localhost'"));
}

TEST_F(MysqlTls, a_certificate_of_an_unknown_ca_is_refused_with_the_file) {
    const Authority other;
    settings_.ca_file = other.ca_file();
    expect_failed(sample(), AllOf(HasSubstr("no CA in ca_file"), HasSubstr(other.ca_file().native())));
}

TEST_F(MysqlTls, a_certificate_that_runs_out_or_begins_later_is_refused_as_such) {
    show("IP:127.0.0.1", {.from_days = -9, .to_days = -1});
    expect_failed(sample(), HasSubstr("has expired; renew it"));
    show("IP:127.0.0.1", {.from_days = 2, .to_days = 9});
    expect_failed(sample(), HasSubstr("not yet valid"));
}

TEST_F(MysqlTls, a_ca_file_that_is_missing_or_holds_no_certificate_is_our_own_fault) {
    settings_.ca_file = "/nowhere/ca.pem";
    expect_failed(sample(), AllOf(HasSubstr("ca_file '/nowhere/ca.pem' cannot be used")));
    settings_.ca_file = *settings_.password_file;
    expect_failed(sample(), HasSubstr("must be a PEM file"));
}

TEST_F(MysqlTls, a_server_without_tls_gets_no_password) {
    auto& plain = MysqlServer::shared();
    plain.reset();
    settings_ = plain.settings();
    settings_.ca_file = authority().ca_file();
    // A password that is sent is denied, and the server counts that.
    plain.execute({"ALTER USER gatewatch@'%' IDENTIFIED BY 'another'"});
    const auto denied = [&] {
        return plain.query(
            "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS "
            "WHERE VARIABLE_NAME = 'Access_denied_errors'");
    };
    const auto before = denied();
    expect_failed(sample(), AllOf(HasSubstr("offers no TLS"), HasSubstr("not sent"), HasSubstr("ca_file")));
    EXPECT_EQ(denied(), before);
    settings_.ca_file.reset();
    expect_failed(sample(), HasSubstr("access denied"));
    EXPECT_NE(denied(), before);
}

TEST_F(MysqlTls, a_server_or_an_account_that_demands_tls_says_to_set_ca_file) {
    settings_.ca_file.reset();
    tls_server().execute({"SET GLOBAL require_secure_transport = ON"});
    expect_failed(sample(), AllOf(HasSubstr("demands TLS"), HasSubstr("set ca_file")));
    tls_server().execute(
        {"SET GLOBAL require_secure_transport = OFF", "ALTER USER gatewatch@'%' REQUIRE SSL"});
    expect_failed(sample(), AllOf(HasSubstr("demands TLS"), HasSubstr("set ca_file")));
    settings_.ca_file = authority().ca_file();
    EXPECT_TRUE(sample().up);
}

TEST_F(MysqlTls, what_only_mysql_8_says_of_tls_and_its_plugins_has_its_own_words) {
    settings_.ca_file.reset();
    const auto text = [&](int code, std::string message) {
        return describe({.code = code, .message = std::move(message), .step = Step::connect, .reached = {}},
                        settings_);
    };
    const auto insecure = text(3159, "Connections using insecure transport are prohibited");
    EXPECT_FALSE(insecure.unreachable);
    EXPECT_THAT(insecure.text.en, AllOf(HasSubstr("nothing but TLS"), HasSubstr("set ca_file")));
    const auto plugin = text(2061, "Authentication plugin 'caching_sha2_password' reported error");
    EXPECT_FALSE(plugin.unreachable);
    EXPECT_THAT(plugin.text.en, AllOf(HasSubstr("caching_sha2_password"), HasSubstr("set ca_file")));
    const auto limit = text(3024, "maximum statement execution time exceeded");
    EXPECT_TRUE(limit.unreachable);
    EXPECT_THAT(limit.text.en, HasSubstr("read limit reached"));
}

TEST_F(MysqlTls, fault_59_a_connection_that_the_server_has_closed_is_made_anew) {
    TokenTable table(settings_);
    EXPECT_TRUE(table.sample({}).up);
    for (const auto& kill : tls_server().query(
             "SELECT CONCAT('KILL ', ID) FROM information_schema.PROCESSLIST WHERE USER = 'gatewatch'"))
        tls_server().execute({kill});
    const auto after = table.sample({});
    EXPECT_TRUE(after.up) << after.detail.en;
}

TEST_F(MysqlTls, fault_55_a_server_that_falls_silent_is_not_blamed_on_tls) {
    TokenTable table(settings_);
    EXPECT_TRUE(table.sample({}).up);
    tls_server().freeze();
    const auto mute = table.sample({});
    tls_server().thaw();
    expect_unreachable(mute,
                       AllOf(HasSubstr("no answer within 2 s"), HasSubstr("reading"), Not(HasSubstr("TLS"))));
}

TEST_F(MysqlTls, an_end_in_the_middle_of_a_query_is_a_lost_connection) {
    const auto lost =
        describe({.code = tls_error, .message = "TLS/SSL error: unexpected eof while reading", .reached = {}},
                 settings_);
    EXPECT_TRUE(lost.unreachable);
    EXPECT_THAT(lost.text.en, AllOf(HasSubstr("connection was lost"), Not(HasSubstr("TLS"))));
}

TEST_F(MysqlTls, a_wrong_password_over_tls_is_not_blamed_on_tls) {
    tls_server().execute({"ALTER USER gatewatch@'%' IDENTIFIED BY 'another'"});
    expect_failed(sample(), AllOf(HasSubstr("access denied"), Not(HasSubstr("TLS"))));
}

}  // namespace
}  // namespace gatewatch::probes::mysql
