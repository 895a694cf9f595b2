/* The link to a city's own broker, as city.ini's section [mqtt-broker] names it. */
#ifndef TW_SERVER_BROKER_H
#define TW_SERVER_BROKER_H

#include "server/ini.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>

struct tw_door;
struct tw_server;

/** The link and what it borrows. */
struct tw_broker;

/** Look at what a city says of its broker: faults of keys that are missing or malformed. */
void tw_broker_check(struct tw_ini *ini, tw_faults *faults);

/** Whether the city names a broker. */
bool tw_broker_is_named(struct tw_ini *ini);

/**
 * Begin to connect to the broker that the city names.
 *
 * door        serves the connection
 * why         [why_size] on failure: the reason
 * out_broker  owned by the caller
 * errors      TW_ERR_FILE a certificate or the password, TW_ERR_ARG, TW_ERR_NOMEM
 */
tw_status tw_broker_open(struct tw_server *server, struct tw_door *door, char *why, size_t why_size,
                         struct tw_broker **out_broker);

/** Try no more to connect. NULL is fine. */
void tw_broker_stop(struct tw_broker *broker);

/** Free, after the door was destroyed. NULL is fine. */
void tw_broker_close(struct tw_broker *broker);

#endif
