/* Systems of a few ordinary differential equations, not stiff. */
#ifndef TW_NUM_ODE_H
#define TW_NUM_ODE_H

#include <stdbool.h>
#include <stdint.h>

enum { TW_ODE_MOST = 4 };

/** Rates of change of y at a time. */
typedef void tw_ode_rates(const void *system, double t, const double *y, double *out_rates);

/**
 * Integrate by the embedded Runge-Kutta pair of Cash and Karp (1990), the step controlled by the
 * difference of its 4th and 5th order results, relative to |y| + |y' h|. The first trial is the whole
 * duration.
 *
 * count      equations, 1..TW_ODE_MOST
 * y          at the beginning; on return at the end, or as it was on failure
 * tolerance  of that difference
 * returns    false when the step control gets stuck
 */
bool tw_ode_integrate(tw_ode_rates *rates, const void *system, int32_t count, double *y,
                      double duration, double tolerance);

#endif
