/* A store copied to another place: a backup, a restore, a move between SQLite and PostgreSQL.
 *
 * What is read goes through a check sum on its way; then the copy is read and has to have the same.
 * The store may be written to meanwhile: the log is read before the chunks, so whatever is sealed in
 * between is found in both and taken once; names are read again at the end; and an empty row at the
 * end of the log makes its numbers go on after all that the chunks know. */
#include "store/admin.h"
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Check sums of all that is in a store, in the order of keys. */
struct digest {
    uint32_t rows[TW_TABLE_COUNT], log, chunks, marks;
    struct tw_store_found found;
};

struct copy {
    struct tw_session *from, *to; /* to is NULL when the store is only read */
    struct digest digest;
    enum tw_table table;
    int32_t month;
    struct tw_months months;
    int64_t seq, total; /* the greatest of log and marks; of the log's newest row */
    tw_status status;
    bool at_to; /* where the failure was */
};

static uint32_t add_bytes(uint32_t crc, const void *data, size_t size)
{
    return size == 0 ? crc : (uint32_t)crc32_z(crc, data, size); /* of NULL it begins anew */
}

static uint32_t add_whole(uint32_t crc, int64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    return add_bytes(crc, bytes, sizeof bytes);
}

static uint32_t add_real(uint32_t crc, double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return add_whole(crc, bits);
}

static bool copied(struct copy *c, tw_status status)
{
    c->status = status;
    c->at_to = status != TW_OK;
    return status == TW_OK;
}

static bool copy_row(void *user, const struct tw_cell *cells)
{
    struct copy *c = user;
    const struct tw_table_info *info = tw_table_info_get(c->table);
    int64_t *counts[TW_TABLE_COUNT] = {[TW_TABLE_SERIES] = &c->digest.found.series,
                                       [TW_TABLE_SOURCE] = &c->digest.found.sources,
                                       [TW_TABLE_WARNING] = &c->digest.found.warnings,
                                       [TW_TABLE_AUDIT] = &c->digest.found.audit_lines,
                                       [TW_TABLE_FORECAST] = &c->digest.found.forecasts};
    uint32_t *crc = &c->digest.rows[c->table];
    if (counts[c->table] != NULL) (*counts[c->table])++;
    for (int i = 0; i < info->columns; i++) {
        *crc = add_whole(*crc, cells[i].kind);
        if (cells[i].kind == 'i') *crc = add_whole(*crc, cells[i].whole);
        if (cells[i].kind == 'r') *crc = add_real(*crc, cells[i].real);
        if (cells[i].kind == 't') *crc = add_bytes(*crc, cells[i].text, strlen(cells[i].text) + 1);
    }
    return c->to == NULL || copied(c, c->to->ops->row_put(c->to, c->table, cells));
}

static bool copy_log_row(void *user, int64_t seq, int64_t total, const uint8_t *data, size_t size)
{
    struct copy *c = user;
    c->digest.log = add_whole(add_whole(c->digest.log, seq), total);
    c->digest.log = add_bytes(c->digest.log, data, size);
    c->digest.found.log_rows++;
    c->seq = seq;
    c->total = total;
    if (c->to == NULL) return true;
    static const uint8_t nothing[1];
    return copied(c, c->to->ops->log_add(c->to, seq, total, data == NULL ? nothing : data, size));
}

static bool copy_chunk(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                       size_t size)
{
    struct copy *c = user;
    struct tw_chunk_summary about;
    c->status = tw_chunk_summary_read(data, size, &about); /* which looks at its check sum */
    if (c->status != TW_OK) return false;
    uint32_t *crc = &c->digest.chunks;
    *crc = add_whole(add_whole(*crc, series), begin_ms);
    *crc = add_bytes(*crc, data, size);
    c->digest.found.chunks++;
    c->digest.found.points += about.count;
    c->digest.found.chunk_bytes += (int64_t)size;
    return c->to == NULL || copied(c, c->to->ops->chunk_put(c->to, series, begin_ms, data, size));
}

static bool copy_mark(void *user, const struct tw_mark *mark)
{
    struct copy *c = user;
    uint32_t *crc = &c->digest.marks;
    *crc = add_whole(add_whole(*crc, mark->series), mark->seq);
    *crc = add_real(add_whole(*crc, mark->last.time_ms), mark->last.value);
    *crc = add_whole(add_whole(*crc, mark->last.quality), mark->last.source);
    if (mark->seq > c->seq) c->seq = mark->seq;
    return c->to == NULL || copied(c, c->to->ops->mark_put(c->to, mark));
}

/* Reading failed, or what was called with what was read. */
static tw_status outcome(const struct copy *c, tw_status read)
{
    return read != TW_OK ? read : c->status;
}

static tw_status copy_table(struct copy *c, enum tw_table table)
{
    struct tw_rows rows = {.table = table, .column = -1, .limit = INT64_MAX};
    c->table = table;
    return outcome(c, c->from->ops->rows_read(c->from, &rows, copy_row, c));
}

/* Begin or end a transaction of the copy, when there is one. */
static tw_status at_copy(struct copy *c, tw_status (*call)(struct tw_session *session))
{
    if (c->to == NULL) return TW_OK;
    tw_status status = call(c->to);
    c->at_to = status != TW_OK;
    return status;
}

static tw_status copy_rows_and_log(struct copy *c)
{
    TW_TRY(at_copy(c, c->to == NULL ? NULL : c->to->ops->begin));
    if (c->to != NULL && !copied(c, c->to->ops->log_remove(c->to, INT64_MAX))) return c->status;
    for (int table = 0; table < TW_TABLE_COUNT; table++) {
        if (table == TW_TABLE_SERIES || table == TW_TABLE_SOURCE) continue;
        TW_TRY(copy_table(c, (enum tw_table)table));
    }
    TW_TRY(outcome(c, c->from->ops->log_read(c->from, copy_log_row, c)));
    return at_copy(c, c->to == NULL ? NULL : c->to->ops->commit);
}

static tw_status copy_month(struct copy *c, int32_t month)
{
    const struct tw_backend_ops *ops = c->from->ops;
    c->digest.found.months++;
    if (c->to != NULL && !copied(c, c->to->ops->month_begin(c->to, month))) return c->status;
    tw_status status = ops->month_hold(c->from, month, true);
    if (status == TW_OK) {
        status = outcome(c, ops->chunks_read(c->from, month, -1, 0, copy_chunk, c));
    }
    if (status == TW_OK) status = outcome(c, ops->marks_read(c->from, month, -1, copy_mark, c));
    if (status == TW_OK) status = ops->month_hold(c->from, month, false);
    TW_TRY(status);
    if (c->to != NULL && !copied(c, c->to->ops->month_commit(c->to, month))) return c->status;
    return TW_OK;
}

/* Names last: whatever is in log and chunks has one. */
static tw_status copy_names_and_end(struct copy *c)
{
    TW_TRY(at_copy(c, c->to == NULL ? NULL : c->to->ops->begin));
    TW_TRY(copy_table(c, TW_TABLE_SERIES));
    TW_TRY(copy_table(c, TW_TABLE_SOURCE));
    if (c->to != NULL && !copy_log_row(c, c->seq + 1, c->total, NULL, 0)) return c->status;
    return at_copy(c, c->to == NULL ? NULL : c->to->ops->commit);
}

static tw_status copy_all(struct copy *c)
{
    TW_TRY(copy_rows_and_log(c));
    TW_TRY(outcome(c, tw_months_collect(c->from, &c->months)));
    for (size_t i = 0; i < c->months.count; i++)
        TW_TRY(copy_month(c, c->months.months[i]));
    return copy_names_and_end(c);
}

static bool is_anything(void *user, const struct tw_cell *cells)
{
    (void)cells;
    *(bool *)user = true;
    return false;
}

static tw_status must_be_empty(struct tw_session *session, char *why, size_t why_size)
{
    bool something = false;
    for (int table = 0; table < TW_TABLE_COUNT && !something; table++) {
        struct tw_rows rows = {.table = (enum tw_table)table, .column = -1, .limit = 1};
        TW_TRY(session->ops->rows_read(session, &rows, is_anything, &something));
    }
    if (!something) return TW_OK;
    (void)snprintf(why, why_size, "there is a store already; name a place without one");
    return TW_ERR_STATE;
}

static tw_status compare(const struct copy *written, const struct copy *again, char *why,
                         size_t why_size)
{
    if (memcmp(&written->digest, &again->digest, sizeof written->digest) == 0) return TW_OK;
    (void)snprintf(why, why_size, "the copy does not read as it was written; do not use it");
    return TW_ERR_FILE;
}

static void say_why(const struct copy *c, tw_status status, char *why, size_t why_size)
{
    if (status == TW_ERR_FILE) {
        struct tw_session *failed = c->at_to ? c->to : c->from;
        (void)snprintf(why, why_size, "%s: %s", c->at_to ? "the copy" : "the original",
                       failed->ops->error(failed));
    } else if (status == TW_ERR_FORMAT) {
        (void)snprintf(why, why_size, "the original is damaged; thalweg store check says where");
    } else {
        (void)snprintf(why, why_size, "%s", tw_status_text(status));
    }
}

tw_status tw_store_copy(const char *from, const char *to, char *why, size_t why_size,
                        struct tw_store_found *out_found)
{
    struct copy c;
    struct copy again;
    memset(&c, 0, sizeof c); /* digests are compared byte by byte */
    memset(&again, 0, sizeof again);
    TW_TRY(tw_backend_of(from)->open(from, TW_SESSION_READ, why, why_size, &c.from));
    tw_status status = tw_backend_of(to)->open(to, TW_SESSION_CREATE, why, why_size, &c.to);
    if (status == TW_OK) {
        status = must_be_empty(c.to, why, why_size);
        if (status == TW_ERR_FILE) (void)snprintf(why, why_size, "%s", c.to->ops->error(c.to));
        if (status == TW_OK) {
            status = copy_all(&c);
            if (status != TW_OK) say_why(&c, status, why, why_size);
        }
    }
    if (status == TW_OK) {
        again.from = c.to;
        status = copy_all(&again);
        if (status != TW_OK) say_why(&again, status, why, why_size);
    }
    if (status == TW_OK) status = compare(&c, &again, why, why_size);
    if (status == TW_OK) *out_found = c.digest.found;
    if (c.to != NULL) c.to->ops->close(c.to);
    c.from->ops->close(c.from);
    free(c.months.months);
    free(again.months.months);
    return status;
}
