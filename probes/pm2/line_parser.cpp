#include "probes/pm2/line_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

/// PM2's JSON holds Nest's JSON at most; deeper is none of theirs.
constexpr int deepest_record = 2;
/// Writes of up to this size reach PM2 whole: a shorter message that ends without a line feed is no piece of
/// a longer one, but what the program wrote.
constexpr std::size_t atomic_write = 4096;

std::string_view text_of(const boost::json::string& text) {
    return {text.data(), text.size()};
}

const boost::json::string* message_of(const boost::json::object& record) {
    for (const std::string_view name : {"message", "msg"}) {
        if (const auto* value = record.if_contains(name); value != nullptr && value->is_string()) {
            return &value->get_string();
        }
    }
    return nullptr;
}

/// Which process of PM2 wrote the record to which stream; empty: the record is none of PM2's.
std::string process_of(const boost::json::object& record) {
    const auto* type = record.if_contains("type");
    const auto* id = record.if_contains("process_id");
    if (type == nullptr || id == nullptr || !type->is_string()) return {};
    if (const auto* number = id->if_int64())
        return fmt::format("{} {}", *number, text_of(type->get_string()));
    return {};
}

std::optional<boost::json::value> record_in(std::string_view line) {
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = 16;
    auto record = boost::json::parse(line, error, {}, options);
    if (error) return std::nullopt;
    return record;
}

}  // namespace

std::optional<CutLines::Cut> CutLines::take(std::string_view process) {
    const auto found = std::ranges::find(cuts_, process, &Cut::process);
    if (found == cuts_.end()) return std::nullopt;
    auto cut = std::move(*found);
    cuts_.erase(found);
    return cut;
}

void CutLines::put(Cut cut) {
    if (cut.text.size() > longest) return;
    if (cuts_.size() >= most) cuts_.erase(cuts_.begin());
    cuts_.push_back(std::move(cut));
}

void CutLines::grow_older() {
    std::erase_if(cuts_, [](Cut& cut) { return ++cut.lines_since > patience; });
}

LineParser::LineParser(Patterns patterns) : patterns_(std::move(patterns)), scan_(patterns_) {}

ParsedLine LineParser::parse_any(std::string_view line, CutLines& cuts) const {
    ParsedLine result;
    cuts.grow_older();
    parse_mended(mended(line), 0, cuts, result);
    return result;
}

ParsedLine LineParser::parse(std::string_view line, CutLines& cuts) const {
    return cuts.none() && !scan_.may_matter(line) ? ParsedLine{} : parse_any(line, cuts);
}

void LineParser::parse_block(std::string_view lines, CutLines& cuts,
                             const std::function<void(ParsedLine)>& on_line) const {
    for (std::size_t at = 0; at < lines.size();) {
        LineScan::Hit hit;
        if (cuts.none()) {
            const auto found = scan_.find(lines, at);
            if (!found) return;
            hit = *found;
        } else {  // the rest of a line that was cut may say nothing by itself
            const auto end = std::min(lines.find('\n', at), lines.size());
            hit = {lines.substr(at, end - at), end + 1};
        }
        at = hit.next;
        auto parsed = parse_any(hit.line, cuts);
        if (!parsed.events.empty() || parsed.unparsed != 0) on_line(std::move(parsed));
    }
}

void LineParser::parse_mended(std::string_view line, int depth, CutLines& cuts, ParsedLine& result) const {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return;
    line.remove_prefix(start);
    if (line.front() == '{' && depth < deepest_record) {
        if (const auto record = record_in(line)) {
            const auto* object = record->if_object();
            const auto* message = object == nullptr ? nullptr : message_of(*object);
            if (message == nullptr) return;
            const auto process = depth == 0 ? process_of(*object) : std::string();
            if (process.empty()) {
                parse_message(text_of(*message), depth + 1, cuts, result);
            } else {
                parse_chunk(text_of(*message), process, cuts, result);
            }
            return;
        }
        if (line.find("\"message\"") != std::string_view::npos) {
            ++result.unparsed;
            return;
        }
    }
    auto said = patterns_.read(line);
    if (said.event) result.events.push_back(*std::move(said.event));
    if (said.damaged_beyond_telling) ++result.unparsed;
}

void LineParser::parse_message(std::string_view text, int depth, CutLines& cuts, ParsedLine& result) const {
    while (!text.empty()) {
        const auto end = text.find('\n');
        parse_mended(mended(text.substr(0, end)), depth, cuts, result);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

/// A line in two pieces. Where the whole says nothing, the program may have meant two lines and left out the
/// feed.
ParsedLine LineParser::parse_joined(const std::string& begun, std::string_view rest, CutLines& cuts) const {
    ParsedLine whole;
    parse_message(begun + std::string(rest), 1, cuts, whole);
    if (!whole.events.empty()) return whole;
    ParsedLine second;
    parse_message(rest, 1, cuts, second);
    return second.events.empty() ? whole : second;
}

/// A chunk of a process's output: its first line may go on with the last one of the chunk before, its last
/// one go on in the next.
void LineParser::parse_chunk(std::string_view text, const std::string& process, CutLines& cuts,
                             ParsedLine& result) const {
    const std::size_t size = text.size();
    const auto add = [&result](ParsedLine line) {
        std::ranges::move(line.events, std::back_inserter(result.events));
        return !line.events.empty();
    };
    auto cut = cuts.take(process).value_or(CutLines::Cut{process, {}, false, 0});
    if (const auto end = text.find('\n'); end != std::string_view::npos) {
        const auto rest = text.substr(0, end);
        if (!cut.told) {
            auto first = parse_joined(cut.text, rest, cuts);
            result.unparsed += first.unparsed;
            add(std::move(first));
        }
        text.remove_prefix(end + 1);
        cut.text.clear();
        cut.told = false;
    }
    const auto last_feed = text.rfind('\n');
    const auto whole = last_feed == std::string_view::npos ? 0 : last_feed + 1;
    parse_message(text.substr(0, whole), 1, cuts, result);
    const auto begun = text.substr(whole);
    if (!cut.told && !begun.empty()) {
        cut.told = add(parse_joined(cut.text, begun, cuts));
        cut.text = cut.told ? std::string() : cut.text.append(begun);
        if (cut.told && size < atomic_write) return;  // a whole line that was written without its feed
    }
    cut.lines_since = 0;
    if (cut.told || !cut.text.empty()) cuts.put(std::move(cut));
}

}  // namespace gatewatch::probes::pm2
