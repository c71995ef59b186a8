// What is found in configurations as people have them, with its place and the block as it should stand.
#include "tests/unit/probes/nginx_fixture.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

const std::string fine = good_headers + quiet;

TEST(NginxFindings, the_shipped_configuration_has_none) {
    auto settings = gateway();
    settings.nginx.emplace().config =
        std::string(GATEWATCH_SOURCE_DIR) + "/packaging/nginx/im.example.com.conf";
    const auto sample = inspect(settings, std::nullopt);
    ASSERT_TRUE(sample.up) << sample.detail.en;
    EXPECT_THAT(faults(sample), IsEmpty());
    EXPECT_TRUE(sample.detail.empty()) << sample.detail.en;
    EXPECT_EQ(sample.server, "im.example.com");
    EXPECT_EQ(sample.location, "/socket.io/");
    EXPECT_EQ(sample.proxy_pass, "http://127.0.0.1:7002");
}

TEST(NginxFindings, the_guides_configuration_has_only_the_note_on_localhost) {
    const auto sample = look(conf({.location = fine + "            proxy_read_timeout 7d;\n",
                                   .pass = "proxy_pass http://localhost:7002/socket.io/;"}));
    EXPECT_THAT(faults(sample), ElementsAre("upstream_by_name"));
}

TEST(NginxFindings, headers_that_are_not_passed_are_two_problems_of_one_location) {
    const auto sample = look(conf({.location = "            # mine\n" + quiet}));
    ASSERT_THAT(faults(sample), ElementsAre("upgrade_not_passed!", "connection_not_passed!"));
    EXPECT_EQ(sample.findings[0].file, "/etc/nginx/nginx.conf");
    EXPECT_EQ(sample.findings[0].line, 10U);
    EXPECT_EQ(sample.findings[0].server, "im.example.com");
    EXPECT_EQ(
        sample.findings[0].mended,
        "        location /socket.io/ {\n            proxy_pass http://127.0.0.1:7002;\n            # mine\n"
        "            proxy_http_version 1.1;\n            proxy_set_header Upgrade $http_upgrade;\n"
        "            proxy_set_header Connection $connection_upgrade;\n            proxy_buffering off;\n"
        "        }");
    EXPECT_EQ(sample.findings[1].mended, sample.findings[0].mended);
    EXPECT_EQ(sample.findings[0].for_http, "");
}

TEST(NginxFindings, the_map_comes_along_where_it_is_missing) {
    const auto sample = look(
        "http { server { server_name im.example.com;\n"
        "location /socket.io/ { proxy_pass http://127.0.0.1:7002; }\n} }");
    EXPECT_THAT(sample.findings[0].for_http, HasSubstr("map $http_upgrade $connection_upgrade {"));
    const auto unknown = look(
        "http { server { server_name im.example.com;\nlocation /socket.io/ {\n"
        " proxy_pass http://127.0.0.1:7002; proxy_set_header Upgrade $http_upgrade;\n"
        " proxy_set_header Connection $connection_upgrade; }\n} }");
    ASSERT_EQ(faults(unknown).front(), "connection_not_passed!");
    EXPECT_EQ(unknown.findings[0].line, 4U);
    EXPECT_THAT(unknown.findings[0].for_http, HasSubstr("map $http_upgrade"));
}

TEST(NginxFindings, own_header_lines_cut_a_location_off_from_those_around_it) {
    const auto sample = look(
        conf({.server = good_headers, .location = "            proxy_set_header Host $host;\n" + quiet}));
    ASSERT_THAT(faults(sample), ElementsAre("headers_not_inherited!"));
    EXPECT_EQ(sample.findings[0].line, 14U);
    EXPECT_EQ(sample.findings[0].directive, "proxy_set_header Host $host;");
    EXPECT_THAT(look(conf({.server = good_headers, .location = quiet})).findings, IsEmpty());
}

TEST(NginxFindings, inherited_lines_come_along_when_the_location_gets_its_own) {
    const auto sample =
        look(conf({.server = "        proxy_set_header Host \"$host\";\n", .location = quiet}));
    ASSERT_THAT(faults(sample), ElementsAre("upgrade_not_passed!", "connection_not_passed!"));
    EXPECT_THAT(sample.findings[0].mended, HasSubstr("proxy_set_header Host \"$host\";\n"));
}

TEST(NginxFindings, a_connection_header_is_judged_by_what_it_gives_to_an_upgrade) {
    const auto with = [](const std::string& value) {
        return faults(look(conf({.http = "    map $http_upgrade $odd { default close; }\n",
                                 .location = "            proxy_set_header Upgrade $http_upgrade;\n"
                                             "            proxy_set_header Connection " +
                                             value + ";\n" + quiet})));
    };
    EXPECT_THAT(with("$connection_upgrade"), IsEmpty());
    EXPECT_THAT(with("$http_connection"), IsEmpty());
    EXPECT_THAT(with("$made_elsewhere"), IsEmpty());
    EXPECT_THAT(with("\"upgrade\""), ElementsAre("connection_fixed"));
    EXPECT_THAT(with("\"keep-alive, Upgrade\""), ElementsAre("connection_fixed"));
    EXPECT_THAT(with("\"\""), ElementsAre("connection_not_passed!"));
    EXPECT_THAT(with("close"), ElementsAre("connection_not_passed!"));
    EXPECT_THAT(with("$odd"), ElementsAre("connection_not_passed!"));
}

TEST(NginxFindings, a_path_behind_proxy_pass_replaces_the_locations) {
    const auto with = [](const std::string& url) {
        return faults(look(conf({.location = fine, .pass = "proxy_pass " + url + ";"})));
    };
    EXPECT_THAT(with("http://127.0.0.1:7002/im/"), ElementsAre("path_rewritten!"));
    EXPECT_THAT(with("http://127.0.0.1:7002/"), ElementsAre("path_rewritten!"));
    EXPECT_THAT(with("http://127.0.0.1:7002/socket.io/"), IsEmpty());
    EXPECT_THAT(with("http://127.0.0.1:7002$request_uri"), IsEmpty());
    const auto sample = look(conf({.location = fine, .pass = "proxy_pass http://127.0.0.1:7002/im/;"}));
    EXPECT_EQ(sample.findings[0].line, 11U);
    EXPECT_THAT(sample.findings[0].mended, HasSubstr("            proxy_pass http://127.0.0.1:7002;\n"));
}

TEST(NginxFindings, only_another_port_of_the_same_machine_is_another_upstream) {
    const auto with = [](const std::string& address, const std::string& http = {}) {
        return faults(
            look(conf({.http = http, .location = fine, .pass = "proxy_pass http://" + address + ";"})));
    };
    EXPECT_THAT(with("127.0.0.1:7003"), ElementsAre("other_upstream!"));
    EXPECT_THAT(with("[::1]:7002"), IsEmpty());
    EXPECT_THAT(with("backend:7003"), IsEmpty());
    EXPECT_THAT(with("10.0.0.9:7003"), IsEmpty());
    EXPECT_THAT(with("im", "    upstream im { server 127.0.0.1:7002; }\n"), IsEmpty());
    EXPECT_THAT(with("im", "    upstream im { server 127.0.0.1:7003; }\n"), ElementsAre("other_upstream!"));
}

TEST(NginxFindings, several_backends_need_stickiness) {
    const auto with = [](const std::string& lines) {
        return look(conf({.http = "    upstream im {\n" + lines + "    }\n",
                          .location = fine,
                          .pass = "proxy_pass http://im;"}));
    };
    const std::string two = "        server 127.0.0.1:7002;\n        server 127.0.0.1:7003;\n";
    const auto sample = with(two);
    ASSERT_THAT(faults(sample), ElementsAre("not_sticky!"));
    EXPECT_EQ(sample.findings[0].line, 7U);
    EXPECT_EQ(sample.findings[0].mended, "    upstream im {\n        ip_hash;\n" + two + "    }");
    EXPECT_THAT(faults(with("        ip_hash;\n" + two)), IsEmpty());
    EXPECT_THAT(faults(with("        hash $remote_addr consistent;\n" + two)), IsEmpty());
    EXPECT_THAT(faults(with("        least_conn;\n" + two)), ElementsAre("not_sticky!"));
    EXPECT_THAT(faults(with("        server 127.0.0.1:7002;\n        server 127.0.0.1:7003 backup;\n")),
                IsEmpty());
    EXPECT_THAT(faults(with("        server 127.0.0.1:7002;\n        server 127.0.0.1:7003 down;\n")),
                IsEmpty());
    EXPECT_THAT(faults(with("        server 127.0.0.1:7002;\n        server localhost:7002;\n")),
                ElementsAre("upstream_by_name"));
}

TEST(NginxFindings, a_read_timeout_is_measured_by_the_pings) {
    const auto with = [](const std::string& time) {
        return faults(look(conf({.server = "        proxy_read_timeout " + time + ";\n", .location = fine})));
    };
    EXPECT_THAT(with("5s"), ElementsAre("read_timeout_short!"));
    EXPECT_THAT(with("25"), ElementsAre("read_timeout_short!"));
    EXPECT_THAT(with("500ms"), ElementsAre("read_timeout_short!"));
    EXPECT_THAT(with("45s"), ElementsAre("read_timeout_short"));
    EXPECT_THAT(with("46s"), IsEmpty());
    EXPECT_THAT(with("7d"), IsEmpty());
    const Handshake rare{.ping_interval = std::chrono::minutes(2), .ping_timeout = std::chrono::seconds(20)};
    EXPECT_THAT(faults(inspect_text(conf({.location = fine}), "n", gateway(), rare)),
                ElementsAre("read_timeout_short!"));
}

TEST(NginxFindings, what_keeps_requests_out_is_named) {
    const auto in_location = [](const std::string& lines, const std::string& http = {}) {
        return faults(look(conf({.http = http, .location = fine + lines})));
    };
    EXPECT_THAT(in_location("deny all;\n"), ElementsAre("denied!"));
    EXPECT_THAT(in_location("allow 10.0.0.0/8; deny all;\n"), ElementsAre("denied"));
    EXPECT_THAT(in_location("allow all; deny all;\n"), IsEmpty());
    EXPECT_THAT(in_location("deny 10.0.0.1;\n"), IsEmpty());
    EXPECT_THAT(in_location("return 403;\n"), ElementsAre("denied!"));
    EXPECT_THAT(in_location("internal;\n"), ElementsAre("denied!"));
    EXPECT_THAT(in_location("return 301 https://$host$request_uri;\n"), ElementsAre("redirected!"));
    EXPECT_THAT(in_location("rewrite ^ https://im.example.com/ permanent;\n"), ElementsAre("redirected!"));
    EXPECT_THAT(in_location("auth_basic x;\n"), ElementsAre("denied"));
    EXPECT_THAT(in_location("limit_except GET { deny all; }\n"), ElementsAre("methods_limited!"));
    EXPECT_THAT(in_location("limit_except GET POST { deny all; }\n"), IsEmpty());
    EXPECT_THAT(in_location("if ($request_method != GET) { return 405; }\n"),
                ElementsAre("methods_limited!"));
    EXPECT_THAT(in_location("if ($request_method = OPTIONS) { return 204; }\n"), IsEmpty());
    EXPECT_THAT(in_location("if ($http_user_agent ~ bot) { return 403; }\n"), IsEmpty());
    const std::string slow = "    limit_req_zone $binary_remote_addr zone=z:1m rate=1r/s;\n";
    EXPECT_THAT(in_location("limit_req zone=z;\n", slow), ElementsAre("rate_limited!"));
    EXPECT_THAT(in_location("limit_req zone=z burst=20;\n", slow), ElementsAre("rate_limited"));
}

TEST(NginxFindings, the_rest_is_named_too) {
    const auto in_location = [](const std::string& lines) {
        return faults(look(conf({.location = fine + lines})));
    };
    EXPECT_THAT(in_location("add_header Access-Control-Allow-Origin * always;\n"), ElementsAre("cors_added"));
    EXPECT_THAT(in_location("add_header Access-Control-Allow-Origin *;\n"
                            "proxy_hide_header Access-Control-Allow-Origin;\n"),
                IsEmpty());
    EXPECT_THAT(in_location("proxy_set_header Authorization \"\";\n"), ElementsAre("authorization_dropped!"));
    EXPECT_THAT(in_location("proxy_cache im;\n"), ElementsAre("cached"));
    EXPECT_THAT(
        in_location("proxy_cache im; proxy_cache_valid 200 1m; proxy_ignore_headers Cache-Control;\n"),
        ElementsAre("cached!"));
    EXPECT_THAT(faults(look(conf({.http = "large_client_header_buffers 2 1k;\n", .location = fine}))),
                ElementsAre("header_buffers_small!"));
    EXPECT_THAT(faults(look(conf({.location = good_headers}))), ElementsAre("http_version", "buffering_on"));
}

TEST(NginxFindings, without_a_location_the_server_block_gets_one) {
    const auto sample = look(
        "events {}\nhttp {\n    server {\n        listen 80;\n        server_name im.example.com;\n"
        "        location / {\n            try_files $uri /index.html;\n        }\n    }\n}\n");
    ASSERT_THAT(faults(sample), ElementsAre("no_location!"));
    EXPECT_EQ(sample.findings[0].line, 3U);
    EXPECT_EQ(sample.findings[0].location, "/");
    EXPECT_THAT(
        sample.findings[0].mended,
        HasSubstr(
            "        }\n\n        location /socket.io/ {\n            proxy_pass http://127.0.0.1:7002;"));
    EXPECT_THAT(sample.findings[0].for_http, HasSubstr("map $http_upgrade"));
    EXPECT_EQ(sample.location, "");
}

TEST(NginxFindings, a_name_that_no_server_block_has_falls_to_the_default_one) {
    const auto sample = look(
        "http {\n server {\n listen 80 default_server;\n return 444;\n }\n"
        " server {\n listen 80;\n server_name other.example.com;\n }\n}\n");
    ASSERT_THAT(faults(sample), ElementsAre("no_server!"));
    EXPECT_EQ(sample.findings[0].line, 2U);
    const auto served =
        look("http { server { listen 80; location / { proxy_pass http://127.0.0.1:7002;\n" + fine +
             "} } map $http_upgrade $connection_upgrade { default upgrade; '' close; } }");
    EXPECT_THAT(faults(served), IsEmpty());
}

TEST(NginxFindings, certbots_redirect_is_a_problem_only_for_the_plain_url) {
    const std::string text =
        "http {\n" + map_block +
        "server {\n server_name im.example.com;\n location / {\n"
        "proxy_pass http://127.0.0.1:7002;\n" +
        fine +
        "}\n listen [::]:443 ssl ipv6only=on; # managed by Certbot\n"
        " listen 443 ssl; # managed by Certbot\n}\n"
        "server {\n if ($host = im.example.com) {\n return 301 https://$host$request_uri;\n"
        " } # managed by Certbot\n listen 80;\n listen [::]:80;\n"
        " server_name im.example.com;\n return 404; # managed by Certbot\n}\n}\n";
    EXPECT_THAT(faults(look(text, gateway("https://im.example.com"))), IsEmpty());
    const auto plain = look(text, gateway());
    ASSERT_THAT(faults(plain), ElementsAre("redirected!"));
    EXPECT_EQ(plain.findings[0].directive, "return 301 https://$host$request_uri;");
}

TEST(NginxFindings, a_port_that_nginx_does_not_listen_on_is_a_note) {
    EXPECT_THAT(faults(look(conf({.location = fine}), gateway("http://im.example.com:8080"))),
                ElementsAre("no_server"));
}

TEST(NginxFindings, what_cannot_be_decided_gives_no_finding) {
    const auto sample = [](const std::string& server, const std::string& location = "") {
        return look(
            conf({.server = server, .location = location, .pass = "proxy_pass http://127.0.0.1:7003/x/;"}));
    };
    for (const char* server : {"if ($cookie_a) { rewrite ^ /x; }\n", "location ~ (?=x) { }\n",
                               "rewrite ^/socket.io/(.*) /$1 last;\n"}) {
        const auto undecided = sample(server);
        EXPECT_TRUE(undecided.up);
        EXPECT_THAT(faults(undecided), IsEmpty()) << server;
        EXPECT_FALSE(undecided.detail.empty()) << server;
        EXPECT_FALSE(undecided.detail.zh.empty()) << server;
    }
    EXPECT_THAT(faults(look("http { server { server_name im.example.com; location / {\n"
                            "content_by_lua_block { ngx.say('}') } } } }")),
                IsEmpty());
    EXPECT_THAT(
        faults(look(conf({.location = fine, .pass = "set $b 127.0.0.1:9; proxy_pass http://$b/x/;"}))),
        IsEmpty());
}

TEST(NginxFindings, a_named_location_behind_try_files_is_followed) {
    const auto sample = look("http {\n" + map_block +
                             "server { server_name im.example.com;\n"
                             "location / { try_files $uri @app; }\nlocation @app {\n"
                             "proxy_pass http://127.0.0.1:7002;\n" +
                             fine + "}\n}\n}\n");
    EXPECT_THAT(faults(sample), IsEmpty());
    EXPECT_EQ(sample.location, "@app");
}

TEST(NginxFindings, a_line_in_an_included_file_is_named_there_and_nothing_is_rewritten) {
    const Directory directory;
    directory.write("headers.conf",
                    "proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection close;\n");
    auto settings = gateway();
    settings.nginx.emplace().config =
        directory.write("nginx.conf", conf({.location = quiet + "            include headers.conf;\n"}));
    const auto sample = inspect(settings, std::nullopt);
    ASSERT_THAT(faults(sample), ElementsAre("connection_not_passed!"));
    EXPECT_EQ(sample.findings[0].file, (directory.path() / "headers.conf").native());
    EXPECT_EQ(sample.findings[0].line, 2U);
    EXPECT_EQ(sample.findings[0].mended, "");
}

}  // namespace
TEST(NginxFindings, fault_100_a_mended_block_shows_no_secret_that_stands_in_it) {
    const auto sample =
        look(conf({.location = "            proxy_set_header Authorization \"Basic c2VjcmV0Og==\";\n"
                               "            proxy_set_header X-Api-Key planted-1;\n"
                               "            # proxy_set_header X-Api-Key planted-2;\n"
                               "            set $internal_token 'planted-3';\n"
                               "            if ($http_x_token != \"planted-4\") { return 403; }\n"
                               "            proxy_set_header Cookie $http_cookie;\n" +
                               quiet}));
    const auto& mended = finding_of(sample, NginxFault::upgrade_not_passed).mended;
    for (const char* secret : {"c2VjcmV0", "planted-"}) EXPECT_THAT(mended, Not(HasSubstr(secret))) << mended;
    EXPECT_THAT(mended, HasSubstr("proxy_set_header Authorization <keep the value that stands there>;\n"));
    EXPECT_THAT(mended,
                HasSubstr("if ($http_x_token != <keep the value that stands there>) { return 403; }"));
    EXPECT_THAT(mended, HasSubstr("proxy_set_header Cookie $http_cookie;\n"));
    EXPECT_THAT(mended, HasSubstr("proxy_set_header Upgrade $http_upgrade;\n"));
}

TEST(NginxFindings, a_block_that_nobody_can_read_is_not_shown) {
    const auto sample = look(conf({.location = std::string(20'000, '\n') + quiet}));
    EXPECT_EQ(finding_of(sample, NginxFault::upgrade_not_passed).mended, "");
}

}  // namespace gatewatch::probes::nginx::test
