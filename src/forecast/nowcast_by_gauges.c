#include "forecast/ensemble.h"
#include "forecast/nowcast_parts.h"
#include "forecast/rain.h"

tw_status tw_nowcast_by_gauges(struct tw_nowcast *nowcast)
{
    struct tw_nowcast *n = nowcast;
    const size_t places = (size_t)n->setup.place_count;
    const tw_rain_persistence persistence = TW_RAIN_PERSISTENCE_DEFAULT;
    const tw_rain_spread spread = TW_RAIN_SPREAD_DEFAULT;
    bool any = false;
    for (int32_t g = 0; g < n->setup.gauge_count; g++)
        any = any || n->gauges[g].good;
    for (size_t p = 0; p < places; p++) {
        double recent = tw_nowcast_recent_mmh(n, (int32_t)p, persistence.window_s);
        for (int32_t m = 0; m < n->setup.members; m++) {
            for (int32_t k = 0; k < n->ahead_count; k++) {
                double lead_s = (k + 0.5) * n->setup.step_s;
                double mmh = tw_rain_ahead_mmh(&persistence, recent, lead_s) *
                             tw_rain_member_factor(&spread, m, n->setup.members, lead_s);
                size_t row = (size_t)m * (size_t)n->ahead_count + (size_t)k;
                n->ahead_mmh[row * places + p] = (float)mmh;
            }
        }
    }
    return tw_nowcast_note_add(n, any ? TW_RAIN_NOTE_BY_GAUGES : TW_RAIN_NOTE_BY_NOTHING, "", -1,
                               0.0);
}
