/* Runge-Kutta-Chebyshev, second order (Sommeijer, Shampine, Verwer 1998):
 *
 *   Y0 = y,  Y1 = Y0 + m1 h F0
 *   Yj = (1 - mu - nu) Y0 + mu Y(j-1) + nu Y(j-2) + m h F(j-1) + g h F0,   j = 2..s
 *
 * with factors from Chebyshev polynomials of w0 = 1 + e / s^2, e = 2/13; stable for steps h with
 * h radius <= 0.653 s^2. The error is estimated by 0.8 (y - Ys) + 0.4 h (F0 + Fs).           */
#include "num/rkc.h"

#include <math.h>
#include <string.h>

enum { STAGES_MOST = 240, RADIUS_AGE = 25, TRIALS = 50 };

struct factor {
    double keep, mu, nu, m, g, c; /* keep = 1 - mu - nu; c: the stage's place in the step */
};

struct tw_rkc_factors {
    int32_t stages; /* those below are for so many; 0: for none */
    struct factor of[STAGES_MOST + 1];
};

void tw_rkc_lay_out(struct tw_rkc *rkc, int32_t count, struct tw_pool *kept, struct tw_pool *work)
{
    rkc->count = count;
    rkc->memory = TW_POOL_NEW(kept, struct tw_rkc_memory, 1);
    rkc->direction = TW_POOL_NEW(kept, double, count);
    rkc->rate = TW_POOL_NEW(work, double, count);
    rkc->next_rate = TW_POOL_NEW(work, double, count);
    for (int i = 0; i < 3; i++)
        rkc->stage[i] = TW_POOL_NEW(work, double, count);
    rkc->reserve = TW_POOL_NEW(work, double, count);
    rkc->factors = TW_POOL_NEW(work, struct tw_rkc_factors, 1);
}

/* T, T' and T'' of Chebyshev at w0 by their recursions; factors of all stages. */
static void find_factors(struct tw_rkc_factors *f, int32_t stages)
{
    double s = (double)stages, w0 = 1.0 + 2.0 / (13.0 * s * s);
    double root = sqrt(w0 * w0 - 1.0), angle = s * log(w0 + root);
    double w1 = sinh(angle) * (w0 * w0 - 1.0) / (cosh(angle) * s * root - w0 * sinh(angle));
    double t[2] = {1.0, w0}, d[2] = {0.0, 1.0}, dd[2] = {0.0, 0.0}; /* before last, last */
    double b[2] = {1.0 / (4.0 * w0 * w0), 1.0 / (4.0 * w0 * w0)};   /* b0 = b1 = b2 */
    double a = 1.0 - t[1] * b[1];
    f->of[0] = (struct factor){.c = 0.0};
    f->of[1] = (struct factor){.m = w1 * b[1], .c = w1 * b[1]};
    for (int32_t j = 2; j <= stages; j++) {
        double tj = 2.0 * w0 * t[1] - t[0];
        double dj = 2.0 * w0 * d[1] - d[0] + 2.0 * t[1];
        double ddj = 2.0 * w0 * dd[1] - dd[0] + 4.0 * d[1];
        double bj = ddj / (dj * dj);
        struct factor *of = &f->of[j];
        of->mu = 2.0 * w0 * bj / b[1];
        of->nu = -bj / b[0];
        of->keep = 1.0 - of->mu - of->nu;
        of->m = 2.0 * w1 * bj / b[1];
        of->g = -of->m * a;
        of->c = of->mu * f->of[j - 1].c + of->nu * f->of[j - 2].c + of->m + of->g;
        a = 1.0 - bj * tj;
        t[0] = t[1], t[1] = tj;
        d[0] = d[1], d[1] = dj;
        dd[0] = dd[1], dd[1] = ddj;
        b[0] = b[1], b[1] = bj;
    }
    f->stages = stages;
}

static void rates_of(struct tw_rkc *rkc, double at, const double *y, double *out)
{
    rkc->memory->calls++;
    rkc->rates(rkc->user, at, y, out);
}

/* Mean square of values in units of the tolerances. */
static double norm(const struct tw_rkc *rkc, const double *restrict v, const double *restrict y)
{
    const double *restrict absolute = rkc->absolute, *restrict relative = rkc->relative;
    double part[4] = {0.0};
    int32_t count = rkc->count, i = 0;
    for (; i + 4 <= count; i += 4) {
        for (int32_t k = 0; k < 4; k++) {
            double size = v[i + k] / (absolute[i + k] + relative[i + k] * fabs(y[i + k]));
            part[k] += size * size;
        }
    }
    for (; i < count; i++) {
        double size = v[i] / (absolute[i] + relative[i] * fabs(y[i]));
        part[0] += size * size;
    }
    double sum = (part[0] + part[1]) + (part[2] + part[3]);
    return rkc->strictness * sqrt(sum / (double)count);
}

/* The direction to begin with: what was found before, with something of everything, so that what has
 * become stiff since is found too. */
static double begin_direction(struct tw_rkc *rkc, const double *y)
{
    double *direction = rkc->direction, size = norm(rkc, direction, y);
    double part = size > 0.0 ? 5.0 / size : 0.0;
    for (int32_t i = 0; i < rkc->count; i++) {
        double unit = rkc->absolute[i] + rkc->relative[i] * fabs(y[i]);
        direction[i] = part * direction[i] + (i % 2 == 0 ? unit : -unit) / rkc->strictness;
    }
    return norm(rkc, direction, y);
}

/* The largest eigenvalue of the rates' derivative, by differences along a direction that turns
 * towards its vector. */
static void find_radius(struct tw_rkc *rkc, double at, const double *y)
{
    const double nudge = 1e-3; /* of the tolerances: far above rounding, far below any bend */
    double *to = rkc->stage[0], *rate = rkc->stage[1], *direction = rkc->direction;
    int32_t count = rkc->count;
    double size = begin_direction(rkc, y), found = 0.0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double before = found;
        for (int32_t i = 0; i < count; i++)
            to[i] = y[i] + direction[i] * (nudge / size);
        rates_of(rkc, at, to, rate);
        for (int32_t i = 0; i < count; i++)
            direction[i] = rate[i] - rkc->rate[i];
        size = norm(rkc, direction, y);
        if (!isfinite(size) || !(size > 0.0)) {
            memset(direction, 0, (size_t)count * sizeof *direction);
            break;
        }
        found = size / nudge;
        if (trial > 1 && fabs(found - before) <= 0.02 * found) break;
    }
    rkc->memory->radius = 1.2 * found;
    rkc->memory->age = 0;
}

/* One stage from the two before it. */
static void stage(const struct factor *f, double h, int32_t count, const double *const from[5],
                  double *restrict out)
{
    const double *restrict y = from[0], *restrict last = from[1], *restrict before = from[2];
    const double *restrict last_rate = from[3], *restrict rate = from[4];
    double m = f->m * h, g = f->g * h;
    for (int32_t i = 0; i < count; i++) {
        out[i] =
            f->keep * y[i] + f->mu * last[i] + f->nu * before[i] + m * last_rate[i] + g * rate[i];
    }
}

/* The end of a step; borrowed until the next one. */
static const double *step_to(struct tw_rkc *rkc, double at, double h, int32_t stages,
                             const double *y)
{
    int32_t count = rkc->count;
    struct tw_rkc_factors *f = rkc->factors;
    if (f->stages != stages) find_factors(f, stages);
    double *out = rkc->stage[0];
    const double *before = y;
    for (int32_t i = 0; i < count; i++)
        out[i] = y[i] + f->of[1].m * h * rkc->rate[i];
    for (int32_t j = 2; j <= stages; j++) {
        const double *last = out;
        rates_of(rkc, at + f->of[j - 1].c * h, last, rkc->next_rate);
        out = rkc->stage[(j - 1) % 3];
        stage(&f->of[j], h, count,
              (const double *const[]){y, last, before, rkc->next_rate, rkc->rate}, out);
        before = last;
    }
    return out;
}

static double error_of(struct tw_rkc *rkc, double h, const double *restrict y,
                       const double *restrict end)
{
    double *restrict error = rkc->reserve;
    const double *restrict rate = rkc->rate, *restrict next_rate = rkc->next_rate;
    for (int32_t i = 0; i < rkc->count; i++)
        error[i] = 0.8 * (y[i] - end[i]) + 0.4 * h * (rate[i] + next_rate[i]);
    return norm(rkc, error, y);
}

/* How long the next step may be, from the errors of this and the one before. */
static double factor_of(const struct tw_rkc_memory *m, double error, double h, double last_h)
{
    double least = 1e-4, third = cbrt(error > least ? error : least);
    double factor = 0.8 / third;
    if (m->error > 0.0 && last_h > 0.0) {
        double trend =
            0.8 * h * cbrt(m->error > least ? m->error : least) / (last_h * third * third);
        factor = trend < factor ? trend : factor;
    }
    return factor > 5.0 ? 5.0 : factor < 0.1 ? 0.1 : factor;
}

static int32_t stages_for(double h, double radius)
{
    double s = 1.0 + sqrt(1.0 + 1.54 * h * radius);
    return s < 2.0 ? 2 : s > (double)STAGES_MOST ? STAGES_MOST : (int32_t)s;
}

/* A first step over which the rates' own scale moves values by a tolerance or so. */
static void guess_step(struct tw_rkc *rkc, double left, const double *y)
{
    double size = norm(rkc, rkc->rate, y);
    double h = size > 0.0 ? 0.5 / size : left;
    rkc->memory->step = h < left ? h : left;
}

/* After a step that was too far off: shorter; and the radius may be another by now. */
static void refuse(struct tw_rkc_memory *m, double h, double error)
{
    m->refused++;
    m->step = isfinite(error) ? h * fmax(0.8 / cbrt(error), 0.1) : 0.25 * h;
    if (m->error <= 0.0 || !isfinite(error)) m->age = 0;
    m->error = 0.0;
}

tw_status tw_rkc_advance(struct tw_rkc *rkc, double *at, double until, double *y)
{
    struct tw_rkc_memory *m = rkc->memory;
    double last_h = 0.0;
    if (!(*at < until)) return TW_OK;
    rates_of(rkc, *at, y, rkc->rate);
    if (m->step <= 0.0) guess_step(rkc, until - *at, y);
    if (m->first > 0.0 && m->first < m->step) m->step = m->first;
    while (*at < until) {
        if (m->age <= 0 || m->age >= RADIUS_AGE) find_radius(rkc, *at, y);
        double left = until - *at, longest = 0.65 * STAGES_MOST * STAGES_MOST / m->radius;
        double wish = m->step < longest ? m->step : longest;
        double h = wish < left ? (wish < 0.5 * left ? wish : 0.5 * left) : left;
        double least = 1e-12 * (fabs(*at) + 1e-3);
        if (!(left >
              least)) { /* times of two sources differ by a rounding: nothing happens there */
            *at = until;
            return TW_OK;
        }
        if (!(h > least)) return TW_ERR_NUMERIC;
        const double *end = step_to(rkc, *at, h, stages_for(h, m->radius), y);
        rates_of(rkc, *at + h, end, rkc->next_rate);
        double error = error_of(rkc, h, y, end);
        if (!(error <= 1.0)) { /* not a number, too */
            refuse(m, h, error);
            continue;
        }
        double grown = h * factor_of(m, error, h, last_h);
        m->step = h < wish * 0.999 && grown < wish ? wish : grown;
        if (last_h <= 0.0) m->first = grown;
        m->error = error;
        m->age++;
        m->steps++;
        last_h = h;
        *at = h < left ? *at + h : until;
        memcpy(y, end, (size_t)rkc->count * sizeof *y);
        double *rate = rkc->rate;
        rkc->rate = rkc->next_rate;
        rkc->next_rate = rate;
    }
    return TW_OK;
}
