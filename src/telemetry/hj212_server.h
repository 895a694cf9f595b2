/* The server to which plants report by HJ 212-2017 and HJ/T 212-2005: a protocol of the door. A
 * message is answered (9014) once its values are on disk. After a gap the history is asked for. */
#ifndef TW_TELEMETRY_HJ212_SERVER_H
#define TW_TELEMETRY_HJ212_SERVER_H

#include "net/door.h"
#include "store/store.h"
#include "telemetry/catalogue.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"

#include <stdint.h>

#define TW_HJ212_PROTOCOL "hj212" /* in devices.ini; a device's identity is its MN */

/** What the server is made of; borrowed by the door that it is given to as `user`. */
struct tw_hj212_server {
    struct tw_ingest *ingest;
    struct tw_devices *devices;
    const struct tw_catalogue *catalogue;
    struct tw_store *store;
    int32_t zone_s;                /* of the plants' clocks, east of Greenwich */
    int64_t (*now_ms)(void *user); /* since 1970 */
    void *user;
};

/** The protocol, for struct tw_door_listener; its user is a struct tw_hj212_server. */
const struct tw_door_protocol *tw_hj212_protocol(void);

#endif
