#include "check.h"
#include "hydrology/snow.h"

#include <stdlib.h>
#include <string.h>

/* A hectare, 40 % impervious, half of that ploughed, with 0.1 m of snow (as water) everywhere that
 * melts by 1 mm/h and degree above 0. */
struct field {
    struct tw_model model;
    struct tw_snow_pack pack;
    int32_t of_subcatchment[1], lid_first[2];
    double area_m2[1], impervious[1];
    struct tw_weather weather;
    struct tw_snow_state snow;
    void *memory;
};

static void field_begin(struct field *f)
{
    memset(f, 0, sizeof *f);
    f->area_m2[0] = 1.0e4;
    f->impervious[0] = 0.4;
    f->model.subcatchments = (struct tw_subcatchments){
        .count = 1, .area_m2 = f->area_m2, .impervious_ratio = f->impervious};
    f->model.lids.first = f->lid_first;
    f->model.climate.temperature = TW_TEMPERATURE_SERIES;
    for (int k = 0; k < TW_SNOW_PARTS; k++)
        f->pack.surface[k] = (struct tw_snow_surface){.melt_least_mpsk = 1.0e-3 / 3600.0,
                                                      .melt_most_mpsk = 1.0e-3 / 3600.0,
                                                      .initial_m = 0.1};
    f->pack.plowable_ratio = 0.5;
    f->pack.plow_depth_m = 1.0;
    f->pack.to_subcatchment = -1;
    f->model.snow = (struct tw_snow_model){.count = 1,
                                           .pack = &f->pack,
                                           .of_subcatchment = f->of_subcatchment,
                                           .falls = true,
                                           .index_ratio = 0.5,
                                           .negative_melt_ratio = 1.0};
    for (int k = 0; k < TW_SNOW_COVER_POINTS; k++)
        f->model.snow.cover_ratio[0][k] = f->model.snow.cover_ratio[1][k] = 0.1 * k;
}

static void field_lay(struct field *f)
{
    struct tw_pool pool = {0};
    tw_snow_lay(&f->snow, &f->model, 1, &pool);
    f->memory = aligned_alloc(64, pool.used);
    assert_non_null(f->memory);
    memset(f->memory, 0, pool.used);
    pool = (struct tw_pool){.base = f->memory};
    tw_snow_lay(&f->snow, &f->model, 1, &pool);
    tw_snow_begin(&f->snow);
}

/* An hour; what reaches the ground [m/s]. */
static double hour(struct field *f, double rain_mmh, double snow_mmh, double *out_removed_m,
                   double out_mps[3])
{
    struct tw_snow_fall fall = {.weather = &f->weather,
                                .dt_s = 3600.0,
                                .rain_mps = rain_mmh / 3.6e6,
                                .snow_mps = snow_mmh / 3.6e6};
    tw_snow_begin_step(&f->snow);
    double removed_m = tw_snow_plow(&f->snow, 0, 0, &fall);
    tw_snow_melt(&f->snow, 0, 0, &fall, out_mps);
    if (out_removed_m != NULL) *out_removed_m = removed_m;
    return 0.4 * out_mps[0] + 0.6 * out_mps[2];
}

/* C (T - Tb) = 1 mm/h/K 3 K; SWMM Reference Manual I, section 6.3. */
static void warm_air_melts_by_the_degree(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3];
    field_begin(&f);
    field_lay(&f);
    f.weather.temperature_c = 3.0;
    hour(&f, 0.0, 0.0, NULL, out_mps);
    for (int k = 0; k < 3; k++)
        assert_near(out_mps[k] * 3.6e6, 3.0, 1e-12); /* rounding */
    assert_near(f.snow.new_depth_m[0], 0.097, 1e-12);
    assert_near(f.snow.old_depth_m[0], 0.1, 1e-12);
    free(f.memory);
}

/* Free water: the pack holds 10 % of its snow before any flows out. */
static void a_pack_holds_water(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3];
    field_begin(&f);
    for (int k = 0; k < TW_SNOW_PARTS; k++)
        f.pack.surface[k].free_water_ratio = 0.1;
    field_lay(&f);
    f.weather.temperature_c = 5.0;
    assert_near(hour(&f, 0.0, 0.0, NULL, out_mps), 0.0, 0.0); /* 5 mm of melt in 95 mm of snow */
    hour(&f, 0.0, 0.0, NULL, out_mps);
    assert_near(out_mps[2] * 3.6e6, 10.0 - 9.0, 1e-10); /* 10 mm of melt, 9 stay in 90 */
    free(f.memory);
}

/* A cold pack must be warmed first: cold content is capped at 0.007/12 of depth and degF. */
static void cold_delays_the_melt(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3];
    field_begin(&f);
    field_lay(&f);
    f.weather.temperature_c = -20.0;
    for (int i = 0; i < 200; i++)
        hour(&f, 0.0, 0.0, NULL, out_mps);
    double cold_m = f.snow.cold_m[0];
    assert_near(cold_m, 0.1 * 0.007 / 12.0 * 36.0, 1e-6); /* the index is 20 K below, to 1e-10 */
    f.weather.temperature_c = 5.0;
    hour(&f, 0.0, 0.0, NULL, out_mps);
    assert_near(out_mps[2] * 3600.0, 0.005 - cold_m, 1e-12);
    assert_near(f.snow.cold_m[0], 0.0, 0.0);
    free(f.memory);
}

/* Section 6.4 at sea level, 5 degC, 10 mm/h, no wind, in inches and degF by hand:
 * 9 (0.001167 + 0.007 0.3937) = 0.035306 in/h. */
static void rain_melts_snow(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3];
    field_begin(&f);
    field_lay(&f);
    f.weather.temperature_c = 5.0;
    hour(&f, 10.0, 0.0, NULL, out_mps);
    assert_near(out_mps[2] * 3.6e6, 10.0 + 0.035306 * 25.4, 1e-4); /* of the numbers by hand */
    free(f.memory);
}

/* 0.02 of full cover's 0.2 m lies before and is 0.1 of the cover curve; 20 mm of new snow cover all
 * until a quarter of them has melted. */
static void new_snow_covers_everything_for_a_while(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3];
    field_begin(&f);
    f.pack.surface[TW_SNOW_PERVIOUS].full_cover_m = 0.2;
    f.pack.surface[TW_SNOW_PERVIOUS].initial_m = 0.02;
    field_lay(&f);
    hour(&f, 0.0, 20.0, NULL, out_mps); /* 0 degC: nothing melts */
    f.weather.temperature_c = 5.0;
    hour(&f, 0.0, 0.0, NULL, out_mps);
    assert_near(out_mps[2] * 3.6e6, 5.0, 1e-10); /* all is covered: 40 to 35 mm */
    hour(&f, 0.0, 0.0, NULL, out_mps);
    assert_near(out_mps[2] * 3.6e6, 5.0, 1e-10);
    hour(&f, 0.0, 0.0, NULL, out_mps);
    /* 30 mm is a ratio of 0.15, between 0.1 (cover 0.1) and 0.175 (cover 1) */
    assert_near(out_mps[2] * 3.6e6, 5.0 * (0.1 + 0.9 / 0.075 * 0.05), 1e-9);
    free(f.memory);
}

static void ploughed_snow_goes_where_it_is_said(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3], removed_m;
    field_begin(&f);
    f.pack.plow_depth_m = 0.05;
    const double parts[TW_SNOW_GOALS] = {0.1, 0.2, 0.3, 0.15, 0.0};
    memcpy(f.pack.plowed_ratio, parts, sizeof parts);
    field_lay(&f);
    double before_m3 = tw_snow_storage_m3(&f.snow, 0);
    assert_near(before_m3, 1000.0, 1e-9);
    hour(&f, 0.0, 0.0, &removed_m, out_mps);
    assert_near(removed_m, 0.1 * 0.1 * 0.2, 1e-15);
    assert_near(f.snow.depth_m[TW_SNOW_PLOWABLE], 0.025, 1e-15);
    assert_near(f.snow.depth_m[TW_SNOW_IMPERVIOUS], 0.12, 1e-15);
    assert_near(f.snow.depth_m[TW_SNOW_PERVIOUS], 0.1 + 0.03 * 0.2 / 0.6, 1e-15);
    assert_near(out_mps[0] * 3.6e6, 15.0 / 2.0, 1e-12); /* at once, of half the impervious area */
    double gone_m3 = (removed_m + 0.4 * out_mps[0] * 3600.0) * 1.0e4;
    assert_near(tw_snow_storage_m3(&f.snow, 0), before_m3 - gone_m3, 1e-9);
    free(f.memory);
}

/* The last thousandth of an inch runs off at once. */
static void the_last_snow_goes_at_once(void **state)
{
    (void)state;
    struct field f;
    double out_mps[3];
    field_begin(&f);
    for (int k = 0; k < TW_SNOW_PARTS; k++)
        f.pack.surface[k].initial_m = 2.0e-5;
    field_lay(&f);
    f.weather.temperature_c = -10.0;
    assert_near(hour(&f, 0.0, 0.0, NULL, out_mps), 2.0e-5 / 3600.0, 1e-18);
    assert_near(tw_snow_storage_m3(&f.snow, 0), 0.0, 0.0);
    free(f.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(warm_air_melts_by_the_degree),
                                       cmocka_unit_test(a_pack_holds_water),
                                       cmocka_unit_test(cold_delays_the_melt),
                                       cmocka_unit_test(rain_melts_snow),
                                       cmocka_unit_test(new_snow_covers_everything_for_a_while),
                                       cmocka_unit_test(ploughed_snow_goes_where_it_is_said),
                                       cmocka_unit_test(the_last_snow_goes_at_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
