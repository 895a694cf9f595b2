/* The listeners for devices that speak byte streams, as city.ini names them: one section each. */
#ifndef TW_SERVER_DOORS_H
#define TW_SERVER_DOORS_H

#include "server/ini.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stddef.h>

struct tw_server;

/** All listeners and their connections. */
struct tw_doors;

/** Look at what a city says of its listeners: faults of places, files and numbers. */
void tw_doors_check(struct tw_ini *ini, tw_faults *faults);

/**
 * Open the listeners that the city names; nothing listens that is not named.
 *
 * why        [why_size] on failure: the place and the reason
 * out_doors  owned by the caller
 * errors     TW_ERR_NET a place cannot be listened on, TW_ERR_FILE a certificate, TW_ERR_ARG,
 *            TW_ERR_NOMEM
 */
tw_status tw_doors_open(struct tw_server *server, char *why, size_t why_size,
                        struct tw_doors **out_doors);

/** Take no more from devices; what waits for its commit is still answered. NULL is fine. */
void tw_doors_quiesce(struct tw_doors *doors);

/** End all connections and free, after the store has stopped. NULL is fine. */
void tw_doors_close(struct tw_doors *doors);

/** One line for each place that is listened on: "mqtt 127.0.0.1:1883\n..."; borrowed; "" for none. */
const char *tw_doors_places(const struct tw_doors *doors);

#endif
