#include "tests/unit/probes/mysql_test_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <thread>

#include "probes/mysql/connector.hpp"

namespace gatewatch::probes::test {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> storage = {"--innodb-log-file-size=4M",
                                          "--innodb-data-file-path=ibdata1:4M:autoextend",
                                          "--innodb-buffer-pool-size=8M", "--innodb-doublewrite=0"};

/// A child that dies with the test program, its output in the log.
pid_t spawn(const std::vector<std::string>& arguments, const fs::path& log) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
}

std::string content(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

int bound_socket(int& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no free port on loopback");
    }
    port = ntohs(address.sin_port);
    return fd;
}

fs::path temporary_directory() {
    auto pattern = (fs::temp_directory_path() / "gatewatch-mysql-XXXXXX").native();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    return pattern;
}

/// What tests/mysql8 asks for: "host:port,user,password".
std::optional<MysqlServer::Foreign> foreign_server() {
    const char* given = std::getenv("GATEWATCH_MYSQL8");
    if (given == nullptr) return {};
    const std::string text = given;
    const auto user = text.find(',');
    const auto password = text.find(',', user + 1);
    if (user == std::string::npos || password == std::string::npos)
        throw std::runtime_error("GATEWATCH_MYSQL8 must be host:port,user,password");
    return MysqlServer::Foreign{text.substr(0, user), text.substr(user + 1, password - user - 1),
                                text.substr(password + 1)};
}

/// MySQL has no tables of numbers.
std::string without_sequences(const std::string& text) {
    static const std::regex table(R"(im_system\.seq_1_to_(\d+))");
    return std::regex_replace(
        text, table,
        "(WITH RECURSIVE numbers(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers "
        "WHERE seq < $1) SELECT seq FROM numbers) AS sequence");
}

}  // namespace

int free_port() {
    int port = 0;
    ::close(bound_socket(port));
    return port;
}

MuteListener::MuteListener() : fd_(bound_socket(port_)) {
    ::listen(fd_, 16);
}

MuteListener::~MuteListener() {
    ::close(fd_);
}

MysqlServer& MysqlServer::shared() {
    static const auto server = [] {
        const auto foreign = foreign_server();
        return foreign ? std::make_unique<MysqlServer>(*foreign) : std::make_unique<MysqlServer>();
    }();
    return *server;
}

MysqlServer::MysqlServer(Foreign foreign) : foreign_(std::move(foreign)) {
    directory_ = temporary_directory();
}

MysqlServer::MysqlServer(std::vector<std::string> options)
    : options_(std::move(options)), port_(free_port()) {
    directory_ = temporary_directory();
    // Servers that start side by side remove each other's files from a common temporary directory.
    fs::create_directory(directory_ / "tmp");
    const auto log = directory_ / "install.log";
    std::vector<std::string> install = {"mariadb-install-db",
                                        "--no-defaults",
                                        "--skip-test-db",
                                        "--auth-root-authentication-method=normal",
                                        "--skip-name-resolve",
                                        "--force",  // the host's own name need not resolve
                                        "--tmpdir=" + (directory_ / "tmp").native(),
                                        "--datadir=" + (directory_ / "data").native()};
    install.insert(install.end(), storage.begin(), storage.end());
    if (::geteuid() == 0) install.push_back("--user=root");
    int status = 0;
    ::waitpid(spawn(install, log), &status, 0);
    if (status != 0) throw std::runtime_error("mariadb-install-db failed: " + content(log));
    start();
}

MysqlServer::~MysqlServer() {
    kill();
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

void MysqlServer::start() {
    std::vector<std::string> arguments = {"/usr/sbin/mariadbd",
                                          "--no-defaults",
                                          "--datadir=" + (directory_ / "data").native(),
                                          "--tmpdir=" + (directory_ / "tmp").native(),
                                          "--socket=" + socket().native(),
                                          "--port=" + std::to_string(port_),
                                          "--bind-address=127.0.0.1",
                                          "--skip-name-resolve",
                                          "--performance-schema=off",
                                          "--default-time-zone=+00:00",
                                          "--innodb-flush-log-at-trx-commit=2"};
    arguments.insert(arguments.end(), storage.begin(), storage.end());
    arguments.insert(arguments.end(), options_.begin(), options_.end());
    if (::geteuid() == 0) arguments.push_back("--user=root");
    const auto log = directory_ / "server.log";
    pid_ = spawn(arguments, log);
    for (int attempt = 0; attempt < 1500; ++attempt) {
        try {
            static_cast<void>(connect());
            return;
        } catch (const sql::SQLException&) {
            if (::waitpid(pid_, nullptr, WNOHANG) != 0) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    throw std::runtime_error("mariadbd did not start: " + content(log));
}

void MysqlServer::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

void MysqlServer::freeze() {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);
}

void MysqlServer::thaw() {
    ::kill(pid_, SIGCONT);
}

std::unique_ptr<sql::Connection> MysqlServer::connect() const {
    if (foreign_) {
        return std::unique_ptr<sql::Connection>(sql::mysql::get_mysql_driver_instance()->connect(
            "tcp://" + foreign_->address, foreign_->user, foreign_->password));
    }
    return std::unique_ptr<sql::Connection>(
        sql::mysql::get_mysql_driver_instance()->connect("unix://" + socket().native(), "root", ""));
}

void MysqlServer::execute(const std::vector<std::string>& statements) const {
    const auto connection = connect();
    const std::unique_ptr<sql::Statement> statement(connection->createStatement());
    for (const auto& text : statements) {
        if (foreign_ && text.contains("seq_1_to_")) {
            statement->execute("USE im_system");
            statement->execute("SET cte_max_recursion_depth = 1000000");
        }
        statement->execute(foreign_ ? without_sequences(text) : text);
    }
}

std::vector<std::string> MysqlServer::query(const std::string& text) const {
    const auto connection = connect();
    const std::unique_ptr<sql::Statement> statement(connection->createStatement());
    const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery(text));
    std::vector<std::string> result;
    while (rows->next()) result.push_back(rows->getString(1).asStdString());
    return result;
}

void MysqlServer::reset() const {
    execute(
        {"DROP DATABASE IF EXISTS im_system",
         "CREATE DATABASE im_system CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
         "CREATE TABLE im_system.user_tokens (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, "
         "token VARCHAR(512) NOT NULL, is_revoked TINYINT(1) NOT NULL DEFAULT 0, expires_at DATETIME NULL, "
         "created_at DATETIME DEFAULT CURRENT_TIMESTAMP, KEY by_token (token))",
         "DROP USER IF EXISTS gatewatch@'%'", "CREATE USER gatewatch@'%' IDENTIFIED BY 'correct horse'",
         "GRANT SELECT ON im_system.* TO gatewatch@'%'"});
}

config::MysqlSettings MysqlServer::settings() const {
    const auto file = directory_ / "password";
    std::ofstream(file) << "correct horse\n";
    config::MysqlSettings settings;
    settings.address = foreign_ ? foreign_->address : fmt::format("127.0.0.1:{}", port_);
    settings.user = "gatewatch";
    settings.password_file = file;
    settings.backend_time_zone = "+00:00";
    return settings;
}

}  // namespace gatewatch::probes::test
