#include "agent/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include "agent/app.hpp"
#include "agent/check.hpp"
#include "agent/logging.hpp"
#include "agent/report.hpp"
#include "agent/validate.hpp"
#include "agent/version.hpp"
#include "config/loader.hpp"
#include "probes/probe.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;

namespace {

constexpr int wrong_usage = 2;
constexpr int cannot_tell = 3;  ///< the same for `check`, whose 2 means down
constexpr int findings = 1;

struct Options {
    std::string config_file;
    std::string format = "text";
    std::string language;
};

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

int run_one_check(const Options& options) {
    const auto loaded = load(options.config_file);
    if (!loaded) return cannot_tell;
    set_up_logging(config::LogFormat::logfmt, config::LogLevel::error);
    const auto language = from_name<Language>(options.language).value_or(language_of_environment());
    const CheckResult result = run_check(loaded->settings, run_from_table);
    if (!result.note.empty()) print(stderr, result.note + "\n");
    print(stdout, options.format == "json" ? render_json(result.report, language) + "\n"
                                           : render_text(result.report, language));
    return exit_code(result.report);
}

int validate(const Options& options) {
    const auto loaded = load(options.config_file);
    if (!loaded) return wrong_usage;
    for (const auto& warning : loaded->warnings) print(stderr, warning.text() + "\n");
    print(stdout, describe_plan(loaded->settings));
    return loaded->warnings.empty() ? 0 : findings;
}

CLI::App* add_command(CLI::App& app, Options& options, const char* name, const char* description) {
    CLI::App* command = app.add_subcommand(name, description);
    command->add_option("--config", options.config_file, "The configuration file (TOML)")
        ->type_name("FILE")
        ->required();
    return command;
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
    CLI::App app(
        "Watches Socket.IO gateways behind nginx, and names the one cause when users cannot connect.",
        "gatewatch");
    app.set_version_flag("--version", "gatewatch " + std::string(version()));
    app.require_subcommand(1);
    const auto* run =
        add_command(app, options, "run", "Watch: probe on a schedule, serve metrics and the status page");
    auto* check = add_command(app, options, "check",
                              "Run everything once and print the verdict; "
                              "ends with 0 healthy, 1 degraded, 2 down, 3 cannot tell");
    check->add_option("--format", options.format, "text (default) or json")
        ->check(CLI::IsMember({"text", "json"}));
    check->add_option("--lang", options.language, "en or zh; default: that of the environment")
        ->check(CLI::IsMember({"en", "zh"}));
    add_command(app, options, "validate", "Check the configuration and print what will run; 1 on findings");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool asked_for = app.exit(error) == 0;  // --help, --version
        if (asked_for) return 0;
        return check->parsed() || (argc > 1 && std::string_view(argv[1]) == "check") ? cannot_tell
                                                                                     : wrong_usage;
    }
    if (run->parsed()) return run_daemon(options);
    if (!check->parsed()) return validate(options);
    try {
        return run_one_check(options);
    } catch (const std::exception& error) {
        print(stderr, std::string("gatewatch: the check could not be made: ") + error.what() + "\n");
        return cannot_tell;
    }
}

}  // namespace gatewatch::agent
