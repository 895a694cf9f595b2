/* POST /api/v1/samples and /api/v1/write: decoded, stored, and answered only when it is on disk. */
#include "base/clock.h"
#include "net/json.h"
#include "server/service.h"
#include "telemetry/line_protocol.h"
#include "telemetry/samples_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request that waits for its commit. */
struct waiting {
    struct tw_http_exchange *exchange;
    size_t count;
    bool quiet; /* 204 without a body, as clients of line protocol expect */
};

static void fill_stored(struct tw_http_reply *reply, size_t count)
{
    tw_json_open(&reply->body, '{');
    tw_json_put_integer(&reply->body, "stored", (int64_t)count);
    tw_json_close(&reply->body, '}');
}

static void refuse_store(struct tw_http_reply *reply, tw_status status)
{
    if (status == TW_ERR_FULL) {
        tw_http_refuse(reply, 503, "too much is waiting to be stored", "send it again in a second");
    } else {
        tw_http_refuse(reply, 503, "the disk refuses; none of this is stored",
                       "make room on the store's disk, then send it again; GET /api/v1/health "
                       "says why");
    }
    reply->header_name = "Retry-After";
    (void)snprintf(reply->header_value, sizeof reply->header_value, "1");
}

/* The commit is done or has failed; by the store's thread. */
static void stored(void *user, tw_status status)
{
    struct waiting *waiting = user;
    struct tw_http_reply reply = {.status = 200, .mime = "application/json"};
    if (status == TW_OK && waiting->quiet) {
        reply.status = 204;
    } else if (status == TW_OK) {
        fill_stored(&reply, waiting->count);
    } else {
        refuse_store(&reply, status);
    }
    tw_http_finish(waiting->exchange, &reply);
    free(waiting);
}

static void refuse_samples(struct tw_http_reply *reply, const struct tw_samples_fault *fault)
{
    reply->status = 400;
    tw_json_open(&reply->body, '{');
    tw_json_put_text(&reply->body, "error", fault->error);
    tw_json_key(&reply->body, "index");
    if (fault->index >= 0) {
        tw_json_integer(&reply->body, fault->index);
    } else {
        tw_json_null(&reply->body);
    }
    tw_json_put_text(&reply->body, "remedy", fault->remedy);
    tw_json_close(&reply->body, '}');
}

/* Hand measurements in. The request is put aside first: the commit may be quicker than the return. */
static tw_http_outcome submit(struct tw_server *server, struct tw_device *device,
                              const char *source, const struct tw_samples *samples,
                              const struct tw_http_request *request, struct tw_http_reply *reply)
{
    struct tw_samples_fault fault = {.index = -1};
    struct waiting *waiting = malloc(sizeof *waiting);
    if (waiting == NULL) {
        tw_http_refuse(reply, 503, "out of memory", NULL);
        return TW_HTTP_DONE;
    }
    *waiting = (struct waiting){request->exchange, samples->count,
                                strcmp(request->path, TW_PATH_SAMPLES) != 0};
    tw_http_later(request);
    tw_status status = tw_ingest_submit(server->ingest, device, source, samples->list,
                                        samples->count, stored, waiting, &fault);
    if (status == TW_ERR_FORMAT) {
        struct tw_http_reply refusal = {.mime = "application/json"};
        refuse_samples(&refusal, &fault);
        tw_http_finish(waiting->exchange, &refusal);
        free(waiting);
    } else if (status != TW_OK) {
        stored(waiting, status);
    }
    return TW_HTTP_LATER;
}

/* Who sends it; NULL: nobody of devices.ini. */
static struct tw_device *device_of(struct tw_server *server, const struct tw_http_request *request)
{
    if (request->roles != TW_ROLE_DEVICE) return NULL; /* a person may be called as a device is */
    return tw_devices_find_name(server->devices, "http", request->who);
}

/* What a device calls a tag is a sensor, a unit and a factor. */
static void rename_tags(const struct tw_device *device, struct tw_samples *samples)
{
    struct tw_tag tag;
    for (size_t i = 0; i < samples->count; i++) {
        struct tw_measurement *m = &samples->list[i];
        if (!tw_device_tag(device, m->sensor, &tag)) continue; /* the door says what is wrong */
        m->sensor = tag.sensor;
        m->value *= tag.factor;
        if (m->unit == NULL) m->unit = tag.unit;
    }
}

/* Whether the device keeps to its limits; else the refusal is in reply. */
static bool within_limits(struct tw_device *device, const struct tw_http_request *request,
                          size_t count, struct tw_http_reply *reply)
{
    if (device == NULL) return true;
    size_t limit = tw_device_message_bytes(device);
    const char *why = NULL;
    if (limit > 0 && request->body_size > limit) {
        why = "the message is larger than the device may send";
        tw_http_refuse(reply, 413, why, "send smaller messages; devices.ini: message_bytes");
    } else if (!tw_device_allows(device, tw_clock_steady_ms(), count)) {
        why = "the device sends more than it may";
        tw_http_refuse(reply, 429, why, "send it again later; devices.ini: rate_per_s, burst");
        reply->header_name = "Retry-After";
        (void)snprintf(reply->header_value, sizeof reply->header_value, "1");
    }
    if (why != NULL) tw_device_note_refused(device, tw_clock_unix_ms(), why);
    return why == NULL;
}

/* Decoded or not: name what is wrong, or hand it in. */
static tw_http_outcome take(struct tw_server *server, const struct tw_http_request *request,
                            struct tw_samples *samples, tw_status status,
                            struct tw_samples_fault *fault, struct tw_http_reply *reply)
{
    struct tw_device *device = device_of(server, request);
    tw_http_outcome outcome = TW_HTTP_DONE;
    if (device != NULL) rename_tags(device, samples);
    if (status == TW_ERR_FORMAT) {
        /* The first bad sample is named, whoever finds it. */
        struct tw_samples_fault earlier = {.index = -1};
        if (tw_ingest_check(server->ingest, device, samples->list, samples->count, &earlier) ==
            TW_ERR_FORMAT) {
            *fault = earlier;
        }
        refuse_samples(reply, fault);
        if (device != NULL) tw_device_note_refused(device, tw_clock_unix_ms(), fault->error);
    } else if (status != TW_OK) {
        tw_http_refuse(reply, 503, tw_status_text(status), NULL);
    } else if (within_limits(device, request, samples->count, reply)) {
        const char *source = samples->source[0] != 0 ? samples->source : request->who;
        if (device != NULL) source = tw_device_source(device);
        outcome = submit(server, device, source, samples, request, reply);
    }
    tw_samples_done(samples);
    return outcome;
}

tw_http_outcome tw_post_samples(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct tw_samples samples;
    struct tw_samples_fault fault;
    tw_status status = tw_samples_decode(request->body, request->body_size, server->city->zone_s,
                                         &samples, &fault);
    return take(server, request, &samples, status, &fault, reply);
}

tw_http_outcome tw_post_write(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct tw_samples samples;
    struct tw_samples_fault fault;
    if (request->body_size == 0) {
        tw_http_refuse(reply, 400, "there is no line", "write measurement field=value [time]");
        return TW_HTTP_DONE;
    }
    tw_status status =
        tw_line_decode(request->body, request->body_size, tw_http_query(request, "precision"),
                       tw_clock_now(&server->clock), &samples, &fault);
    return take(server, request, &samples, status, &fault, reply);
}
