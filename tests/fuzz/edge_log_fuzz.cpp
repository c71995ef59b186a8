// Lines of nginx's logs, whose words come from anybody: the first line is a log_format, the others are read
// by it and as lines of the error log.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/text_limits.hpp"
#include "probes/nginx/access_log.hpp"
#include "probes/nginx/error_log.hpp"

using namespace gatewatch;

namespace {

std::string_view next_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool may_be_shown(const std::string& text) {
    return text.size() <= probes::max_evidence && config::find_bad_utf8(text) == std::string_view::npos &&
           !config::has_control_character(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    config::GatewaySettings gateway;
    gateway.routes = {
        {.role = Role::public_, .url = "http://im.example.com", .ca_file = {}, .http_path = {}}};
    const probes::nginx::EdgeTarget target(gateway);
    auto format = config::parse_log_format(next_line(text));
    if (!format && format.error().empty()) std::abort();
    const probes::nginx::AccessLog log(format ? *format : config::parse_log_format("").value(), target);
    while (!text.empty()) {
        const auto line = next_line(text);
        probes::EdgeRequest request;
        const bool own = log.read(line, request) == probes::nginx::AccessLog::Fit::own;
        if (own && (request.code > 999 || !may_be_shown(request.upstream))) std::abort();
        const auto trouble = probes::nginx::read_error_line(line, target);
        if (!trouble) continue;
        if (!may_be_shown(trouble->excerpt) || !may_be_shown(trouble->upstream)) std::abort();
        if (trouble->upstream.contains('?')) std::abort();
    }
    return 0;
}
