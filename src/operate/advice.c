/* The search for advice: sequential linear programming. Around the present set-points x, each scaled
 * to 0..1 of its range and each block of hours for itself,
 *
 *   minimise cost + g.d   subject to   EQI + h.d <= aim,  |d| <= reach,  0 <= x + d <= 1
 *
 * g and h are central differences of whole runs. With one constraint the programme is a knapsack: each
 * d goes to the end that g + w h asks for, and w is the least weight with which the constraint holds.
 * Then parts of the step are tried with the plant itself, and the reach grows or shrinks by what came
 * of it. Everything is counted in runs, never in time, so that the same question has the same answer. */
#include "operate/advice.h"

#include "base/arena.h"
#include "base/require.h"
#include "base/threads.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLES = TW_ADVICE_KNOBS * TW_ADVICE_BLOCKS, PARTS = 5, ROOMS = 3, RUNS = 8, RANGE = 64 };

/* Advice keeps a little below what leaving as is does: a forecast is no promise. */
static const double eqi_aim = 0.999;
/* Smallest and largest parts of a range that a round moves by. */
static const double reach_least = 0.004, reach_most = 0.4;

struct candidate {
    double x[VARIABLES];
    struct tw_advice_outcome outcome;
    double merit;
    tw_status status;
};

struct search {
    const tw_plant *plant;
    const tw_plant_run *from;
    const struct tw_advice_options *options;
    struct tw_advice *advice;
    struct tw_threads *threads;
    struct tw_arena arena;
    tw_plant_run *runs[RUNS];
    int32_t run_count, count; /* variables */
    struct candidate *candidates, best;
    int32_t candidate_count;
    double oci_as_is;
};

/* ---- what is set ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t all = strlen(text), part = strlen(end);
    return all >= part && strcmp(text + all - part, end) == 0;
}

/* Ranges that the plant's file leaves open have the reader's widest limits. */
static bool range_is_given(const struct tw_plant_knob *knob)
{
    if (ends_with(knob->name, ".kla")) return knob->most < 2000.0;
    if (ends_with(knob->name, ".of_influent")) return knob->most < 100.0;
    return knob->most < 1e8;
}

static void take_knobs(struct search *s)
{
    struct tw_advice *a = s->advice;
    double reach = s->options->reach_ratio;
    for (int32_t i = 0; i < tw_plant_knob_count(s->plant); i++) {
        struct tw_plant_knob knob = tw_plant_knob_get(s->plant, i);
        tw_plant_place place;
        bool given = range_is_given(&knob);
        if (knob.controller != NULL || tw_plant_place_find(s->plant, knob.name, &place) != TW_OK)
            continue;
        double now = tw_plant_run_value(s->runs[0], place);
        double least = fmax(knob.least, now - reach * fabs(now));
        double most = fmin(knob.most, now + reach * fabs(now));
        if (!(least < most)) continue;
        if (a->knob_count == TW_ADVICE_KNOBS) {
            a->left_out++;
            continue;
        }
        a->knobs[a->knob_count++] = (struct tw_advice_knob){.knob = i,
                                                            .name = knob.name,
                                                            .now = now,
                                                            .least = least,
                                                            .most = most,
                                                            .range_given = given};
    }
}

static void take_limits(struct search *s)
{
    struct tw_advice *a = s->advice;
    bool cold = s->options->temp_c <= TW_LIMIT_COLD_C;
    for (int32_t i = 0; i < s->options->limit_count; i++) {
        const struct tw_limit *limit = &s->options->limits[i];
        double gm3 = cold ? limit->cold_gm3 : limit->mean_gm3;
        if (!(gm3 > 0.0)) continue;
        a->limits[a->limit_count] = *limit;
        a->limit_gm3[a->limit_count++] = gm3;
    }
}

static void set_values(const struct search *s, const double *x, struct tw_advice *advice)
{
    int32_t blocks = advice->block_count;
    for (int32_t v = 0; v < s->count; v++) {
        struct tw_advice_knob *k = &advice->knobs[v / blocks];
        double value = k->least + x[v] * (k->most - k->least);
        k->value[v % blocks] = fmin(fmax(value, k->least), k->most);
    }
}

/* ---- a run ---- */

static tw_status set_block(tw_plant_run *run, const struct tw_advice *a, int32_t block)
{
    for (int32_t k = 0; k < a->knob_count; k++)
        TW_TRY(tw_plant_run_set(run, a->knobs[k].knob, a->knobs[k].value[block]));
    return TW_OK;
}

/* Set-points go back to what they are now. */
static tw_status set_back(tw_plant_run *run, const struct tw_advice *a)
{
    for (int32_t k = 0; k < a->knob_count; k++)
        TW_TRY(tw_plant_run_set(run, a->knobs[k].knob, a->knobs[k].now));
    return TW_OK;
}

static int32_t steps_in(const struct tw_advice *a, double hours)
{
    return (int32_t)floor(hours * 60.0 / a->sample_min + 0.5);
}

tw_status tw_advice_follow(tw_plant_run *run, const struct tw_advice *advice, bool followed,
                           struct tw_plant_sums *sums)
{
    double step_d = advice->sample_min / 1440.0;
    int32_t steps = steps_in(advice, advice->hours), block = -1;
    for (int32_t i = 0; i < steps; i++) {
        double hour = (double)i * advice->sample_min / 60.0;
        int32_t now = (int32_t)floor(hour / advice->block_h + 1e-9);
        if (followed && now != block) TW_TRY(set_block(run, advice, now));
        block = now;
        if (sums != NULL) tw_plant_scores_add(run, step_d, sums);
        TW_TRY(tw_plant_run_advance(run, advice->from_d + (double)(i + 1) * step_d));
    }
    return TW_OK;
}

/* On with the set-points of now: what the hours left behind is paid for here. */
static tw_status go_on(tw_plant_run *run, const struct tw_advice *a, bool followed,
                       struct tw_plant_sums *sums)
{
    double step_d = a->sample_min / 1440.0;
    int32_t first = steps_in(a, a->hours), end = first + steps_in(a, a->after_h);
    if (followed) TW_TRY(set_back(run, a));
    for (int32_t i = first; i < end; i++) {
        tw_plant_scores_add(run, step_d, sums);
        TW_TRY(tw_plant_run_advance(run, a->from_d + (double)(i + 1) * step_d));
    }
    return TW_OK;
}

static double mean_of(const struct tw_plant_scores *s, enum tw_kind kind)
{
    double value = (double)NAN;
    if (kind == TW_KIND_COD) value = s->cod_gm3;
    if (kind == TW_KIND_BOD5) value = s->bod5_gm3;
    if (kind == TW_KIND_TSS) value = s->tss_gm3;
    if (kind == TW_KIND_TN) value = s->tn_gm3;
    if (kind == TW_KIND_NH4) value = s->ammonia_gm3;
    if (kind == TW_KIND_TP) value = s->tp_gm3;
    return value > 0.0 ? value : (double)NAN; /* a model without phosphorus has 0 of it */
}

static void judge(const struct search *s, const struct tw_advice *a, struct tw_advice_outcome *o)
{
    double over = 0.0;
    o->broken = 0;
    for (int32_t i = 0; i < a->limit_count; i++) {
        o->mean_gm3[i] = mean_of(&o->scores, a->limits[i].kind);
        if (!(o->mean_gm3[i] > a->limit_gm3[i])) continue;
        over += o->mean_gm3[i] / a->limit_gm3[i] - 1.0;
        o->broken++;
    }
    o->penalty = s->options->penalty_ratio * over * fabs(s->oci_as_is);
    o->cost = o->scores.oci + o->penalty;
}

static tw_status try_out(const struct search *s, tw_plant_run *run, const struct tw_advice *a,
                         bool followed, struct tw_advice_outcome *o)
{
    struct tw_plant_sums sums;
    TW_TRY(tw_plant_run_copy(run, s->from));
    struct tw_plant_stats before = tw_plant_run_stats(run);
    tw_plant_scores_begin(run, &sums);
    TW_TRY(tw_advice_follow(run, a, followed, &sums));
    *o = (struct tw_advice_outcome){.scores = tw_plant_scores_get(run, &sums)};
    struct tw_plant_stats after = tw_plant_run_stats(run);
    double earlier_d = before.saturated == after.saturated ? before.saturated_d : 0.0;
    o->saturated_d = after.saturated_d - earlier_d;
    o->saturated = o->saturated_d > 0.0 ? after.saturated : -1;
    o->short_d = after.short_d - before.short_d;
    TW_TRY(go_on(run, a, followed, &sums));
    struct tw_plant_scores whole = tw_plant_scores_get(run, &sums);
    o->with_after_oci = whole.oci;
    o->with_after_eqi_kgd = whole.eqi_kgd;
    judge(s, a, o);
    return isfinite(o->cost) && isfinite(whole.oci) && isfinite(whole.eqi_kgd) ? TW_OK
                                                                               : TW_ERR_NUMERIC;
}

/* EQI with the hours after, as a share of that of leaving as is. */
static double eqi_of(const struct search *s, const struct tw_advice_outcome *o)
{
    return o->with_after_eqi_kgd / s->advice->as_is.with_after_eqi_kgd;
}

/* The same of the hours alone: what they gain may not be lent from those after, nor the other way. */
static double eqi_of_hours(const struct search *s, const struct tw_advice_outcome *o)
{
    return o->scores.eqi_kgd / s->advice->as_is.scores.eqi_kgd;
}

/* Cost per day of the hours, with what the hours after cost more or less for them. */
static double cost_of(const struct search *s, const struct tw_advice_outcome *o)
{
    const struct tw_advice *a = s->advice;
    double days = (a->hours + a->after_h) / a->hours;
    return (o->with_after_oci * days + o->penalty) / s->oci_as_is;
}

static double merit_of(const struct search *s, const struct tw_advice_outcome *o)
{
    /* More than any set-point can win back in cost. */
    double worse = fmax(eqi_of(s, o), eqi_of_hours(s, o)) - eqi_aim;
    return cost_of(s, o) + 20.0 * fmax(0.0, worse);
}

static void run_candidates(void *job, int32_t begin, int32_t end)
{
    struct search *s = job;
    for (int32_t w = begin / RANGE; w < end / RANGE; w++) {
        struct tw_advice own = *s->advice;
        for (int32_t i = w; i < s->candidate_count; i += s->run_count) {
            struct candidate *c = &s->candidates[i];
            set_values(s, c->x, &own);
            c->status = try_out(s, s->runs[w], &own, true, &c->outcome);
            c->merit = c->status == TW_OK ? merit_of(s, &c->outcome) : HUGE_VAL;
        }
    }
}

static void run_all(struct search *s, int32_t count)
{
    const int32_t run_ns = 1000000;
    s->candidate_count = count;
    s->advice->tried += count;
    tw_threads_for(s->threads, s->run_count * RANGE, run_ns, run_candidates, s);
}

/* ---- a round ---- */

struct slopes {
    double cost[VARIABLES], eqi[VARIABLES], low[VARIABLES], high[VARIABLES];
};

static double clamped(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }

/* Differences of cost and EQI, both as shares of what they are when everything is left as is. */
static void take_slopes(struct search *s, double reach, struct slopes *out)
{
    double step = fmin(fmax(0.5 * reach, 0.01), 0.1);
    for (int32_t v = 0; v < s->count; v++) {
        for (int32_t side = 0; side < 2; side++) {
            struct candidate *c = &s->candidates[2 * v + side];
            memcpy(c->x, s->best.x, sizeof c->x);
            c->x[v] = clamped(c->x[v] + (side == 0 ? -step : step));
        }
    }
    run_all(s, 2 * s->count);
    for (int32_t v = 0; v < s->count; v++) {
        const struct candidate *low = &s->candidates[2 * v], *high = low + 1;
        double by = high->x[v] - low->x[v], x = s->best.x[v];
        bool both = low->status == TW_OK && high->status == TW_OK && by > 0.0;
        out->cost[v] = both ? (cost_of(s, &high->outcome) - cost_of(s, &low->outcome)) / by : 0.0;
        out->eqi[v] = both ? (eqi_of(s, &high->outcome) - eqi_of(s, &low->outcome)) / by : 0.0;
        out->low[v] = both ? fmax(-reach, -x) : 0.0;
        out->high[v] = both ? fmin(reach, 1.0 - x) : 0.0;
    }
}

/* The corner that cost + weight * EQI asks for; returns what it does to EQI. */
static double corner(const struct search *s, const struct slopes *slopes, double weight, double *d)
{
    double eqi = 0.0;
    for (int32_t v = 0; v < s->count; v++) {
        double slope = (weight < HUGE_VAL ? slopes->cost[v] : 0.0) +
                       (weight < HUGE_VAL ? weight : 1.0) * slopes->eqi[v];
        d[v] = slope > 0.0 ? slopes->low[v] : slope < 0.0 ? slopes->high[v] : 0.0;
        eqi += d[v] * slopes->eqi[v];
    }
    return eqi;
}

/* The step of the linear programme; room is how much EQI may grow. */
static void take_step(const struct search *s, const struct slopes *slopes, double room, double *d)
{
    double light[VARIABLES] = {0}, heavy[VARIABLES] = {0}, low = 0.0, high = 1024.0;
    double with_low = corner(s, slopes, low, light), with_high = corner(s, slopes, high, heavy);
    if (with_low <= room) {
        memcpy(d, light, sizeof light);
        return;
    }
    if (with_high > room) {
        (void)corner(s, slopes, HUGE_VAL, d);
        return;
    }
    for (int32_t i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high), at[VARIABLES] = {0};
        double with = corner(s, slopes, middle, at);
        bool holds = with <= room;
        memcpy(holds ? heavy : light, at, sizeof at);
        *(holds ? &high : &low) = middle;
        *(holds ? &with_high : &with_low) = with;
    }
    double part = (with_low - room) / (with_low - with_high);
    for (int32_t v = 0; v < s->count; v++)
        d[v] = light[v] + part * (heavy[v] - light[v]);
}

static void search_round(struct search *s, double *reach)
{
    static const double parts[PARTS] = {1.0, 0.6, 0.3, 0.12, 0.04};
    /* EQI bends upwards: room that is spared lets longer steps keep the constraint. */
    static const double spare[ROOMS] = {0.0, 0.003, 0.01};
    struct slopes slopes = {0};
    double d[VARIABLES] = {0};
    take_slopes(s, *reach, &slopes);
    for (int32_t room = 0; room < ROOMS; room++) {
        take_step(s, &slopes, eqi_aim - eqi_of(s, &s->best.outcome) - spare[room], d);
        for (int32_t i = 0; i < PARTS; i++) {
            struct candidate *c = &s->candidates[room * PARTS + i];
            for (int32_t v = 0; v < s->count; v++)
                c->x[v] = clamped(s->best.x[v] + parts[i] * d[v]);
        }
    }
    run_all(s, ROOMS * PARTS);
    int32_t chosen = -1;
    double merit = s->best.merit;
    for (int32_t i = 0; i < ROOMS * PARTS; i++) {
        if (!(s->candidates[i].merit < merit)) continue;
        merit = s->candidates[i].merit;
        chosen = i;
    }
    if (chosen >= 0) s->best = s->candidates[chosen];
    int32_t part = chosen % PARTS;
    double by = chosen < 0 ? 0.3 : part == 0 ? 1.5 : fmax(parts[part], 0.3);
    *reach = fmin(*reach * by, reach_most);
}

/* ---- all ---- */

static tw_status begin(struct search *s)
{
    struct tw_advice *a = s->advice;
    int32_t threads = s->options->threads < RUNS ? s->options->threads : RUNS;
    if (threads > 1) TW_TRY(tw_threads_create(threads, &s->threads));
    s->run_count = threads;
    for (int32_t i = 0; i < threads; i++)
        TW_TRY(tw_plant_run_create(s->plant, &s->runs[i]));
    TW_TRY(tw_plant_run_copy(s->runs[0], s->from));
    a->from_d = tw_plant_run_at_d(s->from);
    take_knobs(s);
    take_limits(s);
    if (a->knob_count == 0) return TW_ERR_ARG;
    s->count = a->knob_count * a->block_count;
    int32_t most = 2 * s->count > ROOMS * PARTS ? 2 * s->count : ROOMS * PARTS;
    s->candidates = TW_ARENA_NEW(&s->arena, struct candidate, most);
    if (s->candidates == NULL) return TW_ERR_NOMEM;
    memset(s->candidates, 0, (size_t)most * sizeof *s->candidates);
    TW_TRY(try_out(s, s->runs[0], a, false, &a->as_is));
    s->oci_as_is = fmax(fabs(a->as_is.scores.oci), 1e-6);
    judge(s, a, &a->as_is);
    s->best.outcome = a->as_is;
    s->best.merit = merit_of(s, &a->as_is);
    for (int32_t v = 0; v < s->count; v++) {
        const struct tw_advice_knob *k = &a->knobs[v / a->block_count];
        s->best.x[v] = (k->now - k->least) / (k->most - k->least);
    }
    return TW_OK;
}

static tw_status search_all(struct search *s)
{
    struct tw_advice *a = s->advice;
    double reach = 0.25;
    TW_TRY(begin(s));
    for (int32_t i = 0; i < s->options->rounds && reach > reach_least; i++)
        search_round(s, &reach);
    const struct tw_advice_outcome *o = &s->best.outcome;
    a->better = o->cost < a->as_is.cost && eqi_of(s, o) <= 1.0 && eqi_of_hours(s, o) <= 1.0;
    a->advised = a->better ? *o : a->as_is;
    a->saved = (a->as_is.cost - a->advised.cost) / fmax(fabs(a->as_is.cost), 1e-6);
    set_values(s, s->best.x, a);
    for (int32_t k = 0; k < a->knob_count && !a->better; k++)
        for (int32_t b = 0; b < a->block_count; b++)
            a->knobs[k].value[b] = a->knobs[k].now;
    return TW_OK;
}

static bool sensible(const struct tw_advice_options *o)
{
    return o->hours >= 1.0 && o->hours <= 72.0 && o->block_h >= 0.5 &&
           o->hours / o->block_h <= (double)TW_ADVICE_BLOCKS + 1e-9 && o->sample_min >= 1.0 &&
           o->sample_min <= 60.0 && o->rounds >= 1 && o->rounds <= 1000 && o->threads >= 1 &&
           o->limit_count >= 0 && o->limit_count <= TW_ADVICE_LIMITS && o->penalty_ratio >= 0.0 &&
           o->after_h >= 0.0 && o->after_h <= 72.0 && o->reach_ratio > 0.0 &&
           o->reach_ratio <= 10.0;
}

tw_status tw_advice_find(const tw_plant *plant, const tw_plant_run *from,
                         const struct tw_advice_options *options, struct tw_advice *out_advice)
{
    if (!sensible(options)) return TW_ERR_ARG;
    struct tw_advice advice = {.plant = plant,
                               .hours = options->hours,
                               .block_h = options->block_h,
                               .sample_min = options->sample_min,
                               .after_h = options->after_h,
                               .block_count =
                                   (int32_t)ceil(options->hours / options->block_h - 1e-9)};
    struct search s = {.plant = plant, .from = from, .options = options, .advice = &advice};
    tw_arena_init(&s.arena);
    tw_status status = search_all(&s);
    for (int32_t i = 0; i < s.run_count; i++)
        tw_plant_run_destroy(s.runs[i]);
    tw_threads_destroy(s.threads);
    tw_arena_done(&s.arena);
    if (status == TW_OK) *out_advice = advice;
    return status;
}
