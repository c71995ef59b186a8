#include "tests/unit/probes/follow_sequence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatewatch::probes::follow {
namespace {

struct Killed {};

}  // namespace

Sequence::Sequence(unsigned seed) : seed_(seed), random_(seed), root_(make_directory()) {
    fs::create_directory(root_ / "logs");
    chains_.emplace_back(root_ / "logs", "app.log", random_);
    if (random_() % 3 == 0) chains_.emplace_back(root_ / "logs", "b.log", random_);
}

Sequence::~Sequence() {
    chains_.clear();
    fs::remove_all(root_);
}

void Sequence::run() {
    for (auto& chain : chains_) {
        if (random_() % 4 == 0) continue;
        chain.reopen();
        chain.write(random_() % 2 == 0);
    }
    start();
    const auto length = 5 + random_() % 20;
    for (unsigned i = 0; i < length && !testing::Test::HasFailure(); ++i) act();
    if (!follower_) start();
    step();
    check_losses();
}

void Sequence::act() {
    auto& chain = chains_[random_() % chains_.size()];
    const auto choice = random_() % 100;
    note_ += fmt::format(" {}", choice);
    if (choice < 30) {
        chain.write(false);
    } else if (choice < 42) {
        chain.write(true);
    } else if (choice < 49) {
        chain.rename();
    } else if (choice < 56) {
        chain.reopen();
    } else if (choice < 59) {
        chain.empty();
    } else if (choice < 61) {
        came_and_went_ += chain.fill_and_empty() ? 1 : 0;
    } else if (choice < 64) {
        chain.copytruncate();
        chain.write(false);
        chain.write(false);
    } else if (choice < 67) {
        chain.remove();
    } else if (choice < 69 && !follower_) {
        recreated_ += chain.recreate() ? 1 : 0;
        chain.reopen();
        chain.write(false);
    } else if (choice < 85) {
        follower_ ? step() : start();
    } else if (choice < 90) {
        if (follower_) stop();
    } else if (choice < 93) {
        give_up_old();
    } else if (follower_) {
        kill();
    }
}

void Sequence::start() {
    for (auto& chain : chains_) {
        if (!first_) chain.restart();
    }
    follower_ = std::make_unique<Follower>(Options{
        .sources = {{.directory = root_ / "logs",
                     .matches = [](std::string_view name) { return name == "app.log" || name == "b.log"; },
                     .pattern = "model"}},
        .checkpoint = root_ / "checkpoint",
        .nothing_found = {}});
    step();
}

void Sequence::stop() {
    losses_ += static_cast<int>(follower_->status().possible_losses);
    EXPECT_EQ(follower_->status().replayed_lines, std::exchange(again_here_, 0u)) << where();
    follower_.reset();
}

void Sequence::look() {
    for (auto& chain : chains_) chain.look(first_);
    first_ = false;
}

void Sequence::expect(std::vector<std::vector<Expected>> lines) {
    expected_.clear();
    for (auto& each : lines) expected_.emplace_back(each.begin(), each.end());
}

std::vector<std::vector<Expected>> Sequence::take() {
    std::vector<std::vector<Expected>> lines;
    for (auto& chain : chains_) lines.push_back(chain.take());
    return lines;
}

void Sequence::step() {
    look();
    expect(take());
    follow();
    for (const auto& missing : expected_) {
        for (const auto& each : missing) ADD_FAILURE() << where() << "\nnot given: " << each.line;
    }
}

void Sequence::follow(std::chrono::milliseconds passed) {
    now_ += passed;
    while (follower_->step(now_, sink_)) {
    }
}

void Sequence::give_up_old() {
    if (!follower_) return;
    step();
    if (!std::ranges::all_of(chains_, &Chain::may_give_up_old)) return;
    std::vector<std::vector<Expected>> lines;
    for (auto& chain : chains_) lines.push_back(chain.give_up_old());
    expect(std::move(lines));
    follow(11s);
    for (const auto& missing : expected_) EXPECT_TRUE(missing.empty()) << where();
}

/// Its end comes while it gives lines, some of which have got through.
void Sequence::kill() {
    look();
    expect(take());
    patience_ = static_cast<int>(random_() % 3);
    kills_in_sink_ = true;
    try {
        follow();
        kills_in_sink_ = false;
    } catch (const Killed&) {
        kills_in_sink_ = false;
        ++kills_;
        for (auto& chain : chains_) chain.roll_back();
        stop();
        return;
    }
    for (const auto& missing : expected_) EXPECT_TRUE(missing.empty()) << where();
    stop();
}

void Sequence::given(std::string_view block, Reading reading) {
    if (kills_in_sink_ && patience_ == 0) throw Killed();
    for (const auto& line : lines_of(block)) {
        const Expected got{line, reading};
        const auto fits = [&](const auto& queue) { return !queue.empty() && queue.front() == got; };
        const auto queue = std::ranges::find_if(expected_, fits);
        if (reading == Reading::again) {
            ++again_;
            ++again_here_;
        }
        if (queue == expected_.end()) {
            ADD_FAILURE() << where() << "\nnot expected: " << line << " reading " << int(reading);
            return;
        }
        queue->pop_front();
    }
    if (kills_in_sink_ && --patience_ == 0) throw Killed();
}

void Sequence::check_losses() {
    stop();
    int certain = 0;
    for (const auto& chain : chains_) certain += chain.losses_;
    EXPECT_EQ(losses_, certain) << where();
}

std::string Sequence::where() const {
    return fmt::format("seed {}:{}", seed_, note_);
}

}  // namespace gatewatch::probes::follow
