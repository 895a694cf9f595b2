/* Summaries of links and pumps. */
#include "io/report_writer.h"

#include "model/link_height.h"
#include "model/xsect_shape.h"

#include <math.h>

static const double hour_s = 3600.0;
static const double least_hours = 0.01; /* what happened at all is not shown as 0 */

static bool is_conduit(const struct tw_model *m, int32_t link)
{
    int32_t at = m->links.xsect[link];
    return m->links.kind[link] == TW_LINK_CONDUIT && m->xsects.shape[at] != TW_SHAPE_DUMMY;
}

/* Natural channels are called so; what has no section is a dummy, an outlet too. */
static const char *word_of(const struct tw_model *m, int32_t link)
{
    static const char *const words[] = {"", "PUMP", "ORIFICE", "WEIR", "DUMMY"};
    if (m->links.kind[link] != TW_LINK_CONDUIT) return words[m->links.kind[link]];
    if (!is_conduit(m, link)) return "DUMMY";
    return m->xsects.shape[m->links.xsect[link]] == TW_SHAPE_IRREGULAR ? "CHANNEL" : "CONDUIT";
}

/* Blank columns stand where a link has no such value. */
static void write_fullness(struct tw_report_writer *w, int32_t i)
{
    static const double most_velocity = 50.0;
    const struct tw_model *m = w->model;
    const struct tw_report_links *l = &w->report->links;
    double height_m = tw_link_height_m(m, i);
    bool side = m->links.kind[i] == TW_LINK_WEIR ||
                (m->links.kind[i] == TW_LINK_ORIFICE &&
                 m->orifices.kind[m->links.row[i]] == (int32_t)TW_ORIFICE_SIDE);
    if (is_conduit(m, i)) {
        double velocity = l->max_velocity_mps[i] / w->units.length_m;
        if (velocity > most_velocity)
            tw_report_print(w, "    >50.00");
        else
            tw_report_print(w, "   %7.2f", velocity);
        tw_report_print(w, "  %6.2f  %6.2f",
                        l->full_flow_m3s[i] > 0.0 ? l->max_flow_m3s[i] / l->full_flow_m3s[i] : 0.0,
                        height_m > 0.0 ? l->max_depth_m[i] / height_m : 0.0);
    } else if (m->links.kind[i] == TW_LINK_PUMP && l->full_flow_m3s[i] > 0.0) {
        tw_report_print(w, "          %8.2f", l->max_flow_m3s[i] / l->full_flow_m3s[i]);
    } else if (side && height_m > 0.0) {
        tw_report_print(w, "                  %8.2f", l->max_depth_m[i] / height_m);
    }
}

static void write_flows(struct tw_report_writer *w)
{
    const struct tw_report_links *l = &w->report->links;
    tw_report_heading(w, "Link Flow Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 77);
    tw_report_print(w, "                                 Maximum  Time of Max   Maximum    Max/    "
                       "Max/\n");
    tw_report_print(w, "                                  |Flow|   Occurrence   |Veloc|    Full    "
                       "Full\n");
    tw_report_print(w, "  Link                 Type     %8s  days hr:min%10s    Flow   Depth\n",
                    w->flow_unit, w->units.us ? "ft/sec" : "m/sec");
    tw_report_rule(w, 77);
    for (int32_t i = 0; i < w->model->links.count; i++) {
        tw_report_print(w, "  %-20s %-8s", tw_report_link_name(w, i), word_of(w->model, i));
        tw_report_flow(w, l->max_flow_m3s[i]);
        tw_report_moment(w, l->max_flow_day[i]);
        write_fullness(w, i);
        tw_report_print(w, "\n");
    }
}

static void write_classes(struct tw_report_writer *w)
{
    const struct tw_report_links *l = &w->report->links;
    double all_s = w->report->summarized_s;
    if (l->class_s == NULL) return;
    tw_report_heading(w, "Flow Classification Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 85);
    tw_report_print(w,
                    "                      Adjusted    ---------- Fraction of Time in Flow Class "
                    "---------- \n");
    tw_report_print(w, "                       /Actual         Up    Down  Sub   Sup   Up    Down  "
                       "Norm  Inlet \n");
    tw_report_print(w, "  Conduit               Length    Dry  Dry   Dry   Crit  Crit  Crit  Crit  "
                       "Ltd   Ctrl  \n");
    tw_report_rule(w, 85);
    for (int32_t i = 0; i < w->model->links.count; i++) {
        if (!is_conduit(w->model, i)) continue;
        tw_report_print(w, "  %-20s  %6.2f ", tw_report_link_name(w, i), l->length_ratio[i]);
        for (int k = 0; k < TW_REPORT_FLOW_CLASSES; k++)
            tw_report_print(w, "  %4.2f", all_s > 0.0 ? l->class_s[i][k] / all_s : 0.0);
        tw_report_print(w, "  %4.2f  %4.2f\n", all_s > 0.0 ? l->normal_limited_s[i] / all_s : 0.0,
                        all_s > 0.0 ? l->inlet_controlled_s[i] / all_s : 0.0);
    }
}

static void write_surcharge_heading(struct tw_report_writer *w)
{
    tw_report_rule(w, 76);
    tw_report_print(w, "                                                           Hours        "
                       "Hours \n");
    tw_report_print(w, "                         --------- Hours Full --------   Above Full   "
                       "Capacity\n");
    tw_report_print(w, "  Conduit                Both Ends  Upstream  Dnstream   Normal Flow   "
                       "Limited\n");
    tw_report_rule(w, 76);
}

static void write_surcharges(struct tw_report_writer *w)
{
    const struct tw_report_links *l = &w->report->links;
    bool any = false;
    tw_report_heading(w, "Conduit Surcharge Summary");
    tw_report_print(w, "  \n");
    for (int32_t i = 0; i < w->model->links.count; i++) {
        if (!is_conduit(w->model, i)) continue;
        double h[5] = {l->both_full_s[i], l->upstream_full_s[i], l->downstream_full_s[i],
                       l->above_full_flow_s[i], l->capacity_limited_s[i]};
        if (!(h[0] + h[1] + h[2] + h[3] + h[4] > 0.0)) continue;
        for (int k = 0; k < 5; k++)
            h[k] = fmax(h[k] / hour_s, least_hours);
        if (!any) write_surcharge_heading(w);
        any = true;
        tw_report_print(w, "  %-20s    %8.2f  %8.2f  %8.2f  %8.2f     %8.2f\n",
                        tw_report_link_name(w, i), h[0], h[1], h[2], h[3], h[4]);
    }
    if (!any) tw_report_print(w, "  No conduits were surcharged.\n");
}

static void write_pumps(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_pumps *p = &w->report->pumps;
    double flow = w->units.flow_m3s;
    double all_s = w->report->summarized_s;
    if (m->pumps.count == 0 || p->on_s == NULL) return;
    tw_report_heading(w, "Pumping Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 105);
    tw_report_print(w,
                    "                                                  Min       Avg       Max   "
                    "  Total     Power    %% Time Off\n");
    tw_report_print(w,
                    "                        Percent   Number of      Flow      Flow      Flow   "
                    " Volume     Usage    Pump Curve\n");
    tw_report_print(w,
                    "  Pump                 Utilized   Start-Ups%10s%10s%10s%10s     Kw-hr    Low "
                    "  High\n",
                    w->flow_unit, w->flow_unit, w->flow_unit, w->volume_unit);
    tw_report_rule(w, 105);
    for (int32_t k = 0; k < m->pumps.count; k++)
        tw_report_print(w, "  %-20s %8.2f  %10d %9.2f %9.2f %9.2f %9.3f %9.2f  %5.1f  %5.1f\n",
                        tw_report_link_name(w, m->pumps.link[k]),
                        all_s > 0.0 ? 100.0 * p->on_s[k] / all_s : 0.0, (int)p->startups[k],
                        0.0 /* so SWMM */, p->mean_m3s[k] / flow, p->max_m3s[k] / flow,
                        p->volume_m3[k] / w->units.big_volume_m3, p->energy_kwh[k],
                        100.0 * p->below_curve_ratio[k], 100.0 * p->above_curve_ratio[k]);
}

void tw_report_link_tables(struct tw_report_writer *w)
{
    if (w->model->options.ignore_routing || w->model->links.count == 0 ||
        w->report->links.max_flow_m3s == NULL)
        return;
    tw_report_streets(w);
    write_flows(w);
    if (w->model->options.routing == TW_ROUTING_DYNWAVE) write_classes(w);
    write_surcharges(w);
    write_pumps(w);
    tw_report_link_loads(w);
}
