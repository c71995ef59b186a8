// The warnings about files that a configuration names.
#include <fcntl.h>
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
        section.warning(
            key, errno == ENOENT
                     ? say("there is no file {} yet; create it", "文件 {} 尚不存在；请创建", name)
                     : say("{} cannot be reached: {}; check the path and the rights of its directories",
                           "无法访问 {}：{}；请检查路径及其各级目录的权限", name, std::strerror(errno)));
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        section.warning(key,
                        say("{} is no regular file; name a file", "{} 不是普通文件；请指定一个文件", name));
        return std::nullopt;
    }
    if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0) {
        section.warning(
            key, say("{} cannot be read: {}; let the user that runs gatewatch read it",
                     "无法读取 {}：{}；请让运行 gatewatch 的用户可以读取它", name, std::strerror(errno)));
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
    if (!has_content(file)) {
        section.warning(key, say("{} is empty; write the secret into it", "{} 为空；请写入密钥", name));
    }
    if ((status->st_mode & (S_IROTH | S_IWOTH)) != 0) {
        section.warning(key,
                        say("every user of this machine can read or change {}; run: chmod o-rw {}",
                            "本机的任何用户都能读取或修改 {}；请执行：chmod o-rw {}", name, file.native()));
    }
}

}  // namespace gatewatch::config
