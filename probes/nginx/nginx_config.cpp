#include "probes/nginx/nginx_config.hpp"

#include <boost/url/parse.hpp>
#include <expected>

#include "probes/nginx/inspection.hpp"
#include "probes/nginx/reader.hpp"

namespace gatewatch::probes::nginx {
namespace {

/// The http block's level; a file from conf.d alone is taken for one.
const std::vector<Directive>* http_of(const Document& document) {
    if (const auto* http = find(document.directives, "http")) return &http->children;
    if (find(document.directives, "server")) return &document.directives;
    return nullptr;
}

std::optional<Request> request_of(const config::GatewaySettings& gateway) {
    const auto* route = config::find_route(gateway, Role::public_);
    if (!route) return std::nullopt;
    const auto url = boost::urls::parse_uri(route->url);
    if (!url) return std::nullopt;
    Request request;
    request.host = lower(std::string(url->encoded_host()));
    request.port = url->has_port() ? std::string(url->port()) : url->scheme() == "https" ? "443" : "80";
    request.path = gateway.path;
    return request;
}

NginxSample down(Text why) {
    NginxSample sample;
    sample.detail = std::move(why);
    return sample;
}

NginxSample inspect_document(const std::expected<Document, ReadError>& document,
                             const config::GatewaySettings& gateway,
                             const std::optional<Handshake>& handshake) {
    NginxSample sample;
    auto request = request_of(gateway);
    if (!document) {
        sample = down(document.error().what);
    } else if (!request) {
        sample =
            down({"there is no public route whose server block could be looked for; add a [[gateway.route]] "
                  "with name = \"public\"",
                  "没有 public 路由，无从查找对应的 server 块；请添加 name = \"public\" 的 [[gateway.route]]"});
    } else if (const auto* http = http_of(*document)) {
        sample = inspect_http(*document, *http, gateway, handshake, std::move(*request));
    } else {
        const auto& name = document->sources.front().name;
        sample = down(
            say("{}: there is neither an http nor a server block in it; name nginx's main file, or a "
                "file with the output of nginx -T",
                "{}:其中没有 http 块，也没有 server 块；请指定 nginx 的主配置文件或保存 nginx -T 输出的文件",
                name));
    }
    sample.taken = std::chrono::system_clock::now();
    return sample;
}

}  // namespace

NginxSample inspect(const config::GatewaySettings& gateway, const std::optional<Handshake>& handshake) {
    const auto path = gateway.nginx ? gateway.nginx->config : config::NginxSettings{}.config;
    return inspect_document(read_file(path), gateway, handshake);
}

NginxSample inspect_text(std::string text, const std::string& name, const config::GatewaySettings& gateway,
                         const std::optional<Handshake>& handshake) {
    return inspect_document(read_text(std::move(text), name), gateway, handshake);
}

}  // namespace gatewatch::probes::nginx
