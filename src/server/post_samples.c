/* POST /api/v1/samples: decoded, stored, and answered only when it is on disk. */
#include "net/json.h"
#include "server/service.h"
#include "telemetry/samples_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request that waits for its commit. */
struct waiting {
    struct tw_http_exchange *exchange;
    size_t count;
};

static void fill_stored(struct tw_http_reply *reply, size_t count)
{
    tw_json_open(&reply->body, '{');
    tw_json_key(&reply->body, "stored");
    tw_json_integer(&reply->body, (int64_t)count);
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
    if (status == TW_OK) {
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
    tw_json_key(&reply->body, "error");
    tw_json_string(&reply->body, fault->error);
    tw_json_key(&reply->body, "index");
    if (fault->index >= 0) {
        tw_json_integer(&reply->body, fault->index);
    } else {
        tw_json_null(&reply->body);
    }
    tw_json_key(&reply->body, "remedy");
    tw_json_string(&reply->body, fault->remedy);
    tw_json_close(&reply->body, '}');
}

tw_http_outcome tw_post_samples(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct tw_samples samples;
    struct tw_samples_fault fault;
    tw_status status = tw_samples_decode(request->body, request->body_size, &server->catalogue,
                                         server->city->zone_s, &samples, &fault);
    if (status == TW_ERR_FORMAT) {
        refuse_samples(reply, &fault);
        return TW_HTTP_DONE;
    }
    if (status == TW_OK && samples.count == 0) {
        free(samples.samples);
        fill_stored(reply, 0);
        return TW_HTTP_DONE;
    }
    struct waiting *waiting = status == TW_OK ? malloc(sizeof *waiting) : NULL;
    if (waiting == NULL) {
        if (status == TW_OK) free(samples.samples);
        tw_http_refuse(reply, 503, "out of memory", NULL);
        return TW_HTTP_DONE;
    }
    *waiting = (struct waiting){request->exchange, samples.count};
    const char *source = samples.source[0] != 0 ? samples.source : request->who;
    tw_http_later(request);
    status = tw_store_samples_add(server->store, source, tw_real_ms(), samples.samples,
                                  samples.count, stored, waiting);
    free(samples.samples);
    /* It is put aside already, so a refusal takes the same way back. */
    if (status != TW_OK) stored(waiting, status);
    return TW_HTTP_LATER;
}
