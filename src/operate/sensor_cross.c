/* Instruments compared with each other: principal components that are learned again each day.
 *
 *   z = (x - mean) / deviation          of the weather's own state
 *   t = P' z                            P: the first eigenvectors of the correlation, lambda
 *   T2 = sum t_k^2 / lambda_k           far within the usual patterns
 *   Q  = |z - P t|^2                    away from them
 *   RBC_j = (z - P t)_j^2 / C_jj,  C = I - P P'      what instrument j has to do with Q
 *
 * The limits are quantiles of what one half of the days learned from has in a model of the other half:
 * in a model's own days it would look better than it is. */
#include "num/ridge.h"
#include "operate/sensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SENSORS_MOST = 64, STATES = 2, LEAST_ROWS = 150, DRIFT_LAG_DAYS = 3, DRIFT_DAYS = 2 };
static const double good_ratio = 0.7;  /* of the days learned from, that an instrument needs */
static const double drift_least = 2.5; /* deviations that a day's median has to be off */

/* A model of one state of the weather. */
struct state {
    int32_t rows, kept;
    double mean[SENSORS_MOST], deviation[SENSORS_MOST];
    double value[SENSORS_MOST];
    double vector[SENSORS_MOST * SENSORS_MOST];
    double own[SENSORS_MOST];    /* C_jj */
    double spread[SENSORS_MOST]; /* of what an instrument shows about what the others say */
    double t2_limit, q_limit;
    double most_flow; /* that was learned from */
};

/* What the comparison works on. */
struct cross {
    const struct tw_sensor_grid *grid;
    const struct tw_sensor_cross *rules;
    struct tw_sensor_found *found;
    int32_t flow, per_day;
    double wet_flow[24];        /* by hour of the day: from here on the weather is wet */
    uint8_t *bad;               /* [sensors * count] known to be faulty, or a gap */
    int32_t used[SENSORS_MOST]; /* instruments of the present model */
    int32_t count;              /* of them */
    struct state *states;       /* [STATES] */
    double *room, *room2;       /* [count] */
    double *matrix;             /* [SENSORS_MOST * SENSORS_MOST] */
    int32_t *culprit;           /* [count] the instrument behind Q; -1: within the limit */
    double *off;                /* [sensors * days] a day's median residual [spreads]; NAN */
    struct tw_sensor_cross_result result;
};

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool is_bad(const struct cross *c, int32_t sensor, int32_t i)
{
    return c->bad[(size_t)sensor * (size_t)c->grid->count + (size_t)i] != 0;
}

static int hour_of(const struct cross *c, int32_t i)
{
    return (int)((int64_t)(i % c->per_day) * c->grid->step_ms / 3600000);
}

static double flow_at(const struct cross *c, int32_t i)
{
    return c->flow >= 0 && !is_bad(c, c->flow, i) ? c->grid->value[c->flow][i] : 0.0;
}

static int weather(const struct cross *c, int32_t i)
{
    return flow_at(c, i) > c->wet_flow[hour_of(c, i)];
}

/* More water than was ever learned from: nothing can be said then. */
static bool is_new(const struct cross *c, const struct state *m, int32_t i)
{
    return flow_at(c, i) > 1.1 * m->most_flow;
}

/* ---- learning ---- */

/* Instruments that are sound for most of a stretch and move in it. */
static void choose_used(struct cross *c, int32_t from, int32_t to)
{
    c->count = 0;
    for (int32_t s = 0; s < c->grid->sensors && c->count < SENSORS_MOST; s++) {
        int32_t good = 0;
        double least = 0.0, most = 0.0;
        for (int32_t i = from; i < to; i++) {
            if (is_bad(c, s, i)) continue;
            double x = c->grid->value[s][i];
            least = good == 0 || x < least ? x : least;
            most = good == 0 || x > most ? x : most;
            good++;
        }
        if (good >= good_ratio * (to - from) && most > least) c->used[c->count++] = s;
    }
}

/* Whether an hour is learned from: what was found to disagree is not. part: -1 all, 0 the first half
 * of each two days, 1 the second */
static bool learns(const struct cross *c, int32_t i, int state, int part)
{
    if (c->culprit[i] >= 0) return false;
    if (state >= 0 && weather(c, i) != state) return false;
    return part < 0 || (i / c->per_day) % 2 == part;
}

static void standard(const struct cross *c, const struct state *m, int32_t i, double *z)
{
    for (int32_t k = 0; k < c->count; k++) {
        int32_t s = c->used[k];
        bool known = !is_bad(c, s, i) && m->deviation[k] > 0.0;
        z[k] = known ? (c->grid->value[s][i] - m->mean[k]) / m->deviation[k] : 0.0;
    }
}

static void find_scale(const struct cross *c, const int32_t span[2], int state, int part,
                       struct state *m)
{
    for (int32_t k = 0; k < c->count; k++) {
        double sum = 0.0, squares = 0.0;
        int32_t n = 0, s = c->used[k];
        for (int32_t i = span[0]; i < span[1]; i++) {
            if (!learns(c, i, state, part) || is_bad(c, s, i)) continue;
            double x = c->grid->value[s][i];
            n++;
            /* Welford's sums stay exact when the mean is large. */
            double d = x - sum;
            sum += d / n;
            squares += d * (x - sum);
        }
        m->mean[k] = sum;
        m->deviation[k] = n > 1 ? sqrt(squares / n) : 0.0;
    }
}

/* How many components to keep: so many that each instrument is told best by the others, the variance
 * of the reconstruction error, sum over j of (sum of lambda v_j^2 of those left out) / C_jj^2. */
static void choose_kept(const struct cross *c, struct state *m)
{
    size_t n = (size_t)c->count;
    double own[SENSORS_MOST], left[SENSORS_MOST], best = (double)INFINITY;
    for (size_t j = 0; j < n; j++)
        own[j] = left[j] = 1.0;
    for (size_t k = 0; k + 1 < n; k++) {
        double error = 0.0;
        for (size_t j = 0; j < n; j++) {
            double part = m->vector[k * n + j] * m->vector[k * n + j];
            own[j] -= part;
            left[j] -= m->value[k] * part;
            /* An instrument that nothing else tells would be left to itself: as large as it is. */
            error += own[j] > 0.01 ? fmin(left[j] / (own[j] * own[j]), 1e3) : 1e3;
        }
        if (error >= best) continue;
        best = error;
        m->kept = (int32_t)k + 1;
        memcpy(m->own, own, n * sizeof *own);
        for (size_t j = 0; j < n; j++)
            m->spread[j] = sqrt(left[j] > 1e-9 ? left[j] : 1e-9) / (own[j] > 0.01 ? own[j] : 0.01);
    }
}

/* Eigenvectors of the correlations of a stretch. Returns false when it has too few samples. */
static bool learn_patterns(struct cross *c, const int32_t span[2], int state, int part,
                           struct state *m)
{
    double z[SENSORS_MOST];
    size_t n = (size_t)c->count;
    find_scale(c, span, state, part, m);
    memset(c->matrix, 0, n * n * sizeof *c->matrix);
    m->rows = 0;
    m->most_flow = 0.0;
    for (int32_t i = span[0]; i < span[1]; i++) {
        if (!learns(c, i, state, part)) continue;
        if (flow_at(c, i) > m->most_flow) m->most_flow = flow_at(c, i);
        standard(c, m, i, z);
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k <= j; k++)
                c->matrix[j * n + k] += z[j] * z[k];
        m->rows++;
    }
    if (m->rows < LEAST_ROWS || m->rows < 4 * c->count) return false;
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k <= j; k++)
            c->matrix[k * n + j] = c->matrix[j * n + k] /= m->rows;
    tw_eigen_symmetric(c->count, c->matrix, m->value, m->vector);
    choose_kept(c, m);
    return true;
}

/* T2 and Q of a sample; residual: [count] */
static void judge(const struct cross *c, const struct state *m, int32_t i, double *residual,
                  double out_t2_q[2])
{
    size_t n = (size_t)c->count;
    standard(c, m, i, residual);
    out_t2_q[0] = out_t2_q[1] = 0.0;
    double z[SENSORS_MOST];
    memcpy(z, residual, n * sizeof *z);
    for (size_t k = 0; k < (size_t)m->kept; k++) {
        double t = 0.0;
        const double *vector = m->vector + k * n;
        for (size_t j = 0; j < n; j++)
            t += vector[j] * z[j];
        for (size_t j = 0; j < n; j++)
            residual[j] -= t * vector[j];
        if (m->value[k] > 0.0) out_t2_q[0] += t * t / m->value[k];
    }
    for (size_t j = 0; j < n; j++)
        out_t2_q[1] += residual[j] * residual[j];
}

/* Limits from each half of the days in a model of the other half. */
static bool learn_state(struct cross *c, const int32_t span[2], int state, struct state *m)
{
    int32_t n = 0;
    double residual[SENSORS_MOST], t2_q[2];
    for (int part = 0; part < 2; part++) {
        if (!learn_patterns(c, span, state, part, m)) return false;
        for (int32_t i = span[0]; i < span[1]; i++) {
            if (!learns(c, i, state, 1 - part) || is_new(c, m, i)) continue;
            judge(c, m, i, residual, t2_q);
            c->room[n] = t2_q[0];
            c->room2[n++] = t2_q[1];
        }
    }
    if (n < LEAST_ROWS) return false;
    qsort(c->room, (size_t)n, sizeof *c->room, by_size);
    qsort(c->room2, (size_t)n, sizeof *c->room2, by_size);
    int32_t at = (int32_t)((1.0 - c->rules->false_ratio) * (n - 1) + 0.5);
    if (!learn_patterns(c, span, state, -1, m)) return false;
    m->t2_limit = c->room[at];
    m->q_limit = c->room2[at];
    return m->q_limit > 0.0;
}

/* A model of each weather: of dry weather from the days before, of wet weather, which is rare, from
 * all that was seen of it. One that has too few samples takes the model of all days before. */
static bool learn(struct cross *c, int32_t from, int32_t to)
{
    choose_used(c, from, to);
    if (c->count < 3) return false;
    const int32_t spans[STATES][2] = {{from, to}, {0, to}};
    for (int state = 0; state < STATES; state++) {
        struct state *m = &c->states[state];
        if (!learn_state(c, spans[state], state, m) && !learn_state(c, spans[0], -1, m)) {
            return false;
        }
    }
    return true;
}

/* ---- comparing ---- */

static int32_t culprit_of(const struct cross *c, const struct state *m, const double *residual)
{
    int32_t best = -1;
    double most = 0.0;
    for (int32_t k = 0; k < c->count; k++) {
        double share = m->own[k] > 1e-6 ? residual[k] * residual[k] / m->own[k] : 0.0;
        if (share <= most) continue;
        most = share;
        best = c->used[k];
    }
    return best;
}

static void compare_day(struct cross *c, int32_t from, int32_t to)
{
    double residual[SENSORS_MOST], t2_q[2];
    for (int32_t i = from; i < to; i++) {
        const struct state *m = &c->states[weather(c, i)];
        if (is_new(c, m, i)) continue;
        judge(c, m, i, residual, t2_q);
        c->result.t2[i] = t2_q[0] / m->t2_limit;
        c->result.q[i] = t2_q[1] / m->q_limit;
        c->culprit[i] = c->result.q[i] > 1.0 ? culprit_of(c, m, residual) : -1;
    }
}

/* How far a day's median of each instrument is from what the others say of it. */
static void measure_drift(struct cross *c, int32_t day, int32_t days)
{
    int32_t from = day * c->per_day, to = from + c->per_day;
    double residual[SENSORS_MOST], t2_q[2];
    for (int32_t k = 0; k < c->count; k++) {
        int32_t n = 0;
        for (int32_t i = from; i < to; i++) {
            const struct state *m = &c->states[weather(c, i)];
            if (is_bad(c, c->used[k], i) || m->own[k] < 0.05 || is_new(c, m, i)) continue;
            judge(c, m, i, residual, t2_q);
            c->room[n++] = residual[k] / m->own[k] / m->spread[k];
        }
        if (2 * n < c->per_day) continue;
        qsort(c->room, (size_t)n, sizeof *c->room, by_size);
        c->off[(size_t)c->used[k] * (size_t)days + (size_t)day] = c->room[n / 2];
    }
}

/* ---- what is told ---- */

static tw_status tell_stretch(struct cross *c, int32_t begin, int32_t end)
{
    int32_t votes[SENSORS_MOST] = {0}, best = -1;
    double worst = 0.0;
    for (int32_t i = begin; i < end; i++) {
        if (c->result.q[i] > worst) worst = c->result.q[i];
        for (int32_t k = 0; k < c->count; k++)
            votes[k] += c->used[k] == c->culprit[i];
    }
    for (int32_t k = 0; k < c->count; k++)
        if (best < 0 || votes[k] > votes[best]) best = k;
    if (best < 0 || votes[best] == 0) return TW_OK;
    int32_t sensor = c->used[best], middle = begin + (end - begin) / 2;
    const struct tw_sensor_episode episode = {.fault = TW_FAULT_CROSS,
                                              .sensor = sensor,
                                              .begin = begin,
                                              .end = end,
                                              .value = c->grid->value[sensor][middle],
                                              .score = worst};
    return tw_sensor_found_add(c->found, &episode);
}

/* Stretches beyond the limit of Q for hold_s; two samples within it end one. */
static tw_status tell_day(struct cross *c, int32_t from, int32_t to)
{
    double step_s = (double)c->grid->step_ms / 1000.0;
    for (int32_t i = from; i < to;) {
        int32_t end = i, last = i;
        while (end < to && end - last <= 2) {
            if (c->culprit[end] >= 0) last = end + 1;
            end++;
        }
        if (last > i && (last - i) * step_s >= c->rules->hold_s) {
            TW_TRY(tell_stretch(c, i, last));
        } else {
            for (int32_t k = i; k < last; k++)
                c->culprit[k] = -1; /* too short to be told, and to be left out of learning */
        }
        i = last > i ? last : i + 1;
    }
    return TW_OK;
}

static bool drifts(const double *off, int32_t d)
{
    double sign = off[d] > 0.0 ? 1.0 : -1.0;
    for (int32_t k = 0; k < DRIFT_DAYS; k++)
        if (!(sign * off[d - k] > drift_least)) return false;
    return sign * (off[d] - off[d - DRIFT_DAYS + 1]) > 0.0;
}

static bool is_told(const struct cross *c, int32_t sensor, enum tw_sensor_fault fault)
{
    for (int32_t e = 0; e < c->found->count; e++)
        if (c->found->list[e].sensor == sensor && c->found->list[e].fault == fault) return true;
    return false;
}

static tw_status tell_drifts(struct cross *c, int32_t days)
{
    for (int32_t s = 0; s < c->grid->sensors; s++) {
        if (is_told(c, s, TW_FAULT_DRIFT)) continue;
        const double *off = c->off + (size_t)s * (size_t)days;
        for (int32_t d = DRIFT_DAYS; d < days; d++) {
            if (!drifts(off, d)) continue;
            int32_t first = d - DRIFT_DAYS + 1, last = d;
            while (last + 1 < days && fabs(off[last + 1]) > drift_least)
                last++;
            const struct tw_sensor_episode episode = {
                .fault = TW_FAULT_DRIFT,
                .sensor = s,
                .begin = first * c->per_day,
                .end = (last + 1) * c->per_day,
                .value = c->grid->value[s][(last + 1) * c->per_day - 1],
                .score = fabs(off[last]) / drift_least,
                .certain = false};
            TW_TRY(tw_sensor_found_add(c->found, &episode));
            d = last;
        }
    }
    return TW_OK;
}

/* ---- twins ---- */

/* Share of the common sound samples at which two instruments show the same within a thousandth of
 * how much the first moves. */
static double likeness(const struct cross *c, int32_t a, int32_t b, double *out_least_common)
{
    int32_t common = 0, same = 0;
    const double *x = c->grid->value[a], *y = c->grid->value[b];
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (int32_t i = 0; i < c->grid->count; i++) {
        if (is_bad(c, a, i)) continue;
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    for (int32_t i = 0; i < c->grid->count && high > low; i++) {
        if (is_bad(c, a, i) || is_bad(c, b, i)) continue;
        common++;
        same += fabs(x[i] - y[i]) <= 0.001 * (high - low);
    }
    *out_least_common = common;
    return common > 0 ? (double)same / common : 0.0;
}

/* Two instruments that show the same: one channel under two names. */
static tw_status tell_twins(struct cross *c)
{
    double common;
    for (int32_t b = 1; b < c->grid->sensors; b++) {
        for (int32_t a = 0; a < b; a++) {
            double same = likeness(c, a, b, &common);
            if (same < 0.7 || common < c->per_day) continue;
            const struct tw_sensor_episode episode = {.fault = TW_FAULT_TWIN,
                                                      .sensor = b,
                                                      .begin = 0,
                                                      .end = c->grid->count,
                                                      .value = a,
                                                      .score = same};
            TW_TRY(tw_sensor_found_add(c->found, &episode));
        }
    }
    return TW_OK;
}

/* ---- all of it ---- */

/* The median flow of each hour of the day, times what makes it wet. */
static void find_wet_flow(struct cross *c)
{
    for (int hour = 0; hour < 24; hour++) {
        int32_t n = 0;
        for (int32_t i = 0; c->flow >= 0 && i < c->grid->count; i++) {
            if (hour_of(c, i) == hour && !is_bad(c, c->flow, i)) {
                c->room[n++] = c->grid->value[c->flow][i];
            }
        }
        qsort(c->room, (size_t)n, sizeof *c->room, by_size);
        c->wet_flow[hour] = n > 0 ? c->rules->wet_ratio * c->room[n / 2] : (double)INFINITY;
    }
}

static void mark_bad(struct cross *c)
{
    size_t count = (size_t)c->grid->count;
    for (int32_t s = 0; s < c->grid->sensors; s++)
        for (size_t i = 0; i < count; i++)
            if (!isfinite(c->grid->value[s][i])) c->bad[(size_t)s * count + i] = 1;
    for (int32_t e = 0; e < c->found->count; e++) {
        const struct tw_sensor_episode *episode = &c->found->list[e];
        if (!episode->certain) continue;
        for (int32_t i = episode->begin; i < episode->end; i++)
            c->bad[(size_t)episode->sensor * count + (size_t)i] = 1;
    }
}

static tw_status take_room(struct cross *c, int32_t days, struct tw_arena *work,
                           struct tw_arena *arena)
{
    size_t count = (size_t)c->grid->count, sensors = (size_t)c->grid->sensors;
    c->bad = TW_ARENA_NEW(work, uint8_t, sensors * count);
    c->states = TW_ARENA_NEW(work, struct state, STATES);
    c->room = TW_ARENA_NEW(work, double, count);
    c->room2 = TW_ARENA_NEW(work, double, count);
    c->matrix = TW_ARENA_NEW(work, double, SENSORS_MOST *SENSORS_MOST);
    c->culprit = TW_ARENA_NEW(work, int32_t, count);
    c->off = TW_ARENA_NEW(work, double, sensors *(size_t)days);
    c->result.t2 = TW_ARENA_NEW(arena, double, count);
    c->result.q = TW_ARENA_NEW(arena, double, count);
    if (c->bad == NULL || c->states == NULL || c->room == NULL || c->room2 == NULL ||
        c->matrix == NULL || c->culprit == NULL || c->off == NULL || c->result.t2 == NULL ||
        c->result.q == NULL) {
        return TW_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        c->culprit[i] = -1;
        c->result.t2[i] = c->result.q[i] = (double)NAN;
    }
    for (size_t i = 0; i < sensors * (size_t)days; i++)
        c->off[i] = (double)NAN;
    mark_bad(c);
    find_wet_flow(c);
    return TW_OK;
}

static tw_status each_day(struct cross *c, int32_t train, int32_t days)
{
    for (int32_t day = train; day < days; day++) {
        int32_t from = day * c->per_day, to = from + c->per_day;
        if (learn(c, from - train * c->per_day, from)) {
            compare_day(c, from, to);
            TW_TRY(tell_day(c, from, to));
            c->result.days++;
            c->result.used = c->count > c->result.used ? c->count : c->result.used;
        }
        /* A slow drift is learned within days: it is seen by a model that ended before it. */
        int32_t end = from - DRIFT_LAG_DAYS * c->per_day;
        if (end - train * c->per_day >= 0 && learn(c, end - train * c->per_day, end)) {
            measure_drift(c, day, days);
        }
    }
    return TW_OK;
}

static void count_beyond(struct tw_sensor_cross_result *r, int32_t count)
{
    int32_t n = 0;
    for (int32_t i = 0; i < count; i++) {
        if (isnan(r->q[i])) continue;
        n++;
        r->t2_beyond_ratio += r->t2[i] > 1.0;
        r->q_beyond_ratio += r->q[i] > 1.0;
    }
    r->t2_beyond_ratio /= n > 0 ? n : 1;
    r->q_beyond_ratio /= n > 0 ? n : 1;
}

tw_status tw_sensor_cross_check(const struct tw_sensor_grid *grid, int32_t flow,
                                const struct tw_sensor_cross *rules, struct tw_sensor_found *found,
                                struct tw_arena *arena, struct tw_sensor_cross_result *out_result)
{
    struct cross c = {.grid = grid, .rules = rules, .found = found, .flow = flow};
    struct tw_arena work;
    c.per_day = (int32_t)(86400000 / grid->step_ms);
    int32_t train = (int32_t)(rules->train_days + 0.5);
    int32_t days = c.per_day > 0 ? grid->count / c.per_day : 0;
    if (grid->sensors < 3 || train < 2 || days <= train) return TW_ERR_ARG;
    tw_arena_init(&work);
    tw_status status = take_room(&c, days, &work, arena);
    if (status == TW_OK) status = each_day(&c, train, days);
    if (status == TW_OK) status = tell_drifts(&c, days);
    if (status == TW_OK) status = tell_twins(&c);
    tw_arena_done(&work);
    if (status != TW_OK) return status;
    count_beyond(&c.result, grid->count);
    *out_result = c.result;
    return TW_OK;
}
