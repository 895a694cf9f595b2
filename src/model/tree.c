#include "model/tree.h"

/* Links by the node they leave, in the model's order. */
struct departures {
    int32_t *first; /* [nodes + 1] */
    int32_t *link;
};

static tw_status list_departures(struct departures *d, const struct tw_model *model,
                                 struct tw_arena *arena)
{
    const struct tw_links *links = &model->links;
    int32_t n = model->nodes.count;
    d->first = TW_ARENA_NEW(arena, int32_t, n + 1);
    d->link = TW_ARENA_NEW(arena, int32_t, links->count);
    int32_t *next = TW_ARENA_NEW(arena, int32_t, n);
    if (d->first == NULL || d->link == NULL || next == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < links->count; i++)
        d->first[links->from[i] + 1]++;
    for (int32_t i = 0; i < n; i++) {
        d->first[i + 1] += d->first[i];
        next[i] = d->first[i];
    }
    for (int32_t i = 0; i < links->count; i++)
        d->link[next[links->from[i]]++] = i;
    return TW_OK;
}

/* What an overflow divider diverts is what its other link could not take. */
static void put_diversions_last(struct departures *d, const struct tw_model *model)
{
    const struct tw_dividers *dividers = &model->dividers;
    for (int32_t k = 0; k < dividers->count; k++) {
        int32_t first = d->first[dividers->node[k]], last = d->first[dividers->node[k] + 1] - 1;
        if (dividers->kind[k] != TW_DIVIDER_OVERFLOW || last <= first) continue;
        if (d->link[first] != dividers->link[k]) continue;
        d->link[first] = d->link[last];
        d->link[last] = dividers->link[k];
    }
}

tw_status tw_tree_init(struct tw_tree *out, const struct tw_model *model, struct tw_arena *arena)
{
    const struct tw_links *links = &model->links;
    int32_t n = model->nodes.count, ready = 0;
    struct departures d;
    TW_TRY(list_departures(&d, model, arena));
    put_diversions_last(&d, model);
    int32_t *arrivals = TW_ARENA_NEW(arena, int32_t, n);
    int32_t *queue = TW_ARENA_NEW(arena, int32_t, n);
    out->order = TW_ARENA_NEW(arena, int32_t, links->count);
    if (arrivals == NULL || queue == NULL || out->order == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < links->count; i++)
        arrivals[links->to[i]]++;
    for (int32_t i = 0; i < n; i++) {
        if (arrivals[i] == 0) queue[ready++] = i;
    }
    out->ordered = 0;
    for (int32_t at = 0; at < ready; at++) {
        for (int32_t k = d.first[queue[at]]; k < d.first[queue[at] + 1]; k++) {
            out->order[out->ordered++] = d.link[k];
            int32_t to = links->to[d.link[k]];
            if (--arrivals[to] == 0) queue[ready++] = to;
        }
    }
    return TW_OK;
}
