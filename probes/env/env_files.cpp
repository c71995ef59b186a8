#include "probes/env/env_files.hpp"

#include <boost/url.hpp>
#include <optional>

#include "probes/env/dotenv.hpp"
#include "probes/evidence_text.hpp"
#include "probes/read_file.hpp"

namespace gatewatch::probes::env {
namespace {

namespace fs = std::filesystem;

/// No environment file is as large as that.
constexpr std::size_t max_file_bytes = 1024 * 1024;

std::expected<std::vector<Variable>, Text> read(const fs::path& path, std::string_view key) {
    auto file = read_end(path, max_file_bytes);
    if (!file) {
        return std::unexpected(
            file.error() + say("; let the user that gatewatch runs as read it, or correct {} in "
                               "[gateway.env_files]",
                               "；请让运行 gatewatch 的用户可以读取它，或改正 [gateway.env_files] 中的 {}",
                               key));
    }
    return parse_dotenv(file->bytes);
}

/// A backend may split the value at commas into a list of origins.
bool lists(std::string_view value, std::string_view origin) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        auto item = value.substr(0, comma);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (item == origin) return true;
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return false;
}

struct Endpoint {
    bool secure = false;
    std::string host;
    unsigned port = 0;
};

/// Whom a client of that URL talks to; a path is the namespace, or the page's own business.
std::optional<Endpoint> endpoint_of(std::string_view url) {
    const auto parsed = boost::urls::parse_uri(url);
    if (!parsed) return std::nullopt;
    const auto scheme = std::string(std::string_view(parsed->scheme()));
    const bool secure = scheme == "https" || scheme == "wss";
    if (!secure && scheme != "http" && scheme != "ws") return std::nullopt;
    Endpoint endpoint{.secure = secure, .host = {}, .port = secure ? 443U : 80U};
    for (const char c : std::string_view(parsed->encoded_host())) {
        endpoint.host += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    if (parsed->has_port()) endpoint.port = parsed->port_number();
    return endpoint;
}

bool leads_to(std::string_view url, std::string_view wanted) {
    const auto found = endpoint_of(url);
    const auto right = endpoint_of(wanted);
    if (!found || !right || found->host != right->host) return false;
    if (found->secure == right->secure) return found->port == right->port;
    // A route that is probed over http may be served over https too.
    return found->secure && found->port == 443 && right->port == 80;
}

/// As it stands there, in one line, without the user and password that a URL may hold.
std::string shown(std::string_view value) {
    std::string text = printable(value, 200);
    const auto host = text.find("://");
    const auto at = text.rfind('@', text.find_first_of("/?#", host == std::string::npos ? 0 : host + 3));
    if (host != std::string::npos && at != std::string::npos && at > host)
        text.erase(host + 3, at - host - 2);
    return text;
}

class Inspection {
  public:
    explicit Inspection(const config::GatewaySettings& gateway) : gateway_(gateway) {
        sample_.up = true;
        sample_.taken = std::chrono::system_clock::now();
    }

    EnvSample run() {
        if (!gateway_.env_files) return sample_;
        if (gateway_.env_files->backend) backend(*gateway_.env_files->backend);
        if (gateway_.env_files->frontend) frontend(*gateway_.env_files->frontend);
        return std::move(sample_);
    }

  private:
    void fail(const Text& why) {
        sample_.detail = sample_.up ? why : sample_.detail + say("; ", "；") + why;
        sample_.up = false;
    }

    void report(EnvFault fault, const fs::path& file, std::string_view key, const Variable* variable,
                std::string wanted) {
        sample_.findings.push_back({.fault = fault,
                                    .file = file.native(),
                                    .line = variable != nullptr ? variable->line : 0,
                                    .key = std::string(key),
                                    .value = variable != nullptr ? shown(variable->value) : "",
                                    .wanted = std::move(wanted)});
    }

    /// What Socket.IO's CORS is set to: compared by the browser letter by letter with the page's origin.
    void backend(const fs::path& file) {
        const auto variables = read(file, "backend");
        if (!variables) return fail(variables.error());
        const auto* mode = find(*variables, "NODE_ENV");
        if (mode == nullptr || mode->value != "production") {
            report(EnvFault::node_env, file, "NODE_ENV", mode, "production");
        }
        const bool knows_origin = gateway_.origin || find_route(gateway_, Role::public_) != nullptr;
        const auto* url = find(*variables, "FRONTEND_URL");
        std::string value = url != nullptr ? url->value : "";
        const bool known = expand(*variables, value);
        // "*" is judged by the answers themselves: whether a browser refuses it depends on credentials.
        const bool fits = !known || value == "*" || lists(value, origin_of(gateway_));
        if (knows_origin && (value.empty() || !fits)) {
            report(EnvFault::frontend_url, file, "FRONTEND_URL", url, origin_of(gateway_));
        }
    }

    /// Vite reads .env.production.local, .env.production, .env.local and .env, the first of them that has the
    /// key wins.
    void frontend(const fs::path& configured) {
        constexpr std::string_view key = "VITE_WS_URL";
        auto variables = read(configured, "frontend");
        if (!variables) return fail(variables.error());
        auto file = configured;
        const auto name = configured.filename().native();
        std::vector<std::string> others;
        if (name == ".env.production") others = {".env.local", ".env"};
        if (const auto local = configured.parent_path() / (name + ".local"); name.starts_with(".env")) {
            take_if_set(local, key, file, *variables);
        }
        for (const auto& other : others) {
            if (find(*variables, key) == nullptr)
                take_if_set(configured.parent_path() / other, key, file, *variables);
        }
        judge_ws_url(find(*variables, key) != nullptr ? file : configured, *variables, key);
    }

    static void take_if_set(const fs::path& path, std::string_view key, fs::path& file,
                            std::vector<Variable>& variables) {
        const auto other = read_end(path, max_file_bytes);
        if (!other) return;
        auto parsed = parse_dotenv(other->bytes);
        if (find(parsed, key) == nullptr) return;
        file = path;
        variables = std::move(parsed);
    }

    void judge_ws_url(const fs::path& file, const std::vector<Variable>& variables, std::string_view key) {
        const auto* route = find_route(gateway_, Role::public_);
        const std::string wanted = route != nullptr ? route->url : "";
        const auto* url = find(variables, key);
        std::string value = url != nullptr ? url->value : "";
        const bool known = expand(variables, value);
        // Without a public route nobody knows where it should lead.
        if (!wanted.empty() && (value.empty() || (known && !leads_to(value, wanted)))) {
            report(EnvFault::ws_url, file, key, url, wanted);
        }
    }

    const config::GatewaySettings& gateway_;
    EnvSample sample_;
};

}  // namespace

EnvSample inspect(const config::GatewaySettings& gateway) {
    return Inspection(gateway).run();
}

}  // namespace gatewatch::probes::env
