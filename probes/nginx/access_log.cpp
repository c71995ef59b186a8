#include "probes/nginx/access_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "probes/evidence_text.hpp"
#include "probes/nginx/edge_text.hpp"

namespace gatewatch::probes::nginx {

using config::LogEscape;
using config::NginxLogFormat;

namespace {

/// How often a line may turn out to go on otherwise, before it is none of this format.
constexpr unsigned most_tries = 512;

bool is_status(std::string_view value) {
    return value.size() == 3 && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

enum class Value { possible, too_short, impossible };

/// Whether nginx can have written this for a variable: what it is of, no bare quote inside, no escape cut.
Value judge(std::string_view variable, std::string_view value, LogEscape escape) {
    if (variable == "status") return is_status(value) ? Value::possible : Value::impossible;
    const bool name = variable == "host" || variable == "server_name";
    if (name && value.contains(' ')) return Value::impossible;
    // "22/Nov/2026:22:48:24 +0000"
    if (variable == "time_local" && !value.contains(' ')) return Value::too_short;
    if (escape == LogEscape::standard) {
        return value.contains('"') ? Value::impossible : Value::possible;
    }
    if (escape == LogEscape::none) return Value::possible;
    bool escaped = false;
    for (char c : value) {
        if (c == '"' && !escaped) return Value::impossible;
        escaped = c == '\\' && !escaped;
    }
    return escaped ? Value::too_short : Value::possible;
}

/// Takes a line apart from left to right, each value as short as the rest allows. By hand: expressions with
/// groups cost twenty times as much, and megabytes of lines are read in one turn of the event loop.
class Match {
  public:
    Match(const NginxLogFormat& format, std::string_view line, std::vector<std::string_view>& values)
        : format_(format), line_(line), values_(values) {
        values_.resize(format.fields.size());
    }

    bool run() {
        const auto& before = format_.fields.front().before;
        return line_.starts_with(before) && from(0, before.size());
    }

  private:
    /// The field begins there.
    bool from(std::size_t field, std::size_t begin) {
        const bool last = field + 1 == format_.fields.size();
        if (last) return ends_at(field, begin);
        const auto& next = format_.fields[field + 1];
        // A path that touches the value before it ends that with its own slash.
        const std::string_view between = next.before.empty() ? "/" : std::string_view(next.before);
        for (auto end = line_.find(between, begin); end != std::string_view::npos;
             end = line_.find(between, end + 1)) {
            if (++tries_ > most_tries) return false;
            values_[field] = line_.substr(begin, end - begin);
            const Value value = judge(format_.fields[field].variable, values_[field], format_.escape);
            if (value == Value::impossible) return false;
            if (value == Value::possible && from(field + 1, end + next.before.size())) return true;
        }
        return false;
    }
    bool ends_at(std::size_t field, std::size_t begin) {
        const auto rest = line_.substr(begin);
        if (!rest.ends_with(format_.end)) return false;
        values_[field] = rest.substr(0, rest.size() - format_.end.size());
        return judge(format_.fields[field].variable, values_[field], format_.escape) == Value::possible;
    }

    const NginxLogFormat& format_;
    std::string_view line_;
    std::vector<std::string_view>& values_;
    unsigned tries_ = 0;
};

/// The value of the first of these variables that the format has, as the client sent it.
std::string value_of(const NginxLogFormat& format, const std::vector<std::string_view>& values,
                     std::initializer_list<std::string_view> variables) {
    for (const auto variable : variables) {
        for (std::size_t i = 0; i < format.fields.size(); ++i) {
            if (format.fields[i].variable == variable) return unescaped(values[i], format.escape);
        }
    }
    return {};
}

std::string uri_of(const NginxLogFormat& format, const std::vector<std::string_view>& values) {
    if (format.has("request")) return std::string(uri_of_request(value_of(format, values, {"request"})));
    if (format.has("request_uri")) return value_of(format, values, {"request_uri"});
    return value_of(format, values, {"uri", "document_uri"}) + "?" +
           value_of(format, values, {"args", "query_string"});
}

/// The last of "127.0.0.1:7002, 127.0.0.1:7003 : 127.0.0.1:7004"; "-": nginx asked none.
std::string last_upstream(std::string_view addresses) {
    const auto space = addresses.rfind(' ');
    if (space != std::string_view::npos) addresses.remove_prefix(space + 1);
    constexpr std::size_t longest = 120;
    return addresses == "-" ? std::string{} : printable(addresses, longest);
}

EdgeTransport transport_of(std::string_view uri, unsigned code) {
    if (code == 101) return EdgeTransport::websocket;
    auto query = uri.substr(std::min(uri.find('?'), uri.size()));
    while (!query.empty()) {
        query.remove_prefix(1);
        const auto end = std::min(query.find('&'), query.size());
        const auto parameter = query.substr(0, end);
        if (parameter == "transport=websocket") return EdgeTransport::websocket;
        if (parameter == "transport=polling") return EdgeTransport::polling;
        query.remove_prefix(end);
    }
    return EdgeTransport::other;
}

}  // namespace

EdgeStatus edge_status(unsigned code) {
    struct Known {
        unsigned code;
        EdgeStatus status;
    };
    constexpr std::array known{Known{101, EdgeStatus::switched},       Known{400, EdgeStatus::bad_request},
                               Known{401, EdgeStatus::unauthorized},   Known{403, EdgeStatus::denied},
                               Known{404, EdgeStatus::not_found},      Known{405, EdgeStatus::not_allowed},
                               Known{429, EdgeStatus::too_many},       Known{499, EdgeStatus::client_closed},
                               Known{502, EdgeStatus::bad_gateway},    Known{503, EdgeStatus::unavailable},
                               Known{504, EdgeStatus::gateway_timeout}};
    const auto found = std::ranges::find(known, code, &Known::code);
    if (found != known.end()) return found->status;
    if (code >= 100 && code < 300) return EdgeStatus::success;
    if (code >= 300 && code < 400) return EdgeStatus::redirect;
    if (code >= 400 && code < 500) return EdgeStatus::client_error;
    return EdgeStatus::server_error;  // 000 and 009 too: what the backend sent was no answer
}

AccessLog::AccessLog(NginxLogFormat format, EdgeTarget target)
    : format_(std::move(format)), target_(std::move(target)) {}

AccessLog::Fit AccessLog::read(std::string_view line, EdgeRequest& request) const {
    std::vector<std::string_view> values;
    if (!Match(format_, line, values).run()) return Fit::no;
    const std::string uri = uri_of(format_, values);
    if (!target_.takes_uri(uri)) return Fit::foreign;
    if (!target_.takes_host(value_of(format_, values, {"host", "http_host"}),
                            value_of(format_, values, {"server_name"}))) {
        return Fit::foreign;
    }
    const std::string status = value_of(format_, values, {"status"});
    request = {};
    std::from_chars(status.data(), status.data() + status.size(), request.code);
    request.status = edge_status(request.code);
    request.transport = transport_of(uri, request.code);
    request.upstream = last_upstream(value_of(format_, values, {"upstream_addr"}));
    request.synthetic = value_of(format_, values, {"http_user_agent"}).starts_with("gatewatch/");
    return Fit::own;
}

}  // namespace gatewatch::probes::nginx
