// Random sequences of everything that happens to a log file and to its reader, compared with a model that
// knows each byte.
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <random>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

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
    std::string before = {};     ///< what was known of it then
    bool certain = false;        ///< and that can be told
    bool removed = false;        ///< no name leads to it
    std::string path;            ///< its name now
    struct {
        std::size_t given = 0;
        std::size_t looked_at = 0;
    } before_take{};

    void empty() {
        if (known && !emptied) {
            certain = is_known();
            before = content.substr(0, looked_at);
        }
        if (known) emptied = true;
        content.clear();
        given = live_from = handed_out = 0;
    }
    /// Whether there is anything by which the reader would know it again.
    bool is_known() const { return looked_at > 0 || handed_out > 0; }
    /// All that was seen before it was emptied stands there again, byte for byte, so that nobody can tell
    /// that it was: that may be the first letter of a line.
    bool repeats() const { return looked_at > 0 && content.starts_with(before); }
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

struct Killed {};

/// One name, the files that had it, and the program that writes to one of them.
class Chain {
  public:
    Chain(fs::path directory, std::string name, std::mt19937& random)
        : directory_(std::move(directory)), name_(std::move(name)), random_(random) {}
    ~Chain() {
        close_writer();
        for (const int fd : held_) ::close(fd);
    }

    /// Opens the name, which may create it: what `reload` and a start do.
    void reopen() {
        close_writer();
        fd_ = ::open(path().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (!named_) {
            files_.push_back({.path = path()});
            named_ = &files_.back();
        }
        target_ = named_;
        rest_.clear();
    }
    /// Whole lines, or the first part of one, whose rest comes first the next time.
    void write(bool partly) {
        if (fd_ < 0) return;
        std::string text = std::exchange(rest_, {});
        const auto lines = random_() % 3 + (text.empty() ? 1 : 0);
        for (unsigned i = 0; i < lines; ++i) {
            const auto length = random_() % 50 == 0 ? random_() % 5000 : random_() % 60;
            text += unique() + std::string(length, letter(random_())) + '\n';
        }
        if (partly) {
            const auto cut = text.size() - random_() % std::min<std::size_t>(text.size(), 20);
            rest_ = text.substr(cut);
            text.resize(cut);
        }
        target_->content += text;
        if (::write(fd_, text.data(), text.size()) != ssize_t(text.size())) throw std::runtime_error("write");
    }
    void rename() {
        if (!named_) return;
        named_->path = directory_ / fmt::format("old-{}-{}", name_, renamed_++);
        fs::rename(path(), named_->path);
        named_ = nullptr;
    }
    void remove() {
        if (!named_) return;
        // Nobody can tell another file with its inode from one of which nothing is known: it keeps its inode.
        if (named_->emptied || !named_->is_known())
            held_.push_back(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
        fs::remove(path());
        named_->removed = true;
        named_ = nullptr;
    }
    void truncate() {
        if (!named_ || ::truncate(path().c_str(), 0) != 0) return;
        named_->empty();
    }
    void copytruncate() {
        if (!named_) return;
        fs::copy_file(path(), directory_ / fmt::format("copy-{}-{}", name_, renamed_++));
        truncate();
    }
    /// Another file with the same inode. Nobody may have the old one open.
    bool recreate() {
        if (!named_) return false;
        if (target_ == named_) close_writer();
        struct stat before{};
        ::stat(path().c_str(), &before);
        fs::remove(path());
        std::vector<fs::path> others;
        bool same = false;
        for (int i = 0; i < 8 && !same; ++i) {
            const auto fresh = directory_ / fmt::format("fresh-{}", i);
            append(fresh, "");
            struct stat now{};
            ::stat(fresh.c_str(), &now);
            same = now.st_ino == before.st_ino;
            if (same || i == 7) {
                fs::rename(fresh, path());
            } else {
                others.push_back(fresh);
            }
        }
        for (const auto& other : others) fs::remove(other);
        if (same) {
            named_->empty();
        } else {
            named_->removed = true;
            files_.push_back({.path = path()});
            named_ = &files_.back();
        }
        return same;
    }

    /// The reader looks. `first`: it has never looked before.
    void look(bool first) {
        if (named_ && !named_->known) {
            named_->known = true;
            if (first) named_->live_from = named_->content.size();
            order_.push_back(named_);
        }
        for (auto* file : order_) {
            if (!std::exchange(file->emptied, false)) continue;
            // Nobody can tell that a file was emptied of which nothing was seen.
            ++(file->certain && !file->repeats() ? certain_ : uncertain_);
            file->looked_at = 0;
        }
    }
    /// What it gives then, in order.
    std::vector<Expected> take() {
        std::vector<Expected> lines;
        for (auto* file : order_) {
            file->before_take = {file->given, file->looked_at};
            file->looked_at = file->content.size();
            const auto more = file->take();
            lines.insert(lines.end(), more.begin(), more.end());
        }
        return lines;
    }
    /// Ten seconds without a change: files that have a successor are over, and so are their begun lines.
    std::vector<Expected> give_up_old() {
        std::vector<Expected> lines;
        std::erase_if(order_, [&](ModelFile* file) {
            if (file == named_ || !named_) return false;
            const auto end = file->content.size();
            if (file->given < end)
                lines.push_back({file->content.substr(file->given), file->reading_of(end)});
            return true;
        });
        return lines;
    }
    /// The writer writes to no file that is given up.
    bool may_give_up_old() const { return target_ == nullptr || target_ == named_; }

    /// The reader has ended while it gave what take() took: all of that comes again.
    void roll_back() {
        for (auto* file : order_) {
            if (file->content.size() > file->before_take.looked_at) file->handed_out = file->content.size();
            file->given = file->before_take.given;
            file->looked_at = file->before_take.looked_at;
        }
    }
    /// Another reader begins: what has no name any more is out of its reach, and what was emptied and renamed
    /// cannot be known again.
    void restart() {
        std::erase_if(order_, [&](ModelFile* file) {
            const bool unknown = file->emptied && file != named_ && file->certain && !file->repeats();
            if (!file->removed && !unknown) return false;
            ++((file->emptied ? file->certain : file->is_known()) ? certain_ : uncertain_);
            return true;
        });
    }

    int certain_ = 0;    ///< losses that must be reported
    int uncertain_ = 0;  ///< that may

  private:
    /// Each chain has letters of its own, so that its lines are known even in pieces.
    char letter(unsigned number) const {
        return static_cast<char>((name_[0] == 'a' ? 'A' : 'a') + number % 26);
    }
    std::string unique() {
        std::string text;
        for (auto rest = ++number_; rest > 0; rest /= 26) text += letter(rest);
        return text;
    }
    fs::path path() const { return directory_ / name_; }
    void close_writer() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
        target_ = nullptr;
    }

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
};

/// One sequence. The reader runs, or it does not; what it gives must be what the chains expect.
class Sequence {
  public:
    explicit Sequence(unsigned seed) : seed_(seed), random_(seed), root_(make_directory()) {
        fs::create_directory(root_ / "logs");
        chains_.emplace_back(root_ / "logs", "app.log", random_);
        if (random_() % 3 == 0) chains_.emplace_back(root_ / "logs", "b.log", random_);
    }
    ~Sequence() {
        chains_.clear();
        fs::remove_all(root_);
    }

    void run() {
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

    int recreated_ = 0;
    int kills_ = 0;
    int again_ = 0;

  private:
    void act() {
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
        } else if (choice < 60) {
            chain.truncate();
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

    void start() {
        for (auto& chain : chains_) {
            if (!first_) chain.restart();
        }
        follower_ = std::make_unique<Follower>(Options{
            .sources = {{.directory = root_ / "logs",
                         .matches =
                             [](std::string_view name) { return name == "app.log" || name == "b.log"; },
                         .pattern = "model"}},
            .checkpoint = root_ / "checkpoint",
            .nothing_found = {}});
        step();
    }
    void stop() {
        losses_ += static_cast<int>(follower_->status().possible_losses);
        EXPECT_EQ(follower_->status().replayed_lines, std::exchange(again_here_, 0u)) << where();
        follower_.reset();
    }

    void look() {
        for (auto& chain : chains_) chain.look(first_);
        first_ = false;
    }
    void expect(std::vector<std::vector<Expected>> lines) {
        expected_.clear();
        for (auto& each : lines) expected_.emplace_back(each.begin(), each.end());
    }
    std::vector<std::vector<Expected>> take() {
        std::vector<std::vector<Expected>> lines;
        for (auto& chain : chains_) lines.push_back(chain.take());
        return lines;
    }

    void step() {
        look();
        expect(take());
        follow();
        for (const auto& missing : expected_) {
            for (const auto& each : missing) ADD_FAILURE() << where() << "\nnot given: " << each.line;
        }
    }
    void follow(std::chrono::milliseconds passed = 10ms) {
        now_ += passed;
        while (follower_->step(now_, sink_)) {
        }
    }
    void give_up_old() {
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
    void kill() {
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

    void given(std::string_view block, Reading reading) {
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

    void check_losses() {
        stop();
        int certain = 0;
        int uncertain = 0;
        for (const auto& chain : chains_) {
            certain += chain.certain_;
            uncertain += chain.uncertain_;
        }
        EXPECT_GE(losses_, certain) << where();
        EXPECT_LE(losses_, certain + uncertain) << where();
    }
    std::string where() const { return fmt::format("seed {}:{}", seed_, note_); }

    unsigned seed_;
    std::mt19937 random_;
    fs::path root_;
    std::deque<Chain> chains_;
    std::unique_ptr<Follower> follower_;
    SteadyTime now_{1h};
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

TEST(FollowModel, fault_65_to_72_what_is_given_is_what_was_written_and_each_possible_loss_is_counted) {
    const unsigned sequences = thorough() ? 100'000 : 1'000;
    const char* wish = std::getenv("GATEWATCH_SEED");
    const unsigned begin = wish != nullptr ? static_cast<unsigned>(std::stoul(wish)) : 0;
    const unsigned end = wish != nullptr ? begin + 1 : sequences;
    int recreated = 0;
    int kills = 0;
    int again = 0;
    for (unsigned seed = begin; seed < end && !HasFailure(); ++seed) {
        Sequence sequence(seed);
        sequence.run();
        recreated += sequence.recreated_;
        kills += sequence.kills_;
        again += sequence.again_;
    }
    RecordProperty("recreated_with_the_same_inode", recreated);
    RecordProperty("killed_while_giving", kills);
    RecordProperty("lines_read_again", again);
    if (wish != nullptr) return;
    EXPECT_GT(recreated, 0) << "the file system of the temporary directory never uses an inode again";
    EXPECT_GT(kills, 0);
    EXPECT_GT(again, 0);
}

}  // namespace
}  // namespace gatewatch::probes::follow
