/* Whatever the reader accepts can be run: some steps, a save, the same steps again, the same bits. */
#include "base/require.h"
#include "fuzz.h"
#include "thalweg/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEPS = 20, MOST_ELEMENTS = 200 };

static tw_status advance(tw_run *run)
{
    for (int i = 0; i < STEPS && !tw_run_finished(run); i++)
        TW_TRY(tw_run_step(run));
    return TW_OK;
}

static void run_twice(const tw_model *model, enum tw_run_routing routing)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.routing = routing;
    tw_run *run = NULL;
    if (tw_run_create(model, &options, &run) != TW_OK) return;
    size_t size = tw_run_state_size(run);
    char *begin = calloc(1, size), *first = calloc(1, size), *second = calloc(1, size);
    if (begin != NULL && first != NULL && second != NULL) {
        tw_run_state_save(run, begin);
        tw_status status = advance(run);
        tw_run_state_save(run, first);
        TW_REQUIRE(tw_run_state_restore(run, begin, size) == TW_OK);
        TW_REQUIRE(advance(run) == status);
        tw_run_state_save(run, second);
        TW_REQUIRE(memcmp(first, second, size) == 0);
    }
    free(begin);
    free(first);
    free(second);
    tw_run_destroy(run);
}

/* The reader wants a path: a file in memory has one. */
static tw_status read_model(const uint8_t *data, size_t size, tw_model **out_model)
{
    char path[64];
    int fd = memfd_create("fuzz.inp", MFD_CLOEXEC);
    if (fd < 0) return TW_ERR_FILE;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    tw_status status = TW_ERR_FILE;
    if (write(fd, data, size) == (ssize_t)size) status = tw_model_read(path, NULL, out_model);
    close(fd);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tw_model *model = NULL;
    if (read_model(data, size, &model) == TW_OK &&
        tw_model_node_count(model) + tw_model_link_count(model) < MOST_ELEMENTS) {
        run_twice(model, TW_RUN_ROUTING_OF_FILE);
        run_twice(model, TW_RUN_ROUTING_SEMI_IMPLICIT);
    }
    tw_model_destroy(model);
    return 0;
}
