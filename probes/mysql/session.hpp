// A blocking connection to the database that is there when it is needed: connects with the session's guards
// and time zone set, tells in words why it cannot, and drops the connection at each failure. Lives on one
// thread from its making to its end. Used by token_table.cpp.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "probes/mysql/fault_text.hpp"

namespace sql {
class Connection;
class SQLException;
}  // namespace sql

namespace gatewatch::probes::mysql {

class Session {
  public:
    using Action = std::function<std::expected<void, Text>(sql::Connection&)>;

    explicit Session(config::MysqlSettings settings);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// Runs the action on the connection. Its SQLException, or the text that it returns, becomes the error;
    /// never throws. The action runs once more if the connection of an earlier run turns out to be dead.
    [[nodiscard]] std::expected<void, Failure> run(const Action& action);
    /// The next run makes a new connection. An action that calls this uses its connection no more.
    void drop();

  private:
    [[nodiscard]] Failure failure(const sql::SQLException& error, std::chrono::nanoseconds took) const;
    std::expected<void, Failure> ensure_connected();
    void open(const std::string& password);
    void set_guards();
    void set_time_zone();

    config::MysqlSettings settings_;
    std::unique_ptr<sql::Connection> connection_;
    std::string time_zone_;    ///< of the session
    bool connecting_ = false;  ///< which step an exception comes from
};

}  // namespace gatewatch::probes::mysql
