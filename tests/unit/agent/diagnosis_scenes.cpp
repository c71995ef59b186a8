#include "diagnosis_scenes.hpp"

namespace gatewatch::agent::test {
namespace {

Scene over_public(Reason reason, Phase phase, const probes::Answer& answer = {}) {
    return Scene().both(Role::public_, reason, phase, answer);
}

Scene everywhere(Reason reason, Phase phase, const probes::Answer& answer = {}) {
    return Scene().everywhere(reason, phase, answer);
}

Scene rejected_with(OwnToken own) {
    return everywhere(Reason::sio_rejected, Phase::ready).database(own).log({.unknown = 1});
}

Scene unproven(probes::CorsFault fault, std::string seen) {
    return Scene().cors(fault, std::move(seen));
}

Scene public_alone(Reason reason, const probes::Answer& answer) {
    return Scene(Routes::public_only).both(Role::public_, reason, Phase::open, answer);
}

Scene sticky_failure(Role role, bool repeated) {
    probes::Outcome outcome = failed(role, ProbeKind::sticky, Reason::eio_sid_unknown, Phase::open);
    outcome.tries = 4;
    outcome.lost = 4;
    outcome.repeated_sid = repeated;
    return Scene().with(outcome);
}

Scene cut_while_quiet() {
    probes::Outcome outcome = failed(Role::public_, ProbeKind::hold, Reason::idle_cut, Phase::hold);
    outcome.silence = 5s;
    outcome.handshake = {25s, 20s, false};
    Scene scene;
    scene.with(outcome).with(passed(Role::local, ProbeKind::hold));
    scene.at(Role::public_, ProbeKind::hold).consecutive_failures = 2;
    return scene;
}

Scene turned_away_at_times() {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::tcp_reset, Phase::upgrade);
    for (auto& probe : scene.snapshot.probes) probe.recent_runs = 8;
    scene.at(Role::public_, ProbeKind::websocket).recent_failures = 3;
    scene.at(Role::public_, ProbeKind::websocket).recent_recoveries = 2;
    return scene;
}

Scene blind() {
    Scene scene;
    scene.log({});
    for (auto& probe : scene.snapshot.probes) probe.backend_seen = false;
    return scene;
}

Scene not_yet_run() {
    Scene scene;
    for (auto& probe : scene.snapshot.probes) probe.last.reset();
    return scene;
}

void add_the_way(std::vector<CauseScene>& all) {
    using enum Cause;
    all.push_back({dns_failed, over_public(Reason::dns_nxdomain, Phase::resolve)});
    all.push_back({tcp_refused, over_public(Reason::tcp_refused, Phase::connect)});
    all.push_back({tcp_timeout, over_public(Reason::tcp_timeout, Phase::connect)});
    all.push_back({tls_expired, over_public(Reason::tls_expired, Phase::tls)});
    all.push_back({tls_untrusted, over_public(Reason::tls_untrusted, Phase::tls)});
    all.push_back({tls_name_mismatch, over_public(Reason::tls_name_mismatch, Phase::tls)});
    all.push_back({tls_not_tls, over_public(Reason::plain_http_on_tls, Phase::upgrade)});
    all.push_back({capacity, turned_away_at_times()});
}

void add_nginx(std::vector<CauseScene>& all) {
    using enum Cause;
    const auto page_502 = nginx_page(502, "502 Bad Gateway");
    all.push_back({redirect, over_public(Reason::http_redirect, Phase::upgrade, nginx_page(301, "301"))});
    all.push_back({wrong_vhost, over_public(Reason::http_html, Phase::open,
                                            by(AnsweredBy::page, 200, "<title>Welcome to nginx!</title>"))});
    all.push_back({location_missing, over_public(Reason::http_html, Phase::open, frontend_page())});
    all.push_back({path_rewritten, over_public(Reason::http_not_found, Phase::open, nest_404("/im/"))});
    all.push_back({wrong_upstream, over_public(Reason::http_bad_gateway, Phase::upgrade, page_502)});
    all.push_back({upstream_unreachable, public_alone(Reason::http_bad_gateway, page_502), true});
    all.push_back({proxy_denied, over_public(Reason::http_denied, Phase::open, nginx_page(403, "403"))});
    all.push_back({header_too_large, over_public(Reason::http_client_error, Phase::open,
                                                 nginx_page(400, "400 Request Header Or Cookie Too Large"))});
    all.push_back(
        {rate_limited, over_public(Reason::http_rate_limited, Phase::open, nginx_page(503, "503"))});
    all.push_back({post_blocked, Scene().one(Role::public_, ProbeKind::polling, Reason::http_denied,
                                             Phase::namespace_, nginx_page(403, "403"))});
    all.push_back({upgrade_stripped, Scene().one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused,
                                                 Phase::upgrade, engine_error(3, "Bad request"))});
    all.push_back({not_sticky, sticky_failure(Role::public_, false)});
    all.push_back({not_sticky, sticky_failure(Role::local, false)});
    all.push_back({cached_handshake, sticky_failure(Role::public_, true)});
    all.push_back({idle_timeout, cut_while_quiet()});
    all.push_back({cors_duplicate, unproven(probes::CorsFault::duplicate, "http://a, http://a")});
}

void add_backend(std::vector<CauseScene>& all) {
    using enum Cause;
    all.push_back({backend_down, everywhere(Reason::tcp_refused, Phase::connect)});
    all.push_back({backend_hung, everywhere(Reason::deadline, Phase::open)});
    all.push_back({path_mismatch, everywhere(Reason::http_not_found, Phase::open, nest_404("/socket.io/"))});
    all.push_back({eio_mismatch, everywhere(Reason::eio_version, Phase::open)});
    all.push_back({namespace_invalid, everywhere(Reason::sio_namespace_invalid, Phase::namespace_)});
    all.push_back({origin_denied, everywhere(Reason::eio_forbidden, Phase::open)});
    all.push_back({transport_disabled, everywhere(Reason::eio_transport, Phase::open)});
    all.push_back({not_socketio, everywhere(Reason::eio_malformed, Phase::open)});
    all.push_back({connect_unanswered, everywhere(Reason::sio_unanswered, Phase::namespace_)});
    all.push_back({ready_missing, everywhere(Reason::sio_ready_missing, Phase::ready)});
    all.push_back({cors_wildcard, unproven(probes::CorsFault::wildcard, "*")});
    all.push_back({cors_mismatch, unproven(probes::CorsFault::other_origin, "http://other.example.com")});
    all.push_back({restart_loop, Scene().crashes(4)});
    all.push_back({auth_bypassed, Scene().with(failed(Role::local, ProbeKind::revoked_token,
                                                      Reason::accepted_bad_token, Phase::ready))});
}

void add_tokens_and_files(std::vector<CauseScene>& all) {
    using enum Cause;
    const auto rejected = everywhere(Reason::sio_rejected, Phase::ready);
    all.push_back({token_missing, Scene(rejected).log({.absent = 2, .missing = 2})});
    all.push_back({token_expired, rejected_with(OwnToken::expired)});
    all.push_back({token_revoked, rejected_with(OwnToken::revoked)});
    all.push_back({token_unknown, rejected_with(OwnToken::absent)});
    all.push_back({tz_skew, Scene(rejected).database(OwnToken::valid, now_wall + 4h).log({.expired = 2})});
    all.push_back({auth_rejected, rejected, true});
    all.push_back({database_down, Scene(rejected).database_fails(refused_by_database)});
    all.push_back({database_down, Scene().crashes(5).database_fails(refused_by_database)});
    all.push_back({frontend_misconfigured,
                   Scene().frontend_has(probes::FrontendFault::csp_blocks, "connect-src 'self'")});
    all.push_back({frontend_misconfigured,
                   Scene().frontend_has(probes::FrontendFault::local_url, "http://localhost:7002")});
    all.push_back({frontend_misconfigured,
                   Scene().frontend_has(probes::FrontendFault::insecure_url, "ws://im.example.com")});
    all.push_back({frontend_misconfigured,
                   Scene().frontend_has(probes::FrontendFault::other_host, "http://old.example.com")});
    all.push_back({env_misconfigured, Scene()
                                          .env_has(probes::EnvFault::node_env, "NODE_ENV", "", "production")
                                          .env_has(probes::EnvFault::ws_url, "VITE_WS_URL", "http://a",
                                                   "http://im.example.com")});
}

void add_the_agent(std::vector<CauseScene>& all) {
    using enum Cause;
    Scene without_token = everywhere(Reason::token_unavailable, Phase::ready);
    without_token.snapshot.token_problem = {"the file is gone", "文件不存在"};
    Scene no_token = everywhere(Reason::sio_rejected, Phase::ready);
    no_token.snapshot.gateway.token = {};
    all.push_back({none, Scene()});
    all.push_back({unknown, not_yet_run()});
    all.push_back({unknown, everywhere(Reason::http_server_error, Phase::open, by(AnsweredBy::other, 500))});
    all.push_back({prober_unhealthy, everywhere(Reason::local_resource, Phase::connect), true});
    all.push_back({prober_unhealthy, std::move(without_token)});
    all.push_back({prober_unhealthy, std::move(no_token)});
    all.push_back({log_blind, blind()});
}

}  // namespace

std::vector<CauseScene> scenes() {
    std::vector<CauseScene> all;
    add_the_agent(all);
    add_the_way(all);
    add_nginx(all);
    add_backend(all);
    add_tokens_and_files(all);
    return all;
}

}  // namespace gatewatch::agent::test
