#include "num/find_root.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

enum { MAX_STEPS = 60 };

double tw_root_newton(tw_root_function *f, const void *context, double low, double high,
                      double start, double tolerance)
{
    double x = start;
    double step = fabs(high - low), last_step = step;
    double slope = 0.0;
    double value = f(context, x, &slope);
    for (int i = 0; i < MAX_STEPS; i++) {
        double newton = slope != 0.0 ? x - value / slope : x;
        bool inside = slope != 0.0 && (newton - low) * (newton - high) < 0.0;
        double before = x;
        if (inside && fabs(2.0 * value) <= fabs(last_step * slope)) {
            last_step = step;
            step = value / slope;
            x = newton;
        } else {
            last_step = step;
            step = 0.5 * (high - low);
            x = low + step;
            before = low; /* the first guess may be the middle itself */
        }
        if (x == before || fabs(step) < tolerance) break;
        value = f(context, x, &slope);
        if (value < 0.0)
            low = x;
        else
            high = x;
    }
    return x;
}

double tw_root_ridders(tw_root_function *f, const void *context, double low, double high,
                       double tolerance)
{
    double f_low = f(context, low, NULL), f_high = f(context, high, NULL);
    if (f_low == 0.0) return low;
    if (f_high == 0.0) return high;
    if (!(f_low * f_high < 0.0)) return NAN;
    double x = 0.5 * (low + high);
    for (int i = 0; i < MAX_STEPS; i++) {
        double middle = 0.5 * (low + high);
        double f_middle = f(context, middle, NULL);
        double s = sqrt(f_middle * f_middle - f_low * f_high);
        if (s == 0.0) return middle;
        double next = middle + (middle - low) * (f_low >= f_high ? f_middle : -f_middle) / s;
        if (fabs(next - x) <= tolerance) break;
        x = next;
        double f_x = f(context, x, NULL);
        if (f_x == 0.0) break;
        if (f_middle * f_x < 0.0) {
            low = middle;
            f_low = f_middle;
            high = x;
            f_high = f_x;
        } else if (f_low * f_x < 0.0) {
            high = x;
            f_high = f_x;
        } else {
            low = x;
            f_low = f_x;
        }
        if (fabs(high - low) <= tolerance) break;
    }
    return x;
}
