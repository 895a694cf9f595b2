#include "forecast/nowcast_parts.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A shower's own measures: over what it differs from its neighbour, and how soon it is another. */
#define LOCAL_SPACING_M 3000.0
#define LOCAL_SPACING_S 1200.0
#define BIAS_SPACING_S 7200.0
#define SIDE_MOST 64

static tw_status draw(const struct tw_nowcast *n, struct tw_rain_chance *chance, int64_t kind)
{
    const double from_s = n->now_s - n->past_count * n->setup.step_s;
    const double to_s = n->now_s + n->ahead_count * n->setup.step_s;
    chance->first_t = (int64_t)floor(from_s / chance->spacing_s);
    chance->times = (int32_t)((int64_t)floor(to_s / chance->spacing_s) - chance->first_t) + 2;
    const size_t nodes = (size_t)chance->columns * (size_t)chance->rows;
    const size_t all = nodes * (size_t)chance->times * (size_t)n->setup.members;
    float *normal = realloc(chance->normal, all * sizeof *normal);
    if (normal == NULL) return TW_ERR_NOMEM;
    chance->normal = normal;
    for (int32_t m = 0; m < n->setup.members; m++) {
        uint64_t seed = tw_random_bits_3(n->setup.seed, m, kind, 7);
        for (int32_t t = 0; t < chance->times; t++) {
            for (size_t i = 0; i < nodes; i++) {
                int64_t column = chance->first_x + (int64_t)(i % (size_t)chance->columns);
                int64_t row = chance->first_y + (int64_t)(i / (size_t)chance->columns);
                *normal++ = (float)tw_random_normal_of(
                    tw_random_bits_3(seed, column, row, chance->first_t + t));
            }
        }
    }
    return TW_OK;
}

/* The lattice that covers the places. */
static void cover_places(const struct tw_nowcast *n, struct tw_rain_chance *chance)
{
    double low[2] = {0.0, 0.0};
    double high[2] = {0.0, 0.0};
    bool any = false;
    for (int32_t p = 0; p < n->setup.place_count; p++) {
        const double at[2] = {n->places[p].x, n->places[p].y};
        if (isnan(at[0]) || isnan(at[1])) continue;
        for (int i = 0; i < 2; i++) {
            if (!any || at[i] < low[i]) low[i] = at[i];
            if (!any || at[i] > high[i]) high[i] = at[i];
        }
        any = true;
    }
    double side = high[0] - low[0] > high[1] - low[1] ? high[0] - low[0] : high[1] - low[1];
    chance->spacing_m =
        side / (SIDE_MOST - 2) > LOCAL_SPACING_M ? side / (SIDE_MOST - 2) : LOCAL_SPACING_M;
    chance->first_x = (int64_t)floor(low[0] / chance->spacing_m);
    chance->first_y = (int64_t)floor(low[1] / chance->spacing_m);
    chance->columns = (int32_t)((int64_t)floor(high[0] / chance->spacing_m) - chance->first_x) + 2;
    chance->rows = (int32_t)((int64_t)floor(high[1] / chance->spacing_m) - chance->first_y) + 2;
}

tw_status tw_rain_chance_draw(struct tw_nowcast *nowcast)
{
    struct tw_nowcast *n = nowcast;
    if (n->local.columns == 0) {
        n->local.spacing_s = LOCAL_SPACING_S;
        cover_places(n, &n->local);
        n->bias.spacing_s = BIAS_SPACING_S;
        n->bias.columns = 1;
        n->bias.rows = 1;
    }
    TW_TRY(draw(n, &n->local, 0));
    return draw(n, &n->bias, 1);
}

void tw_rain_chance_done(struct tw_rain_chance *chance)
{
    free(chance->normal);
    chance->normal = NULL;
}

/* Linear between the lattice's numbers, scaled so that the variance stays 1 between them. */
static double normal_at(const struct tw_rain_chance *chance, int32_t member, double x, double y,
                        double time_s)
{
    double t = time_s / chance->spacing_s - (double)chance->first_t;
    double c =
        chance->columns > 1 && !isnan(x) ? x / chance->spacing_m - (double)chance->first_x : 0.0;
    double r =
        chance->rows > 1 && !isnan(y) ? y / chance->spacing_m - (double)chance->first_y : 0.0;
    t = t < 0.0 ? 0.0 : t > chance->times - 1 ? chance->times - 1 : t;
    int32_t ti = (int32_t)t;
    int32_t ci = (int32_t)c;
    int32_t ri = (int32_t)r;
    size_t nodes = (size_t)chance->columns * (size_t)chance->rows;
    const float *base = chance->normal + (size_t)member * (size_t)chance->times * nodes;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < 8; i++) {
        int32_t tt = ti + i % 2;
        int32_t cc = ci + i / 2 % 2;
        int32_t rr = ri + i / 4;
        double weight = (1.0 - fabs(t - tt)) * (1.0 - fabs(c - cc)) * (1.0 - fabs(r - rr));
        if (!(weight > 0.0)) continue;
        size_t at = (size_t)rr * (size_t)chance->columns + (size_t)cc;
        sum += weight * (double)base[(size_t)tt * nodes + at];
        squares += weight * weight;
    }
    return sum / sqrt(squares);
}

double tw_rain_chance_factor(const struct tw_nowcast *nowcast, int32_t member, int32_t place,
                             double time_s)
{
    const struct tw_nowcast *n = nowcast;
    if (n->setup.members == 1) return 1.0;
    const struct tw_rain_place *p = &n->places[place];
    double bias = n->doubt.bias_ratio;
    double local = (double)n->doubt.local_ratio[place];
    double sum = bias * normal_at(&n->bias, member, 0.0, 0.0, time_s) +
                 local * normal_at(&n->local, member, p->x, p->y, time_s);
    return exp(sum - 0.5 * (bias * bias + local * local));
}
