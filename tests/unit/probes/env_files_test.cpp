#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "probes/env/dotenv.hpp"
#include "probes/env/env_files.hpp"

namespace gatewatch::probes::env {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string value_of(const std::string& text, const std::string& key = "A") {
    const auto variables = parse_dotenv(text);
    const auto* found = find(variables, key);
    return found != nullptr ? found->value : "(missing)";
}

// Each of these was put to dotenv 16 and gave the same.
TEST(Dotenv, reads_values_as_the_package_does) {
    EXPECT_EQ(value_of("A=b"), "b");
    EXPECT_EQ(value_of("  export  A = b  # why\n"), "b");
    EXPECT_EQ(value_of("A: b"), "b");
    EXPECT_EQ(value_of("A='b # c' # d"), "b # c");
    EXPECT_EQ(value_of("A=\"b\\nc\""), "b\nc");
    EXPECT_EQ(value_of("A='b\\nc'"), "b\\nc");
    EXPECT_EQ(value_of("A=`b'\"`"), "b'\"");
    EXPECT_EQ(value_of("A=http://x#y"), "http://x");
    EXPECT_EQ(value_of("#A=b\nB=c"), "(missing)");
    EXPECT_EQ(value_of("A=\r\nB=c\r\n"), "");
    EXPECT_EQ(value_of("A=\"b\nc\"\nB=d"), "b\nc");
    EXPECT_EQ(value_of("A=\"b\nc\"\nB=d", "B"), "d");
    EXPECT_EQ(value_of("A=\"b\nB=d", "B"), "d");
    EXPECT_EQ(value_of("A=b\nA=c"), "c");
    EXPECT_EQ(value_of("A b"), "(missing)");
}

TEST(Dotenv, knows_the_line_in_which_a_key_stands) {
    const auto variables = parse_dotenv("# one\n\nKEY=\"a\nb\"\nA=c\n");
    EXPECT_EQ(find(variables, "KEY")->line, 3u);
    EXPECT_EQ(find(variables, "A")->line, 5u);
}

class EnvFiles : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-env-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        gateway_.routes.emplace_back().url = "http://im.example.com";
        gateway_.env_files.emplace();
    }
    void TearDown() override { fs::remove_all(directory_); }

    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_ / name) << text;
        return directory_ / name;
    }
    EnvSample backend(const std::string& text) {
        gateway_.env_files->backend = write(".env", text);
        gateway_.env_files->frontend.reset();
        return inspect(gateway_);
    }
    EnvSample frontend(const std::string& text) {
        gateway_.env_files->backend.reset();
        gateway_.env_files->frontend = write(".env.production", text);
        return inspect(gateway_);
    }

    fs::path directory_;
    config::GatewaySettings gateway_;
};

TEST_F(EnvFiles, what_the_guide_asks_for_gives_no_finding) {
    const auto back = backend("NODE_ENV=production\nFRONTEND_URL=\"http://im.example.com\"\n");
    EXPECT_TRUE(back.up);
    EXPECT_THAT(back.findings, IsEmpty());
    const auto front = frontend("VITE_WS_URL=http://im.example.com\n");
    EXPECT_TRUE(front.up);
    EXPECT_THAT(front.findings, IsEmpty());
}

TEST_F(EnvFiles, missing_lines_are_findings_without_a_line_number) {
    const auto sample = backend("DB_PASSWORD=secret\n");
    ASSERT_EQ(sample.findings.size(), 2u);
    EXPECT_EQ(sample.findings[0].fault, EnvFault::node_env);
    EXPECT_EQ(sample.findings[0].line, 0u);
    EXPECT_EQ(sample.findings[0].wanted, "production");
    EXPECT_EQ(sample.findings[1].fault, EnvFault::frontend_url);
    EXPECT_EQ(sample.findings[1].key, "FRONTEND_URL");
    EXPECT_EQ(sample.findings[1].wanted, "http://im.example.com");
}

TEST_F(EnvFiles, an_origin_is_compared_letter_by_letter) {
    const auto sample = backend("NODE_ENV=production\nFRONTEND_URL=http://im.example.com/\n");
    ASSERT_EQ(sample.findings.size(), 1u);
    EXPECT_EQ(sample.findings[0].line, 2u);
    EXPECT_EQ(sample.findings[0].value, "http://im.example.com/");
    EXPECT_THAT(
        backend("NODE_ENV=production\nFRONTEND_URL=http://a.example, http://im.example.com\n").findings,
        IsEmpty());
    EXPECT_THAT(backend("NODE_ENV=production\nH=im.example.com\nFRONTEND_URL=http://${H}\n").findings,
                IsEmpty());
}

TEST_F(EnvFiles, the_last_of_two_lines_counts) {
    const auto sample =
        backend("NODE_ENV=production\nNODE_ENV=development\nFRONTEND_URL=http://im.example.com");
    ASSERT_EQ(sample.findings.size(), 1u);
    EXPECT_EQ(sample.findings[0].line, 2u);
    EXPECT_EQ(sample.findings[0].value, "development");
}

TEST_F(EnvFiles, a_websocket_url_may_be_written_in_every_way_that_leads_to_the_public_route) {
    for (const std::string url :
         {"ws://im.example.com", "http://im.example.com:80/", "http://IM.example.com/im",
          "wss://im.example.com", "https://im.example.com"}) {
        EXPECT_THAT(frontend("VITE_WS_URL=" + url).findings, IsEmpty()) << url;
    }
    gateway_.routes[0].url = "https://im.example.com:8443";
    EXPECT_THAT(frontend("VITE_WS_URL=wss://im.example.com:8443").findings, IsEmpty());
}

TEST_F(EnvFiles, a_websocket_url_that_is_missing_empty_local_or_elsewhere_is_a_finding) {
    for (const std::string line : {"VITE_WS_URL=", "OTHER=1", "VITE_WS_URL=http://localhost:7002",
                                   "VITE_WS_URL=http://im.example.com:7002", "VITE_WS_URL=im.example.com"}) {
        const auto sample = frontend("\n" + line);
        ASSERT_EQ(sample.findings.size(), 1u) << line;
        EXPECT_EQ(sample.findings[0].fault, EnvFault::ws_url);
        EXPECT_EQ(sample.findings[0].line, line[0] == 'O' ? 0u : 2u);
        EXPECT_EQ(sample.findings[0].wanted, "http://im.example.com");
    }
    gateway_.routes[0].url = "https://im.example.com";
    EXPECT_EQ(frontend("VITE_WS_URL=http://im.example.com").findings.size(), 1u);
}

TEST_F(EnvFiles, the_files_that_vite_reads_beside_it_count_too) {
    write(".env", "VITE_WS_URL=http://im.example.com\n");
    EXPECT_THAT(frontend("X=1").findings, IsEmpty());
    write(".env.production.local", "\n\nVITE_WS_URL=http://localhost:7002\n");
    const auto sample = frontend("VITE_WS_URL=http://im.example.com");
    ASSERT_EQ(sample.findings.size(), 1u);
    EXPECT_THAT(sample.findings[0].file, testing::EndsWith(".env.production.local"));
    EXPECT_EQ(sample.findings[0].line, 3u);
}

TEST_F(EnvFiles, a_file_that_cannot_be_read_is_named_and_a_pipe_blocks_nobody) {
    gateway_.env_files->backend = directory_ / "nowhere";
    auto sample = inspect(gateway_);
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, testing::AllOf(HasSubstr("nowhere"), HasSubstr("No such file"),
                                                 HasSubstr("correct backend in [gateway.env_files]")));
    EXPECT_THAT(sample.detail.zh, HasSubstr("请"));
    ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
    gateway_.env_files->backend = directory_ / "pipe";
    sample = inspect(gateway_);
    EXPECT_FALSE(sample.up);
    EXPECT_THAT(sample.detail.en, HasSubstr("no regular file"));
}

TEST_F(EnvFiles, nothing_is_wanted_that_no_route_tells) {
    gateway_.routes[0].role = Role::local;
    gateway_.routes[0].url = "http://localhost:7002";
    EXPECT_THAT(backend("NODE_ENV=production\n").findings, IsEmpty());
    EXPECT_THAT(frontend("VITE_WS_URL=\n").findings, IsEmpty());
}

TEST_F(EnvFiles, no_other_value_leaves) {
    const auto sample = backend("DB_PASSWORD=hunter2\nFRONTEND_URL=http://x/${DB_PASSWORD}\n");
    for (const auto& finding : sample.findings) {
        EXPECT_THAT(finding.value, Not(HasSubstr("hunter2")));
    }
    EXPECT_EQ(sample.findings.size(), 2u);
    EXPECT_EQ(frontend("VITE_WS_URL=ws://me:hunter2@elsewhere/im").findings.at(0).value, "ws://elsewhere/im");
}

}  // namespace
}  // namespace gatewatch::probes::env
