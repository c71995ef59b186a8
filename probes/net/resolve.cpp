#include "probes/net/resolve.hpp"

#include <ares.h>
#include <fmt/format.h>
#include <netdb.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

namespace gatewatch::probes::net {
namespace {

namespace asio = boost::asio;
using Addresses = std::vector<asio::ip::address>;
using namespace std::chrono_literals;

/// How often c-ares is told that time has passed, so that it repeats a query.
constexpr auto tick = 100ms;

/// ares_library_init is not safe against itself, and c-ares wants it once: this object stands for it.
void init_library_once() {
    static const int status = ares_library_init(ARES_LIB_INIT_ALL);
    static_cast<void>(status);
}

/// One lookup. Lives in a shared_ptr, because handlers that wait for a socket may outlive the coroutine by
/// one turn.
class Lookup : public std::enable_shared_from_this<Lookup> {
  public:
    explicit Lookup(asio::any_io_executor executor)
        : executor_(executor), done_(executor), ticker_(executor) {}
    ~Lookup() { stop(); }
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

    int start(const std::string& host, const std::string& servers) {
        init_library_once();
        ares_options options{};
        options.timeout = 1000;
        options.tries = 4;
        options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
            static_cast<Lookup*>(self)->watch(fd, readable != 0, writable != 0);
        };
        options.sock_state_cb_data = this;
        int status = ares_init_options(&channel_, &options,
                                       ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
        if (status != ARES_SUCCESS) return status;
        started_ = true;
        if (!servers.empty()) status = ares_set_servers_ports_csv(channel_, servers.c_str());
        if (status != ARES_SUCCESS) return status;
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Lookup::finished, this);
        if (!status_) keep_ticking();
        return ARES_SUCCESS;
    }

    /// Ends by the deadline; false if it passed first.
    asio::awaitable<bool> wait(SteadyTime deadline) {
        if (!status_) {
            done_.expires_at(deadline);
            co_await done_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        co_return status_.has_value();
    }

    void stop() {
        if (!started_) return;
        started_ = false;
        ticker_.cancel();
        ares_destroy(channel_);
        for (auto& [fd, descriptor] : sockets_) descriptor->release();
        sockets_.clear();
    }

    [[nodiscard]] int status() const { return *status_; }
    [[nodiscard]] const Addresses& addresses() const { return addresses_; }

  private:
    using Descriptor = std::shared_ptr<asio::posix::stream_descriptor>;

    static void finished(void* self_pointer, int status, int, ares_addrinfo* result) {
        auto* self = static_cast<Lookup*>(self_pointer);
        self->status_ = status;
        for (auto* node = result ? result->nodes : nullptr; node != nullptr; node = node->ai_next) {
            asio::ip::tcp::endpoint endpoint;
            if (node->ai_addrlen > endpoint.capacity()) continue;
            std::memcpy(endpoint.data(), node->ai_addr, node->ai_addrlen);
            self->addresses_.push_back(endpoint.address());
        }
        if (result) ares_freeaddrinfo(result);
        self->done_.cancel();
    }

    void watch(ares_socket_t fd, bool readable, bool writable) {
        auto found = sockets_.find(fd);
        if (!readable && !writable) {
            // c-ares closes the socket itself, right after this.
            if (found != sockets_.end()) {
                found->second->release();
                sockets_.erase(found);
            }
            return;
        }
        if (found == sockets_.end()) {
            found =
                sockets_.emplace(fd, std::make_shared<asio::posix::stream_descriptor>(executor_, fd)).first;
            if (readable) wait_for(fd, found->second, asio::posix::stream_descriptor::wait_read);
        }
        if (writable) wait_for(fd, found->second, asio::posix::stream_descriptor::wait_write);
    }

    void wait_for(ares_socket_t fd, Descriptor descriptor, asio::posix::stream_descriptor::wait_type type) {
        auto& target = *descriptor;
        target.async_wait(
            type, [weak = weak_from_this(), fd, descriptor = std::move(descriptor), type](auto error) {
                auto self = weak.lock();
                if (error || !self || !self->started_) return;
                bool read = type == asio::posix::stream_descriptor::wait_read;
                ares_process_fd(self->channel_, read ? fd : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : fd);
                auto still = self->sockets_.find(fd);
                if (read && self->started_ && still != self->sockets_.end() && still->second == descriptor) {
                    self->wait_for(fd, descriptor, type);
                }
            });
    }

    void keep_ticking() {
        ticker_.expires_after(tick);
        ticker_.async_wait([weak = weak_from_this()](auto error) {
            auto self = weak.lock();
            if (error || !self || !self->started_ || self->status_) return;
            ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            self->keep_ticking();
        });
    }

    asio::any_io_executor executor_;
    asio::steady_timer done_;
    asio::steady_timer ticker_;
    ares_channel channel_ = nullptr;
    bool started_ = false;
    std::map<ares_socket_t, Descriptor> sockets_;
    std::optional<int> status_;
    Addresses addresses_;
};

Reason reason_of_status(int status) {
    switch (status) {
        case ARES_ENOTFOUND:
            return Reason::dns_nxdomain;
        case ARES_ETIMEOUT:
            return Reason::dns_timeout;
        case ARES_ENOMEM:
        case ARES_EFILE:
            return Reason::local_resource;
        default:
            return Reason::dns_error;
    }
}

}  // namespace

asio::awaitable<NetResult<Addresses>> resolve(std::string host, SteadyTime deadline, std::string servers) {
    boost::system::error_code not_literal;
    auto literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) co_return Addresses{literal};
    if (host == "localhost") {
        co_return Addresses{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
    }
    auto executor = co_await asio::this_coro::executor;
    auto lookup = std::make_shared<Lookup>(executor);
    int status = lookup->start(host, servers);
    bool in_time = status != ARES_SUCCESS;
    if (!in_time) in_time = co_await lookup->wait(deadline);
    if (!in_time) {
        lookup->stop();
        co_return std::unexpected(
            NetError{Reason::dns_timeout, fmt::format("no resolver answered for {}", host)});
    }
    if (status == ARES_SUCCESS) status = lookup->status();
    lookup->stop();
    if (status == ARES_SUCCESS && !lookup->addresses().empty()) co_return lookup->addresses();
    if (status == ARES_SUCCESS) status = ARES_ENODATA;
    co_return std::unexpected(
        NetError{reason_of_status(status), fmt::format("resolving {}: {}", host, ares_strerror(status))});
}

}  // namespace gatewatch::probes::net
