#include "synth/hyetograph.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.10g is not near %.10g", a, b);
}

static struct tw_chicago storm_of(double period_years)
{
    return (struct tw_chicago){.formula = tw_intensity_shapingba(),
                               .period_years = period_years,
                               .duration_min = 120.0,
                               .peak_ratio = 0.4};
}

/* Depths of 120 min that the notice's formula gives, to the millimetre's tenth. */
static void a_storm_has_the_depth_of_the_formula(void **state)
{
    (void)state;
    const double period[] = {2, 5, 10, 20, 50, 100};
    const double depth[] = {59.3, 76.8, 90.1, 103.3, 120.8, 134.1};
    for (int i = 0; i < 6; i++) {
        struct tw_chicago storm = storm_of(period[i]);
        near(tw_chicago_depth_mm(&storm, 120.0), depth[i], 0.05);
        near(tw_chicago_depth_mm(&storm, 500.0), depth[i], 0.05);
    }
}

static void the_stretch_around_the_peak_has_the_formulas_intensity(void **state)
{
    (void)state;
    struct tw_chicago storm = storm_of(50.0);
    for (double length = 1.0; length <= 120.0; length += 7.0) {
        double begin = 48.0 - 0.4 * length; /* the peak is at 0.4 * 120 */
        double depth =
            tw_chicago_depth_mm(&storm, begin + length) - tw_chicago_depth_mm(&storm, begin);
        double mean = tw_intensity_mmh(&storm.formula, 50.0, length);
        near(depth * 60.0 / length, mean, 1e-9 * mean); /* rounding only */
    }
}

static void rain_never_runs_backwards(void **state)
{
    (void)state;
    struct tw_chicago storm = storm_of(2.0);
    double before = 0.0;
    for (int minute = -5; minute <= 130; minute++) {
        double depth = tw_chicago_depth_mm(&storm, minute);
        assert_true(depth >= before);
        before = depth;
    }
}

/* The published hyetographs hold the mean intensity of each 5 minutes with three decimals. */
static void hyetographs_agree_with_the_published_ones(void **state)
{
    (void)state;
    const int period[] = {2, 5, 10, 20, 50, 100};
    for (int i = 0; i < 6; i++) {
        char path[512];
        snprintf(path, sizeof path,
                 TW_SHARED_DIR "/corpus/flood/chongqing/"
                               "chicago_2017_shapingba_P%d_T120_r0.4_dt5.csv",
                 period[i]);
        FILE *file = fopen(path, "r");
        if (file == NULL) skip();
        struct tw_chicago storm = storm_of(period[i]);
        double minute, published;
        int rows = 0;
        assert_int_equal(fscanf(file, "%*[^\n]"), 0);
        while (fscanf(file, "%lf,%lf", &minute, &published) == 2) {
            double depth =
                tw_chicago_depth_mm(&storm, minute + 5.0) - tw_chicago_depth_mm(&storm, minute);
            near(depth * 12.0, published, 0.00051);
            rows++;
        }
        fclose(file);
        assert_int_equal(rows, 24);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_has_the_depth_of_the_formula),
        cmocka_unit_test(the_stretch_around_the_peak_has_the_formulas_intensity),
        cmocka_unit_test(rain_never_runs_backwards),
        cmocka_unit_test(hyetographs_agree_with_the_published_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
