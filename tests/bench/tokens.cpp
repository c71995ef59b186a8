// What counting the token table costs on a database of ten million rows: a sample's time beside that of the
// plain queries that say the same, what a missing index does to it, and what the backend's own queries feel
// of a sampler that runs three times as often as it does by default. Prints a table of figures, the
// promises among them, and fails if one is broken. Run by tests/bench/run; starts a MariaDB of its own, which
// takes 4 GB of disk and some minutes. GATEWATCH_BENCH_ROWS: how many rows.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/token_table.hpp"
#include "tests/unit/probes/mysql_test_server.hpp"

namespace {

using namespace std::chrono_literals;
using gatewatch::probes::MysqlSample;
using gatewatch::probes::mysql::TokenTable;
using gatewatch::probes::test::MysqlServer;
using Milliseconds = std::chrono::duration<double, std::milli>;
using std::chrono::steady_clock;

constexpr auto phase = 10s;
constexpr auto between_samples = 5s;
constexpr auto between_lookups = 5ms;
constexpr int lookups_for_a_login = 10;

template <class Action>
double time_of(Action action) {
    const auto since = steady_clock::now();
    action();
    return Milliseconds(steady_clock::now() - since).count();
}

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void row(const std::string& what, const std::string& value, const std::string& note = "") {
    fmt::print("{:<64} {:>14}  {}\n", what, value, note);
    std::fflush(stdout);
}

std::string in_ms(double value) {
    return fmt::format("{:.2f} ms", value);
}

/// A tenth revoked, a tenth valid for up to a month, the rest expired: each state beyond where counting
/// stops.
void fill(const MysqlServer& server, long rows) {
    server.execute(
        {"SET GLOBAL innodb_flush_log_at_trx_commit = 0",
         fmt::format(
             "INSERT INTO im_system.user_tokens (id, user_id, token, is_revoked, expires_at, created_at) "
             "SELECT seq, seq % 50000 + 1, CONCAT('token-', LPAD(seq, 10, '0'), REPEAT('x', 40)), "
             "seq % 10 = 0, NOW() + INTERVAL (IF(seq % 10 = 1, 1, -1) * CAST(seq % 2592000 AS SIGNED)) "
             "SECOND, "
             "NOW() - INTERVAL (seq % 5184000) SECOND FROM im_system.seq_1_to_{}",
             rows)});
}

/// The server's time on a processor so far.
double server_ms(const MysqlServer& server) {
    double total = 0;
    for (const auto& thread :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/task", server.pid()))) {
        std::uint64_t nanoseconds = 0;
        std::ifstream(thread.path() / "schedstat") >> nanoseconds;
        total += static_cast<double>(nanoseconds) / 1e6;
    }
    return total;
}

bool all_kept = true;

void promise(const std::string& what, double value, double most) {
    const bool kept = value <= most;
    all_kept = all_kept && kept;
    row("  promise: " + what, kept ? "kept" : "BROKEN", fmt::format("{:.3f}, at most {}", value, most));
}

/// The backend's life: it looks a token up for each connect, and now and then somebody logs in. At a fixed
/// rate, so that a slow answer does not spare the next ones. Milliseconds from when each was due to its
/// answer.
std::vector<double> backend(const MysqlServer& server, long rows) {
    const auto connection = server.connect();
    connection->setSchema("im_system");
    const std::unique_ptr<sql::PreparedStatement> lookup(
        connection->prepareStatement("SELECT * FROM user_tokens WHERE token = ? AND is_revoked = 0"));
    const std::unique_ptr<sql::PreparedStatement> login(connection->prepareStatement(
        "INSERT INTO user_tokens (user_id, token, expires_at) VALUES (?, UUID(), NOW() + INTERVAL 4 HOUR)"));
    std::vector<double> took;
    const auto begin = steady_clock::now();
    std::uint64_t random = 88172645463325252ULL;
    for (int i = 0; begin + i * between_lookups < begin + phase; ++i) {
        const auto due = begin + i * between_lookups;
        std::this_thread::sleep_until(due);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        const long any = static_cast<long>(random % static_cast<std::uint64_t>(rows)) + 1;
        if (i % lookups_for_a_login == 0) {
            login->setInt64(1, any % 50000 + 1);
            login->execute();
        } else {
            lookup->setString(1, fmt::format("token-{:010}{}", any, std::string(40, 'x')));
            const std::unique_ptr<sql::ResultSet> found(lookup->executeQuery());
            found->next();
        }
        took.push_back(Milliseconds(steady_clock::now() - due).count());
    }
    return took;
}

std::vector<double> backend_beside_a_sampler(const MysqlServer& server, long rows) {
    std::atomic<bool> ended = false;
    std::jthread sampler([&] {
        TokenTable table(server.settings());
        while (!ended) {
            static_cast<void>(table.sample({}));
            const auto next = steady_clock::now() + between_samples;
            while (!ended && steady_clock::now() < next) std::this_thread::sleep_for(50ms);
        }
    });
    auto took = backend(server, rows);
    ended = true;
    return took;
}

void compare_backend(const MysqlServer& server, long rows, const std::string& how) {
    std::vector<double> alone;
    std::vector<double> beside;
    backend(server, rows);  // warms the cache
    for (int round = 0; round < 3; ++round) {
        std::ranges::copy(backend(server, rows), std::back_inserter(alone));
        std::ranges::copy(backend_beside_a_sampler(server, rows), std::back_inserter(beside));
    }
    for (const double share : {0.5, 0.99}) {
        const double before = quantile(alone, share);
        const double with = quantile(beside, share);
        row(fmt::format("backend's queries, p{:.0f}, {}", share * 100, how), in_ms(with),
            fmt::format("x {:.2f} of {} without the sampler", with / before, in_ms(before)));
        if (share == 0.5)
            promise("the sampler adds little to the backend's usual query", with / before, 1.25);
    }
}

/// The server's CPU time for a sample, at the median: it means the same on a busy machine.
double time_samples(const MysqlServer& server, const std::string& how, int rounds) {
    TokenTable table(server.settings());
    std::vector<double> took;
    std::vector<double> busy;
    MysqlSample last;
    for (int i = 0; i < rounds; ++i) {
        const double before = server_ms(server);
        took.push_back(time_of([&] { last = table.sample({}); }));
        busy.push_back(server_ms(server) - before);
    }
    row(fmt::format("first sample, with its connection, {}", how), in_ms(took.front()));
    row(fmt::format("sample, median, {}", how), in_ms(quantile(took, 0.5)),
        fmt::format("longest {}; the server's CPU {}", in_ms(quantile(took, 1)), in_ms(quantile(busy, 0.5))));
    if (!last.up) row("  which says", "", last.detail.en);
    return quantile(busy, 0.5);
}

double time_query(const MysqlServer& server, const std::string& what, const std::string& statement) {
    std::vector<double> took;
    std::vector<double> busy;
    for (int i = 0; i < 3; ++i) {
        const double before = server_ms(server);
        took.push_back(time_of([&] { static_cast<void>(server.query(statement)); }));
        busy.push_back(server_ms(server) - before);
    }
    row(what, in_ms(quantile(took, 0.5)), fmt::format("the server's CPU {}", in_ms(quantile(busy, 0.5))));
    return quantile(busy, 0.5);
}

}  // namespace

int main() {
    const char* asked = std::getenv("GATEWATCH_BENCH_ROWS");
    const long rows = asked != nullptr ? std::atol(asked) : 10'000'000;
    const std::vector<std::string> options = {"--innodb-buffer-pool-size=2G", "--innodb-log-file-size=1G",
                                              "--innodb-doublewrite=0"};
    MysqlServer server(options);
    server.reset();
    row(fmt::format("filling {} rows", rows),
        fmt::format("{:.0f} s", time_of([&] { fill(server, rows); }) / 1e3));
    const double first = time_of([&] { time_samples(server, "without the index", 1); });
    promise("without the index the server ends it, ms", first, 2500);
    compare_backend(server, rows, "without the index");
    const double making = time_of(
        [&] { server.execute({"CREATE INDEX by_state ON im_system.user_tokens (is_revoked, expires_at)"}); });
    row("making the index (is_revoked, expires_at)", fmt::format("{:.0f} s", making / 1e3));
    const double sample = time_samples(server, "with the index", 21);
    const double scan =
        time_query(server, "its peer: one scan with SUM(CASE …)",
                   "SELECT SUM(CASE WHEN is_revoked = 0 AND expires_at > NOW() THEN 1 ELSE 0 END), "
                   "SUM(CASE WHEN is_revoked = 0 AND expires_at <= NOW() THEN 1 ELSE 0 END), "
                   "SUM(CASE WHEN is_revoked <> 0 THEN 1 ELSE 0 END) FROM im_system.user_tokens");
    const double counts = time_query(
        server, "its peer: exact COUNT(*)s along the index",
        "SELECT (SELECT COUNT(*) FROM im_system.user_tokens WHERE is_revoked = 0 AND expires_at > NOW()), "
        "(SELECT COUNT(*) FROM im_system.user_tokens WHERE is_revoked = 0 AND expires_at <= NOW()), "
        "(SELECT COUNT(*) FROM im_system.user_tokens WHERE is_revoked = 1)");
    promise("a sample takes a small part of the scan", sample / scan, 0.05);
    promise("a sample takes a small part of the exact counts", sample / counts, 0.05);
    compare_backend(server, rows, "with the index");
    return all_kept ? 0 : 1;
}
