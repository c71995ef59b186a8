#include "probes/evidence_text.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cctype>
#include <vector>

#include "probes/outcome.hpp"

namespace gatewatch::probes {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view redacted = "[redacted]";

/// The length of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7), or 0.
std::size_t sequence_length(std::string_view text) {
    auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    auto lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        bool surrogate = lead == 0xED && byte(1) > 0x9F;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        bool overlong = lead == 0xF0 && byte(1) < 0x90;
        bool beyond = lead == 0xF4 && byte(1) > 0x8F;
        return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
    }
    return 0;
}

/// C0, DEL, C1, line separators, and what turns the direction of the text around: a terminal or a reader
/// would be told something else than what stands there.
bool is_control(std::string_view character) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1) return at(0) < 0x20 || at(0) == 0x7f;
    if (character.size() == 2) return at(0) == 0xc2 && at(1) < 0xa0;
    if (character.size() != 3 || at(0) != 0xe2) return false;
    return (at(1) == 0x80 && at(2) >= 0xa8 && at(2) <= 0xae) ||
           (at(1) == 0x81 && at(2) >= 0xa6 && at(2) <= 0xa9);
}

bool is_token_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/// In one pass: a peer may send a body that is nothing but secrets.
void replace_all(std::string& text, std::string_view what) {
    auto at = text.find(what);
    if (at == std::string::npos) return;
    std::string out;
    std::size_t from = 0;
    for (; at != std::string::npos; at = text.find(what, from)) {
        out.append(text, from, at - from).append(redacted);
        from = at + what.size();
    }
    text = out.append(text, from);
}

/// The text may have been cut before it came here, inside a secret.
void replace_cut_off(std::string& text, std::string_view secret) {
    constexpr std::size_t shortest = 4;
    for (auto length = std::min(secret.size(), text.size()); length >= shortest; --length) {
        if (!text.ends_with(secret.substr(0, length))) continue;
        text.replace(text.size() - length, length, redacted);
        return;
    }
}

std::string percent_encoded(std::string_view text, const char* digits) {
    constexpr std::string_view unreserved = "-._~";  // RFC 3986, section 2.3, beside letters and digits
    std::string encoded;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || unreserved.contains(c));
        if (plain) {
            encoded += c;
        } else {
            encoded += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return encoded;
}

/// The ways in which a peer may send a secret back: as it is, inside JSON, inside a URL.
std::vector<std::string> spellings_of(const std::string& secret) {
    auto json = boost::json::serialize(boost::json::string(secret));
    json = json.substr(1, json.size() - 2);
    std::string slashes_escaped;
    for (char c : json) slashes_escaped += c == '/' ? std::string("\\/") : std::string(1, c);
    return {secret, json, slashes_escaped, percent_encoded(secret, "0123456789ABCDEF"),
            percent_encoded(secret, "0123456789abcdef")};
}

/// "eyJ" is how the Base64 of `{"` begins, and with it the header of every JSON Web Token.
void replace_tokens(std::string& text) {
    std::string out;
    std::size_t from = 0;
    for (auto at = text.find("eyJ"); at != std::string::npos; at = text.find("eyJ", at + 1)) {
        auto end =
            std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_token_character);
        auto length = static_cast<std::size_t>(end - text.begin()) - at;
        if (length < 16) continue;
        out.append(text, from, at - from).append(redacted);
        from = at + length;
        at = from - 1;
    }
    if (from > 0) text = out.append(text, from);
}

/// "mysql://user:password@host": RFC 3986, section 3.2.1.
void replace_users_of_urls(std::string& text) {
    std::string out;
    std::size_t from = 0;
    for (auto at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
        const auto begin = at + 3;
        const auto end = std::min(text.find_first_of("/?# \t\r\n\"'", begin), text.size());
        const auto sign = std::string_view(text).substr(begin, end - begin).rfind('@');
        if (sign == std::string_view::npos || sign == 0) continue;
        out.append(text, from, begin - from).append(redacted);
        from = begin + sign;
    }
    if (from > 0) text = out.append(text, from);
}

}  // namespace

std::string printable(std::string_view bytes, std::size_t limit) {
    std::string text;
    while (!bytes.empty()) {
        auto length = sequence_length(bytes);
        auto piece = length == 0 ? replacement : bytes.substr(0, length);
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
        if (is_control(piece)) piece = " ";
        if (piece == " " && (text.empty() || text.back() == ' ')) continue;
        if (text.size() + piece.size() > limit) break;
        text += piece;
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

std::string evidence_text(std::string_view bytes, const std::optional<Secret>& secret) {
    // Secrets go before anything is cut or cleaned: half a secret would no longer be found.
    std::string text(bytes);
    if (secret && !secret->empty()) {
        for (const auto& spelling : spellings_of(secret->reveal())) {
            replace_all(text, spelling);
            replace_cut_off(text, spelling);
        }
    }
    replace_tokens(text);
    replace_users_of_urls(text);
    return printable(text, max_evidence);
}

std::string without_secrets(std::string text, const std::vector<Secret>& secrets) {
    for (const auto& secret : secrets) {
        if (secret.empty()) continue;
        for (const auto& spelling : spellings_of(secret.reveal())) replace_all(text, spelling);
    }
    replace_tokens(text);
    replace_users_of_urls(text);
    return text;
}

}  // namespace gatewatch::probes
