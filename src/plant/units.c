/* Units that only join, part or hold up water; the others have files of their own. */
#include "plant/flowsheet.h"

#include <stddef.h>

#define TW_UNIT(name) extern const struct tw_unit_kind tw_unit_##name;
#include "plant/units.def"
#undef TW_UNIT

const struct tw_unit_kind *const tw_unit_kinds[] = {
#define TW_UNIT(name) &tw_unit_##name,
#include "plant/units.def"
#undef TW_UNIT
};
const int32_t tw_unit_kind_count = (int32_t)(sizeof tw_unit_kinds / sizeof tw_unit_kinds[0]);

static int32_t no_states(const tw_plant *plant)
{
    (void)plant;
    return 0;
}

static void pass_flow(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    e->out_m3d[u * TW_UNIT_PORTS] = e->in_m3d[u];
}

/* The mix of what comes in. */
static void pass_content(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit), width = e->plant->width;
    const double *load = e->load + u * width;
    double *out = tw_eval_out(e, u, 0);
    double part = e->in_m3d[u] > 0.0 ? 1.0 / e->in_m3d[u] : 0.0;
    for (int32_t c = 0; c < width; c++)
        out[c] = load[c] * part;
}

const struct tw_unit_kind tw_unit_junction = {.word = "junction",
                                              .ports = {"out"},
                                              .port_count = 1,
                                              .inlet = true,
                                              .states = no_states,
                                              .outflow = pass_flow,
                                              .outlet = pass_content};

const struct tw_unit_kind tw_unit_effluent = {
    .word = "effluent", .inlet = true, .states = no_states, .outlet = pass_content};

const struct tw_unit_kind tw_unit_sludge = {
    .word = "sludge", .inlet = true, .sludge = true, .states = no_states, .outlet = pass_content};

static void influent_flow(struct tw_eval *e, const struct tw_unit *unit)
{
    e->out_m3d[tw_unit_index(e->plant, unit) * TW_UNIT_PORTS] = e->influent_m3d;
}

static void influent_content(struct tw_eval *e, const struct tw_unit *unit)
{
    double *out = tw_eval_out(e, tw_unit_index(e->plant, unit), 0);
    for (int32_t c = 0; c < e->plant->width; c++)
        out[c] = e->influent[c];
}

const struct tw_unit_kind tw_unit_influent = {.word = "influent",
                                              .ports = {"out"},
                                              .port_count = 1,
                                              .flow_held = true,
                                              .content_held = true,
                                              .states = no_states,
                                              .outflow = influent_flow,
                                              .outlet = influent_content};

/* A dosing pump gives what its pipes ask for. */
static void dosing_flow(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    double sum = 0.0;
    for (int32_t p = 0; p < plant->pipe_count; p++) {
        if (plant->pipes[p].from == u) sum += e->pipe_m3d[p];
    }
    e->out_m3d[u * TW_UNIT_PORTS] = sum;
}

static void dosing_content(struct tw_eval *e, const struct tw_unit *unit)
{
    double *out = tw_eval_out(e, tw_unit_index(e->plant, unit), 0);
    for (int32_t c = 0; c < e->plant->components; c++)
        out[c] = unit->composition[c];
    if (e->plant->temperature >= 0) {
        out[e->plant->temperature] = e->influent[e->plant->temperature];
    }
}

const struct tw_unit_kind tw_unit_dosing = {.word = "dosing",
                                            .ports = {"out"},
                                            .port_count = 1,
                                            .flow_held = true,
                                            .content_held = true,
                                            .composed = true,
                                            .asked_port = 1,
                                            .states = no_states,
                                            .outflow = dosing_flow,
                                            .outlet = dosing_content};

/* A delay of first order, of flow and of loads: x' = (Q c - x) / T, q' = (Q - q) / T; what leaves has
 * the concentration x / q. States: loads, then flow. */
static const struct tw_plant_key delay_keys[] = {{"time_d", 1e-4, 1e-6, 10.0}};

static int32_t delay_states(const tw_plant *plant) { return plant->components + 1; }

static void delay_start(const tw_plant *plant, const struct tw_unit *unit, double *y)
{
    (void)unit;
    for (int32_t c = 0; c < plant->components; c++)
        y[c] = plant->steady[c] * plant->steady_flow_m3d;
    y[plant->components] = plant->steady_flow_m3d;
}

/* What the delay holds is gone after its time: errors in it matter by that time only. */
static void delay_tolerate(const tw_plant *plant, const struct tw_unit *unit, double *relative,
                           double *absolute)
{
    (void)unit;
    for (int32_t c = 0; c <= plant->components; c++) {
        relative[c] = 2e-3;
        absolute[c] = 0.3;
    }
    relative[plant->components] = 1e-4; /* but settlers feel the flow at once */
}

static void delay_flow(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    double flow = e->y[unit->state + e->plant->components];
    e->out_m3d[u * TW_UNIT_PORTS] = flow > 0.0 ? flow : 0.0;
}

static void delay_content(struct tw_eval *e, const struct tw_unit *unit)
{
    const double *y = e->y + unit->state;
    int32_t components = e->plant->components;
    double *out = tw_eval_out(e, tw_unit_index(e->plant, unit), 0);
    double part = y[components] > 1e-9 ? 1.0 / y[components] : 0.0;
    for (int32_t c = 0; c < components; c++)
        out[c] = y[c] * part;
}

static void delay_rate(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit), components = e->plant->components;
    const double *y = e->y + unit->state, *load = e->load + u * e->plant->width;
    double *dy = e->dy + unit->state;
    double each_d = 1.0 / unit->value[0];
    for (int32_t c = 0; c < components; c++)
        dy[c] = (load[c] - y[c]) * each_d;
    dy[components] = (e->in_m3d[u] - y[components]) * each_d;
}

const struct tw_unit_kind tw_unit_delay = {.word = "delay",
                                           .ports = {"out"},
                                           .port_count = 1,
                                           .inlet = true,
                                           .flow_held = true,
                                           .content_held = true,
                                           .keys = delay_keys,
                                           .key_count = 1,
                                           .states = delay_states,
                                           .start = delay_start,
                                           .tolerate = delay_tolerate,
                                           .outflow = delay_flow,
                                           .outlet = delay_content,
                                           .rate = delay_rate};
