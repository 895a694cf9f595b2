/* What a plan keeps to itself: for the files of this folder. */
#ifndef TW_DISPATCH_PLAN_INTERNAL_H
#define TW_DISPATCH_PLAN_INTERNAL_H

#include "dispatch/setup.h"

/* Memory of a plan, and the problem as it was made ready. */
struct tw_plan_memory {
    struct tw_arena arena;
    struct tw_setup setup;
};

/* Find what would help most, and say it. errors: TW_ERR_NOMEM */
tw_status tw_plan_help(struct tw_plan *plan);

/* Write the reasons, what is missing, the card. errors: TW_ERR_NOMEM */
tw_status tw_plan_words(struct tw_plan *plan);

#endif
