/* Rain at a gage as it is known: what fell in each interval, and what is taken for the time ahead.
 *
 * Times are seconds on any clock, the same for all calls. */
#ifndef TW_FORECAST_RAIN_H
#define TW_FORECAST_RAIN_H

#include "thalweg/status.h"

#include <stdint.h>

/** Depth that fell during the interval that ends at until_s. */
struct tw_rain_fall {
    double until_s, rain_mm;
};

/** The rain of a gage, by time; all zeros is a dry one with no interval yet. */
struct tw_rain {
    double interval_s; /* recording interval, > 0 */
    struct tw_rain_fall *falls;
    int32_t count, capacity;
};

/**
 * Add an interval's rain; one that ends at the same moment is replaced.
 *
 * errors  TW_ERR_NOMEM
 */
tw_status tw_rain_add(struct tw_rain *rain, double until_s, double rain_mm);

/** Forget intervals that ended at or before a moment. */
void tw_rain_forget(struct tw_rain *rain, double until_s);

/** Free what is in it. */
void tw_rain_done(struct tw_rain *rain);

/** Mean rate between two moments [mm/h], from_s < to_s; intervals that are not known are dry. */
double tw_rain_mean_mmh(const struct tw_rain *rain, double from_s, double to_s);

/** How rain is taken to go on; start from TW_RAIN_PERSISTENCE_DEFAULT. */
typedef struct {
    double window_s; /* the mean of the last so many seconds ... */
    double hold_s;   /* ... goes on for so long ... */
    double zero_s;   /* ... and falls linearly to nothing by then */
} tw_rain_persistence;

#define TW_RAIN_PERSISTENCE_DEFAULT                                                                \
    ((tw_rain_persistence){.window_s = 600.0, .hold_s = 1800.0, .zero_s = 5400.0})

/**
 * Rate that persistence takes between two moments ahead [mm/h].
 *
 * recent_mmh  mean rate of the window before now
 * lead_s      of the middle of the stretch, from now
 * source      docs/decisions/0006-rain-ahead.md
 */
double tw_rain_ahead_mmh(const tw_rain_persistence *persistence, double recent_mmh, double lead_s);

#endif
