#include "probes/nginx/reader.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "probes/nginx/dump.hpp"
#include "probes/nginx/lexer.hpp"

namespace gatewatch::probes::nginx {
namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;
constexpr std::size_t most_files = 2000;
constexpr std::size_t most_directives = 200000;
constexpr unsigned deepest = 64;  // blocks and includes together

std::unexpected<ReadError> failed(std::string place, const Text& what) {
    return std::unexpected(ReadError{{place + ": " + what.en, place + ":" + what.zh}});
}

std::unexpected<ReadError> failed_at(const std::string& file, unsigned line, const Text& what) {
    return failed(fmt::format("{}:{}", file, line), what);
}

Text too_large() {
    return {"the configuration is larger than 16 MiB; give the output of nginx -T with fewer files",
            "配置超过 16 MiB；请改用文件更少的 nginx -T 输出"};
}

Text system_text(int error) {
    const auto message = std::error_code(error, std::generic_category()).message();
    if (error == EACCES) {
        return {message + "; let the agent's user read it, or give it a file with the output of nginx -T",
                message + "；请让运行用户可以读取该文件，或改为提供保存 nginx -T 输出的文件"};
    }
    return {message + "; correct the path", message + "；请更正路径"};
}

std::expected<std::string, Text> content_of(const std::string& path, std::size_t limit) {
    // Not blocking: a FIFO in conf.d must not hold a worker for ever.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return std::unexpected(system_text(errno));
    struct ::stat status{};
    std::string text;
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(file);
        return std::unexpected(Text{"not a regular file", "不是普通文件"});
    }
    char buffer[65536];
    ssize_t got = 0;
    while ((got = ::read(file, buffer, sizeof buffer)) > 0 && text.size() <= limit) {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    const int error = errno;
    ::close(file);
    if (got < 0) return std::unexpected(system_text(error));
    if (text.size() > limit) return std::unexpected(too_large());
    return text;
}

/// Blocks whose lines are data that nobody here asks for, and may be many.
bool is_data(const std::string& name) {
    return name == "types" || name == "geo" || name == "split_clients" || name == "charset_map";
}

class Reader {
  public:
    Reader(std::string main, const Files* files) : main_(std::move(main)), files_(files) {}

    std::expected<Document, ReadError> run(std::string text) {
        std::vector<Directive> top;
        if (auto done = parse_source(main_, std::move(text), top, 0, true); !done)
            return std::unexpected(done.error());
        document_.directives = std::move(top);
        return std::move(document_);
    }

  private:
    using Done = std::expected<void, ReadError>;

    Done parse_source(const std::string& name, std::string text, std::vector<Directive>& into, unsigned depth,
                      bool keep) {
        bytes_ += text.size();
        if (bytes_ > most_bytes) return failed(name, too_large());
        if (document_.sources.size() >= most_files)
            return failed(name, {"more than 2000 files are included", "引入的文件超过 2000 个"});
        const auto source = static_cast<std::uint32_t>(document_.sources.size());
        document_.sources.push_back({name, std::move(text)});
        // A copy: the vector of sources may move while includes are read.
        const std::string held = document_.sources[source].text;
        Lexer lexer(held);
        return parse_block(lexer, source, nullptr, into, depth, keep);
    }

    /// Up to the bracket that closes `parent`, or without one to the end of the file.
    Done parse_block(Lexer& lexer, std::uint32_t source, Directive* parent, std::vector<Directive>& into,
                     unsigned depth, bool keep) {
        const std::string file = document_.sources[source].name;
        for (;;) {
            auto words = lexer.next();
            if (!words) return failed_at(file, words.error().line, words.error().what);
            if (words->stop == Stop::end) {
                if (!parent) return {};
                return failed_at(file, parent->line,
                                 {"the block that opens here is never closed: a \"}\" is missing",
                                  "此处开始的块没有闭合：缺少“}”"});
            }
            if (words->stop == Stop::close) {
                if (!parent) return failed_at(file, words->line, {"unexpected \"}\"", "此处不应出现“}”"});
                parent->end = words->end;
                return {};
            }
            if (++directives_ > most_directives)
                return failed_at(file, words->line, {"more than 200000 directives", "指令超过 200000 条"});
            if (auto done = add(lexer, source, *words, into, depth, keep); !done) return done;
        }
    }

    Done add(Lexer& lexer, std::uint32_t source, Words& words, std::vector<Directive>& into, unsigned depth,
             bool keep) {
        const std::string file = document_.sources[source].name;
        Directive directive;
        directive.name = std::move(words.words.front());
        directive.args.assign(std::make_move_iterator(words.words.begin() + 1),
                              std::make_move_iterator(words.words.end()));
        directive.source = source;
        directive.line = words.line;
        directive.begin = words.begin;
        directive.end = directive.body = words.end;
        directive.block = words.stop == Stop::open;
        if (directive.name == "include" && !directive.block && directive.args.size() == 1) {
            if (!keep) return {};
            return include(directive, file, into, depth);
        }
        if (directive.block) {
            if (depth >= deepest)
                return failed_at(file, directive.line,
                                 {"blocks are nested more than 64 deep", "块的嵌套超过 64 层"});
            if (directive.name.ends_with("_by_lua_block")) {
                if (!lexer.skip_lua())
                    return failed_at(file, directive.line,
                                     {"the Lua block that opens here is never closed", "Lua 块没有闭合"});
                directive.end = lexer.position();
            } else {
                const bool keep_inside = keep && !is_data(directive.name);
                auto done =
                    parse_block(lexer, source, &directive, directive.children, depth + 1, keep_inside);
                if (!done) return done;
            }
        }
        if (keep) into.push_back(std::move(directive));
        return {};
    }

    Done include(const Directive& directive, const std::string& file, std::vector<Directive>& into,
                 unsigned depth) {
        std::filesystem::path wanted = directive.args.front();
        if (wanted.is_relative()) wanted = std::filesystem::path(main_).parent_path() / wanted;
        if (depth + 1 >= deepest)
            return failed_at(
                file, directive.line,
                {fmt::format("{} includes itself, or includes are nested more than 64 deep", wanted.native()),
                 fmt::format("{} 引入了自身，或引入嵌套超过 64 层", wanted.native())});
        const auto paths = matching(wanted.native());
        for (const auto& path : paths) {
            auto text = open(path);
            if (!text) {
                const auto& why = text.error();
                return failed_at(file, directive.line,
                                 {fmt::format("cannot read the included file {}: {}", path, why.en),
                                  fmt::format("无法读取引入的文件 {}:{}", path, why.zh)});
            }
            if (auto done = parse_source(path, std::move(*text), into, depth + 1, true); !done) return done;
        }
        return {};
    }

    /// As nginx does: a pattern may match nothing; a name without one must be there, which open() finds out.
    std::vector<std::string> matching(const std::string& pattern) const {
        if (pattern.find_first_of("*?[") == std::string::npos) return {pattern};
        std::vector<std::string> paths;
        if (files_) {
            for (const auto& [path, text] : *files_) {
                if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0)
                    paths.push_back(path);
            }
            return paths;
        }
        ::glob_t found{};
        if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
            paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
        ::globfree(&found);
        return paths;
    }

    std::expected<std::string, Text> open(const std::string& path) const {
        if (!files_) return content_of(path, most_bytes - bytes_);
        const auto found = files_->find(path);
        if (found != files_->end()) return found->second;
        return std::unexpected(Text{"the output of nginx -T does not hold it; save the output again, whole",
                                    "nginx -T 的输出中没有它；请重新保存完整的输出"});
    }

    std::string main_;
    const Files* files_;
    Document document_;
    std::size_t bytes_ = 0;
    std::size_t directives_ = 0;
};

}  // namespace

std::expected<Document, ReadError> read_text(std::string text, const std::string& name) {
    if (text.size() > most_bytes) return failed(name, too_large());
    if (auto dump = take_apart(text)) {
        std::string main = dump->files[dump->main];
        return Reader(dump->main, &dump->files).run(std::move(main));
    }
    return Reader(name, nullptr).run(std::move(text));
}

std::expected<Document, ReadError> read_file(const std::filesystem::path& path) {
    auto text = content_of(path.native(), most_bytes);
    if (!text) return failed(path.native(), text.error());
    return read_text(std::move(*text), path.native());
}

}  // namespace gatewatch::probes::nginx
