/* What a nowcast consists of; only nowcast*.c, radar_view.* and gauge_check.* look inside. */
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
    double first_s; /* when it first said anything */
    double
        first_zero_s; /* when it first said that it is dry; from then on silence is not dryness */
    bool good;        /* by the last issue: it may be used */
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

/** How unsure the analysis is: standard deviations of ln(rain). */
struct tw_rain_doubt {
    double bias_ratio;  /* of all places together, over hours */
    float *local_ratio; /* [place_count] of a place by itself, over minutes */
};

/** Chance that members carry: normal numbers on a lattice of space and time. */
struct tw_rain_chance {
    int64_t first_x, first_y, first_t; /* lattice indices, counted from 0 m and 0 s */
    int32_t columns, rows, times;
    double spacing_m, spacing_s;
    float *normal; /* [members][times][rows][columns] */
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
    bool issued, by_radar;
    double now_s;
    int32_t past_count, ahead_count; /* steps before and after now */
    float *past_mmh;                 /* [past_count][place_count], the last one ends now */
    float *ahead_mmh;                /* [members][ahead_count][place_count] */
    struct tw_rain_doubt doubt;
    struct tw_rain_chance local, bias; /* bias: one place for all */
};

/** Add a note. errors: TW_ERR_NOMEM */
tw_status tw_nowcast_note_add(struct tw_nowcast *nowcast, enum tw_rain_note_kind kind,
                              const char *name, int32_t gauge, double value);

/**
 * Mean rate of a gauge between two moments, of what was known by now. A gauge that never sent a zero
 * by then was dry when it sent nothing.
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

/**
 * Draw the members' chance for an issue: what it is at a place and time does not depend on the issue.
 *
 * errors  TW_ERR_NOMEM
 */
tw_status tw_rain_chance_draw(struct tw_nowcast *nowcast);

/** Free what is in it. */
void tw_rain_chance_done(struct tw_rain_chance *chance);

/**
 * What a member's rain is multiplied with at a place and time, of mean 1: the doubt about the
 * analysis, which also goes on into the forecast.
 */
double tw_rain_chance_factor(const struct tw_nowcast *nowcast, int32_t member, int32_t place,
                             double time_s);

struct tw_radar_view;

/** Look at each gauge, set what is good, and note what is left out. errors: TW_ERR_NOMEM */
tw_status tw_gauges_check(struct tw_nowcast *nowcast, const struct tw_radar_view *view);

/**
 * Mean rate that the radar has at map coordinates between two moments before now: fields before and
 * after, each moved to the time.
 *
 * returns  NAN when no field is near enough in time, or none covers it
 */
double tw_radar_mean_mmh(const struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                         const double at[2], double from_s, double to_s);

/**
 * What the radar is to be multiplied with, after the good gauges, of the last two hours.
 *
 * out_doubt_ratio  standard deviation of its logarithm
 */
double tw_radar_bias(const struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                     double *out_doubt_ratio);

/** Fill past_mmh and doubt. errors: TW_ERR_NOMEM */
tw_status tw_nowcast_analyse(struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                             double radar_bias);

/** Fill ahead_mmh by moving the radar's rain on. errors: TW_ERR_NOMEM */
tw_status tw_nowcast_by_radar(struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                              double radar_bias);

/** True for a place whose rain ahead gauges tell: there is no radar, or the place has no coordinates. */
bool tw_nowcast_needs_gauges(const struct tw_nowcast *nowcast, int32_t place);

/** Fill ahead_mmh of the places that need it from what gauges say. errors: TW_ERR_NOMEM */
tw_status tw_nowcast_by_gauges(struct tw_nowcast *nowcast);

/** Mean of the analysis over the last seconds before the issue [mm/h]. */
double tw_nowcast_recent_mmh(const struct tw_nowcast *nowcast, int32_t place, double window_s);

/** Let forecasts of others take over with lead. errors: TW_ERR_NOMEM */
tw_status tw_nowcast_join_outlooks(struct tw_nowcast *nowcast, double fade_s);

#endif
