#include "forecast/flow.h"

#include "check.h"
#include "num/random.h"

#include <stdlib.h>

enum { COLUMNS = 60, ROWS = 48, PICTURES = 4 };

struct pictures {
    float cells[PICTURES][COLUMNS * ROWS];
    const float *list[PICTURES];
    double time_s[PICTURES];
    struct tw_pictures all;
};

/* Three showers whose middles are at `column`, `row` at the time of picture 0. */
static double shower(double column, double row)
{
    static const double at[3][3] = {{20.0, 15.0, 5.0}, {38.0, 30.0, 7.0}, {25.0, 34.0, 4.0}};
    double sum = 0.0;
    for (int i = 0; i < 3; i++) {
        double dc = column - at[i][0];
        double dr = row - at[i][1];
        sum += 4.0 * exp(-(dc * dc + dr * dr) / (2.0 * at[i][2] * at[i][2]));
    }
    return sum;
}

static struct pictures *new_pictures(void)
{
    struct pictures *p = calloc(1, sizeof *p);
    assert_non_null(p);
    for (int k = 0; k < PICTURES; k++) {
        p->list[k] = p->cells[k];
        p->time_s[k] = 300.0 * k;
    }
    p->all = (struct tw_pictures){COLUMNS, ROWS, PICTURES, p->list, p->time_s};
    return p;
}

static void shifted_showers_are_followed(void **state)
{
    (void)state;
    static const double speeds[][2] = {
        {0.0, 0.0}, {3.2, -1.5}, {-0.4, 0.3}, {-4.0, 2.0}, {0.0, -5.0}}; /* cells in 300 s */
    for (size_t s = 0; s < sizeof speeds / sizeof speeds[0]; s++) {
        struct pictures *p = new_pictures();
        struct tw_flow flow;
        for (int k = 0; k < PICTURES; k++) {
            for (int i = 0; i < COLUMNS * ROWS; i++) {
                const int row = i / COLUMNS;
                double noise = 0.1 * tw_random_normal_of(tw_random_bits_3(1, k, i, 0));
                p->cells[k][i] =
                    (float)(shower(i % COLUMNS - k * speeds[s][0], row - k * speeds[s][1]) + noise);
            }
        }
        assert_ok(tw_flow_find(&p->all, 0.1, &flow));
        double u = 0.0;
        double v = 0.0;
        tw_flow_at(&flow, 30.0 + 3.0 * speeds[s][0], 24.0 + 3.0 * speeds[s][1], &u, &v);
        /* A tenth of a cell: noise of 0.1 on slopes of 0.5 a cell, over hundreds of cells. */
        assert_near(300.0 * u, speeds[s][0], 0.1);
        assert_near(300.0 * v, speeds[s][1], 0.1);
        tw_flow_done(&flow);
        free(p);
    }
}

/* Showers that turn around the middle: the motion differs from place to place. */
static void turning_showers_are_followed(void **state)
{
    (void)state;
    const double turn = 0.06; /* radians in 300 s: 1.2 cells 20 cells from the middle */
    struct pictures *p = new_pictures();
    struct tw_flow flow;
    for (int k = 0; k < PICTURES; k++) {
        for (int i = 0; i < COLUMNS * ROWS; i++) {
            double c = i % COLUMNS - 30.0;
            int row = i / COLUMNS;
            double r = row - 24.0;
            double a = -turn * k;
            p->cells[k][i] =
                (float)shower(30.0 + c * cos(a) - r * sin(a), 24.0 + c * sin(a) + r * cos(a));
        }
    }
    assert_ok(tw_flow_find(&p->all, 0.1, &flow));
    static const double places[2][2] = {{21.0, 13.0}, {38.0, 32.0}}; /* where showers are */
    for (int i = 0; i < 2; i++) {
        double u = 0.0;
        double v = 0.0;
        tw_flow_at(&flow, places[i][0], places[i][1], &u, &v);
        /* Smoothness draws neighbours together: a third of the speed. */
        assert_near(300.0 * u, -turn * (places[i][1] - 24.0), 0.25);
        assert_near(300.0 * v, turn * (places[i][0] - 30.0), 0.25);
    }
    tw_flow_done(&flow);
    free(p);
}

static void where_nothing_is_to_be_seen_nothing_moves(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        struct pictures *p = new_pictures();
        struct tw_flow flow;
        for (int k = 0; k < PICTURES; k++) {
            for (int i = 0; i < COLUMNS * ROWS; i++)
                p->cells[k][i] = kind == 0 ? 0.0F : NAN;
        }
        assert_ok(tw_flow_find(&p->all, 0.1, &flow));
        double u = 1.0;
        double v = 1.0;
        tw_flow_at(&flow, -5.0, 500.0, &u, &v); /* beyond the rim: the rim's */
        assert_near(u, 0.0, 0.0);
        assert_near(v, 0.0, 0.0);
        tw_flow_done(&flow);
        free(p);
    }
}

static void holes_and_a_missing_picture_do_no_harm(void **state)
{
    (void)state;
    struct pictures *p = new_pictures();
    struct tw_flow flow;
    p->time_s[3] = 1200.0; /* the one at 900 s is missing */
    for (int k = 0; k < PICTURES; k++) {
        double moved = 2.0 * p->time_s[k] / 300.0;
        for (int i = 0; i < COLUMNS * ROWS; i++) {
            const int row = i / COLUMNS;
            p->cells[k][i] = i % 17 == 0 ? NAN : (float)shower(i % COLUMNS - moved, row);
        }
    }
    assert_ok(tw_flow_find(&p->all, 0.1, &flow));
    double u = 0.0;
    double v = 0.0;
    tw_flow_at(&flow, 35.0, 24.0, &u, &v);
    assert_near(300.0 * u, 2.0, 0.2); /* holes take half of the cells' neighbours */
    assert_near(300.0 * v, 0.0, 0.2);
    tw_flow_done(&flow);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifted_showers_are_followed),
        cmocka_unit_test(turning_showers_are_followed),
        cmocka_unit_test(where_nothing_is_to_be_seen_nothing_moves),
        cmocka_unit_test(holes_and_a_missing_picture_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
