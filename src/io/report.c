#include "io/report_writer.h"

#include "model/rules.h"
#include "thalweg/time.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_LINE = 4096 }; /* three names in a row, each as long as a line of the model */

static const double day_s = 86400.0;

void tw_report_print(struct tw_report_writer *w, const char *format, ...)
{
    char line[LONGEST_LINE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0) return;
    if (length >= LONGEST_LINE) length = LONGEST_LINE - 1;
    tw_outfile_write(w->file, line, (size_t)length);
}

/* Lines of stars as long as SWMM's, which are longer than the words once. */
void tw_report_heading(struct tw_report_writer *w, const char *text)
{
    static const char stars[] = "****************************************";
    size_t length = strcmp(text, "Link Flow Summary") == 0 ? 20 : strlen(text);
    if (length > sizeof stars - 1) length = sizeof stars - 1;
    tw_report_print(w, w->begun ? "  \n  \n" : "  \n");
    tw_report_print(w, "  %.*s\n  %s\n  %.*s\n", (int)length, stars, text, (int)length, stars);
    w->begun = true;
}

void tw_report_rule(struct tw_report_writer *w, int width)
{
    static const char dashes[] = "---------------------------------------------------------------"
                                 "---------------------------------------------------------------"
                                 "---------------------------------------------------------------";
    tw_report_print(w, "  %.*s\n", width, dashes);
}

double tw_report_percent(double ratio)
{
    double percent = 100.0 * ratio;
    return fabs(percent) < 0.0005 ? 0.0 : percent; /* never -0.000 */
}

void tw_report_moment(struct tw_report_writer *w, double day)
{
    double since_s = floor((day - w->report->start_day) * day_s + 0.5);
    if (!(since_s > 0.0)) since_s = 0.0;
    int days = (int)(since_s / day_s);
    int rest_s = (int)(since_s - days * day_s);
    tw_report_print(w, "%6d  %02d:%02d", days, rest_s / 3600, rest_s / 60 % 60);
}

void tw_report_flow(struct tw_report_writer *w, double flow_m3s)
{
    tw_report_print(w, "%9.*f", w->flow_decimals, flow_m3s / w->units.flow_m3s);
}

const char *tw_report_node_word(const struct tw_model *model, int32_t node)
{
    static const char *const words[] = {"JUNCTION", "OUTFALL", "STORAGE", "DIVIDER"};
    return words[model->nodes.kind[node]];
}

const char *tw_report_node_name(const struct tw_report_writer *w, int32_t node)
{
    return tw_names_get(&w->model->nodes.names, node);
}

const char *tw_report_link_name(const struct tw_report_writer *w, int32_t link)
{
    return tw_names_get(&w->model->links.names, link);
}

bool tw_report_runs_off(const struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    bool ground = m->aquifers.count > 0 && !m->options.ignore_groundwater;
    return !m->options.ignore_rainfall || m->snow.falls || ground;
}

/* ---- head ---- */

/* A warning, with SWMM's number in its place where it has one. */
static void write_warning(struct tw_report_writer *w, const char *text)
{
    static const char mark[] = " [SWMM WARNING ";
    const char *at = strstr(text, mark);
    if (at == NULL) {
        tw_report_print(w, "  WARNING: %s\n", text);
        return;
    }
    tw_report_print(w, "  WARNING %.2s: %.*s\n", at + sizeof mark - 1, (int)(at - text), text);
}

/* Scripts look for the line that names the layout. */
static void write_head(struct tw_report_writer *w, const tw_faults *faults)
{
    tw_report_print(w, "\n  Thalweg. This report has the layout of\n"
                       "  EPA STORM WATER MANAGEMENT MODEL - VERSION 5.2 (Build 5.2.4)\n"
                       "  ------------------------------------------------------------\n\n");
    if (w->model->title != NULL) {
        tw_report_print(w, "  ");
        for (const char *at = w->model->title; *at != '\0'; at++)
            tw_report_print(w, *at == '\n' ? " \n  " : "%c", *at);
        tw_report_print(w, " \n");
    }
    for (int32_t i = 0; faults == NULL && i < w->model->warning_count; i++)
        write_warning(w, w->model->warning[i]);
    for (size_t i = 0; faults != NULL && i < tw_faults_kept(faults); i++)
        write_warning(w, tw_faults_get(faults, i).text);
    if (w->report->lost_lid_report != NULL)
        tw_report_print(w, "  WARNING: the LID report %s cannot be written\n",
                        w->report->lost_lid_report);
}

static void write_actions(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    if (!w->model->options.report_controls || r->action == NULL) return;
    tw_report_heading(w, "Control Actions Taken");
    for (int64_t i = 0; i < r->action_count; i++) {
        const struct tw_report_action *a = &r->action[i];
        struct tw_calendar c = tw_day_to_calendar(a->day);
        tw_report_print(w,
                        "   %02d/%02d/%04d: %02d:%02d:%02d Link %s setting changed to %6.2f by "
                        "Control %s\n",
                        c.month, c.day, c.year, c.hour, c.minute, c.second,
                        tw_report_link_name(w, a->link), a->setting,
                        w->model->rules->rule[a->rule].name);
    }
    tw_report_print(w, "\n");
    w->begun = false;
}

/* ---- continuity ---- */

static void write_depth(struct tw_report_writer *w, const char *what, double m3)
{
    double area_m2 = w->report->catchment_area_m2;
    double depth_mm = area_m2 > 0.0 ? 1000.0 * m3 / area_m2 : 0.0;
    tw_report_print(w, "  %s%14.3f%14.3f\n", what, m3 / w->units.land_volume_m3,
                    depth_mm / w->units.rain_mm);
}

static void write_runoff_balance(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    bool us = w->units.us;
    const struct tw_runoff_record *record = w->model->files.runoff;
    if (w->model->subcatchments.count == 0) return;
    if (record != NULL) {
        tw_report_heading(w, "Runoff Quantity Continuity");
        tw_report_print(w, "  Runoff supplied by interface file %s\n", record->path);
        return;
    }
    tw_report_print(w, "  \n  \n  **************************        Volume         Depth\n");
    tw_report_print(w, "  Runoff Quantity Continuity%14s%14s\n", us ? "acre-feet" : "hectare-m",
                    us ? "inches" : "mm");
    tw_report_print(w, "  **************************     ---------       -------\n");
    if (r->initial_surface_m3 > 0.0)
        write_depth(w, "Initial LID Storage ......", r->initial_surface_m3);
    bool snow = w->model->snow.count > 0;
    if (snow) write_depth(w, "Initial Snow Cover .......", r->initial_snow_m3);
    write_depth(w, "Total Precipitation ......", r->rain_m3);
    if (r->runon_m3 > 0.0) write_depth(w, "Outfall Runon ............", r->runon_m3);
    write_depth(w, "Evaporation Loss .........", r->evaporation_m3);
    write_depth(w, "Infiltration Loss ........", r->infiltration_m3);
    write_depth(w, "Surface Runoff ...........", r->runoff_m3);
    if (r->drained_m3 > 0.0) write_depth(w, "LID Drainage .............", r->drained_m3);
    if (snow) write_depth(w, "Snow Removed .............", r->removed_snow_m3);
    if (snow) write_depth(w, "Final Snow Cover .........", r->final_snow_m3);
    write_depth(w, "Final Storage ............", r->final_surface_m3);
    tw_report_print(w, "  Continuity Error (%%) .....%14.3f\n",
                    tw_report_percent(r->runoff_error_ratio));
}

static void write_volume(struct tw_report_writer *w, const char *what, double m3)
{
    tw_report_print(w, "  %s%14.3f%14.3f\n", what, m3 / w->units.routed_volume_m3,
                    m3 / w->units.big_volume_m3);
}

static void write_routing_balance(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    if (w->model->options.ignore_routing || w->model->nodes.count == 0) return;
    tw_report_print(w, "  \n  \n  **************************        Volume        Volume\n");
    tw_report_print(w, "  Flow Routing Continuity   %14s%14s\n",
                    w->units.us ? "acre-feet" : "hectare-m", w->volume_unit);
    tw_report_print(w, "  **************************     ---------     ---------\n");
    write_volume(w, "Dry Weather Inflow .......", r->dry_weather_m3);
    write_volume(w, "Wet Weather Inflow .......", r->wet_weather_m3);
    write_volume(w, "Groundwater Inflow .......", r->groundwater_m3);
    write_volume(w, "RDII Inflow ..............", r->rdii_m3);
    write_volume(w, "External Inflow ..........", r->external_m3);
    write_volume(w, "External Outflow .........", r->outflow_m3);
    write_volume(w, "Flooding Loss ............", r->flooding_m3);
    write_volume(w, "Evaporation Loss .........", r->evaporated_m3);
    write_volume(w, "Exfiltration Loss ........", r->seeped_m3);
    write_volume(w, "Initial Stored Volume ....", r->initial_storage_m3);
    write_volume(w, "Final Stored Volume ......", r->final_storage_m3);
    tw_report_print(w, "  Continuity Error (%%) .....%14.3f\n",
                    tw_report_percent(r->routing_error_ratio));
}

/* ---- how the routing went ---- */

static void write_worst(struct tw_report_writer *w, const char *heading,
                        const struct tw_report_worst *list, const char *none, bool percent)
{
    if (list[0].index < 0 && none == NULL) return;
    tw_report_heading(w, heading);
    if (list[0].index < 0) tw_report_print(w, "  %s\n", none);
    for (int k = 0; k < TW_REPORT_WORST && list[k].index >= 0; k++) {
        const char *name = list[k].is_node ? tw_report_node_name(w, list[k].index)
                                           : tw_report_link_name(w, list[k].index);
        const char *kind = list[k].is_node ? "Node" : "Link";
        if (percent)
            tw_report_print(w, "  %s %s (%.2f%%)\n", kind, name, 100.0 * list[k].value);
        else
            tw_report_print(w, "  %s %s (%.0f)\n", kind, name, list[k].value);
    }
}

static void write_steps(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    tw_report_heading(w, "Routing Time Step Summary");
    tw_report_print(w, "  Minimum Time Step           :  %7.2f sec\n", r->min_step_s);
    tw_report_print(w, "  Average Time Step           :  %7.2f sec\n", r->mean_step_s);
    tw_report_print(w, "  Maximum Time Step           :  %7.2f sec\n", r->max_step_s);
    tw_report_print(w, "  %% of Time in Steady State   :  %7.2f\n", 100.0 * r->steady_ratio);
    tw_report_print(w, "  Average Iterations per Step :  %7.2f\n", r->trials_per_step);
    tw_report_print(w, "  %% of Steps Not Converging   :  %7.2f\n", 100.0 * r->unconverged_ratio);
    if (!(r->step_bound_s[0] > 0.0)) return;
    tw_report_print(w, "  Time Step Frequencies       :\n");
    for (int k = 0; k < TW_REPORT_STEP_CLASSES; k++)
        tw_report_print(w, "     %6.3f - %6.3f sec      :  %7.2f %%\n", r->step_bound_s[k],
                        r->step_bound_s[k + 1], 100.0 * r->step_share[k]);
}

static void write_course(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    const struct tw_options *o = &w->model->options;
    const struct tw_report_worst none[TW_REPORT_WORST] = {{.index = -1}};
    bool dynamic = o->routing == TW_ROUTING_DYNWAVE, routed = !o->ignore_routing;
    if (w->model->links.count == 0) return;
    if (routed) write_worst(w, "Highest Continuity Errors", r->balance_errors, NULL, true);
    if (dynamic && o->variable_step_factor > 0.0)
        write_worst(w, "Time-Step Critical Elements", routed ? r->critical : none, "None", true);
    /* so SWMM: the model's first element is none (docs/numerics/report.md) */
    bool stable = !routed || r->unstable[0].index == 0;
    bool converged = !routed || r->unconverged[0].index == 0;
    write_worst(w, "Highest Flow Instability Indexes", stable ? none : r->unstable,
                "All links are stable.", false);
    if (dynamic)
        write_worst(w, "Most Frequent Nonconverging Nodes", converged ? none : r->unconverged,
                    "Convergence obtained at all time steps.", true);
    if (routed) write_steps(w);
}

static void write_end(struct tw_report_writer *w)
{
    const struct tw_report *r = w->report;
    if (r->begun != NULL) tw_report_print(w, "  \n\n  Analysis begun on:  %s\n", r->begun);
    if (r->ended != NULL) tw_report_print(w, "  Analysis ended on:  %s\n", r->ended);
    tw_report_print(w, "  Total elapsed time: ");
    if (r->wall_s < 1.0) {
        tw_report_print(w, "< 1 sec\n");
        return;
    }
    long long all_s = r->wall_s < 1e12 ? (long long)r->wall_s : 0;
    tw_report_print(w, "%02lld:%02lld:%02lld\n", all_s / 3600, all_s / 60 % 60, all_s % 60);
}

tw_status tw_report_write(const struct tw_report *report, const struct tw_model *model,
                          const tw_faults *faults, const char *path)
{
    static const char *const units[] = {"CFS", "GPM", "MGD", "CMS", "LPS", "MLD"};
    enum tw_flow_units unit = model->options.flow_units;
    struct tw_report_writer w = {.report = report,
                                 .model = model,
                                 .units = tw_units_of(unit, model->options.strict),
                                 .flow_decimals =
                                     unit == TW_FLOW_MGD || unit == TW_FLOW_CMS ? 3 : 2,
                                 .flow_unit = units[unit]};
    w.volume_unit = w.units.us ? "10^6 gal" : "10^6 ltr";
    TW_TRY(tw_outfile_open(path, &w.file));
    write_head(&w, faults);
    tw_report_input(&w);
    write_actions(&w);
    if (model->options.report_continuity) {
        tw_report_rdii(&w);
        write_runoff_balance(&w);
        tw_report_surface_quality(&w);
        tw_report_ground_balance(&w);
        write_routing_balance(&w);
        tw_report_network_quality(&w);
    }
    write_course(&w);
    tw_report_node_tables(&w);
    tw_report_link_tables(&w);
    tw_status status = TW_OK;
    if (report->series_path != NULL) status = tw_report_series(&w, report->series_path);
    write_end(&w);
    if (status == TW_OK) return tw_outfile_commit(w.file);
    tw_outfile_abandon(w.file);
    return status;
}
