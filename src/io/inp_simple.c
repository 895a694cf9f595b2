/* Sections that are read for people only, or not at all. */
#include "io/inp_reader.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char *heading_of(const struct tw_inp_row *row)
{
    static const char *const names[] = {
#define TW_SECTION(id, heading, noun, declare, read) #id,
#include "io/inp_sections.def"
#undef TW_SECTION
    };
    return names[row->section];
}

/* Once for a section, at its first row. */
static bool first_of(struct tw_inp *inp, const struct tw_inp_row *row)
{
    bool first = !inp->section_warned[row->section];
    inp->section_warned[row->section] = true;
    return first;
}

tw_status tw_inp_missing_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (first_of(inp, row))
        tw_faults_add(inp->faults, inp->path, row->line, "section [%s]: not available yet",
                      heading_of(row));
    return TW_OK;
}

tw_status tw_inp_unused_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (first_of(inp, row))
        tw_faults_warn(inp->faults, inp->path, row->line,
                       "section [%s]: not available yet, and without effect here", heading_of(row));
    return TW_OK;
}

/* Only snow packs need temperatures; what else stands in the section is about them. */
tw_status tw_inp_temperature_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const sources[] = {"TIMESERIES", "FILE", NULL};
    if (tw_inp_match(tw_inp_word(inp, row, 0), sources) >= 0) inp->has_temperatures = true;
    return tw_inp_unused_read(inp, row);
}

tw_status tw_inp_ignored_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    (void)inp;
    (void)row;
    return TW_OK;
}

tw_status tw_inp_pollutant_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    return inp->options.ignore_quality ? TW_OK : tw_inp_missing_read(inp, row);
}

tw_status tw_inp_groundwater_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    return inp->options.ignore_groundwater ? TW_OK : tw_inp_missing_read(inp, row);
}

tw_status tw_inp_rdii_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    return inp->options.ignore_rdii ? TW_OK : tw_inp_missing_read(inp, row);
}

/* [FILES]: interface and hot start files. */
tw_status tw_inp_file_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (tw_text_same(tw_inp_word(inp, row, 0), "SAVE"))
        tw_inp_warn(inp, row, "interface files are not available yet: nothing is saved");
    else
        tw_inp_fault(inp, row, "interface files are not available yet");
    return TW_OK;
}

/* [COORDINATES]: node x y */
tw_status tw_inp_coordinate_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_nodes *n = &inp->model->nodes;
    int32_t i = tw_names_find(&n->names, tw_inp_word(inp, row, 0));
    double x;
    double y;
    if (i < 0 || row->count < 3) return TW_OK; /* the map is for people: not worth a fault */
    if (tw_text_double(tw_inp_word(inp, row, 1), &x) != TW_OK ||
        tw_text_double(tw_inp_word(inp, row, 2), &y) != TW_OK)
        return TW_OK;
    n->x[i] = x;
    n->y[i] = y;
    return TW_OK;
}

/* [VERTICES]: link x y */
tw_status tw_inp_vertex_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    int32_t i = tw_names_find(&inp->model->links.names, tw_inp_word(inp, row, 0));
    double x;
    double y;
    if (i < 0 || row->count < 3) return TW_OK;
    if (tw_text_double(tw_inp_word(inp, row, 1), &x) != TW_OK ||
        tw_text_double(tw_inp_word(inp, row, 2), &y) != TW_OK)
        return TW_OK;
    return tw_inp_points_add(inp, &inp->vertices, i, x, y);
}

tw_status tw_inp_vertices_finish(struct tw_inp *inp)
{
    struct tw_links *l = &inp->model->links;
    double *x;
    double *y;
    TW_TRY(tw_inp_points_sort(inp, &inp->vertices, l->count, &l->vertex_first, &x, &y));
    l->vertex_xy = TW_ARENA_NEW(&inp->model->arena, double, 2 * (int64_t)inp->vertices.count);
    if (l->vertex_xy == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < inp->vertices.count; i++) {
        l->vertex_xy[2 * i] = x[i];
        l->vertex_xy[2 * i + 1] = y[i];
    }
    return TW_OK;
}
