/* Rain now and ahead, as an ensemble: what gauges and radar say is merged to an analysis of the last
 * hours, and goes on as members that drift apart with lead; forecasts of others may join.
 *
 * Whatever is known is added, in any order; an issue uses what was known by its time and nothing
 * later, so a whole storm may be added at once and replayed. Times are seconds on any clock, the same
 * for all calls. Places are in the model's map coordinates. How it is done: docs/rain.md. */
#ifndef TW_FORECAST_NOWCAST_H
#define TW_FORECAST_NOWCAST_H

#include "grid/raster.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** Where rain is asked for, e.g. the middle of a subcatchment. */
struct tw_rain_place {
    double x, y;   /* map coordinates; NAN: not known, then the gauge's rain is taken */
    int32_t gauge; /* index of the gauge that the model gives it; -1: none */
};

/** A rain gauge. */
struct tw_rain_gauge {
    const char *name; /* for notes; copied */
    double x, y;      /* map coordinates; NAN: not known */
};

/** What a nowcast needs; start from TW_NOWCAST_SETUP_DEFAULT. */
struct tw_nowcast_setup {
    const struct tw_rain_place *places; /* [place_count] copied */
    int32_t place_count;
    const struct tw_rain_gauge *gauges; /* [gauge_count] copied */
    int32_t gauge_count;
    int32_t members;  /* 1..; with one it is the middle of what may come */
    int32_t threads;  /* 1..; results do not depend on it */
    uint64_t seed;    /* of all chance */
    double step_s;    /* rain changes no oftener */
    double horizon_s; /* how far ahead */
    double kept_s;    /* how far back from an issue the analysis can be asked for */
};

#define TW_NOWCAST_SETUP_DEFAULT                                                                   \
    ((struct tw_nowcast_setup){                                                                    \
        .members = 32, .threads = 1, .step_s = 300.0, .horizon_s = 7200.0, .kept_s = 7200.0})

/** A nowcast; for one thread at a time. */
struct tw_nowcast;

/** Make a nowcast. errors: TW_ERR_NOMEM, TW_ERR_ARG counts, steps or a place's gauge */
tw_status tw_nowcast_create(const struct tw_nowcast_setup *setup, struct tw_nowcast **out_nowcast);

/** Free; NULL is fine. */
void tw_nowcast_destroy(struct tw_nowcast *nowcast);

/**
 * Add what a gauge caught; an interval that ends at the same moment is replaced.
 *
 * until_s     end of the interval, and when it is known
 * interval_s  its length
 * rain_mm     NAN: the gauge was asked and has no value to believe; so with a negative one
 * errors      TW_ERR_NOMEM, TW_ERR_ARG the gauge, a time or an interval
 */
tw_status tw_nowcast_add_gauge(struct tw_nowcast *nowcast, int32_t gauge, double until_s,
                               double interval_s, double rain_mm);

/**
 * Add what the radar saw at a moment; a field of the same moment is replaced.
 *
 * field   rain [mm/h] in the model's map coordinates, NAN or negative where there is no
 *         value; copied
 * errors  TW_ERR_NOMEM, TW_ERR_ARG the time or the grid, or it is not the grid of the others
 */
tw_status tw_nowcast_add_radar(struct tw_nowcast *nowcast, double time_s,
                               const struct tw_raster *field);

/** A forecast of rain that someone else made, for one area. */
struct tw_outlook {
    const char *source; /* who made it; for notes; copied */
    double issued_s;    /* known from then on; of a source and area the newest counts */
    int32_t member;     /* of its ensemble, 0.. */
    int32_t members;    /* 1: it is one forecast, which is spread here */
    double from_s;      /* beginning of the first interval */
    double interval_s;
    int32_t count;
    const double *rain_mmh; /* [count] NAN: none for that interval; copied */
    int32_t gauge;          /* the area is this gauge's; -1: it is given by ring */
    int32_t corner_count;
    const double *corner_xy; /* [2 * corner_count] polygon in map coordinates; none: everywhere */
};

/** Add a forecast of others. errors: TW_ERR_NOMEM, TW_ERR_ARG counts, times or the gauge */
tw_status tw_nowcast_add_outlook(struct tw_nowcast *nowcast, const struct tw_outlook *outlook);

/** Forget what was known at or before a moment. */
void tw_nowcast_forget(struct tw_nowcast *nowcast, double until_s);

/**
 * Make the analysis and the forecast of a moment.
 *
 * now_s   nothing that became known later is used
 * errors  TW_ERR_NOMEM, TW_ERR_ARG
 */
tw_status tw_nowcast_issue(struct tw_nowcast *nowcast, double now_s);

/**
 * Rain at a place as a member has it: before the moment of the issue the analysis, with the member's
 * own error, after it the member's forecast.
 *
 * member         0..members-1
 * place          0..place_count-1
 * from_s, to_s   from_s < to_s; what lies outside of the kept time and the horizon is left out
 * returns        mean rate [mm/h], >= 0; 0 before the first issue
 */
double tw_nowcast_mmh(const struct tw_nowcast *nowcast, int32_t member, int32_t place,
                      double from_s, double to_s);

/** The analysis without any member's error; as tw_nowcast_mmh, times after the issue are left out. */
double tw_nowcast_analysis_mmh(const struct tw_nowcast *nowcast, int32_t place, double from_s,
                               double to_s);

/** What a note of an issue is about: rows of rain_notes.def. */
enum tw_rain_note_kind {
#define TW_RAIN_NOTE(id, code, used, en, zh) TW_RAIN_NOTE_##id,
#include "forecast/rain_notes.def"
#undef TW_RAIN_NOTE
    TW_RAIN_NOTE_COUNT
};

/** What an issue used or left out. Strings are borrowed until the next issue. */
struct tw_rain_note {
    enum tw_rain_note_kind kind;
    const char *code; /* for programs, e.g. "gauge-silent" */
    bool used;        /* false: it was left out, or is missing */
    int32_t gauge;    /* that it is about; -1: none */
    const char *en, *zh;
};

/** Notes of the last issue. */
int32_t tw_nowcast_note_count(const struct tw_nowcast *nowcast);

/** The i-th note, 0 <= i < tw_nowcast_note_count. */
struct tw_rain_note tw_nowcast_note(const struct tw_nowcast *nowcast, int32_t i);

#endif
