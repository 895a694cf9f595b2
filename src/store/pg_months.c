/* Chunks and marks in PostgreSQL: a partition each for every month. */
#include "store/pg.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_CHUNKS = 500, FIRST_CHUNKS = 2, PAGE_MARKS = 5000 };

tw_status tw_pg_months_read(struct tw_session *session, tw_month_visit *visit, void *user)
{
    const struct tw_pg_params none = {.count = 0};
    PGresult *result = NULL;
    TW_TRY(tw_pg_run(tw_pg_of(session),
                     "SELECT substr(relname, 7)::int FROM pg_class WHERE relnamespace ="
                     " 'thalweg_store'::regnamespace AND relkind = 'r' AND relname ~"
                     " '^chunk_[0-9]+$' ORDER BY 1",
                     &none, &result));
    for (int row = 0; row < PQntuples(result); row++) {
        if (!visit(user, (int32_t)tw_pg_whole_at(result, row, 0))) break;
    }
    PQclear(result);
    return TW_OK;
}

tw_status tw_pg_month_begin(struct tw_session *session, int32_t month)
{
    struct tw_pg *pg = tw_pg_of(session);
    char sql[256];
    TW_TRY(tw_pg_begin(session));
    pg->month = month;
    if (pg->made_month == month) return TW_OK;
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE IF NOT EXISTS chunk_%d PARTITION OF chunk FOR VALUES IN (%d);"
                   "CREATE TABLE IF NOT EXISTS mark_%d PARTITION OF mark FOR VALUES IN (%d)",
                   month, month, month, month);
    TW_TRY(tw_pg_run(pg, sql, NULL, NULL));
    pg->made_month = month;
    return TW_OK;
}

tw_status tw_pg_month_commit(struct tw_session *session, int32_t month)
{
    (void)month;
    return tw_pg_commit(session);
}

void tw_pg_month_rollback(struct tw_session *session, int32_t month)
{
    (void)month;
    tw_pg_rollback(session);
}

tw_status tw_pg_month_drop(struct tw_session *session, int32_t month)
{
    char sql[96];
    (void)snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS chunk_%d, mark_%d", month, month);
    tw_pg_of(session)->made_month = 0;
    return tw_pg_run(tw_pg_of(session), sql, NULL, NULL);
}

tw_status tw_pg_month_hold(struct tw_session *session, int32_t month, bool hold)
{
    (void)month;
    return tw_pg_run(tw_pg_of(session),
                     hold ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "COMMIT", NULL,
                     NULL);
}

tw_status tw_pg_chunk_put(struct tw_session *session, int32_t series, int64_t begin_ms,
                          const uint8_t *data, size_t size)
{
    struct tw_pg *pg = tw_pg_of(session);
    struct tw_pg_params params = {.count = 0};
    tw_pg_whole(&params, pg->month);
    tw_pg_whole(&params, series);
    tw_pg_whole(&params, begin_ms);
    tw_pg_bytes(&params, data, size);
    return tw_pg_run(pg,
                     "INSERT INTO chunk(month, series, begin_ms, data) VALUES($1, $2, $3, $4)"
                     " ON CONFLICT (month, series, begin_ms) DO UPDATE SET data = EXCLUDED.data",
                     &params, NULL);
}

tw_status tw_pg_chunk_remove(struct tw_session *session, int32_t series, int64_t begin_ms)
{
    struct tw_pg *pg = tw_pg_of(session);
    struct tw_pg_params params = {.count = 0};
    tw_pg_whole(&params, pg->month);
    tw_pg_whole(&params, series);
    tw_pg_whole(&params, begin_ms);
    return tw_pg_run(pg, "DELETE FROM chunk WHERE month = $1 AND series = $2 AND begin_ms = $3",
                     &params, NULL);
}

tw_status tw_pg_mark_put(struct tw_session *session, const struct tw_mark *mark)
{
    struct tw_pg *pg = tw_pg_of(session);
    struct tw_pg_params params = {.count = 0};
    int64_t bits;
    memcpy(&bits, &mark->last.value, sizeof bits);
    tw_pg_whole(&params, pg->month);
    tw_pg_whole(&params, mark->series);
    tw_pg_whole(&params, mark->seq);
    tw_pg_whole(&params, mark->last.time_ms);
    tw_pg_whole(&params, bits);
    tw_pg_whole(&params, mark->last.quality);
    tw_pg_whole(&params, mark->last.source);
    return tw_pg_run(pg,
                     "INSERT INTO mark(month, series, seq, time_ms, value, quality, source)"
                     " VALUES($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (month, series) DO UPDATE"
                     " SET seq = EXCLUDED.seq, time_ms = EXCLUDED.time_ms,"
                     " value = EXCLUDED.value, quality = EXCLUDED.quality,"
                     " source = EXCLUDED.source",
                     &params, NULL);
}

/* Where a reading of chunks goes on. */
struct place {
    int32_t series;
    int64_t begin_ms;
    bool begun;
};

/* Visit the chunks of an answer. Returns whether more is wanted and there may be more. */
static bool visit_chunks(const PGresult *result, int page, struct place *place,
                         tw_chunk_visit *visit, void *user)
{
    for (int row = 0; row < PQntuples(result); row++) {
        *place = (struct place){(int32_t)tw_pg_whole_at(result, row, 0),
                                tw_pg_whole_at(result, row, 1), true};
        if (!visit(user, place->series, place->begin_ms,
                   (const uint8_t *)PQgetvalue(result, row, 2),
                   (size_t)PQgetlength(result, row, 2))) {
            return false;
        }
    }
    return PQntuples(result) == page;
}

/* A few at first: whoever reads downwards mostly wants the newest only. */
tw_status tw_pg_chunks_read(struct tw_session *session, int32_t month, int32_t series,
                            int64_t to_ms, tw_chunk_visit *visit, void *user)
{
    static const char down[] = "SELECT series, begin_ms, data FROM chunk WHERE month = $1 AND"
                               " series = $2 AND begin_ms <= $3 ORDER BY begin_ms DESC LIMIT $4";
    static const char all[] =
        "SELECT series, begin_ms, data FROM chunk WHERE month = $1 AND (series, begin_ms) >"
        " ($2::int, $3::bigint) ORDER BY series, begin_ms LIMIT $4";
    struct place place = {series < 0 ? -1 : series, series < 0 ? INT64_MIN : to_ms, false};
    int page = series < 0 ? PAGE_CHUNKS : FIRST_CHUNKS;
    for (bool more = true; more;) {
        struct tw_pg_params params = {.count = 0};
        PGresult *result = NULL;
        tw_pg_whole(&params, month);
        tw_pg_whole(&params, place.series);
        tw_pg_whole(&params, place.begin_ms - (series >= 0 && place.begun ? 1 : 0));
        tw_pg_whole(&params, page);
        TW_TRY(tw_pg_run(tw_pg_of(session), series < 0 ? all : down, &params, &result));
        more = visit_chunks(result, page, &place, visit, user);
        PQclear(result);
        page = page < PAGE_CHUNKS / 4 ? 4 * page : PAGE_CHUNKS;
    }
    return TW_OK;
}

static struct tw_mark mark_at(const PGresult *result, int row)
{
    int64_t bits = tw_pg_whole_at(result, row, 3);
    struct tw_mark mark = {.series = (int32_t)tw_pg_whole_at(result, row, 0),
                           .seq = tw_pg_whole_at(result, row, 1),
                           .last = {.time_ms = tw_pg_whole_at(result, row, 2),
                                    .quality = (int32_t)tw_pg_whole_at(result, row, 4),
                                    .source = (int32_t)tw_pg_whole_at(result, row, 5)}};
    memcpy(&mark.last.value, &bits, sizeof bits);
    return mark;
}

tw_status tw_pg_marks_read(struct tw_session *session, int32_t month, int32_t series,
                           tw_mark_visit *visit, void *user)
{
    int32_t after = series < 0 ? INT32_MIN : series - 1;
    int page = series < 0 ? PAGE_MARKS : 1;
    for (bool more = true; more;) {
        struct tw_pg_params params = {.count = 0};
        PGresult *result = NULL;
        tw_pg_whole(&params, month);
        tw_pg_whole(&params, after);
        tw_pg_whole(&params, series < 0 ? INT32_MAX : series);
        tw_pg_whole(&params, page);
        TW_TRY(tw_pg_run(tw_pg_of(session),
                         "SELECT series, seq, time_ms, value, quality, source FROM mark WHERE"
                         " month = $1 AND series > $2 AND series <= $3 ORDER BY series LIMIT $4",
                         &params, &result));
        more = series < 0 && PQntuples(result) == page;
        for (int row = 0; row < PQntuples(result); row++) {
            struct tw_mark mark = mark_at(result, row);
            after = mark.series;
            if (visit(user, &mark)) continue;
            more = false;
            break;
        }
        PQclear(result);
    }
    return TW_OK;
}
