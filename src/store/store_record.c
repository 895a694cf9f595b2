/* Records, each in the shelf of its kind and subject: a number, so that a database finds it quickly. */
#include "store/record.h"
#include "store/store_internal.h"

#include <string.h>

static struct tw_cell whole(int64_t value) { return (struct tw_cell){.kind = 'i', .whole = value}; }

static struct tw_cell text(const char *value)
{
    return (struct tw_cell){.kind = 't', .text = value == NULL ? "" : value};
}

/* FNV-1a of both texts. Two shelves may share a number: who reads compares the texts, too. */
static int64_t shelf_of(const char *kind, const char *subject)
{
    uint64_t h = UINT64_C(1469598103934665603);
    for (; *kind != '\0'; kind++)
        h = (h ^ (unsigned char)*kind) * UINT64_C(1099511628211);
    h = (h ^ '/') * UINT64_C(1099511628211);
    for (; *subject != '\0'; subject++)
        h = (h ^ (unsigned char)*subject) * UINT64_C(1099511628211);
    return (int64_t)(h >> 1);
}

static tw_status write_record(struct tw_store *store, struct tw_store_job *job)
{
    const struct tw_store_record *r = job->record;
    *job->out_id = store->next_record++;
    const struct tw_cell cells[] = {whole(*job->out_id), whole(shelf_of(r->kind, r->subject)),
                                    whole(r->time_ms),   text(r->kind),
                                    text(r->subject),    text(r->who),
                                    text(r->body)};
    return store->ops->row_put(store->writer, TW_TABLE_RECORD, cells);
}

tw_status tw_store_record_add(struct tw_store *store, const struct tw_store_record *record,
                              int64_t *out_id)
{
    int64_t id = 0;
    struct tw_store_record copy = *record;
    if (copy.kind == NULL) copy.kind = "";
    if (copy.subject == NULL) copy.subject = "";
    struct tw_store_job *job = tw_store_job_new(write_record, TW_CLASS_URGENT, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->record = &copy; /* the caller waits */
    job->out_id = &id;
    tw_status status = tw_store_job_wait(store, job);
    if (status == TW_OK && out_id != NULL) *out_id = id;
    return status;
}

struct reader {
    const char *kind, *subject;
    tw_store_record_visit *visit;
    void *user;
};

static bool show(void *user, const struct tw_cell *cells)
{
    const struct reader *reader = user;
    const struct tw_store_record record = {.id = cells[0].whole,
                                           .time_ms = cells[2].whole,
                                           .kind = cells[3].text,
                                           .subject = cells[4].text,
                                           .who = cells[5].text,
                                           .body = cells[6].text};
    if (strcmp(record.kind, reader->kind) != 0 || strcmp(record.subject, reader->subject) != 0) {
        return true;
    }
    return reader->visit(reader->user, &record);
}

tw_status tw_store_records_read(struct tw_store *store, const char *kind, const char *subject,
                                size_t limit, tw_store_record_visit *visit, void *user)
{
    struct reader reader = {kind, subject, visit, user};
    const struct tw_rows rows = {.table = TW_TABLE_RECORD,
                                 .column = 1,
                                 .value = shelf_of(kind, subject),
                                 .newest_first = true,
                                 .limit = limit > INT64_MAX ? INT64_MAX : (int64_t)limit};
    struct tw_session *session = NULL;
    TW_TRY(tw_store_reader_take(store, &session));
    tw_status status = store->ops->rows_read(session, &rows, show, &reader);
    tw_store_reader_give(store, session);
    return status;
}
