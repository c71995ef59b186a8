// The attribution of log lines, in a time of its own. Used by pm2_attribution_test.cpp.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "probes/pm2/attribution.hpp"

namespace gatewatch::probes::pm2 {

using namespace std::chrono_literals;

inline const std::string own = "ownownownownownown01";
inline const std::string other = "otherotherotherothe2";

/// Steps the attribution in a time of its own; the first line is at 0.
class Pm2Attribution : public testing::Test {
  protected:
    void at(std::chrono::milliseconds when) {
        now_ = SteadyTime(1h) + when;
        subject_.settle(now_);
    }
    void line(EventKind kind, const std::string& sid = {}, FileId file = 0) {
        subject_.line(file, {kind, sid, "text"}, now_, {});
    }
    /// "kind/origin" of each event that has been settled since the last call.
    std::string settled() {
        std::string text;
        for (const auto& event : subject_.take()) {
            if (!text.empty()) text += ' ';
            text += std::string(name_of(event.kind)) + '/' + std::string(name_of(event.origin));
        }
        return text;
    }

    SteadyTime now_ = SteadyTime(1h);
    Attribution subject_;
};

}  // namespace gatewatch::probes::pm2
