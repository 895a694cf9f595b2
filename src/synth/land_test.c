#include "synth/land.h"

#include "check.h"

static struct tw_land land_of(uint64_t seed) { return tw_land_make(seed, 1.6e6, 7); }

static void the_ground_lies_between_the_rivers_and_the_summit(void **state)
{
    (void)state;
    struct tw_land land = land_of(7);
    double lowest = 1e9, highest = 0.0;
    for (double x = -2500.0; x < 1500.0; x += 23.0)
        for (double y = -1200.0; y < 1200.0; y += 23.0) {
            double z = tw_land_ground_m(&land, x, y);
            lowest = z < lowest ? z : lowest;
            highest = z > highest ? z : highest;
            if (tw_land_shore_m(&land, x, y) > 60.0) assert_true(z > TW_LAND_RIVER_M + 10.0);
        }
    assert_near(lowest, TW_LAND_RIVER_M, 0.0);
    assert_true(highest > 400.0 && highest < 470.0); /* the mountain is built to be 450 m */
}

/* A step of a metre changes the ground by less than the steepest bank, 12 m over 25 m at most 1.5
 * times as steep as its mean, and terraces on the mountain's flank: 1.6 m. */
static void the_ground_has_no_cliffs(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct tw_land land = land_of(seed);
        for (double y = -1100.0; y < 1100.0; y += 97.0) {
            double before = tw_land_ground_m(&land, -2000.0, y);
            for (double x = -1999.0; x < 1500.0; x += 1.0) {
                double z = tw_land_ground_m(&land, x, y);
                assert_true(fabs(z - before) < 1.6);
                before = z;
            }
        }
    }
}

static void lines_along_a_bank_keep_their_distance(void **state)
{
    (void)state;
    struct tw_land land = land_of(7);
    for (int bank = 0; bank < TW_BANK_COUNT; bank++)
        for (double x = -900.0; x < 700.0; x += 37.0) {
            double y = tw_land_bank_m(&land, (enum tw_bank)bank, x, TW_LAND_MOUTH_M);
            /* the distance is taken across, the bank turns a little within it */
            assert_near(tw_land_shore_m(&land, x, y), TW_LAND_MOUTH_M, 1e-6);
        }
}

static void gullies_are_in_gullies(void **state)
{
    (void)state;
    struct tw_land land = land_of(7);
    for (int32_t k = 0; k < land.gullies; k++) {
        double x = tw_land_gully_m(&land, k);
        double y = tw_land_bank_m(&land, TW_BANK_NORTH, x, TW_LAND_MOUTH_M);
        assert_near(tw_land_in_gully(&land, x, y), 1.0, 1e-9); /* its line begins there */
        assert_true(tw_land_in_gully(&land, x + 0.5 * land.gully_space_m, y) < 0.2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ground_lies_between_the_rivers_and_the_summit),
        cmocka_unit_test(the_ground_has_no_cliffs),
        cmocka_unit_test(lines_along_a_bank_keep_their_distance),
        cmocka_unit_test(gullies_are_in_gullies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
