/* Expressions at nodes. A removal may depend on those of other pollutants.
 * source: SWMM Reference Manual III, 5.5. */
#include "quality/parts.h"

#include "model/flow_unit.h"

#include <math.h>

/* Removals while they are worked out. */
struct removals {
    struct tw_treated *node;
    int32_t first, end;
    double ratio[TW_MOST_POLLUTANTS];
    enum { UNKNOWN, SOUGHT, KNOWN } state[TW_MOST_POLLUTANTS];
};

static double removal_of(struct removals *r, int32_t pollutant);

static const struct tw_treatment *find(const struct removals *r, int32_t pollutant)
{
    const struct tw_treatment *all = r->node->quality->model->quality.treatment;
    for (int32_t i = r->end - 1; i >= r->first; i--)
        if (all[i].pollutant == pollutant) return &all[i];
    return NULL;
}

static double process_value(const struct tw_treated *t, enum tw_treatment_variable variable)
{
    const struct tw_model *m = t->quality->model;
    double length_m = m->us_units ? TW_FOOT_M : 1.0;
    switch (variable) {
    case TW_TREATMENT_HRT:
        if (m->nodes.kind[t->node] != TW_NODE_STORAGE) return 0.0;
        return t->quality->residence_h[m->nodes.row[t->node] * t->quality->lanes + t->lane];
    case TW_TREATMENT_DT:
        return t->dt_s;
    case TW_TREATMENT_FLOW:
        return t->inflow_m3s / tw_flow_unit_m3s(m->options.flow_units, m->options.strict);
    case TW_TREATMENT_DEPTH:
        return t->depth_m / length_m;
    default:
        return t->surface_m2 / (length_m * length_m);
    }
}

static double variable_value(const void *user, int32_t variable)
{
    struct removals *r = *(struct removals *const *)user;
    int32_t count = r->node->quality->model->quality.count;
    if (variable < TW_TREATMENT_VARIABLE_COUNT)
        return process_value(r->node, (enum tw_treatment_variable)variable);
    variable -= TW_TREATMENT_VARIABLE_COUNT;
    if (variable >= count) return removal_of(r, variable - count);
    const struct tw_treatment *t = find(r, variable);
    return t != NULL && t->removal ? r->node->inflow[variable] : r->node->mixed[variable];
}

/* A removal that asks for itself, by whatever way, is none. */
static double removal_of(struct removals *r, int32_t pollutant)
{
    if (r->state[pollutant] == KNOWN) return r->ratio[pollutant];
    if (r->state[pollutant] == SOUGHT) return 0.0;
    r->state[pollutant] = SOUGHT;
    const struct tw_treatment *t = find(r, pollutant);
    double mixed = r->node->mixed[pollutant], ratio = 0.0;
    if (t != NULL && mixed != 0.0) {
        double value =
            tw_expression_value(t->token, t->token_count, variable_value, &(struct removals *){r});
        value = value > 0.0 ? value : 0.0;
        ratio = t->removal ? fmin(value, 1.0) : 1.0 - fmin(value, mixed) / mixed;
    }
    r->state[pollutant] = KNOWN;
    r->ratio[pollutant] = ratio;
    return ratio;
}

void tw_treatment_apply(struct tw_treated *node, int32_t first, int32_t end)
{
    struct removals r = {.node = node, .first = first, .end = end};
    int32_t count = node->quality->model->quality.count;
    for (int32_t p = 0; p < count; p++)
        (void)removal_of(&r, p);
    for (int32_t p = 0; p < count; p++) {
        const struct tw_treatment *t = find(&r, p);
        if (t == NULL || r.ratio[p] == 0.0) continue;
        double left = 1.0 - r.ratio[p], mixed = node->mixed[p];
        bool of_inflow = t->removal && node->inflow[p] != 0.0;
        node->mixed[p] =
            t->removal ? fmin(of_inflow ? left * node->inflow[p] : mixed, mixed) : left * mixed;
    }
}
