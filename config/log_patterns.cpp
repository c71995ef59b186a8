#include "config/log_patterns.hpp"

#include <re2/re2.h>

#include <array>

#include "config/keys.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

bool needs_sid(EventKind event) {
    return event == EventKind::attempt || event == EventKind::disconnect;
}

/// The first named group that means nothing here, with what was meant.
std::optional<Text> fault_of_groups(EventKind event, const RE2& expression) {
    constexpr std::array known{sid_group, detail_group};
    for (const auto& [name, number] : expression.NamedCapturingGroups()) {
        if (name == sid_group || name == detail_group) continue;
        const auto near = nearest(name, known);
        return say("the group {} means nothing; {}", "命名分组 {} 没有含义；{}", in_quotes(name),
                   near.empty() ? Text{"the groups are sid and detail: leave the name away",
                                       "可用的分组是 sid 和 detail：请去掉这个名称"}
                                : did_you_mean(near));
    }
    if (needs_sid(event) && !expression.NamedCapturingGroups().contains(std::string(sid_group))) {
        return Text{
            "has no group named sid; write (?P<sid>[A-Za-z0-9_-]{20}) where the connection's id stands",
            "缺少名为 sid 的分组；请在连接 id 所在的位置写 (?P<sid>[A-Za-z0-9_-]{20})"};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Text> fault_of_pattern(EventKind event, const std::string& pattern) {
    if (pattern.empty()) {
        return Text{"is empty; write words of the line, or remove the key",
                    "为空；请写出该行日志中的文字，或删除该项"};
    }
    if (pattern.size() > longest_log_pattern) {
        return say("is longer than {} bytes; write the words that tell the line from others",
                   "超过 {} 字节；只写能把该行与其他行区分开的文字", longest_log_pattern);
    }
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 expression(pattern, options);
    if (!expression.ok()) {
        return say("is no regular expression of RE2: {}; see github.com/google/re2/wiki/Syntax",
                   "不是 RE2 的正则表达式：{}；语法见 github.com/google/re2/wiki/Syntax", expression.error());
    }
    if (RE2::PartialMatch("", expression)) {
        return Text{"matches an empty line, and so every line; write words that the line must have",
                    "能匹配空行，因此会匹配每一行；请写出该行必有的文字"};
    }
    return fault_of_groups(event, expression);
}

}  // namespace gatewatch::config
