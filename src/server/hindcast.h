/* A storm replayed cycle by cycle with nothing from the future, and what its forecasts were worth. */
#ifndef TW_SERVER_HINDCAST_H
#define TW_SERVER_HINDCAST_H

#include "base/file.h"
#include "base/text.h"
#include "forecast/filter.h"
#include "forecast/skill.h"
#include "server/city.h"
#include "server/storm.h"

/** Ways of forecasting that are scored side by side: rows of hindcast_ways.def. */
enum tw_hindcast_way {
#define TW_HINDCAST_WAY(id, word, text) TW_HINDCAST_##id,
#include "server/hindcast_ways.def"
#undef TW_HINDCAST_WAY
    TW_HINDCAST_WAYS
};

/** Told after each cycle of each way. */
typedef void tw_hindcast_progress(void *user, enum tw_hindcast_way way, int32_t cycle,
                                  int32_t cycles);

/** How to replay; start from TW_HINDCAST_OPTIONS_DEFAULT. */
struct tw_hindcast_options {
    int32_t members, threads;
    uint64_t seed;
    int32_t held_out;               /* sensor of the storm; -1: none */
    int32_t baseline_members;       /* of the baselines; 0: no baselines */
    double cycle_s;                 /* 0: the city's */
    tw_hindcast_progress *progress; /* NULL: nobody is told */
    void *user;
};

#define TW_HINDCAST_OPTIONS_DEFAULT                                                                \
    ((struct tw_hindcast_options){                                                                 \
        .members = 16, .threads = 1, .seed = 1, .held_out = -1, .baseline_members = 4})

/** How well a sensor that the model was not told of was met. */
struct tw_hindcast_held_out {
    const char *id;
    int32_t cases;        /* cycles with a measurement */
    double with, without; /* root of the mean square error, in the sensor's unit */
};

/** What came out. */
struct tw_hindcast {
    struct tw_city *city;         /* borrowed */
    const struct tw_storm *storm; /* borrowed */
    double cycle_s;
    bool made[TW_HINDCAST_WAYS];             /* the way was gone */
    struct tw_skill skill[TW_HINDCAST_WAYS]; /* of those that were made; truth in each */
    struct tw_hindcast_held_out held_out;
    double took_s[TW_HINDCAST_WAYS]; /* of the clock on the wall */
    int32_t members, baseline_members;
    int32_t failed_members; /* of all cycles together */
};

/** Depths whose probabilities are written [m]: columns p15, p27, p40 and p60 of the table. */
static const double tw_hindcast_classes_m[TW_SKILL_CLASSES] = {0.15, 0.27, 0.40, 0.60};

/** Time between two values of a forecast, and the whole of it [s]. */
#define TW_HINDCAST_STEP_S 300.0
#define TW_HINDCAST_HORIZON_S 7200.0

struct tw_hindcast_outcome;

/**
 * What members foretell of a point.
 *
 * step     of TW_HINDCAST_STEP_S, 0 is now
 * truth_m  NAN: not known
 */
struct tw_skill_forecast tw_hindcast_forecast_of(const struct tw_hindcast_outcome *outcome,
                                                 int32_t point, int32_t step, double truth_m);

/**
 * Replay a storm.
 *
 * out     the caller's: tw_hindcast_done, after a failure too
 * errors  TW_ERR_NOMEM, TW_ERR_ARG, TW_ERR_NUMERIC every member failed
 */
tw_status tw_hindcast_run(struct tw_city *city, const struct tw_storm *storm,
                          const struct tw_hindcast_options *options, struct tw_hindcast *out);

/** Free what is in it. */
void tw_hindcast_done(struct tw_hindcast *hindcast);

/** Write every forecast as a table; docs/skill.md has its columns. errors: TW_ERR_FILE */
tw_status tw_hindcast_write_forecasts(const struct tw_hindcast *hindcast, tw_outfile *file);

/** Scores as JSON. */
void tw_hindcast_json(const struct tw_hindcast *hindcast, struct tw_strbuf *out);

/** Scores as a text of tables. */
void tw_hindcast_text(const struct tw_hindcast *hindcast, struct tw_strbuf *out);

#endif
