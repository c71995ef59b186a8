// What a line costs in each of the formats that PM2 and Nest write, of which one in a hundred says something:
// by Google Benchmark, for whoever changes the parser. Run by tests/bench/run, which judges none of it.
#include <benchmark/benchmark.h>

#include <functional>

#include "probes/pm2/line_parser.hpp"
#include "tests/bench/chinese_log.hpp"

namespace {

using namespace gatewatch;
using namespace gatewatch::probes::pm2;
using Wrap = std::function<std::string(const std::string& line)>;

std::string block_of(const Wrap& wrap) {
    bench::ChineseLog log;
    std::string block;
    while (block.size() < 1024 * 1024) {
        auto line = log.line();
        line.pop_back();
        block += wrap(line) + '\n';
    }
    return block;
}

void parse(benchmark::State& state, const Wrap& wrap, Patterns patterns) {
    const LineParser parser(std::move(patterns));
    const auto block = block_of(wrap);
    for (auto round : state) {
        CutLines cuts;
        std::size_t events = 0;
        parser.parse_block(block, cuts, [&](const ParsedLine& line) { events += line.events.size(); });
        benchmark::DoNotOptimize(events);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * block.size()));
}

std::string plain(const std::string& line) {
    return line;
}
std::string with_time(const std::string& line) {
    return "2026-11-22T14:02:59: " + line;
}
std::string pm2_json(const std::string& line) {
    return R"({"message":")" + line +
           R"(\n","timestamp":"2026-11-22T14:02:59","type":"out","process_id":0,"app_name":"nest-backend"})";
}
std::string nest(const std::string& line) {
    return "\x1b[32m[Nest] 4711  - \x1b[39m11/22/2026, 2:03:25 PM \x1b[32m    LOG\x1b[39m "
           "\x1b[38;5;3m[ImGateway] "
           "\x1b[39m\x1b[32m" +
           line + "\x1b[39m";
}

Patterns own_words() {
    return Patterns({{"attempt", {R"(客户端 (?P<sid>[\w-]{20}) 尝试连接)"}},
                     {"accepted", {"Token 验证成功"}},
                     {"rejected_expired", {"Token (已过期|失效)"}}});
}

BENCHMARK_CAPTURE(parse, plain, plain, Patterns());
BENCHMARK_CAPTURE(parse, time, with_time, Patterns());
BENCHMARK_CAPTURE(parse, pm2_json, pm2_json, Patterns());
BENCHMARK_CAPTURE(parse, nest, nest, Patterns());
BENCHMARK_CAPTURE(parse, plain_patterns, plain, own_words());

}  // namespace

BENCHMARK_MAIN();
