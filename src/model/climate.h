/* [TEMPERATURE], [EVAPORATION], [ADJUSTMENTS] and [SNOWPACKS]: what air and seasons do.
 * Temperatures degC, depths m of water, rates m/s unless their name says otherwise. */
#ifndef TW_MODEL_CLIMATE_H
#define TW_MODEL_CLIMATE_H

#include "base/names.h"

#include <stdbool.h>
#include <stdint.h>

/* [EVAPORATION] */
enum tw_evaporation_kind {
    TW_EVAPORATION_CONSTANT,
    TW_EVAPORATION_MONTHLY,
    TW_EVAPORATION_SERIES,
    TW_EVAPORATION_TEMPERATURE, /* by Hargreaves, from the climate file's temperatures */
    TW_EVAPORATION_FILE         /* the climate file's, times monthly_mmday as pan coefficients */
};
struct tw_evaporation {
    enum tw_evaporation_kind kind;
    double monthly_mmday[12]; /* constant: all the same; file: pan coefficients */
    int32_t series;           /* mm/day after to_mmday */
    double to_mmday;
    bool dry_only;
    int32_t recovery_pattern; /* -1: none */
};

/* What a climate file holds of a day. */
enum tw_climate_value {
    TW_CLIMATE_LOWEST,      /* temperature, degC */
    TW_CLIMATE_HIGHEST,     /* temperature, degC */
    TW_CLIMATE_EVAPORATION, /* mm/d */
    TW_CLIMATE_WIND,        /* m/s */
    TW_CLIMATE_VALUES
};
struct tw_climate_days { /* of one value; days without it are left out */
    int32_t count;
    double *day;   /* [count] whole days, rising */
    double *value; /* [count] */
};

/* [TEMPERATURE] without what is about snow */
enum tw_temperature_kind {
    TW_TEMPERATURE_NONE,
    TW_TEMPERATURE_SERIES,
    TW_TEMPERATURE_FILE /* between a day's lowest and highest */
};
struct tw_climate {
    enum tw_temperature_kind temperature;
    int32_t series;                    /* of temperatures */
    double series_zero_c, series_to_c; /* degC = zero + raw value times this */
    struct tw_climate_days days[TW_CLIMATE_VALUES];
    double file_start_day; /* the run's start reads this day of the file; 0: its own */
    bool wind_of_file;
    double wind_mps[12]; /* by month */
    double elevation_m, latitude_deg;
    double noon_shift_h; /* true solar time before standard time */
};

/* [ADJUSTMENTS] by month */
struct tw_adjustments {
    bool given;                                      /* else nothing below counts */
    double temperature_c[12], evaporation_mmday[12]; /* are added */
    double rain_ratio[12], conductivity_ratio[12];   /* are multiplied */
    /* [subcatchments] monthly patterns; -1: none */
    int32_t *roughness_pattern, *storage_pattern, *infiltration_pattern;
};

/* [SNOWPACKS] and what [TEMPERATURE] says of snow */
enum tw_snow_part { TW_SNOW_PLOWABLE, TW_SNOW_IMPERVIOUS, TW_SNOW_PERVIOUS, TW_SNOW_PARTS };
enum tw_snow_goal { /* where ploughed snow goes */
                    TW_SNOW_AWAY,
                    TW_SNOW_TO_IMPERVIOUS,
                    TW_SNOW_TO_PERVIOUS,
                    TW_SNOW_TO_MELT,
                    TW_SNOW_TO_SUBCATCHMENT,
                    TW_SNOW_GOALS
};
struct tw_snow_surface {
    double melt_least_mpsk, melt_most_mpsk; /* m/s and degree above base, 21 December and June */
    double base_c;                          /* it melts from here on */
    double free_water_ratio;                /* that the pack can hold */
    double initial_m, initial_water_m;
    double full_cover_m; /* all is covered from this depth on; not of the plowable part */
};
struct tw_snow_pack {
    struct tw_snow_surface surface[TW_SNOW_PARTS];
    double plowable_ratio; /* of the impervious area */
    double plow_depth_m;   /* it is ploughed from here on */
    double plowed_ratio[TW_SNOW_GOALS];
    int32_t to_subcatchment; /* -1: none */
};
enum { TW_SNOW_COVER_POINTS = 10 };
struct tw_snow_model {
    struct tw_names names;
    int32_t count;
    struct tw_snow_pack *pack;
    int32_t *of_subcatchment;   /* pack; -1: none */
    bool falls;                 /* there are packs and snow melt is not ignored */
    double divide_c;            /* precipitation is snow up to here */
    double index_ratio;         /* weight of the last six hours in the antecedent temperature */
    double negative_melt_ratio; /* heat exchange below base over that above it */
    /* [0 impervious, 1 pervious] covered part at 0, 0.1 .. 0.9 of full_cover_m */
    double cover_ratio[2][TW_SNOW_COVER_POINTS];
};

#endif
