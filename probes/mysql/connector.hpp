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
