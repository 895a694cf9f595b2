/* Advice for a plant: asked for, shown, answered by a person. */
#include "net/json.h"
#include "operate/advice.h"
#include "server/service.h"

#include <stdlib.h>

enum { SHOWN = 10, REASON_MOST = 500 };

static int32_t plant_of(const struct tw_server *server, const struct tw_http_request *request,
                        struct tw_http_reply *reply)
{
    for (int32_t i = 0; i < server->city->plant_count; i++)
        if (tw_text_same(server->city->plants[i].id, request->params[0])) return i;
    tw_http_refuse(reply, 404, "there is no such plant", "GET /api/v1/plants lists them");
    return -1;
}

static void add_raw(struct tw_strbuf *out, const char *key, const char *json)
{
    tw_json_key(out, key);
    if (json != NULL) {
        tw_json_raw(out, json);
    } else {
        tw_json_null(out);
    }
}

static bool add(void *user, const struct tw_advice_kept *kept)
{
    struct tw_strbuf *out = user;
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", kept->id);
    tw_json_put_integer(out, "time_ms", kept->time_ms);
    add_raw(out, "advice", kept->body);
    add_raw(out, "answer", kept->answer);
    add_raw(out, "score", kept->score);
    tw_json_close(out, '}');
    return true;
}

tw_http_outcome tw_get_advice(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    int32_t plant = plant_of(server, request, reply);
    if (plant < 0) return TW_HTTP_DONE;
    tw_json_open(&reply->body, '[');
    tw_status status =
        tw_advice_list(server->store, server->city->plants[plant].id, SHOWN, add, &reply->body);
    tw_json_close(&reply->body, ']');
    if (status != TW_OK) tw_http_refuse(reply, 503, tw_status_text(status), "ask again");
    return TW_HTTP_DONE;
}

tw_http_outcome tw_post_advice(void *user, const struct tw_http_request *request,
                               struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    int32_t plant = plant_of(server, request, reply);
    if (plant < 0) return TW_HTTP_DONE;
    if (tw_plants_advise(server->plants, plant)) {
        (void)tw_strbuf_add_text(&reply->body, "{\"asked\":true}");
    } else {
        tw_http_refuse(reply, 409, "the plant has no model, or it waits for its first forecast",
                       "GET /api/v1/plants/ID says which; docs/plants.md has where models lie");
    }
    return TW_HTTP_DONE;
}

static void keep_answer(struct tw_server *server, int32_t plant, const json_t *json,
                        const char *who, struct tw_http_reply *reply)
{
    const json_t *reason = json_object_get(json, "reason"),
                 *values = json_object_get(json, "values");
    const char *word = json_string_value(json_object_get(json, "answer"));
    enum tw_advice_answer answer = tw_advice_answer_find(word != NULL ? word : "");
    json_int_t id = json_integer_value(json_object_get(json, "advice"));
    bool sound =
        answer != TW_ADVICE_ANSWERS && id > 0 &&
        (reason == NULL || (json_is_string(reason) && json_string_length(reason) <= REASON_MOST)) &&
        (answer == TW_ADVICE_CHANGE) == json_is_object(values);
    if (!sound) {
        tw_http_refuse(
            reply, 400,
            "there must be advice: its id, answer: accept, change or refuse; "
            "a change has values",
            "e.g. {\"advice\": 7, \"answer\": \"refuse\", \"reason\": \"blower 2 is out\"}");
        return;
    }
    char *text = values != NULL ? json_dumps(values, JSON_COMPACT) : NULL;
    const struct tw_advice_said said = {.time_ms = tw_clock_now(&server->clock),
                                        .answer = answer,
                                        .who = who,
                                        .reason = reason != NULL ? json_string_value(reason) : "",
                                        .values = text};
    tw_status status = tw_advice_answer(server->store, server->city->plants[plant].id, id, &said);
    free(text);
    if (status == TW_OK) {
        (void)tw_strbuf_add_text(&reply->body, "{\"done\":true}");
    } else if (status == TW_ERR_NAME) {
        tw_http_refuse(reply, 404, "there is no such advice",
                       "GET /api/v1/plants/ID/advice lists it");
    } else {
        tw_http_refuse(reply, 503, tw_status_text(status), "ask again");
    }
}

tw_http_outcome tw_post_advice_answer(void *user, const struct tw_http_request *request,
                                      struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    int32_t plant = plant_of(server, request, reply);
    json_t *json = plant < 0 ? NULL : tw_body_object(request, reply);
    if (json != NULL) keep_answer(server, plant, json, request->who, reply);
    json_decref(json);
    return TW_HTTP_DONE;
}
