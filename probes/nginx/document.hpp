// nginx's configuration as a tree: directives with their words and their place in the source, includes put
// where they stand. Made by reader.cpp, read by everything else in this folder. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/text.hpp"

namespace gatewatch::probes::nginx {

struct Directive {
    std::string name;
    std::vector<std::string> args;
    std::vector<Directive> children;
    std::uint32_t source = 0;  ///< index into Document::sources
    unsigned line = 0;
    std::size_t begin = 0;  ///< in the source's text: its first word
    std::size_t end = 0;    ///< behind its `;` or `}`
    std::size_t body = 0;   ///< behind its `{`
    bool block = false;
};

struct Source {
    std::string name;  ///< the file's path
    std::string text;
};

struct Document {
    std::vector<Source> sources;
    std::vector<Directive> directives;
};

/// Why a configuration cannot be read.
struct ReadError {
    Text what;  ///< names the file and, where there is one, the line, and says what to do
};

/// The first child of that name, or nullptr.
[[nodiscard]] const Directive* find(const std::vector<Directive>& directives, std::string_view name);

/// "proxy_pass http://127.0.0.1:7002;": on one line, as a person would write it; long ones are cut.
[[nodiscard]] std::string written(const Directive& directive);

/// What stands behind the name: "~* \.php$".
[[nodiscard]] std::string arguments(const Directive& directive);

}  // namespace gatewatch::probes::nginx
