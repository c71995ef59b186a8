// A stream layer that keeps the first bytes that were received. Beast hands over a refused upgrade's response
// only if it could read all of it; the bytes themselves tell who answered in every case, raw banners and what
// follows a 101 included. Used by transport_impl.hpp only.
#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "probes/net/net_error.hpp"

namespace gatewatch::probes::net {

template <class Next>
class TapStream {
  public:
    using next_layer_type = Next;
    using executor_type = typename Next::executor_type;

    template <class... Args>
    explicit TapStream(Args&&... args) : next_(std::forward<Args>(args)...) {}

    executor_type get_executor() { return next_.get_executor(); }
    Next& next_layer() { return next_; }
    const Next& next_layer() const { return next_; }

    /// The first bytes received since the last forget(), at most max_received.
    [[nodiscard]] const std::string& received() const { return received_; }
    void forget() { received_.clear(); }

    /// What the operations from here on may receive, and until when. A stream's own timer is not enough:
    /// where data is always ready each read completes before the timer's handler runs, and Beast then drops
    /// it as stale. Nor do Beast's limits cover all that a peer can send: chunk extensions, trailers and
    /// empty frames count for nothing.
    void limit(SteadyTime deadline, std::size_t bytes) {
        deadline_ = deadline;
        bytes_left_ = bytes;
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            [this, buffers, started = false](auto& self, boost::system::error_code error = {},
                                             std::size_t bytes = 0) mutable {
                if (!started) {
                    started = true;
                    next_.async_read_some(buffers, std::move(self));
                    return;
                }
                keep(buffers, bytes);
                self.complete(error ? error : excess(bytes), bytes);
            },
            token, next_);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return next_.async_write_some(buffers, std::forward<Token>(token));
    }

  private:
    template <class Buffers>
    void keep(const Buffers& buffers, std::size_t bytes) {
        auto room = std::min(max_received - received_.size(), bytes);
        if (room == 0) return;
        auto old = received_.size();
        received_.resize(old + room);
        boost::asio::buffer_copy(boost::asio::buffer(received_.data() + old, room), buffers, room);
    }

    boost::system::error_code excess(std::size_t bytes) {
        if (std::chrono::steady_clock::now() >= deadline_) return boost::beast::error::timeout;
        if (bytes > bytes_left_) return boost::beast::http::error::buffer_overflow;
        bytes_left_ -= bytes;
        return {};
    }

    Next next_;
    std::string received_;
    SteadyTime deadline_ = SteadyTime::max();
    std::size_t bytes_left_ = 0;
};

// Beast's own teardown waits until the peer has closed, on the bare socket, where no expiry reaches it: a
// peer that violates the protocol and then stays could hold a probe for ever. There is nothing left to wait
// for.
template <class Next>
void teardown(boost::beast::role_type, TapStream<Next>& stream, boost::system::error_code& error) {
    error = {};
    boost::system::error_code ignored;
    boost::beast::get_lowest_layer(stream).socket().shutdown(boost::asio::socket_base::shutdown_both,
                                                             ignored);
}

template <class Next, class Handler>
void async_teardown(boost::beast::role_type role, TapStream<Next>& stream, Handler&& handler) {
    boost::system::error_code error;
    teardown(role, stream, error);
    boost::asio::post(stream.get_executor(),
                      boost::beast::bind_front_handler(std::forward<Handler>(handler), error));
}

}  // namespace gatewatch::probes::net
