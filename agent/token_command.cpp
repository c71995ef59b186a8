#include "agent/token_command.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/token_report.hpp"
#include "probes/mysql/token_inspector.hpp"

namespace gatewatch::agent {
namespace {

constexpr int not_valid = 1;
constexpr int wrong_usage = 2;
constexpr int cannot_tell = 3;

/// No header of Node holds more than this.
constexpr std::size_t max_token_bytes = 16 * 1024;
constexpr unsigned default_rows = 20;

constexpr std::string_view white_space = " \t\r\n\v\f";

std::unexpected<Text> refused(Text text) {
    return std::unexpected(std::move(text));
}

bool is_bearer(std::string_view text) {
    constexpr std::string_view word = "bearer";
    return text.size() > word.size() && white_space.contains(text[word.size()]) &&
           std::ranges::equal(text.substr(0, word.size()), word,
                              [](char a, char b) { return (a | 0x20) == b; });
}

void trim(std::string& text) {
    text.erase(0, std::min(text.find_first_not_of(white_space), text.size()));
    text.erase(text.find_last_not_of(white_space) + 1);
}

std::expected<const config::GatewaySettings*, Text> choose(const config::Settings& settings,
                                                           const std::string& name) {
    const config::GatewaySettings* chosen = nullptr;
    unsigned with_table = 0;
    for (const auto& gateway : settings.gateways) {
        if (!name.empty() ? gateway.name != name : !gateway.mysql) continue;
        chosen = &gateway;
        ++with_table;
    }
    if (chosen == nullptr && !name.empty()) {
        return refused(say("no gateway is named \"{}\"; --gateway takes a name of the configuration",
                           "没有名为“{}”的网关；--gateway 需要配置中的名称", name));
    }
    if (chosen == nullptr || !chosen->mysql) {
        return refused({"no token table is configured; add [gateway.mysql] to the configuration",
                        "没有配置 Token 表；请在配置中加入 [gateway.mysql]"});
    }
    if (with_table > 1 && name.empty()) {
        return refused({"several gateways have a token table; choose one with --gateway NAME",
                        "有多个网关配置了 Token 表；请用 --gateway NAME 选择一个"});
    }
    return chosen;
}

std::string read_all(std::istream& input) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (text.size() <= max_token_bytes && input.read(buffer.data(), buffer.size()).gcount() > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(input.gcount()));
    }
    return text;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

int status_of(const TokenReport& report) {
    if (!report.preview) return 0;
    switch (verdict_of(report)) {
        case TokenVerdict::valid:
            return 0;
        case TokenVerdict::no_expiry:
            return cannot_tell;
        case TokenVerdict::expired:
        case TokenVerdict::revoked:
        case TokenVerdict::absent:
            break;
    }
    return not_valid;
}

}  // namespace

std::expected<Secret, Text> pasted_token(std::string text) {
    trim(text);
    if (is_bearer(text)) {
        text.erase(0, 6);
        trim(text);
    }
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
        text = text.substr(1, text.size() - 2);
    }
    if (text.empty()) {
        return refused(
            {"no token came; give it on standard input, such as: gatewatch token < FILE (never on the "
             "command line, where others can see it)",
             "没有收到 Token；请从标准输入提供，例如：gatewatch token < "
             "FILE（切勿写在命令行上，其他用户能看到）"});
    }
    if (text.size() > max_token_bytes) {
        return refused(say("the input is longer than {} bytes, which is no token",
                           "输入超过 {} 字节，不是 Token", max_token_bytes));
    }
    const auto gap = text.find_first_of(white_space);
    if (gap != std::string::npos) {
        return refused(
            say("white space stands after the token's character {}; a token has none: copy it in "
                "one piece, without the line breaks of a terminal",
                "Token 的第 {} 个字符之后有空白；Token 中不应有空白：请整段复制，不要带上终端的换行", gap));
    }
    const auto odd =
        std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (odd != text.end()) {
        return refused(
            {"the token holds control characters; copy it anew", "Token 中含有控制字符；请重新复制"});
    }
    return Secret(std::move(text));
}

TokenAnswer run_token(const config::Settings& settings, const TokenOptions& options, std::istream& input) {
    const auto failed = [&](const Text& text, int status) {
        return TokenAnswer{.output = {}, .error = in(options.language, text) + "\n", .status = status};
    };
    const auto gateway = choose(settings, options.gateway);
    if (!gateway) return failed(gateway.error(), wrong_usage);
    const auto& mysql = *(*gateway)->mysql;
    TokenReport report{.gateway = (*gateway)->name,
                       .table = mysql.database + "." + mysql.table,
                       .backend_time_zone = mysql.backend_time_zone,
                       .preview = {},
                       .length = 0,
                       .found = {}};
    probes::mysql::TokenQuery query{
        .token = {}, .user_id = options.user_id, .limit = options.recent.value_or(default_rows)};
    if (!options.recent && !options.user_id) {
        auto token = pasted_token(read_all(input));
        if (!token) return failed(token.error(), wrong_usage);
        report.length = characters(token->reveal());
        report.preview = probes::mysql::token_preview(token->reveal(), report.length);
        query.token = *std::move(token);
    }
    auto found = probes::mysql::inspect_tokens(mysql, query);
    if (!found) return failed(found.error(), cannot_tell);
    report.found = *std::move(found);
    return {.output = options.json ? token_json(report, options.language) + "\n"
                                   : token_text(report, options.language),
            .error = {},
            .status = status_of(report)};
}

}  // namespace gatewatch::agent
