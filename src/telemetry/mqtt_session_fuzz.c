/* A whole session of the MQTT listener: bytes of a client that was let in, in pieces, with commits
 * that come at once, later or fail. The door and the store's queue are played here. */
#include "net/door.h"
#include "telemetry/ingest.h"
#include "telemetry/mqtt_server.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEWS = 1024 };

static const char login3[] = "\x10\x13\0\x04MQTT\x04\xc0\0\x3c\0\1c\0\1d\0\1p";
static const char login5[] = "\x10\x14\0\x04MQTT\x05\xc2\0\x3c\0\0\1c\0\1d\0\1p";

/* What the session has asked of its surroundings. */
static struct {
    uint64_t slots[NEWS];
    size_t count;
    bool paused, closed;
    unsigned commits;
} door;

void tw_conn_send(struct tw_conn conn, const void *bytes, size_t size)
{
    (void)conn;
    TW_REQUIRE(bytes != NULL && size > 0);
}

void tw_conn_tell(struct tw_conn conn, uint64_t what, uint64_t detail)
{
    (void)conn;
    (void)detail;
    if (door.count < NEWS) door.slots[door.count++] = what;
}

void tw_conn_resume(struct tw_conn conn)
{
    (void)conn;
    door.paused = false;
}

void tw_conn_pause(struct tw_conn conn)
{
    (void)conn;
    door.paused = true;
}

void tw_conn_close(struct tw_conn conn)
{
    (void)conn;
    door.closed = true;
}

bool tw_conn_certificate(struct tw_conn conn, char out_hex[TW_SHA256_HEX_SIZE])
{
    (void)conn;
    (void)out_hex;
    return false;
}

/* NOLINTNEXTLINE(readability-function-size): the real one's signature */
tw_status tw_ingest_submit(struct tw_ingest *ingest, struct tw_device *device, const char *source,
                           const struct tw_measurement *m, size_t count, tw_store_done *done,
                           void *user, struct tw_samples_fault *out_fault)
{
    (void)ingest;
    (void)source;
    (void)out_fault;
    TW_REQUIRE(device != NULL && (count == 0 || m[count - 1].sensor != NULL));
    if (++door.commits % 7 == 0) return TW_ERR_FULL;
    if (done != NULL) done(user, TW_OK);
    return TW_OK;
}

tw_status tw_samples_refuse(struct tw_samples_fault *fault, int32_t index, const char *remedy,
                            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fault->index = index;
    (void)vsnprintf(fault->error, sizeof fault->error, format, arguments);
    (void)snprintf(fault->remedy, sizeof fault->remedy, "%s", remedy);
    va_end(arguments);
    return TW_ERR_FORMAT;
}

/* Tell the session of its commits; every eleventh has failed. */
static void tell(void *session)
{
    size_t count = door.count;
    uint64_t slots[NEWS];
    memcpy(slots, door.slots, count * sizeof slots[0]);
    door.count = 0;
    for (size_t i = 0; i < count && !door.closed; i++) {
        bool failed = (slots[i] + 1) % 11 == 0;
        tw_mqtt_protocol.told(session, slots[i], failed ? TW_ERR_FILE : TW_OK);
    }
}

/* Give bytes as a door does: what is not used up is given again with what follows. */
static void feed(void *session, const uint8_t *data, size_t size, size_t piece)
{
    size_t from = 0;
    for (size_t to = 0; to < size && !door.closed;) {
        to = to + piece < size ? to + piece : size;
        ptrdiff_t used = tw_mqtt_protocol.received(session, data + from, to - from);
        TW_REQUIRE(used >= 0 && (size_t)used <= to - from);
        from += (size_t)used;
        if (to % 3 == 0 || door.paused) tell(session);
        if (door.paused) tw_mqtt_protocol.tick(session, 0);
        if (door.paused) return; /* until the store has room */
    }
}

static void play(struct tw_mqtt_server *server, const uint8_t *data, size_t size, bool newer)
{
    const struct tw_conn conn = {NULL, 0, 0};
    memset(&door, 0, sizeof door);
    void *session = tw_mqtt_protocol.opened(server, conn, "127.0.0.1");
    if (session == NULL) return;
    const char *login = newer ? login5 : login3;
    size_t login_size = newer ? sizeof login5 - 1 : sizeof login3 - 1;
    feed(session, (const uint8_t *)login, login_size, login_size);
    TW_REQUIRE(!door.closed); /* let in */
    feed(session, data, size, 1 + size % 61);
    tell(session);
    tw_mqtt_protocol.tick(session, 1000);
    tw_mqtt_protocol.closed(session, TW_DOOR_END_PEER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_catalogue catalogue;
    struct tw_devices *devices = NULL;
    struct tw_mqtt_server *server = NULL;
    struct tw_device *device = NULL;
    char hash[TW_SHA256_HEX_SIZE];
    tw_catalogue_init(&catalogue);
    const struct tw_sensor_entry entry = {.series = 1, .unit = "m"};
    tw_sha256_hex("p", 1, hash);
    const struct tw_device_options options = {
        .protocol = "mqtt", .name = "d", .secret_sha256 = hash};
    if (tw_catalogue_add(&catalogue, "S", &entry) == TW_OK &&
        tw_devices_create(&catalogue, &devices) == TW_OK &&
        tw_devices_add(devices, &options, &device) == TW_OK &&
        tw_mqtt_server_create(&(struct tw_mqtt_server_options){.devices = devices}, &server) ==
            TW_OK) {
        play(server, data, size, false);
        play(server, data, size, false); /* a client that comes back */
        play(server, data, size, true);
    }
    tw_mqtt_server_destroy(server);
    tw_devices_destroy(devices);
    tw_catalogue_done(&catalogue);
    return 0;
}
