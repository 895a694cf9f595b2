/* Runs EPA SWMM from its shared library, as runswmm does: the peer that tools/bench.py measures,
 * without the memory and the start-up time of an interpreter around it.
 *
 *   run_swmm LIBSWMM5.so MODEL.inp REPORT.rpt RESULTS.out                                        */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef int run_fn(const char *input, const char *report, const char *results);

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: run_swmm LIBSWMM5.so MODEL.inp REPORT.rpt RESULTS.out\n");
        return 2;
    }
    void *library = dlopen(argv[1], RTLD_NOW);
    void *symbol = library == NULL ? NULL : dlsym(library, "swmm_run");
    if (symbol == NULL) {
        fprintf(stderr, "run_swmm: %s\n", dlerror());
        return 4;
    }
    run_fn *run = NULL;
    memcpy(&run, &symbol, sizeof run); /* ISO C has no cast from an object to a function */
    return run(argv[2], argv[3], argv[4]) == 0 ? 0 : 4;
}
