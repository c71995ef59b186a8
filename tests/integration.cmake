# Tests against the reference deployment: real nginx, NestJS under PM2, MariaDB and Prometheus, brought up once for all
# of them and taken down at the end. They change it, so one at a time; there are two of it, since they mostly wait.
set(stack_tool ${CMAKE_SOURCE_DIR}/tests/stack/stack)

# gatewatch_stack(fixture directory options...): a deployment that is up while tests need the fixture.
function(gatewatch_stack fixture directory)
    add_test(NAME ${fixture}:up COMMAND ${stack_tool} up --dir ${directory} ${ARGN})
    set_tests_properties(${fixture}:up PROPERTIES FIXTURES_SETUP ${fixture} LABELS integration TIMEOUT 300)
    add_test(NAME ${fixture}:down COMMAND ${stack_tool} down --dir ${directory})
    set_tests_properties(${fixture}:down PROPERTIES FIXTURES_CLEANUP ${fixture} LABELS integration TIMEOUT 60)
endfunction()

foreach(stack IN ITEMS stack second_stack)
    gatewatch_stack(${stack} ${CMAKE_BINARY_DIR}/${stack} --agent $<TARGET_FILE:gatewatch> --prometheus --interval 1s
                    --timeout 1500ms --ping-interval 2s --hold-interval 3s --hold-timeout 8s)
endforeach()

# gatewatch_stack_test(NAME name TIMEOUT seconds [STACK stack|second_stack] COMMAND ...)
function(gatewatch_stack_test)
    cmake_parse_arguments(arg "" "NAME;TIMEOUT;STACK" "COMMAND" ${ARGN})
    if(NOT arg_STACK)
        set(arg_STACK stack)
    endif()
    add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
    set_tests_properties(${arg_NAME} PROPERTIES
        FIXTURES_REQUIRED ${arg_STACK} RESOURCE_LOCK ${arg_STACK} LABELS integration TIMEOUT ${arg_TIMEOUT}
        ENVIRONMENT "GATEWATCH_STACK_DIR=${CMAKE_BINARY_DIR}/${arg_STACK};GATEWATCH=$<TARGET_FILE:gatewatch>")
endfunction()

set(faults ${CMAKE_CURRENT_SOURCE_DIR}/faults)
# Every cause made for real, see faults/lib/expected; names with a + are two faults at once.
set(cases
    nginx-no-location nginx-no-upgrade nginx-wrong-port nginx-path-rewritten nginx-stopped nginx-drops-syn
    nginx-redirect nginx-other-vhost nginx-denied nginx-post-blocked nginx-cached nginx-rate-limited
    nginx-small-headers nginx-cors-duplicate nginx-not-sticky nginx-short-timeout nginx-connections-full
    nginx-plain-on-tls tls-expired tls-self-signed tls-other-name dns-broken cluster-not-sticky backend-stopped
    backend-frozen backend-other-path backend-eio3 backend-not-socketio backend-other-namespace
    backend-denies-origin backend-connect-unanswered backend-polling-only backend-cors-other backend-cors-wildcard
    backend-crash-loop backend-no-guard backend-other-time-zone database-stopped database-locked env-no-node-env
    env-no-frontend-url frontend-localhost-url frontend-csp log-elsewhere token-expired token-revoked token-unknown
    token-missing nginx-no-http11 nginx-buffering-on nginx-connection-fixed nginx-upstream-localhost
    nginx-drops-authorization instances-ip-hash log-time log-date-format log-json log-merged log-nest-json
    no-local-route wire-only token-file-missing nginx-no-upgrade+nginx-short-timeout
    nginx-no-upgrade+nginx-cors-duplicate cluster-not-sticky+nginx-no-upgrade backend-stopped+nginx-no-location
    backend-stopped+frontend-localhost-url nginx-wrong-port+database-stopped nginx-stopped+database-stopped
    backend-no-guard+nginx-no-upgrade nginx-no-location+env-no-node-env nginx-denied+backend-other-namespace
    backend-polling-only+nginx-post-blocked backend-crash-loop+nginx-no-location)
set(deployment second_stack)
foreach(case IN LISTS cases)
    gatewatch_stack_test(NAME cause:${case} TIMEOUT 900 STACK ${deployment} COMMAND node ${faults}/fault.mjs ${case})
    if(deployment STREQUAL second_stack)
        set(deployment stack)
    else()
        set(deployment second_stack)
    endif()
endforeach()
gatewatch_stack_test(NAME cause:table_is_complete TIMEOUT 30 COMMAND node ${faults}/complete.mjs
                     ${CMAKE_CURRENT_LIST_FILE} ${stack_tool})
# The limit is beyond the sum of what each of them waits for, so that a test says itself what did not come.
foreach(subject IN ITEMS reports cli-check cli-token cli-files lifetime reload resources)
    gatewatch_stack_test(NAME agent:${subject} TIMEOUT 900 COMMAND node --test ${faults}/${subject}.test.mjs)
endforeach()
# Before a gateway of its own, which gives back whatever it was sent.
add_test(NAME agent:secrets COMMAND node --test ${faults}/secrets.test.mjs)
set_tests_properties(agent:secrets PROPERTIES LABELS integration TIMEOUT 300 ENVIRONMENT "GATEWATCH=$<TARGET_FILE:gatewatch>")
# The status page, in a real Chromium.
gatewatch_stack_test(NAME web:page TIMEOUT 600 COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/web/page.test.mjs)
gatewatch_stack_test(NAME web:safety TIMEOUT 300 COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/web/safety.test.mjs)
gatewatch_stack_test(NAME web:reload TIMEOUT 300 COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/web/reload.test.mjs)
gatewatch_stack_test(NAME web:runbooks TIMEOUT 300 COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/web/runbooks.test.mjs)
# The attempts of these agents would count as users' while the reports are tested.
set_tests_properties(agent:cli-check agent:cli-token agent:cli-files agent:lifetime agent:reload agent:resources web:safety
                     web:reload web:runbooks
                     PROPERTIES DEPENDS agent:reports)

# How the control program of the deployment starts what it must start, however often it is interrupted.
add_test(NAME stack:processes COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/stack/processes.test.mjs)
set_tests_properties(stack:processes PROPERTIES LABELS integration TIMEOUT 60)

# The wire as the reference documents describe it, without an agent whose connections would stand between the lines.
gatewatch_stack(wire_stack ${CMAKE_BINARY_DIR}/wire-stack)
add_test(NAME wire COMMAND node --test ${CMAKE_CURRENT_SOURCE_DIR}/stack/wire.test.mjs)
set_tests_properties(wire PROPERTIES FIXTURES_REQUIRED wire_stack LABELS integration TIMEOUT 600
                                     ENVIRONMENT "GATEWATCH_STACK_DIR=${CMAKE_BINARY_DIR}/wire-stack")

# From a fault to the page, and none without one: Prometheus and Alertmanager with the project's rules, all four times as
# quick. Each has a deployment of its own, since they mostly wait; they begin first, since they take longest, and
# tests/run --thorough has nothing beside them.
# gatewatch_paging_test(name fixture file environment...)
function(gatewatch_paging_test name fixture file)
    gatewatch_stack(${fixture} ${CMAKE_BINARY_DIR}/${fixture} --agent $<TARGET_FILE:gatewatch> --alertmanager --pace 4
                    --interval 3s --timeout 2s --ping-interval 3s --hold-interval 6s --hold-timeout 12s)
    add_test(NAME ${name} COMMAND node --test ${faults}/${file})
    set_tests_properties(${name} PROPERTIES
        FIXTURES_REQUIRED ${fixture} LABELS integration TIMEOUT 7200 COST 1000
        ENVIRONMENT "GATEWATCH_STACK_DIR=${CMAKE_BINARY_DIR}/${fixture};${ARGN}")
endfunction()
gatewatch_paging_test(pages:first_half paging_stack pages.test.mjs GATEWATCH_SHARE=1/2)
gatewatch_paging_test(pages:second_half second_paging_stack pages.test.mjs GATEWATCH_SHARE=2/2)
gatewatch_paging_test(pages:quiet quiet_stack quiet.test.mjs)
# What a drill shows of it, on the deployment that is quiet no longer.
add_test(NAME pages:drill COMMAND node --test ${faults}/drill.test.mjs)
set_tests_properties(pages:drill PROPERTIES
    FIXTURES_REQUIRED quiet_stack DEPENDS pages:quiet LABELS integration TIMEOUT 1800 COST 1000
    ENVIRONMENT "GATEWATCH_STACK_DIR=${CMAKE_BINARY_DIR}/quiet_stack")
