#include "probes/pm2/file_identity.hpp"

#include <utility>

namespace gatewatch::probes::pm2 {

void Marker::advance(std::string_view bytes) {
    if (offset_ == head_.size() && head_.size() < span) head_.append(bytes.substr(0, span - head_.size()));
    offset_ += bytes.size();
    if (bytes.size() >= span) {
        tail_ = bytes.substr(bytes.size() - span);
        return;
    }
    tail_ += bytes;
    if (tail_.size() > span) tail_.erase(0, tail_.size() - span);
}

void Marker::place(std::uint64_t offset, std::string head, std::string tail) {
    offset_ = offset;
    head_ = std::move(head);
    tail_ = std::move(tail);
}

Change Marker::judge(std::uint64_t size, std::string_view head, std::string_view tail) const {
    if (size < offset_) return Change::shrunk;
    if (head != head_ || tail != tail_) return Change::rewritten;
    return size > offset_ ? Change::grew : Change::none;
}

}  // namespace gatewatch::probes::pm2
