#include "engine/run_state.h"

#include "base/threads.h"
#include "hydraulics/constants.h"
#include "hydraulics/node_depth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ACTIONS = 100000 };

/* Everything that moves, one after the other; called to count and then to cut. */
static void lay_core(struct tw_run *run, int32_t lanes, struct tw_pool *state,
                     struct tw_pool *scratch)
{
    const struct tw_model *model = run->model;
    size_t w = (size_t)lanes;
    run->clock = TW_POOL_NEW(state, struct tw_run_clock, 1);
    run->sums = TW_POOL_NEW(state, struct tw_run_sums, w);
    run->outer_inflow_m3s = TW_POOL_NEW(state, double, (size_t)run->net->node_count *w);
    run->stage_cursor = TW_POOL_NEW(state, int32_t, model->outfalls.count);
    tw_hydrology_lay(&run->hydrology, model, lanes, state);
    tw_inflows_lay(&run->inflows, model, lanes, state);
    tw_rdii_lay(&run->rdii, model, lanes, state);
    tw_control_lay(&run->control, model, lanes, state);
    tw_hydraulics_lay(&run->hydraulics, model, run->net, lanes, state, scratch);
    tw_quality_lay(&run->quality, model, lanes, state);
    tw_run_lay_inlets(run, lanes, state);
    tw_run_lay_soaks(run, lanes, state);
}

/* What moves too, but only for results and the report. */
static void lay_report(struct tw_run *run, struct tw_pool *state)
{
    size_t pollutants = (size_t)run->model->quality.count;
    if (!run->reporting) return;
    tw_statistics_lay(&run->statistics, run->model, run->net, run->lanes, state);
    tw_run_lay_inlet_tallies(run, state);
    run->average_steps = TW_POOL_NEW(state, int64_t, 1);
    if (run->model->options.report_averages) {
        run->average = TW_POOL_NEW(state, double,
                                   (size_t)run->net->node_count *(6 + pollutants) +
                                       (size_t)run->net->link_count * (5 + pollutants));
    }
}

static bool semi_implicit(const struct tw_run *run)
{
    enum tw_run_routing wanted = run->options.routing;
    bool in_file = run->model->options.solver == TW_SOLVER_SEMI_IMPLICIT;
    if (run->model->options.routing != TW_ROUTING_DYNWAVE) return false;
    return wanted == TW_RUN_ROUTING_OF_FILE ? in_file : wanted == TW_RUN_ROUTING_SEMI_IMPLICIT;
}

/* The arrays of a core of so many lanes, noted in spans; returns its size, or 0 out of memory. */
static size_t map_core(struct tw_run *run, int32_t lanes, struct tw_pool_span **out_spans)
{
    struct tw_pool state = {0}, scratch = {0};
    lay_core(run, lanes, &state, &scratch);
    struct tw_pool_span *spans = TW_ARENA_NEW(&run->arena, struct tw_pool_span, state.span_count);
    if (spans == NULL) return 0;
    run->map.count = state.span_count;
    state = (struct tw_pool){.spans = spans, .span_room = state.span_count};
    scratch = (struct tw_pool){0};
    lay_core(run, lanes, &state, &scratch);
    *out_spans = spans;
    return state.used;
}

static tw_status allocate_state(struct tw_run *run)
{
    run->narrow_size = map_core(run, 1, &run->map.narrow);
    run->core_size = map_core(run, run->lanes, &run->map.wide);
    if (run->narrow_size == 0 || run->core_size == 0) return TW_ERR_NOMEM;
    struct tw_pool state = {0}, scratch = {0};
    lay_core(run, run->lanes, &state, &scratch);
    lay_report(run, &state);
    run->state_size = state.used;
    run->state = TW_ARENA_NEW(&run->arena, char, state.used);
    state = (struct tw_pool){.base = run->state};
    scratch = (struct tw_pool){.base = TW_ARENA_NEW(&run->arena, char, scratch.used)};
    if (state.base == NULL || scratch.base == NULL) return TW_ERR_NOMEM;
    lay_core(run, run->lanes, &state, &scratch);
    lay_report(run, &state);
    return TW_OK;
}

static void mark(bool *ruled, const struct tw_rule_operand *operand)
{
    if (operand->object == TW_RULE_LINK) ruled[operand->index] = true;
}

/* The links that rules look at or set: the others need not be shown to them. */
static tw_status find_ruled(struct tw_run *run)
{
    const struct tw_rules *rules = run->model->rules;
    int32_t links = run->net->link_count;
    bool *ruled = TW_ARENA_NEW(&run->arena, bool, links);
    run->ruled = TW_ARENA_NEW(&run->arena, int32_t, links);
    if (ruled == NULL || run->ruled == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; rules != NULL && i < rules->condition_count; i++) {
        mark(ruled, &rules->condition[i].left);
        mark(ruled, &rules->condition[i].right);
    }
    for (int32_t i = 0; rules != NULL && i < rules->variable_count; i++)
        mark(ruled, &rules->variable[i]);
    for (int32_t i = 0; rules != NULL && i < rules->action_count; i++)
        ruled[rules->action[i].link] = true;
    for (int32_t link = 0; link < links; link++) {
        if (ruled[link]) run->ruled[run->ruled_count++] = link;
    }
    return TW_OK;
}

static tw_status allocate(struct tw_run *run)
{
    TW_TRY(allocate_state(run));
    TW_TRY(find_ruled(run));
    size_t links = (size_t)run->net->link_count, w = (size_t)run->lanes, n = links * w;
    double *views = TW_ARENA_NEW(&run->arena, double, 5 * n + 3 * links);
    run->inflow_sums = TW_ARENA_NEW(&run->arena, struct tw_inflow_sums, w);
    run->wet_m3s = TW_ARENA_NEW(&run->arena, double, w);
    run->ground_m3s = TW_ARENA_NEW(&run->arena, double, w);
    run->failed = TW_ARENA_NEW(&run->arena, bool, w);
    bool none = run->inflow_sums == NULL || run->wet_m3s == NULL || run->ground_m3s == NULL;
    if (none || views == NULL || run->failed == NULL) return TW_ERR_NOMEM;
    run->view_flow = views;
    run->view_depth = views + n;
    run->view_velocity = views + 2 * n;
    run->view_setting = views + 3 * n;
    run->view_target = views + 4 * n;
    run->view_full_flow = views + 5 * n;
    run->view_full_depth = run->view_full_flow + links;
    run->view_slope = run->view_full_flow + 2 * links;
    if (semi_implicit(run)) TW_TRY(tw_semi_init(&run->hydraulics, &run->arena, &run->semi));
    return run->reporting ? tw_results_begin(run) : TW_OK;
}

/* Given values, or those of the model's file. */
static tw_status settle_options(struct tw_run *run, const tw_run_options *given)
{
    const struct tw_options *o = &run->model->options;
    tw_run_options *r = &run->options;
    *r = *given;
    bool moved = r->start_day > 0.0;
    if (!moved) r->start_day = o->start_day;
    if (!(r->end_day > 0.0)) r->end_day = o->end_day;
    if (!(r->report_start_day > 0.0)) {
        r->report_start_day = moved ? r->start_day : o->report_start_day;
    }
    if (!(r->report_step_s > 0.0)) r->report_step_s = o->report_step_s;
    run->routing = (struct tw_routing_options){
        .routing_step_s = r->routing_step_s > 0.0 ? r->routing_step_s : o->routing_step_s,
        .minimum_step_s = r->minimum_step_s > 0.0 ? r->minimum_step_s : o->minimum_step_s,
        .variable_step_factor = r->fixed_step ? 0.0 : o->variable_step_factor,
        .head_tolerance_m = r->head_tolerance_m > 0.0 ? r->head_tolerance_m : o->head_tolerance_m,
        .max_trials = r->max_trials > 0 ? r->max_trials : o->max_trials};
    bool sensible = isfinite(r->start_day) && isfinite(r->end_day) && r->end_day > r->start_day &&
                    r->report_step_s > 0.0 && run->routing.routing_step_s > 0.0 &&
                    run->routing.max_trials > 0 && r->threads >= 0 && r->threads <= TW_THREADS_MOST;
    return sensible ? TW_OK : TW_ERR_ARG;
}

/* Threads wait for loops that are worth it: a small network has none and takes no threads. */
static tw_status start_threads(struct tw_run *run)
{
    int32_t wanted = run->options.threads;
    if (wanted == 0) {
        int32_t processors = tw_threads_processors();
        wanted = run->model->options.threads;
        if (wanted > processors) wanted = processors;
        if (wanted > TW_THREADS_MOST) wanted = TW_THREADS_MOST;
    }
    if (wanted < 2 || !tw_threads_worth(run->net->link_count * run->lanes, TW_CONDUIT_NS)) {
        return TW_OK;
    }
    TW_TRY(tw_threads_create(wanted, &run->threads));
    run->hydrology.threads = run->threads;
    run->hydraulics.threads = run->threads;
    run->statistics.threads = run->threads;
    return TW_OK;
}

/* The results file's header says when the report period before the first one was. */
static double header_day(const struct tw_run *run)
{
    double step = run->options.report_step_s / 86400.0, start = run->options.start_day;
    if (start + step > run->options.report_start_day) return start;
    return start + (floor((run->options.report_start_day - start) / step) - 1.0) * step;
}

/* Where the report finds its series. */
static tw_status place_series(struct tw_run *run)
{
    const tw_run_options *o = &run->options;
    char name[4096];
    if (!o->report_series || o->report_path == NULL) return TW_OK;
    int length = snprintf(name, sizeof name, "%s%s",
                          o->results_path != NULL ? o->results_path : o->report_path,
                          o->results_path != NULL ? "" : ".series");
    if (length < 0 || (size_t)length >= sizeof name) return TW_ERR_FILE;
    run->series_path = tw_arena_text(&run->arena, name, (size_t)length);
    return run->series_path != NULL ? TW_OK : TW_ERR_NOMEM;
}

static tw_status open_files(struct tw_run *run)
{
    const tw_run_options *o = &run->options;
    if (o->report_path != NULL) {
        run->report_path = tw_arena_text(&run->arena, o->report_path, strlen(o->report_path));
        if (run->report_path == NULL) return TW_ERR_NOMEM;
        if (run->model->options.report_controls) {
            run->actions = TW_ARENA_NEW(&run->arena, struct tw_report_action, MOST_ACTIONS);
            if (run->actions == NULL) return TW_ERR_NOMEM;
            run->action_room = MOST_ACTIONS;
        }
    }
    TW_TRY(place_series(run));
    const char *results = o->results_path != NULL ? o->results_path : run->series_path;
    if (results == NULL) return TW_OK;
    TW_TRY(tw_out_open(run->model, results, header_day(run), o->report_step_s, &run->out));
    return run->threads != NULL ? tw_out_write_by_thread(run->out) : TW_OK;
}

/* What rules may ask of links and what never changes. */
static void set_fixed_views(struct tw_run *run)
{
    const struct tw_network *net = run->net;
    for (int32_t row = 0; row < net->link_count; row++) {
        int32_t link = net->link_of_row[row], section = run->model->links.xsect[link];
        if (section >= 0) run->view_full_depth[link] = net->xsects[section].full_depth_m;
        if (row >= net->conduit_count) continue;
        run->view_full_flow[link] = net->conduit.full_flow_m3s[row] * net->conduit.barrels[row];
        run->view_slope[link] = net->conduit.slope_ratio[row];
    }
}

/* Without routing even conduits' film of water is not there, as in SWMM. */
static void empty_links(struct tw_run *run)
{
    struct tw_link_state *s = &run->hydraulics.link;
    double *const arrays[] = {s->depth_m, s->old_depth_m, s->volume_m3, s->old_volume_m3};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        memset(arrays[k], 0, (size_t)(run->net->link_count * run->lanes) * sizeof(double));
}

/* Whole seconds; those of the file as SWMM has them. */
static double duration_s(const struct tw_run *run)
{
    static const double short_s = 1e-4; /* rounding of days since 1899 */
    const tw_run_options *o = &run->options;
    const struct tw_options *of_file = &run->model->options;
    if (o->start_day == of_file->start_day && o->end_day == of_file->end_day &&
        of_file->duration_s > 0.0)
        return of_file->duration_s;
    return floor((o->end_day - o->start_day) * 86400.0 + short_s);
}

static void begin(struct tw_run *run)
{
    const tw_run_options *o = &run->options;
    double total_s = duration_s(run);
    *run->clock = (struct tw_run_clock){.start_day = o->start_day,
                                        .end_ms = 1000.0 * total_s,
                                        .report_ms = 1000.0 * o->report_step_s,
                                        .least_step_s = INFINITY,
                                        .between_events = run->model->events.count > 0};
    run->hydrology.outer_rain = o->outer_rain;
    run->hydrology.fixed_step = o->fixed_step;
    run->hydrology.node_depth_m = run->hydraulics.node.depth_m;
    run->hydrology.node_inflow_m3s = run->hydraulics.node.inflow_m3s;
    run->hydrology.node_volume_m3 = run->hydraulics.node.volume_m3;
    tw_hydrology_begin(&run->hydrology, o->start_day);
    tw_inflows_begin(&run->inflows, o->start_day);
    tw_rdii_begin(&run->rdii, o->start_day);
    tw_control_begin(&run->control, o->start_day);
    tw_run_begin_inlets(run);
    tw_run_begin_soaks(run);
    tw_run_set_outfall_stages(run);
    tw_hydraulics_begin(&run->hydraulics);
    if (run->model->options.ignore_routing) empty_links(run);
    tw_quality_begin(&run->quality, o->start_day, run->hydraulics.node.depth_m,
                     run->hydraulics.link.depth_m, run->net->row_of_link);
    tw_run_begin_pollutant_balance(run);
    tw_run_begin_ponded(run);
    if (run->reporting) {
        tw_statistics_begin(&run->statistics, &run->hydraulics, o->start_day, o->report_start_day);
    }
    for (int32_t l = 0; l < run->lanes; l++) {
        if (run->semi != NULL) (void)tw_semi_adopt(run->semi, &run->hydraulics, l);
        run->sums[l].initial_m3 = tw_balance_network_m3(run, l);
    }
    set_fixed_views(run);
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    run->wall_start = (long long)now.tv_sec;
    run->wall_start_s = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

tw_status tw_run_create(const tw_model *model, const tw_run_options *options, tw_run **out_run)
{
    if (model == NULL || options == NULL || out_run == NULL) return TW_ERR_ARG;
    return tw_run_create_lanes(model, options, 1, out_run);
}

tw_status tw_run_create_lanes(const tw_model *model, const tw_run_options *options, int32_t lanes,
                              tw_run **out_run)
{
    bool files =
        options->results_path != NULL || options->report_path != NULL || options->save_files;
    if (lanes > 1 && files) return TW_ERR_ARG;
    struct tw_run *run = calloc(1, sizeof *run);
    if (run == NULL) return TW_ERR_NOMEM;
    run->model = model;
    run->net = model->network;
    run->lanes = lanes;
    run->reporting = files;
    tw_arena_init(&run->arena);
    tw_status status = settle_options(run, options);
    if (status == TW_OK) status = allocate(run);
    if (status == TW_OK) status = start_threads(run);
    if (status == TW_OK) status = open_files(run);
    if (status != TW_OK) {
        tw_run_destroy(run);
        return status;
    }
    begin(run);
    status = tw_run_open_saves(run);
    if (status != TW_OK) {
        tw_run_destroy(run);
        return status;
    }
    *out_run = run;
    return TW_OK;
}

void tw_run_destroy(tw_run *run)
{
    if (run == NULL) return;
    tw_out_abandon(run->out);
    tw_run_abandon_saves(run);
    tw_threads_destroy(run->threads);
    tw_arena_done(&run->arena);
    free(run);
}

tw_status tw_run_step(tw_run *run)
{
    if (tw_run_finished(run)) return TW_ERR_STATE;
    return tw_run_take_step(run, run->clock->end_ms);
}

tw_status tw_run_advance(tw_run *run, double until_s)
{
    if (!(until_s >= 0.0)) return TW_ERR_ARG;
    double until_ms = round(1000.0 * until_s);
    if (until_ms > run->clock->end_ms) until_ms = run->clock->end_ms;
    while (run->clock->elapsed_ms < until_ms)
        TW_TRY(tw_run_take_step(run, until_ms));
    return TW_OK;
}

tw_status tw_run_end(tw_run *run)
{
    if (run->ended) return TW_ERR_STATE;
    run->ended = true;
    tw_status status = TW_OK;
    if (run->out != NULL) {
        tw_out *out = run->out;
        run->out = NULL;
        status = tw_out_close(out);
    }
    if (status == TW_OK) status = tw_run_end_saves(run);
    if (status == TW_OK && run->report_path != NULL) status = tw_results_report(run);
    if (run->series_path != NULL && run->options.results_path == NULL)
        (void)remove(run->series_path);
    return status;
}

bool tw_run_finished(const tw_run *run) { return run->clock->elapsed_ms >= run->clock->end_ms; }

double tw_run_elapsed_s(const tw_run *run) { return run->clock->elapsed_ms / 1000.0; }

double tw_run_day(const tw_run *run)
{
    return run->clock->start_day + run->clock->elapsed_ms / 86400000.0;
}
