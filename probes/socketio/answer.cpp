#include "probes/socketio/answer.hpp"

#include <boost/json/parse.hpp>

#include "probes/evidence_text.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace json = boost::json;

std::optional<json::object> object_of(std::string_view body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

/// engine.io's own errors as bare words, which it sends where it saw an upgrade.
std::optional<int> code_of_words(std::string_view body) {
    if (body.starts_with("Transport unknown")) return 0;
    if (body.starts_with("Session ID unknown")) return 1;
    if (body.starts_with("Bad handshake method")) return 2;
    if (body.starts_with("Bad request")) return 3;
    if (body.starts_with("Forbidden")) return 4;
    if (body.starts_with("Unsupported protocol version")) return 5;
    return std::nullopt;
}

void describe_json(Answer& answer, std::string_view body, const std::optional<Secret>& secret) {
    answer.by = AnsweredBy::other;
    auto object = object_of(body);
    if (!object) return;
    if (const auto* code = object->if_contains("code"); code != nullptr && code->is_int64()) {
        answer.by = AnsweredBy::engine_io_request;
        answer.engine_code = static_cast<int>(code->get_int64());
        return;
    }
    const auto* message = object->if_contains("message");
    if (message == nullptr || !message->is_string() || object->if_contains("statusCode") == nullptr) return;
    // "Cannot GET /im/socket.io/?EIO=4&transport=polling": the path as Node received it.
    std::string_view text = message->get_string();
    if (!text.starts_with("Cannot ")) return;
    answer.by = AnsweredBy::nest_router;
    text.remove_prefix(7);
    auto space = text.find(' ');
    if (space == std::string_view::npos) return;
    text.remove_prefix(space + 1);
    answer.echoed_path = evidence_text(text.substr(0, text.find('?')), secret);
}

bool is_html(std::string_view content_type) {
    return content_type.starts_with("text/html");
}

Reason reason_of_code(int code, Asked asked) {
    switch (code) {
        case 0:
            return Reason::eio_transport;
        case 1:
            return Reason::eio_sid_unknown;
        case 3:
            return asked == Asked::upgrade ? Reason::upgrade_refused : Reason::eio_bad_request;
        case 4:
            return Reason::eio_forbidden;
        case 5:
            return Reason::eio_version;
        default:
            return Reason::eio_bad_request;
    }
}

Reason reason_of_status(const Answer& answer, unsigned status) {
    switch (status) {
        case 401:
        case 407:
            return Reason::http_auth;
        case 403:
            return Reason::http_denied;
        case 404:
        case 405:
            return Reason::http_not_found;
        case 429:
            return Reason::http_rate_limited;
        case 502:
            return Reason::http_bad_gateway;
        case 503:
            // nginx itself says 503 only for limit_req and limit_conn; an upstream that is down is its 502.
            return answer.by == AnsweredBy::nginx ? Reason::http_rate_limited : Reason::http_server_error;
        case 504:
            return Reason::http_gateway_timeout;
        default:
            break;
    }
    if (status >= 300 && status < 400) return Reason::http_redirect;
    if (status >= 400 && status < 500) return Reason::http_client_error;
    if (status >= 500 && status < 600) return Reason::http_server_error;
    return Reason::http_malformed;
}

}  // namespace

Answer describe(const net::HttpReply& reply, const std::optional<Secret>& secret) {
    Answer answer;
    answer.status = reply.status;
    answer.content_type = evidence_text(reply.header("Content-Type"), secret);
    answer.location = evidence_text(reply.header("Location"), secret);
    answer.after = reply.after;
    answer.excerpt = evidence_text(reply.body, secret);
    answer.by = AnsweredBy::other;
    if (answer.content_type.starts_with("application/json")) {
        describe_json(answer, reply.body, secret);
    } else if (auto code = code_of_words(reply.body); code && reply.status >= 400) {
        answer.by = AnsweredBy::engine_io_upgrade;
        answer.engine_code = code;
    } else if (reply.body.find("<center>nginx") != std::string::npos) {
        answer.by = AnsweredBy::nginx;
    } else if (is_html(answer.content_type)) {
        answer.by = AnsweredBy::page;
    }
    return answer;
}

Reason reason_for(const Answer& answer, Asked asked) {
    if (answer.engine_code) return reason_of_code(*answer.engine_code, asked);
    auto status = answer.status.value_or(0);
    if (status == 400 &&
        answer.excerpt.find("plain HTTP request was sent to HTTPS port") != std::string::npos) {
        return Reason::plain_http_on_tls;
    }
    if (status == 200) return is_html(answer.content_type) ? Reason::http_html : Reason::eio_malformed;
    return reason_of_status(answer, status);
}

}  // namespace gatewatch::probes::socketio
