// A password or token. It can be sent, but never printed by accident: every way of formatting it gives
// "[redacted]". Used wherever a secret is held.
#pragma once

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace gatewatch {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    /// The value itself, for the wire only.
    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    bool operator==(const Secret&) const = default;

    friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "[redacted]"; }

  private:
    std::string value_;
};

}  // namespace gatewatch

template <>
struct fmt::formatter<gatewatch::Secret> : fmt::formatter<std::string_view> {
    auto format(const gatewatch::Secret&, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format("[redacted]", context);
    }
};
