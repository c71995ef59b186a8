#include "agent/command_line.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>

#include "agent/app.hpp"
#include "agent/check.hpp"
#include "agent/collect/collect_command.hpp"
#include "agent/command_options.hpp"
#include "agent/lint_nginx.hpp"
#include "agent/live_checklist.hpp"
#include "agent/logging.hpp"
#include "agent/report.hpp"
#include "agent/terminal.hpp"
#include "agent/token_command.hpp"
#include "agent/usage_error.hpp"
#include "agent/validate.hpp"
#include "agent/version.hpp"
#include "config/loader.hpp"
#include "probes/probe.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;

namespace {

using Options = CommandOptions;

constexpr int wrong_usage = 2;
constexpr int cannot_tell = 3;  ///< the same for `check`, whose 2 means down
constexpr int findings = 1;

asio::awaitable<probes::Outcome> run_from_table(ProbeKind kind, probes::Target target, probes::Run run) {
    const auto table = probes::probe_table();
    const auto row = std::ranges::find(table, kind, &probes::ProbeRow::kind);
    if (row == table.end()) throw std::logic_error("a probe is planned that is not in the table");
    return row->run(std::move(target), std::move(run));
}

void print(std::FILE* file, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), file);
    std::fflush(file);
}

Language language_of(const Options& options) {
    return from_name<Language>(options.language).value_or(language_of_environment());
}

/// Says every problem, one a line.
std::optional<config::Loaded> load(const Options& options) {
    auto loaded = config::load_file(options.config_file);
    if (loaded) return std::move(*loaded);
    for (const auto& problem : loaded.error()) print(stderr, problem.text(language_of(options)) + "\n");
    return std::nullopt;
}

int run_daemon(const Options& options) {
    auto loaded = load(options);
    if (!loaded) return wrong_usage;
    set_up_logging(loaded->settings.agent.log_format, loaded->settings.agent.log_level);
    for (const auto& warning : loaded->warnings)
        log_event(spdlog::level::warn, warning.text(Language::en), {});
    App app(std::move(loaded->settings), options.config_file, run_from_table);
    return app.run();
}

std::string render(const Options& options, const Report& report) {
    const Language language = language_of(options);
    if (options.format == "json") return render_json(report, language) + "\n";
    if (options.format == "nagios") return render_nagios(report, language);
    return render_text(report, language,
                       {.colour = wants_colour(stdout), .once = true, .thorough = options.thorough});
}

int run_one_check(const Options& options) {
    const auto loaded = load(options);
    if (!loaded) return cannot_tell;
    set_up_logging(config::LogFormat::logfmt, config::LogLevel::error);
    LiveChecklist checklist(stdout, language_of(options),
                            {.colour = wants_colour(stdout), .thorough = options.thorough});
    CheckOptions how{.thorough = options.thorough, .progress = {}};
    if (options.format == "text" && can_draw(stdout)) {
        how.progress = [&checklist](const Report& report) { checklist.show(report); };
    }
    const CheckResult result = run_check(loaded->settings, run_from_table, how);
    checklist.clear();
    if (!result.note.empty()) print(stderr, in(language_of(options), result.note) + "\n");
    print(stdout, render(options, result.report));
    return exit_code(result.report);
}

int lint(const Options& options) {
    const auto loaded = load(options);
    if (!loaded) return wrong_usage;
    const auto file = options.nginx_file.empty() ? std::nullopt : std::optional(options.nginx_file);
    const LintResult result = lint_nginx(loaded->settings, file, language_of(options));
    print(result.status == wrong_usage ? stderr : stdout, result.text);
    return result.status;
}

int run_collect(const Options& options) {
    const auto loaded = load(options);
    if (!loaded) return wrong_usage;
    set_up_logging(config::LogFormat::logfmt, config::LogLevel::error);
    if (::isatty(STDERR_FILENO) == 1) {
        print(stderr,
              in(language_of(options), {"Checks everything once; up to half a minute if much is down.\n",
                                        "正在完整检查一次；如果很多环节不通，最多需要半分钟。\n"}));
    }
    const auto result = collect::run(loaded->settings, run_from_table,
                                     {options.config_file, options.output, language_of(options)});
    print(result.written ? stdout : stderr, result.text);
    return result.written ? 0 : wrong_usage;
}

int run_token_command(const Options& options) {
    const auto loaded = load(options);
    if (!loaded) return wrong_usage;
    TokenOptions how = options.token;
    how.language = language_of(options);
    how.json = options.format == "json";
    UnseenInput unseen(in(how.language, {"Paste the token and press Enter; it is not shown.\n",
                                         "请粘贴 Token 并按回车；输入不会显示。\n"}));
    std::istream pasted(&unseen);
    const bool at_terminal = ::isatty(STDIN_FILENO) == 1;
    const TokenAnswer answer = run_token(loaded->settings, how, at_terminal ? pasted : std::cin);
    print(stderr, answer.error);
    print(stdout, answer.output);
    return answer.status;
}

int validate(const Options& options) {
    const auto loaded = load(options);
    if (!loaded) return wrong_usage;
    const Language language = language_of(options);
    for (const auto& warning : loaded->warnings) print(stderr, warning.text(language) + "\n");
    print(stdout, describe_plan(loaded->settings, language));
    return loaded->warnings.empty() ? 0 : findings;
}

/// What was typed before CLI11 has read it: it decides in which language CLI11 speaks.
struct Typed {
    std::string language;  ///< of --lang, right or wrong
    std::string command;   ///< the first word, unless an option stands before it whose value it may be
};

Typed scan(int argc, const char* const* argv) {
    Typed typed;
    bool command_may_come = true;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        constexpr std::string_view with_value = "--lang=";
        if (word.starts_with(with_value)) {
            typed.language = word.substr(with_value.size());
        } else if (word == "--lang" && i + 1 < argc) {
            typed.language = argv[++i];
        } else {
            if (command_may_come && !word.starts_with('-')) typed.command = word;
            command_may_come = false;
        }
    }
    return typed;
}

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
    const auto found =
        app.get_subcommands([&name](const CLI::App* command) { return command->get_name() == name; });
    return found.empty() ? nullptr : found.front();
}

}  // namespace

Language language_of_environment() {
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(variable);
        if (value && *value) return std::string_view(value).starts_with("zh") ? Language::zh : Language::en;
    }
    return Language::en;
}

int run_command_line(int argc, const char* const* argv) {
    Options options;
    CLI::App app;
    const Typed typed = scan(argc, argv);
    const Language language = from_name<Language>(typed.language).value_or(language_of_environment());
    const Commands commands = declare_commands(app, options, language);
    const auto* check = commands.check;
    const CLI::App* command = find_command(app, typed.command);
    if (command == nullptr && !typed.command.empty()) {
        print(stderr, in(language, unknown_command(typed.command)));
        return wrong_usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked_for) {  // --help, --version
        return app.exit(asked_for);
    } catch (const CLI::ParseError& error) {
        print(stderr, in(language, usage_error(command, app, error)));
        return command == check || check->parsed() ? cannot_tell : wrong_usage;
    }
    if (commands.run->parsed()) return run_daemon(options);
    try {
        if (check->parsed()) return run_one_check(options);
        if (commands.token->parsed()) return run_token_command(options);
        if (commands.lint_nginx->parsed()) return lint(options);
        if (commands.collect->parsed()) return run_collect(options);
        return validate(options);
    } catch (const std::exception& error) {
        print(stderr, in(language, say("gatewatch: this could not be done: {}\n", "gatewatch：无法完成：{}\n",
                                       error.what())));
        return check->parsed() ? cannot_tell : wrong_usage;
    }
}

}  // namespace gatewatch::agent
