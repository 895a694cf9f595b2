#include "num/ode.h"

#include <math.h>
#include <string.h>

struct problem {
    tw_ode_rates *rates;
    const void *system;
    int32_t count;
};

/* y + h times a sum of slopes. */
static void move(const struct problem *p, const double *y, double h, int stages,
                 const double *weight, double (*slope)[TW_ODE_MOST], double *out)
{
    for (int32_t i = 0; i < p->count; i++) {
        double sum = 0.0;
        for (int s = 0; s < stages; s++)
            sum += weight[s] * slope[s][i];
        out[i] = y[i] + h * sum;
    }
}

/* One trial step: 5th order result, and the greatest error over its scale. */
static double trial(const struct problem *p, double t, const double *y, const double *first,
                    double h, const double *scale, double *out)
{
    enum { STAGES = 6 };
    static const double at[STAGES] = {0.0, 0.2, 0.3, 0.6, 1.0, 0.875};
    static const double a[STAGES][STAGES - 1] = {
        {0.0},
        {0.2},
        {3.0 / 40.0, 9.0 / 40.0},
        {0.3, -0.9, 1.2},
        {-11.0 / 54.0, 2.5, -70.0 / 27.0, 35.0 / 27.0},
        {1631.0 / 55296.0, 175.0 / 512.0, 575.0 / 13824.0, 44275.0 / 110592.0, 253.0 / 4096.0}};
    static const double fifth[STAGES] = {37.0 / 378.0,  0.0, 250.0 / 621.0,
                                         125.0 / 594.0, 0.0, 512.0 / 1771.0};
    static const double difference[STAGES] = {37.0 / 378.0 - 2825.0 / 27648.0,
                                              0.0,
                                              250.0 / 621.0 - 18575.0 / 48384.0,
                                              125.0 / 594.0 - 13525.0 / 55296.0,
                                              -277.0 / 14336.0,
                                              512.0 / 1771.0 - 0.25};
    double slope[STAGES][TW_ODE_MOST], zero[TW_ODE_MOST] = {0.0}, error[TW_ODE_MOST], worst = 0.0;
    memcpy(slope[0], first, (size_t)p->count * sizeof *first);
    for (int s = 1; s < STAGES; s++) {
        double middle[TW_ODE_MOST];
        move(p, y, h, s, a[s], slope, middle);
        p->rates(p->system, t + at[s] * h, middle, slope[s]);
    }
    move(p, y, h, STAGES, fifth, slope, out);
    move(p, zero, h, STAGES, difference, slope, error);
    for (int32_t i = 0; i < p->count; i++)
        worst = fmax(worst, fabs(error[i] / scale[i]));
    return worst;
}

bool tw_ode_integrate(tw_ode_rates *rates, const void *system, int32_t count, double *y,
                      double duration, double tolerance)
{
    enum { MOST_STEPS = 10000 };
    struct problem p = {rates, system, count};
    double now[TW_ODE_MOST], next[TW_ODE_MOST], first[TW_ODE_MOST], scale[TW_ODE_MOST];
    double t = 0.0, h = duration;
    memcpy(now, y, (size_t)count * sizeof *y);
    for (int step = 0; step < MOST_STEPS; step++) {
        rates(system, t, now, first);
        for (int32_t i = 0; i < count; i++)
            scale[i] = fabs(now[i]) + fabs(first[i] * h) + 1.0e-30;
        if (t + h > duration) h = duration - t;
        double error = trial(&p, t, now, first, h, scale, next) / tolerance;
        while (!(error <= 1.0)) {
            double shorter = 0.9 * h * pow(error, -0.25);
            h = shorter > 0.1 * h ? shorter : 0.1 * h;
            if (t + h == t) return false;
            error = trial(&p, t, now, first, h, scale, next) / tolerance;
        }
        t += h;
        memcpy(now, next, (size_t)count * sizeof *now);
        if (t >= duration) {
            memcpy(y, now, (size_t)count * sizeof *y);
            return true;
        }
        h *= error > 1.89e-4 ? 0.9 * pow(error, -0.2) : 5.0;
    }
    return false;
}
