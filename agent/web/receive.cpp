#include "agent/web/receive.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <string_view>
#include <tuple>

namespace gatewatch::agent::web {
namespace {

constexpr std::size_t read_bytes = 4096;

}  // namespace

Reply refusal(const beast::error_code& error) {
    Reply reply{400, "text/plain; charset=utf-8", "not an HTTP request that this server reads\n", {}};
    if (error == http::error::header_limit)
        reply = {431, reply.content_type, "the request's header is too large\n", {}};
    if (error == http::error::body_limit)
        reply = {413, reply.content_type, "the request's body is too large\n", {}};
    return reply;
}

bool is_bad_request(const beast::error_code& error) {
    return error.category() == make_error_code(http::error::bad_method).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message;
}

bool is_host_in_order(const Message& message) {
    const auto count = message.count(http::field::host);
    if (count == 0) return message.version() < 11;
    const auto value = message[http::field::host];
    constexpr std::string_view marks = "-._~!$&'()*+,;=%:[]";
    const auto allowed = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               marks.contains(c);
    };
    return count == 1 && std::ranges::all_of(value, allowed);
}

asio::awaitable<beast::error_code> receive(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                           Parser& parser, std::chrono::steady_clock::time_point deadline) {
    parser.eager(true);
    beast::error_code error;
    while (!parser.is_done()) {
        if (buffer.size() > 0) {
            buffer.consume(parser.put(buffer.data(), error));
            if (error && error != http::error::need_more) co_return error;
            if (!error) continue;
        }
        if (std::chrono::steady_clock::now() >= deadline) co_return beast::error::timeout;
        if (buffer.size() == buffer.max_size()) co_return http::error::buffer_overflow;
        const auto space = buffer.prepare(std::min(read_bytes, buffer.max_size() - buffer.size()));
        std::size_t bytes = 0;
        std::tie(error, bytes) = co_await stream.async_read_some(space, asio::as_tuple(asio::use_awaitable));
        if (error) co_return error;
        buffer.commit(bytes);
    }
    co_return beast::error_code{};
}

Request to_request(const Message& message) {
    const std::string_view target(message.target().data(), message.target().size());
    const auto question = target.find('?');
    Request request;
    request.method = message.method_string();
    request.path = target.substr(0, question);
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    request.host = message[http::field::host];
    for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
    request.body = message.body();
    return request;
}

}  // namespace gatewatch::agent::web
