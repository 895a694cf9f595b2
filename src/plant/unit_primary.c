/* Primary clarifier (Otterpohl and Freund 1992, as BSM2 has it): a mixed tank whose solids leave
 * with the sludge by a share that follows from the time of stay.
 *
 *   removed = f_corr (2.88 f_x - 0.118) (1.45 + 6.15 ln(t_h 24 60)) %,  t_h = V / Q smoothed [d]
 *
 * of COD, all of it solids: removed / f_x % of them. States: concentrations, smoothed flow.   */
#include "plant/flowsheet.h"

#include <math.h>
#include <stddef.h>

enum { VOLUME, F_CORR, F_X, SMOOTHING, SLUDGE };
enum { EFFLUENT, UNDERFLOW };

static const struct tw_plant_key keys[] = {
    {"volume_m3", TW_REQUIRED, 1e-1, 1e6},
    {"f_corr", 0.65, 0.0, 2.0},
    {"f_x", 0.85, 0.1, 1.0},
    {"smoothing_d", 0.125, 1e-3, 10.0},
    {"sludge_fraction", 0.007, 1e-4, 0.2},
};

static int32_t states(const tw_plant *plant) { return plant->components + 1; }

static void start(const tw_plant *plant, const struct tw_unit *unit, double *y)
{
    (void)unit;
    for (int32_t c = 0; c < plant->components; c++)
        y[c] = plant->steady[c];
    y[plant->components] = plant->steady_flow_m3d;
}

static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    double *out = e->out_m3d + u * TW_UNIT_PORTS;
    out[UNDERFLOW] = unit->value[SLUDGE] * e->in_m3d[u];
    out[EFFLUENT] = e->in_m3d[u] - out[UNDERFLOW];
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    const double *y = e->y + unit->state, *v = unit->value;
    double *top = tw_eval_out(e, u, EFFLUENT), *bottom = tw_eval_out(e, u, UNDERFLOW);
    double stay_min = v[VOLUME] / (fmax(y[plant->components], 0.0) + 0.001) * 1440.0;
    double removed = v[F_CORR] * (2.88 * v[F_X] - 0.118) * (1.45 + 6.15 * log(stay_min));
    double share = removed / v[F_X] / 100.0;
    share = share > 1.0 ? 1.0 : share < 0.0 ? 0.0 : share;
    double kept = 1.0 - share, gathered = (1.0 - (1.0 - v[SLUDGE]) * kept) / v[SLUDGE];
    for (int32_t c = 0; c < plant->components; c++) {
        top[c] = plant->soluble[c] ? y[c] : y[c] * kept;
        bottom[c] = plant->soluble[c] ? y[c] : y[c] * gathered;
    }
}

static void rate(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit), components = plant->components;
    const double *y = e->y + unit->state, *load = e->load + u * plant->width;
    double *dy = e->dy + unit->state, per_m3 = 1.0 / unit->value[VOLUME], flow = e->in_m3d[u];
    for (int32_t c = 0; c < components; c++)
        dy[c] = (load[c] - flow * y[c]) * per_m3;
    dy[components] = (flow - y[components]) / unit->value[SMOOTHING];
}

static double solids_g(const struct tw_eval *e, const struct tw_unit *unit)
{
    const double *y = e->y + unit->state;
    double sum = 0.0;
    for (int32_t c = 0; c < e->plant->components; c++)
        sum += e->plant->tss_of[c] * y[c];
    return unit->value[VOLUME] * sum;
}

const struct tw_unit_kind tw_unit_primary = {.word = "primary",
                                             .ports = {"effluent", "sludge"},
                                             .port_count = 2,
                                             .inlet = true,
                                             .content_held = true,
                                             .keys = keys,
                                             .key_count = (int32_t)(sizeof keys / sizeof keys[0]),
                                             .states = states,
                                             .start = start,
                                             .outflow = outflow,
                                             .outlet = outlet,
                                             .rate = rate,
                                             .solids_g = solids_g};
