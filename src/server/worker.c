#include "server/worker.h"

#include "base/compiler.h"
#include "base/file.h"
#include "forecast/cycle.h"
#include "net/frame.h"
#include "server/futures.h"
#include "server/simulated.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEP_S 60.0
#define SAVE_S 600.0    /* of the model's time between two saved states */
#define SAVE_WALL_S 5.0 /* and at least so long on the wall */
/* Forecasts and the simulated city may be hasty: docs/decisions/0006-rain-ahead.md has the figures. */
#define HASTY_STEP_S 4.0
#define HASTY_TRIALS 4
#define FORECAST_THREADS 2
#define RAIN_KEPT_S 86400.0
#define STATE_MAX ((size_t)4 << 30)

/* A saved state: what is needed to know whether it fits, then the run's bytes. With members it is
 * written after theirs, so that it is never ahead of them: what the simulated city measures is made
 * again from here. */
struct state_head {
    char magic[8];
    double start_s, time_s;
    uint64_t size, simulated_size; /* of the live run; of the simulated city after it */
};

static const char state_magic[8] = "TWLIVE2";
static const char members_suffix[] = TW_WORKER_MEMBERS_SUFFIX;

struct queued {
    struct queued *next;
    struct tw_frame frame;
};

struct worker {
    int fd;
    struct tw_worker_setup setup;
    struct tw_watch *watches;
    struct tw_worker_sensor *sensors;
    double *classes_m; /* [points * TW_WORKER_CLASSES] */
    char *network_path, *state_path;
    char *members_path; /* where the members are saved; "": nowhere */
    tw_model *model;
    tw_run *live;
    bool restored;            /* the live run goes on from a saved state */
    char *restored_simulated; /* of the simulated city; NULL: none */
    size_t restored_simulated_size;
    struct tw_simulated *simulated; /* NULL: none */
    struct tw_forecast *forecast;   /* or, with several members, */
    struct tw_futures *futures;
    struct tw_rain *rain;  /* [gages] what fell */
    struct tw_rain *ahead; /* [gages] what will fall; for perfect forecasts only */
    int32_t gage_count;
    double saved_s, saved_wall_s;

    pthread_mutex_t send_mutex;

    /* Frames from the server, in order. */
    pthread_mutex_t queue_mutex;
    pthread_cond_t queue_changed;
    struct queued *first, *last;
    bool closed;

    /* The forecast thread. */
    pthread_t forecast_thread;
    bool forecast_thread_runs;
    pthread_mutex_t forecast_mutex;
    pthread_cond_t forecast_changed;
    bool forecast_due, forecast_busy, forecast_stop;
    double forecast_from_s; /* since the run's start */
    double *recent_mmh;     /* [gages] for the forecast that is due */
    char *forked_state;     /* the live state that it was forked from, as bytes of a file */
    size_t forked_size;
    struct queued *fed; /* newest first: what the members have not been told yet */
};

static double wall_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static tw_status send_parts(struct worker *worker, uint32_t kind, int count,
                            const void *const parts[], const size_t sizes[])
{
    (void)pthread_mutex_lock(&worker->send_mutex);
    tw_status status = tw_frame_send_parts(worker->fd, kind, count, parts, sizes);
    (void)pthread_mutex_unlock(&worker->send_mutex);
    return status;
}

static void send_text(struct worker *worker, uint32_t kind, const char *format, ...)
    TW_PRINTF(3, 4);

static void send_text(struct worker *worker, uint32_t kind, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const void *const parts[] = {text};
    const size_t sizes[] = {strlen(text) + 1};
    (void)send_parts(worker, kind, 1, parts, sizes);
}

/* ---- rain ---- */

static double live_rain_mmh(const struct worker *worker, int32_t gage, double from_s, double to_s)
{
    return tw_rain_mean_mmh(&worker->rain[gage], worker->setup.start_s + from_s,
                            worker->setup.start_s + to_s);
}

static double forecast_rain(void *user, int32_t gage, double from_s, double to_s)
{
    const struct worker *worker = user;
    if (worker->setup.perfect != 0) {
        return tw_rain_mean_mmh(&worker->ahead[gage], worker->setup.start_s + from_s,
                                worker->setup.start_s + to_s);
    }
    const tw_rain_persistence persistence = TW_RAIN_PERSISTENCE_DEFAULT;
    double lead_s = 0.5 * (from_s + to_s) - worker->forecast_from_s;
    return tw_rain_ahead_mmh(&persistence, worker->recent_mmh[gage], lead_s);
}

static void take_rain(struct worker *worker, const struct tw_frame *frame, struct tw_rain *rain)
{
    const struct tw_worker_rain *rows = (const struct tw_worker_rain *)(const void *)frame->bytes;
    for (size_t i = 0; i < frame->size / sizeof *rows; i++) {
        if (rows[i].gage < 0 || rows[i].gage >= worker->gage_count) continue;
        if (isnan(rows[i].rain_mm)) continue; /* not to be believed: the members hear of it */
        /* Without memory for it an interval counts as dry. */
        (void)tw_rain_add(&rain[rows[i].gage], rows[i].until_s, rows[i].rain_mm);
    }
}

/* ---- saved states ---- */

/* The live state as bytes of a file; NULL: no memory. */
static char *state_bytes(const struct worker *worker, size_t *out_size)
{
    struct state_head head = {.start_s = worker->setup.start_s,
                              .time_s = worker->setup.start_s + tw_run_elapsed_s(worker->live),
                              .size = tw_run_state_size(worker->live)};
    memcpy(head.magic, state_magic, sizeof head.magic);
    if (worker->simulated != NULL) {
        head.simulated_size = tw_simulated_state_size(worker->simulated);
    }
    *out_size = sizeof head + (size_t)head.size + (size_t)head.simulated_size;
    char *bytes = malloc(*out_size);
    if (bytes == NULL) return NULL;
    memcpy(bytes, &head, sizeof head);
    tw_run_state_save(worker->live, bytes + sizeof head);
    if (worker->simulated != NULL) {
        tw_simulated_state_save(worker->simulated, bytes + sizeof head + head.size);
    }
    return bytes;
}

/* A state that cannot be saved costs a longer spin-up later, nothing now. */
static void write_state(const struct worker *worker, const char *bytes, size_t size)
{
    tw_outfile *file = NULL;
    if (bytes == NULL || tw_outfile_open(worker->state_path, &file) != TW_OK) return;
    (void)tw_outfile_write(file, bytes, size);
    (void)tw_outfile_commit(file);
}

/* ---- forecasts ---- */

static void send_forecast(struct worker *worker, const struct tw_forecast_result *result,
                          double took_s)
{
    const int32_t watches = worker->setup.watch_count;
    struct tw_worker_forecast head = {.start_s = worker->setup.start_s + result->start_s,
                                      .step_s = result->step_s,
                                      .took_s = took_s,
                                      .step_count = result->step_count,
                                      .watch_count = watches,
                                      .gage_count = worker->gage_count,
                                      .asked_step_count = result->step_count,
                                      .members = 1,
                                      .asked_members = 1};
    size_t count = (size_t)(watches + worker->gage_count) * (size_t)result->step_count;
    const void *const parts[] = {&head, result->values};
    const size_t sizes[] = {sizeof head, count * sizeof *result->values};
    (void)send_parts(worker, TW_FRAME_FORECAST, 2, parts, sizes);
}

static tw_status run_single(struct worker *worker)
{
    struct tw_forecast_result result;
    double begin_s = wall_s();
    TW_TRY(tw_forecast_run(worker->forecast, forecast_rain, worker, &result));
    send_forecast(worker, &result, wall_s() - begin_s);
    return TW_OK;
}

/* What one frame says. What is wrong in it is left out: the server checked it. */
static tw_status feed_frame(struct worker *worker, const struct tw_frame *frame)
{
    const struct tw_worker_rain *rain = (const struct tw_worker_rain *)(const void *)frame->bytes;
    const struct tw_worker_value *values =
        (const struct tw_worker_value *)(const void *)frame->bytes;
    tw_status status = TW_OK;
    if (frame->kind == TW_FRAME_RADAR) {
        double time_s;
        if (frame->size <= sizeof time_s || frame->bytes[frame->size - 1] != 0) return TW_OK;
        memcpy(&time_s, frame->bytes, sizeof time_s);
        status = tw_futures_add_radar(worker->futures, time_s, frame->bytes + sizeof time_s);
        return status == TW_ERR_NOMEM ? status : TW_OK;
    }
    if (frame->kind == TW_FRAME_OUTLOOK) {
        if (frame->size == 0 || frame->bytes[frame->size - 1] != 0) return TW_OK;
        status = tw_futures_add_outlook(worker->futures, frame->bytes);
        return status == TW_ERR_NOMEM ? status : TW_OK;
    }
    for (size_t i = 0; frame->kind == TW_FRAME_RAIN && i < frame->size / sizeof *rain; i++) {
        if (rain[i].gage < 0 || rain[i].gage >= worker->gage_count) continue;
        status =
            tw_futures_add_rain(worker->futures, &rain[i], worker->rain[rain[i].gage].interval_s);
        if (status == TW_ERR_NOMEM) return status;
    }
    for (size_t i = 0; frame->kind == TW_FRAME_VALUES && i < frame->size / sizeof *values; i++) {
        status = tw_futures_add_value(worker->futures, &values[i]);
        if (status == TW_ERR_NOMEM) return status;
    }
    return TW_OK;
}

static void free_queued(struct queued *item)
{
    while (item != NULL) {
        struct queued *next = item->next;
        free(item->frame.bytes);
        free(item);
        item = next;
    }
}

/* Tell the members what came since the last cycle, in the order in which it came. */
static tw_status feed(struct worker *worker)
{
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    struct queued *newest = worker->fed;
    worker->fed = NULL;
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
    struct queued *first = NULL;
    while (newest != NULL) {
        struct queued *next = newest->next;
        newest->next = first;
        first = newest;
        newest = next;
    }
    tw_status status = TW_OK;
    for (struct queued *item = first; item != NULL && status == TW_OK; item = item->next)
        status = feed_frame(worker, &item->frame);
    free_queued(first);
    return status;
}

static tw_status run_members(struct worker *worker)
{
    struct tw_futures_product product;
    TW_TRY(feed(worker));
    TW_TRY(tw_futures_cycle(worker->futures, worker->forecast_from_s, worker->setup.budget_s,
                            worker->members_path, &product));
    if (worker->state_path[0] != 0) {
        write_state(worker, worker->forked_state, worker->forked_size);
    }
    const void *const parts[] = {&product.head, product.values, product.notes};
    const size_t sizes[] = {sizeof product.head, product.value_count * sizeof *product.values,
                            (size_t)product.head.notes_size};
    /* Whoever hears of it may ask for the next one at once; this thread makes that one, too. */
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    worker->forecast_busy = false;
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
    (void)send_parts(worker, TW_FRAME_FORECAST, 3, parts, sizes);
    return TW_OK;
}

static void *forecast_loop(void *user)
{
    struct worker *worker = user;
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    for (;;) {
        while (!worker->forecast_due && !worker->forecast_stop) {
            (void)pthread_cond_wait(&worker->forecast_changed, &worker->forecast_mutex);
        }
        if (worker->forecast_stop) break;
        worker->forecast_due = false;
        (void)pthread_mutex_unlock(&worker->forecast_mutex);
        tw_status status = worker->futures != NULL ? run_members(worker) : run_single(worker);
        if (status != TW_OK) {
            send_text(worker, TW_FRAME_FORECAST_FAILED, "forecast: %s", tw_status_text(status));
        }
        (void)pthread_mutex_lock(&worker->forecast_mutex);
        if (!worker->forecast_due) worker->forecast_busy = false;
    }
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
    return NULL;
}

/* Fork a forecast off the live run, unless one is still under way: the live run never waits. */
static void fork_forecast(struct worker *worker)
{
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    bool busy = worker->forecast_busy;
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
    if (busy) {
        send_text(worker, TW_FRAME_FORECAST_FAILED, "forecast: the one before is not done yet");
        return;
    }
    const tw_rain_persistence persistence = TW_RAIN_PERSISTENCE_DEFAULT;
    double now_s = tw_run_elapsed_s(worker->live);
    worker->forecast_from_s = now_s;
    for (int32_t g = 0; g < worker->gage_count; g++) {
        worker->recent_mmh[g] = live_rain_mmh(worker, g, now_s - persistence.window_s, now_s);
    }
    tw_status status = TW_OK; /* the members go on by themselves */
    if (worker->forecast != NULL) status = tw_forecast_fork(worker->forecast, worker->live);
    if (status != TW_OK) {
        send_text(worker, TW_FRAME_FORECAST_FAILED, "forecast: %s", tw_status_text(status));
        return;
    }
    if (worker->futures != NULL) {
        free(worker->forked_state);
        worker->forked_state = state_bytes(worker, &worker->forked_size);
    }
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    worker->forecast_busy = true;
    worker->forecast_due = true;
    (void)pthread_cond_signal(&worker->forecast_changed);
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
}

/* ---- the live run ---- */

static void save_state(struct worker *worker)
{
    double now_s = tw_run_elapsed_s(worker->live);
    double wall = wall_s();
    if (worker->futures != NULL || worker->state_path[0] == 0 || now_s - worker->saved_s < SAVE_S ||
        wall - worker->saved_wall_s < SAVE_WALL_S) {
        return;
    }
    worker->saved_s = now_s;
    worker->saved_wall_s = wall;
    size_t size = 0;
    char *bytes = state_bytes(worker, &size);
    write_state(worker, bytes, size);
    free(bytes);
}

/* Keep a frame for the members; true when it is theirs now. */
static bool keep_for_members(struct worker *worker, struct queued *item)
{
    if (worker->futures == NULL) return false;
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    item->next = worker->fed;
    worker->fed = item;
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
    return true;
}

/* What the simulated city measures goes to the members at once: by way of the server it would come
 * sooner or later, and a forecast would depend on that. */
static void feed_simulated(struct worker *worker, double time_s, const double *measured)
{
    int32_t count = 0;
    size_t most = (size_t)worker->setup.sensor_count;
    struct queued *item = calloc(1, sizeof *item);
    struct tw_worker_value *rows = calloc(most + 1, sizeof *rows);
    for (int32_t s = 0; s < worker->setup.sensor_count && rows != NULL; s++) {
        if (isnan(measured[s])) continue;
        rows[count++] = (struct tw_worker_value){s, 1, time_s, measured[s]};
    }
    if (item != NULL && rows != NULL) {
        item->frame = (struct tw_frame){
            .kind = TW_FRAME_VALUES, .size = (size_t)count * sizeof *rows, .bytes = (char *)rows};
        if (keep_for_members(worker, item)) return;
    }
    free(item);
    free(rows);
}

static tw_status send_step(struct worker *worker)
{
    const size_t watches = (size_t)worker->setup.watch_count;
    const size_t sensors = worker->simulated == NULL ? 0 : (size_t)worker->setup.sensor_count;
    struct tw_worker_step head = {.time_s = worker->setup.start_s + tw_run_elapsed_s(worker->live),
                                  .watch_count = (int32_t)watches,
                                  .sensor_count = (int32_t)sensors};
    double *values = malloc((watches + sensors + 1) * sizeof *values);
    if (values == NULL) return TW_ERR_NOMEM;
    for (size_t w = 0; w < watches; w++) {
        values[w] = tw_watch_value(worker->live, worker->watches[w]);
    }
    if (sensors > 0) tw_simulated_measure(worker->simulated, values + watches);
    if (sensors > 0) feed_simulated(worker, head.time_s, values + watches);
    const void *const parts[] = {&head, values};
    const size_t sizes[] = {sizeof head, (watches + sensors) * sizeof *values};
    tw_status status = send_parts(worker, TW_FRAME_STEP, 2, parts, sizes);
    free(values);
    return status;
}

static tw_status advance(struct worker *worker, const struct tw_worker_advance *order)
{
    double until_s = order->until_s - worker->setup.start_s;
    for (double now_s = tw_run_elapsed_s(worker->live); now_s < until_s - 1e-6;) {
        double next_s = (floor(now_s / STEP_S + 1e-9) + 1.0) * STEP_S;
        if (next_s > until_s) next_s = until_s;
        for (int32_t g = 0; g < worker->gage_count; g++) {
            double rain_mmh = live_rain_mmh(worker, g, now_s, next_s);
            TW_TRY(tw_run_set_gage_rain(worker->live, (tw_gage_id){g}, rain_mmh));
            if (worker->simulated != NULL) tw_simulated_rain(worker->simulated, g, rain_mmh);
        }
        TW_TRY(tw_run_advance(worker->live, next_s));
        if (worker->simulated != NULL) TW_TRY(tw_simulated_advance(worker->simulated, next_s));
        now_s = next_s;
        TW_TRY(send_step(worker));
    }
    for (int32_t g = 0; g < worker->gage_count; g++) {
        tw_rain_forget(&worker->rain[g], order->until_s - RAIN_KEPT_S);
    }
    if (order->forecast != 0) fork_forecast(worker);
    save_state(worker);
    return TW_OK;
}

/* ---- beginning ---- */

/* The simulated city is made later. */
static void keep_simulated(struct worker *worker, const char *bytes, size_t size)
{
    worker->restored_simulated = malloc(size + 1);
    if (worker->restored_simulated == NULL) return;
    memcpy(worker->restored_simulated, bytes, size);
    worker->restored_simulated_size = size;
}

/* Take over a saved state that fits; where it does not, the run begins anew. */
static void restore_state(struct worker *worker, tw_run_options *options)
{
    char *bytes = NULL;
    size_t size = 0;
    struct state_head head;
    if (worker->state_path[0] == 0 || worker->setup.fresh != 0) return;
    if (tw_file_read(worker->state_path, STATE_MAX, &bytes, &size) != TW_OK) return;
    bool sound = size > sizeof head;
    if (sound) memcpy(&head, bytes, sizeof head);
    sound = sound && memcmp(head.magic, state_magic, sizeof head.magic) == 0 &&
            head.size <= size - sizeof head &&
            head.simulated_size == size - sizeof head - head.size &&
            /* Older than the spin-up would begin: a fresh one is nearer. */
            head.time_s >= worker->setup.start_s && head.time_s < worker->setup.end_s;
    tw_run *run = NULL;
    if (sound) {
        tw_run_options again = *options;
        double moved_days = (head.start_s - worker->setup.start_s) / 86400.0;
        again.start_day += moved_days;
        if (tw_run_create(worker->model, &again, &run) == TW_OK &&
            tw_run_state_restore(run, bytes + sizeof head, (size_t)head.size) == TW_OK) {
            tw_run_destroy(worker->live);
            worker->live = run;
            run = NULL;
            *options = again;
            worker->restored = true;
            keep_simulated(worker, bytes + sizeof head + head.size, (size_t)head.simulated_size);
            worker->setup.start_s = head.start_s;
            worker->saved_s = tw_run_elapsed_s(worker->live);
        }
    }
    tw_run_destroy(run);
    free(bytes);
}

/* Members that were saved go on from there; where they do not fit they begin anew. */
static tw_status make_futures(struct worker *worker, const tw_run_options *options)
{
    const struct tw_futures_setup setup = {.model = worker->model,
                                           .options = *options,
                                           .about = &worker->setup,
                                           .watches = worker->watches,
                                           .sensors = worker->sensors,
                                           .classes_m = worker->classes_m,
                                           .ahead = worker->ahead,
                                           .threads = FORECAST_THREADS};
    TW_TRY(tw_futures_create(&setup, &worker->futures));
    if (worker->restored) {
        (void)tw_futures_load(worker->futures, worker->members_path);
    }
    return TW_OK;
}

static tw_status make_single(struct worker *worker, const tw_run_options *options)
{
    size_t watches = (size_t)worker->setup.watch_count;
    size_t gages = (size_t)worker->gage_count;
    struct tw_watch *list = malloc((watches + gages + 1) * sizeof *list);
    if (list == NULL) return TW_ERR_NOMEM;
    memcpy(list, worker->watches, watches * sizeof *list);
    for (size_t g = 0; g < gages; g++) {
        list[watches + g] = (struct tw_watch){TW_WATCH_GAGE_RAIN, (int32_t)g};
    }
    struct tw_forecast_setup setup = {.model = worker->model,
                                      .options = *options,
                                      .horizon_s = worker->setup.horizon_s,
                                      .step_s = worker->setup.step_s,
                                      .watches = list,
                                      .watch_count = (int32_t)(watches + gages)};
    setup.options.minimum_step_s = HASTY_STEP_S;
    setup.options.max_trials = HASTY_TRIALS;
    if (worker->setup.semi_implicit != 0) {
        setup.options.routing = TW_RUN_ROUTING_SEMI_IMPLICIT;
        setup.options.routing_step_s = worker->setup.routing_step_s;
    }
    tw_status status = tw_forecast_create(&setup, &worker->forecast);
    free(list);
    return status;
}

static tw_status make_simulated(struct worker *worker, const tw_run_options *options)
{
    if (worker->setup.simulate == 0) return TW_OK;
    struct tw_simulated_setup setup = {.model = worker->model,
                                       .options = *options,
                                       .watches = worker->watches,
                                       .sensors = worker->sensors,
                                       .sensor_count = worker->setup.sensor_count,
                                       .gage_count = worker->gage_count,
                                       .seed = worker->setup.seed};
    setup.options.minimum_step_s = HASTY_STEP_S;
    setup.options.max_trials = HASTY_TRIALS;
    TW_TRY(tw_simulated_create(&setup, worker->live, &worker->simulated));
    if (worker->restored_simulated != NULL) {
        /* One that does not fit begins anew from the live run. */
        (void)tw_simulated_state_restore(worker->simulated, worker->restored_simulated,
                                         worker->restored_simulated_size);
    }
    return TW_OK;
}

static tw_status make_rain(struct worker *worker)
{
    size_t gages = (size_t)worker->gage_count;
    worker->rain = calloc(gages + 1, sizeof *worker->rain);
    worker->ahead = calloc(gages + 1, sizeof *worker->ahead);
    worker->recent_mmh = calloc(gages + 1, sizeof *worker->recent_mmh);
    if (worker->rain == NULL || worker->ahead == NULL || worker->recent_mmh == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t g = 0; g < worker->gage_count; g++) {
        struct tw_gage_info info;
        TW_TRY(tw_model_gage_info(worker->model, (tw_gage_id){g}, &info));
        worker->rain[g].interval_s = info.interval_s > 0.0 ? info.interval_s : STEP_S;
        worker->ahead[g].interval_s = worker->rain[g].interval_s;
    }
    return TW_OK;
}

/* Take a setup frame apart; its bytes stay owned by the frame and are copied. */
static tw_status take_setup(struct worker *worker, const struct tw_frame *frame)
{
    struct tw_worker_setup *setup = &worker->setup;
    if (frame->kind != TW_FRAME_SETUP || frame->size < sizeof *setup) return TW_ERR_FORMAT;
    memcpy(setup, frame->bytes, sizeof *setup);
    size_t watches = (size_t)setup->watch_count * sizeof *worker->watches;
    size_t sensors = (size_t)setup->sensor_count * sizeof *worker->sensors;
    size_t classes = (size_t)setup->point_count * TW_WORKER_CLASSES * sizeof *worker->classes_m;
    size_t network = (size_t)setup->network_size;
    size_t state = (size_t)setup->state_size;
    if (frame->size != sizeof *setup + watches + sensors + classes + network + state ||
        setup->point_count > setup->watch_count) {
        return TW_ERR_FORMAT;
    }
    worker->classes_m = malloc(classes + 1);
    worker->members_path = malloc(state + sizeof members_suffix);
    worker->watches = malloc(watches + 1);
    worker->sensors = malloc(sensors + 1);
    worker->network_path = malloc(network + 1);
    worker->state_path = malloc(state + 1);
    if (worker->watches == NULL || worker->sensors == NULL || worker->network_path == NULL ||
        worker->state_path == NULL || worker->classes_m == NULL || worker->members_path == NULL) {
        return TW_ERR_NOMEM;
    }
    const char *at = frame->bytes + sizeof *setup;
    memcpy(worker->watches, at, watches);
    memcpy(worker->sensors, at + watches, sensors);
    memcpy(worker->classes_m, at + watches + sensors, classes);
    at += watches + sensors + classes;
    memcpy(worker->network_path, at, network);
    memcpy(worker->state_path, at + network, state);
    worker->network_path[network] = 0;
    worker->state_path[state] = 0;
    bool saves = worker->state_path[0] != 0;
    (void)snprintf(worker->members_path, state + sizeof members_suffix, "%s%s", worker->state_path,
                   saves ? members_suffix : "");
    return TW_OK;
}

static double day_of(double unix_s, double zone_s)
{
    return (unix_s + zone_s) / 86400.0 + 25569.0; /* 1970-01-01 is day 25569 since 1899-12-30 */
}

static tw_status begin(struct worker *worker)
{
    TW_TRY(tw_model_read(worker->network_path, NULL, &worker->model));
    worker->gage_count = tw_model_gage_count(worker->model);
    TW_TRY(make_rain(worker));
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.start_day = day_of(worker->setup.start_s, worker->setup.zone_s);
    options.end_day = day_of(worker->setup.end_s, worker->setup.zone_s);
    options.outer_rain = true;
    TW_TRY(tw_run_create(worker->model, &options, &worker->live));
    restore_state(worker, &options);
    TW_TRY(worker->setup.members > 1 ? make_futures(worker, &options)
                                     : make_single(worker, &options));
    TW_TRY(make_simulated(worker, &options));
    worker->forecast_thread_runs =
        pthread_create(&worker->forecast_thread, NULL, forecast_loop, worker) == 0;
    if (!worker->forecast_thread_runs) return TW_ERR_NOMEM;
    double time_s = worker->setup.start_s + tw_run_elapsed_s(worker->live);
    const void *const parts[] = {&time_s};
    const size_t sizes[] = {sizeof time_s};
    return send_parts(worker, TW_FRAME_READY, 1, parts, sizes);
}

/* ---- frames ---- */

static struct queued *take_queued(struct worker *worker)
{
    (void)pthread_mutex_lock(&worker->queue_mutex);
    while (worker->first == NULL && !worker->closed) {
        (void)pthread_cond_wait(&worker->queue_changed, &worker->queue_mutex);
    }
    struct queued *item = worker->closed ? NULL : worker->first;
    if (item != NULL) {
        worker->first = item->next;
        if (worker->first == NULL) worker->last = NULL;
    }
    (void)pthread_mutex_unlock(&worker->queue_mutex);
    return item;
}

/* Obey a frame and free it. */
static tw_status obey(struct worker *worker, struct queued *item)
{
    const struct tw_frame *frame = &item->frame;
    tw_status status = TW_OK;
    bool kept = false;
    if (frame->kind == TW_FRAME_RAIN) {
        take_rain(worker, frame, worker->rain);
        kept = keep_for_members(worker, item);
    } else if (frame->kind == TW_FRAME_VALUES || frame->kind == TW_FRAME_RADAR ||
               frame->kind == TW_FRAME_OUTLOOK) {
        kept = keep_for_members(worker, item);
    } else if (frame->kind == TW_FRAME_AHEAD) {
        take_rain(worker, frame, worker->ahead);
    } else if (frame->kind == TW_FRAME_ADVANCE && frame->size == sizeof(struct tw_worker_advance)) {
        struct tw_worker_advance order;
        memcpy(&order, frame->bytes, sizeof order);
        status = advance(worker, &order);
    }
    if (!kept) {
        free(item->frame.bytes);
        free(item);
    }
    return status;
}

static tw_status work(struct worker *worker)
{
    TW_TRY(begin(worker));
    for (;;) {
        struct queued *item = take_queued(worker);
        if (item == NULL) return TW_OK;
        TW_TRY(obey(worker, item));
    }
}

static void *work_loop(void *user)
{
    struct worker *worker = user;
    tw_status status = work(worker);
    if (status != TW_OK) {
        /* The thread that receives goes on until the server has read this and closes. */
        send_text(worker, TW_FRAME_FAILED, "live model: %s", tw_status_text(status));
    }
    return NULL;
}

/* Receive until the server closes: it never has to wait for the model. */
static tw_status receive_loop(struct worker *worker)
{
    for (;;) {
        struct queued *item = calloc(1, sizeof *item);
        if (item == NULL) return TW_ERR_NOMEM;
        tw_status status = tw_frame_receive(worker->fd, &item->frame);
        if (status != TW_OK) {
            free(item);
            return status == TW_ERR_NET ? TW_OK : status;
        }
        (void)pthread_mutex_lock(&worker->queue_mutex);
        if (worker->last != NULL) {
            worker->last->next = item;
        } else {
            worker->first = item;
        }
        worker->last = item;
        (void)pthread_cond_signal(&worker->queue_changed);
        (void)pthread_mutex_unlock(&worker->queue_mutex);
    }
}

static void worker_done(struct worker *worker)
{
    (void)pthread_mutex_lock(&worker->forecast_mutex);
    worker->forecast_stop = true;
    (void)pthread_cond_signal(&worker->forecast_changed);
    (void)pthread_mutex_unlock(&worker->forecast_mutex);
    if (worker->forecast_thread_runs) (void)pthread_join(worker->forecast_thread, NULL);
    free_queued(worker->first);
    free_queued(worker->fed);
    tw_simulated_destroy(worker->simulated);
    tw_forecast_destroy(worker->forecast);
    tw_futures_destroy(worker->futures);
    tw_run_destroy(worker->live);
    for (int32_t g = 0; g < worker->gage_count && worker->ahead != NULL; g++) {
        tw_rain_done(&worker->rain[g]);
        tw_rain_done(&worker->ahead[g]);
    }
    tw_model_destroy(worker->model);
    free(worker->rain);
    free(worker->ahead);
    free(worker->recent_mmh);
    free(worker->watches);
    free(worker->sensors);
    free(worker->classes_m);
    free(worker->forked_state);
    free(worker->restored_simulated);
    free(worker->members_path);
    free(worker->network_path);
    free(worker->state_path);
}

tw_status tw_worker_serve(int fd)
{
    struct worker worker = {.fd = fd};
    (void)pthread_mutex_init(&worker.send_mutex, NULL);
    (void)pthread_mutex_init(&worker.queue_mutex, NULL);
    (void)pthread_cond_init(&worker.queue_changed, NULL);
    (void)pthread_mutex_init(&worker.forecast_mutex, NULL);
    (void)pthread_cond_init(&worker.forecast_changed, NULL);
    pthread_t thread;
    struct tw_frame frame;
    tw_status status = tw_frame_receive(fd, &frame);
    if (status == TW_OK) {
        status = take_setup(&worker, &frame);
        free(frame.bytes);
    }
    if (status == TW_OK && pthread_create(&thread, NULL, work_loop, &worker) != 0) {
        status = TW_ERR_NOMEM;
    }
    if (status == TW_OK) {
        status = receive_loop(&worker);
        (void)pthread_mutex_lock(&worker.queue_mutex);
        worker.closed = true;
        (void)pthread_cond_signal(&worker.queue_changed);
        (void)pthread_mutex_unlock(&worker.queue_mutex);
        (void)pthread_join(thread, NULL);
    }
    worker_done(&worker);
    return status;
}
