/* Which gauges can be believed, and what they say of the radar. */
#include "forecast/nowcast_parts.h"
#include "forecast/radar_view.h"

#include <math.h>
#include <stdlib.h>

#define SILENT_S 1200.0      /* without a value for so long, or three intervals: silent */
#define STUCK_S 1800.0       /* the same value, not zero, for so long, and ... */
#define STUCK_ALONE_S 7200.0 /* ... with nothing beside it that changed */
#define STUCK_LEAST 10       /* ... at least so many times */
#define ABSURD_MMH 400.0 /* over five minutes: more than has ever been measured but for minutes */
#define ABSURD_S 300.0
#define ABSURD_BACK_S 3600.0
#define SHORT_S 1800.0 /* a gauge is held against the radar over this ... */
#define LONG_S 7200.0  /* ... and this */
#define COMPARED_LEAST_MM 3.0
#define BIAS_LEAST_MM 0.5
#define DEVIATIONS_MOST 3.0
#define GAUGE_DOUBT 0.3  /* of ln: how well a gauge and a radar cell see the same rain */
#define BIAS_DOUBT 0.3   /* of ln: what is thought of a radar before gauges tell */
#define AROUND_M 1000.0  /* rain drifts that far below the beam, and gauges are put there wrongly */
#define FRIENDS_MM 6.0   /* gauges alone: all others have that ... */
#define FRIENDS_S 3600.0 /* ... in this time, and one has nothing */
#define FRIENDS_M 15000.0

/* Last interval that is known. */
static const struct tw_gauge_fall *last_fall(const struct tw_nowcast *n,
                                             const struct tw_gauge_series *gauge)
{
    for (int32_t i = gauge->count - 1; i >= 0; i--) {
        const struct tw_gauge_fall *fall = &gauge->falls[i];
        if (fall->until_s <= n->now_s && !isnan(fall->rain_mm)) return fall;
    }
    return NULL;
}

/* Seconds without a value beyond what is usual; 0: not silent. */
static double silent_s(const struct tw_nowcast *n, const struct tw_gauge_series *gauge)
{
    const struct tw_gauge_fall *last = last_fall(n, gauge);
    if (last == NULL) {
        bool only_rain = gauge->first_s <= n->now_s && gauge->first_zero_s > n->now_s;
        return only_rain ? 0.0 : n->past_count * n->setup.step_s;
    }
    if (gauge->first_zero_s > n->now_s) {
        /* It sends only rain: it is silent when it was asked and had nothing to say. */
        const struct tw_gauge_fall *latest = last;
        for (int32_t i = gauge->count - 1; i >= 0 && &gauge->falls[i] != last; i--) {
            if (gauge->falls[i].until_s <= n->now_s && latest == last) latest = &gauge->falls[i];
        }
        double asked_s = latest->until_s - last->until_s;
        return asked_s > SILENT_S ? asked_s : 0.0;
    }
    double since_s = n->now_s - last->until_s;
    double most_s = 3.0 * last->interval_s > SILENT_S ? 3.0 * last->interval_s : SILENT_S;
    return since_s > most_s ? since_s : 0.0;
}

/* Seconds for which a gauge has sent the same value; 0: not stuck. */
static double stuck_s(const struct tw_nowcast *n, const struct tw_gauge_series *gauge)
{
    const struct tw_gauge_fall *last = last_fall(n, gauge);
    if (last == NULL || !(last->rain_mm > 0.0)) return 0.0;
    double begin_s = last->until_s - last->interval_s;
    int32_t same = 0;
    for (int32_t i = (int32_t)(last - gauge->falls); i >= 0; i--) {
        const struct tw_gauge_fall *fall = &gauge->falls[i];
        if (isnan(fall->rain_mm)) continue;
        if (fall->rain_mm != last->rain_mm || begin_s - fall->until_s > SILENT_S) break;
        begin_s = fall->until_s - fall->interval_s;
        same++;
    }
    double stuck = last->until_s - begin_s;
    return same >= STUCK_LEAST && stuck >= STUCK_S ? stuck : 0.0;
}

/* True when rain has changed where a gauge says that it has not: another gauge's did, or what the
 * radar sees at it. Rain can be steady, so a gauge alone is believed for longer. */
static bool changed_beside(const struct tw_nowcast *n, const struct tw_radar_view *view, int32_t g,
                           double since_s)
{
    for (int32_t i = 0; i < n->setup.gauge_count; i++) {
        const struct tw_gauge_series *other = &n->gauges[i];
        if (i == g || silent_s(n, other) > 0.0 || last_fall(n, other) == NULL) continue;
        if (stuck_s(n, other) == 0.0) return true;
    }
    const double at[2] = {n->gauges[g].x, n->gauges[g].y};
    double half_s = 0.5 * since_s;
    double before = tw_radar_mean_mmh(n, view, at, n->now_s - since_s, n->now_s - half_s);
    double after = tw_radar_mean_mmh(n, view, at, n->now_s - half_s, n->now_s);
    if (isnan(before) || isnan(after)) return false;
    return before > 2.0 * after || after > 2.0 * before || before + after < 0.2;
}

/* The highest rate over five minutes of the last hour. */
static double highest_mmh(const struct tw_nowcast *n, const struct tw_gauge_series *gauge)
{
    double highest = 0.0;
    for (int32_t k = 0; k < (int32_t)(ABSURD_BACK_S / ABSURD_S); k++) {
        double known = 0.0;
        double to_s = n->now_s - k * ABSURD_S;
        double mmh = tw_gauge_mean_mmh(gauge, to_s - ABSURD_S, to_s, n->now_s, &known);
        /* Over all five minutes: what is missing was not as much. */
        if (mmh * known > highest) highest = mmh * known;
    }
    return highest;
}

/* ---- against the radar ---- */

struct comparison {
    double log_ratio, weight; /* ln(gauge / radar), and how much it says; 0: nothing */
    double caught_mm, seen_mm;
};

/* The spread among the cells around tells how much depends on where exactly the rain fell. */
static struct comparison compare(const struct tw_nowcast *n, const struct tw_radar_view *view,
                                 const struct tw_gauge_series *gauge, double back_s)
{
    const double from_s = n->now_s - back_s;
    struct comparison c = {0.0, 0.0, 0.0, 0.0};
    double known = 0.0;
    c.caught_mm = tw_gauge_mean_mmh(gauge, from_s, n->now_s, n->now_s, &known) * back_s / 3600.0;
    if (known < 0.3 || isnan(gauge->x)) return c;
    double logs[9];
    double mean = 0.0;
    for (int i = 0; i < 9; i++) {
        const int north = i / 3 - 1;
        const double at[2] = {gauge->x + (i % 3 - 1) * AROUND_M, gauge->y + north * AROUND_M};
        double seen_mm = tw_radar_mean_mmh(n, view, at, from_s, n->now_s) * back_s / 3600.0;
        if (isnan(seen_mm)) return c;
        if (i == 4) c.seen_mm = seen_mm;
        logs[i] = log((c.caught_mm + BIAS_LEAST_MM) / (seen_mm + BIAS_LEAST_MM));
        mean += logs[i] / 9.0;
    }
    double spread2 = 0.0;
    for (int i = 0; i < 9; i++)
        spread2 += (logs[i] - mean) * (logs[i] - mean) / 8.0;
    c.log_ratio = logs[4];
    c.weight = 1.0 / (GAUGE_DOUBT * GAUGE_DOUBT + spread2);
    return c;
}

/* What the good gauges but one say of the radar: mean of the logarithm, and its weight. */
static double bias_without(const struct tw_nowcast *n, const struct comparison *all,
                           int32_t without, double *out_weight)
{
    double weights = 1.0 / (BIAS_DOUBT * BIAS_DOUBT);
    double sum = 0.0;
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        if (g == without || !n->gauges[g].good) continue;
        if (all[g].seen_mm < BIAS_LEAST_MM) continue;
        sum += all[g].weight * all[g].log_ratio;
        weights += all[g].weight;
    }
    *out_weight = weights;
    return sum / weights;
}

static void compare_all(const struct tw_nowcast *n, const struct tw_radar_view *view, double back_s,
                        struct comparison *out_all)
{
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        out_all[g] = (struct comparison){0.0, 0.0, 0.0, 0.0};
        if (n->gauges[g].good) out_all[g] = compare(n, view, &n->gauges[g], back_s);
    }
}

/* Leave out, one after the other, the gauge that is farthest from what radar and others say. */
static tw_status leave_out_liars(struct tw_nowcast *n, const struct tw_radar_view *view,
                                 double back_s, struct comparison *all)
{
    compare_all(n, view, back_s, all);
    for (;;) {
        int32_t worst = -1;
        double worst_by = DEVIATIONS_MOST;
        double worst_log = 0.0;
        for (int32_t g = 0; g < n->setup.gauge_count; g++) {
            if (!n->gauges[g].good || !(all[g].weight > 0.0)) continue;
            if (all[g].caught_mm < COMPARED_LEAST_MM && all[g].seen_mm < COMPARED_LEAST_MM) {
                continue;
            }
            double weight = 0.0;
            double off = all[g].log_ratio - bias_without(n, all, g, &weight);
            double by = fabs(off) / sqrt(1.0 / all[g].weight + 1.0 / weight);
            if (!(by > worst_by)) continue;
            worst = g;
            worst_by = by;
            worst_log = off;
        }
        if (worst < 0) return TW_OK;
        n->gauges[worst].good = false;
        TW_TRY(tw_nowcast_note_add(
            n, worst_log < 0.0 ? TW_RAIN_NOTE_GAUGE_LOW : TW_RAIN_NOTE_GAUGE_HIGH,
            n->gauges[worst].name, worst, 100.0 * exp(worst_log)));
    }
}

double tw_radar_bias(const struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                     double *out_doubt_ratio)
{
    double weights = 1.0 / (BIAS_DOUBT * BIAS_DOUBT);
    double sum = 0.0;
    for (int32_t g = 0; g < nowcast->setup.gauge_count && view->count > 0; g++) {
        if (!nowcast->gauges[g].good) continue;
        struct comparison c = compare(nowcast, view, &nowcast->gauges[g], LONG_S);
        if (c.seen_mm < BIAS_LEAST_MM) continue;
        sum += c.weight * c.log_ratio;
        weights += c.weight;
    }
    *out_doubt_ratio = 1.0 / sqrt(weights);
    return exp(sum / weights);
}

/* ---- gauges alone ---- */

static double caught_mm(const struct tw_nowcast *n, int32_t gauge)
{
    double known = 0.0;
    double mmh =
        tw_gauge_mean_mmh(&n->gauges[gauge], n->now_s - FRIENDS_S, n->now_s, n->now_s, &known);
    return known >= 0.5 ? mmh * FRIENDS_S / 3600.0 : (double)NAN;
}

/* With two others around that have much, a gauge that has nothing is blocked. */
static tw_status leave_out_blocked(struct tw_nowcast *n)
{
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        if (!n->gauges[g].good || !(caught_mm(n, g) == 0.0)) continue;
        int32_t wet = 0;
        int32_t others = 0;
        for (int32_t i = 0; i < n->setup.gauge_count; i++) {
            if (i == g || !n->gauges[i].good) continue;
            double apart_m =
                hypot(n->gauges[i].x - n->gauges[g].x, n->gauges[i].y - n->gauges[g].y);
            if (!(apart_m < FRIENDS_M)) continue;
            others++;
            wet += caught_mm(n, i) > FRIENDS_MM;
        }
        if (others < 2 || wet < others) continue;
        n->gauges[g].good = false;
        TW_TRY(tw_nowcast_note_add(n, TW_RAIN_NOTE_GAUGE_LOW, n->gauges[g].name, g, 0.0));
    }
    return TW_OK;
}

static tw_status check_alone(struct tw_nowcast *n, const struct tw_radar_view *view, int32_t g)
{
    struct tw_gauge_series *gauge = &n->gauges[g];
    double silent = silent_s(n, gauge);
    double stuck = stuck_s(n, gauge);
    double highest = highest_mmh(n, gauge);
    gauge->good = false;
    if (silent > 0.0) {
        return tw_nowcast_note_add(n, TW_RAIN_NOTE_GAUGE_SILENT, gauge->name, g, silent / 60.0);
    }
    if (stuck >= STUCK_ALONE_S || (stuck > 0.0 && changed_beside(n, view, g, stuck))) {
        return tw_nowcast_note_add(n, TW_RAIN_NOTE_GAUGE_STUCK, gauge->name, g, stuck / 60.0);
    }
    if (highest > ABSURD_MMH) {
        return tw_nowcast_note_add(n, TW_RAIN_NOTE_GAUGE_ABSURD, gauge->name, g, highest);
    }
    gauge->good = true;
    return TW_OK;
}

tw_status tw_gauges_check(struct tw_nowcast *nowcast, const struct tw_radar_view *view)
{
    struct tw_nowcast *n = nowcast;
    for (int32_t g = 0; g < n->setup.gauge_count; g++)
        TW_TRY(check_alone(n, view, g));
    if (view->count > 0) {
        struct comparison *all = malloc(((size_t)n->setup.gauge_count + 1) * sizeof *all);
        if (all == NULL) return TW_ERR_NOMEM;
        tw_status status = leave_out_liars(n, view, SHORT_S, all);
        if (status == TW_OK) status = leave_out_liars(n, view, LONG_S, all);
        free(all);
        TW_TRY(status);
    } else {
        TW_TRY(leave_out_blocked(n));
    }
    int32_t good = 0;
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        if (!n->gauges[g].good) continue;
        good++;
        TW_TRY(tw_nowcast_note_add(n, TW_RAIN_NOTE_GAUGE_USED, n->gauges[g].name, g, 0.0));
    }
    if (good == 0) TW_TRY(tw_nowcast_note_add(n, TW_RAIN_NOTE_GAUGES_NONE, "", -1, 0.0));
    return TW_OK;
}
