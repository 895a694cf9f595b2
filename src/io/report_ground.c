/* Water below the surface and in LIDs: balances and tables. */
#include "io/report_writer.h"

#include <math.h>

static void write_depth(struct tw_report_writer *w, const char *what, double m3)
{
    double area_m2 = w->report->ground_area_m2;
    double depth_mm = area_m2 > 0.0 ? 1000.0 * m3 / area_m2 : 0.0;
    tw_report_print(w, "  %s%14.3f%14.3f\n", what, m3 / w->units.land_volume_m3,
                    depth_mm / w->units.rain_mm);
}

void tw_report_ground_balance(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    const struct tw_options *o = &w->model->options;
    if (w->model->grounds.count == 0 || o->ignore_groundwater) return;
    tw_report_print(w, "  \n  \n  **************************        Volume         Depth\n");
    tw_report_print(w, "  Groundwater Continuity    %14s%14s\n",
                    w->units.us ? "acre-feet" : "hectare-m", w->units.us ? "inches" : "mm");
    tw_report_print(w, "  **************************     ---------       -------\n");
    write_depth(w, "Initial Storage ..........", r->ground_initial_m3);
    write_depth(w, "Infiltration .............", r->ground_infiltration_m3);
    write_depth(w, "Upper Zone ET ............", r->ground_upper_evaporation_m3);
    write_depth(w, "Lower Zone ET ............", r->ground_lower_evaporation_m3);
    write_depth(w, "Deep Percolation .........", r->ground_deep_m3);
    write_depth(w, "Groundwater Flow .........", r->ground_flow_m3);
    write_depth(w, "Final Storage ............", r->ground_final_m3);
    tw_report_print(w, "  Continuity Error (%%) .....%14.3f\n",
                    tw_report_percent(r->ground_error_ratio));
}

void tw_report_rdii(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    double rain_m3 = r->sewershed_rain_m3, rdii_m3 = r->rdii_produced_m3;
    if (w->model->rdii.node_count == 0) return;
    tw_report_print(w, "  \n  \n  **********************           Volume        Volume\n");
    tw_report_print(w, "  Rainfall Dependent I/I   %15s%14s\n",
                    w->units.us ? "acre-feet" : "hectare-m", w->volume_unit);
    tw_report_print(w, "  **********************        ---------     ---------\n");
    tw_report_print(w, "  Sewershed Rainfall ......%14.3f%14.3f\n",
                    rain_m3 / w->units.land_volume_m3, rain_m3 / w->units.big_volume_m3);
    tw_report_print(w, "  RDII Produced ...........%14.3f%14.3f\n",
                    rdii_m3 / w->units.land_volume_m3, rdii_m3 / w->units.big_volume_m3);
    tw_report_print(w, "  RDII Ratio ..............%14.3f\n",
                    rain_m3 > 0.0 ? rdii_m3 / rain_m3 : 0.0);
}

void tw_report_lid_table(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_lids *l = &w->report->lids;
    const char *unit = w->units.us ? "in" : "mm";
    double mm = w->units.rain_mm;
    if (m->lids.unit_count == 0 || l->inflow_mm == NULL) return;
    tw_report_print(w, "  \n\n  ***********************\n  LID Performance Summary\n"
                       "  ***********************\n\n");
    tw_report_rule(w, 116);
    tw_report_print(w,
                    "                                         Total      Evap     Infil   Surface"
                    "    Drain    Initial     Final  Continuity\n");
    tw_report_print(w,
                    "                                        Inflow      Loss      Loss   Outflow"
                    "   Outflow   Storage   Storage       Error\n");
    tw_report_print(w, "  Subcatchment      LID Control     %10s%10s%10s%10s%10s%10s%10s%12s\n",
                    unit, unit, unit, unit, unit, unit, unit, "%");
    tw_report_rule(w, 116);
    for (int32_t k = 0; k < m->lids.unit_count; k++) {
        int32_t i = tw_report_lid_at(m, k);
        const struct tw_lid_unit *u = &m->lids.unit[i];
        if (u->number == 0) continue;
        double in = l->initial_mm[i] + l->inflow_mm[i];
        /* SWMM calls a unit without any water wholly wrong */
        double out = l->final_mm[i] + l->evaporation_mm[i] + l->infiltration_mm[i] +
                     l->runoff_mm[i] + l->drain_mm[i];
        tw_report_print(w, "  %-16s  %-16s", tw_names_get(&m->subcatchments.names, u->subcatchment),
                        tw_names_get(&m->lids.names, u->control));
        tw_report_print(w, "%10.2f%10.2f%10.2f%10.2f%10.2f%10.2f%10.2f%12.2f\n",
                        l->inflow_mm[i] / mm, l->evaporation_mm[i] / mm, l->infiltration_mm[i] / mm,
                        l->runoff_mm[i] / mm, l->drain_mm[i] / mm, l->initial_mm[i] / mm,
                        l->final_mm[i] / mm, in > 0.0 ? 100.0 * (in - out) / in : 100.0);
    }
    w->begun = false; /* what follows begins with one empty line, as in SWMM's report */
}

void tw_report_ground_table(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_grounds *g = &w->report->grounds;
    const char *depth = w->units.us ? "in" : "mm", *length = w->units.us ? "ft" : "m";
    double mm = w->units.rain_mm;
    bool computed = m->files.runoff == NULL; /* else all is 0, as in SWMM */
    if (m->grounds.count == 0 || m->options.ignore_groundwater || g->flow_mm == NULL) return;
    tw_report_heading(w, "Groundwater Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 101);
    tw_report_print(w,
                    "                                            Total    Total  Maximum  Average"
                    "  Average    Final    Final\n");
    tw_report_print(w,
                    "                          Total    Total    Lower  Lateral  Lateral    Upper"
                    "    Water    Upper    Water\n");
    tw_report_print(w,
                    "                          Infil     Evap  Seepage  Outflow  Outflow   Moist."
                    "    Table   Moist.    Table\n");
    tw_report_print(w, "  Subcatchment         %8s %8s %8s %8s %8s          %8s          %8s\n",
                    depth, depth, depth, depth, w->flow_unit, length, length);
    tw_report_rule(w, 101);
    for (int32_t i = 0; i < m->subcatchments.count; i++) {
        int32_t row = m->grounds.of_subcatchment[i];
        if (row < 0) continue;
        tw_report_print(w, "  %-20s", tw_names_get(&m->subcatchments.names, i));
        tw_report_print(w, " %8.2f %8.2f %8.2f %8.2f %8.2f", g->infiltration_mm[row] / mm,
                        g->evaporation_mm[row] / mm, g->deep_mm[row] / mm, g->flow_mm[row] / mm,
                        g->max_flow_m3s[row] / w->units.flow_m3s);
        tw_report_print(w, " %8.2f %8.2f %8.2f %8.2f\n", g->mean_moisture_ratio[row],
                        g->mean_table_m[row] / w->units.length_m,
                        computed ? g->final_moisture_ratio[row] : 0.0,
                        computed ? g->final_table_m[row] / w->units.length_m : 0.0);
    }
}
