/* Made telemetry into a store: 60 plants with 500 tags at 10 s (levels in mm, flows, rain, pump
 * states, noise of single precision); how fast it is kept, what it takes, how fast it is read.
 *
 *   telemetry_store FOLDER SECONDS_OF_TELEMETRY [BATCH] | telemetry_store --csv ROWS | FOLDER --year
 */
#include "store/store.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLANTS = 60, TAGS = 500, SERIES = PLANTS * TAGS, STEP_S = 10, BATCH = 1000 };
#define BEGIN_MS INT64_C(1940630400000) /* 2031-07-01T00:00Z less 4 h */

static uint64_t random_state = 88172645463325252u;
static double walk[SERIES];
static atomic_long answered, refused;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13; /* Marsaglia, Xorshift RNGs, 2003 */
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static double unit(void) { return (double)(next_random() >> 11) / 9007199254740992.0; }

/* One value of a tag: 4 in 10 levels, 2 flows, 1 rain, 2 pumps, 1 noise. */
static double value_of(int series)
{
    double *w = &walk[series];
    switch (series % 10) {
    case 0:
    case 1:
    case 2:
    case 3: /* a level in m, to the millimetre */
        *w += floor(unit() * 5.0) - 2.0;
        return (1500.0 + *w) / 1000.0;
    case 4:
    case 5: /* a flow in m3/h with a decimal */
        *w += floor(unit() * 21.0) - 10.0;
        return (5000.0 + *w) / 10.0;
    case 6: /* rain: a tip of 0.2 mm now and then */
        return unit() < 0.02 ? 0.2 : 0.0;
    case 7:
    case 8: /* a pump */
        if (unit() < 0.01) *w = 1.0 - *w;
        return *w;
    default:
        return (float)(20.0 + unit());
    }
}

static int64_t jitter_ms(void)
{
    return unit() < 0.04 ? (int64_t)(unit() * 400.0) : 0; /* 4 in 100 are late by up to 0.4 s */
}

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void count_answer(void *user, tw_status status)
{
    (void)user;
    if (status == TW_OK) {
        atomic_fetch_add(&answered, 1);
    } else {
        atomic_fetch_add(&refused, 1);
    }
}

static int make_csv(long rows)
{
    for (long i = 0; i < rows; i++) {
        int s = (int)(i % SERIES);
        printf("%d,%lld,%.17g\n", s + 1,
               (long long)(BEGIN_MS + i / SERIES * STEP_S * 1000 + jitter_ms()), value_of(s));
    }
    return 0;
}

static struct tw_store *open_store(const char *folder, int32_t *series, int count)
{
    static char text[SERIES][12];
    static const char *names[SERIES];
    char path[512];
    char why[300] = "";
    struct tw_store *store = NULL;
    (void)snprintf(path, sizeof path, "%s/live.db", folder);
    if (tw_store_open(path, NULL, NULL, why, sizeof why, &store) != TW_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, why);
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        (void)snprintf(text[i], sizeof text[i], "S%d", i);
        names[i] = text[i];
    }
    if (tw_store_series_register(store, names, count, series) != TW_OK) exit(1);
    return store;
}

static void add(struct tw_store *store, int64_t received_ms, const struct tw_store_sample *batch,
                size_t count)
{
    const struct timespec moment = {.tv_nsec = 200000};
    while (tw_store_samples_add(store, "gateway", received_ms, batch, count, count_answer, NULL) ==
           TW_ERR_FULL) {
        (void)nanosleep(&moment, NULL);
    }
}

static int keep(const char *folder, long seconds, size_t batch_size)
{
    static int32_t series[SERIES];
    static struct tw_store_sample all[SERIES];
    struct tw_store *store = open_store(folder, series, SERIES);
    long samples = 0;
    double made_s = 0.0;
    double begun_s = now_s();
    for (long t = 0; t < seconds; t += STEP_S) {
        int64_t at_ms = BEGIN_MS + t * 1000;
        double make_s = now_s();
        for (int i = 0; i < SERIES; i++) {
            all[i] = (struct tw_store_sample){
                .series = series[i], .time_ms = at_ms + jitter_ms(), .value = value_of(i)};
        }
        made_s += now_s() - make_s;
        for (size_t i = 0; i < SERIES; i += batch_size) {
            size_t n = SERIES - i < batch_size ? SERIES - i : batch_size;
            add(store, at_ms + 1000, all + i, n);
            samples += (long)n;
        }
    }
    if (tw_store_flush(store) != TW_OK) return 1;
    double kept_s = now_s() - begun_s - made_s;
    if (tw_store_seal(store) != TW_OK) return 1;
    double sealed_s = now_s() - begun_s - made_s;
    tw_store_close(store);
    printf("{\"samples\": %ld, \"refused_batches\": %ld, \"answered_s\": %.3f, \"sealed_s\": %.3f, "
           "\"answered_per_s\": %.0f, \"sealed_per_s\": %.0f}\n",
           samples, atomic_load(&refused), kept_s, sealed_s, (double)samples / kept_s,
           (double)samples / sealed_s);
    return 0;
}

/* One series at 60 s for a year, among others so that its chunks are not alone in their pages. */
static int year(const char *folder)
{
    enum { BESIDE = 20, MINUTES = 525600, PIXELS = 1000 };
    int32_t series[BESIDE];
    static struct tw_store_sample batch[BESIDE * 60];
    static struct tw_store_bucket buckets[PIXELS];
    struct tw_store *store = open_store(folder, series, BESIDE);
    for (long minute = 0; minute < MINUTES; minute += 60) {
        int64_t hour_ms = BEGIN_MS + minute * 60000;
        for (int i = 0; i < 60 * BESIDE; i++) {
            batch[i] = (struct tw_store_sample){.series = series[i % BESIDE],
                                                .time_ms = hour_ms + i / BESIDE * 60000,
                                                .value = value_of(i % BESIDE)};
        }
        add(store, hour_ms, batch, (size_t)60 * BESIDE);
    }
    if (tw_store_seal(store) != TW_OK) return 1;
    tw_store_close(store);
    (void)fflush(stdout);
    (void)fprintf(stderr, "made; drop the caches now\n");
    (void)getchar();
    double begun_s = now_s();
    store = open_store(folder, series, BESIDE);
    double open_s = now_s() - begun_s;
    begun_s = now_s();
    int64_t to_ms = BEGIN_MS + (int64_t)MINUTES * 60000;
    if (tw_store_buckets_read(store, series[3], BEGIN_MS, to_ms, PIXELS, buckets) != TW_OK)
        return 1;
    double cold_s = now_s() - begun_s;
    begun_s = now_s();
    if (tw_store_buckets_read(store, series[3], BEGIN_MS, to_ms, PIXELS, buckets) != TW_OK)
        return 1;
    double warm_s = now_s() - begun_s;
    long count = 0;
    for (int i = 0; i < PIXELS; i++)
        count += (long)buckets[i].count;
    printf("{\"samples\": %ld, \"open_ms\": %.1f, \"cold_ms\": %.2f, \"warm_ms\": %.2f}\n", count,
           1e3 * open_s, 1e3 * cold_s, 1e3 * warm_s);
    tw_store_close(store);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--csv") == 0) return make_csv(strtol(argv[2], NULL, 10));
    if (argc == 3 && strcmp(argv[2], "--year") == 0) return year(argv[1]);
    if (argc < 3) return 2;
    return keep(argv[1], strtol(argv[2], NULL, 10),
                argc > 3 ? (size_t)strtol(argv[3], NULL, 10) : BATCH);
}
