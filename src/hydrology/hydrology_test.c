#include "hydrology/hydrology.h"
#include "hydrology/infiltration.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Three subcatchments: A drains onto B, B to node 0, C to node 1. One gage. */
enum { SUBS = 3, ENTRIES = 4 };

struct town {
    struct tw_model model;
    int32_t gage[SUBS], outlet_node[SUBS], outlet_subcatchment[SUBS], route[SUBS];
    int32_t infiltration[SUBS];
    double area_m2[SUBS], impervious[SUBS], width_m[SUBS], slope[SUBS];
    double n_impervious[SUBS], n_pervious[SUBS], storage_impervious[SUBS], storage_pervious[SUBS];
    double zero_storage[SUBS], routed[SUBS], parameters[SUBS][5];
    int32_t gage_kind[1], gage_series[1];
    double interval_s[1], to_mm[1], catch_ratio[1];
    int32_t series_first[2], series_kind[1];
    double x[ENTRIES], y[ENTRIES];
    int32_t outfall_route[1];
};

static const double start_day = 40000.0;

static void town_make(struct town *t)
{
    *t = (struct town){.gage_kind = {TW_RAIN_INTENSITY},
                       .interval_s = {900.0},
                       .to_mm = {1.0},
                       .series_first = {0, ENTRIES},
                       .outfall_route = {-1}};
    const double hours[ENTRIES] = {1.0, 1.25, 1.5, 3.0}, rain_mmh[ENTRIES] = {20.0, 60.0, 0.0, 5.0};
    for (int i = 0; i < ENTRIES; i++) {
        t->x[i] = start_day + hours[i] / 24.0;
        t->y[i] = rain_mmh[i];
    }
    for (int i = 0; i < SUBS; i++) {
        t->outlet_subcatchment[i] = i == 0 ? 1 : -1;
        t->outlet_node[i] = i - 1;
        t->area_m2[i] = 1.0e4 * (i + 1);
        t->impervious[i] = 0.5;
        t->width_m[i] = 80.0;
        t->slope[i] = 0.01;
        t->n_impervious[i] = 0.012;
        t->n_pervious[i] = 0.1;
        t->storage_impervious[i] = 0.001;
        t->storage_pervious[i] = 0.004;
        t->zero_storage[i] = 0.25;
        t->route[i] = TW_ROUTE_OUTLET;
        t->routed[i] = 1.0;
        t->infiltration[i] = TW_INFILTRATION_HORTON;
        const double loam[5] = {30.0, 5.0, 4.0, 3.0, 0.0};
        memcpy(t->parameters[i], loam, sizeof loam);
    }
    struct tw_model *m = &t->model;
    m->options =
        (struct tw_options){.start_day = start_day, .wet_step_s = 300.0, .dry_step_s = 3600.0};
    m->gages = (struct tw_gages){.count = 1,
                                 .kind = t->gage_kind,
                                 .series = t->gage_series,
                                 .interval_s = t->interval_s,
                                 .to_mm = t->to_mm,
                                 .snow_catch_ratio = t->catch_ratio};
    m->series = (struct tw_tables){
        .count = 1, .first = t->series_first, .kind = t->series_kind, .x = t->x, .y = t->y};
    m->evaporation = (struct tw_evaporation){.series = -1, .recovery_pattern = -1};
    m->outfalls = (struct tw_outfalls){.count = 1, .route_to = t->outfall_route};
    m->subcatchments = (struct tw_subcatchments){.count = SUBS,
                                                 .gage = t->gage,
                                                 .outlet_node = t->outlet_node,
                                                 .outlet_subcatchment = t->outlet_subcatchment,
                                                 .area_m2 = t->area_m2,
                                                 .impervious_ratio = t->impervious,
                                                 .width_m = t->width_m,
                                                 .slope_ratio = t->slope,
                                                 .n_impervious = t->n_impervious,
                                                 .n_pervious = t->n_pervious,
                                                 .storage_impervious_m = t->storage_impervious,
                                                 .storage_pervious_m = t->storage_pervious,
                                                 .zero_storage_ratio = t->zero_storage,
                                                 .route = t->route,
                                                 .routed_ratio = t->routed,
                                                 .infiltration = t->infiltration,
                                                 .infiltration_parameters = t->parameters};
}

struct weather {
    struct tw_hydrology h;
    struct tw_pool pool;
};

static void weather_begin(struct weather *w, const struct town *t, int32_t lanes, bool outer_rain)
{
    struct tw_pool count = {0};
    memset(w, 0, sizeof *w);
    w->h.outer_rain = outer_rain;
    tw_hydrology_lay(&w->h, &t->model, lanes, &count);
    w->pool.base = aligned_alloc(64, count.used);
    memset(w->pool.base, 0, count.used);
    tw_hydrology_lay(&w->h, &t->model, lanes, &w->pool);
    assert_int_equal(w->pool.used, count.used);
    tw_hydrology_begin(&w->h, start_day);
}

static void weather_end(struct weather *w) { free(w->pool.base); }

static void run_until(struct weather *w, double hours)
{
    while (w->h.clock->new_runoff_ms < hours * 3.6e6)
        tw_hydrology_step(&w->h, 24.0 * 3.6e6);
}

static void a_dry_day_takes_dry_steps_up_to_the_rain(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    weather_begin(&w, &t, 1, false);
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(w.h.clock->new_runoff_ms, 3.6e6, 0.0);
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(w.h.clock->new_runoff_ms, 3.9e6, 0.0); /* it rains: WET_STEP */
    t.x[0] = start_day + 0.5 / 24.0;
    tw_hydrology_begin(&w.h, start_day);
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(w.h.clock->new_runoff_ms, 1.8e6, 0.0); /* cut at the record */
    weather_end(&w);
}

static void all_rain_is_accounted_for(void **state)
{
    (void)state;
    for (int route = TW_ROUTE_OUTLET; route <= TW_ROUTE_PERVIOUS; route++)
        for (int32_t method = 0; method < TW_INFILTRATION_COUNT; method++) {
            struct town t;
            struct weather w;
            town_make(&t);
            for (int i = 0; i < SUBS; i++) {
                t.route[i] = route;
                t.routed[i] = 0.6;
                t.infiltration[i] = method;
                if (method == TW_INFILTRATION_CURVE_NUMBER) t.parameters[i][0] = 80.0;
            }
            for (int i = 0; i < 12; i++)
                t.model.evaporation.monthly_mmday[i] = 4.0;
            weather_begin(&w, &t, 1, false);
            run_until(&w, 24.0);
            /* (20 + 60) mm/h and 5 mm/h over a quarter of an hour, 6 ha */
            assert_near(w.h.totals.rain_m3[0], (20.0 + 60.0 + 5.0) / 4.0 / 1000.0 * 6.0e4, 1e-6);
            assert_true(w.h.totals.evaporation_m3[0] > 0.0);
            assert_true(w.h.totals.infiltration_m3[0] > 0.0);
            assert_true(w.h.totals.runoff_m3[0] > 0.0);
            /* runoff counts at the rate of the step's end, as in SWMM: 3 % here */
            assert_true(fabs(tw_hydrology_error_ratio(&w.h, 0)) < 0.06);
            weather_end(&w);
        }
}

static void runoff_reaches_nodes_between_runoff_times(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    double lateral[2] = {0.5, 0.0}, wet, ground, out[SUBS][TW_SUBCATCHMENT_VALUES];
    town_make(&t);
    weather_begin(&w, &t, 1, false);
    run_until(&w, 1.3);
    const struct tw_hydrology_clock *clock = w.h.clock;
    double middle_ms = 0.5 * (clock->old_runoff_ms + clock->new_runoff_ms);
    double b = 0.5 * (w.h.old_runoff_m3s[1] + w.h.new_runoff_m3s[1]);
    double c = 0.5 * (w.h.old_runoff_m3s[2] + w.h.new_runoff_m3s[2]);
    tw_hydrology_node_inflow(&w.h, middle_ms, lateral, &wet, &ground);
    assert_true(b > 0.0 && c > 0.0);
    assert_near(lateral[0], 0.5 + b, 1e-15); /* rounding */
    assert_near(lateral[1], c, 1e-15);
    assert_near(wet, b + c, 1e-15);
    tw_hydrology_report(&w.h, middle_ms, 0, &out[0][0], TW_SUBCATCHMENT_VALUES);
    assert_near(out[2][TW_VALUE_RUNOFF], c, 1e-15);
    assert_near(out[2][TW_VALUE_RAIN], 60.0, 0.0);
    weather_end(&w);
}

static void run_on_comes_from_the_last_step(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    weather_begin(&w, &t, 1, false);
    run_until(&w, 1.3);
    double before_m3s = w.h.new_runoff_m3s[0];
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(w.h.runon_mps[1], before_m3s / t.area_m2[1], 1e-18); /* rounding */
    assert_true(w.h.subcatchment_totals.runon_m3[1] > 0.0);
    weather_end(&w);
}

static void outfall_water_returns_to_its_subcatchment(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    t.outfall_route[0] = 2;
    weather_begin(&w, &t, 1, false);
    run_until(&w, 1.0);
    w.h.outfall_routed_m3[0] = 36.0;
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(w.h.runon_mps[2] * t.area_m2[2], 36.0 / 3600.0, 1e-15); /* the last step's length */
    assert_near(w.h.totals.outfall_runon_m3[0], 36.0, 0.0);
    assert_near(w.h.outfall_routed_m3[0], 0.0, 0.0);
    weather_end(&w);
}

static void cumulative_and_volume_records_say_the_same_as_intensities(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    double expected_m3 = 0.0;
    for (int kind = TW_RAIN_INTENSITY; kind <= TW_RAIN_CUMULATIVE; kind++) {
        town_make(&t);
        t.gage_kind[0] = kind;
        double sum = 0.0;
        for (int i = 0; i < ENTRIES && kind != TW_RAIN_INTENSITY; i++) {
            double volume = t.y[i] / 4.0;
            sum += volume;
            t.y[i] = kind == TW_RAIN_VOLUME ? volume : sum;
        }
        weather_begin(&w, &t, 1, false);
        run_until(&w, 24.0);
        if (kind == TW_RAIN_INTENSITY) expected_m3 = w.h.totals.rain_m3[0];
        assert_near(w.h.totals.rain_m3[0], expected_m3, 1e-9); /* rounding */
        weather_end(&w);
    }
}

static void a_lane_is_the_same_bits_alone_and_among_others(void **state)
{
    (void)state;
    struct town t;
    struct weather one, four;
    town_make(&t);
    weather_begin(&one, &t, 1, true);
    weather_begin(&four, &t, 4, true);
    for (int step = 0; step < 100; step++) {
        double rain_mmh = step % 7 == 3 ? 0.0 : step;
        one.h.gage_rain_mmh[0] = rain_mmh;
        for (int lane = 0; lane < 4; lane++)
            four.h.gage_rain_mmh[lane] = lane == 2 ? rain_mmh : 10.0 * lane;
        tw_hydrology_step(&one.h, 24.0 * 3.6e6);
        tw_hydrology_step(&four.h, 24.0 * 3.6e6);
        for (int i = 0; i < SUBS; i++)
            assert_memory_equal(&one.h.new_runoff_m3s[i], &four.h.new_runoff_m3s[4 * i + 2],
                                sizeof(double));
    }
    assert_true(one.h.totals.runoff_m3[0] > 0.0);
    weather_end(&one);
    weather_end(&four);
}

static void a_copied_pool_goes_on_with_the_same_bits(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    for (int i = 0; i < 12; i++)
        t.model.evaporation.monthly_mmday[i] = 4.0;
    weather_begin(&w, &t, 2, false);
    run_until(&w, 1.3);
    char *saved = malloc(w.pool.used), *first = malloc(w.pool.used);
    memcpy(saved, w.pool.base, w.pool.used);
    run_until(&w, 6.0);
    memcpy(first, w.pool.base, w.pool.used);
    memcpy(w.pool.base, saved, w.pool.used);
    run_until(&w, 6.0);
    assert_memory_equal(w.pool.base, first, w.pool.used);
    free(saved);
    free(first);
    weather_end(&w);
}

static void past_rain_is_kept_by_the_hour(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    weather_begin(&w, &t, 1, false);
    run_until(&w, 4.0);
    assert_near(w.h.past_rain_mm[0], 1.25, 1e-12); /* the hour ends with the next step */
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(w.h.past_rain_mm[1], 1.25, 1e-12); /* hour 3-4: 5 mm/h for a quarter */
    assert_near(w.h.past_rain_mm[2], 0.0, 0.0);
    assert_near(w.h.past_rain_mm[3], 20.0, 1e-12); /* hour 1-2; rounding of the steps */
    weather_end(&w);
}

static void a_relative_series_moves_with_the_start(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    t.series_kind[0] = 1;
    weather_begin(&w, &t, 1, false);
    tw_hydrology_begin(&w.h, start_day + 10.5);
    run_until(&w, 1.0);
    assert_near(w.h.totals.rain_m3[0], 0.0, 0.0);
    run_until(&w, 20.0);
    assert_near(w.h.totals.rain_m3[0], 85.0 / 4.0 / 1000.0 * 6.0e4, 1e-6); /* rounding of days */
    t.series_kind[0] = 0;
    tw_hydrology_begin(&w.h, start_day + 10.5);
    run_until(&w, 20.0);
    assert_near(w.h.totals.rain_m3[0], 0.0, 0.0); /* with dates, the rain was ten days ago */
    weather_end(&w);
}

static void dry_only_evaporation_pauses_while_it_rains(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    town_make(&t);
    for (int i = 0; i < 12; i++)
        t.model.evaporation.monthly_mmday[i] = 4.0;
    t.model.evaporation.dry_only = true;
    weather_begin(&w, &t, 1, false);
    run_until(&w, 1.5);
    assert_near(w.h.totals.evaporation_m3[0], 0.0, 0.0);
    run_until(&w, 2.5);
    assert_true(w.h.totals.evaporation_m3[0] > 0.0);
    assert_near(tw_hydrology_evaporation_mps(&w.h), 0.004 / 86400.0, 1e-20); /* rounding */
    weather_end(&w);
}

static void evaporation_follows_its_series(void **state)
{
    (void)state;
    struct town t;
    struct weather w;
    int32_t first[3] = {0, ENTRIES, ENTRIES + 3}, kind[2] = {0, 0};
    double x[ENTRIES + 3], y[ENTRIES + 3];
    town_make(&t);
    memcpy(x, t.x, sizeof t.x);
    memcpy(y, t.y, sizeof t.y);
    for (int i = 0; i < 3; i++) {
        x[ENTRIES + i] = start_day - 2.0 + 2.0 * i + (i == 2 ? 0.25 - 2.0 : 0.0); /* -2, 0, 0.25 */
        y[ENTRIES + i] = 1.0 + i;
    }
    t.model.series = (struct tw_tables){.count = 2, .first = first, .kind = kind, .x = x, .y = y};
    t.model.evaporation = (struct tw_evaporation){
        .kind = TW_EVAPORATION_SERIES, .series = 1, .to_mmday = 1.0, .recovery_pattern = -1};
    weather_begin(&w, &t, 1, false);
    run_until(&w, 0.5);
    assert_near(tw_hydrology_evaporation_mps(&w.h) * 86.4e6, 2.0, 1e-12);
    run_until(&w, 6.0); /* a step ends at the change, quarter past the day */
    tw_hydrology_step(&w.h, 24.0 * 3.6e6);
    assert_near(tw_hydrology_evaporation_mps(&w.h) * 86.4e6, 3.0, 1e-12);
    weather_end(&w);
}

/* A unit that covers all of subcatchment C. */
struct garden {
    struct tw_lid_control control;
    struct tw_lid_unit unit;
    int32_t first[SUBS + 1];
    double covered_m2[SUBS];
};

static void garden_make(struct garden *g, struct town *t, enum tw_lid_kind kind, double wet_ratio)
{
    *g = (struct garden){.control = {.kind = kind,
                                     .surface = {.thickness_m = 0.3,
                                                 .void_ratio = 0.8,
                                                 .roughness = 0.2,
                                                 .slope_ratio = 0.01,
                                                 .side_slope = 4.0},
                                     .storage = {.thickness_m = kind == TW_LID_BARREL ? 1.0 : 0.0,
                                                 .void_ratio = 0.4},
                                     .drain = {.curve = -1}},
                         .unit = {.subcatchment = 2,
                                  .number = 1,
                                  .area_m2 = t->area_m2[2],
                                  .width_m = 20.0,
                                  .initial_ratio = wet_ratio,
                                  .drain_node = 1,
                                  .drain_subcatchment = -1},
                         .first = {0, 0, 0, 1},
                         .covered_m2 = {0.0, 0.0, t->area_m2[2]}};
    t->model.lids = (struct tw_lids){.control_count = 1,
                                     .control = &g->control,
                                     .unit_count = 1,
                                     .unit = &g->unit,
                                     .first = g->first,
                                     .area_m2 = g->covered_m2};
}

/* As SWMM: water in a LID at the start is as rain for the length of the first step. */
static void a_run_with_wet_lids_begins_with_a_wet_step(void **state)
{
    (void)state;
    struct town t;
    struct garden g;
    for (int wet = 0; wet < 2; wet++) {
        struct weather w;
        town_make(&t);
        garden_make(&g, &t, TW_LID_BARREL, 0.5 * wet);
        weather_begin(&w, &t, 1, false);
        tw_hydrology_step(&w.h, 1e9);
        assert_near(w.h.clock->new_runoff_ms, wet ? 300.0e3 : 3600.0e3, 0.0);
        weather_end(&w);
    }
}

/* As SWMM: what evaporates from roofs and roads is not there any more for the ground under them. */
static void groundwater_evaporates_what_the_whole_surface_left(void **state)
{
    (void)state;
    double left_ratio[2];
    for (int wet = 0; wet < 2; wet++) {
        struct town t;
        struct weather w;
        town_make(&t);
        struct tw_aquifer sand = {.porosity_ratio = 0.46,
                                  .wilting_point_ratio = 0.1,
                                  .field_capacity_ratio = 0.3,
                                  .conductivity_mps = 1e-6,
                                  .conductivity_slope = 10.0,
                                  .upper_evaporation_ratio = 1.0,
                                  .evaporation_pattern = -1};
        struct tw_ground ground = {.subcatchment = 2,
                                   .node = 1,
                                   .surface_m = 5.0,
                                   .threshold_m = (double)NAN,
                                   .water_table_m = 2.0,
                                   .moisture_ratio = 0.25};
        int32_t of[SUBS] = {-1, -1, 0};
        double invert_m[2] = {0.0, 0.0}, node[2] = {0.0, 0.0};
        for (int i = 0; i < 12; i++)
            t.model.evaporation.monthly_mmday[i] = 5.0;
        t.model.aquifers = (struct tw_aquifers){.count = 1, .aquifer = &sand};
        t.model.grounds = (struct tw_grounds){.count = 1, .ground = &ground, .of_subcatchment = of};
        t.model.nodes.invert_m = invert_m;
        weather_begin(&w, &t, 1, false);
        w.h.node_depth_m = w.h.node_inflow_m3s = w.h.node_volume_m3 = node;
        w.h.depth_m[2 * TW_SUBAREA_COUNT + TW_SUBAREA_IMPERVIOUS] = wet * 0.001;
        tw_hydrology_step(&w.h, 1e9);
        left_ratio[wet] = w.h.ground.evaporation_mps[0] / (5.0 / 8.64e7);
        weather_end(&w);
    }
    /* half is pervious; a millimetre stands on 0.75 of the other half, more than evaporates in an hour */
    assert_near(left_ratio[0], 0.5, 1e-12);
    assert_near(left_ratio[1], 0.5 - 0.375, 1e-12);
}

/* Where LIDs leave no ground open, what stands on them is what the soil may take: without rain a
 * swale of 100 mm, 0.8 of it free of plants, loses what Horton's curve says, f0 = 30 mm/h first. */
static void soil_under_lids_takes_the_water_that_stands_on_them(void **state)
{
    (void)state;
    struct town t;
    struct garden g;
    struct weather w;
    town_make(&t);
    garden_make(&g, &t, TW_LID_SWALE, 0.0);
    weather_begin(&w, &t, 1, false);
    w.h.lid.level[0] = 0.1;
    w.h.clock->had_runoff = true;
    tw_hydrology_step(&w.h, 1e9);
    double mmh = w.h.infiltrated_mps[2] * 3.6e6;
    /* mean of the curve over five minutes, of the wet part of the swale */
    assert_true(mmh > 0.2 * 30.0 && mmh < 30.0);
    weather_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dry_day_takes_dry_steps_up_to_the_rain),
        cmocka_unit_test(all_rain_is_accounted_for),
        cmocka_unit_test(runoff_reaches_nodes_between_runoff_times),
        cmocka_unit_test(run_on_comes_from_the_last_step),
        cmocka_unit_test(outfall_water_returns_to_its_subcatchment),
        cmocka_unit_test(cumulative_and_volume_records_say_the_same_as_intensities),
        cmocka_unit_test(a_lane_is_the_same_bits_alone_and_among_others),
        cmocka_unit_test(a_copied_pool_goes_on_with_the_same_bits),
        cmocka_unit_test(past_rain_is_kept_by_the_hour),
        cmocka_unit_test(a_relative_series_moves_with_the_start),
        cmocka_unit_test(dry_only_evaporation_pauses_while_it_rains),
        cmocka_unit_test(evaporation_follows_its_series),
        cmocka_unit_test(a_run_with_wet_lids_begins_with_a_wet_step),
        cmocka_unit_test(groundwater_evaporates_what_the_whole_surface_left),
        cmocka_unit_test(soil_under_lids_takes_the_water_that_stands_on_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
