#include "probes/mysql/extra_counts.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/fault_text.hpp"

namespace gatewatch::probes::mysql {
namespace {

using namespace std::chrono_literals;

constexpr auto ages_interval = 5min;
constexpr auto users_interval = 15min;
/// What took longer than the limit would do so again.
constexpr auto after_limit = 1h;

}  // namespace

void ExtraCounts::forget() {
    by_age_ = {};
    users_without_token_.reset();
    for (Turn* turn : {&ages_, &users_}) {
        if (!turn->was_slow) turn->next.reset();
    }
}

bool ExtraCounts::attempt(Turn& turn, SteadyTime now, SteadyTime::duration interval,
                          const std::function<void()>& count) {
    turn = {now + interval, false};
    try {
        count();
        return true;
    } catch (const sql::SQLException& error) {
        const int code = error.getErrorCode();
        if (read_limit_reached(code, error.what())) turn = {now + after_limit, true};
        // What the server refuses leaves the connection as it was.
        const bool from_server = code >= 1000 && (code < 2000 || code >= 3000);
        return from_server && !connection_is_lost(code);
    }
}

bool ExtraCounts::add_to(MysqlSample& sample, sql::Connection& connection, const std::string& table,
                         const RevokedTest& test, Wanted wanted, SteadyTime now) {
    const auto due = [now](const Turn& turn) { return !turn.next || now >= *turn.next; };
    if (sample.capped[static_cast<std::size_t>(TokenState::valid)]) {
        forget();
        return true;
    }
    bool usable = true;
    if (wanted.ages && due(ages_)) {
        by_age_ = {};
        usable = attempt(ages_, now, ages_interval, [&] { count_ages(connection, table, test); });
    }
    if (usable && wanted.users && due(users_)) {
        users_without_token_.reset();
        usable = attempt(users_, now, users_interval, [&] { count_users(connection, table, test); });
    }
    sample.issued = by_age_;
    sample.users_without_token = users_without_token_;
    return usable;
}

void ExtraCounts::count_ages(sql::Connection& connection, const std::string& table, const RevokedTest& test) {
    const std::unique_ptr<sql::Statement> statement(connection.createStatement());
    const std::unique_ptr<sql::ResultSet> row(statement->executeQuery(issue_age_statement(table, test)));
    if (!row->next() || row->getUInt64(1) > count_cap) return;
    const auto dated = row->getUInt64(2);
    std::uint64_t younger = 0;
    for (const auto age : {IssueAge::hour, IssueAge::day, IssueAge::week}) {
        const auto index = static_cast<std::size_t>(age);
        const auto within = row->getUInt64(static_cast<std::uint32_t>(3 + index));
        by_age_[index] = within - younger;
        younger = within;
    }
    by_age_[static_cast<std::size_t>(IssueAge::older)] = dated - younger;
}

void ExtraCounts::count_users(sql::Connection& connection, const std::string& table,
                              const RevokedTest& test) {
    const std::unique_ptr<sql::Statement> statement(connection.createStatement());
    const std::unique_ptr<sql::ResultSet> row(statement->executeQuery(user_statement(table, test)));
    if (!row->next() || row->getUInt64(3) > count_cap) return;
    const auto all = row->getUInt64(1);
    users_without_token_ = all - std::min(all, row->getUInt64(2));
}

}  // namespace gatewatch::probes::mysql
