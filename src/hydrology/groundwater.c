#include "hydrology/groundwater.h"

#include "hydrology/infiltration.h"
#include "hydrology/lid.h"
#include "num/ode.h"

#include <math.h>

static const double margin = 0.001; /* below full, as SWMM: of moisture, and of depth in feet */
static const double tolerance = 1.0e-4;
static const double hectare_m2 = 1.0e4, acre_m2 = 43560.0 * TW_FOOT_M * TW_FOOT_M;

static size_t at(const struct tw_ground_state *g, int32_t ground, int32_t lane)
{
    return (size_t)ground * (size_t)g->lanes + (size_t)lane;
}

static bool asks_conductivity(const struct tw_ground_expression *e)
{
    for (int32_t i = 0; i < e->count; i++) {
        const struct tw_token *t = &e->token[i];
        if (t->operation == TW_TOKEN_VARIABLE && t->variable == TW_GROUND_K) return true;
    }
    return false;
}

/* --strict has one for each row, as the manual says. */
static bool has_one_conductivity(const struct tw_model *model)
{
    for (int32_t i = 0; i < model->grounds.count && !model->options.strict; i++) {
        const struct tw_ground *g = &model->grounds.ground[i];
        if (asks_conductivity(&g->lateral) || asks_conductivity(&g->deep)) return true;
    }
    return false;
}

void tw_ground_lay(struct tw_ground_state *g, const struct tw_model *model, int32_t lanes,
                   struct tw_pool *state)
{
    g->model = model;
    g->lanes = lanes;
    g->one_conductivity = has_one_conductivity(model);
    double **const arrays[] = {&g->moisture_ratio,  &g->depth_m, &g->old_mps,         &g->new_mps,
                               &g->evaporation_mps, &g->room_m,  &g->conductivity_mps};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = TW_POOL_NEW(state, double, (size_t)model->grounds.count *(size_t)lanes);
    double **const sums[] = {&g->infiltrated_m3, &g->evaporated_m3, &g->deep_m3,
                             &g->flow_m3,        &g->initial_m3,    &g->lower_evaporated_m3};
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
        *sums[i] = TW_POOL_NEW(state, double, (size_t)lanes);
    g->each =
        TW_POOL_NEW(state, struct tw_ground_totals, (size_t)model->grounds.count * (size_t)lanes);
}

int32_t tw_ground_row(const struct tw_model *model, int32_t subcatchment)
{
    return model->grounds.count > 0 ? model->grounds.of_subcatchment[subcatchment] : -1;
}

static double area_of(const struct tw_ground_state *g, int32_t ground)
{
    return g->model->subcatchments.area_m2[g->model->grounds.ground[ground].subcatchment];
}

static double pervious_ratio(const struct tw_ground_state *g, int32_t ground)
{
    return tw_lid_pervious_ratio(g->model, g->model->grounds.ground[ground].subcatchment);
}

/* What an earlier run left. */
static void begin_hot(struct tw_ground_state *g, int32_t lane, const struct tw_hotstart *hot)
{
    for (int32_t i = 0; hot->version >= 2 && i < g->model->grounds.count; i++) {
        size_t here = at(g, i, lane);
        g->moisture_ratio[here] = hot->moisture_ratio[i];
        g->depth_m[here] = hot->water_table_m[i] - g->model->grounds.ground[i].bottom_m;
        g->old_mps[here] = hot->ground_flow_mps[i];
        if (!isnan(hot->room_m[i])) g->room_m[here] = hot->room_m[i];
    }
}

void tw_ground_begin(struct tw_ground_state *g)
{
    const struct tw_grounds *grounds = &g->model->grounds;
    for (int32_t lane = 0; lane < g->lanes; lane++) {
        g->infiltrated_m3[lane] = g->evaporated_m3[lane] = 0.0;
        g->deep_m3[lane] = g->flow_m3[lane] = g->lower_evaporated_m3[lane] = 0.0;
        for (int32_t i = 0; i < grounds->count; i++) {
            const struct tw_ground *ground = &grounds->ground[i];
            double porosity = g->model->aquifers.aquifer[ground->aquifer].porosity_ratio;
            double moisture = ground->moisture_ratio, total = ground->surface_m - ground->bottom_m;
            double depth = ground->water_table_m - ground->bottom_m;
            double pervious = pervious_ratio(g, i);
            size_t here = at(g, i, lane);
            if (moisture >= porosity) moisture = porosity - margin;
            if (depth >= total) depth = total - margin * TW_FOOT_M;
            g->moisture_ratio[here] = moisture;
            g->depth_m[here] = depth;
            g->old_mps[here] = g->new_mps[here] = g->evaporation_mps[here] = 0.0;
            g->room_m[here] = g->conductivity_mps[here] = 0.0;
            g->each[here] = (struct tw_ground_totals){0};
            if (pervious > 0.0)
                g->room_m[here] =
                    (ground->surface_m - ground->water_table_m) * (porosity - moisture) / pervious;
        }
        if (g->model->files.hotstart != NULL) begin_hot(g, lane, g->model->files.hotstart);
        g->initial_m3[lane] = tw_ground_storage_m3(g, lane);
    }
}

/* A row during a step. Heights are above the aquifer's bottom [m], rates per area [m/s]. */
struct soil {
    const struct tw_model *model;
    const struct tw_ground *ground;
    const struct tw_aquifer *aquifer;
    double dt_s, area_m2, total_m;
    double infiltration_mps, most_evaporation_mps, free_evaporation_mps;
    double upper_evaporation_ratio; /* of the month */
    double threshold_m, surface_water_m, channel_m;
    double most_percolation_mps, most_outflow_mps, most_inflow_mps;
    double *conductivity_mps; /* of the state: that of the last percolation */
};
struct fluxes {
    double upper_evaporation, lower_evaporation, percolation, deep, flow; /* m/s */
};

static double conductivity(const struct soil *s, double moisture)
{
    const struct tw_aquifer *a = s->aquifer;
    return a->conductivity_mps * exp((moisture - a->porosity_ratio) * a->conductivity_slope);
}

/* Nothing evaporates below ground while water infiltrates. */
static void evaporate(const struct soil *s, double moisture, double upper_m, struct fluxes *f)
{
    const struct tw_aquifer *a = s->aquifer;
    if (s->infiltration_mps > 0.0) return;
    if (moisture > a->wilting_point_ratio)
        f->upper_evaporation =
            fmin(s->upper_evaporation_ratio * s->most_evaporation_mps, s->free_evaporation_mps);
    if (!(a->lower_evaporation_depth_m > 0.0)) return;
    double part = (a->lower_evaporation_depth_m - upper_m) / a->lower_evaporation_depth_m;
    part = fmin(fmax(part, 0.0), 1.0);
    f->lower_evaporation = fmin(part * (1.0 - s->upper_evaporation_ratio) * s->most_evaporation_mps,
                                s->free_evaporation_mps - f->upper_evaporation);
}

static double percolate(const struct soil *s, double moisture, double upper_m)
{
    const struct tw_aquifer *a = s->aquifer;
    double above = moisture - a->field_capacity_ratio;
    if (!(upper_m > 0.0) || !(above > 0.0)) return 0.0;
    *s->conductivity_mps = conductivity(s, moisture);
    double rate = *s->conductivity_mps * (1.0 + a->tension_slope_m * 2.0 * above / upper_m);
    return fmin(rate, s->most_percolation_mps);
}

/* What an expression is asked; in the file's units. */
struct question {
    const struct soil *soil;
    double moisture, depth_m, percolation_mps;
};

static double variable_value(const void *user, int32_t variable)
{
    const struct question *q = user;
    const struct soil *s = q->soil;
    bool us = s->model->us_units;
    double length = us ? TW_FOOT_M : 1.0, rate = (us ? 25.4 : 1.0) / 3.6e6;
    switch ((enum tw_ground_variable)variable) {
    case TW_GROUND_HGW:
        return q->depth_m / length;
    case TW_GROUND_HSW:
        return s->surface_water_m / length;
    case TW_GROUND_HCB:
        return s->channel_m / length;
    case TW_GROUND_HGS:
        return s->total_m / length;
    case TW_GROUND_KS:
        return s->aquifer->conductivity_mps / rate;
    case TW_GROUND_K: /* as SWMM: known only while water percolates, else that of the last time */
        return *s->conductivity_mps / rate;
    case TW_GROUND_THETA:
        return q->moisture;
    case TW_GROUND_PHI:
        return s->aquifer->porosity_ratio;
    case TW_GROUND_FI:
        return s->infiltration_mps / rate;
    case TW_GROUND_FU:
        return q->percolation_mps / rate;
    case TW_GROUND_A:
        return s->area_m2 / (us ? acre_m2 : hectare_m2);
    default:
        return NAN;
    }
}

static double expression_value(const struct tw_ground_expression *e, const struct question *q)
{
    double value = tw_expression_value(e->token, e->count, variable_value, q);
    return isfinite(value) ? value : 0.0;
}

/* Flow between the lower zone and the node by its formula [m/s]. */
static double standard_flow(const struct soil *s, double depth_m)
{
    const struct tw_ground *g = s->ground;
    bool us = s->model->us_units;
    double length = us ? TW_FOOT_M : 1.0;
    if (depth_m <= s->threshold_m) return 0.0;
    double out = g->b1 == 0.0 ? g->a1 : g->a1 * pow((depth_m - s->threshold_m) / length, g->b1);
    double back = 0.0;
    if (g->b2 == 0.0) {
        back = g->a2;
    } else if (s->surface_water_m > s->threshold_m) {
        back = g->a2 * pow((s->surface_water_m - s->threshold_m) / length, g->b2);
    }
    double both = g->a3 * depth_m * s->surface_water_m / (length * length);
    double q = out - back + both;
    if (q < 0.0 && g->a3 != 0.0) return 0.0;
    return q * length * length * length / (us ? acre_m2 : hectare_m2);
}

static struct fluxes fluxes_of(const struct soil *s, double moisture, double depth_m)
{
    const struct tw_ground *g = s->ground;
    bool us = s->model->us_units;
    double length = us ? TW_FOOT_M : 1.0;
    struct fluxes f = {0};
    depth_m = fmin(fmax(depth_m, 0.0), s->total_m);
    double upper_m = s->total_m - depth_m;
    evaporate(s, moisture, upper_m, &f);
    f.percolation = percolate(s, moisture, upper_m);
    struct question q = {s, moisture, depth_m, f.percolation};
    f.deep = g->deep.count > 0 ? expression_value(&g->deep, &q) * (us ? 25.4 : 1.0) / 3.6e6
                               : s->aquifer->deep_loss_mps * depth_m / s->total_m;
    f.deep = fmin(f.deep, depth_m / s->dt_s);
    f.flow = standard_flow(s, depth_m);
    if (g->lateral.count > 0)
        f.flow += expression_value(&g->lateral, &q) * length * length * length /
                  (us ? acre_m2 : hectare_m2);
    f.flow = f.flow >= 0.0 ? fmin(f.flow, s->most_outflow_mps) : fmax(f.flow, -s->most_inflow_mps);
    return f;
}

enum { MOISTURE, DEPTH };

static void rates(const void *system, double t, const double *y, double *out)
{
    const struct soil *s = system;
    (void)t;
    struct fluxes f = fluxes_of(s, y[MOISTURE], y[DEPTH]);
    double upper = s->infiltration_mps - f.upper_evaporation - f.percolation;
    double lower = f.percolation - f.deep - f.lower_evaporation - f.flow;
    double upper_m = s->total_m - y[DEPTH], room = s->aquifer->porosity_ratio - y[MOISTURE];
    out[MOISTURE] = upper_m > 0.0 ? upper / upper_m : 0.0;
    out[DEPTH] = room > 0.0 ? lower / room : 0.0;
}

/* Heights of the channel, its water and the threshold; how much may flow at most. */
static void look_around(struct soil *s, const struct tw_model *model, struct tw_ground_node node,
                        double moisture, double depth_m)
{
    const struct tw_ground *g = s->ground;
    const struct tw_aquifer *a = s->aquifer;
    s->channel_m = model->nodes.invert_m[g->node] - g->bottom_m;
    s->threshold_m = isnan(g->threshold_m) ? s->channel_m : g->threshold_m - g->bottom_m;
    s->surface_water_m = s->channel_m + (g->fixed_depth_m > 0.0 ? g->fixed_depth_m : node.depth_m);
    double upper_m = s->total_m - depth_m;
    s->most_percolation_mps = fmax(0.0, upper_m * (moisture - a->field_capacity_ratio)) / s->dt_s;
    s->most_outflow_mps = depth_m * a->porosity_ratio / s->dt_s;
    s->most_inflow_mps = fmin(upper_m * (a->porosity_ratio - moisture) / s->dt_s,
                              (node.inflow_m3s + node.volume_m3 / s->dt_s) / s->area_m2);
}

static double of_month(const struct tw_model *model, int32_t pattern, int month)
{
    return pattern >= 0 ? model->patterns.factor[pattern][month - 1] : 1.0;
}

static void keep_bounds(const struct soil *s, double *y)
{
    const struct tw_aquifer *a = s->aquifer;
    double top_m = s->total_m - margin * TW_FOOT_M;
    y[MOISTURE] = fmax(y[MOISTURE], a->wilting_point_ratio);
    if (y[MOISTURE] >= a->porosity_ratio) {
        y[MOISTURE] = a->porosity_ratio - margin;
        y[DEPTH] = top_m;
    }
    y[DEPTH] = fmax(y[DEPTH], 0.0);
    if (y[DEPTH] >= s->total_m) y[DEPTH] = top_m;
}

/* Adds a step to what is reported of a row; its state is that at the step's end. */
static void add_to_totals(struct tw_ground_state *g, const struct soil *s, size_t here,
                          const struct fluxes *f)
{
    struct tw_ground_totals *t = &g->each[here];
    t->infiltrated_m += s->infiltration_mps * s->dt_s;
    t->evaporated_m += (f->upper_evaporation + f->lower_evaporation) * s->dt_s;
    t->deep_m += f->deep * s->dt_s;
    t->flow_m += g->new_mps[here] * s->dt_s; /* so SWMM; its balance takes the step's mean */
    if (fabs(f->flow) > fabs(t->most_flow_mps)) t->most_flow_mps = f->flow;
    t->moisture_s += g->moisture_ratio[here] * s->dt_s;
    t->table_ms += (s->ground->bottom_m + g->depth_m[here]) * s->dt_s;
    t->time_s += s->dt_s;
}

void tw_ground_step(struct tw_ground_state *g, int32_t ground, int32_t lane,
                    const struct tw_ground_weather *weather, struct tw_ground_node node,
                    double dt_s)
{
    const struct tw_model *m = g->model;
    const struct tw_ground *row = &m->grounds.ground[ground];
    const struct tw_aquifer *a = &m->aquifers.aquifer[row->aquifer];
    double pervious = pervious_ratio(g, ground), area_m2 = area_of(g, ground);
    size_t here = at(g, ground, lane);
    if (!(pervious > 0.0) || !(area_m2 > 0.0)) return;
    struct soil s = {
        .model = m,
        .ground = row,
        .aquifer = a,
        .dt_s = dt_s,
        .area_m2 = area_m2,
        .total_m = row->surface_m - row->bottom_m,
        .conductivity_mps = &g->conductivity_mps[g->one_conductivity ? (size_t)lane : here],
        .infiltration_mps = weather->infiltration_m3s / area_m2,
        .most_evaporation_mps = weather->evaporation_mps * pervious,
        .upper_evaporation_ratio =
            a->upper_evaporation_ratio * of_month(m, a->evaporation_pattern, weather->month)};
    if (!(s.total_m > 0.0)) return;
    s.free_evaporation_mps =
        fmax(0.0, s.most_evaporation_mps - weather->surface_evaporation_m3s / area_m2);
    double y[2] = {g->moisture_ratio[here], g->depth_m[here]};
    look_around(&s, m, node, y[MOISTURE], y[DEPTH]);
    (void)tw_ode_integrate(rates, &s, 2, y, dt_s, tolerance);
    keep_bounds(&s, y);
    g->moisture_ratio[here] = y[MOISTURE];
    g->depth_m[here] = y[DEPTH];
    struct fluxes f = fluxes_of(&s, y[MOISTURE], y[DEPTH]);
    g->old_mps[here] = g->new_mps[here];
    g->new_mps[here] = f.flow;
    g->evaporation_mps[here] = f.upper_evaporation + f.lower_evaporation;
    g->room_m[here] = (s.total_m - y[DEPTH]) * (a->porosity_ratio - y[MOISTURE]) / pervious;
    double volume = area_m2 * dt_s;
    g->infiltrated_m3[lane] += s.infiltration_mps * volume;
    g->evaporated_m3[lane] += g->evaporation_mps[here] * volume;
    g->lower_evaporated_m3[lane] += f.lower_evaporation * volume;
    g->deep_m3[lane] += f.deep * volume;
    g->flow_m3[lane] += 0.5 * (g->old_mps[here] + g->new_mps[here]) * volume;
    add_to_totals(g, &s, here, &f);
}

void tw_ground_node_inflow(const struct tw_ground_state *g, double f, double *lateral_m3s,
                           double *flow_m3s)
{
    const struct tw_grounds *grounds = &g->model->grounds;
    for (int32_t lane = 0; lane < g->lanes; lane++)
        flow_m3s[lane] = 0.0;
    for (int32_t i = 0; i < grounds->count; i++) {
        double *to_m3s = lateral_m3s + at(g, grounds->ground[i].node, 0);
        for (int32_t lane = 0; lane < g->lanes; lane++) {
            size_t here = at(g, i, lane);
            double q = ((1.0 - f) * g->old_mps[here] + f * g->new_mps[here]) * area_of(g, i);
            to_m3s[lane] += q;
            flow_m3s[lane] += q;
        }
    }
}

double tw_ground_storage_m3(const struct tw_ground_state *g, int32_t lane)
{
    const struct tw_grounds *grounds = &g->model->grounds;
    double volume_m3 = 0.0;
    for (int32_t i = 0; i < grounds->count; i++) {
        const struct tw_ground *ground = &grounds->ground[i];
        size_t here = at(g, i, lane);
        double upper_m = ground->surface_m - ground->bottom_m - g->depth_m[here];
        volume_m3 +=
            area_of(g, i) *
            (upper_m * g->moisture_ratio[here] +
             g->depth_m[here] * g->model->aquifers.aquifer[ground->aquifer].porosity_ratio);
    }
    return volume_m3;
}

double tw_ground_error_ratio(const struct tw_ground_state *g, int32_t lane)
{
    double in = g->infiltrated_m3[lane] + g->initial_m3[lane];
    double out = tw_ground_storage_m3(g, lane) + g->deep_m3[lane] + g->evaporated_m3[lane] +
                 g->flow_m3[lane];
    if (fabs(in - out) < TW_FOOT_M * TW_FOOT_M * TW_FOOT_M) return 0.0; /* as SWMM: 1 ft3 */
    return in > 0.0 ? 1.0 - out / in : 0.0;
}
