/* A mixed tank whose level moves: outlet `out` gives what its pipes ask for, down to a tenth of the
 * volume; from nine tenths on what comes in goes past it through outlet `overflow`.
 *
 *   V' = in - past - out,  C' = (in - past) / V (C_in - C)
 *
 * States: concentrations, volume. */
#include "plant/flowsheet.h"

#include <stddef.h>

enum { VOLUME };
enum { OUT, OVERFLOW };

static const struct tw_plant_key keys[] = {{"volume_m3", TW_REQUIRED, 1e-1, 1e7}};

static int32_t states(const tw_plant *plant) { return plant->components + 1; }

static void start(const tw_plant *plant, const struct tw_unit *unit, double *y)
{
    for (int32_t c = 0; c < plant->components; c++)
        y[c] = plant->steady[c];
    y[plant->components] = 0.5 * unit->value[VOLUME];
}

/* From 0 to 1 while x goes from `from` to `to`. */
static double ramp(double x, double from, double to)
{
    double part = (x - from) / (to - from);
    return part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
}

static double past(const struct tw_eval *e, const struct tw_unit *unit)
{
    double filled = e->y[unit->state + e->plant->components] / unit->value[VOLUME];
    return e->in_m3d[tw_unit_index(e->plant, unit)] * ramp(filled, 0.89, 0.91);
}

static double asked(const struct tw_eval *e, const struct tw_unit *unit)
{
    double sum = 0.0;
    for (int32_t i = 0; i < unit->out_count; i++) {
        int32_t p = e->plant->outlets[unit->first_out + i];
        if (e->plant->pipes[p].port == OUT) sum += e->pipe_m3d[p];
    }
    return sum;
}

static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    double *out = e->out_m3d + tw_unit_index(e->plant, unit) * TW_UNIT_PORTS;
    out[OUT] = asked(e, unit);
    out[OVERFLOW] = past(e, unit);
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    const double *y = e->y + unit->state, *load = e->load + u * plant->width;
    double *out = tw_eval_out(e, u, OUT), *over = tw_eval_out(e, u, OVERFLOW);
    double part = e->in_m3d[u] > 0.0 ? 1.0 / e->in_m3d[u] : 0.0;
    for (int32_t c = 0; c < plant->components; c++) {
        out[c] = y[c];
        over[c] = load[c] * part;
    }
}

static void rate(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit), components = plant->components;
    const double *y = e->y + unit->state, *load = e->load + u * plant->width;
    double *dy = e->dy + unit->state, *v = &dy[components];
    double in = e->in_m3d[u], stays = in - past(e, unit), out = asked(e, unit);
    double volume = y[components], least = 0.1 * unit->value[VOLUME];
    double share = in > 0.0 ? stays / in : 0.0, per = 1.0 / (volume > least ? volume : least);
    for (int32_t c = 0; c < components; c++)
        dy[c] = (load[c] * share - stays * y[c]) * per;
    *v = stays - out;
    if (volume < least && *v < 0.0) {
        e->short_m3d -= *v;
        *v = 0.0;
    }
}

const struct tw_unit_kind tw_unit_storage = {.word = "storage",
                                             .ports = {"out", "overflow"},
                                             .port_count = 2,
                                             .asked_port = 1 + OUT,
                                             .inlet = true,
                                             .keys = keys,
                                             .key_count = 1,
                                             .states = states,
                                             .start = start,
                                             .outflow = outflow,
                                             .outlet = outlet,
                                             .rate = rate};
