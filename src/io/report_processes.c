/* What was run beside the network: pollutants, land uses, LIDs, the tables of surveyed sections. */
#include "io/report_writer.h"

void tw_report_pollutants(struct tw_report_writer *w)
{
    static const char *const units[] = {"MG/L", "UG/L", "#/L"};
    const struct tw_quality_model *q = &w->model->quality;
    if (q->told_count == 0) return;
    tw_report_heading(w, "Pollutant Summary");
    tw_report_print(w, "%35s%8s%15s\n", "Ppt.", "GW", "Kdecay");
    tw_report_print(w,
                    "  Name                 Units   Concen.   Concen.    1/days    CoPollutant\n");
    tw_report_print(w,
                    "  -----------------------------------------------------------------------\n");
    for (int32_t p = 0; p < q->told_count; p++) {
        const struct tw_pollutant *one = &q->pollutant[p];
        tw_report_print(w, "  %-20s %5s%10.2f%10.2f%10.2f", tw_names_get(&q->pollutant_names, p),
                        units[one->unit], one->rain, one->ground, one->decay_per_s * 86400.0);
        if (one->co >= 0)
            tw_report_print(w, "    %-s  (%.2f)", tw_names_get(&q->pollutant_names, one->co),
                            one->co_ratio);
        tw_report_print(w, "\n");
    }
}

void tw_report_landuses(struct tw_report_writer *w)
{
    const struct tw_quality_model *q = &w->model->quality;
    if (q->told_landuses == 0) return;
    tw_report_heading(w, "Landuse Summary");
    tw_report_print(w, "%33s%10s%10s\n", "Sweeping", "Maximum", "Last");
    tw_report_print(w, "  Name                   Interval   Removal     Swept\n");
    tw_report_print(w, "  ---------------------------------------------------\n");
    for (int32_t u = 0; u < q->told_landuses; u++)
        tw_report_print(w, "  %-20s %10.2f%10.2f%10.2f\n", tw_names_get(&q->landuse_names, u),
                        q->landuse[u].sweep_days, q->landuse[u].sweep_ratio,
                        q->landuse[u].last_swept_days);
}

int32_t tw_report_lid_at(const struct tw_model *m, int32_t place)
{
    int32_t subcatchment = m->lids.unit[place].subcatchment;
    int32_t first = m->lids.first[subcatchment], end = m->lids.first[subcatchment + 1];
    return first + end - 1 - place;
}

void tw_report_lids(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    if (m->lids.unit_count == 0) return;
    tw_report_heading(w, "LID Control Summary");
    tw_report_print(w,
                    "                                   No. of        Unit        Unit      %% Area"
                    "    %% Imperv      %% Perv\n");
    tw_report_print(w,
                    "  Subcatchment     LID Control      Units        Area       Width     Covered"
                    "     Treated     Treated\n");
    tw_report_print(w, "  ---------------------------------------------------------------------"
                       "------------------------------\n");
    for (int32_t k = 0; k < m->lids.unit_count; k++) {
        int32_t i = tw_report_lid_at(m, k);
        const struct tw_lid_unit *u = &m->lids.unit[i];
        double area_m2 = m->subcatchments.area_m2[u->subcatchment];
        if (u->number == 0) continue;
        tw_report_print(w, "  %-16s %-16s%6d  %10.2f  %10.2f  %10.2f  %10.2f  %10.2f\n",
                        tw_names_get(&m->subcatchments.names, u->subcatchment),
                        tw_names_get(&m->lids.names, u->control), (int)u->number,
                        u->area_m2 / w->units.area_m2, u->width_m / w->units.length_m,
                        area_m2 > 0.0 ? 100.0 * u->area_m2 * u->number / area_m2 : 0.0,
                        100.0 * u->from_impervious_ratio, 100.0 * u->from_pervious_ratio);
    }
}

static void write_cells(struct tw_report_writer *w, const char *what, const double *cells)
{
    enum { IN_A_ROW = 5 };
    tw_report_print(w, "  %-7s", what);
    for (int k = 1; k <= TW_TRANSECT_CELLS; k++) {
        if (k % IN_A_ROW == 1) tw_report_print(w, "\n          ");
        tw_report_print(w, "%10.4f ", cells[k]);
    }
    tw_report_print(w, "\n");
}

static void write_tables(struct tw_report_writer *w, const char *noun, const char *name,
                         const double *const table[3])
{
    tw_report_print(w, "\n  %s %s\n", noun, name);
    write_cells(w, "Area:", table[0]);
    write_cells(w, "Hrad:", table[1]);
    write_cells(w, "Width:", table[2]);
}

/* Each curve of shapes once, where a conduit first has it. */
static void write_shapes(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    bool any = false;
    if (w->report->shape == NULL) return;
    for (int32_t curve = 0; curve < m->curves.count; curve++) {
        const double *const *table = w->report->shape[curve].table;
        if (table[0] == NULL) continue;
        if (!any) tw_report_heading(w, "Shape Summary");
        any = true;
        write_tables(w, "Shape", tw_names_get(&m->curves.names, curve), table);
    }
}

void tw_report_section_tables(struct tw_report_writer *w)
{
    const struct tw_transects *t = &w->model->transects;
    const struct tw_names *streets = &w->model->inlets.street_names;
    write_shapes(w);
    if (t->names.count > 0) tw_report_heading(w, "Transect Summary");
    for (int32_t i = 0; i < t->names.count; i++) {
        const double *const table[] = {t->area[i], t->radius[i], t->width[i]};
        write_tables(w, "Transect", tw_names_get(&t->names, i), table);
    }
    if (streets->count > 0) tw_report_heading(w, "Street Summary");
    for (int32_t i = 0; i < streets->count; i++) {
        int32_t at = t->names.count + i;
        const double *const table[] = {t->area[at], t->radius[at], t->width[at]};
        write_tables(w, "Street", tw_names_get(streets, i), table);
    }
}
