#include "server/foresight.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOPS 12 /* links along the water's way that are looked at */

/* How many floats a forecast has, all in all. */
static uint64_t count_of(const struct tw_worker_forecast *h)
{
    uint64_t steps = (uint64_t)h->step_count;
    uint64_t points = (uint64_t)h->point_count;
    return ((uint64_t)h->watch_count + (uint64_t)h->gage_count) * steps +
           points * (2 * steps + TW_WORKER_CLASSES * (steps + 1)) +
           (uint64_t)h->inlet_count * 3 * steps + (uint64_t)h->link_count * 3;
}

static bool sound(const struct tw_worker_forecast *h, int32_t watches, int32_t gages)
{
    const int32_t counts[] = {h->step_count, h->point_count, h->inlet_count, h->link_count,
                              h->notes_size};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (counts[i] < 0) return false;
    }
    return h->watch_count == watches && h->gage_count == gages && h->point_count <= watches;
}

static void place(struct tw_foresight *f)
{
    const struct tw_worker_forecast *h = &f->head;
    int64_t steps = h->step_count;
    int64_t points = h->point_count;
    if (points == 0) return;
    f->low_m = f->values + (h->watch_count + h->gage_count) * steps;
    f->high_m = f->low_m + points * steps;
    f->chance = f->high_m + points * steps;
    f->peak_chance = f->chance + points * TW_WORKER_CLASSES * steps;
    f->inflow_m3s = f->peak_chance + points * TW_WORKER_CLASSES;
    f->loaded_s = f->inflow_m3s + (int64_t)h->inlet_count * 3 * steps;
    f->filled_s = f->loaded_s + h->link_count;
    f->load_ratio = f->filled_s + h->link_count;
}

tw_status tw_foresight_read(const struct tw_frame *frame, int32_t watches, int32_t gages,
                            int64_t arrived_ms, struct tw_foresight *out)
{
    struct tw_foresight f = {.arrived_ms = arrived_ms};
    if (frame->size < sizeof f.head) return TW_ERR_FORMAT;
    memcpy(&f.head, frame->bytes, sizeof f.head);
    if (!sound(&f.head, watches, gages)) return TW_ERR_FORMAT;
    uint64_t bytes = count_of(&f.head) * sizeof *f.values;
    uint64_t notes = (uint64_t)f.head.notes_size;
    const char *at = frame->bytes + sizeof f.head;
    if (frame->size - sizeof f.head != bytes + notes) return TW_ERR_FORMAT;
    if (notes > 0 && at[bytes + notes - 1] != 0) return TW_ERR_FORMAT;
    f.values = malloc((size_t)bytes + 1);
    f.notes = malloc((size_t)notes + 3);
    if (f.values == NULL || f.notes == NULL) {
        tw_foresight_done(&f);
        return TW_ERR_NOMEM;
    }
    memcpy(f.values, at, (size_t)bytes);
    memcpy(f.notes, notes > 0 ? at + bytes : "[]", notes > 0 ? (size_t)notes : 3);
    f.issued_ms = (int64_t)(f.head.start_s * 1000.0);
    place(&f);
    *out = f;
    return TW_OK;
}

void tw_foresight_done(struct tw_foresight *foresight)
{
    free(foresight->values);
    free(foresight->notes);
    *foresight = (struct tw_foresight){0};
}

double tw_foresight_depth_m(const struct tw_foresight *f, int32_t point, int64_t time_ms)
{
    if (f->values == NULL) return (double)NAN; /* there is no forecast yet */
    double at = ((double)(time_ms - f->issued_ms) / 1000.0) / f->head.step_s;
    if (!(at >= 0.0) || at > (double)(f->head.step_count - 1)) {
        return (double)NAN;
    }
    const float *row = f->values + (size_t)point * (size_t)f->head.step_count;
    int32_t before = (int32_t)at;
    int32_t after = before + 1 < f->head.step_count ? before + 1 : before;
    double share = at - before;
    return (1.0 - share) * (double)row[before] + share * (double)row[after];
}

/* ---- causes ---- */

struct search {
    const struct tw_foresight *foresight;
    const tw_model *model;
    float in_s; /* of the best so far */
    int32_t link;
    bool loaded;
};

/* A bottleneck comes before water that is held back by one; of its kind the earlier. */
static void weigh(struct search *s, int32_t link)
{
    float loaded = s->foresight->loaded_s[link];
    float filled = s->foresight->filled_s[link];
    bool is_loaded = !isnan(loaded);
    float in_s = is_loaded ? loaded : filled;
    if (isnan(in_s) || (s->link >= 0 && s->loaded && !is_loaded)) return;
    if (s->link >= 0 && s->loaded == is_loaded && !(in_s < s->in_s)) return;
    s->in_s = in_s;
    s->link = link;
    s->loaded = is_loaded;
}

/* Follow the water away; the widest of several ways. */
static int32_t next_link(const struct search *s, int32_t node, bool away)
{
    int32_t best = -1;
    double most = -1.0;
    for (int32_t k = 0; k < s->foresight->head.link_count; k++) {
        struct tw_link_info info;
        if (tw_model_link_info(s->model, (tw_link_id){k}, &info) != TW_OK) continue;
        if ((away ? info.from.index : info.to.index) != node) continue;
        if (info.full_flow_m3s > most) {
            most = info.full_flow_m3s;
            best = k;
        }
    }
    return best;
}

struct tw_warning_cause tw_foresight_cause(const struct tw_foresight *foresight,
                                           const tw_model *model, tw_node_id node)
{
    struct search s = {.foresight = foresight, .model = model, .link = -1};
    struct tw_warning_cause none = {.kind = TW_CAUSE_NONE, .time_ms = TW_STORE_NEVER};
    struct tw_link_info info = {.name = NULL};
    if (foresight->loaded_s == NULL) return none;
    int32_t at = node.index;
    for (int hop = 0; hop < HOPS; hop++) {
        int32_t link = next_link(&s, at, true);
        if (link < 0 || tw_model_link_info(model, (tw_link_id){link}, &info) != TW_OK) break;
        weigh(&s, link);
        at = info.to.index;
    }
    if (s.link < 0) {
        int32_t link = next_link(&s, node.index, false);
        if (link >= 0) weigh(&s, link);
    }
    if (s.link < 0 || tw_model_link_info(model, (tw_link_id){s.link}, &info) != TW_OK) return none;
    int32_t kind = info.kind == TW_LINK_CONDUIT ? TW_CAUSE_CONDUIT
                   : info.kind == TW_LINK_PUMP  ? TW_CAUSE_PUMP
                                                : TW_CAUSE_OUTLET;
    return (struct tw_warning_cause){.kind = kind,
                                     .element = info.name,
                                     .time_ms =
                                         foresight->issued_ms + (int64_t)(1000.0 * (double)s.in_s)};
}

/* ---- basis ---- */

void tw_foresight_basis(const struct tw_foresight *foresight, char out[TW_STORE_TEXT_SIZE])
{
    json_t *notes = json_loads(foresight->notes, 0, NULL);
    size_t left_out = json_array_size(notes);
    (void)snprintf(out, TW_STORE_TEXT_SIZE,
                   "{\"members\":%d,\"members_asked\":%d,\"horizon_min\":%.0f,"
                   "\"horizon_asked_min\":%.0f,\"left_out\":%zu}",
                   (int)foresight->head.members, (int)foresight->head.asked_members,
                   (foresight->head.step_count - 1) * foresight->head.step_s / 60.0,
                   (foresight->head.asked_step_count - 1) * foresight->head.step_s / 60.0,
                   left_out);
    json_decref(notes);
}
