/* Rain ahead from gauges alone. A third of the members lets the rain go on and fade; the others are
 * each in the middle of a storm of storm_shapes.def that went, up to now, about as this one did
 * (analogs). What a gauge's record of the last hours shows may come again: after a while members
 * have that, shifted in time (climatology of the storm so far). */
#include "forecast/nowcast_parts.h"
#include "forecast/rain.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PHASES = 24, PARTS = 6 };

#define PART_S 300.0         /* the last PARTS of it are compared */
#define RECENT_S 600.0       /* the rate that goes on */
#define MISFIT_MMH 1.0       /* rates below differ little */
#define MISFIT_LOG 0.5       /* so far apart are rates of storms that are alike */
#define GROWTH_MOST 2.0      /* more than that a shape does not add to what falls */
#define RECORD_S 7200.0      /* of the storm so far */
#define RECORD_FROM_S 1200.0 /* it may come again from this lead on ... */
#define RECORD_FULL_S 3600.0 /* ... and does so in all members from this one on */
#define STORM_S 3600.0       /* storms go on for so long, on the mean, whatever their age */
#define FADE_NOW 0.25        /* standard deviation of ln(rate) of a member, now ... */
#define FADE_HOUR 0.5        /* ... and added for each hour, as a square */

static const struct {
    double peak, duration_s, sharpness;
} shapes[] = {
#define TW_STORM_SHAPE(id, peak, minutes, sharpness) {peak, 60.0 * (minutes), sharpness},
#include "forecast/storm_shapes.def"
#undef TW_STORM_SHAPE
};

enum { SHAPES = sizeof shapes / sizeof shapes[0], ANALOGS = SHAPES * PHASES };

/* Rate of an analog some seconds from now, of the shape's peak. */
static double analog_rate(int32_t analog, double ahead_s)
{
    int32_t shape = analog / PHASES;
    double phase = (analog % PHASES + 0.5) / PHASES;
    double at = phase + ahead_s / shapes[shape].duration_s;
    if (at <= 0.0 || at >= 1.0) return 0.0;
    double peak = shapes[shape].peak;
    double part = at < peak ? at / peak : (1.0 - at) / (1.0 - peak);
    return pow(part, shapes[shape].sharpness);
}

static double analog_mean(int32_t analog, double from_s, double to_s)
{
    double sum = 0.0;
    for (int i = 0; i < 4; i++)
        sum += 0.25 * analog_rate(analog, from_s + (i + 0.5) * (to_s - from_s) / 4.0);
    return sum;
}

/* Mean rate of the good gauges over a stretch before now; 0 when none knows. */
static double record_mmh(const struct tw_nowcast *n, double from_s, double to_s)
{
    double sum = 0.0;
    double gauges = 0.0;
    for (int32_t g = 0; g < n->setup.gauge_count; g++) {
        double known = 0.0;
        if (!n->gauges[g].good) continue;
        double mmh = tw_gauge_mean_mmh(&n->gauges[g], from_s, to_s, n->now_s, &known);
        if (!(known > 0.0)) continue;
        sum += mmh;
        gauges += 1.0;
    }
    return gauges > 0.0 ? sum / gauges : 0.0;
}

/* How well each analog went up to now as this storm did, added up for drawing. Returns false when it
 * does not rain, so that there is nothing to go by. */
static bool weigh_analogs(const struct tw_nowcast *n, double out_sums[ANALOGS])
{
    double went[PARTS];
    for (int i = 0; i < PARTS; i++)
        went[i] = record_mmh(n, n->now_s - (i + 1) * PART_S, n->now_s - i * PART_S);
    const double recent = 0.5 * (went[0] + went[1]);
    if (!(recent > 0.1)) return false;
    double sum = 0.0;
    for (int32_t a = 0; a < ANALOGS; a++) {
        double scale = recent / (analog_mean(a, -RECENT_S, 0.0) + 1e-3);
        double misfit = 0.0;
        for (int i = 0; i < PARTS; i++) {
            double mmh = scale * analog_mean(a, -(i + 1) * PART_S, -i * PART_S);
            double off = log((went[i] + MISFIT_MMH) / (mmh + MISFIT_MMH)) / MISFIT_LOG;
            misfit += 0.5 * off * off;
        }
        sum += exp(-misfit);
        out_sums[a] = sum;
    }
    return sum > 0.0;
}

static int32_t draw_analog(const double sums[ANALOGS], double unit)
{
    int32_t a = 0;
    while (a < ANALOGS - 1 && sums[a] < unit * sums[ANALOGS - 1])
        a++;
    return a;
}

/* How one member goes on: factors of the rate of the last minutes, and what comes again. */
struct future {
    float *growth; /* [ahead_count] */
    float *again;  /* [ahead_count] seconds before now whose rate comes again; 0: none */
};

static double unit_of(const struct tw_nowcast *n, int32_t member, int32_t which)
{
    return tw_random_unit_of(tw_random_bits_3(n->setup.seed, member, which, 31));
}

static void set_future(const struct tw_nowcast *n, int32_t member, const double *sums,
                       struct future *f)
{
    const tw_rain_persistence persistence = TW_RAIN_PERSISTENCE_DEFAULT;
    const double shift_s = RECORD_S * unit_of(n, member, 0);
    const double again_from_s =
        RECORD_FROM_S + (RECORD_FULL_S - RECORD_FROM_S) * unit_of(n, member, 1);
    const double end_s = -STORM_S * log(unit_of(n, member, 4));
    const double normal = tw_random_normal_of(tw_random_bits_3(n->setup.seed, member, 2, 31));
    const bool alone = n->setup.members == 1;
    const bool fades = alone || sums == NULL || member % 3 == 0;
    const int32_t analog = fades ? 0 : draw_analog(sums, unit_of(n, member, 3));
    for (int32_t k = 0; k < n->ahead_count; k++) {
        double lead_s = (k + 0.5) * n->setup.step_s;
        double growth = tw_rain_ahead_mmh(&persistence, 1.0, lead_s);
        if (!fades) {
            double now = analog_mean(analog, -RECENT_S, 0.0) + 1e-3;
            growth = analog_rate(analog, lead_s) / now;
            growth = growth > GROWTH_MOST ? GROWTH_MOST : growth;
        }
        double variance =
            alone ? 0.0 : FADE_NOW * FADE_NOW + FADE_HOUR * FADE_HOUR * lead_s / 3600.0;
        f->growth[k] = (float)(growth * exp(sqrt(variance) * normal - 0.5 * variance));
        bool again = !alone && lead_s > again_from_s && lead_s < end_s;
        f->again[k] = again ? (float)(RECORD_S - fmod(lead_s + shift_s, RECORD_S)) : 0.0F;
    }
}

static void fill_member(struct tw_nowcast *n, int32_t member, const struct future *f)
{
    const size_t places = (size_t)n->setup.place_count;
    for (int32_t k = 0; k < n->ahead_count; k++) {
        double time_s = n->now_s + (k + 0.5) * n->setup.step_s;
        float *out = n->ahead_mmh + ((size_t)member * (size_t)n->ahead_count + (size_t)k) * places;
        double again = 0.0;
        if (f->again[k] > 0.0F) {
            double from_s = n->now_s - (double)f->again[k];
            again = record_mmh(n, from_s, from_s + n->setup.step_s);
        }
        for (int32_t p = 0; p < n->setup.place_count; p++) {
            if (!tw_nowcast_needs_gauges(n, p)) continue;
            double recent = tw_nowcast_recent_mmh(n, p, RECENT_S);
            double goes_on = (double)f->growth[k] * recent;
            double mmh = goes_on > again ? goes_on : again;
            out[p] = (float)(mmh * tw_rain_chance_factor(n, member, p, time_s));
        }
    }
}

tw_status tw_nowcast_by_gauges(struct tw_nowcast *nowcast)
{
    struct tw_nowcast *n = nowcast;
    const size_t steps = (size_t)n->ahead_count;
    double *sums = malloc(ANALOGS * sizeof *sums);
    float *both = malloc(2 * steps * sizeof *both);
    tw_status status = sums == NULL || both == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) {
        struct future future = {both, both + steps};
        bool rains = weigh_analogs(n, sums);
        for (int32_t m = 0; m < n->setup.members; m++) {
            set_future(n, m, rains ? sums : NULL, &future);
            fill_member(n, m, &future);
        }
    }
    free(sums);
    free(both);
    return status;
}
