/* Values out: the last ones of all sensors at once, a stretch of one in as many points as a screen
 * has, and tables for other programs. */
#include "net/iso_time.h"
#include "net/json.h"
#include "server/service.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define POINTS_USUAL 1000
#define POINTS_MAX 20000
#define EXPORT_MAX 1000000  /* rows of a table */
#define EXPORT_SENSORS 1000 /* that are named in one request */

/* ---- the last values ---- */

void tw_answer_latest(struct tw_server *server, struct tw_strbuf *out)
{
    const struct tw_city *city = server->city;
    tw_json_open(out, '{');
    tw_json_put_integer(out, "time_ms", tw_clock_now(&server->clock));
    tw_json_key(out, "columns");
    tw_json_raw(out, "[\"id\",\"unit\",\"time_ms\",\"value\",\"quality\",\"flags\",\"source\"]");
    tw_json_key(out, "rows");
    tw_json_open(out, '[');
    for (int32_t s = 0; s < city->sensor_count; s++) {
        struct tw_store_head head = tw_store_head_get(server->store, server->series[s]);
        bool there = head.time_ms != TW_STORE_NEVER;
        int32_t quality = tw_ingest_quality_now(server->ingest, &head, server->series[s]);
        tw_json_open(out, '[');
        tw_json_string(out, city->sensors[s].id);
        tw_json_string(out, city->sensors[s].unit);
        if (there) {
            tw_json_integer(out, head.time_ms);
            tw_json_exact(out, head.value);
            tw_json_string(out, tw_quality_word(quality));
            tw_json_integer(out, quality);
            tw_json_string(out, tw_store_source_name(server->store, head.source));
        } else {
            tw_json_raw(out, "null,null,null,0,null");
        }
        tw_json_close(out, ']');
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

/* ---- what is asked for ---- */

/* A stretch of time. */
struct span {
    int64_t from_ms, to_ms; /* both included */
};

/* A time parameter: ISO 8601 or milliseconds since 1970; false with the refusal in reply. */
static bool time_of(const struct tw_server *server, const struct tw_http_request *request,
                    const char *name, int64_t *time_ms, struct tw_http_reply *reply)
{
    const char *text = tw_http_query(request, name);
    char copy[TW_ISO_TIME_SIZE];
    char *end = NULL;
    if (text == NULL || text[0] == 0) return true;
    long long number = strtoll(text, &end, 10);
    if (*end == 0 && strlen(text) < 17) {
        *time_ms = number;
        return true;
    }
    /* A plus sign that was not escaped has become a blank; before a zone nothing else can be. */
    (void)snprintf(copy, sizeof copy, "%s", text);
    size_t length = strlen(copy);
    if (length > 6 && copy[length - 6] == ' ' && length > 16) copy[length - 6] = '+';
    if (tw_iso_time_parse(copy, server->city->zone_s, time_ms) == TW_OK) return true;
    char error[96];
    (void)snprintf(error, sizeof error, "%s is no time", name);
    tw_http_refuse(reply, 400, error,
                   "write 2031-07-01T10:01:00+08:00 or milliseconds since 1970-01-01T00:00Z");
    return false;
}

/* from and to; without them the last day. */
static bool span_of(struct tw_server *server, const struct tw_http_request *request,
                    struct span *out, struct tw_http_reply *reply)
{
    int64_t to_ms = tw_clock_now(&server->clock);
    if (!time_of(server, request, "to", &to_ms, reply)) return false;
    int64_t from_ms = to_ms - DAY_MS;
    if (!time_of(server, request, "from", &from_ms, reply)) return false;
    if (from_ms > to_ms) {
        tw_http_refuse(reply, 400, "from is after to", "exchange them");
        return false;
    }
    *out = (struct span){from_ms, to_ms};
    return true;
}

/* ---- a stretch of one sensor ---- */

static void add_point(struct tw_strbuf *out, int64_t time_ms, const double values[3], size_t count,
                      int32_t quality)
{
    tw_json_open(out, '[');
    tw_json_integer(out, time_ms);
    for (int i = 0; i < 3; i++)
        tw_json_exact(out, values[i]);
    tw_json_integer(out, (int64_t)count);
    tw_json_integer(out, quality);
    tw_json_close(out, ']');
}

/* Points of a stretch: the samples themselves when they are few enough, else one of each of
 * `points` equal parts of it, with mean, least and largest value. */
static tw_status add_points(struct tw_server *server, int32_t series, const struct span *span,
                            int32_t points, struct tw_strbuf *out)
{
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    size_t most = (size_t)points;
    TW_TRY(tw_store_samples_read(server->store, series, span->from_ms, span->to_ms, most + 1,
                                 &samples, &count));
    for (size_t i = 0; count <= most && i < count; i++) {
        const double values[3] = {samples[i].value, samples[i].value, samples[i].value};
        add_point(out, samples[i].time_ms, values, 1, samples[i].quality);
    }
    free(samples);
    if (count <= most) return TW_OK;
    struct tw_store_bucket *parts = calloc(most, sizeof *parts);
    tw_status status = parts == NULL ? TW_ERR_NOMEM
                                     : tw_store_buckets_read(server->store, series, span->from_ms,
                                                             span->to_ms, points, parts);
    for (size_t i = 0; i < most && status == TW_OK; i++) {
        const struct tw_store_bucket *p = &parts[i];
        if (p->count == 0) continue;
        /* The mean of one is that one, to the last bit. */
        const double mean = p->count == 1 ? p->first : p->sum / (double)p->numbers;
        const double values[3] = {mean, p->min, p->max};
        add_point(out, p->first_ms, values, (size_t)p->count, p->quality);
    }
    free(parts);
    return status;
}

static bool points_of(const struct tw_http_request *request, int32_t *points,
                      struct tw_http_reply *reply)
{
    const char *text = tw_http_query(request, "points");
    *points = POINTS_USUAL;
    if (text == NULL) return true;
    if (tw_text_int(text, points) == TW_OK && *points >= 1 && *points <= POINTS_MAX) return true;
    tw_http_refuse(reply, 400, "points must be a number from 1 to 20000",
                   "ask for as many as the screen has pixels");
    return false;
}

tw_http_outcome tw_get_values(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    struct span span;
    int32_t points = 0;
    int32_t s = tw_city_sensor_find(server->city, request->params[0]);
    if (s < 0) {
        tw_http_refuse(reply, 404, "there is no such sensor", "GET /api/v1/latest lists them");
        return TW_HTTP_DONE;
    }
    if (!span_of(server, request, &span, reply) || !points_of(request, &points, reply)) {
        return TW_HTTP_DONE;
    }
    struct tw_strbuf *out = &reply->body;
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", server->city->sensors[s].id);
    tw_json_put_text(out, "unit", server->city->sensors[s].unit);
    tw_json_put_integer(out, "from_ms", span.from_ms);
    tw_json_put_integer(out, "to_ms", span.to_ms);
    tw_json_key(out, "columns");
    tw_json_raw(out, "[\"time_ms\",\"value\",\"min\",\"max\",\"count\",\"flags\"]");
    tw_json_key(out, "points");
    tw_json_open(out, '[');
    if (add_points(server, server->series[s], &span, points, out) != TW_OK) {
        tw_http_refuse(reply, 503, "the store cannot be read", "ask again");
        return TW_HTTP_DONE;
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
    return TW_HTTP_DONE;
}

/* ---- tables ---- */

/* A field of CSV, quoted where it has to be (RFC 4180, section 2). */
static void add_field(struct tw_strbuf *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        (void)tw_strbuf_add_text(out, text);
        return;
    }
    (void)tw_strbuf_add_text(out, "\"");
    for (; *text != 0; text++) {
        (void)tw_strbuf_add(out, text, 1);
        if (*text == '"') (void)tw_strbuf_add_text(out, "\"");
    }
    (void)tw_strbuf_add_text(out, "\"");
}

struct table {
    struct tw_server *server;
    struct span span;
    bool typed; /* a type behind each name, times in UTC */
    size_t rows;
};

static tw_status add_rows(struct table *table, int32_t s, struct tw_strbuf *out)
{
    struct tw_server *server = table->server;
    struct tw_store_sample *samples = NULL;
    size_t count = 0;
    TW_TRY(tw_store_samples_read(server->store, server->series[s], table->span.from_ms,
                                 table->span.to_ms, EXPORT_MAX + 1, &samples, &count));
    table->rows += count;
    for (size_t i = 0; i < count && table->rows <= EXPORT_MAX; i++) {
        char time[TW_ISO_TIME_SIZE];
        tw_iso_time_format(samples[i].time_ms, table->typed ? 0 : server->city->zone_s, time);
        /* Typed columns say Z: one spelling that every reader of timestamps knows. */
        char *zone = table->typed ? strstr(time, "+00:00") : NULL;
        if (zone != NULL) memcpy(zone, "Z", 2);
        (void)tw_strbuf_printf(out, "%s,", time);
        add_field(out, server->city->sensors[s].id);
        (void)tw_strbuf_add_text(out, ",");
        char digits[32];
        tw_json_digits(samples[i].value, digits);
        (void)tw_strbuf_printf(out, "%s,", digits);
        add_field(out, server->city->sensors[s].unit);
        if (table->typed) {
            (void)tw_strbuf_printf(out, ",%d\r\n", samples[i].quality);
        } else {
            (void)tw_strbuf_printf(out, ",%s\r\n", tw_quality_word(samples[i].quality));
        }
    }
    free(samples);
    return table->rows <= EXPORT_MAX ? TW_OK : TW_ERR_FULL;
}

/* The rows of all sensors of a list with commas, in its order; NULL: of all there are. */
static tw_status add_sensors(struct table *table, const char *list, struct tw_strbuf *out)
{
    const struct tw_city *city = table->server->city;
    for (int32_t s = 0; s < city->sensor_count && list == NULL; s++)
        TW_TRY(add_rows(table, s, out));
    for (int n = 0; list != NULL && *list != 0; n++) {
        char id[256];
        size_t length = strcspn(list, ",");
        if (length >= sizeof id || n >= EXPORT_SENSORS) return TW_ERR_FULL;
        memcpy(id, list, length);
        id[length] = 0;
        int32_t s = tw_city_sensor_find(city, id);
        if (s < 0) return TW_ERR_NAME;
        TW_TRY(add_rows(table, s, out));
        list += length + (list[length] == ',');
    }
    return TW_OK;
}

tw_http_outcome tw_get_export(void *user, const struct tw_http_request *request,
                              struct tw_http_reply *reply)
{
    struct table table = {.server = user};
    const char *bom = tw_http_query(request, "bom");
    const char *format = tw_http_query(request, "format");
    if (!span_of(user, request, &table.span, reply)) return TW_HTTP_DONE;
    table.typed = format != NULL && strcmp(format, "typed") == 0;
    if (format != NULL && !table.typed && strcmp(format, "plain") != 0) {
        tw_http_refuse(reply, 400, "format must be plain or typed", NULL);
        return TW_HTTP_DONE;
    }
    struct tw_strbuf *out = &reply->body;
    if (bom != NULL && strcmp(bom, "1") == 0) (void)tw_strbuf_add_text(out, "\xef\xbb\xbf");
    (void)tw_strbuf_add_text(out, table.typed ? "time:timestamp[ms UTC],sensor:string,value:double,"
                                                "unit:string,quality:int32\r\n"
                                              : "time,sensor,value,unit,quality\r\n");
    tw_status status = add_sensors(&table, tw_http_query(request, "sensors"), out);
    if (status == TW_OK) {
        reply->mime = "text/csv; charset=utf-8";
    } else if (status == TW_ERR_NAME) {
        tw_http_refuse(reply, 404, "there is no such sensor", "GET /api/v1/latest lists them");
    } else if (status == TW_ERR_FULL) {
        tw_http_refuse(reply, 400, "the table would have more than a million rows",
                       "ask for fewer sensors or a shorter time");
    } else {
        tw_http_refuse(reply, 503, "the store cannot be read", "ask again");
    }
    return TW_HTTP_DONE;
}
