#include "agent/command_line.hpp"

#include <fmt/format.h>
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

/// Says every problem, one a line.
std::optional<config::Loaded> load(const std::string& file) {
    auto loaded = config::load_file(file);
    if (loaded) return std::move(*loaded);
    for (const auto& problem : loaded.error()) print(stderr, problem.text() + "\n");
    return std::nullopt;
}

int run_daemon(const Options& options) {
    auto loaded = load(options.config_file);
    if (!loaded) return wrong_usage;
    set_up_logging(loaded->settings.agent.log_format, loaded->settings.agent.log_level);
    for (const auto& warning : loaded->warnings) log_event(spdlog::level::warn, warning.text(), {});
    App app(std::move(loaded->settings), run_from_table);
    return app.run();
}

Language language_of(const Options& options) {
    return from_name<Language>(options.language).value_or(language_of_environment());
}

std::string render(const Options& options, const Report& report) {
    const Language language = language_of(options);
    if (options.format == "json") return render_json(report, language) + "\n";
    if (options.format == "nagios") return render_nagios(report, language);
    return render_text(report, language,
                       {.colour = wants_colour(stdout), .once = true, .thorough = options.thorough});
}

int run_one_check(const Options& options) {
    const auto loaded = load(options.config_file);
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
    if (!result.note.empty()) print(stderr, result.note + "\n");
    print(stdout, render(options, result.report));
    return exit_code(result.report);
}

int lint(const Options& options) {
    const auto loaded = load(options.config_file);
    if (!loaded) return wrong_usage;
    const auto file = options.nginx_file.empty() ? std::nullopt : std::optional(options.nginx_file);
    const LintResult result = lint_nginx(loaded->settings, file, language_of(options));
    print(result.status == wrong_usage ? stderr : stdout, result.text);
    return result.status;
}

int run_collect(const Options& options) {
    const auto loaded = load(options.config_file);
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
    const auto loaded = load(options.config_file);
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
    const auto loaded = load(options.config_file);
    if (!loaded) return wrong_usage;
    for (const auto& warning : loaded->warnings) print(stderr, warning.text() + "\n");
    print(stdout, describe_plan(loaded->settings));
    return loaded->warnings.empty() ? 0 : findings;
}

bool is_command(CLI::App& app, std::string_view word) {
    return !app.get_subcommands([word](const CLI::App* command) { return command->get_name() == word; })
                .empty();
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
    const Commands commands = declare_commands(app, options);
    const auto* check = commands.check;
    if (argc > 1 && argv[1][0] != '-' && !is_command(app, argv[1])) {
        print(stderr,
              fmt::format("\"{}\" is no command of gatewatch; gatewatch --help lists them\n", argv[1]));
        return wrong_usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked_for = app.exit(error) == 0;  // --help, --version
        if (asked_for) return 0;
        return check->parsed() || (argc > 1 && std::string_view(argv[1]) == "check") ? cannot_tell
                                                                                     : wrong_usage;
    }
    if (commands.run->parsed()) return run_daemon(options);
    try {
        if (check->parsed()) return run_one_check(options);
        if (commands.token->parsed()) return run_token_command(options);
        if (commands.lint_nginx->parsed()) return lint(options);
        if (commands.collect->parsed()) return run_collect(options);
        return validate(options);
    } catch (const std::exception& error) {
        print(stderr, std::string("gatewatch: this could not be done: ") + error.what() + "\n");
        return check->parsed() ? cannot_tell : wrong_usage;
    }
}

}  // namespace gatewatch::agent
