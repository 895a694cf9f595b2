/* Temperature, wind and the season at a time of the run, and the month's adjustments. */
#ifndef TW_HYDROLOGY_WEATHER_H
#define TW_HYDROLOGY_WEATHER_H

#include "model/model.h"

#include <stdint.h>

enum { TW_WEATHER_DAYS = 7 /* over which Hargreaves' temperatures are averaged */ };

/* What moves; plain, so that a copy is a saved state. */
struct tw_weather {
    double start_day;     /* of the run */
    double temperature_c; /* of the air now */
    double wind_mps;
    double season_ratio;      /* -1 21 December .. 1 21 June; of melt coefficients */
    double evaporation_mmday; /* by temperature, or the climate file's */
    double rain_ratio;        /* the month's adjustments */
    double conductivity_ratio;
    int32_t month;        /* 1..12 */
    int32_t series_entry; /* where the temperature's series was read last */
    /* of the day that temperatures were last set for */
    double set_day;
    double lowest_c, highest_c, highest_before_c; /* the day before's, or this one's at first */
    double sunrise_h, warmest_h;
    /* of up to seven days with today */
    double mean_c[TW_WEATHER_DAYS], range_c[TW_WEATHER_DAYS];
    double mean_of_days_c, range_of_days_c;
    int32_t days, front;
};

/** Set the weather to before the run's start. */
void tw_weather_begin(struct tw_weather *w, const struct tw_model *model, double start_day);

/**
 * Bring the weather to a time; times never go back.
 *
 * day     decimal, not before the start
 * source  SWMM Reference Manual I, sections 2.3 (temperature), 2.4 (evaporation), 2.5 (wind)
 */
void tw_weather_advance(struct tw_weather *w, const struct tw_model *model, double day);

/** A value of the climate file on the day of a time: the last one known since the start, or
 * `otherwise`. */
double tw_weather_file_value(const struct tw_weather *w, const struct tw_model *model,
                             enum tw_climate_value which, double day, double otherwise);

/** Factor of a monthly pattern of [ADJUSTMENTS] for a subcatchment; 1 without one. */
double tw_weather_pattern(const struct tw_weather *w, const struct tw_model *model,
                          const int32_t *patterns, int32_t subcatchment);

#endif
