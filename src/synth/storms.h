/* The storms of a made city: Chicago hyetographs carried over the gages by a moving cell. */
#ifndef TW_SYNTH_STORMS_H
#define TW_SYNTH_STORMS_H

#include "synth/city.h"

/** A storm. */
struct tw_storm {
    const char *id, *title_zh, *title_en;
    double period_years, duration_min;
    double toward_deg; /* where the cell moves to, counterclockwise from east */
};

enum { TW_STORM_COUNT = 4, TW_STORM_DEFAULT = 2 };

/** One of the storms; TW_STORM_DEFAULT is the one inside the model. */
const struct tw_storm *tw_storm_get(int which);

/** A storm over a city's gages. */
struct tw_storm_over {
    const struct tw_storm *storm;
    int32_t gage_count;
    double lag_min[TW_CITY_GAGES_MOST]; /* after the first gage */
    double share[TW_CITY_GAGES_MOST];   /* of the design depth; 1 under the cell's middle */
    int32_t minutes;                    /* until it is dry at all gages */
};

/** Lay a storm's track over a city. */
struct tw_storm_over tw_storm_lay(const struct tw_city *city, const struct tw_storm *storm);

/** Rain of the minute that ends `minute` minutes after the start, in 0.001 mm. */
int32_t tw_storm_minute_um(const struct tw_storm_over *over, int32_t gage, int32_t minute);

#endif
