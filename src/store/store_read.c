/* Reading: sessions of its own, each used by one thread at a time. */
#include "store/month.h"
#include "store/store_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tw_status tw_store_reader_take(struct tw_store *store, struct tw_session **out_session)
{
    struct tw_session *session = NULL;
    char why[300];
    (void)pthread_mutex_lock(&store->readers_mutex);
    if (store->reader_count > 0) session = store->readers[--store->reader_count];
    bool forget =
        session != NULL && store->months_removed != store->reader_months[store->reader_count];
    (void)pthread_mutex_unlock(&store->readers_mutex);
    if (forget) store->ops->forget(session);
    *out_session = session;
    if (session != NULL) return TW_OK;
    return store->ops->open(store->path, TW_SESSION_READ, why, sizeof why, out_session);
}

void tw_store_reader_give(struct tw_store *store, struct tw_session *session)
{
    if (session == NULL) return;
    (void)pthread_mutex_lock(&store->readers_mutex);
    bool kept = store->reader_count < TW_STORE_READERS;
    if (kept) {
        store->reader_months[store->reader_count] = store->months_removed;
        store->readers[store->reader_count++] = session;
    }
    (void)pthread_mutex_unlock(&store->readers_mutex);
    if (!kept) store->ops->close(session);
}

/* ---- samples ---- */

struct reading {
    struct tw_chunk_coder coder;
    struct tw_points waiting, found, unpacked;
    int64_t from_ms, to_ms;
    size_t limit;
    tw_status status;
};

static void reading_done(struct reading *r)
{
    tw_chunk_coder_done(&r->coder);
    free(r->waiting.items);
    free(r->found.items);
    free(r->unpacked.items);
}

/* A chunk's points of the time asked for, the newest first. */
static bool take_chunk(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                       size_t size)
{
    struct reading *r = user;
    struct tw_chunk_summary about;
    (void)series;
    r->status = tw_chunk_summary_read(data, size, &about);
    if (r->status != TW_OK) return false;
    if (about.last_ms < r->from_ms) return false;
    r->status = tw_points_reserve(&r->unpacked, (size_t)about.count);
    if (r->status == TW_OK) {
        r->status = tw_points_reserve(&r->found, r->found.count + (size_t)about.count);
    }
    if (r->status == TW_OK) {
        r->status = tw_chunk_unpack(&r->coder, data, size, r->unpacked.items, r->unpacked.room,
                                    &r->unpacked.count);
    }
    if (r->status != TW_OK) return false;
    for (size_t i = r->unpacked.count; i-- > 0;) {
        int64_t time_ms = r->unpacked.items[i].time_ms;
        if (time_ms < r->from_ms || time_ms > r->to_ms) continue;
        r->found.items[r->found.count++] = r->unpacked.items[i];
    }
    return begin_ms > r->from_ms && r->found.count < r->limit;
}

/* Chunks of a series down from to_ms, month by month, while there are any and more is wanted. */
static tw_status chunks_down(struct tw_store *store, int32_t series, struct reading *r,
                             tw_chunk_visit *visit, void *user)
{
    struct tw_session *session = NULL;
    struct tw_months m = {0};
    TW_TRY(tw_store_reader_take(store, &session));
    tw_status status = tw_months_collect(session, &m);
    for (size_t i = m.count; i-- > 0 && status == TW_OK;) {
        if (m.months[i] > tw_month_of(r->to_ms)) continue;
        if (m.months[i] < tw_month_of(r->from_ms) || r->found.count >= r->limit) break;
        status = store->ops->chunks_read(session, m.months[i], series, r->to_ms, visit, user);
        if (status == TW_OK) status = r->status;
    }
    free(m.months);
    tw_store_reader_give(store, session);
    return status == TW_ERR_FORMAT ? TW_ERR_FILE : status;
}

/* What waits, of the time asked for. It is taken before the chunks are read: what is sealed in
 * between is found twice, and once in the answer. */
static tw_status waiting_within(struct tw_store *store, int32_t series, struct reading *r)
{
    TW_TRY(tw_store_waiting_copy(store, series, &r->waiting));
    size_t kept = 0;
    for (size_t i = 0; i < r->waiting.count; i++) {
        int64_t time_ms = r->waiting.items[i].time_ms;
        if (time_ms < r->from_ms || time_ms > r->to_ms) continue;
        r->waiting.items[kept++] = r->waiting.items[i];
    }
    r->waiting.count = kept;
    return TW_OK;
}

static void turn_round(struct tw_points *points)
{
    for (size_t i = 0; i < points->count / 2; i++) {
        struct tw_chunk_point other = points->items[i];
        points->items[i] = points->items[points->count - 1 - i];
        points->items[points->count - 1 - i] = other;
    }
}

static tw_status samples_of(const struct reading *r, int32_t series,
                            struct tw_store_sample **out_samples, size_t *out_count)
{
    size_t skipped = r->unpacked.count > r->limit ? r->unpacked.count - r->limit : 0;
    size_t count = r->unpacked.count - skipped;
    struct tw_store_sample *samples = count == 0 ? NULL : malloc(count * sizeof *samples);
    if (count > 0 && samples == NULL) return TW_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct tw_chunk_point *p = &r->unpacked.items[skipped + i];
        samples[i] = (struct tw_store_sample){
            .series = series, .quality = p->quality, .time_ms = p->time_ms, .value = p->value};
    }
    *out_samples = samples;
    *out_count = count;
    return TW_OK;
}

tw_status tw_store_samples_read(struct tw_store *store, int32_t series, int64_t from_ms,
                                int64_t to_ms, size_t limit, struct tw_store_sample **out_samples,
                                size_t *out_count)
{
    struct reading r = {.from_ms = from_ms, .to_ms = to_ms, .limit = limit};
    tw_status status = waiting_within(store, series, &r);
    if (status == TW_OK) status = chunks_down(store, series, &r, take_chunk, &r);
    turn_round(&r.found);
    r.unpacked.count = 0;
    if (status == TW_OK) {
        status = tw_points_merge(r.found.items, r.found.count, r.waiting.items, r.waiting.count,
                                 &r.unpacked);
    }
    if (status == TW_OK) status = samples_of(&r, series, out_samples, out_count);
    reading_done(&r);
    return status;
}

/* ---- down to pixels ---- */

struct pixels {
    struct reading *reading;
    struct tw_store_bucket *buckets;
    int32_t count;
    size_t left; /* of reading->waiting, below the chunks that were visited */
};

static int32_t bucket_of(const struct pixels *p, int64_t time_ms)
{
    const struct reading *r = p->reading;
    double length = ((double)r->to_ms - (double)r->from_ms + 1.0) / p->count;
    int32_t i = (int32_t)(((double)time_ms - (double)r->from_ms) / length);
    return i < 0 ? 0 : i >= p->count ? p->count - 1 : i;
}

/* Take an earlier stretch into a bucket; all are taken from the newest to the oldest. */
static void bucket_add(struct tw_store_bucket *b, const struct tw_chunk_summary *s, int32_t quality)
{
    b->quality |= quality;
    if (b->count == 0) {
        b->last_ms = s->last_ms;
        b->last = s->last;
    }
    b->first_ms = s->first_ms;
    b->first = s->first;
    b->count += s->count;
    if (s->numbers == 0) return;
    if (b->numbers == 0 || s->min < b->min) b->min = s->min;
    if (b->numbers == 0 || s->max > b->max) b->max = s->max;
    b->sum += s->sum;
    b->numbers += s->numbers;
}

static void bucket_add_points(struct pixels *p, const struct tw_chunk_point *points, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        double value = points[i].value;
        int64_t time_ms = points[i].time_ms;
        if (time_ms < p->reading->from_ms || time_ms > p->reading->to_ms) continue;
        struct tw_chunk_summary one = {.count = 1,
                                       .numbers = value == value,
                                       .first_ms = time_ms,
                                       .last_ms = time_ms,
                                       .first = value,
                                       .last = value,
                                       .min = value,
                                       .max = value,
                                       .sum = value};
        bucket_add(&p->buckets[bucket_of(p, time_ms)], &one, points[i].quality);
    }
}

/* Down to the first of what waits that is not beyond a time. */
static size_t waiting_up_to(const struct pixels *p, int64_t time_ms)
{
    size_t left = p->left;
    while (left > 0 && p->reading->waiting.items[left - 1].time_ms > time_ms)
        left--;
    return left;
}

static tw_status pixels_unpack(struct pixels *p, const uint8_t *data, size_t size,
                               const struct tw_chunk_summary *about, size_t within)
{
    struct reading *r = p->reading;
    TW_TRY(tw_points_reserve(&r->unpacked, (size_t)about->count));
    TW_TRY(tw_chunk_unpack(&r->coder, data, size, r->unpacked.items, r->unpacked.room,
                           &r->unpacked.count));
    if (within == p->left) {
        bucket_add_points(p, r->unpacked.items, r->unpacked.count);
        return TW_OK;
    }
    r->found.count = 0;
    TW_TRY(tw_points_merge(r->unpacked.items, r->unpacked.count, r->waiting.items + within,
                           p->left - within, &r->found));
    bucket_add_points(p, r->found.items, r->found.count);
    r->found.count = 0;
    return TW_OK;
}

static bool take_pixels(void *user, int32_t series, int64_t begin_ms, const uint8_t *data,
                        size_t size)
{
    struct pixels *p = user;
    struct reading *r = p->reading;
    struct tw_chunk_summary about;
    (void)series;
    r->status = tw_chunk_summary_read(data, size, &about);
    if (r->status != TW_OK) return false;
    size_t after = waiting_up_to(p, about.last_ms);
    if (p->left > after) bucket_add_points(p, r->waiting.items + after, p->left - after);
    p->left = after;
    if (about.last_ms < r->from_ms) return false;
    size_t within = waiting_up_to(p, about.first_ms - 1);
    bool whole = about.good && within == p->left && about.first_ms >= r->from_ms &&
                 about.last_ms <= r->to_ms &&
                 bucket_of(p, about.first_ms) == bucket_of(p, about.last_ms);
    if (whole) {
        bucket_add(&p->buckets[bucket_of(p, about.first_ms)], &about, 0);
    } else {
        r->status = pixels_unpack(p, data, size, &about, within);
    }
    p->left = within;
    return r->status == TW_OK && begin_ms > r->from_ms;
}

tw_status tw_store_buckets_read(struct tw_store *store, int32_t series, int64_t from_ms,
                                int64_t to_ms, int32_t count, struct tw_store_bucket *out_buckets)
{
    if (count < 1 || from_ms > to_ms) return TW_ERR_ARG;
    struct reading r = {.from_ms = from_ms, .to_ms = to_ms, .limit = SIZE_MAX};
    struct tw_store_bucket *buckets = calloc((size_t)count, sizeof *buckets);
    struct pixels p = {.reading = &r, .buckets = buckets, .count = count};
    tw_status status = buckets == NULL ? TW_ERR_NOMEM : waiting_within(store, series, &r);
    p.left = r.waiting.count;
    if (status == TW_OK) status = chunks_down(store, series, &r, take_pixels, &p);
    if (status == TW_OK) {
        bucket_add_points(&p, r.waiting.items, p.left);
        memcpy(out_buckets, buckets, (size_t)count * sizeof *buckets);
    }
    free(buckets);
    reading_done(&r);
    return status;
}

/* ---- rows ---- */

static int64_t cell_time(const struct tw_cell *cell)
{
    return cell->kind == 0 ? TW_STORE_NEVER : cell->whole;
}

struct warning_list {
    struct tw_store_warning *items;
    size_t count, room;
    tw_status status;
};

/* What is known of a warning, from its 15th column on. */
static void read_view(struct tw_store_warning *w, const struct tw_cell *cells)
{
    w->group = cells[0].whole;
    w->own_rank = (int32_t)cells[1].whole;
    w->highest_rank = (int32_t)cells[2].whole;
    w->probability = cells[3].real;
    w->low_m = cells[4].real;
    w->high_m = cells[5].real;
    w->early_ms = cell_time(&cells[6]);
    w->late_ms = cell_time(&cells[7]);
    w->cause_kind = (int32_t)cells[8].whole;
    (void)snprintf(w->cause_element, sizeof w->cause_element, "%s", cells[9].text);
    w->cause_ms = cell_time(&cells[10]);
    (void)snprintf(w->basis, sizeof w->basis, "%s", cells[11].text);
}

/* What an officer ordered and how far the rules are, from the 27th column on. */
static void read_order(struct tw_store_warning *w, const struct tw_cell *cells)
{
    w->order = (int32_t)cells[0].whole;
    w->order_rank = (int32_t)cells[1].whole;
    (void)snprintf(w->ordered_by, sizeof w->ordered_by, "%s", cells[2].text);
    (void)snprintf(w->order_reason, sizeof w->order_reason, "%s", cells[3].text);
    w->ordered_ms = cell_time(&cells[4]);
    w->lower_count = (int32_t)cells[5].whole;
    w->lower_rank = (int32_t)cells[6].whole;
    w->none_count = (int32_t)cells[7].whole;
    for (int c = 0; c < 4; c++)
        w->passed_ms[c] = cell_time(&cells[8 + c]);
    w->told_rank = (int32_t)cells[12].whole;
    w->told_state = (int32_t)cells[13].whole;
    w->told_expected_ms = cell_time(&cells[14]);
}

static bool add_warning(void *user, const struct tw_cell *cells)
{
    struct warning_list *list = user;
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 64 : 2 * list->room;
        struct tw_store_warning *items = realloc(list->items, room * sizeof *items);
        if (items == NULL) list->status = TW_ERR_NOMEM;
        if (items == NULL) return false;
        list->items = items;
        list->room = room;
    }
    struct tw_store_warning *w = &list->items[list->count++];
    *w = (struct tw_store_warning){.id = cells[0].whole,
                                   .session = cells[1].whole,
                                   .rank = (int32_t)cells[3].whole,
                                   .state = (int32_t)cells[4].whole,
                                   .depth_m = cells[5].real,
                                   .expected_ms = cell_time(&cells[6]),
                                   .issued_ms = cells[7].whole,
                                   .updated_ms = cells[8].whole,
                                   .reached_ms = cell_time(&cells[9]),
                                   .ended_ms = cell_time(&cells[10]),
                                   .simulated = cells[11].whole != 0,
                                   .acknowledged_ms = cell_time(&cells[13])};
    (void)snprintf(w->point, sizeof w->point, "%s", cells[2].text);
    (void)snprintf(w->acknowledged_by, sizeof w->acknowledged_by, "%s", cells[12].text);
    read_view(w, cells + 14);
    read_order(w, cells + 26);
    return true;
}

tw_status tw_store_warnings_read(struct tw_store *store, int64_t session,
                                 struct tw_store_warning **out_warnings, size_t *out_count)
{
    struct tw_rows rows = {
        .table = TW_TABLE_WARNING, .column = 1, .value = session, .limit = INT64_MAX};
    struct warning_list list = {0};
    struct tw_session *reader = NULL;
    TW_TRY(tw_store_reader_take(store, &reader));
    tw_status status = store->ops->rows_read(reader, &rows, add_warning, &list);
    tw_store_reader_give(store, reader);
    if (status == TW_OK) status = list.status;
    if (status != TW_OK) {
        free(list.items);
        return status;
    }
    *out_warnings = list.items;
    *out_count = list.count;
    return TW_OK;
}

struct row_reader {
    tw_store_bulletin_visit *bulletin;
    tw_store_notice_visit *notice;
    void *user;
};

static bool show_bulletin(void *user, const struct tw_cell *cells)
{
    const struct row_reader *reader = user;
    const struct tw_store_bulletin bulletin = {.id = cells[0].whole,
                                               .session = cells[1].whole,
                                               .group = cells[2].whole,
                                               .time_ms = cells[3].whole,
                                               .kind = (int32_t)cells[4].whole,
                                               .identifier = cells[5].text,
                                               .text = cells[6].text,
                                               .brief = cells[7].text};
    return reader->bulletin(reader->user, &bulletin);
}

static bool show_notice(void *user, const struct tw_cell *cells)
{
    const struct row_reader *reader = user;
    const struct tw_store_notice notice = {.id = cells[0].whole,
                                           .session = cells[1].whole,
                                           .bulletin = cells[2].whole,
                                           .channel = (int32_t)cells[3].whole,
                                           .address = cells[4].text,
                                           .state = (int32_t)cells[5].whole,
                                           .attempts = (int32_t)cells[6].whole,
                                           .tried_ms = cell_time(&cells[7]),
                                           .next_ms = cell_time(&cells[8]),
                                           .answer = cells[9].text};
    return reader->notice(reader->user, &notice);
}

/* The newest rows of a session. */
static tw_status read_newest(struct tw_store *store, struct tw_rows rows, tw_row_visit *visit,
                             struct row_reader *user)
{
    struct tw_session *reader = NULL;
    TW_TRY(tw_store_reader_take(store, &reader));
    tw_status status = store->ops->rows_read(reader, &rows, visit, user);
    tw_store_reader_give(store, reader);
    return status;
}

static struct tw_rows newest_of(enum tw_table table, int64_t session, size_t limit)
{
    return (struct tw_rows){.table = table,
                            .column = 1,
                            .value = session,
                            .newest_first = true,
                            .limit = limit > INT64_MAX ? INT64_MAX : (int64_t)limit};
}

tw_status tw_store_bulletins_read(struct tw_store *store, int64_t session, size_t limit,
                                  tw_store_bulletin_visit *visit, void *user)
{
    struct row_reader reader = {.bulletin = visit, .user = user};
    return read_newest(store, newest_of(TW_TABLE_BULLETIN, session, limit), show_bulletin, &reader);
}

tw_status tw_store_notices_read(struct tw_store *store, int64_t session, size_t limit,
                                tw_store_notice_visit *visit, void *user)
{
    struct row_reader reader = {.notice = visit, .user = user};
    return read_newest(store, newest_of(TW_TABLE_NOTICE, session, limit), show_notice, &reader);
}

struct audit_reader {
    tw_store_audit_visit *visit;
    void *user;
};

static bool show_audit(void *user, const struct tw_cell *cells)
{
    const struct audit_reader *reader = user;
    struct tw_store_audit audit = {.time_ms = cells[1].whole,
                                   .who = cells[2].text,
                                   .peer = cells[3].text,
                                   .method = cells[4].text,
                                   .path = cells[5].text,
                                   .status = (int32_t)cells[6].whole,
                                   .detail = cells[7].text};
    return reader->visit(reader->user, &audit);
}

tw_status tw_store_audit_read(struct tw_store *store, size_t limit, tw_store_audit_visit *visit,
                              void *user)
{
    struct tw_rows rows = {.table = TW_TABLE_AUDIT,
                           .column = -1,
                           .newest_first = true,
                           .limit = limit > INT64_MAX ? INT64_MAX : (int64_t)limit};
    struct audit_reader audit = {visit, user};
    struct tw_session *reader = NULL;
    TW_TRY(tw_store_reader_take(store, &reader));
    tw_status status = store->ops->rows_read(reader, &rows, show_audit, &audit);
    tw_store_reader_give(store, reader);
    return status;
}

int64_t tw_store_meta_get(struct tw_store *store, const char *key, int64_t otherwise)
{
    struct tw_session *reader = NULL;
    int64_t value = otherwise;
    if (tw_store_reader_take(store, &reader) != TW_OK) return otherwise;
    (void)store->ops->meta_get(reader, key, &value);
    tw_store_reader_give(store, reader);
    return value;
}
