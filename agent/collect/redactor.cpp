#include "agent/collect/redactor.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "agent/diagnosis/text.hpp"
#include "probes/evidence_text.hpp"

namespace gatewatch::agent::collect {
namespace {

constexpr std::string_view redacted = "[redacted]";

/// Ends of keys, in lower case: DB_PASSWORD, jwtSecret, accessToken.
constexpr std::array key_ends{"password", "passwd",     "pwd",        "pass",          "passphrase",
                              "secret",   "token",      "key",        "authorization", "cookie",
                              "session",  "credential", "credentials"};

bool is_key_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool names_a_secret(std::string_view key) {
    const std::string name = lower(key);
    // nginx's directive says what a cached answer depends on.
    return !name.ends_with("cache_key") &&
           std::ranges::any_of(key_ends, [&](const char* end) { return name.ends_with(end); });
}

/// Where the value of a key that ends before `at` begins: behind quotes, blanks and one of `=`, `:`; or where
/// nginx writes `proxy_set_header Authorization "…"`, behind blanks and a quote. npos: no value follows.
std::size_t value_begin(std::string_view line, std::size_t at) {
    bool separator = false;
    bool quote_after_blank = false;
    std::size_t i = at;
    while (i < line.size()) {
        const char c = line[i];
        const bool is_separator = c == '=' || c == ':';
        if (is_separator && separator) break;
        separator = separator || is_separator;
        if ((c == '"' || c == '\'') && i > at && is_blank(line[i - 1])) quote_after_blank = true;
        const bool skipped = is_blank(c) || c == '"' || c == '\'' || c == '\\' || is_separator;
        if (!skipped) break;
        ++i;
    }
    return (separator || quote_after_blank) && i < line.size() ? i : std::string_view::npos;
}

/// Within quotes up to the closing one; in JSON, whose keys stand in quotes, up to the next comma; else to
/// the end of the line, since a header, a cookie or a list holds blanks, commas and semicolons.
std::size_t value_end(std::string_view line, std::size_t begin, bool json) {
    const char before = begin > 0 ? line[begin - 1] : ' ';
    if (before == '"' || before == '\'') {
        auto end = line.find(before, begin);
        while (end != std::string_view::npos && line[end - 1] == '\\' && end > begin)
            end = line.find(before, end + 1);
        return std::min(end, line.size());
    }
    const bool list = line[begin] == '[' || line[begin] == '{';
    return json && !list ? std::min(line.find_first_of(",}", begin), line.size()) : line.size();
}

std::string without_values(std::string_view line) {
    std::string out;
    std::size_t i = 0;
    while (i < line.size()) {
        if (!is_key_character(line[i])) {
            out += line[i++];
            continue;
        }
        const auto key_end = static_cast<std::size_t>(
            std::find_if_not(line.begin() + static_cast<std::ptrdiff_t>(i), line.end(), is_key_character) -
            line.begin());
        const auto key = line.substr(i, key_end - i);
        const bool json = i > 0 && line[i - 1] == '"';
        out += key;
        i = key_end;
        if (!names_a_secret(key)) continue;
        const auto begin = value_begin(line, key_end);
        if (begin == std::string_view::npos) continue;
        out += line.substr(key_end, begin - key_end);
        out += redacted;
        i = value_end(line, begin, json);
    }
    return out;
}

/// "Basic aW06aHVudGVyMg==", "Bearer abc…": RFC 7617, RFC 6750, wherever they stand.
std::string without_credentials(std::string line) {
    constexpr std::size_t shortest = 8;
    for (const std::string_view scheme : {"Basic ", "basic ", "Bearer ", "bearer "}) {
        for (auto at = line.find(scheme); at != std::string::npos; at = line.find(scheme, at + 1)) {
            const auto begin = at + scheme.size();
            const auto end = std::min(line.find_first_of(" \t\"'\\,;", begin), line.size());
            if (end - begin >= shortest) line.replace(begin, end - begin, redacted);
        }
    }
    return line;
}

/// A blank, or a quote that opens or closes a value of the line. Quotes within a value are escaped in the
/// access log, but stand as the client sent them in the error log: those end nothing.
bool ends_a_word(std::string_view line, std::size_t at) {
    if (is_blank(line[at])) return true;
    if (line[at] != '"') return false;
    const auto before = line.substr(0, at);
    const auto behind = line.substr(at + 1);
    const bool opens = before.empty() || is_blank(before.back()) || before.ends_with("\":");
    const bool closes = behind.empty() || is_blank(behind[0]) || behind[0] == ',' || behind[0] == '}';
    return opens || (closes && !before.ends_with('\\'));
}

/// The part of a query, without its value where the value may open a door.
std::string_view shown_of_part(std::string_view part) {
    if (part.starts_with("EIO=") || part.starts_with("transport=")) return part;
    return part.starts_with("sid=") ? "sid=[redacted]" : redacted;
}

/// A word of a request's line, which is a query where it holds '?', as in $request and $http_referer, or
/// where it looks like $args.
std::string without_query(std::string_view word) {
    const auto mark = word.find('?');
    const bool is_args = word.contains('&') || word.starts_with("sid=");
    if (mark == std::string_view::npos && !is_args) return std::string(word);
    std::string out(word.substr(0, mark == std::string_view::npos ? 0 : mark + 1));
    for (auto rest = word.substr(out.size()); !rest.empty();) {
        const auto end = std::min(rest.find('&'), rest.size());
        if (end > 0) out += shown_of_part(rest.substr(0, end));
        if (end < rest.size()) out += '&';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

std::string without_queries(std::string_view line) {
    std::string out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= line.size(); ++i) {
        if (i < line.size() && !ends_a_word(line, i)) continue;
        out += without_query(line.substr(begin, i - begin));
        if (i < line.size()) out += line[i];
        begin = i + 1;
    }
    return out;
}

/// A key over several lines, up to its end: RFC 7468. `inside` is the state between lines.
bool belongs_to_a_key(std::string_view line, bool& inside) {
    if (line.contains("-----BEGIN ") && line.contains("PRIVATE KEY")) inside = true;
    const bool belongs = inside;
    if (line.contains("-----END ")) inside = false;
    return belongs;
}

/// A carriage return ends a line too: dotenv takes it for an end, and what stands behind it for a line.
template <class EachLine>
std::string by_line(std::string_view text, EachLine each_line) {
    std::string out;
    bool inside_key = false;
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        const auto line = text.substr(0, end);
        out += belongs_to_a_key(line, inside_key) ? std::string(redacted)
                                                  : one_line(each_line(line), line.size() * 4 + 1024);
        if (end == std::string_view::npos) break;
        out += '\n';
        text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return out;
}

/// The key of a line of a .env file, or empty for a comment and for what is none.
std::string_view key_of(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("export ")) line.remove_prefix(7);
    const auto end = line.find('=');
    if (end == std::string_view::npos) return {};
    const auto key = line.substr(0, end);
    const auto is_part = [](char c) { return is_key_character(c) || c == '.' || is_blank(c); };
    // The last line of a secret in Base64 ends with "=" as well.
    const bool base64 = key.size() > 20 && line.find_first_not_of('=', end) == std::string_view::npos;
    return std::ranges::all_of(key, is_part) && !base64 ? key : std::string_view{};
}

bool is_shown(std::string_view key) {
    return key == "NODE_ENV" || key == "FRONTEND_URL" || key.starts_with("VITE_");
}

}  // namespace

std::string redact(std::string_view text, const std::vector<Secret>& secrets) {
    return by_line(probes::without_secrets(std::string(text), secrets),
                   [](std::string_view line) { return without_credentials(without_values(line)); });
}

std::string redact_requests(std::string_view text, const std::vector<Secret>& secrets) {
    return by_line(probes::without_secrets(std::string(text), secrets), [](std::string_view line) {
        return without_credentials(without_values(without_queries(line)));
    });
}

std::string redact_env(std::string_view text, const std::vector<Secret>& secrets) {
    return by_line(probes::without_secrets(std::string(text), secrets), [](std::string_view line) {
        const auto key = key_of(line);
        // A line without a key is the rest of a value over several lines, or a comment that may quote one.
        if (key.empty()) return std::string(line.empty() ? "" : redacted);
        if (!is_shown(key)) return std::string(key) + "=" + std::string(redacted);
        return std::string(line);
    });
}

}  // namespace gatewatch::agent::collect
