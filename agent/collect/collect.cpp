#include "agent/collect/collect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "agent/collect/redactor.hpp"
#include "agent/diagnosis/text.hpp"
#include "probes/evidence_text.hpp"
#include "probes/nginx/reader.hpp"
#include "probes/nginx/secret_values.hpp"
#include "probes/pm2/log_names.hpp"
#include "probes/secret_file.hpp"

namespace gatewatch::agent::collect {
namespace {

namespace fs = std::filesystem;

/// The guide asks for 100 lines; more cost nothing here and may hold the beginning of the trouble.
constexpr std::size_t most_lines = 500;
constexpr std::size_t most_bytes = 512 * 1024;

/// The end of a regular file: at most so many lines and bytes, whole lines only.
std::expected<std::string, Text> read_tail(const fs::path& path) {
    std::error_code error;
    const auto size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
    std::ifstream file(path, std::ios::binary);
    if (error || !file || !fs::is_regular_file(path)) {
        return std::unexpected(say(
            "cannot read {}: {}", "无法读取 {}：{}", path.native(),
            error ? Text{error.message(), error.message()}
                  : Text{"no such file, or not readable for this user", "没有此文件，或当前用户无权读取"}));
    }
    const auto begin = size > most_bytes ? size - most_bytes : 0;
    std::string text(static_cast<std::size_t>(size - begin), '\0');
    file.seekg(static_cast<std::streamoff>(begin));
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (begin > 0) text.erase(0, std::min(text.find('\n') + 1, text.size()));
    std::size_t lines = 0;
    for (auto at = text.size(); at > 0; --at) {
        if (text[at - 1] == '\n' && at != text.size() && ++lines == most_lines) return text.substr(at);
    }
    return text;
}

class Gathering {
  public:
    explicit Gathering(const Input& input) : input_(input), secrets_(secrets_of(input.settings)) {}

    std::vector<Entry> all() {
        add("report.en.txt", render_text(input_.report, Language::en, {.once = true}),
            {"gatewatch check, in English", "gatewatch check（英文）"});
        add("report.zh.txt", render_text(input_.report, Language::zh, {.once = true}),
            {"gatewatch check, in Chinese", "gatewatch check（中文）"});
        add("report.json", render_json(input_.report, Language::en) + "\n",
            {"the same for programs", "供程序读取的同一结果"});
        add_running_agent();
        add_host();
        add_file("gatewatch.toml", input_.config_file, redact,
                 {"this agent's configuration", "本 agent 的配置"});
        if (!input_.tokens.empty()) {
            add("tokens.txt", input_.tokens,
                {"the token table: its columns and newest rows, tokens cut to a preview",
                 "token 表：列与最新的行，token 只保留前几个字符"});
        }
        for (const auto& gateway : input_.settings.gateways) add_gateway(gateway);
        missing(
            {"browser: a screenshot of the developer tools (Network, WS) cannot be taken from here; please "
             "add one by hand",
             "浏览器：开发者工具（Network、WS）的截图无法在此获取，请手工附上"});
        entries_.insert(entries_.begin(), {"MANIFEST.txt", manifest()});
        return std::move(entries_);
    }

  private:
    using Redact = std::string (*)(std::string_view, const std::vector<Secret>&);

    void add(const std::string& name, std::string content, const Text& what) {
        lines_.push_back(say("{}: ", "{}：", name) + what);
        entries_.push_back({name, probes::without_secrets(std::move(content), secrets_)});
    }
    void add_file(const std::string& name, const fs::path& path, Redact take_out, const Text& what) {
        const auto text = read_tail(path);
        if (!text) return missing(say("{}: ", "{}：", name) + text.error());
        add(name, take_out(*text, secrets_), what + say(" ({})", "（{}）", path.native()));
    }
    /// Whoever may write to a log's directory, which the backend or nginx may, could have root put any file
    /// into the archive.
    bool is_link(const std::string& name, const fs::path& path) {
        std::error_code error;
        if (!fs::is_symlink(path, error)) return false;
        missing(say("{}: {} is a symbolic link and was left out", "{}：{} 是符号链接，未收入", name,
                    path.native()));
        return true;
    }
    void missing(const Text& why) { missing_.push_back(why); }

    void add_running_agent();
    void add_host();
    void add_gateway(const config::GatewaySettings& gateway);
    void add_logs(const std::string& prefix, const config::Pm2Settings& pm2);
    void add_nginx(const std::string& prefix, const config::NginxSettings& nginx);
    void add_nginx_log(const std::string& name, const fs::path& path, const Text& what);
    [[nodiscard]] std::string manifest() const;

    const Input& input_;
    std::vector<Secret> secrets_;
    std::vector<Entry> entries_;
    std::vector<Text> lines_;
    std::vector<Text> missing_;
};

void Gathering::add_running_agent() {
    if (input_.agent_metrics.empty() && input_.agent_status.empty()) {
        return missing(say("agent: nothing answers at {}; is `gatewatch run` running?",
                           "agent：{} 没有应答；`gatewatch run` 在运行吗？", input_.settings.agent.listen));
    }
    add("agent/metrics.txt", input_.agent_metrics,
        {"/metrics of the running agent", "运行中的 agent 的 /metrics"});
    add("agent/status.json", input_.agent_status,
        {"/api/v1/status of the running agent", "运行中的 agent 的 /api/v1/status"});
}

void Gathering::add_host() {
    utsname name{};
    std::string text = ::uname(&name) == 0
                           ? fmt::format("{} {} {}\n", name.sysname, name.release, name.machine)
                           : std::string();
    if (const auto release = read_tail("/etc/os-release")) text += *release;
    add("host.txt", std::move(text), {"the system", "系统信息"});
}

void Gathering::add_gateway(const config::GatewaySettings& gateway) {
    const std::string prefix = gateway.name + "/";
    if (gateway.pm2) add_logs(prefix, *gateway.pm2);
    if (gateway.nginx) {
        add_nginx(prefix, *gateway.nginx);
        if (gateway.nginx->access_log) {
            add_nginx_log(prefix + "logs/nginx-access.log", *gateway.nginx->access_log,
                          {"nginx's access log: its last lines", "nginx 的访问日志：最后的若干行"});
        }
        if (gateway.nginx->error_log) {
            add_nginx_log(prefix + "logs/nginx-error.log", *gateway.nginx->error_log,
                          {"nginx's error log: its last lines", "nginx 的错误日志：最后的若干行"});
        }
    }
    if (!gateway.env_files) return;
    const Text what{"without values that may be secret", "已去除可能是密钥的值"};
    if (gateway.env_files->backend) {
        add_file(prefix + "env/backend.env", *gateway.env_files->backend, redact_env, what);
    }
    if (gateway.env_files->frontend) {
        add_file(prefix + "env/frontend.env", *gateway.env_files->frontend, redact_env, what);
    }
}

void Gathering::add_logs(const std::string& prefix, const config::Pm2Settings& pm2) {
    std::set<fs::path> paths;
    std::error_code error;
    for (const auto& source : probes::pm2::log_sources(pm2)) {
        for (fs::directory_iterator each(source.directory, error), end; !error && each != end;
             each.increment(error)) {
            const auto name = each->path().filename().native();
            if (!source.matches(name)) continue;
            if (!is_link(prefix + "logs/" + name, each->path())) paths.insert(each->path());
        }
    }
    if (paths.empty()) {
        const std::string patterns = fmt::format("{}", fmt::join(probes::pm2::log_patterns(pm2), ", "));
        missing(say("{}logs: no log file of {} matches {}", "{}logs：没有 {} 的日志文件与 {} 匹配", prefix,
                    pm2.app, patterns));
    }
    std::map<std::string, unsigned> names;
    for (const auto& path : paths) {
        // Files of two directories may have one name.
        std::string name = path.filename().native();
        if (const auto before = names[name]++; before > 0) name = fmt::format("{}-{}", before, name);
        add_file(prefix + "logs/" + name, path, redact, {"its last lines", "最后的若干行"});
    }
    add_file(prefix + "logs/pm2.log", pm2.home / "pm2.log", redact,
             {"PM2's own log: starts and exits", "PM2 自身的日志：启动与退出"});
}

void Gathering::add_nginx(const std::string& prefix, const config::NginxSettings& nginx) {
    const auto document = probes::nginx::read_file(nginx.config);
    if (!document) return missing(say("{}nginx: ", "{}nginx：", prefix) + document.error().what);
    std::string text;
    for (const auto& source : document->sources) {
        text += fmt::format("# configuration file {}:\n{}\n", source.name,
                            probes::nginx::without_secret_values(source.text));
    }
    add(prefix + "nginx.conf", redact(text, secrets_),
        say("nginx's configuration with its includes, in the form of nginx -T ({})",
            "nginx 的配置及其 include，格式同 nginx -T（{}）", nginx.config.native()));
}

void Gathering::add_nginx_log(const std::string& name, const fs::path& path, const Text& what) {
    if (!is_link(name, path)) add_file(name, path, redact_requests, what);
}

std::string Gathering::manifest() const {
    std::string text = fmt::format("gatewatch {} {}\n\n", input_.report.version, rfc3339(input_.report.time));
    for (const auto& line : lines_) text += fmt::format("{}\n    {}\n", line.en, line.zh);
    text += "\nWhat could not be had / 未能获取：\n";
    for (const auto& line : missing_) text += fmt::format("{}\n    {}\n", line.en, line.zh);
    text +=
        "\nSecrets that the configuration names, tokens, and values of keys such as password were replaced "
        "by "
        "[redacted]. Look through the files before you pass them on.\n"
        "配置中指明的密钥、token 以及 password 之类键的值已替换为 [redacted]。转交之前请再检查一遍。\n";
    return text;
}

}  // namespace

std::vector<Secret> secrets_of(const config::Settings& settings) {
    std::vector<Secret> secrets;
    const auto add_file = [&secrets](const fs::path& path) {
        if (auto secret = probes::read_secret_file(path)) secrets.push_back(std::move(*secret));
    };
    for (const auto& gateway : settings.gateways) {
        const auto& token = gateway.token;
        if (const auto* file = std::get_if<config::TokenFile>(&token.source)) add_file(file->path);
        if (const auto* login = std::get_if<config::TokenLogin>(&token.source))
            add_file(login->password_file);
        if (const auto* variable = std::get_if<config::TokenEnv>(&token.source)) {
            const char* value = std::getenv(variable->variable.c_str());
            if (value && *value) secrets.emplace_back(std::string(value));
        }
        if (token.expired_file) add_file(*token.expired_file);
        if (token.revoked_file) add_file(*token.revoked_file);
        if (gateway.mysql && gateway.mysql->password_file) add_file(*gateway.mysql->password_file);
    }
    return secrets;
}

std::vector<Entry> gather(const Input& input) {
    return Gathering(input).all();
}

}  // namespace gatewatch::agent::collect
