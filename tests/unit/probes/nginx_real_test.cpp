// The analysis against a real nginx: it goes where nginx goes.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <random>

#include "probes/nginx/choice.hpp"
#include "probes/nginx/reader.hpp"
#include "tests/unit/probes/nginx_fixture.hpp"
#include "tests/unit/probes/real_nginx.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

const std::vector<std::string> hosts = {"im.example.com", "www.example.com", "a.b.example.com",
                                        "example.com",    "im.example.org",  "im",
                                        "b.im.test",      "127.0.0.1"};
const std::vector<std::string> paths = {"/socket.io/", "/socket.io",  "/socket.io/a.js", "/",
                                        "/api/x",      "/SOCKET.IO/", "/socket.iox/",    "/s"};
const std::vector<std::string> names = {"im.example.com",
                                        "www.example.com",
                                        "*.example.com",
                                        ".example.com",
                                        "*.b.example.com",
                                        "im.*",
                                        "im.example.*",
                                        "www.example.*",
                                        R"(~^im\.)",
                                        R"("~^(?<n>[a-z]{2,3})\.example\.(com|org)$")",
                                        R"(~^IM\.EXAMPLE\.(?:ORG|NET)$)",
                                        R"(~^\w+$)",
                                        "_",
                                        R"("")"};
const std::vector<std::string> expressions = {R"(~ \.io)",
                                              R"(~* SOCKET)",
                                              R"(~ ^/socket)",
                                              R"(~ ^/(api|socket\.io)/)",
                                              R"(~ /$)",
                                              R"("~* \.(js|css)$")",
                                              R"("~ ^/s[a-z]{0,5}(\.io)?/?$")",
                                              R"(~ ^/[^a]+$)"};
const std::vector<std::string> prefixes = {"/",       "/s",           "/socket.io", "/socket.io/",
                                           "/socket", "/socket.io/a", "/api/"};

/// A random configuration in which every place says its name in a header.
class Generator {
  public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::string servers(std::uint16_t port) {
        std::string text;
        const auto count = below(4) + 2;
        const auto fallback = below(count * 2);
        for (unsigned i = 0; i < count; ++i) {
            server_ = i;
            location_ = 0;
            text += fmt::format("    server {{\n        listen 127.0.0.1:{}{};\n", port,
                                i == fallback ? " default_server" : "");
            if (below(5) != 0) text += "        server_name " + some(names, 3, " ") + ";\n";
            text += place() + locations("", 0) + "    }\n";
        }
        return text;
    }

  private:
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

    std::vector<std::string> picked(const std::vector<std::string>& pool, unsigned most) {
        auto shuffled = pool;
        std::ranges::shuffle(shuffled, random_);
        shuffled.resize(below(most) + 1);
        return shuffled;
    }
    std::string some(const std::vector<std::string>& pool, unsigned most, const std::string& between) {
        std::string text;
        for (const auto& one : picked(pool, most)) text += (text.empty() ? "" : between) + one;
        return text;
    }
    std::string place() {
        return fmt::format("        add_header X-Place s{}l{} always;\n", server_, location_++);
    }

    std::string locations(const std::string& parent, unsigned depth) {
        std::string text;
        for (const auto& prefix : picked(prefixes, 4)) {
            if (!prefix.starts_with(parent) || prefix == parent) continue;
            const auto kind = below(6);
            const bool exact = kind == 0;
            text += fmt::format("location {}{} {{\n",
                                exact       ? "= "
                                : kind == 1 ? "^~ "
                                            : "",
                                prefix) +
                    place();
            text += below(3) == 0 ? "proxy_pass http://127.0.0.1:1;\n" : "";
            if (!exact && depth < 2 && below(3) == 0) text += locations(prefix, depth + 1);
            text += "}\n";
        }
        if (below(3) == 0) return text;
        for (const auto& expression : picked(expressions, 2)) {
            // Quotes go around the expression, not around its sign.
            const bool quoted = expression.starts_with('"');
            const auto space = expression.find(' ');
            text += "location " + expression.substr(quoted ? 1 : 0, space - (quoted ? 1 : 0)) +
                    (quoted ? " \"" : " ") + expression.substr(space + 1) + " {\n" + place() + "}\n";
        }
        return text;
    }

    std::mt19937 random_;
    unsigned server_ = 0;
    unsigned location_ = 0;
};

std::string name_in(const std::vector<Directive>& level) {
    const auto* header = find(level, "add_header");
    return header ? header->args[1] : "";
}

/// "s1l2" as our analysis has it, "301" where nginx adds a slash.
std::string analysed(const Document& document, std::uint16_t port, const std::string& host,
                     const std::string& path) {
    Request request;
    request.host = host;
    request.port = std::to_string(port);
    request.path = path;
    const auto server = choose_server(find(document.directives, "http")->children, request);
    if (!server.server) return "undecided";
    const auto location = choose_location(*server.server, path);
    if (location.undecided) return "undecided";
    if (location.slash_missing) return "301";
    return name_in(location.location() ? location.location()->children : server.server->children);
}

std::string answered(const std::string& head) {
    if (head.starts_with("HTTP/1.1 301")) return "301";
    constexpr std::string_view header = "X-Place: ";
    const auto at = head.find(header);
    if (at == std::string::npos) return head;
    return head.substr(at + header.size(), head.find('\r', at) - at - header.size());
}

class NginxChoice : public testing::TestWithParam<unsigned> {};

TEST_P(NginxChoice, is_the_server_and_location_that_a_real_nginx_takes) {
    const Directory directory;
    const auto port = free_port();
    const auto text = preamble(directory.path()) + "http {\n" + temporary_paths(directory.path()) +
                      "    server_names_hash_bucket_size 128;\n" + Generator(GetParam()).servers(port) +
                      "}\n";
    const auto file = directory.write("nginx.conf", text);
    const auto document = read_file(file);
    ASSERT_TRUE(document) << document.error().what.en << text;
    const RealNginx nginx(directory.path(), file, port);
    for (const auto& host : hosts) {
        for (const auto& path : paths) {
            EXPECT_EQ(analysed(*document, port, host, path), answered(nginx.get(host, path)))
                << host << path << "\n"
                << text;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Random, NginxChoice, testing::Range(0U, 40U));

}  // namespace
}  // namespace gatewatch::probes::nginx::test
