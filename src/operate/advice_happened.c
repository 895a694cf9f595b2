/* What became of advice: the plant's own measurements over its hours beside what was foretold. */
#include "operate/advice.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

enum { LOOKED_AT = 20 };

#define HOUR_MS INT64_C(3600000)
#define STEP_MS INT64_C(900000)
#define MOST_HOURS 72.0

/* Where values come from, and of which time. */
struct happening {
    const struct tw_works *works;
    const struct tw_advice_source *source;
    struct tw_inspect_span span;
    struct tw_store_bucket *buckets;
    double *flow_m3h; /* [span.count] 1 where none is measured */
    bool simulated;
};

static bool has_number(const struct tw_store_bucket *bucket) { return bucket->numbers > 0; }

static double mean_of(const struct tw_store_bucket *bucket)
{
    return bucket->sum / (double)bucket->numbers;
}

static tw_status read_tag(struct happening *h, const struct tw_works_tag *tag)
{
    bool simulated = false;
    int32_t t = (int32_t)(tag - h->works->tags);
    TW_TRY(h->source->read(h->source->user, h->works, t, &h->span, h->buckets, &simulated));
    h->simulated = h->simulated || simulated;
    return TW_OK;
}

/* Mean of what was read last; NAN: nothing is measured. */
static double mean_over_time(const struct happening *h)
{
    double sum = 0.0;
    int32_t n = 0;
    for (int32_t i = 0; i < h->span.count; i++) {
        if (!has_number(&h->buckets[i])) continue;
        sum += mean_of(&h->buckets[i]);
        n++;
    }
    return n > 0 ? sum / n : (double)NAN;
}

/* Mean of a tag weighted by the flow of the same quarter of an hour; NAN: nothing is measured. */
static tw_status weighted(struct happening *h, enum tw_kind kind, const char *at, double *out)
{
    double sum = 0.0, weight = 0.0;
    const struct tw_works_tag *tag = tw_works_tag_at(h->works, kind, at);
    *out = (double)NAN;
    if (tag == NULL) return TW_OK;
    TW_TRY(read_tag(h, tag));
    for (int32_t i = 0; i < h->span.count; i++) {
        if (!has_number(&h->buckets[i])) continue;
        sum += mean_of(&h->buckets[i]) * h->flow_m3h[i];
        weight += h->flow_m3h[i];
    }
    if (weight > 0.0) *out = sum / weight;
    return TW_OK;
}

/* What leaves the plant, or what arrives where only that is measured [m3/d]; sets the weights. */
static tw_status flow_of(struct happening *h, double *out_m3d)
{
    const struct tw_works_tag *tag = tw_works_tag_at(h->works, TW_KIND_FLOW, "effluent");
    if (tag == NULL) tag = tw_works_tag_at(h->works, TW_KIND_FLOW, "influent");
    for (int32_t i = 0; i < h->span.count; i++)
        h->flow_m3h[i] = 1.0;
    *out_m3d = (double)NAN;
    if (tag == NULL) return TW_OK;
    TW_TRY(read_tag(h, tag));
    double mean_m3h = mean_over_time(h);
    for (int32_t i = 0; i < h->span.count && !isnan(mean_m3h); i++) {
        double flow = has_number(&h->buckets[i]) ? mean_of(&h->buckets[i]) : mean_m3h;
        h->flow_m3h[i] = flow > 0.0 ? flow : 0.0;
    }
    *out_m3d = 24.0 * mean_m3h;
    return TW_OK;
}

/* The plant's own meter, or the sum of its machines' [kWh/d]. */
static tw_status energy_of(struct happening *h, double *out_kwhd)
{
    const struct tw_works_tag *meter = tw_works_tag_at(h->works, TW_KIND_POWER, "plant");
    *out_kwhd = (double)NAN;
    for (int32_t t = 0; t < h->works->tag_count; t++) {
        const struct tw_works_tag *tag = &h->works->tags[t];
        if (tag->kind != TW_KIND_POWER || (meter != NULL && tag != meter)) continue;
        TW_TRY(read_tag(h, tag));
        double mean_kw = mean_over_time(h);
        if (isnan(mean_kw)) continue;
        *out_kwhd = (isnan(*out_kwhd) ? 0.0 : *out_kwhd) + 24.0 * mean_kw;
    }
    return TW_OK;
}

static tw_status fill(struct happening *h, struct tw_advice_happened *out)
{
    const struct {
        enum tw_kind kind;
        double *value;
    } rows[] = {{TW_KIND_COD, &out->cod_gm3},
                {TW_KIND_NH4, &out->ammonia_gm3},
                {TW_KIND_TN, &out->tn_gm3},
                {TW_KIND_TP, &out->tp_gm3},
                {TW_KIND_TSS, &out->tss_gm3}};
    TW_TRY(flow_of(h, &out->flow_m3d));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        TW_TRY(weighted(h, rows[i].kind, "effluent", rows[i].value));
    TW_TRY(energy_of(h, &out->energy_kwhd));
    out->simulated = h->simulated;
    return TW_OK;
}

tw_status tw_advice_happened_get(const struct tw_works *works,
                                 const struct tw_advice_source *source, int64_t from_ms,
                                 double hours, struct tw_advice_happened *out_happened)
{
    if (!(hours >= 0.25 && hours <= MOST_HOURS)) return TW_ERR_ARG;
    int64_t length_ms = (int64_t)(hours * (double)HOUR_MS);
    struct happening h = {.works = works, .source = source};
    h.span = (struct tw_inspect_span){.from_ms = from_ms,
                                      .to_ms = from_ms + length_ms - 1,
                                      .count = (int32_t)(length_ms / STEP_MS)};
    h.buckets = calloc((size_t)h.span.count, sizeof *h.buckets);
    h.flow_m3h = calloc((size_t)h.span.count, sizeof *h.flow_m3h);
    struct tw_advice_happened happened = {0};
    tw_status status = h.buckets == NULL || h.flow_m3h == NULL ? TW_ERR_NOMEM : fill(&h, &happened);
    if (status == TW_OK) *out_happened = happened;
    free(h.flow_m3h);
    free(h.buckets);
    return status;
}

/* ---- what is due ---- */

/* Advice whose hours are over, without a score. */
struct due {
    int64_t now_ms, id[LOOKED_AT], from_ms[LOOKED_AT];
    double hours[LOOKED_AT];
    int32_t count;
};

static bool note(void *user, const struct tw_advice_kept *kept)
{
    struct due *due = user;
    json_error_t error;
    json_t *body = json_loads(kept->body, 0, &error);
    double hours = json_number_value(json_object_get(body, "hours"));
    json_decref(body);
    bool over = hours > 0.0 && hours <= MOST_HOURS &&
                kept->time_ms + (int64_t)(hours * (double)HOUR_MS) <= due->now_ms;
    if (kept->score == NULL && over) {
        due->id[due->count] = kept->id;
        due->from_ms[due->count] = kept->time_ms;
        due->hours[due->count++] = hours;
    }
    return due->count < LOOKED_AT;
}

static bool says_something(const struct tw_advice_happened *h)
{
    return !isnan(h->energy_kwhd) || !isnan(h->cod_gm3) || !isnan(h->ammonia_gm3) ||
           !isnan(h->tn_gm3) || !isnan(h->tp_gm3) || !isnan(h->tss_gm3);
}

tw_status tw_advice_score_due(struct tw_store *store, const struct tw_works *works,
                              const struct tw_advice_source *source, int64_t now_ms)
{
    struct due due = {.now_ms = now_ms};
    TW_TRY(tw_advice_list(store, works->id, LOOKED_AT, note, &due));
    for (int32_t i = 0; i < due.count; i++) {
        struct tw_advice_happened happened;
        TW_TRY(tw_advice_happened_get(works, source, due.from_ms[i], due.hours[i], &happened));
        /* Nothing was measured: it may still come in. */
        if (!says_something(&happened)) continue;
        TW_TRY(tw_advice_score(store, works->id, due.id[i], now_ms, &happened));
    }
    return TW_OK;
}
