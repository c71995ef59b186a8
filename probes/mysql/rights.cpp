#include "probes/mysql/rights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "probes/evidence_text.hpp"
#include "probes/mysql/connector.hpp"
#include "probes/mysql/fault_text.hpp"
#include "probes/mysql/queries.hpp"

namespace gatewatch::probes::mysql {
namespace {

constexpr std::size_t most_verbs = 5;
constexpr std::size_t most_objects = 4;
constexpr std::size_t most_roles = 20;

/// Splits a grant into words, commas and parentheses; a quoted name with what hangs on it is one word.
class Words {
  public:
    explicit Words(std::string_view text) : rest_(text) {}

    /// Empty at the end.
    std::string_view next() {
        while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0)
            rest_.remove_prefix(1);
        const auto word = rest_.substr(0, length());
        rest_.remove_prefix(word.size());
        return word;
    }

  private:
    std::size_t length() const {
        if (rest_.empty()) return 0;
        if (is_mark(rest_.front())) return 1;
        char quote = 0;
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (quote != 0) {
                if (c == quote) quote = 0;  // a doubled one opens again at once
            } else if (c == '`' || c == '\'' || c == '"') {
                quote = c;
            } else if (is_mark(c) || std::isspace(static_cast<unsigned char>(c)) != 0) {
                return i;
            }
        }
        return rest_.size();
    }
    static bool is_mark(char c) { return c == ',' || c == '(' || c == ')'; }

    std::string_view rest_;
};

bool same(std::string_view word, std::string_view keyword) {
    return std::ranges::equal(word, keyword,
                              [](unsigned char a, unsigned char b) { return std::toupper(a) == b; });
}

/// Database and table as a person writes them, without the backquotes.
std::string plain_name(std::string_view name) {
    std::string result(name);
    std::erase(result, '`');
    return result;
}

void append_word(std::string& phrase, std::string_view word) {
    if (!phrase.empty()) phrase += ' ';
    phrase += word;
}

bool is_harmless(std::string_view verb) {
    return same(verb, "SELECT") || same(verb, "USAGE");
}

std::string in_quotes(std::string_view account) {
    const auto at = account.rfind('@');
    if (at == std::string_view::npos) return fmt::format("'{}'", account);
    return fmt::format("'{}'@'{}'", account.substr(0, at), account.substr(at + 1));
}

std::vector<std::string> first_column(sql::Connection& connection, const std::string& text) {
    const std::unique_ptr<sql::Statement> statement(connection.createStatement());
    const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery(text));
    std::vector<std::string> lines;
    while (rows->next()) lines.push_back(rows->getString(1).asStdString());
    return lines;
}

/// Collects what an account may do, its own and through roles and the roles of roles.
class Rights {
  public:
    explicit Rights(sql::Connection& connection) : connection_(connection) {}

    void read() {
        take("SHOW GRANTS FOR CURRENT_USER()");
        if (roles.empty()) return;
        for (std::size_t i = 0; i < roles.size() && i < most_roles; ++i) {
            if (!take_using(roles[i])) return take_as_roles();
        }
    }

    std::vector<std::string> excess;
    std::vector<std::string> roles;

  private:
    void take(const std::string& statement) {
        for (const auto& line : first_column(connection_, statement)) {
            const auto grant = parse_grant(line);
            if (!grant) continue;
            if (auto beyond = excess_of(*grant); !beyond.empty()) add(excess, std::move(beyond));
            for (const auto& role : grant->roles) add(roles, role);
        }
    }

    /// MySQL alone knows USING. A role's own roles are among its grants.
    bool take_using(std::string role) {
        try {
            take("SHOW GRANTS FOR CURRENT_USER() USING " + role);
            return true;
        } catch (const sql::SQLException& error) {
            if (connection_is_lost(error.getErrorCode())) throw;
            return false;
        }
    }

    /// MariaDB shows a role's rights, and those of its own roles, to whoever has taken it on.
    void take_as_roles() {
        const auto before = first_column(connection_, "SELECT IFNULL(CURRENT_ROLE(), '')");
        const auto granted = roles;
        for (const auto& role : granted) {
            try {
                execute("SET ROLE " + role);
                take("SHOW GRANTS FOR CURRENT_ROLE");
            } catch (const sql::SQLException& error) {  // taken away just now
                if (connection_is_lost(error.getErrorCode())) throw;
            }
        }
        const bool none = before.empty() || before.front().empty();
        execute("SET ROLE " + (none ? "NONE" : in_backquotes(before.front())));
    }

    void execute(const std::string& text) {
        const std::unique_ptr<sql::Statement> statement(connection_.createStatement());
        statement->execute(text);
    }

    static void add(std::vector<std::string>& list, std::string item) {
        if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
    }

    sql::Connection& connection_;
};

}  // namespace

std::optional<Grant> parse_grant(std::string_view line) {
    Words words(line);
    if (!same(words.next(), "GRANT")) return {};
    Grant grant;
    std::string phrase;
    std::vector<std::string> phrases;
    int depth = 0;
    std::string_view word = words.next();
    for (; !word.empty(); word = words.next()) {
        if (word == "(" || word == ")") {
            depth += word == "(" ? 1 : -1;  // the columns that the verb before it is about
        } else if (depth > 0) {
            continue;
        } else if (word == ",") {
            phrases.push_back(std::move(phrase));
            phrase.clear();
        } else if (same(word, "ON") || same(word, "TO")) {
            break;
        } else {
            append_word(phrase, word);
        }
    }
    if (!phrase.empty()) phrases.push_back(std::move(phrase));
    if (word.empty()) return {};
    if (same(word, "TO")) {
        grant.roles = std::move(phrases);
        return grant;
    }
    grant.verbs = std::move(phrases);
    for (word = words.next(); !word.empty() && !same(word, "TO"); word = words.next())
        append_word(grant.object, plain_name(word));
    // Whatever stands between the account and the end may be a password's hash: only GRANT OPTION is taken.
    for (std::string_view before; !word.empty(); before = word, word = words.next()) {
        if (same(before, "GRANT") && same(word, "OPTION")) grant.verbs.emplace_back("GRANT OPTION");
    }
    return grant;
}

std::string excess_of(const Grant& grant) {
    std::vector<std::string> beyond;
    std::ranges::remove_copy_if(grant.verbs, std::back_inserter(beyond), is_harmless);
    if (beyond.empty()) return {};
    const auto left_out = beyond.size() > most_verbs ? beyond.size() - most_verbs : 0;
    beyond.resize(beyond.size() - left_out);
    return fmt::format("{}{} ON {}", fmt::join(beyond, ", "),
                       left_out > 0 ? fmt::format(", … ({})", left_out) : "", printable(grant.object, 80));
}

MysqlWarning excess_warning(std::string_view account, const std::vector<std::string>& excess,
                            const std::vector<std::string>& roles, const config::MysqlSettings& settings) {
    const std::vector<std::string> shown(
        excess.begin(), excess.begin() + static_cast<std::ptrdiff_t>(std::min(excess.size(), most_objects)));
    const auto list = fmt::format(
        "{}{}", fmt::join(shown, "; "),
        excess.size() > shown.size() ? fmt::format("; … ({})", excess.size() - shown.size()) : "");
    // Another program's account would lose what it needs: gatewatch gets one of its own instead.
    const bool own = settings.user == "gatewatch";
    const auto host = account.substr(std::min(account.rfind('@'), account.size()));
    const auto user = own ? in_quotes(account) : in_quotes(fmt::format("gatewatch{}", host));
    auto mend = own ? fmt::format("REVOKE ALL PRIVILEGES, GRANT OPTION FROM {}; ", user)
                    : fmt::format("CREATE USER {} IDENTIFIED BY '…'; ", user);
    if (own && !roles.empty()) mend += fmt::format("REVOKE {} FROM {}; ", fmt::join(roles, ", "), user);
    mend +=
        fmt::format("GRANT SELECT (id, user_id, is_revoked, expires_at, created_at, token) ON {}.{} TO {}",
                    settings.database, settings.table, user);
    const auto text = say("mysql {}: user '{}' may do more than SELECT: {}; it needs no more than this: {}",
                          "mysql {}：用户 '{}' 的权限超出 SELECT：{}；它只需要：{}", place_of(settings),
                          settings.user, list, mend);
    return {MysqlWarningKind::excess_rights, {cut(text.en), cut(text.zh)}};
}

std::optional<MysqlWarning> check_rights(sql::Connection& connection, const config::MysqlSettings& settings) {
    try {
        Rights rights(connection);
        rights.read();
        if (rights.excess.empty()) return {};
        const auto account = first_column(connection, "SELECT CURRENT_USER()");
        return excess_warning(account.empty() ? settings.user : account.front(), rights.excess, rights.roles,
                              settings);
    } catch (const sql::SQLException& error) {
        if (connection_is_lost(error.getErrorCode())) throw;
        return {};
    }
}

}  // namespace gatewatch::probes::mysql
