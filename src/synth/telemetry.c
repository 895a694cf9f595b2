#include "synth/telemetry.h"

#include "synth/random.h"

#include <math.h>
#include <stdio.h>

#define DAY_S 86400.0
#define SLOW_S 600 /* how long the weather of a tag lasts */

/* What tags are: a mean, a daily wave, what comes and goes within minutes, what the instrument adds,
 * and the digits that it shows. Sizes as plants in the open literature have them. */
static const struct kind {
    const char *unit;
    double mean, daily, slow, noise;
    int decimals;
} kinds[] = {
    {"m3/h", 1800.0, 500.0, 120.0, 8.0, 1}, /* flow */
    {"m", 4.2, 0.3, 0.1, 0.003, 3},         /* level in a tank */
    {"mg/L", 2.0, 0.5, 0.4, 0.02, 2},       /* dissolved oxygen */
    {"", 7.2, 0.1, 0.05, 0.01, 2},          /* pH */
    {"mg/L", 22.0, 6.0, 2.0, 0.3, 1},       /* COD of the effluent */
    {"degC", 18.0, 0.6, 0.1, 0.02, 1},      /* water temperature */
    {"A", 84.0, 10.0, 6.0, 0.4, 1},         /* current of a blower */
    {"", 0.6, 0.0, 0.5, 0.0, 0},            /* a pump runs or not */
};

/* Depth in a conduit: the daily wave of people's water. */
static const struct kind network = {"m", 0.35, 0.12, 0.04, 0.002, 3};

static int is_plant(const struct tw_telemetry_plan *plan, int32_t series)
{
    return series < plan->plants * plan->tags;
}

static const struct kind *kind_of(const struct tw_telemetry_plan *plan, int32_t series)
{
    const int32_t count = (int32_t)(sizeof kinds / sizeof kinds[0]);
    return is_plant(plan, series) ? &kinds[series % count] : &network;
}

int32_t tw_telemetry_count(const struct tw_telemetry_plan *plan)
{
    return plan->plants * plan->tags + plan->points;
}

int32_t tw_telemetry_period_s(const struct tw_telemetry_plan *plan, int32_t series)
{
    return is_plant(plan, series) ? 10 : 60;
}

void tw_telemetry_id(const struct tw_telemetry_plan *plan, int32_t series,
                     char out[TW_TELEMETRY_ID_SIZE])
{
    if (is_plant(plan, series)) {
        (void)snprintf(out, TW_TELEMETRY_ID_SIZE, "W%02d.T%03d", series / plan->tags,
                       series % plan->tags);
    } else {
        (void)snprintf(out, TW_TELEMETRY_ID_SIZE, "N%05d", series - plan->plants * plan->tags);
    }
}

const char *tw_telemetry_unit(const struct tw_telemetry_plan *plan, int32_t series)
{
    return kind_of(plan, series)->unit;
}

int tw_telemetry_decimals(const struct tw_telemetry_plan *plan, int32_t series)
{
    return kind_of(plan, series)->decimals;
}

double tw_telemetry_value(const struct tw_telemetry_plan *plan, int32_t series, int64_t time_ms)
{
    static const double powers[] = {1.0, 10.0, 100.0, 1000.0};
    const struct kind *kind = kind_of(plan, series);
    int64_t time_s = time_ms / 1000;
    int64_t stretch = time_s / SLOW_S;
    double part = (double)(time_s % SLOW_S) / SLOW_S;
    double before = 2.0 * tw_draw_unit(7, TW_DRAW_RELIEF, series, stretch) - 1.0;
    double after = 2.0 * tw_draw_unit(7, TW_DRAW_RELIEF, series, stretch + 1) - 1.0;
    double noise = 2.0 * tw_draw_unit(7, TW_DRAW_JITTER_X, series, time_s) - 1.0;
    /* A triangle instead of a sine: the day's wave needs no more. */
    double day = (double)(time_s % (int64_t)DAY_S) / DAY_S;
    double wave = day < 0.5 ? 4.0 * day - 1.0 : 3.0 - 4.0 * day;
    double value = kind->mean + kind->daily * wave + kind->noise * noise +
                   kind->slow * (before + (after - before) * part);
    double scale = powers[kind->decimals];
    return floor(value * scale + 0.5) / scale;
}
