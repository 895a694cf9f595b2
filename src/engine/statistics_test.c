#include "engine/statistics.h"

#include "base/arena.h"
#include "check.h"
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"

#include <string.h>

/* Junction 0, storage 1, outfall 2. Link 0 is a pump from 0 to 1, link 1 a conduit beside it, link
 * 2 a conduit of two barrels from 1 to 2; rows have the conduits first. Node and link states are
 * set by hand, so nothing is routed. */
enum { J, S, O, NODES = 3 };
enum { PUMP, BESIDE, OUT, LINKS = 3 };
enum { ROW_BESIDE, ROW_OUT, ROW_PUMP, CONDUITS = 2 };

static int32_t node_kind[] = {TW_NODE_JUNCTION, TW_NODE_STORAGE, TW_NODE_OUTFALL};
static int32_t node_row[] = {-1, 0, 0};
static double invert[] = {10.0, 9.0, 8.0}, surcharge_depth[] = {0.0, 0.0, 0.0};
static int32_t link_kind[] = {TW_LINK_PUMP, TW_LINK_CONDUIT, TW_LINK_CONDUIT};
static int32_t link_row[] = {0, 0, 1}, link_from[] = {J, J, S}, link_to[] = {S, S, O};
static int32_t link_xsect[] = {-1, 0, 1};
static struct tw_xsect sections[CONDUITS];
static bool link_reversed[] = {false, false, false};
static int32_t storage_node[] = {S}, outfall_node[] = {O}, pump_link[] = {PUMP}, pump_curve[] = {0};
static int32_t curve_first[] = {0, 3}, curve_kind[] = {TW_CURVE_PUMP2};
static double curve_y[] = {0.1, 0.4, 0.2};
static double conduit_length[] = {100.0, 50.0};

static int32_t link_of_row[] = {BESIDE, OUT, PUMP}, row_of_link[] = {2, 0, 1};
static int32_t row_from[] = {J, S, J}, row_to[] = {S, O, S};
static double full_flow[] = {1.0, 2.0}, barrels[] = {1.0, 2.0}, full_area[] = {0.5, 1.5};
static double full_depth[] = {0.8, 0.9};
static double slope[] = {0.01, 0.02}, routing_length[] = {150.0, 50.0};
static double crown[] = {0.8, 0.9, 1.0}, full_volume[] = {0.0, 20.0, 0.0};
static bool outfall[] = {false, false, true}, can_pond[] = {true, false, false};

static const double start_day = 40000.0, second = 1.0 / 86400.0;

struct town {
    struct tw_model model;
    struct tw_network net;
    struct tw_arena arena;
    struct tw_hydraulics h;
    struct tw_statistics s;
    size_t size; /* of the pool, which is the arena's first block */
    char *memory;
    double at_s;
};

static void lay(struct town *t, struct tw_pool *pool, int32_t lanes)
{
    struct tw_pool *scratch = pool;
    tw_hydraulics_lay(&t->h, &t->model, &t->net, lanes, pool, scratch);
    tw_statistics_lay(&t->s, &t->model, &t->net, lanes, pool);
}

static void town_init(struct town *t, int32_t lanes)
{
    *t = (struct town){
        .model = {.options = {.routing = TW_ROUTING_DYNWAVE,
                              .variable_step_factor = 0.75,
                              .routing_step_s = 32.0,
                              .minimum_step_s = 1.0},
                  .nodes = {.count = NODES,
                            .kind = node_kind,
                            .row = node_row,
                            .invert_m = invert,
                            .surcharge_depth_m = surcharge_depth},
                  .links = {.count = LINKS,
                            .kind = link_kind,
                            .row = link_row,
                            .from = link_from,
                            .to = link_to,
                            .reversed = link_reversed,
                            .xsect = link_xsect},
                  .storages = {.count = 1, .node = storage_node},
                  .outfalls = {.count = 1, .node = outfall_node},
                  .conduits = {.count = 2, .length_m = conduit_length},
                  .pumps = {.count = 1, .link = pump_link, .curve = pump_curve},
                  .curves = {.count = 1, .first = curve_first, .kind = curve_kind, .y = curve_y}},
        .net = {.node_count = NODES,
                .link_count = LINKS,
                .conduit_count = CONDUITS,
                .link_of_row = link_of_row,
                .row_of_link = row_of_link,
                .from = row_from,
                .to = row_to,
                .xsects = sections,
                .crown_depth_m = crown,
                .full_volume_m3 = full_volume,
                .outfall = outfall,
                .can_pond = can_pond,
                .conduit = {.full_flow_m3s = full_flow,
                            .barrels = barrels,
                            .full_area_m2 = full_area,
                            .full_depth_m = full_depth,
                            .slope_ratio = slope,
                            .length_m = conduit_length,
                            .routing_length_m = routing_length}}};
    struct tw_pool pool = {0};
    lay(t, &pool, lanes);
    t->size = pool.used;
    t->memory = tw_arena_alloc(&t->arena, 1, t->size);
    assert_non_null(t->memory);
    pool = (struct tw_pool){.base = t->memory};
    lay(t, &pool, lanes);
    memset(t->h.sums.settled, 1, (size_t)NODES * (size_t)lanes);
}

static void inflow_becomes_old(struct town *t) /* as the solver does it */
{
    memcpy(t->h.node.old_inflow_m3s, t->h.node.inflow_m3s,
           (size_t)NODES * (size_t)t->h.lanes * sizeof(double));
}

static void begin(struct town *t, double report_start_day)
{
    inflow_becomes_old(t);
    tw_statistics_begin(&t->s, &t->h, start_day, report_start_day);
}

static void step(struct town *t, double dt_s)
{
    t->at_s += dt_s;
    t->h.clock->steps++;
    t->h.clock->trials += 3;
    tw_statistics_step(&t->s, &t->h, dt_s, start_day + t->at_s * second);
    inflow_becomes_old(t);
}

static struct tw_report report_of(struct town *t)
{
    struct tw_report report = {0};
    assert_ok(tw_statistics_report(&t->s, &t->h, &t->arena, &report));
    return report;
}

static void greatest_depth_keeps_the_day_it_was_first_reached(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    const double depths[] = {0.2, 0.5, 0.5, 0.3};
    for (int32_t k = 0; k < 4; k++) {
        t.h.node.depth_m[J] = depths[k];
        step(&t, 10.0);
    }
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.max_depth_m[J], 0.5, 0.0);
    assert_near(r.nodes.max_depth_day[J], start_day + 20.0 * second, 1e-9); /* a day's rounding */
    assert_near(r.nodes.mean_depth_m[J], 0.375, 1e-15);                     /* sum of four */
    assert_near(r.nodes.max_depth_day[S], start_day, 0.0);                  /* never wet */
    tw_arena_done(&t.arena);
}

static void steps_before_the_report_count_only_in_balances_and_step_lengths(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day + 20.0 * second);
    t.h.node.depth_m[J] = 0.7;
    t.h.node.inflow_m3s[J] = 2.0;
    step(&t, 10.0);
    t.h.node.depth_m[J] = 0.1;
    step(&t, 10.0);
    struct tw_report r = report_of(&t);
    assert_near(r.summarized_s, 10.0, 0.0);
    assert_near(r.nodes.max_depth_m[J], 0.1, 0.0);
    assert_near(r.nodes.mean_depth_m[J], 0.1, 0.0);
    assert_near(r.nodes.inflow_m3[J], 30.0, 1e-12); /* 0 to 2 m3/s, then 2 m3/s */
    assert_near(r.mean_step_s, 10.0, 0.0);
    tw_arena_done(&t.arena);
}

static void a_balance_takes_the_mean_of_the_rates_at_both_ends_of_a_step(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    t.h.node.volume_m3[S] = 5.0;
    t.h.node.inflow_m3s[S] = 0.2;
    begin(&t, start_day);
    t.h.node.inflow_m3s[S] = 0.6;
    t.h.node.outflow_m3s[S] = 0.2;
    step(&t, 10.0); /* in 4, out 1 */
    step(&t, 20.0); /* in 12, out 4 */
    t.h.node.volume_m3[S] = 5.0 + 16.0 - 5.0;
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.inflow_m3[S], 21.0, 1e-12); /* with what it held */
    assert_near(r.storages.inflow_m3[0], 21.0, 1e-12);
    assert_near(r.nodes.balance_error_ratio[S], 0.0, 1e-15);
    t.h.node.volume_m3[S] = 5.0 + 16.0 - 5.0 - 2.1; /* a tenth of what came is missing */
    assert_near(report_of(&t).nodes.balance_error_ratio[S], 0.1, 1e-15);
    tw_arena_done(&t.arena);
}

static void an_outfall_gives_away_all_it_gets(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    t.h.node.inflow_m3s[O] = 3.0;
    step(&t, 10.0);
    t.h.node.inflow_m3s[O] = 0.5 * 0.001 * TW_FOOT3_M3; /* too little to count as flow */
    step(&t, 10.0);
    t.h.node.inflow_m3s[O] = 1.0;
    step(&t, 20.0);
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.balance_error_ratio[O], 0.0, 0.0);
    assert_near(r.outfalls.flowing_ratio[0], 2.0 / 3.0, 1e-15);
    assert_near(r.outfalls.mean_m3s[0], 2.0, 0.0); /* of steps, not of time */
    assert_near(r.outfalls.max_m3s[0], 3.0, 0.0);
    assert_near(r.outfalls.system_max_m3s, 3.0, 0.0);
    assert_near(r.outfalls.volume_m3[0], 40.0, 1e-3); /* 15 + 15 + 10, and the small flow */
    tw_arena_done(&t.arena);
}

static void a_node_is_surcharged_from_its_crown_on(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    t.h.node.depth_m[J] = crown[J] - 2.0 * TW_TINY_DEPTH_M;
    step(&t, 7.0);
    t.h.node.depth_m[J] = crown[J] - 0.5 * TW_TINY_DEPTH_M;
    t.h.node.depth_m[S] = 5.0; /* an open storage never is, an outfall neither */
    t.h.node.depth_m[O] = 5.0;
    step(&t, 11.0);
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.surcharged_s[J], 11.0, 0.0);
    assert_near(r.nodes.surcharged_s[S], 0.0, 0.0);
    assert_near(r.nodes.surcharged_s[O], 0.0, 0.0);
    tw_arena_done(&t.arena);
}

static void flooding_is_timed_measured_and_lost_unless_it_ponds(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    step(&t, 10.0);
    t.h.node.overflow_m3s[J] = 0.4;
    t.h.node.volume_m3[J] = 4.0; /* in the pond above it */
    t.h.node.overflow_m3s[S] = 0.3;
    t.h.node.volume_m3[S] = 20.0; /* full: lost */
    step(&t, 10.0);
    t.h.node.overflow_m3s[J] = 0.1;
    t.h.node.overflow_m3s[S] = 0.0;
    step(&t, 10.0);
    t.h.node.overflow_m3s[J] = 0.0; /* the pond still stands */
    step(&t, 10.0);
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.flooded_s[J], 30.0, 0.0);
    assert_near(r.nodes.flooded_m3[J], 5.0, 1e-14);
    assert_near(r.nodes.max_flooding_m3s[J], 0.4, 0.0);
    assert_near(r.nodes.max_flooding_day[J], start_day + 20.0 * second, 1e-9);
    assert_near(r.nodes.max_ponded_m3[J], 4.0, 0.0);
    assert_near(r.nodes.flooded_s[S], 10.0, 0.0);
    assert_near(r.nodes.max_ponded_m3[S], 0.0, 0.0);
    assert_near(t.s.node.outflow_m3[J], 0.0, 0.0);
    assert_near(t.s.node.outflow_m3[S], 3.0, 1e-15); /* half a step before, half after */
    tw_arena_done(&t.arena);
}

static void lateral_inflow_is_summed_and_its_greatest_size_keeps_its_sign(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    const double q[] = {0.5, -0.8, 0.6};
    for (int32_t k = 0; k < 3; k++) {
        t.h.node.old_lateral_m3s[J] = t.h.node.lateral_m3s[J];
        t.h.node.lateral_m3s[J] = q[k];
        step(&t, 10.0);
    }
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.max_lateral_m3s[J], -0.8, 0.0);
    assert_near(r.nodes.lateral_m3[J], 10.0 * (0.25 - 0.15 - 0.1), 1e-14);
    tw_arena_done(&t.arena);
}

static void a_storage_keeps_volumes_up_to_the_brim_and_its_losses(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    t.h.node.volume_m3[S] = 10.0;
    t.h.node.outflow_m3s[S] = 0.7;
    t.h.storage_evaporation_m3s[0] = 0.01;
    t.h.storage_seepage_m3s[0] = 0.02;
    step(&t, 10.0);
    t.h.node.volume_m3[S] = 26.0; /* of 20 */
    step(&t, 10.0);
    struct tw_report r = report_of(&t);
    assert_near(r.storages.mean_m3[0], 18.0, 0.0);
    assert_near(r.storages.max_m3[0], 20.0, 0.0);
    assert_near(r.storages.full_m3[0], 20.0, 0.0);
    assert_near(r.storages.max_day[0], start_day + 20.0 * second, 1e-9);
    assert_near(r.storages.max_outflow_m3s[0], 0.7, 0.0);
    assert_near(r.storages.evaporated_m3[0], 0.2, 1e-15);
    assert_near(r.storages.seeped_m3[0], 0.4, 1e-15);
    tw_arena_done(&t.arena);
}

static void set_flow(struct town *t, int32_t row, double flow_m3s, double area_m2, double depth_m)
{
    t->h.link.old_flow_m3s[row] = t->h.link.flow_m3s[row];
    t->h.link.flow_m3s[row] = flow_m3s;
    t->h.link.depth_m[row] = depth_m;
    if (row == ROW_PUMP) return;
    t->h.conduit.flow_m3s[row] = flow_m3s / barrels[row];
    t->h.conduit.area_m2[row] = area_m2;
}

static void links_are_reported_in_the_order_of_the_model(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    set_flow(&t, ROW_BESIDE, -0.3, 0.25, 0.4);
    set_flow(&t, ROW_OUT, 5.0, 1.0, 0.6);
    set_flow(&t, ROW_PUMP, 0.2, 0.0, 0.0);
    step(&t, 10.0);
    struct tw_report r = report_of(&t);
    assert_near(r.links.max_flow_m3s[PUMP], 0.2, 0.0);
    assert_near(r.links.max_flow_m3s[BESIDE], 0.3, 0.0);
    assert_near(r.links.max_flow_m3s[OUT], 5.0, 0.0);
    assert_near(r.links.max_flow_day[OUT], start_day + 10.0 * second, 1e-9);
    assert_near(r.links.max_velocity_mps[BESIDE], 1.2, 1e-15);
    assert_near(r.links.max_velocity_mps[OUT], 2.5, 1e-15); /* half of the flow in each barrel */
    assert_near(r.links.max_velocity_mps[PUMP], 0.0, 0.0);
    assert_near(r.links.max_depth_m[OUT], 0.6, 0.0);
    assert_near(r.links.full_flow_m3s[PUMP], 0.4, 0.0); /* top of its curve */
    assert_near(r.links.full_flow_m3s[OUT], 4.0, 0.0);
    assert_near(r.links.length_ratio[BESIDE], 1.5, 0.0);
    assert_near(r.links.length_ratio[PUMP], 1.0, 0.0);
    assert_near(r.links.above_full_flow_s[OUT], 10.0, 0.0);
    assert_near(r.links.above_full_flow_s[BESIDE], 0.0, 0.0);
    tw_arena_done(&t.arena);
}

static void a_film_of_water_has_no_velocity_and_a_slot_no_area(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    set_flow(&t, ROW_BESIDE, 0.1, 0.001, 0.009 * TW_FOOT_M);
    set_flow(&t, ROW_OUT, 3.0, 3.0, full_depth[ROW_OUT]); /* 1.5 m2 under the crown */
    step(&t, 10.0);
    struct tw_report r = report_of(&t);
    assert_near(r.links.max_velocity_mps[BESIDE], 0.0, 0.0);
    assert_near(r.links.max_velocity_mps[OUT], 1.0, 1e-15);
    tw_arena_done(&t.arena);
}

static void times_in_states_of_a_conduit_add_up(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    const uint8_t full[] = {0, 1, 2, 3}, class[] = {0, 3, 3, 4}, limited[] = {0, 1, 2, 3};
    const double dt[] = {1.0, 2.0, 4.0, 8.0};
    for (int32_t k = 0; k < 4; k++) {
        t.h.link.full[ROW_OUT] = full[k];
        t.h.link.flow_class[ROW_OUT] = class[k];
        t.h.link.limited[ROW_OUT] = limited[k];
        step(&t, dt[k]);
    }
    struct tw_report r = report_of(&t);
    assert_near(r.links.class_s[OUT][TW_FLOW_DRY], 1.0, 0.0);
    assert_near(r.links.class_s[OUT][TW_FLOW_SUBCRITICAL], 6.0, 0.0);
    assert_near(r.links.class_s[OUT][TW_FLOW_SUPERCRITICAL], 8.0, 0.0);
    assert_near(r.links.class_s[BESIDE][TW_FLOW_DRY], 15.0, 0.0);
    assert_near(r.links.class_s[PUMP][TW_FLOW_DRY], 0.0, 0.0);
    assert_near(r.links.upstream_full_s[OUT], 10.0, 0.0);
    assert_near(r.links.downstream_full_s[OUT], 12.0, 0.0);
    assert_near(r.links.both_full_s[OUT], 8.0, 0.0);
    assert_near(r.links.normal_limited_s[OUT], 10.0, 0.0);
    assert_near(r.links.inlet_controlled_s[OUT], 12.0, 0.0);
    tw_arena_done(&t.arena);
}

static void capacity_limits_a_full_conduit_under_steeper_heads_than_its_own(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    double level = slope[ROW_BESIDE] * conduit_length[0]; /* 1 m, as the inverts of J and S */
    assert_near(level, invert[J] - invert[S], 1e-15);
    t.h.link.full[ROW_BESIDE] = 3;
    t.h.link.depth_m[ROW_BESIDE] = full_depth[ROW_BESIDE];
    t.h.node.depth_m[J] = 2.0;
    t.h.node.depth_m[S] = 2.1;
    step(&t, 3.0);
    t.h.node.depth_m[S] = 1.9;
    step(&t, 5.0);
    t.h.link.full[ROW_BESIDE] = 1; /* the other end is full but for the last digit */
    step(&t, 11.0);
    t.h.link.full[ROW_BESIDE] = 3; /* left from when it had water */
    t.h.link.depth_m[ROW_BESIDE] = 0.9 * full_depth[ROW_BESIDE];
    step(&t, 7.0);
    assert_near(report_of(&t).links.capacity_limited_s[BESIDE], 5.0, 0.0);
    tw_arena_done(&t.arena);
}

static void a_turn_is_a_change_of_course_of_some_size(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    /* down, up, and up again after a fall of less than 0.001 ft3/s: that one does not count as a
     * turn, but what follows turns against it */
    const double q[] = {1.0, 0.5, 0.8, 0.8 - 1e-6, 0.9, 1.0};
    for (int32_t k = 0; k < 6; k++) {
        set_flow(&t, ROW_OUT, q[k], 1.0, 0.5);
        step(&t, 10.0);
    }
    struct tw_report r = report_of(&t);
    assert_int_equal(r.links.reversed_turns[OUT], 3);
    assert_int_equal(r.links.reversed_turns[BESIDE], 0);
    assert_int_equal(r.unstable[0].index, OUT);
    assert_false(r.unstable[0].is_node);
    assert_near(r.unstable[0].value, 100.0 * 3.0 / (2.0 / 3.0 * 4.0),
                1e-12); /* rounding of 112.5 */
    assert_int_equal(r.unstable[1].index, -1);
    tw_arena_done(&t.arena);
}

static void a_pump_is_described_while_it_runs(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    t.h.node.depth_m[S] = 3.0; /* 12 m: two above the junction */
    const double q[] = {0.0, 0.2, 0.1, 0.0, 0.3};
    for (int32_t k = 0; k < 5; k++) {
        set_flow(&t, ROW_PUMP, q[k], 0.0, 0.0);
        t.h.link.flow_class[ROW_PUMP] = k == 2 ? TW_FLOW_DOWN_DRY : k == 4 ? TW_FLOW_UP_DRY : 0;
        step(&t, k == 4 ? 20.0 : 10.0);
    }
    struct tw_report r = report_of(&t);
    assert_near(r.pumps.on_s[0], 40.0, 0.0);
    assert_int_equal(r.pumps.startups[0], 2);
    assert_near(r.pumps.mean_m3s[0], 0.2, 1e-15);
    assert_near(r.pumps.max_m3s[0], 0.3, 0.0);
    assert_near(r.pumps.volume_m3[0], 9.0, 1e-14);
    /* 9 m3 by 2 m; SWMM's horsepower makes water 0.05 % lighter than 9807 N/m3 */
    assert_near(r.pumps.energy_kwh[0], 9.0 * 2.0 * 9807.0 / 3.6e6, 1e-3 * 0.049);
    assert_near(r.pumps.below_curve_ratio[0], 0.25, 0.0);
    assert_near(r.pumps.above_curve_ratio[0], 0.5, 0.0);
    tw_arena_done(&t.arena);
}

static void step_lengths_fall_into_classes_even_on_a_logarithmic_scale(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    const double dt[] = {0.5, 32.0, 17.0, 15.0, 1.0, 0.9}; /* the first is not counted */
    for (int32_t k = 0; k < 6; k++)
        step(&t, dt[k]);
    tw_statistics_step(&t.s, &t.h, 33.6, start_day + 100.0 * second); /* the solver stood */
    struct tw_report r = report_of(&t);
    for (int32_t k = 0; k <= TW_REPORT_STEP_CLASSES; k++) {
        assert_near(r.step_bound_s[k], 32.0 / (1 << k), 1e-13); /* of pow */
    }
    assert_near(r.step_share[0], 0.5, 0.0);
    assert_near(r.step_share[1], 0.25, 0.0);
    assert_near(r.step_share[4], 0.25, 0.0); /* what is shorter than the shortest has no class */
    assert_near(r.min_step_s, 0.9, 0.0);
    assert_near(r.max_step_s, 32.0, 0.0);
    assert_near(r.mean_step_s, 66.4 / 6.0, 1e-14);
    assert_near(r.steady_ratio, 33.6 / 100.0, 1e-15);
    assert_near(r.trials_per_step, 3.0, 0.0);
    tw_arena_done(&t.arena);
}

static void steps_of_the_run_go_before_those_of_the_file(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    t.s.routing_step_s = 8.0;
    t.s.minimum_step_s = 9.0; /* not above the longest */
    begin(&t, start_day);
    struct tw_report r = report_of(&t);
    for (int32_t k = 0; k <= TW_REPORT_STEP_CLASSES; k++) {
        assert_near(r.step_bound_s[k], 8.0, 0.0);
    }
    t.model.options.variable_step_factor = 0.0;
    assert_near(report_of(&t).step_bound_s[0], 0.0, 0.0);
    tw_arena_done(&t.arena);
}

static void critical_elements_are_listed_from_the_most_frequent_down(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    for (int32_t k = 0; k < 200; k++) {
        t.h.clock->critical = k < 1 ? -(J + 1) : k < 41 ? -(S + 1) : k < 160 ? ROW_OUT + 1 : 0;
        step(&t, 10.0);
    }
    struct tw_report r = report_of(&t);
    assert_int_equal(r.critical[0].index, OUT);
    assert_false(r.critical[0].is_node);
    assert_near(r.critical[0].value, 119.0 / 200.0, 0.0);
    assert_int_equal(r.critical[1].index, S);
    assert_true(r.critical[1].is_node);
    assert_int_equal(r.critical[2].index, -1); /* once in 200 steps is below a hundredth */
    assert_near(r.critical[2].value, 0.0, 0.0);
    tw_arena_done(&t.arena);
}

static void nodes_that_did_not_settle_are_counted_when_a_step_did_not_converge(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    t.h.sums.settled[S] = 0; /* left over from an earlier trial of a step that did converge */
    step(&t, 10.0);
    t.h.clock->unconverged_steps++;
    step(&t, 10.0);
    t.h.sums.settled[S] = 1;
    t.h.sums.settled[J] = 0;
    for (int32_t k = 0; k < 2; k++) {
        t.h.clock->unconverged_steps++;
        step(&t, 10.0);
    }
    struct tw_report r = report_of(&t);
    assert_near(r.unconverged_ratio, 0.75, 0.0);
    assert_int_equal(r.unconverged[0].index, J);
    assert_near(r.unconverged[0].value, 0.5, 0.0);
    assert_int_equal(r.unconverged[1].index, S);
    assert_near(r.unconverged[1].value, 0.25, 0.0);
    assert_int_equal(r.unconverged[2].index, -1);
    tw_arena_done(&t.arena);
}

static void balance_errors_are_listed_for_nodes_with_water_coming_and_going(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    for (int32_t i = 0; i < NODES; i++)
        t.h.node.inflow_m3s[i] = 1.0;
    t.h.node.outflow_m3s[S] = 0.95;
    step(&t, 10.0);
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.balance_error_ratio[J], 1.0, 0.0); /* but no link leads to it */
    assert_int_equal(r.balance_errors[0].index, S);
    assert_near(r.balance_errors[0].value, 0.05, 1e-15);
    assert_int_equal(r.balance_errors[1].index, -1);
    tw_arena_done(&t.arena);
}

static void greatest_reported_depth_is_of_what_was_written(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    const double first[] = {0.3, 9.0, 0.2, 9.0, 0.1, 9.0},
                 second_time[] = {0.1, 9.0, 0.4, 9.0, 0.0};
    tw_statistics_reported(&t.s, first, 2);
    tw_statistics_reported(&t.s, second_time, 2);
    struct tw_report r = report_of(&t);
    assert_near(r.nodes.max_reported_depth_m[J], 0.3, 0.0);
    assert_near(r.nodes.max_reported_depth_m[S], 0.4, 0.0);
    assert_near(r.nodes.max_reported_depth_m[O], 0.1, 0.0);
    tw_arena_done(&t.arena);
}

/* Every array of a lane: elements of lane 0, others of lane 1. */
static void fill_lanes(struct town *t, int32_t lanes, int32_t k)
{
    for (int32_t i = 0; i < NODES; i++) {
        for (int32_t l = 0; l < lanes; l++) {
            double x = (i + 1) * (k % 3 + 1) + 10.0 * l;
            int32_t at = i * lanes + l;
            t->h.node.depth_m[at] = 0.3 * x;
            t->h.node.inflow_m3s[at] = 0.2 * x;
            t->h.node.outflow_m3s[at] = 0.1 * x;
            t->h.node.volume_m3[at] = i == S ? 4.0 * x : 0.0;
            t->h.node.overflow_m3s[at] = i == J ? 0.01 * x : 0.0;
            t->h.node.lateral_m3s[at] = 0.05 * x;
        }
    }
    for (int32_t row = 0; row < LINKS; row++) {
        for (int32_t l = 0; l < lanes; l++) {
            double x = (row + 1) * (k % 2 + 1) + 10.0 * l;
            int32_t at = row * lanes + l;
            t->h.link.old_flow_m3s[at] = t->h.link.flow_m3s[at];
            t->h.link.flow_m3s[at] = 0.3 * x;
            t->h.link.depth_m[at] = 0.1 * x;
            t->h.link.flow_class[at] = (uint8_t)(l == 0 ? row + 2 : 0);
            if (row == ROW_PUMP) continue;
            t->h.conduit.flow_m3s[at] = 0.3 * x / barrels[row];
            t->h.conduit.area_m2[at] = 0.1 * x;
            t->h.link.full[at] = (uint8_t)(l == 0 ? row + 1 : 0);
            t->h.link.limited[at] = (uint8_t)(l == 0);
        }
    }
}

static void the_first_of_many_lanes_is_reported_as_if_it_were_alone(void **state)
{
    (void)state;
    struct town one, two;
    town_init(&one, 1);
    town_init(&two, 2);
    begin(&one, start_day);
    begin(&two, start_day);
    for (int32_t k = 0; k < 5; k++) {
        fill_lanes(&one, 1, k);
        fill_lanes(&two, 2, k);
        step(&one, 10.0 + k);
        step(&two, 10.0 + k);
    }
    struct tw_report a = report_of(&one), b = report_of(&two);
    const double **const of_a = (const double **)&a.nodes, **const of_b = (const double **)&b.nodes;
    for (size_t k = 0; k < sizeof a.nodes / sizeof *of_a; k++) {
        assert_memory_equal(of_a[k], of_b[k], NODES * sizeof(double));
    }
    assert_memory_equal(a.links.class_s, b.links.class_s, LINKS * sizeof *a.links.class_s);
    assert_memory_equal(a.links.max_velocity_mps, b.links.max_velocity_mps, LINKS * sizeof(double));
    assert_memory_equal(a.links.both_full_s, b.links.both_full_s, LINKS * sizeof(double));
    assert_memory_equal(a.links.normal_limited_s, b.links.normal_limited_s, LINKS * sizeof(double));
    assert_memory_equal(a.links.reversed_turns, b.links.reversed_turns, LINKS * sizeof(int32_t));
    assert_int_equal(a.links.reversed_turns[OUT], 3);
    assert_near(b.pumps.volume_m3[0], a.pumps.volume_m3[0], 0.0);
    assert_near(b.storages.mean_m3[0], a.storages.mean_m3[0], 0.0);
    assert_near(b.outfalls.mean_m3s[0], a.outfalls.mean_m3s[0], 0.0);
    assert_near(b.outfalls.system_max_m3s, a.outfalls.system_max_m3s, 0.0);
    assert_true(two.s.node.max_depth_m[1] > a.nodes.max_depth_m[J]); /* the other lane is apart */
    tw_arena_done(&one.arena);
    tw_arena_done(&two.arena);
}

static void a_copy_of_the_memory_goes_on_like_the_original(void **state)
{
    (void)state;
    struct town a, b;
    town_init(&a, 2);
    town_init(&b, 2);
    begin(&a, start_day);
    for (int32_t k = 0; k < 3; k++) {
        fill_lanes(&a, 2, k);
        step(&a, 10.0);
    }
    memcpy(b.memory, a.memory, a.size);
    b.at_s = a.at_s;
    for (int32_t k = 3; k < 6; k++) {
        fill_lanes(&a, 2, k);
        fill_lanes(&b, 2, k);
        step(&a, 7.0);
        step(&b, 7.0);
    }
    assert_memory_equal(a.memory, b.memory, a.size);
    tw_arena_done(&a.arena);
    tw_arena_done(&b.arena);
}

static void begin_forgets_the_run_before(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 2);
    begin(&t, start_day);
    char *fresh = tw_arena_alloc(&t.arena, 1, t.s.block_size);
    assert_non_null(fresh);
    memcpy(fresh, t.s.block, t.s.block_size);
    fill_lanes(&t, 2, 1);
    step(&t, 10.0);
    memset(t.memory, 0, (size_t)((char *)t.s.block - t.memory)); /* hydraulics lie before it */
    begin(&t, start_day);
    assert_memory_equal(fresh, t.s.block, t.s.block_size);
    tw_arena_done(&t.arena);
}

static void a_report_without_memory_is_refused_whole(void **state)
{
    (void)state;
    struct town t;
    town_init(&t, 1);
    begin(&t, start_day);
    step(&t, 10.0);
    int64_t n = 0;
    for (n = 1;; n++) {
        struct tw_report report = {.min_step_s = -1.0};
        t.arena.fail_at = n;
        tw_status status = tw_statistics_report(&t.s, &t.h, &t.arena, &report);
        t.arena.fail_at = 0;
        if (status == TW_OK) break;
        assert_status(status, TW_ERR_NOMEM);
        assert_near(report.min_step_s, -1.0, 0.0);
        assert_null(report.nodes.mean_depth_m);
    }
    assert_true(n > 50); /* every column was refused once */
    tw_arena_done(&t.arena);
}

static double area_m2[] = {20000.0, 5000.0};

static void runoff_is_reported_as_depths_over_each_subcatchment(void **state)
{
    (void)state;
    struct tw_model model = {.subcatchments = {.count = 2, .area_m2 = area_m2}};
    struct tw_arena arena = {0};
    struct tw_hydrology h = {0};
    struct tw_pool pool = {0};
    tw_hydrology_lay(&h, &model, 1, &pool);
    pool = (struct tw_pool){.base = tw_arena_alloc(&arena, 1, pool.used)};
    assert_non_null(pool.base);
    tw_hydrology_lay(&h, &model, 1, &pool);
    struct tw_subcatchment_totals *each = &h.subcatchment_totals;
    each->rain_m3[0] = 400.0;
    each->infiltration_m3[0] = 300.0;
    each->runoff_m3[0] = 90.0;
    each->impervious_m3[0] = 80.0;
    each->rain_m3[1] = 100.0;
    each->runon_m3[1] = 10.0;
    each->evaporation_m3[1] = 5.0;
    each->pervious_m3[1] = 2.5;
    each->peak_m3s[1] = 0.4;
    h.totals.rain_m3[0] = 500.0;
    h.totals.evaporation_m3[0] = 5.0;
    h.totals.infiltration_m3[0] = 300.0;
    h.totals.runoff_m3[0] = 190.0;
    h.totals.initial_storage_m3[0] = 0.0;
    struct tw_report r = {0};
    assert_ok(tw_statistics_report_runoff(&h, &arena, &r));
    /* decimal fractions are not exact */
    assert_near(r.subcatchments.rain_mm[0], 20.0, 1e-13);
    assert_near(r.subcatchments.infiltration_mm[0], 15.0, 1e-13);
    assert_near(r.subcatchments.runoff_mm[0], 4.5, 1e-13);
    assert_near(r.subcatchments.runoff_m3[0], 90.0, 0.0);
    assert_near(r.subcatchments.impervious_runoff_mm[0], 4.0, 1e-13);
    assert_near(r.subcatchments.rain_mm[1], 20.0, 1e-13);
    assert_near(r.subcatchments.runon_mm[1], 2.0, 1e-13);
    assert_near(r.subcatchments.evaporation_mm[1], 1.0, 1e-13);
    assert_near(r.subcatchments.pervious_runoff_mm[1], 0.5, 1e-13);
    assert_near(r.subcatchments.peak_m3s[1], 0.4, 0.0);
    assert_near(r.catchment_area_m2, 25000.0, 0.0);
    assert_near(r.rain_m3, 500.0, 0.0);
    assert_near(r.runoff_m3, 190.0, 0.0);
    assert_near(r.final_surface_m3, 0.0, 0.0);
    assert_near(r.runoff_error_ratio, 0.01, 1e-15); /* 5 of 500 m3 */
    tw_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greatest_depth_keeps_the_day_it_was_first_reached),
        cmocka_unit_test(steps_before_the_report_count_only_in_balances_and_step_lengths),
        cmocka_unit_test(a_balance_takes_the_mean_of_the_rates_at_both_ends_of_a_step),
        cmocka_unit_test(an_outfall_gives_away_all_it_gets),
        cmocka_unit_test(a_node_is_surcharged_from_its_crown_on),
        cmocka_unit_test(flooding_is_timed_measured_and_lost_unless_it_ponds),
        cmocka_unit_test(lateral_inflow_is_summed_and_its_greatest_size_keeps_its_sign),
        cmocka_unit_test(a_storage_keeps_volumes_up_to_the_brim_and_its_losses),
        cmocka_unit_test(links_are_reported_in_the_order_of_the_model),
        cmocka_unit_test(a_film_of_water_has_no_velocity_and_a_slot_no_area),
        cmocka_unit_test(times_in_states_of_a_conduit_add_up),
        cmocka_unit_test(capacity_limits_a_full_conduit_under_steeper_heads_than_its_own),
        cmocka_unit_test(a_turn_is_a_change_of_course_of_some_size),
        cmocka_unit_test(a_pump_is_described_while_it_runs),
        cmocka_unit_test(step_lengths_fall_into_classes_even_on_a_logarithmic_scale),
        cmocka_unit_test(steps_of_the_run_go_before_those_of_the_file),
        cmocka_unit_test(critical_elements_are_listed_from_the_most_frequent_down),
        cmocka_unit_test(nodes_that_did_not_settle_are_counted_when_a_step_did_not_converge),
        cmocka_unit_test(balance_errors_are_listed_for_nodes_with_water_coming_and_going),
        cmocka_unit_test(greatest_reported_depth_is_of_what_was_written),
        cmocka_unit_test(the_first_of_many_lanes_is_reported_as_if_it_were_alone),
        cmocka_unit_test(a_copy_of_the_memory_goes_on_like_the_original),
        cmocka_unit_test(begin_forgets_the_run_before),
        cmocka_unit_test(a_report_without_memory_is_refused_whole),
        cmocka_unit_test(runoff_is_reported_as_depths_over_each_subcatchment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
