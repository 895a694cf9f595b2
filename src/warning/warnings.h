/* Warnings: statements about the future of flood-prone points, from forecasts and modelled depths.
 *
 * The rules:
 *   issue     a point has one warning at most; it is issued as soon as a forecast or the modelled
 *             depth passes the point's lowest class (a warning that comes early costs little, one
 *             that is late costs much, so nothing is waited for)
 *   raise     to a higher class at once; who had acknowledged is asked again
 *   lower     to a lower class only after `lower_after` forecasts in a row have said so, to end
 *             only after `end_after`; the class then is the highest that any of them named, so a
 *             forecast that wavers around a threshold changes nothing
 *   expected  when the depth passes the warning's class: the forecast's crossing, and from the
 *             moment at which the modelled depth does pass it, that moment for good
 *   silence   without new forecasts nothing is lowered or ended
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
enum { TW_WARNING_ACTIVE, TW_WARNING_ACKNOWLEDGED, TW_WARNING_ENDED };

/** A point: its id (borrowed for good) and the depths from which its classes hold, ascending. */
struct tw_warning_point {
    const char *id;
    double classes_m[TW_WARNING_CLASSES];
};

/** How warnings are made; start from TW_WARNING_RULES_DEFAULT. */
typedef struct {
    int32_t lower_after;    /* forecasts in a row before a class is lowered, 1.. */
    int32_t end_after;      /* forecasts in a row without any class before it ends */
    int64_t session;        /* kept with each warning */
    bool simulated;         /* kept with each warning */
    struct tw_store *store; /* where they are kept; NULL: nowhere */
} tw_warning_rules;

#define TW_WARNING_RULES_DEFAULT ((tw_warning_rules){.lower_after = 3, .end_after = 6})

/** What a forecast says: depth of every point at equal steps. */
struct tw_outlook {
    int64_t first_ms, step_ms; /* time of the first value; between two */
    int32_t count;             /* values of each point */
    const float *depth_m;      /* [points * count], the values of a point side by side */
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
 * returns  true when a warning changed
 */
bool tw_warnings_model(struct tw_warnings *warnings, int64_t now_ms, int64_t time_ms,
                       const double *depth_m);

/** There is a new forecast. returns: true when a warning changed */
bool tw_warnings_forecast(struct tw_warnings *warnings, int64_t now_ms,
                          const struct tw_outlook *outlook);

/** Somebody has taken note of a warning. errors: TW_ERR_NAME no such, TW_ERR_STATE it has ended */
tw_status tw_warnings_acknowledge(struct tw_warnings *warnings, int64_t id, const char *by,
                                  int64_t now_ms);

/** How many warnings there are in this session, ended ones too. */
int32_t tw_warnings_count(const struct tw_warnings *warnings);

/** The i-th, in the order in which they were issued; borrowed until the next call that changes. */
const struct tw_store_warning *tw_warnings_get(const struct tw_warnings *warnings, int32_t i);

/** The class a depth has at a point: 0 none, 1 blue .. 4 red. */
int32_t tw_warning_rank(const struct tw_warning_point *point, double depth_m);

#endif
