/* Whatever the reader accepts can be run: some steps, a save, the same steps again, the same bits. */
#include "base/require.h"
#include "fuzz.h"
#include "io/inp.h"
#include "thalweg/run.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 20, MOST_ELEMENTS = 200 };

static tw_status advance(tw_run *run)
{
    for (int i = 0; i < STEPS && !tw_run_finished(run); i++)
        TW_TRY(tw_run_step(run));
    return TW_OK;
}

static void run_twice(const tw_model *model)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    struct tw_model *model = NULL;
    if (tw_inp_read_text(text, size, "fuzz.inp", NULL, &model) == TW_OK &&
        tw_model_node_count(model) + tw_model_link_count(model) < MOST_ELEMENTS) {
        run_twice(model);
    }
    tw_inp_free(model);
    free(text);
    return 0;
}
