// Reading nginx's language: words, includes, the output of `nginx -T`, and what is refused with its place.
#include <sys/stat.h>

#include "probes/nginx/reader.hpp"
#include "tests/unit/probes/nginx_fixture.hpp"

namespace gatewatch::probes::nginx::test {
namespace {

std::string error_of(const std::string& text) {
    const auto document = read_text(text, "n.conf");
    return document ? "read" : document.error().what.en;
}

std::vector<std::string> words_of(const std::string& text) {
    const auto document = read_text(text, "n.conf");
    if (!document) return {document.error().what.en};
    std::vector<std::string> words{document->directives.front().name};
    for (const auto& word : document->directives.front().args) words.push_back(word);
    return words;
}

TEST(NginxReader, cuts_words_as_nginx_does) {
    EXPECT_THAT(words_of("a b\tc\r\n d;"), ElementsAre("a", "b", "c", "d"));
    EXPECT_THAT(words_of("a 'b ; c' \"{d}\";"), ElementsAre("a", "b ; c", "{d}"));
    EXPECT_THAT(words_of("a b#c; # comment"), ElementsAre("a", "b#c"));
    EXPECT_THAT(words_of("a ${b}c $d{e;}"), ElementsAre("a", "${b}c", "$d"));
    EXPECT_THAT(words_of(R"(a \;b "c\"d" 'e\'f' g\n \.h;)"),
                ElementsAre("a", "\\;b", "c\"d", "e'f", "g\n", "\\.h"));
    EXPECT_THAT(words_of("if ($a = \"\") { }"), ElementsAre("if", "($a", "=", "", ")"));
    EXPECT_THAT(words_of("\xEF\xBB\xBFuser root;"), ElementsAre("user", "root"));
}

TEST(NginxReader, says_the_line_of_what_it_cannot_read) {
    EXPECT_EQ(error_of("a;\nhttp {\n b;\n"),
              "n.conf:2: the block that opens here is never closed: a \"}\" is missing");
    EXPECT_EQ(error_of("a;\n}\n"), "n.conf:2: unexpected \"}\"");
    EXPECT_EQ(error_of("a;\n\n b 'c;\n"), "n.conf:3: the quote that opens here is never closed");
    EXPECT_EQ(error_of("a\nb"), "n.conf:2: the file ends before the \";\" of this directive");
    EXPECT_EQ(error_of("a 'b'c;"), "n.conf:1: unexpected \"c\"");
    EXPECT_EQ(error_of("a;\n;"), "n.conf:2: unexpected \";\"");
    EXPECT_THAT(error_of("a\\"), HasSubstr("n.conf:1"));
    EXPECT_THAT(error_of(std::string("a;\n\0", 4)), HasSubstr("n.conf:2: there is a zero byte"));
    EXPECT_THAT(error_of("a " + std::string(5000, 'x') + ";"), HasSubstr("n.conf:1: a word longer"));
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "a {";
    EXPECT_THAT(error_of(deep), HasSubstr("more than 64 deep"));
    EXPECT_THAT(error_of(std::string((std::size_t{16} << 20) + 1, ' ')), HasSubstr("larger than 16 MiB"));
}

TEST(NginxReader, passes_over_lua_blocks_whole) {
    const auto document = read_text(
        "location / {\n access_by_lua_block {\n  local a = '}' -- }\n  --[[ } ]]\n"
        "  local b = [==[ } ]==]\n  if x then y = { 1 } end\n }\n return 200;\n}",
        "n.conf");
    ASSERT_TRUE(document) << document.error().what.en;
    const auto& location = document->directives.front();
    ASSERT_EQ(location.children.size(), 2U);
    EXPECT_EQ(location.children[1].name, "return");
    EXPECT_EQ(location.children[1].line, 8U);
    EXPECT_EQ(error_of("content_by_lua_block {\n '}\n"),
              "n.conf:1: the Lua block that opens here is never closed");
}

TEST(NginxReader, puts_included_files_where_they_stand) {
    const Directory directory;
    const auto main =
        directory.write("nginx.conf", "http {\n include conf.d/*.conf;\n include none/*.conf;\n}\n");
    directory.write("conf.d/b.conf", "two;\n");
    directory.write("conf.d/a.conf", "\none;\n");
    directory.write("conf.d/.hidden.conf", "never;\n");
    const auto document = read_file(main);
    ASSERT_TRUE(document) << document.error().what.en;
    const auto& http = document->directives.front().children;
    ASSERT_EQ(http.size(), 2U);
    EXPECT_EQ(http[0].name, "one");
    EXPECT_EQ(http[0].line, 2U);
    EXPECT_EQ(document->sources[http[0].source].name, (directory.path() / "conf.d/a.conf").native());
    EXPECT_EQ(http[1].name, "two");
}

TEST(NginxReader, an_included_file_that_is_missing_is_an_error_with_the_includes_place) {
    const Directory directory;
    const auto main = directory.write("nginx.conf", "events {}\ninclude gone.conf;\n");
    const auto document = read_file(main);
    ASSERT_FALSE(document);
    EXPECT_THAT(document.error().what.en, HasSubstr("nginx.conf:2: cannot read the included file"));
    EXPECT_THAT(document.error().what.en, HasSubstr("No such file or directory"));
    EXPECT_THAT(document.error().what.zh, HasSubstr("nginx.conf:2:无法读取引入的文件"));
}

TEST(NginxReader, a_file_that_includes_itself_and_a_fifo_end_in_an_error) {
    const Directory directory;
    const auto main = directory.write("nginx.conf", "include nginx.conf;\n");
    const auto cycle = read_file(main);
    ASSERT_FALSE(cycle);
    EXPECT_THAT(cycle.error().what.en, HasSubstr("nginx.conf:1: "));
    EXPECT_THAT(cycle.error().what.en, HasSubstr("includes itself"));
    const auto pipe = directory.path() / "pipe.conf";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const auto fifo = read_file(pipe);
    ASSERT_FALSE(fifo);
    EXPECT_THAT(fifo.error().what.en, HasSubstr("not a regular file"));
}

TEST(NginxReader, takes_the_output_of_nginx_T_apart) {
    const auto sample = look(
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
        "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp {\n    include sites-enabled/*;\n}\n\n"
        "# configuration file /etc/nginx/sites-enabled/im:\r\nserver {\n    server_name im.example.com;\n"
        "    location /socket.io/ {\n        proxy_pass http://127.0.0.1:7002/;\n    }\n}\n\n");
    ASSERT_TRUE(sample.up) << sample.detail.en;
    EXPECT_EQ(sample.file, "/etc/nginx/sites-enabled/im");
    EXPECT_EQ(sample.line, 3U);
    EXPECT_EQ(finding_of(sample, NginxFault::path_rewritten).line, 4U);
    const auto torn = look("# configuration file /etc/nginx/nginx.conf:\nhttp { include mime.types; }\n");
    EXPECT_FALSE(torn.up);
    EXPECT_THAT(torn.detail.en, HasSubstr("/etc/nginx/nginx.conf:1: cannot read the included file "
                                          "/etc/nginx/mime.types: the output of nginx -T does not hold it"));
}

TEST(NginxReader, says_what_to_do_when_there_is_nothing_to_look_at) {
    EXPECT_THAT(look("events {}\n").detail.en, HasSubstr("neither an http nor a server block"));
    auto lonely = gateway();
    lonely.routes.erase(lonely.routes.begin());
    EXPECT_THAT(look("http { server { } }", lonely).detail.en, HasSubstr("no public route"));
    auto missing = gateway();
    missing.nginx.emplace().config = "/nonexistent/nginx.conf";
    EXPECT_THAT(inspect(missing, std::nullopt).detail.en,
                HasSubstr("/nonexistent/nginx.conf: No such file or directory; correct the path"));
}

}  // namespace
}  // namespace gatewatch::probes::nginx::test
