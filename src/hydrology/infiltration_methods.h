/* The functions behind the rows of model/infiltration.def; only infiltration.c and the methods
 * themselves include this. */
#ifndef TW_HYDROLOGY_INFILTRATION_METHODS_H
#define TW_HYDROLOGY_INFILTRATION_METHODS_H

#include "hydrology/infiltration.h"

#include <stdbool.h>

#define TW_INFILTRATION(id, prefix, keyword)                                                       \
    void tw_##prefix##_scale(double *parameters, double factor);                                   \
    void tw_##prefix##_prepare(const double *parameters, double *soil);                            \
    void tw_##prefix##_adjust(double *soil, double ratio);                                         \
    void tw_##prefix##_begin(const double *soil, double *state);                                   \
    double tw_##prefix##_rate(const double *soil, double *state,                                   \
                              const struct tw_infiltration_input *in);
#include "model/infiltration.def"
#undef TW_INFILTRATION

/**
 * Green-Ampt in both forms: the modified one does not start a new event while rain is slower than
 * the soil conducts.
 */
double tw_green_ampt_any_rate(const double *soil, double *state,
                              const struct tw_infiltration_input *in, bool modified);

#endif
