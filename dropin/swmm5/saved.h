/* Values of the results file of a simulation that has ended. */
#ifndef TW_DROPIN_SAVED_H
#define TW_DROPIN_SAVED_H

#include "session.h"

enum { TW_SWMM_SAVED_SUBCATCHMENT, TW_SWMM_SAVED_NODE, TW_SWMM_SAVED_LINK, TW_SWMM_SAVED_KINDS };

/** Number of report times in the results file; 0 without one. */
int tw_swmm_saved_periods(const struct tw_swmm_session *s);
/** Date of a report time, 1..; 0 when there is none. */
double tw_swmm_saved_day(const struct tw_swmm_session *s, int period);
/** A value of an object at a report time; 0 when it was not saved. */
double tw_swmm_saved_value(const struct tw_swmm_session *s, int kind, const char *name, int place,
                           int period);

#endif
