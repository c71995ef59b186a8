#include "probes/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gatewatch::probes {
namespace {

constexpr std::size_t max_secret_bytes = 64 * 1024;

struct Descriptor {
    int fd;
    explicit Descriptor(int number) : fd(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

Text advice(int error) {
    if (error == ENOENT)
        return {"create it or correct its path in the configuration", "请创建它，或改正配置中的路径"};
    if (error == EACCES || error == EPERM)
        return {"let the user that gatewatch runs as read it", "请让运行 gatewatch 的用户可以读取它"};
    return {"check the file", "请检查该文件"};
}

std::unexpected<Text> cannot_read(const std::filesystem::path& path, int error) {
    return std::unexpected(
        say("cannot read {}: {}; ", "无法读取 {}：{}；", path.native(), std::string(std::strerror(error))) +
        advice(error));
}

}  // namespace

std::expected<Secret, Text> trimmed_secret(std::string text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string::npos)
        return std::unexpected(
            Text{"is empty; put the secret into it, in one line", "为空；请写入密钥，只占一行"});
    text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(text, is_control)) {
        return std::unexpected(
            Text{"holds more than one line, or control characters; put only the secret into it",
                 "含有多行或控制字符；请只写入密钥本身"});
    }
    return Secret(std::move(text));
}

std::expected<Secret, Text> read_secret_file(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.fd < 0) return cannot_read(path, errno);
    struct stat info{};
    if (::fstat(file.fd, &info) != 0) return cannot_read(path, errno);
    if (!S_ISREG(info.st_mode)) {
        return std::unexpected(say("cannot read {}: not a regular file; name a file that holds the secret",
                                   "无法读取 {}：不是普通文件；请指定存放密钥的文件", path.native()));
    }
    std::string content(max_secret_bytes + 1, '\0');
    std::size_t used = 0;
    while (used < content.size()) {
        const auto got = ::read(file.fd, content.data() + used, content.size() - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, errno);
        if (got == 0) break;
        used += static_cast<std::size_t>(got);
    }
    if (used > max_secret_bytes) {
        return std::unexpected(say("{} is larger than 64 KiB; name a file that holds only the secret",
                                   "{} 大于 64 KiB；请指定只存放密钥的文件", path.native()));
    }
    content.resize(used);
    auto secret = trimmed_secret(std::move(content));
    if (!secret) return std::unexpected(say("{} ", "{} ", path.native()) + secret.error());
    return secret;
}

}  // namespace gatewatch::probes
