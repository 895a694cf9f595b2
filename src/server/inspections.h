/* Inspections of a served city's plants: by hand, on schedule, on alarm; kept in the store. */
#ifndef TW_SERVER_INSPECTIONS_H
#define TW_SERVER_INSPECTIONS_H

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

/** Free; NULL is fine. */
void tw_inspections_destroy(struct tw_inspections *inspections);

#endif
