// Turns what the database or the library said into a line for a person: what failed, where, what to do. Pure,
// so that every sentence is tested without a server. Used by token_table.cpp.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "config/text.hpp"
#include "probes/mysql/reach.hpp"

namespace gatewatch::probes::mysql {

/// What the collector was at when it failed.
enum class Step { connect, query };

struct Fault {
    int code = 0;         ///< the server's or the library's error number
    std::string message;  ///< its text
    Step step = Step::query;
    bool slow = false;  ///< it came only when the client's own time limit had passed
    Reached reached;    ///< what a plain TCP or socket connect said, where the library could not tell
};

/// "127.0.0.1:3306" or the path of the socket.
[[nodiscard]] std::string place_of(const config::MysqlSettings& settings);

/// Why the database could not be asked.
struct Failure {
    Text text;  ///< one line of at most max_evidence bytes each
    /// It is of the kind that meets the backend too: no connection, no answer, a lock. Not what the server
    /// refuses to the monitoring user.
    bool unreachable = false;
};

/// Without secrets as far as the server's text holds none.
[[nodiscard]] Failure describe(const Fault& fault, const config::MysqlSettings& settings);

/// CR_SSL_CONNECTION_ERROR: all that the library says of a connection over TLS, be it refused, lost or mute.
inline constexpr int tls_error = 2026;

/// The connection cannot be used any more.
[[nodiscard]] bool connection_is_lost(int code);

/// The server ended the statement by the limit that the session set.
[[nodiscard]] bool read_limit_reached(int code, std::string_view message);

/// A text of at most max_evidence bytes, cut at the border of a character.
[[nodiscard]] std::string cut(std::string text);

/// The user may not read that column, or it does not exist.
[[nodiscard]] bool column_is_out_of_reach(int code);

}  // namespace gatewatch::probes::mysql
