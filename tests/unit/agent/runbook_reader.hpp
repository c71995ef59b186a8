// Reads the runbooks for the tests of what stands in them: headings, blocks of code, commands.
#pragma once

#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "agent/web/runbook_texts.hpp"

namespace gatewatch::agent::web::test {

struct Heading {
    std::size_t level = 0;
    std::string text;
};

struct ReadRunbook {
    std::vector<Heading> headings;
    std::vector<std::string> code;   ///< the lines of all blocks
    std::vector<std::string> spans;  ///< `code` within sentences
    std::size_t blocks = 0;
};

inline ReadRunbook read_runbook(std::string_view markdown) {
    ReadRunbook read;
    std::istringstream lines{std::string(markdown)};
    std::string prose;
    bool in_code = false;
    for (std::string line; std::getline(lines, line);) {
        const auto indent = std::min(line.find_first_not_of(' '), line.size());
        if (line.substr(indent).starts_with("```")) {
            in_code = !in_code;
            if (in_code) ++read.blocks;
        } else if (in_code) {
            read.code.push_back(line.substr(indent));
        } else if (line.starts_with('#')) {
            const auto level = line.find(' ');
            read.headings.push_back({level, line.substr(level + 1)});
        } else {
            prose += line + ' ';
        }
    }
    const std::regex span("`([^`]+)`");
    for (std::sregex_iterator it(prose.begin(), prose.end(), span), end; it != end; ++it) {
        read.spans.push_back((*it)[1]);
    }
    return read;
}

/// Commands of gatewatch within a line of shell, each as its words; what is redirected is left out.
inline std::vector<std::vector<std::string>> gatewatch_commands(const std::string& line) {
    std::vector<std::vector<std::string>> commands;
    const std::regex separator(R"(\s*(\||&&|;)\s*)");
    for (std::sregex_token_iterator it(line.begin(), line.end(), separator, -1), end; it != end; ++it) {
        std::istringstream words(*it);
        std::vector<std::string> command;
        for (std::string word; words >> word && word != "<" && word != ">";) command.push_back(word);
        if (!command.empty() && command.front() == "gatewatch") commands.push_back(std::move(command));
    }
    return commands;
}

}  // namespace gatewatch::agent::web::test
