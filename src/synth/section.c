#include "synth/section.h"

#include "synth/exact.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const double pipes_m[] = {0.3, 0.4, 0.5,  0.6, 0.7,  0.8, 0.9,
                                 1.0, 1.2, 1.35, 1.5, 1.65, 1.8, 2.0};
static const double boxes_m[][2] = {{2.0, 2.0}, {2.0, 2.5},  {2.2, 3.0},  {2.5, 3.5},
                                    {2.8, 4.0}, {3.0, 5.0},  {3.2, 6.0},  {3.5, 7.0},
                                    {4.0, 8.0}, {4.5, 10.0}, {5.0, 12.0}, {5.0, 16.0}};
static const double channels_m[][2] = {{1.0, 1.0}, {1.2, 1.5}, {1.5, 1.8}, {1.8, 2.4},
                                       {2.2, 3.0}, {2.6, 4.0}, {3.0, 5.0}};
static const double gullies_m[][2] = {{3.2, 5.0},  {3.6, 7.0},  {4.0, 10.0}, {4.5, 14.0},
                                      {5.0, 20.0}, {5.5, 30.0}, {6.0, 45.0}};
enum {
    PIPES = sizeof pipes_m / sizeof pipes_m[0],
    BOXES = sizeof boxes_m / sizeof boxes_m[0],
    CHANNELS = sizeof channels_m / sizeof channels_m[0],
    GULLIES = sizeof gullies_m / sizeof gullies_m[0],
    SMALLEST_PUBLIC = 2 /* storm and combined sewers begin at 500 mm */
};

double tw_section_vault(int k)
{
    /* a flat invert, upright walls, an arch */
    static const double width[TW_VAULT_STEPS + 1] = {0.50, 0.78, 0.90, 0.96, 1.00, 1.00,
                                                     0.99, 0.94, 0.82, 0.60, 0.0};
    return width[k];
}

static void vault_full(double height_m, double *out_area_m2, double *out_perimeter_m)
{
    double area = 0.0, perimeter = tw_section_vault(0) * height_m;
    for (int k = 0; k < TW_VAULT_STEPS; k++) {
        double a = tw_section_vault(k) * height_m, b = tw_section_vault(k + 1) * height_m;
        double rise = height_m / TW_VAULT_STEPS, run = 0.5 * (a - b);
        area += 0.5 * (a + b) * rise;
        perimeter += 2.0 * sqrt(rise * rise + run * run);
    }
    *out_area_m2 = area;
    *out_perimeter_m = perimeter;
}

static void full(const struct tw_section *s, double *out_area_m2, double *out_perimeter_m)
{
    double wet_m = 0.9 * s->height_m; /* of an open section */
    *out_area_m2 = *out_perimeter_m = 0.0;
    if (s->kind == TW_SECTION_CIRCULAR) {
        *out_area_m2 = 0.25 * TW_PI * s->height_m * s->height_m;
        *out_perimeter_m = TW_PI * s->height_m;
    } else if (s->kind == TW_SECTION_RECT_CLOSED) {
        *out_area_m2 = s->width_m * s->height_m;
        *out_perimeter_m = 2.0 * (s->width_m + s->height_m);
    } else if (s->kind == TW_SECTION_CUSTOM) {
        vault_full(s->height_m, out_area_m2, out_perimeter_m);
    } else if (s->kind != TW_SECTION_NONE) {
        *out_area_m2 = wet_m * (s->width_m + s->side_slope * wet_m);
        *out_perimeter_m = s->width_m + 2.0 * wet_m * sqrt(1.0 + s->side_slope * s->side_slope);
    }
}

double tw_section_area_m2(const struct tw_section *section)
{
    double area, perimeter;
    full(section, &area, &perimeter);
    return area;
}

double tw_section_capacity_m3s(const struct tw_section *section, double slope)
{
    double area, perimeter;
    full(section, &area, &perimeter);
    if (area <= 0.0 || slope <= 0.0) return 0.0;
    return area * tw_exact_pow(area / perimeter, 2.0 / 3.0) * sqrt(slope) / section->roughness;
}

static struct tw_section closed_at(int32_t step, bool vault)
{
    if (step < PIPES) {
        double d = pipes_m[step];
        bool brick = vault && d > 1.1;
        return (struct tw_section){.kind = brick ? TW_SECTION_CUSTOM : TW_SECTION_CIRCULAR,
                                   .height_m = d,
                                   .width_m = d,
                                   .roughness = brick ? 0.016 : 0.013,
                                   .step = step};
    }
    const double *box = boxes_m[step - PIPES];
    return (struct tw_section){.kind = TW_SECTION_RECT_CLOSED,
                               .height_m = box[0],
                               .width_m = box[1],
                               .roughness = 0.014,
                               .step = step};
}

static struct tw_section open_at(int32_t step)
{
    bool walls = step < CHANNELS;
    const double *size = walls ? channels_m[step] : gullies_m[step - CHANNELS];
    return (struct tw_section){.kind = walls ? TW_SECTION_RECT_OPEN : TW_SECTION_TRAPEZOIDAL,
                               .height_m = size[0],
                               .width_m = size[1],
                               .side_slope = walls ? 0.0 : 1.0,
                               .roughness = walls ? 0.022 : 0.032,
                               .step = step};
}

static struct tw_section section_at(enum tw_section_series series, int32_t step)
{
    struct tw_section section;
    if (series == TW_SERIES_CHANNEL) return open_at(step);
    section = closed_at(step, series == TW_SERIES_VAULT);
    if (series == TW_SERIES_FOUL && section.kind == TW_SECTION_CIRCULAR)
        section.roughness = section.height_m < 0.9 ? 0.011 : 0.013;
    return section;
}

/* What enters a steep section from a manhole without drowning its inlet: about critical flow. */
static double inlet_m3s(const struct tw_section *s)
{
    const double gravity = 9.81, fullness = 0.7;
    return fullness * tw_section_area_m2(s) * sqrt(gravity * s->height_m);
}

struct tw_section tw_section_choose(enum tw_section_series series, double flow_m3s, double slope,
                                    int32_t least_step)
{
    int32_t count = series == TW_SERIES_CHANNEL ? CHANNELS + GULLIES : PIPES + BOXES;
    int32_t first = series == TW_SERIES_PIPE || series == TW_SERIES_VAULT ? SMALLEST_PUBLIC : 0;
    int32_t step = least_step > first ? least_step : first;
    if (step >= count) step = count - 1;
    struct tw_section section = section_at(series, step);
    while (step < count - 1 &&
           (tw_section_capacity_m3s(&section, slope) < flow_m3s || inlet_m3s(&section) < flow_m3s))
        section = section_at(series, ++step);
    return section;
}

struct tw_section tw_section_pipe(double diameter_m)
{
    return (struct tw_section){.kind = TW_SECTION_CIRCULAR,
                               .height_m = diameter_m,
                               .width_m = diameter_m,
                               .roughness = 0.014};
}
