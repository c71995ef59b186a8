#include "probes/follow/checkpoint_record.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <stdexcept>
#include <utility>

namespace gatewatch::probes::follow {

namespace json = boost::json;

namespace {

constexpr std::string_view version_key = R"({"gatewatch_log_checkpoint":)";

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

}  // namespace

std::int64_t version_of_record(std::string_view bytes) {
    std::int64_t found = 0;
    if (!bytes.starts_with(version_key)) return found;
    for (const char c : bytes.substr(version_key.size(), 9)) {
        if (c < '0' || c > '9') break;
        found = 10 * found + (c - '0');
    }
    return found;
}

std::optional<CheckpointRecord> read_record(std::string_view place) try {
    if (version_of_record(place) != record_version) return std::nullopt;
    const auto end = place.substr(0, place.find('\n'));
    const auto space = end.rfind(' ');
    if (space == std::string_view::npos || end.substr(space + 1) != fingerprint(end.substr(0, space)).hash) {
        return std::nullopt;
    }
    const auto all = json::parse(end.substr(0, space)).as_object();
    CheckpointRecord record{.checkpoint = {.sources = texts_of(all.at("sources")),
                                           .files = {},
                                           .unread = texts_of(all.at("unread")),
                                           .more = all.at("more").as_bool()},
                            .sequence = number(all.at("sequence"))};
    for (const auto& each : all.at("files").as_array()) record.checkpoint.files.push_back(record_of(each));
    return record;
} catch (const std::exception&) {
    return std::nullopt;
}

std::string checkpoint_record(const Checkpoint& checkpoint, std::uint64_t sequence) {
    json::array files;
    for (const auto& file : checkpoint.files) files.push_back(to_json(file));
    const json::object rest{{"sequence", sequence},
                            {"sources", json::value_from(checkpoint.sources)},
                            {"files", std::move(files)},
                            {"unread", json::value_from(checkpoint.unread)},
                            {"more", checkpoint.more}};
    auto text = fmt::format("{}{},{}", version_key, record_version, json::serialize(rest).substr(1));
    text += ' ' + fingerprint(text).hash + '\n';
    return text;
}

}  // namespace gatewatch::probes::follow
