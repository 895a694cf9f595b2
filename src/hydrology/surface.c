/* Non-linear reservoir. SWMM Reference Manual I, section 3.4.
 *
 *   d' = i - alpha (d - s)^(5/3)        d ponded depth, s depression storage, i inflow less losses
 *
 * Integrated by the embedded Runge-Kutta pair of Cash and Karp (1990), the step controlled by the
 * relative difference of its 4th and 5th order results; the first trial is the whole step. */
#include "hydrology/surface.h"

#include "hydrology/infiltration.h"

#include <math.h>

static const double exponent = 1.6666667;                /* SWMM's 5/3 */
static const double tolerance = 1.0e-4;                  /* relative to |d| + |d' h| */
static const double least_depth_m = 1.0e-10 * TW_FOOT_M; /* above the storage: runs off */

static double change_rate(const struct tw_surface *s, double depth_m)
{
    double above_m = depth_m - s->storage_m;
    if (above_m <= 0.0) return s->inflow_mps;
    return s->inflow_mps - s->alpha * pow(above_m, exponent);
}

/* One trial: 5th order depth after h, and how far the 4th order result is from it. */
static double trial(const struct tw_surface *s, double y, double k1, double h, double *out_error)
{
    double k2 = change_rate(s, y + h * (0.2 * k1));
    double k3 = change_rate(s, y + h * (3.0 / 40.0 * k1 + 9.0 / 40.0 * k2));
    double k4 = change_rate(s, y + h * (0.3 * k1 - 0.9 * k2 + 1.2 * k3));
    double k5 = change_rate(
        s, y + h * (-11.0 / 54.0 * k1 + 2.5 * k2 - 70.0 / 27.0 * k3 + 35.0 / 27.0 * k4));
    double k6 =
        change_rate(s, y + h * (1631.0 / 55296.0 * k1 + 175.0 / 512.0 * k2 + 575.0 / 13824.0 * k3 +
                                44275.0 / 110592.0 * k4 + 253.0 / 4096.0 * k5));
    *out_error =
        h * ((37.0 / 378.0 - 2825.0 / 27648.0) * k1 + (250.0 / 621.0 - 18575.0 / 48384.0) * k3 +
             (125.0 / 594.0 - 13525.0 / 55296.0) * k4 - 277.0 / 14336.0 * k5 +
             (512.0 / 1771.0 - 0.25) * k6);
    return y +
           h * (37.0 / 378.0 * k1 + 250.0 / 621.0 * k3 + 125.0 / 594.0 * k4 + 512.0 / 1771.0 * k6);
}

/* Depth after `duration_s` from y; the depth it began with when the step control gets stuck. */
static double integrate(const struct tw_surface *s, double y, double duration_s)
{
    const double begun = y;
    double t = 0.0, h = duration_s;
    for (int step = 0; step < 10000; step++) {
        double k1 = change_rate(s, y);
        double scale = fabs(y) + fabs(k1 * h) + 1.0e-30;
        if (t + h > duration_s) h = duration_s - t;
        double error, end;
        for (;;) {
            end = trial(s, y, k1, h, &error);
            error = fabs(error / scale) / tolerance;
            if (error <= 1.0) break;
            double shorter = 0.9 * h * pow(error, -0.25);
            h = shorter > 0.1 * h ? shorter : 0.1 * h;
            if (t + h == t) return begun;
        }
        t += h;
        y = end;
        if (t >= duration_s) return y;
        h *= error > 1.89e-4 ? 0.9 * pow(error, -0.2) : 5.0;
    }
    return begun;
}

double tw_surface_runoff(const struct tw_surface *surface, double depth_m)
{
    double above_m = depth_m - surface->storage_m;
    return above_m > least_depth_m ? surface->alpha * pow(above_m, exponent) : 0.0;
}

double tw_surface_advance(const struct tw_surface *surface, double *depth_m)
{
    double depth = *depth_m, rest_s = surface->dt_s;
    if (depth + surface->inflow_mps * rest_s <= surface->storage_m) {
        depth += surface->inflow_mps * rest_s;
    } else {
        double missing_m = surface->storage_m - depth;
        if (missing_m > 0.0 && surface->inflow_mps > 0.0) {
            rest_s -= missing_m / surface->inflow_mps;
            depth = surface->storage_m;
        }
        if (surface->alpha > 0.0 && rest_s > 0.0)
            depth = integrate(surface, depth, rest_s);
        else
            depth += surface->inflow_mps * (rest_s > 0.0 ? rest_s : 0.0);
    }
    if (depth < 0.0) depth = 0.0;
    double above_m = depth - surface->storage_m;
    if (surface->at_once && above_m > least_depth_m) {
        *depth_m = surface->storage_m;
        return above_m / rest_s;
    }
    *depth_m = depth;
    return tw_surface_runoff(surface, depth);
}
