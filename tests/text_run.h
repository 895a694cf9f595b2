/* A run of a model that a test holds as text. */
#ifndef TW_TESTS_TEXT_RUN_H
#define TW_TESTS_TEXT_RUN_H

#include "check.h"
#include "thalweg/thalweg.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/** A model and its run; text_run_end frees both. */
struct text_run {
    tw_model *model;
    tw_run *run;
};

/** The model that a text describes, read by tw_model_read or tw_model_read_strict. */
static inline tw_model *text_model(const char *text, bool strict)
{
    tw_model *model = NULL;
    char path[64];
    int fd = memfd_create("text.inp", MFD_CLOEXEC);
    assert_true(fd >= 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_ok((strict ? tw_model_read_strict : tw_model_read)(path, NULL, &model));
    close(fd);
    return model;
}

/** Begin a run of the model that the text describes. */
static inline struct text_run text_run_begin(const char *text)
{
    struct text_run t = {text_model(text, false), NULL};
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    assert_ok(tw_run_create(t.model, &options, &t.run));
    return t;
}

/** End it. */
static inline void text_run_end(struct text_run *t)
{
    tw_run_destroy(t->run);
    tw_model_destroy(t->model);
}

/** Depth of a node [m]. */
static inline double text_run_depth_m(const struct text_run *t, const char *node)
{
    tw_node_id id;
    assert_ok(tw_model_node_find(t->model, node, &id));
    return tw_run_node_depth_m(t->run, id);
}

/** Flow of a link [m3/s]. */
static inline double text_run_flow_m3s(const struct text_run *t, const char *link)
{
    tw_link_id id;
    assert_ok(tw_model_link_find(t->model, link, &id));
    return tw_run_link_flow_m3s(t->run, id);
}

#endif
