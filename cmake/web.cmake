# The page in the command. `npm run build` in web/ (`make page`) leaves web/dist, where each text file
# has its compressed twin beside it; here every file becomes bytes in the program (.incbin, so that
# the compiler sees none of them) and a row in a table. This needs neither npm nor Python. Without
# web/dist the page is web/embed/unbuilt.html, which says how to build it.
enable_language(ASM)

set(page_dist ${PROJECT_SOURCE_DIR}/web/dist)
set(page_made ${PROJECT_BINARY_DIR}/page)
file(GLOB_RECURSE page_paths CONFIGURE_DEPENDS LIST_DIRECTORIES false ${page_dist}/*)
list(FILTER page_paths EXCLUDE REGEX "\\.gz$")
list(SORT page_paths)
if(NOT EXISTS ${page_dist}/index.html)
    message(STATUS "web/dist is missing: the page will only say how to build it")
    set(page_paths ${PROJECT_SOURCE_DIR}/web/embed/unbuilt.html)
endif()

set(page_mime_html "text/html; charset=utf-8")
set(page_mime_js "text/javascript; charset=utf-8")
set(page_mime_mjs "text/javascript; charset=utf-8")
set(page_mime_css "text/css; charset=utf-8")
set(page_mime_svg "image/svg+xml")
set(page_mime_png "image/png")
set(page_mime_webmanifest "application/manifest+json")
set(page_mime_woff2 "font/woff2")

set(page_bytes "    .section .rodata\n")
set(page_names "")
set(page_rows "")
set(page_count 0)
set(page_stored "")
foreach(path ${page_paths})
    string(REGEX REPLACE "^.*\\." "" extension ${path})
    if(NOT DEFINED page_mime_${extension})
        message(FATAL_ERROR "cmake/web.cmake knows no MIME type for ${path}: add page_mime_${extension}")
    endif()
    file(RELATIVE_PATH name ${page_dist} ${path})
    if(path MATCHES "unbuilt\\.html$")
        set(name index.html)
    endif()
    set(stored ${path})
    set(gzip false)
    if(EXISTS ${path}.gz)
        set(stored ${path}.gz)
        set(gzip true)
    endif()
    file(SIZE ${stored} size)
    string(APPEND page_bytes
        "    .balign 16\n"
        "    .globl tw_page_bytes_${page_count}\n"
        "tw_page_bytes_${page_count}:\n"
        "    .incbin \"${stored}\"\n")
    string(APPEND page_names "extern const unsigned char tw_page_bytes_${page_count}[];\n")
    string(APPEND page_rows
        "    {\"/${name}\", \"${page_mime_${extension}}\", tw_page_bytes_${page_count}, ${size}, ${gzip}},\n")
    list(APPEND page_stored ${stored})
    math(EXPR page_count "${page_count} + 1")
endforeach()
string(APPEND page_bytes "    .section .note.GNU-stack,\"\",%progbits\n")

# Sizes are constants of the table: a changed file means a new table.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page_stored})
file(CONFIGURE OUTPUT ${page_made}/page_bytes.S CONTENT "${page_bytes}" @ONLY)
file(CONFIGURE OUTPUT ${page_made}/page_files.c CONTENT
"/* Made by cmake/web.cmake from web/dist. */
#include \"embed/page.h\"

${page_names}
const struct tw_page_file tw_page_files[] = {
${page_rows}};

const size_t tw_page_file_count = sizeof tw_page_files / sizeof tw_page_files[0];
" @ONLY)
set_source_files_properties(${page_made}/page_bytes.S PROPERTIES OBJECT_DEPENDS "${page_stored}")

add_library(thalweg_page STATIC ${page_made}/page_files.c ${page_made}/page_bytes.S)
target_include_directories(thalweg_page PUBLIC web)
set_target_properties(thalweg_page PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_compile_options(thalweg_page PRIVATE
    $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra -Wpedantic -Wconversion -Wmissing-prototypes>)
foreach(user thalweg thalweg_service)
    if(TARGET ${user})
        target_link_libraries(${user} PRIVATE thalweg_page)
    endif()
endforeach()
