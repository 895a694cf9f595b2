#include "check.h"
#include "text_run.h"

#include "hydrology/climate.h"
#include "hydrology/rdii.h"

#include <stdlib.h>
#include <string.h>

/* A hectare whose sewers get 30 % of an hour's rain, after one and after three hours. */
struct place {
    struct tw_model model;
    struct tw_unit_hydrograph hydrograph;
    struct tw_rdii_node node;
    struct tw_rdii rdii;
    double interval_s, gage_rain_mmh, gage_factor;
    void *memory;
};

static void place_begin(struct place *p)
{
    memset(p, 0, sizeof *p);
    p->interval_s = 600.0;
    p->gage_factor = 1.0;
    for (int month = 0; month < 12; month++) {
        p->hydrograph.response[month][0] =
            (struct tw_unit_response){.ratio = 0.1, .peak_s = 3600.0, .base_s = 7200.0};
        p->hydrograph.response[month][2] =
            (struct tw_unit_response){.ratio = 0.2, .peak_s = 10800.0, .base_s = 36000.0};
    }
    p->node = (struct tw_rdii_node){.area_m2 = 1.0e4};
    p->model.options.wet_step_s = 600.0;
    p->model.gages = (struct tw_gages){.count = 1, .interval_s = &p->interval_s};
    p->model.rdii = (struct tw_rdii_model){
        .hydrograph_count = 1, .node_count = 1, .hydrograph = &p->hydrograph, .node = &p->node};
    struct tw_pool pool = {0};
    tw_rdii_lay(&p->rdii, &p->model, 1, &pool);
    p->memory = aligned_alloc(64, (pool.used + 63) / 64 * 64);
    assert_non_null(p->memory);
    memset(p->memory, 0, pool.used);
    pool = (struct tw_pool){.base = p->memory};
    tw_rdii_lay(&p->rdii, &p->model, 1, &pool);
    tw_rdii_begin(&p->rdii, 40000.0);
}

/* Volume [m3] that comes after an hour of 12 mm. */
static double volume_after_rain(struct place *p)
{
    double sum = 0.0;
    for (int step = 0; step < 144; step++) {
        p->gage_rain_mmh = step > 0 && step < 7 ? 12.0 : 0.0; /* taken when it has fallen */
        tw_rdii_advance(&p->rdii, 6.0e5 * step, true, &p->gage_rain_mmh, &p->gage_factor);
        sum += 600.0 * tw_rdii_flow_m3s(&p->rdii, 0, 0);
    }
    return sum;
}

/* Triangles are taken at the middle of each interval: within a part in a hundred of their area. */
static void what_comes_is_the_ratio_of_the_rain(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    assert_near(volume_after_rain(&p), 0.3 * 12.0e-3 * 1.0e4, 0.01 * 36.0);
    free(p.memory);
}

static void what_the_ground_holds_does_not_come(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    for (int month = 0; month < 12; month++)
        p.hydrograph.response[month][2].held_mm = 12.0;
    assert_near(volume_after_rain(&p), 0.1 * 12.0e-3 * 1.0e4, 0.01 * 12.0);
    free(p.memory);
}

/* Dry days are passed over, not what fell before or after them. */
static void a_shower_after_dry_days_comes_like_the_first(void **state)
{
    (void)state;
    enum { BETWEEN = 300, LATER = 120 };
    struct place p;
    place_begin(&p);
    double first[BETWEEN];
    for (int step = 0; step < BETWEEN + LATER; step++) {
        int since = step % BETWEEN;
        p.gage_rain_mmh = since == 1 || since == 20 ? 30.0 : 0.0;
        tw_rdii_advance(&p.rdii, 6.0e5 * step, true, &p.gage_rain_mmh, &p.gage_factor);
        double flow = tw_rdii_flow_m3s(&p.rdii, 0, 0);
        if (step < BETWEEN) first[step] = flow;
        if (step >= BETWEEN) assert_near(flow, first[since], 0.0);
        if (since == 21) assert_true(flow > 1e-4);
        if (since == 100) assert_near(flow, 0.0, 0.0); /* 20 + 60 periods are the longest */
    }
    free(p.memory);
}

/* An inch an hour at 22:35 with the factors of July and August at hand, 0.7 and 0.8. SWMM 5.2.4 reads it
 * when the record before has begun, also one without rain if it is the first; what it has read when
 * the run begins has 1. */
static void a_record_has_the_factor_of_the_month_in_which_it_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        double factor;
    } cases[] = {{"T 07/31/2001 22:30 0\n", 0.7},
                 {"T 07/31/2001 22:30 1\n", 0.7},
                 {"T 07/31/2001 21:00 0\n", 1.0},
                 {"T 07/31/2001 21:00 0\nT 07/31/2001 22:30 0\n", 1.0},
                 {"", 1.0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[700];
        (void)snprintf(
            text, sizeof text,
            "[OPTIONS]\nFLOW_UNITS CFS\nSTART_DATE 07/31/2001\nSTART_TIME 22:00\n"
            "END_DATE 08/01/2001\nEND_TIME 10:00\n"
            "[RAINGAGES]\nR INTENSITY 0:05 1 TIMESERIES T\n"
            "[TIMESERIES]\n%sT 07/31/2001 22:35 1\nT 07/31/2001 22:40 0\n"
            "[JUNCTIONS]\nJ 1 1\n[ADJUSTMENTS]\nRAINFALL .1 .2 .3 .4 .5 .6 .7 .8 .9 1 1.1 1.2\n",
            cases[k].before);
        tw_model *model = text_model(text, false);
        double start_day = model->options.start_day, day = start_day + 36.0 / 1440.0;
        /* rounding */
        assert_near(tw_gage_series_mmh(model, 0, day, start_day), 25.4 * cases[k].factor, 1e-9);
        tw_model_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_has_the_factor_of_the_month_in_which_it_is_read),
        cmocka_unit_test(what_comes_is_the_ratio_of_the_rain),
        cmocka_unit_test(what_the_ground_holds_does_not_come),
        cmocka_unit_test(a_shower_after_dry_days_comes_like_the_first),
    };
    return cmocka_run_group_tests_name("rdii", tests, NULL, NULL);
}
