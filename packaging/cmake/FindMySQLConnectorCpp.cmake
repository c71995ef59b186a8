# Finds MySQL Connector/C++ with its JDBC API: mysql/jdbc.h (versions 8 and 9) or cppconn/driver.h (Debian's 1.1.12).
# Debian's libmysqlcppconn-dev cannot be installed beside libboost1.81-dev, so packaging/install-packages unpacks its
# headers into build/mysqlcppconn; the library itself is that of libmysqlcppconn7v5.
set(_prefix ${CMAKE_SOURCE_DIR}/build/mysqlcppconn/usr)
find_path(MySQLConnectorCpp_INCLUDE_DIR NAMES mysql/jdbc.h cppconn/driver.h
          HINTS ${MYSQLCPPCONN_ROOT}/include ${_prefix}/include PATH_SUFFIXES mysql-cppconn)
find_library(MySQLConnectorCpp_LIBRARY NAMES mysqlcppconn libmysqlcppconn.so.7 HINTS ${MYSQLCPPCONN_ROOT}/lib)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MySQLConnectorCpp
    REQUIRED_VARS MySQLConnectorCpp_LIBRARY MySQLConnectorCpp_INCLUDE_DIR
    REASON_FAILURE_MESSAGE "run packaging/install-packages build, which unpacks its headers")

if(MySQLConnectorCpp_FOUND AND NOT TARGET MySQL::ConnectorCpp)
    add_library(MySQL::ConnectorCpp UNKNOWN IMPORTED)
    set_target_properties(MySQL::ConnectorCpp PROPERTIES
        IMPORTED_LOCATION ${MySQLConnectorCpp_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${MySQLConnectorCpp_INCLUDE_DIR})
endif()
