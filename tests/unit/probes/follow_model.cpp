#include "tests/unit/probes/follow_model.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

namespace gatewatch::probes::follow {

Chain::~Chain() {
    close_writer();
    for (const int fd : held_) ::close(fd);
}

void Chain::reopen() {
    close_writer();
    fd_ = ::open(path().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (!named_) {
        files_.push_back({.path = path()});
        named_ = &files_.back();
    }
    target_ = named_;
    rest_.clear();
}

void Chain::write(bool partly) {
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
    stamp(fd_);
}

void Chain::rename() {
    if (!named_) return;
    named_->path = directory_ / fmt::format("old-{}-{}", name_, renamed_++);
    fs::rename(path(), named_->path);
    named_ = nullptr;
}

void Chain::remove() {
    if (!named_) return;
    // Nobody can tell another file with its inode from one of which nothing is known: it keeps its inode.
    if (named_->emptied || !named_->is_known()) held_.push_back(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    fs::remove(path());
    named_->removed = true;
    named_ = nullptr;
}

void Chain::empty() {
    if (!named_) return;
    const int fd = ::open(path().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    stamp(fd);
    ::close(fd);
    named_->empty();
}

void Chain::copytruncate() {
    if (!named_) return;
    fs::copy_file(path(), directory_ / fmt::format("copy-{}-{}", name_, renamed_++));
    empty();
}

bool Chain::fill_and_empty() {
    write(false);
    const bool unseen = named_ && named_ == target_ && named_->known && !named_->is_known();
    empty();
    return unseen;
}

bool Chain::recreate() {
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

void Chain::look(bool first) {
    if (named_ && !named_->known) {
        named_->known = true;
        if (first) named_->live_from = named_->content.size();
        order_.push_back(named_);
    }
    for (auto* file : order_) {
        if (!file->emptied) continue;
        if (file->shows_loss()) ++losses_;
        file->emptied = false;
        file->looked_at = 0;
    }
}

std::vector<Expected> Chain::take() {
    std::vector<Expected> lines;
    for (auto* file : order_) {
        file->before_take = {file->given, file->looked_at};
        file->looked_at = file->content.size();
        const auto more = file->take();
        lines.insert(lines.end(), more.begin(), more.end());
    }
    return lines;
}

std::vector<Expected> Chain::give_up_old() {
    std::vector<Expected> lines;
    std::erase_if(order_, [&](ModelFile* file) {
        if (file == named_ || !named_) return false;
        const auto end = file->content.size();
        if (file->given < end) lines.push_back({file->content.substr(file->given), file->reading_of(end)});
        return true;
    });
    return lines;
}

void Chain::roll_back() {
    for (auto* file : order_) {
        if (file->content.size() > file->before_take.looked_at) file->handed_out = file->content.size();
        file->given = file->before_take.given;
        file->looked_at = file->before_take.looked_at;
    }
}

void Chain::restart() {
    std::erase_if(order_, [&](ModelFile* file) {
        const bool unknown = file != named_ && !file->before.empty() && file->shows_loss();
        if (!file->removed && !unknown) return false;
        ++losses_;
        return true;
    });
}

std::string Chain::unique() {
    std::string text;
    for (auto rest = ++number_; rest > 0; rest /= 26) text += letter(rest);
    return text;
}

/// Each change bears a time of its own, however soon after another it is, and one that is long past: so that
/// what the reader can tell by it does not depend on how fast the test runs.
void Chain::stamp(int fd) {
    const timespec time{.tv_sec = 1'000'000'000 + ++changes_, .tv_nsec = 0};
    const timespec times[] = {time, time};
    if (::futimens(fd, times) != 0) throw std::runtime_error("futimens");
}

void Chain::close_writer() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
    target_ = nullptr;
}

}  // namespace gatewatch::probes::follow
