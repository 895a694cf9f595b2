/* Lines of the journal and bookings, written by one job in one transaction. */
#include "store/store_internal.h"

#include <math.h>

static struct tw_cell whole(int64_t value) { return (struct tw_cell){.kind = 'i', .whole = value}; }

static struct tw_cell text(const char *value)
{
    return (struct tw_cell){.kind = 't', .text = value == NULL ? "" : value};
}

static tw_status put_entry(struct tw_store *store, const struct tw_store_entry *e)
{
    const struct tw_cell cells[] = {whole(store->next_entry++),
                                    whole(e->session),
                                    whole(e->time_ms),
                                    whole(e->wall_ms),
                                    text(e->kind),
                                    whole(e->order),
                                    text(e->crew),
                                    text(e->vehicle),
                                    text(e->place),
                                    text(e->who),
                                    text(e->reason),
                                    text(e->key),
                                    {.kind = isnan(e->value) ? 0 : 'r', .real = e->value},
                                    text(e->items),
                                    text(e->detail)};
    return store->ops->row_put(store->writer, TW_TABLE_JOURNAL, cells);
}

static tw_status put_all(struct tw_store *store, const struct tw_store_job *job)
{
    const struct tw_backend_ops *ops = store->ops;
    for (size_t i = 0; i < job->booking_count; i++) {
        const struct tw_store_booking *b = &job->bookings[i];
        if (b->order == 0) TW_TRY(ops->row_remove(store->writer, TW_TABLE_BOOKING, b->resource));
    }
    for (size_t i = 0; i < job->booking_count; i++) {
        const struct tw_store_booking *b = &job->bookings[i];
        const struct tw_cell cells[] = {text(b->resource), whole(b->order)};
        if (b->order != 0) TW_TRY(ops->row_claim(store->writer, TW_TABLE_BOOKING, cells));
    }
    for (size_t i = 0; i < job->count; i++)
        TW_TRY(put_entry(store, &job->entries[i]));
    return TW_OK;
}

/* The other jobs of the group are committed even when this one cannot be done. */
static tw_status write_entries(struct tw_store *store, struct tw_store_job *job)
{
    TW_TRY(store->ops->part_begin(store->writer));
    tw_status status = put_all(store, job);
    if (status == TW_ERR_FILE) return status; /* all of it is rolled back */
    TW_TRY(store->ops->part_end(store->writer, status == TW_OK));
    return status;
}

tw_status tw_store_journal_add(struct tw_store *store, const struct tw_store_entry *entries,
                               size_t count, const struct tw_store_booking *bookings,
                               size_t booking_count)
{
    struct tw_store_job *job = tw_store_job_new(write_entries, TW_CLASS_URGENT, 0);
    if (job == NULL) return TW_ERR_NOMEM;
    job->entries = entries;
    job->count = count;
    job->bookings = bookings;
    job->booking_count = booking_count;
    return tw_store_job_wait(store, job);
}

struct reader {
    tw_store_entry_visit *visit;
    void *user;
};

static bool show_entry(void *user, const struct tw_cell *cells)
{
    const struct reader *reader = user;
    const struct tw_store_entry e = {.id = cells[0].whole,
                                     .session = cells[1].whole,
                                     .time_ms = cells[2].whole,
                                     .wall_ms = cells[3].whole,
                                     .kind = cells[4].text,
                                     .order = cells[5].whole,
                                     .crew = cells[6].text,
                                     .vehicle = cells[7].text,
                                     .place = cells[8].text,
                                     .who = cells[9].text,
                                     .reason = cells[10].text,
                                     .key = cells[11].text,
                                     .value = cells[12].kind == 0 ? (double)NAN : cells[12].real,
                                     .items = cells[13].text,
                                     .detail = cells[14].text};
    return reader->visit(reader->user, &e);
}

tw_status tw_store_journal_read(struct tw_store *store, int64_t session,
                                tw_store_entry_visit *visit, void *user)
{
    struct tw_rows rows = {
        .table = TW_TABLE_JOURNAL, .column = 1, .value = session, .limit = INT64_MAX};
    struct reader reader = {visit, user};
    struct tw_session *source = NULL;
    TW_TRY(tw_store_reader_take(store, &source));
    tw_status status = store->ops->rows_read(source, &rows, show_entry, &reader);
    tw_store_reader_give(store, source);
    return status;
}
