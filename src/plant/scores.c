/* Scores of the IWA benchmarks. A sample stands for the time until the next one, as the benchmarks
 * have it: loads and means are sums of flow times concentration over samples.
 *
 *   EQI = (2 TSS + COD + 30 TKN + 10 NO + 2 BOD5) Q, all in kg/d (weights: [score])
 *   aeration = O_sat V kLa / 1800 kWh/d, pumping by pipe, mixing where kLa is low
 *   OCI = aeration + pumping + mixing + 5 sludge + 3 carbon        (BSM1)
 *         and - 6 methane + max(0, heat - 7 methane), 3 sludge     (BSM2)
 *
 * source: Copp 2002; Gernaey, Jeppsson, Vanrolleghem, Copp 2014, chapter 6                    */
#include "plant/run.h"

#include <math.h>
#include <string.h>

_Static_assert(TW_BIOLOGY_COMPONENTS <= 32, "sums have a place for each component");

/* What a flow of water carries, by what scores look at [g/m3]. */
struct water {
    double tss, cod, tkn, tn, tp, bod5, ammonia, nitrate;
};

static struct water water_of(const struct tw_eval *e, int32_t unit, double bod5_ratio)
{
    const tw_plant *p = e->plant;
    const double *out = tw_eval_out(e, unit, 0);
    const struct tw_biology_roles *roles = &p->biology->roles;
    struct water w = {.tss = tw_probe_value(e, (tw_plant_place){unit, TW_PROBE_TSS}),
                      .cod = tw_probe_value(e, (tw_plant_place){unit, TW_PROBE_COD}),
                      .tkn = tw_probe_value(e, (tw_plant_place){unit, TW_PROBE_TKN}),
                      .tn = tw_probe_value(e, (tw_plant_place){unit, TW_PROBE_TN}),
                      .tp = tw_probe_value(e, (tw_plant_place){unit, TW_PROBE_TP}),
                      .bod5 = tw_probe_value(e, (tw_plant_place){unit, TW_PROBE_BOD5}),
                      .ammonia = roles->ammonia >= 0 ? out[roles->ammonia] : 0.0,
                      .nitrate = roles->nitrate >= 0 ? out[roles->nitrate] : 0.0};
    w.bod5 *= p->bod5_ratio > 0.0 ? bod5_ratio / p->bod5_ratio : 0.0;
    return w;
}

/* What goes past the plant degrades as sewage does. */
static double bypassed_bod5(const struct tw_eval *e)
{
    const tw_plant *p = e->plant;
    const struct tw_unit *effluent = &p->units[p->effluent];
    double raw = tw_probe_value(e, (tw_plant_place){p->influent, TW_PROBE_BOD5}), past = 0.0;
    double more = p->weights.bod5_ratio_influent - p->weights.bod5_ratio;
    for (int32_t i = 0; i < effluent->in_count; i++) {
        int32_t pipe = p->inlets[effluent->first_in + i];
        if (p->pipes[pipe].from == p->influent) past += e->pipe_m3d[pipe];
    }
    bool none = !(past > 0.0) || !(p->weights.bod5_ratio > 0.0);
    return none ? 0.0 : past / e->in_m3d[p->effluent] * raw * more / p->weights.bod5_ratio;
}

static double index_of(const tw_plant *p, const struct water *w)
{
    const struct tw_plant_weights *of = &p->weights;
    return of->eqi_ss * w->tss + of->eqi_cod * w->cod + of->eqi_tkn * w->tkn +
           of->eqi_no * w->nitrate + of->eqi_bod5 * w->bod5 + of->eqi_p * w->tp;
}

static double solids_g(const struct tw_eval *e)
{
    double sum = 0.0;
    for (int32_t u = 0; u < e->plant->unit_count; u++) {
        const struct tw_unit *unit = &e->plant->units[u];
        if (unit->kind->solids_g != NULL) sum += unit->kind->solids_g(e, unit);
    }
    return sum;
}

void tw_plant_scores_begin(tw_plant_run *run, struct tw_plant_sums *sums)
{
    *sums = (struct tw_plant_sums){0};
    tw_plant_run_refresh(run);
    sums->held_g = solids_g(&run->eval);
}

static void add_energy(const struct tw_eval *e, double for_d, struct tw_plant_sums *sums)
{
    const tw_plant *p = e->plant;
    for (int32_t i = 0; i < p->pipe_count; i++)
        sums->pumping_kwh += p->pipes[i].pump_kwh_m3 * e->pipe_m3d[i] * for_d;
    for (int32_t u = 0; u < p->unit_count; u++) {
        const struct tw_unit *unit = &p->units[u];
        struct tw_unit_energy energy = {0};
        if (unit->kind->energy != NULL) unit->kind->energy(e, unit, &energy);
        sums->aeration_kwh += energy.aeration_kwhd * for_d;
        sums->mixing_kwh += energy.mixing_kwhd * for_d;
        sums->heat_kwh += energy.heat_kwhd * for_d;
        sums->methane_g += energy.methane_gd * for_d;
        if (unit->kind->composed) {
            double cod = tw_probe_value(e, (tw_plant_place){u, TW_PROBE_COD});
            sums->carbon_g += cod * e->out_m3d[u * TW_UNIT_PORTS] * for_d;
        }
        if (unit->kind->sludge) {
            double tss = tw_probe_value(e, (tw_plant_place){u, TW_PROBE_TSS});
            sums->sludge_g += tss * e->in_m3d[u] * for_d;
        }
    }
}

static void add_limits(const tw_plant *p, const struct water *w, double for_d,
                       struct tw_plant_sums *sums)
{
    const struct tw_plant_weights *of = &p->weights;
    const double value[] = {w->tn, w->cod, w->ammonia, w->tss, w->bod5, w->tp};
    const double limit[] = {of->limit_tn,  of->limit_cod,  of->limit_ammonia,
                            of->limit_tss, of->limit_bod5, of->limit_tp};
    for (int i = 0; i < 6; i++) {
        bool over = limit[i] > 0.0 && value[i] > limit[i];
        if (over) sums->over_d[i] += for_d;
        if (over && !sums->over[i]) sums->over_count[i]++;
        sums->over[i] = over;
    }
}

void tw_plant_scores_add(tw_plant_run *run, double for_d, struct tw_plant_sums *sums)
{
    const tw_plant *p = run->plant;
    const struct tw_eval *e = &run->eval;
    tw_plant_run_refresh(run);
    struct water out = water_of(e, p->effluent, p->weights.bod5_ratio);
    struct water in = water_of(e, p->influent, p->weights.bod5_ratio_influent);
    out.bod5 += bypassed_bod5(e);
    const double *content = tw_eval_out(e, p->effluent, 0);
    double m3 = e->in_m3d[p->effluent] * for_d, in_m3 = e->influent_m3d * for_d;
    sums->days += for_d;
    sums->flow_m3 += m3;
    sums->influent_m3 += in_m3;
    for (int32_t c = 0; c < p->components; c++)
        sums->component_g[c] += content[c] * m3;
    sums->tss_g += out.tss * m3;
    sums->cod_g += out.cod * m3;
    sums->tkn_g += out.tkn * m3;
    sums->tn_g += out.tn * m3;
    sums->tp_g += out.tp * m3;
    sums->bod5_g += out.bod5 * m3;
    sums->eqi_g += index_of(p, &out) * m3;
    sums->iqi_g += index_of(p, &in) * in_m3;
    add_energy(e, for_d, sums);
    add_limits(p, &out, for_d, sums);
}

struct tw_plant_scores tw_plant_scores_get(tw_plant_run *run, const struct tw_plant_sums *sums)
{
    const tw_plant *p = run->plant;
    const struct tw_plant_weights *of = &p->weights;
    struct tw_plant_scores s = {.days = sums->days};
    tw_plant_run_refresh(run);
    double per_d = sums->days > 0.0 ? 1.0 / sums->days : 0.0;
    double per_m3 = sums->flow_m3 > 0.0 ? 1.0 / sums->flow_m3 : 0.0, per_kgd = per_d * 1e-3;
    s.flow_m3d = sums->flow_m3 * per_d;
    for (int32_t c = 0; c < p->components; c++)
        s.component_gm3[c] = sums->component_g[c] * per_m3;
    if (p->biology->roles.ammonia >= 0) s.ammonia_gm3 = s.component_gm3[p->biology->roles.ammonia];
    s.tss_gm3 = sums->tss_g * per_m3;
    s.cod_gm3 = sums->cod_g * per_m3;
    s.tkn_gm3 = sums->tkn_g * per_m3;
    s.tn_gm3 = sums->tn_g * per_m3;
    s.tp_gm3 = sums->tp_g * per_m3;
    s.bod5_gm3 = sums->bod5_g * per_m3;
    s.eqi_kgd = sums->eqi_g * per_kgd;
    s.iqi_kgd = sums->iqi_g * per_kgd;
    s.sludge_kgd = (sums->sludge_g + solids_g(&run->eval) - sums->held_g) * per_kgd;
    s.aeration_kwhd = sums->aeration_kwh * per_d;
    s.pumping_kwhd = sums->pumping_kwh * per_d;
    s.mixing_kwhd = sums->mixing_kwh * per_d;
    s.heat_kwhd = sums->heat_kwh * per_d;
    s.carbon_kgd = sums->carbon_g * per_kgd;
    s.methane_kgd = sums->methane_g * per_kgd;
    s.oci = s.aeration_kwhd + s.pumping_kwhd + s.mixing_kwhd + of->sludge * s.sludge_kgd +
            of->carbon * s.carbon_kgd - of->methane * s.methane_kgd +
            of->heat * fmax(0.0, s.heat_kwhd - 7.0 * s.methane_kgd);
    for (int i = 0; i < 6; i++) {
        s.over_d[i] = sums->over_d[i];
        s.over_ratio[i] = sums->over_d[i] * per_d;
        s.over_count[i] = sums->over_count[i];
    }
    return s;
}
