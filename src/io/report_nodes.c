/* Summaries of subcatchments, nodes, storages and outfalls. */
#include "io/report_writer.h"

#include <math.h>

static const double hour_s = 3600.0;
static const double least_hours = 0.01; /* what happened at all is not shown as 0 */

static void write_subcatchments(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_subcatchments *s = &w->report->subcatchments;
    double mm = w->units.rain_mm;
    const char *depth = w->units.us ? "in" : "mm";
    if (m->subcatchments.count == 0 || s->rain_mm == NULL) return;
    tw_report_heading(w, "Subcatchment Runoff Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 126);
    tw_report_print(w, "                            Total      Total      Total      Total     "
                       "Imperv       Perv      Total       Total     Peak  Runoff\n");
    tw_report_print(w, "                           Precip      Runon       Evap      Infil     "
                       "Runoff     Runoff     Runoff      Runoff   Runoff   Coeff\n");
    tw_report_print(w, "  Subcatchment    %15s%11s%11s%11s%11s%11s%11s%12s%9s\n", depth, depth,
                    depth, depth, depth, depth, depth, w->volume_unit, w->flow_unit);
    tw_report_rule(w, 126);
    for (int32_t i = 0; i < m->subcatchments.count; i++) {
        if (m->subcatchments.area_m2[i] == 0.0) continue; /* as SWMM */
        double in_mm = s->rain_mm[i] + s->runon_mm[i];
        tw_report_print(w, "  %-20s %10.2f %10.2f %10.2f %10.2f %10.2f %10.2f %10.2f",
                        tw_names_get(&m->subcatchments.names, i), s->rain_mm[i] / mm,
                        s->runon_mm[i] / mm, s->evaporation_mm[i] / mm, s->infiltration_mm[i] / mm,
                        s->impervious_runoff_mm[i] / mm, s->pervious_runoff_mm[i] / mm,
                        s->runoff_mm[i] / mm);
        tw_report_print(w, "%12.2f %8.2f%8.3f\n", s->runoff_m3[i] / w->units.big_volume_m3,
                        s->peak_m3s[i] / w->units.flow_m3s,
                        in_mm > 0.0 ? s->runoff_mm[i] / in_mm : 0.0);
    }
}

static void write_depths(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_nodes *n = &w->report->nodes;
    double length = w->units.length_m;
    const char *unit = w->units.us ? "Feet" : "Meters";
    tw_report_heading(w, "Node Depth Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 81);
    tw_report_print(w, "                                 Average  Maximum  Maximum  Time of Max    "
                       "Reported\n");
    tw_report_print(w, "                                   Depth    Depth      HGL   Occurrence   "
                       "Max Depth\n");
    tw_report_print(w, "  Node                 Type     %8s%9s%9s  days hr:min%12s\n", unit, unit,
                    unit, unit);
    tw_report_rule(w, 81);
    for (int32_t i = 0; i < m->nodes.count; i++) {
        tw_report_print(w, "  %-20s %-8s  %7.2f  %7.2f  %7.2f", tw_report_node_name(w, i),
                        tw_report_node_word(m, i), n->mean_depth_m[i] / length,
                        n->max_depth_m[i] / length,
                        (m->nodes.invert_m[i] + n->max_depth_m[i]) / length);
        tw_report_moment(w, n->max_depth_day[i]);
        tw_report_print(w, "  %10.2f\n", n->max_reported_depth_m[i] / length);
    }
}

/* What came in and did not go out: of next to nothing in litres or gallons, else in percent. */
static void write_balance(struct tw_report_writer *w, double in_m3, double left_m3)
{
    static const double little_m3 = 0.028; /* a cubic foot */
    double unit_m3 = w->units.big_volume_m3 / 1e6;
    if (left_m3 < little_m3)
        tw_report_print(w, "%12.3f %s\n", (in_m3 - left_m3) / unit_m3, w->units.us ? "gal" : "ltr");
    else
        tw_report_print(w, "%12.3f\n", 100.0 * (in_m3 - left_m3) / left_m3);
}

static void write_inflows(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_nodes *n = &w->report->nodes;
    tw_report_heading(w, "Node Inflow Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 97);
    tw_report_print(w, "                                  Maximum  Maximum                  Lateral"
                       "       Total        Flow\n");
    tw_report_print(w, "                                  Lateral    Total  Time of Max      Inflow"
                       "      Inflow     Balance\n");
    tw_report_print(w, "                                   Inflow   Inflow   Occurrence      Volume"
                       "      Volume       Error\n");
    tw_report_print(w,
                    "  Node                 Type      %8s %8s  days hr:min%12s%12s     Percent\n",
                    w->flow_unit, w->flow_unit, w->volume_unit, w->volume_unit);
    tw_report_rule(w, 97);
    for (int32_t i = 0; i < m->nodes.count; i++) {
        tw_report_print(w, "  %-20s %-9s", tw_report_node_name(w, i), tw_report_node_word(m, i));
        tw_report_flow(w, n->max_lateral_m3s[i]);
        tw_report_flow(w, n->max_inflow_m3s[i]);
        tw_report_moment(w, n->max_inflow_day[i]);
        tw_report_print(w, "%12.3g%12.3g", n->lateral_m3[i] / w->units.big_volume_m3,
                        n->inflow_m3[i] / w->units.big_volume_m3);
        write_balance(w, n->inflow_m3[i], n->left_m3[i]);
    }
}

static void write_surcharge_heading(struct tw_report_writer *w)
{
    const char *unit = w->units.us ? "Feet" : "Meters";
    tw_report_print(
        w, "  Surcharging occurs when water rises above the top of the highest conduit.\n");
    tw_report_rule(w, 69);
    tw_report_print(w, "                                               Max. Height   Min. Depth\n");
    tw_report_print(w, "                                   Hours       Above Crown    Below Rim\n");
    tw_report_print(w, "  Node                 Type      Surcharged%15s%13s\n", unit, unit);
    tw_report_rule(w, 69);
}

static void write_surcharges(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_nodes *n = &w->report->nodes;
    double length = w->units.length_m;
    bool any = false;
    tw_report_heading(w, "Node Surcharge Summary");
    tw_report_print(w, "  \n");
    for (int32_t i = 0; i < m->nodes.count; i++) {
        if (m->nodes.kind[i] == TW_NODE_OUTFALL || !(n->surcharged_s[i] > 0.0)) continue;
        if (!any) write_surcharge_heading(w);
        any = true;
        double above_m = fmax(n->max_depth_m[i] - n->crown_depth_m[i], 0.0);
        double below_m = fmax(m->nodes.full_depth_m[i] - n->max_depth_m[i], 0.0);
        tw_report_print(w, "  %-20s %-8s   %9.2f      %9.3f    %9.3f\n", tw_report_node_name(w, i),
                        tw_report_node_word(m, i), fmax(n->surcharged_s[i] / hour_s, least_hours),
                        above_m / length, below_m / length);
    }
    if (!any) tw_report_print(w, "  No nodes were surcharged.\n");
}

static void write_flooding_heading(struct tw_report_writer *w)
{
    tw_report_print(w, "  Flooding refers to all water that overflows a node, whether it ponds or "
                       "not.\n");
    tw_report_rule(w, 74);
    tw_report_print(w,
                    "                                                             Total   Maximum"
                    "\n");
    tw_report_print(w,
                    "                                 Maximum   Time of Max       Flood    Ponded"
                    "\n");
    bool dynamic = w->model->options.routing == TW_ROUTING_DYNWAVE;
    const char *length = w->units.us ? "Feet" : "Meters";
    /* As wide as ten letters: in UTF-8 the ³ is two bytes. */
    const char *volume = w->units.us ? "  1000 ft³" : "   1000 m³";
    tw_report_print(w, "                        Hours       Rate    Occurrence      Volume%10s\n",
                    dynamic ? "Depth" : "Volume");
    tw_report_print(w, "  Node                 Flooded%10s   days hr:min%12s%10s\n", w->flow_unit,
                    w->volume_unit, dynamic ? length : volume);
    tw_report_rule(w, 74);
}

static void write_flooding(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_nodes *n = &w->report->nodes;
    bool any = false;
    tw_report_heading(w, "Node Flooding Summary");
    tw_report_print(w, "  \n");
    for (int32_t i = 0; i < m->nodes.count; i++) {
        if (m->nodes.kind[i] == TW_NODE_OUTFALL || !(n->flooded_s[i] > 0.0)) continue;
        if (!any) write_flooding_heading(w);
        any = true;
        double ponded = fmax(n->max_depth_m[i] - m->nodes.full_depth_m[i], 0.0) / w->units.length_m;
        if (m->options.routing != TW_ROUTING_DYNWAVE)
            ponded = n->max_ponded_m3[i] / w->units.volume_m3 / 1000.0;
        tw_report_print(w, "  %-20s %7.2f ", tw_report_node_name(w, i),
                        fmax(n->flooded_s[i] / hour_s, least_hours));
        tw_report_flow(w, n->max_flooding_m3s[i]);
        tw_report_print(w, " ");
        tw_report_moment(w, n->max_flooding_day[i]);
        tw_report_print(w, "%12.3f %9.3f\n", n->flooded_m3[i] / w->units.big_volume_m3, ponded);
    }
    if (!any) tw_report_print(w, "  No nodes were flooded.\n");
}

static double share(double part, double whole) { return whole > 0.0 ? 100.0 * part / whole : 0.0; }

static void write_storages(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_storages *s = &w->report->storages;
    double unit_m3 = 1000.0 * w->units.volume_m3;
    const char *unit = w->units.us ? "1000 ft³" : "1000 m³";
    if (m->storages.count == 0 || s->mean_m3 == NULL) return;
    tw_report_heading(w, "Storage Volume Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 96);
    tw_report_print(w,
                    "                         Average    Avg   Evap  Exfil     Maximum    Max    "
                    "Time of Max    Maximum\n");
    tw_report_print(w,
                    "                          Volume   Pcnt   Pcnt   Pcnt      Volume   Pcnt     "
                    "Occurrence    Outflow\n");
    tw_report_print(w,
                    "  Storage Unit        %11s   Full   Loss   Loss%13s   Full    days hr:min"
                    "%11s\n",
                    unit, unit, w->flow_unit);
    tw_report_rule(w, 96);
    for (int32_t k = 0; k < m->storages.count; k++) {
        tw_report_print(w, "  %-20s%10.3f  %5.1f  %5.1f  %5.1f  %10.3f  %5.1f  ",
                        tw_report_node_name(w, m->storages.node[k]), s->mean_m3[k] / unit_m3,
                        share(s->mean_m3[k], s->full_m3[k]),
                        share(s->evaporated_m3[k], s->inflow_m3[k]),
                        share(s->seeped_m3[k], s->inflow_m3[k]), s->max_m3[k] / unit_m3,
                        share(s->max_m3[k], s->full_m3[k]));
        tw_report_moment(w, s->max_day[k]);
        tw_report_print(w, "  ");
        tw_report_flow(w, s->max_outflow_m3s[k]);
        tw_report_print(w, "\n");
    }
}

static void write_outfall_row(struct tw_report_writer *w, int32_t outfall, double ratio,
                              const double flow_m3s[2], double volume_m3)
{
    const char *name =
        outfall < 0 ? "System" : tw_report_node_name(w, w->model->outfalls.node[outfall]);
    tw_report_print(w, "  %-20s%7.2f ", name, 100.0 * ratio);
    tw_report_flow(w, flow_m3s[0]);
    tw_report_print(w, " ");
    tw_report_flow(w, flow_m3s[1]);
    tw_report_print(w, "%12.3f", volume_m3 / w->units.big_volume_m3);
    tw_report_outfall_loads(w, outfall);
}

static void write_outfall_rule(struct tw_report_writer *w)
{
    tw_report_print(w, "  -----------------------------------------------------------");
    tw_report_outfall_heading(w, TW_REPORT_OUTFALL_RULE);
}

static void write_outfalls(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_outfalls *o = &w->report->outfalls;
    double all_ratio = 0.0;
    double all_m3 = 0.0;
    double all_flow[2] = {0.0, o->system_max_m3s};
    int32_t count = m->outfalls.count;
    if (count == 0 || o->mean_m3s == NULL) return;
    tw_report_heading(w, "Outfall Loading Summary");
    tw_report_print(w, "  \n");
    write_outfall_rule(w);
    tw_report_print(w, "                         Flow       Avg       Max       Total");
    tw_report_outfall_heading(w, TW_REPORT_OUTFALL_TOTAL);
    tw_report_print(w, "                         Freq      Flow      Flow      Volume");
    tw_report_outfall_heading(w, TW_REPORT_OUTFALL_NAMES);
    tw_report_print(w, "  Outfall Node           Pcnt%10s%10s%12s", w->flow_unit, w->flow_unit,
                    w->volume_unit);
    tw_report_outfall_heading(w, TW_REPORT_OUTFALL_UNITS);
    write_outfall_rule(w);
    for (int32_t k = 0; k < count; k++) {
        const double flow[2] = {o->mean_m3s[k], o->max_m3s[k]};
        write_outfall_row(w, k, o->flowing_ratio[k], flow, o->volume_m3[k]);
        all_ratio += o->flowing_ratio[k] / count;
        all_flow[0] += o->mean_m3s[k];
        all_m3 += o->volume_m3[k];
    }
    write_outfall_rule(w);
    write_outfall_row(w, -1, all_ratio, all_flow, all_m3);
}

void tw_report_node_tables(struct tw_report_writer *w)
{
    const struct tw_options *o = &w->model->options;
    if (tw_report_runs_off(w)) {
        write_subcatchments(w);
        tw_report_lid_table(w);
        tw_report_ground_table(w);
        tw_report_washoff(w);
    }
    if (o->ignore_routing || w->model->links.count == 0 || w->report->nodes.max_depth_m == NULL)
        return;
    write_depths(w);
    write_inflows(w);
    if (o->routing == TW_ROUTING_DYNWAVE) write_surcharges(w);
    write_flooding(w);
    write_storages(w);
    write_outfalls(w);
}
