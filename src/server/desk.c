#include "server/desk.h"

#include "base/clock.h"
#include "net/json.h"
#include "net/sha256.h"
#include "server/city_staff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define QUEUE_MOST 2000
#define BATCH_MOST 200
#define TICK_MS 200

/** The last word of a batch on a resource. */
struct tw_desk_booking {
    char resource[2 * TW_BOOK_NAME_SIZE];
    int64_t order;
    bool given_back; /* at some time within the batch */
};

/** A phone's token, hashed. */
struct tw_desk_token {
    char hash[TW_BOOK_HASH_SIZE], crew[TW_BOOK_NAME_SIZE];
};

/* ---- jobs ---- */

struct tw_desk_job *tw_desk_job_new(tw_desk_run *run)
{
    struct tw_desk_job *job = calloc(1, sizeof *job);
    if (job == NULL) return NULL;
    job->run = run;
    job->reply = (struct tw_http_reply){.status = 200, .mime = "application/json"};
    return job;
}

static void job_free(struct tw_desk_job *job)
{
    for (int i = 0; i < TW_DESK_PATHS; i++)
        free(job->params[i]);
    free(job->body);
    free(job->version);
    tw_strbuf_done(&job->reply.body);
    free(job);
}

/* Answer a job and free it; the body of a reply passes to the HTTP server. */
static void job_finish(struct tw_desk_job *job)
{
    if (job->exchange != NULL) {
        tw_http_finish(job->exchange, &job->reply);
        job->reply.body = (struct tw_strbuf){0};
    } else if (job->done != NULL) {
        job->done(job->user, &job->reply);
    }
    job_free(job);
}

tw_status tw_desk_submit(struct tw_desk *desk, struct tw_desk_job *job)
{
    (void)pthread_mutex_lock(&desk->mutex);
    bool full = desk->stopping || desk->queued >= QUEUE_MOST;
    if (!full) {
        job->next = NULL;
        if (desk->last != NULL) desk->last->next = job;
        if (desk->last == NULL) desk->first = job;
        desk->last = job;
        desk->queued++;
        (void)pthread_cond_signal(&desk->waked);
    }
    (void)pthread_mutex_unlock(&desk->mutex);
    if (full) job_free(job);
    return full ? TW_ERR_FULL : TW_OK;
}

struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool done;
    struct tw_http_reply reply;
};

static void wake(void *user, const struct tw_http_reply *reply)
{
    struct waiter *waiter = user;
    (void)pthread_mutex_lock(&waiter->mutex);
    waiter->reply = *reply;
    waiter->reply.body = (struct tw_strbuf){0};
    (void)tw_strbuf_add_text(&waiter->reply.body, tw_strbuf_get(&reply->body));
    waiter->done = true;
    (void)pthread_cond_signal(&waiter->changed);
    (void)pthread_mutex_unlock(&waiter->mutex);
}

tw_status tw_desk_do(struct tw_desk *desk, struct tw_desk_job *job, struct tw_http_reply *out_reply)
{
    struct waiter waiter = {.done = false};
    (void)pthread_mutex_init(&waiter.mutex, NULL);
    (void)pthread_cond_init(&waiter.changed, NULL);
    job->done = wake;
    job->user = &waiter;
    tw_status status = tw_desk_submit(desk, job);
    if (status == TW_OK) {
        (void)pthread_mutex_lock(&waiter.mutex);
        while (!waiter.done)
            (void)pthread_cond_wait(&waiter.changed, &waiter.mutex);
        (void)pthread_mutex_unlock(&waiter.mutex);
        *out_reply = waiter.reply;
    }
    (void)pthread_cond_destroy(&waiter.changed);
    (void)pthread_mutex_destroy(&waiter.mutex);
    return status;
}

/* ---- a batch ---- */

static const char *keep(struct tw_desk *desk, const char *text)
{
    return text == NULL ? "" : tw_arena_text(&desk->batch, text, strlen(text));
}

/* Keep a line until the batch is written. */
static tw_status batch_entry(struct tw_desk *desk, const struct tw_store_entry *entry)
{
    if (desk->entry_count == desk->entry_room) {
        int32_t room = desk->entry_room == 0 ? 64 : 2 * desk->entry_room;
        struct tw_store_entry *entries = realloc(desk->entries, (size_t)room * sizeof *entries);
        if (entries == NULL) return TW_ERR_NOMEM;
        desk->entries = entries;
        desk->entry_room = room;
    }
    struct tw_store_entry copy = *entry;
    const char **const texts[] = {&copy.kind, &copy.crew,  &copy.vehicle, &copy.place, &copy.who,
                                  &copy.key,  &copy.items, &copy.detail,  &copy.reason};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = keep(desk, *texts[i]);
        if (*texts[i] == NULL) return TW_ERR_NOMEM;
    }
    desk->entries[desk->entry_count++] = copy;
    return TW_OK;
}

static tw_status batch_booking(struct tw_desk *desk, const char *resource, int64_t order)
{
    int32_t at = 0;
    while (at < desk->booking_count && strcmp(desk->bookings[at].resource, resource) != 0)
        at++;
    if (at == desk->booking_count) {
        if (desk->booking_count == desk->booking_room) {
            int32_t room = desk->booking_room == 0 ? 64 : 2 * desk->booking_room;
            struct tw_desk_booking *grown =
                realloc(desk->bookings, (size_t)room * sizeof *desk->bookings);
            if (grown == NULL) return TW_ERR_NOMEM;
            desk->bookings = grown;
            desk->booking_room = room;
        }
        desk->booking_count++;
        desk->bookings[at] = (struct tw_desk_booking){.order = 0};
        (void)snprintf(desk->bookings[at].resource, sizeof desk->bookings[at].resource, "%s",
                       resource);
    }
    desk->bookings[at].order = order;
    if (order == 0) desk->bookings[at].given_back = true;
    return TW_OK;
}

static void refuse(struct tw_desk_job *job, tw_status status, const char *why)
{
    unsigned code = status == TW_ERR_NAME    ? 404
                    : status == TW_ERR_STATE ? 409
                    : status == TW_ERR_ARG   ? 400
                                             : 503;
    tw_strbuf_clear(&job->reply.body);
    tw_http_refuse(&job->reply, code, why[0] != 0 ? why : tw_status_text(status),
                   code == 503 ? "send it again in a second" : "GET /api/v1/dispatch has what is");
}

/* Causes for a new plan that a line is. */
static unsigned cause_of(const struct tw_store_entry *e)
{
    static const struct {
        const char *kind;
        unsigned cause;
    } causes[] = {{"refused", TW_CAUSE_REFUSAL}, {"breakdown", TW_CAUSE_BREAKDOWN},
                  {"close", TW_CAUSE_ROAD},      {"open", TW_CAUSE_ROAD},
                  {"depth", TW_CAUSE_REPORT},    {"pin", TW_CAUSE_RULE},
                  {"unpin", TW_CAUSE_RULE},      {"exclude", TW_CAUSE_RULE},
                  {"include", TW_CAUSE_RULE},    {"out", TW_CAUSE_RULE},
                  {"back", TW_CAUSE_RULE},       {"done", TW_CAUSE_REPORT}};
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (strcmp(causes[i].kind, e->kind) == 0) return causes[i].cause;
    }
    return 0;
}

tw_status tw_desk_say(struct tw_desk *desk, struct tw_desk_job *job, struct tw_store_entry *entry,
                      unsigned actors, struct tw_book_outcome *out_outcome)
{
    entry->session = desk->server->session;
    if (entry->time_ms == 0) entry->time_ms = tw_clock_now(&desk->server->clock);
    if (entry->wall_ms == 0) entry->wall_ms = tw_clock_unix_ms();
    if (entry->who == NULL) entry->who = job->who;
    tw_status status = tw_book_take(desk->book, entry, actors, out_outcome);
    if (status != TW_OK) {
        refuse(job, status, out_outcome->why);
        return status;
    }
    if (out_outcome->again) return TW_OK;
    desk->changed = true;
    status = batch_entry(desk, entry);
    for (int32_t i = 0; i < out_outcome->bookings.count && status == TW_OK; i++) {
        status =
            batch_booking(desk, out_outcome->bookings.resource[i], out_outcome->bookings.order[i]);
    }
    if (cause_of(entry) != 0) tw_desk_cause(desk, cause_of(entry));
    return status;
}

tw_status tw_desk_approve(struct tw_desk *desk, struct tw_desk_job *job, int64_t order,
                          const char *who, unsigned actors)
{
    struct tw_book_outcome outcome;
    struct tw_store_entry approved = {
        .kind = "approved", .order = order, .who = who, .value = (double)NAN};
    struct tw_store_entry sent = {
        .kind = "sent", .order = order, .who = "desk", .value = (double)NAN};
    TW_TRY(tw_desk_say(desk, job, &approved, actors, &outcome));
    return tw_desk_say(desk, job, &sent, TW_BY_DESK, &outcome);
}

/* Tokens are looked for by other threads: they get a copy of what the book says. */
static tw_status publish_tokens(struct tw_desk *desk)
{
    const struct tw_book *book = desk->book;
    struct tw_desk_token *tokens = calloc((size_t)book->crew_count + 1, sizeof *tokens);
    int32_t count = 0;
    if (tokens == NULL) return TW_ERR_NOMEM;
    for (int32_t c = 0; c < book->crew_count; c++) {
        if (book->crews[c].hash[0] == 0) continue;
        memcpy(tokens[count].hash, book->crews[c].hash, sizeof tokens[count].hash);
        memcpy(tokens[count++].crew, book->crews[c].id, sizeof tokens[0].crew);
    }
    (void)pthread_mutex_lock(&desk->mutex);
    free(desk->tokens);
    desk->tokens = tokens;
    desk->token_count = count;
    (void)pthread_mutex_unlock(&desk->mutex);
    return TW_OK;
}

/* What is on disk becomes what is shown. */
static tw_status publish(struct tw_desk *desk)
{
    struct tw_strbuf text = {0};
    tw_desk_write_state(desk, &text);
    if (text.status != TW_OK) {
        tw_strbuf_done(&text);
        return TW_ERR_NOMEM;
    }
    (void)pthread_mutex_lock(&desk->mutex);
    struct tw_strbuf old = desk->snapshot;
    desk->snapshot = text;
    desk->revision++;
    (void)pthread_mutex_unlock(&desk->mutex);
    tw_strbuf_done(&old);
    (void)pthread_mutex_lock(&desk->server->live.mutex);
    desk->server->live.dirty[TW_TOPIC_DISPATCH] = true;
    (void)pthread_mutex_unlock(&desk->server->live.mutex);
    return publish_tokens(desk);
}

static tw_status write_batch(struct tw_desk *desk)
{
    if (desk->entry_count == 0) return TW_OK;
    struct tw_store_booking *bookings =
        calloc(2 * (size_t)desk->booking_count + 1, sizeof *bookings);
    size_t count = 0;
    if (bookings == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < desk->booking_count; i++) {
        const struct tw_desk_booking *b = &desk->bookings[i];
        if (b->given_back) bookings[count++] = (struct tw_store_booking){b->resource, 0};
        if (b->order != 0) bookings[count++] = (struct tw_store_booking){b->resource, b->order};
    }
    tw_status status = tw_store_journal_add(desk->server->store, desk->entries,
                                            (size_t)desk->entry_count, bookings, count);
    free(bookings);
    return status;
}

/* The book as the journal has it; NULL remains when it cannot be read. */
static tw_status read_book(struct tw_desk *desk)
{
    tw_book_destroy(desk->book);
    desk->book = NULL;
    struct tw_book *book = NULL;
    TW_TRY(tw_book_create(&desk->setup, &book));
    tw_status status = tw_book_load(book, desk->server->store);
    if (status != TW_OK) {
        tw_book_destroy(book);
        return status;
    }
    desk->book = book;
    return TW_OK;
}

static void batch_clear(struct tw_desk *desk)
{
    tw_arena_reset(&desk->batch);
    desk->entry_count = 0;
    desk->booking_count = 0;
    desk->changed = false;
}

/* ---- phones that wait ---- */

static bool has_news(const struct tw_desk *desk, const struct tw_desk_job *job)
{
    char version[96];
    int32_t crew = tw_book_crew_find(desk->book, job->params[0]);
    if (crew < 0) return true;
    tw_desk_crew_version(desk, crew, version, sizeof version);
    return strcmp(version, job->version) != 0;
}

/* Answer the phones for which there is news, or that have waited long enough. */
static void answer_waiting(struct tw_desk *desk, bool all)
{
    int64_t now_ms = tw_clock_steady_ms();
    struct tw_desk_job **at = &desk->waiting;
    while (*at != NULL) {
        struct tw_desk_job *job = *at;
        if (desk->book != NULL && !all && now_ms < job->until_ms && !has_news(desk, job)) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        if (desk->book != NULL) job->run(desk, job);
        if (desk->book == NULL) refuse(job, TW_ERR_FILE, "the journal cannot be read");
        job_finish(job);
    }
}

/* ---- the thread ---- */

static struct tw_desk_job *take_jobs(struct tw_desk *desk, bool *out_stop)
{
    (void)pthread_mutex_lock(&desk->mutex);
    if (desk->first == NULL && !desk->stopping) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        (void)pthread_cond_timedwait(&desk->waked, &desk->mutex, &until);
    }
    struct tw_desk_job *jobs = desk->first;
    struct tw_desk_job *last = jobs;
    int32_t count = jobs == NULL ? 0 : 1;
    for (; last != NULL && last->next != NULL && count < BATCH_MOST; count++)
        last = last->next;
    desk->first = last == NULL ? NULL : last->next;
    if (desk->first == NULL) desk->last = NULL;
    if (last != NULL) last->next = NULL;
    desk->queued -= count;
    *out_stop = desk->stopping && jobs == NULL;
    (void)pthread_mutex_unlock(&desk->mutex);
    return jobs;
}

/* Run what waits, write it, and answer. */
static void do_jobs(struct tw_desk *desk, struct tw_desk_job *jobs)
{
    static const char failed[] = "the disk refuses; nothing of this is kept";
    static const char booked[] = "a crew or vehicle is booked already; nothing of this is kept";
    tw_status status = desk->book != NULL ? TW_OK : read_book(desk);
    for (struct tw_desk_job *job = jobs; job != NULL && status == TW_OK; job = job->next) {
        if (job->until_ms == 0 || has_news(desk, job)) job->until_ms = 0;
        if (job->until_ms == 0) job->run(desk, job);
    }
    bool changed = desk->changed;
    if (status == TW_OK) status = write_batch(desk);
    if (status != TW_OK) (void)read_book(desk); /* else it is tried again with the next job */
    batch_clear(desk);
    if (desk->book != NULL && (changed || status != TW_OK)) (void)publish(desk);
    while (jobs != NULL) {
        struct tw_desk_job *next = jobs->next;
        if (status == TW_ERR_STATE) refuse(jobs, status, booked);
        if (status != TW_OK && status != TW_ERR_STATE) refuse(jobs, TW_ERR_FILE, failed);
        if (status == TW_OK && jobs->until_ms != 0) {
            jobs->next = desk->waiting;
            desk->waiting = jobs;
        } else {
            job_finish(jobs);
        }
        jobs = next;
    }
}

static void *desk_loop(void *user)
{
    struct tw_desk *desk = user;
    for (bool stop = false; !stop;) {
        struct tw_desk_job *jobs = take_jobs(desk, &stop);
        if (jobs != NULL) do_jobs(desk, jobs);
        answer_waiting(desk, stop);
    }
    return NULL;
}

/* ---- open and close ---- */

/* What the book is made of: the city's crews, vehicles, depots, points. */
static tw_status make_setup(struct tw_desk *desk)
{
    const struct tw_city *city = desk->server->city;
    const struct tw_city_staff *staff = city->staff;
    struct tw_arena *arena = &desk->setup_arena;
    struct tw_book_crew *crews = TW_ARENA_NEW(arena, struct tw_book_crew, staff->crew_count);
    struct tw_book_vehicle *vehicles =
        TW_ARENA_NEW(arena, struct tw_book_vehicle, staff->vehicle_count);
    struct tw_book_depot *depots = TW_ARENA_NEW(arena, struct tw_book_depot, city->depot_count);
    const char **points = TW_ARENA_NEW(arena, const char *, city->point_count);
    if (crews == NULL || vehicles == NULL || depots == NULL || points == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < staff->crew_count; i++) {
        (void)snprintf(crews[i].id, sizeof crews[i].id, "%s", staff->crews[i].id);
        crews[i].depot = staff->crews[i].depot;
        crews[i].size = staff->crews[i].size;
    }
    for (int32_t i = 0; i < staff->vehicle_count; i++) {
        (void)snprintf(vehicles[i].id, sizeof vehicles[i].id, "%s", staff->vehicles[i].id);
        vehicles[i].depot = staff->vehicles[i].depot;
    }
    for (int32_t i = 0; i < city->depot_count; i++) {
        (void)snprintf(depots[i].id, sizeof depots[i].id, "%s", city->depots[i].id);
        depots[i].lon = city->depots[i].lon;
        depots[i].lat = city->depots[i].lat;
        depots[i].full = staff->supplies[i];
    }
    for (int32_t i = 0; i < city->point_count; i++)
        points[i] = city->points[i].id;
    desk->setup = (struct tw_book_setup){.crews = crews,
                                         .vehicles = vehicles,
                                         .depots = depots,
                                         .points = points,
                                         .crew_count = staff->crew_count,
                                         .vehicle_count = staff->vehicle_count,
                                         .depot_count = city->depot_count,
                                         .point_count = city->point_count,
                                         .session = desk->server->session};
    return TW_OK;
}

tw_status tw_desk_open(struct tw_server *server, struct tw_desk **out_desk)
{
    if (server->city->staff == NULL || server->city->staff->crew_count == 0) return TW_OK;
    struct tw_desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL) return TW_ERR_NOMEM;
    desk->server = server;
    (void)pthread_mutex_init(&desk->mutex, NULL);
    (void)pthread_cond_init(&desk->waked, NULL);
    tw_arena_init(&desk->batch);
    tw_arena_init(&desk->setup_arena);
    tw_status status = make_setup(desk);
    if (status == TW_OK) {
        desk->positions = calloc((size_t)desk->setup.crew_count, sizeof *desk->positions);
        if (desk->positions == NULL) status = TW_ERR_NOMEM;
    }
    for (int32_t c = 0; c < desk->setup.crew_count && status == TW_OK; c++)
        desk->positions[c].time_ms = TW_STORE_NEVER;
    if (status == TW_OK) status = read_book(desk);
    if (status == TW_OK) status = publish(desk);
    if (status == TW_OK) {
        desk->runs = pthread_create(&desk->thread, NULL, desk_loop, desk) == 0;
        if (!desk->runs) status = TW_ERR_STATE;
    }
    if (status != TW_OK) {
        tw_desk_close(desk);
        return status;
    }
    *out_desk = desk;
    return TW_OK;
}

void tw_desk_stop(struct tw_desk *desk)
{
    if (desk == NULL || !desk->runs) return;
    desk->runs = false;
    (void)pthread_mutex_lock(&desk->mutex);
    desk->stopping = true;
    (void)pthread_cond_signal(&desk->waked);
    (void)pthread_mutex_unlock(&desk->mutex);
    (void)pthread_join(desk->thread, NULL);
}

void tw_desk_close(struct tw_desk *desk)
{
    if (desk == NULL) return;
    tw_desk_stop(desk);
    tw_book_destroy(desk->book);
    tw_arena_done(&desk->batch);
    tw_arena_done(&desk->setup_arena);
    tw_strbuf_done(&desk->snapshot);
    free(desk->positions);
    free(desk->entries);
    free(desk->bookings);
    free(desk->tokens);
    (void)pthread_mutex_destroy(&desk->mutex);
    (void)pthread_cond_destroy(&desk->waked);
    free(desk);
}

/* ---- for other threads ---- */

void tw_desk_cause(struct tw_desk *desk, unsigned cause)
{
    (void)pthread_mutex_lock(&desk->mutex);
    if (desk->causes == 0) desk->cause_wall_ms = tw_clock_steady_ms();
    desk->causes |= cause;
    (void)pthread_mutex_unlock(&desk->mutex);
}

bool tw_desk_token_find(struct tw_desk *desk, const char *token, char crew[TW_BOOK_NAME_SIZE])
{
    char hash[TW_SHA256_HEX_SIZE];
    bool found = false;
    tw_sha256_hex(token, strlen(token), hash);
    (void)pthread_mutex_lock(&desk->mutex);
    for (int32_t i = 0; i < desk->token_count && !found; i++) {
        found = strcasecmp(desk->tokens[i].hash, hash) == 0;
        if (found) memcpy(crew, desk->tokens[i].crew, TW_BOOK_NAME_SIZE);
    }
    (void)pthread_mutex_unlock(&desk->mutex);
    return found;
}

void tw_desk_answer(struct tw_desk *desk, struct tw_strbuf *out)
{
    if (desk == NULL) {
        tw_json_null(out);
        return;
    }
    (void)pthread_mutex_lock(&desk->mutex);
    tw_json_raw(out, tw_strbuf_get(&desk->snapshot));
    (void)pthread_mutex_unlock(&desk->mutex);
}
