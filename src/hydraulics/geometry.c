#include "hydraulics/geometry.h"

#include "hydraulics/constants.h"

#include <math.h>
#include <string.h>

/* Cells of the finest rows, and of those of all sections together that are not of the coarsest. */
enum { MOST_CELLS = 3200, MOST_FINE_CELLS = 1 << 20 };

/* Shapes of which all sizes are alike and whose tables are large. */
static bool of_one_proportion(int32_t shape)
{
    return shape == TW_SHAPE_GOTHIC || shape == TW_SHAPE_CATENARY ||
           shape == TW_SHAPE_SEMIELLIPTICAL || shape == TW_SHAPE_SEMICIRCULAR;
}

/* The section among those with tables whose tables section i can share: of equal shape and
 * proportions. -1: none. */
static int32_t twin(const struct tw_model *model, const int32_t *makers, int32_t count, int32_t i)
{
    const struct tw_xsects *x = &model->xsects;
    for (int32_t k = 0; k < count; k++) {
        int32_t j = makers[k];
        bool circles = (x->shape[i] == TW_SHAPE_CIRCULAR || x->shape[i] == TW_SHAPE_FORCE_MAIN) &&
                       (x->shape[j] == TW_SHAPE_CIRCULAR || x->shape[j] == TW_SHAPE_FORCE_MAIN);
        if (circles || (of_one_proportion(x->shape[i]) && x->shape[i] == x->shape[j])) return j;
        if (x->shape[i] != x->shape[j] || x->curve[i] != x->curve[j]) continue;
        if (memcmp(x->geom[i], x->geom[j], sizeof x->geom[i]) == 0) return j;
    }
    return -1;
}

/* The parabola through three even points of a cell. Where it would dip below 0 between points that
 * are not, it starts level instead and goes from the first to the last: an almost triangular bottom
 * keeps its shape, and a jump makes no valley. */
static void parabola(double *out, double at_0, double at_half, double at_1)
{
    out[0] = at_0;
    out[1] = 4.0 * at_half - 3.0 * at_0 - at_1;
    out[2] = 2.0 * (at_0 + at_1) - 4.0 * at_half;
    bool dips = out[2] > 0.0 && out[1] < 0.0 && -out[1] < 2.0 * out[2] &&
                out[1] * out[1] > 4.0 * out[2] * at_0;
    if (!dips) return;
    out[1] = 0.0;
    out[2] = at_1 - at_0;
}

/* Row of a cell. A lid ends the width at once, and an empty section has no radius: the first and the
 * last cell go on as if it were not so. */
static void fill_row(double row[TW_GEOMETRY_ROW], int32_t cell, int32_t cells,
                     const struct tw_xsect *x)
{
    double at[3][3];
    for (int k = 0; k < 3; k++) {
        double y = x->full_depth_m * (cell + 0.5 * k) / cells;
        if (cell == 0 && k == 0) y = 1e-12 * x->full_depth_m;
        if (cell == cells - 1 && k == 2) y *= 1.0 - 1e-9;
        at[0][k] = tw_xsect_area(x, y) / x->full_area_m2;
        at[1][k] = tw_xsect_width(x, y) / x->max_width_m;
        at[2][k] = tw_xsect_radius(x, y) / x->full_radius_m;
    }
    for (int v = 0; v < 3; v++)
        parabola(&row[3 * v], at[v][0], at[v][1], at[v][2]);
}

static bool close_to(const double parabola[3], double part, double wanted)
{
    static const double tolerance = 2e-4;
    double value = parabola[0] + part * (parabola[1] + part * parabola[2]);
    return fabs(value - wanted) <= tolerance * wanted;
}

/* Area and radius within cells, between the depths that rows are made of, are those of the shape:
 * also in the lowest cell, for a deep channel may never fill more. */
static bool fine_enough(int32_t cells, const struct tw_xsect *x)
{
    for (int32_t i = 0; i < cells; i++) {
        double row[TW_GEOMETRY_ROW];
        fill_row(row, i, cells, x);
        for (int k = 1; k < 4; k += 2) {
            double part = 0.25 * k;
            double y = x->full_depth_m * (i + part) / cells;
            if (!close_to(row, part, tw_xsect_area(x, y) / x->full_area_m2) ||
                !close_to(row + 6, part, tw_xsect_radius(x, y) / x->full_radius_m)) {
                return false;
            }
        }
    }
    return true;
}

/* Shapes that are tables of 25 or 50 even cells themselves need no finer ones. Others get as many as
 * it takes to follow them, at most MOST_CELLS: the masonry shapes whose areas are at uneven depths,
 * bottoms that narrow like a root of the depth, deep and narrow channels. *fine are the cells that
 * the model may yet spend so. */
static int32_t cells_of(const struct tw_xsect *x, int32_t *fine)
{
    static const enum tw_shape of_50[] = {TW_SHAPE_CIRCULAR, TW_SHAPE_FORCE_MAIN, TW_SHAPE_CUSTOM,
                                          TW_SHAPE_IRREGULAR, TW_SHAPE_STREET};
    for (size_t i = 0; i < sizeof of_50 / sizeof of_50[0]; i++) {
        if (x->shape == of_50[i]) return 50;
    }
    int32_t cells = 100;
    while (cells < MOST_CELLS && 2 * cells <= *fine && !fine_enough(cells, x))
        cells *= 2;
    if (cells > 100) *fine -= cells;
    return cells;
}

static void fill_rows(double *rows, int32_t cells, const struct tw_xsect *x)
{
    for (int32_t i = 0; i < cells; i++)
        fill_row(&rows[i * TW_GEOMETRY_ROW], i, cells, x);
}

/* The tables of flows end below the flow at which a depth jumps to the crown. */
static const double below_jump = 1.0 - 1e-12;

static void fill_normal(double *normal, const struct tw_xsect *x)
{
    normal[0] = 0.0;
    for (int32_t i = 1; i <= TW_GEOMETRY_FLOW_CELLS; i++) {
        double t = (double)i / TW_GEOMETRY_FLOW_CELLS;
        double area = tw_xsect_area_of_factor(x, t * t * t * t * below_jump * x->full_factor);
        normal[i] = tw_xsect_depth_of_area(x, area) / x->full_depth_m;
    }
}

/* The least flow whose critical depth fills the section to the brim. */
static double brim_flow(const struct tw_xsect *x)
{
    double brim = 0.9995 * x->full_depth_m, low = 0.0;
    double high = x->full_area_m2 * sqrt(TW_GRAVITY_MPS2 * x->full_depth_m);
    while (tw_xsect_critical_depth(x, high) < brim)
        high *= 2.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (tw_xsect_critical_depth(x, middle) < brim) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

static void fill_critical(double *critical, const struct tw_xsect *x, double brim_m3s)
{
    critical[0] = 0.0;
    for (int32_t i = 1; i <= TW_GEOMETRY_FLOW_CELLS; i++) {
        double t = (double)i / TW_GEOMETRY_FLOW_CELLS;
        double flow = t * t * t * t * below_jump * brim_m3s;
        critical[i] = tw_xsect_critical_depth(x, flow) / x->full_depth_m;
    }
}

static tw_status make_tables(struct tw_geometry *g, int32_t i, const struct tw_xsect *x,
                             int32_t *fine, struct tw_arena *arena)
{
    int32_t cells = cells_of(x, fine);
    double *rows = TW_ARENA_NEW(arena, double, (size_t)cells *TW_GEOMETRY_ROW);
    double *flows = TW_ARENA_NEW(arena, double, 2 * (TW_GEOMETRY_FLOW_CELLS + 1));
    if (rows == NULL || flows == NULL) return TW_ERR_NOMEM;
    fill_rows(rows, cells, x);
    fill_normal(flows, x);
    fill_critical(flows + TW_GEOMETRY_FLOW_CELLS + 1, x, g->critical_flow_m3s[i]);
    g->first_row[i] = rows;
    g->normal_of[i] = flows;
    g->critical_of[i] = flows + TW_GEOMETRY_FLOW_CELLS + 1;
    g->cells[i] = cells;
    return TW_OK;
}

static tw_status allocate(struct tw_geometry *g, int32_t count, struct tw_arena *arena)
{
    size_t n = (size_t)count;
    g->count = count;
    g->first_row = TW_ARENA_NEW(arena, const double *, n);
    g->normal_of = TW_ARENA_NEW(arena, const double *, n);
    g->critical_of = TW_ARENA_NEW(arena, const double *, n);
    g->cells = TW_ARENA_NEW(arena, int32_t, n);
    double *scales = TW_ARENA_NEW(arena, double, 8 * n);
    if (g->first_row == NULL || g->normal_of == NULL || g->critical_of == NULL ||
        g->cells == NULL || scales == NULL) {
        return TW_ERR_NOMEM;
    }
    g->cells_per_m = scales;
    g->full_depth_m = scales + n;
    g->area_m2 = scales + 2 * n;
    g->width_m = scales + 3 * n;
    g->radius_m = scales + 4 * n;
    g->critical_flow_m3s = scales + 5 * n;
    g->frozen_depth_m = scales + 6 * n;
    g->frozen_width_m = scales + 7 * n;
    return TW_OK;
}

tw_status tw_geometry_init(struct tw_geometry *out, const struct tw_model *model,
                           const struct tw_xsect *xsects, double crown, struct tw_arena *arena)
{
    struct tw_geometry g = {0};
    TW_TRY(allocate(&g, model->xsects.count, arena));
    int32_t *makers = TW_ARENA_NEW(arena, int32_t, (size_t)g.count);
    if (makers == NULL) return TW_ERR_NOMEM;
    int32_t maker_count = 0, fine = MOST_FINE_CELLS;
    for (int32_t i = 0; i < g.count; i++) {
        const struct tw_xsect *x = &xsects[i];
        if (x->shape == TW_SHAPE_DUMMY) continue;
        g.full_depth_m[i] = x->full_depth_m;
        g.area_m2[i] = x->full_area_m2;
        g.width_m[i] = x->max_width_m;
        g.radius_m[i] = x->full_radius_m;
        int32_t j = twin(model, makers, maker_count, i);
        if (j >= 0) {
            g.first_row[i] = g.first_row[j];
            g.normal_of[i] = g.normal_of[j];
            g.critical_of[i] = g.critical_of[j];
            g.cells[i] = g.cells[j];
            /* like sections: critical flow grows with the depth to the power of 5/2 */
            double scale = x->full_depth_m / g.full_depth_m[j];
            g.critical_flow_m3s[i] = g.critical_flow_m3s[j] * scale * scale * sqrt(scale);
        } else {
            g.critical_flow_m3s[i] = brim_flow(x);
            TW_TRY(make_tables(&g, i, x, &fine, arena));
            makers[maker_count++] = i;
        }
        g.cells_per_m[i] = g.cells[i] / x->full_depth_m;
        g.frozen_depth_m[i] = x->open ? INFINITY : crown * x->full_depth_m;
        g.frozen_width_m[i] = tw_xsect_width(x, crown * x->full_depth_m);
    }
    *out = g;
    return TW_OK;
}
