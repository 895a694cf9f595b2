/* What the influent forecast looks at.
 *
 *   reservoir with time constant T [h]:   z(i) = k z(i-1) + (1 - k) rain(i),  k = exp(-1 / T)
 *
 * A sum of reservoirs is a unit hydrograph (J. E. Nash 1957); the products with the slow ones let the
 * share of rain that runs off grow with how wet the ground is. */
#include "operate/influent.h"

#include <math.h>
#include <string.h>

#define HOUR_MS 3600000
#define TWO_PI 6.283185307179586

const double tw_influent_levels[TW_INFLUENT_LEVELS] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95};

enum { LAGS = 8, RESERVOIRS = 8, QUICK = 4, WET = 5, WETTER = 7 };
static const double constants_h[RESERVOIRS] = {3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 240.0, 720.0};

/* Hour of the day 0..23 and whether it is a Saturday or Sunday, where people live. */
static int hour_of_day(int64_t time_ms, int32_t zone_s, int *out_weekend)
{
    int64_t hours = (time_ms + (int64_t)zone_s * 1000) / HOUR_MS;
    int64_t day = hours / 24;
    if (hours < 0 && hours % 24 != 0) day--;
    int64_t weekday = ((day + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0 is Sunday */
    *out_weekend = weekday == 0 || weekday == 6;
    return (int)(hours - day * 24);
}

static double rain_at(const struct tw_influent_hours *hours, int32_t i)
{
    return i < 0 || isnan(hours->rain_mm[i]) ? 0.0 : hours->rain_mm[i];
}

static void time_features(const struct tw_influent_hours *hours, int32_t i, double *out)
{
    int weekend;
    int hour = hour_of_day(hours->begin_ms + (int64_t)i * HOUR_MS, hours->zone_s, &weekend);
    double angle = TWO_PI * hour / 24.0;
    for (int k = 1; k <= 3; k++) {
        *out++ = cos(k * angle);
        *out++ = sin(k * angle);
    }
    *out++ = weekend;
    *out++ = weekend * cos(angle);
    *out++ = weekend * sin(angle);
}

/* What follows from rain in the hours before, the reservoirs and the time. */
static void rest_of_features(const struct tw_influent_hours *hours, int32_t i, double *features)
{
    const double *rain = features, *z = features + LAGS;
    double *out = features + LAGS + RESERVOIRS;
    for (int r = 0; r < QUICK; r++) {
        *out++ = z[r] * z[WET];
        *out++ = z[r] * z[WETTER];
    }
    *out++ = z[0] * z[0];
    for (int k = 0; k < QUICK; k++)
        *out++ = rain[k] * z[WET];
    time_features(hours, i, out);
}

void tw_influent_rain_features(const struct tw_influent_hours *hours, double mean_rain_mm,
                               double *out_features)
{
    double keep[RESERVOIRS], z[RESERVOIRS];
    for (int r = 0; r < RESERVOIRS; r++) {
        keep[r] = exp(-1.0 / constants_h[r]);
        z[r] = mean_rain_mm; /* as if it had always rained a little */
    }
    for (int32_t i = 0; i < hours->count; i++) {
        double *out = out_features + (size_t)i * TW_INFLUENT_RAIN;
        for (int r = 0; r < RESERVOIRS; r++)
            z[r] = keep[r] * z[r] + (1.0 - keep[r]) * rain_at(hours, i);
        for (int k = 0; k < LAGS; k++)
            out[k] = rain_at(hours, i - k);
        memcpy(out + LAGS, z, sizeof z);
        rest_of_features(hours, i, out);
    }
}

void tw_influent_dry_features(const struct tw_influent_hours *hours, const double *features,
                              int32_t origin, int32_t lead, double *out_features)
{
    const double *now = features + (size_t)origin * TW_INFLUENT_RAIN;
    for (int k = 0; k < LAGS; k++)
        out_features[k] = k >= lead ? rain_at(hours, origin + lead - k) : 0.0;
    for (int r = 0; r < RESERVOIRS; r++)
        out_features[LAGS + r] = now[LAGS + r] * exp(-lead / constants_h[r]);
    rest_of_features(hours, origin + lead, out_features);
}

void tw_influent_misses_find(const struct tw_influent_hours *hours, int32_t known,
                             struct tw_influent_misses *misses)
{
    const double fading = 0.95; /* an hour */
    double last = 0.0;
    misses->sum_m3h[0] = 0.0;
    for (int32_t i = 0; i < hours->count; i++) {
        bool there = i < known && !isnan(hours->flow_m3h[i]);
        last = there ? hours->flow_m3h[i] - misses->made_m3h[i] : fading * last;
        misses->miss_m3h[i] = last;
        misses->sum_m3h[i + 1] = misses->sum_m3h[i] + last;
    }
}

static double mean_before(const struct tw_influent_misses *misses, int32_t origin, int32_t hours)
{
    int32_t from = origin + 1 > hours ? origin + 1 - hours : 0;
    return (misses->sum_m3h[origin + 1] - misses->sum_m3h[from]) / (origin + 1 - from);
}

/* Flow known or, in a gap, made. */
static double flow_at(const struct tw_influent_misses *misses, int32_t i)
{
    return i < 0 ? 0.0 : misses->made_m3h[i] + misses->miss_m3h[i];
}

void tw_influent_error_features(const struct tw_influent_hours *hours,
                                const struct tw_influent_misses *misses,
                                const int32_t origin_lead[2], double made_m3h, double *out_features)
{
    double *out = out_features;
    int32_t origin = origin_lead[0], day_before = origin - (24 - origin_lead[1] % 24) % 24;
    double now = misses->miss_m3h[origin];
    double day = mean_before(misses, origin, 24), days = mean_before(misses, origin, 72);
    for (int32_t k = 0; k < 4; k++)
        *out++ = origin >= k ? misses->miss_m3h[origin - k] : 0.0;
    *out++ = day;
    *out++ = days;
    *out++ = day_before >= 0 ? misses->miss_m3h[day_before] : 0.0;
    *out++ = made_m3h;
    *out++ = days * made_m3h;
    *out++ = day * made_m3h;
    *out++ = now * made_m3h;
    *out++ = flow_at(misses, origin) - flow_at(misses, origin - 1);
    *out++ = flow_at(misses, origin) - flow_at(misses, origin - 3);
    *out++ = rain_at(hours, origin);
    *out++ = rain_at(hours, origin - 1) + rain_at(hours, origin - 2);
}

double tw_influent_spread(const struct tw_influent_lead *lead, double flow_m3h, double mean_m3h)
{
    double spread =
        lead->spread[1] + lead->spread[2] * flow_m3h + lead->spread[3] * fabs(flow_m3h - mean_m3h);
    return spread > lead->spread[0] ? spread : lead->spread[0];
}
