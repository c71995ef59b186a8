#include "agent/mysql_text.hpp"

namespace gatewatch::agent {
namespace {

void append(Text& text, const Text& more) {
    if (!text.empty()) text += {"; ", "；"};
    text += more;
}

}  // namespace

Text detail_of(const probes::MysqlSample& sample) {
    if (!sample.up) return sample.detail;
    Text text;
    // What is to be mended comes first: pages and terminals cut long lines.
    for (const bool minor : {false, true}) {
        for (const auto& warning : sample.warnings) {
            if (warning.minor != minor) continue;
            append(text, minor ? Text{"note: ", "提示："} + warning.text : warning.text);
        }
    }
    return text;
}

Text misfit_of(const probes::MysqlSample& sample) {
    Text text;
    for (const auto& warning : sample.warnings) {
        if (warning.kind == probes::MysqlWarningKind::schema && !warning.minor) append(text, warning.text);
    }
    return text;
}

}  // namespace gatewatch::agent
