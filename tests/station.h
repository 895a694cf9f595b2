/* A door with a real store behind it, for tests of protocols of devices: sensors S1 (m), S2 (m3/s), S3 and
 * S4 (mg/L), a device, and a socket that talks to the door. */
#ifndef TW_TESTS_STATION_H
#define TW_TESTS_STATION_H

#include "check.h"
#include "net/door.h"
#include "net/sha256.h"
#include "store/store.h"
#include "telemetry/catalogue.h"
#include "telemetry/devices.h"
#include "telemetry/ingest.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STATION_SENSORS 4
#define STATION_WAIT_MS                                                                            \
    20000 /* sanitizers on a busy machine; nothing waits that long when all is well */

struct station {
    char folder[64];
    struct tw_store *store;
    struct tw_catalogue catalogue;
    struct tw_devices *devices;
    struct tw_ingest *ingest;
    struct tw_door *door;
    int32_t series[STATION_SENSORS];
    int64_t now_ms; /* what the clock shows */
    uint16_t port;
};

static inline int64_t station_now_ms(void *user) { return ((const struct station *)user)->now_ms; }

static inline void station_begin(struct station *s)
{
    static const char *const names[STATION_SENSORS] = {"S1", "S2", "S3", "S4"};
    static const char *const units[STATION_SENSORS] = {"m", "m3/s", "mg/L", "mg/L"};
    char path[96];
    char why[256];
    *s = (struct station){.now_ms = INT64_C(1719800100000)}; /* 2024-07-01T10:15:00+08:00 */
    (void)snprintf(s->folder, sizeof s->folder, "/tmp/thalweg-station-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    (void)snprintf(path, sizeof path, "%s/store.db", s->folder);
    assert_ok(tw_store_open(path, NULL, NULL, why, sizeof why, &s->store));
    assert_ok(tw_store_series_register(s->store, names, STATION_SENSORS, s->series));
    tw_catalogue_init(&s->catalogue);
    for (int i = 0; i < STATION_SENSORS; i++) {
        const struct tw_sensor_entry entry = {.series = s->series[i],
                                              .unit = units[i],
                                              .min = -(double)INFINITY,
                                              .max = (double)INFINITY};
        assert_ok(tw_catalogue_add(&s->catalogue, names[i], &entry));
    }
    assert_ok(tw_devices_create(&s->catalogue, &s->devices));
    const struct tw_ingest_options options = {
        .catalogue = &s->catalogue, .store = s->store, .now_ms = station_now_ms, .user = s};
    assert_ok(tw_ingest_create(&options, &s->ingest));
    assert_ok(tw_door_create(64, &s->door));
}

static inline struct tw_device *station_device(struct station *s, const char *protocol,
                                               const char *identity, const char *secret)
{
    char hash[TW_SHA256_HEX_SIZE];
    struct tw_device *device = NULL;
    tw_sha256_hex(secret, strlen(secret), hash);
    const struct tw_device_options options = {
        .protocol = protocol, .name = "plant", .identity = identity, .secret_sha256 = hash};
    assert_ok(tw_devices_add(s->devices, &options, &device));
    return device;
}

static inline void station_map(struct tw_device *device, const char *name, const char *sensor,
                               const char *unit)
{
    const struct tw_tag tag = {.sensor = sensor, .unit = unit, .factor = 1.0};
    assert_ok(tw_device_tag_add(device, name, &tag));
}

static inline void station_listen(struct station *s, const struct tw_door_protocol *protocol,
                                  void *user)
{
    const struct tw_door_listener listener = {
        .address = "127.0.0.1", .protocol = protocol, .user = user};
    assert_ok(tw_door_listen(s->door, &listener, &s->port));
}

static inline void station_end(struct station *s)
{
    char command[96];
    tw_door_destroy(s->door);
    tw_store_stop(s->store);
    tw_ingest_destroy(s->ingest);
    tw_devices_destroy(s->devices);
    tw_catalogue_done(&s->catalogue);
    tw_store_close(s->store);
    (void)snprintf(command, sizeof command, "rm -r %s", s->folder);
    assert_int_equal(system(command), 0);
}

static inline int station_connect(const struct station *s)
{
    struct sockaddr_in place = {
        .sin_family = AF_INET, .sin_port = htons(s->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&place, sizeof place), 0);
    return fd;
}

static inline void station_send(int fd, const void *bytes, size_t size)
{
    assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

/* What comes until there are `least` bytes, the other end closes or `wait_ms` have passed; terminated.
 * returns how many bytes; -1: closed without any */
static inline ssize_t station_receive(int fd, char *out, size_t room, size_t least, int wait_ms)
{
    size_t there = 0;
    while (there < least && there + 1 < room) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, wait_ms) != 1) break;
        ssize_t n = recv(fd, out + there, room - 1 - there, 0);
        if (n <= 0) {
            out[there] = 0;
            return there > 0 ? (ssize_t)there : -1;
        }
        there += (size_t)n;
    }
    out[there] = 0;
    return (ssize_t)there;
}

/* What is stored of a sensor, oldest first; free it. */
static inline struct tw_store_sample *station_stored(const struct station *s, int sensor,
                                                     size_t *out_count)
{
    struct tw_store_sample *samples = NULL;
    assert_ok(tw_store_flush(s->store));
    assert_ok(tw_store_samples_read(s->store, s->series[sensor], INT64_MIN, INT64_MAX, 1000,
                                    &samples, out_count));
    return samples;
}

static inline struct tw_device_view station_view(struct tw_device *device)
{
    struct tw_device_view view;
    tw_device_view_get(device, &view);
    return view;
}

/* Wait until a device's count of refused messages is at least so many. */
static inline struct tw_device_view station_refused(struct tw_device *device, int64_t least)
{
    struct tw_device_view view = station_view(device);
    for (int waited = 0; view.refused < least && waited < STATION_WAIT_MS; waited += 5) {
        const struct timespec pause = {.tv_nsec = 5000000};
        (void)nanosleep(&pause, NULL);
        view = station_view(device);
    }
    assert_true(view.refused >= least);
    return view;
}

#endif
