/* Faults of instruments, found in their values: gaps, values outside a range, flat lines, spikes,
 * drifts, and disagreement with the other instruments. docs/inspection.md says what was found in real
 * data and how often each is found or raised for nothing in made data. */
#ifndef TW_OPERATE_SENSOR_H
#define TW_OPERATE_SENSOR_H

#include "base/arena.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** Kinds of faults, as sensor_faults.def lists them. */
enum tw_sensor_fault {
#define TW_SENSOR_FAULT(id, key, severity, zh, en, advice_zh, advice_en) TW_FAULT_##id,
#include "operate/sensor_faults.def"
#undef TW_SENSOR_FAULT
    TW_FAULT_COUNT
};

/** A row of sensor_faults.def. */
struct tw_sensor_fault_info {
    const char *key;
    int severity;
    const char *zh, *en, *advice_zh, *advice_en;
};

/** What a kind of fault is. */
const struct tw_sensor_fault_info *tw_sensor_fault_get(enum tw_sensor_fault fault);

/** Values of instruments on one grid; borrowed. */
struct tw_sensor_grid {
    int32_t count, sensors;
    int64_t begin_ms, step_ms;
    const double *const *value; /* [sensors][count] NAN: a gap */
};

/** What an instrument may show; start from TW_SENSOR_LIMITS_DEFAULT. */
struct tw_sensor_limits {
    double low, high;      /* beyond, it is no measurement */
    bool zero_ok;          /* 0 is a value that lasts: a pump's flow, rain */
    bool steps;            /* it stays as it is for hours: a switch, a set-point, a lab's value */
    double gap_s, stuck_s; /* the shortest that is told */
};

#define TW_SENSOR_LIMITS_DEFAULT                                                                   \
    ((struct tw_sensor_limits){.low = -1e300, .high = 1e300, .gap_s = 3600.0, .stuck_s = 7200.0})

/** A stretch in which something is wrong. */
struct tw_sensor_episode {
    enum tw_sensor_fault fault;
    int32_t sensor, begin, end; /* begin <= index < end */
    double value;               /* it showed then; NAN: nothing; of TWIN: the other instrument */
    double score;               /* how far beyond what is allowed: 1 is just */
    bool certain;               /* false: the process may do this, too */
};

/** Episodes that grow; they live in the arena. */
struct tw_sensor_found {
    struct tw_arena *arena; /* borrowed */
    struct tw_sensor_episode *list;
    int32_t count, room;
};

/** Add an episode. errors: TW_ERR_NOMEM */
tw_status tw_sensor_found_add(struct tw_sensor_found *found,
                              const struct tw_sensor_episode *episode);

/**
 * Check one instrument by its own values.
 *
 *   gap     no values for gap_s or more
 *   range   outside low..high
 *   zero    exactly 0 for stuck_s, of one that cannot be
 *   stuck   exactly the same for stuck_s, and six times as long as 95 % of its other flat stretches
 *   spike   up to three values that leave the median of the 15 around them by ten times the scatter
 *           of both the neighbourhood and the whole series, and come back
 *   drift   daily medians that move one way for a week or more, by far more than from day to day;
 *           never certain
 *
 * sensor   which of the grid
 * errors   TW_ERR_NOMEM
 * source   F. R. Hampel, J. Am. Stat. Assoc. 69 (1974) 383-393 (spikes); M. G. Kendall, Biometrika 30
 *          (1938) 81-93 (the trend)
 */
tw_status tw_sensor_check(const struct tw_sensor_grid *grid, int32_t sensor,
                          const struct tw_sensor_limits *limits, struct tw_sensor_found *found);

/** How the instruments are compared with each other; start from TW_SENSOR_CROSS_DEFAULT. */
struct tw_sensor_cross {
    double train_days;  /* of the past that a model is made of, again each day */
    double wet_ratio;   /* of the median flow: from here on the weather is wet */
    double false_ratio; /* of sound samples that may exceed a limit */
    double hold_s;      /* a limit has to be exceeded for so long */
};

#define TW_SENSOR_CROSS_DEFAULT                                                                    \
    ((struct tw_sensor_cross){                                                                     \
        .train_days = 7.0, .wet_ratio = 1.3, .false_ratio = 0.005, .hold_s = 3600.0})

/** What came of a comparison. */
struct tw_sensor_cross_result {
    int32_t used;                           /* instruments that took part */
    int32_t days;                           /* with a model */
    double t2_beyond_ratio, q_beyond_ratio; /* of samples: beyond their limits */
    double *t2, *q;                         /* [count] over their limit; NAN: not compared */
};

/**
 * Compare instruments with each other by principal components: each day a model of the days before,
 * for dry and for wet weather apart (with more water than ever nothing is compared), of samples and instruments without known faults. T2 tells how
 * far a sample is from the middle within the usual patterns, Q how far from the patterns. Limits are
 * quantiles of the days learned from. What exceeds Q for hold_s is CROSS of the instrument that
 * explains most of it; DRIFT is a day's median that is far from what the others say for two days, by
 * a model that ended three days before; TWIN shows the same as another, whose number is its value.
 *
 * flow     sensor of the grid whose value tells the weather; -1: none, all is one weather
 * found    faults known so far are left out of learning; new ones are added
 * arena    owns out_result's arrays
 * errors   TW_ERR_ARG less than three instruments, or no more than train_days, TW_ERR_NOMEM
 * source   J. E. Jackson and G. S. Mudholkar, Technometrics 21 (1979) 341-349 (Q); C. F. Alcala and
 *          S. J. Qin, Automatica 45 (2009) 1593-1600 (contributions); S. J. Qin and R. Dunia, J. Process
 *          Control 10 (2000) 245-250 (number of components)
 */
tw_status tw_sensor_cross_check(const struct tw_sensor_grid *grid, int32_t flow,
                                const struct tw_sensor_cross *rules, struct tw_sensor_found *found,
                                struct tw_arena *arena, struct tw_sensor_cross_result *out_result);

#endif
