/* Rain-dependent inflow and infiltration: past rain through unit hydrographs.
 * source: SWMM Reference Manual I, chapter 7. */
#ifndef TW_HYDROLOGY_RDII_H
#define TW_HYDROLOGY_RDII_H

#include "base/pool.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

struct tw_rdii_clock {
    double start_day;
    double step_s;  /* flows change no oftener */
    double next_ms; /* when they change again */
};

/* One response of a hydrograph; what has lanes is beside it. */
struct tw_rdii_response {
    int32_t first, periods; /* its past rain, a ring */
    int32_t next;           /* place of the next rain in it */
    int32_t known, dry;     /* periods since the start, and since the last with rain */
};

struct tw_rdii {
    const struct tw_model *model;
    int32_t lanes;
    struct tw_rdii_clock *clock;       /* [1] */
    struct tw_rdii_response *response; /* [hydrographs * 3] */
    double *gage_ms;                   /* [hydrographs] until when rain was taken */
    double *rain_mm;                   /* [(first + period) * lanes + lane] beyond what is held */
    int8_t *month;                     /* [first + period] 0..11 */
    double *held_mm;                   /* [(hydrographs * 3) * lanes + lane] */
    double *flow_mmh;                  /* [hydrographs * lanes] over the area */
    double *rained_m3, *produced_m3;   /* [lanes] on areas, to nodes, since the start */
};

/** Put the arrays into a pool; called twice, as tw_hydrology_lay. */
void tw_rdii_lay(struct tw_rdii *r, const struct tw_model *model, int32_t lanes,
                 struct tw_pool *state);

/** Set everything to the start of a run. */
void tw_rdii_begin(struct tw_rdii *r, double start_day);

/**
 * Bring the flows to a routing time.
 *
 * outer_rain  gages' rain comes from outside: gage_rain_mmh then, else the file's series times
 *             gage_factor; both [gage * lanes + lane]
 */
void tw_rdii_advance(struct tw_rdii *r, double at_ms, bool outer_rain, const double *gage_rain_mmh,
                     const double *gage_factor);

/** Flow to the node of a row now [m3/s]. */
double tw_rdii_flow_m3s(const struct tw_rdii *r, int32_t row, int32_t lane);

#endif
