#include "io/out.h"

#include "base/file.h"
#include "base/writer.h"
#include "io/units.h"
#include "model/link_height.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAGIC = 516114522,
    VERSION = 52004,
    THREAD_BYTES = 1 << 18, /* of a period: below, a write takes less than to wake a thread */
    SUBCATCHMENT_VALUES = 8,
    NODE_VALUES = 6,
    LINK_VALUES = 5,
    SYSTEM_VALUES = 15
};

struct tw_out {
    const struct tw_model *model;
    tw_outfile *file;
    struct tw_writer *writer;               /* NULL: the caller of tw_out_write writes */
    int32_t *subcatchments, *nodes, *links; /* reported ones */
    int32_t subcatchment_count, node_count, link_count;
    int32_t pollutants;
    double subcatchment_unit[SUBCATCHMENT_VALUES], node_unit[NODE_VALUES], link_unit[LINK_VALUES],
        system_unit[SYSTEM_VALUES]; /* SI over file unit */
    char *row;                      /* a period as it is written; NULL with a writer */
    size_t row_size;
    int32_t names_at, properties_at, results_at, periods;
};

static tw_status put_int(tw_out *out, int32_t value)
{
    return tw_outfile_write(out->file, &value, sizeof value);
}

static tw_status put_float(tw_out *out, double value)
{
    float v = (float)value;
    return tw_outfile_write(out->file, &v, sizeof v);
}

static tw_status put_name(tw_out *out, const char *name)
{
    size_t length = strlen(name);
    TW_TRY(put_int(out, (int32_t)length));
    return tw_outfile_write(out->file, name, length);
}

static tw_status put_codes(tw_out *out, const int32_t *codes, int32_t count)
{
    TW_TRY(put_int(out, count));
    for (int32_t i = 0; i < count; i++)
        TW_TRY(put_int(out, codes[i]));
    return TW_OK;
}

/* Factors that turn SI into the units of the file. */
static void set_units(tw_out *out)
{
    struct tw_units u = tw_units_of(out->model->options.flow_units, out->model->options.strict);
    double rain = 1.0 / u.rain_mm, length = 1.0 / u.length_m, flow = 1.0 / u.flow_m3s;
    double volume = 1.0 / u.volume_m3;
    const double s[] = {rain, rain, rain, rain, flow, flow, length, 1.0};
    const double n[] = {length, length, volume, flow, flow, flow};
    const double l[] = {flow, length, length, volume, 1.0};
    const double y[] = {1.0,  rain, rain, rain, flow,   flow, flow, flow,
                        flow, flow, flow, flow, volume, rain, rain};
    memcpy(out->subcatchment_unit, s, sizeof s);
    memcpy(out->node_unit, n, sizeof n);
    memcpy(out->link_unit, l, sizeof l);
    memcpy(out->system_unit, y, sizeof y);
}

static int32_t *pick(const bool *reported, int32_t count, int32_t *out_count)
{
    int32_t *list = malloc(sizeof *list * (size_t)(count > 0 ? count : 1));
    int32_t n = 0;
    for (int32_t i = 0; list != NULL && i < count; i++) {
        if (reported[i]) list[n++] = i;
    }
    *out_count = n;
    return list;
}

static tw_status make(tw_out *out)
{
    const struct tw_model *m = out->model;
    size_t p = (size_t)m->quality.count;
    out->pollutants = m->quality.count;
    out->subcatchments =
        pick(m->subcatchment_reported, m->subcatchments.count, &out->subcatchment_count);
    out->nodes = pick(m->nodes.reported, m->nodes.count, &out->node_count);
    out->links = pick(m->links.reported, m->links.count, &out->link_count);
    out->row_size = sizeof(double) +
                    sizeof(float) * ((size_t)out->subcatchment_count * (SUBCATCHMENT_VALUES + p) +
                                     (size_t)out->node_count * (NODE_VALUES + p) +
                                     (size_t)out->link_count * (LINK_VALUES + p) + SYSTEM_VALUES);
    out->row = malloc(out->row_size);
    set_units(out);
    return out->subcatchments && out->nodes && out->links && out->row ? TW_OK : TW_ERR_NOMEM;
}

static tw_status put_head(tw_out *out)
{
    const int32_t head[] = {MAGIC,
                            VERSION,
                            (int32_t)out->model->options.flow_units,
                            out->subcatchment_count,
                            out->node_count,
                            out->link_count,
                            out->pollutants};
    TW_TRY(tw_outfile_write(out->file, head, sizeof head));
    out->names_at = (int32_t)tw_outfile_size(out->file);
    const struct tw_model *m = out->model;
    for (int32_t i = 0; i < out->subcatchment_count; i++) {
        TW_TRY(put_name(out, tw_names_get(&m->subcatchments.names, out->subcatchments[i])));
    }
    for (int32_t i = 0; i < out->node_count; i++) {
        TW_TRY(put_name(out, tw_names_get(&m->nodes.names, out->nodes[i])));
    }
    for (int32_t i = 0; i < out->link_count; i++) {
        TW_TRY(put_name(out, tw_names_get(&m->links.names, out->links[i])));
    }
    for (int32_t p = 0; p < out->pollutants; p++)
        TW_TRY(put_name(out, tw_names_get(&m->quality.pollutant_names, p)));
    for (int32_t p = 0; p < out->pollutants; p++)
        TW_TRY(put_int(out, (int32_t)m->quality.pollutant[p].unit));
    return TW_OK;
}

static tw_status put_link(tw_out *out, int32_t i, double length)
{
    const struct tw_model *m = out->model;
    bool turned = m->links.reversed[i], conduit = m->links.kind[i] == TW_LINK_CONDUIT;
    double offset1 = turned ? m->links.offset2_m[i] : m->links.offset1_m[i];
    double offset2 = turned ? m->links.offset1_m[i] : m->links.offset2_m[i];
    TW_TRY(put_int(out, m->links.kind[i]));
    TW_TRY(put_float(out, m->links.kind[i] == TW_LINK_PUMP ? 0.0 : offset1 * length));
    TW_TRY(put_float(out, m->links.kind[i] == TW_LINK_PUMP ? 0.0 : offset2 * length));
    TW_TRY(put_float(out, tw_link_height_m(m, i) * length));
    return put_float(out, conduit ? m->conduits.length_m[m->links.row[i]] * length : 0.0);
}

static tw_status put_properties(tw_out *out)
{
    const struct tw_model *m = out->model;
    struct tw_units u = tw_units_of(m->options.flow_units, m->options.strict);
    out->properties_at = (int32_t)tw_outfile_size(out->file);
    TW_TRY(put_codes(out, (const int32_t[]){1}, 1));
    for (int32_t i = 0; i < out->subcatchment_count; i++) {
        TW_TRY(put_float(out, m->subcatchments.area_m2[out->subcatchments[i]] / u.land_m2));
    }
    TW_TRY(put_codes(out, (const int32_t[]){0, 2, 3}, 3));
    for (int32_t k = 0; k < out->node_count; k++) {
        int32_t i = out->nodes[k];
        TW_TRY(put_int(out, m->nodes.kind[i]));
        TW_TRY(put_float(out, m->nodes.invert_m[i] / u.length_m));
        TW_TRY(put_float(out, m->nodes.full_depth_m[i] / u.length_m));
    }
    TW_TRY(put_codes(out, (const int32_t[]){0, 4, 4, 3, 5}, 5));
    for (int32_t k = 0; k < out->link_count; k++) {
        TW_TRY(put_link(out, out->links[k], 1.0 / u.length_m));
    }
    return TW_OK;
}

static tw_status put_variables(tw_out *out, double start_day, double report_step_s)
{
    int32_t p = out->pollutants;
    const int32_t counts[] = {SUBCATCHMENT_VALUES + p, NODE_VALUES + p, LINK_VALUES + p,
                              SYSTEM_VALUES};
    for (int k = 0; k < 4; k++) {
        TW_TRY(put_int(out, counts[k]));
        for (int32_t code = 0; code < counts[k]; code++)
            TW_TRY(put_int(out, code));
    }
    TW_TRY(tw_outfile_write(out->file, &start_day, sizeof start_day));
    TW_TRY(put_int(out, (int32_t)report_step_s));
    out->results_at = (int32_t)tw_outfile_size(out->file);
    return TW_OK;
}

tw_status tw_out_open(const struct tw_model *model, const char *path, double start_day,
                      double report_step_s, tw_out **out_file)
{
    tw_out *out = calloc(1, sizeof *out);
    if (out == NULL) return TW_ERR_NOMEM;
    out->model = model;
    tw_status status = make(out);
    if (status == TW_OK) status = tw_outfile_open(path, &out->file);
    if (status == TW_OK) status = put_head(out);
    if (status == TW_OK) status = put_properties(out);
    if (status == TW_OK) status = put_variables(out, start_day, report_step_s);
    /* Places in the file are 32 bits wide, but only the head is pointed to: results may be longer. */
    if (status == TW_OK && tw_outfile_size(out->file) > INT32_MAX) status = TW_ERR_FULL;
    if (status != TW_OK) {
        tw_out_abandon(out);
        return status;
    }
    *out_file = out;
    return TW_OK;
}

tw_status tw_out_write_by_thread(tw_out *out)
{
    if (out->row_size < THREAD_BYTES || out->writer != NULL) return TW_OK;
    TW_TRY(tw_writer_begin(out->file, out->row_size, &out->writer));
    free(out->row);
    out->row = NULL;
    return TW_OK;
}

/* Values of some elements as floats, `width` with a unit and `more` without; returns where the next
 * ones go. */
static char *pack(char *to, const double *values, int32_t width, int32_t more, const double *unit,
                  const int32_t *list, int32_t count)
{
    for (int32_t k = 0; k < count; k++) {
        const double *v = &values[(size_t)(list == NULL ? k : list[k]) * (size_t)(width + more)];
        for (int32_t j = 0; j < width + more; j++) {
            float f = (float)(v[j] * (j < width ? unit[j] : 1.0));
            memcpy(to, &f, sizeof f);
            to += sizeof f;
        }
    }
    return to;
}

/* Turned conduits flow the other way in the user's eyes. */
static void turn_signs(const tw_out *out, char *links)
{
    for (int32_t k = 0; k < out->link_count; k++) {
        if (!out->model->links.reversed[out->links[k]]) continue;
        char *at = links + (size_t)k * (size_t)(LINK_VALUES + out->pollutants) * sizeof(float);
        float v[3];
        memcpy(v, at, sizeof v);
        v[0] = -v[0];
        v[2] = -v[2];
        memcpy(at, v, sizeof v);
    }
}

tw_status tw_out_write(tw_out *out, double day, const double *subcatchment, const double *node,
                       const double *link, const double *system)
{
    char *row = out->writer != NULL ? tw_writer_buffer(out->writer) : out->row, *at = row;
    memcpy(at, &day, sizeof day);
    at += sizeof day;
    at = pack(at, subcatchment, SUBCATCHMENT_VALUES, out->pollutants, out->subcatchment_unit,
              out->subcatchments, out->subcatchment_count);
    at = pack(at, node, NODE_VALUES, out->pollutants, out->node_unit, out->nodes, out->node_count);
    char *links = at;
    at = pack(at, link, LINK_VALUES, out->pollutants, out->link_unit, out->links, out->link_count);
    turn_signs(out, links);
    double values[SYSTEM_VALUES];
    memcpy(values, system, sizeof values);
    bool fahrenheit =
        out->model->us_units && out->model->subcatchments.count > 0; /* else it is 0 */
    if (fahrenheit) values[0] = tw_units_fahrenheit(values[0]);
    (void)pack(at, values, SYSTEM_VALUES, 0, out->system_unit, NULL, 1);
    out->periods++;
    if (out->writer != NULL) return tw_writer_send(out->writer, out->row_size);
    return tw_outfile_write(out->file, row, out->row_size);
}

static void release(tw_out *out)
{
    free(out->subcatchments);
    free(out->nodes);
    free(out->links);
    free(out->row);
    free(out);
}

tw_status tw_out_close(tw_out *out)
{
    const int32_t tail[] = {out->names_at, out->properties_at, out->results_at, out->periods, 0,
                            MAGIC};
    tw_status status = tw_writer_end(out->writer);
    if (status == TW_OK) status = tw_outfile_write(out->file, tail, sizeof tail);
    if (status == TW_OK) {
        status = tw_outfile_commit(out->file);
    } else {
        tw_outfile_abandon(out->file);
    }
    release(out);
    return status;
}

void tw_out_abandon(tw_out *out)
{
    if (out == NULL) return;
    (void)tw_writer_end(out->writer);
    tw_outfile_abandon(out->file);
    release(out);
}
