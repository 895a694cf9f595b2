/* A completely mixed tank: dC/dt = Q / V (C_in - C) + reactions + kLa (C_sat - C) for oxygen. All
 * tanks of a plant lie side by side in y, so that reactions are one loop over tanks (eval.c). */
#include "plant/flowsheet.h"

#include <stddef.h>

enum { VOLUME, KLA, OXYGEN_SATURATION, MIXING, MIXING_BELOW, KLA_LEAST, KLA_MOST };

static const struct tw_plant_key keys[] = {
    {"volume_m3", TW_REQUIRED, 1e-3, 1e7},      {"kla_1d", 0.0, 0.0, 2000.0},
    {"oxygen_saturation_gm3", 0.0, 0.0, 20.0},  {"mixing_kw_m3", 0.005, 0.0, 1.0},
    {"mixing_below_kla_1d", 20.0, 0.0, 2000.0}, {"kla_least_1d", 0.0, 0.0, 2000.0},
    {"kla_most_1d", 2000.0, 0.0, 2000.0},
};

static int32_t states(const tw_plant *plant)
{
    (void)plant;
    return 0; /* the tanks' states are counted together */
}

static void start(const tw_plant *plant, const struct tw_unit *unit, double *y)
{
    int32_t lanes = plant->lanes;
    for (int32_t c = 0; c < plant->components; c++)
        y[c * lanes + unit->row] = plant->start[c];
}

static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    e->out_m3d[u * TW_UNIT_PORTS] = e->in_m3d[u];
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit)
{
    const double *y = e->y + unit->row;
    double *out = tw_eval_out(e, tw_unit_index(e->plant, unit), 0);
    int32_t lanes = e->plant->lanes;
    for (int32_t c = 0; c < e->plant->components; c++)
        out[c] = y[c * lanes];
}

static void rate(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit), lanes = plant->lanes;
    const double *restrict load = e->load + u * plant->width, *restrict out = tw_eval_out(e, u, 0);
    double *restrict dy = e->dy + unit->row;
    double change[TW_BIOLOGY_COMPONENTS + 4] = {0}, flow = e->in_m3d[u],
                                          per_m3 = 1.0 / unit->value[VOLUME];
    for (int32_t c = 0; c < plant->width; c += 4) {
        for (int32_t k = 0; k < 4; k++)
            change[c + k] = (load[c + k] - flow * out[c + k]) * per_m3;
    }
    for (int32_t c = 0; c < plant->components; c++)
        dy[c * lanes] = change[c];
}

static double solids_g(const struct tw_eval *e, const struct tw_unit *unit)
{
    return unit->value[VOLUME] *
           tw_plant_tss(e->plant, tw_eval_out(e, tw_unit_index(e->plant, unit), 0));
}

static void energy(const struct tw_eval *e, const struct tw_unit *unit, struct tw_unit_energy *out)
{
    const double *v = unit->value;
    double kla = e->knob[unit->knob], saturation = v[OXYGEN_SATURATION];
    if (!(saturation > 0.0)) saturation = 8.0; /* at 15 degrees, as the benchmark counts energy */
    out->aeration_kwhd = saturation * v[VOLUME] * kla / 1800.0;
    if (kla < v[MIXING_BELOW]) out->mixing_kwhd = 24.0 * v[MIXING] * v[VOLUME];
}

const struct tw_unit_kind tw_unit_tank = {.word = "tank",
                                          .ports = {"out"},
                                          .port_count = 1,
                                          .inlet = true,
                                          .content_held = true,
                                          .keys = keys,
                                          .key_count = (int32_t)(sizeof keys / sizeof keys[0]),
                                          .knob_name = "kla",
                                          .knob_key = KLA,
                                          .range_key = KLA_LEAST,
                                          .states = states,
                                          .start = start,
                                          .outflow = outflow,
                                          .outlet = outlet,
                                          .rate = rate,
                                          .solids_g = solids_g,
                                          .energy = energy};
