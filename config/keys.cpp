#include "config/keys.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "config/names.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

std::string_view without_probe_name(std::string_view section) {
    return section.starts_with("gateway.probe.") ? "gateway.probe.NAME" : section;
}

std::vector<std::string_view> names_in(std::string_view section) {
    std::vector<std::string_view> names;
    if (section == "gateway.probe") {
        std::ranges::copy(enum_names(ProbeKind{}), std::back_inserter(names));
        return names;
    }
    for (const auto& key : all_keys()) {
        if (key.section == without_probe_name(section)) names.push_back(key.name);
    }
    return names;
}

/// How many characters must be added, removed, changed or swapped with their neighbour.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last;
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before_last = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const auto changed = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({changed, row[j - 1] + 1, last[j] + 1});
            const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row.back();
}

}  // namespace

const Key* find_key(std::string_view section, std::string_view name) {
    const auto keys = all_keys();
    const auto found = std::ranges::find_if(
        keys, [&](const Key& key) { return key.section == without_probe_name(section) && key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

Text heading(std::string_view section) {
    if (section.empty()) return {"the top level", "顶层"};
    const bool repeated = section == "gateway" || section == "gateway.route";
    return repeated ? say("[[{}]]", "[[{}]]", section) : say("[{}]", "[{}]", section);
}

Text did_you_mean(std::string_view name) {
    return say("did you mean {}?", "是否想写 {}？", in_quotes(name));
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
    constexpr std::size_t longest = 64;  // no name comes near to this; bounds the work on a hostile file
    if (name.size() > longest) return {};
    std::string_view best;
    std::size_t least = std::max<std::size_t>(name.size() / 3, 1) + 1;
    for (auto candidate : candidates) {
        const auto distance = edit_distance(name, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    if (!best.empty() || name.size() < 3) return best;
    for (auto candidate : candidates) {
        if (candidate.starts_with(name) || name.starts_with(candidate)) return candidate;
    }
    return {};
}

Text advice_for_unknown(std::string_view section, std::string_view name) {
    const auto here = names_in(section);
    const auto near = nearest(name, here);
    const bool exact_elsewhere =
        std::ranges::any_of(all_keys(), [&](const Key& key) { return key.name == name; });
    if (!near.empty() && !exact_elsewhere) return did_you_mean(near);
    std::vector<Text> elsewhere;
    for (const auto& key : all_keys()) {
        if (key.name == name) elsewhere.push_back(heading(key.section));
    }
    if (!elsewhere.empty()) {
        return say("it belongs in {}", "它应写在 {} 中", joined(elsewhere, {" or ", " 或 "}));
    }
    return say("remove it; the keys of {} are: {}", "请删除；{} 的配置项有：{}", heading(section),
               joined(here, {", ", "、"}));
}

}  // namespace gatewatch::config
