// The token table over a blocking connection: counts its rows by state and looks tokens up. Lives on the
// worker thread from its making to its end.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "probes/mysql/session.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::mysql {

struct RevokedTest;

class TokenTable {
  public:
    explicit TokenTable(config::MysqlSettings settings);

    /// Counts and the state of that token. Never throws; a failure is up == false without any count.
    [[nodiscard]] MysqlSample sample(const std::optional<Secret>& own);
    /// The newest valid token of the user, or why there is none. Never throws.
    [[nodiscard]] std::expected<Secret, Text> newest_valid(std::int64_t user_id);

  private:
    std::expected<RevokedTest, Text> read_schema(sql::Connection& connection);
    void count(sql::Connection& connection, MysqlSample& sample, const RevokedTest& test);
    void look_up(sql::Connection& connection, MysqlSample& sample, const RevokedTest& test,
                 const Secret& token);

    config::MysqlSettings settings_;
    Session session_;
};

}  // namespace gatewatch::probes::mysql
