// That nginx accepts the blocks that are written for people, and that they take the finding away.
#include "probes/nginx/reader.hpp"
#include "tests/unit/probes/nginx_fixture.hpp"
#include "tests/unit/probes/real_nginx.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

struct Wrong {
    const char* name;
    Parts parts;
};

const std::vector<Wrong>& wrongs() {
    const std::string fine = good_headers + quiet;
    const auto upstream = [](const std::string& lines) { return "    upstream im {\n" + lines + "    }\n"; };
    static const std::vector<Wrong> all = {
        {"no_headers", {.location = quiet}},
        {"no_headers_in_one_line", {.pass = "proxy_pass http://127.0.0.1:7002; # } {"}},
        {"no_connection", {.location = "proxy_set_header Upgrade $http_upgrade;\n"}},
        {"connection_empty",
         {.location = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection '';\n"}},
        {"not_inherited", {.server = good_headers, .location = "proxy_set_header Host $host;\n"}},
        {"wrong_above",
         {.http = "proxy_set_header Host $host; proxy_set_header Connection close;\n", .location = quiet}},
        {"connection_fixed",
         {.location = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;\n"}},
        {"path", {.location = fine, .pass = "proxy_pass http://127.0.0.1:7002/im/;"}},
        {"port", {.location = fine, .pass = "proxy_pass http://127.0.0.1:7009;"}},
        {"path_and_port", {.location = fine, .pass = "proxy_pass http://127.0.0.1:7009/x;"}},
        {"localhost", {.location = fine, .pass = "proxy_pass http://localhost:7002;"}},
        {"round_robin",
         {.http = upstream(
              "        server 127.0.0.1:7002;\n        server 127.0.0.1:7003;\n        keepalive 4;\n"),
          .location = fine,
          .pass = "proxy_pass http://im;"}},
        {"least_conn",
         {.http = upstream("least_conn; server 127.0.0.1:7002; server 127.0.0.1:7003;\n"),
          .location = fine,
          .pass = "proxy_pass http://im;"}},
        {"one_other_server",
         {.http = upstream("        server 127.0.0.1:7009 max_fails=3;\n"),
          .location = fine,
          .pass = "proxy_pass http://im;"}},
        {"timeout", {.location = fine + "            proxy_read_timeout 5s; # short\n"}},
        {"timeout_above", {.http = "    proxy_read_timeout 40s;\n", .location = fine}},
        {"deny", {.location = fine + "            deny all; # all\n"}},
        {"deny_above", {.server = "        deny all;\n", .location = fine}},
        {"password", {.server = "        auth_basic x;\n", .location = fine}},
        {"methods",
         {.location = fine + "            limit_except GET {\n                deny all;\n            }\n"}},
        {"rate",
         {.http = "    limit_req_zone $binary_remote_addr zone=z:1m rate=1r/m;\n",
          .location = fine + "            limit_req zone=z;\n"}},
        {"connections",
         {.http = "    limit_conn_zone $binary_remote_addr zone=z:1m;\n",
          .location = fine + "            limit_conn z 1;\n"}},
        {"cors",
         {.location = fine + "            add_header Access-Control-Allow-Origin *;\n            add_header "
                             "Access-Control-Allow-Methods *;\n"}},
        {"cors_above", {.server = "        add_header Access-Control-Allow-Origin *;\n", .location = fine}},
        {"authorization", {.location = fine + "            proxy_set_header Authorization '';\n"}},
        {"buffers", {.server = "        large_client_header_buffers 2 1k;\n", .location = fine}},
        {"buffers_above", {.http = "    large_client_header_buffers 2 1k;\n", .location = fine}},
    };
    return all;
}

constexpr const char* url = "http://im.example.com:18080";

std::string placed(std::string text, const fs::path& directory) {
    const std::string listen = "listen 80;";
    text.replace(text.find(listen), listen.size(), "listen 127.0.0.1:18080;");
    const std::string events = "events {}\nhttp {\n";
    return preamble(directory) + "http {\n" + temporary_paths(directory) + text.substr(events.size());
}

/// The block whose first line is that of the mended one.
const Directive* block_like(const std::vector<Directive>& level, const Document& document,
                            std::string_view head) {
    for (const auto& directive : level) {
        const auto& text = document.sources[directive.source].text;
        if (directive.block && text.substr(directive.begin).starts_with(head)) return &directive;
        if (const auto* inside = block_like(directive.children, document, head)) return inside;
    }
    return nullptr;
}

/// The text with the mended block in place of the old one, and in http what it needs.
std::string with_mended(const std::string& text, const NginxFinding& finding) {
    const auto document = read_text(text, "nginx.conf");
    const auto start = finding.mended.find_first_not_of(" \t");
    const auto head = finding.mended.substr(start, finding.mended.find('{') - start);
    const auto* block = block_like(document->directives, *document, head);
    if (!block) return {};
    const auto begin = text.rfind('\n', block->begin) + 1;
    auto out = text.substr(0, begin) + finding.mended + text.substr(block->end);
    const std::string http = "http {\n";
    if (!finding.for_http.empty()) out.insert(out.find(http) + http.size(), finding.for_http + "\n");
    return out;
}

class NginxMended : public testing::TestWithParam<std::size_t> {};

TEST_P(NginxMended, blocks_take_the_finding_away_and_nginx_accepts_them) {
    const Directory directory;
    const auto settings = gateway(url);
    const auto text = placed(conf(wrongs()[GetParam()].parts), directory.path());
    ASSERT_EQ(refused_by_nginx(directory.path(), directory.write("nginx.conf", text)), "") << text;
    const auto sample = look(text, settings);
    ASSERT_FALSE(sample.findings.empty()) << text;
    for (const auto& finding : sample.findings) {
        ASSERT_NE(finding.mended, "") << name_of(finding.fault) << text;
        const auto mended = with_mended(text, finding);
        ASSERT_EQ(refused_by_nginx(directory.path(), directory.write("mended.conf", mended)), "") << mended;
        const auto after = faults(look(mended, settings));
        EXPECT_THAT(after, Not(testing::Contains(testing::StartsWith(std::string(name_of(finding.fault))))))
            << mended;
        for (const auto& fault : after)
            EXPECT_FALSE(finding.problem && fault.ends_with('!') &&
                         finding.mended.find("upstream im {") == std::string::npos &&
                         sample.findings.size() == 1)
                << mended;
    }
}

INSTANTIATE_TEST_SUITE_P(Wrong, NginxMended, testing::Range(std::size_t{0}, wrongs().size()),
                         [](const auto& info) { return std::string(wrongs()[info.param].name); });

TEST(NginxMended, server_block_with_a_new_location_is_accepted_too) {
    const Directory directory;
    const auto settings = gateway(url);
    for (const char* locations :
         {"        location / {\n            try_files $uri /index.html;\n        }\n",
          "        location ~ ^/s {\n            root /srv;\n        }\n", ""}) {
        const auto text =
            preamble(directory.path()) + "http {\n" + temporary_paths(directory.path()) +
            "    server {\n        listen 127.0.0.1:18080;\n        server_name im.example.com;\n" +
            locations + "    }\n}\n";
        const auto sample = look(text, settings);
        ASSERT_THAT(faults(sample), ElementsAre("no_location!"));
        const auto mended = with_mended(text, sample.findings.front());
        EXPECT_EQ(refused_by_nginx(directory.path(), directory.write("nginx.conf", mended)), "") << mended;
        EXPECT_THAT(faults(look(mended, settings)), IsEmpty()) << mended;
    }
}

}  // namespace
}  // namespace gatewatch::probes::nginx::test
