/* The model's process, played by a thread at the other end of a socket pair. */
#include "server/worker.h"

#include "check.h"
#include "net/frame.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define START_S 1940659200.0 /* 2031-07-01T16:00+08:00 */

struct child {
    int fd, other;
    pthread_t thread;
    char state_path[64];
    int32_t semi_implicit;
    int32_t members; /* of a forecast */
    double quantile;
    int32_t assimilate;
};

static void *serve(void *user)
{
    (void)tw_worker_serve(*(const int *)user);
    return NULL;
}

/* Start a worker on a network with two watches and one sensor. */
static void start(struct child *child, const char *network, int32_t simulate, int32_t perfect)
{
    int ends[2];
    const struct tw_watch watches[2] = {{TW_WATCH_STREET_DEPTH, 4}, {TW_WATCH_NODE_DEPTH, 4}};
    const struct tw_worker_sensor sensor = {.watch = 1, .id = "L1"};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    child->fd = ends[0];
    child->other = ends[1];
    assert_int_equal(pthread_create(&child->thread, NULL, serve, &child->other), 0);
    struct tw_worker_setup setup = {.start_s = START_S,
                                    .end_s = START_S + 86400.0,
                                    .zone_s = 28800.0,
                                    .horizon_s = 3600.0,
                                    .step_s = 60.0,
                                    .watch_count = 2,
                                    .sensor_count = 1,
                                    .simulate = simulate,
                                    .semi_implicit = child->semi_implicit,
                                    .routing_step_s = 20.0,
                                    .members = child->members,
                                    .quantile = child->quantile,
                                    .assimilate = child->assimilate,
                                    .point_count = 1,
                                    .perfect = perfect,
                                    .seed = 1,
                                    .network_size = (int32_t)strlen(network) + 1,
                                    .state_size = (int32_t)strlen(child->state_path) + 1};
    const struct tw_filter_setup usual = tw_filter_setup_default();
    memcpy(setup.priors, usual.priors, sizeof setup.priors);
    const double classes_m[TW_WORKER_CLASSES] = {0.15, 0.27, 0.40, 0.60};
    const void *const parts[] = {&setup, watches, &sensor, classes_m, network, child->state_path};
    const size_t sizes[] = {sizeof setup,
                            sizeof watches,
                            sizeof sensor,
                            sizeof classes_m,
                            (size_t)setup.network_size,
                            (size_t)setup.state_size};
    assert_ok(tw_frame_send_parts(child->fd, TW_FRAME_SETUP, 6, parts, sizes));
}

static void stop(struct child *child)
{
    (void)close(child->fd);
    assert_int_equal(pthread_join(child->thread, NULL), 0);
    (void)close(child->other);
}

/* The next frame, which must be of a kind. */
static struct tw_frame expect(struct child *child, uint32_t kind)
{
    struct tw_frame frame;
    assert_ok(tw_frame_receive(child->fd, &frame));
    if (frame.kind != kind) {
        fail_msg("frame %u where %u was expected: %.80s", frame.kind, kind,
                 frame.size > 0 ? frame.bytes : "");
    }
    return frame;
}

static double ready(struct child *child)
{
    struct tw_frame frame = expect(child, TW_FRAME_READY);
    double time_s = 0.0;
    assert_int_equal(frame.size, sizeof time_s);
    memcpy(&time_s, frame.bytes, sizeof time_s);
    free(frame.bytes);
    return time_s;
}

/* Advance by a minute; the depths of the two watches and the sensor come back. */
static void minute(struct child *child, int number, int32_t forecast, double out[3])
{
    const struct tw_worker_advance order = {START_S + 60.0 * number, forecast};
    assert_ok(tw_frame_send(child->fd, TW_FRAME_ADVANCE, &order, sizeof order));
    struct tw_frame frame = expect(child, TW_FRAME_STEP);
    struct tw_worker_step head;
    memcpy(&head, frame.bytes, sizeof head);
    assert_near(head.time_s, START_S + 60.0 * number, 1e-6);
    size_t count = (size_t)head.watch_count + (size_t)head.sensor_count;
    assert_int_equal(frame.size, sizeof head + count * sizeof(double));
    out[2] = (double)NAN;
    memcpy(out, frame.bytes + sizeof head, count * sizeof(double));
    free(frame.bytes);
}

static void rain(struct child *child, uint32_t kind, int from, int to, double rain_mm)
{
    for (int i = from; i <= to; i++) {
        struct tw_worker_rain rows[2] = {{0, START_S + 60.0 * i, rain_mm},
                                         {1, START_S + 60.0 * i, 0.0}};
        if (i % 5 == 0) rows[1].rain_mm = 5.0 * rain_mm; /* its interval is five minutes */
        size_t size = i % 5 == 0 ? sizeof rows : sizeof rows[0];
        assert_ok(tw_frame_send(child->fd, kind, rows, size));
    }
}

static const char network[] = TW_SOURCE_DIR "/tests/cities/tiny/network.inp";

static void rain_that_fell_fills_the_street(void **state)
{
    (void)state;
    struct child child = {.fd = -1};
    double now[3] = {0.0};
    start(&child, network, 0, 0);
    assert_near(ready(&child), START_S, 1e-6);
    rain(&child, TW_FRAME_RAIN, 1, 30, 2.0);
    for (int i = 1; i <= 30; i++)
        minute(&child, i, 0, now);
    assert_true(now[0] > 0.15);
    assert_true(now[1] > 2.0); /* the manhole is two metres deep */
    stop(&child);
}

static float *forecast_of(struct child *child, struct tw_worker_forecast *out_head)
{
    struct tw_frame frame = expect(child, TW_FRAME_FORECAST);
    memcpy(out_head, frame.bytes, sizeof *out_head);
    size_t count =
        (size_t)(out_head->watch_count + out_head->gage_count) * (size_t)out_head->step_count;
    assert_int_equal(frame.size, sizeof *out_head + count * sizeof(float));
    float *values = malloc(count * sizeof(float));
    assert_non_null(values);
    memcpy(values, frame.bytes + sizeof *out_head, count * sizeof(float));
    free(frame.bytes);
    return values;
}

static void an_honest_forecast_takes_the_rain_of_the_last_minutes(void **state)
{
    (void)state;
    struct child child = {.fd = -1};
    struct tw_worker_forecast head;
    double now[3] = {0.0};
    start(&child, network, 0, 0);
    (void)ready(&child);
    rain(&child, TW_FRAME_RAIN, 1, 10, 1.0);
    for (int i = 1; i <= 10; i++)
        minute(&child, i, i == 10, now);
    float *values = forecast_of(&child, &head);
    assert_near(head.start_s, START_S + 600.0, 1e-6);
    assert_int_equal(head.step_count, 61);
    const float *gage = values + 2 * 61;
    assert_near((double)gage[1], 60.0, 1e-4); /* held for half an hour ... */
    assert_near((double)gage[30], 60.0, 1e-4);
    assert_true(gage[45] < 60.0F && gage[45] > 20.0F); /* ... then less and less */
    assert_near((double)values[0], now[0], 1e-6);
    free(values);
    stop(&child);
}

/* ---- many members ---- */

#define MEMBERS 9
#define STEPS 13 /* an hour in steps of five minutes */
#define FLOATS_OF_POINT (2 * STEPS + TW_WORKER_CLASSES * (STEPS + 1))

/* The whole frame of a forecast of members; the caller frees its bytes. */
static struct tw_frame members_forecast(struct child *child, struct tw_worker_forecast *out_head)
{
    struct tw_frame frame = expect(child, TW_FRAME_FORECAST);
    struct tw_worker_forecast *h = out_head;
    memcpy(h, frame.bytes, sizeof *h);
    assert_int_equal(h->step_count, STEPS);
    assert_int_equal(h->point_count, 1);
    assert_true(h->link_count > 0 && h->inlet_count > 0);
    size_t count = (size_t)(h->watch_count + h->gage_count) * STEPS + FLOATS_OF_POINT +
                   (size_t)h->inlet_count * 3 * STEPS + 3 * (size_t)h->link_count;
    assert_int_equal(frame.size, sizeof *h + count * sizeof(float) + (size_t)h->notes_size);
    assert_int_equal(frame.bytes[frame.size - 1], 0);
    return frame;
}

/* Run a worker through minutes first..last with a forecast every ten; rain and levels are told as the
 * server tells them when a process begins. The last forecast is handed over. */
static struct tw_frame run_members(struct child *child, int first, int last,
                                   struct tw_worker_forecast *head)
{
    struct tw_frame frame = {.bytes = NULL};
    double now[3] = {0.0};
    rain(child, TW_FRAME_RAIN, 1, last, 1.5);
    for (int i = 1; i <= last; i++) {
        const struct tw_worker_value value = {0, 1, START_S + 60.0 * i, 0.02 * i};
        assert_ok(tw_frame_send(child->fd, TW_FRAME_VALUES, &value, sizeof value));
    }
    for (int i = first; i <= last; i++) {
        minute(child, i, i % 10 == 0, now);
        if (i % 10 != 0) continue;
        free(frame.bytes);
        frame = members_forecast(child, head);
    }
    return frame;
}

static void members_say_how_deep_how_sure_and_what_fills_up(void **state)
{
    (void)state;
    struct child child = {.fd = -1, .members = MEMBERS, .quantile = 0.5, .assimilate = 1};
    struct tw_worker_forecast head;
    start(&child, network, 0, 0);
    (void)ready(&child);
    struct tw_frame frame = run_members(&child, 1, 20, &head);
    assert_near(head.start_s, START_S + 1200.0, 1e-6);
    assert_int_equal(head.members, MEMBERS);
    assert_int_equal(head.asked_members, MEMBERS);
    assert_int_equal(head.asked_step_count, STEPS);
    const float *middle = (const float *)(const void *)(frame.bytes + sizeof head);
    const float *gage = middle + 2 * STEPS;
    assert_near((double)gage[0], 90.0, 10.0); /* what fell, spread over the members */
    const float *low = middle + (head.watch_count + head.gage_count) * STEPS;
    const float *high = low + STEPS;
    const float *chance = high + STEPS;
    const float *peak = chance + TW_WORKER_CLASSES * STEPS;
    bool spread = false;
    for (int k = 0; k < STEPS; k++) {
        assert_true(low[k] <= middle[k] && middle[k] <= high[k]);
        spread |= low[k] < high[k];
        for (int c = 0; c < TW_WORKER_CLASSES; c++) {
            assert_true(chance[c * STEPS + k] <= peak[c]);
            if (c > 0) assert_true(chance[c * STEPS + k] <= chance[(c - 1) * STEPS + k]);
        }
    }
    assert_true(spread);
    assert_true(peak[0] > 0.5F); /* 90 mm/h floods this street */
    const float *loaded = peak + TW_WORKER_CLASSES + head.inlet_count * 3 * STEPS;
    bool full = false;
    for (int32_t k = 0; k < 2 * head.link_count; k++)
        full |= loaded[k] >= 0.0F; /* false for never */
    assert_true(full);
    free(frame.bytes);
    stop(&child);
}

/* The process is ended after its forecast of minute 10 and begins again from what it saved. */
static void members_that_begin_again_foretell_the_same(void **state)
{
    (void)state;
    struct child child = {.fd = -1, .members = MEMBERS, .quantile = 0.5, .assimilate = 1};
    struct tw_worker_forecast head;
    struct tw_worker_forecast again;
    char members_path[96];
    start(&child, network, 0, 0);
    (void)ready(&child);
    struct tw_frame whole = run_members(&child, 1, 20, &head);
    stop(&child);
    (void)snprintf(child.state_path, sizeof child.state_path, "/tmp/tw_members_test_%d.state",
                   (int)getpid());
    (void)snprintf(members_path, sizeof members_path, "%s%s", child.state_path,
                   TW_WORKER_MEMBERS_SUFFIX);
    start(&child, network, 0, 0);
    (void)ready(&child);
    struct tw_frame first = run_members(&child, 1, 10, &again);
    free(first.bytes);
    stop(&child);
    assert_int_equal(access(child.state_path, R_OK), 0);
    assert_int_equal(access(members_path, R_OK), 0);
    start(&child, network, 0, 0);
    assert_near(ready(&child), START_S + 600.0, 1e-6);
    struct tw_frame second = run_members(&child, 11, 20, &again);
    size_t from = sizeof head; /* what follows does not tell how long it took */
    assert_int_equal(whole.size, second.size);
    assert_memory_equal(whole.bytes + from, second.bytes + from, whole.size - from);
    free(whole.bytes);
    free(second.bytes);
    stop(&child);
    (void)unlink(child.state_path);
    (void)unlink(members_path);
}

/* A semi-implicit forecast goes on from the live state of the dynamic wave and tells the same. */
static void a_forecast_may_be_routed_semi_implicitly(void **state)
{
    (void)state;
    float *values[2];
    for (int semi = 0; semi < 2; semi++) {
        struct child child = {.fd = -1, .semi_implicit = semi};
        struct tw_worker_forecast head;
        double now[3] = {0.0};
        start(&child, network, 0, 0);
        (void)ready(&child);
        rain(&child, TW_FRAME_RAIN, 1, 10, 1.0);
        for (int i = 1; i <= 10; i++)
            minute(&child, i, i == 10, now);
        values[semi] = forecast_of(&child, &head);
        assert_int_equal(head.step_count, 61);
        stop(&child);
    }
    bool differs = false;
    for (int k = 61; k < 2 * 61; k++) {
        /* of a rise by 1.2 m: the dynamic wave makes or loses 2 % of the water of this model, and pumps
         * start up to a step later */
        assert_near((double)values[1][k], (double)values[0][k], 0.05);
        differs = differs || values[1][k] < values[0][k] || values[1][k] > values[0][k];
    }
    assert_true(differs); /* it is another method */
    free(values[0]);
    free(values[1]);
}

static void a_perfect_forecast_knows_the_rain_ahead(void **state)
{
    (void)state;
    struct child child = {.fd = -1};
    struct tw_worker_forecast head;
    double now[3] = {0.0};
    start(&child, network, 0, 1);
    (void)ready(&child);
    rain(&child, TW_FRAME_AHEAD, 30, 40, 2.0);
    minute(&child, 1, 1, now);
    float *values = forecast_of(&child, &head);
    assert_near((double)values[2 * 61 + 10], 0.0, 1e-6);
    assert_near((double)values[2 * 61 + 35], 120.0, 1e-3);
    free(values);
    stop(&child);
}

static void a_simulated_city_measures_and_differs_from_the_model(void **state)
{
    (void)state;
    struct child child = {.fd = -1};
    double now[3] = {0.0};
    double differs = 0.0;
    int spoken = 0;
    start(&child, network, 1, 0);
    (void)ready(&child);
    rain(&child, TW_FRAME_RAIN, 1, 40, 1.5);
    for (int i = 1; i <= 40; i++) {
        minute(&child, i, 0, now);
        if (isnan(now[2])) continue;
        spoken++;
        differs += fabs(now[2] - now[1]);
    }
    assert_true(spoken > 20);
    assert_true(differs / spoken > 0.001); /* noise, and rain that really fell harder */
    assert_true(differs / spoken < 1.0);
    stop(&child);
}

static void a_saved_state_is_taken_up_again(void **state)
{
    (void)state;
    struct child child = {.fd = -1};
    double before[3] = {0.0};
    double after[3] = {0.0};
    (void)snprintf(child.state_path, sizeof child.state_path, "/tmp/tw_worker_test_%d.state",
                   (int)getpid());
    start(&child, network, 0, 0);
    (void)ready(&child);
    rain(&child, TW_FRAME_RAIN, 1, 60, 0.6);
    (void)sleep(6); /* a state is saved every five seconds at most */
    for (int i = 1; i <= 21; i++)
        minute(&child, i, 0, before);
    stop(&child);
    assert_int_equal(access(child.state_path, R_OK), 0);
    start(&child, network, 0, 0);
    double reached_s = ready(&child);
    assert_true(reached_s > START_S && reached_s <= START_S + 21.0 * 60.0);
    rain(&child, TW_FRAME_RAIN, 1, 60, 0.6);
    for (int i = (int)((reached_s - START_S) / 60.0) + 1; i <= 21; i++) {
        minute(&child, i, 0, after);
    }
    assert_true(after[1] == before[1]); /* the same bits */
    stop(&child);
    (void)unlink(child.state_path);
}

static void a_model_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    struct child child = {.fd = -1};
    start(&child, "/nowhere.inp", 0, 0);
    struct tw_frame frame = expect(&child, TW_FRAME_FAILED);
    assert_non_null(strstr(frame.bytes, "live model"));
    free(frame.bytes);
    stop(&child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rain_that_fell_fills_the_street),
        cmocka_unit_test(an_honest_forecast_takes_the_rain_of_the_last_minutes),
        cmocka_unit_test(members_say_how_deep_how_sure_and_what_fills_up),
        cmocka_unit_test(members_that_begin_again_foretell_the_same),
        cmocka_unit_test(a_forecast_may_be_routed_semi_implicitly),
        cmocka_unit_test(a_perfect_forecast_knows_the_rain_ahead),
        cmocka_unit_test(a_simulated_city_measures_and_differs_from_the_model),
        cmocka_unit_test(a_saved_state_is_taken_up_again),
        cmocka_unit_test(a_model_that_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
