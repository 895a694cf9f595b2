/* x = n ln 2 + r, |r| <= ln 2 / 2; e^x = 2^n e^r. n is found by adding 1.5 * 2^52, which leaves it in
 * the low bits; e^r is Taylor's series to the 13th power, whose rest is below 1e-17. ln 2 in two
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
        double p = 1.0 / 6227020800.0;
        p = p * r + 1.0 / 479001600.0;
        p = p * r + 1.0 / 39916800.0;
        p = p * r + 1.0 / 3628800.0;
        p = p * r + 1.0 / 362880.0;
        p = p * r + 1.0 / 40320.0;
        p = p * r + 1.0 / 5040.0;
        p = p * r + 1.0 / 720.0;
        p = p * r + 1.0 / 120.0;
        p = p * r + 1.0 / 24.0;
        p = p * r + 1.0 / 6.0;
        p = p * r + 0.5;
        p = p * r + 1.0;
        p = p * r + 1.0;
        uint64_t bits;
        memcpy(&bits, &shifted, sizeof bits);
        bits = (bits + 1023u) << 52;
        double power;
        memcpy(&power, &bits, sizeof power);
        out[i] = p * power;
    }
}
