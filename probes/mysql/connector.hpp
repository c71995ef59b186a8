// The one place that knows which MySQL Connector/C++ is there: 8 and 9 bring mysql/jdbc.h, Debian's 1.1.12
// has its headers apart. Included only by the .cpp files of this folder that speak to the database.
#pragma once

#if __has_include(<mysql/jdbc.h>)
#include <mysql/jdbc.h>
#else
#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>
#endif

#include <string>

namespace gatewatch::probes::mysql {

/// TLS or no connection: the password goes only to a server whose certificate one of these CAs has signed,
/// for the host that is asked for.
inline void demand_tls(sql::ConnectOptionsMap& options, const std::string& ca_file) {
    options["sslCA"] = sql::SQLString(ca_file);
#if __has_include(<mysql/jdbc.h>)
    options["OPT_SSL_MODE"] = static_cast<int>(sql::SSL_MODE_VERIFY_IDENTITY);
#else
    options["sslVerify"] = true;  // OPT_SSL_MODE has no effect on libmariadb, nor does sslEnforce
#endif
}

/// Lets MySQL's caching_sha2_password hide the password with the server's own key where there is no TLS.
/// libmariadb asks for that key by itself.
inline void allow_server_key([[maybe_unused]] sql::ConnectOptionsMap& options) {
#if __has_include(<mysql/jdbc.h>)
    options["OPT_GET_SERVER_PUBLIC_KEY"] = true;
#endif
}

}  // namespace gatewatch::probes::mysql
