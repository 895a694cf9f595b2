/* Names with ids, in memory: series and sources. Letter case matters. */
#ifndef TW_STORE_STORE_NAMES_H
#define TW_STORE_STORE_NAMES_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** Whether a name is on disk. */
enum tw_store_kept { TW_KEPT_NOT, TW_KEPT_WRITTEN /* in the present transaction */, TW_KEPT };

/** Names by id and ids by name; zeros are an empty set. Ids begin with 1; there may be gaps. */
struct tw_store_names {
    char **text;   /* [limit] by id; NULL: a gap */
    uint8_t *kept; /* [limit] a tw_store_kept */
    int32_t limit, room;
    int32_t lowest_written; /* of those in the present transaction */
    int32_t *slots;         /* [slot_count] id, 0: free; slot_count is a power of two */
    int32_t slot_count;
};

/** Free everything. */
void tw_store_names_done(struct tw_store_names *names);

/** The id of a name; 0 when there is none. */
int32_t tw_store_names_find(const struct tw_store_names *names, const char *text);

/**
 * Add a name (copied) that is not there yet.
 *
 * id       0: the next that is free
 * out_id   its id
 * errors   TW_ERR_NOMEM
 */
tw_status tw_store_names_add(struct tw_store_names *names, const char *text, int32_t id,
                             int32_t *out_id);

/** A name was written in the present transaction. */
void tw_store_names_written(struct tw_store_names *names, int32_t id);

/** The transaction has ended: with a commit or without. */
void tw_store_names_ended(struct tw_store_names *names, bool committed);

/** The name of an id; NULL when there is none. */
const char *tw_store_names_get(const struct tw_store_names *names, int32_t id);

#endif
