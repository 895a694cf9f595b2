/* Whole runs, for the method is one only with its steps: small models written here, by both
 * methods. */
#include "thalweg/thalweg.h"

#include "check.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 40000 };

static const char *const head =
    "[OPTIONS]\nFLOW_UNITS CMS\nFLOW_ROUTING DYNWAVE\nSTART_DATE 07/01/2031\n"
    "END_DATE 07/02/2031\nROUTING_STEP 1\nVARIABLE_STEP 0\nMAX_TRIALS 30\n"
    "HEAD_TOLERANCE 0.00001\nMIN_SLOPE 0\n";

/* A model of a text; the reader wants a path, and a file in memory has one. */
static tw_model *model_of(const char *text)
{
    char path[64];
    int fd = memfd_create("semi.inp", MFD_CLOEXEC);
    assert_true(fd >= 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(write(fd, head, strlen(head)), strlen(head));
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    tw_model *model = NULL;
    tw_faults *faults = NULL;
    assert_ok(tw_faults_create(0, &faults));
    tw_status status = tw_model_read(path, faults, &model);
    if (status != TW_OK) {
        (void)write(STDERR_FILENO, text, strlen(text));
        for (size_t i = 0; i < tw_faults_kept(faults); i++)
            (void)fprintf(stderr, "%s\n", tw_faults_get(faults, i).text);
    }
    assert_ok(status);
    tw_faults_destroy(faults);
    close(fd);
    return model;
}

static tw_run *run_of(const tw_model *model, double semi_step_s)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.routing =
        semi_step_s > 0.0 ? TW_RUN_ROUTING_SEMI_IMPLICIT : TW_RUN_ROUTING_DYNAMIC_WAVE;
    if (semi_step_s > 0.0) options.routing_step_s = semi_step_s;
    if (semi_step_s > 0.0) options.head_tolerance_m = 0.0005;
    tw_run *run = NULL;
    assert_ok(tw_run_create(model, &options, &run));
    return run;
}

static double depth_of(const tw_run *run, const tw_model *model, const char *name)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(model, name, &id));
    return tw_run_node_depth_m(run, id);
}

static double flow_of(const tw_run *run, const tw_model *model, const char *name)
{
    tw_link_id id;
    assert_ok(tw_model_link_find(model, name, &id));
    return tw_run_link_flow_m3s(run, id);
}

/* All depths are numbers of at least 0, and the water is all there. 1e-10 is the promise; sums of a
 * day's steps round to about 1e-13. What depths do not show of it is what the last trial's lines,
 * 0.5 mm long, differ by from the curves. */
static void assert_sound(const tw_run *run, const tw_model *model, double unplaced_m3)
{
    for (int32_t i = 0; i < tw_model_node_count(model); i++) {
        double depth = tw_run_node_depth_m(run, (tw_node_id){i});
        assert_true(isfinite(depth) && depth >= 0.0);
    }
    assert_true(tw_run_stats_get(run).unplaced_m3 < unplaced_m3);
    for (int32_t i = 0; i < tw_model_link_count(model); i++)
        assert_true(isfinite(tw_run_link_flow_m3s(run, (tw_link_id){i})));
    assert_near(tw_run_balance(run).routing_error_ratio, 0.0, 1e-10);
}

/* ---- where the answer is known ---- */

static const char *const channel =
    "[JUNCTIONS]\nA 10.5 3 0 0 0\nB 10.4 3 0 0 0\nC 10.3 3 0 0 0\nD 10.2 3 0 0 0\nE 10.1 3 0 0 0\n"
    "[OUTFALLS]\nO 10.0 NORMAL NO\n"
    "[CONDUITS]\nC1 A B 100 0.015 0 0 0 0\nC2 B C 100 0.015 0 0 0 0\nC3 C D 100 0.015 0 0 0 0\n"
    "C4 D E 100 0.015 0 0 0 0\nC5 E O 100 0.015 0 0 0 0\n"
    "[XSECTIONS]\nC1 RECT_OPEN 3 2 0 0 1\nC2 RECT_OPEN 3 2 0 0 1\nC3 RECT_OPEN 3 2 0 0 1\n"
    "C4 RECT_OPEN 3 2 0 0 1\nC5 RECT_OPEN 3 2 0 0 1\n"
    "[INFLOWS]\nA FLOW \"\" FLOW 1.0 1.0 1.5\n";

/* Depth of 1.5 m3/s in a rectangle of 2 m, n = 0.015, slope 0.001, by Manning's formula. */
static double manning_depth(void)
{
    double low = 0.0, high = 3.0;
    for (int k = 0; k < 60; k++) {
        double y = 0.5 * (low + high), area = 2.0 * y, radius = area / (2.0 + 2.0 * y);
        double q = area * pow(radius, 2.0 / 3.0) * sqrt(0.001) / 0.015;
        *(q < 1.5 ? &low : &high) = y;
    }
    return low;
}

static void assert_depths(const tw_run *run, const tw_model *model, double expected_m)
{
    static const char *const nodes[] = {"A", "B", "C", "D", "E"};
    for (int i = 0; i < 5; i++) {
        /* 0.3 %: k = 1.486 of feet, tables of normal depth in 256 cells at the outfall */
        assert_near(depth_of(run, model, nodes[i]), expected_m, 0.003 * expected_m);
    }
}

static void uniform_flow_has_the_depth_of_manning(void **state)
{
    (void)state;
    tw_model *model = model_of(channel);
    double expected = manning_depth();
    for (int step_s = 5; step_s <= 60; step_s *= 2) {
        tw_run *run = run_of(model, step_s);
        assert_ok(tw_run_advance(run, 6.0 * 3600.0));
        assert_depths(run, model, expected);
        double inflow_m3s = 1.5 * tw_model_units_get(model).flow_m3s;
        assert_near(flow_of(run, model, "C3"), inflow_m3s, 1e-4); /* steady to the head tolerance */
        assert_sound(run, model, 0.01);
        tw_run_destroy(run);
    }
    tw_model_destroy(model);
}

/* Both methods at their end of a steady or slow state: the same equations without their time. */
static void assert_methods_agree(const char *text, double until_s, double step_s,
                                 double tolerance_m)
{
    tw_model *model = model_of(text);
    tw_run *wave = run_of(model, 0.0), *semi = run_of(model, step_s);
    assert_ok(tw_run_advance(wave, until_s));
    assert_ok(tw_run_advance(semi, until_s));
    for (int32_t i = 0; i < tw_model_node_count(model); i++) {
        double expected = tw_run_node_depth_m(wave, (tw_node_id){i});
        assert_near(tw_run_node_depth_m(semi, (tw_node_id){i}), expected, tolerance_m);
    }
    assert_sound(semi, model, 0.01);
    tw_run_destroy(wave);
    tw_run_destroy(semi);
    tw_model_destroy(model);
}

static const char *const pipes =
    "[JUNCTIONS]\nA 10.4 4 0 0 0\nB 10.2 4 0 0 0\nC 10.0 4 0 0 0\n"
    "[CONDUITS]\nC1 A B 100 0.013 0 0 0 0\nC2 B C 100 0.013 0 0 0 0\nC3 C O 100 0.013 0 0 0 0\n"
    "[XSECTIONS]\nC1 CIRCULAR 0.6 0 0 0 1\nC2 CIRCULAR 0.6 0 0 0 1\nC3 CIRCULAR 0.6 0 0 0 1\n";

static void drawdown_to_a_free_outfall_is_that_of_the_dynamic_wave(void **state)
{
    (void)state;
    char text[2000];
    (void)snprintf(text, sizeof text,
                   "%s[OUTFALLS]\nO 9.8 FREE NO\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 0.15\n", pipes);
    /* the flow's own depth at the exit is found to 1 mm by either */
    assert_methods_agree(text, 3.0 * 3600.0, 20.0, 0.002);
}

static void a_surcharged_pipe_has_the_heads_of_the_dynamic_wave(void **state)
{
    (void)state;
    char text[2000];
    (void)snprintf(text, sizeof text,
                   "%s[OUTFALLS]\nO 9.8 FIXED 11.5 NO\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 0.35\n",
                   pipes);
    /* friction of full pipes: only rounding and the dynamic wave's own tolerance differ */
    assert_methods_agree(text, 3.0 * 3600.0, 20.0, 0.002);
}

static void a_tidal_outfall_is_followed(void **state)
{
    (void)state;
    char text[2000];
    (void)snprintf(
        text, sizeof text,
        "%s[OUTFALLS]\nO 9.8 TIDAL TIDE NO\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 0.1\n"
        "[CURVES]\nTIDE TIDAL 0 10.2\nTIDE 6 11.2\nTIDE 12 10.2\nTIDE 18 11.2\nTIDE 24 10.2\n",
        pipes);
    /* the tide moves by 3 mm in a minute; half a step of 30 s is 1 mm, the rest storage in between */
    assert_methods_agree(text, 4.0 * 3600.0, 30.0, 0.005);
    assert_methods_agree(text, 9.0 * 3600.0, 30.0, 0.005);
}

static void a_storage_fills_and_empties_as_by_the_dynamic_wave(void **state)
{
    (void)state;
    const char *text =
        "[STORAGE]\nT 10 4 0 FUNCTIONAL 0 0 400 0 0\nU 9 4 0 FUNCTIONAL 0 0 300 0 0\n"
        "[OUTFALLS]\nO 8.8 FREE NO\n"
        "[CONDUITS]\nC1 U O 50 0.013 0 0 0 0\n[XSECTIONS]\nC1 CIRCULAR 0.4 0 0 0 1\n"
        "R1 CIRCULAR 0.3 0 0 0\nW1 RECT_OPEN 1 2 0 0\n"
        "[ORIFICES]\nR1 T U SIDE 0.2 0.65 NO 0\n[WEIRS]\nW1 T U TRANSVERSE 2.0 1.8 NO 0 0 NO\n"
        "[INFLOWS]\nT FLOW RAIN FLOW 1 1\n"
        "[TIMESERIES]\nRAIN 0:00 0\nRAIN 0:30 0.5\nRAIN 1:30 0.5\nRAIN 2:00 0\n";
    /* half a step's inflow on 400 m2 is 0.02 m at 0.5 m3/s and 30 s; mean inflows take most of it */
    for (int hour = 1; hour <= 5; hour += 2)
        assert_methods_agree(text, 3600.0 * hour, 30.0, 0.006);
}

/* ---- what must hold anywhere ---- */

static double chance(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-53;
}

static int pick(uint64_t *seed, int count) { return (int)(chance(seed) * count); }

struct text {
    char *at;
    size_t used;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    t->used += (size_t)vsnprintf(t->at + t->used, ROOM - t->used, format, values);
    va_end(values);
    assert_true(t->used < ROOM);
}

enum { NODES = 24 };

/* Sections of every sort of volume: round, with a lid, open, bulging, a force main. */
static void put_section(struct text *t, int link, uint64_t *seed)
{
    static const char *const sections[] = {
        "CIRCULAR %.2f 0 0 0 %d", "RECT_CLOSED %.2f 0.8 0 0 %d", "TRAPEZOIDAL %.2f 0.5 1 1 %d",
        "EGG %.2f 0 0 0 %d",      "RECT_OPEN %.2f 1.0 0 0 %d",   "TRIANGULAR %.2f 1.5 0 0 %d"};
    char words[80];
    (void)snprintf(words, sizeof words, "L%d %s\n", link, sections[pick(seed, 6)]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    put(t, words, 0.2 + chance(seed), 1 + pick(seed, 2));
#pragma GCC diagnostic pop
}

/* A network that no engineer would build: steep, flat and adverse conduits, drops, loops, ponds,
 * nodes that flood, pumps, and inflows from nothing to far too much. */
static void put_network(struct text *t, uint64_t seed)
{
    double invert[NODES];
    put(t, "ALLOW_PONDING %s\n[JUNCTIONS]\n", chance(&seed) < 0.5 ? "YES" : "NO");
    for (int i = 0; i < NODES; i++) {
        invert[i] = i == 0 ? 10.0 : invert[pick(&seed, i)] + 1.2 * chance(&seed) - 0.2;
        double ponded = chance(&seed) < 0.4 ? 300.0 * chance(&seed) : 0.0;
        if (i > 0 && i != 5)
            put(t, "N%d %.3f %.2f 0 %.2f %.1f\n", i, invert[i], 2.0 + chance(&seed),
                chance(&seed) < 0.3 ? 1.0 : 0.0, ponded);
    }
    static const char *const outfalls[] = {"FREE", "NORMAL", "FIXED 10.9"};
    put(t, "[OUTFALLS]\nN0 9.5 %s NO\n", outfalls[pick(&seed, 3)]);
    put(t, "[STORAGE]\nN5 %.3f 3 0 FUNCTIONAL 30 20 1 0 0.5\n", invert[5]);
    struct text sections = {.at = calloc(1, ROOM)};
    assert_non_null(sections.at);
    put(t, "[CONDUITS]\n");
    for (int i = 1; i < NODES + 5; i++) {
        int a = i < NODES ? i : 1 + pick(&seed, NODES - 1),
            b = i == 1 ? 0 : 1 + pick(&seed, a > 1 ? a - 1 : 1);
        if (a == b || (i > 1 && i % 9 == 0)) continue;
        put(t, "L%d N%d N%d %.1f 0.015 %.2f %.2f 0 0\n", i, a, b,
            2.0 + 100.0 * chance(&seed) * chance(&seed),
            chance(&seed) < 0.2 ? 0.5 * chance(&seed) : 0.0,
            chance(&seed) < 0.3 ? 0.8 * chance(&seed) : 0.0);
        put_section(&sections, i, &seed);
    }
    put(t, "[WEIRS]\nW9 N9 N3 TRANSVERSE %.2f 1.8 NO 0 0 YES\n", chance(&seed));
    put(t, "[ORIFICES]\nO18 N18 N7 SIDE %.2f 0.65 %s 0\n", 0.5 * chance(&seed),
        chance(&seed) < 0.3 ? "YES" : "NO");
    put(t, "[PUMPS]\nP1 N5 N8 LIFT ON 0.6 0.2\nP2 N11 N2 STEPS ON 0 0\n");
    put(t, "[OUTLETS]\nU1 N12 N4 0.3 FUNCTIONAL/HEAD 0.2 0.5 NO\n");
    put(t, "[CURVES]\nLIFT PUMP3 0 0.2\nLIFT 4 0.05\nSTEPS PUMP2 0.3 0.02\nSTEPS 0.8 0.06\nSTEPS 2 "
           "0.1\n");
    put(t, "[XSECTIONS]\nW9 RECT_OPEN 1 1.5 0 0\nO18 CIRCULAR 0.3 0 0 0\n%s", sections.at);
    free(sections.at);
    put(t, "[INFLOWS]\n");
    for (int i = 1; i < NODES; i += 3)
        put(t, "N%d FLOW STORM FLOW 1 %.3f\n", i,
            chance(&seed) * chance(&seed) * (chance(&seed) < 0.2 ? -0.2 : 1.0));
    put(t,
        "[TIMESERIES]\nSTORM 0:00 0\nSTORM 0:20 1\nSTORM 0:21 0\nSTORM 0:50 0.3\nSTORM 1:20 0\n");
}

static void any_network_keeps_its_water_and_goes_on(void **state)
{
    (void)state;
    char *text = malloc(ROOM);
    assert_non_null(text);
    int64_t steps = 0, loose = 0;
    for (uint64_t seed = 1; seed <= 150; seed++) {
        struct text t = {.at = text};
        put_network(&t, seed);
        tw_model *model = model_of(text);
        static const double steps_s[] = {10.0, 30.0, 60.0};
        tw_run *run = run_of(model, steps_s[seed % 3]);
        for (int k = 1; k <= 12; k++) {
            assert_ok(tw_run_advance(run, 600.0 * k));
            assert_sound(run, model, 0.5);
        }
        struct tw_run_stats stats = tw_run_stats_get(run);
        steps += stats.steps;
        loose += stats.unconverged_steps;
        tw_run_destroy(run);
        tw_model_destroy(model);
    }
    free(text);
    /* some valves and gates never settle; they must stay the exception */
    print_message("%lld of %lld steps did not settle\n", (long long)loose, (long long)steps);
    assert_true(loose * 100 < steps);
}

static void the_valley_keeps_its_water(void **state)
{
    (void)state;
    tw_model *model = NULL;
    assert_ok(tw_model_read(TW_SOURCE_DIR "/tests/inp/valley.inp", NULL, &model));
    for (int step_s = 5; step_s <= 60; step_s += 11) {
        tw_run *run = run_of(model, step_s);
        assert_ok(tw_run_advance(run, 4.0 * 3600.0));
        assert_sound(run, model, 0.01);
        tw_run_destroy(run);
    }
    tw_model_destroy(model);
}

/* ---- state ---- */

static void a_state_goes_from_one_method_to_the_other_and_back(void **state)
{
    (void)state;
    char text[2000];
    (void)snprintf(text, sizeof text,
                   "%s[OUTFALLS]\nO 9.8 FREE NO\n[INFLOWS]\nA FLOW \"\" FLOW 1 1 0.15\n", pipes);
    tw_model *model = model_of(text);
    tw_run *wave = run_of(model, 0.0), *semi = run_of(model, 20.0);
    assert_ok(tw_run_advance(wave, 3600.0));
    double before = depth_of(wave, model, "B");
    assert_ok(tw_run_copy_state(semi, wave));
    assert_ok(tw_run_advance(semi, 7200.0));
    assert_near(depth_of(semi, model, "B"), before, 0.002); /* steady, as in the drawdown above */
    /* water that the dynamic wave lost or made before stays booked, none is added by the switch */
    double error = tw_run_balance(wave).routing_error_ratio;
    assert_near(tw_run_balance(semi).routing_error_ratio, error, fabs(error) + 1e-10);
    assert_ok(tw_run_copy_state(wave, semi));
    assert_ok(tw_run_advance(wave, 10800.0));
    assert_near(depth_of(wave, model, "B"), before, 0.002);
    tw_run_destroy(wave);
    tw_run_destroy(semi);
    tw_model_destroy(model);
}

static void a_depth_that_is_set_is_booked(void **state)
{
    (void)state;
    tw_model *model = model_of(channel);
    tw_run *run = run_of(model, 30.0);
    assert_ok(tw_run_advance(run, 3600.0));
    tw_node_id node;
    assert_ok(tw_model_node_find(model, "C", &node));
    double more = 0.5;
    assert_ok(tw_run_set_node_depth(run, node, tw_run_node_depth_m(run, node) + more));
    assert_ok(tw_run_advance(run, 7200.0));
    /* half of two conduits of 100 m and 2 m, to rounding of the sums */
    assert_near(tw_run_balance(run).nudged_m3, more * 2.0 * 100.0, 1e-6);
    assert_sound(run, model, 0.01);
    tw_run_destroy(run);
    tw_model_destroy(model);
}

struct job {
    const tw_model *model;
    unsigned char *state;
    size_t size;
};

static void *run_and_save(void *argument)
{
    struct job *job = argument;
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.routing = TW_RUN_ROUTING_SEMI_IMPLICIT;
    options.routing_step_s = 30.0;
    tw_run *run = NULL;
    if (tw_run_create(job->model, &options, &run) != TW_OK) return NULL;
    job->size = tw_run_state_size(run);
    job->state = malloc(job->size);
    if (job->state != NULL && tw_run_advance(run, 5400.0) == TW_OK)
        tw_run_state_save(run, job->state);
    tw_run_destroy(run);
    return NULL;
}

static void two_threads_give_the_bits_of_one(void **state)
{
    (void)state;
    tw_model *model = NULL;
    assert_ok(tw_model_read(TW_SOURCE_DIR "/tests/inp/valley.inp", NULL, &model));
    struct job jobs[3] = {{.model = model}, {.model = model}, {.model = model}};
    (void)run_and_save(&jobs[0]);
    pthread_t a, b;
    assert_int_equal(pthread_create(&a, NULL, run_and_save, &jobs[1]), 0);
    assert_int_equal(pthread_create(&b, NULL, run_and_save, &jobs[2]), 0);
    (void)pthread_join(a, NULL);
    (void)pthread_join(b, NULL);
    for (int k = 0; k < 3; k++) {
        assert_non_null(jobs[k].state);
        assert_memory_equal(jobs[k].state, jobs[0].state, jobs[0].size);
    }
    for (int k = 0; k < 3; k++)
        free(jobs[k].state);
    tw_model_destroy(model);
}

static void a_restored_run_gives_the_bits_of_one_never_stopped(void **state)
{
    (void)state;
    tw_model *model = NULL;
    assert_ok(tw_model_read(TW_SOURCE_DIR "/tests/inp/valley.inp", NULL, &model));
    tw_run *whole = run_of(model, 20.0), *after = run_of(model, 20.0);
    assert_ok(tw_run_advance(whole, 3600.0));
    size_t size = tw_run_state_size(whole);
    unsigned char *bytes = malloc(2 * size);
    assert_non_null(bytes);
    tw_run_state_save(whole, bytes);
    assert_ok(tw_run_advance(whole, 7200.0));
    assert_ok(tw_run_state_restore(after, bytes, size));
    assert_ok(tw_run_advance(after, 7200.0));
    tw_run_state_save(whole, bytes);
    tw_run_state_save(after, bytes + size);
    assert_memory_equal(bytes, bytes + size, size);
    free(bytes);
    tw_run_destroy(whole);
    tw_run_destroy(after);
    tw_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniform_flow_has_the_depth_of_manning),
        cmocka_unit_test(drawdown_to_a_free_outfall_is_that_of_the_dynamic_wave),
        cmocka_unit_test(a_surcharged_pipe_has_the_heads_of_the_dynamic_wave),
        cmocka_unit_test(a_tidal_outfall_is_followed),
        cmocka_unit_test(a_storage_fills_and_empties_as_by_the_dynamic_wave),
        cmocka_unit_test(any_network_keeps_its_water_and_goes_on),
        cmocka_unit_test(the_valley_keeps_its_water),
        cmocka_unit_test(a_state_goes_from_one_method_to_the_other_and_back),
        cmocka_unit_test(a_depth_that_is_set_is_booked),
        cmocka_unit_test(two_threads_give_the_bits_of_one),
        cmocka_unit_test(a_restored_run_gives_the_bits_of_one_never_stopped),
    };
    return cmocka_run_group_tests_name("hydraulics semi-implicit", tests, NULL, NULL);
}
