#include "operate/sensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPIKE_HALF = 7, SPIKE_MOST = 3, DRIFT_DAYS = 7, DAYS_MOST = 400 };
static const double spike_scatter = 10.0;
static const double stuck_factor = 6.0;

static const struct tw_sensor_fault_info infos[TW_FAULT_COUNT] = {
#define TW_SENSOR_FAULT(id, key, severity, zh, en, advice_zh, advice_en)                           \
    {key, severity, zh, en, advice_zh, advice_en},
#include "operate/sensor_faults.def"
#undef TW_SENSOR_FAULT
};

const struct tw_sensor_fault_info *tw_sensor_fault_get(enum tw_sensor_fault fault)
{
    return &infos[fault];
}

tw_status tw_sensor_found_add(struct tw_sensor_found *found,
                              const struct tw_sensor_episode *episode)
{
    if (found->count == found->room) {
        int32_t room = found->room == 0 ? 32 : 2 * found->room;
        struct tw_sensor_episode *list = TW_ARENA_NEW(found->arena, struct tw_sensor_episode, room);
        if (list == NULL) return TW_ERR_NOMEM;
        if (found->count > 0) memcpy(list, found->list, (size_t)found->count * sizeof *list);
        found->list = list;
        found->room = room;
    }
    found->list[found->count++] = *episode;
    return TW_OK;
}

/* ---- what the checks share ---- */

/* One instrument's values while they are checked. */
struct series {
    const struct tw_sensor_grid *grid;
    const double *x;
    int32_t count, sensor;
    double step_s;
    const struct tw_sensor_limits *limits;
    struct tw_sensor_found *found;
    double *room;    /* [count] */
    uint8_t *faulty; /* [count] part of a gap, a flat line, out of range */
};

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static double quantile(double *values, int32_t count, double p)
{
    if (count == 0) return 0.0;
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[(int32_t)(p * (count - 1) + 0.5)];
}

static tw_status add(struct series *s, enum tw_sensor_fault fault, const int32_t span[2],
                     double value, double score)
{
    const struct tw_sensor_episode episode = {.fault = fault,
                                              .sensor = s->sensor,
                                              .begin = span[0],
                                              .end = span[1],
                                              .value = value,
                                              .score = score,
                                              .certain = fault != TW_FAULT_DRIFT};
    for (int32_t i = span[0]; i < span[1] && fault != TW_FAULT_DRIFT; i++)
        s->faulty[i] = 1;
    return tw_sensor_found_add(s->found, &episode);
}

/* ---- gaps and ranges ---- */

static tw_status check_gaps(struct series *s)
{
    for (int32_t i = 0, j = 0; i<s->count; i = j> i ? j : i + 1) {
        for (j = i; j < s->count && isnan(s->x[j]);)
            j++;
        double gap_s = (j - i) * s->step_s;
        if (j > i && gap_s >= s->limits->gap_s) {
            double score = s->limits->gap_s > 0.0 ? gap_s / s->limits->gap_s : 1.0;
            TW_TRY(add(s, TW_FAULT_GAP, (int32_t[]){i, j}, (double)NAN, score));
        }
    }
    return TW_OK;
}

static double beyond(const struct series *s, double x)
{
    return x < s->limits->low    ? s->limits->low - x
           : x > s->limits->high ? x - s->limits->high
                                 : 0.0;
}

static tw_status check_range(struct series *s)
{
    double span = s->limits->high - s->limits->low;
    for (int32_t i = 0, j = 0; i<s->count; i = j> i ? j : i + 1) {
        double worst = 0.0, value = (double)NAN;
        for (j = i; j < s->count && beyond(s, s->x[j]) > 0.0; j++) {
            if (beyond(s, s->x[j]) <= worst) continue;
            worst = beyond(s, s->x[j]);
            value = s->x[j];
        }
        if (j > i) {
            double score = 1.0 + (span > 0.0 ? worst / span : 0.0);
            TW_TRY(add(s, TW_FAULT_RANGE, (int32_t[]){i, j}, value, score));
        }
    }
    return TW_OK;
}

/* ---- flat lines ---- */

/* The end of the stretch from i on that shows exactly the same. */
static int32_t flat_end(const struct series *s, int32_t i)
{
    int32_t j = i + 1;
    while (j < s->count && s->x[j] == s->x[i])
        j++;
    return j;
}

/* How long 95 % of the flat stretches are; the longest is not counted, since it may be the fault. */
static double usual_flat(struct series *s)
{
    int32_t runs = 0, longest = 0;
    for (int32_t i = 0, j = 0; i < s->count; i = j) {
        j = isnan(s->x[i]) ? i + 1 : flat_end(s, i);
        if (isnan(s->x[i])) continue;
        s->room[runs] = j - i;
        if (s->room[runs] > s->room[longest]) longest = runs;
        runs++;
    }
    if (runs < 2) return 1.0;
    s->room[longest] = s->room[--runs];
    double usual = quantile(s->room, runs, 0.95);
    return usual > 1.0 ? usual : 1.0;
}

static tw_status check_flat(struct series *s)
{
    double usual = usual_flat(s);
    for (int32_t i = 0, j = 0; i < s->count; i = j) {
        j = isnan(s->x[i]) ? i + 1 : flat_end(s, i);
        if (isnan(s->x[i]) || s->faulty[i]) continue;
        double flat_s = (j - i) * s->step_s;
        bool zero = s->x[i] == 0.0;
        if (flat_s < s->limits->stuck_s || (zero && s->limits->zero_ok)) continue;
        if (!zero && s->limits->steps) continue;
        /* An instrument that shows whole numbers, or is asked once an hour, is flat by nature. */
        bool unusual = j - i >= stuck_factor * usual || j - i == s->count;
        if (zero || unusual) {
            TW_TRY(add(s, zero ? TW_FAULT_ZERO : TW_FAULT_STUCK, (int32_t[]){i, j}, s->x[i],
                       flat_s / s->limits->stuck_s));
        }
    }
    return TW_OK;
}

/* ---- spikes ---- */

/* The scatter from one value to the next: 1.4826 times the median of the differences. */
static double noise_of(struct series *s)
{
    int32_t n = 0;
    for (int32_t i = 1; i < s->count; i++) {
        double d = fabs(s->x[i] - s->x[i - 1]);
        if (d > 0.0) s->room[n++] = d; /* a value held is no measure of noise; NAN is not > 0 */
    }
    return 1.4826 * quantile(s->room, n, 0.5);
}

/* Distance from the median around i, and the scatter there. False: too few values. */
static bool stands_out(const struct series *s, int32_t i, double noise, double *out_score)
{
    double around[2 * SPIKE_HALF], deviation[2 * SPIKE_HALF];
    int32_t n = 0;
    for (int32_t k = i - SPIKE_HALF; k <= i + SPIKE_HALF; k++) {
        if (k == i || k < 0 || k >= s->count || isnan(s->x[k]) || s->faulty[k]) continue;
        around[n++] = s->x[k];
    }
    if (n < SPIKE_HALF) return false;
    double middle = quantile(around, n, 0.5);
    for (int32_t k = 0; k < n; k++)
        deviation[k] = fabs(around[k] - middle);
    double scatter = 1.4826 * quantile(deviation, n, 0.5);
    if (scatter < noise) scatter = noise;
    *out_score = scatter > 0.0 ? fabs(s->x[i] - middle) / (spike_scatter * scatter) : 0.0;
    return *out_score > 1.0;
}

static tw_status check_spikes(struct series *s)
{
    double noise = noise_of(s), score, top;
    if (s->limits->steps) return TW_OK;
    for (int32_t i = 0, j = 0; i<s->count; i = j> i ? j : i + 1) {
        double value = (double)NAN;
        top = 0.0;
        j = i;
        /* What stands out begins with a jump; to look for it is quick. NAN is no jump. */
        if (i == 0 || !(fabs(s->x[i] - s->x[i - 1]) > 3.0 * noise)) continue;
        for (; j < s->count && !isnan(s->x[j]) && !s->faulty[j]; j++) {
            if (!stands_out(s, j, noise, &score)) break;
            if (score <= top) continue;
            top = score;
            value = s->x[j];
        }
        /* Longer is a change, and at the ends it has not come back yet. */
        if (j > i && j - i <= SPIKE_MOST && j < s->count) {
            TW_TRY(add(s, TW_FAULT_SPIKE, (int32_t[]){i, j}, value, top));
        }
    }
    return TW_OK;
}

/* ---- drift ---- */

/* Medians of whole days, and the index at which each begins. */
static int32_t daily_medians(struct series *s, double *median, int32_t *begin)
{
    int32_t days = 0, per_day = (int32_t)(86400.0 / s->step_s + 0.5);
    if (per_day < 1) return 0;
    for (int32_t i = 0; i + per_day <= s->count && days < DAYS_MOST; i += per_day) {
        int32_t n = 0;
        for (int32_t k = i; k < i + per_day; k++)
            if (!isnan(s->x[k]) && !s->faulty[k]) s->room[n++] = s->x[k];
        if (2 * n < per_day) continue;
        median[days] = quantile(s->room, n, 0.5);
        begin[days++] = i;
    }
    return days;
}

/* Kendall's statistic over its deviation when there is no trend. */
static double trend_of(const double *x, int32_t n)
{
    double sum = 0.0;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = i + 1; j < n; j++)
            sum += (x[j] > x[i]) - (x[j] < x[i]);
    return sum / sqrt(n * (n - 1.0) * (2.0 * n + 5.0) / 18.0);
}

static tw_status check_drift(struct series *s)
{
    double median[DAYS_MOST], step[DAYS_MOST];
    int32_t begin[DAYS_MOST], per_day = (int32_t)(86400.0 / s->step_s + 0.5);
    int32_t days = daily_medians(s, median, begin);
    if (days < DRIFT_DAYS || s->limits->steps) return TW_OK;
    for (int32_t d = 1; d < days; d++)
        step[d - 1] = fabs(median[d] - median[d - 1]);
    double usual = quantile(step, days - 1, 0.5), moved = fabs(median[days - 1] - median[0]);
    double trend = fabs(trend_of(median, days));
    const double sure = 3.3; /* one in a thousand */
    if (trend > sure && moved > 4.0 * usual) {
        TW_TRY(add(s, TW_FAULT_DRIFT, (int32_t[]){begin[0], begin[days - 1] + per_day},
                   median[days - 1], trend / sure));
    }
    return TW_OK;
}

tw_status tw_sensor_check(const struct tw_sensor_grid *grid, int32_t sensor,
                          const struct tw_sensor_limits *limits, struct tw_sensor_found *found)
{
    struct tw_arena work;
    tw_arena_init(&work);
    struct series s = {.grid = grid,
                       .x = grid->value[sensor],
                       .count = grid->count,
                       .sensor = sensor,
                       .step_s = (double)grid->step_ms / 1000.0,
                       .limits = limits,
                       .found = found,
                       .room = TW_ARENA_NEW(&work, double, grid->count),
                       .faulty = TW_ARENA_NEW(&work, uint8_t, grid->count)};
    tw_status status = s.room == NULL || s.faulty == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) status = check_gaps(&s);
    if (status == TW_OK) status = check_range(&s);
    if (status == TW_OK) status = check_flat(&s);
    if (status == TW_OK) status = check_spikes(&s);
    if (status == TW_OK) status = check_drift(&s);
    tw_arena_done(&work);
    return status;
}
