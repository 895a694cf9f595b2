#include "server/drill.h"

#include "base/clock.h"
#include "net/http_client.h"
#include "net/json.h"
#include "net/sha256.h"
#include "server/drill_chance.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define TICK_MS 50
#define POLL_MS 200         /* of a phone that plays, on the machine's clock */
#define POSITION_MS 10000   /* of the storm, between two positions */
#define LINE_MOST 2000      /* places of a route */
#define DISPATCHER_MS 20000 /* a dispatcher that plays thinks so long, in the storm's time */
#define AT_MOST_MS 10800000 /* on a point, when its warning does not end */

/* What is said on the way of an order, in this order. */
enum step { STEP_ANSWER, STEP_ROLL, STEP_ARRIVE, STEP_WORK, STEP_DEPTH, STEP_DONE, STEP_NONE };

/** What a crew that plays is doing. */
struct actor {
    char id[TW_BOOK_NAME_SIZE], token[49];
    struct tw_http_client *phone;
    struct tw_drill_chance chance; /* what it will do with its present order */
    int64_t order;                 /* 0: none */
    enum step step;                /* of the way of an order: what it says next */
    int64_t due_ms;                /* when */
    int64_t began_ms, travel_ms, position_ms;
    double *line; /* [2 * places] lon, lat; owned */
    int32_t places;
    char point[TW_BOOK_NAME_SIZE], road[TW_BOOK_NAME_SIZE]; /* road: in the middle of the way */
    int32_t sandbags;
};

struct tw_drill {
    struct tw_server *server;
    struct actor *actors; /* [count] */
    int32_t count;
    struct tw_http_client *dispatcher; /* NULL: a person dispatches */
    int64_t approve_ms;                /* when it approves next; 0: there is nothing */
    bool road_closed;
    int64_t polled_ms, revision;
    atomic_bool stopping;
    pthread_t thread;
    bool runs;
    pthread_mutex_t mutex;
    struct tw_drill_figures figures;
};

/* ---- links ---- */

static void run_link(struct tw_desk *desk, struct tw_desk_job *job)
{
    struct tw_book_outcome outcome;
    struct tw_store_entry entry = {.kind = "link",
                                   .crew = job->params[0],
                                   .detail = job->body,
                                   .who = "drill",
                                   .value = (double)NAN};
    (void)tw_desk_say(desk, job, &entry, TW_BY_DESK, &outcome);
}

static tw_status link_actor(struct tw_drill *drill, struct actor *actor)
{
    unsigned char random[24];
    char hash[TW_SHA256_HEX_SIZE];
    struct tw_http_reply reply = {.status = 503};
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) return TW_ERR_STATE;
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(actor->token + 2 * i, 3, "%02x", random[i]);
    tw_sha256_hex(actor->token, strlen(actor->token), hash);
    struct tw_desk_job *job = tw_desk_job_new(run_link);
    if (job == NULL) return TW_ERR_NOMEM;
    job->params[0] = strdup(actor->id);
    job->body = strdup(hash);
    TW_TRY(tw_desk_do(drill->server->desk, job, &reply));
    tw_strbuf_done(&reply.body);
    return reply.status == 200 ? TW_OK : TW_ERR_STATE;
}

static tw_status make_actors(struct tw_drill *drill)
{
    struct tw_server *server = drill->server;
    const struct tw_book_setup *setup = &server->desk->setup;
    uint16_t port = tw_http_port(server->http);
    drill->actors = calloc((size_t)setup->crew_count + 1, sizeof *drill->actors);
    if (drill->actors == NULL) return TW_ERR_NOMEM;
    for (int32_t c = 0; c < setup->crew_count; c++) {
        struct actor *actor = &drill->actors[c];
        memcpy(actor->id, setup->crews[c].id, sizeof actor->id);
        actor->step = STEP_NONE;
        drill->count++;
        TW_TRY(link_actor(drill, actor));
        TW_TRY(tw_http_client_create(server->own_address, port, actor->token, &actor->phone));
    }
    if (strcmp(server->options.drill, "auto") != 0) return TW_OK;
    return tw_http_client_create(server->own_address, port, server->own_token, &drill->dispatcher);
}

/* ---- a phone ---- */

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool post(struct tw_drill *drill, struct tw_http_client *phone, const char *path,
                 const char *body)
{
    struct tw_strbuf answer = {0};
    int status = 0;
    int64_t began_us = now_us();
    bool sent =
        tw_http_client_send(phone, "POST", path, body, &status, &answer) == TW_OK && status == 200;
    int64_t took_us = now_us() - began_us;
    tw_strbuf_done(&answer);
    (void)pthread_mutex_lock(&drill->mutex);
    drill->figures.posts++;
    drill->figures.post_us += took_us;
    if (took_us > drill->figures.longest_us) drill->figures.longest_us = took_us;
    (void)pthread_mutex_unlock(&drill->mutex);
    return sent;
}

/* Members beside kind and order, e.g. `,"depth_m":0.2`. */
static bool report(struct tw_drill *drill, struct actor *actor, const char *kind, const char *more)
{
    struct tw_strbuf body = {0};
    char path[2 * TW_BOOK_NAME_SIZE];
    (void)snprintf(path, sizeof path, "/api/v1/crews/%s/reports", actor->id);
    (void)tw_strbuf_printf(&body,
                           "{\"reports\":[{\"id\":\"drill-%lld-%s\",\"kind\":\"%s\","
                           "\"order\":%lld%s}]}",
                           (long long)actor->order, kind, kind, (long long)actor->order, more);
    bool sent = body.status == TW_OK && post(drill, actor->phone, path, tw_strbuf_get(&body));
    tw_strbuf_done(&body);
    return sent;
}

static void say_position(struct tw_drill *drill, struct actor *actor, double share)
{
    char path[2 * TW_BOOK_NAME_SIZE];
    char body[96];
    double lon_lat[2];
    if (actor->places < 1) return;
    tw_drill_along(actor->line, actor->places, share, lon_lat);
    (void)snprintf(path, sizeof path, "/api/v1/crews/%s/position", actor->id);
    (void)snprintf(body, sizeof body, "{\"lon\":%.6f,\"lat\":%.6f}", lon_lat[0], lon_lat[1]);
    (void)post(drill, actor->phone, path, body);
}

/* ---- a new order ---- */

static void read_line(struct actor *actor, const json_t *route)
{
    const json_t *line = json_object_get(route, "line");
    const json_t *steps = json_object_get(route, "steps");
    size_t count = json_array_size(line);
    if (count > LINE_MOST) count = LINE_MOST;
    free(actor->line);
    actor->line = calloc(2 * count + 1, sizeof *actor->line);
    actor->places = 0;
    for (size_t i = 0; i < count && actor->line != NULL; i++) {
        const json_t *place = json_array_get(line, i);
        actor->line[2 * i] = json_number_value(json_array_get(place, 0));
        actor->line[2 * i + 1] = json_number_value(json_array_get(place, 1));
        actor->places++;
    }
    size_t step_count = json_array_size(steps);
    const char *road =
        json_string_value(json_object_get(json_array_get(steps, step_count / 2), "road"));
    bool middle = step_count >= 3 && road != NULL;
    (void)snprintf(actor->road, sizeof actor->road, "%s", middle ? road : "");
}

static void begin_order(struct tw_drill *drill, struct actor *actor, const json_t *order,
                        int64_t now_ms)
{
    const json_t *head = json_object_get(order, "head");
    const json_t *about = json_object_get(head, "about");
    const char *point = json_string_value(json_object_get(json_object_get(head, "place"), "id"));
    double travel_s = json_number_value(json_object_get(about, "travel_s"));
    actor->order = json_integer_value(json_object_get(head, "id"));
    tw_drill_chance_draw(drill->server->options.drill_seed, actor->id, actor->order,
                         &actor->chance);
    (void)snprintf(actor->point, sizeof actor->point, "%s", point == NULL ? "" : point);
    actor->sandbags =
        (int32_t)json_integer_value(json_object_get(json_object_get(head, "items"), "sandbags"));
    actor->travel_ms = (int64_t)(1000.0 * (travel_s > 60.0 ? travel_s : 60.0) * actor->chance.pace);
    read_line(actor, json_object_get(order, "route"));
    (void)report(drill, actor, "received", "");
    actor->step = STEP_ANSWER;
    actor->due_ms = now_ms + actor->chance.answer_ms;
}

/* Where an order stands that the phone finds on its first look, e.g. after a restart. */
static void take_up(struct actor *actor, const char *state, int64_t now_ms)
{
    static const struct {
        const char *state;
        enum step next;
    } rows[] = {{"accepted", STEP_ROLL},
                {"rolling", STEP_ARRIVE},
                {"arrived", STEP_WORK},
                {"working", STEP_DEPTH}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].state, state) != 0) continue;
        actor->step = rows[i].next;
        actor->began_ms = now_ms;
        actor->due_ms = now_ms + (rows[i].next == STEP_ARRIVE ? actor->travel_ms : 20000);
    }
}

static void look(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    struct tw_strbuf answer = {0};
    char path[2 * TW_BOOK_NAME_SIZE];
    int status = 0;
    (void)snprintf(path, sizeof path, "/api/v1/crews/%s", actor->id);
    if (tw_http_client_send(actor->phone, "GET", path, NULL, &status, &answer) == TW_OK &&
        status == 200) {
        json_error_t error;
        json_t *view = json_loadb(tw_strbuf_get(&answer), answer.length, 0, &error);
        const json_t *order = json_object_get(view, "order");
        const json_t *head = json_object_get(order, "head");
        int64_t id = json_integer_value(json_object_get(head, "id"));
        const char *state = json_string_value(json_object_get(head, "state"));
        if (id != 0 && id != actor->order) {
            begin_order(drill, actor, order, now_ms);
            if (state != NULL) take_up(actor, state, now_ms);
        } else if (id == 0 && view != NULL) {
            actor->order = 0;
            actor->step = STEP_NONE;
        }
        json_decref(view);
    }
    tw_strbuf_done(&answer);
}

/* ---- the way of an order ---- */

static void count(struct tw_drill *drill, int64_t *figure)
{
    (void)pthread_mutex_lock(&drill->mutex);
    (*figure)++;
    (void)pthread_mutex_unlock(&drill->mutex);
}

static void give_back(struct tw_drill *drill, struct actor *actor, const char *kind,
                      const char *reason, int64_t *figure)
{
    char more[128];
    (void)snprintf(more, sizeof more, ",\"reason\":\"%s\"", reason);
    if (!report(drill, actor, kind, more)) return;
    count(drill, figure);
    actor->step = STEP_NONE;
}

static void say_answer(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    if (actor->chance.refuses) {
        give_back(drill, actor, "refused", "drill: two of us are ill", &drill->figures.refusals);
    } else if (report(drill, actor, "accepted", "")) {
        actor->step = STEP_ROLL;
        actor->due_ms = now_ms + actor->chance.turnout_ms;
    }
}

static void say_roll(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    if (!report(drill, actor, "rolling", "")) return;
    actor->step = STEP_ARRIVE;
    actor->began_ms = now_ms;
    actor->due_ms = now_ms + actor->travel_ms;
}

/* On the road: a position now and then, perhaps a breakdown, once in a drill a closed road. */
static void go_on(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    double share = (double)(now_ms - actor->began_ms) / (double)actor->travel_ms;
    if (now_ms - actor->position_ms >= POSITION_MS) {
        say_position(drill, actor, share);
        actor->position_ms = now_ms;
    }
    if (actor->chance.breaks && share >= actor->chance.breaks_at) {
        give_back(drill, actor, "breakdown", "drill: the engine has stalled",
                  &drill->figures.breakdowns);
        return;
    }
    if (drill->road_closed || actor->road[0] == 0 || share < 0.4) return;
    char more[160];
    (void)snprintf(more, sizeof more,
                   ",\"place\":\"%s\",\"reason\":\"drill: a tree lies across the road\"",
                   actor->road);
    if (!report(drill, actor, "close", more)) return;
    drill->road_closed = true;
    count(drill, &drill->figures.roads_closed);
    actor->travel_ms += 120000; /* the way round */
    actor->due_ms += 120000;
}

static void say_arrive(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    say_position(drill, actor, 1.0);
    if (!report(drill, actor, "arrived", "")) return;
    actor->step = STEP_WORK;
    actor->due_ms = now_ms + 20000;
}

static void say_work(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    if (!report(drill, actor, "working", "")) return;
    actor->step = STEP_DEPTH;
    actor->began_ms = now_ms;
    actor->due_ms = now_ms + 40000;
}

/* The model's depth of a point and whether it is still warned of. */
static bool point_now(struct tw_drill *drill, const char *id, double *out_depth_m)
{
    struct tw_live *live = &drill->server->live;
    const struct tw_city *city = drill->server->city;
    bool warned = false;
    *out_depth_m = 0.0;
    (void)pthread_mutex_lock(&live->mutex);
    for (int32_t p = 0; p < city->point_count; p++) {
        if (strcmp(city->points[p].id, id) != 0 || live->step_count == 0) continue;
        size_t row = (size_t)(live->step_count - 1) * (size_t)live->watch_count;
        *out_depth_m = (double)live->steps[row + (size_t)p];
    }
    for (int32_t i = 0; i < tw_warnings_count(live->warnings) && !warned; i++) {
        const struct tw_store_warning *w = tw_warnings_get(live->warnings, i);
        warned = strcmp(w->point, id) == 0 && w->state <= TW_WARNING_ACKNOWLEDGED;
    }
    (void)pthread_mutex_unlock(&live->mutex);
    return warned;
}

static void say_depth(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    char more[160];
    double depth_m = 0.0;
    (void)point_now(drill, actor->point, &depth_m);
    if (!(depth_m <= 5.0)) depth_m = 5.0;
    (void)snprintf(more, sizeof more, ",\"place\":\"%s\",\"depth_m\":%.2f", actor->point, depth_m);
    if (!report(drill, actor, "depth", more)) return;
    if (actor->sandbags > 0) {
        (void)snprintf(more, sizeof more, ",\"used\":{\"sandbags\":%d}", (actor->sandbags + 1) / 2);
        (void)report(drill, actor, "used", more);
    }
    actor->step = STEP_DONE;
    actor->due_ms = now_ms + 60000;
}

static void say_done(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    double depth_m = 0.0;
    actor->due_ms = now_ms + 60000; /* looked at again in a minute */
    if (point_now(drill, actor->point, &depth_m) && now_ms - actor->began_ms < AT_MOST_MS) return;
    if (report(drill, actor, "done", "")) actor->step = STEP_NONE;
}

static void live_on(struct tw_drill *drill, struct actor *actor, int64_t now_ms)
{
    static void (*const says[])(struct tw_drill *, struct actor *, int64_t) = {
        [STEP_ANSWER] = say_answer, [STEP_ROLL] = say_roll,   [STEP_ARRIVE] = say_arrive,
        [STEP_WORK] = say_work,     [STEP_DEPTH] = say_depth, [STEP_DONE] = say_done};
    if (actor->step == STEP_NONE) return;
    if (now_ms >= actor->due_ms) {
        says[actor->step](drill, actor, now_ms);
    } else if (actor->step == STEP_ARRIVE) {
        go_on(drill, actor, now_ms);
    }
}

/* ---- the dispatcher ---- */

static bool has_drafts(struct tw_desk *desk)
{
    (void)pthread_mutex_lock(&desk->mutex);
    bool has = strstr(tw_strbuf_get(&desk->snapshot), "\"state\":\"draft\"") != NULL;
    (void)pthread_mutex_unlock(&desk->mutex);
    return has;
}

static void dispatch(struct tw_drill *drill, int64_t now_ms)
{
    if (drill->dispatcher == NULL) return;
    if (!has_drafts(drill->server->desk)) {
        drill->approve_ms = 0;
    } else if (drill->approve_ms == 0) {
        drill->approve_ms = now_ms + DISPATCHER_MS;
    } else if (now_ms >= drill->approve_ms) {
        (void)post(drill, drill->dispatcher, "/api/v1/dispatch/approve", "{\"all\":true}");
        drill->approve_ms = 0;
    }
}

/* ---- the thread ---- */

/* Phones look when there may be news: as a message that wakes them would make them. */
static bool may_have_news(struct tw_drill *drill)
{
    struct tw_desk *desk = drill->server->desk;
    int64_t wall_ms = tw_clock_steady_ms();
    (void)pthread_mutex_lock(&desk->mutex);
    int64_t revision = desk->revision;
    (void)pthread_mutex_unlock(&desk->mutex);
    if (revision == drill->revision || wall_ms - drill->polled_ms < POLL_MS) return false;
    drill->revision = revision;
    drill->polled_ms = wall_ms;
    return true;
}

static void *drill_loop(void *user)
{
    struct tw_drill *drill = user;
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    while (!atomic_load(&drill->stopping)) {
        bool news = may_have_news(drill);
        for (int32_t c = 0; c < drill->count && !atomic_load(&drill->stopping); c++) {
            int64_t now_ms = tw_clock_now(&drill->server->clock);
            if (news) look(drill, &drill->actors[c], now_ms);
            live_on(drill, &drill->actors[c], now_ms);
        }
        dispatch(drill, tw_clock_now(&drill->server->clock));
        (void)nanosleep(&tick, NULL);
    }
    return NULL;
}

tw_status tw_drill_begin(struct tw_server *server, struct tw_drill **out_drill)
{
    if (server->options.drill == NULL || server->desk == NULL) return TW_OK;
    struct tw_drill *drill = calloc(1, sizeof *drill);
    if (drill == NULL) return TW_ERR_NOMEM;
    drill->server = server;
    atomic_init(&drill->stopping, false);
    (void)pthread_mutex_init(&drill->mutex, NULL);
    *out_drill = drill;
    TW_TRY(make_actors(drill));
    drill->runs = pthread_create(&drill->thread, NULL, drill_loop, drill) == 0;
    return drill->runs ? TW_OK : TW_ERR_STATE;
}

static void run_ended(struct tw_desk *desk, struct tw_desk_job *job)
{
    struct tw_book_outcome outcome;
    struct tw_store_entry entry = {
        .kind = "note", .reason = TW_DRILL_ENDED, .who = "drill", .value = (double)NAN};
    (void)tw_desk_say(desk, job, &entry, TW_BY_DESK, &outcome);
}

void tw_drill_end(struct tw_drill *drill)
{
    struct tw_http_reply reply = {.status = 0};
    if (drill == NULL) return;
    atomic_store(&drill->stopping, true);
    if (drill->runs) (void)pthread_join(drill->thread, NULL);
    struct tw_desk_job *job = drill->runs ? tw_desk_job_new(run_ended) : NULL;
    if (job != NULL && tw_desk_do(drill->server->desk, job, &reply) == TW_OK) {
        tw_strbuf_done(&reply.body);
    }
    for (int32_t c = 0; c < drill->count; c++) {
        tw_http_client_destroy(drill->actors[c].phone);
        free(drill->actors[c].line);
    }
    tw_http_client_destroy(drill->dispatcher);
    free(drill->actors);
    (void)pthread_mutex_destroy(&drill->mutex);
    free(drill);
}

struct tw_drill_figures tw_drill_figures_get(struct tw_drill *drill)
{
    (void)pthread_mutex_lock(&drill->mutex);
    struct tw_drill_figures figures = drill->figures;
    (void)pthread_mutex_unlock(&drill->mutex);
    return figures;
}
