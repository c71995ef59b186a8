#include "probes/frontend/html_page.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace gatewatch::probes::frontend {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";
// More than any page has, so that a hostile one costs little.
constexpr std::size_t most_scripts_of_page = 200;
constexpr std::size_t most_policies = 16;
constexpr std::size_t longest_policy = 16 * 1024;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view wanted, std::size_t from) {
    if (from >= text.size()) return std::string_view::npos;
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    const auto rest = text.substr(from);
    const auto found = std::ranges::search(rest, wanted, same);
    if (found.empty()) return std::string_view::npos;
    return from + static_cast<std::size_t>(found.begin() - rest.begin());
}

/// The character references that stand in URLs and policies.
std::string unescaped(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, char>, 7> names{{{"&amp;", '&'},
                                                                             {"&quot;", '"'},
                                                                             {"&#39;", '\''},
                                                                             {"&#x27;", '\''},
                                                                             {"&apos;", '\''},
                                                                             {"&lt;", '<'},
                                                                             {"&gt;", '>'}}};
    std::string out;
    while (!text.empty()) {
        const auto reference = std::min(text.find('&'), text.size());
        out += text.substr(0, reference);
        text.remove_prefix(reference);
        if (text.empty()) break;
        const auto name = std::ranges::find_if(
            names, [&](const auto& each) { return lower(text.substr(0, each.first.size())) == each.first; });
        out += name == names.end() ? text.front() : name->second;
        text.remove_prefix(name == names.end() ? 1 : name->first.size());
    }
    return out;
}

struct Tag {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;

    [[nodiscard]] std::optional<std::string> attribute(std::string_view wanted) const {
        const auto found = std::ranges::find(attributes, wanted, [](const auto& each) { return each.first; });
        return found == attributes.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] std::string value(std::string_view wanted) const { return attribute(wanted).value_or(""); }
};

class Reader {
  public:
    explicit Reader(std::string_view html) : html_(html) {}

    HtmlPage read() {
        for (auto at = html_.find('<'); at != std::string_view::npos; at = html_.find('<', at_)) {
            at_ = at + 1;
            if (html_.substr(at_).starts_with("!--")) {
                skip_past("-->");
            } else if (at_ < html_.size() && std::isalpha(static_cast<unsigned char>(html_[at_])) != 0) {
                take(tag());
            }
        }
        return std::move(page_);
    }

  private:
    void skip_past(std::string_view end) {
        const auto found = find_ignoring_case(html_, end, at_);
        at_ = found == std::string_view::npos ? html_.size() : found + end.size();
    }

    Tag tag() {
        Tag tag;
        tag.name = lower(word(" \t\r\n\f/>"));
        while (at_ < html_.size()) {
            at_ = std::min(html_.find_first_not_of(" \t\r\n\f/", at_), html_.size());
            if (at_ >= html_.size() || html_[at_] == '>') break;
            auto name = lower(word(" \t\r\n\f/>="));
            tag.attributes.emplace_back(std::move(name), attribute_value());
        }
        at_ = std::min(at_ + 1, html_.size());
        return tag;
    }

    std::string word(std::string_view end) {
        // An attribute may begin with "=".
        const auto stop = std::min(html_.find_first_of(end, at_ + 1), html_.size());
        std::string text(html_.substr(at_, stop - at_));
        at_ = stop;
        return text;
    }

    std::string attribute_value() {
        const auto next = std::min(html_.find_first_not_of(blanks, at_), html_.size());
        if (next >= html_.size() || html_[next] != '=') return {};
        at_ = std::min(html_.find_first_not_of(blanks, next + 1), html_.size());
        if (at_ >= html_.size() || html_[at_] == '>') return {};
        const char quote = html_[at_];
        if (quote != '"' && quote != '\'') return unescaped(word(" \t\r\n\f>"));
        const auto end = std::min(html_.find(quote, at_ + 1), html_.size());
        auto value = unescaped(html_.substr(at_ + 1, end - at_ - 1));
        at_ = std::min(end + 1, html_.size());
        return value;
    }

    void take(const Tag& tag) {
        if (tag.name == "script") return script(tag);
        if (tag.name == "noscript" || tag.name == "template" || tag.name == "style" || tag.name == "title" ||
            tag.name == "textarea") {
            return skip_past("</" + tag.name);
        }
        if (tag.name == "base" && page_.base.empty()) page_.base = tag.value("href");
        if (tag.name == "link" && lower(tag.value("rel")) == "modulepreload") add(tag.value("href"));
        if (tag.name == "meta" && lower(tag.value("http-equiv")) == "content-security-policy") {
            auto policy = tag.value("content");
            if (page_.policies.size() < most_policies && policy.size() <= longest_policy)
                page_.policies.push_back(std::move(policy));
        }
    }

    void script(const Tag& tag) {
        const auto end = std::min(find_ignoring_case(html_, "</script", at_), html_.size());
        const auto text = html_.substr(at_, end - at_);
        at_ = end;
        const auto type = lower(tag.value("type"));
        const bool runs = type.empty() || type == "module" || type.contains("javascript");
        if (!runs || tag.attribute("nomodule")) return;
        if (const auto source = tag.attribute("src")) {
            add(*source);
        } else if (text.find_first_not_of(blanks) != std::string_view::npos) {
            if (page_.inline_scripts.size() < most_scripts_of_page) page_.inline_scripts.emplace_back(text);
        }
    }

    void add(const std::string& source) {
        if (source.empty() || page_.scripts.size() >= most_scripts_of_page) return;
        if (std::ranges::find(page_.scripts, source) == page_.scripts.end()) page_.scripts.push_back(source);
    }

    std::string_view html_;
    std::size_t at_ = 0;
    HtmlPage page_;
};

}  // namespace

HtmlPage read_html(std::string_view html) {
    return Reader(html).read();
}

}  // namespace gatewatch::probes::frontend
