// A MariaDB server of the test's own: a fresh data directory below the temporary directory, a free port,
// ended by its pid. Started by the first test of a program that asks for it. Or, for tests/mysql8, a server
// that is there already. Used by the mysql_*_test.cpp files.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace sql {
class Connection;
}

namespace gatewatch::probes::test {

class MysqlServer {
  public:
    /// A server that somebody else has started: "host:port" and an account that may do everything.
    struct Foreign {
        std::string address;
        std::string user;
        std::string password;
    };

    /// The server that the tests of this program share: its own, or the one in the environment's
    /// GATEWATCH_MYSQL8, as "host:port,user,password". The tests drop and make database im_system there.
    static MysqlServer& shared();

    /// With these options of mariadbd beside its own.
    explicit MysqlServer(std::vector<std::string> options = {});
    explicit MysqlServer(Foreign foreign);
    MysqlServer(const MysqlServer&) = delete;
    MysqlServer& operator=(const MysqlServer&) = delete;
    ~MysqlServer();

    void start();   ///< returns when it answers
    void kill();    ///< SIGKILL, and waits for its end
    void freeze();  ///< SIGSTOP, and waits until all of it stands still
    void thaw();
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] std::filesystem::path socket() const { return directory_ / "socket"; }
    [[nodiscard]] std::filesystem::path directory() const { return directory_; }

    /// A connection as root, over the socket; to somebody else's server, as its account.
    [[nodiscard]] std::unique_ptr<sql::Connection> connect() const;
    void execute(const std::vector<std::string>& statements) const;
    /// The first column of every row.
    [[nodiscard]] std::vector<std::string> query(const std::string& statement) const;

    /// Database im_system with an empty user_tokens as the backend makes it, and user gatewatch, who may read
    /// it all.
    void reset() const;
    /// What the collector is given to read that table, over TCP.
    [[nodiscard]] config::MysqlSettings settings() const;

  private:
    std::vector<std::string> options_;
    std::optional<Foreign> foreign_;
    std::filesystem::path directory_;
    int port_ = 0;
    pid_t pid_ = 0;
};

/// A port on 127.0.0.1 that nobody listens on.
[[nodiscard]] int free_port();

/// Listens and accepts in the kernel, and never says a word.
class MuteListener {
  public:
    MuteListener();
    MuteListener(const MuteListener&) = delete;
    MuteListener& operator=(const MuteListener&) = delete;
    ~MuteListener();
    [[nodiscard]] int port() const { return port_; }

  private:
    int fd_;
    int port_;
};

}  // namespace gatewatch::probes::test
