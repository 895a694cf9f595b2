/* Summary of streets and of what their inlets caught. */
#include "io/report_writer.h"

#include "model/xsect_shape.h"

static bool is_street(const struct tw_model *m, int32_t link)
{
    int32_t at = m->links.xsect[link];
    return m->links.kind[link] == TW_LINK_CONDUIT && m->xsects.shape[at] == TW_SHAPE_STREET;
}

static void write_heading(struct tw_report_writer *w)
{
    const char *flow = w->flow_unit, *length = w->units.us ? "ft" : "m";
    tw_report_heading(w, "Street Flow Summary");
    tw_report_print(w, "  \n");
    tw_report_rule(w, 135);
    tw_report_print(w, "%92s%9s%9s%9s%9s%9s\n", "Peak", "Avg.", "Bypass", "Back", "Peak", "Peak");
    tw_report_print(w, "%28s%10s%10s%44s%9s%9s%9s%9s%9s\n", "Peak", "Maximum", "Maximum", "Flow",
                    "Flow", "Flow", "Flow", "Capture", "Bypass");
    tw_report_print(w, "%28s%10s%10s  Inlet             Inlet     Inlet%9s%9s%9s%9s%9s%9s\n",
                    "Flow", "Spread", "Depth", "Capture", "Capture", "Freq", "Freq", "/ Inlet",
                    "Flow");
    /* SWMM has no word over the numbers of inlets in metric reports */
    tw_report_print(
        w, "  Street Conduit%12s%10s%10s  Design            Location%7s%9s%9s%9s%9s%9s%9s\n", flow,
        length, length, w->units.us ? "Count" : "", "Pcnt", "Pcnt", "Pcnt", "Pcnt", flow, flow);
    tw_report_rule(w, 135);
}

static void write_inlet(struct tw_report_writer *w, const struct tw_inlet *inlet,
                        const struct tw_report_inlet *r)
{
    const struct tw_inlets *n = &w->model->inlets;
    double flow = w->units.flow_m3s, inlets = inlet->number * n->street[inlet->street].sides;
    tw_report_print(w, "  %-16s  %-8s  %5d", tw_names_get(&n->names, inlet->design),
                    inlet->on_sag ? "ON-SAG" : "ON-GRADE", (int)inlet->number);
    if (!r->flowed) return;
    tw_report_print(w, "  %7.2f  %7.2f  %7.2f  %7.2f  %7.2f  %7.2f", 100.0 * r->peak_ratio,
                    100.0 * r->mean_ratio, 100.0 * r->passing_ratio, 100.0 * r->backing_ratio,
                    r->peak_ratio * r->peak_m3s / flow / inlets,
                    (1.0 - r->peak_ratio) * r->peak_m3s / flow);
}

void tw_report_streets(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const struct tw_report_links *l = &w->report->links;
    bool any = false;
    if (w->report->spread_m == NULL) return;
    for (int32_t i = 0; i < m->links.count; i++) {
        if (!is_street(m, i)) continue;
        if (!any) write_heading(w);
        any = true;
        tw_report_print(w, "  %-16s %9.3f %9.3f %9.3f", tw_report_link_name(w, i),
                        l->max_flow_m3s[i] / w->units.flow_m3s,
                        w->report->spread_m[i] / w->units.length_m,
                        l->max_depth_m[i] / w->units.length_m);
        for (int32_t k = 0; k < m->inlets.count; k++)
            if (m->inlets.inlet[k].link == i)
                write_inlet(w, &m->inlets.inlet[k], &w->report->inlet[k]);
        tw_report_print(w, "\n");
    }
}
