/* A day of made tags into a store, one value a minute, sealed into chunks: what an inspection reads.
 *
 *   operate_fill LIVE.db PLANTS TAGS
 *
 * Series W00.T000, W00.T001, ... in the order of kinds that tools/bench/operate.py writes into the
 * plants' files: a daily wave with noise, each in the range of its kind. */
#include "num/random.h"
#include "store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MINUTES = 1440, KINDS = 10, NAME = 16 };
#define BEGIN_MS INT64_C(1940630400000) /* 2031-07-01T00:00Z */

static const double means[KINDS] = {1800.0, 3.0, 2.0, 1.0, 3500.0, 18.0, 60.0, 9.0, 25.0, 7.1};

static void count_answer(void *user, tw_status status)
{
    if (status != TW_OK) *(int *)user = 1;
}

static double value_of(uint64_t *chance, int kind, int minute)
{
    double wave = sin(2.0 * M_PI * minute / MINUTES);
    return means[kind] * (1.0 + (kind == 9 ? 0.01 : 0.1) *
                                    (wave + 0.2 * tw_random_normal_of(tw_random_next(chance))));
}

static int fill(struct tw_store *store, const char *const *names, int series, int tags)
{
    static int refused;
    uint64_t chance = 1;
    int32_t *ids = calloc((size_t)series, sizeof *ids);
    struct tw_store_sample *batch = calloc((size_t)series, sizeof *batch);
    int failed = ids == NULL || batch == NULL ||
                 tw_store_series_register(store, names, series, ids) != TW_OK;
    for (int minute = 0; minute < MINUTES && !failed; minute++) {
        int64_t at_ms = BEGIN_MS + (int64_t)minute * 60000;
        for (int i = 0; i < series; i++)
            batch[i] =
                (struct tw_store_sample){.series = ids[i],
                                         .time_ms = at_ms,
                                         .value = value_of(&chance, i % tags % KINDS, minute)};
        failed = tw_store_samples_add(store, "bench", at_ms, batch, (size_t)series, count_answer,
                                      &refused) != TW_OK ||
                 tw_store_flush(store) != TW_OK;
    }
    if (!failed) failed = tw_store_seal(store) != TW_OK || refused;
    free(batch);
    free(ids);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    int plants = (int)strtol(argv[2], NULL, 10);
    int tags = (int)strtol(argv[3], NULL, 10);
    if (plants < 1 || plants > 100 || tags < 1 || tags > 1000) return 2;
    int series = plants * tags;
    char(*text)[NAME] = calloc((size_t)series, sizeof *text);
    const char **names = calloc((size_t)series, sizeof *names);
    struct tw_store *store = NULL;
    char why[300] = "";
    int failed = text == NULL || names == NULL;
    for (int i = 0; i < series && !failed; i++) {
        (void)snprintf(text[i], NAME, "W%02d.T%03d", i / tags, i % tags);
        names[i] = text[i];
    }
    if (!failed) failed = tw_store_open(argv[1], NULL, NULL, why, sizeof why, &store) != TW_OK;
    if (!failed) failed = fill(store, names, series, tags);
    tw_store_close(store);
    if (failed) (void)fprintf(stderr, "%s: cannot be filled %s\n", argv[1], why);
    free(names);
    free(text);
    return failed;
}
