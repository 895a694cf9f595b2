/* Parts of hydrology that move the clock's climate and the gages. Internal to the folder. */
#ifndef TW_HYDROLOGY_CLIMATE_H
#define TW_HYDROLOGY_CLIMATE_H

#include "hydrology/hydrology.h"
#include "hydrology/inflows.h"

/** Set evaporation and recovery to those of the run's start. source: SWMM Reference Manual I, 2.4 */
void tw_climate_begin(struct tw_hydrology *h);
/** Set evaporation and recovery to a time [d]; times never go back. */
void tw_climate_advance(struct tw_hydrology *h, double day);

/** Put all gages at the run's start. source: SWMM Reference Manual I, 2.2 */
void tw_gages_begin(struct tw_hydrology *h);
/** Bring the rain of all gages to a time [d]; clock->raining tells whether there is any. */
void tw_gages_advance(struct tw_hydrology *h, double day);
/** Rain of a gage's series at a day, whatever its cursor [mm/h]; 0 without a series. */
double tw_gage_series_mmh(const struct tw_model *model, int32_t gage, double day, double start_day);
/** When a gage's rain changes next after a time [d]; TW_NO_DAY: never. */
double tw_gage_next_day(const struct tw_hydrology *h, int32_t gage, double day);
/** Add the present rain over a step to the hourly totals that control rules look at. */
void tw_gages_remember(struct tw_hydrology *h, double dt_s);

/** Calendar day of a run's time; a millisecond is added so that whole seconds do not round down. */
double tw_hydrology_day(const struct tw_hydrology *h, double at_ms);

#endif
