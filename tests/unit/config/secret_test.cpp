#include "config/secret.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace gatewatch {
namespace {

TEST(Secret, fault_100_is_redacted_by_every_way_of_printing_it) {
    const Secret secret("hunter2");
    std::ostringstream stream;
    stream << secret;
    EXPECT_EQ(stream.str(), "[redacted]");
    EXPECT_EQ(fmt::format("{} {:>12}", secret, secret), "[redacted]   [redacted]");
    EXPECT_EQ(secret.reveal(), "hunter2");
}

}  // namespace
}  // namespace gatewatch
