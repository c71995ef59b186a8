#include "agent/web/runbook_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "agent/web/assets.hpp"
#include "agent/web/html.hpp"
#include "agent/web/markdown.hpp"
#include "agent/web/policy.hpp"
#include "agent/web/runbook_texts.hpp"

namespace gatewatch::agent::web {
namespace {

constexpr std::string_view list = "README";

std::string path_of(std::string_view name, Language language) {
    return fmt::format("/runbooks/{}?lang={}", name == list ? "" : name, name_of(language));
}

/// "NAME.md#section" and "NAME.zh-CN.md#section" stand in the files, so that they lead on in a checkout as
/// well.
std::string page_of_file(std::string_view link) {
    const auto end = std::min(link.find('#'), link.size());
    std::string_view file = link.substr(0, end);
    if (!file.ends_with(".md")) return std::string(link);
    file.remove_suffix(3);
    constexpr std::string_view chinese = ".zh-CN";
    const bool zh = file.ends_with(chinese);
    if (zh) file.remove_suffix(chinese.size());
    return path_of(file, zh ? Language::zh : Language::en) + std::string(link.substr(end));
}

std::string head(const View& view, std::string_view title) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{} · Gatewatch</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{}</style>\n</head>\n",
        view.language == Language::zh ? "zh-Hans" : "en", escape_html(title), page_style);
}

std::string header(const View& view, std::string_view name) {
    const Language other = view.language == Language::zh ? Language::en : Language::zh;
    return fmt::format(
        "<header>\n<p id=\"freshness\"><a href=\"/?lang={0}\">{1}</a> › <a href=\"{2}\">{3}</a></p>\n"
        "<div id=\"controls\"><a href=\"{4}\" lang=\"{5}\" hreflang=\"{5}\">{6}</a></div>\n</header>\n",
        name_of(view.language), view.say(Word::status_page), path_of(list, view.language),
        view.say(Word::runbooks), path_of(name, other), other == Language::zh ? "zh-Hans" : "en",
        view.say(Word::other_language));
}

/// What the script says.
std::string script_words(const View& view) {
    return fmt::format("data-copied=\"{}\" data-copy_failed=\"{}\"", view.say(Word::copied),
                       view.say(Word::copy_failed));
}

}  // namespace

const std::string& runbook_policy() {
    static const std::string policy = policy_for(page_style, copy_script);
    return policy;
}

std::optional<std::string> render_runbook(std::string_view name, Language language) {
    if (name == list) return std::nullopt;
    if (name.empty()) name = list;
    const auto texts = runbook_texts();
    const auto found = std::ranges::find_if(
        texts, [&](const RunbookText& text) { return text.name == name && text.language == language; });
    if (found == texts.end()) return std::nullopt;
    const View view{.language = language, .now = {}, .runbooks = {}};
    std::string html = head(view, name == list ? in(language, text_of(Word::runbooks)) : name);
    html += fmt::format("<body {}>\n{}<main class=\"runbook\">\n", script_words(view), header(view, name));
    html += html_of_markdown(view, found->markdown, page_of_file);
    return html + fmt::format("</main>\n<footer><p>{}</p></footer>\n<script>{}</script>\n</body></html>\n",
                              view.say(Word::runbooks_hint), copy_script);
}

}  // namespace gatewatch::agent::web
