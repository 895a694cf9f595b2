/* GET /api/v1/plants and /api/v1/plants/{id}: a plant as its operator sees it. */
#include "net/json.h"
#include "operate/inspect.h"
#include "server/members.h"
#include "server/service.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct count {
    int32_t alarms, simulated, silent;
};

static struct count count_tags(const struct tw_server *server, const struct tw_works *works)
{
    struct count count = {0};
    for (int32_t t = 0; works != NULL && t < works->tag_count; t++) {
        struct tw_tag_now now = tw_inspections_value(server->inspections, works, t);
        count.simulated += now.simulated;
        count.silent += now.time_ms == TW_STORE_NEVER;
        count.alarms += !isnan(now.value) && tw_works_alarmed(works, &works->tags[t], now.value);
    }
    return count;
}

/* What a plant is. */
static void write_head(const struct tw_server *server, const struct tw_city_plant *plant,
                       const struct tw_works *works, struct tw_strbuf *out)
{
    struct count count = count_tags(server, works);
    struct tw_node_info node = {.name = NULL};
    tw_json_put_text(out, "id", plant->id);
    tw_json_put_words(out, "name", plant->name.zh, plant->name.en);
    tw_json_put_bool(out, "made_up", plant->made_up);
    if (plant->node.index >= 0) (void)tw_model_node_info(server->city->model, plant->node, &node);
    tw_json_put_text(out, "node", node.name);
    tw_json_put_bool(out, "watched", works != NULL);
    tw_json_put_number(out, "capacity_m3d", works != NULL ? works->capacity_m3d : (double)NAN, 1);
    tw_json_put_text(out, "standard", works != NULL ? works->standard : NULL);
    tw_json_put_text(out, "class", works != NULL ? works->class_ : NULL);
    tw_json_put_integer(out, "tags", works != NULL ? works->tag_count : 0);
    tw_json_put_integer(out, "alarms", count.alarms);
    tw_json_put_integer(out, "silent", count.silent);
    tw_json_put_integer(out, "simulated", count.simulated);
}

tw_http_outcome tw_get_plants(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    const struct tw_server *server = user;
    (void)request;
    tw_json_open(&reply->body, '[');
    for (int32_t i = 0; i < server->city->plant_count; i++) {
        const struct tw_city_plant *plant = &server->city->plants[i];
        tw_json_open(&reply->body, '{');
        write_head(server, plant, tw_inspections_works(server->inspections, plant->id),
                   &reply->body);
        tw_json_close(&reply->body, '}');
    }
    tw_json_close(&reply->body, ']');
    return TW_HTTP_DONE;
}

static void write_things(const struct tw_works *works, struct tw_strbuf *out)
{
    tw_json_key(out, "things");
    tw_json_open(out, '[');
    for (int32_t a = 0; works != NULL && a < works->asset_count; a++) {
        const struct tw_asset *asset = &works->assets[a];
        tw_json_open(out, '{');
        tw_json_put_text(out, "kind", tw_asset_word(asset->kind));
        tw_json_put_text(out, "id", asset->name);
        tw_json_put_words(out, "name", asset->zh, asset->en);
        tw_json_put_text(out, "at", asset->at);
        tw_json_put_number(out, "rated_kw", asset->rated_kw, 2);
        tw_json_put_number(out, "rated_m3h", asset->rated_m3h, 2);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void write_tags(const struct tw_server *server, const struct tw_works *works,
                       struct tw_strbuf *out)
{
    tw_json_key(out, "values");
    tw_json_open(out, '[');
    for (int32_t t = 0; works != NULL && t < works->tag_count; t++) {
        const struct tw_works_tag *tag = &works->tags[t];
        const struct tw_kind_info *kind = tw_kind_get(tag->kind);
        struct tw_tag_now now = tw_inspections_value(server->inspections, works, t);
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", tag->name);
        tw_json_put_words(out, "name", tag->zh, tag->en);
        tw_json_put_text(out, "kind", kind->key);
        tw_json_put_text(out, "unit", kind->unit);
        tw_json_put_text(out, "at", tag->at);
        tw_json_put_text(out, "series", tag->series);
        tw_json_put_number(out, "value", now.value, 4);
        tw_member_time(server, out, "time", now.time_ms);
        tw_json_put_bool(out, "good", now.quality == 0);
        tw_json_put_bool(out, "simulated", now.simulated);
        tw_json_put_number(out, "alarm_low", tag->alarm_low, 4);
        tw_json_put_number(out, "alarm_high", tag->alarm_high, 4);
        tw_json_put_bool(out, "alarmed",
                         !isnan(now.value) && tw_works_alarmed(works, tag, now.value));
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void write_limits(const struct tw_works *works, struct tw_strbuf *out)
{
    tw_json_key(out, "limits");
    tw_json_open(out, '[');
    for (int32_t i = 0; works != NULL && i < works->limit_count; i++) {
        const struct tw_limit *limit = &works->limits[i];
        const struct tw_kind_info *kind = tw_kind_get(limit->kind);
        tw_json_open(out, '{');
        tw_json_put_text(out, "kind", kind->key);
        tw_json_put_words(out, "name", kind->zh, kind->en);
        tw_json_put_number(out, "mean_gm3", limit->mean_gm3, 4);
        tw_json_put_number(out, "cold_gm3", limit->cold_gm3, 4);
        tw_json_put_text(out, "standard", limit->standard);
        tw_json_put_text(out, "class", limit->class_);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void write_pairs(struct tw_strbuf *out, const char *key, int32_t count, const double *at_s,
                        const double *flow_m3s)
{
    tw_json_key(out, key);
    tw_json_open(out, '[');
    for (int32_t i = 0; i < count; i++) {
        if (isnan(flow_m3s[i])) continue;
        tw_json_open(out, '[');
        tw_json_integer(out, (int64_t)at_s[i]);
        tw_json_number(out, 3600.0 * flow_m3s[i], 2);
        tw_json_close(out, ']');
    }
    tw_json_close(out, ']');
}

/* What the network sends: the last 24 hours and what is ahead. */
static tw_status write_inflow(struct tw_server *server, int32_t plant, struct tw_strbuf *out)
{
    static const char *const keys[] = {"low", "middle", "high"};
    struct tw_plant_inflow inflow;
    TW_TRY(tw_plant_inflow_room(&inflow));
    double *at_s = malloc(TW_PLANT_AHEAD * sizeof *at_s);
    double now_s = (double)tw_clock_now(&server->clock) / 1000.0;
    tw_status status = at_s == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) {
        tw_plants_inflow(server, plant, now_s - 86400.0, &inflow);
        for (int32_t k = 0; k < inflow.ahead; k++)
            at_s[k] = inflow.begin_s + k * inflow.step_s;
        tw_json_key(out, "inflow");
        tw_json_open(out, '{');
        tw_json_put_text(out, "unit", "m3/h");
        tw_member_time(server, out, "issued", inflow.issued_ms);
        write_pairs(out, "past", inflow.past, inflow.past_s, inflow.past_m3s);
        for (int q = 0; q < 3; q++)
            write_pairs(out, keys[q], inflow.ahead, at_s, inflow.ahead_m3s[q]);
        tw_json_close(out, '}');
    }
    free(at_s);
    free(inflow.past_s);
    return status;
}

tw_http_outcome tw_get_plant(void *user, const struct tw_http_request *request,
                             struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    int32_t i = 0;
    while (i < server->city->plant_count &&
           !tw_text_same(server->city->plants[i].id, request->params[0]))
        i++;
    if (i == server->city->plant_count) {
        tw_http_refuse(reply, 404, "there is no such plant", "GET /api/v1/plants lists them");
        return TW_HTTP_DONE;
    }
    const struct tw_works *works =
        tw_inspections_works(server->inspections, server->city->plants[i].id);
    struct tw_strbuf *out = &reply->body;
    tw_json_open(out, '{');
    write_head(server, &server->city->plants[i], works, out);
    tw_member_time(server, out, "time", tw_clock_now(&server->clock));
    write_things(works, out);
    write_tags(server, works, out);
    write_limits(works, out);
    tw_status status = write_inflow(server, i, out);
    tw_json_key(out, "model");
    tw_plants_write(server->plants, i, out);
    tw_json_close(out, '}');
    if (status != TW_OK) tw_http_refuse(reply, 503, tw_status_text(status), "ask again");
    return TW_HTTP_DONE;
}
