/* Series of what [REPORT] names, out of the run's results file: SWMM puts them into its report when
 * nobody keeps the results. The file is gone through once for as many elements as fit into memory. */
#include "io/report_writer.h"
#include "thalweg/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAIL = 24,
    SUBCATCHMENT_VALUES = 8,
    NODE_VALUES = 6,
    LINK_VALUES = 5,
    SYSTEM_VALUES = 15,
    MOST_BYTES = 1 << 26 /* of series at a time */
};

/* A results file and a part of its elements' values at all times. */
struct reading {
    FILE *file;
    int32_t periods;
    int64_t results_at, stride; /* [bytes] */
    double *day;                /* [periods] */
    float *value;               /* [period * elements + element][width] */
};

/* One kind of elements in the file. */
struct group {
    int32_t count, width; /* reported elements, values of each */
    int64_t at;           /* [floats] in a period */
    const bool *reported;
    int32_t all;
    void (*head)(struct tw_report_writer *w);
    void (*row)(struct tw_report_writer *w, const float *v);
    const char *noun, *title;
    const struct tw_names *names;
};

static int32_t count_of(const bool *reported, int32_t all)
{
    int32_t count = 0;
    for (int32_t i = 0; i < all; i++)
        count += reported[i] ? 1 : 0;
    return count;
}

static void write_dashes(struct tw_report_writer *w, int width)
{
    tw_report_print(w, "  ");
    for (int k = 0; k < width; k++)
        tw_report_print(w, "-");
    tw_report_print(w, "\n");
}

static void write_pollutants(struct tw_report_writer *w, bool units)
{
    static const char *const words[] = {"MG/L", "UG/L", "#/L"};
    const struct tw_quality_model *q = &w->model->quality;
    for (int32_t p = 0; p < q->count; p++)
        tw_report_print(w, "%10s",
                        units ? words[q->pollutant[p].unit] : tw_names_get(&q->pollutant_names, p));
    tw_report_print(w, "\n");
}

static void write_concentrations(struct tw_report_writer *w, const float *v)
{
    for (int32_t p = 0; p < w->model->quality.count; p++)
        tw_report_print(w, " %9.3f", (double)v[p]);
    tw_report_print(w, "\n");
}

static bool has_snow(const struct tw_report_writer *w) { return w->model->snow.count > 0; }

static bool has_ground(const struct tw_report_writer *w)
{
    return w->model->aquifers.count > 0 && !w->model->options.ignore_groundwater;
}

static void subcatchment_head(struct tw_report_writer *w)
{
    bool us = w->units.us, snow = has_snow(w), ground = has_ground(w);
    const char *rain = us ? "in/hr" : "mm/hr";
    int width = 51 + (snow ? 12 : 0) + (ground ? 20 : 0) + 10 * w->model->quality.count;
    write_dashes(w, width);
    tw_report_print(w, "  Date        Time        Precip.    Losses    Runoff");
    if (snow) tw_report_print(w, "  Snow Depth");
    if (ground) tw_report_print(w, "  GW Elev.   GW Flow");
    write_pollutants(w, false);
    tw_report_print(w, "                            %s     %s %9s", rain, rain, w->flow_unit);
    if (snow) tw_report_print(w, "%12s", us ? "inches" : "mmeters");
    if (ground) tw_report_print(w, "%10s %9s", us ? "feet" : "meters", w->flow_unit);
    write_pollutants(w, true);
    write_dashes(w, width);
}

static void subcatchment_row(struct tw_report_writer *w, const float *v)
{
    enum { RAIN, SNOW, EVAPORATION, INFILTRATION, RUNOFF, GROUND_FLOW, GROUND_HEAD };
    double lost = (double)(v[EVAPORATION] / 24.0F + v[INFILTRATION]);
    tw_report_print(w, " %10.3f%10.3f%10.4f", (double)v[RAIN], lost, (double)v[RUNOFF]);
    if (has_snow(w)) tw_report_print(w, "  %10.3f", (double)v[SNOW]);
    if (has_ground(w))
        tw_report_print(w, "%10.3f%10.4f", (double)v[GROUND_HEAD], (double)v[GROUND_FLOW]);
    write_concentrations(w, v + SUBCATCHMENT_VALUES);
}

static void node_head(struct tw_report_writer *w)
{
    const char *length = w->units.us ? "feet" : "meters";
    int width = 64 + 10 * w->model->quality.count;
    write_dashes(w, width);
    tw_report_print(w, "                           Inflow  Flooding     Depth      Head");
    write_pollutants(w, false);
    tw_report_print(w, "  Date        Time      %9s %9s %9s %9s", w->flow_unit, w->flow_unit,
                    length, length);
    write_pollutants(w, true);
    write_dashes(w, width);
}

static void node_row(struct tw_report_writer *w, const float *v)
{
    enum { DEPTH, HEAD, VOLUME, LATERAL, INFLOW, FLOODING };
    tw_report_print(w, "  %9.3f %9.3f %9.3f %9.3f", (double)v[INFLOW], (double)v[FLOODING],
                    (double)v[DEPTH], (double)v[HEAD]);
    write_concentrations(w, v + NODE_VALUES);
}

static void link_head(struct tw_report_writer *w)
{
    bool us = w->units.us;
    int width = 64 + 10 * w->model->quality.count;
    write_dashes(w, width);
    tw_report_print(w, "                             Flow  Velocity     Depth  Capacity/");
    write_pollutants(w, false);
    tw_report_print(w, "  Date        Time      %9s %9s %9s   Setting ", w->flow_unit,
                    us ? "ft/sec" : "m/sec", us ? "feet" : "meters");
    write_pollutants(w, true);
    write_dashes(w, width);
}

static void link_row(struct tw_report_writer *w, const float *v)
{
    enum { FLOW, DEPTH, VELOCITY, VOLUME, CAPACITY };
    tw_report_print(w, "  %9.3f %9.3f %9.3f %9.3f", (double)v[FLOW], (double)v[VELOCITY],
                    (double)v[DEPTH], (double)v[CAPACITY]);
    write_concentrations(w, v + LINK_VALUES);
}

static void write_moment(struct tw_report_writer *w, double day)
{
    struct tw_calendar c = tw_day_to_calendar(day);
    tw_report_print(w, "   %02d/%02d/%04d %02d:%02d:%02d", c.month, c.day, c.year, c.hour, c.minute,
                    c.second);
}

/* Values of some elements of a group at all times. */
static tw_status read_values(struct reading *r, const struct group *g, int32_t first, int32_t count)
{
    size_t each = (size_t)g->width * (size_t)count;
    for (int32_t k = 0; k < r->periods; k++) {
        int64_t at = r->results_at + k * r->stride;
        int64_t skip = 4 * (g->at + (int64_t)first * g->width);
        if (fseek(r->file, (long)at, SEEK_SET) != 0 ||
            fread(&r->day[k], sizeof(double), 1, r->file) != 1 ||
            fseek(r->file, (long)skip, SEEK_CUR) != 0 ||
            fread(r->value + (size_t)k * each, sizeof(float), each, r->file) != each)
            return TW_ERR_FILE;
    }
    return TW_OK;
}

static void write_element(struct tw_report_writer *w, const struct reading *r,
                          const struct group *g, const char *name, const float *value, size_t each)
{
    tw_report_print(w, "  <<< %s %s >>>\n", g->noun, name);
    g->head(w);
    for (int32_t k = 0; k < r->periods; k++) {
        write_moment(w, r->day[k]);
        g->row(w, value + (size_t)k * each);
    }
}

static tw_status write_group(struct tw_report_writer *w, struct reading *r, const struct group *g)
{
    if (g->count == 0) return TW_OK;
    int64_t bytes = (int64_t)sizeof(float) * g->width * r->periods;
    int32_t together = (int32_t)fmin(g->count, fmax(1.0, MOST_BYTES / (double)bytes)), done = 0;
    r->value = malloc((size_t)(bytes * together));
    if (r->value == NULL) return TW_ERR_NOMEM;
    tw_report_heading(w, g->title);
    tw_status status = TW_OK;
    int32_t here = 0; /* elements that were read together */
    for (int32_t i = 0; i < g->all; i++) {
        if (!g->reported[i]) continue;
        int32_t place = done % together;
        if (place == 0) {
            here = g->count - done < together ? g->count - done : together;
            status = read_values(r, g, done, here);
        }
        if (status != TW_OK) break;
        tw_report_print(w, done > 0 ? "  \n  \n" : "  \n");
        write_element(w, r, g, tw_names_get(g->names, i), r->value + place * g->width,
                      (size_t)here * (size_t)g->width);
        done++;
    }
    free(r->value);
    return status;
}

static tw_status write_groups(struct tw_report_writer *w, struct reading *r)
{
    const struct tw_model *m = w->model;
    int32_t p = m->quality.count;
    struct group groups[] = {{.width = SUBCATCHMENT_VALUES + p,
                              .reported = m->subcatchment_reported,
                              .all = m->subcatchments.count,
                              .head = subcatchment_head,
                              .row = subcatchment_row,
                              .noun = "Subcatchment",
                              .title = "Subcatchment Time Series Results",
                              .names = &m->subcatchments.names},
                             {.width = NODE_VALUES + p,
                              .reported = m->nodes.reported,
                              .all = m->nodes.count,
                              .head = node_head,
                              .row = node_row,
                              .noun = "Node",
                              .title = "Node Time Series Results",
                              .names = &m->nodes.names},
                             {.width = LINK_VALUES + p,
                              .reported = m->links.reported,
                              .all = m->links.count,
                              .head = link_head,
                              .row = link_row,
                              .noun = "Link",
                              .title = "Link Time Series Results",
                              .names = &m->links.names}};
    int64_t at = 0;
    for (int k = 0; k < 3; k++) {
        groups[k].count = count_of(groups[k].reported, groups[k].all);
        groups[k].at = at;
        at += (int64_t)groups[k].count * groups[k].width;
    }
    r->stride = (int64_t)sizeof(double) + 4 * (at + SYSTEM_VALUES);
    if (!tw_report_runs_off(w)) groups[0].count = 0;
    for (int k = 0; k < 3; k++)
        TW_TRY(write_group(w, r, &groups[k]));
    return TW_OK;
}

tw_status tw_report_series(struct tw_report_writer *w, const char *path)
{
    struct reading r = {.file = fopen(path, "rb")};
    int32_t tail[TAIL / 4]; /* where names, properties, results are; periods, error, magic */
    if (r.file == NULL) return TW_ERR_FILE;
    tw_status status = TW_ERR_FILE;
    if (fseek(r.file, -TAIL, SEEK_END) == 0 && fread(tail, TAIL, 1, r.file) == 1) {
        r.results_at = tail[2];
        r.periods = tail[3];
        r.day = malloc(sizeof(double) * (size_t)(r.periods > 0 ? r.periods : 1));
        status = r.day == NULL ? TW_ERR_NOMEM : TW_OK;
    }
    if (status == TW_OK && r.periods > 0) status = write_groups(w, &r);
    free(r.day);
    (void)fclose(r.file);
    return status;
}
