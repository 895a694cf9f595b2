/* What a batch is made of: groups of lanes, each a run. */
#ifndef TW_ENGINE_BATCH_H
#define TW_ENGINE_BATCH_H

#include "base/arena.h"
#include "base/threads.h"
#include "engine/lanes.h"
#include "thalweg/batch.h"

enum { TW_BATCH_LANES = 8 };

/* A time as all members of a group share it; states of different ones cannot go on together. */
struct tw_moment {
    double start_day, elapsed_ms, rule_ms, old_runoff_ms, new_runoff_ms, past_s;
};

struct tw_batch {
    const tw_model *model;
    struct tw_arena arena;      /* owns the arrays */
    struct tw_threads *threads; /* NULL: the calling thread alone */
    double until_s;             /* of the advance that is under way */
    int32_t members, group_count;
    int32_t width;             /* members of a group: 1 or TW_BATCH_LANES */
    struct tw_run **group;     /* [group_count] of `width` members each, the last of the rest */
    tw_status *advanced;       /* [group_count] how its last advance ended */
    struct tw_moment *moments; /* [members] while states are being put into them */
    bool put;                  /* states were put into members since the batch last advanced */
};

/* A member's place: its lane, and in the last group all lanes after it, which follow it. */
struct tw_member {
    struct tw_run *group;
    struct tw_lanes lanes;
};

/** Place of a member, 0 <= member < members. */
struct tw_member tw_batch_member(const struct tw_batch *batch, int32_t member);

#endif
