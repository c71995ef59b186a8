#include "probes/follow/position.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace gatewatch::probes::follow {

Fingerprint fingerprint(std::string_view bytes) {
    if (bytes.empty()) return {};
    constexpr std::size_t kept = 16;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
    Fingerprint print{.size = bytes.size(), .hash = {}};
    for (std::size_t i = 0; i < kept; ++i) print.hash += fmt::format("{:02x}", digest[i]);
    return print;
}

}  // namespace gatewatch::probes::follow
