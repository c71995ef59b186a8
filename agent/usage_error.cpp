#include "agent/usage_error.hpp"

#include <string>

#include "config/text_limits.hpp"

namespace gatewatch::agent {
namespace {

using config::in_quotes;

/// The option that the error speaks of: its name stands before whatever the user typed.
const CLI::Option* option_of(const CLI::App& app, std::string_view message) {
    const CLI::Option* found = nullptr;
    auto first = std::string_view::npos;
    for (const CLI::Option* option : app.get_options()) {
        const auto at = message.find(option->get_name());
        if (at >= first) continue;
        first = at;
        found = option;
    }
    return found;
}

/// "--format text|json".
std::string usage_of(const CLI::Option& option) {
    const std::string type = option.get_type_size() == 0 ? "" : option.get_type_name();
    return type.empty() || type == " " ? option.get_name() : option.get_name() + " " + type;
}

Text missing(const CLI::App& app, const CLI::Option* option) {
    if (option != nullptr) return say("{} is required", "缺少必填的 {}", usage_of(*option));
    std::string names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names += (names.empty() ? "" : "|") + command->get_name();
    }
    return say("a command is required: {}", "缺少命令：{}", names);
}

Text wrong_count(const CLI::Option& option) {
    if (option.results().empty()) return say("{} lacks its value", "{} 缺少取值", usage_of(option));
    return say("{} stands more than once; keep one", "{} 出现了多次；请只保留一个", usage_of(option));
}

Text wrong_value(const CLI::Option& option) {
    const std::string value = option.results().empty() ? std::string() : option.results().front();
    return say("{} is no value for {}", "{} 不能用作 {} 的取值", in_quotes(value), usage_of(option));
}

Text what_is_wrong(const CLI::App& app, const CLI::ParseError& error) {
    const std::string name = error.get_name();
    const CLI::Option* option = option_of(app, error.what());
    if (name == "RequiredError") return missing(app, option);
    if (name == "ArgumentMismatch" && option != nullptr) return wrong_count(*option);
    const bool value = name == "ValidationError" || name == "ConversionError";
    if (value && option != nullptr) return wrong_value(*option);
    return say("these arguments make no sense: {}", "无法理解这些参数：{}", error.what());
}

}  // namespace

Text usage_error(const CLI::App* command, const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App& where = command == nullptr ? app : *command;
    const std::string name = command == nullptr ? "gatewatch" : "gatewatch " + command->get_name();
    const auto extra = app.remaining(true);
    // What is left over says more than what is missing beside it.
    const Text what = extra.empty() ? what_is_wrong(where, error)
                                    : say("{} was not expected", "不认识 {}", in_quotes(extra.front()));
    return say("{0}: {1}; see {0} --help\n", "{0}：{1}；用法见 {0} --help\n", name, what);
}

Text unknown_command(std::string_view word) {
    return say("{} is no command of gatewatch; gatewatch --help lists them\n",
               "gatewatch 没有命令 {}；gatewatch --help 列出全部命令\n", in_quotes(word));
}

}  // namespace gatewatch::agent
