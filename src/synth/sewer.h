/* Sewers under the streets of the sites' trees: sizes from the rain they are designed for, levels
 * from the ground. One net carries rain (in the old town with foul water), one foul water. */
#ifndef TW_SYNTH_SEWER_H
#define TW_SYNTH_SEWER_H

#include "base/arena.h"
#include "synth/points.h"
#include "synth/section.h"
#include "synth/sites.h"
#include "thalweg/status.h"

/** The sewer from each site down to its parent. A site's node has the lowest level of its sewers. */
struct tw_sewer {
    bool *there;                /* a manhole of this net is at the site */
    double *invert_m;           /* of the manhole */
    double *up_m, *down_m;      /* inverts of the sewer's two ends */
    double *design_m3s;         /* flow it is designed for; of roots: what arrives */
    double *runoff_ha;          /* area upstream times its runoff coefficient */
    double *travel_min;         /* from the farthest rooftop */
    double *dry_m3s;            /* mean dry weather flow upstream, own included */
    struct tw_section *section; /* NONE at roots and underpasses; of roots: the largest to arrive */
};

/** Mean dry weather flow that begins at a site [m3/s]. */
double tw_sewer_dry_m3s(const struct tw_sites *sites, uint64_t seed, int32_t site);

/** Rush of dry weather: the largest over the mean flow. source: GB 50014-2021, 2.7 / q^0.11 in L/s */
double tw_sewer_rush(double mean_m3s);

/**
 * Design the net that carries rain: 2 years in the old town, 3 elsewhere, 10 above a flood-prone
 * point; the outlet of a point carries only what a storm of one to two years brings.
 *
 * points  of the city; their onset_m3s and pond_m2 are filled in
 * errors  TW_ERR_NOMEM
 */
tw_status tw_sewer_design_rain(struct tw_arena *arena, const struct tw_sites *sites, uint64_t seed,
                               struct tw_points *points, struct tw_sewer *out_sewer);

/** Design the net that carries foul water only, outside of the old town. errors: TW_ERR_NOMEM */
tw_status tw_sewer_design_foul(struct tw_arena *arena, const struct tw_sites *sites, uint64_t seed,
                               struct tw_sewer *out_sewer);

#endif
