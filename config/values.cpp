#include "config/values.hpp"

#include <algorithm>

#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view digits = "0123456789";

bool consists_of(std::string_view text, std::string_view more) {
    return std::ranges::all_of(
        text, [&](char c) { return letters.contains(c) || digits.contains(c) || more.contains(c); });
}

Parsed<std::string> parse_restricted(std::string_view text, std::string_view more, std::string_view example) {
    if (!text.empty() && text.size() <= 64 && consists_of(text, more)) return std::string(text);
    return wrong(
        say(R"({} cannot be used here; write 1 to 64 letters, digits or characters of "{}", such as "{}")",
            R"({} 不能用在这里；请写 1 到 64 个字母、数字或“{}”中的字符，例如 "{}")", in_quotes(text), more,
            example));
}

}  // namespace

Parsed<std::string> parse_optional_text(std::string_view text) {
    constexpr std::size_t most = 200;
    if (text.size() <= most) return std::string(text);
    return wrong(say("is {} bytes long; write at most {}", "长 {} 字节；最多 {} 字节", text.size(), most));
}

Parsed<std::string> parse_text(std::string_view text) {
    if (text.empty())
        return wrong({"is empty; write a value or remove the key", "为空；请写一个值，或删除该项"});
    return parse_optional_text(text);
}

Parsed<std::string> parse_name(std::string_view text) {
    // It stands in the names of files too, where "." and ".." lead elsewhere.
    if (text.starts_with('.')) {
        return wrong(say(R"({} begins with a dot; begin with a letter or a digit, such as "im")",
                         R"({} 以点开头；请以字母或数字开头，例如 "im")", in_quotes(text)));
    }
    return parse_restricted(text, "_.-", "im");
}

Parsed<std::string> parse_identifier(std::string_view text) {
    return parse_restricted(text, "_$", "user_tokens");
}

Parsed<std::string> parse_variable(std::string_view text) {
    if (!text.empty() && text.size() <= 200 && consists_of(text, "_") && !digits.contains(text.front())) {
        return std::string(text);
    }
    // Not repeated: it may be the token itself.
    return wrong(
        {R"(must be the name of an environment variable (letters, digits and "_"), such as "IM_TOKEN"; )"
         "the token itself never stands in this file",
         R"(必须是环境变量的名称（字母、数字和“_”），例如 "IM_TOKEN"；token 本身绝不写在此文件中)"});
}

Parsed<std::string> parse_app(std::string_view text) {
    if (text.contains('/'))
        return wrong({R"(must be the application's name in PM2, without "/", such as "nest-backend")",
                      R"(必须是应用在 PM2 中的名称，不含“/”，例如 "nest-backend")"});
    return parse_text(text);
}

Parsed<std::filesystem::path> parse_path(std::string_view text) {
    // Not repeated: it may be a token that was meant to be in a file.
    if (text.starts_with('~'))
        return wrong({R"("~" is not expanded; write the whole path, such as "/root/.pm2")",
                      R"(“~”不会展开；请写完整路径，例如 "/root/.pm2")"});
    if (!text.starts_with('/')) {
        return wrong({R"(must be a whole path that begins with "/": a service has no folder to start from)",
                      R"(必须是以“/”开头的完整路径：服务没有可作为起点的目录)"});
    }
    if (text.size() > 4095) {
        return wrong({"is longer than a path can be (4095 bytes); shorten it",
                      "超过路径的最大长度（4095 字节）；请缩短"});
    }
    return std::filesystem::path(text);
}

Parsed<std::string> parse_namespace(std::string_view text) {
    if (text.size() > 128) {
        return wrong({R"(is longer than 128 bytes; write the namespace alone, such as "/im")",
                      R"(超过 128 字节；请只写命名空间，例如 "/im")"});
    }
    if (!text.starts_with('/')) {
        return wrong(say(R"({} does not begin with "/"; write "/im", or "/" for the main namespace)",
                         R"({} 不以“/”开头；请写 "/im"，主命名空间则写 "/")", in_quotes(text)));
    }
    if (text.find_first_of(",? ") != std::string_view::npos) {
        return wrong(
            {R"(cannot hold a comma, a question mark or a space; write the namespace alone, such as "/im")",
             R"(不能含有逗号、问号或空格；请只写命名空间，例如 "/im")"});
    }
    return std::string(text);
}

Parsed<std::string> parse_time_zone(std::string_view text) {
    if (text.empty()) return std::string{};
    auto digit = [&](std::size_t i) { return text[i] - '0'; };
    const bool offset = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
                        digits.contains(text[1]) && digits.contains(text[2]) && digits.contains(text[4]) &&
                        digits.contains(text[5]);
    if (offset) {
        const int minutes = digit(4) * 10 + digit(5);
        const int all = (digit(1) * 10 + digit(2)) * 60 + minutes;
        const int most = text[0] == '+' ? 14 * 60 : 14 * 60 - 1;
        if (minutes < 60 && all <= most) return std::string(text);
        return wrong(say(R"({} is out of range; write "-13:59" to "+14:00")",
                         R"({} 超出范围；请写 "-13:59" 到 "+14:00")", in_quotes(text)));
    }
    // "UTC+8" and the like are no zones, and their sign is read both ways.
    const bool name = letters.contains(text.front()) && text.size() <= 64 && consists_of(text, "/_+-") &&
                      !text.contains("//") && !text.ends_with('/') &&
                      (text.starts_with("Etc/") || text.find_first_of("+") == std::string_view::npos) &&
                      !text.starts_with("UTC-") && !text.starts_with("GMT-");
    if (name) return std::string(text);
    return wrong(
        say(R"({} is no time zone; write an offset such as "+08:00" or a name such as "Asia/Shanghai")",
            R"({} 不是时区；请写偏移量，例如 "+08:00"，或名称，例如 "Asia/Shanghai")", in_quotes(text)));
}

}  // namespace gatewatch::config
