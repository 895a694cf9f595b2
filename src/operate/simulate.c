/* Values of plants that do not exist, so that a new user sees what an inspection is. */
#include "base/text.h"
#include "num/random.h"
#include "operate/inspect.h"

#include <math.h>
#include <string.h>

/* What kinds do in a day: a mean, the day's wave, weather, noise, and the digits shown. Sizes as
 * plants in the open literature have them; FLOW and POWER are scaled to the plant. */
static const struct shape {
    enum tw_kind kind;
    double mean, daily, slow, noise;
    int decimals;
} shapes[] = {
    {TW_KIND_FLOW, 1.0, 0.3, 0.08, 0.01, 4},     {TW_KIND_LEVEL, 4.2, 0.15, 0.08, 0.004, 3},
    {TW_KIND_DO, 2.0, 0.3, 0.25, 0.04, 2},       {TW_KIND_NH4, 1.2, 0.5, 0.4, 0.03, 2},
    {TW_KIND_NO3, 7.5, 1.2, 0.8, 0.1, 2},        {TW_KIND_TN, 9.5, 1.2, 0.9, 0.1, 2},
    {TW_KIND_PO4, 0.15, 0.04, 0.04, 0.005, 3},   {TW_KIND_TP, 0.22, 0.05, 0.05, 0.006, 3},
    {TW_KIND_COD, 21.0, 3.0, 2.5, 0.4, 1},       {TW_KIND_TSS, 5.5, 0.8, 0.8, 0.15, 1},
    {TW_KIND_MLSS, 3600.0, 60.0, 80.0, 12.0, 0}, {TW_KIND_PH, 7.1, 0.08, 0.05, 0.008, 2},
    {TW_KIND_TEMP, 19.0, 0.4, 0.1, 0.02, 2},     {TW_KIND_TURB, 2.1, 0.3, 0.3, 0.05, 2},
    {TW_KIND_ORP, -80.0, 30.0, 25.0, 3.0, 0},    {TW_KIND_AIR, 1.0, 0.15, 0.06, 0.01, 4},
    {TW_KIND_PRESSURE, 62.0, 1.0, 1.0, 0.2, 1},  {TW_KIND_POWER, 0.8, 0.08, 0.04, 0.01, 3},
    {TW_KIND_CURRENT, 60.0, 5.0, 3.0, 0.5, 1},   {TW_KIND_VIBRATION, 2.0, 0.1, 0.3, 0.1, 2},
    {TW_KIND_SUPPLY, 396.0, 2.0, 2.0, 0.6, 1},   {TW_KIND_H2S, 0.6, 0.3, 0.4, 0.05, 2},
    {TW_KIND_CH4, 0.8, 0.2, 0.4, 0.05, 2},       {TW_KIND_DOSE, 4.0, 0.6, 0.3, 0.04, 2},
    {TW_KIND_COND, 850.0, 40.0, 25.0, 3.0, 0},   {TW_KIND_BOD5, 4.0, 0.6, 0.5, 0.1, 1},
};

/* Raw sewage carries that much more. */
static double influent_factor(enum tw_kind kind)
{
    switch (kind) {
    case TW_KIND_COD:
        return 14.0;
    case TW_KIND_TSS:
        return 32.0;
    case TW_KIND_NH4:
        return 22.0;
    case TW_KIND_TN:
        return 4.0;
    case TW_KIND_TP:
        return 20.0;
    default:
        return 1.0;
    }
}

/* A number in -1..1 that belongs to a tag and a moment. */
static double draw(uint64_t tag, int64_t moment)
{
    return (double)(tw_random_stir(tag ^ tw_random_mix((uint64_t)moment)) >> 11) /
               4503599627370496.0 -
           1.0;
}

static uint64_t hash_of(const char *plant, const char *tag)
{
    uint64_t h = UINT64_C(1469598103934665603);
    for (; *plant != '\0'; plant++)
        h = (h ^ (unsigned char)*plant) * UINT64_C(1099511628211);
    for (; *tag != '\0'; tag++)
        h = (h ^ (unsigned char)*tag) * UINT64_C(1099511628211);
    return tw_random_stir(h);
}

/* What comes and goes within hours, the same curve whenever it is asked for. */
static double slow_at(uint64_t seed, int64_t time_s)
{
    const int64_t stretch_s = 5400;
    double part = (double)(time_s % stretch_s) / (double)stretch_s;
    double smooth = part * part * (3.0 - 2.0 * part);
    double before = draw(seed, time_s / stretch_s), after = draw(seed, time_s / stretch_s + 1);
    return before + smooth * (after - before);
}

static double scale_of(const struct tw_works *works, const struct tw_works_tag *tag)
{
    const struct tw_asset *asset = tag->asset >= 0 ? &works->assets[tag->asset] : NULL;
    double capacity_m3h = isnan(works->capacity_m3d) ? 400.0 : works->capacity_m3d / 24.0;
    if (tag->kind == TW_KIND_POWER) {
        return asset != NULL && !isnan(asset->rated_kw) ? asset->rated_kw : 0.5 * capacity_m3h;
    }
    if (tag->kind == TW_KIND_AIR) {
        return asset != NULL && !isnan(asset->rated_m3h) ? 0.8 * asset->rated_m3h
                                                         : 6.0 * capacity_m3h;
    }
    if (tag->kind == TW_KIND_FLOW) {
        return asset != NULL && !isnan(asset->rated_m3h) ? 0.8 * asset->rated_m3h
                                                         : 0.72 * capacity_m3h;
    }
    return tw_text_same(tag->at, "influent") ? influent_factor(tag->kind) : 1.0;
}

/* The faults of this made plant: told by a tag's place in the list, so that each plant has some. */
enum trouble { NO_TROUBLE, STUCK_FROM_NOON, DRIFTING, SPIKES, SILENT };

static enum trouble trouble_of(const struct tw_works *works, int32_t tag, uint64_t seed)
{
    const struct tw_works_tag *t = &works->tags[tag];
    bool may = t->kind == TW_KIND_DO || t->kind == TW_KIND_MLSS || t->kind == TW_KIND_ORP ||
               t->kind == TW_KIND_TURB || t->kind == TW_KIND_NO3;
    if (!may || seed % 4 != 0) return NO_TROUBLE;
    return (enum trouble)(1 + seed / 4 % 4);
}

static double switched(const struct tw_works_tag *tag, uint64_t seed, int64_t time_s)
{
    int64_t hours = time_s / 3600;
    if (tag->kind == TW_KIND_STATE) return draw(seed, hours / 6) < 0.6 ? 1.0 : 0.0;
    /* One machine in fifteen trips for an hour or two on some days. */
    bool trips = seed % 15 == 0 && draw(seed, hours / 2) > 0.75;
    return trips ? 1.0 : 0.0;
}

/* A chemical that is used up within 20 days and delivered again. */
static double stock_at(uint64_t seed, int64_t time_s)
{
    const double use_kgd = 96.0, days = 20.0;
    double day = fmod((double)time_s / 86400.0 + (double)(seed % 20), days);
    return floor(use_kgd * (days - day) + 100.0);
}

static const struct shape *shape_of(enum tw_kind kind)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (shapes[i].kind == kind) return &shapes[i];
    return NULL;
}

double tw_works_simulate(const struct tw_works *works, int32_t tag, int64_t time_ms)
{
    static const double powers[] = {1.0, 10.0, 100.0, 1000.0, 10000.0};
    const struct tw_works_tag *t = &works->tags[tag];
    int64_t time_s = time_ms / 1000, noon_s = time_s - time_s % 86400 + 14400;
    uint64_t seed = hash_of(works->id, t->name);
    const struct shape *shape = shape_of(t->kind);
    enum trouble trouble = trouble_of(works, tag, seed);
    if (t->kind == TW_KIND_STATE || t->kind == TW_KIND_TRIP) return switched(t, seed, time_s);
    if (t->kind == TW_KIND_STOCK) return stock_at(seed, time_s);
    if (shape == NULL) return (double)NAN;
    if (trouble == SILENT && time_s > noon_s) return (double)NAN;
    if (trouble == STUCK_FROM_NOON && time_s > noon_s) time_s = noon_s;
    double day = (double)(time_s % 86400) / 86400.0;
    double wave = sin(6.283185307179586 * (day - 0.1)) + 0.4 * sin(12.56637061435917 * day);
    double value = shape->mean + shape->daily * wave + shape->slow * slow_at(seed, time_s) +
                   shape->noise * draw(seed + 1, time_s);
    value *= 1.0 + 0.1 * draw(seed + 2, 0); /* no two are alike */
    if (trouble == DRIFTING) value *= 1.0 + 0.3 * day;
    if (trouble == SPIKES && draw(seed + 3, time_s / 300) > 0.98) value *= 3.0;
    value *= scale_of(works, t);
    if (value < 0.0 && tw_kind_get(t->kind)->low >= 0.0) value = 0.0;
    double digits = powers[shape->decimals];
    return floor(value * digits + 0.5) / digits;
}

tw_status tw_inspect_read_simulated(void *user, const struct tw_works *works, int32_t tag,
                                    const struct tw_inspect_span *span,
                                    struct tw_store_bucket *out_buckets, bool *out_simulated)
{
    (void)user;
    *out_simulated = true;
    int64_t length_ms = (span->to_ms - span->from_ms + 1) / span->count;
    for (int32_t i = 0; i < span->count; i++) {
        struct tw_store_bucket b = {0};
        int64_t begin_ms = span->from_ms + i * length_ms;
        int64_t step_ms = length_ms > 300000 ? 900000 : 60000;
        for (int64_t t = begin_ms; t < begin_ms + length_ms; t += step_ms) {
            double value = tw_works_simulate(works, tag, t);
            b.count++;
            if (isnan(value)) continue;
            if (b.numbers == 0) {
                b.first_ms = t;
                b.first = b.min = b.max = value;
            }
            b.numbers++;
            b.last_ms = t;
            b.last = value;
            b.min = value < b.min ? value : b.min;
            b.max = value > b.max ? value : b.max;
            b.sum += value;
        }
        out_buckets[i] = b;
    }
    return TW_OK;
}
