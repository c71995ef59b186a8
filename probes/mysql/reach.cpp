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

std::string advice(int error, bool unix_socket) {
    switch (error) {
        case 0:
            return {};
        case ECONNREFUSED:
            return "connection refused; start the database, or correct its address in [gateway.mysql]";
        case ENOENT:
            return "there is no such socket; start the database, or correct socket in [gateway.mysql]";
        case EACCES:
        case EPERM:
            return unix_socket ? "permission denied; let the user that gatewatch runs as use the socket"
                               : "permission denied by a local firewall; let gatewatch connect";
        case ETIMEDOUT:
            return "no answer to the connect; look for a firewall that drops packets, or a wrong address";
        case EHOSTUNREACH:
        case ENETUNREACH:
            return "unreachable; check the address in [gateway.mysql] and the network";
        case EMFILE:
        case ENFILE:
            return "gatewatch has no free file descriptors; raise its LimitNOFILE";
        default:
            return fmt::format("cannot connect: {}; check the address in [gateway.mysql]",
                               std::strerror(error));
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

std::string why_unreachable(const config::MysqlSettings& settings, std::chrono::milliseconds limit) {
    if (settings.socket) {
        const auto& path = settings.socket->native();
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        if (path.size() >= sizeof name.sun_path) return "the path of the socket is too long for the system";
        std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
        return advice(connect_error(reinterpret_cast<const sockaddr*>(&name), sizeof name, limit), true);
    }
    const auto [host, port] = split_address(settings.address);
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found); error != 0) {
        return fmt::format(
            "cannot resolve '{}': {}; correct address in [gateway.mysql], or the DNS of this host", host,
            ::gai_strerror(error));
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
