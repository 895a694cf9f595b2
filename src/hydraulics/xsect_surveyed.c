/* Sections given by points: transects, streets, shape curves. SWMM Reference Manual II, 5.3. */
#include "hydraulics/xsect_ops.h"

#include <math.h>

enum { COUNT = TW_TRANSECT_CELLS + 1 };

/* Greatest section factor, and the depth of the lowest greatest width, among the table's values. */
static void find_greatest(struct tw_xsect *x)
{
    x->max_factor = 0.0;
    for (int i = 1; i < COUNT; i++) {
        double area = x->area_table[i] * x->full_area_m2;
        double factor = area * pow(x->radius_table[i] * x->full_radius_m, 2.0 / 3.0);
        if (factor <= x->max_factor) continue;
        x->max_factor = factor;
        x->max_factor_area_m2 = area;
    }
    int widest = 0;
    while (widest + 1 < COUNT && x->width_table[widest + 1] >= x->width_table[widest])
        widest++;
    x->width_depth_m = x->full_depth_m * widest / (COUNT - 1);
}

static tw_status irregular_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const struct tw_transects *t = &model->transects;
    int32_t i = model->xsects.curve[xsect];
    if (i < 0 || i >= t->count) return TW_ERR_ARG;
    x->full_depth_m = t->full_depth_m[i];
    x->full_area_m2 = t->full_area_m2[i];
    x->full_radius_m = t->full_radius_m[i];
    x->max_width_m = t->max_width_m[i];
    x->area_table = t->area[i];
    x->radius_table = t->radius[i];
    x->width_table = t->width[i];
    x->area_count = x->width_count = COUNT;
    find_greatest(x);
    return TW_OK;
}

const struct tw_shape_ops tw_shape_irregular = {
    .init = irregular_init,
    .area = tw_tabular_area,
    .width = tw_tabular_width,
    .radius = tw_tabular_radius,
    .depth_of_area = tw_tabular_depth,
    .max_area_ratio = 1.0,
};

const struct tw_shape_ops tw_shape_street = {
    .init = irregular_init,
    .area = tw_tabular_area,
    .width = tw_tabular_width,
    .radius = tw_tabular_radius,
    .depth_of_area = tw_tabular_depth,
    .max_area_ratio = 1.0,
};

/* A walk up the outline of a shape of height 1, whose width is straight between its points. */
struct outline {
    const double *height, *width;
    int32_t next, count; /* the point above */
    double y, w;         /* where we are */
    double area, perimeter;
};

/* The curve's points above the bottom; above its last one the walls are vertical up to 1. */
static double next_height(const struct outline *o)
{
    if (o->next >= o->count) return 1.0;
    return o->height[o->next] < 1.0 ? o->height[o->next] : 1.0;
}

static void step_to(struct outline *o, double y, double w)
{
    double dy = y - o->y, dw = 0.5 * (w - o->w);
    o->area += 0.5 * (w + o->w) * dy;
    o->perimeter += dy > 0.0 ? 2.0 * hypot(dy, dw) : 0.0; /* ledges are left out, as in SWMM */
    o->y = y;
    o->w = w;
}

static void climb_to(struct outline *o, double y)
{
    while (o->next < o->count && next_height(o) < y) {
        step_to(o, o->height[o->next], o->width[o->next]);
        o->next++;
    }
    double top = next_height(o);
    double top_width = o->next < o->count ? o->width[o->next] : o->w;
    double part = top > o->y ? (y - o->y) / (top - o->y) : 1.0;
    step_to(o, y, o->w + part * (top_width - o->w));
}

static bool is_outline(const double *height, const double *width, int32_t count)
{
    if (count < 1 || !(height[0] >= 0.0 && height[0] < 1.0)) return false;
    for (int32_t i = 0; i < count; i++) {
        if (!(width[i] >= 0.0) || (i > 0 && !(height[i] >= height[i - 1]))) return false;
    }
    return true;
}

/* Geom 1 depth. The tables hold absolute values of a shape of height 1 first. */
static tw_status custom_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                             double *tables)
{
    const struct tw_tables *curves = &model->curves;
    int32_t curve = model->xsects.curve[xsect];
    double depth = model->xsects.geom[xsect][0];
    if (tables == NULL || curve < 0 || curve >= curves->count) return TW_ERR_ARG;
    int32_t first = curves->first[curve];
    struct outline o = {.height = &curves->x[first],
                        .width = &curves->y[first],
                        .count = curves->first[curve + 1] - first};
    if (!is_outline(o.height, o.width, o.count)) return TW_ERR_ARG;
    if (o.height[0] == 0.0) {
        o.w = o.perimeter = o.width[0];
        o.next = 1;
    }
    double *area = tables, *radius = tables + COUNT, *width = tables + 2 * COUNT;
    area[0] = radius[0] = 0.0;
    width[0] = o.w;
    for (int i = 1; i < COUNT; i++) {
        climb_to(&o, i < COUNT - 1 ? (double)i / (COUNT - 1) : 1.0);
        if (i == COUNT - 1) o.perimeter += o.w; /* the roof is wet when it is full */
        area[i] = o.area;
        width[i] = o.w;
        radius[i] = o.perimeter > 0.0 ? o.area / o.perimeter : 0.0;
    }
    double widest = 0.0;
    for (int32_t i = 0; i < o.count; i++)
        widest = o.width[i] > widest ? o.width[i] : widest;
    double full_area = area[COUNT - 1], full_radius = radius[COUNT - 1];
    if (!(full_area > 0.0 && full_radius > 0.0)) return TW_ERR_ARG;
    for (int i = 0; i < COUNT; i++) {
        area[i] /= full_area;
        radius[i] /= full_radius;
        width[i] /= widest;
    }
    x->full_depth_m = depth;
    x->full_area_m2 = full_area * depth * depth;
    x->full_radius_m = full_radius * depth;
    x->max_width_m = widest * depth;
    x->area_table = area;
    x->radius_table = radius;
    x->width_table = width;
    x->area_count = x->width_count = COUNT;
    find_greatest(x);
    return TW_OK;
}

const struct tw_shape_ops tw_shape_custom = {
    .init = custom_init,
    .area = tw_tabular_area,
    .width = tw_tabular_width,
    .radius = tw_tabular_radius,
    .depth_of_area = tw_tabular_depth,
    .max_area_ratio = 0.96,
};
