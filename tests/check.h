/* What every test program needs: cmocka and three checks in our words. */
#ifndef TW_TESTS_CHECK_H
#define TW_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "thalweg/status.h"

/* The call succeeds; else its words are shown. */
#define assert_ok(call) assert_string_equal(tw_status_text(call), tw_status_text(TW_OK))

/* The call fails with a certain status. */
#define assert_status(call, expected)                                                              \
    assert_string_equal(tw_status_text(call), tw_status_text(expected))

/* |value - expected| <= tolerance; NaN fails. A comment beside it says why the tolerance. */
#define assert_near(value, expected, tolerance)                                                    \
    do {                                                                                           \
        double assert_value_ = (value), assert_expected_ = (expected);                             \
        if (!(fabs(assert_value_ - assert_expected_) <= (tolerance)))                              \
            fail_msg("%s is %.17g, not %.17g", #value, assert_value_, assert_expected_);           \
    } while (0)

#endif
