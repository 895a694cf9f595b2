#include "server/drill_chance.h"

#include "num/random.h"

#include <math.h>

/* Evenly from 0 up to 1. */
static double share(uint64_t *state)
{
    return (double)(tw_random_next(state) >> 11) / 9007199254740992.0;
}

void tw_drill_chance_draw(uint64_t seed, const char *crew, int64_t order,
                          struct tw_drill_chance *out_chance)
{
    uint64_t state = seed ^ (uint64_t)order * UINT64_C(0x2545f4914f6cdd1d);
    for (; *crew != 0; crew++)
        state = (state ^ (unsigned char)*crew) * UINT64_C(1099511628211);
    struct tw_drill_chance c;
    c.answer_ms = 8000 + (int64_t)(32000.0 * share(&state));
    c.turnout_ms = 30000 + (int64_t)(60000.0 * share(&state));
    c.pace = 0.9 + 0.35 * share(&state);
    c.refuses = share(&state) < 1.0 / 15.0;
    c.breaks = share(&state) < 1.0 / 25.0;
    c.breaks_at = 0.2 + 0.6 * share(&state);
    *out_chance = c;
}

static double length(const double *a, const double *b)
{
    double east = (b[0] - a[0]) * cos(a[1] * 0.017453292519943295);
    return sqrt(east * east + (b[1] - a[1]) * (b[1] - a[1]));
}

void tw_drill_along(const double *line, int32_t places, double share_of, double out[2])
{
    double whole = 0.0;
    for (int32_t i = 0; i + 1 < places; i++)
        whole += length(line + 2 * i, line + 2 * (i + 1));
    double left = whole * (share_of > 1.0 ? 1.0 : share_of > 0.0 ? share_of : 0.0);
    out[0] = line[0];
    out[1] = line[1];
    for (int32_t i = 0; i + 1 < places; i++) {
        const double *a = line + 2 * i;
        const double *b = a + 2;
        double piece = length(a, b);
        double t = piece > 0.0 ? (left < piece ? left / piece : 1.0) : 1.0;
        out[0] = a[0] + t * (b[0] - a[0]);
        out[1] = a[1] + t * (b[1] - a[1]);
        if (left <= piece) return;
        left -= piece;
    }
}
