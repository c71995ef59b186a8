// The part of Perl's regular expressions that configurations use, judged with care: what is not understood to
// the letter gives no answer instead of a guess. Used for server_name, location, if, rewrite and map. Pure.
#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace gatewatch::probes::nginx {

class Pattern {
  public:
    /// Whether the pattern matches anywhere in the subject, as pcre would say; nothing: cannot tell, for it
    /// uses what is not understood here (look-around, back references, ...) or takes too many steps.
    [[nodiscard]] static std::optional<bool> search(std::string_view pattern, std::string_view subject,
                                                    bool caseless);

    using Set = std::bitset<256>;  ///< of bytes
    struct Node;
    using Sequence = std::vector<Node>;
    struct Node {
        enum class Kind { set, begin, end, group, repeat } kind = Kind::set;
        Set set;
        std::vector<Sequence> choices;  ///< of a group; a repeat has one, of one node
        std::size_t least = 0;
        std::size_t most = 0;
        bool lazy = false;
    };

    /// The alternatives of the whole pattern; nothing: it uses what is not understood here.
    [[nodiscard]] static std::optional<std::vector<Sequence>> compile(std::string_view pattern,
                                                                      bool caseless);
};

}  // namespace gatewatch::probes::nginx
