#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "agent/command_line.hpp"

namespace {

/// Without the destructors of statics: a worker that was abandoned may still be inside the database library,
/// whose drivers these would take away from it.
[[noreturn]] void leave(int status) {
    std::fflush(nullptr);
    std::_Exit(status);
}

}  // namespace

int main(int argc, char** argv) {
    // One heap for the few threads there are: each further arena costs resident memory for nothing.
    mallopt(M_ARENA_MAX, 1);
    try {
        leave(gatewatch::agent::run_command_line(argc, argv));
    } catch (const std::exception& error) {
        constexpr gatewatch::Phrase words{"gatewatch: cannot go on: ", "gatewatch：无法继续："};
        const auto language = gatewatch::agent::language_of_environment();
        std::fprintf(stderr, "%s%s\n", words.in(language).data(), error.what());
        leave(2);
    }
}
