/* Files of [FILES] SAVE: the outlets' flows at report times, the state at the end. */
#include "engine/run_state.h"
#include "thalweg/values.h"

#include "io/hotstart.h"
#include "io/interface_file.h"
#include "io/rain_interface.h"
#include "io/rdii_file.h"
#include "io/runoff_file.h"

#include <string.h>

/* With dynamic waves outfalls are outlets, else nodes that no link leaves. */
static tw_status find_outlets(struct tw_run *run)
{
    const struct tw_model *m = run->model;
    bool waves = m->options.routing == TW_ROUTING_DYNWAVE;
    run->is_outlet = TW_ARENA_NEW(&run->arena, bool, m->nodes.count);
    if (run->is_outlet == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < m->nodes.count; i++)
        run->is_outlet[i] = waves ? m->nodes.kind[i] == TW_NODE_OUTFALL : !run->net->leaves[i];
    return TW_OK;
}

static tw_status open_outflows(struct tw_run *run)
{
    const struct tw_files *f = &run->model->files;
    TW_TRY(find_outlets(run));
    TW_TRY(tw_outfile_open(f->save_outflows, &run->outflows));
    TW_TRY(tw_interface_head_write(run->model, run->is_outlet, run->options.report_step_s,
                                   run->outflows));
    if (run->options.report_start_day > run->options.start_day) return TW_OK;
    return tw_run_save_outflows(run, run->options.start_day);
}

/* Nothing is saved where flows come from such a file, or no node has any. */
static tw_status open_rdii(struct tw_run *run)
{
    const struct tw_model *m = run->model;
    if (m->files.rdii != NULL || m->rdii.node_count == 0) return TW_OK;
    run->rdii_flow_m3s = TW_ARENA_NEW(&run->arena, double, m->rdii.node_count);
    if (run->rdii_flow_m3s == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_outfile_open(m->files.save_rdii, &run->rdii_file));
    return tw_rdii_head_write(m, run->rdii.clock->step_s, run->rdii_file);
}

/* Nothing is saved where runoff comes from such a file. */
static tw_status open_runoff(struct tw_run *run)
{
    const struct tw_model *m = run->model;
    int64_t values = (int64_t)m->subcatchments.count * run->values.subcatchment_width;
    if (m->files.runoff != NULL || values == 0) return TW_OK;
    run->runoff_value = TW_ARENA_NEW(&run->arena, double, values);
    if (run->runoff_value == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_outfile_open(m->files.save_runoff, &run->runoff_file));
    return tw_runoff_head_write(m, run->runoff_file);
}

tw_status tw_run_open_saves(struct tw_run *run)
{
    const struct tw_files *f = &run->model->files;
    if (!run->options.save_files) return TW_OK;
    if (f->save_rdii != NULL) TW_TRY(open_rdii(run));
    if (f->save_runoff != NULL) TW_TRY(open_runoff(run));
    TW_TRY(tw_run_open_lid_reports(run));
    return f->save_outflows != NULL ? open_outflows(run) : TW_OK;
}

/* A failed write stays with its file: the end of the run tells it. */
void tw_run_save_rdii(struct tw_run *run, double until_ms)
{
    while (run->rdii_file != NULL && run->rdii.clock->next_ms <= until_ms) {
        double at_ms = run->rdii.clock->next_ms;
        bool any = false;
        tw_rdii_advance(&run->rdii, at_ms, run->options.outer_rain, run->hydrology.gage_rain_mmh,
                        run->hydrology.gage_factor);
        for (int32_t i = 0; i < run->model->rdii.node_count; i++) {
            run->rdii_flow_m3s[i] = tw_rdii_flow_m3s(&run->rdii, i, 0);
            any = any || run->rdii_flow_m3s[i] > 0.0;
        }
        double day = run->clock->start_day + at_ms / 86400.0e3;
        if (any) (void)tw_rdii_time_write(run->model, day, run->rdii_flow_m3s, run->rdii_file);
    }
}

/* Results at the end of a runoff step; as in SWMM with the rain of the last report time. */
void tw_run_save_runoff(struct tw_run *run)
{
    const struct tw_hydrology_clock *clock = run->hydrology.clock;
    int32_t width = run->values.subcatchment_width, pollutants = run->model->quality.count;
    if (run->runoff_file == NULL) return;
    tw_hydrology_report(&run->hydrology, clock->new_runoff_ms, 0, run->runoff_value, width);
    for (int32_t i = 0; i < run->model->subcatchments.count; i++) {
        double *value = run->runoff_value + (size_t)i * (size_t)width;
        value[TW_VALUE_RAIN] = run->values.subcatchment[i * width + TW_VALUE_RAIN];
        for (int32_t p = 0; p < pollutants; p++)
            value[TW_SUBCATCHMENT_VALUES + p] =
                value[TW_VALUE_RUNOFF] > 0.0 ? run->quality.outlet[i * pollutants + p] : 0.0;
    }
    double step_s = (clock->new_runoff_ms - clock->old_runoff_ms) / 1000.0;
    (void)tw_runoff_step_write(run->model, step_s, run->runoff_value, run->runoff_file);
    run->runoff_steps++;
}

tw_status tw_run_save_outflows(struct tw_run *run, double day)
{
    if (run->outflows == NULL) return TW_OK;
    return tw_interface_time_write(run->model, run->is_outlet, day, run->hydraulics.node.inflow_m3s,
                                   run->quality.node, run->outflows);
}

/* Water on a subcatchment beside LIDs, one lane [m3]. */
static double ponded_m3(const struct tw_run *run, int32_t i, int32_t lane)
{
    const struct tw_hydrology *h = &run->hydrology;
    double sum = 0.0;
    for (int32_t k = 0; k < TW_SUBAREA_COUNT; k++)
        sum += h->depth_m[(i * TW_SUBAREA_COUNT + k) * run->lanes + lane] *
               h->catchment[i * run->lanes + lane].area_m2[k];
    return sum;
}

void tw_run_begin_ponded(struct tw_run *run)
{
    const struct tw_hotstart *hot = run->model->files.hotstart;
    int32_t pollutants = run->model->quality.count;
    if (hot == NULL || hot->version < 3) return;
    for (int32_t at = 0; at < run->model->subcatchments.count * pollutants; at++) {
        for (int32_t lane = 0; lane < run->lanes; lane++) {
            double volume_m3 = ponded_m3(run, at / pollutants, lane);
            run->quality.ponded[at * run->lanes + lane] =
                volume_m3 > 0.0 ? hot->ponded[at] / volume_m3 : 0.0;
        }
    }
}

static void fill_surfaces(const struct tw_run *run, struct tw_hotstart *s)
{
    const struct tw_hydrology *h = &run->hydrology;
    const struct tw_model *m = run->model;
    for (int32_t i = 0; i < m->subcatchments.count; i++) {
        s->runoff_m3s[i] = h->new_runoff_m3s[i];
        memcpy(s->depth_m[i], h->depth_m + 3 * (size_t)i, sizeof s->depth_m[i]);
        memcpy(s->soil[i], h->infiltration + 6 * (size_t)i, sizeof s->soil[i]);
    }
    for (int32_t k = 0; m->snow.count > 0 && k < m->subcatchments.count * TW_SNOW_PARTS; k++) {
        const struct tw_snow_state *snow = &h->snow;
        const double part[5] = {snow->depth_m[k], snow->water_m[k], snow->cold_m[k],
                                snow->index_c[k], snow->before_ratio[k]};
        memcpy(s->snow[k], part, sizeof part);
    }
    for (int32_t i = 0; i < m->grounds.count; i++) {
        s->moisture_ratio[i] = h->ground.moisture_ratio[i];
        s->water_table_m[i] = h->ground.depth_m[i] + m->grounds.ground[i].bottom_m;
        s->ground_flow_mps[i] = h->ground.new_mps[i];
        s->room_m[i] = h->ground.room_m[i];
    }
}

static void copy(double *to, const double *from, int64_t count)
{
    if (count > 0) memcpy(to, from, (size_t)count * sizeof *to);
}

static void fill_quality(const struct tw_run *run, struct tw_hotstart *s)
{
    const struct tw_model *m = run->model;
    const struct tw_quality *q = &run->quality;
    int64_t p = m->quality.count, subs = m->subcatchments.count;
    if (!q->active) return;
    copy(s->outlet, q->outlet, subs * p);
    for (int64_t i = 0; i < subs * p; i++)
        s->ponded[i] = q->ponded[i] * ponded_m3(run, (int32_t)(i / p), 0);
    copy(s->buildup, q->buildup, subs * p * m->quality.landuse_count);
    copy(s->swept_day, q->swept_day, subs * m->quality.landuse_count);
    copy(s->node_quality, q->node, m->nodes.count * p);
    copy(s->link_quality, q->link, m->links.count * p);
    copy(s->residence_h, q->residence_h, m->storages.count);
}

tw_status tw_run_hotstart_save(const tw_run *run, const char *path)
{
    if (path == NULL) return TW_ERR_ARG;
    const struct tw_hydraulics *h = &run->hydraulics;
    struct tw_hotstart s;
    struct tw_arena arena;
    tw_outfile *file = NULL;
    tw_arena_init(&arena);
    tw_status status = tw_hotstart_make(run->model, &arena, &s);
    if (status == TW_OK) {
        fill_surfaces(run, &s);
        copy(s.node_depth_m, h->node.depth_m, run->net->node_count);
        copy(s.lateral_m3s, h->node.lateral_m3s, run->net->node_count);
        for (int32_t row = 0; row < run->net->link_count; row++) {
            int32_t link = run->net->link_of_row[row];
            s.link_flow_m3s[link] = h->link.flow_m3s[row];
            s.link_depth_m[link] = h->link.depth_m[row];
            s.link_setting[link] = h->link.setting[row];
        }
        fill_quality(run, &s);
        status = tw_outfile_open(path, &file);
    }
    if (status == TW_OK) status = tw_hotstart_write(run->model, &s, file);
    if (status == TW_OK)
        status = tw_outfile_commit(file);
    else
        tw_outfile_abandon(file);
    tw_arena_done(&arena);
    return status;
}

static tw_status save_rainfall(const struct tw_run *run)
{
    const char *path = run->model->files.save_rainfall;
    tw_outfile *file;
    TW_TRY(tw_outfile_open(path, &file));
    tw_status status = tw_rain_interface_write(run->model, file);
    if (status == TW_OK) return tw_outfile_commit(file);
    tw_outfile_abandon(file);
    return status;
}

static tw_status commit(tw_outfile **file)
{
    tw_outfile *done = *file;
    *file = NULL;
    return done != NULL ? tw_outfile_commit(done) : TW_OK;
}

tw_status tw_run_end_saves(struct tw_run *run)
{
    const struct tw_files *f = &run->model->files;
    if (!run->options.save_files) return TW_OK;
    tw_run_save_rdii(run, run->clock->elapsed_ms);
    TW_TRY(commit(&run->rdii_file));
    if (run->runoff_file != NULL)
        TW_TRY(tw_runoff_steps_write(run->runoff_steps, run->runoff_file));
    TW_TRY(commit(&run->runoff_file));
    TW_TRY(commit(&run->outflows));
    TW_TRY(tw_run_end_lid_reports(run));
    if (f->save_rainfall != NULL) TW_TRY(save_rainfall(run));
    return f->save_hotstart != NULL ? tw_run_hotstart_save(run, f->save_hotstart) : TW_OK;
}

void tw_run_abandon_saves(struct tw_run *run)
{
    tw_run_abandon_lid_reports(run);
    tw_outfile_abandon(run->outflows);
    tw_outfile_abandon(run->rdii_file);
    tw_outfile_abandon(run->runoff_file);
    run->outflows = run->rdii_file = run->runoff_file = NULL;
}
