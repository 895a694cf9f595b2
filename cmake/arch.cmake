# What is built here must run here: without AVX2 (old or emulated processors) the compiler's
# default is taken. A cross build decides for itself with -DTW_ARCH=.
function(tw_check_arch)
    if(CMAKE_CROSSCOMPILING)
        return()
    endif()
    include(CheckCSourceRuns)
    set(CMAKE_REQUIRED_FLAGS "-O3 -march=${TW_ARCH}")
    set(CMAKE_REQUIRED_QUIET ON)
    check_c_source_runs("
        volatile double x[64];
        int main(void) { for (int i = 0; i < 64; i++) x[i] = 2.0 * x[i] + i; return x[1] != 1.0; }"
        TW_ARCH_RUNS_${TW_ARCH})
    if(NOT TW_ARCH_RUNS_${TW_ARCH})
        message(STATUS "this machine does not run ${TW_ARCH}: the compiler's default is used")
        set(TW_ARCH "" PARENT_SCOPE)
    endif()
endfunction()
