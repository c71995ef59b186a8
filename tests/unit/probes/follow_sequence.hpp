// One random sequence of what happens to log files and to their reader, which runs, ends, or is killed; what
// it gives must be what the model expects. Used by follow_model_test.cpp.
#pragma once

#include <deque>
#include <random>

#include "tests/unit/probes/follow_model.hpp"

namespace gatewatch::probes::follow {

/// Its failures name its seed.
class Sequence {
  public:
    explicit Sequence(unsigned seed);
    ~Sequence();

    void run();

    int recreated_ = 0;  ///< files that got the inode of another
    int kills_ = 0;
    int again_ = 0;          ///< lines that came again
    int came_and_went_ = 0;  ///< times that a file that had been seen empty was filled and emptied unseen

  private:
    void act();
    void start();
    void stop();
    void look();
    void expect(std::vector<std::vector<Expected>> lines);
    std::vector<std::vector<Expected>> take();
    void step();
    void follow(std::chrono::milliseconds passed = std::chrono::milliseconds(10));
    void give_up_old();
    void kill();
    void given(std::string_view block, Reading reading);
    void check_losses();
    [[nodiscard]] std::string where() const;

    unsigned seed_;
    std::mt19937 random_;
    fs::path root_;
    std::deque<Chain> chains_;
    std::unique_ptr<Follower> follower_;
    SteadyTime now_{std::chrono::hours(1)};
    bool first_ = true;
    int losses_ = 0;
    std::uint64_t again_here_ = 0;
    std::vector<std::deque<Expected>> expected_;
    bool kills_in_sink_ = false;
    int patience_ = 0;
    std::string note_;
    Sink sink_{.lines = [this](FileId, std::string_view block, Reading reading) { given(block, reading); },
               .lines_lost = [](FileId) {}};
};

}  // namespace gatewatch::probes::follow
