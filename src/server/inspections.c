/* One thread inspects, so that no handler waits and no two inspections of a plant overlap. A report is
 * a record "inspection" of its plant; what a person says of a line is a record "tick". The page of a
 * report is made again when it is asked for: the store has the values. */
#include "server/inspections.h"

#include "net/json.h"
#include "operate/inspect_store.h"
#include "operate/rank.h"
#include "server/service.h"
#include "server/works_files.h"
#include "store/record.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)

enum { WAITING_MOST = 16, HISTORY = 100, NOTE_MOST = 500, CAUSE_SIZE = 80 };

/* What somebody waits for: an inspection, or the page of one that was done. */
struct wish {
    struct tw_http_exchange *exchange;
    int32_t plant; /* -1: all */
    bool page;
    int64_t at_ms; /* of the page's report */
    char who[TW_HTTP_WHO_SIZE];
};

/* A plant, and when it was last looked at. */
struct plant {
    struct tw_works *works;
    struct tw_inspect_store source;
    int64_t last_ms;     /* TW_STORE_NEVER: not in this process */
    bool alarmed;        /* a tag of safety or a trip was beyond its limit when last looked at */
    struct tw_rank rank; /* of the last inspection; id NULL: none */
};

struct tw_inspections {
    struct tw_server *server;
    struct tw_works_list list;
    struct tw_arena arena;
    struct plant *plants; /* [list.count] */
    pthread_t thread;
    bool runs;
    pthread_mutex_t mutex; /* of what follows, and of plants[].rank */
    pthread_cond_t wake;
    bool stopping;
    struct wish wishes[WAITING_MOST];
    int waiting;
};

/* ---- inspecting ---- */

struct newest {
    struct tw_inspection_before before;
    bool any;
    int64_t than_ms; /* only what was before */
};

static bool take_newest(void *user, const struct tw_store_record *record)
{
    struct newest *newest = user;
    if (record->time_ms >= newest->than_ms) return true;
    newest->any =
        tw_inspection_before_read(record->body, strlen(record->body), &newest->before) == TW_OK;
    return false;
}

static tw_status inspect_at(struct tw_inspections *s, struct plant *plant, int64_t at_ms,
                            const char *cause, struct tw_inspection **out)
{
    const struct tw_inspect_options options = {.at_ms = at_ms,
                                               .zone_s = s->server->city->zone_s,
                                               .cause = cause,
                                               .read = tw_inspect_read_store,
                                               .still = tw_inspect_still_ffmpeg,
                                               .user = &plant->source};
    return tw_inspect(plant->works, &options, out);
}

static void note_rank(struct tw_inspections *s, struct plant *plant, const struct tw_inspection *in)
{
    (void)pthread_mutex_lock(&s->mutex);
    plant->last_ms = in->at_ms;
    plant->rank = (struct tw_rank){.id = plant->works->id,
                                   .name = plant->works->zh,
                                   .risk = in->risk,
                                   .energy_kwhm3 = in->energy_kwhm3,
                                   .load_ratio = in->inflow_m3 / plant->works->capacity_m3d,
                                   .worst_ratio = in->worst_probability,
                                   .worst = "P",
                                   .report = "",
                                   .urgent = in->by_severity[TW_SEVERITY_URGENT + 1],
                                   .repair = in->by_severity[TW_SEVERITY_REPAIR + 1],
                                   .look = in->by_severity[TW_SEVERITY_LOOK + 1]};
    (void)pthread_mutex_unlock(&s->mutex);
}

static int64_t minute_now(struct tw_inspections *s)
{
    int64_t now_ms = tw_clock_now(&s->server->clock);
    return now_ms - now_ms % MINUTE_MS;
}

static tw_status inspect_one(struct tw_inspections *s, struct plant *plant, const char *cause,
                             const char *who, int64_t *out_id)
{
    struct tw_inspection *in = NULL;
    struct tw_strbuf json = {0};
    TW_TRY(inspect_at(s, plant, minute_now(s), cause, &in));
    tw_status status = tw_inspection_write_json(in, false, &json);
    if (status == TW_OK) {
        const struct tw_store_record record = {.time_ms = in->at_ms,
                                               .kind = "inspection",
                                               .subject = plant->works->id,
                                               .who = who,
                                               .body = json.text};
        status = tw_store_record_add(s->server->store, &record, out_id);
    }
    if (status == TW_OK) note_rank(s, plant, in);
    tw_strbuf_done(&json);
    tw_inspection_destroy(in);
    return status;
}

/* ---- schedule and alarms ---- */

static bool is_alarmed(const struct tw_inspections *s, const struct plant *plant)
{
    const struct tw_works *works = plant->works;
    for (int32_t t = 0; t < works->tag_count; t++) {
        const struct tw_works_tag *tag = &works->tags[t];
        struct tw_store_head head = tw_store_head_get(s->server->store, plant->source.series[t]);
        if (head.time_ms == TW_STORE_NEVER) continue;
        if (tw_works_alarmed(works, tag, head.value)) return true;
    }
    return false;
}

static void look_around(struct tw_inspections *s)
{
    const struct tw_city *city = s->server->city;
    int64_t now_ms = tw_clock_now(&s->server->clock);
    for (int32_t i = 0; i < s->list.count; i++) {
        struct plant *plant = &s->plants[i];
        bool alarmed = city->inspect_on_alarm && is_alarmed(s, plant);
        bool due = city->inspect_every_h > 0.0 && plant->last_ms != TW_STORE_NEVER &&
                   (double)(now_ms - plant->last_ms) >= 3.6e6 * city->inspect_every_h;
        bool first = city->inspect_every_h > 0.0 && plant->last_ms == TW_STORE_NEVER;
        const char *cause = alarmed && !plant->alarmed ? "alarm" : due || first ? "schedule" : NULL;
        plant->alarmed = alarmed;
        if (cause != NULL) (void)inspect_one(s, plant, cause, "", NULL);
    }
}

/* ---- wishes ---- */

static void refuse(struct tw_http_reply *reply, tw_status status)
{
    tw_http_refuse(reply, 503, tw_status_text(status), "ask again; GET /api/v1/health says more");
}

static void fulfil_page(struct tw_inspections *s, const struct wish *wish,
                        struct tw_http_reply *reply)
{
    struct plant *plant = &s->plants[wish->plant];
    struct newest newest = {.than_ms = wish->at_ms};
    struct tw_inspection *in = NULL;
    tw_status status = inspect_at(s, plant, wish->at_ms, "", &in);
    if (status == TW_OK) {
        status = tw_store_records_read(s->server->store, "inspection", plant->works->id, HISTORY,
                                       take_newest, &newest);
    }
    if (status == TW_OK) {
        status = tw_inspection_write_html(in, newest.any ? &newest.before : NULL, &reply->body);
    }
    reply->mime = "text/html; charset=utf-8";
    if (status != TW_OK) {
        reply->mime = "application/json";
        refuse(reply, status);
    }
    tw_inspection_before_done(&newest.before);
    tw_inspection_destroy(in);
}

static void write_done(struct tw_strbuf *out, const struct plant *plant, int64_t id)
{
    const struct tw_rank *r = &plant->rank;
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", id);
    tw_json_put_text(out, "plant", plant->works->id);
    tw_json_put_number(out, "risk", r->risk, 2);
    tw_json_put_integer(out, "urgent", r->urgent);
    tw_json_put_integer(out, "repair", r->repair);
    tw_json_put_integer(out, "look", r->look);
    tw_json_close(out, '}');
}

static void fulfil(struct tw_inspections *s, const struct wish *wish)
{
    struct tw_http_reply reply = {.status = 200, .mime = "application/json"};
    if (wish->page) {
        fulfil_page(s, wish, &reply);
        tw_http_finish(wish->exchange, &reply);
        return;
    }
    tw_status status = TW_OK;
    tw_json_open(&reply.body, '[');
    for (int32_t i = 0; i < s->list.count && status == TW_OK; i++) {
        int64_t id = 0;
        if (wish->plant >= 0 && wish->plant != i) continue;
        status = inspect_one(s, &s->plants[i], "hand", wish->who, &id);
        if (status == TW_OK) write_done(&reply.body, &s->plants[i], id);
    }
    tw_json_close(&reply.body, ']');
    if (status != TW_OK) refuse(&reply, status);
    tw_http_finish(wish->exchange, &reply);
}

static bool next_wish(struct tw_inspections *s, struct wish *out)
{
    if (s->waiting == 0) return false;
    *out = s->wishes[0];
    s->waiting--;
    memmove(s->wishes, s->wishes + 1, (size_t)s->waiting * sizeof s->wishes[0]);
    return true;
}

static void *loop(void *user)
{
    struct tw_inspections *s = user;
    struct timespec until;
    struct wish wish;
    (void)pthread_mutex_lock(&s->mutex);
    while (!s->stopping || s->waiting > 0) {
        bool any = next_wish(s, &wish);
        bool stopping = s->stopping;
        (void)pthread_mutex_unlock(&s->mutex);
        if (any) fulfil(s, &wish);
        if (!any && !stopping) look_around(s);
        (void)pthread_mutex_lock(&s->mutex);
        if (any || s->stopping || s->waiting > 0) continue;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 5;
        (void)pthread_cond_timedwait(&s->wake, &s->mutex, &until);
    }
    (void)pthread_mutex_unlock(&s->mutex);
    return NULL;
}

static tw_http_outcome ask(struct tw_inspections *s, const struct tw_http_request *request,
                           const struct wish *wish, struct tw_http_reply *reply)
{
    (void)pthread_mutex_lock(&s->mutex);
    bool room = !s->stopping && s->runs && s->waiting < WAITING_MOST;
    if (room) {
        tw_http_later(request);
        s->wishes[s->waiting] = *wish;
        s->wishes[s->waiting++].exchange = request->exchange;
        (void)pthread_cond_signal(&s->wake);
    }
    (void)pthread_mutex_unlock(&s->mutex);
    if (room) return TW_HTTP_LATER;
    tw_http_refuse(reply, 503, "too many inspections are waiting", "ask again in a minute");
    return TW_HTTP_DONE;
}

/* ---- begin and end ---- */

/* Tags may be sent in by devices like sensors, under their names in the store. */
static tw_status add_tags(struct tw_inspections *s, const struct plant *plant)
{
    for (int32_t t = 0; t < plant->works->tag_count; t++) {
        const struct tw_works_tag *tag = &plant->works->tags[t];
        struct tw_sensor_entry entry = {.series = plant->source.series[t],
                                        .unit = tw_kind_get(tag->kind)->unit,
                                        .min = -(double)INFINITY,
                                        .max = (double)INFINITY};
        tw_status status = tw_catalogue_add(&s->server->catalogue, tag->series, &entry);
        if (status != TW_OK && status != TW_ERR_NAME)
            return status; /* a sensor of that name is it */
    }
    return TW_OK;
}

static tw_status begin(struct tw_inspections *s)
{
    struct tw_city *city = s->server->city;
    const char *folder = city->plants_path;
    tw_faults *faults = NULL;
    if (folder == NULL) return TW_OK;
    TW_TRY(tw_faults_create(1, &faults));
    tw_status status = tw_works_list_read(folder, faults, &s->list);
    tw_faults_destroy(faults);
    TW_TRY(status);
    s->plants = TW_ARENA_NEW(&s->arena, struct plant, s->list.count);
    if (s->plants == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < s->list.count; i++) {
        s->plants[i].works = s->list.works[i];
        s->plants[i].last_ms = TW_STORE_NEVER;
        TW_TRY(tw_inspect_store_init(s->list.works[i], s->server->store, &s->arena,
                                     &s->plants[i].source));
        TW_TRY(add_tags(s, &s->plants[i]));
    }
    s->runs = pthread_create(&s->thread, NULL, loop, s) == 0;
    return s->runs ? TW_OK : TW_ERR_NOMEM;
}

tw_status tw_inspections_create(struct tw_server *server, struct tw_inspections **out_inspections)
{
    struct tw_inspections *s = calloc(1, sizeof *s);
    if (s == NULL) return TW_ERR_NOMEM;
    s->server = server;
    tw_arena_init(&s->arena);
    (void)pthread_mutex_init(&s->mutex, NULL);
    (void)pthread_cond_init(&s->wake, NULL);
    *out_inspections = s; /* the thread's routes find it at once; destroyed when begin fails */
    return begin(s);
}

void tw_inspections_stop(struct tw_inspections *inspections)
{
    struct tw_inspections *s = inspections;
    if (s == NULL || !s->runs) return;
    (void)pthread_mutex_lock(&s->mutex);
    s->stopping = true;
    (void)pthread_cond_signal(&s->wake);
    (void)pthread_mutex_unlock(&s->mutex);
    (void)pthread_join(s->thread, NULL);
    s->runs = false;
}

void tw_inspections_destroy(struct tw_inspections *inspections)
{
    if (inspections == NULL) return;
    tw_inspections_stop(inspections);
    tw_works_list_done(&inspections->list);
    tw_arena_done(&inspections->arena);
    (void)pthread_cond_destroy(&inspections->wake);
    (void)pthread_mutex_destroy(&inspections->mutex);
    free(inspections);
}

/* ---- routes ---- */

static int32_t plant_of(const struct tw_inspections *s, const char *id)
{
    for (int32_t i = 0; s != NULL && id != NULL && i < s->list.count; i++)
        if (tw_text_same(s->list.works[i]->id, id)) return i;
    return -1;
}

static tw_http_outcome no_plant(struct tw_http_reply *reply)
{
    tw_http_refuse(reply, 404, "there is no such plant", "GET /api/v1/inspections lists them");
    return TW_HTTP_DONE;
}

const struct tw_works *tw_inspections_works(const struct tw_inspections *inspections,
                                            const char *id)
{
    int32_t plant = plant_of(inspections, id);
    return plant < 0 ? NULL : inspections->list.works[plant];
}

struct tw_tag_now tw_inspections_value(const struct tw_inspections *inspections,
                                       const struct tw_works *works, int32_t tag)
{
    const struct plant *plant = &inspections->plants[plant_of(inspections, works->id)];
    struct tw_store_head head =
        tw_store_head_get(inspections->server->store, plant->source.series[tag]);
    struct tw_tag_now now = {.value = head.value, .time_ms = head.time_ms, .quality = head.quality};
    if (head.time_ms != TW_STORE_NEVER) return now;
    now.value = (double)NAN;
    if (!plant->source.simulates) return now;
    int64_t now_ms = tw_clock_now(&inspections->server->clock);
    int64_t minute_ms = now_ms - now_ms % MINUTE_MS;
    now.simulated = true;
    now.value = tw_works_simulate(works, tag, minute_ms);
    if (!isnan(now.value)) now.time_ms = minute_ms;
    return now;
}

tw_http_outcome tw_get_inspections(void *user, const struct tw_http_request *request,
                                   struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct tw_inspections *s = server->inspections;
    (void)request;
    struct tw_rank *ranks = calloc((size_t)s->list.count + 1, sizeof *ranks);
    int32_t count = 0;
    if (ranks == NULL) {
        refuse(reply, TW_ERR_NOMEM);
        return TW_HTTP_DONE;
    }
    (void)pthread_mutex_lock(&s->mutex);
    for (int32_t i = 0; i < s->list.count; i++) {
        ranks[count] = s->plants[i].rank;
        if (ranks[count].id == NULL) {
            ranks[count] = (struct tw_rank){.id = s->list.works[i]->id,
                                            .name = s->list.works[i]->zh,
                                            .risk = (double)NAN,
                                            .energy_kwhm3 = (double)NAN,
                                            .load_ratio = (double)NAN,
                                            .worst_ratio = (double)NAN,
                                            .worst = "",
                                            .report = ""};
        }
        count++;
    }
    (void)pthread_mutex_unlock(&s->mutex);
    tw_rank_order(ranks, count);
    (void)tw_rank_write_json(ranks, count, &reply->body);
    free(ranks);
    return TW_HTTP_DONE;
}

tw_http_outcome tw_post_inspections(void *user, const struct tw_http_request *request,
                                    struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct wish wish = {.plant = -1};
    json_t *json = json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *plant = json_object_get(json, "plant");
    bool sound = json_is_object(json) && (plant == NULL || json_is_string(plant));
    if (plant != NULL && sound)
        wish.plant = plant_of(server->inspections, json_string_value(plant));
    bool all = plant == NULL;
    json_decref(json);
    if (!sound) {
        tw_http_refuse(reply, 400, "the body is no object with a plant",
                       "e.g. {\"plant\": \"W1\"}; {} inspects all");
        return TW_HTTP_DONE;
    }
    if (!all && wish.plant < 0) return no_plant(reply);
    (void)snprintf(wish.who, sizeof wish.who, "%s", request->who);
    return ask(server->inspections, request, &wish, reply);
}

/* The report with an id, or the newest; what follows is how it is answered. */
struct search {
    int64_t id; /* 0: the newest */
    int64_t at_ms, found_id;
    struct tw_strbuf *out; /* NULL: only its time is wanted */
};

static bool find_report(void *user, const struct tw_store_record *record)
{
    struct search *search = user;
    if (search->id != 0 && record->id != search->id) return true;
    search->at_ms = record->time_ms;
    search->found_id = record->id;
    if (search->out != NULL) tw_json_raw(search->out, record->body);
    return false;
}

static bool write_tick(void *user, const struct tw_store_record *record)
{
    struct search *search = user;
    tw_json_open(search->out, '{');
    tw_json_put_text(search->out, "who", record->who);
    tw_json_put_integer(search->out, "time_ms", record->time_ms);
    tw_json_key(search->out, "tick");
    tw_json_raw(search->out, record->body);
    tw_json_close(search->out, '}');
    return true;
}

static bool search_of(const struct tw_http_request *request, struct search *search)
{
    const char *id = tw_http_query(request, "id");
    if (id == NULL) return true;
    char *end = NULL;
    search->id = strtoll(id, &end, 10);
    return end != id && *end == '\0' && search->id > 0;
}

static void no_report(struct tw_http_reply *reply)
{
    tw_http_refuse(reply, 404, "there is no such report",
                   "POST /api/v1/inspections makes one; .../history lists them");
}

tw_http_outcome tw_get_inspection(void *user, const struct tw_http_request *request,
                                  struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    int32_t plant = plant_of(server->inspections, request->params[0]);
    struct search search = {.out = &reply->body};
    if (plant < 0) return no_plant(reply);
    const char *id = server->inspections->list.works[plant]->id;
    tw_json_open(&reply->body, '{');
    tw_json_key(&reply->body, "report");
    tw_status status = TW_OK;
    if (search_of(request, &search)) {
        status =
            tw_store_records_read(server->store, "inspection", id, HISTORY, find_report, &search);
    }
    if (search.found_id == 0) {
        no_report(reply);
        return TW_HTTP_DONE;
    }
    char subject[200];
    (void)snprintf(subject, sizeof subject, "%.120s/%lld", id, (long long)search.found_id);
    tw_json_put_integer(&reply->body, "id", search.found_id);
    tw_json_key(&reply->body, "ticks");
    tw_json_open(&reply->body, '[');
    if (status == TW_OK) {
        status = tw_store_records_read(server->store, "tick", subject, 10000, write_tick, &search);
    }
    tw_json_close(&reply->body, ']');
    tw_json_close(&reply->body, '}');
    if (status != TW_OK) refuse(reply, status);
    return TW_HTTP_DONE;
}

static bool write_line(void *user, const struct tw_store_record *record)
{
    struct tw_strbuf *out = user;
    tw_json_open(out, '{');
    tw_json_put_integer(out, "id", record->id);
    tw_json_put_integer(out, "at_ms", record->time_ms);
    tw_json_put_text(out, "who", record->who);
    tw_json_close(out, '}');
    return true;
}

tw_http_outcome tw_get_inspection_history(void *user, const struct tw_http_request *request,
                                          struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    int32_t plant = plant_of(server->inspections, request->params[0]);
    if (plant < 0) return no_plant(reply);
    const char *id = server->inspections->list.works[plant]->id;
    tw_json_open(&reply->body, '[');
    tw_status status =
        tw_store_records_read(server->store, "inspection", id, HISTORY, write_line, &reply->body);
    tw_json_close(&reply->body, ']');
    if (status != TW_OK) refuse(reply, status);
    return TW_HTTP_DONE;
}

tw_http_outcome tw_get_inspection_page(void *user, const struct tw_http_request *request,
                                       struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct tw_inspections *s = server->inspections;
    int32_t plant = plant_of(s, request->params[0]);
    struct search search = {0};
    tw_status status = TW_OK;
    if (plant < 0) return no_plant(reply);
    if (search_of(request, &search)) {
        status = tw_store_records_read(server->store, "inspection", s->list.works[plant]->id,
                                       HISTORY, find_report, &search);
    }
    if (search.found_id == 0 || status != TW_OK) {
        no_report(reply);
        return TW_HTTP_DONE;
    }
    const struct wish wish = {.plant = plant, .page = true, .at_ms = search.at_ms};
    return ask(s, request, &wish, reply);
}

tw_http_outcome tw_post_tick(void *user, const struct tw_http_request *request,
                             struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct tw_inspections *s = server->inspections;
    int32_t plant = plant_of(s, request->params[0]);
    if (plant < 0) return no_plant(reply);
    json_t *json = json_loadb(request->body, request->body_size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *item = json_object_get(json, "item"), *note = json_object_get(json, "note");
    struct search search = {.id = json_integer_value(json_object_get(json, "inspection"))};
    bool sound = json_is_string(item) && json_string_length(item) < 200 && search.id > 0 &&
                 (note == NULL || (json_is_string(note) && json_string_length(note) <= NOTE_MOST));
    const char *id = s->list.works[plant]->id;
    if (!sound) {
        json_decref(json);
        tw_http_refuse(reply, 400, "there must be inspection: its id, item: a line's id",
                       "e.g. {\"inspection\": 7, \"item\": \"sensor/DO\", \"note\": \"cleaned\"}");
        return TW_HTTP_DONE;
    }
    (void)tw_store_records_read(server->store, "inspection", id, HISTORY, find_report, &search);
    struct tw_strbuf body = {0};
    char subject[200];
    tw_json_open(&body, '{');
    tw_json_put_text(&body, "item", json_string_value(item));
    tw_json_put_text(&body, "note", note != NULL ? json_string_value(note) : "");
    tw_json_close(&body, '}');
    json_decref(json);
    (void)snprintf(subject, sizeof subject, "%.120s/%lld", id, (long long)search.id);
    const struct tw_store_record record = {.time_ms = tw_clock_now(&server->clock),
                                           .kind = "tick",
                                           .subject = subject,
                                           .who = request->who,
                                           .body = tw_strbuf_get(&body)};
    tw_status status = body.status;
    if (search.found_id == 0) {
        no_report(reply);
    } else {
        if (status == TW_OK) status = tw_store_record_add(server->store, &record, NULL);
        if (status == TW_OK) {
            (void)tw_strbuf_add_text(&reply->body, "{\"done\":true}");
        } else {
            refuse(reply, status);
        }
    }
    tw_strbuf_done(&body);
    return TW_HTTP_DONE;
}
