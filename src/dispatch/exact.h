/* The optimum of a dispatch problem, level by level, by branch and bound. */
#ifndef TW_DISPATCH_EXACT_H
#define TW_DISPATCH_EXACT_H

#include "dispatch/dispatch.h"

/** What was found. */
struct tw_exact_result {
    int64_t cost[TW_DISPATCH_LEVELS];    /* of the plan found, as the planner counts it */
    double bound[TW_DISPATCH_LEVELS];    /* nothing is better than this, given the levels before */
    int32_t proven;                      /* levels that are proven optimal */
    int32_t *crew_point, *vehicle_point; /* owned; tw_exact_done */
};

/**
 * Solve a problem with CBC: an integer program for each level, each with what the levels before it
 * have reached as a constraint.
 *
 * Supplies are shared out as it suits the whole, where the planner serves the heaviest point first:
 * so the optimum is never worse than the planner's rule allows.
 *
 * levels      how many of the objective's levels are solved, 1..TW_DISPATCH_LEVELS
 * limit_s     of each level [s]; when it is over, what is best so far holds and is not proven
 * out_result  owned by the caller
 * errors      TW_ERR_NOMEM, TW_ERR_INPUT as tw_plan_create, TW_ERR_NUMERIC CBC found nothing
 */
tw_status tw_exact_solve(const struct tw_dispatch_problem *problem,
                         const struct tw_dispatch_options *options, int32_t levels, double limit_s,
                         struct tw_exact_result *out_result);

/** Free what a result holds; NULL is fine. */
void tw_exact_done(struct tw_exact_result *result);

#endif
