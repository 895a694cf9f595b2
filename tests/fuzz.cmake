# One program per src/<folder>/x_fuzz.c, named fuzz_<folder>_x. Its corpus is tests/fuzz/<folder>_x.
# Ordinarily it is a test that replays the corpus; with TW_FUZZ it is a libFuzzer program, which
# tools/fuzz.py runs.
function(tw_add_fuzz_targets)
    cmake_parse_arguments(ARG "" "" "FOLDERS;LIBRARIES" ${ARGN})
    foreach(folder ${ARG_FOLDERS})
        file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*_fuzz.c)
        foreach(source ${found})
            get_filename_component(base ${source} NAME_WE)
            string(REGEX REPLACE "_fuzz$" "" base ${base})
            set(name fuzz_${folder}_${base})
            add_executable(${name} ${source})
            target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src
                ${PROJECT_SOURCE_DIR}/tests)
            target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
            target_link_libraries(${name} PRIVATE tw_flags ${ARG_LIBRARIES})
            if(TW_FUZZ)
                target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
                target_link_options(${name} PRIVATE -fsanitize=fuzzer)
            else()
                target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz_main.c)
                add_test(NAME ${name}
                    COMMAND ${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/${folder}_${base})
                set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS "unit;fuzz;${folder}")
            endif()
        endforeach()
    endforeach()
endfunction()

if(TW_FUZZ)   # the libraries tell the fuzzer which branches they take
    foreach(library thalweg_engine thalweg_service)
        if(TARGET ${library})
            target_compile_options(${library} PRIVATE -fsanitize=fuzzer-no-link)
        endif()
    endforeach()
endif()
tw_add_fuzz_targets(FOLDERS base num model hydrology hydraulics control plant io engine synth
    LIBRARIES thalweg_engine)
if(TARGET thalweg_service)
    tw_add_fuzz_targets(FOLDERS grid forecast net store telemetry warning dispatch operate server
        LIBRARIES thalweg_service thalweg_engine)
endif()
