#include "num/ridge.h"

#include "check.h"

#include <string.h>

/* 4 x + 2 y = 10, 2 x + 3 y = 9: x = 1.5, y = 2. */
static void a_small_system_is_solved(void **state)
{
    (void)state;
    double a[] = {4.0, 0.0, 2.0, 3.0}, b[] = {10.0, 9.0};
    assert_ok(tw_cholesky_solve(2, a, b));
    assert_near(b[0], 1.5, 1e-14); /* rounding only */
    assert_near(b[1], 2.0, 1e-14);
}

static void a_matrix_that_is_not_positive_is_refused(void **state)
{
    (void)state;
    double a[] = {1.0, 0.0, 2.0, 1.0}, b[] = {1.0, 1.0}; /* determinant -3 */
    assert_status(tw_cholesky_solve(2, a, b), TW_ERR_NUMERIC);
}

static void a_line_is_found_and_a_constant_feature_ignored(void **state)
{
    (void)state;
    struct tw_arena arena;
    struct tw_ridge ridge;
    double x[40], y[20];
    tw_arena_init(&arena);
    for (int i = 0; i < 20; i++) {
        x[2 * i] = i;
        x[2 * i + 1] = 7.0;
        y[i] = 3.0 + 2.0 * i;
    }
    assert_ok(tw_ridge_fit(x, y, 20, 2, 1e-9, &arena, &ridge));
    assert_near(tw_ridge_at(&ridge, (double[]){30.0, 7.0}), 63.0,
                1e-7); /* the penalty is that small */
    assert_near(tw_ridge_at(&ridge, (double[]){30.0, 99.0}), 63.0, 1e-7);
    /* As many rows that say 0 as there are: half the slope. */
    assert_ok(tw_ridge_fit(x, y, 20, 2, 20.0, &arena, &ridge));
    assert_near(tw_ridge_at(&ridge, (double[]){10.5, 7.0}) -
                    tw_ridge_at(&ridge, (double[]){9.5, 7.0}),
                1.0, 1e-12); /* rounding only */
    tw_arena_done(&arena);
}

static void what_cannot_be_fitted_is_refused(void **state)
{
    (void)state;
    struct tw_arena arena;
    struct tw_ridge ridge;
    double x[] = {1e300, -1e300, 5.0}, y[] = {1.0, 2.0, 3.0};
    tw_arena_init(&arena);
    assert_status(tw_ridge_fit(x, y, 0, 1, 1.0, &arena, &ridge), TW_ERR_ARG);
    assert_status(tw_ridge_fit(x, y, 3, 1, 0.0, &arena, &ridge), TW_ERR_ARG);
    assert_status(tw_ridge_fit(x, y, 3, 1, 1.0, &arena, &ridge), TW_ERR_NUMERIC);
    for (int64_t n = 1;; n++) {
        x[0] = 1.0, x[1] = 2.0;
        arena.fail_at = n;
        tw_status status = tw_ridge_fit(x, y, 3, 1, 1.0, &arena, &ridge);
        arena.fail_at = 0;
        if (status == TW_OK) break;
        assert_status(status, TW_ERR_NOMEM);
    }
    tw_arena_done(&arena);
}

/* a = V diag(values) V': multiplied again it is what it was, and the vectors stand upright. */
static void eigenvectors_make_up_the_matrix(void **state)
{
    (void)state;
    enum { N = 7 };
    double a[N * N], copy[N * N], values[N], vectors[N * N];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            a[i * N + j] = 1.0 / (1.0 + i + j) + (i == j ? 0.1 * i : 0.0);
    memcpy(copy, a, sizeof a);
    tw_eigen_symmetric(N, copy, values, vectors);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double sum = 0.0, dot = 0.0;
            for (int k = 0; k < N; k++) {
                sum += values[k] * vectors[k * N + i] * vectors[k * N + j];
                dot += vectors[i * N + k] * vectors[j * N + k];
            }
            assert_near(sum, a[i * N + j], 1e-12); /* rounding of some hundred rotations */
            assert_near(dot, i == j ? 1.0 : 0.0, 1e-12);
        }
        if (i > 0) assert_true(values[i] <= values[i - 1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_system_is_solved),
        cmocka_unit_test(a_matrix_that_is_not_positive_is_refused),
        cmocka_unit_test(a_line_is_found_and_a_constant_feature_ignored),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
        cmocka_unit_test(eigenvectors_make_up_the_matrix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
