/* The server to which hydrological stations report by SL 651-2014 in HEX/BCD coding: a protocol of the
 * door. A report is answered once its values are on disk. */
#ifndef TW_TELEMETRY_SL651_SERVER_H
#define TW_TELEMETRY_SL651_SERVER_H

#include "net/door.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"

#include <stdint.h>

#define TW_SL651_PROTOCOL "sl651" /* in devices.ini; a device's identity is its ten digits */

/** What the server is made of; borrowed by the door that it is given to as `user`. */
struct tw_sl651_server {
    struct tw_ingest *ingest;
    struct tw_devices *devices;
    int32_t zone_s;                /* of the stations' clocks, east of Greenwich */
    int64_t (*now_ms)(void *user); /* since 1970 */
    void *user;
};

/** The protocol, for struct tw_door_listener; its user is a struct tw_sl651_server. */
const struct tw_door_protocol *tw_sl651_protocol(void);

#endif
