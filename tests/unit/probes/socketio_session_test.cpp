#include <gmock/gmock.h>

#include "probes/socketio/session.hpp"

namespace gatewatch::probes::socketio {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string open =
    R"(0{"sid":"engine-sid","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})";
const SteadyTime start{};

SessionSettings settings() {
    return {"/im", "connected", "error", 1s, Secret("secret-token")};
}

Session session_after(std::vector<std::string> packets, SessionSettings with = settings()) {
    Session session(std::move(with));
    for (const auto& packet : packets) session.receive(packet, start);
    return session;
}

std::string reason_after(std::vector<std::string> packets) {
    auto session = session_after(std::move(packets));
    if (session.passed()) return "ok";
    return session.failed() ? std::string(name_of(session.failure().reason)) : "waiting";
}

TEST(Session, sends_connect_with_the_token_after_the_open_packet) {
    auto session = session_after({open});
    EXPECT_THAT(session.take_outgoing(), ElementsAre(R"(40/im,{"token":"secret-token"})"));
    EXPECT_TRUE(session.take_outgoing().empty());
}

TEST(Session, sends_connect_without_payload_where_there_is_no_token) {
    auto with = settings();
    with.token.reset();
    EXPECT_THAT(session_after({open}, with).take_outgoing(), ElementsAre("40/im,"));
}

TEST(Session, passes_at_the_ready_event) {
    auto session =
        session_after({open, R"(40/im,{"sid":"namespace-sid"})", R"(42/im,["connected",{"userId":1}])"});
    EXPECT_TRUE(session.passed());
    EXPECT_EQ(session.namespace_sid(), "namespace-sid");
}

TEST(Session, the_connect_ack_alone_is_no_pass) {
    auto session = session_after({open, R"(40/im,{"sid":"s"})"});
    EXPECT_FALSE(session.ended());
    session.time_passed(start + 1h);
    EXPECT_FALSE(session.ended());
    EXPECT_EQ(session.silence(), Reason::sio_ready_missing);
}

TEST(Session, fault_40_ack_then_error_then_disconnect_is_a_rejection) {
    auto session = session_after(
        {open, R"(40/im,{"sid":"s"})", R"(42/im,["error",{"message":"无效的认证令牌"}])", "41/im,"});
    ASSERT_TRUE(session.failed());
    EXPECT_EQ(session.failure().reason, Reason::sio_rejected);
    EXPECT_THAT(session.failure().detail, HasSubstr("无效的认证令牌"));
}

TEST(Session, fault_41_a_disconnect_alone_is_a_rejection) {
    EXPECT_EQ(reason_after({open, R"(40/im,{"sid":"s"})", "41/im,"}), "sio_rejected");
}

TEST(Session, fault_39_connect_error_with_object_text_and_junk) {
    EXPECT_EQ(reason_after({open, R"(44/im,{"message":"no"})"}), "sio_connect_error");
    EXPECT_EQ(reason_after({open, R"(44/im,"no")"}), "sio_connect_error");
    EXPECT_EQ(reason_after({open, R"(44/im,{"message":"Invalid namespace"})"}), "sio_namespace_invalid");
    EXPECT_EQ(reason_after({open, "44/im,[[["}), "sio_malformed");
    EXPECT_EQ(reason_after({open, "44/im,"}), "sio_malformed");
}

TEST(Session, fault_42_an_ack_without_sid_is_malformed) {
    EXPECT_EQ(reason_after({open, "40/im,"}), "sio_malformed");
    EXPECT_EQ(reason_after({open, "40/im,{}"}), "sio_malformed");
}

TEST(Session, a_socketio_2_server_is_a_version_mismatch) {
    EXPECT_EQ(reason_after({"40"}), "eio_version");
    EXPECT_EQ(reason_after({"96:0{\"sid\":\"x\"}2:40"}), "eio_version");
    EXPECT_EQ(reason_after({open, "40"}), "eio_version");
}

TEST(Session, fault_43_packets_of_other_namespaces_are_ignored) {
    EXPECT_EQ(reason_after({open, R"(42/other,["connected"])", R"(40/im,{"sid":"s"})", R"(42["connected"])"}),
              "waiting");
}

TEST(Session, fault_44_acknowledgement_ids_are_read_and_too_large_ones_refused) {
    EXPECT_EQ(reason_after({open, R"(40/im,{"sid":"s"})", R"(43/im,7["x"])"}), "waiting");
    EXPECT_EQ(reason_after({open, R"(40/im,{"sid":"s"})", R"(43/im,99999999999999999999["x"])"}),
              "sio_malformed");
}

TEST(Session, fault_45_binary_attachments_must_be_announced) {
    auto session =
        session_after({open, R"(40/im,{"sid":"s"})", R"(451-/im,["file",{"_placeholder":true,"num":0}])"});
    session.receive_binary();
    EXPECT_FALSE(session.ended());
    session.receive_binary();
    EXPECT_TRUE(session.failed());
}

TEST(Session, fault_32_a_flood_of_bytes_or_attachments_ends) {
    const auto large = R"(42/im,["x",")" + std::string(1'000'000, 'x') + "\"]";
    EXPECT_EQ(reason_after({open, large}), "waiting");
    std::vector<std::string> packets(12, large);
    packets.insert(packets.begin(), open);
    EXPECT_EQ(reason_after(std::move(packets)), "flood");

    auto session = session_after({open, R"(40/im,{"sid":"s"})"});
    for (std::size_t i = 0; i < 2 * max_packets && !session.ended(); ++i) {
        if (i % 512 == 0) session.receive(R"(45512-/im,["x"])", SteadyTime{});
        session.receive_binary();
    }
    ASSERT_TRUE(session.failed());
    EXPECT_EQ(session.failure().reason, Reason::flood);
}

TEST(Session, fault_46_nesting_beyond_the_limit_is_malformed) {
    EXPECT_EQ(reason_after({open, R"(42/im,["x",)" + std::string(40, '[') + std::string(40, ']') + "]"}),
              "sio_malformed");
}

TEST(Session, fault_48_the_ready_event_before_the_ack_is_no_pass) {
    EXPECT_EQ(reason_after({open, R"(42/im,["connected"])"}), "waiting");
}

TEST(Session, fault_38_a_close_before_the_connect_reply_is_early) {
    EXPECT_EQ(reason_after({open, "1"}), "closed_early");
}

TEST(Session, fault_32_a_ping_flood_ends) {
    std::vector<std::string> packets(2000, "2");
    packets.insert(packets.begin(), open);
    EXPECT_EQ(reason_after(std::move(packets)), "flood");
}

TEST(Session, answers_pings) {
    auto session = session_after({open});
    static_cast<void>(session.take_outgoing());
    session.receive("2", start);
    EXPECT_THAT(session.take_outgoing(), ElementsAre("3"));
}

TEST(Session, without_a_ready_event_a_quiet_settle_window_passes) {
    auto with = settings();
    with.ready_event.clear();
    auto session = session_after({open, R"(40/im,{"sid":"s"})"}, with);
    ASSERT_EQ(session.due(), start + 1s);
    session.time_passed(start + 999ms);
    EXPECT_FALSE(session.passed());
    session.time_passed(start + 1s);
    EXPECT_TRUE(session.passed());
}

TEST(Session, a_rejection_inside_the_settle_window_fails) {
    auto with = settings();
    with.ready_event.clear();
    auto session = session_after({open, R"(40/im,{"sid":"s"})", R"(42/im,["error",{}])"}, with);
    session.time_passed(start + 2s);
    EXPECT_TRUE(session.failed());
}

TEST(Session, silence_has_a_reason_of_its_own_in_each_phase) {
    EXPECT_EQ(session_after({}).silence(), Reason::deadline);
    EXPECT_EQ(session_after({open}).silence(), Reason::sio_unanswered);
}

TEST(Codec, fault_28_29_open_packets_with_bad_values_are_refused) {
    for (std::string bad : {"0", "0{", "0[]", "0{}", R"(0{"sid":"a b","pingInterval":1,"pingTimeout":1})",
                            "0{\"sid\":\"a\\r\\nb\",\"pingInterval\":1,\"pingTimeout\":1}",
                            R"(0{"sid":"x","pingInterval":0,"pingTimeout":1})",
                            R"(0{"sid":"x","pingInterval":-5,"pingTimeout":1})",
                            R"(0{"sid":"x","pingInterval":1e300,"pingTimeout":1})",
                            R"(0{"sid":"x","pingInterval":"25000","pingTimeout":1})"}) {
        EXPECT_FALSE(decode_open(bad)) << bad;
    }
    EXPECT_TRUE(decode_open(open));
}

TEST(Codec, fault_35_36_polling_bodies_with_empty_or_too_many_packets_are_refused) {
    EXPECT_FALSE(split_payload(""));
    EXPECT_FALSE(split_payload("2\x1e"));
    EXPECT_FALSE(
        split_payload("\x1e"
                      "2"));
    std::string many = "2";
    for (int i = 0; i < 2000; ++i)
        many +=
            "\x1e"
            "2";
    ASSERT_FALSE(split_payload(many));
    EXPECT_EQ(split_payload(many).error().reason, Reason::flood);
    EXPECT_EQ(split_payload("2\x1e"
                            "4x")
                  ->size(),
              2U);
}

}  // namespace
}  // namespace gatewatch::probes::socketio
