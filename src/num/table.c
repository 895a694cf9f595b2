#include "num/table.h"

#include <math.h>

static double between(double x, double x1, double y1, double x2, double y2)
{
    return x2 > x1 ? y1 + (x - x1) * (y2 - y1) / (x2 - x1) : 0.5 * (y1 + y2);
}

double tw_points_at(struct tw_points p, double x)
{
    if (p.count == 0) return 0.0;
    if (x <= p.x[0]) return p.y[0];
    for (int32_t i = 1; i < p.count; i++) {
        if (x <= p.x[i]) return between(x, p.x[i - 1], p.y[i - 1], p.x[i], p.y[i]);
    }
    return p.y[p.count - 1];
}

/* Slope with which the points go on after the last. */
static double last_slope(struct tw_points p)
{
    for (int32_t i = p.count - 1; i > 0; i--) {
        if (p.x[i] <= p.x[i - 1]) continue;
        double slope = (p.y[i] - p.y[i - 1]) / (p.x[i] - p.x[i - 1]);
        return slope > 0.0 ? slope : 0.0;
    }
    return 0.0;
}

double tw_points_beyond(struct tw_points p, double x)
{
    if (p.count == 0) return 0.0;
    int32_t last = p.count - 1;
    if (x <= p.x[0]) return p.x[0] > 0.0 ? p.y[0] * x / p.x[0] : p.y[0];
    if (x > p.x[last]) return p.y[last] + last_slope(p) * (x - p.x[last]);
    return tw_points_at(p, x);
}

double tw_points_step(struct tw_points p, double x)
{
    if (p.count == 0) return 0.0;
    for (int32_t i = 0; i < p.count; i++) {
        if (x < p.x[i]) return p.y[i];
    }
    return p.y[p.count - 1];
}

double tw_points_slope(struct tw_points p, double x)
{
    for (int32_t i = 1; i < p.count; i++) {
        if (x > p.x[i]) continue;
        double dx = p.x[i] - p.x[i - 1];
        return dx > 0.0 ? (p.y[i] - p.y[i - 1]) / dx : 0.0;
    }
    return 0.0;
}

double tw_points_integral(struct tw_points p, double x)
{
    if (p.count == 0) return 0.0;
    if (x <= p.x[0]) return 0.5 * x * tw_points_beyond(p, x);
    double sum = 0.5 * p.x[0] * p.y[0];
    for (int32_t i = 1; i < p.count; i++) {
        double end = x < p.x[i] ? x : p.x[i];
        double y = x < p.x[i] ? tw_points_at(p, x) : p.y[i];
        sum += 0.5 * (p.y[i - 1] + y) * (end - p.x[i - 1]);
        if (x <= p.x[i]) return sum;
    }
    double length = x - p.x[p.count - 1];
    return sum + length * (p.y[p.count - 1] + 0.5 * last_slope(p) * length);
}

/* Length over which a line that starts at y with a slope has an integral; -1: it never has. */
static double length_of(double integral, double y, double slope)
{
    if (!(integral > 0.0)) return 0.0;
    double root = y * y + 2.0 * slope * integral;
    double sum = y + sqrt(root > 0.0 ? root : 0.0);
    return sum > 0.0 ? 2.0 * integral / sum : -1.0;
}

double tw_points_integral_inverse(struct tw_points p, double value)
{
    if (p.count == 0 || !(value > 0.0)) return 0.0;
    double sum = 0.5 * p.x[0] * p.y[0];
    if (value <= sum) return sqrt(2.0 * value * p.x[0] / p.y[0]);
    for (int32_t i = 1; i < p.count; i++) {
        double dx = p.x[i] - p.x[i - 1];
        double cell = 0.5 * (p.y[i - 1] + p.y[i]) * dx;
        if (value <= sum + cell && dx > 0.0) {
            double length = length_of(value - sum, p.y[i - 1], (p.y[i] - p.y[i - 1]) / dx);
            return p.x[i - 1] + (length >= 0.0 && length < dx ? length : dx);
        }
        sum += cell;
    }
    double length = length_of(value - sum, p.y[p.count - 1], last_slope(p));
    return p.x[p.count - 1] + (length > 0.0 ? length : 0.0);
}

double tw_even_at(const double *y, int32_t count, double x)
{
    double at = x > 0.0 ? x * (count - 1) : 0.0;
    if (at >= count - 1) return y[count - 1];
    int32_t i = (int32_t)at;
    double f = at - i;
    double value = y[i] + f * (y[i + 1] - y[i]);
    if (i < 2) {
        double bent = value + f * (f - 1.0) * (0.5 * y[i] - y[i + 1] + 0.5 * y[i + 2]);
        if (bent > 0.0) value = bent;
    }
    return value > 0.0 ? value : 0.0;
}

/* The last cell in 0..last-1 that begins at or below the value. By counting: tables are short, and
 * steps of a search would wait for each other. */
static int32_t cell_of(const double *y, int32_t last, double value)
{
    int64_t cell = 0;
    for (int32_t i = 1; i < last; i++)
        cell += value >= y[i];
    return (int32_t)cell;
}

double tw_even_inverse(const double *y, int32_t count, double value)
{
    int32_t last = count - 1;
    int32_t top = y[last - 2] > y[last] ? last - 2 : last;
    if (value >= y[top] || value > y[last]) return (double)top / last;
    int32_t i = cell_of(y, top, value);
    double dy = y[i + 1] - y[i];
    double x = (i + (dy != 0.0 ? (value - y[i]) / dy : 0.0)) / last;
    return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x;
}
