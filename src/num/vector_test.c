#include "num/vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

static double first_of(tw_vec v)
{
    double x[TW_VEC_WIDTH];
    tw_vec_store(x, v);
    return x[0];
}

/* The series leaves less than the rounding of its dozen operations, a few units of 1.1e-16. */
static void the_rough_logarithm_is_near_the_logarithm(void **state)
{
    (void)state;
    for (double x = 1e-9; x < 1e4; x *= 1.013)
        assert_true(fabs(first_of(tw_vec_rough_log(tw_vec_of(x))) - log(x)) < 1e-4);
    assert_true(isfinite(first_of(tw_vec_rough_log(tw_vec_of(0.0)))));
}

static void the_inverse_cube_root_cubed_is_one_over_the_number(void **state)
{
    (void)state;
    for (double x = 1e-12; x < 1e12; x *= 1.0037) {
        double root = first_of(tw_vec_inverse_cube_root(tw_vec_of(x)));
        assert_true(fabs(root * root * root * x - 1.0) < 3e-15);
    }
    assert_true(isfinite(first_of(tw_vec_inverse_cube_root(tw_vec_of(0.0)))));
}

/* Kernels rely on it: what is no number passes on the side where it is wanted. */
static void the_second_of_two_stays_when_one_is_no_number(void **state)
{
    (void)state;
    tw_vec one = tw_vec_of(1.0), none = tw_vec_of(NAN);
    assert_true(first_of(tw_vec_max(none, one)) == 1.0);
    assert_true(isnan(first_of(tw_vec_max(one, none))));
    assert_true(first_of(tw_vec_min(none, one)) == 1.0);
    assert_true(isnan(first_of(tw_vec_min(one, none))));
}

static void eight_numbers_are_picked_as_they_are_one_by_one(void **state)
{
    (void)state;
    double x[TW_VEC_WIDTH][9];
    const double *at[TW_VEC_WIDTH];
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        at[i] = x[i] + 1; /* rows need no alignment */
        for (int j = 0; j < 9; j++)
            x[i][j] = 100.0 * i + j;
    }
    tw_vec eight[8];
    tw_vec_pick_eight(at, eight);
    for (int j = 0; j < 8; j++)
        assert_true(tw_mask_all(eight[j] == tw_vec_pick(at, j)));
}

static void quads_are_split_into_vectors_and_joined_again(void **state)
{
    (void)state;
    tw_quad quads[TW_VEC_WIDTH], joined[TW_VEC_WIDTH];
    tw_vec parts[4];
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        quads[i] = (tw_quad){10.0 * i, 10.0 * i + 1.0, 10.0 * i + 2.0, 10.0 * i + 3.0};
    tw_quads_split(quads, parts);
    tw_vec_join(parts, joined);
    for (int i = 0; i < TW_VEC_WIDTH; i++) {
        for (int j = 0; j < 4; j++) {
            assert_true(parts[j][i] == 10.0 * i + j);
            assert_true(joined[i][j] == 10.0 * i + j);
        }
    }
}

static void masks_are_made_of_bytes_and_of_bits(void **state)
{
    (void)state;
    for (uint32_t bits = 0; bits < 1U << TW_VEC_WIDTH; bits++) {
        uint8_t bytes[TW_VEC_WIDTH], kept[TW_VEC_WIDTH];
        for (int i = 0; i < TW_VEC_WIDTH; i++)
            bytes[i] = bits >> i & 1;
        tw_mask mask =
            tw_mask_of_bits(bits | 0xff00U); /* what is beyond the width does not count */
        assert_true(tw_mask_all(mask == tw_mask_of_bytes(bytes)));
        for (int i = 0; i < TW_VEC_WIDTH; i++)
            assert_true(mask[i] == -(int64_t)bytes[i]);
        tw_mask_store_bytes(kept, mask);
        assert_memory_equal(kept, bytes, sizeof bytes);
    }
}

static void elements_are_chosen_one_by_one(void **state)
{
    (void)state;
    double x[TW_VEC_WIDTH], y[TW_VEC_WIDTH];
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        x[i] = i % 2 == 0 ? -4.0 - i : 9.0 + i;
    tw_vec v = tw_vec_load(x);
    tw_vec_store(y, tw_vec_select(v < 0.0, tw_vec_of(7.0), tw_vec_sqrt(v)));
    for (int i = 0; i < TW_VEC_WIDTH; i++)
        assert_true(y[i] == (i % 2 == 0 ? 7.0 : sqrt(9.0 + i)));
    assert_true(tw_mask_any(v < 0.0) && !tw_mask_all(v < 0.0));
    assert_true(!tw_mask_any(v > 1000.0) && tw_mask_all(v < 1000.0));
}

static void the_whole_part_is_that_towards_zero(void **state)
{
    (void)state;
    assert_true(first_of(tw_mask_number(tw_vec_whole(tw_vec_of(49.999)))) == 49.0);
    assert_true(first_of(tw_mask_number(tw_vec_whole(tw_vec_of(0.5)))) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rough_logarithm_is_near_the_logarithm),
        cmocka_unit_test(the_inverse_cube_root_cubed_is_one_over_the_number),
        cmocka_unit_test(the_second_of_two_stays_when_one_is_no_number),
        cmocka_unit_test(eight_numbers_are_picked_as_they_are_one_by_one),
        cmocka_unit_test(quads_are_split_into_vectors_and_joined_again),
        cmocka_unit_test(masks_are_made_of_bytes_and_of_bits),
        cmocka_unit_test(elements_are_chosen_one_by_one),
        cmocka_unit_test(the_whole_part_is_that_towards_zero),
    };
    return cmocka_run_group_tests_name("vector", tests, NULL, NULL);
}
