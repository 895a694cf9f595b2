/* Thickener and dewatering (BSM2): without volume, to a fixed share of solids in the sludge.
 *
 *   thickened = solids / TSS_in,  Q_sludge = Q removal / thickened,
 *   thinned   = (1 - removal) / (1 - Q_sludge / Q)                                            */
#include "plant/flowsheet.h"

#include <stddef.h>

enum { SOLIDS, REMOVAL };
enum { EFFLUENT, UNDERFLOW };

static const struct tw_plant_key thickener_keys[] = {{"solids_percent", 7.0, 0.1, 90.0},
                                                     {"removal_percent", 98.0, 1.0, 100.0}};
static const struct tw_plant_key dewatering_keys[] = {{"solids_percent", 28.0, 0.1, 90.0},
                                                      {"removal_percent", 98.0, 1.0, 100.0}};

static int32_t states(const tw_plant *plant)
{
    (void)plant;
    return 0;
}

/* How many times thicker the sludge is than what comes in; 1: it can't be thickened. */
static double thickened(const struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    double tss = tw_plant_tss(e->plant, e->load + u * e->plant->width), flow = e->in_m3d[u];
    double solids_gm3 = unit->value[SOLIDS] * 1e4;
    if (!(tss > 0.0)) return 1e6;
    double factor = solids_gm3 * flow / tss;
    return factor > 1.0 ? (factor < 1e6 ? factor : 1e6) : 1.0;
}

static double sludge_share(const struct tw_unit *unit, double factor)
{
    return factor > 1.0 ? unit->value[REMOVAL] / 100.0 / factor : 1.0;
}

static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    double *out = e->out_m3d + u * TW_UNIT_PORTS;
    out[UNDERFLOW] = e->in_m3d[u] * sludge_share(unit, thickened(e, unit));
    out[EFFLUENT] = e->in_m3d[u] - out[UNDERFLOW];
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    const double *load = e->load + u * plant->width;
    double *top = tw_eval_out(e, u, EFFLUENT), *bottom = tw_eval_out(e, u, UNDERFLOW);
    double part = e->in_m3d[u] > 0.0 ? 1.0 / e->in_m3d[u] : 0.0, factor = thickened(e, unit);
    double share = sludge_share(unit, factor);
    double thinned = share < 1.0 ? (1.0 - unit->value[REMOVAL] / 100.0) / (1.0 - share) : 1.0;
    for (int32_t c = 0; c < plant->components; c++) {
        double in = load[c] * part;
        top[c] = plant->soluble[c] ? in : in * thinned;
        bottom[c] = plant->soluble[c] ? in : in * factor;
    }
}

const struct tw_unit_kind tw_unit_thickener = {.word = "thickener",
                                               .ports = {"effluent", "sludge"},
                                               .port_count = 2,
                                               .inlet = true,
                                               .flow_by_content = true,
                                               .keys = thickener_keys,
                                               .key_count = 2,
                                               .states = states,
                                               .outflow = outflow,
                                               .outlet = outlet};

const struct tw_unit_kind tw_unit_dewatering = {.word = "dewatering",
                                                .ports = {"effluent", "sludge"},
                                                .port_count = 2,
                                                .inlet = true,
                                                .flow_by_content = true,
                                                .keys = dewatering_keys,
                                                .key_count = 2,
                                                .states = states,
                                                .outflow = outflow,
                                                .outlet = outlet};
