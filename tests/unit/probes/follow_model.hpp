// What a log file and its writer go through, and what a reader that misses nothing would have of it: the
// model that the follower is compared with, which knows each byte. Used by follow_sequence.cpp.
#pragma once

#include <algorithm>
#include <deque>
#include <random>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {

struct Expected {
    std::string line;
    Reading reading;
    bool operator==(const Expected&) const = default;
};

/// One inode, and what a reader that misses nothing would have of it.
struct ModelFile {
    std::string content = {};
    std::size_t given = 0;       ///< where the first line begins that was not given
    std::size_t looked_at = 0;   ///< its size at the last look
    std::size_t live_from = 0;   ///< lines that end before it are from before the start
    std::size_t handed_out = 0;  ///< lines that end before it may come again
    bool known = false;          ///< it stood under its name at a look
    bool emptied = false;        ///< since the last look
    std::string before = {};     ///< what the reader knew of it by then
    bool removed = false;        ///< no name leads to it
    std::string path;            ///< its name now
    struct {
        std::size_t given = 0;
        std::size_t looked_at = 0;
    } before_take{};

    void empty() {
        if (known && !emptied) before = content.substr(0, std::max(looked_at, handed_out));
        if (known) emptied = true;
        content.clear();
        given = live_from = handed_out = 0;
    }
    /// Whether there is anything by which the reader would know it again.
    bool is_known() const { return looked_at > 0 || handed_out > 0; }
    /// It was emptied, and a look can tell: not all that was known before, which may be the first letter of
    /// a line, stands there again byte for byte. Of a file that was empty, only its time tells, and that
    /// only while it is empty still.
    bool shows_loss() const {
        return emptied && (before.empty() ? content.empty() : !content.starts_with(before));
    }
    /// What the next look at it gives; then all of it is given.
    std::vector<Expected> take() {
        std::vector<Expected> lines;
        for (auto end = content.find('\n', given); end != std::string::npos;
             end = content.find('\n', given)) {
            lines.push_back({content.substr(given, end - given), reading_of(end + 1)});
            given = end + 1;
        }
        return lines;
    }
    Reading reading_of(std::size_t end) const {
        return end <= live_from ? Reading::before_start : end <= handed_out ? Reading::again : Reading::fresh;
    }
};

/// One name, the files that had it, and the program that writes to one of them.
class Chain {
  public:
    Chain(fs::path directory, std::string name, std::mt19937& random)
        : directory_(std::move(directory)), name_(std::move(name)), random_(random) {}
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;
    ~Chain();

    /// Opens the name, which may create it: what `reload` and a start do.
    void reopen();
    /// Whole lines, or the first part of one, whose rest comes first the next time.
    void write(bool partly);
    void rename();
    void remove();
    /// What `pm2 flush` does, to an empty file too.
    void empty();
    void copytruncate();
    /// Between two looks; whether the last look found it empty.
    bool fill_and_empty();
    /// Another file with the same inode; nobody may have the old one open. False: it got another inode.
    bool recreate();

    /// The reader looks. `first`: it has never looked before.
    void look(bool first);
    /// What it gives then, in order.
    std::vector<Expected> take();
    /// Ten seconds without a change: files that have a successor are over, and so are their begun lines.
    std::vector<Expected> give_up_old();
    /// The writer writes to no file that is given up.
    bool may_give_up_old() const { return target_ == nullptr || target_ == named_; }
    /// The reader has ended while it gave what take() took: all of that comes again.
    void roll_back();
    /// Another reader begins: what has no name any more is out of its reach, and what was emptied and renamed
    /// cannot be known again.
    void restart();

    int losses_ = 0;  ///< that must have been reported by now

  private:
    /// Each chain has letters of its own, so that its lines are known even in pieces.
    char letter(unsigned number) const {
        return static_cast<char>((name_[0] == 'a' ? 'A' : 'a') + number % 26);
    }
    std::string unique();
    fs::path path() const { return directory_ / name_; }
    void stamp(int fd);
    void close_writer();

    fs::path directory_;
    std::string name_;
    std::mt19937& random_;
    std::deque<ModelFile> files_;
    std::vector<ModelFile*> order_;  ///< those that the reader knows, in the order in which they came up
    ModelFile* named_ = nullptr;     ///< the one under the name
    ModelFile* target_ = nullptr;    ///< the one that is written to
    int fd_ = -1;
    std::vector<int> held_;
    std::string rest_;
    unsigned number_ = 0;
    int renamed_ = 0;
    time_t changes_ = 0;
};

}  // namespace gatewatch::probes::follow
