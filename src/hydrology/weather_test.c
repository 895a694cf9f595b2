#include "check.h"
#include "hydrology/weather.h"

#include <string.h>

enum { DAYS = 10 };

/* A climate file of ten days from 2001-06-01 on: 10 to 20 degC, the second day up to 30. */
struct place {
    struct tw_model model;
    double day[DAYS], low[DAYS], high[DAYS];
    struct tw_weather w;
};
static const double first_day = 37043.0;

static void place_begin(struct place *p)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < DAYS; i++) {
        p->day[i] = first_day + i;
        p->low[i] = 10.0;
        p->high[i] = i == 1 ? 30.0 : 20.0;
    }
    p->model.climate =
        (struct tw_climate){.temperature = TW_TEMPERATURE_FILE,
                            .series = -1,
                            .latitude_deg = 40.0,
                            .days = {{DAYS, p->day, p->low}, {DAYS, p->day, p->high}}};
    tw_weather_begin(&p->w, &p->model, first_day);
}

static double at_hour(struct place *p, double hour)
{
    tw_weather_advance(&p->w, &p->model, first_day + hour / 24.0);
    return p->w.temperature_c;
}

/* SWMM Reference Manual I, section 2.3.2: coldest at sunrise, warmest three hours before sunset,
 * halfway between both in between. */
static void a_day_swings_between_its_lowest_and_highest(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    (void)at_hour(&p, 0.0);
    double rise = p.w.sunrise_h, warm = p.w.warmest_h;
    assert_near(rise, 12.0 - 7.4, 0.1); /* half of the 14.9 hours of an early June day at 40 N */
    assert_near(warm, 12.0 + 7.4 - 3.0, 0.1);
    assert_near(at_hour(&p, rise), 10.0, 1e-6); /* the day is known to a millionth of an hour */
    assert_near(at_hour(&p, (rise + warm) / 2.0), 15.0, 1e-6);
    assert_near(at_hour(&p, warm), 20.0, 1e-6);
    (void)at_hour(&p, 24.0); /* the next day has its own hours */
    assert_near(at_hour(&p, 24.0 + p.w.warmest_h), 30.0, 1e-6);
}

/* After the second day's 30 degC the night begins warmer than after 20. */
static void a_night_begins_with_the_day_before(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    double first = at_hour(&p, 0.0);
    (void)at_hour(&p, 24.0);
    double third = at_hour(&p, 48.0);
    assert_true(third > first + 2.0);
    assert_near(at_hour(&p, 72.0), first, 0.1); /* but for the longer day */
}

/* The melt season is a sine of the day: none on 22 March (day 81). */
static void the_season_turns_in_march(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    (void)at_hour(&p, 0.0);
    assert_near(p.w.season_ratio, sin(0.0172615 * (152.0 - 81.0)), 1e-12); /* 1 June is day 152 */
}

/* Hargreaves' equation of section 2.4.2 by hand: 1 June, 40 N, Ta 15, Tr 10 degC; del 0.3837,
 * w 1.9179, dr 0.9715, Ra 40.81, lambda 2.4646. */
static void warm_days_evaporate_more(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    p.model.evaporation.kind = TW_EVAPORATION_TEMPERATURE;
    (void)at_hour(&p, 0.0);
    assert_near(p.w.evaporation_mmday, 3.9964, 1e-4); /* of the numbers by hand */
    double mean_of_first = p.w.mean_of_days_c;
    (void)at_hour(&p, 24.0);
    assert_near(mean_of_first, 15.0, 1e-12);
    assert_near(p.w.mean_of_days_c, 17.5, 1e-12); /* of two days */
    assert_near(p.w.range_of_days_c, 15.0, 1e-12);
    for (int day = 2; day < 9; day++)
        (void)at_hour(&p, 24.0 * day);
    assert_near(p.w.mean_of_days_c, 15.0, 1e-12); /* the second is no longer among seven */
}

/* Where the sun does not set, the day is whole and evaporation a number. */
static void the_sun_may_not_set(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    p.model.climate.latitude_deg = 80.0;
    p.model.evaporation.kind = TW_EVAPORATION_TEMPERATURE;
    (void)at_hour(&p, 12.0);
    assert_true(isfinite(p.w.temperature_c));
    assert_true(p.w.evaporation_mmday > 0.0);
}

static void a_file_may_begin_on_another_day(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    p.model.climate.file_start_day = first_day + 1.0; /* the hot one */
    assert_near(tw_weather_file_value(&p.w, &p.model, TW_CLIMATE_HIGHEST, first_day, -1.0), 30.0,
                0.0);
    p.model.climate.file_start_day = first_day + 50.0; /* behind it: nothing is known since */
    assert_near(tw_weather_file_value(&p.w, &p.model, TW_CLIMATE_HIGHEST, first_day, -1.0), -1.0,
                0.0);
}

static void a_month_changes_temperatures(void **state)
{
    (void)state;
    struct place p;
    place_begin(&p);
    p.model.adjustments.given = true;
    p.model.adjustments.temperature_c[5] = 4.0;
    p.model.adjustments.rain_ratio[5] = 1.5;
    p.model.adjustments.conductivity_ratio[5] = 0.5;
    (void)at_hour(&p, 0.0);
    assert_near(at_hour(&p, p.w.sunrise_h), 14.0, 1e-6);
    assert_near(p.w.rain_ratio, 1.5, 0.0);
    assert_near(p.w.conductivity_ratio, 0.5, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_swings_between_its_lowest_and_highest),
        cmocka_unit_test(a_night_begins_with_the_day_before),
        cmocka_unit_test(the_season_turns_in_march),
        cmocka_unit_test(warm_days_evaporate_more),
        cmocka_unit_test(the_sun_may_not_set),
        cmocka_unit_test(a_file_may_begin_on_another_day),
        cmocka_unit_test(a_month_changes_temperatures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
