/* All rates of change of a plant, in the order in which they follow from each other: influent,
 * controllers, flows and concentrations, then what changes in every unit. */
#include "plant/control.h"
#include "plant/flowsheet.h"

#include <math.h>
#include <string.h>

double tw_plant_tss(const tw_plant *plant, const double *restrict concentration)
{
    const double *restrict of = plant->tss_of;
    double part[4] = {0.0};
    for (int32_t c = 0; c < plant->width; c += 4) {
        for (int32_t k = 0; k < 4; k++)
            part[k] += of[c + k] * concentration[c + k];
    }
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/* Flows that are known before anything flows in: pumps at their setting. */
static void set_pumps(struct tw_eval *e)
{
    const tw_plant *plant = e->plant;
    for (int32_t p = 0; p < plant->pipe_count; p++) {
        const struct tw_pipe *pipe = &plant->pipes[p];
        if (pipe->rule == TW_PIPE_FLOW) e->pipe_m3d[p] = e->knob[pipe->knob];
        if (pipe->rule == TW_PIPE_RATIO) e->pipe_m3d[p] = e->knob[pipe->knob] * e->influent_m3d;
    }
}

static void inflow(struct tw_eval *e, const struct tw_unit *unit)
{
    double sum = 0.0;
    for (int32_t i = 0; i < unit->in_count; i++)
        sum += e->pipe_m3d[e->plant->inlets[unit->first_in + i]];
    e->in_m3d[tw_unit_index(e->plant, unit)] = sum;
}

/* What leaves a unit, and how it is shared among the pipes of each outlet. */
static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    unit->kind->outflow(e, unit);
    const double *out = e->out_m3d + u * TW_UNIT_PORTS;
    if (unit->plain) {
        e->pipe_m3d[unit->rest[0]] = out[0];
        return;
    }
    double left[TW_UNIT_PORTS] = {out[0], out[1]};
    for (int32_t i = 0; i < unit->out_count; i++) {
        int32_t p = plant->outlets[unit->first_out + i];
        const struct tw_pipe *pipe = &plant->pipes[p];
        if (pipe->rule == TW_PIPE_REST) continue;
        double flow = out[pipe->port];
        if (pipe->rule == TW_PIPE_FRACTION) e->pipe_m3d[p] = e->knob[pipe->knob] * flow;
        if (pipe->rule == TW_PIPE_ABOVE) {
            double above = flow - e->knob[pipe->knob];
            e->pipe_m3d[p] = above > 0.0 ? above : 0.0;
        }
        left[pipe->port] -= e->pipe_m3d[p];
    }
    for (int32_t port = 0; port < TW_UNIT_PORTS; port++) {
        if (unit->rest[port] < 0) continue;
        if (left[port] < 0.0) e->short_m3d -= left[port];
        e->pipe_m3d[unit->rest[port]] = left[port] > 0.0 ? left[port] : 0.0;
    }
}

/* Loads that come in; rows are whole vectors wide, so a block of four is one
 * instruction. */
static void mix(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    const int32_t *pipes = plant->inlets + unit->first_in;
    int32_t width = plant->width;
    double *restrict load = e->load + tw_unit_index(plant, unit) * width;
    for (int32_t i = 0; i < unit->in_count; i++) {
        const struct tw_pipe *pipe = &plant->pipes[pipes[i]];
        const double *restrict from = tw_eval_out(e, pipe->from, pipe->port);
        double flow = e->pipe_m3d[pipes[i]];
        if (i == 0) {
            for (int32_t c = 0; c < width; c += 4) {
                for (int32_t k = 0; k < 4; k++)
                    load[c + k] = flow * from[c + k];
            }
            continue;
        }
        for (int32_t c = 0; c < width; c += 4) {
            for (int32_t k = 0; k < 4; k++)
                load[c + k] += flow * from[c + k];
        }
    }
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit) { unit->kind->outlet(e, unit); }

static void (*const steps[TW_STEP_KINDS])(struct tw_eval *, const struct tw_unit *) = {
    [TW_STEP_INFLOW] = inflow,
    [TW_STEP_OUTFLOW] = outflow,
    [TW_STEP_MIX] = mix,
    [TW_STEP_OUTLET] = outlet,
};

/* Oxygen through the surface of bubbles, in all tanks. */
static void aerate(struct tw_eval *e)
{
    const tw_plant *plant = e->plant;
    int32_t oxygen = plant->biology->roles.oxygen, lanes = plant->lanes;
    if (oxygen < 0) return;
    const double *y = e->y + oxygen * lanes;
    double *dy = e->dy + oxygen * lanes;
    for (int32_t k = 0; k < plant->tank_count; k++) {
        double kla = e->knob[plant->units[plant->tanks[k]].knob] * e->oxygen_faster[k];
        dy[k] += kla * (e->oxygen_saturation[k] - y[k]);
    }
}

void tw_plant_rates(void *user, double at_d, const double *y, double *dy)
{
    struct tw_eval *e = user;
    const tw_plant *plant = e->plant;
    e->at_d = at_d;
    e->y = y;
    e->dy = dy;
    e->short_m3d = 0.0;
    double since = at_d - e->segment_d;
    e->influent_m3d = e->segment_m3d[0] + since * e->segment_m3d[1];
    double *restrict influent = e->influent;
    const double *restrict from = e->segment, *restrict slope = e->segment + plant->width;
    for (int32_t c = 0; c < plant->width; c += 4) {
        for (int32_t k = 0; k < 4; k++)
            influent[c + k] = from[c + k] + since * slope[c + k];
    }
    tw_plant_control(e);
    set_pumps(e);
    int32_t step_count = e->whole ? plant->step_count : plant->needed_steps;
    for (int32_t i = 0; i < step_count; i++)
        steps[plant->steps[i].kind](e, &plant->units[plant->steps[i].unit]);
    for (int32_t u = 0; u < plant->unit_count; u++) {
        const struct tw_unit *unit = &plant->units[u];
        if (unit->kind->rate != NULL) unit->kind->rate(e, unit);
    }
    if (plant->tank_count > 0) {
        plant->biology->react(plant->lanes, y, e->parameters, dy);
        aerate(e);
    }
    tw_plant_sense(e);
}

/* What a mix holds of what is made of several components. */
static double sum_of(const tw_plant *plant, const double *content, int32_t what)
{
    double tss = 0.0, cod = 0.0, tkn = 0.0, p = 0.0, bod5 = 0.0;
    int32_t nitrate = plant->biology->roles.nitrate, oxygen = plant->biology->roles.oxygen;
    for (int32_t c = 0; c < plant->components; c++) {
        const struct tw_biology_content *of = &plant->content[c];
        tss += of->tss * content[c];
        cod += c == oxygen ? 0.0 : of->cod * content[c];
        tkn += of->kjeldahl_n * content[c];
        p += of->p * content[c];
        bod5 += of->bod5 * content[c];
    }
    const double sums[] = {
        [-TW_PROBE_TSS] = tss, [-TW_PROBE_COD] = cod,
        [-TW_PROBE_TKN] = tkn, [-TW_PROBE_TN] = tkn + (nitrate >= 0 ? content[nitrate] : 0.0),
        [-TW_PROBE_TP] = p,    [-TW_PROBE_BOD5] = plant->bod5_ratio * bod5};
    return sums[-what];
}

double tw_probe_value(const struct tw_eval *e, tw_plant_place probe)
{
    const tw_plant *plant = e->plant;
    if (probe.unit < 0) return e->knob[probe.component];
    bool leaves = plant->units[probe.unit].kind->port_count > 0;
    if (probe.component == TW_PROBE_FLOW) {
        return leaves ? e->out_m3d[probe.unit * TW_UNIT_PORTS] : e->in_m3d[probe.unit];
    }
    const double *out = tw_eval_out(e, probe.unit, 0);
    return probe.component >= 0 ? out[probe.component] : sum_of(plant, out, probe.component);
}
