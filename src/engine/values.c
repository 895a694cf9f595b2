/* A run as tables: values by the rows of a list, in lane 0. */
#include "thalweg/values.h"

#include "engine/run_state.h"
#include "engine/statistics_elements.h"
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "hydraulics/xsect.h"

#include <math.h>
#include <stddef.h>

static const tw_object value_object[TW_VALUE_OF_COUNT] = {
#define OBJECT(name, object, text) TW_OBJECT_##object,
    TW_VALUE_LIST(OBJECT)
#undef OBJECT
};

/* Arrays by an index of the model, by row of links, of conduits, of a kind's own rows. */
enum layout { BY_INDEX, BY_LINK, BY_CONDUIT, BY_STORAGE, BY_OUTFALL, BY_PUMP };
struct column {
    const double *value;
    enum layout layout;
};

/* What is there now. */
static struct column present(const struct tw_run *run, tw_value which)
{
    const struct tw_node_state *n = &run->hydraulics.node;
    const struct tw_link_state *l = &run->hydraulics.link;
    const struct tw_hydrology *h = &run->hydrology;
    const struct column columns[TW_VALUE_OF_COUNT] = {
        [TW_VALUE_OF_GAGE_RAIN_MMH] = {h->gage_rain_mmh, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_EVAPORATION_MPS] = {h->evaporated_mps, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_INFILTRATION_MPS] = {h->infiltrated_mps, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_RUNOFF_M3S] = {h->new_runoff_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_DEPTH_M] = {n->depth_m, BY_INDEX},
        [TW_VALUE_OF_NODE_VOLUME_M3] = {n->volume_m3, BY_INDEX},
        [TW_VALUE_OF_NODE_LATERAL_M3S] = {n->lateral_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_INFLOW_M3S] = {n->inflow_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_OUTFLOW_M3S] = {n->outflow_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_OVERFLOW_M3S] = {n->overflow_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_LOSSES_M3S] = {n->losses_m3s, BY_INDEX},
        [TW_VALUE_OF_LINK_DEPTH_M] = {l->depth_m, BY_LINK},
        [TW_VALUE_OF_LINK_VOLUME_M3] = {l->volume_m3, BY_LINK},
        [TW_VALUE_OF_LINK_SETTING] = {l->setting, BY_LINK},
        [TW_VALUE_OF_LINK_TARGET] = {l->target, BY_LINK},
        [TW_VALUE_OF_LINK_FROUDE] = {l->froude, BY_LINK},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_RAIN_M3] = {h->subcatchment_totals.rain_m3, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_RUNON_M3] = {h->subcatchment_totals.runon_m3, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_EVAPORATION_M3] = {h->subcatchment_totals.evaporation_m3,
                                                         BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_INFILTRATION_M3] = {h->subcatchment_totals.infiltration_m3,
                                                          BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_RUNOFF_M3] = {h->subcatchment_totals.runoff_m3, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_MAX_RUNOFF_M3S] = {h->subcatchment_totals.peak_m3s, BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_IMPERVIOUS_M3] = {h->subcatchment_totals.impervious_m3,
                                                        BY_INDEX},
        [TW_VALUE_OF_SUBCATCHMENT_SUM_PERVIOUS_M3] = {h->subcatchment_totals.pervious_m3,
                                                      BY_INDEX}};
    return columns[which];
}

/* What was counted of nodes. */
static struct column counted_of_nodes(const struct tw_run *run, tw_value which)
{
    const struct tw_node_statistics *n = &run->statistics.node;
    const struct tw_storage_statistics *s = &run->statistics.storage;
    const struct tw_outfall_statistics *o = &run->statistics.outfall;
    const struct column columns[TW_VALUE_OF_COUNT] = {
        [TW_VALUE_OF_NODE_MAX_DEPTH_M] = {n->max_depth_m, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_DEPTH_DAY] = {n->max_depth_day, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_REPORTED_M] = {n->max_reported_m, BY_INDEX},
        [TW_VALUE_OF_NODE_FLOODED_M3] = {n->flooded_m3, BY_INDEX},
        [TW_VALUE_OF_NODE_FLOODED_S] = {n->flooded_s, BY_INDEX},
        [TW_VALUE_OF_NODE_SURCHARGED_S] = {n->surcharged_s, BY_INDEX},
        [TW_VALUE_OF_NODE_CRITICAL_STEPS] = {n->critical, BY_INDEX},
        [TW_VALUE_OF_NODE_UNCONVERGED_STEPS] = {n->unsettled, BY_INDEX},
        [TW_VALUE_OF_NODE_SUM_LATERAL_M3] = {n->lateral_m3, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_LATERAL_M3S] = {n->max_lateral_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_INFLOW_M3S] = {n->max_inflow_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_INFLOW_DAY] = {n->max_inflow_day, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_FLOODING_M3S] = {n->max_flooding_m3s, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_FLOODING_DAY] = {n->max_flooding_day, BY_INDEX},
        [TW_VALUE_OF_NODE_MAX_PONDED_M3] = {n->max_ponded_m3, BY_INDEX},
        [TW_VALUE_OF_NODE_SUM_INFLOW_M3] = {n->inflow_m3, BY_INDEX},
        [TW_VALUE_OF_STORAGE_MAX_M3] = {s->max_m3, BY_STORAGE},
        [TW_VALUE_OF_STORAGE_MAX_DAY] = {s->max_day, BY_STORAGE},
        [TW_VALUE_OF_STORAGE_MAX_OUTFLOW_M3S] = {s->max_outflow_m3s, BY_STORAGE},
        [TW_VALUE_OF_STORAGE_EVAPORATED_M3] = {s->evaporated_m3, BY_STORAGE},
        [TW_VALUE_OF_STORAGE_SEEPED_M3] = {s->seeped_m3, BY_STORAGE},
        [TW_VALUE_OF_STORAGE_MEAN_M3] = {s->sum_m3, BY_STORAGE},
        [TW_VALUE_OF_NODE_MEAN_DEPTH_M] = {n->depth_sum_m, BY_INDEX},
        [TW_VALUE_OF_OUTFALL_FLOWING_STEPS] = {o->flowing_steps, BY_OUTFALL},
        [TW_VALUE_OF_OUTFALL_SUM_M3S] = {o->flow_sum_m3s, BY_OUTFALL},
        [TW_VALUE_OF_OUTFALL_MAX_M3S] = {o->max_m3s, BY_OUTFALL}};
    return columns[which];
}

/* What was counted of links. */
static struct column counted_of_links(const struct tw_run *run, tw_value which)
{
    const struct tw_link_statistics *l = &run->statistics.link;
    const struct tw_conduit_statistics *c = &run->statistics.conduit;
    const struct tw_pump_statistics *p = &run->statistics.pump;
    const struct column columns[TW_VALUE_OF_COUNT] = {
        [TW_VALUE_OF_LINK_MAX_FLOW_M3S] = {l->max_flow_m3s, BY_LINK},
        [TW_VALUE_OF_LINK_MAX_FLOW_DAY] = {l->max_flow_day, BY_LINK},
        [TW_VALUE_OF_LINK_MAX_DEPTH_M] = {l->max_depth_m, BY_LINK},
        [TW_VALUE_OF_LINK_CRITICAL_STEPS] = {l->critical, BY_LINK},
        [TW_VALUE_OF_LINK_FLOW_TURNS] = {l->turns, BY_LINK},
        [TW_VALUE_OF_LINK_MAX_VELOCITY_MPS] = {c->max_velocity_mps, BY_CONDUIT},
        [TW_VALUE_OF_LINK_ABOVE_FULL_FLOW_S] = {c->above_full_flow_s, BY_CONDUIT},
        [TW_VALUE_OF_LINK_CAPACITY_LIMITED_S] = {c->capacity_limited_s, BY_CONDUIT},
        [TW_VALUE_OF_PUMP_ON_S] = {p->on_s, BY_PUMP},
        [TW_VALUE_OF_PUMP_ON_STEPS] = {p->steps, BY_PUMP},
        [TW_VALUE_OF_PUMP_STARTUPS] = {p->startups, BY_PUMP},
        [TW_VALUE_OF_PUMP_MIN_M3S] = {p->min_m3s, BY_PUMP},
        [TW_VALUE_OF_PUMP_SUM_M3S] = {p->flow_sum_m3s, BY_PUMP},
        [TW_VALUE_OF_PUMP_VOLUME_M3] = {p->volume_m3, BY_PUMP},
        [TW_VALUE_OF_PUMP_ENERGY_J] = {p->energy_j, BY_PUMP},
        [TW_VALUE_OF_PUMP_BELOW_CURVE_S] = {p->below_curve_s, BY_PUMP},
        [TW_VALUE_OF_PUMP_ABOVE_CURVE_S] = {p->above_curve_s, BY_PUMP}};
    return columns[which];
}

/* Place of an object in an array; -1: it has none there. */
static int32_t place_of(const struct tw_run *run, enum layout layout, int32_t index)
{
    const struct tw_model *m = run->model;
    if (layout == BY_INDEX) return index;
    if (layout == BY_STORAGE)
        return m->nodes.kind[index] == TW_NODE_STORAGE ? m->nodes.row[index] : -1;
    if (layout == BY_OUTFALL)
        return m->nodes.kind[index] == TW_NODE_OUTFALL ? m->nodes.row[index] : -1;
    if (layout == BY_PUMP) return m->links.kind[index] == TW_LINK_PUMP ? m->links.row[index] : -1;
    int32_t row = run->net->row_of_link[index];
    return layout == BY_LINK || row < run->net->conduit_count ? row : -1;
}

static bool is_conduit(const struct tw_run *run, int32_t link)
{
    return run->net->row_of_link[link] < run->net->conduit_count;
}

/* ---- values that no array holds ---- */

static double subcatchment_rain(const struct tw_run *run, int32_t i)
{
    return tw_hydrology_fall_mmh(&run->hydrology, i, 0);
}

static double gage_snow(const struct tw_run *run, int32_t i)
{
    return tw_hydrology_gage_snow_mmh(&run->hydrology, i, 0);
}

static double subcatchment_runon(const struct tw_run *run, int32_t i)
{
    return run->hydrology.runon_mps[i * run->lanes] * run->model->subcatchments.area_m2[i];
}

static double subcatchment_snow(const struct tw_run *run, int32_t i)
{
    const struct tw_snow_state *s = &run->hydrology.snow;
    return tw_snow_lies(s, i) ? s->new_depth_m[i * run->lanes] : 0.0;
}

/* Water surface that a link lends to the node at one of its ends, as it was turned round. */
static double lent_m2(const struct tw_run *run, int32_t link, bool first)
{
    const struct tw_network *net = run->net;
    const struct tw_hydraulics *h = &run->hydraulics;
    int32_t row = net->row_of_link[link], at = row * run->lanes;
    if (row >= net->conduit_count) return first ? h->link.surface1_m2[at] : h->link.surface2_m2[at];
    const struct tw_conduit_block *b = &net->conduit_blocks[row / TW_BLOCK];
    int32_t place = first ? b->end1[row % TW_BLOCK] : b->end2[row % TW_BLOCK];
    return h->sums.ends[(place * TW_END_PARTS + TW_END_SURFACE) * run->lanes];
}

static double link_surface1(const struct tw_run *run, int32_t i) { return lent_m2(run, i, true); }

static double link_surface2(const struct tw_run *run, int32_t i) { return lent_m2(run, i, false); }

static double node_head(const struct tw_run *run, int32_t i)
{
    return run->model->nodes.invert_m[i] + run->hydraulics.node.depth_m[i * run->lanes];
}

static double node_residence(const struct tw_run *run, int32_t i)
{
    bool storage = run->model->nodes.kind[i] == TW_NODE_STORAGE;
    if (!storage || !run->quality.active) return 0.0;
    return 3600.0 * run->quality.residence_h[run->model->nodes.row[i] * run->lanes];
}

static double link_flow(const struct tw_run *run, int32_t i)
{
    return tw_run_link_flow_m3s(run, (tw_link_id){i});
}

static const struct tw_xsect *section_of(const struct tw_run *run, int32_t link)
{
    return &run->net->xsects[run->net->conduit.section[run->net->row_of_link[link]]];
}

static double link_velocity(const struct tw_run *run, int32_t i)
{
    double depth = tw_run_link_depth_m(run, (tw_link_id){i});
    return tw_network_velocity_mps(run->net, run->net->row_of_link[i], link_flow(run, i), depth);
}

static double link_top_width(const struct tw_run *run, int32_t i)
{
    if (!is_conduit(run, i)) return 0.0;
    return tw_xsect_width(section_of(run, i), tw_run_link_depth_m(run, (tw_link_id){i}));
}

static double link_slope(const struct tw_run *run, int32_t i)
{
    if (!is_conduit(run, i)) return 0.0;
    double slope = run->net->conduit.slope_ratio[run->net->row_of_link[i]];
    return run->model->links.reversed[i] ? -slope : slope;
}

/* Times in modes of a conduit, those of its present one included, which are booked at its end. */
struct mode_times {
    double class_s[TW_REPORT_FLOW_CLASSES];
    double normal_limited_s, both_full_s, upstream_full_s, downstream_full_s;
};

static struct mode_times mode_times_of(const struct tw_run *run, int32_t row)
{
    const struct tw_conduit_statistics *c = &run->statistics.conduit;
    int32_t at = row * run->lanes;
    struct mode_times t = {.normal_limited_s = c->normal_limited_s[at],
                           .both_full_s = c->both_full_s[at],
                           .upstream_full_s = c->upstream_full_s[at],
                           .downstream_full_s = c->downstream_full_s[at]};
    for (int32_t k = 0; k < TW_REPORT_FLOW_CLASSES; k++)
        t.class_s[k] = c->class_s[at * TW_REPORT_FLOW_CLASSES + k];
    double since_s = c->mode_since_s[at];
    uint8_t mode = c->mode[at];
    struct tw_conduit_statistics now = {.class_s = t.class_s,
                                        .normal_limited_s = &t.normal_limited_s,
                                        .both_full_s = &t.both_full_s,
                                        .upstream_full_s = &t.upstream_full_s,
                                        .downstream_full_s = &t.downstream_full_s,
                                        .mode_since_s = &since_s,
                                        .mode = &mode};
    tw_statistics_end_mode(&now, 0, run->statistics.clock->reported_s);
    return t;
}

static double mode_time(const struct tw_run *run, int32_t link, size_t member)
{
    if (!run->reporting || !is_conduit(run, link)) return NAN;
    struct mode_times t = mode_times_of(run, run->net->row_of_link[link]);
    return *(const double *)(const void *)((const char *)&t + member);
}

static double normal_limited(const struct tw_run *run, int32_t i)
{
    return mode_time(run, i, offsetof(struct mode_times, normal_limited_s));
}

static double both_full(const struct tw_run *run, int32_t i)
{
    return mode_time(run, i, offsetof(struct mode_times, both_full_s));
}

static double upstream_full(const struct tw_run *run, int32_t i)
{
    return mode_time(run, i, offsetof(struct mode_times, upstream_full_s));
}

static double downstream_full(const struct tw_run *run, int32_t i)
{
    return mode_time(run, i, offsetof(struct mode_times, downstream_full_s));
}

static double storage_initial(const struct tw_run *run, int32_t i)
{
    if (run->model->nodes.kind[i] != TW_NODE_STORAGE || !run->reporting) return NAN;
    return run->statistics.node.initial_m3[i * run->lanes];
}

static double reported_steps(const struct tw_run *run, int32_t i)
{
    (void)i;
    return run->reporting ? (double)run->statistics.clock->reported_steps : NAN;
}

static double step_s(const struct tw_run *run, int32_t i)
{
    (void)i;
    return (run->clock->elapsed_ms - run->clock->old_ms) / 1000.0;
}

typedef double value_fn(const struct tw_run *run, int32_t index);

static value_fn *const functions[TW_VALUE_OF_COUNT] = {
    [TW_VALUE_OF_GAGE_SNOW_MMH] = gage_snow,
    [TW_VALUE_OF_SUBCATCHMENT_RAIN_MMH] = subcatchment_rain,
    [TW_VALUE_OF_SUBCATCHMENT_RUNON_M3S] = subcatchment_runon,
    [TW_VALUE_OF_SUBCATCHMENT_SNOW_M] = subcatchment_snow,
    [TW_VALUE_OF_NODE_HEAD_M] = node_head,
    [TW_VALUE_OF_NODE_RESIDENCE_S] = node_residence,
    [TW_VALUE_OF_LINK_FLOW_M3S] = link_flow,
    [TW_VALUE_OF_LINK_VELOCITY_MPS] = link_velocity,
    [TW_VALUE_OF_LINK_SURFACE1_M2] = link_surface1,
    [TW_VALUE_OF_LINK_SURFACE2_M2] = link_surface2,
    [TW_VALUE_OF_LINK_TOP_WIDTH_M] = link_top_width,
    [TW_VALUE_OF_LINK_SLOPE] = link_slope,
    [TW_VALUE_OF_LINK_NORMAL_LIMITED_S] = normal_limited,
    [TW_VALUE_OF_LINK_BOTH_FULL_S] = both_full,
    [TW_VALUE_OF_LINK_UPSTREAM_FULL_S] = upstream_full,
    [TW_VALUE_OF_LINK_DOWNSTREAM_FULL_S] = downstream_full,
    [TW_VALUE_OF_STORAGE_INITIAL_M3] = storage_initial,
    [TW_VALUE_OF_REPORTED_STEPS] = reported_steps,
    [TW_VALUE_OF_STEP_S] = step_s};

double tw_run_value(const tw_run *run, tw_value which, int32_t index)
{
    if ((int)which < 0 || which >= TW_VALUE_OF_COUNT || index < 0) return NAN;
    if (index >= tw_model_object_count(run->model, value_object[which])) return NAN;
    if (functions[which] != NULL) return functions[which](run, index);
    struct column c = present(run, which);
    if (c.value == NULL && run->reporting) c = counted_of_nodes(run, which);
    if (c.value == NULL && run->reporting) c = counted_of_links(run, which);
    int32_t place = c.value != NULL ? place_of(run, c.layout, index) : -1;
    if (place < 0) return NAN;
    double value = c.value[place * run->lanes];
    bool mean = which == TW_VALUE_OF_NODE_MEAN_DEPTH_M || which == TW_VALUE_OF_STORAGE_MEAN_M3;
    if (!mean) return value;
    double steps = reported_steps(run, 0);
    return steps > 0.0 ? value / steps : 0.0;
}

double tw_run_link_class_s(const tw_run *run, tw_link_id id, int32_t flow_class)
{
    bool known = id.index >= 0 && id.index < run->net->link_count && flow_class >= 0 &&
                 flow_class < TW_REPORT_FLOW_CLASSES;
    if (!known || !run->reporting || !is_conduit(run, id.index)) return NAN;
    return mode_times_of(run, run->net->row_of_link[id.index]).class_s[flow_class];
}

/* ---- what can be set ---- */

tw_status tw_run_set_link_setting(tw_run *run, tw_link_id id, double setting)
{
    if (id.index < 0 || id.index >= run->net->link_count || !(setting >= 0.0)) return TW_ERR_ARG;
    tw_link_kind kind = (tw_link_kind)run->model->links.kind[id.index];
    if (!isfinite(setting)) return TW_ERR_ARG;
    if (kind != TW_LINK_PUMP && setting > 1.0) return TW_ERR_ARG;
    int32_t row = run->net->row_of_link[id.index];
    for (int32_t at = row * run->lanes; at < (row + 1) * run->lanes; at++) {
        double old = run->hydraulics.link.setting[at];
        if (old != setting) {
            tw_control_note_setting(&run->control, id.index, at % run->lanes, old, setting,
                                    tw_run_elapsed_s(run));
        }
        run->hydraulics.link.target[at] = setting;
        run->hydraulics.link.setting[at] = setting;
    }
    return TW_OK;
}

tw_status tw_run_set_outfall_stage(tw_run *run, tw_node_id id, double stage_m)
{
    const struct tw_nodes *n = &run->model->nodes;
    if (id.index < 0 || id.index >= n->count || isinf(stage_m)) return TW_ERR_ARG;
    if (n->kind[id.index] != TW_NODE_OUTFALL) return TW_ERR_ARG;
    int32_t k = n->row[id.index];
    for (int32_t at = k * run->lanes; at < (k + 1) * run->lanes; at++) {
        run->hydraulics.outfall_held[at] = (uint8_t)!isnan(stage_m);
        if (!isnan(stage_m)) run->hydraulics.outfall_stage_m[at] = stage_m;
    }
    return TW_OK;
}

tw_status tw_run_hold_gage_rain(tw_run *run, tw_gage_id id, double rain_mmh)
{
    if (id.index < 0 || id.index >= run->model->gages.count) return TW_ERR_ARG;
    if (rain_mmh < 0.0 || isinf(rain_mmh)) return TW_ERR_ARG;
    if (run->options.outer_rain) return TW_ERR_STATE;
    for (int32_t at = id.index * run->lanes; at < (id.index + 1) * run->lanes; at++)
        run->hydrology.held_rain_mmh[at] = isnan(rain_mmh) ? TW_RAIN_OF_FILE : rain_mmh;
    return TW_OK;
}

/* ---- pollutants ---- */

/* Less flows in is none, as quality/ has it. */
static const double least_flow_m3s = 1e-10;

static bool has_pollutant(const struct tw_run *run, int32_t pollutant, int32_t element,
                          int32_t elements)
{
    return pollutant >= 0 && pollutant < run->model->quality.count && element >= 0 &&
           element < elements;
}

static size_t pollutant_at(const struct tw_run *run, int32_t element, int32_t pollutant)
{
    size_t count = (size_t)run->model->quality.count;
    return ((size_t)element * count + (size_t)pollutant) * (size_t)run->lanes;
}

double tw_run_subcatchment_concentration(const tw_run *run, tw_subcatchment_id id,
                                         int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->subcatchments.count)) return NAN;
    return run->quality.outlet[pollutant_at(run, id.index, pollutant)];
}

double tw_run_subcatchment_ponded(const tw_run *run, tw_subcatchment_id id, int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->subcatchments.count)) return NAN;
    return run->quality.ponded[pollutant_at(run, id.index, pollutant)];
}

double tw_run_subcatchment_buildup(const tw_run *run, tw_subcatchment_id id, int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->subcatchments.count)) return NAN;
    int32_t uses = run->model->quality.landuse_count;
    double sum = 0.0;
    for (int32_t u = 0; u < uses; u++)
        sum += run->quality.buildup[pollutant_at(run, id.index * uses + u, pollutant)];
    return sum;
}

static double mass_of(const struct tw_run *run, const double *masses, int32_t element,
                      int32_t pollutant)
{
    return masses[pollutant_at(run, element, pollutant)] *
           run->model->quality.pollutant[pollutant].file_mass;
}

double tw_run_subcatchment_mass(const tw_run *run, tw_subcatchment_id id, int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->subcatchments.count)) return NAN;
    return mass_of(run, run->quality.washed_mass, id.index, pollutant);
}

double tw_run_link_mass(const tw_run *run, tw_link_id id, int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->links.count)) return NAN;
    return mass_of(run, run->quality.link_mass, id.index, pollutant);
}

double tw_run_outfall_mass(const tw_run *run, tw_node_id id, int32_t pollutant)
{
    const struct tw_nodes *n = &run->model->nodes;
    if (!has_pollutant(run, pollutant, id.index, n->count)) return NAN;
    if (n->kind[id.index] != TW_NODE_OUTFALL) return NAN;
    return mass_of(run, run->quality.outfall_mass, n->row[id.index], pollutant);
}

double tw_run_node_mixed_concentration(const tw_run *run, tw_node_id id, int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->nodes.count)) return NAN;
    return run->quality.node_mixed[pollutant_at(run, id.index, pollutant)];
}

double tw_run_node_inflow_concentration(const tw_run *run, tw_node_id id, int32_t pollutant)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->nodes.count)) return NAN;
    bool treated = false;
    for (int32_t i = 0; i < run->model->quality.treatment_count; i++)
        treated = treated || run->model->quality.treatment[i].node == id.index;
    if (!treated) return 0.0;
    double flow = run->hydraulics.node.inflow_m3s[id.index * run->lanes];
    double load = run->quality.node_load[pollutant_at(run, id.index, pollutant)];
    return flow > least_flow_m3s ? load / flow : 0.0;
}

/* As the report has it: amounts below a thousandth do not count. */
static double quality_error(const struct tw_run *run, int32_t p)
{
    static const enum tw_network_mass in[] = {TW_NETWORK_DRY,      TW_NETWORK_WET,
                                              TW_NETWORK_GROUND,   TW_NETWORK_RDII,
                                              TW_NETWORK_EXTERNAL, TW_NETWORK_INITIAL},
                                      out[] = {TW_NETWORK_OUTFLOW, TW_NETWORK_FLOODING,
                                               TW_NETWORK_SEEPAGE, TW_NETWORK_REACTED};
    static const double least = 0.001;
    const struct tw_quality_model *m = &run->model->quality;
    const double *mass = run->quality.network_mass;
    double sum_in = 0.0, sum_out = tw_run_stored_mass(run, p, 0);
    for (size_t k = 0; k < sizeof in / sizeof in[0]; k++)
        sum_in += mass[pollutant_at(run, (int32_t)in[k], p)];
    for (size_t k = 0; k < sizeof out / sizeof out[0]; k++)
        sum_out += mass[pollutant_at(run, (int32_t)out[k], p)];
    if (m->pollutant[p].file_mass * fabs(sum_in - sum_out) < least) return 0.0;
    if (sum_in > 0.0) return 1.0 - sum_out / sum_in;
    return sum_out > 0.0 ? -1.0 : 0.0;
}

double tw_run_quality_error_ratio(const tw_run *run)
{
    double most = 0.0;
    for (int32_t p = 0; p < run->model->quality.count; p++) {
        double error = quality_error(run, p);
        if (fabs(error) > fabs(most)) most = error;
    }
    return most;
}

static tw_status put_concentration(struct tw_run *run, double *values, double *next, size_t at,
                                   double value)
{
    if (!(value >= 0.0) || isinf(value)) return TW_ERR_ARG;
    for (size_t l = 0; l < (size_t)run->lanes; l++)
        values[at + l] = next[at + l] = value;
    return TW_OK;
}

tw_status tw_run_set_node_concentration(tw_run *run, tw_node_id id, int32_t pollutant,
                                        double concentration)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->nodes.count)) return TW_ERR_ARG;
    size_t at = pollutant_at(run, id.index, pollutant);
    return put_concentration(run, run->quality.node, run->quality.node_set, at, concentration);
}

tw_status tw_run_set_link_concentration(tw_run *run, tw_link_id id, int32_t pollutant,
                                        double concentration)
{
    if (!has_pollutant(run, pollutant, id.index, run->model->links.count)) return TW_ERR_ARG;
    size_t at = pollutant_at(run, id.index, pollutant);
    return put_concentration(run, run->quality.link, run->quality.link_set, at, concentration);
}
