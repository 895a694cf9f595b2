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
 * Read an influent from a text, as tw_plant_series_read does from a file.
 *
 * text    overwritten; not needed afterwards
 * name    stands for the file in faults
 * errors  TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_plant_series_parse(const tw_plant *plant, char *text, const char *name,
                                tw_faults *faults, tw_plant_series **out_series);

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
