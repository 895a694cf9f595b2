/* Linear models with a penalty on their weights, and systems of equations whose matrix is symmetric
 * and positive. */
#ifndef TW_NUM_RIDGE_H
#define TW_NUM_RIDGE_H

#include "base/arena.h"
#include "thalweg/status.h"

#include <stdint.h>

/** A linear model: offset + sum of weight * (x - mean) / scale. */
struct tw_ridge {
    int32_t features;
    double offset;
    double *mean, *scale, *weight; /* [features] */
};

/**
 * Solve a x = b for a symmetric positive definite matrix, by Cholesky's decomposition.
 *
 * a       [n * n] only its lower half is read; overwritten
 * b       [n] the right-hand side; becomes the solution
 * errors  TW_ERR_NUMERIC the matrix is not positive definite
 */
tw_status tw_cholesky_solve(int32_t n, double *a, double *b);

/**
 * Fit a linear model: least squares of y with penalty * sum of squared weights. Features are set to
 * mean 0 and deviation 1 first; one that never changes gets the weight 0.
 *
 * x        [rows * features] row by row; finite
 * y        [rows] finite
 * penalty  > 0; in rows: 10 counts as ten observations that say 0
 * arena    owns the model and what is needed meanwhile
 * errors   TW_ERR_ARG no rows or features, TW_ERR_NUMERIC values that are too large, TW_ERR_NOMEM
 * source   A. E. Hoerl and R. W. Kennard, Technometrics 12 (1970) 55-67
 */
tw_status tw_ridge_fit(const double *x, const double *y, int32_t rows, int32_t features,
                       double penalty, struct tw_arena *arena, struct tw_ridge *out_ridge);

/** What a model says of one row of features. x: [features] */
double tw_ridge_at(const struct tw_ridge *ridge, const double *x);

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, largest value first, by Jacobi's rotations.
 *
 * a            [n * n] symmetric; overwritten
 * out_values   [n]
 * out_vectors  [n * n] the k-th vector is out_vectors[k * n ..]; of either sign its largest element
 *              is positive
 * source       G. H. Golub and C. F. van Loan, Matrix Computations, section 8.5
 */
void tw_eigen_symmetric(int32_t n, double *a, double *out_values, double *out_vectors);

#endif
