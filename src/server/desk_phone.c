/* Routes of crews' phones: the order, reports, position, photos. */
#include "base/file.h"
#include "dispatch/nmea.h"
#include "net/json.h"
#include "net/sha256.h"
#include "server/desk_request.h"
#include "server/desk_routes.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORTS_MOST 200
#define AGE_MOST_S (48.0 * 3600.0) /* of a report that a phone has kept */

/* ---- the order ---- */

static void run_crew(struct tw_desk *desk, struct tw_desk_job *job)
{
    int32_t crew = tw_book_crew_find(desk->book, job->params[0]);
    if (crew < 0) {
        tw_desk_refuse(job, 404, "there is no such crew", "GET /api/v1/dispatch lists them");
        return;
    }
    tw_desk_write_crew(desk, crew, &job->reply.body);
}

tw_http_outcome tw_get_crew(void *user, const struct tw_http_request *request,
                            struct tw_http_reply *reply)
{
    return tw_desk_crew_request(user, request, reply, run_crew);
}

/* ---- reports ---- */

/* When something was said: a phone that catches up tells how long ago, since its clock may be wrong.
 * In a replay so much faster than life. */
static int64_t said_ms(struct tw_desk *desk, double age_s)
{
    struct tw_server *server = desk->server;
    struct tw_clock_view view = tw_clock_view_get(&server->clock, 0);
    double pace = server->storm != NULL ? view.speed : 1.0;
    int64_t at_ms = view.now_ms - (int64_t)(1000.0 * age_s * pace);
    return server->storm != NULL && at_ms < view.start_ms ? view.start_ms : at_ms;
}

/* A depth that people have seen is a measurement of the point. */
static void store_depth(struct tw_desk *desk, const struct tw_store_entry *entry)
{
    char sensor[TW_BOOK_NAME_SIZE + 16];
    char source[TW_BOOK_NAME_SIZE + 16];
    struct tw_samples_fault fault;
    (void)snprintf(sensor, sizeof sensor, "%s.reported", entry->place);
    (void)snprintf(source, sizeof source, "crew %s", entry->crew);
    const struct tw_measurement m = {
        .sensor = sensor, .unit = "m", .time_ms = entry->time_ms, .value = entry->value};
    /* The journal has it in any case; a full queue of samples loses the curve's point only. */
    (void)tw_ingest_submit(desk->server->ingest, NULL, source, &m, 1, NULL, NULL, &fault);
}

static double number(const json_t *json, const char *key, double otherwise)
{
    const json_t *value = json_object_get(json, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

/* A report as a line of the journal; a reason when it is none. */
static const char *read_report(struct tw_desk *desk, struct tw_desk_job *job, const json_t *report,
                               char items[TW_ITEMS_TEXT], struct tw_store_entry *out)
{
    const json_t *order = json_object_get(report, "order");
    double age_s = number(report, "age_s", 0.0);
    *out = (struct tw_store_entry){.crew = job->params[0], .items = items};
    bool texts = tw_desk_text(report, "id", &out->key) &&
                 tw_desk_text(report, "kind", &out->kind) &&
                 tw_desk_text(report, "reason", &out->reason) &&
                 tw_desk_text(report, "place", &out->place) &&
                 tw_desk_text(report, "vehicle", &out->vehicle) &&
                 tw_desk_items(report, "used", items, TW_ITEMS_TEXT);
    if (!texts) return "id, kind, reason, place, vehicle must be short texts, used numbers";
    if (out->key[0] == 0) return "id is missing: any text that no other report of the crew has";
    if (order != NULL && !json_is_integer(order)) return "order must be a whole number";
    if (!(age_s >= 0.0 && age_s <= AGE_MOST_S)) return "age_s must be from 0 to two days";
    out->order = json_integer_value(order);
    out->time_ms = said_ms(desk, age_s);
    out->value = number(report, "depth_m", (double)NAN);
    return NULL;
}

/* What does not fit any more is kept all the same: nothing that a crew has said is lost. */
static void keep_late(struct tw_desk *desk, struct tw_desk_job *job, struct tw_store_entry entry,
                      const char *why)
{
    char reason[TW_BOOK_REASON_SIZE];
    struct tw_book_outcome outcome;
    (void)snprintf(reason, sizeof reason, "%.40s: %.180s", entry.kind, why);
    entry.kind = "late";
    entry.reason = reason;
    (void)tw_desk_say(desk, job, &entry, TW_BY_CREW, &outcome);
}

static void take_report(struct tw_desk *desk, struct tw_desk_job *job, const json_t *report,
                        struct tw_strbuf *out)
{
    char items[TW_ITEMS_TEXT];
    struct tw_store_entry entry;
    struct tw_book_outcome outcome = {.again = false};
    struct tw_desk_job one = {.reply = {.status = 200}};
    memcpy(one.who, job->who, sizeof one.who);
    const char *why = read_report(desk, job, report, items, &entry);
    const char *result = "refused";
    if (why == NULL) {
        tw_status status = tw_desk_say(desk, &one, &entry, TW_BY_CREW, &outcome);
        if (status == TW_OK) result = outcome.again ? "again" : "taken";
        if (status != TW_OK) why = outcome.why;
        if (status == TW_ERR_STATE && entry.order > 0) {
            keep_late(desk, &one, entry, outcome.why);
            result = "late";
        }
        bool depth = status == TW_OK && !outcome.again && strcmp(entry.kind, "depth") == 0;
        if (depth) store_depth(desk, &entry);
    }
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", json_string_value(json_object_get(report, "id")));
    tw_json_put_text(out, "result", result);
    tw_json_put_text(out, "why", why);
    tw_json_close(out, '}');
    tw_strbuf_done(&one.reply.body);
}

static void run_reports(struct tw_desk *desk, struct tw_desk_job *job)
{
    json_t *json = tw_desk_body(job);
    if (json == NULL) return;
    const json_t *reports = json_object_get(json, "reports");
    size_t count = json_array_size(reports);
    if (tw_book_crew_find(desk->book, job->params[0]) < 0) {
        tw_desk_refuse(job, 404, "there is no such crew", "GET /api/v1/dispatch lists them");
    } else if (count == 0 || count > REPORTS_MOST) {
        tw_desk_refuse(job, 400, "reports must be an array of 1 to 200", "docs/api.md");
    } else {
        struct tw_strbuf *out = &job->reply.body;
        tw_json_open(out, '{');
        tw_json_key(out, "results");
        tw_json_open(out, '[');
        for (size_t i = 0; i < count; i++)
            take_report(desk, job, json_array_get(reports, i), out);
        tw_json_close(out, ']');
        tw_json_close(out, '}');
    }
    json_decref(json);
}

tw_http_outcome tw_post_reports(void *user, const struct tw_http_request *request,
                                struct tw_http_reply *reply)
{
    return tw_desk_crew_request(user, request, reply, run_reports);
}

/* ---- position ---- */

static bool read_place(struct tw_desk_job *job, struct tw_nmea_fix *out)
{
    const char *why = NULL;
    if (job->body[strspn(job->body, " \t\r\n")] == '$') {
        if (tw_nmea_read(job->body, job->body_size, out, &why) == TW_OK) return true;
        tw_desk_refuse(job, 400, why, "send NMEA 0183 sentences GGA or RMC with their checksum");
        return false;
    }
    json_t *json = tw_desk_body(job);
    if (json == NULL) return false;
    out->lon = number(json, "lon", (double)NAN);
    out->lat = number(json, "lat", (double)NAN);
    json_decref(json);
    if (fabs(out->lon) <= 180.0 && fabs(out->lat) <= 90.0) return true;
    tw_desk_refuse(job, 400, "lon and lat must be degrees", "e.g. {\"lon\": 106.5, \"lat\": 29.5}");
    return false;
}

/* Positions come every few seconds and are worth nothing later: they are not kept on disk. */
static void run_position(struct tw_desk *desk, struct tw_desk_job *job)
{
    struct tw_nmea_fix fix;
    int32_t crew = tw_book_crew_find(desk->book, job->params[0]);
    if (crew < 0) {
        tw_desk_refuse(job, 404, "there is no such crew", "GET /api/v1/dispatch lists them");
        return;
    }
    if (!read_place(job, &fix)) return;
    desk->positions[crew] =
        (struct tw_desk_position){fix.lon, fix.lat, tw_clock_now(&desk->server->clock)};
    desk->changed = true;
    (void)tw_strbuf_add_text(&job->reply.body, "{\"taken\":true}");
}

tw_http_outcome tw_post_position(void *user, const struct tw_http_request *request,
                                 struct tw_http_reply *reply)
{
    return tw_desk_crew_request(user, request, reply, run_position);
}

/* ---- photos ---- */

/* By the first bytes, whatever the sender calls it. */
static const struct {
    const char *mime, *ending;
    const char *magic;
    size_t at, size;
} photo_kinds[] = {{"image/jpeg", ".jpg", "\xff\xd8\xff", 0, 3},
                   {"image/png", ".png", "\x89PNG\r\n\x1a\n", 0, 8},
                   {"image/webp", ".webp", "WEBP", 8, 4}};

#define PHOTO_KINDS (sizeof photo_kinds / sizeof photo_kinds[0])

static size_t photo_kind(const char *bytes, size_t size)
{
    size_t k = 0;
    for (; k < PHOTO_KINDS; k++) {
        size_t end = photo_kinds[k].at + photo_kinds[k].size;
        if (size > end &&
            memcmp(bytes + photo_kinds[k].at, photo_kinds[k].magic, photo_kinds[k].size) == 0) {
            break;
        }
    }
    return k;
}

static void photo_path(const struct tw_server *server, const char *name, struct tw_strbuf *out)
{
    const char *end = strrchr(server->state_path, '/');
    int length = end == NULL ? 0 : (int)(end - server->state_path + 1);
    (void)tw_strbuf_printf(out, "%.*sphotos/%s", length, server->state_path, name);
}

/* Written beside, made sure of, then put in its place: a kill leaves no half of a photo. */
static bool write_photo(const char *path, const char *bytes, size_t size)
{
    struct tw_strbuf beside = {0};
    (void)tw_strbuf_printf(&beside, "%s.part", path);
    int fd = beside.status != TW_OK
                 ? -1
                 : open(tw_strbuf_get(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool done = fd >= 0;
    for (size_t at = 0; done && at < size;) {
        ssize_t n = write(fd, bytes + at, size - at);
        done = n > 0;
        if (done) at += (size_t)n;
    }
    done = done && fsync(fd) == 0;
    if (fd >= 0) done = close(fd) == 0 && done;
    done = done && rename(tw_strbuf_get(&beside), path) == 0;
    if (!done && fd >= 0) (void)unlink(tw_strbuf_get(&beside));
    tw_strbuf_done(&beside);
    return done;
}

static bool store_photo(struct tw_server *server, const struct tw_desk_job *job, size_t kind,
                        char name[TW_BOOK_HASH_SIZE + 8])
{
    char hash[TW_SHA256_HEX_SIZE];
    struct tw_strbuf path = {0};
    tw_sha256_hex(job->body, job->body_size, hash);
    (void)snprintf(name, TW_BOOK_HASH_SIZE + 8, "%s%s", hash, photo_kinds[kind].ending);
    photo_path(server, "", &path);
    bool done = path.status == TW_OK && tw_folder_make(tw_strbuf_get(&path)) == TW_OK;
    tw_strbuf_clear(&path);
    photo_path(server, name, &path);
    done = done && path.status == TW_OK &&
           write_photo(tw_strbuf_get(&path), job->body, job->body_size);
    tw_strbuf_done(&path);
    return done;
}

static void run_photo(struct tw_desk *desk, struct tw_desk_job *job)
{
    char name[TW_BOOK_HASH_SIZE + 8];
    struct tw_book_outcome outcome;
    int32_t order = 0;
    size_t kind = photo_kind(job->body, job->body_size);
    if (kind == PHOTO_KINDS) {
        tw_desk_refuse(job, 415, "this is no JPEG, PNG or WebP picture", "take the photo again");
        return;
    }
    if (tw_text_int(job->params[1], &order) != TW_OK) order = 0;
    if (!store_photo(desk->server, job, kind, name)) {
        tw_desk_refuse(job, 503, "the disk refuses; the photo is not kept",
                       "make room on the store's disk, then send it again");
        return;
    }
    /* The same picture of the same order is one photo, however often a phone sends it. */
    char key[TW_BOOK_NAME_SIZE];
    (void)snprintf(key, sizeof key, "photo-%d-%.32s", order, name);
    struct tw_store_entry entry = {.kind = "photo",
                                   .order = order,
                                   .crew = job->params[0],
                                   .key = key,
                                   .detail = name,
                                   .value = (double)NAN};
    if (tw_desk_say(desk, job, &entry, TW_BY_CREW, &outcome) != TW_OK) return;
    (void)tw_strbuf_printf(&job->reply.body, "{\"name\":\"%s\"}", name);
}

tw_http_outcome tw_post_photo(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    return tw_desk_crew_request(user, request, reply, run_photo);
}

tw_http_outcome tw_get_photo(void *user, const struct tw_http_request *request,
                             struct tw_http_reply *reply)
{
    const char *name = request->params[0];
    struct tw_strbuf path = {0};
    char *bytes = NULL;
    size_t size = 0;
    size_t kind = 0;
    bool sound = strspn(name, "0123456789abcdef") == 64;
    while (sound && kind < PHOTO_KINDS && strcmp(name + 64, photo_kinds[kind].ending) != 0)
        kind++;
    if (sound && kind < PHOTO_KINDS) photo_path(user, name, &path);
    if (path.length == 0 || path.status != TW_OK ||
        tw_file_read(tw_strbuf_get(&path), TW_PHOTO_BYTES_MAX, &bytes, &size) != TW_OK) {
        tw_http_refuse(reply, 404, "there is no such photo", "GET /api/v1/dispatch lists them");
    } else {
        reply->mime = photo_kinds[kind].mime;
        (void)tw_strbuf_add(&reply->body, bytes, size);
    }
    free(bytes);
    tw_strbuf_done(&path);
    return TW_HTTP_DONE;
}
