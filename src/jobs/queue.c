#include "jobs/queue.h"

#include <libpq-fe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_VERSION = 1, PARAMETERS_MOST = 5, MESSAGE_MOST = 400 };

static const size_t bytes_most = (size_t)256 << 20; /* of a study or a job */

struct tw_queue {
    PGconn *connection;
    PGresult *taken; /* holds the bytes of the job that was taken last */
    bool within;     /* a transaction: a lost connection ends it */
    char why[TW_QUEUE_WHY_SIZE];
};

/* Workers of several versions may start at once: one makes the tables, the others wait for it. */
static const char schema[] =
    "BEGIN;"
    "SELECT pg_advisory_xact_lock(7468616);"
    "CREATE TABLE IF NOT EXISTS thalweg_queue (version integer NOT NULL);"
    "INSERT INTO thalweg_queue SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM thalweg_queue);"
    "CREATE TABLE IF NOT EXISTS thalweg_study ("
    " id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, shared bytea NOT NULL,"
    " added timestamptz NOT NULL DEFAULT now());"
    "CREATE TABLE IF NOT EXISTS thalweg_job ("
    " id bigserial PRIMARY KEY,"
    " study bigint NOT NULL REFERENCES thalweg_study ON DELETE CASCADE,"
    " index integer NOT NULL, work bytea NOT NULL,"
    " state text NOT NULL DEFAULT 'waiting'"
    "  CHECK (state IN ('waiting', 'leased', 'done', 'failed')),"
    " worker text, lease_until timestamptz,"
    " leases integer NOT NULL DEFAULT 0, tries integer NOT NULL DEFAULT 0,"
    " why text, UNIQUE (study, index));"
    "CREATE INDEX IF NOT EXISTS thalweg_job_open ON thalweg_job (id)"
    " WHERE state IN ('waiting', 'leased');"
    "CREATE TABLE IF NOT EXISTS thalweg_result ("
    " job bigint PRIMARY KEY REFERENCES thalweg_job ON DELETE CASCADE, bytes bytea NOT NULL);"
    "COMMIT;";

/* ---- calls of libpq ---- */

static void keep_why(struct tw_queue *queue, const char *text)
{
    size_t length = strcspn(text, "\n");
    (void)snprintf(queue->why, sizeof queue->why, "%.*s", (int)(length < 500 ? length : 500), text);
}

/* A statement's parameters, each of them text or bytes. */
struct parameters {
    int count;
    const char *values[PARAMETERS_MOST];
    int lengths[PARAMETERS_MOST], formats[PARAMETERS_MOST];
    char numbers[PARAMETERS_MOST][24];
};

static void add_text(struct parameters *p, const char *text)
{
    p->values[p->count] = text;
    p->formats[p->count++] = 0;
}

static void add_number(struct parameters *p, int64_t number)
{
    (void)snprintf(p->numbers[p->count], sizeof p->numbers[0], "%lld", (long long)number);
    add_text(p, p->numbers[p->count]);
}

static void add_bytes(struct parameters *p, const struct tw_queue_bytes *b)
{
    p->values[p->count] = b->size > 0 ? b->bytes : "";
    p->lengths[p->count] = (int)b->size;
    p->formats[p->count++] = 1;
}

static bool lost(const struct tw_queue *queue)
{
    return PQstatus(queue->connection) != CONNECTION_OK;
}

/* One statement; answers come as bytes. NULL: it failed, and why. The caller clears it. */
static PGresult *ask(struct tw_queue *queue, const char *statement, const struct parameters *p)
{
    if (lost(queue) && !queue->within) PQreset(queue->connection);
    PGresult *r = PQexecParams(queue->connection, statement, p->count, NULL, p->values, p->lengths,
                               p->formats, 1);
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        queue->why[0] = '\0';
        return r;
    }
    keep_why(queue, PQerrorMessage(queue->connection));
    PQclear(r);
    return NULL;
}

/* A statement of which only counts that it was done; *out_rows: that it changed. */
static tw_status tell(struct tw_queue *queue, const char *statement, const struct parameters *p,
                      int64_t *out_rows)
{
    PGresult *r = ask(queue, statement, p);
    if (r == NULL) return TW_ERR_NET;
    if (out_rows != NULL) *out_rows = strtoll(PQcmdTuples(r), NULL, 10);
    PQclear(r);
    return TW_OK;
}

static int64_t integer_at(const PGresult *r, int row, int column)
{
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(r, row, column);
    uint64_t value = 0;
    for (int i = 0; i < PQgetlength(r, row, column); i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

static struct tw_queue_bytes bytes_at(const PGresult *r, int row, int column)
{
    return (struct tw_queue_bytes){.bytes = PQgetvalue(r, row, column),
                                   .size = (size_t)PQgetlength(r, row, column)};
}

/* ---- open and close ---- */

static tw_status make_tables(struct tw_queue *queue)
{
    PGresult *r = PQexec(queue->connection, schema);
    bool made = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!made) keep_why(queue, PQerrorMessage(queue->connection));
    PQclear(r);
    if (!made) return TW_ERR_NET;
    struct parameters none = {0};
    r = ask(queue, "SELECT version::bigint FROM thalweg_queue", &none);
    if (r == NULL) return TW_ERR_NET;
    bool ours = PQntuples(r) == 1 && integer_at(r, 0, 0) == SCHEMA_VERSION;
    PQclear(r);
    if (ours) return TW_OK;
    keep_why(queue, "its tables are of another version of Thalweg: update this one");
    return TW_ERR_FORMAT;
}

static void no_notices(void *user, const PGresult *notice)
{
    (void)user;
    (void)notice;
}

tw_status tw_queue_open(const char *url, char *why, struct tw_queue **out_queue)
{
    struct tw_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL) return TW_ERR_NOMEM;
    queue->connection = PQconnectdb(url);
    tw_status status = TW_OK;
    if (lost(queue)) {
        keep_why(queue, PQerrorMessage(queue->connection));
        status = TW_ERR_NET;
    } else {
        (void)PQsetNoticeReceiver(queue->connection, no_notices, NULL);
        status = make_tables(queue);
    }
    if (status == TW_OK) {
        *out_queue = queue;
        return TW_OK;
    }
    (void)snprintf(why, TW_QUEUE_WHY_SIZE, "%s", queue->why);
    tw_queue_close(queue);
    return status;
}

void tw_queue_close(struct tw_queue *queue)
{
    if (queue == NULL) return;
    PQclear(queue->taken);
    PQfinish(queue->connection);
    free(queue);
}

const char *tw_queue_why(const struct tw_queue *queue) { return queue->why; }

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < TW_QUEUE_NAME_SIZE;
}

/* ---- studies ---- */

static tw_status add_jobs(struct tw_queue *queue, int64_t study, const struct tw_queue_bytes *work,
                          int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        struct parameters p = {0};
        add_number(&p, study);
        add_number(&p, i);
        add_bytes(&p, &work[i]);
        TW_TRY(tell(queue, "INSERT INTO thalweg_job (study, index, work) VALUES ($1, $2, $3)", &p,
                    NULL));
    }
    return TW_OK;
}

/* Whether the study of a name holds just these bytes. */
static tw_status is_same(struct tw_queue *queue, const char *name,
                         const struct tw_queue_bytes *shared, const struct tw_queue_bytes *work,
                         int32_t count)
{
    struct parameters p = {0};
    add_text(&p, name);
    PGresult *r = ask(queue,
                      "SELECT s.shared, j.work FROM thalweg_study s JOIN thalweg_job j"
                      " ON j.study = s.id WHERE s.name = $1 ORDER BY j.index",
                      &p);
    if (r == NULL) return TW_ERR_NET;
    bool same = PQntuples(r) == count;
    for (int32_t i = 0; same && i < count; i++) {
        struct tw_queue_bytes all = bytes_at(r, i, 0), one = bytes_at(r, i, 1);
        same = all.size == shared->size && memcmp(all.bytes, shared->bytes, all.size) == 0 &&
               one.size == work[i].size && memcmp(one.bytes, work[i].bytes, one.size) == 0;
    }
    PQclear(r);
    if (same) return TW_OK;
    keep_why(queue, "another study has this name");
    return TW_ERR_STATE;
}

static tw_status add_all(struct tw_queue *queue, const char *name,
                         const struct tw_queue_bytes *shared, const struct tw_queue_bytes *work,
                         int32_t count)
{
    struct parameters p = {0};
    add_text(&p, name);
    add_bytes(&p, shared);
    PGresult *r = ask(queue,
                      "INSERT INTO thalweg_study (name, shared) VALUES ($1, $2)"
                      " ON CONFLICT (name) DO NOTHING RETURNING id",
                      &p);
    if (r == NULL) return TW_ERR_NET;
    bool fresh = PQntuples(r) == 1;
    int64_t study = fresh ? integer_at(r, 0, 0) : 0;
    PQclear(r);
    return fresh ? add_jobs(queue, study, work, count) : is_same(queue, name, shared, work, count);
}

tw_status tw_queue_study_add(struct tw_queue *queue, const char *name,
                             const struct tw_queue_bytes *shared, const struct tw_queue_bytes *work,
                             int32_t count)
{
    if (!is_name(name) || count < 1) return TW_ERR_ARG;
    for (int32_t i = -1; i < count; i++) {
        if ((i < 0 ? shared : &work[i])->size > bytes_most) return TW_ERR_ARG;
    }
    struct parameters none = {0};
    TW_TRY(tell(queue, "BEGIN", &none, NULL));
    queue->within = true;
    tw_status status = add_all(queue, name, shared, work, count);
    char why[TW_QUEUE_WHY_SIZE];
    memcpy(why, queue->why, sizeof why);
    queue->within = false;
    tw_status ended = lost(queue)
                          ? TW_ERR_NET
                          : tell(queue, status == TW_OK ? "COMMIT" : "ROLLBACK", &none, NULL);
    if (status == TW_OK) return ended;
    memcpy(queue->why, why, sizeof why);
    return status;
}

tw_status tw_queue_study_counts(struct tw_queue *queue, const char *name,
                                struct tw_queue_counts *out_counts)
{
    struct parameters p = {0};
    add_text(&p, name);
    PGresult *r = ask(queue,
                      "SELECT count(*) FILTER (WHERE j.state = 'waiting'),"
                      " count(*) FILTER (WHERE j.state = 'leased'),"
                      " count(*) FILTER (WHERE j.state = 'done'),"
                      " count(*) FILTER (WHERE j.state = 'failed'), count(*)"
                      " FROM thalweg_study s JOIN thalweg_job j ON j.study = s.id"
                      " WHERE s.name = $1",
                      &p);
    if (r == NULL) return TW_ERR_NET;
    *out_counts = (struct tw_queue_counts){.waiting = integer_at(r, 0, 0),
                                           .leased = integer_at(r, 0, 1),
                                           .done = integer_at(r, 0, 2),
                                           .failed = integer_at(r, 0, 3)};
    bool there = integer_at(r, 0, 4) > 0;
    PQclear(r);
    if (there) return TW_OK;
    keep_why(queue, "there is no study of this name");
    return TW_ERR_NAME;
}

tw_status tw_queue_study_results(struct tw_queue *queue, const char *name, tw_queue_visit *visit,
                                 void *user)
{
    struct parameters p = {0};
    add_text(&p, name);
    PGresult *r = ask(queue,
                      "SELECT j.index::bigint, r.bytes, convert_to(coalesce(j.why, ''), 'UTF8')"
                      " FROM thalweg_study s JOIN thalweg_job j ON j.study = s.id"
                      " LEFT JOIN thalweg_result r ON r.job = j.id"
                      " WHERE s.name = $1 AND j.state IN ('done', 'failed') ORDER BY j.index",
                      &p);
    if (r == NULL) return TW_ERR_NET;
    bool on = true;
    for (int row = 0; on && row < PQntuples(r); row++) {
        struct tw_queue_bytes bytes = bytes_at(r, row, 1);
        if (PQgetisnull(r, row, 1)) bytes.bytes = NULL;
        on = visit(user, (int32_t)integer_at(r, row, 0), &bytes, PQgetvalue(r, row, 2));
    }
    PQclear(r);
    return TW_OK;
}

tw_status tw_queue_study_remove(struct tw_queue *queue, const char *name)
{
    struct parameters p = {0};
    add_text(&p, name);
    return tell(queue, "DELETE FROM thalweg_study WHERE name = $1", &p, NULL);
}

/* ---- jobs ---- */

/* A job that so many workers have left without a word is not given to one more. */
static tw_status give_up(struct tw_queue *queue)
{
    struct parameters p = {0};
    add_number(&p, TW_QUEUE_LEASES_MOST);
    return tell(queue,
                "UPDATE thalweg_job SET state = 'failed', why = 'its workers disappeared ' ||"
                " leases || ' times' WHERE state = 'leased' AND lease_until < now()"
                " AND leases >= $1::bigint",
                &p, NULL);
}

tw_status tw_queue_take(struct tw_queue *queue, const char *worker, int32_t lease_s,
                        struct tw_queue_job *out_job)
{
    if (!is_name(worker) || lease_s < 1) return TW_ERR_ARG;
    *out_job = (struct tw_queue_job){0};
    TW_TRY(give_up(queue));
    struct parameters p = {0};
    add_text(&p, worker);
    add_number(&p, lease_s);
    PGresult *r =
        ask(queue,
            "UPDATE thalweg_job j SET state = 'leased', worker = $1, leases = leases + 1,"
            " lease_until = now() + $2::bigint * interval '1 second'"
            " FROM thalweg_study s WHERE s.id = j.study AND j.id = ("
            "  SELECT id FROM thalweg_job WHERE state = 'waiting'"
            "  OR (state = 'leased' AND lease_until < now())"
            "  ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1)"
            " RETURNING j.id, j.index::bigint, convert_to(s.name, 'UTF8'), s.shared, j.work",
            &p);
    if (r == NULL) return TW_ERR_NET;
    PQclear(queue->taken);
    queue->taken = r;
    if (PQntuples(r) == 0) return TW_OK;
    out_job->id = integer_at(r, 0, 0);
    out_job->index = (int32_t)integer_at(r, 0, 1);
    (void)snprintf(out_job->study, sizeof out_job->study, "%.*s", PQgetlength(r, 0, 2),
                   PQgetvalue(r, 0, 2));
    out_job->shared = bytes_at(r, 0, 3);
    out_job->work = bytes_at(r, 0, 4);
    return TW_OK;
}

static tw_status held(struct tw_queue *queue, tw_status status, int64_t rows)
{
    if (status != TW_OK || rows > 0) return status;
    keep_why(queue, "another worker has the job, or its study is gone");
    return TW_ERR_STATE;
}

tw_status tw_queue_renew(struct tw_queue *queue, int64_t job, const char *worker, int32_t lease_s)
{
    struct parameters p = {0};
    int64_t rows = 0;
    add_number(&p, job);
    add_text(&p, worker);
    add_number(&p, lease_s);
    tw_status status = tell(queue,
                            "UPDATE thalweg_job SET"
                            " lease_until = now() + $3::bigint * interval '1 second'"
                            " WHERE id = $1 AND worker = $2 AND state = 'leased'",
                            &p, &rows);
    return held(queue, status, rows);
}

tw_status tw_queue_release(struct tw_queue *queue, int64_t job, const char *worker)
{
    struct parameters p = {0};
    int64_t rows = 0;
    add_number(&p, job);
    add_text(&p, worker);
    tw_status status = tell(queue,
                            "UPDATE thalweg_job SET state = 'waiting', leases = leases - 1"
                            " WHERE id = $1 AND worker = $2 AND state = 'leased'",
                            &p, &rows);
    return held(queue, status, rows);
}

tw_status tw_queue_finish(struct tw_queue *queue, int64_t job, const struct tw_queue_bytes *result)
{
    struct parameters p = {0};
    int64_t rows = 0;
    add_number(&p, job);
    add_bytes(&p, result);
    tw_status status = tell(queue,
                            "WITH done AS (UPDATE thalweg_job SET state = 'done', why = NULL"
                            "  WHERE id = $1 RETURNING id)"
                            " INSERT INTO thalweg_result (job, bytes) SELECT id, $2 FROM done"
                            " ON CONFLICT (job) DO UPDATE SET bytes = thalweg_result.bytes",
                            &p, &rows);
    return held(queue, status, rows);
}

tw_status tw_queue_fail(struct tw_queue *queue, int64_t job, const char *worker, const char *why,
                        bool again)
{
    struct parameters p = {0};
    int64_t rows = 0;
    char cut[MESSAGE_MOST];
    int length = snprintf(cut, sizeof cut, "%s", why);
    if (length >= MESSAGE_MOST) { /* not within a character of several bytes */
        length = MESSAGE_MOST - 1;
        while (length > 0 && ((unsigned char)why[length] & 0xC0) == 0x80)
            length--;
        cut[length] = '\0';
    }
    add_number(&p, job);
    add_text(&p, worker);
    add_text(&p, cut);
    add_number(&p, again ? TW_QUEUE_TRIES_MOST : 0);
    tw_status status = tell(queue,
                            "UPDATE thalweg_job SET tries = tries + 1, why = $3,"
                            " state = CASE WHEN tries + 1 < $4::bigint THEN 'waiting'"
                            "  ELSE 'failed' END"
                            " WHERE id = $1 AND worker = $2 AND state = 'leased'",
                            &p, &rows);
    return held(queue, status, rows);
}
