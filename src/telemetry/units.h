/* Units of measurements: converted once, at the door. */
#ifndef TW_TELEMETRY_UNITS_H
#define TW_TELEMETRY_UNITS_H

#include "thalweg/status.h"

/**
 * The factor that turns a value of one unit into another, e.g. 0.01 for cm to m.
 *
 * errors  TW_ERR_NAME one of the units is not known; TW_ERR_ARG they measure different things
 */
tw_status tw_unit_factor(const char *from, const char *to, double *out_factor);

/**
 * A value times a factor of tw_unit_factor. A whole part, as of cm to m, is divided by: 70 cm are
 * 0.7 m and not the next double after it.
 */
double tw_unit_apply(double value, double factor);

#endif
