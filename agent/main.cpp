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
        std::fprintf(stderr, "gatewatch: cannot go on: %s\n", error.what());
        leave(2);
    }
}
