/* Temperature, wind and evaporation by temperature.
 *
 * Between a day's lowest and highest temperature (SWMM Reference Manual I, section 2.3.2):
 *
 *   decl   = 0.40928 cos(0.017202 (172 - D))           declination of the sun on day D [rad]
 *   h      = 3.8197 acos(-tan decl tan latitude)       half the day [h]
 *   hsr = 12 - h + shift, hss = 12 + h + shift - 3     coldest at sunrise, warmest 3 h before sunset
 *   T = Tmin + Trng1/2 sin(pi/dydif (hsr - t))         before sunrise
 *   T = Tave + Trng sin(pi/dhrdy (hrday - t))          by day
 *   T = Tmax - Trng sin(pi/dydif (t - hss))            after that
 *
 * Evaporation (Hargreaves; section 2.4.2), from means Ta, Tr over seven days:
 *
 *   E = 0.0023 (Ra / lambda) sqrt(Tr) (Ta + 17.8)      [mm/d], lambda = 2.50 - 0.002361 Ta
 *   Ra = 37.6 dr (w sin phi sin del + cos phi cos del sin w)
 *   dr = 1 + 0.033 cos(2 pi D/365), del = 0.4093 sin(2 pi (284 + D)/365), w = acos(-tan phi tan del) */
#include "hydrology/weather.h"

#include "hydrology/inflows.h"
#include "num/series.h"
#include "thalweg/time.h"

#include <math.h>
#include <string.h>

static const double pi = 3.141592654;    /* SWMM's */
static const double warm_c = 38.0 / 1.8; /* SWMM's 70 degF, where nothing is known */

static double day_of_year(double day)
{
    struct tw_calendar c = tw_day_to_calendar(floor(day));
    double first = day;
    c.month = c.day = 1;
    if (tw_day_from_calendar(&c, &first) != TW_OK) return 1.0;
    return floor(day) - first + 1.0;
}

/* acos of what may lie beyond 1, where the sun does not rise or set. */
static double half_day_angle(double cosine)
{
    return acos(cosine < -1.0 ? -1.0 : cosine > 1.0 ? 1.0 : cosine);
}

double tw_weather_file_value(const struct tw_weather *w, const struct tw_model *model,
                             enum tw_climate_value which, double day, double otherwise)
{
    const struct tw_climate *climate = &model->climate;
    const struct tw_climate_days *of = &climate->days[which];
    double first_day = floor(w->start_day);
    if (climate->file_start_day > 0.0) first_day = climate->file_start_day;
    double at_day = first_day + floor(day) - floor(w->start_day);
    int32_t low = 0, high = of->count;
    while (low < high) { /* the first entry after that day */
        int32_t middle = low + (high - low) / 2;
        if (of->day[middle] <= at_day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 || of->day[low - 1] < first_day ? otherwise : of->value[low - 1];
}

/* ---- evaporation by temperature ---- */

static void means_add(struct tw_weather *w, double mean_c, double range_c)
{
    double count = w->days;
    if (w->days == TW_WEATHER_DAYS) {
        w->mean_of_days_c += (mean_c - w->mean_c[w->front]) / count;
        w->range_of_days_c += (range_c - w->range_c[w->front]) / count;
    } else {
        w->mean_of_days_c = (w->mean_of_days_c * count + mean_c) / (count + 1.0);
        w->range_of_days_c = (w->range_of_days_c * count + range_c) / (count + 1.0);
        w->days++;
    }
    w->mean_c[w->front] = mean_c;
    w->range_c[w->front] = range_c;
    w->front = (w->front + 1) % TW_WEATHER_DAYS;
}

static double hargreaves_mmday(const struct tw_weather *w, double latitude_deg, double doy)
{
    double a = 2.0 * pi / 365.0, phi = latitude_deg * 2.0 * pi / 360.0;
    double distance = 1.0 + 0.033 * cos(a * doy);
    double declination = 0.4093 * sin(a * (284.0 + doy));
    double omega = half_day_angle(-tan(phi) * tan(declination));
    double radiation =
        37.6 * distance *
        (omega * sin(phi) * sin(declination) + cos(phi) * cos(declination) * sin(omega));
    double latent = 2.50 - 0.002361 * w->mean_of_days_c;
    double range_c = w->range_of_days_c > 0.0 ? w->range_of_days_c : 0.0;
    double mmday = 0.0023 * radiation / latent * sqrt(range_c) * (w->mean_of_days_c + 17.8);
    return mmday > 0.0 ? mmday : 0.0;
}

/* ---- temperature ---- */

static void daylight_set(struct tw_weather *w, const struct tw_climate *climate, double doy)
{
    double declination = 0.40928 * cos(0.017202 * (172.0 - doy));
    double cosine = -tan(declination) * tan(climate->latitude_deg * pi / 180.0);
    double half_h = 3.8197 * half_day_angle(cosine);
    w->sunrise_h = 12.0 - half_h + climate->noon_shift_h;
    w->warmest_h = 12.0 + half_h + climate->noon_shift_h - 3.0;
}

static void file_day_begin(struct tw_weather *w, const struct tw_model *m, double day, double doy)
{
    double change_c = m->adjustments.given ? m->adjustments.temperature_c[w->month - 1] : 0.0;
    double low_c = tw_weather_file_value(w, m, TW_CLIMATE_LOWEST, day, warm_c) + change_c;
    double high_c = tw_weather_file_value(w, m, TW_CLIMATE_HIGHEST, day, warm_c) + change_c;
    bool first = w->set_day < 0.0;
    w->highest_before_c = w->highest_c;
    w->lowest_c = fmin(low_c, high_c);
    w->highest_c = fmax(low_c, high_c);
    if (first) w->highest_before_c = w->highest_c;
    daylight_set(w, &m->climate, doy);
    if (m->evaporation.kind != TW_EVAPORATION_TEMPERATURE) return;
    means_add(w, (w->lowest_c + w->highest_c) / 2.0, w->highest_c - w->lowest_c);
    w->evaporation_mmday = hargreaves_mmday(w, m->climate.latitude_deg, doy);
}

static double hour_temperature_c(const struct tw_weather *w, double hour)
{
    double by_day_h = w->sunrise_h - w->warmest_h, by_night_h = 24.0 + by_day_h;
    double half_c = (w->highest_c - w->lowest_c) / 2.0;
    if (hour < w->sunrise_h)
        return w->lowest_c + (w->highest_before_c - w->lowest_c) / 2.0 *
                                 sin(pi / by_night_h * (w->sunrise_h - hour));
    if (hour <= w->warmest_h)
        return (w->lowest_c + w->highest_c) / 2.0 +
               half_c * sin(pi / by_day_h * ((w->sunrise_h + w->warmest_h) / 2.0 - hour));
    return w->highest_c - half_c * sin(pi / by_night_h * (hour - w->warmest_h));
}

static double series_temperature_c(struct tw_weather *w, const struct tw_model *m, double day)
{
    const struct tw_climate *climate = &m->climate;
    const struct tw_tables *series = &m->series;
    int32_t first = series->first[climate->series];
    int32_t count = series->first[climate->series + 1] - first;
    double at = day - tw_series_shift_days(m, climate->series, w->start_day);
    double raw =
        tw_series_at(series->x + first, series->y + first, count, at, true, &w->series_entry);
    double change_c = m->adjustments.given ? m->adjustments.temperature_c[w->month - 1] : 0.0;
    return climate->series_zero_c + climate->series_to_c * raw + change_c;
}

static void temperature_set(struct tw_weather *w, const struct tw_model *m, double day)
{
    if (m->climate.temperature == TW_TEMPERATURE_NONE) return;
    if (floor(day) > w->set_day) {
        double doy = day_of_year(day);
        if (m->climate.temperature == TW_TEMPERATURE_FILE) file_day_begin(w, m, day, doy);
        w->season_ratio = sin(0.0172615 * (doy - 81.0));
        w->set_day = day;
    }
    if (m->climate.temperature == TW_TEMPERATURE_FILE)
        w->temperature_c = hour_temperature_c(w, (day - floor(day)) * 24.0);
    else if (m->climate.series >= 0)
        w->temperature_c = series_temperature_c(w, m, day);
}

static int last_month(const struct tw_model *model)
{
    static const double second_d = 1.0 / 86400.0;
    return tw_day_to_calendar(floor(model->options.end_day - second_d)).month - 1;
}

void tw_weather_begin(struct tw_weather *w, const struct tw_model *model, double start_day)
{
    memset(w, 0, sizeof *w);
    w->start_day = start_day;
    w->temperature_c = warm_c;
    w->rain_ratio = w->conductivity_ratio = 1.0;
    w->month = tw_day_to_calendar(floor(start_day)).month;
    /* SWMM's: gages begin with the factor that the computation of RDII, all of which comes first, has
     * left; without any, with 1 */
    if (model->adjustments.given && model->rdii.node_count > 0)
        w->rain_ratio = model->adjustments.rain_ratio[last_month(model)];
    w->set_day = -1.0;
}

void tw_weather_advance(struct tw_weather *w, const struct tw_model *model, double day)
{
    const struct tw_climate *climate = &model->climate;
    w->month = tw_day_to_calendar(floor(day)).month;
    bool hargreaves = model->evaporation.kind == TW_EVAPORATION_TEMPERATURE &&
                      climate->temperature == TW_TEMPERATURE_FILE;
    if (!hargreaves)
        w->evaporation_mmday = tw_weather_file_value(w, model, TW_CLIMATE_EVAPORATION, day, 0.0);
    temperature_set(w, model, day);
    w->wind_mps = climate->wind_of_file ? tw_weather_file_value(w, model, TW_CLIMATE_WIND, day, 0.0)
                                        : climate->wind_mps[w->month - 1];
    if (!model->adjustments.given) return;
    w->rain_ratio = model->adjustments.rain_ratio[w->month - 1];
    w->conductivity_ratio = model->adjustments.conductivity_ratio[w->month - 1];
}

double tw_weather_pattern(const struct tw_weather *w, const struct tw_model *model,
                          const int32_t *patterns, int32_t subcatchment)
{
    if (!model->adjustments.given || patterns[subcatchment] < 0) return 1.0;
    int32_t pattern = patterns[subcatchment];
    if (model->patterns.kind[pattern] != TW_PATTERN_MONTHLY) return 1.0;
    return model->patterns.factor[pattern][w->month - 1];
}
