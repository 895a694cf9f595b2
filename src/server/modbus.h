/* The Modbus gateways of devices.ini, `[modbus NAME]`: a child process for each, kept running, whose results
 * go through the one door of all measurements. */
#ifndef TW_SERVER_MODBUS_H
#define TW_SERVER_MODBUS_H

#include "telemetry/devices.h"
#include "telemetry/ingest.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

/** All gateways. */
struct tw_modbus;

/**
 * Look at what is said of the gateways.
 *
 * path    of devices.ini, for the faults
 * errors  TW_ERR_INPUT there are faults, TW_ERR_NOMEM
 */
tw_status tw_modbus_check(struct tw_devices *devices, const char *path, tw_faults *faults);

/**
 * Start reading. What tw_modbus_check finds fault with is not read.
 *
 * program     path of this program; borrowed for good
 * out_modbus  owned by the caller; NULL when there is no gateway
 * errors      TW_ERR_NOMEM
 */
tw_status tw_modbus_begin(struct tw_devices *devices, struct tw_ingest *ingest, const char *program,
                          struct tw_modbus **out_modbus);

/** End all children and free, before the store stops. NULL is fine. */
void tw_modbus_end(struct tw_modbus *modbus);

#endif
