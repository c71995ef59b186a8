// Token sources of each kind over a clock of the test's own, and what probes that ask them get. Used by the
// token_source*_test.cpp files.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "probes/token_source.hpp"
#include "tests/unit/probes/scripted_peer.hpp"

namespace gatewatch::probes {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::Peer;
using test::ScriptedPeer;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Token = std::expected<std::optional<Secret>, Text>;

class TokenSourceTest : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-token-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        requests.clear();
    }
    void TearDown() override { fs::remove_all(directory_); }

    fs::path file(const std::string& content) const {
        const auto path = directory_ / "secret";
        std::ofstream(path) << content;
        return path;
    }

    static SteadyTime fake_clock() { return fake_now; }

    template <class Source>
    std::unique_ptr<TokenSource> make(Source source, mysql::TokenCollector* collector = nullptr) {
        config::TokenSettings settings;
        settings.source = std::move(source);
        return make_token_source(settings, collector, fake_clock);
    }

    /// "error: …", "none", or the token.
    static std::string text(const Token& token) {
        if (!token) return "error: " + token.error().en;
        return *token ? (*token)->reveal() : "none";
    }

    /// What `count` probes that ask at the same time get.
    std::vector<std::string> get(TokenSource& source, std::size_t count,
                                 std::chrono::milliseconds limit = 5s) {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < count; ++i) {
            boost::asio::co_spawn(
                io_, source.get(std::chrono::steady_clock::now() + limit),
                [&](std::exception_ptr, const Token& token) { tokens.push_back(text(token)); });
        }
        const auto end = std::chrono::steady_clock::now() + limit + 2s;
        while (tokens.size() < count && std::chrono::steady_clock::now() < end) {
            io_.restart();
            io_.run_one_for(20ms);
        }
        return tokens;
    }
    std::string get(TokenSource& source) {
        const auto tokens = get(source, 1);
        return tokens.empty() ? "nothing came" : tokens.front();
    }

    config::TokenLogin login_at(const ScriptedPeer& peer) const {
        return {
            .url = peer.url() + "/auth/login", .username = "probe", .password_file = file("pass \"word\"\n")};
    }

    inline static std::vector<std::string> requests;
    inline static SteadyTime fake_now{std::chrono::hours(1)};
    fs::path directory_;
    boost::asio::io_context io_;
};

}  // namespace gatewatch::probes
