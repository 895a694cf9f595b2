/* The model of tests/cities/tiny, read once for a group of tests. */
#ifndef TW_TESTS_TINY_MODEL_H
#define TW_TESTS_TINY_MODEL_H

#include "check.h"
#include "thalweg/thalweg.h"

static tw_model *tiny_model;

/** Before the group. */
static inline int tiny_model_begin(void **state)
{
    (void)state;
    return (int)tw_model_read(TW_SOURCE_DIR "/tests/cities/tiny/network.inp", NULL, &tiny_model);
}

/** After it. */
static inline int tiny_model_end(void **state)
{
    (void)state;
    tw_model_destroy(tiny_model);
    return 0;
}

/** Index of a node by its name. */
static inline int32_t tiny_node(const char *name)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(tiny_model, name, &id));
    return id.index;
}

/** Index of a link by its name. */
static inline int32_t tiny_link(const char *name)
{
    tw_link_id id;
    assert_ok(tw_model_link_find(tiny_model, name, &id));
    return id.index;
}

#endif
