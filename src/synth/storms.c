#include "synth/storms.h"

#include "synth/exact.h"
#include "synth/hyetograph.h"

#include <math.h>

static const double peak_ratio = 0.4; /* the notice's own could not be read: a usual one */

static const struct tw_storm storms[TW_STORM_COUNT] = {
    {"p2", "两年一遇 120 分钟设计暴雨（虚构）", "2-year storm of 120 min (made up)", 2.0, 120.0,
     40.0},
    {"p20", "二十年一遇 120 分钟设计暴雨（虚构）", "20-year storm of 120 min (made up)", 20.0,
     120.0, -25.0},
    {"p50-3h", "五十年一遇 3 小时移动暴雨（虚构）", "50-year storm of 3 h, a moving cell (made up)",
     50.0, 180.0, 15.0},
    {"p100", "百年一遇 120 分钟设计暴雨（虚构）", "100-year storm of 120 min (made up)", 100.0,
     120.0, 60.0},
};

const struct tw_storm *tw_storm_get(int which) { return &storms[which]; }

struct tw_storm_over tw_storm_lay(const struct tw_city *city, const struct tw_storm *storm)
{
    struct tw_storm_over over = {.storm = storm, .gage_count = city->gage_count};
    double east = tw_exact_cos(storm->toward_deg * TW_PI / 180.0);
    double north = tw_exact_sin(storm->toward_deg * TW_PI / 180.0);
    double first_m = 1e30, last_m = -1e30, along_m[TW_CITY_GAGES_MOST];
    for (int32_t g = 0; g < city->gage_count; g++) {
        double x = city->gage_x_m[g], y = city->gage_y_m[g];
        double aside = (y * east - x * north) / (0.45 * city->land.length_m);
        along_m[g] = x * east + y * north;
        over.share[g] = 0.72 + 0.28 * tw_exact_exp(-aside * aside);
        first_m = along_m[g] < first_m ? along_m[g] : first_m;
        last_m = along_m[g] > last_m ? along_m[g] : last_m;
    }
    /* 3 m/s, a slow cell; over a large city fast enough to cross it in half an hour */
    double speed_m_min = 180.0, most_min = 30.0;
    if (last_m - first_m > most_min * speed_m_min) speed_m_min = (last_m - first_m) / most_min;
    over.minutes = (int32_t)ceil(storm->duration_min + (last_m - first_m) / speed_m_min);
    for (int32_t g = 0; g < city->gage_count; g++)
        over.lag_min[g] = (along_m[g] - first_m) / speed_m_min;
    return over;
}

/* Rain so far, rounded, so that the minutes add up to the whole. */
static int32_t fallen_um(const struct tw_storm_over *over, int32_t gage, int32_t minute)
{
    const struct tw_chicago chicago = {tw_intensity_shapingba(), over->storm->period_years,
                                       over->storm->duration_min, peak_ratio};
    double depth_mm = tw_chicago_depth_mm(&chicago, minute - over->lag_min[gage]);
    return (int32_t)floor(1000.0 * over->share[gage] * depth_mm + 0.5);
}

int32_t tw_storm_minute_um(const struct tw_storm_over *over, int32_t gage, int32_t minute)
{
    return fallen_um(over, gage, minute) - fallen_um(over, gage, minute - 1);
}
