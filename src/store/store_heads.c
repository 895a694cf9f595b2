/* The last value of every series, and the names of sources, in memory. */
#include "store/store_internal.h"

#include <stdlib.h>
#include <string.h>

tw_status tw_store_heads_grow(struct tw_store *store, int32_t series)
{
    if (series < store->head_count) return TW_OK;
    int32_t count = store->head_count * 2 > series ? store->head_count * 2 : series + 64;
    struct tw_store_head *heads = realloc(store->heads, (size_t)count * sizeof *heads);
    if (heads == NULL) return TW_ERR_NOMEM;
    for (int32_t i = store->head_count; i < count; i++) {
        heads[i] = (struct tw_store_head){.time_ms = TW_STORE_NEVER};
    }
    store->heads = heads;
    store->head_count = count;
    return TW_OK;
}

static tw_status source_keep(struct tw_store *store, int32_t id, const char *name)
{
    if (id >= store->source_count) {
        int32_t count = id + 16;
        char **sources = realloc(store->sources, (size_t)count * sizeof *sources);
        if (sources == NULL) return TW_ERR_NOMEM;
        for (int32_t i = store->source_count; i < count; i++)
            sources[i] = NULL;
        store->sources = sources;
        store->source_count = count;
    }
    if (store->sources[id] == NULL) store->sources[id] = strdup(name);
    return store->sources[id] == NULL ? TW_ERR_NOMEM : TW_OK;
}

static tw_status load_sources(struct tw_store *store)
{
    sqlite3_stmt *rows = NULL;
    tw_status status = TW_OK;
    int code = sqlite3_prepare_v2(store->writer, "SELECT id, name FROM source", -1, &rows, NULL);
    while (code == SQLITE_OK && status == TW_OK && sqlite3_step(rows) == SQLITE_ROW) {
        status = source_keep(store, sqlite3_column_int(rows, 0),
                             (const char *)sqlite3_column_text(rows, 1));
    }
    (void)sqlite3_finalize(rows);
    return code == SQLITE_OK ? status : TW_ERR_FILE;
}

/* One descent of the tree per series: its newest row. */
static const char newest_sql[] =
    "SELECT s.id, x.time_ms, x.value, x.quality, x.source FROM series AS s"
    " JOIN sample AS x ON x.series = s.id AND x.time_ms ="
    " (SELECT max(y.time_ms) FROM sample AS y WHERE y.series = s.id)";

tw_status tw_store_heads_load(struct tw_store *store)
{
    TW_TRY(load_sources(store));
    sqlite3_stmt *rows = NULL;
    tw_status status = TW_OK;
    int code = sqlite3_prepare_v2(store->writer, newest_sql, -1, &rows, NULL);
    while (code == SQLITE_OK && status == TW_OK && sqlite3_step(rows) == SQLITE_ROW) {
        int32_t series = sqlite3_column_int(rows, 0);
        status = tw_store_heads_grow(store, series);
        if (status != TW_OK) break;
        store->heads[series] = (struct tw_store_head){.time_ms = sqlite3_column_int64(rows, 1),
                                                      .value = sqlite3_column_double(rows, 2),
                                                      .quality = sqlite3_column_int(rows, 3),
                                                      .source = sqlite3_column_int(rows, 4)};
    }
    (void)sqlite3_finalize(rows);
    if (code != SQLITE_OK) return TW_ERR_FILE;
    rows = NULL;
    code = sqlite3_prepare_v2(store->writer, "SELECT coalesce(sum(count), 0) FROM batch", -1, &rows,
                              NULL);
    if (code == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW) {
        store->sample_count = sqlite3_column_int64(rows, 0);
    }
    (void)sqlite3_finalize(rows);
    return code == SQLITE_OK ? status : TW_ERR_FILE;
}

void tw_store_heads_reload(struct tw_store *store)
{
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    for (int32_t i = 0; i < store->head_count; i++)
        store->heads[i].time_ms = TW_STORE_NEVER;
    /* What cannot be read is shown again when its next value comes. */
    (void)tw_store_heads_load(store);
    (void)pthread_rwlock_unlock(&store->heads_lock);
}

void tw_store_heads_update(struct tw_store *store, const struct tw_store_job *job)
{
    (void)pthread_rwlock_wrlock(&store->heads_lock);
    store->sample_count += (int64_t)job->count;
    /* Without memory for its name a source stays nameless until the next start. */
    (void)source_keep(store, job->source_index, job->source);
    for (size_t i = 0; i < job->count; i++) {
        const struct tw_store_sample *s = &job->samples[i];
        struct tw_store_head *head = &store->heads[s->series];
        if (s->time_ms < head->time_ms) continue;
        *head = (struct tw_store_head){.time_ms = s->time_ms,
                                       .value = s->value,
                                       .quality = s->quality,
                                       .source = job->source_index};
    }
    (void)pthread_rwlock_unlock(&store->heads_lock);
}

struct tw_store_head tw_store_head_get(struct tw_store *store, int32_t series)
{
    struct tw_store_head head = {.time_ms = TW_STORE_NEVER};
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    if (series >= 0 && series < store->head_count) head = store->heads[series];
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return head;
}

const char *tw_store_source_name(struct tw_store *store, int32_t source)
{
    const char *name = NULL;
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    if (source >= 0 && source < store->source_count) name = store->sources[source];
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return name == NULL ? "" : name;
}

int64_t tw_store_sample_count(struct tw_store *store)
{
    (void)pthread_rwlock_rdlock(&store->heads_lock);
    int64_t count = store->sample_count;
    (void)pthread_rwlock_unlock(&store->heads_lock);
    return count;
}
