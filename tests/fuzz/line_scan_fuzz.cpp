// Lines of a backend's log: the search over a block finds what the parser finds line by line, in the
// backend's own words and in others, and passes over no line that says something.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "probes/pm2/line_parser.hpp"
#include "probes/pm2/text.hpp"

using namespace gatewatch::probes::pm2;

namespace {

std::string told(const ParsedLine& line) {
    std::string text;
    for (const auto& event : line.events) {
        text += std::string(name_of(event.kind)) + ':' + event.sid + ':' + event.excerpt + '\n';
    }
    return text + std::to_string(line.unparsed) + '\n';
}

/// What a terminal or an escape has put between the letters of a word hides it from the search, by intent.
bool is_in_the_clear(std::string_view line) {
    if (mended(line) != line) return false;
    for (auto at = line.find('\\'); at != std::string_view::npos; at = line.find('\\', at + 2)) {
        if (!line.substr(at).starts_with("\\n") && !line.substr(at).starts_with("\\u")) return false;
    }
    return true;
}

void check(const LineParser& parser, const LineScan& scan, std::string_view block) {
    std::string one_by_one, together;
    CutLines cuts, cuts_of_block;
    parser.parse_block(block, cuts_of_block, [&](const ParsedLine& line) { together += told(line); });
    while (!block.empty()) {
        const auto end = block.find('\n');
        const auto line = block.substr(0, end);
        block.remove_prefix(end + 1);
        const auto parsed = parser.parse(line, cuts);
        if (!parsed.events.empty() || parsed.unparsed != 0) one_by_one += told(parsed);
        CutLines none;
        if (is_in_the_clear(line) && !parser.parse_any(line, none).events.empty() && !scan.may_matter(line)) {
            std::abort();
        }
    }
    if (together != one_by_one) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::map<std::string, std::vector<std::string>> others = {
        {"attempt", {R"(client (?P<sid>[\w-]{20}) connects)"}},
        {"error", {"(?i)failed: (?P<detail>.*)|出错"}}};
    static const LineParser own{Patterns()}, custom{Patterns(others)};
    static const LineScan own_scan{Patterns()}, custom_scan{Patterns(others)};
    std::string block(reinterpret_cast<const char*>(data), size);
    std::erase(block, '\0');  // the follower gives none
    block += '\n';
    check(own, own_scan, block);
    check(custom, custom_scan, block);
    return 0;
}
