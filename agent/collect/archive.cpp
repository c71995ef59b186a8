#include "agent/collect/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>

namespace gatewatch::agent::collect {
namespace {

struct Free {
    void operator()(archive* file) const { ::archive_write_free(file); }
    void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, Free>;

Text cannot_write(const std::filesystem::path& file, const std::string& reason) {
    return say("cannot write {}: {}; choose another place with --output",
               "无法写入 {}：{}；请用 --output 指定其他位置", file.native(), reason);
}

Text exists_already(const std::filesystem::path& file) {
    return say("{} exists already and is left alone; choose another name with --output",
               "{} 已存在，不会覆盖；请用 --output 指定其他名称", file.native());
}

bool add(archive* writer, const Entry& file) {
    const std::unique_ptr<archive_entry, Free> entry(::archive_entry_new());
    ::archive_entry_set_pathname(entry.get(), file.name.c_str());
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.content.size()));
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), 0600);
    ::archive_entry_set_mtime(entry.get(), std::time(nullptr), 0);
    if (::archive_write_header(writer, entry.get()) != ARCHIVE_OK) return false;
    const auto written = ::archive_write_data(writer, file.content.data(), file.content.size());
    return written == static_cast<la_ssize_t>(file.content.size());
}

std::expected<void, Text> write_to(int descriptor, const std::filesystem::path& file,
                                   const std::vector<Entry>& entries) {
    const Writer writer(::archive_write_new());
    const auto failed = [&] {
        const char* reason = ::archive_error_string(writer.get());
        return std::unexpected(cannot_write(file, reason ? reason : "unknown error"));
    };
    ::archive_write_add_filter_gzip(writer.get());
    ::archive_write_set_format_pax_restricted(writer.get());
    if (::archive_write_open_fd(writer.get(), descriptor) != ARCHIVE_OK) return failed();
    for (const auto& entry : entries) {
        if (!add(writer.get(), entry)) return failed();
    }
    if (::archive_write_close(writer.get()) != ARCHIVE_OK) return failed();
    return {};
}

}  // namespace

std::expected<void, Text> can_write_archive(const std::filesystem::path& file) {
    struct stat found{};
    if (::lstat(file.c_str(), &found) == 0) return std::unexpected(exists_already(file));
    const std::filesystem::path directory = file.has_parent_path() ? file.parent_path() : ".";
    if (::access(directory.c_str(), W_OK | X_OK) == 0) return {};
    return std::unexpected(cannot_write(file, std::strerror(errno)));
}

std::expected<void, Text> write_archive(const std::filesystem::path& file,
                                        const std::vector<Entry>& entries) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return std::unexpected(errno == EEXIST ? exists_already(file)
                                               : cannot_write(file, std::strerror(errno)));
    }
    auto written = write_to(descriptor, file, entries);
    const bool closed = ::close(descriptor) == 0;
    if (written && !closed) written = std::unexpected(cannot_write(file, std::strerror(errno)));
    if (!written) ::unlink(file.c_str());  // half an archive would be taken for a whole one
    return written;
}

}  // namespace gatewatch::agent::collect
