#include "tests/unit/probes/real_nginx.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace gatewatch::probes::nginx::test {
namespace {

using namespace std::chrono_literals;

std::string content(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

::pid_t start(const std::filesystem::path& directory, const std::filesystem::path& file, bool test) {
    const auto log = directory / "error.log";
    const auto prefix = directory.native() + "/";
    const ::pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::setenv("PATH", "/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/usr/local/bin:/bin", 1);
    const int output = ::open((directory / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    const char* with_test = test ? "-tq" : nullptr;
    ::execlp("nginx", "nginx", "-p", prefix.c_str(), "-c", file.c_str(), "-e", log.c_str(), with_test,
             nullptr);
    ::_exit(127);
}

class Socket {
  public:
    explicit Socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(port);
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const ::timeval patience{.tv_sec = 5, .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    ~Socket() { ::close(descriptor_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    bool connect() const { return ::connect(descriptor_, address(), sizeof address_) == 0; }
    std::uint16_t bind() {
        ::socklen_t length = sizeof address_;
        if (::bind(descriptor_, address(), sizeof address_) != 0) throw std::runtime_error("bind");
        ::getsockname(descriptor_, reinterpret_cast<::sockaddr*>(&address_), &length);
        return ntohs(address_.sin_port);
    }
    std::string exchange(const std::string& request) const {
        if (::send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) < 0) return {};
        std::string answer;
        char buffer[4096];
        for (::ssize_t got; (got = ::recv(descriptor_, buffer, sizeof buffer, 0)) > 0;)
            answer.append(buffer, static_cast<std::size_t>(got));
        return answer;
    }

  private:
    const ::sockaddr* address() const { return reinterpret_cast<const ::sockaddr*>(&address_); }
    ::sockaddr_in address_{};
    int descriptor_;
};

}  // namespace

std::string preamble(const std::filesystem::path& directory) {
    return "daemon off;\nmaster_process off;\npid " + (directory / "nginx.pid").native() + ";\nevents {}\n";
}

std::string temporary_paths(const std::filesystem::path& directory) {
    std::string lines = "    access_log off;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        lines += "    " + std::string(kind) + "_temp_path " + (directory / kind).native() + ";\n";
    return lines;
}

std::string refused_by_nginx(const std::filesystem::path& directory, const std::filesystem::path& file) {
    const ::pid_t pid = start(directory, file, true);
    int status = -1;
    ::waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return "nginx -t: " + content(directory / "output");
}

std::uint16_t free_port() {
    return Socket(0).bind();
}

RealNginx::RealNginx(const std::filesystem::path& directory, const std::filesystem::path& file,
                     std::uint16_t port)
    : port_(port), pid_(start(directory, file, false)) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!Socket(port_).connect()) {
        int status = 0;
        const bool gone = ::waitpid(pid_, &status, WNOHANG) == pid_;
        if (gone) pid_ = -1;
        if (gone || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("nginx does not come up: " + content(directory / "output") +
                                     content(directory / "error.log"));
        std::this_thread::sleep_for(5ms);
    }
}

RealNginx::~RealNginx() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

std::string RealNginx::get(const std::string& host, const std::string& path) const {
    const Socket socket(port_);
    if (!socket.connect()) return {};
    const auto answer =
        socket.exchange("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    return answer.substr(0, answer.find("\r\n\r\n"));
}

}  // namespace gatewatch::probes::nginx::test
