/* What measures and what controls. */
#ifndef TW_PLANT_CONTROL_H
#define TW_PLANT_CONTROL_H

#include "plant/flowsheet.h"

/** Sensors' readings, controllers and actuators: all of e->knob, and the controllers' rates. */
void tw_plant_control(struct tw_eval *e);

/** The rates of the sensors' lags; after all concentrations are known. */
void tw_plant_sense(struct tw_eval *e);

/** What a sensor says before it is held: lags' end, noise, limits. */
double tw_sensor_now(const struct tw_eval *e, const struct tw_sensor *sensor);

/** Standard normal noise of a minute of a sensor without a series; depends on seed and minute. */
double tw_sensor_noise(uint64_t seed, int64_t minute);

#endif
