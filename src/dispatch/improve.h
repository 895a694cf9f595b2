/* The planner's moves: a first assignment, then better ones. */
#ifndef TW_DISPATCH_IMPROVE_H
#define TW_DISPATCH_IMPROVE_H

#include "dispatch/assign.h"

/** Put everybody where the plan before had them, as far as that still can be, and who is pinned. */
void tw_improve_begin(struct tw_assign *assign);

/** Send idle crews, the heaviest point first, each time the one that helps most. */
void tw_improve_first(struct tw_assign *assign);

/**
 * Make it better: single moves until none helps, then again and again some crews are called back and
 * sent anew; what is not better is taken back.
 *
 * started_ms  when planning began, on tw_clock_steady_ms, for the deadline
 * arena       for copies
 * out_rounds  rounds that were done
 * errors      TW_ERR_NOMEM
 */
tw_status tw_improve(struct tw_assign *assign, int64_t started_ms, struct tw_arena *arena,
                     int32_t *out_rounds);

#endif
