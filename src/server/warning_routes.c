/* Routes about warnings: looking, acknowledging, ordering. */
#include "net/json.h"
#include "server/service.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- GET ---- */

tw_http_outcome tw_get_warnings(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    const char *all = tw_http_query(request, "all");
    tw_answer_warnings(user, all != NULL && strcmp(all, "0") != 0, &reply->body);
    return TW_HTTP_DONE;
}

tw_http_outcome tw_get_groups(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    (void)request;
    tw_answer_groups(user, &reply->body);
    return TW_HTTP_DONE;
}

/* Answers that the store gives. */
static tw_http_outcome from_store(struct tw_http_reply *reply, tw_status status)
{
    if (status != TW_OK) tw_http_refuse(reply, 503, "the store cannot be read", "ask again");
    return TW_HTTP_DONE;
}

tw_http_outcome tw_get_bulletins(void *user, const struct tw_http_request *request,
                                 struct tw_http_reply *reply)
{
    (void)request;
    return from_store(reply, tw_answer_bulletins(user, &reply->body));
}

tw_http_outcome tw_get_notices(void *user, const struct tw_http_request *request,
                               struct tw_http_reply *reply)
{
    (void)request;
    return from_store(reply, tw_answer_notices(user, &reply->body));
}

tw_http_outcome tw_get_feed(void *user, const struct tw_http_request *request,
                            struct tw_http_reply *reply)
{
    (void)request;
    reply->mime = "application/atom+xml";
    return from_store(reply, tw_answer_feed(user, &reply->body));
}

static bool id_of(const char *text, const char *end_word, int64_t *out_id)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9') return false;
    *out_id = strtoll(text, &end, 10);
    return strcmp(end, end_word) == 0;
}

static tw_http_outcome get_cap(struct tw_server *server, bool of_warning, const char *name,
                               struct tw_http_reply *reply)
{
    int64_t id = 0;
    reply->mime = "application/cap+xml";
    if (id_of(name, ".cap", &id) && tw_answer_cap(server, of_warning, id, &reply->body)) {
        return TW_HTTP_DONE;
    }
    reply->mime = "application/json";
    tw_http_refuse(reply, 404,
                   of_warning ? "no message has spoken of such a warning"
                              : "there is no such message",
                   "GET /api/v1/bulletins lists them; names end in .cap");
    return TW_HTTP_DONE;
}

tw_http_outcome tw_get_warning_cap(void *user, const struct tw_http_request *request,
                                   struct tw_http_reply *reply)
{
    return get_cap(user, true, request->params[0], reply);
}

tw_http_outcome tw_get_bulletin_cap(void *user, const struct tw_http_request *request,
                                    struct tw_http_reply *reply)
{
    return get_cap(user, false, request->params[0], reply);
}

/* ---- POST ---- */

/* Who takes note: the name given, or the caller's. */
static bool name_of(const struct tw_http_request *request, struct tw_http_reply *reply,
                    char out[TW_STORE_NAME_SIZE])
{
    (void)snprintf(out, TW_STORE_NAME_SIZE, "%s", request->who);
    if (request->body_size == 0) return true;
    json_t *json = tw_body_object(request, reply);
    if (json == NULL) return false;
    const json_t *by = json_object_get(json, "by");
    bool sound = by == NULL || (json_is_string(by) && json_string_length(by) < TW_STORE_NAME_SIZE);
    if (sound && by != NULL && json_string_length(by) > 0) {
        (void)snprintf(out, TW_STORE_NAME_SIZE, "%s", json_string_value(by));
    }
    json_decref(json);
    if (!sound) tw_http_refuse(reply, 400, "by must be a name of at most 127 bytes", NULL);
    return sound;
}

/* The open warnings, or why not. */
static tw_http_outcome answer_change(struct tw_server *server, tw_status status,
                                     struct tw_http_reply *reply, const char *missing,
                                     const char *state)
{
    if (status == TW_OK) {
        tw_answer_warnings(server, false, &reply->body);
    } else if (status == TW_ERR_STATE) {
        tw_http_refuse(reply, 409, state, "GET /api/v1/warnings lists those open");
    } else if (status == TW_ERR_NAME) {
        tw_http_refuse(reply, 404, missing, "GET /api/v1/warnings lists those open");
    } else if (status == TW_ERR_ARG) {
        tw_http_refuse(reply, 400,
                       "an order needs a reason of 1 to 255 bytes, and a raise a class above the "
                       "present one",
                       "e.g. {\"action\": \"raise\", \"class\": \"red\", \"reason\": \"...\"}");
    } else {
        tw_http_refuse(reply, 503, "out of memory", "ask again");
    }
    return TW_HTTP_DONE;
}

tw_http_outcome tw_post_acknowledge(void *user, const struct tw_http_request *request,
                                    struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    char by[TW_STORE_NAME_SIZE];
    int64_t id = 0;
    bool number = id_of(request->params[0], "", &id);
    if (!name_of(request, reply, by)) return TW_HTTP_DONE;
    int64_t now_ms = tw_clock_now(&server->clock);
    (void)pthread_mutex_lock(&server->live.mutex);
    tw_status status =
        number ? tw_warnings_acknowledge(server->live.warnings, id, by, now_ms) : TW_ERR_NAME;
    if (status == TW_OK) server->live.dirty[TW_TOPIC_WARNINGS] = true;
    (void)pthread_mutex_unlock(&server->live.mutex);
    return answer_change(server, status, reply, "there is no such warning",
                         "the warning has ended or is cancelled");
}

/* An order as a body says it. */
struct order_body {
    struct tw_warning_order order;
    char by[TW_STORE_NAME_SIZE];
    char reason[TW_STORE_TEXT_SIZE];
};

static int32_t index_of(const char *word, const char *const *words, int32_t count)
{
    for (int32_t i = 0; i < count && word != NULL; i++) {
        if (strcmp(word, words[i]) == 0) return i;
    }
    return -1;
}

/* Take a text member; false when it is no text or too long. */
static bool take_text(const json_t *json, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(json, key);
    if (value == NULL) return true;
    if (!json_is_string(value) || json_string_length(value) >= size) return false;
    if (json_string_length(value) > 0) (void)snprintf(out, size, "%s", json_string_value(value));
    return true;
}

static bool read_order(const struct tw_http_request *request, struct tw_http_reply *reply,
                       struct order_body *out)
{
    static const char *const actions[] = {"release", "hold", "raise", "cancel"};
    static const char *const classes[] = {"blue", "yellow", "orange", "red"};
    json_t *json = tw_body_object(request, reply);
    if (json == NULL) return false;
    (void)snprintf(out->by, sizeof out->by, "%s", request->who);
    out->reason[0] = 0;
    int32_t action = index_of(json_string_value(json_object_get(json, "action")), actions, 4);
    int32_t rank = index_of(json_string_value(json_object_get(json, "class")), classes, 4) + 1;
    bool sound = take_text(json, "by", out->by, sizeof out->by) &&
                 take_text(json, "reason", out->reason, sizeof out->reason);
    json_decref(json);
    if (action < 0) {
        tw_http_refuse(reply, 400, "action must be hold, raise, cancel or release",
                       "e.g. {\"action\": \"hold\", \"reason\": \"...\"}");
        return false;
    }
    if (!sound) {
        tw_http_refuse(reply, 400, "by and reason must be texts of at most 127 and 255 bytes",
                       NULL);
        return false;
    }
    out->order = (struct tw_warning_order){
        .kind = action, .rank = rank, .by = out->by, .reason = out->reason};
    return true;
}

tw_http_outcome tw_post_order(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct order_body body;
    int64_t id = 0;
    if (!read_order(request, reply, &body)) return TW_HTTP_DONE;
    int64_t now_ms = tw_clock_now(&server->clock);
    (void)pthread_mutex_lock(&server->live.mutex);
    tw_status status = TW_ERR_NAME;
    if (id_of(request->params[0], "", &id)) {
        status = tw_warnings_order(server->live.warnings, id, &body.order, now_ms);
    }
    if (status == TW_OK) server->live.dirty[TW_TOPIC_WARNINGS] = true;
    (void)pthread_mutex_unlock(&server->live.mutex);
    return answer_change(server, status, reply, "there is no such warning",
                         "the warning has ended, or there is no order to release");
}

tw_http_outcome tw_post_point_warning(void *user, const struct tw_http_request *request,
                                      struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct order_body body;
    if (!read_order(request, reply, &body)) return TW_HTTP_DONE;
    int64_t now_ms = tw_clock_now(&server->clock);
    (void)pthread_mutex_lock(&server->live.mutex);
    tw_status status =
        tw_warnings_raise_point(server->live.warnings, request->params[0], &body.order, now_ms);
    if (status == TW_OK) server->live.dirty[TW_TOPIC_WARNINGS] = true;
    (void)pthread_mutex_unlock(&server->live.mutex);
    return answer_change(server, status, reply, "there is no such point",
                         "the point has a warning: order something about that one");
}
