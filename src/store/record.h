/* Records: texts that are written down about a thing and never changed: inspections, what people said
 * of them. */
#ifndef TW_STORE_RECORD_H
#define TW_STORE_RECORD_H

#include "store/store.h"

/** A record. Texts are borrowed; NULL is taken as "". */
struct tw_store_record {
    int64_t id;          /* given by the store, ascending */
    int64_t time_ms;     /* of what it is about */
    const char *kind;    /* e.g. "inspection" */
    const char *subject; /* e.g. a plant */
    const char *who;
    const char *body; /* e.g. JSON */
};

/**
 * Write a record; waits until it is on disk.
 *
 * record  its id is not looked at
 * out_id  NULL: not wanted
 * errors  TW_ERR_FILE, TW_ERR_FULL, TW_ERR_NOMEM
 */
tw_status tw_store_record_add(struct tw_store *store, const struct tw_store_record *record,
                              int64_t *out_id);

/** Called with each record, borrowed; false stops. */
typedef bool tw_store_record_visit(void *user, const struct tw_store_record *record);

/** The last records of a kind about a subject, newest first. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_store_records_read(struct tw_store *store, const char *kind, const char *subject,
                                size_t limit, tw_store_record_visit *visit, void *user);

#endif
