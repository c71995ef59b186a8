gatewatch_unit_test(agent
    agent/collect_test.cpp
    agent/command_line_test.cpp
    agent/evidence_store_test.cpp
    agent/follow_up_test.cpp
    agent/gateway_collectors_test.cpp
    agent/gateway_watch_log_test.cpp
    agent/gateway_watch_test.cpp
    agent/history_test.cpp
    agent/languages_test.cpp
    agent/live_checklist_test.cpp
    agent/lint_nginx_test.cpp
    agent/logging_test.cpp
    agent/polled_sample_test.cpp
    agent/probe_runs_test.cpp
    agent/recorder_test.cpp
    agent/schedule_test.cpp
    agent/signals_test.cpp
    agent/token_command_test.cpp
    agent/page_test.cpp
    agent/web_path_test.cpp
    agent/web_run_test.cpp
    agent/web_limits_test.cpp
    agent/web_refusals_test.cpp
    agent/web_test.cpp
    agent/diagnosis_auth_test.cpp
    agent/diagnosis_backend_test.cpp
    agent/diagnosis_causes_test.cpp
    agent/diagnosis_faults_test.cpp
    agent/diagnosis_files_test.cpp
    agent/diagnosis_fixes_test.cpp
    agent/diagnosis_pairs_test.cpp
    agent/diagnosis_proxy_test.cpp
    agent/diagnosis_scenes.cpp
    agent/diagnosis_seldom_test.cpp
    agent/diagnosis_sessions_test.cpp
    agent/diagnosis_texts_test.cpp
    agent/diagnosis_timeline_test.cpp
    agent/diagnosis_token_test.cpp
    agent/readme_names_test.cpp
    agent/report_test.cpp
    agent/validate_test.cpp
    agent/verdict_log_test.cpp
    probes/mysql_test_server.cpp)
target_link_libraries(unit_agent PRIVATE MySQL::ConnectorCpp)
set_source_files_properties(agent/readme_names_test.cpp PROPERTIES
    COMPILE_DEFINITIONS GATEWATCH_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(unit_agent PRIVATE PkgConfig::archive)
