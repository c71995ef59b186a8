#include "agent/web/markdown.hpp"

#include <cmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace gatewatch::agent::web {
namespace {

struct FreeNode {
    void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeIterator {
    void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};
struct FreeText {
    void operator()(char* text) const { std::free(text); }  // of cmark's default allocator
};
using Document = std::unique_ptr<cmark_node, FreeNode>;

std::string_view text_of(const char* text) {
    return text == nullptr ? std::string_view() : text;
}

/// All nodes, each once: none may be changed while cmark goes through them.
std::vector<cmark_node*> nodes_of(cmark_node* root) {
    const std::unique_ptr<cmark_iter, FreeIterator> iterator(cmark_iter_new(root));
    std::vector<cmark_node*> nodes;
    for (auto event = cmark_iter_next(iterator.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(iterator.get())) {
        if (event == CMARK_EVENT_ENTER) nodes.push_back(cmark_iter_get_node(iterator.get()));
    }
    return nodes;
}

std::string plain_text(cmark_node* node) {
    std::string text;
    for (cmark_node* each : nodes_of(node)) {
        const auto type = cmark_node_get_type(each);
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) text += text_of(cmark_node_get_literal(each));
    }
    return text;
}

/// Its text leads to itself, so that a section's address can be had from it.
void make_linkable(cmark_node* heading) {
    const std::string id = escape_html(heading_id(plain_text(heading)));
    cmark_node* link = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    cmark_node_set_on_enter(link, fmt::format("<a id=\"{0}\" href=\"#{0}\">", id).c_str());
    cmark_node_set_on_exit(link, "</a>");
    while (cmark_node* child = cmark_node_first_child(heading)) cmark_node_append_child(link, child);
    cmark_node_append_child(heading, link);
}

void make_copyable(const View& view, cmark_node* code, std::size_t number) {
    cmark_node* block = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
    const auto html = copyable(view, fmt::format("code-{}", number), text_of(cmark_node_get_literal(code)));
    cmark_node_set_on_enter(block, html.c_str());
    cmark_node_replace(code, block);
    cmark_node_free(code);
}

}  // namespace

std::string heading_id(std::string_view text) {
    std::string id;
    for (const char c : text) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                          static_cast<unsigned char>(c) >= 0x80;
        if (c == ' ') id += '-';
        if (kept) id += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return id;
}

std::string html_of_markdown(const View& view, std::string_view markdown, const LinkTarget& target) {
    const Document document(cmark_parse_document(markdown.data(), markdown.size(), CMARK_OPT_VALIDATE_UTF8));
    std::size_t blocks = 0;
    for (cmark_node* node : nodes_of(document.get())) {
        const auto type = cmark_node_get_type(node);
        if (type == CMARK_NODE_HEADING) make_linkable(node);
        if (type == CMARK_NODE_CODE_BLOCK) make_copyable(view, node, ++blocks);
        if (type == CMARK_NODE_LINK) {
            cmark_node_set_url(node, target(text_of(cmark_node_get_url(node))).c_str());
        }
    }
    const std::unique_ptr<char, FreeText> html(cmark_render_html(document.get(), CMARK_OPT_DEFAULT));
    return html.get();
}

}  // namespace gatewatch::agent::web
