#include "config/nginx_log_format.hpp"

#include <array>
#include <cctype>
#include <utility>

namespace gatewatch::config {
namespace {

constexpr std::size_t max_fields = 100;  ///< nobody logs more; bounds the work on each line

/// What access_log.cpp reads.
constexpr std::array<std::string_view, 12> wanted{"request", "request_uri",  "uri",         "document_uri",
                                                  "args",    "query_string", "status",      "http_user_agent",
                                                  "host",    "http_host",    "server_name", "upstream_addr"};

bool is_wanted(std::string_view variable) {
    return std::ranges::find(wanted, variable) != wanted.end();
}

bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Takes "$name" or "${name}" off the front; empty: it is neither.
std::string take_variable(std::string_view& text) {
    const bool braces = text.starts_with("${");
    const std::size_t begin = braces ? 2 : 1;
    std::size_t end = begin;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (braces && (end == text.size() || text[end] != '}')) return {};
    std::string name(text.substr(begin, end - begin));
    if (!name.empty()) text.remove_prefix(end + (braces ? 1 : 0));
    return name;
}

/// What nginx's configuration makes of a backslash between quotes.
char take_literal(std::string_view& text) {
    char c = text.front();
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) return c;
    constexpr std::string_view written = "trn\"'\\";
    constexpr std::string_view meant = "\t\r\n\"'\\";
    const auto at = written.find(text.front());
    if (at == std::string_view::npos) return c;
    text.remove_prefix(1);
    return meant[at];
}

Parsed<LogEscape> take_escape(std::string_view& text) {
    if (!text.starts_with("escape=")) return LogEscape::standard;
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word == "escape=default") return LogEscape::standard;
    if (word == "escape=json") return LogEscape::json;
    if (word == "escape=none") return LogEscape::none;
    return wrong(
        {"begins with an escape= that nginx does not have; write escape=json, escape=none, or nothing",
         "开头的 escape= 是 nginx 没有的取值；请写 escape=json、escape=none，或不写"});
}

/// The directive as it stands in nginx.conf, or a part of it with its quotes.
bool is_whole_directive(std::string_view text) {
    return text.starts_with("log_format ") || (text.starts_with('\'') && text.ends_with('\'')) ||
           text.ends_with(';');
}

/// `$uri$is_args$args` is the request's URI again.
void join_uri(NginxLogFormat& format) {
    auto& fields = format.fields;
    for (std::size_t i = 0; i + 2 < fields.size(); ++i) {
        const bool path = fields[i].variable == "uri" || fields[i].variable == "document_uri";
        const bool query = fields[i + 2].variable == "args" || fields[i + 2].variable == "query_string";
        const bool together = fields[i + 1].before.empty() && fields[i + 2].before.empty();
        if (!path || !query || !together || fields[i + 1].variable != "is_args") continue;
        fields[i].variable = "request_uri";
        const auto after = fields.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        fields.erase(after, after + 2);
    }
}

/// Where two values touch, nobody can tell where one ends; that does not matter where neither is read.
Parsed<void> join_unread(NginxLogFormat& format) {
    auto& fields = format.fields;
    for (std::size_t i = 1; i < fields.size();) {
        const bool apart = !fields[i].before.empty() || begins_with_slash(fields[i].variable);
        if (apart) {
            ++i;
        } else if (is_wanted(fields[i - 1].variable) || is_wanted(fields[i].variable)) {
            return wrong(
                say("has nothing between ${} and ${}, so that nothing tells where one ends; put a space "
                    "between them in nginx and here",
                    "在 ${} 和 ${} 之间没有分隔，无法判断前者到哪里结束；请在 nginx 和此处都加一个空格",
                    fields[i - 1].variable, fields[i].variable));
        } else {
            fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
    return {};
}

Parsed<void> check_fields(const NginxLogFormat& format) {
    if (format.fields.empty()) {
        return wrong(
            {"holds no variable; write the format itself, such as '$remote_addr [$time_local] \"$request\" "
             "$status', not its name",
             "不含变量；请写格式本身，例如 '$remote_addr [$time_local] \"$request\" $status'，"
             "不要写它的名称"});
    }
    const bool query = format.has("args") || format.has("query_string");
    const bool path = format.has("uri") || format.has("document_uri");
    if (!format.has("request") && !format.has("request_uri") && !(path && query)) {
        return wrong(
            {"does not log which request it was; add \"$request\" to the log_format in nginx and here (or "
             "$request_uri, or $uri with $args)",
             "没有记录是哪个请求；请在 nginx 的 log_format 和此处都加上 \"$request\""
             "（或 $request_uri，或 $uri 与 $args）"});
    }
    if (!format.has("status")) {
        return wrong({"does not log how nginx answered; add $status to the log_format in nginx and here",
                      "没有记录 nginx 的应答状态；请在 nginx 的 log_format 和此处都加上 $status"});
    }
    return {};
}

}  // namespace

bool begins_with_slash(std::string_view variable) {
    return variable == "request_uri" || variable == "uri" || variable == "document_uri";
}

Parsed<NginxLogFormat> parse_log_format(std::string_view text) {
    if (text.empty() || text == "combined") text = combined_log_format;
    if (is_whole_directive(text)) {
        return wrong(
            {"is the whole directive, or has its quotes; write the format alone, its parts joined: what "
             "stands between the quotes behind log_format's name",
             "是整条指令，或带有它的引号；请只写格式，把各段连在一起：即 log_format 名称之后引号之间的内容"});
    }
    NginxLogFormat format;
    const auto escape = take_escape(text);
    if (!escape) return wrong(escape.error());
    format.escape = *escape;
    std::string literal;
    while (!text.empty()) {
        if (text.front() != '$') {
            literal += take_literal(text);
            continue;
        }
        const auto variable = take_variable(text);
        if (variable.empty()) {
            return wrong({R"(has a "$" without the name of a variable behind it; write such as $status)",
                          R"(有一个“$”后面没有变量名；请写成 $status 这样的形式)"});
        }
        format.fields.push_back({std::exchange(literal, {}), variable});
        if (format.fields.size() > max_fields) {
            return wrong(say("has more than {} variables; log what is needed in a file of its own",
                             "变量超过 {} 个；请把所需内容单独记录到一个日志文件", max_fields));
        }
    }
    format.end = std::move(literal);
    join_uri(format);
    if (auto joined = join_unread(format); !joined) return wrong(joined.error());
    if (auto checked = check_fields(format); !checked) return wrong(checked.error());
    return format;
}

Parsed<std::string> check_log_format(std::string_view text) {
    constexpr std::size_t most = 4000;
    if (text.size() > most) {
        return wrong(
            say("is {} bytes long; write at most {}", "长 {} 字节；最多 {} 字节", text.size(), most));
    }
    if (const auto format = parse_log_format(text); !format) return wrong(format.error());
    return text == "combined" ? std::string{} : std::string(text);
}

}  // namespace gatewatch::config
