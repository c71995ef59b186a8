// Runs a command line and keeps what it prints. Used by the tests of the commands.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "agent/command_line.hpp"

namespace gatewatch::agent::test {

struct Result {
    int status;
    std::string out, err;
};

inline Result gatewatch(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "gatewatch");
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_command_line(static_cast<int>(arguments.size()), arguments.data());
    std::string out = testing::internal::GetCapturedStdout();
    return {status, std::move(out), testing::internal::GetCapturedStderr()};
}

}  // namespace gatewatch::agent::test
