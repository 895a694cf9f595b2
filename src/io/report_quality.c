/* Pollutants: balances, wash-off, loads of links and outfalls. Counts are shown as logarithms. */
#include "io/report_writer.h"

#include <math.h>
#include <stddef.h>

enum { IN_A_TABLE = 5 }; /* pollutants side by side in a balance */

static double shown(const struct tw_report_writer *w, int32_t pollutant, double mass)
{
    if (w->model->quality.pollutant[pollutant].unit != TW_POLLUTANT_COUNT) return mass;
    return mass > 0.0 ? log10(mass) : 0.0;
}

static void write_names(struct tw_report_writer *w, int32_t first, int32_t end)
{
    for (int32_t p = first; p < end; p++)
        tw_report_print(w, "%14s", tw_names_get(&w->model->quality.pollutant_names, p));
    tw_report_print(w, "\n");
}

static void write_units(struct tw_report_writer *w, int32_t first, int32_t end)
{
    const char *mass = w->units.us ? "lbs" : "kg";
    for (int32_t p = first; p < end; p++) {
        bool count = w->model->quality.pollutant[p].unit == TW_POLLUTANT_COUNT;
        tw_report_print(w, "%14s", count ? "LogN" : mass);
    }
    tw_report_print(w, "\n");
}

/* A row of a balance: words and which member of each pollutant. */
struct row {
    const char *words;
    size_t member;
};

#define ROW(words, member)                                                                         \
    {                                                                                              \
        words, offsetof(struct tw_report_pollutant, member)                                        \
    }

static double member_of(const struct tw_report_pollutant *p, size_t member)
{
    return *(const double *)(const void *)((const char *)p + member);
}

/* Part that in and out do not explain; differences below the least do not count. */
static double unexplained(double in, double out, double least)
{
    if (fabs(in - out) < least) return 0.0;
    if (in > 0.0) return 1.0 - out / in;
    return out > 0.0 ? in / out - 1.0 : 0.0;
}

/* As SWMM has it: a thousandth of the file's mass. */
static double surface_error(const struct tw_report_pollutant *p, double file_mass)
{
    (void)file_mass;
    return unexplained(p->initial + p->buildup + p->deposition,
                       p->sweeping + p->infiltration + p->practices + p->runoff + p->remaining,
                       0.001);
}

/* As SWMM has it: a thousandth of what a cubic foot has at a concentration of 1. */
static double network_error(const struct tw_report_pollutant *p, double file_mass)
{
    static const double foot3_m3 = 0.3048 * 0.3048 * 0.3048;
    return unexplained(p->dry + p->wet + p->ground + p->rdii + p->external + p->stored,
                       p->outflow + p->flooding + p->seepage + p->reacted + p->kept,
                       0.001 * foot3_m3 * file_mass);
}

static void write_balance(struct tw_report_writer *w, const char *title, const struct row *rows,
                          size_t count,
                          double (*error)(const struct tw_report_pollutant *p, double mass))
{
    const struct tw_report_pollutant *each = w->report->quality.pollutant;
    const struct tw_pollutant *q = w->model->quality.pollutant;
    int32_t all = w->model->quality.count;
    for (int32_t first = 0; first < all; first += IN_A_TABLE) {
        int32_t end = first + IN_A_TABLE < all ? first + IN_A_TABLE : all;
        tw_report_print(w, "  \n  \n  **************************");
        write_names(w, first, end);
        tw_report_print(w, "  %-26s", title);
        write_units(w, first, end);
        tw_report_print(w, "  **************************");
        for (int32_t p = first; p < end; p++)
            tw_report_print(w, "    ----------");
        tw_report_print(w, "\n");
        for (size_t k = 0; k < count; k++) {
            tw_report_print(w, "  %s", rows[k].words);
            for (int32_t p = first; p < end; p++)
                tw_report_print(w, "%14.3f", shown(w, p, member_of(&each[p], rows[k].member)));
            tw_report_print(w, "\n");
        }
        tw_report_print(w, "  Continuity Error (%%) .....");
        for (int32_t p = first; p < end; p++)
            tw_report_print(w, "%14.3f", tw_report_percent(error(&each[p], q[p].file_mass)));
        tw_report_print(w, "\n");
    }
}

void tw_report_surface_quality(struct tw_report_writer *w)
{
    static const struct row rows[] = {ROW("Initial Buildup ..........", initial),
                                      ROW("Surface Buildup ..........", buildup),
                                      ROW("Wet Deposition ...........", deposition),
                                      ROW("Sweeping Removal .........", sweeping),
                                      ROW("Infiltration Loss ........", infiltration),
                                      ROW("BMP Removal ..............", practices),
                                      ROW("Surface Runoff ...........", runoff),
                                      ROW("Remaining Buildup ........", remaining)};
    const struct tw_model *m = w->model;
    if (w->report->quality.pollutant == NULL || m->subcatchments.count == 0) return;
    write_balance(w, "Runoff Quality Continuity", rows, sizeof rows / sizeof *rows, surface_error);
}

void tw_report_network_quality(struct tw_report_writer *w)
{
    static const struct row rows[] = {
        ROW("Dry Weather Inflow .......", dry),      ROW("Wet Weather Inflow .......", wet),
        ROW("Groundwater Inflow .......", ground),   ROW("RDII Inflow ..............", rdii),
        ROW("External Inflow ..........", external), ROW("External Outflow .........", outflow),
        ROW("Flooding Loss ............", flooding), ROW("Exfiltration Loss ........", seepage),
        ROW("Mass Reacted .............", reacted),  ROW("Initial Stored Mass ......", stored),
        ROW("Final Stored Mass ........", kept)};
    const struct tw_model *m = w->model;
    if (w->report->quality.pollutant == NULL || m->nodes.count == 0) return;
    if (m->options.ignore_routing) return;
    write_balance(w, "Quality Routing Continuity", rows, sizeof rows / sizeof *rows, network_error);
}

/* A line of dashes below which all pollutants have a column. */
static void write_dashes(struct tw_report_writer *w, int width)
{
    for (int k = 0; k < width; k++)
        tw_report_print(w, "-");
}

static void write_masses(struct tw_report_writer *w, const double *mass, int32_t count)
{
    for (int32_t p = 0; p < count; p++)
        tw_report_print(w, "%14.3f", shown(w, p, mass[p]));
    tw_report_print(w, "\n");
}

static void write_heading(struct tw_report_writer *w, const char *title, const char *noun)
{
    int width = 20 + 14 * w->model->quality.count;
    tw_report_heading(w, title);
    tw_report_print(w, "  \n  ");
    write_dashes(w, width);
    tw_report_print(w, "\n%22s", "");
    write_names(w, 0, w->model->quality.count);
    tw_report_print(w, "  %-20s", noun);
    write_units(w, 0, w->model->quality.count);
    tw_report_print(w, "  ");
    write_dashes(w, width);
    tw_report_print(w, "\n");
}

void tw_report_washoff(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const double *mass = w->report->quality.washoff;
    double all[TW_MOST_POLLUTANTS] = {0.0};
    int32_t count = m->quality.count;
    if (mass == NULL || m->subcatchments.count == 0) return;
    write_heading(w, "Subcatchment Washoff Summary", "Subcatchment");
    for (int32_t i = 0; i < m->subcatchments.count; i++) {
        tw_report_print(w, "  %-20s", tw_names_get(&m->subcatchments.names, i));
        write_masses(w, mass + i * count, count);
        for (int32_t p = 0; p < count; p++) /* also of what flows on to others, as in SWMM */
            all[p] += mass[i * count + p];
    }
    tw_report_print(w, "  ");
    write_dashes(w, 20 + 14 * count);
    tw_report_print(w, "\n  %-20s", "System");
    write_masses(w, all, count);
}

void tw_report_link_loads(struct tw_report_writer *w)
{
    const struct tw_model *m = w->model;
    const double *mass = w->report->quality.link;
    if (mass == NULL || m->links.count == 0) return;
    write_heading(w, "Link Pollutant Load Summary", "Link");
    for (int32_t i = 0; i < m->links.count; i++) {
        tw_report_print(w, "  %-20s", tw_report_link_name(w, i));
        for (int32_t p = 0; p < m->quality.count; p++) {
            double x = shown(w, p, mass[i * m->quality.count + p]);
            tw_report_print(w, fabs(x) < 10000.0 ? "%14.3f" : "%14.3e", x);
        }
        tw_report_print(w, "\n");
    }
}

void tw_report_outfall_heading(struct tw_report_writer *w, enum tw_report_outfall_part part)
{
    int32_t count = w->model->quality.told_count;
    if (part == TW_REPORT_OUTFALL_NAMES) {
        write_names(w, 0, count);
        return;
    }
    if (part == TW_REPORT_OUTFALL_UNITS) {
        write_units(w, 0, count);
        return;
    }
    for (int32_t p = 0; p < count; p++)
        tw_report_print(w, part == TW_REPORT_OUTFALL_RULE ? "--------------" : "         Total");
    tw_report_print(w, "\n");
}

void tw_report_outfall_loads(struct tw_report_writer *w, int32_t outfall)
{
    const double *mass = w->report->quality.outfall;
    /* SWMM has columns of zeros for pollutants that IGNORE_QUALITY leaves aside */
    int32_t count = w->model->quality.told_count;
    double all[TW_MOST_POLLUTANTS] = {0.0};
    for (int32_t k = 0; mass != NULL && outfall < 0 && k < w->model->outfalls.count; k++)
        for (int32_t p = 0; p < count; p++)
            all[p] += mass[k * count + p];
    write_masses(w, mass == NULL || outfall < 0 ? all : mass + outfall * count, count);
}
