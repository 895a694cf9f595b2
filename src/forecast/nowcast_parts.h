/* What a nowcast consists of; only nowcast*.c look inside. */
#ifndef TW_FORECAST_NOWCAST_PARTS_H
#define TW_FORECAST_NOWCAST_PARTS_H

#include "base/arena.h"
#include "forecast/nowcast.h"

/** What a gauge caught in an interval. */
struct tw_gauge_fall {
    double until_s, interval_s;
    double rain_mm; /* NAN: no value */
};

/** What a gauge caught, by time. */
struct tw_gauge_series {
    const char *name;
    double x, y;
    struct tw_gauge_fall *falls;
    int32_t count, capacity;
    bool tells_dry; /* it has sent a zero, so silence is not dryness */
};

/** A radar field. */
struct tw_radar_field {
    double time_s;
    float *mmh; /* [rows * columns] owned; NAN: none */
};

/** The radar's fields, by time, all on one grid. */
struct tw_radar_series {
    struct tw_raster grid; /* value is NULL; columns 0: none yet */
    struct tw_radar_field *fields;
    int32_t count, capacity;
};

/** A kept forecast of others: the outlook with its own copies. */
struct tw_outlook_kept {
    struct tw_outlook outlook;
    char *source;
    double *rain_mmh, *corner_xy;
};

/** Free what a kept forecast holds. */
void tw_outlook_kept_done(struct tw_outlook_kept *kept);

/** A note with its words. */
struct tw_note_kept {
    struct tw_rain_note note;
    char en[200], zh[200];
};

struct tw_nowcast {
    struct tw_nowcast_setup setup;
    struct tw_arena arena;        /* until destroy */
    struct tw_rain_place *places; /* [place_count] */
    struct tw_gauge_series *gauges;
    struct tw_radar_series radar;
    struct tw_outlook_kept *outlooks;
    int32_t outlook_count, outlook_capacity;
    struct tw_note_kept *notes;
    int32_t note_count, note_capacity;
    bool issued;
    double now_s;
    int32_t past_count, ahead_count; /* steps before and after now */
    float *past_mmh;                 /* [past_count][place_count], the last one ends now */
    float *ahead_mmh;                /* [members][ahead_count][place_count] */
};

/** Add a note. errors: TW_ERR_NOMEM */
tw_status tw_nowcast_note_add(struct tw_nowcast *nowcast, enum tw_rain_note_kind kind,
                              const char *name, int32_t gauge, double value);

/**
 * Mean rate of a gauge between two moments, of what was known by now.
 *
 * out_known  [0..1] part of the time that has a value
 * returns    mm/h over that part; 0 when it is none
 */
double tw_gauge_mean_mmh(const struct tw_gauge_series *gauge, double from_s, double to_s,
                         double now_s, double *out_known);

/** Forget intervals that ended at or before a moment. */
void tw_gauge_forget(struct tw_gauge_series *gauge, double until_s);

/** Forget fields of a moment and before. */
void tw_radar_forget(struct tw_radar_series *radar, double until_s);

#endif
