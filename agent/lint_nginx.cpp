#include "agent/lint_nginx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "agent/nginx_text.hpp"
#include "probes/nginx/nginx_config.hpp"

namespace gatewatch::agent {
namespace {

constexpr std::size_t most_input = std::size_t{16} << 20;

std::string standard_input() {
    std::string text;
    char buffer[65536];
    // One byte past the limit, so that the reader says that it is too large.
    while (text.size() <= most_input) {
        const auto got = std::fread(buffer, 1, sizeof buffer, stdin);
        if (got == 0) break;
        text.append(buffer, got);
    }
    return text;
}

std::string indented(const std::string& block) {
    std::string text;
    for (std::size_t at = 0; at < block.size();) {
        const auto end = std::min(block.find('\n', at), block.size());
        auto line = block.substr(at, end - at);
        if (line.ends_with('\r')) line.pop_back();
        text += line + "\n";
        at = end + 1;
    }
    return text;
}

/// The blocks of the problems; where there is none, of the notes. Each once.
std::string blocks(const std::vector<probes::NginxFinding>& findings, bool problems, Language language) {
    std::string text;
    std::vector<std::string> printed;
    const auto print = [&](const std::string& block, const Text& title) {
        if (block.empty() || std::ranges::find(printed, block) != printed.end()) return;
        printed.push_back(block);
        text += "\n" + in(language, title) + "\n" + indented(block);
    };
    for (const auto& finding : findings) {
        if (finding.problem != problems) continue;
        print(finding.for_http, {"To stand in the http block:", "应放在 http 块中："});
        print(finding.mended, {"The block as it should stand:", "该块应改为："});
    }
    return text;
}

std::string verdict(const probes::NginxSample& sample, bool problems, Language language) {
    if (problems || !sample.detail.empty()) return {};
    const Text none = sample.findings.empty() ? Text{"no finding", "没有发现问题"}
                                              : Text{"no problem", "没有问题，仅有提示"};
    if (sample.location.empty()) return in(language, none) + "\n";
    return fmt::format("{}: {}:{} location {} -> {}\n", in(language, none), sample.file, sample.line,
                       sample.location, sample.proxy_pass);
}

LintResult lint_one(const probes::NginxSample& sample, Language language) {
    if (!sample.up) return {in(language, sample.detail) + "\n", 2};
    std::string text;
    bool problems = false;
    for (const auto& finding : sample.findings) {
        problems = problems || finding.problem;
        const Text kind = finding.problem ? Text{"problem", "问题"} : Text{"note", "提示"};
        text += fmt::format("{}: {}: {}\n", place_of(finding), in(language, kind),
                            in(language, describe(finding)));
    }
    text += blocks(sample.findings, problems, language);
    if (!sample.detail.empty()) text += in(language, sample.detail) + "\n";
    text += verdict(sample, problems, language);
    return {std::move(text), problems ? 1 : 0};
}

}  // namespace

LintResult lint_nginx(const config::Settings& settings, const std::optional<std::string>& file,
                      Language language) {
    LintResult all;
    const auto input = file == "-" ? standard_input() : std::string();
    for (auto gateway : settings.gateways) {
        if (file && file != "-")
            gateway.nginx.emplace(gateway.nginx.value_or(config::NginxSettings{})).config = *file;
        const auto sample = file == "-" ? probes::nginx::inspect_text(input, "-", gateway, std::nullopt)
                                        : probes::nginx::inspect(gateway, std::nullopt);
        const auto one = lint_one(sample, language);
        if (settings.gateways.size() > 1) {
            const Text title = {"gateway " + gateway.name, "网关 " + gateway.name};
            all.text += (all.text.empty() ? "" : "\n") + in(language, title) + "\n";
        }
        all.text += one.text;
        all.status = std::max(all.status, one.status);
    }
    return all;
}

}  // namespace gatewatch::agent
