# The architecture as tests: tools/checks/*.py. Each proves first that it can fail.
find_package(Python3 3.9 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
    message(STATUS "no Python 3: the checks of the architecture and the corpus are not run")
    return()
endif()

function(tw_add_check name)
    add_test(NAME check_${name}
        COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/checks/${name}.py ${ARGN})
    set_tests_properties(check_${name} PROPERTIES LABELS "check" TIMEOUT 120 SKIP_RETURN_CODE 77)
endfunction()

tw_add_check(layers)
tw_add_check(comments)
tw_add_check(sizes)
tw_add_check(folders)
tw_add_check(links)
tw_add_check(layout)
if(NOT TW_SANITIZE AND CMAKE_BUILD_TYPE STREQUAL "Release")   # sanitizers add symbols of their own
    set(libraries $<TARGET_FILE:thalweg_engine>)
    if(TARGET thalweg_service)
        list(APPEND libraries $<TARGET_FILE:thalweg_service>)
    endif()
    tw_add_check(symbols ${libraries})
    if(TARGET thalweg_commands)
        tw_add_check(needed $<TARGET_FILE:thalweg>)
    endif()
endif()

add_test(NAME check_tools COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/tools_test.py)
set_tests_properties(check_tools PROPERTIES LABELS "check" TIMEOUT 60)

# Models that agree with SWMM must go on to: tools/validate.py, docs/validation.json.
if(NOT TW_SANITIZE)
    add_test(NAME corpus COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/validate.py
        --command "${PROJECT_BINARY_DIR}/thalweg run" --jobs 2)
    set_tests_properties(corpus PROPERTIES LABELS "corpus" TIMEOUT 900 SKIP_RETURN_CODE 77
        PROCESSORS 2)
endif()

# The command as a user calls it.
if(TARGET thalweg)
    add_test(NAME command COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/command_test.py
        $<TARGET_FILE:thalweg>)
    add_test(NAME swmm_errors COMMAND Python3::Interpreter
        ${CMAKE_CURRENT_SOURCE_DIR}/swmm_errors_test.py $<TARGET_FILE:thalweg>)
    add_test(NAME hostile COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/hostile_test.py
        $<TARGET_FILE:thalweg>)
    set_tests_properties(command swmm_errors hostile PROPERTIES LABELS "command" TIMEOUT 300)
    if(TARGET thalweg_service)
        add_test(NAME server COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/server_test.py $<TARGET_FILE:thalweg>)
        add_test(NAME server_faults COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/server_faults_test.py $<TARGET_FILE:thalweg>)
        add_test(NAME server_telemetry COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/telemetry_test.py $<TARGET_FILE:thalweg>)
        add_test(NAME server_kill COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/kill_test.py $<TARGET_FILE:thalweg> --kills 3)
        add_test(NAME server_orders COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/orders_test.py $<TARGET_FILE:thalweg>)
        add_test(NAME inspect COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/inspect_test.py $<TARGET_FILE:thalweg>)
        set_tests_properties(inspect PROPERTIES LABELS "command;server" TIMEOUT 300)
        add_test(NAME hindcast COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/hindcast_test.py $<TARGET_FILE:thalweg>)
        set_tests_properties(hindcast PROPERTIES LABELS "command" TIMEOUT 300)
        add_test(NAME server_continue COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/continue_test.py $<TARGET_FILE:thalweg>)
        add_test(NAME server_notify COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/notify_test.py $<TARGET_FILE:thalweg>)
        set_tests_properties(server server_faults server_telemetry server_kill server_orders server_continue server_notify PROPERTIES LABELS "command;server" TIMEOUT 600)
        add_test(NAME worker COMMAND Python3::Interpreter
            ${CMAKE_CURRENT_SOURCE_DIR}/worker_test.py $<TARGET_FILE:thalweg>)
        set_tests_properties(worker PROPERTIES LABELS "command" TIMEOUT 600 SKIP_RETURN_CODE 77)
    endif()
endif()

if(TARGET thalweg_service)   # the store in PostgreSQL
    add_test(NAME store_postgres COMMAND Python3::Interpreter
        ${CMAKE_CURRENT_SOURCE_DIR}/store_postgres_test.py $<TARGET_FILE:thalweg>
        $<TARGET_FILE:store_store_seal_test> $<TARGET_FILE:store_store_journal_test>)
    set_tests_properties(store_postgres PROPERTIES LABELS "command;store" TIMEOUT 300
        SKIP_RETURN_CODE 77)
endif()

add_subdirectory(page)
