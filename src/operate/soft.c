#include "operate/soft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PER_INPUT = 1 + TW_SOFT_KNOTS, FEATURES = TW_SOFT_INPUTS * PER_INPUT, PENALTIES = 7 };
static const double penalties[PENALTIES] = {0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0};

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Bent lines of one row, [inputs * PER_INPUT]. */
static void bend(const struct tw_soft *soft, const double *x, double *out)
{
    for (int32_t j = 0; j < soft->inputs; j++) {
        double low = soft->limit[2 * j], high = soft->limit[2 * j + 1];
        double value = x[j] < low ? low : x[j] > high ? high : x[j];
        *out++ = value;
        for (int k = 0; k < TW_SOFT_KNOTS; k++) {
            double beyond = value - soft->knot[j * TW_SOFT_KNOTS + k];
            *out++ = beyond > 0.0 ? beyond : 0.0;
        }
    }
}

/* Whole rows, bent, and what they are fitted with. */
struct fit {
    int32_t rows, features;
    double *x, *y;              /* of all whole rows */
    double *part_x, *part_y;    /* of those that are learned from */
    double *error, *mean_error; /* [rows] on stretches not seen */
};

static int32_t whole_rows(const double *x, const double *y, int32_t rows, int32_t inputs,
                          double *out_x, double *out_y)
{
    int32_t count = 0;
    for (int32_t i = 0; i < rows; i++) {
        const double *row = x + (size_t)i * (size_t)inputs;
        bool whole = isfinite(y[i]);
        for (int32_t j = 0; whole && j < inputs; j++)
            whole = isfinite(row[j]);
        if (!whole) continue;
        memmove(out_x + (size_t)count * (size_t)inputs, row, (size_t)inputs * sizeof *row);
        out_y[count++] = y[i];
    }
    return count;
}

static void find_knots(const double *x, int32_t rows, double *sorted, struct tw_soft *soft)
{
    for (int32_t j = 0; j < soft->inputs; j++) {
        for (int32_t i = 0; i < rows; i++)
            sorted[i] = x[(size_t)i * (size_t)soft->inputs + (size_t)j];
        qsort(sorted, (size_t)rows, sizeof *sorted, by_size);
        for (int k = 0; k < TW_SOFT_KNOTS; k++)
            soft->knot[j * TW_SOFT_KNOTS + k] = sorted[(k + 1) * (rows - 1) / 4];
        soft->limit[2 * j] = sorted[0];
        soft->limit[2 * j + 1] = sorted[rows - 1];
    }
}

/* Errors on each block, foretold by the others. Returns the sum of their squares; NAN: failed. */
static double validate(struct fit *f, double penalty, struct tw_arena *work)
{
    double squares = 0.0;
    size_t n = (size_t)f->features;
    for (int32_t fold = 0; fold < TW_SOFT_FOLDS; fold++) {
        struct tw_ridge ridge;
        int32_t from = (int32_t)((int64_t)f->rows * fold / TW_SOFT_FOLDS);
        int32_t to = (int32_t)((int64_t)f->rows * (fold + 1) / TW_SOFT_FOLDS);
        size_t after = (size_t)(f->rows - to);
        memcpy(f->part_x, f->x, (size_t)from * n * sizeof *f->x);
        memcpy(f->part_x + (size_t)from * n, f->x + (size_t)to * n, after * n * sizeof *f->x);
        memcpy(f->part_y, f->y, (size_t)from * sizeof *f->y);
        memcpy(f->part_y + from, f->y + to, after * sizeof *f->y);
        tw_arena_reset(work);
        if (tw_ridge_fit(f->part_x, f->part_y, f->rows - (to - from), f->features, penalty, work,
                         &ridge) != TW_OK) {
            return (double)NAN;
        }
        for (int32_t i = from; i < to; i++) {
            f->error[i] = f->y[i] - tw_ridge_at(&ridge, f->x + (size_t)i * n);
            f->mean_error[i] = f->y[i] - ridge.offset;
            squares += f->error[i] * f->error[i];
        }
    }
    return squares;
}

static tw_status choose(struct fit *f, struct tw_soft *soft, double *out_penalty)
{
    struct tw_arena work;
    double best = (double)INFINITY, means = 0.0;
    tw_arena_init(&work);
    for (int p = 0; p < PENALTIES; p++) {
        double squares = validate(f, penalties[p], &work);
        if (squares < best) {
            best = squares;
            *out_penalty = penalties[p];
        }
    }
    double squares = isfinite(best) ? validate(f, *out_penalty, &work) : (double)NAN;
    tw_arena_done(&work);
    if (!isfinite(squares)) return TW_ERR_NUMERIC;
    for (int32_t i = 0; i < f->rows; i++)
        means += f->mean_error[i] * f->mean_error[i];
    soft->rmse = sqrt(squares / f->rows);
    soft->mean_rmse = sqrt(means / f->rows);
    qsort(f->error, (size_t)f->rows, sizeof *f->error, by_size);
    soft->error[0] = f->error[(f->rows - 1) / 10];
    soft->error[1] = f->error[(f->rows - 1) - (f->rows - 1) / 10];
    return TW_OK;
}

static tw_status fit_rows(const double *x, const double *y, int32_t rows, struct tw_arena *room,
                          struct tw_arena *arena, struct tw_soft *soft)
{
    size_t count = (size_t)rows, inputs = (size_t)soft->inputs;
    struct fit f = {.features = soft->inputs * PER_INPUT};
    double *plain = TW_ARENA_NEW(room, double, count *inputs);
    double penalty = penalties[0];
    f.y = TW_ARENA_NEW(room, double, count);
    f.x = TW_ARENA_NEW(room, double, count *(size_t)f.features);
    f.part_x = TW_ARENA_NEW(room, double, count *(size_t)f.features);
    f.part_y = TW_ARENA_NEW(room, double, count);
    f.error = TW_ARENA_NEW(room, double, count);
    f.mean_error = TW_ARENA_NEW(room, double, count);
    if (plain == NULL || f.y == NULL || f.x == NULL || f.part_x == NULL || f.part_y == NULL ||
        f.error == NULL || f.mean_error == NULL) {
        return TW_ERR_NOMEM;
    }
    f.rows = soft->rows = whole_rows(x, y, rows, soft->inputs, plain, f.y);
    if (f.rows < TW_SOFT_LEAST) return TW_ERR_ARG;
    find_knots(plain, f.rows, f.error, soft);
    for (int32_t i = 0; i < f.rows; i++)
        bend(soft, plain + (size_t)i * inputs, f.x + (size_t)i * (size_t)f.features);
    TW_TRY(choose(&f, soft, &penalty));
    return tw_ridge_fit(f.x, f.y, f.rows, f.features, penalty, arena, &soft->ridge);
}

tw_status tw_soft_fit(const double *x, const double *y, int32_t rows, int32_t inputs,
                      struct tw_arena *arena, struct tw_soft *out_soft)
{
    if (rows < 1 || inputs < 1 || inputs > TW_SOFT_INPUTS) return TW_ERR_ARG;
    struct tw_arena room;
    struct tw_soft soft = {.inputs = inputs,
                           .knot = TW_ARENA_NEW(arena, double, inputs *TW_SOFT_KNOTS),
                           .limit = TW_ARENA_NEW(arena, double, inputs * 2)};
    if (soft.knot == NULL || soft.limit == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&room);
    tw_status status = fit_rows(x, y, rows, &room, arena, &soft);
    tw_arena_done(&room);
    if (status == TW_OK) *out_soft = soft;
    return status;
}

double tw_soft_at(const struct tw_soft *soft, const double *x)
{
    double features[FEATURES];
    for (int32_t j = 0; j < soft->inputs; j++)
        if (isnan(x[j])) return (double)NAN;
    bend(soft, x, features);
    return tw_ridge_at(&soft->ridge, features);
}
