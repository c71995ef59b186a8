#include "agent/logging.hpp"

#include <gmock/gmock.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <boost/json/parse.hpp>
#include <memory>
#include <sstream>

namespace gatewatch::agent::test {
namespace {

using testing::EndsWith;
using testing::MatchesRegex;

/// Makes the default logger write into a string, and puts the one before back.
class LogText {
  public:
    explicit LogText(config::LogFormat format) {
        auto logger =
            std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
        logger->set_formatter(make_log_formatter(format));
        spdlog::set_default_logger(logger);
    }
    ~LogText() { spdlog::set_default_logger(before_); }
    [[nodiscard]] std::string text() const { return text_.str(); }

  private:
    std::ostringstream text_;
    std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

TEST(Log, WritesOneLogfmtLineAnEvent) {
    const LogText log(config::LogFormat::logfmt);
    log_event(spdlog::level::warn, "probe fails",
              {{"gateway", "im"}, {"evidence", "a \"b\"=c\nd\\"}, {"empty", ""}});
    EXPECT_THAT(log.text(),
                MatchesRegex("time=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z level=warning .*\n"));
    EXPECT_THAT(log.text(), EndsWith(R"(msg="probe fails" gateway=im evidence="a \"b\"=c\nd\\" empty="")"
                                     "\n"));
}

TEST(Log, WritesJsonThatParsesWhateverStandsInIt) {
    const LogText log(config::LogFormat::json);
    const std::string nasty = "令牌 \"x\"\r\n\t\x01\x1f\x1e\x7f\\ {}%s";
    log_event(spdlog::level::info, "verdict {}", {{"evidence", nasty}});
    const auto value = boost::json::parse(log.text()).as_object();
    EXPECT_EQ(value.at("msg").as_string(), "verdict {}");
    EXPECT_EQ(value.at("level").as_string(), "info");
    EXPECT_EQ(value.at("evidence").as_string(), "令牌 \"x\"\r\n\t\x01??\x7f\\ {}%s");
}

TEST(Log, GivesLinesWithoutFieldsTheSameShape) {
    const LogText log(config::LogFormat::logfmt);
    spdlog::error("cannot accept: {}", "too many files");
    EXPECT_THAT(log.text(), EndsWith("level=error msg=\"cannot accept: too many files\"\n"));
}

TEST(Log, AForgedFieldInATextStaysText) {
    const LogText log(config::LogFormat::logfmt);
    log_event(spdlog::level::info, "x", {{"evidence", "y\x1fgateway\x1eother"}});
    EXPECT_THAT(log.text(), EndsWith("evidence=y?gateway?other\n"));
}

}  // namespace
}  // namespace gatewatch::agent::test
