#include "probes/net/http_parse.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>

namespace gatewatch::probes::net {
namespace {

namespace http = boost::beast::http;

std::optional<unsigned> status_of(std::string_view line) {
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
    unsigned status = 0;
    auto result = std::from_chars(line.data() + 9, line.data() + 12, status);
    if (result.ec != std::errc{} || result.ptr != line.data() + 12 || status < 100) return std::nullopt;
    return status;
}

}  // namespace

// Beast's parser undoes chunks and copes with a body cut short, but wants the header whole before it shows
// any of it. Half a header still tells the status, and that is worth a line of our own.
std::optional<HttpReply> parse_partial_reply(std::string_view bytes) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.header_limit(max_header_bytes);
    parser.body_limit(boost::none);
    boost::system::error_code ignored;
    parser.put(boost::asio::buffer(bytes), ignored);
    HttpReply reply;
    if (!parser.is_header_done()) {
        auto status = status_of(bytes.substr(0, bytes.find("\r\n")));
        if (!status) return std::nullopt;
        reply.status = *status;
        return reply;
    }
    reply.status = parser.get().result_int();
    for (const auto& field : parser.get()) reply.headers.emplace_back(field.name_string(), field.value());
    // What follows a 101 belongs to another protocol; the caller wants to see it all the same.
    reply.body = reply.status == 101 ? std::string(after_header(bytes)) : parser.get().body();
    return reply;
}

std::string_view after_header(std::string_view bytes) {
    auto end = bytes.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string_view{} : bytes.substr(end + 4);
}

std::string_view HttpReply::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (boost::beast::iequals(key, name)) return value;
    }
    return {};
}

}  // namespace gatewatch::probes::net
