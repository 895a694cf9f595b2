/* Reports of single LID units. A row for each runoff step in which something moves, and for the
 * first and the last of several in which nothing does, as SWMM writes them. */
#include "engine/run_state.h"

#include "io/lid_file.h"

#include <stdio.h>

struct tw_lid_report {
    int32_t unit;
    int64_t still_steps; /* in a row, to the last one; a run begins as if there had been one */
    char row[TW_LID_ROW_TEXT];
    tw_outfile *file; /* NULL: it could not be made */
};

/* A model's path may be that of another machine, so a report that cannot be made stops no run. */
tw_status tw_run_open_lid_reports(struct tw_run *run)
{
    const struct tw_lids *l = &run->model->lids;
    if (l->report_count == 0) return TW_OK;
    run->lid_reports = TW_ARENA_NEW(&run->arena, struct tw_lid_report, l->report_count);
    if (run->lid_reports == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < l->unit_count; i++) {
        if (l->unit[i].report == NULL) continue;
        struct tw_lid_report *r = &run->lid_reports[run->lid_report_count++];
        *r = (struct tw_lid_report){.unit = i, .still_steps = 1};
        tw_status status = tw_outfile_open(l->unit[i].report, &r->file);
        if (status == TW_ERR_NOMEM) return status;
        if (status != TW_OK) {
            r->file = NULL;
            run->lost_lid_report = l->unit[i].report;
        } else {
            TW_TRY(tw_lid_head_write(run->model, &l->unit[i], r->file));
        }
    }
    return TW_OK;
}

/* A failed write stays with its file: the end of the run tells it. */
void tw_run_save_lid_rows(struct tw_run *run)
{
    const struct tw_hydrology *h = &run->hydrology;
    double day = run->clock->start_day + h->clock->new_runoff_ms / 86400.0e3;
    double hours = h->clock->new_runoff_ms / 3600.0e3;
    for (int32_t i = 0; i < run->lid_report_count; i++) {
        struct tw_lid_report *r = &run->lid_reports[i];
        const struct tw_lid_row *row = &h->lid.row[r->unit];
        if (r->file == NULL) continue;
        if (row->moves && r->still_steps > 1) (void)tw_outfile_printf(r->file, "%s", r->row);
        tw_lid_row_text(run->model, day, hours, row, r->row);
        if (row->moves || r->still_steps == 0) (void)tw_outfile_printf(r->file, "%s", r->row);
        r->still_steps = row->moves ? 0 : r->still_steps + 1;
    }
}

tw_status tw_run_end_lid_reports(struct tw_run *run)
{
    for (int32_t i = 0; i < run->lid_report_count; i++) {
        tw_outfile *file = run->lid_reports[i].file;
        run->lid_reports[i].file = NULL;
        if (file != NULL) TW_TRY(tw_outfile_commit(file));
    }
    return TW_OK;
}

void tw_run_abandon_lid_reports(struct tw_run *run)
{
    for (int32_t i = 0; i < run->lid_report_count; i++)
        tw_outfile_abandon(run->lid_reports[i].file);
    run->lid_report_count = 0;
}
