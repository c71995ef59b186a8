#include "agent/web/policy.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace gatewatch::agent::web {
namespace {

/// A CSP source for what stands between the tags: CSP level 3, section 2.3.1.
std::string hash_source(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
    std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> base64{};
    const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(length));
    return fmt::format("'sha256-{}'", std::string(base64.begin(), base64.begin() + size));
}

}  // namespace

std::string policy_for(std::string_view style, std::string_view script) {
    return fmt::format(
        "default-src 'none'; style-src {}; script-src {}; connect-src 'self'; img-src data:; base-uri "
        "'none'; form-action 'none'; frame-ancestors 'none'",
        hash_source(style), hash_source(script));
}

}  // namespace gatewatch::agent::web
