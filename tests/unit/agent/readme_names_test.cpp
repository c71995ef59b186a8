// probes/README.md is where people look names up: each name of the closed lists must stand there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "agent/diagnosis/cause.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::agent::test {
namespace {

std::string readme() {
    std::ifstream file(GATEWATCH_SOURCE_DIR "/probes/README.md");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

template <class Enum>
void expect_names_in(const std::string& text) {
    for (Enum value : all_of<Enum>()) {
        const std::string name(name_of(value));
        EXPECT_TRUE(text.contains("`" + name + "`")) << name << " is missing";
    }
}

TEST(ReadmeOfTheProbes, NamesEveryProbePhaseReasonAndCause) {
    const std::string text = readme();
    ASSERT_FALSE(text.empty());
    expect_names_in<ProbeKind>(text);
    expect_names_in<probes::Phase>(text);
    expect_names_in<probes::Reason>(text);
    expect_names_in<Cause>(text);
}

TEST(ReadmeOfTheProbes, GivesEachCauseTheHopAndSeverityOfTheCode) {
    const std::string text = readme();
    for (Cause cause : all_of<Cause>()) {
        const CauseFacts& facts = facts_of(cause);
        const std::string row = fmt::format("| `{}` | {} | {} | {} |", name_of(cause), name_of(facts.hop),
                                            name_of(facts.severity), facts.en);
        EXPECT_TRUE(text.contains(row)) << row;
    }
}

}  // namespace
}  // namespace gatewatch::agent::test
