/* Routes of the dispatcher: the plan, orders, rules, links for phones. */
#include "server/desk_routes.h"

#include "net/json.h"
#include "net/sha256.h"
#include "server/desk_request.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SENTENCE "docs/api.md says what a body holds"

/* ---- GET ---- */

void tw_answer_dispatch(struct tw_server *server, struct tw_strbuf *out)
{
    tw_desk_answer(server->desk, out);
}

tw_http_outcome tw_get_dispatch(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    (void)request;
    tw_answer_dispatch(user, &reply->body);
    return TW_HTTP_DONE;
}

/* The second line of an order's detail is its route. */
static void write_routes(struct tw_desk *desk, struct tw_desk_job *job)
{
    struct tw_strbuf *out = &job->reply.body;
    tw_json_open(out, '{');
    for (int32_t i = 0; i < desk->book->order_count; i++) {
        const struct tw_order *order = &desk->book->orders[i];
        const char *route = strchr(order->detail, '\n');
        char id[24];
        if (order->state > TW_ORDER_WORKING || route == NULL || route[1] == 0) continue;
        (void)snprintf(id, sizeof id, "%lld", (long long)order->id);
        tw_json_key(out, id);
        tw_json_raw(out, route + 1);
    }
    tw_json_close(out, '}');
}

tw_http_outcome tw_get_dispatch_routes(void *user, const struct tw_http_request *request,
                                       struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, write_routes);
}

static void write_report(struct tw_desk *desk, struct tw_desk_job *job)
{
    tw_desk_write_report(desk, &job->reply.body);
}

tw_http_outcome tw_get_dispatch_report(void *user, const struct tw_http_request *request,
                                       struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, write_report);
}

struct journal_list {
    const struct tw_server *server;
    struct tw_strbuf *out;
};

static bool add_entry(void *user, const struct tw_store_entry *e)
{
    const struct journal_list *list = user;
    const char *const texts[][2] = {
        {"kind", e->kind}, {"crew", e->crew},     {"vehicle", e->vehicle}, {"place", e->place},
        {"who", e->who},   {"reason", e->reason}, {"key", e->key},         {"items", e->items}};
    tw_json_open(list->out, '{');
    tw_json_put_integer(list->out, "id", e->id);
    tw_json_key(list->out, "time");
    tw_json_time(list->out, e->time_ms, list->server->city->zone_s);
    tw_json_put_integer(list->out, "order", e->order);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i][1][0] == 0) continue;
        tw_json_put_text(list->out, texts[i][0], texts[i][1]);
    }
    tw_json_put_number(list->out, "value", e->value, 3);
    tw_json_close(list->out, '}');
    return list->out->status == TW_OK;
}

tw_http_outcome tw_get_dispatch_journal(void *user, const struct tw_http_request *request,
                                        struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct journal_list list = {server, &reply->body};
    const char *session = tw_http_query(request, "session");
    int32_t number = (int32_t)server->session;
    if (session != NULL && tw_text_int(session, &number) != TW_OK) {
        tw_http_refuse(reply, 400, "session must be a whole number", SENTENCE);
        return TW_HTTP_DONE;
    }
    tw_json_open(&reply->body, '[');
    tw_status status = tw_store_journal_read(server->store, number, add_entry, &list);
    tw_json_close(&reply->body, ']');
    if (status != TW_OK) tw_http_refuse(reply, 503, "the store cannot be read", NULL);
    return TW_HTTP_DONE;
}

/* ---- plan and approval ---- */

static void run_plan(struct tw_desk *desk, struct tw_desk_job *job)
{
    tw_desk_cause(desk, TW_CAUSE_ASKED);
    (void)tw_strbuf_add_text(&job->reply.body, "{\"asked\":true}");
}

tw_http_outcome tw_post_plan(void *user, const struct tw_http_request *request,
                             struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, run_plan);
}

/* An order that another one replaces ends first: its vehicles may go to a third one. */
static void end_replaced(struct tw_desk *desk, struct tw_desk_job *job, int64_t id)
{
    const struct tw_order *order = tw_book_order(desk->book, id);
    if (order == NULL || order->state != TW_ORDER_DRAFT || order->replaces == 0) return;
    const struct tw_order *old = tw_book_order(desk->book, order->replaces);
    if (old == NULL || !tw_order_may_move(old->state, TW_ORDER_WITHDRAWN, TW_BY_DISPATCHER)) return;
    char reason[64];
    struct tw_book_outcome outcome;
    (void)snprintf(reason, sizeof reason, "replaced by order %lld", (long long)id);
    struct tw_store_entry entry = {
        .kind = "withdrawn", .order = old->id, .reason = reason, .value = (double)NAN};
    (void)tw_desk_say(desk, job, &entry, TW_BY_DISPATCHER, &outcome);
}

static void approve_one(struct tw_desk *desk, struct tw_desk_job *job, int64_t id,
                        struct tw_strbuf *out)
{
    struct tw_desk_job one = {.reply = {.status = 200}};
    memcpy(one.who, job->who, sizeof one.who);
    tw_status status = tw_desk_approve(desk, &one, id, NULL, TW_BY_DISPATCHER);
    tw_json_open(out, '{');
    tw_json_put_integer(out, "order", id);
    tw_json_put_text(out, "result", status == TW_OK ? "sent" : "refused");
    if (status != TW_OK) {
        tw_json_key(out, "refusal");
        tw_json_raw(out, tw_strbuf_get(&one.reply.body));
        job->reply.status = 409;
    }
    tw_json_close(out, '}');
    tw_strbuf_done(&one.reply.body);
}

static void approve_list(struct tw_desk *desk, struct tw_desk_job *job, const int64_t *ids,
                         size_t count)
{
    struct tw_strbuf out = {0};
    for (size_t i = 0; i < count; i++)
        end_replaced(desk, job, ids[i]);
    tw_strbuf_clear(&job->reply.body);
    tw_json_open(&out, '[');
    for (size_t i = 0; i < count; i++)
        approve_one(desk, job, ids[i], &out);
    tw_json_close(&out, ']');
    job->reply.body = out;
}

static void run_approve(struct tw_desk *desk, struct tw_desk_job *job)
{
    json_t *json = tw_desk_body(job);
    if (json == NULL) return;
    const json_t *orders = json_object_get(json, "orders");
    bool all = json_is_true(json_object_get(json, "all"));
    size_t most = all ? (size_t)desk->book->order_count : json_array_size(orders);
    int64_t *ids = calloc(most + 1, sizeof *ids);
    size_t count = 0;
    bool sound = ids != NULL && (all || json_array_size(orders) > 0);
    for (size_t i = 0; i < most && sound; i++) {
        if (all) {
            const struct tw_order *order = &desk->book->orders[i];
            if (order->state == TW_ORDER_DRAFT) ids[count++] = order->id;
            continue;
        }
        const json_t *id = json_array_get(orders, i);
        sound = json_is_integer(id);
        ids[count++] = json_integer_value(id);
    }
    if (sound) approve_list(desk, job, ids, count);
    if (!sound) tw_desk_refuse(job, 400, "there must be orders: [ids], or all: true", SENTENCE);
    free(ids);
    json_decref(json);
}

tw_http_outcome tw_post_approve(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, run_approve);
}

/* ---- orders by hand ---- */

static bool vehicles_text(const json_t *json, char *out, size_t size)
{
    const json_t *vehicles = json_object_get(json, "vehicles");
    size_t at = 0;
    out[0] = 0;
    if (vehicles == NULL) return true;
    if (!json_is_array(vehicles) || json_array_size(vehicles) > TW_BOOK_VEHICLES) return false;
    for (size_t i = 0; i < json_array_size(vehicles); i++) {
        const char *id = json_string_value(json_array_get(vehicles, i));
        if (id == NULL || strpbrk(id, " @") != NULL) return false;
        at += (size_t)snprintf(out + at, size - at, "%s%s", at > 0 ? " " : "", id);
        if (at >= size) return false;
    }
    return true;
}

static void run_order(struct tw_desk *desk, struct tw_desk_job *job)
{
    char vehicles[TW_BOOK_VEHICLES * TW_BOOK_NAME_SIZE];
    char items[TW_ITEMS_TEXT];
    struct tw_book_outcome outcome;
    struct tw_store_entry entry = {.kind = "draft",
                                   .order = desk->book->order_count + 1,
                                   .value = (double)NAN,
                                   .vehicle = vehicles,
                                   .items = items};
    json_t *json = tw_desk_body(job);
    if (json == NULL) return;
    bool sound = tw_desk_text(json, "crew", &entry.crew) &&
                 tw_desk_text(json, "place", &entry.place) &&
                 tw_desk_text(json, "reason", &entry.reason) &&
                 vehicles_text(json, vehicles, sizeof vehicles) &&
                 tw_desk_items(json, "items", items, sizeof items);
    if (!sound) {
        tw_desk_refuse(job, 400, "crew, place, reason must be texts, vehicles ids, items numbers",
                       SENTENCE);
    } else if (tw_desk_say(desk, job, &entry, TW_BY_DISPATCHER, &outcome) == TW_OK &&
               (json_is_false(json_object_get(json, "send")) ||
                tw_desk_approve(desk, job, entry.order, NULL, TW_BY_DISPATCHER) == TW_OK)) {
        tw_json_open(&job->reply.body, '{');
        tw_json_put_integer(&job->reply.body, "order", entry.order);
        tw_json_close(&job->reply.body, '}');
    }
    json_decref(json);
}

tw_http_outcome tw_post_crew_order(void *user, const struct tw_http_request *request,
                                   struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, run_order);
}

/* The dispatcher withdraws, or writes down what a crew says by radio. */
static void run_order_state(struct tw_desk *desk, struct tw_desk_job *job)
{
    int32_t id = 0;
    struct tw_book_outcome outcome;
    struct tw_store_entry entry = {.value = (double)NAN};
    json_t *json = tw_desk_body(job);
    if (json == NULL) return;
    bool sound = tw_text_int(job->params[0], &id) == TW_OK &&
                 tw_desk_text(json, "state", &entry.kind) && entry.kind[0] != 0 &&
                 tw_desk_text(json, "reason", &entry.reason);
    entry.order = id;
    bool state = false;
    for (int s = TW_ORDER_APPROVED; s < TW_ORDER_STATES && sound; s++)
        state = state || strcmp(tw_order_state_word((enum tw_order_state)s), entry.kind) == 0;
    if (!sound || !state) {
        tw_desk_refuse(job, 400, "state must be one that an order can come into", SENTENCE);
    } else if (strcmp(entry.kind, "approved") == 0) {
        (void)tw_desk_approve(desk, job, id, NULL, TW_BY_DISPATCHER);
    } else {
        (void)tw_desk_say(desk, job, &entry, TW_BY_DISPATCHER, &outcome);
    }
    if (job->reply.status == 200) {
        tw_desk_cause(desk, TW_CAUSE_RULE);
        (void)tw_strbuf_printf(&job->reply.body, "{\"order\":%d,\"state\":\"%s\"}", id, entry.kind);
    }
    json_decref(json);
}

tw_http_outcome tw_post_crew_order_state(void *user, const struct tw_http_request *request,
                                         struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, run_order_state);
}

/* ---- rules ---- */

static void run_rule(struct tw_desk *desk, struct tw_desk_job *job)
{
    static const char *const kinds[] = {"close",   "open", "pin",  "unpin",  "exclude",
                                        "include", "out",  "back", "restock"};
    char items[TW_ITEMS_TEXT];
    struct tw_book_outcome outcome;
    struct tw_store_entry entry = {.value = (double)NAN, .items = items};
    json_t *json = tw_desk_body(job);
    if (json == NULL) return;
    bool sound =
        tw_desk_text(json, "kind", &entry.kind) && tw_desk_text(json, "crew", &entry.crew) &&
        tw_desk_text(json, "vehicle", &entry.vehicle) &&
        tw_desk_text(json, "place", &entry.place) && tw_desk_text(json, "reason", &entry.reason) &&
        tw_desk_items(json, "items", items, sizeof items);
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && sound; i++)
        known = known || strcmp(kinds[i], entry.kind) == 0;
    if (!known) {
        tw_desk_refuse(job, 400,
                       "kind must be close, open, pin, unpin, exclude, include, out, back, restock",
                       SENTENCE);
    } else if (tw_desk_say(desk, job, &entry, TW_BY_DISPATCHER, &outcome) == TW_OK) {
        (void)tw_strbuf_add_text(&job->reply.body, "{\"done\":true}");
    }
    json_decref(json);
}

tw_http_outcome tw_post_rule(void *user, const struct tw_http_request *request,
                             struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, run_rule);
}

/* ---- links ---- */

/* A token of 192 bits; only its hash is kept. */
static bool make_token(char out[49])
{
    unsigned char random[24];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) return false;
    for (size_t i = 0; i < sizeof random; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", random[i]);
    return true;
}

static void run_link(struct tw_desk *desk, struct tw_desk_job *job)
{
    char token[49];
    char hash[TW_SHA256_HEX_SIZE] = "";
    struct tw_book_outcome outcome;
    json_t *json = tw_desk_body(job);
    if (json == NULL) return;
    bool revoke = json_is_true(json_object_get(json, "revoke"));
    json_decref(json);
    if (!make_token(token)) {
        tw_desk_refuse(job, 503, "the machine gives no random numbers", NULL);
        return;
    }
    if (!revoke) tw_sha256_hex(token, strlen(token), hash);
    struct tw_store_entry entry = {.kind = revoke ? "unlink" : "link",
                                   .crew = job->params[0],
                                   .detail = hash,
                                   .value = (double)NAN};
    if (tw_desk_say(desk, job, &entry, TW_BY_DISPATCHER, &outcome) != TW_OK) return;
    struct tw_strbuf *out = &job->reply.body;
    tw_json_open(out, '{');
    tw_json_put_text(out, "crew", job->params[0]);
    tw_json_put_text(out, "token", revoke ? NULL : token);
    tw_json_key(out, "link");
    if (revoke) tw_json_null(out);
    char link[2 * TW_BOOK_NAME_SIZE + 64];
    (void)snprintf(link, sizeof link, "crew.html#%s:%s", job->params[0], token);
    if (!revoke) tw_json_string(out, link);
    tw_json_close(out, '}');
}

tw_http_outcome tw_post_link(void *user, const struct tw_http_request *request,
                             struct tw_http_reply *reply)
{
    return tw_desk_request(user, request, reply, run_link);
}
