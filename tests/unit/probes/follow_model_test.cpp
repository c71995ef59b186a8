// Random sequences of everything that happens to a log file and to its reader, compared with a model that
// knows each byte.
#include "tests/unit/probes/follow_sequence.hpp"

namespace gatewatch::probes::follow {
namespace {

TEST(FollowModel, fault_65_to_72_what_is_given_is_what_was_written_and_each_possible_loss_is_counted) {
    const unsigned sequences = thorough() ? 100'000 : 1'000;
    const char* wish = std::getenv("GATEWATCH_SEED");
    const unsigned begin = wish != nullptr ? static_cast<unsigned>(std::stoul(wish)) : 0;
    const unsigned end = wish != nullptr ? begin + 1 : sequences;
    int recreated = 0;
    int kills = 0;
    int again = 0;
    int came_and_went = 0;
    for (unsigned seed = begin; seed < end && !HasFailure(); ++seed) {
        Sequence sequence(seed);
        sequence.run();
        recreated += sequence.recreated_;
        kills += sequence.kills_;
        again += sequence.again_;
        came_and_went += sequence.came_and_went_;
    }
    RecordProperty("recreated_with_the_same_inode", recreated);
    RecordProperty("killed_while_giving", kills);
    RecordProperty("lines_read_again", again);
    RecordProperty("filled_and_emptied_unseen", came_and_went);
    if (wish != nullptr) return;
    EXPECT_GT(recreated, 0) << "the file system of the temporary directory never uses an inode again";
    EXPECT_GT(kills, 0);
    EXPECT_GT(again, 0);
    EXPECT_GT(came_and_went, 0);
}

}  // namespace
}  // namespace gatewatch::probes::follow
