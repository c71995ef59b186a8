#include "agent/command_options.hpp"

#include <vector>

#include "agent/version.hpp"

namespace gatewatch::agent {
namespace {

CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& words) {
    std::string names;
    for (const auto& word : words) names += (names.empty() ? "" : "|") + word;
    return option->type_name(names)->check(CLI::IsMember(words).description(""));
}

void add_language(CLI::App* command, CommandOptions& options) {
    one_of(command->add_option("--lang", options.language, "The language; default: that of the environment"),
           {"en", "zh"});
}

CLI::App* add_command(CLI::App& app, CommandOptions& options, const char* name, const char* description,
                      const char* footer) {
    CLI::App* command = app.add_subcommand(name, description)->footer(footer);
    command->add_option("--config", options.config_file, "The configuration (TOML)")
        ->type_name("FILE")
        ->required();
    return command;
}

CLI::App* add_check(CLI::App& app, CommandOptions& options) {
    auto* check =
        add_command(app, options, "check", "Run everything once and print the verdict",
                    "Ends with 0 healthy, 1 degraded, 2 down, 3 cannot tell or wrong usage; with several\n"
                    "gateways the worst counts: down, unknown, degraded, ok.");
    one_of(check->add_option("--format", options.format, "text is the default; nagios: a plugin's output"),
           {"text", "json", "nagios"});
    check->add_flag("--thorough", options.thorough, "Wait for the slow probes too, such as hold: a minute");
    add_language(check, options);
    return check;
}

CLI::App* add_token(CLI::App& app, CommandOptions& options) {
    auto* token = add_command(app, options, "token", "Say what the database knows of a token",
                              "Reads the token from standard input, never from the command line:\n"
                              "  gatewatch token --config FILE < token.txt\n"
                              "Ends with 0 valid or listed, 1 not valid, 2 wrong usage, 3 cannot tell.");
    token->add_option("--gateway", options.token.gateway, "Whose token table; needed where there are several")
        ->type_name("NAME");
    token->add_option("--recent", options.token.recent, "List the newest rows instead, 1 to 1000")
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description(""));
    token->add_option("--user", options.token.user_id, "List this user's rows instead, at most --recent")
        ->type_name("ID");
    one_of(token->add_option("--format", options.format, "text is the default"), {"text", "json"});
    add_language(token, options);
    return token;
}

CLI::App* add_lint(CLI::App& app, CommandOptions& options) {
    auto* lint =
        add_command(app, options, "lint-nginx", "Say what nginx's configuration does wrong, and mend it",
                    "Prints file:line of each finding and the blocks as they should stand.\n"
                    "  nginx -T | gatewatch lint-nginx --config FILE -\n"
                    "Ends with 0 no problem, 1 problems, 2 wrong usage or nothing to read.");
    lint->add_option("NGINX_CONF", options.nginx_file,
                     "nginx's configuration or what nginx -T printed; -: standard input;\n"
                     "default: the file that the configuration names")
        ->type_name(" ");
    add_language(lint, options);
    return lint;
}

CLI::App* add_collect(CLI::App& app, CommandOptions& options) {
    auto* collect = add_command(app, options, "collect",
                                "Check once, and put reports, logs and configurations in one archive",
                                "Secrets are replaced by [redacted]; an existing file is left alone.\n"
                                "Ends with 0, or 2 for wrong usage or if the archive cannot be written.");
    collect->add_option("--output", options.output, "The archive; default: gatewatch-TIME.tar.gz here")
        ->type_name("FILE.tar.gz");
    add_language(collect, options);
    return collect;
}

}  // namespace

Commands declare_commands(CLI::App& app, CommandOptions& options) {
    app.name("gatewatch");
    app.description(
        "Watches Socket.IO gateways behind nginx, and names the one cause when users cannot connect.");
    app.set_version_flag("--version", "gatewatch " + std::string(version()));
    app.require_subcommand(1);
    app.get_formatter()->column_width(32);
    app.footer("gatewatch COMMAND --help says more.");
    Commands commands;
    commands.run =
        add_command(app, options, "run", "Watch: probe on a schedule, serve metrics and the status page",
                    "Ends with 0 when it is stopped, 2 if it cannot start.");
    commands.check = add_check(app, options);
    commands.token = add_token(app, options);
    commands.lint_nginx = add_lint(app, options);
    commands.collect = add_collect(app, options);
    add_command(app, options, "validate", "Check the configuration and print what will run",
                "Ends with 0, 1 on warnings, 2 for wrong usage or errors in the file.");
    return commands;
}

}  // namespace gatewatch::agent
