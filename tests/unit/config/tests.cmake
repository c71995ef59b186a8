gatewatch_unit_test(config
    config/bad_files_test.cpp
    config/documents_test.cpp
    config/duration_test.cpp
    config/languages_test.cpp
    config/loader_test.cpp
    config/nginx_log_format_test.cpp
    config/secret_files_test.cpp
    config/secret_test.cpp
    config/settings_test.cpp
    config/text_limits_test.cpp)
target_compile_definitions(unit_config PRIVATE GATEWATCH_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
