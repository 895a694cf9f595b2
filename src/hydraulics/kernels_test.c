/* Whatever the instruction set and however many lanes: a member has the same bits. */
#include "hydraulics/kernels.h"

#include "hydraulics/dynwave.h"
#include "hydraulics/regulators.h"
#include "hydraulics/storage_losses.h"
#include "thalweg/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static const char *const model_path = TW_SOURCE_DIR "/tests/inp/kinds.inp";
enum { MEMBERS = 8, STEPS = 600, MOST_SYSTEMS = 40 };

/* Some members of the model in the lanes of one state. */
struct system {
    struct tw_network net;
    struct tw_hydraulics h;
    int32_t first; /* member in lane 0; the next lanes have the next ones, round and round */
};

static int32_t member_of(const struct system *s, int32_t lane)
{
    return (s->first + lane) % MEMBERS;
}

static void lay(struct system *s, int32_t lanes, struct tw_pool *pool)
{
    tw_hydraulics_lay(&s->h, s->net.model, &s->net, lanes, pool, pool);
}

static void begin(struct system *s, const struct tw_network *net, const struct tw_kernels *kernels,
                  int32_t first, int32_t lanes, struct tw_arena *arena)
{
    *s = (struct system){.net = *net, .first = first};
    s->net.kernels = kernels;
    struct tw_pool pool = {0};
    lay(s, lanes, &pool);
    pool = (struct tw_pool){.base = TW_ARENA_NEW(arena, char, pool.used)};
    assert_non_null(pool.base);
    lay(s, lanes, &pool);
    for (int32_t i = 0; i < net->model->outfalls.count * lanes; i++) {
        s->h.outfall_stage_m[i] = net->model->outfalls.stage_m[i / lanes];
    }
    s->h.evaporation_mps = 6e-8;
    tw_hydraulics_begin(&s->h);
}

/* A storm of its own for every member: some flood, some leave most of the network dry; now and then
 * water is taken out, and a gate moves. */
static void force(struct system *s, int32_t step)
{
    const struct tw_network *net = &s->net;
    int32_t w = s->h.lanes;
    for (int32_t at = 0; at < net->node_count * w; at++) {
        int32_t node = at / w, member = member_of(s, at % w);
        double wave = sin(0.013 * step * (1.0 + 0.1 * member) + node);
        double q = 0.004 * member * member * (wave > 0.0 ? wave : 0.05 * wave);
        s->h.node.old_lateral_m3s[at] = s->h.node.lateral_m3s[at];
        s->h.node.lateral_m3s[at] = (node + member) % 3 == 0 ? q : 0.0;
    }
    for (int32_t row = net->conduit_count; row < net->link_count; row++) {
        for (int32_t l = 0; l < w; l++) {
            s->h.link.setting[row * w + l] =
                (step / 50 + row + member_of(s, l)) % 4 == 0 ? 0.0 : 1.0;
        }
    }
}

static void advance(struct system *s, int32_t step)
{
    const struct tw_routing_options options = {
        .routing_step_s = 5.0, .minimum_step_s = 0.5, .head_tolerance_m = 0.0015, .max_trials = 8};
    force(s, step);
    tw_losses_advance(&s->h, options.routing_step_s);
    tw_dynwave_step(&s->h, &options, options.routing_step_s);
}

static void assert_lane(const double *values, const double *alone, int32_t count, int32_t lanes,
                        int32_t lane)
{
    for (int32_t i = 0; i < count; i++) {
        assert_memory_equal(&values[i * lanes + lane], &alone[i], sizeof(double));
    }
}

static void assert_same(const struct system *s, const struct system *alone)
{
    int32_t nodes = s->net.node_count, links = s->net.link_count, rows = s->net.conduit_count;
    int32_t w = s->h.lanes;
    for (int32_t l = 0; l < w; l++) {
        const struct tw_hydraulics *a = &alone[member_of(s, l)].h, *h = &s->h;
        assert_lane(h->node.depth_m, a->node.depth_m, nodes, w, l);
        assert_lane(h->node.volume_m3, a->node.volume_m3, nodes, w, l);
        assert_lane(h->node.inflow_m3s, a->node.inflow_m3s, nodes, w, l);
        assert_lane(h->node.outflow_m3s, a->node.outflow_m3s, nodes, w, l);
        assert_lane(h->node.overflow_m3s, a->node.overflow_m3s, nodes, w, l);
        assert_lane(h->link.flow_m3s, a->link.flow_m3s, links, w, l);
        assert_lane(h->link.depth_m, a->link.depth_m, links, w, l);
        assert_lane(h->link.volume_m3, a->link.volume_m3, links, w, l);
        assert_lane(h->link.froude, a->link.froude, rows, w, l);
        assert_lane(h->conduit.area_m2, a->conduit.area_m2, rows, w, l);
        for (int32_t i = 0; i < links; i++) {
            assert_int_equal(h->link.flow_class[i * w + l], a->link.flow_class[i]);
            assert_int_equal(h->link.full[i * w + l], a->link.full[i]);
            assert_int_equal(h->link.limited[i * w + l], a->link.limited[i]);
        }
        assert_int_equal(h->clock[l].trials, a->clock[0].trials);
        assert_int_equal(h->clock[l].unconverged_steps, a->clock[0].unconverged_steps);
    }
}

/* What was seen in some member at some step, so that the test is known to ask for it. */
struct seen {
    int64_t classes[8], full, limited, backward, flooded, surcharged, resting;
};

static void look(struct seen *seen, const struct system *s)
{
    const struct tw_hydraulics *h = &s->h;
    for (int32_t i = 0; i < s->net.conduit_count; i++) {
        seen->classes[h->link.flow_class[i]]++;
        seen->full += h->link.full[i] == 3;
        seen->limited += h->link.limited[i];
        seen->backward += h->link.flow_m3s[i] < 0.0;
    }
    for (int32_t i = 0; i < s->net.node_count; i++) {
        seen->flooded += h->node.overflow_m3s[i] > 0.0;
        seen->surcharged += h->node.depth_m[i] > s->net.crown_depth_m[i];
        seen->resting += h->sums.settled[i];
    }
}

/* A conduit that runs uphill is turned round when it is read, so none is dry downhill. */
static void assert_seen(const struct seen *seen)
{
    for (int32_t k = 0; k <= TW_FLOW_DOWN_CRITICAL; k++)
        assert_true(seen->classes[k] > 0 || k == TW_FLOW_DOWN_DRY);
    assert_true(seen->full > 0 && seen->limited > 0 && seen->backward > 0);
    assert_true(seen->flooded > 0 && seen->surcharged > 0 && seen->resting > 0);
}

/* Every member alone on the plain kernels first, then all kernels with 1, 8 and 16 lanes. */
static int32_t make_systems(struct system *systems, const struct tw_network *net,
                            struct tw_arena *arena)
{
    const struct tw_kernels *kernels[3];
    int32_t sets = tw_kernels_list(kernels), count = 0;
    for (int32_t member = 0; member < MEMBERS; member++)
        begin(&systems[count++], net, kernels[0], member, 1, arena);
    for (int32_t k = 0; k < sets; k++) {
        for (int32_t member = 0; member < MEMBERS; member++)
            begin(&systems[count++], net, kernels[k], member, 1, arena);
        begin(&systems[count++], net, kernels[k], 3, 8, arena);
        begin(&systems[count++], net, kernels[k], 0, 16, arena);
    }
    return count;
}

static void compare_all(enum tw_surcharge surcharge, enum tw_normal_limit limit, struct seen *seen)
{
    tw_model *model = NULL;
    assert_int_equal(tw_model_read(model_path, NULL, &model), TW_OK);
    model->options.surcharge = surcharge;
    model->options.normal_limit = limit;
    struct tw_arena arena;
    tw_arena_init(&arena);
    struct tw_network net;
    assert_int_equal(tw_network_init(&net, model, &arena), TW_OK);
    struct system *systems = TW_ARENA_NEW(&arena, struct system, MOST_SYSTEMS);
    assert_non_null(systems);
    int32_t count = make_systems(systems, &net, &arena);
    assert_true(count <= MOST_SYSTEMS);
    for (int32_t step = 0; step < STEPS; step++) {
        for (int32_t i = 0; i < count; i++)
            advance(&systems[i], step);
        for (int32_t i = MEMBERS; i < count; i++)
            assert_same(&systems[i], systems);
        for (int32_t i = 0; i < MEMBERS; i++)
            look(seen, &systems[i]);
    }
    tw_arena_done(&arena);
    tw_model_destroy(model);
}

static void members_have_the_same_bits_on_any_set_and_in_any_lane(void **state)
{
    (void)state;
    struct seen seen = {{0}, 0, 0, 0, 0, 0, 0};
    compare_all(TW_SURCHARGE_EXTRAN, TW_NORMAL_BOTH, &seen);
    assert_seen(&seen);
}

static void the_same_with_slots(void **state)
{
    (void)state;
    struct seen seen = {{0}, 0, 0, 0, 0, 0, 0};
    compare_all(TW_SURCHARGE_SLOT, TW_NORMAL_FROUDE, &seen);
    assert_true(seen.full > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_have_the_same_bits_on_any_set_and_in_any_lane),
        cmocka_unit_test(the_same_with_slots),
    };
    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
