#include "num/ridge.h"

#include <math.h>
#include <string.h>

tw_status tw_cholesky_solve(int32_t n, double *a, double *b)
{
    for (int32_t j = 0; j < n; j++) {
        double *row = a + (size_t)j * (size_t)n;
        for (int32_t k = 0; k <= j; k++) {
            const double *other = a + (size_t)k * (size_t)n;
            double sum = row[k];
            for (int32_t i = 0; i < k; i++)
                sum -= row[i] * other[i];
            if (k < j) {
                row[k] = sum / other[k];
            } else if (!(sum > 0.0) || isinf(sum)) {
                return TW_ERR_NUMERIC;
            } else {
                row[j] = sqrt(sum);
            }
        }
        double sum = b[j];
        for (int32_t i = 0; i < j; i++)
            sum -= row[i] * b[i];
        b[j] = sum / row[j];
    }
    for (int32_t j = n - 1; j >= 0; j--) {
        double sum = b[j];
        for (int32_t i = j + 1; i < n; i++)
            sum -= a[(size_t)i * (size_t)n + (size_t)j] * b[i];
        b[j] = sum / a[(size_t)j * (size_t)n + (size_t)j];
    }
    return TW_OK;
}

/* ---- ridge ---- */

static tw_status standardise(const double *x, int32_t rows, struct tw_ridge *ridge)
{
    int32_t n = ridge->features;
    for (int32_t j = 0; j < n; j++) {
        double sum = 0.0, squares = 0.0;
        for (int32_t i = 0; i < rows; i++)
            sum += x[(size_t)i * (size_t)n + (size_t)j];
        double mean = sum / rows;
        for (int32_t i = 0; i < rows; i++) {
            double d = x[(size_t)i * (size_t)n + (size_t)j] - mean;
            squares += d * d;
        }
        double scale = sqrt(squares / rows);
        if (!isfinite(scale)) return TW_ERR_NUMERIC;
        ridge->mean[j] = mean;
        /* What only rounding moves does not move. */
        ridge->scale[j] = scale > 1e-12 * (1.0 + fabs(mean)) ? scale : 0.0;
    }
    return TW_OK;
}

/* gram += z z', its lower half; right += z y */
static void add_row(const struct tw_ridge *ridge, const double *x, double y, double *z,
                    double *gram)
{
    int32_t n = ridge->features;
    for (int32_t j = 0; j < n; j++)
        z[j] = ridge->scale[j] > 0.0 ? (x[j] - ridge->mean[j]) / ridge->scale[j] : 0.0;
    for (int32_t j = 0; j < n; j++) {
        double *restrict row = gram + (size_t)j * (size_t)n;
        double zj = z[j];
        for (int32_t k = 0; k <= j; k++)
            row[k] += zj * z[k];
        ridge->weight[j] += zj * y;
    }
}

tw_status tw_ridge_fit(const double *x, const double *y, int32_t rows, int32_t features,
                       double penalty, struct tw_arena *arena, struct tw_ridge *out_ridge)
{
    if (rows < 1 || features < 1 || !(penalty > 0.0)) return TW_ERR_ARG;
    size_t n = (size_t)features;
    struct tw_ridge ridge = {.features = features,
                             .mean = TW_ARENA_NEW(arena, double, features),
                             .scale = TW_ARENA_NEW(arena, double, features),
                             .weight = TW_ARENA_NEW(arena, double, features)};
    double *gram = TW_ARENA_NEW(arena, double, n *n), *z = TW_ARENA_NEW(arena, double, features);
    if (ridge.mean == NULL || ridge.scale == NULL || ridge.weight == NULL || gram == NULL ||
        z == NULL) {
        return TW_ERR_NOMEM;
    }
    double sum = 0.0;
    for (int32_t i = 0; i < rows; i++)
        sum += y[i];
    ridge.offset = sum / rows;
    TW_TRY(standardise(x, rows, &ridge));
    for (int32_t i = 0; i < rows; i++)
        add_row(&ridge, x + (size_t)i * n, y[i] - ridge.offset, z, gram);
    for (size_t j = 0; j < n; j++)
        gram[j * n + j] += penalty;
    TW_TRY(tw_cholesky_solve(features, gram, ridge.weight));
    for (size_t j = 0; j < n; j++) {
        if (!isfinite(ridge.weight[j])) return TW_ERR_NUMERIC;
    }
    *out_ridge = ridge;
    return TW_OK;
}

double tw_ridge_at(const struct tw_ridge *ridge, const double *x)
{
    double sum = ridge->offset;
    for (int32_t j = 0; j < ridge->features; j++) {
        if (ridge->scale[j] > 0.0) {
            sum += ridge->weight[j] * ((x[j] - ridge->mean[j]) / ridge->scale[j]);
        }
    }
    return sum;
}

/* ---- eigenvalues ---- */

/* Turn axes p and q so that a[p][q] becomes 0. */
static void rotate(int32_t count, double *a, double *vectors, int32_t p, int32_t q)
{
    size_t n = (size_t)count, P = (size_t)p, Q = (size_t)q;
    double apq = a[P * n + Q];
    if (apq == 0.0) return;
    double theta = (a[Q * n + Q] - a[P * n + P]) / (2.0 * apq);
    double t = 1.0 / (fabs(theta) + sqrt(theta * theta + 1.0));
    if (theta < 0.0) t = -t;
    double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    for (size_t k = 0; k < n; k++) {
        double akp = a[k * n + P], akq = a[k * n + Q];
        a[k * n + P] = c * akp - s * akq;
        a[k * n + Q] = s * akp + c * akq;
    }
    for (size_t k = 0; k < n; k++) {
        double apk = a[P * n + k], aqk = a[Q * n + k];
        a[P * n + k] = c * apk - s * aqk;
        a[Q * n + k] = s * apk + c * aqk;
    }
    for (size_t k = 0; k < n; k++) {
        double vp = vectors[P * n + k], vq = vectors[Q * n + k];
        vectors[P * n + k] = c * vp - s * vq;
        vectors[Q * n + k] = s * vp + c * vq;
    }
}

static double off_diagonal(int32_t count, const double *a, double *out_diagonal)
{
    size_t n = (size_t)count;
    double off = 0.0, diagonal = 0.0;
    for (size_t i = 0; i < n; i++) {
        diagonal += a[i * n + i] * a[i * n + i];
        for (size_t j = 0; j < i; j++)
            off += a[i * n + j] * a[i * n + j];
    }
    *out_diagonal = diagonal;
    return off;
}

static void swap_pairs(size_t n, double *values, double *vectors, size_t i, size_t j)
{
    double value = values[i];
    values[i] = values[j];
    values[j] = value;
    for (size_t k = 0; k < n; k++) {
        double element = vectors[i * n + k];
        vectors[i * n + k] = vectors[j * n + k];
        vectors[j * n + k] = element;
    }
}

static void set_sign(size_t n, double *vector)
{
    size_t largest = 0;
    for (size_t k = 1; k < n; k++)
        if (fabs(vector[k]) > fabs(vector[largest])) largest = k;
    if (n == 0 || vector[largest] >= 0.0) return;
    for (size_t k = 0; k < n; k++)
        vector[k] = -vector[k];
}

void tw_eigen_symmetric(int32_t n, double *a, double *out_values, double *out_vectors)
{
    enum { SWEEPS_MOST = 60 };
    size_t size = (size_t)n;
    memset(out_vectors, 0, size * size * sizeof *out_vectors);
    for (size_t i = 0; i < size; i++)
        out_vectors[i * size + i] = 1.0;
    for (int sweep = 0; sweep < SWEEPS_MOST; sweep++) {
        double diagonal;
        if (off_diagonal(n, a, &diagonal) <= 1e-26 * diagonal) break;
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++)
                rotate(n, a, out_vectors, p, q);
    }
    for (size_t i = 0; i < size; i++)
        out_values[i] = a[i * size + i];
    for (size_t i = 0; i < size; i++) {
        size_t best = i;
        for (size_t j = i + 1; j < size; j++)
            if (out_values[j] > out_values[best]) best = j;
        if (best != i) swap_pairs(size, out_values, out_vectors, i, best);
        set_sign(size, out_vectors + i * size);
    }
}
