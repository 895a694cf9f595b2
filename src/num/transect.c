/* Transects. SWMM Reference Manual II, 5.3.2.
 *
 *   R(y) = (n_c sum_i A_i^(5/3) / (n_i P_i^(2/3)) / sum_i A_i)^(3/2)
 *
 *   A_i, P_i, n_i  area, wetted perimeter, roughness of a part of the section
 *   n_c            roughness of the main channel                                            */
#include "num/transect.h"

#include <math.h>
#include <stdbool.h>

/* 1.486 and 1.49 are the same constant of Manning's formula in SWMM's two places. */
static const double flow_factor = 1.486 / 1.49;

/* Ground between two points, and what of it is under water at an elevation. */
struct slice {
    double area, width, perimeter;
};

static struct slice slice_of(double run, double low, double high, double level)
{
    struct slice s = {0.0, run, hypot(run, high - low)};
    if (level > high) {
        s.area = run * (level - 0.5 * (high + low));
    } else if (high > low) {
        double ratio = (level - low) / (high - low);
        s.area = 0.5 * run * (high - low) * ratio * ratio;
        s.width *= ratio;
        s.perimeter *= ratio;
    }
    return s;
}

/* Point k of the transect with its two end walls: 0 and count + 1 are on top of them. */
static double station(const struct tw_transect *t, int32_t k)
{
    if (k < 1) return t->station[0] - t->left_wall;
    return k > t->count ? t->station[t->count - 1] + t->right_wall : t->station[k - 1];
}

static double elevation(const struct tw_transect *t, int32_t k, double top)
{
    return k < 1 || k > t->count ? top : t->elevation[k - 1];
}

/* Does a part with one roughness end at point k? */
static bool part_ends(const struct tw_transect *t, int32_t k, bool dry)
{
    double x = station(t, k);
    if (dry || k == t->count) return true;
    if (x == t->left_bank) return t->n_left != t->n_channel && x != station(t, k - 1);
    if (x == t->right_bank) return t->n_right != t->n_channel && x != station(t, k + 1);
    return false;
}

static double roughness_before(const struct tw_transect *t, int32_t k)
{
    if (station(t, k) > t->right_bank) return t->n_right;
    return station(t, k - 1) < t->left_bank ? t->n_left : t->n_channel;
}

/* Area, width and radius at a level between the ground and the top. */
static struct slice section_at(const struct tw_transect *t, double level, double top,
                               double *out_radius)
{
    struct slice all = {0.0, 0.0, 0.0}, part = {0.0, 0.0, 0.0};
    double flow = 0.0;
    for (int32_t k = 1; k <= t->count + 1; k++) {
        double y1 = elevation(t, k - 1, top), y2 = elevation(t, k, top);
        double low = y1 < y2 ? y1 : y2, high = y1 < y2 ? y2 : y1;
        if (low >= level) continue;
        struct slice s = slice_of(station(t, k) - station(t, k - 1), low, high, level);
        all.area += s.area;
        all.width += s.width;
        part.area += s.area;
        part.perimeter += s.perimeter;
        if (!part_ends(t, k, y2 >= level) || !(part.area > 0.0)) continue;
        flow += part.area / roughness_before(t, k) * pow(part.area / part.perimeter, 2.0 / 3.0);
        part = (struct slice){0.0, 0.0, 0.0};
    }
    if (all.area > 0.0) *out_radius = pow(flow_factor * flow * t->n_channel / all.area, 1.5);
    return all;
}

static bool is_sound(const struct tw_transect *t)
{
    if (t->count < 2 || !(t->left_bank <= t->right_bank)) return false;
    for (int32_t i = 1; i < t->count; i++) {
        if (!(t->station[i] >= t->station[i - 1])) return false;
    }
    return t->n_left > 0.0 && t->n_right > 0.0 && t->n_channel > 0.0;
}

tw_status tw_transect_tables(const struct tw_transect *transect, struct tw_transect_table *table)
{
    if (!is_sound(transect)) return TW_ERR_ARG;
    double bottom = transect->elevation[0], top = transect->top > bottom ? transect->top : bottom;
    for (int32_t i = 1; i < transect->count; i++) {
        double y = transect->elevation[i];
        if (y < bottom) bottom = y;
        if (y > top) top = y;
    }
    int32_t last = TW_TRANSECT_TABLE - 1;
    double level = bottom, radius = 0.0; /* where there is no area yet, the radius below stays */
    struct slice section = {0.0, 0.0, 0.0};
    if (!(top > bottom)) return TW_ERR_ARG;
    for (int32_t i = 1; i <= last; i++) {
        level += (top - bottom) / last; /* SWMM's rounding: the last may miss the top */
        if (transect->even) level = i < last ? bottom + (top - bottom) * i / last : top;
        section = section_at(transect, level, top, &radius);
        table->area[i] = section.area;
        table->width[i] = section.width;
        table->radius[i] = radius;
    }
    if (!(section.area > 0.0) || !(radius > 0.0)) return TW_ERR_ARG;
    table->full_depth = top - bottom;
    table->full_area = section.area;
    table->full_radius = radius;
    table->max_width = section.width;
    for (int32_t i = 1; i <= last; i++) {
        table->area[i] /= section.area;
        table->width[i] /= section.width;
        table->radius[i] /= radius;
    }
    table->area[0] = table->radius[0] = 0.0;
    table->width[0] = table->width[1]; /* as SWMM has it: a channel has a bottom */
    return TW_OK;
}

void tw_transect_of_street(struct tw_transect *out_transect, const struct tw_street *street,
                           double *station, double *elevation)
{
    bool bare = street->back_width_ft == 0.0, half = street->sides == 1;
    double gutter = street->gutter_depth_ft + street->slope_ratio * street->gutter_width_ft;
    double road = street->crown_ft - street->gutter_width_ft;
    double run[TW_STREET_POINTS] = {street->back_width_ft, 0.0, street->gutter_width_ft, road};
    double height[TW_STREET_POINTS] = {street->curb_ft + street->gutter_depth_ft, 0.0, gutter,
                                       gutter + street->slope_ratio * road};
    for (int i = 4; i < TW_STREET_POINTS; i++) { /* the other half mirrors the first */
        run[i] = run[7 - i];
        height[i] = height[6 - i];
    }
    int32_t count = half ? 4 : TW_STREET_POINTS;
    for (int i = 0; i < count; i++) {
        station[i] = run[i] + (i > 0 ? station[i - 1] : 0.0);
        elevation[i] = height[i];
    }
    *out_transect =
        (struct tw_transect){.count = count,
                             .station = station,
                             .elevation = elevation,
                             .left_bank = station[0],
                             .right_bank = station[count - 1],
                             .n_left = bare ? street->roughness : street->back_roughness,
                             .n_right = bare ? street->roughness : street->back_roughness,
                             .n_channel = street->roughness,
                             .left_wall = street->back_width_ft,
                             .right_wall = half ? 0.0 : street->back_width_ft,
                             .top = height[0] + street->back_slope_ratio * street->back_width_ft};
}
