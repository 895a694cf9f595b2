/* How water moves, in the order in which it does. */
#include "engine/run_state.h"

#include "hydraulics/regulators.h"
#include "hydraulics/storage_losses.h"
#include "hydraulics/tree_route.h"
#include "hydrology/climate.h"
#include "num/series.h"
#include "num/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Length of the next routing step [ms]: what the hydraulics allow, cut at the next rules, at the
 * caller's time and at the end. */
static double next_step_ms(struct tw_run *run, double until_ms)
{
    const struct tw_options *o = &run->model->options;
    const struct tw_run_clock *clock = run->clock;
    double step_s = run->routing.routing_step_s;
    enum tw_between between = TW_BETWEEN_NOT;
    if (run->net->link_count > 0 && !o->ignore_routing) between = tw_run_between_step(run, &step_s);
    if (o->ignore_routing) {
        step_s = o->wet_step_s < o->report_step_s ? o->wet_step_s : o->report_step_s;
    } else if (between == TW_BETWEEN_NOT && run->net->link_count > 0 && run->semi == NULL &&
               run->model->options.routing == TW_ROUTING_DYNWAVE) {
        step_s = tw_dynwave_next_step_s(&run->hydraulics, &run->routing);
    }
    double step_ms = 1000.0 * step_s;
    bool cut = !o->ignore_routing && run->net->link_count > 0 && between != TW_BETWEEN_FIXED;
    if (run->semi != NULL && !run->control.active)
        cut = false; /* SWMM's methods: also without rules */
    if (cut && o->rule_step_s > 0.0) {
        double to_rule_ms = clock->rule_ms - clock->elapsed_ms;
        if (to_rule_ms < 1.0) to_rule_ms = 1000.0 * o->rule_step_s; /* rules are due now */
        if (to_rule_ms < step_ms) step_ms = to_rule_ms;
    }
    double end_ms = until_ms < clock->end_ms ? until_ms : clock->end_ms;
    if (clock->elapsed_ms + step_ms > end_ms) step_ms = end_ms - clock->elapsed_ms;
    return step_ms < 1.0 ? 1.0 : step_ms;
}

/* Rain, runoff and the climate up to the end of the step. */
static void advance_runoff(struct tw_run *run, double next_ms)
{
    struct tw_hydrology *h = &run->hydrology;
    if (!h->active) {
        tw_hydrology_set_climate(h, next_ms);
        return;
    }
    while (h->clock->new_runoff_ms < next_ms) {
        tw_hydrology_step(h, run->clock->end_ms);
        tw_run_surface_pollutants(run);
        tw_run_save_runoff(run);
        tw_run_save_lid_rows(run);
    }
}

/* Pumps start and stop by the depth at their inlet. */
static void set_pump_targets(struct tw_run *run)
{
    const struct tw_model *model = run->model;
    struct tw_hydraulics *h = &run->hydraulics;
    for (int32_t k = 0; k < model->pumps.count; k++) {
        int32_t row = run->net->row_of_link[model->pumps.link[k]], node = run->net->from[row];
        for (int32_t l = 0; l < run->lanes; l++) {
            int32_t at = row * run->lanes + l;
            double depth = h->node.depth_m[node * run->lanes + l];
            h->link.target[at] = tw_pump_setting_by_depth(model, k, depth, h->link.setting[at]);
        }
    }
}

/* Rules see links in the model's order; routing has them in rows. */
static void show_links(struct tw_run *run)
{
    const struct tw_link_state *s = &run->hydraulics.link;
    int32_t w = run->lanes;
    for (int32_t k = 0; k < run->ruled_count; k++) {
        int32_t row = run->net->row_of_link[run->ruled[k]];
        for (int32_t l = 0; l < w; l++) {
            int32_t at = row * w + l, to = run->ruled[k] * w + l;
            run->view_flow[to] = s->flow_m3s[at];
            run->view_depth[to] = s->depth_m[at];
            run->view_setting[to] = s->setting[at];
            run->view_target[to] = s->target[at];
            run->view_velocity[to] =
                tw_network_velocity_mps(run->net, row, s->flow_m3s[at], s->depth_m[at]);
        }
    }
}

static void keep_actions(struct tw_run *run, const struct tw_control_change *changes, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        if (changes[i].modulated || run->action_count == run->action_room) continue;
        run->actions[run->action_count++] = (struct tw_report_action){.day = tw_run_day(run),
                                                                      .link = changes[i].link,
                                                                      .setting = changes[i].target,
                                                                      .rule = changes[i].rule};
    }
}

/* Control rules set targets. */
static void evaluate_rules(struct tw_run *run, double step_s)
{
    enum { ROOM = 64 };
    struct tw_run_clock *clock = run->clock;
    double rule_step_ms = 1000.0 * run->model->options.rule_step_s;
    if (rule_step_ms > 0.0) {
        if (clock->elapsed_ms < clock->rule_ms - 0.5) return;
        clock->rule_ms = clock->elapsed_ms + rule_step_ms;
    }
    if (!run->control.active) return;
    show_links(run);
    struct tw_hydraulics *h = &run->hydraulics;
    struct tw_control_view view = {.lanes = run->lanes,
                                   .start_day = clock->start_day,
                                   .elapsed_s = clock->elapsed_ms / 1000.0,
                                   .step_s = step_s,
                                   .node_depth_m = h->node.depth_m,
                                   .node_volume_m3 = h->node.volume_m3,
                                   .node_lateral_m3s = h->node.lateral_m3s,
                                   .link_flow_m3s = run->view_flow,
                                   .link_depth_m = run->view_depth,
                                   .link_velocity_mps = run->view_velocity,
                                   .link_setting = run->view_setting,
                                   .gage_rain_mmh = run->hydrology.gage_rain_mmh,
                                   .past_rain_mm = run->hydrology.past_rain_mm,
                                   .link_full_flow_m3s = run->view_full_flow,
                                   .link_full_depth_m = run->view_full_depth,
                                   .link_slope_ratio = run->view_slope};
    struct tw_control_change changes[ROOM];
    int32_t n = tw_control_step(&run->control, &view, run->view_target, changes, ROOM);
    if (run->actions != NULL) keep_actions(run, changes, n < ROOM ? n : ROOM);
    for (int32_t k = 0; k < run->ruled_count; k++) {
        int32_t link = run->ruled[k];
        for (int32_t l = 0; l < run->lanes; l++) {
            int32_t at = run->net->row_of_link[link] * run->lanes + l;
            h->link.target[at] = run->view_target[link * run->lanes + l];
        }
    }
}

/* Settings follow their targets, gates as fast as they move. True when one moved. */
static bool move_settings(struct tw_run *run, double step_s)
{
    bool moved = false;
    struct tw_link_state *s = &run->hydraulics.link;
    for (int32_t at = 0; at < run->net->link_count * run->lanes; at++) {
        if (s->target[at] == s->setting[at]) continue;
        int32_t link = run->net->link_of_row[at / run->lanes];
        tw_control_note_setting(&run->control, link, at % run->lanes, s->setting[at], s->target[at],
                                tw_run_elapsed_s(run));
        s->setting[at] =
            tw_link_setting_advance(run->model, link, s->setting[at], s->target[at], step_s);
        moved = true;
    }
    return moved;
}

static void add_rdii_flow(struct tw_run *run, int32_t node, int32_t lane, double flow)
{
    run->hydraulics.node.lateral_m3s[node * run->lanes + lane] += flow;
    run->sums[lane].rates.rdii_m3s += flow;
}

/* Flows of an RDII file take the place of those of the unit hydrographs. */
static void add_rdii_file(struct tw_run *run, double at_ms)
{
    const struct tw_interface_flows *f = run->model->files.rdii;
    int64_t time = tw_inflows_rdii_time(&run->inflows, at_ms);
    for (int32_t i = 0; time >= 0 && i < f->node_count; i++) {
        double flow = tw_inflows_rdii_flow(&run->inflows, time, i);
        for (int32_t l = 0; f->node[i] >= 0 && l < run->lanes; l++)
            add_rdii_flow(run, f->node[i], l, flow);
    }
}

static void add_rdii(struct tw_run *run, double at_ms)
{
    const struct tw_rdii_model *m = &run->model->rdii;
    if (run->model->files.rdii != NULL) {
        add_rdii_file(run, at_ms);
        return;
    }
    tw_run_save_rdii(run, at_ms);
    tw_rdii_advance(&run->rdii, at_ms, run->options.outer_rain, run->hydrology.gage_rain_mmh,
                    run->hydrology.gage_factor);
    for (int32_t i = 0; i < m->node_count; i++) {
        for (int32_t l = 0; l < run->lanes; l++)
            add_rdii_flow(run, m->node[i].node, l, tw_rdii_flow_m3s(&run->rdii, i, l));
    }
}

/* What flows into nodes from outside. As SWMM has it: flows that the file states are those of the
 * step's beginning, runoff is that of its end. */
static void add_lateral_inflows(struct tw_run *run)
{
    struct tw_hydraulics *h = &run->hydraulics;
    int32_t n = run->net->node_count * run->lanes;
    /* a long step gets its mean */
    double ms = run->semi == NULL ? run->clock->old_ms
                                  : 0.5 * (run->clock->old_ms + run->clock->elapsed_ms);
    double *lateral = h->node.lateral_m3s;
    memcpy(h->node.old_lateral_m3s, lateral, (size_t)n * sizeof *lateral);
    memcpy(lateral, run->outer_inflow_m3s, (size_t)n * sizeof *lateral);
    tw_inflows_add(&run->inflows, ms, lateral, run->inflow_sums);
    for (int32_t l = 0; l < run->lanes; l++) {
        struct tw_flow_rates *r = &run->sums[l].rates;
        const struct tw_inflow_sums *sums = &run->inflow_sums[l];
        /* what is drawn from nodes leaves the network, as SWMM counts it */
        *r = (struct tw_flow_rates){.dry_m3s = sums->dry_m3s,
                                    .external_m3s = sums->external_m3s,
                                    .outflow_m3s = sums->drawn_m3s};
        for (int32_t i = 0; i < run->net->node_count; i++) {
            double outer = run->outer_inflow_m3s[i * run->lanes + l];
            *(outer < 0.0 ? &r->outflow_m3s : &r->external_m3s) += fabs(outer);
        }
    }
    add_rdii(run, ms);
    if (!run->hydrology.active) return;
    tw_hydrology_node_inflow(&run->hydrology, ms, lateral, run->wet_m3s, run->ground_m3s);
    for (int32_t l = 0; l < run->lanes; l++) {
        run->sums[l].rates.wet_m3s = run->wet_m3s[l];
        run->sums[l].rates.ground_m3s = run->ground_m3s[l];
    }
}

static double stage_of_series(struct tw_run *run, int32_t outfall, double days)
{
    const struct tw_tables *t = &run->model->series;
    int32_t series = run->model->outfalls.table[outfall], first = t->first[series];
    double start_day = run->clock->start_day;
    double day = start_day + days - tw_series_shift_days(run->model, series, start_day);
    return tw_series_at(t->x + first, t->y + first, t->first[series + 1] - first, day, true,
                        &run->stage_cursor[outfall]);
}

void tw_run_set_outfall_stages(struct tw_run *run)
{
    const struct tw_model *model = run->model;
    const struct tw_outfalls *o = &model->outfalls;
    double days = run->clock->elapsed_ms / 86400000.0;
    /* SWMM counts the hours of a tide from the run's start, whatever the time of day is then */
    double tide_days = model->options.strict ? run->clock->start_day + days : days;
    for (int32_t i = 0; i < o->count; i++) {
        double stage = o->stage_m[i];
        if (o->kind[i] == TW_OUTFALL_TIDAL) {
            const struct tw_tables *t = &model->curves;
            int32_t first = t->first[o->table[i]];
            struct tw_points tide = {
                .x = t->x + first, .y = t->y + first, .count = t->first[o->table[i] + 1] - first};
            double hour = 24.0 * (tide_days - floor(tide_days));
            stage = tw_points_at(tide, (model->options.strict ? 0.0 : tide.x[0]) + hour);
        } else if (o->kind[i] == TW_OUTFALL_SERIES) {
            stage = o->series_to_m[i] * stage_of_series(run, i, days);
        }
        for (int32_t at = i * run->lanes; at < (i + 1) * run->lanes; at++) {
            if (!run->hydraulics.outfall_held[at]) run->hydraulics.outfall_stage_m[at] = stage;
        }
    }
}

/* A step of the semi-implicit method, and what it books beside flows. */
static void step_semi(struct tw_run *run, double step_s)
{
    struct tw_semi_booking booking[8] = {0};
    tw_semi_step(run->semi, &run->hydraulics, &run->routing, step_s, booking);
    for (int32_t l = 0; l < run->lanes; l++) {
        run->sums[l].nudged_m3 += booking[l].adopted_m3;
        run->sums[l].rates.external_m3s += booking[l].withheld_m3s;
    }
}

/* The sum of values is finite when all of them are; eight sums side by side are a vector. */
static bool sum_finite(int32_t n, const double *restrict x)
{
    enum { SUMS = 8 };
    double sum[SUMS] = {0};
    int32_t whole = n / SUMS * SUMS;
    for (int32_t i = 0; i < whole; i += SUMS) {
        for (int32_t k = 0; k < SUMS; k++)
            sum[k] += x[i + k];
    }
    for (int32_t i = whole; i < n; i++)
        sum[0] += x[i];
    double all = 0.0;
    for (int32_t k = 0; k < SUMS; k++)
        all += sum[k];
    return isfinite(all);
}

/* A flow or a depth that is no number any more must not spread. */
static bool all_finite(const struct tw_run *run)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    return sum_finite(run->net->node_count * run->lanes, h->node.depth_m) &&
           sum_finite(run->net->link_count * run->lanes, h->link.flow_m3s);
}

static bool lane_finite(const struct tw_run *run, int32_t lane)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    double sum = 0.0;
    for (int32_t i = 0; i < run->net->node_count; i++)
        sum += h->node.depth_m[i * run->lanes + lane];
    for (int32_t i = 0; i < run->net->link_count; i++)
        sum += h->link.flow_m3s[i * run->lanes + lane];
    return isfinite(sum);
}

/* Lanes that are not finite any more are told, and go on as a copy of one that is, so that they
 * neither spread nor set the step. */
tw_status tw_run_replace_failed(struct tw_run *run)
{
    int32_t sound = -1;
    for (int32_t l = 0; l < run->lanes; l++) {
        if (!lane_finite(run, l)) run->failed[l] = true;
        if (!run->failed[l]) sound = l;
    }
    if (sound < 0) return TW_ERR_NUMERIC;
    for (int32_t l = 0; l < run->lanes; l++) {
        if (run->failed[l]) tw_state_lane_copy(run, l, sound);
    }
    return TW_OK;
}

/* Inflows, and what the network makes of them; it may be left alone while it is steady. */
static void route(struct tw_run *run, double step_s, bool may_skip, double flow_error_ratio)
{
    struct tw_hydraulics *h = &run->hydraulics;
    add_lateral_inflows(run);
    tw_run_move_inlets(run);
    tw_run_node_pollutants(run, run->clock->old_ms);
    tw_run_set_outfall_stages(run);
    h->evaporation_mps = tw_hydrology_evaporation_mps(&run->hydrology);
    h->soil_ratio = run->hydrology.clock->weather.conductivity_ratio;
    if (run->net->link_count == 0) {
        tw_dynwave_rest(h);
    } else if (!may_skip || !tw_run_stands_still(run, flow_error_ratio)) {
        tw_run_soak_storages(run, step_s);
        tw_losses_advance(h, step_s);
        if (run->model->options.routing != TW_ROUTING_DYNWAVE) {
            tw_tree_step(h, step_s);
        } else if (run->semi == NULL) {
            tw_dynwave_step(h, &run->routing, step_s);
        } else {
            step_semi(run, step_s);
        }
    }
    tw_run_route_pollutants(run, step_s);
    tw_balance_set_rates(run, step_s);
}

tw_status tw_run_take_step(struct tw_run *run, double until_ms)
{
    struct tw_run_clock *clock = run->clock;
    struct tw_hydraulics *h = &run->hydraulics;
    double step_ms = next_step_ms(run, until_ms), step_s = step_ms / 1000.0;
    bool skips = run->model->options.skip_steady_state && run->lanes == 1, moved = false;
    skips = skips && !run->options.fixed_step; /* a group of lanes cannot, so nor does a run */
    skips = skips && run->semi == NULL;
    double flow_error_ratio = skips ? tw_run_flow_error_ratio(run) : 0.0;
    advance_runoff(run, clock->elapsed_ms + step_ms);
    if (run->semi == NULL) tw_balance_half_step(run, step_s);
    if (!run->model->options.ignore_routing) {
        set_pump_targets(run);
        evaluate_rules(run, step_s);
        moved = move_settings(run, step_s);
    }
    clock->old_ms = clock->elapsed_ms;
    clock->elapsed_ms += step_ms;
    bool between = !run->model->options.ignore_routing && tw_run_is_between_events(run);
    if (between) {
        tw_run_rest_between(run);
    } else if (run->model->options.ignore_routing) {
        tw_dynwave_rest(h); /* as in SWMM, nothing comes into nodes then */
    } else {
        route(run, step_s, skips && !moved, flow_error_ratio);
    }
    /* rates of the semi-implicit method are means over the step, others those at its end */
    if (run->semi != NULL) tw_balance_half_step(run, step_s);
    tw_balance_half_step(run, step_s);
    if (!between && step_s < clock->least_step_s) clock->least_step_s = step_s;
    if (!between && step_s > clock->most_step_s) clock->most_step_s = step_s;
    if (!all_finite(run)) TW_TRY(tw_run_replace_failed(run));
    if (!run->reporting) return TW_OK;
    if (!between) tw_statistics_step(&run->statistics, h, step_s, tw_run_day(run));
    return tw_results_step(run);
}
