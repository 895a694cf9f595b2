#include "operate/inspect.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define FINDING_SIZE 400

static const struct tw_item_info infos[TW_ITEM_COUNT] = {
#define TW_ITEM(id, key, group, zh, en, advice_zh, advice_en)                                      \
    {key, group, zh, en, advice_zh, advice_en},
#include "operate/inspection.def"
#undef TW_ITEM
};

static tw_check *const checks[TW_ITEM_COUNT] = {
#define TW_ITEM(id, key, group, zh, en, advice_zh, advice_en) tw_check_##id,
#include "operate/inspection.def"
#undef TW_ITEM
};

const struct tw_item_info *tw_item_get(enum tw_item item) { return &infos[item]; }

const char *tw_severity_word(int severity)
{
    static const char *const words[] = {"unknown", "fine", "look", "repair", "urgent"};
    return words[severity + 1];
}

/* ---- for the check list ---- */

static struct tw_finding *next_finding(struct tw_inspection *in)
{
    if (in->count == in->room) {
        int32_t room = in->room == 0 ? 128 : 2 * in->room;
        struct tw_finding *list = TW_ARENA_NEW(&in->arena, struct tw_finding, room);
        if (list == NULL) return NULL;
        if (in->count > 0) memcpy(list, in->findings, (size_t)in->count * sizeof *list);
        in->findings = list;
        in->room = room;
    }
    return &in->findings[in->count++];
}

static const char *text(struct tw_inspecting *work, const char *bytes)
{
    const char *copy = tw_arena_text(&work->in->arena, bytes, strlen(bytes));
    if (copy == NULL) work->no_memory = true;
    return copy != NULL ? copy : "";
}

struct tw_finding *tw_finding_add(struct tw_inspecting *work, enum tw_item item,
                                  const char *subject, const char *zh, const char *en)
{
    char id[200];
    struct tw_finding *f = next_finding(work->in);
    if (f == NULL) {
        work->no_memory = true;
        f = &work->spare; /* there is no room: the whole is dropped */
    }
    (void)snprintf(id, sizeof id, "%s/%.150s", infos[item].key, subject);
    *f = (struct tw_finding){.item = item,
                             .id = text(work, id),
                             .subject = subject,
                             .zh = zh,
                             .en = en,
                             .severity = TW_SEVERITY_UNKNOWN,
                             .finding_zh = "无数据",
                             .finding_en = "there are no values",
                             .rule = "",
                             .advice_zh = infos[item].advice_zh,
                             .advice_en = infos[item].advice_en,
                             .value = (double)NAN,
                             .limit = (double)NAN,
                             .unit = "",
                             .tag = -1};
    return f;
}

void tw_finding_say(struct tw_inspecting *work, struct tw_finding *finding, int severity,
                    const char *zh, const char *en, ...)
{
    char bytes[FINDING_SIZE];
    va_list values, again;
    va_start(values, en);
    va_copy(again, values);
    (void)vsnprintf(bytes, sizeof bytes, en, values);
    finding->finding_en = text(work, bytes);
    (void)vsnprintf(bytes, sizeof bytes, zh, again);
    finding->finding_zh = text(work, bytes);
    va_end(again);
    va_end(values);
    finding->severity = severity;
}

void tw_finding_show(struct tw_inspecting *work, struct tw_finding *finding, int32_t tag)
{
    if (tag < 0) return;
    finding->tag = tag;
    finding->value = work->in->values[tag].last;
    finding->unit = tw_kind_get(work->works->tags[tag].kind)->unit;
    finding->simulated = work->in->values[tag].simulated;
}

int32_t tw_inspect_tag(const struct tw_inspecting *work, enum tw_kind kind, const char *at)
{
    const struct tw_works_tag *tag = tw_works_tag_at(work->works, kind, at);
    return tag == NULL ? -1 : (int32_t)(tag - work->works->tags);
}

double tw_inspect_mean(const struct tw_inspecting *work, int32_t tag)
{
    double sum = 0.0;
    int32_t n = 0;
    for (int32_t i = 0; tag >= 0 && i < TW_INSPECT_STEPS; i++) {
        double x = work->in->values[tag].mean[i];
        if (isnan(x)) continue;
        sum += x;
        n++;
    }
    return n > 0 ? sum / n : (double)NAN;
}

/* A stretch as one value. One that never moved is exactly that value, whatever its sum rounds to. */
static double mean_of(const struct tw_store_bucket *b)
{
    if (b->numbers == 0) return (double)NAN;
    return b->min == b->max ? b->min : b->sum / (double)b->numbers;
}

tw_status tw_inspect_hours(struct tw_inspecting *work, int32_t tag, int64_t end_ms, int32_t hours,
                           double *out_mean)
{
    bool simulated;
    struct tw_store_bucket *buckets = malloc((size_t)hours * sizeof *buckets);
    if (buckets == NULL) return TW_ERR_NOMEM;
    struct tw_inspect_span span = {end_ms - hours * 3600000LL, end_ms - 1, hours};
    tw_status status =
        work->options->read(work->options->user, work->works, tag, &span, buckets, &simulated);
    for (int32_t i = 0; status == TW_OK && i < hours; i++)
        out_mean[i] = mean_of(&buckets[i]);
    free(buckets);
    return status;
}

/* ---- values ---- */

static tw_status read_tag(struct tw_inspecting *work, int32_t tag, struct tw_store_bucket *buckets)
{
    struct tw_inspection *in = work->in;
    struct tw_tag_values *v = &in->values[tag];
    *v = (struct tw_tag_values){
        .low = (double)NAN, .high = (double)NAN, .last = (double)NAN, .last_ms = TW_STORE_NEVER};
    struct tw_inspect_span span = {in->from_ms, in->at_ms - 1, TW_INSPECT_STEPS};
    TW_TRY(
        work->options->read(work->options->user, work->works, tag, &span, buckets, &v->simulated));
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++) {
        const struct tw_store_bucket *b = &buckets[i];
        v->mean[i] = mean_of(b);
        if (b->numbers == 0) continue;
        v->numbers += (int32_t)b->numbers;
        v->low = b->min < v->low || isnan(v->low) ? b->min : v->low;
        v->high = b->max > v->high || isnan(v->high) ? b->max : v->high;
        v->last = isnan(b->last) ? v->mean[i] : b->last;
        v->last_ms = b->last_ms;
    }
    in->simulated = in->simulated || v->simulated;
    return TW_OK;
}

static tw_status read_values(struct tw_inspecting *work)
{
    struct tw_inspection *in = work->in;
    in->values = TW_ARENA_NEW(&in->arena, struct tw_tag_values, work->works->tag_count);
    struct tw_store_bucket *buckets = calloc(TW_INSPECT_STEPS, sizeof *buckets);
    tw_status status = in->values == NULL || buckets == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int32_t t = 0; status == TW_OK && t < work->works->tag_count; t++)
        status = read_tag(work, t, buckets);
    free(buckets);
    return status;
}

/* ---- the whole ---- */

/* What plants are ranked by: a limit that is likely to break counts as much as an urgent finding. */
static void sum_up(struct tw_inspection *in)
{
    static const double weight[] = {0.5, 0.0, 1.0, 3.0, 10.0};
    for (int32_t i = 0; i < in->count; i++) {
        const struct tw_finding *f = &in->findings[i];
        in->by_severity[f->severity + 1]++;
        /* Instruments are many: each counts a tenth of a thing that does something. */
        double share = f->item == TW_ITEM_SENSOR ? 0.1 : 1.0;
        in->risk += share * weight[f->severity + 1];
    }
    if (in->worst_probability > 0.0) in->risk += 10.0 * in->worst_probability;
}

tw_status tw_inspect(const struct tw_works *works, const struct tw_inspect_options *options,
                     struct tw_inspection **out_inspection)
{
    struct tw_inspection *in = calloc(1, sizeof *in);
    if (in == NULL) return TW_ERR_NOMEM;
    struct tw_inspecting work = {.in = in, .works = works, .options = options};
    tw_arena_init(&in->arena);
    in->works = works;
    in->at_ms = options->at_ms;
    in->from_ms = options->at_ms - DAY_MS;
    in->zone_s = options->zone_s;
    in->inflow_m3 = in->energy_kwh = in->energy_kwhm3 = in->worst_probability = (double)NAN;
    in->cause = text(&work, options->cause);
    in->findings = TW_ARENA_NEW(&in->arena, struct tw_finding, 1);
    in->room = in->findings != NULL;
    tw_status status = in->findings == NULL ? TW_ERR_NOMEM : read_values(&work);
    for (int item = 0; status == TW_OK && item < TW_ITEM_COUNT; item++) {
        status = checks[item](&work);
        if (work.no_memory) status = TW_ERR_NOMEM;
    }
    if (status == TW_OK) {
        sum_up(in);
        *out_inspection = in;
    } else {
        tw_inspection_destroy(in);
    }
    return status;
}

void tw_inspection_destroy(struct tw_inspection *inspection)
{
    if (inspection == NULL) return;
    for (int32_t i = 0; i < inspection->count; i++)
        free(inspection->findings[i].still);
    tw_arena_done(&inspection->arena);
    free(inspection);
}
