/* Whether a store is sound. It may be written to meanwhile: a month's chunks and marks are read as
 * of one moment; the log, and after it the names, must then know all that was found. */
#include "base/compiler.h"
#include "store/admin.h"
#include "store/month.h"
#include "store/store_internal.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A series in the month that is read. */
struct check_series {
    struct tw_chunk_point last; /* of its chunks so far */
    bool has;                   /* chunks, and no mark yet */
};

struct check {
    struct tw_session *session;
    tw_store_fault_told *told;
    void *user;
    struct tw_store_found *found;
    struct tw_chunk_coder coder;
    struct tw_points points;
    int32_t month;
    struct check_series *series; /* [series_room] by id */
    int32_t series_room;
    int32_t series_seen, source_seen;   /* the greatest ids in chunks and log */
    int32_t series_known, source_known; /* the greatest that have a name */
    int64_t sealed_seq;                 /* the greatest of all marks */
    int64_t newest_seq, newest_total;
    tw_status status;
};

static void fault(struct check *c, const char *format, ...) TW_PRINTF(2, 3);

static void fault(struct check *c, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    c->found->faults++;
    c->told(c->user, text);
}

static bool check_name(int64_t *count, int32_t *known, const struct tw_cell *cells)
{
    (*count)++;
    if (cells[0].whole > *known) *known = (int32_t)cells[0].whole;
    return true;
}

static bool check_series_name(void *user, const struct tw_cell *cells)
{
    struct check *c = user;
    return check_name(&c->found->series, &c->series_known, cells);
}

static bool check_source_name(void *user, const struct tw_cell *cells)
{
    struct check *c = user;
    return check_name(&c->found->sources, &c->source_known, cells);
}

static void see(int32_t *seen, int32_t id)
{
    if (id > *seen) *seen = id;
}

static bool count_row(void *user, const struct tw_cell *cells)
{
    (void)cells;
    (*(int64_t *)user)++;
    return true;
}

static tw_status check_rows(struct check *c)
{
    const struct {
        enum tw_table table;
        tw_row_visit *visit;
        void *user;
    } all[] = {
        {TW_TABLE_SERIES, check_series_name, c},
        {TW_TABLE_SOURCE, check_source_name, c},
        {TW_TABLE_WARNING, count_row, &c->found->warnings},
        {TW_TABLE_AUDIT, count_row, &c->found->audit_lines},
        {TW_TABLE_FORECAST, count_row, &c->found->forecasts},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct tw_rows rows = {.table = all[i].table, .column = -1, .limit = INT64_MAX};
        TW_TRY(c->session->ops->rows_read(c->session, &rows, all[i].visit, all[i].user));
    }
    return TW_OK;
}

/* ---- log ---- */

static tw_status check_sample(void *user, int32_t source, const struct tw_store_sample *sample)
{
    struct check *c = user;
    c->found->log_samples++;
    see(&c->series_seen, sample->series);
    see(&c->source_seen, source);
    return TW_OK;
}

static tw_status check_clear(void *user, int32_t source)
{
    struct check *c = user;
    see(&c->source_seen, source);
    return TW_OK;
}

static bool check_log_row(void *user, int64_t seq, int64_t total, const uint8_t *data, size_t size)
{
    struct check *c = user;
    int64_t before = c->found->log_samples;
    tw_status status = tw_log_row_read(data, size, check_sample, check_clear, c);
    int64_t samples = c->found->log_samples - before;
    long long number = (long long)seq;
    if (status != TW_OK) fault(c, "log row %lld is damaged", number);
    /* An empty row stands for rows that were cut or are in chunks of a copy. */
    if (c->found->log_rows > 0 && size > 0 && seq != c->newest_seq + 1) {
        fault(c, "log row %lld follows row %lld", number, (long long)c->newest_seq);
    }
    int64_t expected = c->newest_total + samples;
    if (status == TW_OK && c->found->log_rows > 0 && total != expected) {
        fault(c, "log row %lld counts %lld samples, those before it and its own are %lld", number,
              (long long)total, (long long)expected);
    }
    c->newest_seq = seq;
    c->newest_total = total;
    c->found->log_rows++;
    return true;
}

/* ---- chunks ---- */

static void check_points(struct check *c, int32_t series, long long begin_ms)
{
    const struct tw_chunk_point *p = c->points.items;
    int32_t month = c->month;
    for (size_t i = 0; i < c->points.count; i++) {
        if (i > 0 && tw_point_compare(&p[i - 1], &p[i]) >= 0) {
            fault(c, "chunk %d@%lld: its points are not in order", series, begin_ms);
            return;
        }
        see(&c->source_seen, p[i].source);
    }
    if (p[0].time_ms < tw_month_begin_ms(month) ||
        p[c->points.count - 1].time_ms >= tw_month_begin_ms(month + 1)) {
        fault(c, "chunk %d@%lld: it has points of another month", series, begin_ms);
    }
}

static tw_status check_unpacked(struct check *c, int32_t series, int64_t begin_ms,
                                const struct tw_chunk_summary *said)
{
    struct tw_chunk_summary is;
    long long at = (long long)begin_ms;
    TW_TRY(tw_chunk_summarise(&c->coder, c->points.items, c->points.count, &is));
    /* An old chunk does not say that its samples are good; none may say so that has others. */
    bool same = memcmp(said, &is, offsetof(struct tw_chunk_summary, good)) == 0;
    if (!same || (said->good && !is.good)) {
        fault(c, "chunk %d@%lld: its counts or sums are not those of its points", series, at);
    }
    if (is.first_ms != begin_ms) fault(c, "chunk %d@%lld begins elsewhere", series, at);
    check_points(c, series, at);
    if (series >= c->series_room) {
        int32_t room = 2 * series + 64;
        struct check_series *more = realloc(c->series, (size_t)room * sizeof *more);
        if (more == NULL) return TW_ERR_NOMEM;
        memset(more + c->series_room, 0, (size_t)(room - c->series_room) * sizeof *more);
        c->series = more;
        c->series_room = room;
    }
    see(&c->series_seen, series);
    struct check_series *s = &c->series[series];
    if (s->has && s->last.time_ms >= is.first_ms) {
        fault(c, "chunk %d@%lld overlaps the one before", series, at);
    }
    s->has = true;
    s->last = c->points.items[c->points.count - 1];
    return TW_OK;
}

static bool check_chunk(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                        size_t size)
{
    struct check *c = user;
    struct tw_chunk_summary said;
    if (series <= 0 || series > INT32_MAX / 4) {
        fault(c, "chunk %d@%lld: there is no such series", series, (long long)begin_ms);
        return true;
    }
    memset(&said, 0, sizeof said);
    c->found->chunks++;
    c->found->chunk_bytes += (int64_t)size;
    tw_status status = tw_chunk_summary_read(data, size, &said);
    if (status == TW_OK) status = tw_points_reserve(&c->points, (size_t)said.count);
    if (status == TW_OK) {
        status = tw_chunk_unpack(&c->coder, data, size, c->points.items, c->points.room,
                                 &c->points.count);
    }
    if (status == TW_ERR_FORMAT) {
        fault(c, "chunk %d@%lld cannot be unpacked", series, (long long)begin_ms);
        return true;
    }
    if (status == TW_OK) {
        c->found->points += (int64_t)c->points.count;
        status = check_unpacked(c, series, begin_ms, &said);
    }
    c->status = status;
    return status == TW_OK;
}

static bool check_mark(void *user, const struct tw_mark *mark)
{
    struct check *c = user;
    struct check_series none = {.has = false};
    bool known = mark->series > 0 && mark->series < c->series_room;
    struct check_series *s = known ? &c->series[mark->series] : &none;
    if (mark->seq > c->sealed_seq) c->sealed_seq = mark->seq;
    if (s->has != (mark->last.time_ms != TW_STORE_NEVER) ||
        (s->has && memcmp(&mark->last, &s->last, sizeof mark->last) != 0)) {
        fault(c, "series %d: its last value in %04d-%02d is not that of its last chunk",
              mark->series, c->month / 12, c->month % 12 + 1);
    }
    s->has = false;
    return true;
}

static bool check_month(void *user, int32_t month)
{
    struct check *c = user;
    const struct tw_backend_ops *ops = c->session->ops;
    c->month = month;
    c->found->months++;
    for (int32_t i = 0; i < c->series_room; i++)
        c->series[i].has = false;
    tw_status status = ops->month_hold(c->session, month, true);
    if (status == TW_OK) status = ops->chunks_read(c->session, month, -1, 0, check_chunk, c);
    if (status == TW_OK) status = c->status;
    if (status == TW_OK) status = ops->marks_read(c->session, month, -1, check_mark, c);
    if (status == TW_OK) status = ops->month_hold(c->session, month, false);
    for (int32_t i = 0; i < c->series_room && status == TW_OK; i++) {
        if (c->series[i].has) {
            fault(c, "series %d has chunks in %04d-%02d but no last value", i, month / 12,
                  month % 12 + 1);
        }
    }
    c->status = status;
    return status == TW_OK;
}

static tw_status check_session(struct check *c)
{
    char why[300] = "";
    const struct tw_backend_ops *ops = c->session->ops;
    tw_status status = ops->integrity(c->session, why, sizeof why);
    if (status == TW_ERR_FORMAT) fault(c, "the database: %s", why);
    if (status != TW_OK) return status == TW_ERR_FORMAT ? TW_OK : status;
    TW_TRY(ops->months_read(c->session, check_month, c));
    TW_TRY(c->status);
    TW_TRY(ops->log_read(c->session, check_log_row, c));
    TW_TRY(check_rows(c));
    if (c->found->log_rows == 0 && c->found->chunks > 0) fault(c, "the log has lost its last row");
    if (c->sealed_seq > c->newest_seq) {
        fault(c, "chunks are sealed up to log row %lld, the log ends with %lld",
              (long long)c->sealed_seq, (long long)c->newest_seq);
    }
    if (c->series_seen > c->series_known) fault(c, "series %d has no name", c->series_seen);
    if (c->source_seen > c->source_known) fault(c, "source %d has no name", c->source_seen);
    return TW_OK;
}

tw_status tw_store_check(const char *where, tw_store_fault_told *told, void *user, char *why,
                         size_t why_size, struct tw_store_found *out_found)
{
    struct check c = {.told = told, .user = user, .found = out_found};
    *out_found = (struct tw_store_found){0};
    TW_TRY(tw_backend_of(where)->open(where, TW_SESSION_READ, why, why_size, &c.session));
    tw_status status = check_session(&c);
    if (status != TW_OK) {
        (void)snprintf(why, why_size, "%s",
                       status == TW_ERR_FILE ? c.session->ops->error(c.session)
                                             : tw_status_text(status));
    }
    c.session->ops->close(c.session);
    tw_chunk_coder_done(&c.coder);
    free(c.points.items);
    free(c.series);
    return status;
}
