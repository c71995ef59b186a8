// The archive of `gatewatch collect`: what is in it, and above all what is not.
#include "agent/collect/collect.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <map>

#include "agent/collect/redactor.hpp"

namespace gatewatch::agent::collect::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

const std::vector<Secret> none;

TEST(Redactor, fault_100_takes_the_values_of_secret_keys_however_they_are_written) {
    EXPECT_EQ(redact("DB_PASSWORD=hunter2\nPORT=7002\n", none), "DB_PASSWORD=[redacted]\nPORT=7002\n");
    EXPECT_EQ(redact(R"({"password":"hunter2","user":"im"})", none),
              R"({"password":"[redacted]","user":"im"})");
    EXPECT_EQ(redact("authorization: Bearer abc def", none), "authorization: [redacted]");
    EXPECT_EQ(redact("验证 Token: abcdefgh12345678...", none), "验证 Token: [redacted]");
    EXPECT_EQ(redact(R"(    proxy_set_header Authorization "Basic aW06aHVudGVyMg==";)", none),
              R"(    proxy_set_header Authorization "[redacted]";)");
    EXPECT_EQ(redact("connect mysql://im:hunter2@10.0.0.1/im_system failed", none),
              "connect mysql://[redacted]@10.0.0.1/im_system failed");
}

TEST(Redactor, LeavesTheLinesThatADiagnosisNeeds) {
    for (const char* line :
         {"客户端 4Xh2_k-Zq0aAAAAB 尝试连接", "Token from auth: 存在", "Token 不存在或已被撤销",
          "Token 已过期", "    proxy_pass http://127.0.0.1:7002;",
          "0|nest-backend | 2026-11-22T14:02:59: 连接处理错误: ECONNREFUSED"}) {
        EXPECT_EQ(redact(line, none), line);
    }
}

TEST(Redactor, fault_100_takes_known_secrets_and_web_tokens_wherever_they_stand) {
    const std::vector<Secret> secrets{Secret("s3cr3t/value")};
    EXPECT_EQ(redact("GET /?t=s3cr3t%2Fvalue HTTP/1.1", secrets), "GET /?t=[redacted] HTTP/1.1");
    EXPECT_EQ(redact("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.abc", none), "got [redacted]");
}

TEST(Redactor, fault_100_shows_of_a_requests_query_only_how_engine_io_was_spoken_to) {
    const auto of = [](std::string_view line) { return redact_requests(line, none); };
    EXPECT_EQ(
        of(R"(10.0.0.9 - - [22/Nov/2026:14:02:59 +0800] "GET /socket.io/?EIO=4&transport=polling&)"
           R"(token=hunter2&sid=4Xh2_k HTTP/1.1" 400 41 "http://im.example.com/?ticket=hunter2" "curl")"),
        R"(10.0.0.9 - - [22/Nov/2026:14:02:59 +0800] "GET /socket.io/?EIO=4&transport=polling&)"
        R"([redacted]&sid=[redacted] HTTP/1.1" 400 41 "http://im.example.com/?[redacted]" "curl")");
    EXPECT_EQ(of(R"(connect() failed (111: Connection refused) while connecting to upstream, request: )"
                 R"("GET /api/me?hunter2 HTTP/1.1", upstream: "http://127.0.0.1:7002/api/me?hunter2")"),
              R"(connect() failed (111: Connection refused) while connecting to upstream, request: )"
              R"("GET /api/me?[redacted] HTTP/1.1", upstream: "http://127.0.0.1:7002/api/me?[redacted]")");
    EXPECT_EQ(of(R"(request: "GET /?token=a"hunter2="hunter3 HTTP/1.1", host: "im.example.com")"),
              R"(request: "GET /?[redacted] HTTP/1.1", host: "im.example.com")");
    EXPECT_EQ(of(R"({"args":"sid=hunter2&EIO=4","uri":"/a?t=x\"hunter2","status":"101"})"),
              R"({"args":"sid=[redacted]&EIO=4","uri":"/a?[redacted]","status":"101"})");
    EXPECT_EQ(of(R"("GET /socket.io/ HTTP/1.1" 502 rt=0.004 urt=0.003)"),
              R"("GET /socket.io/ HTTP/1.1" 502 rt=0.004 urt=0.003)");
}

TEST(Redactor, fault_100_shows_of_an_env_file_only_what_the_diagnosis_is_about) {
    EXPECT_EQ(redact_env("NODE_ENV=production\nexport FRONTEND_URL=http://im.example.com\nVITE_WS_URL=\n"
                         "STRIPE=sk_live_1\n# old: STRIPE=sk_live_0\nKEY=\"-----BEGIN\nabc\"\n",
                         none),
              "NODE_ENV=production\nexport FRONTEND_URL=http://im.example.com\nVITE_WS_URL=\n"
              "STRIPE=[redacted]\n[redacted]\nKEY=[redacted]\n[redacted]\n");
}

TEST(Redactor, fault_100_takes_what_attackers_look_for_in_the_forms_that_it_has) {
    EXPECT_EQ(redact("headers: Basic aW06aHVudGVyMg==, Bearer abcdefghij;", none),
              "headers: Basic [redacted], Bearer [redacted];");
    EXPECT_EQ(
        redact("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ==\n-----END RSA PRIVATE KEY-----\nb\n", none),
        "a\n[redacted]\n[redacted]\n[redacted]\nb\n");
    EXPECT_EQ(redact("db_pass=hunter1,hunter2", none), "db_pass=[redacted]");
    EXPECT_EQ(redact(R"({"secret":"a\"hunter2","user":"im"})", none),
              R"({"secret":"[redacted]","user":"im"})");
    EXPECT_EQ(redact(R"({"token":["hunter1","hunter2"]})", none), R"({"token":[redacted])");
    EXPECT_EQ(redact("JWT_KEY: hunter2", none), "JWT_KEY: [redacted]");
}

TEST(Redactor, fault_100_shows_nothing_more_of_an_env_file_in_an_odd_encoding) {
    EXPECT_EQ(redact_env("NODE_ENV=production\rDB_PASSWORD=hunter2\r", none),
              "NODE_ENV=production\nDB_PASSWORD=[redacted]\n");
    const std::string in_utf16("D\0B\0=\0h\0u\0n\0t\0\n\0", 16);
    EXPECT_THAT(redact_env(in_utf16, none), Not(HasSubstr("h")));
    EXPECT_EQ(redact_env("KEY=\"MIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB==\n\"\n", none),
              "KEY=[redacted]\n[redacted]\n[redacted]\n");
}

class Collect : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "gatewatch-collect-XXXXXX").native();
        directory_ = ::mkdtemp(pattern.data());
        settings_.gateways.emplace_back().name = "im";
    }
    void TearDown() override { fs::remove_all(directory_); }

    void read_pm2_logs() {
        auto& pm2 = settings_.gateways[0].pm2.emplace();
        pm2.home = directory_ / "pm2";
        pm2.app = "nest-backend";
    }

    fs::path write(const std::string& name, std::string_view text) {
        const fs::path path = directory_ / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    std::map<std::string, std::string> gathered() {
        Report report;
        report.version = "0.1.0";
        std::map<std::string, std::string> files;
        for (auto& entry : gather({settings_, write("gatewatch.toml", "[[gateway]]\nname = \"im\"\n"), report,
                                   tokens_, metrics_, metrics_})) {
            files[entry.name] = entry.content;
        }
        return files;
    }

    config::Settings settings_;
    std::string tokens_;
    std::string metrics_;
    fs::path directory_;
};

TEST_F(Collect, fault_100_follows_no_link_that_the_backend_may_have_laid) {
    write("secret", "root-only");
    write("pm2/logs/nest-backend-out.log", "mine\n");
    fs::create_symlink(directory_ / "secret", directory_ / "pm2/logs/nest-backend-error.log");
    fs::create_symlink(directory_ / "secret", directory_ / "access.log");
    read_pm2_logs();
    auto& nginx = settings_.gateways[0].nginx.emplace();
    nginx.config = write("nginx.conf", "");
    nginx.access_log = directory_ / "access.log";
    const auto files = gathered();
    EXPECT_THAT(files, Contains(Key("im/logs/nest-backend-out.log")));
    for (const auto& [name, content] : files) EXPECT_THAT(content, Not(HasSubstr("root-only"))) << name;
    EXPECT_THAT(files.at("MANIFEST.txt"), AllOf(HasSubstr("nest-backend-error.log is a symbolic link"),
                                                HasSubstr("access.log is a symbolic link")));
}

TEST_F(Collect, GathersTheGuidesChecklist) {
    auto& gateway = settings_.gateways[0];
    write("pm2/logs/nest-backend-out.log", "客户端 a 尝试连接\n");
    write("pm2/logs/nest-backend-out__2026-11-22_00-00-00.log", "old\n");
    write("pm2/logs/other-out.log", "another app\n");
    write("pm2/pm2.log", "App [nest-backend:0] online\n");
    read_pm2_logs();
    write("nginx/site.conf", "server { listen 80; }\n");
    auto& nginx = gateway.nginx.emplace();
    nginx.config = write("nginx/nginx.conf", "http {\n include site.conf;\n}\n");
    nginx.access_log = write("access.log", "\"GET /socket.io/?sid=hunter2 HTTP/1.1\" 101\n");
    nginx.error_log = directory_ / "none.log";
    gateway.env_files = config::EnvFilesSettings{.backend = write(".env", "NODE_ENV=production\nDB_PASS=x\n"),
                                                 .frontend = directory_ / "none.env"};
    tokens_ = "id 1";
    metrics_ = "gatewatch_up 1";
    const auto files = gathered();
    for (const char* name :
         {"MANIFEST.txt", "report.en.txt", "report.zh.txt", "report.json", "gatewatch.toml", "tokens.txt",
          "agent/metrics.txt", "agent/status.json", "host.txt", "im/logs/nest-backend-out.log",
          "im/logs/pm2.log", "im/nginx.conf", "im/logs/nginx-access.log", "im/env/backend.env"}) {
        EXPECT_THAT(files, Contains(Key(name)));
    }
    EXPECT_THAT(files, Not(Contains(Key("im/logs/other-out.log"))));
    EXPECT_EQ(files.at("im/logs/nginx-access.log"), "\"GET /socket.io/?sid=[redacted] HTTP/1.1\" 101\n");
    EXPECT_THAT(files.at("im/nginx.conf"), AllOf(HasSubstr("site.conf:"), HasSubstr("listen 80;")));
    EXPECT_THAT(files.at("MANIFEST.txt"), AllOf(HasSubstr("none.env"), HasSubstr("none.log"),
                                                HasSubstr("无法读取"), HasSubstr("Network")));
}

TEST_F(Collect, fault_100_no_secret_of_the_configuration_is_in_any_file) {
    auto& gateway = settings_.gateways[0];
    gateway.token.source = config::TokenFile{write("token", "planted-token-1\n")};
    gateway.token.expired_file = write("expired", "planted-token-2\n");
    gateway.token.revoked_file = write("revoked", "planted-token-3\n");
    gateway.mysql.emplace().password_file = write("password", "planted-4\n");
    read_pm2_logs();
    write("pm2/logs/nest-backend-out.log", "planted-token-1 planted-token-2\nconnecting with planted-4\n");
    tokens_ = "planted-token-3";
    metrics_ = "x{y=\"planted-token-1\"} 1";
    for (const auto& [name, content] : gathered()) EXPECT_THAT(content, Not(HasSubstr("planted-"))) << name;
}

TEST_F(Collect, KeepsTheEndOfALongLogInWholeLines) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i) + " of a log that is long\n";
    write("pm2/logs/nest-backend-out.log", text);
    read_pm2_logs();
    const auto kept = gathered().at("im/logs/nest-backend-out.log");
    EXPECT_TRUE(kept.starts_with("line 19500 "));
    EXPECT_TRUE(kept.ends_with("line 19999 of a log that is long\n"));
}

TEST_F(Collect, WritesAnArchiveForItsOwnerOnlyAndNeverOverAnExistingFile) {
    const fs::path file = directory_ / "out.tar.gz";
    ASSERT_TRUE(write_archive(file, {{"a/b.txt", "text"}, {"MANIFEST.txt", std::string(100000, 'x')}}));
    struct stat info{};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);

    archive* reader = ::archive_read_new();
    ::archive_read_support_filter_gzip(reader);
    ::archive_read_support_format_tar(reader);
    ASSERT_EQ(::archive_read_open_filename(reader, file.c_str(), 10240), ARCHIVE_OK);
    std::map<std::string, la_int64_t> sizes;
    archive_entry* entry = nullptr;
    while (::archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
        sizes[::archive_entry_pathname(entry)] = ::archive_entry_size(entry);
    }
    ::archive_read_free(reader);
    EXPECT_EQ(sizes, (std::map<std::string, la_int64_t>{{"a/b.txt", 4}, {"MANIFEST.txt", 100000}}));

    const auto again = write_archive(file, {});
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().en, AllOf(HasSubstr(file.native()), HasSubstr("--output")));
    EXPECT_THAT(again.error().zh, HasSubstr("已存在"));
}

}  // namespace
}  // namespace gatewatch::agent::collect::test
