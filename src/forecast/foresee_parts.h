/* What a forecast cycle is made of. */
#ifndef TW_FORECAST_FORESEE_PARTS_H
#define TW_FORECAST_FORESEE_PARTS_H

#include "forecast/filter_parts.h"
#include "forecast/foresee.h"

enum { TW_SERIES_KINDS = 4 };

/* Measurements of a sensor that the members have not come to yet. */
struct tw_foresee_waiting {
    struct tw_foresee_value {
        double at_s, value;
        bool usable;
    } * values;
    int32_t first, count, capacity;
};

/* What is recorded of a link, found once. */
struct tw_foresee_link {
    tw_link_kind kind;
    double full_flow_m3s, full_depth_m;
};

/* Rows are series: those of a kind side by side, from first[kind] on. Failed members are left out
 * at the end, so that all rows have the same ones. */
struct tw_foresee_result {
    struct tw_foresee_extent extent;
    int32_t first[TW_SERIES_KINDS + 1];
    size_t room;
    float *by_member; /* [(row * step_count + step) * members + member] */
    float *sorted;    /* same, smallest first */
};

struct tw_foresee {
    struct tw_foresee_setup setup;
    struct tw_arena arena;
    int32_t *points, *links, *inlets;
    struct tw_foresee_link *link;
    struct tw_filter *filter;
    struct tw_nowcast *nowcast;
    struct tw_foresee_waiting *waiting; /* [sensor] */
    tw_batch *ahead;
    int32_t *member_of; /* [member of ahead] member of the filter */
    bool *failed;       /* [member of ahead] */
    double cost_s;      /* of a step of a member, by the last run; 0: not known */
    struct tw_foresee_result result;
};

/** Room for values of so many members and steps. errors: TW_ERR_NOMEM */
tw_status tw_foresee_result_make(struct tw_foresee *foresee, int32_t members, int32_t steps);

/** Keep the values of steps that were made and members that did not fail, and sort them. */
void tw_foresee_result_close(struct tw_foresee *foresee, int32_t members, int32_t steps);

/** Rain of a member at a subcatchment, as tw_filter_rain; user is the cycle. */
double tw_foresee_rain(void *user, int32_t member, int32_t subcatchment, double from_s,
                       double to_s);

#endif
