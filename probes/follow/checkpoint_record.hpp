// What stands in one place of a checkpoint's file: a line of JSON and its hash. Pure. Used by checkpoint.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probes/follow/checkpoint.hpp"

namespace gatewatch::probes::follow {

struct CheckpointRecord {
    Checkpoint checkpoint;
    std::uint64_t sequence = 0;
};

inline constexpr std::int64_t record_version = 1;
/// The version that a place says it is of; 0: it does not say.
[[nodiscard]] std::int64_t version_of_record(std::string_view place);
/// Nothing if the place is torn, or holds what no follower has written.
[[nodiscard]] std::optional<CheckpointRecord> read_record(std::string_view place);
[[nodiscard]] std::string checkpoint_record(const Checkpoint& checkpoint, std::uint64_t sequence);

}  // namespace gatewatch::probes::follow
