// What holds for every verdict, whatever the evidence: sentences in both languages, short, printable, the
// same again.
#include "agent/diagnosis/text.hpp"
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Text that comes back unchanged from one_line is printable, valid and short enough.
void expect_fit(const std::string& text) {
    EXPECT_THAT(text, Not(IsEmpty()));
    EXPECT_EQ(one_line(text), text);
}

void expect_fit(const Verdict& verdict) {
    EXPECT_THAT(verdict.evidence, Not(IsEmpty()));
    for (const auto& line : verdict.evidence) {
        EXPECT_THAT(line.source, Not(IsEmpty()));
        expect_fit(line.text.en);
        expect_fit(line.text.zh);
    }
    for (const std::string& fix : {verdict.fix.en, verdict.fix.zh}) {
        EXPECT_THAT(fix, Not(IsEmpty()));
        EXPECT_EQ(one_line(fix, 4096).find('?'), fix.find('?')) << "valid UTF-8";
        EXPECT_LT(fix.size(), 2048u);
    }
    EXPECT_EQ(verdict.hop, facts_of(verdict.cause).hop);
    EXPECT_THAT(verdict.consequences, Not(Contains(verdict.cause)));
    EXPECT_THAT(verdict.consequences, Not(Contains(Cause::none)));
}

/// Long, half a character at its end, and full of what a terminal would obey.
const std::string nasty =
    "\x1b[31m" + std::string(300, '<') + "网关\r\n\t" + std::string(400, '\xe7') + "\xe4\xbd";

TEST(EveryVerdict, IsFitToBeReadAndIsTheSameAgain) {
    for (Reason reason : all_of<Reason>()) {
        for (Phase phase : all_of<Phase>()) {
            for (AnsweredBy who : all_of<AnsweredBy>()) {
                probes::Answer answer = by(who, 404, nasty);
                answer.echoed_path = answer.location = nasty;
                Scene scene;
                scene.one(Role::public_, ProbeKind::polling, reason, phase, answer);
                if (phase >= Phase::open) scene.one(Role::local, ProbeKind::websocket, reason, phase, answer);
                scene.at(Role::public_, ProbeKind::polling).last->evidence = nasty;
                if (who == AnsweredBy::other) scene.database_fails(nasty).log({.errors = 1});
                const Verdict verdict = scene.verdict();
                expect_fit(verdict);
                EXPECT_NE(verdict.cause, Cause::none) << name_of(reason);
                EXPECT_EQ(verdict, scene.verdict());
                if (HasFailure()) return;
            }
        }
    }
}

TEST(EveryVerdict, IsFitToBeReadWhateverIsConfigured) {
    for (Routes routes : {Routes::both, Routes::public_only, Routes::local_only}) {
        for (Reason reason : {Reason::sio_rejected, Reason::sio_ready_missing, Reason::tcp_refused}) {
            for (OwnToken own : all_of<OwnToken>()) {
                Scene scene(routes);
                expect_fit(
                    scene.everywhere(reason, Phase::ready).database(own).log({.unknown = 1}).verdict());
            }
            expect_fit(Scene(routes).everywhere(reason, Phase::ready).verdict());
        }
        expect_fit(Scene(routes).verdict());
    }
}

TEST(EveryRule, IsSilentWhereEverythingWorksAndHasAFixThatNamesNoMissingValue) {
    for (Routes routes : {Routes::both, Routes::public_only, Routes::local_only}) {
        Scene scene(routes);
        scene.database(OwnToken::valid).log({.accepted = 4});
        const Facts facts(scene.snapshot);
        for (const Rule& rule : rules()) {
            EXPECT_FALSE(rule.find(facts)) << name_of(rule.cause);
            EXPECT_THAT(rule.fix(facts).en, Not(HasSubstr("APP")))
                << "pm2 is configured, so its app is known";
        }
    }
}

TEST(HalfTheEvidence, IsUnknownAndSaysWhatIsMissing) {
    Scene scene;
    scene.not_run(Role::local, ProbeKind::polling);
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::unknown);
    EXPECT_EQ(verdict.severity, Severity::unknown);
    ASSERT_THAT(verdict.evidence, SizeIs(1));
    EXPECT_EQ(verdict.evidence[0].source, "local polling");
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("no fresh result"));
}

TEST(HalfTheEvidence, OfAnAgentThatHasJustStartedIsUnknown) {
    Scene scene;
    for (auto& probe : scene.snapshot.probes) probe.last.reset();
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_THAT(scene.verdict().evidence, SizeIs(4));
}

TEST(HalfTheEvidence, OfNoProbeAtAllIsUnknown) {
    EXPECT_EQ(diagnose(Snapshot{}).cause, Cause::unknown);
}

TEST(HalfTheEvidence, ThatDecidesIsNotWaitedOn) {
    Scene scene;
    for (auto& probe : scene.snapshot.probes) probe.last.reset();
    scene.one(Role::local, ProbeKind::polling, Reason::tcp_refused, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::backend_down);
}

TEST(AFailureThatNoRuleKnows, IsUnknownWithItsEvidenceAndDownWhereUsersAre) {
    Scene scene;
    scene.everywhere(Reason::http_server_error, Phase::open, by(AnsweredBy::other, 500, "oops"));
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::unknown);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.evidence, SizeIs(4));
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("oops"));
}

TEST(ACollectorThatIsDown, IsALineOfEvidenceAndNoCauseWhileLoginsPass) {
    Scene scene;
    scene.database_fails(refused_by_database).log({});
    scene.snapshot.log->status.up = false;
    scene.snapshot.log->status.detail = {"cannot open /root/.pm2/logs: Permission denied",
                                         "无法打开 /root/.pm2/logs: Permission denied"};
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    ASSERT_THAT(verdict.evidence, SizeIs(3));
    EXPECT_EQ(verdict.evidence[0].text.en, "all probes pass; mysql, pm2_log cannot be read");
    EXPECT_THAT(verdict.evidence[1].text.en, HasSubstr("connection refused"));
    EXPECT_THAT(verdict.evidence[2].text.zh, HasSubstr("Permission denied"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("\nmysql: mysql 127.0.0.1:3306: connection refused; start the"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("\npm2_log：无法打开 /root/.pm2/logs: Permission denied"));
    EXPECT_THAT(verdict.fix.en, Not(HasSubstr("Nothing to do")));
    EXPECT_EQ(facts_of(verdict.cause).en, "users can connect");
}

TEST(TwoFaultsAtOnce, BackendAndDatabaseStoppedNameTheBackendAndMentionTheDatabase) {
    const Verdict verdict =
        Scene()
            .both(Role::local, Reason::tcp_refused, Phase::connect)
            .both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502"))
            .database_fails(refused_by_database)
            .verdict();
    EXPECT_EQ(verdict.cause, Cause::backend_down);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::upstream_unreachable, Cause::database_down));
    EXPECT_EQ(verdict.evidence.back().source, "mysql");
}

TEST(TwoFaultsAtOnce, BackendAndNginxStoppedNameBoth) {
    const Verdict verdict = Scene().everywhere(Reason::tcp_refused, Phase::connect).verdict();
    EXPECT_EQ(verdict.cause, Cause::backend_down);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::tcp_refused));
}

TEST(OneLine, CutsAtACharactersBorderAndStaysWithinTheLimit) {
    std::string text;
    for (int i = 0; i < 400; ++i) text += "网";
    const std::string cut = one_line(text, 512);
    EXPECT_LE(cut.size(), 512u);
    EXPECT_GE(cut.size(), 509u);
    EXPECT_TRUE(cut.ends_with("网…"));
}

TEST(OneLine, ReplacesWhatIsNotUtf8AndWhatATerminalObeys) {
    EXPECT_EQ(one_line("a\x1b[31m\r\nb\xff\xc0\xaf\xed\xa0\x80\xc2\x9b z "), "a [31m b??????  z");
}

TEST(Evidence, NamesRowsThatNoCountHoldsThoughTheDatabaseAnswers) {
    Scene scene;
    scene.database(probes::OwnToken::valid).snapshot.mysql->warnings = {
        {probes::MysqlWarningKind::schema, {"3 rows have no expires_at", "3 行没有 expires_at"}},
        {probes::MysqlWarningKind::missing_index, {"no index", "没有索引"}}};
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    ASSERT_EQ(verdict.evidence.size(), 2u);
    EXPECT_EQ(verdict.evidence[1].source, "mysql");
    EXPECT_THAT(verdict.evidence[1].text.en, testing::HasSubstr("answers"));
    EXPECT_THAT(verdict.evidence[1].text.en, testing::HasSubstr("3 rows have no expires_at"));
    EXPECT_THAT(verdict.evidence[1].text.zh, testing::HasSubstr("3 行没有 expires_at"));
    // What does not change the meaning of the counts stands with the collector.
    EXPECT_THAT(verdict.evidence[1].text.en, testing::Not(testing::HasSubstr("no index")));
}

}  // namespace
}  // namespace gatewatch::agent::test
