/* Elementary functions by series after an exact reduction of the argument.
 *
 *   exp x  = 2^k exp r,      k = round(x / ln 2), |r| <= ln 2 / 2, Taylor to r^15
 *   log x  = k ln 2 + 2 atanh s,   x = 2^k m, s = (m - 1) / (m + 1), |s| <= 0.172, odd terms to 23
 *   sin, cos: x = k pi / 2 + r, |r| <= pi / 4, Taylor to r^18
 *   atan x = 4 atan(x / 4th part), by atan x = 2 atan(x / (1 + sqrt(1 + x^2))) twice, odd terms */
#include "synth/exact.h"

#include <math.h>

/* ln 2 and pi / 2 in two parts: the first has trailing zero bits, so that k times it is exact. */
static const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
static const double half_pi_high = 1.57079632673412561417e+00,
                    half_pi_low = 6.07710050650619224932e-11;

double tw_exact_exp(double x)
{
    if (x < -700.0) return 0.0;
    double k = floor(x / (ln2_high + ln2_low) + 0.5);
    double r = (x - k * ln2_high) - k * ln2_low;
    double sum = 1.0;
    for (int i = 15; i > 0; i--)
        sum = 1.0 + r * sum / i;
    return ldexp(sum, (int)k);
}

/* 2 atanh s for a small s. */
static double log_series(double s)
{
    double square = s * s, sum = 0.0;
    for (int i = 23; i > 0; i -= 2)
        sum = 1.0 / i + square * sum;
    return 2.0 * s * sum;
}

double tw_exact_log(double x)
{
    int k = 0;
    double m = frexp(x, &k);
    if (m < 0.70710678118654752440) {
        m *= 2.0;
        k -= 1;
    }
    return k * ln2_high + (k * ln2_low + log_series((m - 1.0) / (m + 1.0)));
}

double tw_exact_pow(double x, double y)
{
    if (x <= 0.0) return 0.0;
    return tw_exact_exp(y * tw_exact_log(x));
}

static double sin_series(double r)
{
    double square = r * r, sum = 1.0;
    for (int i = 18; i > 1; i -= 2)
        sum = 1.0 - square * sum / (i * (i + 1));
    return r * sum;
}

static double cos_series(double r)
{
    double square = r * r, sum = 1.0;
    for (int i = 17; i > 0; i -= 2)
        sum = 1.0 - square * sum / (i * (i + 1));
    return sum;
}

/* Sine of x + quarter * pi / 2. */
static double sin_shifted(double x, int quarter)
{
    double k = floor(x / (half_pi_high + half_pi_low) + 0.5);
    double r = (x - k * half_pi_high) - k * half_pi_low;
    double turns = k + quarter;
    int part = (int)(turns - 4.0 * floor(turns / 4.0));
    double value = part % 2 == 0 ? sin_series(r) : cos_series(r);
    return part < 2 ? value : -value;
}

double tw_exact_sin(double x) { return sin_shifted(x, 0); }

double tw_exact_cos(double x) { return sin_shifted(x, 1); }

double tw_exact_atan(double x)
{
    double half = x / (1.0 + sqrt(1.0 + x * x));
    double quarter = half / (1.0 + sqrt(1.0 + half * half));
    double square = quarter * quarter, sum = 0.0;
    for (int i = 45; i > 0; i -= 2)
        sum = 1.0 / i - square * sum;
    return 4.0 * quarter * sum;
}

double tw_exact_sinh(double x)
{
    if (x < -0.3 || x > 0.3) return 0.5 * (tw_exact_exp(x) - tw_exact_exp(-x));
    double square = x * x, sum = 1.0;
    for (int i = 12; i > 1; i -= 2)
        sum = 1.0 + square * sum / (i * (i + 1));
    return x * sum;
}

double tw_exact_cosh(double x) { return 0.5 * (tw_exact_exp(x) + tw_exact_exp(-x)); }

double tw_exact_atanh(double x)
{
    if (x > -0.17 && x < 0.17) return 0.5 * log_series(x);
    return 0.5 * tw_exact_log((1.0 + x) / (1.0 - x));
}
