// Whatever bytes come, evidence is bounded, printable and without the secret.
#include "probes/evidence_text.hpp"

#include <cstdint>
#include <cstdlib>

#include "probes/outcome.hpp"

using namespace gatewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto text = probes::evidence_text(bytes, Secret("se/same"));
    if (text.size() > probes::max_evidence) std::abort();
    if (text.contains("se/same")) std::abort();
    for (unsigned char c : text) {
        if (c < 0x20 || c == 0x7f) std::abort();
    }
    if (probes::printable(text, probes::max_evidence) != text) std::abort();
    return 0;
}
