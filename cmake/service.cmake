# The command, build/thalweg. Subcommands that need the service (TW_SERVICE_COMMAND rows of
# apps/commands.def) are linked with it in builds for debugging and with sanitizers. In a release they
# are a shared object whose bytes lie in the command and are loaded when they are asked for, so that
# `thalweg run` doesn't pay for libraries that it never calls.
file(GLOB app_sources CONFIGURE_DEPENDS apps/*.c)
if(NOT app_sources)
    return()
endif()
list(FILTER app_sources EXCLUDE REGEX "/service_(linked|loaded)\\.c$")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS apps/commands.def)
file(STRINGS apps/commands.def rows REGEX "^TW_SERVICE_COMMAND")
set(service_apps)
foreach(row ${rows})
    string(REGEX REPLACE "^TW_SERVICE_COMMAND\\(([a-z_]+).*" "\\1" id "${row}")
    list(APPEND service_apps ${PROJECT_SOURCE_DIR}/apps/cmd_${id}.c)
endforeach()
file(GLOB plant_apps CONFIGURE_DEPENDS apps/plant_*.c)   # what cmd_plant_data.c consists of
list(APPEND service_apps ${plant_apps} ${PROJECT_SOURCE_DIR}/apps/look.c)

function(tw_app target)
    target_include_directories(${target} PRIVATE src)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE TW_VERSION="${PROJECT_VERSION}")
    target_link_libraries(${target} PRIVATE tw_flags ${ARGN})
endfunction()

if(TW_SANITIZE OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    add_executable(thalweg ${app_sources} apps/service_linked.c)
    tw_app(thalweg thalweg_service thalweg_engine)
    return()
endif()

enable_language(ASM)
list(REMOVE_ITEM app_sources ${service_apps})
add_library(thalweg_commands MODULE ${service_apps} apps/faults.c apps/options.c)
tw_app(thalweg_commands thalweg_service thalweg_engine)
target_link_options(thalweg_commands PRIVATE -Wl,-Bsymbolic -Wl,-z,defs)
set(stripped ${PROJECT_BINARY_DIR}/service/thalweg_commands.so)
set(assembly ${PROJECT_BINARY_DIR}/service/service_bytes.S)
file(CONFIGURE OUTPUT ${assembly}.in CONTENT
"    .section .rodata
    .balign 4096
    .globl tw_service_bytes
tw_service_bytes:
    .incbin \"${stripped}\"
1:
    .balign 8
    .globl tw_service_size
tw_service_size:
    .quad 1b - tw_service_bytes
    .section .note.GNU-stack,\"\",%progbits
" @ONLY)
add_custom_command(OUTPUT ${assembly}
    COMMAND ${CMAKE_OBJCOPY} --strip-debug $<TARGET_FILE:thalweg_commands> ${stripped}
    COMMAND ${CMAKE_COMMAND} -E copy ${assembly}.in ${assembly}
    DEPENDS thalweg_commands ${assembly}.in VERBATIM)
add_executable(thalweg ${app_sources} apps/service_loaded.c ${assembly})
tw_app(thalweg thalweg_engine ${CMAKE_DL_LIBS})
