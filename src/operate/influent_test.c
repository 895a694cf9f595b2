#include "operate/influent.h"

#include "check.h"
#include "draw.h"

#include <stdlib.h>
#include <string.h>

enum { HOURS = 2200 };

/* A plant that does not exist: a day's wave, a reservoir of 10 h filled by rain, some noise. */
struct made {
    double flow[HOURS], rain[HOURS];
    struct tw_influent_hours hours;
    struct tw_arena arena;
};

static struct made *make(void)
{
    struct made *m = calloc(1, sizeof *m);
    uint32_t seed = 5;
    double stored = 0.0, rain = 0.0;
    assert_non_null(m);
    for (int i = 0; i < HOURS; i++) {
        if (draw(&seed) < 0.02) rain = 6.0 * draw(&seed);
        if (draw(&seed) < 0.25) rain = 0.0;
        m->rain[i] = rain;
        stored = 0.9 * stored + 0.1 * rain;
        m->flow[i] = 1000.0 + 200.0 * sin(i * 6.283185307 / 24.0) + 900.0 * stored +
                     40.0 * (draw(&seed) - 0.5);
    }
    m->hours =
        (struct tw_influent_hours){HOURS, 0, 1700000000LL / 3600 * 3600000, m->flow, m->rain};
    tw_arena_init(&m->arena);
    return m;
}

static void made_done(struct made *m)
{
    tw_arena_done(&m->arena);
    free(m);
}

static void learn(struct made *m, struct tw_influent_model *model)
{
    uint8_t use[HOURS];
    for (int i = 0; i < HOURS; i++)
        use[i] = i < 1500;
    assert_ok(tw_influent_fit(&m->hours, use, &m->arena, NULL, model));
}

static void a_made_plant_is_foretold_to_its_noise(void **state)
{
    (void)state;
    struct made *m = make();
    struct tw_influent_model model;
    struct tw_influent_score s[TW_INFLUENT_LEADS];
    learn(m, &model);
    assert_ok(tw_influent_test(&model, &m->hours, 1600, HOURS, s));
    for (int lead = 0; lead < TW_INFLUENT_LEADS; lead += 11) {
        /* The noise has a deviation of 11.5; twice that is far from the flow's own 250. */
        assert_true(s[lead].rmse_m3h < 23.0);
        assert_true(s[lead].rmse_m3h < 0.5 * s[lead].persistence_m3h);
        /* 600 hours that hang together: a share is known to some 8 %. */
        assert_near(s[lead].coverage80, 0.80, 0.12);
        assert_near(s[lead].coverage50, 0.50, 0.12);
    }
    /* Not to know the rain costs a lot where the flow is the rain's. */
    assert_true(s[5].no_rain_m3h > 2.0 * s[5].rmse_m3h);
    made_done(m);
}

static void what_comes_after_the_origin_is_not_looked_at(void **state)
{
    (void)state;
    struct made *m = make();
    struct tw_influent_model model;
    struct tw_influent_forecast a, b;
    learn(m, &model);
    assert_ok(tw_influent_ahead(&model, &m->hours, 1700, &a));
    for (int i = 1701; i < HOURS; i++)
        m->flow[i] = 5.0;
    assert_ok(tw_influent_ahead(&model, &m->hours, 1700, &b));
    assert_memory_equal(&a, &b, sizeof a);
    for (int lead = 0; lead < TW_INFLUENT_LEADS; lead++)
        for (int q = 1; q < TW_INFLUENT_LEVELS; q++)
            assert_true(a.flow_m3h[lead][q] >= a.flow_m3h[lead][q - 1]);
    made_done(m);
}

static void gaps_and_rain_that_is_not_known_are_told(void **state)
{
    (void)state;
    struct made *m = make();
    struct tw_influent_model model;
    struct tw_influent_forecast f;
    learn(m, &model);
    for (int i = 1690; i <= 1700; i++)
        m->flow[i] = (double)NAN;
    m->hours.count = 1711;
    assert_ok(tw_influent_ahead(&model, &m->hours, 1700, &f));
    assert_int_equal(f.flow_age_h, 11);
    assert_int_equal(f.rain_missing_h, 38);
    for (int lead = 0; lead < TW_INFLUENT_LEADS; lead++)
        assert_true(isfinite(f.best_m3h[lead]) && f.flow_m3h[lead][0] >= 0.0);
    assert_status(tw_influent_ahead(&model, &m->hours, 1711, &f), TW_ERR_ARG);
    made_done(m);
}

static void absurd_hours_become_gaps(void **state)
{
    (void)state;
    struct made *m = make();
    double flow[HOURS], rain[HOURS];
    struct tw_influent_gaps gaps;
    m->flow[3] = -1.0;
    m->flow[4] = 1e6;
    m->flow[5] = (double)NAN;
    m->rain[6] = -0.1;
    assert_ok(tw_influent_clean(&m->hours, &m->arena, flow, rain, &gaps));
    assert_int_equal(gaps.negative, 1);
    assert_int_equal(gaps.absurd, 1);
    assert_int_equal(gaps.flow_gaps, 1);
    assert_int_equal(gaps.rain_gaps, 1);
    assert_true(isnan(flow[3]) && isnan(flow[4]) && isnan(rain[6]));
    made_done(m);
}

static void too_little_to_learn_from_is_refused(void **state)
{
    (void)state;
    struct made *m = make();
    struct tw_influent_model model;
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    m->hours.count = 300;
    assert_status(tw_influent_fit(&m->hours, NULL, &m->arena, faults, &model), TW_ERR_INPUT);
    assert_int_equal(tw_faults_count(faults), 1);
    tw_faults_destroy(faults);
    made_done(m);
}

static void a_model_read_again_forecasts_the_same_bits(void **state)
{
    (void)state;
    struct made *m = make();
    struct tw_influent_model model, again;
    struct tw_influent_forecast a, b;
    struct tw_strbuf text = {0};
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    learn(m, &model);
    assert_ok(tw_influent_write(&model, &text));
    assert_ok(tw_influent_read("m.json", text.text, text.length, &m->arena, faults, &again));
    assert_ok(tw_influent_ahead(&model, &m->hours, 1700, &a));
    assert_ok(tw_influent_ahead(&again, &m->hours, 1700, &b));
    assert_memory_equal(&a, &b, sizeof a);
    assert_status(tw_influent_read("m.json", text.text, text.length / 2, &m->arena, faults, &again),
                  TW_ERR_INPUT);
    assert_status(tw_influent_read("m.json", "{}", 2, &m->arena, faults, &again), TW_ERR_INPUT);
    tw_faults_destroy(faults);
    tw_strbuf_done(&text);
    made_done(m);
}

static void a_mixture_lies_between_its_parts(void **state)
{
    (void)state;
    struct tw_influent_forecast two[2] = {{0}}, mixed;
    for (int lead = 0; lead < TW_INFLUENT_LEADS; lead++) {
        for (int q = 0; q < TW_INFLUENT_LEVELS; q++) {
            two[0].flow_m3h[lead][q] = 100.0 + q;
            two[1].flow_m3h[lead][q] = 200.0 + q;
        }
        two[0].best_m3h[lead] = 103.0;
        two[1].best_m3h[lead] = 203.0;
    }
    tw_influent_mix(two, 2, &mixed);
    assert_near(mixed.best_m3h[0], 153.0, 1e-12);
    assert_true(mixed.flow_m3h[0][0] >= 100.0 && mixed.flow_m3h[0][0] < 103.0);
    assert_true(mixed.flow_m3h[0][6] <= 206.0 && mixed.flow_m3h[0][6] > 203.0);
    for (int q = 1; q < TW_INFLUENT_LEVELS; q++)
        assert_true(mixed.flow_m3h[0][q] >= mixed.flow_m3h[0][q - 1]);
    tw_influent_mix(two, 1, &mixed);
    assert_memory_equal(&mixed, &two[0], sizeof mixed);
}

static void members_of_a_network_become_quantiles(void **state)
{
    (void)state;
    enum { MEMBERS = 21 };
    double flow[MEMBERS * TW_INFLUENT_LEADS];
    struct tw_influent_forecast f;
    for (int k = 0; k < MEMBERS; k++)
        for (int lead = 0; lead < TW_INFLUENT_LEADS; lead++)
            flow[k * TW_INFLUENT_LEADS + lead] = 20.0 - k;
    assert_ok(tw_influent_of_members(flow, MEMBERS, 0, &f));
    for (int q = 0; q < TW_INFLUENT_LEVELS; q++)
        assert_near(f.flow_m3h[7][q], 20.0 * tw_influent_levels[q], 1e-12); /* rounding only */
    assert_near(f.best_m3h[7], 10.0, 1e-12);
    assert_status(tw_influent_of_members(flow, 0, 0, &f), TW_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_made_plant_is_foretold_to_its_noise),
        cmocka_unit_test(what_comes_after_the_origin_is_not_looked_at),
        cmocka_unit_test(gaps_and_rain_that_is_not_known_are_told),
        cmocka_unit_test(absurd_hours_become_gaps),
        cmocka_unit_test(too_little_to_learn_from_is_refused),
        cmocka_unit_test(a_model_read_again_forecasts_the_same_bits),
        cmocka_unit_test(a_mixture_lies_between_its_parts),
        cmocka_unit_test(members_of_a_network_become_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
