#include "probes/follow/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <expected>
#include <fstream>
#include <iterator>
#include <utility>

#include "probes/follow/checkpoint_record.hpp"

namespace gatewatch::probes::follow {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t least_place = 4096;
constexpr std::uintmax_t most_bytes = 64 * 1024 * 1024;

std::expected<std::string, int> read_whole(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return std::unexpected(error.value());
    if (size > most_bytes) return std::string("too large");
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(errno);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

bool write_all(int fd, std::string_view bytes, off_t offset) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
    return true;
}

}  // namespace

CheckpointFile::CheckpointFile(fs::path path) : path_(std::move(path)) {}

CheckpointFile::~CheckpointFile() {
    if (fd_ >= 0) ::close(fd_);
}

CheckpointFile::Loaded CheckpointFile::load() {
    if (path_.empty()) return {};
    const auto bytes = read_whole(path_);
    if (!bytes) {
        if (bytes.error() == ENOENT || bytes.error() == ENOTDIR) return {};
        const std::string reason = std::strerror(bytes.error());
        return {.checkpoint = {},
                .problem = say("cannot read {}: {}; the logs were taken up at their ends; let the user that "
                               "gatewatch runs as read it",
                               "无法读取 {}：{}；日志已从末尾开始读取；请让运行 gatewatch 的用户可以读取它",
                               path_.native(), reason)};
    }
    const std::string_view all(*bytes);
    std::optional<CheckpointRecord> best;
    bool newer = version_of_record(all) > record_version;
    place_size_ = all.size() / 2;
    for (const std::size_t number : {0U, 1U}) {
        const auto place = all.substr(number * place_size_, place_size_);
        newer = newer || version_of_record(place) > record_version;
        auto record = read_record(place);
        if (!record || (best && record->sequence <= best->sequence)) continue;
        best = std::move(record);
        // So that the next one gets the other place.
        sequence_ = best->sequence + (best->sequence % 2 == number ? 0 : 1);
    }
    is_usable_ = best.has_value();
    if (best) return {.checkpoint = std::move(best->checkpoint), .problem = {}};
    return {.checkpoint = {}, .problem = set_aside(newer)};
}

/// Says what became of a file that cannot be used.
Text CheckpointFile::set_aside(bool newer) const {
    const auto what =
        newer ? say("{} is of a newer version of gatewatch", "{} 由更新版本的 gatewatch 写入", path_.native())
              : say("{} was damaged", "{} 已损坏", path_.native());
    const fs::path aside = path_.native() + (newer ? ".newer" : ".corrupt");
    std::error_code error;
    fs::rename(path_, aside, error);
    const auto then =
        error ? say("; it cannot be set aside as {}: {}; let the user that gatewatch runs as write there",
                    "；无法将其改名为 {}：{}；请让运行 gatewatch 的用户可以写入", aside.native(),
                    error.message())
              : say("; it was set aside as {}", "；该文件已改名为 {}", aside.native());
    return what +
           Text{": the logs were taken up at their ends, and lines before may be missing",
                "：日志已从末尾开始读取，此前的行可能缺失"} +
           then;
}

Text CheckpointFile::save(const Checkpoint& checkpoint) {
    if (path_.empty()) return {};
    const auto record = checkpoint_record(checkpoint, ++sequence_);
    if (write_in_place(record)) return {};
    const int error = create(record);
    if (error == 0) return {};
    take_over(record.size());
    if (write_in_place(record)) return {};
    const std::string reason = std::strerror(error);
    return say(
        "cannot write {}: {}; after a restart, lines may be missing or come twice; make room, or let the "
        "user that gatewatch runs as write there",
        "无法写入 {}：{}；重启后日志行可能缺失或重复；请腾出空间，或让运行 gatewatch 的用户可以写入",
        path_.native(), reason);
}

bool CheckpointFile::write_in_place(std::string_view record) {
    if (fd_ < 0 || record.size() > place_size_ || !is_in_place()) return false;
    return write_all(fd_, record, static_cast<off_t>(sequence_ % 2 * place_size_));
}

/// Where there is no room for a new file, that of the process before is written on.
void CheckpointFile::take_over(std::size_t record_size) {
    if (!std::exchange(is_usable_, false) || fd_ >= 0 || record_size > place_size_) return;
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
}

/// Whether the open file still stands under its name.
bool CheckpointFile::is_in_place() const {
    struct stat open{};
    struct stat named{};
    return ::fstat(fd_, &open) == 0 && ::stat(path_.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
           open.st_dev == named.st_dev;
}

/// Makes it anew, with room for both places, beside the old one, which stays until the new one is whole.
int CheckpointFile::create(std::string_view record) {
    const fs::path fresh = path_.native() + ".new";
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return errno;
    const auto size = std::max(least_place, record.size() + record.size() / 2);
    std::string both(2 * size, ' ');
    both.replace(0, record.size(), record);
    both[both.size() - 1] = '\n';
    if (!write_all(fd, both, 0) || ::rename(fresh.c_str(), path_.c_str()) != 0) {
        const int error = errno;
        ::close(fd);
        ::unlink(fresh.c_str());
        return error;
    }
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
    is_usable_ = false;
    place_size_ = size;
    sequence_ += sequence_ % 2;  // it stands in the first place: the next one goes to the second
    return 0;
}

}  // namespace gatewatch::probes::follow
