#include "probes/pm2/line_splitter.hpp"

#include <algorithm>
#include <utility>

namespace gatewatch::probes::pm2 {

std::size_t LineSplitter::feed(std::string_view bytes, const OnLine& on_line) {
    std::size_t too_long = 0;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto piece = bytes.substr(0, end);
        const bool ended = end != std::string_view::npos;
        bytes.remove_prefix(ended ? end + 1 : bytes.size());
        if (!skipping_ && ended && partial_.empty() && piece.size() <= max_line_bytes &&
            piece.find('\0') == std::string_view::npos) {
            on_line(piece);  // the usual case: nothing to copy
            continue;
        }
        if (!skipping_ && !append(piece)) ++too_long;
        if (!ended) continue;
        if (!std::exchange(skipping_, false)) on_line(partial_);
        partial_.clear();
    }
    return too_long;
}

std::string LineSplitter::take_partial() {
    skipping_ = false;
    return std::exchange(partial_, {});
}

/// False if the line has become too long; the rest of it is skipped.
bool LineSplitter::append(std::string_view bytes) {
    std::ranges::copy_if(bytes, std::back_inserter(partial_), [](char c) { return c != '\0'; });
    if (partial_.size() <= max_line_bytes) return true;
    partial_.clear();
    partial_.shrink_to_fit();
    skipping_ = true;
    return false;
}

}  // namespace gatewatch::probes::pm2
