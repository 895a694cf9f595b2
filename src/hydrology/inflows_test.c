#include "hydrology/inflows.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { PATTERNS = 4, NODES = 2 };

struct sewage {
    struct tw_model model;
    int32_t kind[PATTERNS];
    double factor[PATTERNS][24];
    int32_t dry_node[1], dry_pattern[1][4];
    double dry_base[1];
    int32_t in_node[2], in_series[2], in_pattern[2];
    double in_scale[2], in_base[2];
    int32_t series_first[2], series_kind[1];
    double x[3], y[3];
    struct tw_inflows_run run;
    void *memory;
};

/* 1900-01-07 was a Sunday: day 8. */
static const double sunday = 8.0;

static void sewage_make(struct sewage *s, int32_t lanes)
{
    memset(s, 0, sizeof *s);
    for (int k = 0; k < PATTERNS; k++) {
        s->kind[k] = k;
        for (int i = 0; i < 24; i++)
            s->factor[k][i] = 1.0;
    }
    s->factor[TW_PATTERN_MONTHLY][0] = 2.0;
    s->factor[TW_PATTERN_DAILY][0] = 3.0;
    s->factor[TW_PATTERN_HOURLY][7] = 5.0;
    s->factor[TW_PATTERN_WEEKEND][7] = 7.0;
    for (int k = 0; k < 4; k++)
        s->dry_pattern[0][k] = k;
    s->dry_base[0] = 0.01;
    s->dry_node[0] = 1;
    s->in_series[0] = -1;
    s->in_pattern[0] = TW_PATTERN_WEEKEND;
    s->in_base[0] = 0.1;
    s->in_pattern[1] = -1;
    s->in_scale[1] = 2.0;
    s->in_base[1] = 1.0;
    s->series_first[1] = 3;
    const double x[3] = {sunday + 0.25, sunday + 0.5, sunday + 1.0}, y[3] = {0.0, 4.0, 2.0};
    memcpy(s->x, x, sizeof x);
    memcpy(s->y, y, sizeof y);
    struct tw_model *m = &s->model;
    m->options.start_day = sunday;
    m->patterns = (struct tw_patterns){.count = PATTERNS, .kind = s->kind, .factor = s->factor};
    m->series = (struct tw_tables){
        .count = 1, .first = s->series_first, .kind = s->series_kind, .x = s->x, .y = s->y};
    m->dry_weather = (struct tw_dry_weather){
        .count = 1, .node = s->dry_node, .base_m3s = s->dry_base, .pattern = s->dry_pattern};
    m->inflows = (struct tw_inflows){.count = 2,
                                     .node = s->in_node,
                                     .series = s->in_series,
                                     .pattern = s->in_pattern,
                                     .series_to_m3s = s->in_scale,
                                     .base_m3s = s->in_base};
    struct tw_pool count = {0}, real = {0};
    tw_inflows_lay(&s->run, m, lanes, &count);
    real.base = s->memory = aligned_alloc(64, count.used);
    memset(s->memory, 0, count.used);
    tw_inflows_lay(&s->run, m, lanes, &real);
    tw_inflows_begin(&s->run, sunday);
}

struct sums {
    double lateral[NODES], dry, external;
    struct tw_inflow_sums of_lane;
};

static struct sums at_hours(struct sewage *s, double hours)
{
    struct sums sums = {0};
    tw_inflows_add(&s->run, hours * 3.6e6, sums.lateral, &sums.of_lane);
    sums.dry = sums.of_lane.dry_m3s;
    sums.external = sums.of_lane.external_m3s;
    return sums;
}

static void patterns_multiply_and_the_weekend_replaces_the_hourly_one(void **state)
{
    (void)state;
    struct sewage s;
    sewage_make(&s, 1);
    assert_near(at_hours(&s, 6.0).dry, 0.01 * 2.0 * 3.0, 1e-15); /* Sunday */
    assert_near(at_hours(&s, 7.0).dry, 0.01 * 2.0 * 3.0 * 7.0, 1e-15);
    assert_near(at_hours(&s, 24.0 + 7.9).dry, 0.01 * 2.0 * 5.0, 1e-15); /* Monday */
    assert_near(at_hours(&s, 24.0 * 25 + 7.0).dry, 0.01 * 5.0, 1e-15);  /* Thursday in February */
    free(s.memory);
}

static void an_hour_begins_at_its_first_second(void **state)
{
    (void)state;
    struct sewage s;
    sewage_make(&s, 1);
    assert_near(at_hours(&s, 7.0 - 1.0 / 3600.0).dry, 0.06, 1e-15);
    assert_near(at_hours(&s, 7.0).dry, 0.42, 1e-15);
    assert_near(at_hours(&s, 8.0 - 1.0 / 3600.0).dry, 0.42, 1e-15);
    assert_near(at_hours(&s, 8.0).dry, 0.06, 1e-15);
    free(s.memory);
}

static void external_flow_is_base_times_pattern_plus_series(void **state)
{
    (void)state;
    struct sewage s;
    sewage_make(&s, 1);
    assert_near(at_hours(&s, 3.0).external, 0.1 + 1.0, 1e-15);
    assert_near(at_hours(&s, 9.0).external, 0.1 + 1.0 + 2.0 * 2.0, 1e-6); /* a millisecond later */
    assert_near(at_hours(&s, 7.0).external, 0.7 + 1.0 + 2.0 * 4.0 / 6.0, 1e-6);
    assert_near(at_hours(&s, 25.0).external, 0.1 + 1.0, 1e-15); /* beyond the series: nothing */
    assert_near(at_hours(&s, 9.0).lateral[0], 5.1, 1e-6);
    assert_near(at_hours(&s, 9.0).lateral[1], 0.06, 1e-15);
    free(s.memory);
}

static void a_weekend_pattern_of_an_external_flow_rests_on_weekdays(void **state)
{
    (void)state;
    struct sewage s;
    sewage_make(&s, 1);
    assert_near(at_hours(&s, 24.0 * 2 + 7.0).external, 0.1 + 1.0, 1e-15);
    free(s.memory);
}

static void lanes_receive_the_same_but_for_their_factors(void **state)
{
    (void)state;
    struct sewage s;
    sewage_make(&s, 3);
    double lateral[NODES * 3] = {0}, dry[3], external[3];
    struct tw_inflow_sums sums[3];
    s.run.dry_factor[2] = 0.5;
    s.run.external_factor[2] = s.run.external_factor[3 + 2] = 2.0;
    tw_inflows_add(&s.run, 9.0 * 3.6e6, lateral, sums);
    for (int lane = 0; lane < 3; lane++) {
        dry[lane] = sums[lane].dry_m3s;
        external[lane] = sums[lane].external_m3s;
    }
    assert_near(lateral[1], lateral[0], 0.0);
    assert_near(lateral[3 + 1], lateral[3], 0.0);
    assert_near(dry[2], 0.5 * dry[0], 0.0); /* powers of two: exact */
    assert_near(external[2], 2.0 * external[0], 0.0);
    for (int lane = 0; lane < 3; lane++)
        assert_near(dry[lane] + external[lane], lateral[lane] + lateral[3 + lane], 1e-15);
    free(s.memory);
}

/* SWMM counts an external inflow below 0 as outflow of the system. */
static void what_is_drawn_is_no_inflow(void **state)
{
    (void)state;
    struct sewage s;
    sewage_make(&s, 1);
    struct sums before = at_hours(&s, 24.0 * 2 + 7.0);
    s.in_base[0] -= 10.0;
    struct sums after = at_hours(&s, 24.0 * 2 + 7.0);
    double lost = 0.0;
    for (int i = 0; i < NODES; i++)
        lost += before.lateral[i] - after.lateral[i];
    assert_near(lost, 10.0, 1e-12);
    assert_true(before.of_lane.drawn_m3s == 0.0 && after.of_lane.drawn_m3s > 0.0);
    assert_near(before.external - after.external + after.of_lane.drawn_m3s, 10.0, 1e-12);
    free(s.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_multiply_and_the_weekend_replaces_the_hourly_one),
        cmocka_unit_test(an_hour_begins_at_its_first_second),
        cmocka_unit_test(external_flow_is_base_times_pattern_plus_series),
        cmocka_unit_test(a_weekend_pattern_of_an_external_flow_rests_on_weekdays),
        cmocka_unit_test(lanes_receive_the_same_but_for_their_factors),
        cmocka_unit_test(what_is_drawn_is_no_inflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
