/* Warnings: statements about the future of flood-prone points, from probabilities and modelled depths.
 *
 * The rules (docs/decisions/0014-warnings.md says why):
 *   chance    of a class: the probability that the point's depth passes it before the forecast ends;
 *             1 once the modelled depth has passed it
 *   raise     to the highest class whose chance is at least `raise_ratio`, at once; who had
 *             acknowledged is asked again
 *   near      a class that may be passed within `near_s` is raised at `near_ratio` already: what
 *             people do about it takes that long, so more certainty cannot be waited for
 *   keep      a class stays while its chance is at least `keep_ratio`
 *   lower     to a lower class only after `lower_after` forecasts in a row did not keep it, to end
 *             only after `end_after`; the class then is the highest that any of them kept, so a
 *             forecast that wavers around a threshold changes nothing
 *   expected  when the depth passes the warning's class, with an early and a late time; from the
 *             moment at which the modelled depth does pass it, that moment for good
 *   silence   without new forecasts nothing is lowered or ended
 *   orders    an officer holds a warning (it is neither lowered nor ended), raises or cancels it,
 *             with a reason; `own_rank` goes on saying what the system would. A cancelled one comes
 *             back when the system names a class above the one that was cancelled
 *   groups    what is issued while a warning is open, or within `group_gap_s` of the end of the
 *             last one, belongs to the same storm
 *
 * Nothing here reads a clock: times come in. Not for two threads at once. */
#ifndef TW_WARNING_WARNINGS_H
#define TW_WARNING_WARNINGS_H

#include "store/store.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

#define TW_WARNING_CLASSES 4

/** State of a warning, as in tw_store_warning. */
enum { TW_WARNING_ACTIVE, TW_WARNING_ACKNOWLEDGED, TW_WARNING_ENDED, TW_WARNING_CANCELLED };

/** What an officer orders, as in tw_store_warning. */
enum { TW_WARNING_RELEASE, TW_WARNING_HOLD, TW_WARNING_RAISE, TW_WARNING_CANCEL };

/** What limits the water's way, as in tw_store_warning. */
enum { TW_CAUSE_NONE, TW_CAUSE_CONDUIT, TW_CAUSE_PUMP, TW_CAUSE_OUTLET, TW_CAUSE_KINDS };

/** A point: its id (borrowed for good) and the depths from which its classes hold, ascending. */
struct tw_warning_point {
    const char *id;
    double classes_m[TW_WARNING_CLASSES];
};

/** How warnings are made; start from TW_WARNING_RULES_DEFAULT. */
typedef struct {
    double raise_ratio, near_ratio, keep_ratio; /* chances [0..1], see above */
    double near_s;                              /* the least lead that people need */
    double group_gap_s;
    int32_t lower_after;    /* forecasts in a row before a class is lowered, 1.. */
    int32_t end_after;      /* forecasts in a row without any class before it ends */
    int64_t session;        /* kept with each warning */
    bool simulated;         /* kept with each warning */
    struct tw_store *store; /* where they are kept; NULL: nowhere */
} tw_warning_rules;

#define TW_WARNING_RULES_DEFAULT                                                                   \
    ((tw_warning_rules){.raise_ratio = 0.5,                                                        \
                        .near_ratio = 0.35,                                                        \
                        .keep_ratio = 0.2,                                                         \
                        .near_s = 1800.0,                                                          \
                        .group_gap_s = 3600.0,                                                     \
                        .lower_after = 3,                                                          \
                        .end_after = 6})

/** What limits the water's way at a point. */
struct tw_warning_cause {
    int32_t kind;        /* TW_CAUSE_... */
    const char *element; /* its name; borrowed */
    int64_t time_ms;     /* since when, or from when on */
};

/** What a forecast says: of every point, at equal steps. */
struct tw_warning_outlook {
    int64_t first_ms, step_ms; /* time of the first value; between two */
    int32_t count;             /* values of each point */
    const float *depth_m;      /* [points * count] median, the values of a point side by side */
    const float *low_m;        /* likewise, quantiles; NULL: as the median */
    const float *high_m;
    const float *chance; /* [points * TW_WARNING_CLASSES * count] that the depth is above a class
                            then; NULL: 0 or 1, as the median is */
    const float *peak_chance; /* [points * TW_WARNING_CLASSES] that it is at any time; NULL: the
                                 largest of `chance` */
    const struct tw_warning_cause *causes; /* [points]; NULL: none is known */
    const char *basis;                     /* what it rests on, JSON; NULL: not said */
};

/** An order of an officer. */
struct tw_warning_order {
    int32_t kind;       /* TW_WARNING_RELEASE .. */
    int32_t rank;       /* of TW_WARNING_RAISE: 1..4 */
    const char *by;     /* who */
    const char *reason; /* in words; needed but for a release */
};

/** The warnings of a set of points. */
struct tw_warnings;

/**
 * Make an empty set.
 *
 * points        [count] copied, but for the ids
 * out_warnings  owned by the caller
 * errors        TW_ERR_NOMEM
 */
tw_status tw_warnings_create(const struct tw_warning_point *points, int32_t count,
                             const tw_warning_rules *rules, struct tw_warnings **out_warnings);

/** Free; NULL is fine. */
void tw_warnings_destroy(struct tw_warnings *warnings);

/** Take back what an earlier process of the same session has kept. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_warnings_restore(struct tw_warnings *warnings);

/**
 * The live model has a new depth of every point.
 *
 * now_ms   the clock
 * time_ms  the moment the depths are of
 * depth_m  [points]; NaN: not known
 * returns  true when a warning changed; a moment that is not later than the last is left out
 */
bool tw_warnings_model(struct tw_warnings *warnings, int64_t now_ms, int64_t time_ms,
                       const double *depth_m);

/** There is a new forecast; one that is not later than the last is left out. returns: true when a
 * warning changed */
bool tw_warnings_forecast(struct tw_warnings *warnings, int64_t now_ms,
                          const struct tw_warning_outlook *outlook);

/**
 * An officer orders something about a warning.
 *
 * errors  TW_ERR_NAME no such, TW_ERR_STATE it has ended, or there is nothing to release,
 *         TW_ERR_ARG no reason, too long a reason, no such class, or one that is not above the
 *         present one
 */
tw_status tw_warnings_order(struct tw_warnings *warnings, int64_t id,
                            const struct tw_warning_order *order, int64_t now_ms);

/**
 * An officer warns of a point that has no warning.
 *
 * order   TW_WARNING_RAISE
 * errors  TW_ERR_NAME no such point, TW_ERR_STATE it has a warning, TW_ERR_ARG as above,
 *         TW_ERR_NOMEM
 */
tw_status tw_warnings_raise_point(struct tw_warnings *warnings, const char *point,
                                  const struct tw_warning_order *order, int64_t now_ms);

/** Somebody has taken note of a warning. errors: TW_ERR_NAME no such, TW_ERR_STATE it has
 * ended or is cancelled */
tw_status tw_warnings_acknowledge(struct tw_warnings *warnings, int64_t id, const char *by,
                                  int64_t now_ms);

/** The moments of the last depths and of the last forecast that were taken; TW_STORE_NEVER: none. */
void tw_warnings_taken(const struct tw_warnings *warnings, int64_t *out_depths_ms,
                       int64_t *out_forecast_ms);

/** Forget, in the store, what earlier sessions have taken. errors: TW_ERR_FILE, TW_ERR_FULL */
tw_status tw_warnings_begin_session(struct tw_store *store);

/** Note that a bulletin has told of the i-th warning as it is now. */
void tw_warnings_told(struct tw_warnings *warnings, int32_t i);

/** How many warnings there are in this session, ended ones too. */
int32_t tw_warnings_count(const struct tw_warnings *warnings);

/** The i-th, in the order in which they were issued; borrowed until the next call that changes. */
const struct tw_store_warning *tw_warnings_get(const struct tw_warnings *warnings, int32_t i);

/** The class a depth has at a point: 0 none, 1 blue .. 4 red. */
int32_t tw_warning_rank(const struct tw_warning_point *point, double depth_m);

#endif
