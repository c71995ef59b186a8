// Which runs are remembered.
#include <gtest/gtest.h>

#include "agent/evidence_store.hpp"

namespace gatewatch::agent::test {
namespace {

using probes::Outcome;
using probes::Reason;

Outcome run(std::optional<Reason> reason, std::string sid) {
    Outcome outcome;
    outcome.ok = !reason;
    outcome.reason = reason;
    outcome.namespace_sid = std::move(sid);
    return outcome;
}

TEST(HistoryOfOutcomes, KeepsFailuresWhenThePassesAroundThemHaveGone) {
    History history;
    history.add(run(Reason::tcp_refused, "first"));
    for (int i = 0; i < 1000; ++i) history.add(run(std::nullopt, ""));
    history.add(run(Reason::deadline, "last"));
    const auto runs = history.runs();
    ASSERT_EQ(runs.size(), History::limit + 1);
    EXPECT_EQ(runs.front()->namespace_sid, "last");
    EXPECT_EQ(runs.back()->namespace_sid, "first");
}

TEST(HistoryOfOutcomes, IsBounded) {
    History history;
    for (int i = 0; i < 1000; ++i) history.add(run(Reason::tcp_refused, std::to_string(i)));
    const auto runs = history.runs();
    EXPECT_EQ(runs.size(), 2 * History::limit);
    EXPECT_EQ(runs.front()->namespace_sid, "999");
}

}  // namespace
}  // namespace gatewatch::agent::test
