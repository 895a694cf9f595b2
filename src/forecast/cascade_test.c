#include "forecast/cascade.h"

#include "check.h"
#include "num/random.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 48, ROWS = 40, CELLS = COLUMNS * ROWS, FIELDS = 5 };

struct fields {
    float mmh[FIELDS][CELLS];
    const float *list[FIELDS];
    struct tw_cascade_setup setup;
};

/* A shower that stays, under a radar whose noise has a standard deviation of ln. */
static struct fields *new_fields(double noise)
{
    struct fields *f = calloc(1, sizeof *f);
    assert_non_null(f);
    for (int k = 0; k < FIELDS; k++) {
        for (int i = 0; i < CELLS; i++) {
            double dc = i % COLUMNS - 22.0;
            int row = i / COLUMNS;
            double dr = row - 18.0;
            double mmh = 60.0 * exp(-(dc * dc + dr * dr) / 90.0);
            f->mmh[k][i] =
                (float)(mmh * exp(noise * tw_random_normal_of(tw_random_bits_3(9, k, i, 0))));
        }
        f->list[k] = f->mmh[k];
    }
    f->setup = (struct tw_cascade_setup){.columns = COLUMNS,
                                         .rows = ROWS,
                                         .count = FIELDS,
                                         .mmh = f->list,
                                         .interval_s = 300.0,
                                         .cell_m = 500.0,
                                         .seed = 4};
    return f;
}

static double error_of(const float *mmh)
{
    double sum = 0.0;
    for (int i = 0; i < CELLS; i++) {
        double dc = i % COLUMNS - 22.0;
        int row = i / COLUMNS;
        double dr = row - 18.0;
        double off = (double)mmh[i] - 60.0 * exp(-(dc * dc + dr * dr) / 90.0);
        sum += off * off / CELLS;
    }
    return sqrt(sum);
}

static void the_radars_noise_is_taken_out_of_the_present(void **state)
{
    (void)state;
    struct fields *f = new_fields(0.25);
    struct tw_cascade *c = NULL;
    assert_ok(tw_cascade_create(&f->setup, &c));
    /* Five fields of independent noise leave a half of it or less, plus what is smoothed. */
    assert_true(error_of(tw_cascade_present(c)) < 0.6 * error_of(f->mmh[0]));
    int32_t last = tw_cascade_level_count(c) - 1;
    assert_true(tw_cascade_level(c, last).signal_ratio < 0.5);
    assert_true(tw_cascade_level(c, 1).signal_ratio > 0.9);
    tw_cascade_destroy(c);
    free(f);
}

static void long_waves_live_longer_than_short_ones(void **state)
{
    (void)state;
    struct fields *f = new_fields(0.25);
    f->setup.count = 1; /* what is usual, for want of fields */
    struct tw_cascade *c = NULL;
    assert_ok(tw_cascade_create(&f->setup, &c));
    for (int32_t l = 1; l < tw_cascade_level_count(c); l++) {
        assert_true(tw_cascade_level(c, l).one_ratio < tw_cascade_level(c, l - 1).one_ratio);
        assert_true(tw_cascade_level(c, l).wave_cells < tw_cascade_level(c, l - 1).wave_cells);
    }
    tw_cascade_destroy(c);
    free(f);
}

static double mean_of(const float *mmh)
{
    double sum = 0.0;
    for (int i = 0; i < CELLS; i++)
        sum += (double)mmh[i] / CELLS;
    return sum;
}

static double apart_of(const float *a, const float *b)
{
    double sum = 0.0;
    for (int i = 0; i < CELLS; i++)
        sum += fabs((double)(a[i] - b[i])) / CELLS;
    return sum;
}

/* A member's field after some steps; the caller frees it. */
static float *field_of(const struct tw_cascade *c, int32_t member, int steps)
{
    struct tw_cascade_member *m = NULL;
    float *mmh = malloc(CELLS * sizeof *mmh);
    assert_non_null(mmh);
    assert_ok(tw_cascade_begin(c, member, &m));
    for (int i = 0; i < steps; i++)
        tw_cascade_step(m);
    tw_cascade_field(m, mmh);
    tw_cascade_end(m);
    return mmh;
}

static void members_keep_how_much_rain_there_is_and_drift_apart(void **state)
{
    (void)state;
    struct fields *f = new_fields(0.25);
    struct tw_cascade *c = NULL;
    double apart[2];
    f->setup.count = 1; /* so that short waves do change */
    assert_ok(tw_cascade_create(&f->setup, &c));
    for (int i = 0; i < 2; i++) {
        float *a = field_of(c, 0, 11 * i);
        float *b = field_of(c, 1, 11 * i);
        apart[i] = apart_of(a, b);
        /* Ranks in 2048 steps of the logarithms: 2 % of the mean. */
        assert_near(mean_of(a), mean_of(tw_cascade_present(c)), 0.02 * mean_of(f->mmh[0]));
        free(a);
        free(b);
    }
    assert_true(apart[1] > 2.0 * apart[0]);
    tw_cascade_destroy(c);
    free(f);
}

static void a_member_is_the_same_bits_whoever_runs_before(void **state)
{
    (void)state;
    struct fields *f = new_fields(0.1);
    struct tw_cascade *c = NULL;
    struct tw_cascade_member *m = NULL;
    float *first = malloc(CELLS * sizeof *first);
    float *again = malloc(CELLS * sizeof *again);
    assert_ok(tw_cascade_create(&f->setup, &c));
    for (int round = 0; round < 2; round++) {
        if (round == 1) {
            assert_ok(tw_cascade_begin(c, 3, &m));
            tw_cascade_step(m);
            tw_cascade_end(m);
        }
        assert_ok(tw_cascade_begin(c, 7, &m));
        tw_cascade_step(m);
        tw_cascade_step(m);
        tw_cascade_field(m, round == 0 ? first : again);
        tw_cascade_end(m);
    }
    assert_memory_equal(first, again, CELLS * sizeof *first);
    tw_cascade_destroy(c);
    free(first);
    free(again);
    free(f);
}

static void dry_and_empty_fields_stay_dry(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        struct fields *f = new_fields(0.0);
        struct tw_cascade *c = NULL;
        struct tw_cascade_member *m = NULL;
        for (int i = 0; i < FIELDS * CELLS; i++)
            f->mmh[i / CELLS][i % CELLS] = kind == 0 ? 0.0F : NAN;
        assert_ok(tw_cascade_create(&f->setup, &c));
        assert_ok(tw_cascade_begin(c, 0, &m));
        tw_cascade_step(m);
        tw_cascade_field(m, f->mmh[0]);
        for (int i = 0; i < CELLS; i++)
            assert_near((double)f->mmh[0][i], 0.0, 0.0);
        tw_cascade_end(m);
        tw_cascade_destroy(c);
        free(f);
    }
    tw_cascade_destroy(NULL);
    tw_cascade_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_radars_noise_is_taken_out_of_the_present),
        cmocka_unit_test(long_waves_live_longer_than_short_ones),
        cmocka_unit_test(members_keep_how_much_rain_there_is_and_drift_apart),
        cmocka_unit_test(a_member_is_the_same_bits_whoever_runs_before),
        cmocka_unit_test(dry_and_empty_fields_stay_dry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
