/* Storages: surface area, volume and depth. SWMM Reference Manual II, 2.3.2.
 *
 *   tabular      straight lines between a curve's points
 *   functional   A = a0 + a1 y^a2
 *   the others   A = a0 + a1 y + a2 y^2                                                    */
#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "model/flow_unit.h"
#include "num/find_root.h"
#include "num/table.h"

#include <math.h>
#include <stdbool.h>

static struct tw_points curve_of(const struct tw_model *model, int32_t row)
{
    const struct tw_tables *curves = &model->curves;
    int32_t curve = model->storages.curve[row];
    if (curve < 0) return (struct tw_points){0};
    int32_t first = curves->first[curve];
    return (struct tw_points){&curves->x[first], &curves->y[first],
                              curves->first[curve + 1] - first};
}

double tw_storage_area(const struct tw_model *model, int32_t row, double depth_m)
{
    const struct tw_storages *s = &model->storages;
    double y = depth_m > 0.0 ? depth_m : 0.0;
    if (s->kind[row] == TW_STORAGE_TABULAR) return tw_points_beyond(curve_of(model, row), y);
    if (s->kind[row] == TW_STORAGE_FUNCTIONAL) return s->a0[row] + s->a1[row] * pow(y, s->a2[row]);
    return s->a0[row] + y * (s->a1[row] + y * s->a2[row]);
}

/* Cubic metres of the file are not quite those of lengths (model/flow_unit.h). */
static double volume_ratio(const struct tw_model *model)
{
    if (model->us_units || model->options.strict) return 1.0;
    return tw_volume_unit_m3(false, false); /* of cubic metres, which are 1 */
}

static double volume_below(const struct tw_model *model, int32_t row, double y)
{
    const struct tw_storages *s = &model->storages;
    if (s->kind[row] == TW_STORAGE_TABULAR) {
        struct tw_points curve = curve_of(model, row);
        /* SWMM forgets what is below a curve's first point once the water is above it, but not
         * when it looks for the depth of a volume. */
        bool above = curve.count > 0 && y > curve.x[0];
        double forgotten = above ? tw_points_integral(curve, curve.x[0]) : 0.0;
        return tw_points_integral(curve, y) - forgotten;
    }
    if (s->kind[row] == TW_STORAGE_FUNCTIONAL) {
        double n = s->a2[row] + 1.0;
        return s->a0[row] * y + s->a1[row] / n * pow(y, n);
    }
    return y * (s->a0[row] + y * (s->a1[row] / 2.0 + y * s->a2[row] / 3.0));
}

double tw_storage_volume(const struct tw_model *model, int32_t row, double depth_m)
{
    double full = model->nodes.full_depth_m[model->storages.node[row]];
    if (!(depth_m > 0.0)) return 0.0;
    return volume_ratio(model) * volume_below(model, row, depth_m < full ? depth_m : full);
}

struct wanted {
    bool power;
    double a0, a1, a2, volume_m3;
};

static double volume_error(const void *context, double y, double *out_slope)
{
    const struct wanted *w = context;
    double volume = y * (w->a0 + y * (w->a1 / 2.0 + y * w->a2 / 3.0));
    *out_slope = w->a0 + y * (w->a1 + y * w->a2);
    if (w->power) {
        *out_slope = w->a0 + w->a1 * pow(y, w->a2);
        volume = y * (w->a0 + w->a1 * pow(y, w->a2) / (w->a2 + 1.0));
    }
    return volume - w->volume_m3;
}

/* In metric models SWMM, where it searches for the depth, takes the coefficients of feet for metres
 * and cubic metres: such a storage is shallow until it is full at once. */
static void take_feet(const struct tw_model *model, int32_t row, struct wanted *w)
{
    int32_t kind = model->storages.kind[row];
    bool searched = kind == TW_STORAGE_CONICAL || kind == TW_STORAGE_PYRAMIDAL ||
                    (w->power && w->a0 != 0.0 && w->a2 != 0.0 && w->a2 != 1.0);
    if (model->us_units || model->options.strict || !searched) return;
    double ratio = volume_ratio(model);
    w->a0 *= ratio / TW_FOOT2_M2;
    w->a1 *= ratio * pow(TW_FOOT_M, w->power ? w->a2 - 2.0 : -1.0);
    if (!w->power) w->a2 *= ratio;
}

double tw_storage_depth(const struct tw_model *model, int32_t row, double volume_m3)
{
    const struct tw_storages *s = &model->storages;
    double full = model->nodes.full_depth_m[s->node[row]];
    if (!(volume_m3 > 0.0)) return 0.0;
    volume_m3 /= volume_ratio(model);
    if (volume_m3 >= volume_below(model, row, full)) return full;
    if (s->kind[row] == TW_STORAGE_TABULAR) {
        double depth = tw_points_integral_inverse(curve_of(model, row), volume_m3);
        return depth < full ? depth : full;
    }
    struct wanted w = {.power = s->kind[row] == TW_STORAGE_FUNCTIONAL,
                       .a0 = s->a0[row],
                       .a1 = s->a1[row],
                       .a2 = s->a2[row],
                       .volume_m3 = volume_m3};
    take_feet(model, row, &w);
    return tw_root_newton(volume_error, &w, 0.0, full, 0.5 * full, 1e-9 * full);
}
