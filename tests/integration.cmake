# Tests against the reference deployment: real nginx, NestJS under PM2, MariaDB and Prometheus, brought up once for all
# of them and taken down at the end. They change it, so one at a time.
set(stack_tool ${CMAKE_SOURCE_DIR}/tests/stack/stack)
set(stack_dir ${CMAKE_BINARY_DIR}/stack)

# gatewatch_stack(fixture directory options...): a deployment that is up while tests need the fixture.
function(gatewatch_stack fixture directory)
    add_test(NAME ${fixture}:up COMMAND ${stack_tool} up --dir ${directory} ${ARGN})
    set_tests_properties(${fixture}:up PROPERTIES FIXTURES_SETUP ${fixture} LABELS integration TIMEOUT 300)
    add_test(NAME ${fixture}:down COMMAND ${stack_tool} down --dir ${directory})
    set_tests_properties(${fixture}:down PROPERTIES FIXTURES_CLEANUP ${fixture} LABELS integration TIMEOUT 60)
endfunction()

gatewatch_stack(stack ${stack_dir} --agent $<TARGET_FILE:gatewatch> --prometheus --interval 2s --timeout 1500ms)

# gatewatch_stack_test(NAME name TIMEOUT seconds COMMAND ...)
function(gatewatch_stack_test)
    cmake_parse_arguments(arg "" "NAME;TIMEOUT" "COMMAND" ${ARGN})
    add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
    set_tests_properties(${arg_NAME} PROPERTIES
        FIXTURES_REQUIRED stack RESOURCE_LOCK stack LABELS integration TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "GATEWATCH_STACK_DIR=${stack_dir};GATEWATCH=$<TARGET_FILE:gatewatch>")
endfunction()

set(faults ${CMAKE_CURRENT_SOURCE_DIR}/faults)
foreach(fault IN ITEMS
        nginx-no-location nginx-no-upgrade nginx-wrong-port nginx-path-rewritten nginx-short-timeout nginx-stopped
        nginx-no-http11 nginx-buffering-on backend-stopped backend-frozen database-stopped database-locked
        token-expired token-revoked token-unknown token-missing cluster-not-sticky)
    gatewatch_stack_test(NAME fault:${fault} TIMEOUT 150 COMMAND node ${faults}/fault.mjs ${fault})
endforeach()
gatewatch_stack_test(NAME fault:list_is_complete TIMEOUT 30 COMMAND node ${faults}/complete.mjs
                     ${CMAKE_CURRENT_LIST_FILE} ${stack_tool})
# The limit is beyond the sum of what each of them waits for, so that a test says itself what did not come.
foreach(subject IN ITEMS reports lifetime resources)
    gatewatch_stack_test(NAME agent:${subject} TIMEOUT 900 COMMAND node --test ${faults}/${subject}.test.mjs)
endforeach()
# The attempts of these two's agents would count as users' while the reports are tested.
set_tests_properties(agent:lifetime agent:resources PROPERTIES DEPENDS agent:reports)

# The wire as the reference documents describe it, without an agent whose connections would stand between the lines.
gatewatch_stack(wire_stack ${CMAKE_BINARY_DIR}/wire-stack)
add_test(NAME wire COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/stack/wire.test.mjs)
set_tests_properties(wire PROPERTIES FIXTURES_REQUIRED wire_stack RESOURCE_LOCK stack LABELS integration TIMEOUT 300
                                     ENVIRONMENT "GATEWATCH_STACK_DIR=${CMAKE_BINARY_DIR}/wire-stack")
