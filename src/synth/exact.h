/* Elementary functions whose last bit is the same on every machine: only + - * / and sqrt, which
 * IEEE 754 rounds exactly. A made city is the same bytes anywhere, whatever the C library's pow. */
#ifndef TW_SYNTH_EXACT_H
#define TW_SYNTH_EXACT_H

#define TW_PI 3.14159265358979323846

/** e to the x; 0 below -700, error under 4 units of the last place within +-700. */
double tw_exact_exp(double x);

/** Natural logarithm of x > 0. */
double tw_exact_log(double x);

/** x to the y, x > 0 (0 gives 0). */
double tw_exact_pow(double x, double y);

/** Sine; |x| up to some thousands [rad]. */
double tw_exact_sin(double x);

/** Cosine; |x| up to some thousands [rad]. */
double tw_exact_cos(double x);

/** Arc tangent [rad], -pi/2..pi/2. */
double tw_exact_atan(double x);

/** Hyperbolic sine. */
double tw_exact_sinh(double x);

/** Hyperbolic cosine. */
double tw_exact_cosh(double x);

/** Inverse hyperbolic tangent, |x| < 1. */
double tw_exact_atanh(double x);

#endif
