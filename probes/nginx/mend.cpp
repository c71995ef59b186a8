#include "probes/nginx/mend.hpp"

#include <algorithm>
#include <iterator>

namespace gatewatch::probes::nginx {
namespace {

std::size_t line_start(const std::string& text, std::size_t at) {
    const auto newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    return newline == std::string::npos ? 0 : newline + 1;
}

std::size_t line_end(const std::string& text, std::size_t at) {
    return std::min(text.find('\n', at), text.size());
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_blank_or_comment(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    return first == std::string_view::npos || text[first] == '#';
}

}  // namespace

std::string Mender::indentation_of(const Directive& directive) const {
    const auto& text = source_of(directive);
    const auto start = line_start(text, directive.begin);
    const auto line = std::string_view(text).substr(start, directive.begin - start);
    return std::string(line.substr(0, line.find_first_not_of(" \t")));
}

std::string Mender::indentation_in(const Directive& block) const {
    const auto& text = source_of(block);
    for (const auto& child : block.children) {
        if (child.source != block.source) continue;
        const auto start = line_start(text, child.begin);
        if (start > block.begin && is_blank(std::string_view(text).substr(start, child.begin - start)))
            return indentation_of(child);
    }
    const auto own = indentation_of(block);
    return own + (own.starts_with('\t') ? "\t" : "    ");
}

Edit Mender::as_text(const Directive& block, const Edit& edit) const {
    const auto& text = source_of(block);
    auto at = edit.begin;
    const std::string newline = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
    const auto end = line_end(text, at);
    const auto rest = std::string_view(text).substr(at, end - at);
    const bool alone = is_blank_or_comment(rest) && end < block.end;
    if (alone) at = end - (end > at && text[end - 1] == '\r' ? 1 : 0);
    std::string added;
    for (const auto& line : edit.lines) {
        added += newline;
        if (!line.empty()) added += indentation_in(block) + line;
    }
    if (alone) return {at, at, std::move(added), {}};
    // Something stands behind on the same line: it goes to a line of its own.
    const auto gap = std::min(rest.find_first_not_of(" \t"), rest.size());
    const bool closes = at + gap + 1 >= block.end;
    added += newline + (closes ? indentation_of(block) : indentation_in(block));
    return {at, at + gap, std::move(added), {}};
}

Edits Mender::put(const Directive& block, const std::string& name, const std::string& value) const {
    if (const auto* old = find(block.children, name)) return replace(block, *old, name + " " + value + ";");
    return add(block, {name + " " + value + ";"},
               {"proxy_pass", "proxy_http_version", "proxy_set_header", name});
}

Edits Mender::replace(const Directive& block, const Directive& old, std::string text) const {
    if (old.source != block.source || old.begin < block.begin || old.end > block.end) return std::nullopt;
    return std::vector<Edit>{{old.begin, old.end, std::move(text), {}}};
}

Edits Mender::remove(const Directive& block, const std::vector<const Directive*>& old) const {
    std::vector<Edit> edits;
    const auto& text = source_of(block);
    for (const auto* directive : old) {
        auto edit = replace(block, *directive, "");
        if (!edit) return std::nullopt;
        auto& begin = edit->front().begin;
        auto& end = edit->front().end;
        const auto start = line_start(text, begin);
        const auto stop = line_end(text, end);
        const auto view = std::string_view(text);
        if (is_blank(view.substr(start, begin - start)) &&
            is_blank_or_comment(view.substr(end, stop - end)) && stop < block.end && start > block.begin) {
            begin = start;
            end = stop + 1;
        }
        edits.push_back(edit->front());
    }
    return edits;
}

Edits Mender::add(const Directive& block, const std::vector<std::string>& lines,
                  const std::vector<std::string_view>& behind) const {
    std::size_t at = block.body;
    for (const auto& child : block.children) {
        if (child.source == block.source && std::ranges::find(behind, child.name) != behind.end())
            at = child.end;
    }
    return std::vector<Edit>{{at, at, {}, lines}};
}

Edits Mender::add_last(const Directive& block, const std::vector<std::string>& lines) const {
    std::size_t at = block.body;
    for (const auto& child : block.children) {
        if (child.source == block.source) at = child.end;
    }
    return std::vector<Edit>{{at, at, {}, lines}};
}

std::string Mender::apply(const Directive& block, std::vector<Edit> edits) const {
    // What several repairs want alike is done once; of two that change the same place, the first.
    std::vector<Edit> once;
    for (auto& edit : edits) {
        const auto clashes = [&](const Edit& other) {
            return edit == other || (edit.begin < other.end && other.begin < edit.end);
        };
        if (std::ranges::any_of(once, clashes)) continue;
        const auto place = std::ranges::upper_bound(once, edit.begin, {}, &Edit::begin);
        if (place != once.begin() && !edit.lines.empty() && !std::prev(place)->lines.empty() &&
            std::prev(place)->begin == edit.begin) {
            auto& lines = std::prev(place)->lines;
            for (auto& line : edit.lines) {
                if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
            }
        } else {
            once.insert(place, std::move(edit));
        }
    }
    for (auto& edit : once) {
        if (!edit.lines.empty()) edit = as_text(block, edit);
    }
    const auto& text = source_of(block);
    std::string out = indentation_of(block);
    std::size_t at = block.begin;
    for (const auto& edit : once) {
        if (edit.begin < at || edit.end > block.end) continue;
        out += std::string_view(text).substr(at, edit.begin - at);
        out += edit.text;
        at = edit.end;
    }
    out += std::string_view(text).substr(at, block.end - at);
    return out;
}

}  // namespace gatewatch::probes::nginx
