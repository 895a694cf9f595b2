/* Flow and concentrations over time. */
#ifndef TW_PLANT_SERIES_H
#define TW_PLANT_SERIES_H

#include "plant/flowsheet.h"

/** Records; between them everything is linear. */
struct tw_plant_series {
    int32_t count, width;
    double *at_d;     /* [count] */
    double *flow_m3d; /* [count] */
    double *content;  /* [count * width] */
};

/**
 * The influent from a moment on.
 *
 * out_flow     flow and its change in a day
 * out_content  [2 * width] concentrations and their change in a day
 * returns      until when this holds [d]; HUGE_VAL after the last record
 */
double tw_plant_series_segment(const struct tw_plant_series *series, double at_d,
                               double out_flow[2], double *out_content);

/** Means weighted by flow, and the mean flow. */
void tw_plant_series_mean(const struct tw_plant_series *series, double *out_flow,
                          double *out_content);

#endif
