// The warnings about files that a configuration names.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "config/readers.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

/// Whether the file holds anything but white space, as far as one looks at it.
bool has_content(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    char c = 0;
    return static_cast<bool>(stream >> c);
}

/// Its status if it is a readable regular file; else the warning is given.
std::optional<struct ::stat> readable(Section& section, std::string_view key,
                                      const std::filesystem::path& file) {
    struct ::stat status{};
    const auto name = in_quotes(file.native());
    if (::stat(file.c_str(), &status) != 0) {
        section.warning(key, errno == ENOENT
                                 ? fmt::format("there is no file {} yet; create it", name)
                                 : fmt::format("{} cannot be reached: {}; check the path and the rights of "
                                               "its directories",
                                               name, std::strerror(errno)));
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        section.warning(key, fmt::format("{} is no regular file; name a file", name));
        return std::nullopt;
    }
    if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0) {
        section.warning(key, fmt::format("{} cannot be read: {}; let the user that runs gatewatch read it",
                                         name, std::strerror(errno)));
        return std::nullopt;
    }
    return status;
}

}  // namespace

void check_readable(Section& section, std::string_view key, const std::filesystem::path& file) {
    static_cast<void>(readable(section, key, file));
}

void check_secret_file(Section& section, std::string_view key, const std::filesystem::path& file) {
    const auto status = readable(section, key, file);
    if (!status) return;
    const auto name = in_quotes(file.native());
    if (!has_content(file)) section.warning(key, fmt::format("{} is empty; write the secret into it", name));
    if ((status->st_mode & (S_IROTH | S_IWOTH)) != 0) {
        section.warning(
            key, fmt::format("every user of this machine can read or change {}; run: chmod o-rw {}", name,
                             file.native()));
    }
}

}  // namespace gatewatch::config
