/* Sections that are read for people only, or not at all. */
#include "io/inp_reader.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

tw_status tw_inp_ignored_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    (void)inp;
    (void)row;
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

/* [POLYGONS]: subcatchment x y */
tw_status tw_inp_polygon_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    int32_t i = tw_names_find(&inp->model->subcatchments.names, tw_inp_word(inp, row, 0));
    double x;
    double y;
    if (i < 0 || row->count < 3) return TW_OK;
    if (tw_text_double(tw_inp_word(inp, row, 1), &x) != TW_OK ||
        tw_text_double(tw_inp_word(inp, row, 2), &y) != TW_OK)
        return TW_OK;
    return tw_inp_points_add(inp, &inp->corners, i, x, y);
}

struct ring {
    const double *x, *y;
    int32_t count;
};

/* Centroid of the area, taken from the first corner so that large coordinates cost no digits; the
 * mean of the corners where there is no area. */
static void centroid(struct ring ring, double *out_x, double *out_y)
{
    double twice_area = 0.0, sum_x = 0.0, sum_y = 0.0, mean_x = 0.0, mean_y = 0.0;
    for (int32_t i = 0; i < ring.count; i++) {
        int32_t j = i + 1 < ring.count ? i + 1 : 0;
        double x1 = ring.x[i] - ring.x[0], y1 = ring.y[i] - ring.y[0];
        double x2 = ring.x[j] - ring.x[0], y2 = ring.y[j] - ring.y[0];
        double cross = x1 * y2 - x2 * y1;
        twice_area += cross;
        sum_x += (x1 + x2) * cross;
        sum_y += (y1 + y2) * cross;
        mean_x += x1 / ring.count;
        mean_y += y1 / ring.count;
    }
    bool flat = fabs(twice_area) < 1e-9 * (mean_x * mean_x + mean_y * mean_y) || twice_area == 0.0;
    *out_x = ring.x[0] + (flat ? mean_x : sum_x / (3.0 * twice_area));
    *out_y = ring.y[0] + (flat ? mean_y : sum_y / (3.0 * twice_area));
    if (!isfinite(*out_x) || !isfinite(*out_y)) *out_x = *out_y = (double)NAN;
}

tw_status tw_inp_polygons_finish(struct tw_inp *inp)
{
    struct tw_subcatchments *s = &inp->model->subcatchments;
    int32_t *first;
    double *x;
    double *y;
    TW_TRY(tw_inp_points_sort(inp, &inp->corners, s->count, &first, &x, &y));
    for (int32_t i = 0; i < s->count; i++) {
        int32_t count = first[i + 1] - first[i];
        s->x[i] = (double)NAN;
        s->y[i] = (double)NAN;
        if (count > 0)
            centroid((struct ring){x + first[i], y + first[i], count}, &s->x[i], &s->y[i]);
    }
    return TW_OK;
}
