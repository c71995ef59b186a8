#include "probes/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "probes/descriptor.hpp"

namespace gatewatch::probes {
namespace {

std::unexpected<Text> cannot_read(const std::filesystem::path& path, int error) {
    const std::string why = std::strerror(error);
    return std::unexpected(say("cannot read {}: {}", "无法读取 {}：{}", path.native(), why));
}

}  // namespace

std::expected<FileEnd, Text> read_end(const std::filesystem::path& path, std::size_t most) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0) return cannot_read(path, errno);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return cannot_read(path, errno);
    if (S_ISDIR(info.st_mode)) return cannot_read(path, EISDIR);
    if (!S_ISREG(info.st_mode)) {
        return std::unexpected(
            say("cannot read {}: it is no regular file", "无法读取 {}：它不是普通文件", path.native()));
    }
    const auto size = static_cast<std::size_t>(info.st_size);
    auto offset = size > most ? size - most : 0;
    FileEnd end{.bytes = {}, .whole = offset == 0, .modified = {}};
    end.modified = WallTime(std::chrono::duration_cast<WallTime::duration>(
        std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec)));
    // It may be truncated meanwhile: what can still be read is its end.
    char buffer[16 * 1024];
    while (end.bytes.size() < most) {
        const auto wanted = std::min(sizeof buffer, most - end.bytes.size());
        const auto got = ::pread(file.get(), buffer, wanted, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, errno);
        if (got == 0) break;
        end.bytes.append(buffer, static_cast<std::size_t>(got));
        offset += static_cast<std::size_t>(got);
    }
    return end;
}

}  // namespace gatewatch::probes
