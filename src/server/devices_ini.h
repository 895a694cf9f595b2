/* CITY/devices.ini: who may send measurements, and what their tags mean (docs/operations.md). */
#ifndef TW_SERVER_DEVICES_INI_H
#define TW_SERVER_DEVICES_INI_H

#include "telemetry/devices.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

/**
 * Read a file of devices: one section `[PROTOCOL NAME]` each.
 *
 * path     of the file
 * devices  takes them
 * faults   takes everything that is wrong, with its line
 * errors   TW_ERR_FILE it cannot be read, TW_ERR_INPUT it has faults, TW_ERR_NOMEM
 */
tw_status tw_devices_read(const char *path, struct tw_devices *devices, tw_faults *faults);

#endif
