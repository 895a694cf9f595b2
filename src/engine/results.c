/* Values at report times for the results file, and the report. A value lies between those of the
 * two routing times around the report time; with AVERAGES it is the mean over the steps since the
 * report before. */
#include "engine/run_state.h"

#include "hydraulics/constants.h"
#include "hydraulics/xsect.h"
#include "thalweg/time.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { NODE_VALUES = 6, LINK_VALUES = 5 };

tw_status tw_results_begin(struct tw_run *run)
{
    struct tw_run_values *v = &run->values;
    v->subcatchment_width = TW_SUBCATCHMENT_VALUES + run->model->quality.count;
    v->node_width = NODE_VALUES + run->model->quality.count;
    v->link_width = LINK_VALUES + run->model->quality.count;
    v->subcatchment =
        TW_ARENA_NEW(&run->arena, double, run->model->subcatchments.count * v->subcatchment_width);
    v->node = TW_ARENA_NEW(&run->arena, double, run->net->node_count * v->node_width);
    v->link = TW_ARENA_NEW(&run->arena, double, run->net->link_count * v->link_width);
    return v->subcatchment && v->node && v->link ? TW_OK : TW_ERR_NOMEM;
}

static double between(double old, double now, double f) { return (1.0 - f) * old + f * now; }

static void node_values(const struct tw_run *run, int32_t i, double f, double out[NODE_VALUES])
{
    const struct tw_node_state *s = &run->hydraulics.node;
    int32_t at = i * run->lanes;
    out[0] = between(s->old_depth_m[at], s->depth_m[at], f);
    out[1] = run->model->nodes.invert_m[i] + out[0];
    out[2] = between(s->old_volume_m3[at], s->volume_m3[at], f);
    out[3] = between(s->old_lateral_m3s[at], s->lateral_m3s[at], f);
    out[4] = between(s->old_inflow_m3s[at], s->inflow_m3s[at], f);
    out[5] = s->overflow_m3s[at];
}

static void link_values(const struct tw_run *run, int32_t link, double f, double out[LINK_VALUES])
{
    const struct tw_link_state *s = &run->hydraulics.link;
    int32_t row = run->net->row_of_link[link], at = row * run->lanes;
    double q = between(s->old_flow_m3s[at], s->flow_m3s[at], f);
    bool switched = s->old_flow_m3s[at] * s->flow_m3s[at] == 0.0;
    if (run->model->links.kind[link] == TW_LINK_PUMP && switched) {
        q = f >= 0.5 ? s->flow_m3s[at] : s->old_flow_m3s[at];
    }
    double y = between(s->old_depth_m[at], s->depth_m[at], f);
    out[0] = q;
    out[1] = y;
    out[2] = tw_network_velocity_mps(run->net, row, q, y);
    out[3] = between(s->old_volume_m3[at], s->volume_m3[at], f);
    /* a dummy conduit has no section that could fill */
    out[4] = run->model->links.kind[link] == TW_LINK_CONDUIT ? 0.0 : s->setting[at];
    if (row < run->net->conduit_count) {
        const struct tw_xsect *x = &run->net->xsects[run->net->conduit.section[row]];
        out[4] = tw_xsect_area(x, y) / x->full_area_m2;
    }
}

/* Concentrations of an element, between both ends of the step. */
static void concentrations(const struct tw_run *run, int32_t element, const double *old,
                           const double *now, double f, double *out)
{
    int32_t count = run->model->quality.count;
    for (int32_t p = 0; p < count; p++) {
        int32_t at = (element * count + p) * run->lanes;
        out[p] = between(old[at], now[at], f);
    }
}

/* Where there is no runoff there is no concentration either. */
static void report_washoff(struct tw_run *run)
{
    const struct tw_hydrology_clock *clock = run->hydrology.clock;
    double span = clock->new_runoff_ms - clock->old_runoff_ms;
    double f = span > 0.0 ? (run->clock->report_ms - clock->old_runoff_ms) / span : 1.0;
    for (int32_t i = 0; i < run->model->subcatchments.count; i++) {
        double *values = &run->values.subcatchment[i * run->values.subcatchment_width];
        double *washoff = values + TW_SUBCATCHMENT_VALUES;
        concentrations(run, i, run->quality.old_outlet, run->quality.outlet, f, washoff);
        for (int32_t p = 0; p < run->model->quality.count; p++)
            washoff[p] = values[TW_VALUE_RUNOFF] == 0.0 ? 0.0 : washoff[p];
    }
}

static void set_network_values(struct tw_run *run, double f)
{
    for (int32_t i = 0; i < run->net->node_count; i++) {
        double *values = &run->values.node[i * run->values.node_width];
        node_values(run, i, f, values);
        concentrations(run, i, run->quality.old_node, run->quality.node, f, values + NODE_VALUES);
    }
    for (int32_t i = 0; i < run->net->link_count; i++) {
        double *values = &run->values.link[i * run->values.link_width];
        link_values(run, i, f, values);
        concentrations(run, i, run->quality.old_link, run->quality.link, f, values + LINK_VALUES);
    }
}

/* Means since the last report take the place of the values at its time, but for settings of pumps and
 * regulators. */
static void set_average_values(struct tw_run *run)
{
    int64_t nodes = (int64_t)run->net->node_count * run->values.node_width;
    int64_t links = (int64_t)run->net->link_count * run->values.link_width;
    double steps = *run->average_steps > 0 ? (double)*run->average_steps : 1.0;
    for (int64_t i = 0; i < nodes; i++) {
        run->values.node[i] = run->average[i] / steps;
        run->average[i] = 0.0;
    }
    for (int64_t i = 0; i < links; i++) {
        run->values.link[i] = run->average[nodes + i] / steps;
        run->average[nodes + i] = 0.0;
    }
    for (int32_t i = 0; i < run->net->link_count; i++) {
        if (run->model->links.kind[i] == TW_LINK_CONDUIT) continue;
        int32_t at = run->net->row_of_link[i] * run->lanes;
        run->values.link[i * run->values.link_width + 4] = run->hydraulics.link.setting[at];
    }
    *run->average_steps = 0;
}

static void add_to_average(struct tw_run *run)
{
    set_network_values(run, 1.0);
    int64_t nodes = (int64_t)run->net->node_count * run->values.node_width;
    int64_t links = (int64_t)run->net->link_count * run->values.link_width;
    for (int64_t i = 0; i < nodes; i++)
        run->average[i] += run->values.node[i];
    for (int64_t i = 0; i < links; i++)
        run->average[nodes + i] += run->values.link[i];
    ++*run->average_steps;
}

/* Evaporation from the ground counts in the system's, not in its subcatchment's: as SWMM has it. */
static double ground_evaporation_mmday(const struct tw_run *run, int32_t subcatchment)
{
    int32_t row = tw_ground_row(run->model, subcatchment);
    return row < 0 ? 0.0 : run->hydrology.ground.evaporation_mps[row * run->lanes] * 8.64e7;
}

/* What the network holds between both ends of the step: SWMM sums up what it tells of the elements. */
static double stored_m3(const struct tw_run *run, double f)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    double sum = 0.0;
    for (int32_t i = 0; i < run->net->node_count; i++) {
        int32_t at = i * run->lanes;
        sum += between(h->node.old_volume_m3[at], h->node.volume_m3[at], f);
    }
    for (int32_t i = 0; i < run->net->link_count; i++) {
        int32_t at = i * run->lanes;
        sum += between(h->link.old_volume_m3[at], h->link.volume_m3[at], f);
    }
    return sum;
}

/* Sums and means over the whole system, in the order of SWMM's results file. */
static void set_system_values(struct tw_run *run, double f)
{
    enum {
        TEMPERATURE,
        RAIN,
        SNOW,
        INFILTRATION,
        RUNOFF,
        DRY,
        GROUND,
        RDII,
        EXTERNAL,
        LATERAL,
        FLOODING,
        OUTFLOW,
        STORAGE,
        EVAPORATION,
        PET
    };
    const struct tw_flow_rates *r = &run->sums[0].rates;
    double *s = run->values.system, area = 0.0;
    for (int k = 0; k < 15; k++)
        s[k] = 0.0;
    for (int32_t i = 0; i < run->model->subcatchments.count; i++) {
        const double *v = &run->values.subcatchment[i * run->values.subcatchment_width];
        double a = run->model->subcatchments.area_m2[i];
        s[RAIN] += v[TW_VALUE_RAIN] * a;
        s[SNOW] += v[TW_VALUE_SNOW] * a;
        s[INFILTRATION] += v[TW_VALUE_INFILTRATION] * a;
        s[EVAPORATION] += (v[TW_VALUE_EVAPORATION] + ground_evaporation_mmday(run, i)) * a;
        s[RUNOFF] += v[TW_VALUE_RUNOFF];
        area += a;
    }
    if (area > 0.0) {
        s[RAIN] /= area;
        s[SNOW] /= area;
        s[INFILTRATION] /= area;
        s[EVAPORATION] /= area;
    }
    if (run->hydrology.active) s[TEMPERATURE] = run->hydrology.clock->weather.temperature_c;
    s[DRY] = r->dry_m3s;
    s[GROUND] = r->ground_m3s;
    s[EXTERNAL] = r->external_m3s;
    s[RDII] = r->rdii_m3s;
    s[LATERAL] = s[RUNOFF] + r->dry_m3s + r->ground_m3s + r->rdii_m3s + r->external_m3s;
    s[FLOODING] = r->flooding_m3s;
    s[OUTFLOW] = r->outflow_m3s;
    s[STORAGE] = stored_m3(run, f);
    /* SWMM notes it with the subcatchments' results */
    if (run->model->subcatchments.count > 0) s[PET] = run->hydraulics.evaporation_mps * 8.64e7;
}

static double report_day(const struct tw_run *run, double ms)
{
    return run->clock->start_day + ms / 86400000.0;
}

static tw_status write_period(struct tw_run *run)
{
    const struct tw_run_clock *clock = run->clock;
    double day = report_day(run, clock->report_ms);
    bool average = run->model->options.report_averages;
    /* as in SWMM the first period that is told has the mean since the start of the run */
    if (day < run->options.report_start_day - 1e-9) return TW_OK;
    double span = clock->elapsed_ms - clock->old_ms;
    double f = span > 0.0 ? (clock->report_ms - clock->old_ms) / span : 1.0;
    if (average) {
        set_average_values(run);
    } else {
        set_network_values(run, f);
    }
    if (run->hydrology.active) {
        tw_hydrology_report(&run->hydrology, clock->report_ms, 0, run->values.subcatchment,
                            run->values.subcatchment_width);
        report_washoff(run);
    }
    set_system_values(run, f);
    tw_statistics_reported(&run->statistics, run->values.node, run->values.node_width);
    TW_TRY(tw_run_save_outflows(run, day));
    if (run->out == NULL) return TW_OK;
    const struct tw_run_values *v = &run->values;
    return tw_out_write(run->out, day, v->subcatchment, v->node, v->link, v->system);
}

tw_status tw_results_step(struct tw_run *run)
{
    struct tw_run_clock *clock = run->clock;
    if (run->out == NULL && run->report_path == NULL && run->outflows == NULL) return TW_OK;
    bool average = run->model->options.report_averages;
    if (clock->elapsed_ms < clock->report_ms) {
        if (average) add_to_average(run);
        return TW_OK;
    }
    bool on_time = clock->elapsed_ms <= clock->report_ms;
    if (average && on_time) add_to_average(run);
    TW_TRY(write_period(run));
    if (average && !on_time) add_to_average(run);
    clock->report_ms += 1000.0 * run->options.report_step_s;
    return TW_OK;
}

static void fill_clock(const struct tw_run *run, struct tw_report *r)
{
    const struct tw_run_clock *clock = run->clock;
    struct tw_run_stats s = tw_run_stats_get(run);
    r->start_day = clock->start_day;
    r->report_start_day = run->options.report_start_day;
    r->end_day = clock->start_day + clock->end_ms / 86400000.0;
    r->report_step_s = run->options.report_step_s;
    r->routing_step_s = run->routing.routing_step_s;
    r->elapsed_s = clock->elapsed_ms / 1000.0;
    r->min_step_s = clock->least_step_s;
    r->mean_step_s = s.mean_step_s;
    r->max_step_s = clock->most_step_s;
    r->trials_per_step = s.steps > 0 ? (double)s.trials / (double)s.steps : 0.0;
    r->unconverged_ratio = s.steps > 0 ? (double)s.unconverged_steps / (double)s.steps : 0.0;
    r->action = run->actions;
    r->action_count = run->action_count;
    r->lost_lid_report = run->lost_lid_report;
}

static void fill_routing(const struct tw_run *run, struct tw_report *r)
{
    struct tw_balance b = tw_run_balance(run);
    r->dry_weather_m3 = b.dry_weather_m3;
    r->wet_weather_m3 = b.wet_weather_m3;
    r->groundwater_m3 = b.groundwater_m3;
    r->rdii_m3 = b.rdii_m3;
    r->sewershed_rain_m3 = run->rdii.rained_m3[0];
    r->rdii_produced_m3 = run->rdii.produced_m3[0];
    r->external_m3 = b.external_m3;
    r->outflow_m3 = b.outflow_m3;
    r->flooding_m3 = b.flooding_m3;
    r->evaporated_m3 = b.evaporated_m3;
    r->seeped_m3 = b.seeped_m3;
    r->initial_storage_m3 = b.initial_storage_m3;
    r->final_storage_m3 = b.final_storage_m3;
    r->routing_error_ratio = b.routing_error_ratio;
}

/* Masses that were booked, in those of the file; count: of rows of pollutants. */
static const double *file_masses(const struct tw_run *run, struct tw_arena *arena, int32_t count,
                                 const double *from)
{
    const struct tw_quality_model *m = &run->model->quality;
    double *x = TW_ARENA_NEW(arena, double, count * m->count);
    for (int32_t i = 0; x != NULL && i < count * m->count; i++)
        x[i] = from[(size_t)i * (size_t)run->lanes] * m->pollutant[i % m->count].file_mass;
    return x;
}

static struct tw_report_pollutant pollutant_of(const struct tw_run *run, int32_t p,
                                               const double *surface, const double *network)
{
    const struct tw_quality_model *m = &run->model->quality;
    double mass = m->pollutant[p].file_mass;
#define SURFACE(what) surface[TW_SURFACE_##what * m->count + p]
#define NETWORK(what) network[TW_NETWORK_##what * m->count + p]
    return (struct tw_report_pollutant){.initial = SURFACE(INITIAL),
                                        .buildup = SURFACE(BUILDUP),
                                        .deposition = SURFACE(DEPOSITION),
                                        .sweeping = SURFACE(SWEEPING),
                                        .infiltration = SURFACE(INFILTRATION),
                                        .practices = SURFACE(PRACTICES),
                                        .runoff = SURFACE(RUNOFF),
                                        .remaining = mass * tw_run_surface_mass(run, p),
                                        .dry = NETWORK(DRY),
                                        .wet = NETWORK(WET),
                                        .ground = NETWORK(GROUND),
                                        .rdii = NETWORK(RDII),
                                        .external = NETWORK(EXTERNAL),
                                        .outflow = NETWORK(OUTFLOW),
                                        .flooding = NETWORK(FLOODING),
                                        .seepage = NETWORK(SEEPAGE),
                                        .reacted = NETWORK(REACTED),
                                        .stored = NETWORK(INITIAL),
                                        .kept =
                                            NETWORK(LEFT) + mass * tw_run_stored_mass(run, p, 0)};
#undef SURFACE
#undef NETWORK
}

static tw_status fill_quality(const struct tw_run *run, struct tw_arena *arena, struct tw_report *r)
{
    const struct tw_quality *q = &run->quality;
    const struct tw_model *m = run->model;
    if (!q->active) return TW_OK;
    const double *surface = file_masses(run, arena, TW_SURFACE_MASSES, q->surface_mass);
    const double *network = file_masses(run, arena, TW_NETWORK_MASSES, q->network_mass);
    struct tw_report_pollutant *each =
        TW_ARENA_NEW(arena, struct tw_report_pollutant, m->quality.count);
    struct tw_report_quality out = {
        .pollutant = each,
        .washoff = file_masses(run, arena, m->subcatchments.count, q->washed_mass),
        .link = file_masses(run, arena, m->links.count, q->link_mass),
        .outfall = file_masses(run, arena, m->outfalls.count, q->outfall_mass)};
    if (surface == NULL || network == NULL || each == NULL || out.washoff == NULL ||
        out.link == NULL || out.outfall == NULL)
        return TW_ERR_NOMEM;
    for (int32_t p = 0; p < m->quality.count; p++)
        each[p] = pollutant_of(run, p, surface, network);
    r->quality = out;
    return TW_OK;
}

/* As C's asctime writes a date, in a buffer of ours: scripts read it from reports. */
static void wall_text(long long seconds, char out[32])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    double day = 25569.0 + (double)seconds / 86400.0;
    struct tw_calendar c = tw_day_to_calendar(day);
    (void)snprintf(out, 32, "%s %s %2d %02d:%02d:%02d %04d", days[tw_day_weekday(day)],
                   months[c.month - 1], c.day, c.hour, c.minute, c.second, c.year);
}

tw_status tw_results_report(struct tw_run *run)
{
    struct tw_arena arena;
    tw_arena_init(&arena);
    struct tw_report report = {0};
    fill_clock(run, &report);
    fill_routing(run, &report);
    char begun[32], ended[32];
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    wall_text(run->wall_start, begun);
    wall_text((long long)now.tv_sec, ended);
    report.begun = begun;
    report.ended = ended;
    report.series_path = run->series_path;
    report.wall_s = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec - run->wall_start_s;
    tw_status status = tw_statistics_report_runoff(&run->hydrology, &arena, &report);
    if (status == TW_OK) {
        status = tw_statistics_report(&run->statistics, &run->hydraulics, &arena, &report);
    }
    if (status == TW_OK) status = tw_run_report_streets(run, &arena, &report);
    if (status == TW_OK) status = fill_quality(run, &arena, &report);
    if (status == TW_OK) status = tw_report_write(&report, run->model, NULL, run->report_path);
    tw_arena_done(&arena);
    return status;
}
