#include "probes/mysql/reach.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace gatewatch::probes::mysql {
namespace {

/// The errno of connecting, 0 if it is accepted.
int connect_error(const sockaddr* address, socklen_t length, std::chrono::milliseconds limit) {
    const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    int error = ::connect(fd, address, length) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        pollfd wait{.fd = fd, .events = POLLOUT, .revents = 0};
        if (::poll(&wait, 1, static_cast<int>(limit.count())) == 1) {
            socklen_t size = sizeof error;
            ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
        } else {
            error = ETIMEDOUT;
        }
    }
    ::close(fd);
    return error;
}

Reached advice(int error, bool unix_socket) {
    const auto theirs = [](Text text) { return Reached{std::move(text), true}; };
    const auto ours = [](Text text) { return Reached{std::move(text), false}; };
    switch (error) {
        case 0:
            return {};
        case ECONNREFUSED:
            return theirs(
                {"connection refused; start the database, or correct its address in [gateway.mysql]",
                 "连接被拒绝；请启动数据库，或改正 [gateway.mysql] 中的地址"});
        case ENOENT:
            return theirs(
                {"there is no such socket; start the database, or correct socket in [gateway.mysql]",
                 "没有这个套接字；请启动数据库，或改正 [gateway.mysql] 中的 socket"});
        case EACCES:
        case EPERM:
            return ours(unix_socket
                            ? Text{"permission denied; let the user that gatewatch runs as use the socket",
                                   "权限不足；请让运行 gatewatch 的用户可以使用该套接字"}
                            : Text{"permission denied by a local firewall; let gatewatch connect",
                                   "被本机防火墙拒绝；请允许 gatewatch 连接"});
        case ETIMEDOUT:
            return theirs(
                {"no answer to the connect; look for a firewall that drops packets, or a wrong address",
                 "连接没有应答；请检查是否有防火墙丢弃数据包，或地址有误"});
        case EHOSTUNREACH:
        case ENETUNREACH:
            return theirs({"unreachable; check the address in [gateway.mysql] and the network",
                           "不可达；请检查 [gateway.mysql] 中的地址和网络"});
        case EMFILE:
        case ENFILE:
            return ours({"gatewatch has no free file descriptors; raise its LimitNOFILE",
                         "gatewatch 没有空闲的文件描述符；请提高其 LimitNOFILE"});
        default:
            return theirs(say("cannot connect: {}; check the address in [gateway.mysql]",
                              "无法连接：{}；请检查 [gateway.mysql] 中的地址",
                              std::string(std::strerror(error))));
    }
}

}  // namespace

HostPort split_address(const std::string& address) {
    if (address.starts_with('[')) {
        const auto end = address.find(']');
        if (end == std::string::npos) return {address, "3306"};
        const bool has_port = address.size() > end + 2 && address[end + 1] == ':';
        return {address.substr(1, end - 1), has_port ? address.substr(end + 2) : "3306"};
    }
    const auto colon = address.find(':');
    if (colon == std::string::npos || address.find(':', colon + 1) != std::string::npos)
        return {address, "3306"};
    return {address.substr(0, colon), address.substr(colon + 1)};
}

Reached why_unreachable(const config::MysqlSettings& settings, std::chrono::milliseconds limit) {
    if (settings.socket) {
        const auto& path = settings.socket->native();
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        if (path.size() >= sizeof name.sun_path)
            return {{"the path of the socket is too long for the system", "套接字的路径超过系统允许的长度"},
                    false};
        std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
        return advice(connect_error(reinterpret_cast<const sockaddr*>(&name), sizeof name, limit), true);
    }
    const auto [host, port] = split_address(settings.address);
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found); error != 0) {
        return {say("cannot resolve '{}': {}; correct address in [gateway.mysql], or the DNS of this host",
                    "无法解析 '{}'：{}；请改正 [gateway.mysql] 中的 address，或本机的 DNS", host,
                    std::string(::gai_strerror(error))),
                false};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    int error = 0;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        error = connect_error(each->ai_addr, each->ai_addrlen, limit);
        if (error == 0) return {};
    }
    return advice(error, false);
}

}  // namespace gatewatch::probes::mysql
