/* x = n ln 2 + r, |r| <= ln 2 / 2; e^x = 2^n e^r. n is found by adding 1.5 * 2^52, which leaves it in
 * the low bits; e^r is Taylor's series to the 13th power, whose rest is below 1e-17, in pairs
 * (Estrin's scheme), because a chain of 13 products waits for itself. ln 2 in two
 * parts (the first with zeros at its end) keeps r exact to the last place.                     */
#include "num/fast_exp.h"

#include <string.h>

void tw_fast_exp(int32_t count, const double *restrict x, double *restrict out)
{
    const double rounder = 6755399441055744.0, per_ln2 = 1.4426950408889634;
    const double ln2_high = 0.693147180369123816490, ln2_low = 1.90821492927058770002e-10;
    for (int32_t i = 0; i < count; i++) {
        double v = x[i] > -700.0 ? x[i] : -700.0;
        v = v < 700.0 ? v : 700.0;
        double shifted = v * per_ln2 + rounder, n = shifted - rounder;
        double r = (v - n * ln2_high) - n * ln2_low;
        double r2 = r * r, r4 = r2 * r2;
        double p01 = 1.0 + r, p23 = 0.5 + r * (1.0 / 6.0);
        double p45 = 1.0 / 24.0 + r * (1.0 / 120.0), p67 = 1.0 / 720.0 + r * (1.0 / 5040.0);
        double p89 = 1.0 / 40320.0 + r * (1.0 / 362880.0);
        double p1011 = 1.0 / 3628800.0 + r * (1.0 / 39916800.0);
        double p1213 = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0);
        double low = (p01 + r2 * p23) + r4 * (p45 + r2 * p67);
        double p = low + (r4 * r4) * ((p89 + r2 * p1011) + r4 * p1213);
        uint64_t bits;
        memcpy(&bits, &shifted, sizeof bits);
        bits = (bits + 1023u) << 52;
        double power;
        memcpy(&power, &bits, sizeof power);
        out[i] = p * power;
    }
}
