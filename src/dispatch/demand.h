/* From the depth that is forecast at a point to what it needs. */
#ifndef TW_DISPATCH_DEMAND_H
#define TW_DISPATCH_DEMAND_H

#include "dispatch/dispatch.h"

/** A line of a point's plan: what is needed from a depth on; ascending depths. */
struct tw_demand_step {
    double depth_m;
    struct tw_need need; /* from_s is not used */
};

/**
 * What a point needs that has no plan of its own: people to guard it from 0.15 m, a pump from 0.27 m,
 * more of both and barriers from 0.40 m, rescue from 0.60 m, as a medium-sized crossing takes. What is
 * not among the words is left out.
 *
 * out_steps  [TW_DISPATCH_STAGES]
 * returns    how many
 * source     depths: the usual classes of waterlogging, 15/27/40/60 cm; numbers: ours, to be replaced
 *            by the point's plan
 */
int32_t tw_demand_usual(const struct tw_dispatch_problem *words, struct tw_demand_step *out_steps);

/**
 * Set a point's demand from the depths ahead: a stage begins when the depth reaches a line of the plan
 * and holds until the water is gone; the water is there when it reaches the first line.
 *
 * steps     [step_count] ascending
 * time_s    [count] ascending, after now
 * plan_high_m  [2][count] first the depth to be prepared for, e.g. the 75 % quantile of the ensemble;
 *           then the one that life is judged by, e.g. the 90 % quantile (NULL: the first)
 * life_m    danger to life from here on
 * io_point  its stages, depth_m, rise_mh, water_s, end_s, life (which may be set already) are set
 * errors    TW_ERR_ARG a depth is no number, times do not ascend, too many steps
 */
tw_status tw_demand_set(const struct tw_demand_step *steps, int32_t step_count, int32_t count,
                        const int32_t *time_s, const double *const plan_high_m[2], double life_m,
                        struct tw_dispatch_point *io_point);

#endif
