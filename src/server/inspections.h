/* Inspections of a served city's plants: by hand, on schedule, on alarm; kept in the store. */
#ifndef TW_SERVER_INSPECTIONS_H
#define TW_SERVER_INSPECTIONS_H

#include "operate/works.h"
#include "store/store.h"
#include "thalweg/status.h"

struct tw_inspections;
struct tw_server;

/**
 * Read the plants, make their tags known to the doors, start the thread that inspects.
 *
 * out_inspections  owned by the caller
 * errors           TW_ERR_FILE, TW_ERR_NOMEM. Plants with faults are left out: `thalweg check` names
 *                  them.
 */
tw_status tw_inspections_create(struct tw_server *server, struct tw_inspections **out_inspections);

/** Answer everybody who waits, and end the thread; before the store is stopped. NULL is fine. */
void tw_inspections_stop(struct tw_inspections *inspections);

/** What is watched at a plant, by its id, letter case ignored; NULL: none, or its file has faults. */
const struct tw_works *tw_inspections_works(const struct tw_inspections *inspections,
                                            const char *id);

/** The value of a tag at a moment. */
struct tw_tag_now {
    double value;    /* NAN: none */
    int64_t time_ms; /* TW_STORE_NEVER: there is none */
    int32_t quality; /* 0: good, else bits of telemetry/quality.h */
    bool simulated;
};

/**
 * The last value of a tag; of a made plant's tag that was never measured a simulated one.
 *
 * works   of tw_inspections_works
 * tag     index in works->tags
 */
struct tw_tag_now tw_inspections_value(const struct tw_inspections *inspections,
                                       const struct tw_works *works, int32_t tag);

/** Free; NULL is fine. */
void tw_inspections_destroy(struct tw_inspections *inspections);

#endif
