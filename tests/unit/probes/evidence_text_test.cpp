#include "probes/evidence_text.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "probes/outcome.hpp"

namespace gatewatch::probes {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EvidenceText, is_one_printable_line) {
    EXPECT_EQ(printable("  a\r\n\tb\x01 c\n", 100), "a b c");
}

TEST(EvidenceText, cuts_at_a_characters_border) {
    EXPECT_EQ(printable("无效的", 7), "无效");
}

TEST(EvidenceText, holds_nothing_that_steers_a_terminal_or_turns_the_text_around) {
    EXPECT_EQ(printable("a\xc2\x9b"
                        "31mb\u2028c\u202Ed\u2066e\u00A0无",
                        100),
              "a 31mb c d e\u00A0无");
}

TEST(EvidenceText, replaces_invalid_utf8) {
    EXPECT_EQ(printable("a\xff\xe6\x97", 100), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(printable("\xed\xa0\x80", 100), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(EvidenceText, fault_100_takes_out_the_token_and_whatever_looks_like_one) {
    auto text =
        evidence_text("bad token sesame and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln", Secret("sesame"));
    EXPECT_EQ(text, "bad token [redacted] and [redacted]");
}

TEST(EvidenceText, fault_100_takes_out_the_token_in_the_spellings_of_json_and_urls) {
    Secret token("Opaque/Se\"cret+Token==");
    for (std::string echoed : {R"(Opaque/Se\"cret+Token==)", R"(Opaque\/Se\"cret+Token==)",
                               "Opaque%2FSe%22cret%2BToken%3D%3D", "Opaque%2fSe%22cret%2bToken%3d%3d"}) {
        EXPECT_EQ(evidence_text("bad " + echoed + ".", token), "bad [redacted].");
    }
}

TEST(EvidenceText, fault_100_takes_out_a_token_behind_any_number_of_blanks_or_cut_off) {
    EXPECT_EQ(evidence_text("x" + std::string(9000, ' ') + "sesame-open", Secret("sesame-open")),
              "x [redacted]");
    EXPECT_EQ(evidence_text("x sesame-o", Secret("sesame-open")), "x [redacted]");
}

TEST(EvidenceText, fault_100_takes_out_the_password_of_a_connection_string) {
    EXPECT_EQ(
        evidence_text("connect mysql://im:hunter2@db:3306/im and http://a.example/@x failed", std::nullopt),
        "connect mysql://[redacted]@db:3306/im and http://a.example/@x failed");
}

TEST(EvidenceText, a_body_that_is_nothing_but_secrets_holds_the_event_loop_for_no_time) {
    std::string body;
    while (body.size() < 1024 * 1024) body += "eyJaaaaaaaaaaaaa sesame ";
    const auto begin = std::chrono::steady_clock::now();
    const auto text = evidence_text(body, Secret("sesame"));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
    EXPECT_THAT(text, Not(HasSubstr("sesame")));
    EXPECT_THAT(text, HasSubstr("[redacted] [redacted] [redacted]"));
}

TEST(EvidenceText, is_never_longer_than_the_limit) {
    auto text = evidence_text(std::string(100'000, 'x') + "sesame", Secret("sesame"));
    EXPECT_LE(text.size(), max_evidence);
    EXPECT_THAT(text, Not(HasSubstr("sesame")));
}

}  // namespace
}  // namespace gatewatch::probes
