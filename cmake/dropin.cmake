# libthalweg_swmm5.so: the functions of EPA SWMM's library on the engine, for programs that were
# written for it. Nothing but its interface is visible.
file(GLOB dropin_sources CONFIGURE_DEPENDS dropin/swmm5/*.c)
list(FILTER dropin_sources EXCLUDE REGEX "_(test|fuzz)\\.c$")
add_library(thalweg_swmm5 SHARED ${dropin_sources})
set_target_properties(thalweg_swmm5 PROPERTIES C_VISIBILITY_PRESET hidden)
target_link_libraries(thalweg_swmm5 PRIVATE tw_flags thalweg_engine)
target_compile_definitions(thalweg_swmm5 PRIVATE TW_VERSION="${PROJECT_VERSION}")
target_link_options(thalweg_swmm5 PRIVATE -Wl,--exclude-libs,ALL -Wl,-Bsymbolic)
if(NOT TW_SANITIZE)
    target_link_options(thalweg_swmm5 PRIVATE -Wl,-z,defs)
endif()
