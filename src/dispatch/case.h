/* A dispatch problem read from JSON, with all that it needs. docs/dispatch.md has the format. */
#ifndef TW_DISPATCH_CASE_H
#define TW_DISPATCH_CASE_H

#include "dispatch/dispatch.h"
#include "thalweg/faults.h"

/** A problem and how to plan; owns everything. */
struct tw_dispatch_case {
    struct tw_dispatch_problem problem;
    struct tw_dispatch_options options;
    struct tw_roads *roads;
    struct tw_water *water;
    struct tw_case_memory *memory;
};

/**
 * Read a problem.
 *
 * file      named in faults
 * folder    where the files are that the problem names (roads, depots, points); NULL: it may not name
 *           any, as what came from a socket
 * faults    takes every fault with its path
 * out_case  owned by the caller until tw_dispatch_case_done; untouched on failure
 * errors    TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_dispatch_case_read(const char *file, const char *text, size_t size, const char *folder,
                                tw_faults *faults, struct tw_dispatch_case *out_case);

/** Free what a case holds; NULL is fine. */
void tw_dispatch_case_done(struct tw_dispatch_case *item);

/**
 * Write a plan as JSON, docs/dispatch.md says what is in it.
 *
 * routes    also the way of each mission
 * out_text  from malloc, the caller frees it
 * errors    TW_ERR_NOMEM
 */
tw_status tw_plan_write(const struct tw_plan *plan, const struct tw_dispatch_problem *problem,
                        bool routes, char **out_text);

#endif
