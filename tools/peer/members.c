/* What many futures and states of a model cost: one line of figures for tools/bench/.
 *
 *   members batch MODEL.inp SECONDS MEMBERS THREADS     rain of the file, times 0.5 .. 1.5
 *   members cycle MODEL.inp SECONDS MEMBERS THREADS     a whole cycle, 5 minutes to now and so long
 *                                                       ahead, of a storm of 60 mm/h that two
 *                                                       gauges tell of; every 250th node measured
 *   members state MODEL.inp SECONDS                     save and restore after so long        */
#include "forecast/foresee.h"
#include "thalweg/thalweg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_WATCHES = 200, MOST_SENSORS = 100, SENSOR_EVERY = 250, REPEATS = 101 };
#define WARM_UP_S 600.0
#define WARM_UP_MMH 20.0

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static tw_status run_batch(const tw_model *model, double seconds, int members, int threads)
{
    tw_batch_options options = TW_BATCH_OPTIONS_DEFAULT;
    tw_batch *batch = NULL;
    options.members = members;
    options.threads = threads;
    const char *lanes = getenv("LANES");
    if (lanes != NULL) options.lanes = atoi(lanes);
    TW_TRY(tw_batch_create(model, &options, &batch));
    for (int m = 0; m < members; m++) {
        double factor = members > 1 ? 0.5 + (double)m / (members - 1) : 1.0;
        TW_TRY(tw_batch_set_factor(batch, m, TW_FACTOR_RAIN, -1, factor));
    }
    double begin_s = now_s();
    tw_status status = tw_batch_advance(batch, seconds);
    int failed = 0;
    for (int m = 0; m < members; m++)
        failed += tw_batch_status(batch, m) != TW_OK;
    printf("run_s %.3f failed %d steps %lld\n", now_s() - begin_s, failed,
           (long long)tw_batch_stats(batch, 0).steps);
    tw_batch_destroy(batch);
    return status;
}

/* What is known by a time: rain every minute, levels as a run of 1.3 times the rain has them. */
static tw_status tell(struct tw_foresee *cycle, tw_run *truth, const struct tw_filter_setup *setup,
                      double to_s)
{
    const double rain_mmh = WARM_UP_MMH + (tw_run_elapsed_s(truth) >= WARM_UP_S ? 40.0 : 0.0);
    for (double at_s = tw_run_elapsed_s(truth) + 60.0; at_s <= to_s; at_s += 60.0) {
        for (int32_t g = 0; g < tw_model_gage_count(setup->model); g++)
            TW_TRY(tw_run_set_gage_rain(truth, (tw_gage_id){g}, 1.3 * rain_mmh));
        TW_TRY(tw_run_advance(truth, at_s));
        for (int32_t g = 0; g < 2; g++)
            TW_TRY(tw_nowcast_add_gauge(tw_foresee_nowcast(cycle), g, at_s, 60.0,
                                        (1.0 + 0.2 * g) * rain_mmh / 60.0));
        for (int32_t s = 0; s < setup->sensor_count; s++) {
            double depth_m = tw_run_node_depth_m(truth, (tw_node_id){setup->sensors[s].index});
            TW_TRY(tw_foresee_add_measurement(cycle, s, at_s, depth_m, true));
        }
    }
    return TW_OK;
}

static tw_status run_cycle(const tw_model *model, double seconds, int members, int threads)
{
    static struct tw_filter_sensor sensors[MOST_SENSORS];
    static int32_t points[MOST_WATCHES];
    const struct tw_rain_gauge gauges[] = {{"A", 0.0, 0.0}, {"B", 8000.0, 8000.0}};
    struct tw_foresee_setup setup = tw_foresee_setup_default();
    int32_t nodes = tw_model_node_count(model), gages = tw_model_gage_count(model);
    int32_t *gauge_of = calloc((size_t)gages + 1, sizeof *gauge_of);
    if (gauge_of == NULL) return TW_ERR_NOMEM;
    for (int32_t g = 0; g < gages; g++)
        gauge_of[g] = g % 2;
    setup.filter.model = model;
    setup.filter.members = members;
    setup.filter.threads = threads;
    setup.filter.options.end_day = tw_model_times_get(model).start_day + 1.0;
    setup.filter.options.minimum_step_s = 4.0;
    setup.filter.options.max_trials = 4;
    setup.filter.sensors = sensors;
    for (int32_t i = 0; i < nodes && setup.filter.sensor_count < MOST_SENSORS; i += SENSOR_EVERY)
        sensors[setup.filter.sensor_count++] =
            (struct tw_filter_sensor){"L", TW_FILTER_LEVEL, i, 0.01, false};
    setup.gauges = gauges;
    setup.gauge_count = 2;
    setup.gauge_of = gauge_of;
    setup.horizon_s = seconds;
    setup.points = points;
    for (int32_t i = 0; i < MOST_WATCHES && i < nodes; i++)
        points[setup.point_count++] = i;
    struct tw_foresee *cycle = NULL;
    tw_run *truth = NULL;
    tw_run_options options = setup.filter.options;
    options.outer_rain = true;
    TW_TRY(tw_run_create(model, &options, &truth));
    TW_TRY(tw_foresee_create(&setup, &cycle));
    TW_TRY(tell(cycle, truth, &setup.filter, WARM_UP_S));
    TW_TRY(tell(cycle, truth, &setup.filter, WARM_UP_S + 600.0));
    TW_TRY(tw_foresee_advance(cycle, WARM_UP_S + 300.0));
    const struct tw_foresee_result *result = NULL;
    double begin_s = now_s();
    TW_TRY(tw_foresee_advance(cycle, WARM_UP_S + 600.0));
    double advance_s = now_s() - begin_s;
    TW_TRY(tw_foresee_run(cycle, NULL, &result));
    struct tw_foresee_extent extent = tw_foresee_extent_get(result);
    printf("cycle_s %.3f advance_s %.3f failed %d sensors %d\n", now_s() - begin_s, advance_s,
           extent.failed, setup.filter.sensor_count);
    tw_foresee_destroy(cycle);
    tw_run_destroy(truth);
    free(gauge_of);
    return TW_OK;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static tw_status run_state(const tw_model *model, double seconds)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    tw_run *run = NULL;
    double took_ms[REPEATS];
    TW_TRY(tw_run_create(model, &options, &run));
    TW_TRY(tw_run_advance(run, seconds));
    size_t size = tw_run_state_size(run);
    void *state = malloc(size);
    if (state == NULL) return TW_ERR_NOMEM;
    for (int i = 0; i < REPEATS; i++) {
        double begin_s = now_s();
        tw_run_state_save(run, state);
        TW_TRY(tw_run_state_restore(run, state, size));
        took_ms[i] = 1000.0 * (now_s() - begin_s);
    }
    qsort(took_ms, REPEATS, sizeof took_ms[0], by_size);
    printf("bytes %zu median_ms %.3f most_ms %.3f\n", size, took_ms[REPEATS / 2],
           took_ms[REPEATS - 1]);
    free(state);
    tw_run_destroy(run);
    return TW_OK;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: members batch|cycle|state MODEL.inp SECONDS [MEMBERS THREADS]\n");
        return 2;
    }
    tw_model *model = NULL;
    tw_status status = tw_model_read(argv[2], NULL, &model);
    double seconds = atof(argv[3]);
    int members = argc > 4 ? atoi(argv[4]) : 1, threads = argc > 5 ? atoi(argv[5]) : 1;
    if (status == TW_OK && strcmp(argv[1], "batch") == 0) {
        status = run_batch(model, seconds, members, threads);
    } else if (status == TW_OK && strcmp(argv[1], "cycle") == 0) {
        status = run_cycle(model, seconds, members, threads);
    } else if (status == TW_OK) {
        status = run_state(model, seconds);
    }
    if (status != TW_OK) fprintf(stderr, "members: %s\n", tw_status_text(status));
    tw_model_destroy(model);
    return status == TW_OK ? 0 : 4;
}
