/* A model of tests/inp and its run, for a group of tests that follow it from one to the next. */
#ifndef TW_TESTS_ONE_RUN_H
#define TW_TESTS_ONE_RUN_H

#include "check.h"
#include "thalweg/thalweg.h"

static tw_model *one_model;
static tw_run *one_run;

/** Before the group: read the model. */
static inline int one_run_open(const char *path)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    if (tw_model_read(path, NULL, &one_model) != TW_OK) return -1;
    return tw_run_create(one_model, &options, &one_run) == TW_OK ? 0 : -1;
}

/** After it. */
static inline int one_run_end(void **state)
{
    (void)state;
    tw_run_destroy(one_run);
    tw_model_destroy(one_model);
    return 0;
}

/** Advance to an hour; the steps that took. */
static inline int64_t one_run_steps_to(double hour)
{
    int64_t before = tw_run_stats_get(one_run).steps;
    assert_ok(tw_run_advance(one_run, 3600.0 * hour));
    return tw_run_stats_get(one_run).steps - before;
}

/** Flow of a link now [m3/s]. */
static inline double one_run_flow_m3s(const char *link)
{
    tw_link_id id;
    assert_ok(tw_model_link_find(one_model, link, &id));
    return tw_run_link_flow_m3s(one_run, id);
}

#endif
