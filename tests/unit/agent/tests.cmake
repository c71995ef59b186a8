gatewatch_unit_test(agent
    agent/command_line_test.cpp
    agent/evidence_store_test.cpp
    agent/gateway_watch_log_test.cpp
    agent/gateway_watch_test.cpp
    agent/logging_test.cpp
    agent/recorder_test.cpp
    agent/schedule_test.cpp
    agent/signals_test.cpp
    agent/web_limits_test.cpp
    agent/web_refusals_test.cpp
    agent/web_test.cpp
    agent/diagnosis_auth_test.cpp
    agent/diagnosis_backend_test.cpp
    agent/diagnosis_faults_test.cpp
    agent/diagnosis_fixes_test.cpp
    agent/diagnosis_proxy_test.cpp
    agent/diagnosis_texts_test.cpp
    agent/diagnosis_timeline_test.cpp
    agent/diagnosis_token_test.cpp
    agent/readme_names_test.cpp
    agent/report_test.cpp
    agent/validate_test.cpp)
set_source_files_properties(agent/readme_names_test.cpp PROPERTIES
    COMPILE_DEFINITIONS GATEWATCH_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
