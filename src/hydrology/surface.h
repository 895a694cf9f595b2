/* Water on one subarea over one runoff step. */
#ifndef TW_HYDROLOGY_SURFACE_H
#define TW_HYDROLOGY_SURFACE_H

#include <stdbool.h>

/* What a subarea is and what comes and goes during the step. */
struct tw_surface {
    double storage_m;  /* depression storage */
    double alpha;      /* runoff = alpha (depth - storage)^1.6666667, m and s */
    bool at_once;      /* all above the storage runs off within the step */
    double inflow_mps; /* rain and what comes from elsewhere, all losses taken off */
    double dt_s;
};

/**
 * Advance the ponded depth of a subarea by a step in which some water stays on it.
 *
 * depth_m  at the beginning; is set to that at the end, >= 0 [m]
 * returns  runoff at the end of the step [m/s]
 * source   SWMM Reference Manual I, sections 3.4 and 3.6
 */
double tw_surface_advance(const struct tw_surface *surface, double *depth_m);

/** Runoff of a subarea at a depth [m/s], as tw_surface_advance gives it at the end of a step. */
double tw_surface_runoff(const struct tw_surface *surface, double depth_m);

#endif
