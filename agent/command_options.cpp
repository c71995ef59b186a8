#include "agent/command_options.hpp"

#include <memory>
#include <sstream>
#include <vector>

#include "agent/text_lines.hpp"
#include "agent/version.hpp"

namespace gatewatch::agent {
namespace {

constexpr std::size_t name_columns = 32;

/// CLI11 has words of its own, and counts the bytes of what it aligns.
class HelpFormatter : public CLI::Formatter {
  public:
    explicit HelpFormatter(Language language) {
        const auto set = [&](const char* key, const Phrase& words) {
            label(key, std::string(words.in(language)));
        };
        set("Usage", {"Usage", "用法"});
        set("OPTIONS", {"OPTIONS", "选项"});
        set("Options", {"Options", "选项"});
        set("Positionals", {"Positionals", "参数"});
        set("SUBCOMMAND", {"SUBCOMMAND", "命令"});
        set("REQUIRED", {"REQUIRED", "（必填）"});
        column_width_ = name_columns;
    }

    std::string make_group(std::string group, bool is_positional,
                           std::vector<const CLI::Option*> options) const override {
        return Formatter::make_group(get_label(group), is_positional, std::move(options));
    }

    std::string make_option(const CLI::Option* option, bool is_positional) const override {
        const std::string name = make_option_name(option, is_positional) + make_option_opts(option);
        const std::string indented = pad_right("  " + name, column_width_);
        std::ostringstream out;
        // What is as wide as the column already gets a line of its own.
        out << indented << (indented.ends_with(' ') ? "" : "\n" + std::string(column_width_, ' '));
        for (const char c : option->get_description()) {
            out << c << (c == '\n' ? std::string(column_width_, ' ') : "");
        }
        out << '\n';
        return out.str();
    }
};

/// Declares the commands in one language.
class Declaration {
  public:
    Declaration(CLI::App& app, CommandOptions& options, Language language)
        : app_(app), options_(options), language_(language) {}

    Commands declare();

  private:
    [[nodiscard]] std::string words(const Phrase& phrase) const { return std::string(phrase.in(language_)); }
    static CLI::Option* one_of(CLI::Option* option, const std::vector<std::string>& allowed);
    void add_language(CLI::App* command);
    CLI::App* add_command(const char* name, const Phrase& description, const Phrase& footer);
    CLI::App* add_check();
    CLI::App* add_token();
    CLI::App* add_lint();
    CLI::App* add_collect();

    CLI::App& app_;
    CommandOptions& options_;
    Language language_;
};

CLI::Option* Declaration::one_of(CLI::Option* option, const std::vector<std::string>& allowed) {
    std::string names;
    for (const auto& word : allowed) names += (names.empty() ? "" : "|") + word;
    return option->type_name(names)->check(CLI::IsMember(allowed).description(""));
}

void Declaration::add_language(CLI::App* command) {
    one_of(command->add_option(
               "--lang", options_.language,
               words({"The language; default: that of the environment", "输出语言；默认由环境变量决定"})),
           {"en", "zh"});
}

CLI::App* Declaration::add_command(const char* name, const Phrase& description, const Phrase& footer) {
    CLI::App* command = app_.add_subcommand(name, words(description))->footer(words(footer));
    command->group(words({"Subcommands", "命令"}));
    command
        ->add_option("--config", options_.config_file,
                     words({"The configuration (TOML)", "配置文件（TOML）"}))
        ->type_name("FILE")
        ->required();
    return command;
}

CLI::App* Declaration::add_check() {
    auto* check =
        add_command("check", {"Run everything once and print the verdict", "全部运行一次并给出结论"},
                    {"Ends with 0 healthy, 1 degraded, 2 down, 3 cannot tell or wrong usage; with several\n"
                     "gateways the worst counts: down, unknown, degraded, ok.",
                     "退出码：0 正常，1 降级，2 中断，3 无法判定或用法错误；有多个网关时以最差的为准：\n"
                     "中断、无法判定、降级、正常。"});
    one_of(check->add_option("--format", options_.format,
                             words({"text is the default; nagios: a plugin's output",
                                    "默认为 text；nagios：监控插件的输出格式"})),
           {"text", "json", "nagios"});
    check->add_flag("--thorough", options_.thorough,
                    words({"Wait for the slow probes too, such as hold: a minute",
                           "也等待较慢的探测，例如 hold：需要一分钟"}));
    return check;
}

CLI::App* Declaration::add_token() {
    auto* token =
        add_command("token", {"Say what the database knows of a token", "查询数据库对某个 Token 的记录"},
                    {"Reads the token from standard input, never from the command line:\n"
                     "  gatewatch token --config FILE < token.txt\n"
                     "Ends with 0 valid or listed, 1 not valid, 2 wrong usage, 3 cannot tell.",
                     "从标准输入读取 Token，绝不从命令行读取：\n"
                     "  gatewatch token --config FILE < token.txt\n"
                     "退出码：0 有效或已列出，1 无效，2 用法错误，3 无法判定。"});
    token
        ->add_option("--gateway", options_.token.gateway,
                     words({"Whose token table; needed where there are several",
                            "查询哪个网关的 Token 表；有多个时必须指定"}))
        ->type_name("NAME");
    token
        ->add_option("--recent", options_.token.recent,
                     words({"List the newest rows instead", "改为列出最新的若干行"}))
        ->type_name("1..1000")
        ->check(CLI::Range(1, 1000).description(""));
    token
        ->add_option("--user", options_.token.user_id,
                     words({"List this user's rows instead, at most --recent",
                            "改为列出该用户的行，最多 --recent 行"}))
        ->type_name("ID");
    one_of(token->add_option("--format", options_.format, words({"text is the default", "默认为 text"})),
           {"text", "json"});
    return token;
}

CLI::App* Declaration::add_lint() {
    auto* lint = add_command("lint-nginx",
                             {"Say what nginx's configuration does wrong, and mend it",
                              "指出 nginx 配置中的问题，并给出改好的配置"},
                             {"Prints file:line of each finding and the blocks as they should stand.\n"
                              "  nginx -T | gatewatch lint-nginx --config FILE -\n"
                              "Ends with 0 no problem, 1 problems, 2 wrong usage or nothing to read.",
                              "输出每个问题的文件和行号，以及应改成的配置块。\n"
                              "  nginx -T | gatewatch lint-nginx --config FILE -\n"
                              "退出码：0 没有问题，1 有问题，2 用法错误或没有可读取的内容。"});
    lint->add_option("NGINX_CONF", options_.nginx_file,
                     words({"nginx's configuration or what nginx -T printed; -: standard input;\n"
                            "default: the file that the configuration names",
                            "nginx 的配置，或 nginx -T 的输出；-：标准输入；\n"
                            "默认为配置文件中指定的文件"}))
        ->type_name(" ");
    return lint;
}

CLI::App* Declaration::add_collect() {
    auto* collect = add_command("collect",
                                {"Check once, and put reports, logs and configurations in one archive",
                                 "检查一次，并把报告、日志和配置打成一个压缩包"},
                                {"Secrets are replaced by [redacted]; an existing file is left alone.\n"
                                 "Ends with 0, or 2 for wrong usage or if the archive cannot be written.",
                                 "机密信息会替换为 [redacted]；不会覆盖已有的文件。\n"
                                 "退出码：0 成功，2 用法错误或无法写入压缩包。"});
    collect
        ->add_option("--output", options_.output,
                     words({"The archive; default: gatewatch-TIME.tar.gz here",
                            "压缩包；默认为当前目录下的 gatewatch-TIME.tar.gz"}))
        ->type_name("FILE.tar.gz");
    return collect;
}

Commands Declaration::declare() {
    app_.name("gatewatch");
    app_.description(
        words({"Watches Socket.IO gateways behind nginx, and names the one cause when users cannot connect.",
               "监测 nginx 后面的 Socket.IO 网关；用户连不上时，给出唯一的原因。"}));
    app_.formatter(std::make_shared<HelpFormatter>(language_));
    app_.set_help_flag("-h,--help", words({"Print this help message and exit", "显示本帮助并退出"}));
    app_.set_version_flag("--version", "gatewatch " + std::string(version()),
                          words({"Display program version information and exit", "显示版本并退出"}));
    app_.require_subcommand(1);
    app_.footer(words({"gatewatch COMMAND --help says more.", "详细用法见 gatewatch COMMAND --help。"}));
    Commands commands;
    commands.run = add_command(
        "run",
        {"Watch: probe on a schedule, serve metrics and the status page",
         "持续监测：按计划探测，提供指标和状态页"},
        {"Ends with 0 when it is stopped, 2 if it cannot start.", "退出码：0 正常停止，2 无法启动。"});
    commands.check = add_check();
    commands.token = add_token();
    commands.lint_nginx = add_lint();
    commands.collect = add_collect();
    add_command("validate",
                {"Check the configuration and print what will run", "检查配置，列出将要运行的内容"},
                {"Ends with 0, 1 on warnings, 2 for wrong usage or errors in the file.",
                 "退出码：0 没有问题，1 有警告，2 用法错误或文件有错。"});
    add_language(&app_);
    for (CLI::App* command : app_.get_subcommands({})) add_language(command);
    return commands;
}

}  // namespace

Commands declare_commands(CLI::App& app, CommandOptions& options, Language language) {
    return Declaration(app, options, language).declare();
}

}  // namespace gatewatch::agent
