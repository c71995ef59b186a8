// Changes a block of the configuration as a person would: in its own lines, everything else left as it
// stands. Used by the judgement. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/nginx/document.hpp"

namespace gatewatch::probes::nginx {

/// Puts `text` in place of what stands from `begin` to `end` in the source of the block; or adds `lines`
/// behind the directive that ends at `begin`.
struct Edit {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;
    std::vector<std::string> lines;
    bool operator==(const Edit&) const = default;
};

/// The edits of one repair, or nothing: it cannot be done in this block, as the line is in an included file.
using Edits = std::optional<std::vector<Edit>>;

class Mender {
  public:
    explicit Mender(const Document& document) : document_(document) {}

    /// Sets a directive that stands once in the block: replaces it, or adds it behind proxy_pass.
    [[nodiscard]] Edits put(const Directive& block, const std::string& name, const std::string& value) const;
    /// Puts other words in place of a directive of the block.
    [[nodiscard]] Edits replace(const Directive& block, const Directive& old, std::string text) const;
    /// Takes directives of the block out.
    [[nodiscard]] Edits remove(const Directive& block, const std::vector<const Directive*>& old) const;
    /// Adds lines behind the last directive with one of these names, else first in the block.
    [[nodiscard]] Edits add(const Directive& block, const std::vector<std::string>& lines,
                            const std::vector<std::string_view>& behind) const;
    /// Adds lines at the end of the block.
    [[nodiscard]] Edits add_last(const Directive& block, const std::vector<std::string>& lines) const;

    /// The whole block with its own indentation and these edits.
    [[nodiscard]] std::string apply(const Directive& block, std::vector<Edit> edits) const;
    /// The directive as it stands in its file.
    [[nodiscard]] std::string text_of(const Directive& directive) const {
        return source_of(directive).substr(directive.begin, directive.end - directive.begin);
    }
    /// The indentation of what stands in the block.
    [[nodiscard]] std::string indentation_in(const Directive& block) const;

  private:
    [[nodiscard]] std::string indentation_of(const Directive& directive) const;
    [[nodiscard]] Edit as_text(const Directive& block, const Edit& added) const;
    [[nodiscard]] const std::string& source_of(const Directive& directive) const {
        return document_.sources[directive.source].text;
    }
    const Document& document_;
};

}  // namespace gatewatch::probes::nginx
