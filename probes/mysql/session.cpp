#include "probes/mysql/session.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <ctime>
#include <exception>
#include <mutex>
#include <utility>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/fault_text.hpp"
#include "probes/mysql/queries.hpp"
#include "probes/mysql/reach.hpp"
#include "probes/secret_file.hpp"

namespace gatewatch::probes::mysql {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr int io_timeout_seconds = 2;
/// What took at least this long was ended by the client's own limit, not by the peer.
constexpr std::chrono::milliseconds nearly_timed_out{1800};
/// A lookup that fails sooner than this on a connection from an earlier round met a server that restarted
/// meanwhile.
constexpr std::chrono::milliseconds stale_connection{1000};

/// Does something with the library's driver, which it keeps in a map without a lock; there is a worker for
/// each gateway.
template <class Action>
void with_driver(Action action) {
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    action(*sql::mysql::get_mysql_driver_instance());
}

sql::mysql::MySQL_Driver& driver() {
    sql::mysql::MySQL_Driver* found = nullptr;
    with_driver([&](sql::mysql::MySQL_Driver& driver) { found = &driver; });
    return *found;
}

std::string host_option(const config::MysqlSettings& settings) {
    if (settings.socket) return "unix://" + settings.socket->native();
    const auto [host, port] = split_address(settings.address);
    const bool v6 = host.find(':') != std::string::npos;
    return fmt::format("tcp://{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

}  // namespace

Session::Session(config::MysqlSettings settings) : settings_(std::move(settings)) {
    with_driver([](sql::mysql::MySQL_Driver& driver) { driver.threadInit(); });
}

Session::~Session() {
    drop();
    with_driver([](sql::mysql::MySQL_Driver& driver) { driver.threadEnd(); });
}

void Session::drop() {
    connection_.reset();
}

std::expected<void, Failure> Session::run(const Action& action) {
    while (true) {
        const bool reused = connection_ != nullptr;
        const auto since = steady_clock::now();
        try {
            if (auto connected = ensure_connected(); !connected) return connected;
            auto done = action(*connection_);
            if (!done) {
                connection_.reset();
                return std::unexpected(
                    Failure{say("mysql {}: ", "mysql {}：", place_of(settings_)) + done.error(), false});
            }
            return {};
        } catch (const sql::SQLException& error) {
            connection_.reset();
            const auto took = steady_clock::now() - since;
            if (reused && connection_is_lost(error.getErrorCode()) && took < stale_connection) continue;
            return std::unexpected(failure(error, took));
        } catch (const std::exception& error) {
            connection_.reset();
            return std::unexpected(Failure{say("mysql {}: internal error: {}", "mysql {}：内部错误：{}",
                                               place_of(settings_), std::string(error.what())),
                                           false});
        }
    }
}

Failure Session::failure(const sql::SQLException& error, std::chrono::nanoseconds took) const {
    Fault fault{.code = error.getErrorCode(),
                .message = error.what(),
                .step = connecting_ ? Step::connect : Step::query,
                .slow = took >= nearly_timed_out,
                .reached = {}};
    if (connecting_ && connection_is_lost(fault.code) && fault.code != tls_error)
        fault.reached = why_unreachable(settings_, std::chrono::seconds(1));
    return describe(fault, settings_);
}

std::expected<void, Failure> Session::ensure_connected() {
    connecting_ = true;
    if (!connection_) {
        std::string password;
        if (settings_.password_file) {
            auto secret = read_secret_file(*settings_.password_file);
            if (!secret) {
                return std::unexpected(
                    Failure{say("mysql {}: ", "mysql {}：", place_of(settings_)) + secret.error(), false});
            }
            password = secret->reveal();
        }
        open(password);
        connecting_ = false;
        set_guards();
    }
    connecting_ = false;
    set_time_zone();
    return {};
}

void Session::open(const std::string& password) {
    sql::ConnectOptionsMap options;
    options["hostName"] = sql::SQLString(host_option(settings_));
    options["userName"] = sql::SQLString(settings_.user);
    options["password"] = sql::SQLString(password);
    options["schema"] = sql::SQLString(settings_.database);
    options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
    options["OPT_CONNECT_TIMEOUT"] = io_timeout_seconds;
    options["OPT_READ_TIMEOUT"] = io_timeout_seconds;
    options["OPT_WRITE_TIMEOUT"] = io_timeout_seconds;
    // A server could otherwise ask the client for any file that it can read.
    options["OPT_LOCAL_INFILE"] = 0;
    settings_.ca_file ? demand_tls(options, settings_.ca_file->native()) : allow_server_key(options);
    time_zone_.clear();
    // The library would give what is left of an earlier failure as the reason of this one.
    ::ERR_clear_error();
    connection_.reset(driver().connect(options));
}

void Session::set_guards() {
    std::unique_ptr<sql::Statement> statement(connection_->createStatement());
    std::string version;
    {
        const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery("SELECT VERSION()"));
        if (rows->next()) version = rows->getString(1).asStdString();
    }
    statement->execute(limit_statement(flavour_of(version)));
    statement->execute("SET SESSION lock_wait_timeout = 1");
    statement->execute("SET SESSION TRANSACTION READ ONLY");
}

/// DATETIME has no zone: NOW() must speak of the backend's. Asked for each time, since a host's zone has
/// summer and winter.
void Session::set_time_zone() {
    auto wanted = settings_.backend_time_zone;
    if (wanted.empty()) {
        const std::time_t now = system_clock::to_time_t(system_clock::now());
        std::tm local{};
        ::localtime_r(&now, &local);
        wanted = offset_text(local.tm_gmtoff);
    }
    if (wanted == time_zone_) return;
    const std::unique_ptr<sql::PreparedStatement> statement(
        connection_->prepareStatement("SET SESSION time_zone = ?"));
    statement->setString(1, wanted);
    statement->execute();
    time_zone_ = wanted;
}

}  // namespace gatewatch::probes::mysql
