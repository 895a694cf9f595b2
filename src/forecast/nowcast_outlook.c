#include "forecast/nowcast_parts.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OUTLOOK_OLD_S 43200.0
/* A single forecast's members: standard deviation of ln(rain), at its issue and as it ages. */
#define SPREAD_NOW 0.25
#define SPREAD_PER_HOUR 0.1
#define SPREAD_MOST 0.8
enum { SOURCES_MOST = 8, PARTS_MOST = 64 };

static bool makes_sense(const struct tw_nowcast *nowcast, const struct tw_outlook *o)
{
    if (o->source == NULL || !isfinite(o->issued_s) || !isfinite(o->from_s)) return false;
    if (!(o->interval_s > 0.0) || !isfinite(o->interval_s) || o->count < 1) return false;
    if (o->members < 1 || o->member < 0 || o->member >= o->members) return false;
    if (o->gauge < -1 || o->gauge >= nowcast->setup.gauge_count) return false;
    return o->corner_count == 0 || o->corner_count >= 3;
}

static void *copy_of(const void *from, size_t count, size_t each)
{
    void *copy = malloc(count * each + 1);
    if (copy != NULL && count > 0) memcpy(copy, from, count * each);
    return copy;
}

tw_status tw_nowcast_add_outlook(struct tw_nowcast *nowcast, const struct tw_outlook *outlook)
{
    if (!makes_sense(nowcast, outlook)) return TW_ERR_ARG;
    if (nowcast->outlook_count == nowcast->outlook_capacity) {
        int32_t capacity = nowcast->outlook_capacity == 0 ? 16 : 2 * nowcast->outlook_capacity;
        struct tw_outlook_kept *kept = realloc(nowcast->outlooks, (size_t)capacity * sizeof *kept);
        if (kept == NULL) return TW_ERR_NOMEM;
        nowcast->outlooks = kept;
        nowcast->outlook_capacity = capacity;
    }
    struct tw_outlook_kept kept = {
        .outlook = *outlook,
        .source = copy_of(outlook->source, strlen(outlook->source) + 1, 1),
        .rain_mmh = copy_of(outlook->rain_mmh, (size_t)outlook->count, sizeof(double)),
        .corner_xy =
            copy_of(outlook->corner_xy, 2 * (size_t)outlook->corner_count, sizeof(double))};
    if (kept.source == NULL || kept.rain_mmh == NULL || kept.corner_xy == NULL) {
        tw_outlook_kept_done(&kept);
        return TW_ERR_NOMEM;
    }
    kept.outlook.source = kept.source;
    kept.outlook.rain_mmh = kept.rain_mmh;
    kept.outlook.corner_xy = kept.corner_xy;
    nowcast->outlooks[nowcast->outlook_count++] = kept;
    return TW_OK;
}

void tw_outlook_kept_done(struct tw_outlook_kept *kept)
{
    free(kept->source);
    free(kept->rain_mmh);
    free(kept->corner_xy);
}

/* ---- joining ---- */

/* Inside of a ring: a ray crosses it an odd number of times. */
static bool inside(const struct tw_outlook *o, double x, double y)
{
    bool in = false;
    for (int32_t i = 0, before = o->corner_count - 1; i < o->corner_count; before = i++) {
        const double *a = o->corner_xy + 2 * (size_t)i;
        const double *b = o->corner_xy + 2 * (size_t)before;
        if ((a[1] > y) == (b[1] > y)) continue;
        if (x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])) in = !in;
    }
    return in;
}

static bool covers(const struct tw_nowcast *n, const struct tw_outlook *o, int32_t place)
{
    const struct tw_rain_place *p = &n->places[place];
    if (o->gauge >= 0) return p->gauge == o->gauge;
    return o->corner_count == 0 || inside(o, p->x, p->y);
}

/* Its mean rate over a stretch; NAN when a part of it is not known. */
static double rate_of(const struct tw_outlook *o, double from_s, double to_s)
{
    double sum = 0.0;
    double at_s = from_s;
    while (at_s < to_s) {
        double index = floor((at_s - o->from_s) / o->interval_s);
        if (index < 0.0 || index >= o->count) return (double)NAN;
        double end_s = o->from_s + (index + 1.0) * o->interval_s;
        if (end_s > to_s || !(end_s > at_s)) end_s = to_s;
        sum += o->rain_mmh[(int32_t)index] * (end_s - at_s);
        at_s = end_s;
    }
    return sum < 0.0 ? 0.0 : sum / (to_s - from_s);
}

/* A maker of forecasts, and when the newest of them that was known by now was issued. */
struct source {
    const char *name;
    double newest_s;
};

/* The sources of what was known by now, in the order in which they were added. */
static int32_t find_sources(const struct tw_nowcast *n, struct source out_sources[SOURCES_MOST])
{
    int32_t count = 0;
    for (int32_t i = 0; i < n->outlook_count; i++) {
        const struct tw_outlook *o = &n->outlooks[i].outlook;
        if (o->issued_s > n->now_s) continue;
        int32_t s = 0;
        while (s < count && strcmp(out_sources[s].name, o->source) != 0)
            s++;
        if (s == SOURCES_MOST) continue;
        if (s == count) out_sources[count++] = (struct source){o->source, o->issued_s};
        if (o->issued_s > out_sources[s].newest_s) out_sources[s].newest_s = o->issued_s;
    }
    return count;
}

/* What a member may follow at a place: of the newest forecast of one source the parts that cover it
 * (its times may come in several). Sources share the members. */
struct followed {
    const struct tw_outlook *parts[PARTS_MOST];
    int32_t count;
};

static struct followed follow(const struct tw_nowcast *n, const struct source *sources,
                              int32_t source_count, int32_t member, int32_t place)
{
    struct followed f = {.count = 0};
    for (int32_t s = 0; s < source_count && f.count == 0; s++) {
        const struct source *source = &sources[(member / 2 + s) % source_count];
        if (n->now_s - source->newest_s > OUTLOOK_OLD_S) continue;
        for (int32_t i = 0; i < n->outlook_count && f.count < PARTS_MOST; i++) {
            const struct tw_outlook *o = &n->outlooks[i].outlook;
            if (o->issued_s != source->newest_s || o->member != member % o->members) continue;
            if (strcmp(o->source, source->name) != 0 || !covers(n, o, place)) continue;
            f.parts[f.count++] = o;
        }
    }
    return f;
}

static double foretold(const struct tw_nowcast *n, const struct followed *followed, int32_t member,
                       double from_s)
{
    const double to_s = from_s + n->setup.step_s;
    for (int32_t i = 0; i < followed->count; i++) {
        const struct tw_outlook *o = followed->parts[i];
        double mmh = rate_of(o, from_s, to_s);
        if (isnan(mmh)) continue;
        if (o->members > 1 || n->setup.members == 1) return mmh;
        double hours = (to_s - o->issued_s) / 3600.0;
        double spread = fmin(SPREAD_MOST, SPREAD_NOW + SPREAD_PER_HOUR * hours);
        double normal = tw_random_normal_of(tw_random_bits_3(n->setup.seed, member, 21, 0));
        return mmh * exp(spread * normal - 0.5 * spread * spread);
    }
    return (double)NAN;
}

/* The lead from which a member follows the outlooks: some do at once, all from fade_s on. */
static double follows_from_s(const struct tw_nowcast *n, int32_t member, double fade_s)
{
    if (n->setup.members == 1) return 0.5 * fade_s;
    return fade_s * tw_random_unit_of(tw_random_bits_3(n->setup.seed, member, 22, 0));
}

static bool join_place(struct tw_nowcast *n, const struct source *sources, int32_t source_count,
                       int32_t place, double fade_s)
{
    const size_t places = (size_t)n->setup.place_count;
    bool any = false;
    for (int32_t m = 0; m < n->setup.members; m++) {
        const struct followed followed = follow(n, sources, source_count, m, place);
        double follows_s = follows_from_s(n, m, fade_s);
        for (int32_t k = 0; k < n->ahead_count && followed.count > 0; k++) {
            double lead_s = k * n->setup.step_s;
            if (lead_s + n->setup.step_s <= follows_s) continue;
            double mmh = foretold(n, &followed, m, n->now_s + lead_s);
            if (isnan(mmh)) continue;
            size_t row = (size_t)m * (size_t)n->ahead_count + (size_t)k;
            n->ahead_mmh[row * places + (size_t)place] = (float)mmh;
            any = true;
        }
    }
    return any;
}

tw_status tw_nowcast_join_outlooks(struct tw_nowcast *nowcast, double fade_s)
{
    struct tw_nowcast *n = nowcast;
    struct source sources[SOURCES_MOST];
    int32_t count = find_sources(n, sources);
    bool used = false;
    for (int32_t p = 0; p < n->setup.place_count && count > 0; p++)
        used = join_place(n, sources, count, p, fade_s) || used;
    for (int32_t s = 0; s < count; s++) {
        double age_s = n->now_s - sources[s].newest_s;
        enum tw_rain_note_kind kind = age_s > OUTLOOK_OLD_S ? TW_RAIN_NOTE_OUTLOOK_OLD
                                      : used                ? TW_RAIN_NOTE_OUTLOOK_USED
                                                            : TW_RAIN_NOTE_OUTLOOK_ELSEWHERE;
        TW_TRY(tw_nowcast_note_add(n, kind, sources[s].name, -1, age_s / 60.0));
    }
    return TW_OK;
}
