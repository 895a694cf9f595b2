/* What was run: counts, lists of the elements on demand, options. */
#include "io/report_writer.h"

#include "model/link_height.h"
#include "model/xsect_shape.h"

#include "thalweg/time.h"

#include <math.h>
#include <stdlib.h>

static void write_counts(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    tw_report_heading(w, "Element Count");
    tw_report_print(w, "  Number of rain gages ...... %d\n", (int)m->gages.count);
    tw_report_print(w, "  Number of subcatchments ... %d\n", (int)m->subcatchments.count);
    tw_report_print(w, "  Number of nodes ........... %d\n", (int)m->nodes.count);
    tw_report_print(w, "  Number of links ........... %d\n", (int)m->links.count);
    tw_report_print(w, "  Number of pollutants ...... %d\n", (int)m->quality.told_count);
    tw_report_print(w, "  Number of land uses ....... %d\n", (int)m->quality.told_landuses);
}

static void write_gages(struct tw_report_writer *w)
{
    static const char *const kinds[] = {"INTENSITY", "VOLUME", "CUMULATIVE"};
    const struct tw_gages *g = &w->model->gages;
    if (g->count == 0) return;
    tw_report_heading(w, "Raingage Summary");
    tw_report_print(w, "%58s%16s\n", "Data", "Recording");
    tw_report_print(w, "  %-20s %-30s %-10s %s\n", "Name", "Data Source", "Type", "Interval ");
    tw_report_print(w, "  ---------------------------------------------------------------------"
                       "---\n");
    for (int32_t i = 0; i < g->count; i++) {
        const char *series =
            g->series[i] >= 0 ? tw_names_get(&w->model->series.names, g->series[i]) : "";
        tw_report_print(w, "  %-20s %-30s %-10s %3d min.\n", tw_names_get(&g->names, i), series,
                        kinds[g->kind[i]], (int)(g->interval_s[i] / 60.0));
    }
}

static void write_subcatchments(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_subcatchments *s = &m->subcatchments;
    if (s->count == 0) return;
    tw_report_heading(w, "Subcatchment Summary");
    tw_report_print(w, "  Name                       Area     Width   %%Imperv    %%Slope Rain Gage"
                       "            Outlet              \n");
    tw_report_print(w, "  ---------------------------------------------------------------------"
                       "--------------------------------------\n");
    for (int32_t i = 0; i < s->count; i++) {
        const char *outlet = s->outlet_node[i] >= 0
                                 ? tw_report_node_name(w, s->outlet_node[i])
                                 : tw_names_get(&s->names, s->outlet_subcatchment[i]);
        tw_report_print(w, "  %-20s %10.2f%10.2f%10.2f%10.4f %-20s %-20s\n",
                        tw_names_get(&s->names, i), s->area_m2[i] / w->units.land_m2,
                        s->width_m[i] / w->units.length_m, 100.0 * s->impervious_ratio[i],
                        100.0 * s->slope_ratio[i], tw_names_get(&m->gages.names, s->gage[i]),
                        outlet);
    }
}

/* [nodes] which nodes have an inflow of their own; NULL when memory is out. */
static bool *find_inflows(const struct tw_model *m)
{
    bool *has = calloc((size_t)m->nodes.count, sizeof *has);
    for (int32_t i = 0; has != NULL && i < m->inflows.count; i++)
        has[m->inflows.node[i]] = true;
    for (int32_t i = 0; has != NULL && i < m->dry_weather.count; i++)
        has[m->dry_weather.node[i]] = true;
    for (int32_t i = 0; has != NULL && i < m->rdii.node_count; i++)
        has[m->rdii.node[i].node] = true;
    for (int32_t i = 0; has != NULL && i < m->quality.inflow_count; i++)
        has[m->quality.inflow[i].node] = true;
    for (int32_t i = 0; has != NULL && i < m->quality.dry_count; i++)
        has[m->quality.dry[i].node] = true;
    return has;
}

static void write_nodes(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    double length = w->units.length_m;
    if (m->nodes.count == 0) return;
    bool *has_inflow = find_inflows(m);
    tw_report_heading(w, "Node Summary");
    tw_report_print(w, "%49s%10s%10s%12s\n", "Invert", "Max.", "Ponded", "External");
    tw_report_print(w, "  Name                 Type                 Elev.     Depth      Area    "
                       "Inflow  \n");
    tw_report_print(w, "  ---------------------------------------------------------------------"
                       "----------\n");
    for (int32_t i = 0; i < m->nodes.count; i++)
        tw_report_print(w, "  %-20s %-16s%10.2f%10.2f%10.1f%s\n", tw_report_node_name(w, i),
                        tw_report_node_word(m, i), m->nodes.invert_m[i] / length,
                        m->nodes.full_depth_m[i] / length,
                        m->nodes.ponded_area_m2[i] / w->units.area_m2,
                        has_inflow != NULL && has_inflow[i] ? "    Yes" : "");
    free(has_inflow);
}

static double slope_of(const struct tw_model *m, int32_t link)
{
    static const double least_drop_m = 0.001 * 0.3048;
    const struct tw_links *l = &m->links;
    double from_m = m->nodes.invert_m[l->from[link]] + l->offset1_m[link];
    double to_m = m->nodes.invert_m[l->to[link]] + l->offset2_m[link];
    double drop_m = fmax(fabs(from_m - to_m), least_drop_m);
    double length_m = m->conduits.length_m[l->row[link]];
    double slope = drop_m >= length_m ? drop_m / length_m
                                      : drop_m / sqrt(length_m * length_m - drop_m * drop_m);
    if (slope < m->options.minimum_slope_ratio) slope = m->options.minimum_slope_ratio;
    return l->reversed[link] || from_m < to_m ? -slope : slope;
}

static void write_links(struct tw_report_writer *w)
{
    static const char *const kinds[] = {"CONDUIT", "PUMP", "ORIFICE", "WEIR", "OUTLET"};
    static const char *const pumps[] = {"TYPE1 PUMP", "TYPE2 PUMP", "TYPE3 PUMP",
                                        "TYPE4 PUMP", "TYPE5 PUMP", "IDEAL PUMP"};
    const struct tw_model *m = w->model;
    const struct tw_links *l = &m->links;
    if (l->count == 0) return;
    tw_report_heading(w, "Link Summary");
    tw_report_print(w, "  Name             From Node        To Node          Type            Length"
                       "    %%Slope Roughness\n");
    tw_report_print(w, "  ---------------------------------------------------------------------"
                       "------------------------\n");
    for (int32_t i = 0; i < l->count; i++) {
        int32_t from = l->reversed[i] ? l->to[i] : l->from[i];
        int32_t to = l->reversed[i] ? l->from[i] : l->to[i];
        bool pump = l->kind[i] == TW_LINK_PUMP;
        tw_report_print(w, "  %-16s %-16s %-16s %-12s", tw_report_link_name(w, i),
                        tw_report_node_name(w, from), tw_report_node_name(w, to),
                        pump ? pumps[m->pumps.kind[l->row[i]]] : kinds[l->kind[i]]);
        if (l->kind[i] == TW_LINK_CONDUIT)
            tw_report_print(w, "%10.1f%10.4f%10.4f",
                            m->conduits.length_m[l->row[i]] / w->units.length_m,
                            100.0 * slope_of(m, i), m->conduits.roughness[l->row[i]]);
        tw_report_print(w, "\n");
    }
}

/* Name of a conduit's shape: that of its transect, street or curve where it has one. */
static const char *shape_of(const struct tw_model *m, int32_t link)
{
    static const char *const words[] = {
#define TW_SHAPE(id, prefix, keyword, open) keyword,
#include "model/xsect_shapes.def"
#undef TW_SHAPE
    };
    int32_t at = m->links.xsect[link];
    if (m->xsects.shape[at] == TW_SHAPE_IRREGULAR)
        return tw_names_get(&m->transects.names, m->xsects.curve[at]);
    if (m->xsects.shape[at] == TW_SHAPE_STREET)
        return tw_names_get(&m->inlets.street_names,
                            m->xsects.curve[at] - m->transects.names.count);
    if (m->xsects.shape[at] == TW_SHAPE_CUSTOM)
        return tw_names_get(&m->curves.names, m->xsects.curve[at]);
    return words[m->xsects.shape[at]];
}

static void write_sections(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_links *l = &w->report->links;
    double length = w->units.length_m;
    if (m->conduits.count == 0 || l->section_area_m2 == NULL) return;
    tw_report_heading(w, "Cross Section Summary");
    tw_report_print(w, "%44s%9s%9s%9s%9s%9s\n", "Full", "Full", "Hyd.", "Max.", "No. of", "Full");
    tw_report_print(w, "  Conduit          Shape               Depth     Area     Rad.    Width  "
                       "Barrels     Flow\n");
    tw_report_print(w, "  ---------------------------------------------------------------------"
                       "------------------\n");
    for (int32_t i = 0; i < m->links.count; i++) {
        if (m->links.kind[i] != TW_LINK_CONDUIT) continue;
        int32_t barrels = m->xsects.barrels[m->links.xsect[i]]; /* the flow is of one, as in SWMM */
        tw_report_print(w, "  %-16s %-16s %8.2f %8.2f %8.2f %8.2f      %3d %8.2f\n",
                        tw_report_link_name(w, i), shape_of(m, i), tw_link_height_m(m, i) / length,
                        l->section_area_m2[i] / w->units.area_m2, l->section_radius_m[i] / length,
                        l->section_width_m[i] / length, (int)barrels,
                        l->full_flow_m3s[i] / barrels / w->units.flow_m3s);
    }
}

static void write_interval(struct tw_report_writer *w, const char *what, double seconds)
{
    long long s = seconds < 1e12 ? (long long)seconds : 0;
    tw_report_print(w, "  %s %02lld:%02lld:%02lld\n", what, s / 3600, s / 60 % 60, s % 60);
}

static void write_date(struct tw_report_writer *w, const char *what, double day)
{
    struct tw_calendar c = tw_day_to_calendar(day);
    tw_report_print(w, "  %s %02d/%02d/%04d %02d:%02d:%02d\n", what, c.month, c.day, c.year, c.hour,
                    c.minute, c.second);
}

/* The dates of the file stand beside times of day, as in SWMM: of END_TIME 36:00 the report says 12:00
 * on END_DATE. A run of other dates says when it was. */
static void write_dates(struct tw_report_writer *w)
{
    static const double dropped_day = 1.5 / 86400.0; /* a run may end a second before its end */
    const struct tw_options *o = &w->model->options;
    double start_day = w->report->start_day, end_day = w->report->end_day;
    if (start_day == o->start_day) start_day -= o->start_time_days;
    if (fabs(end_day - o->end_day) < dropped_day) end_day = o->end_day - o->end_time_days;
    write_date(w, "Starting Date ............", start_day);
    write_date(w, "Ending Date ..............", end_day);
}

static void write_routing_options(struct tw_report_writer *w)
{
    const struct tw_options *o = &w->model->options;
    tw_report_print(w, "  Routing Time Step ........ %.2f sec\n", w->report->routing_step_s);
    if (o->routing != TW_ROUTING_DYNWAVE) return;
    tw_report_print(w, "  Variable Time Step ....... %s\n",
                    o->variable_step_factor > 0.0 ? "YES" : "NO");
    tw_report_print(w, "  Maximum Trials ........... %d\n", (int)o->max_trials);
    tw_report_print(w, "  Number of Threads ........ %d\n", 1);
    tw_report_print(w, "  Head Tolerance ........... %.6f %s\n",
                    o->head_tolerance_m / w->units.length_m, w->units.us ? "ft" : "m");
}

static const char *infiltration_word(const struct tw_model *m)
{
    static const char *const methods[] = {
#define TW_INFILTRATION(id, prefix, keyword) keyword,
#include "model/infiltration.def"
#undef TW_INFILTRATION
    };
    return methods[m->options.infiltration];
}

static void write_options(struct tw_report_writer *w)
{
    static const char *const routing[] = {"NONE", "STEADY", "KINWAVE", "DYNWAVE"};
    static const char *const yes_no[] = {"NO", "YES"};
    const struct tw_model *m = w->model;
    const struct tw_options *o = &m->options;
    const struct tw_report *r = w->report;
    bool rain = m->gages.count > 0 && !o->ignore_rainfall;
    bool ground = m->aquifers.count > 0 && !o->ignore_groundwater;
    bool routed = m->links.count > 0 && !o->ignore_routing;
    tw_report_heading(w, "Analysis Options");
    tw_report_print(w, "  Flow Units ............... %s\n", w->flow_unit);
    tw_report_print(w, "  Process Models:\n");
    tw_report_print(w, "    Rainfall/Runoff ........ %s\n", yes_no[rain]);
    tw_report_print(w, "    RDII ................... %s\n", yes_no[m->rdii.hydrograph_count > 0]);
    tw_report_print(w, "    Snowmelt ............... %s\n", yes_no[m->snow.falls]);
    tw_report_print(w, "    Groundwater ............ %s\n", yes_no[ground]);
    tw_report_print(w, "    Flow Routing ........... %s\n", yes_no[routed]);
    if (routed) tw_report_print(w, "    Ponding Allowed ........ %s\n", yes_no[o->allow_ponding]);
    tw_report_print(w, "    Water Quality .......... %s\n", yes_no[m->quality.count > 0]);
    if (m->subcatchments.count > 0)
        tw_report_print(w, "  Infiltration Method ...... %s\n", infiltration_word(m));
    if (m->links.count > 0)
        tw_report_print(w, "  Flow Routing Method ...... %s\n", routing[o->routing]);
    if (o->routing == TW_ROUTING_DYNWAVE)
        tw_report_print(w, "  Surcharge Method ......... %s\n",
                        o->surcharge == TW_SURCHARGE_SLOT ? "SLOT" : "EXTRAN");
    write_dates(w);
    tw_report_print(w, "  Antecedent Dry Days ...... %.1f\n", o->dry_days);
    write_interval(w, "Report Time Step .........", r->report_step_s);
    if (m->subcatchments.count > 0) {
        write_interval(w, "Wet Time Step ............", o->wet_step_s);
        write_interval(w, "Dry Time Step ............", o->dry_step_s);
    }
    if (m->links.count > 0) write_routing_options(w);
}

/* What rain files held; a blank line, without blanks, follows each. */
static void write_rain_files(struct tw_report_writer *w)
{
    const struct tw_gages *g = &w->model->gages;
    bool begun = false;
    if (w->model->options.ignore_rainfall) return;
    for (int32_t i = 0; i < g->count; i++) {
        const struct tw_rain_summary *s = &g->summary[i];
        if (!s->of_file) continue;
        if (!begun) {
            tw_report_heading(w, "Rainfall File Summary");
            tw_report_print(w,
                            "  Station    First        Last         Recording   Periods    Periods"
                            "    Periods\n");
            tw_report_print(w,
                            "  ID         Date         Date         Frequency  w/Precip    Missing"
                            "    Malfunc.\n");
            tw_report_rule(w, 79);
        }
        begun = true;
        struct tw_calendar a = tw_day_to_calendar(s->first_day),
                           b = tw_day_to_calendar(s->last_day);
        tw_report_print(w,
                        "  %-10s %02d/%02d/%04d   %02d/%02d/%04d   %5d min    %6lld     %6lld     ",
                        g->station[i], a.month, a.day, a.year, b.month, b.day, b.year,
                        (int)(g->interval_s[i] / 60.0), (long long)s->rain_periods,
                        (long long)s->missing_periods);
        tw_report_print(w, "%6d\n\n", 0);
    }
}

void tw_report_input(struct tw_report_writer *w)
{
    if (w->model->options.report_input) {
        write_counts(w);
        tw_report_pollutants(w);
        tw_report_landuses(w);
        write_gages(w);
        write_subcatchments(w);
        tw_report_lids(w);
        write_nodes(w);
        write_links(w);
        write_sections(w);
        tw_report_section_tables(w);
    }
    write_options(w);
    write_rain_files(w);
}
