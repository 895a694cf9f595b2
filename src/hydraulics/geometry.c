#include "hydraulics/geometry.h"

#include "hydraulics/constants.h"

#include <math.h>
#include <string.h>

/* Cells of shapes that no rows follow: the radius of a round bottom, as SWMM has it, swings from
 * without bound to 0 and back within a tenth of the depth; a bottom that narrows like a root of the
 * depth is no parabola of it in the lowest cell, which is kept thin. */
static int32_t cells_of(enum tw_shape shape)
{
    if (shape == TW_SHAPE_RECT_ROUND) return 2000;
    return shape == TW_SHAPE_PARABOLIC || shape == TW_SHAPE_POWER ? 400 : 100;
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
        if (circles) return j;
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

/* The parabola through the points at a quarter, a half and three quarters of a cell: exact where the
 * shape is one within the cell, whatever it does at the cell's ends (a lid ends the width at once,
 * an empty section has no radius). */
static void inner_parabola(double *out, const double at[3])
{
    out[2] = 8.0 * (at[0] - 2.0 * at[1] + at[2]);
    out[1] = 2.0 * (at[2] - at[0]) - out[2];
    out[0] = at[1] - 0.5 * out[1] - 0.25 * out[2];
}

/* Area, width and radius or wetted perimeter over those of the full section. */
static void parts_at(double out[3], const struct tw_xsect *x, double depth_m, bool by_perimeter)
{
    double radius = tw_xsect_radius(x, depth_m) / x->full_radius_m;
    out[0] = tw_xsect_area(x, depth_m) / x->full_area_m2;
    out[1] = tw_xsect_width(x, depth_m) / x->max_width_m;
    out[2] = by_perimeter ? out[0] / radius : radius;
}

static void fill_exact(double *rows, int32_t cells, const struct tw_xsect *x, bool by_perimeter)
{
    for (int32_t i = 0; i < cells; i++) {
        double part[3][3], at[3];
        for (int k = 0; k < 3; k++)
            parts_at(part[k], x, x->full_depth_m * (i + 0.25 * (k + 1)) / cells, by_perimeter);
        for (int v = 0; v < 3; v++) {
            for (int k = 0; k < 3; k++)
                at[k] = part[k][v];
            inner_parabola(&rows[i * TW_GEOMETRY_ROW + 3 * v], at);
        }
    }
}

/* Rows are what the shape's functions say, but for rounding, also where they were not asked. */
static bool rows_follow(const double *rows, int32_t cells, const struct tw_xsect *x,
                        bool by_perimeter)
{
    static const double asked[] = {0.03, 0.4, 0.6, 0.97};
    for (int32_t i = 0; i < cells; i++) {
        for (int k = 0; k < 4; k++) {
            double part[3], f = asked[k];
            parts_at(part, x, x->full_depth_m * (i + f) / cells, by_perimeter);
            for (int v = 0; v < 3; v++) {
                const double *c = &rows[i * TW_GEOMETRY_ROW + 3 * v];
                double error = fabs(c[0] + f * (c[1] + f * c[2]) - part[v]);
                if (!(error <= 1e-10 * part[v] + 1e-13)) return false;
            }
        }
    }
    return true;
}

/* Rows that no shape needs to follow: for what wants no more than the shape's outline. */
static void fill_outline(double *rows, int32_t cells, const struct tw_xsect *x)
{
    for (int32_t i = 0; i < cells; i++) {
        double part[3][3];
        for (int k = 0; k < 3; k++) {
            double y = x->full_depth_m * (i + 0.5 * k) / cells;
            if (i == 0 && k == 0) y = 1e-9 * x->full_depth_m;
            if (i == cells - 1 && k == 2) y *= 1.0 - 1e-9;
            parts_at(part[k], x, y, false);
        }
        for (int v = 0; v < 3; v++)
            parabola(&rows[i * TW_GEOMETRY_ROW + 3 * v], part[0][v], part[1][v], part[2][v]);
    }
}

/* Rows of the fewest cells that follow the shape: most are tables of 25 or 50 cells themselves, or
 * have an area and a wetted perimeter that are parabolas. */
static tw_status make_rows(struct tw_geometry *g, int32_t i, const struct tw_xsect *x,
                           struct tw_arena *arena)
{
    static const struct {
        int32_t cells;
        bool by_perimeter;
    } tried[] = {{50, false}, {50, true}, {100, true}};
    int32_t outline = cells_of(x->shape), room = outline > 100 ? outline : 100;
    double *rows = TW_ARENA_NEW(arena, double, (size_t)room *TW_GEOMETRY_ROW);
    if (rows == NULL) return TW_ERR_NOMEM;
    g->first_row[i] = rows;
    for (size_t k = 0; k < sizeof tried / sizeof tried[0]; k++) {
        fill_exact(rows, tried[k].cells, x, tried[k].by_perimeter);
        g->cells[i] = tried[k].cells;
        g->by_perimeter[i] = tried[k].by_perimeter;
        if (rows_follow(rows, g->cells[i], x, g->by_perimeter[i])) return TW_OK;
    }
    fill_outline(rows, outline, x);
    g->cells[i] = outline;
    g->by_perimeter[i] = false;
    g->outline[i] = true;
    return TW_OK;
}

/* Flows at the bounds of the slices of critical depth over the scale of the section. */
static tw_status make_critical(struct tw_geometry *g, int32_t i, const struct tw_xsect *x,
                               struct tw_arena *arena)
{
    double flows[TW_XSECT_SLICES + 1];
    g->critical_of[i] = NULL;
    if (!tw_xsect_critical_flows(x, flows)) return TW_OK;
    double *kept = TW_ARENA_NEW(arena, double, TW_XSECT_SLICES + 1);
    if (kept == NULL) return TW_ERR_NOMEM;
    for (int k = 0; k <= TW_XSECT_SLICES; k++)
        kept[k] = flows[k] / g->critical_flow_m3s[i];
    g->critical_of[i] = kept;
    return TW_OK;
}

static tw_status make_normal(struct tw_geometry *g, int32_t i, const struct tw_xsect *x,
                             struct tw_arena *arena)
{
    double bounds[TW_NORMAL_BOUNDS];
    g->normal_of[i] = NULL;
    if (!tw_normal_bounds_fill(bounds, x)) return TW_OK;
    double *kept = TW_ARENA_NEW(arena, double, TW_NORMAL_BOUNDS);
    if (kept == NULL) return TW_ERR_NOMEM;
    memcpy(kept, bounds, sizeof bounds);
    g->normal_of[i] = kept;
    return TW_OK;
}

static tw_status allocate(struct tw_geometry *g, int32_t count, struct tw_arena *arena)
{
    size_t n = (size_t)count;
    g->count = count;
    g->first_row = TW_ARENA_NEW(arena, const double *, n);
    g->critical_of = TW_ARENA_NEW(arena, const double *, n);
    g->normal_of = TW_ARENA_NEW(arena, const double *, n);
    g->cells = TW_ARENA_NEW(arena, int32_t, n);
    g->by_perimeter = TW_ARENA_NEW(arena, bool, n);
    g->outline = TW_ARENA_NEW(arena, bool, n);
    double *scales = TW_ARENA_NEW(arena, double, 8 * n);
    if (g->first_row == NULL || g->critical_of == NULL || g->normal_of == NULL ||
        g->cells == NULL || g->by_perimeter == NULL || g->outline == NULL || scales == NULL) {
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
    int32_t maker_count = 0;
    for (int32_t i = 0; i < g.count; i++) {
        const struct tw_xsect *x = &xsects[i];
        if (x->shape == TW_SHAPE_DUMMY) continue;
        g.full_depth_m[i] = x->full_depth_m;
        g.area_m2[i] = x->full_area_m2;
        g.width_m[i] = x->max_width_m;
        /* like sections: critical flow grows with the depth to the power of 5/2 */
        double y = x->full_depth_m;
        g.critical_flow_m3s[i] = y * y * sqrt(TW_GRAVITY_MPS2 * y);
        int32_t j = twin(model, makers, maker_count, i);
        if (j >= 0) {
            g.first_row[i] = g.first_row[j];
            g.critical_of[i] = g.critical_of[j];
            g.normal_of[i] = g.normal_of[j];
            g.cells[i] = g.cells[j];
            g.by_perimeter[i] = g.by_perimeter[j];
            g.outline[i] = g.outline[j];
        } else {
            TW_TRY(make_rows(&g, i, x, arena));
            TW_TRY(make_critical(&g, i, x, arena));
            TW_TRY(make_normal(&g, i, x, arena));
            makers[maker_count++] = i;
        }
        g.radius_m[i] = g.by_perimeter[i] ? x->full_area_m2 / x->full_radius_m : x->full_radius_m;
        g.cells_per_m[i] = g.cells[i] / x->full_depth_m;
        g.frozen_depth_m[i] = x->open ? INFINITY : crown * x->full_depth_m;
        g.frozen_width_m[i] = tw_xsect_width(x, crown * x->full_depth_m);
    }
    *out = g;
    return TW_OK;
}
