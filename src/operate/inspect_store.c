#include "operate/inspect_store.h"

#include <math.h>
#include <string.h>

tw_status tw_inspect_store_init(const struct tw_works *works, struct tw_store *store,
                                struct tw_arena *arena, struct tw_inspect_store *out_source)
{
    struct tw_inspect_store source = {.store = store, .simulates = works->made_up};
    source.series = TW_ARENA_NEW(arena, int32_t, works->tag_count);
    const char **names = TW_ARENA_NEW(arena, const char *, works->tag_count);
    if (source.series == NULL || names == NULL) return TW_ERR_NOMEM;
    for (int32_t t = 0; t < works->tag_count; t++)
        names[t] = works->tags[t].series;
    if (store != NULL && works->tag_count > 0) {
        TW_TRY(tw_store_series_register(store, names, works->tag_count, source.series));
    }
    *out_source = source;
    return TW_OK;
}

tw_status tw_inspect_read_store(void *user, const struct tw_works *works, int32_t tag,
                                const struct tw_inspect_span *span,
                                struct tw_store_bucket *out_buckets, bool *out_simulated)
{
    const struct tw_inspect_store *source = user;
    bool measured = false;
    if (source->store != NULL) {
        struct tw_store_head head = tw_store_head_get(source->store, source->series[tag]);
        measured = head.time_ms != TW_STORE_NEVER;
    }
    if (!measured && source->simulates) {
        return tw_inspect_read_simulated(NULL, works, tag, span, out_buckets, out_simulated);
    }
    *out_simulated = false;
    memset(out_buckets, 0, (size_t)span->count * sizeof *out_buckets);
    if (!measured) return TW_OK;
    return tw_store_buckets_read(source->store, source->series[tag], span->from_ms, span->to_ms,
                                 span->count, out_buckets);
}
