#include "config/section.hpp"

#include <algorithm>
#include <cassert>

#include "config/duration.hpp"
#include "config/keys.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

Phrase type_in_words(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table:
            return {"a section", "一个小节"};
        case toml::node_type::array:
            return node.is_array_of_tables() ? Phrase{"a section in double brackets", "双方括号的小节"}
                                             : Phrase{"a list", "一个列表"};
        case toml::node_type::string:
            return {"text in quotes", "带引号的文本"};
        case toml::node_type::integer:
            return {"a number", "一个数字"};
        case toml::node_type::floating_point:
            return {"a number with a fraction", "一个小数"};
        case toml::node_type::boolean:
            return *node.value_exact<bool>() ? Phrase{"the word true", "true 这个词"}
                                             : Phrase{"the word false", "false 这个词"};
        default:
            return {"a date or time", "日期或时间"};
    }
}

constexpr Phrase control_character{"holds a control character (such as a line break or tab); remove it",
                                   "含有控制字符（如换行或制表符）；请删除"};

bool is_section(const toml::node& node) {
    return node.is_table() || node.is_array_of_tables();
}

}  // namespace

Problem Report::make(toml::source_position where, Text message) const {
    return {.file = file_, .line = where.line, .column = where.column, .message = std::move(message)};
}

std::vector<Problem> Report::tidy(std::vector<Problem> problems) const {
    constexpr std::size_t most = 100;
    std::ranges::stable_sort(problems, {}, [](const Problem& p) { return std::pair(p.line, p.column); });
    if (problems.size() > most) {
        const auto more = problems.size() - most;
        problems.resize(most);
        problems.push_back(
            {.file = file_,
             .message = say("and {} more; mend these first", "还有 {} 处；请先改正以上各处", more)});
    }
    return problems;
}

Section::Section(const toml::table& table, std::string name, Report& report)
    : table_(table), name_(std::move(name)), report_(report) {
    report_unknown_keys();
}

void Section::report_unknown_keys() {
    for (const auto& [key, value] : table_) {
        if (find_key(name_, key.str()) != nullptr) continue;
        const auto kind = is_section(value) ? Phrase{"section", "小节"} : Phrase{"key", "配置项"};
        const auto place =
            name_.empty() ? Text{"at the top level", "顶层"} : say("in {}", "{} ", heading(name_));
        report_.error(key.source().begin,
                      say("unknown {0} {1} {2}; {3}", "{2}中没有{0} {1}；{3}", kind, in_quotes(key.str()),
                          place, advice_for_unknown(name_, key.str())));
    }
}

toml::source_position Section::where(std::string_view key) const {
    const auto* node = table_.get(key);
    return node != nullptr ? node->source().begin : table_.source().begin;
}

void Section::error(std::string_view key, const Text& message) {
    report_.error(where(key), say("{}: {}", "{}：{}", key, message));
}

void Section::error(std::string_view key, const Item& item, const Text& message) {
    report_.error(item.where, say("{}: {}", "{}：{}", key, message));
}

void Section::warning(std::string_view key, const Text& message) {
    report_.warning(where(key), say("{}: {}", "{}：{}", key, message));
}

void Section::require(std::string_view key) {
    if (has(key)) return;
    const auto* known = find_key(name_, key);
    assert(known != nullptr);
    error(key, say("is missing in {}; add {}", "{} 中缺少它；请加上{}", heading(name_), known->form));
}

void Section::wrong_type(std::string_view key, const toml::node& node) {
    const auto* known = find_key(name_, key);
    assert(known != nullptr);
    error(key, say("must be {}; here is {}", "必须是{}；这里是{}", known->form, type_in_words(node)));
}

std::optional<std::string> Section::text(std::string_view key) {
    assert(find_key(name_, key) != nullptr);
    const auto* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value_exact<std::string>();
    if (!value) {
        wrong_type(key, *node);
        return std::nullopt;
    }
    // A line break in a name would forge log lines and headers.
    if (has_control_character(*value)) {
        error(key, control_character);
        return std::nullopt;
    }
    return value;
}

std::vector<Section::Item> Section::read_texts(std::string_view key, std::size_t most) {
    const auto* node = table_.get(key);
    if (node == nullptr) return {};
    if (node->is_string()) {
        auto value = text(key);
        return value ? std::vector{Item{*std::move(value), node->source().begin}} : std::vector<Item>{};
    }
    const auto* list = node->as_array();
    if (list == nullptr || node->is_array_of_tables()) {
        wrong_type(key, *node);
        return {};
    }
    if (list->empty())
        error(key, {"is an empty list; remove the key, or write what it should hold",
                    "是空列表；请删除该项，或写入应有的内容"});
    if (list->size() > most) {
        error(key, say("holds {} texts; {} at most", "含有 {} 项文本；最多 {} 项", list->size(), most));
        return {};
    }
    std::vector<Item> items;
    for (const auto& element : *list) {
        Item item{element.value_exact<std::string>().value_or(""), element.source().begin};
        if (!element.is_string()) {
            error(key, item,
                  say("must hold texts in quotes; here is {}", "只能含有带引号的文本；这里是{}",
                      type_in_words(element)));
        } else if (has_control_character(item.text)) {
            error(key, item, control_character);
        } else {
            items.push_back(std::move(item));
        }
    }
    return items;
}

std::optional<Duration> Section::duration(std::string_view key, Duration least, Duration most) {
    std::optional<Duration> value;
    read(key, value,
         [=](std::string_view from) { return parse_duration(from, {.least = least, .most = most}); });
    return value;
}

void Section::read_bool(std::string_view key, std::optional<bool>& into) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    into = node->value_exact<bool>();
    if (!into) wrong_type(key, *node);
}

void Section::read_integer(std::string_view key, std::int64_t& into) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (value)
        into = *value;
    else
        wrong_type(key, *node);
}

const toml::table* Section::table(std::string_view key) {
    const auto* node = table_.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) wrong_type(key, *node);
    return node->as_table();
}

std::vector<const toml::table*> Section::tables(std::string_view key) {
    std::vector<const toml::table*> found;
    const auto* node = table_.get(key);
    if (node == nullptr) return found;
    if (!node->is_array_of_tables()) {
        wrong_type(key, *node);
        return found;
    }
    for (const auto& element : *node->as_array()) found.push_back(element.as_table());
    return found;
}

}  // namespace gatewatch::config
