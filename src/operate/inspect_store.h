/* Values of a works from the store. */
#ifndef TW_OPERATE_INSPECT_STORE_H
#define TW_OPERATE_INSPECT_STORE_H

#include "operate/inspect.h"

/** A works' tags in a store; may be read from several threads. */
struct tw_inspect_store {
    struct tw_store *store; /* borrowed; NULL: there is none */
    int32_t *series;        /* [tags] */
    bool simulates;         /* a tag of a made plant that was never measured is simulated */
};

/**
 * Find the tags of a works in a store.
 *
 * store   NULL: none
 * arena   owns the list
 * errors  TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_inspect_store_init(const struct tw_works *works, struct tw_store *store,
                                struct tw_arena *arena, struct tw_inspect_store *out_source);

/** A reader of a struct tw_inspect_store, its user. */
tw_inspect_reader tw_inspect_read_store;

/** Makes a still with ffmpeg, a child process of at most 10 s. user: not looked at */
tw_inspect_still tw_inspect_still_ffmpeg;

#endif
