#include "check.h"
#include "hydrology/groundwater.h"

#include <stdlib.h>
#include <string.h>

/* One hectare of sand over a node, in metres. */
struct field {
    struct tw_model model;
    struct tw_aquifer aquifer;
    struct tw_ground ground;
    struct tw_ground_state state;
    double area_m2, impervious, invert_m;
    int32_t of;
    void *memory;
};

static void field_begin(struct field *f)
{
    memset(f, 0, sizeof *f);
    f->aquifer = (struct tw_aquifer){.porosity_ratio = 0.46,
                                     .wilting_point_ratio = 0.15,
                                     .field_capacity_ratio = 0.3,
                                     .conductivity_mps = 1.4e-6,
                                     .conductivity_slope = 10.0,
                                     .tension_slope_m = 4.5,
                                     .upper_evaporation_ratio = 0.35,
                                     .lower_evaporation_depth_m = 4.0,
                                     .deep_loss_mps = 2e-9,
                                     .evaporation_pattern = -1};
    f->ground = (struct tw_ground){.surface_m = 6.0,
                                   .a1 = 0.002,
                                   .b1 = 2.0,
                                   .a2 = 0.0,
                                   .threshold_m = (double)NAN,
                                   .water_table_m = 3.0,
                                   .moisture_ratio = 0.3};
    f->area_m2 = 1.0e4;
    f->impervious = 0.2;
    f->invert_m = 1.0;
    f->model.subcatchments = (struct tw_subcatchments){
        .count = 1, .area_m2 = &f->area_m2, .impervious_ratio = &f->impervious};
    f->model.nodes = (struct tw_nodes){.count = 1, .invert_m = &f->invert_m};
    f->model.aquifers = (struct tw_aquifers){.count = 1, .aquifer = &f->aquifer};
    f->model.grounds =
        (struct tw_grounds){.count = 1, .ground = &f->ground, .of_subcatchment = &f->of};
    struct tw_pool pool = {0};
    tw_ground_lay(&f->state, &f->model, 1, &pool);
    f->memory = aligned_alloc(64, (pool.used + 63) / 64 * 64);
    assert_non_null(f->memory);
    memset(f->memory, 0, pool.used);
    pool = (struct tw_pool){.base = f->memory};
    tw_ground_lay(&f->state, &f->model, 1, &pool);
    tw_ground_begin(&f->state);
}

static void field_run(struct field *f, double hours, double infiltration_m3s,
                      double evaporation_mps, struct tw_ground_node node)
{
    struct tw_ground_weather weather = {
        .infiltration_m3s = infiltration_m3s, .evaporation_mps = evaporation_mps, .month = 7};
    for (int step = 0; step < (int)(hours * 12.0); step++)
        tw_ground_step(&f->state, 0, 0, &weather, node, 300.0);
}

/* The zones are integrated to a ten-thousandth; flow is booked by its ends, as SWMM books it. */
static void water_in_the_ground_is_booked(void **state)
{
    (void)state;
    struct field f;
    field_begin(&f);
    struct tw_ground_node node = {.depth_m = 0.2, .inflow_m3s = 0.01};
    field_run(&f, 6.0, 1.0e4 * 2e-6, 0.0, node);
    field_run(&f, 48.0, 0.0, 5e-8, node);
    assert_true(f.state.infiltrated_m3[0] > 400.0);
    assert_true(f.state.evaporated_m3[0] > 10.0);
    assert_true(f.state.flow_m3[0] > 10.0);
    assert_true(fabs(tw_ground_error_ratio(&f.state, 0)) < 1e-3);
    free(f.memory);
}

static void full_ground_takes_no_more(void **state)
{
    (void)state;
    struct field f;
    field_begin(&f);
    f.ground.a1 = 0.0;
    f.aquifer.deep_loss_mps = 0.0;
    struct tw_ground_node node = {.depth_m = 0.2};
    for (int step = 0; step < 600; step++) { /* full after some 400 */
        double most_m3s = f.state.room_m[0] * 0.8 * f.area_m2 / 300.0;
        struct tw_ground_weather weather = {.infiltration_m3s = fmin(most_m3s, 0.05), .month = 1};
        tw_ground_step(&f.state, 0, 0, &weather, node, 300.0);
    }
    assert_true(f.state.depth_m[0] <= 6.0);
    assert_true(f.state.depth_m[0] > 5.9);
    assert_true(f.state.room_m[0] >= 0.0);
    assert_true(f.state.room_m[0] < 0.01);
    free(f.memory);
}

/* A river higher than the water table feeds the ground, but never with more than it has. */
static void a_node_gives_no_more_than_it_has(void **state)
{
    (void)state;
    struct field f;
    field_begin(&f);
    f.ground.a1 = 0.0;
    f.ground.a2 = 0.5;
    f.ground.b2 = 1.0;
    field_run(&f, 1.0, 0.0, 0.0, (struct tw_ground_node){.depth_m = 4.0, .inflow_m3s = 0.002});
    assert_near(f.state.new_mps[0] * f.area_m2, -0.002, 1e-12);
    free(f.memory);
}

/* Of two halves of a step the flow is K / KS of the moisture m/s hectares; K is e^(10 (0.4 - 0.46)) of
 * KS at a moisture of 0.4, and stays that when the zone is drier than its field capacity. */
static void conductivity_is_that_of_the_last_percolation(void **state)
{
    (void)state;
    struct field f;
    field_begin(&f);
    static const struct tw_token k[] = {{.operation = TW_TOKEN_VARIABLE, .variable = TW_GROUND_K},
                                        {.operation = TW_TOKEN_VARIABLE, .variable = TW_GROUND_KS},
                                        {.operation = TW_TOKEN_DIVIDE},
                                        {.operation = TW_TOKEN_NUMBER, .number = 1e-3},
                                        {.operation = TW_TOKEN_MULTIPLY}};
    f.ground.lateral = (struct tw_ground_expression){k, sizeof k / sizeof k[0]};
    f.ground.a1 = 0.0;
    struct tw_ground_node node = {.depth_m = 0.2};
    f.state.moisture_ratio[0] = 0.2; /* nothing has percolated yet */
    field_run(&f, 1.0 / 12.0, 0.0, 0.0, node);
    assert_near(f.state.new_mps[0], 0.0, 0.0);
    f.state.moisture_ratio[0] = 0.4;
    field_run(&f, 1.0 / 12.0, 0.0, 0.0, node);
    double percolating = f.state.new_mps[0];
    /* 1e-3 m3/s a hectare; moisture falls by 1e-4 in the step */
    assert_near(percolating / (exp(10.0 * (0.4 - 0.46)) * 1e-7), 1.0, 5e-3);
    f.state.moisture_ratio[0] = 0.2;
    field_run(&f, 1.0 / 12.0, 0.0, 0.0, node);
    assert_near(f.state.new_mps[0], percolating, 0.0);
    free(f.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(water_in_the_ground_is_booked),
        cmocka_unit_test(full_ground_takes_no_more),
        cmocka_unit_test(a_node_gives_no_more_than_it_has),
        cmocka_unit_test(conductivity_is_that_of_the_last_percolation),
    };
    return cmocka_run_group_tests_name("groundwater", tests, NULL, NULL);
}
