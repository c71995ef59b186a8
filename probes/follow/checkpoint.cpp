#include "probes/follow/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <expected>
#include <fstream>
#include <iterator>
#include <utility>

namespace gatewatch::probes::follow {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t version = 1;
constexpr std::string_view version_key = R"({"gatewatch_log_checkpoint":)";
constexpr std::size_t least_place = 4096;
constexpr std::uintmax_t most_bytes = 64 * 1024 * 1024;

json::value to_json(const Fingerprint& print) {
    return json::array{print.size, print.hash};
}

json::value to_json(const FileRecord& file) {
    json::object object{{"path", file.path},
                        {"device", file.key.device},
                        {"inode", file.key.inode},
                        {"line_start", file.position.line_start},
                        {"seen", file.position.seen},
                        {"head", to_json(file.position.head)},
                        {"tail", to_json(file.position.tail)},
                        {"skipping", file.position.skipping},
                        {"live_from", file.live_from},
                        {"handed_out", file.handed_out}};
    if (file.empty_as_of) object["empty_as_of"] = *file.empty_as_of;
    return object;
}

std::uint64_t number(const json::value& value) {
    return value.to_number<std::uint64_t>();
}

Fingerprint fingerprint_of(const json::value& value) {
    const auto& array = value.as_array();
    Fingerprint print{.size = number(array.at(0)), .hash = std::string(array.at(1).as_string())};
    if (print.size > Position::span) throw std::out_of_range("head or tail");
    return print;
}

FileRecord record_of(const json::value& value) {
    const auto& object = value.as_object();
    const auto at = [&](std::string_view key) { return number(object.at(key)); };
    FileRecord record{.path = std::string(object.at("path").as_string()),
                      .key = {.device = at("device"), .inode = at("inode")},
                      .position = {.line_start = at("line_start"),
                                   .seen = at("seen"),
                                   .head = fingerprint_of(object.at("head")),
                                   .tail = fingerprint_of(object.at("tail")),
                                   .skipping = object.at("skipping").as_bool()},
                      .live_from = at("live_from"),
                      .handed_out = at("handed_out")};
    if (const auto* time = object.if_contains("empty_as_of")) record.empty_as_of = time->as_int64();
    const auto& position = record.position;
    if (position.line_start > position.seen || position.seen - position.line_start > max_line_bytes ||
        position.tail.size > position.seen)
        throw std::out_of_range("seen");
    return record;
}

std::vector<std::string> texts_of(const json::value& value) {
    std::vector<std::string> texts;
    for (const auto& each : value.as_array()) texts.emplace_back(each.as_string());
    return texts;
}

struct Record {
    Checkpoint checkpoint;
    std::uint64_t sequence = 0;
};

/// The version that a place says it is of.
std::int64_t version_of(std::string_view bytes) {
    std::int64_t found = 0;
    if (!bytes.starts_with(version_key)) return found;
    for (const char c : bytes.substr(version_key.size(), 9)) {
        if (c < '0' || c > '9') break;
        found = 10 * found + (c - '0');
    }
    return found;
}

/// What one place holds; nothing if it is torn.
std::optional<Record> read_place(std::string_view place) try {
    if (version_of(place) != version) return std::nullopt;
    const auto end = place.substr(0, place.find('\n'));
    const auto space = end.rfind(' ');
    if (space == std::string_view::npos || end.substr(space + 1) != fingerprint(end.substr(0, space)).hash) {
        return std::nullopt;
    }
    const auto all = json::parse(end.substr(0, space)).as_object();
    Record record{.checkpoint = {.sources = texts_of(all.at("sources")),
                                 .files = {},
                                 .unread = texts_of(all.at("unread")),
                                 .more = all.at("more").as_bool()},
                  .sequence = number(all.at("sequence"))};
    for (const auto& each : all.at("files").as_array()) record.checkpoint.files.push_back(record_of(each));
    return record;
} catch (const std::exception&) {
    return std::nullopt;
}

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

std::string checkpoint_record(const Checkpoint& checkpoint, std::uint64_t sequence) {
    json::array files;
    for (const auto& file : checkpoint.files) files.push_back(to_json(file));
    const json::object rest{{"sequence", sequence},
                            {"sources", json::value_from(checkpoint.sources)},
                            {"files", std::move(files)},
                            {"unread", json::value_from(checkpoint.unread)},
                            {"more", checkpoint.more}};
    auto text = fmt::format("{}{},{}", version_key, version, json::serialize(rest).substr(1));
    text += ' ' + fingerprint(text).hash + '\n';
    return text;
}

CheckpointFile::CheckpointFile(fs::path path) : path_(std::move(path)) {}

CheckpointFile::~CheckpointFile() {
    if (fd_ >= 0) ::close(fd_);
}

CheckpointFile::Loaded CheckpointFile::load() const {
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
    std::optional<Record> best;
    bool newer = version_of(all) > version;
    for (const auto place : {all.substr(0, all.size() / 2), all.substr(all.size() / 2)}) {
        newer = newer || version_of(place) > version;
        auto record = read_place(place);
        if (record && (!best || record->sequence > best->sequence)) best = std::move(record);
    }
    if (best) return {.checkpoint = std::move(best->checkpoint), .problem = {}};
    return {.checkpoint = {}, .problem = set_aside(newer)};
}

/// Says what became of a file that cannot be used.
Text CheckpointFile::set_aside(bool newer) const {
    const auto what = newer ? say("{} is of a newer version of gatewatch", "{} 由更新版本的 gatewatch 写入",
                                  path_.native())
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
    if (fd_ >= 0 && record.size() <= place_size_ && is_in_place()) {
        const auto place = static_cast<off_t>(sequence_ % 2 * place_size_);
        if (write_all(fd_, record, place)) return {};
    }
    const int error = create(record);
    if (error == 0) return {};
    const std::string reason = std::strerror(error);
    return say(
        "cannot write {}: {}; after a restart, lines may be missing or come twice; make room, or let the "
        "user that gatewatch runs as write there",
        "无法写入 {}：{}；重启后日志行可能缺失或重复；请腾出空间，或让运行 gatewatch 的用户可以写入",
        path_.native(), reason);
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
    place_size_ = size;
    sequence_ += sequence_ % 2;  // it stands in the first place: the next one goes to the second
    return 0;
}

}  // namespace gatewatch::probes::follow
