/* Runoff that an earlier run left takes the place of what would be computed. */
#ifndef TW_HYDROLOGY_RUNOFF_RECORD_H
#define TW_HYDROLOGY_RUNOFF_RECORD_H

#include "hydrology/hydrology.h"

/** Take the next step of the model's record; behind its last one there is no runoff. */
void tw_runoff_record_step(struct tw_hydrology *h, double end_ms);

/** Concentrations in runoff [pollutants] at the end of the last step taken; NULL: there is none. */
const double *tw_runoff_record_quality(const struct tw_hydrology *h, int32_t subcatchment);

#endif
