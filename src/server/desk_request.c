#include "server/desk_request.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 200
#define WAIT_MOST_S 25

void tw_desk_refuse(struct tw_desk_job *job, unsigned status, const char *error, const char *remedy)
{
    tw_strbuf_clear(&job->reply.body);
    tw_http_refuse(&job->reply, status, error, remedy);
}

/* How long a phone wants to wait for news, and what it has. */
static tw_status take_wait(struct tw_desk_job *job, const struct tw_http_request *request)
{
    const char *version = tw_http_query(request, "version");
    const char *wait = tw_http_query(request, "wait");
    int32_t wait_s = 0;
    if (version == NULL || wait == NULL || tw_text_int(wait, &wait_s) != TW_OK || wait_s < 1) {
        return TW_OK;
    }
    job->version = strdup(version);
    if (job->version == NULL) return TW_ERR_NOMEM;
    job->until_ms =
        tw_clock_steady_ms() + 1000 * (int64_t)(wait_s < WAIT_MOST_S ? wait_s : WAIT_MOST_S);
    return TW_OK;
}

static tw_status fill_job(struct tw_desk_job *job, const struct tw_http_request *request)
{
    job->exchange = request->exchange;
    job->actors = TW_BY_DISPATCHER;
    memcpy(job->who, request->who, sizeof job->who);
    for (int i = 0; i < TW_DESK_PATHS; i++) {
        job->params[i] = strdup(request->params[i] == NULL ? "" : request->params[i]);
        if (job->params[i] == NULL) return TW_ERR_NOMEM;
    }
    job->body_size = request->body_size;
    job->body = malloc(request->body_size + 1);
    if (job->body == NULL) return TW_ERR_NOMEM;
    memcpy(job->body, request->body, request->body_size);
    job->body[request->body_size] = 0;
    return take_wait(job, request);
}

static void refuse_full(struct tw_http_reply *reply)
{
    tw_http_refuse(reply, 503, "too much is waiting", "send it again in a second");
    reply->header_name = "Retry-After";
    (void)snprintf(reply->header_value, sizeof reply->header_value, "1");
}

static void job_drop(struct tw_desk_job *job)
{
    for (int i = 0; i < TW_DESK_PATHS; i++)
        free(job->params[i]);
    free(job->body);
    free(job->version);
    free(job);
}

static tw_http_outcome submit(struct tw_server *server, const struct tw_http_request *request,
                              struct tw_http_reply *reply, tw_desk_run *run, bool crew)
{
    if (server->desk == NULL) {
        tw_http_refuse(reply, 404, "the city has no crews", "name them in depots.geojson");
        return TW_HTTP_DONE;
    }
    struct tw_desk_job *job = tw_desk_job_new(run);
    if (job == NULL || fill_job(job, request) != TW_OK) {
        if (job != NULL) job_drop(job);
        refuse_full(reply);
        return TW_HTTP_DONE;
    }
    if (crew) job->actors = TW_BY_CREW;
    tw_http_later(request);
    if (tw_desk_submit(server->desk, job) != TW_OK) {
        struct tw_http_reply refusal = {.mime = "application/json"};
        refuse_full(&refusal);
        tw_http_finish(request->exchange, &refusal);
    }
    return TW_HTTP_LATER;
}

tw_http_outcome tw_desk_request(struct tw_server *server, const struct tw_http_request *request,
                                struct tw_http_reply *reply, tw_desk_run *run)
{
    return submit(server, request, reply, run, false);
}

tw_http_outcome tw_desk_crew_request(struct tw_server *server,
                                     const struct tw_http_request *request,
                                     struct tw_http_reply *reply, tw_desk_run *run)
{
    bool phone = request->roles == TW_ROLE_CREW;
    if (phone && strcmp(request->who, request->params[0]) != 0) {
        tw_http_refuse(reply, 403, "this link is another crew's",
                       "ask the dispatcher for a link of your crew");
        return TW_HTTP_DONE;
    }
    return submit(server, request, reply, run, true);
}

json_t *tw_desk_body(struct tw_desk_job *job)
{
    json_error_t error;
    json_t *json = json_loadb(job->body, job->body_size, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(json)) return json;
    char text[256];
    (void)snprintf(text, sizeof text, "%.200s",
                   json == NULL ? error.text : "the body is not an object");
    json_decref(json);
    tw_desk_refuse(job, 400, text, "send a JSON object; docs/api.md says which");
    return NULL;
}

bool tw_desk_text(const json_t *json, const char *key, const char **out_text)
{
    const json_t *text = json_object_get(json, key);
    *out_text = "";
    if (text == NULL || json_is_null(text)) return true;
    if (!json_is_string(text) || json_string_length(text) > TEXT_MOST) return false;
    *out_text = json_string_value(text);
    return true;
}

bool tw_desk_items(const json_t *json, const char *key, char *out, size_t size)
{
    json_t *items = json_object_get(json, key);
    const char *name = NULL;
    const json_t *count = NULL;
    struct tw_items read;
    size_t at = 0;
    out[0] = 0;
    if (items == NULL || json_is_null(items)) return true;
    if (!json_is_object(items)) return false;
    json_object_foreach(items, name, count)
    {
        if (!json_is_integer(count) || strpbrk(name, " =") != NULL) return false;
        if (json_integer_value(count) == 0) continue;
        at += (size_t)snprintf(out + at, size - at, "%s%s=%lld", at > 0 ? " " : "", name,
                               (long long)json_integer_value(count));
        if (at >= size) return false;
    }
    return tw_items_read(out, &read) == TW_OK;
}
