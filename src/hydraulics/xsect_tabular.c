/* Functions of shapes that are tables. SWMM Reference Manual II, 5.2. */
#include "hydraulics/xsect_ops.h"
#include "num/table.h"

#include <math.h>
#include <stddef.h>

enum { BY_AREA = 51 }; /* values of depth_table and factor_table */

double tw_tabular_area(const struct tw_xsect *x, double depth_m)
{
    double depth = depth_m / x->full_depth_m;
    double area = x->area_table != NULL ? tw_even_at(x->area_table, x->area_count, depth)
                                        : tw_even_inverse(x->depth_table, BY_AREA, depth);
    return x->full_area_m2 * area;
}

double tw_tabular_width(const struct tw_xsect *x, double depth_m)
{
    return x->max_width_m * tw_even_at(x->width_table, x->width_count, depth_m / x->full_depth_m);
}

double tw_tabular_radius(const struct tw_xsect *x, double depth_m)
{
    double depth = depth_m / x->full_depth_m;
    if (x->radius_table != NULL) {
        return x->full_radius_m * tw_even_at(x->radius_table, x->area_count, depth);
    }
    double area = tw_tabular_area(x, depth_m);
    double factor = tw_tabular_factor(x, area);
    return area > 0.0 && factor > 0.0 ? pow(factor / area, 1.5) : 0.0;
}

double tw_tabular_depth(const struct tw_xsect *x, double area_m2)
{
    double area = area_m2 / x->full_area_m2;
    double depth = x->depth_table != NULL ? tw_even_at(x->depth_table, BY_AREA, area)
                                          : tw_even_inverse(x->area_table, x->area_count, area);
    return x->full_depth_m * depth;
}

double tw_tabular_factor(const struct tw_xsect *x, double area_m2)
{
    return x->full_factor * tw_even_at(x->factor_table, BY_AREA, area_m2 / x->full_area_m2);
}

double tw_tabular_factor_slope(const struct tw_xsect *x, double area_m2)
{
    int32_t cell = (int32_t)(area_m2 / x->full_area_m2 * (BY_AREA - 1));
    if (cell > BY_AREA - 2) cell = BY_AREA - 2;
    return (x->factor_table[cell + 1] - x->factor_table[cell]) * (BY_AREA - 1) * x->full_factor /
           x->full_area_m2;
}

double tw_tabular_area_of_factor(const struct tw_xsect *x, double factor)
{
    return x->full_area_m2 * tw_even_inverse(x->factor_table, BY_AREA, factor / x->full_factor);
}
