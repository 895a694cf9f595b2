/* What one unit of a model file's flows, volumes and land is. SWMM computes in feet and turns them
 * with factors of four or five digits, 0.011 % off for cubic metres: where a sewer stands still
 * between two waves, that is enough to shift them. So by default ours are SWMM's. */
#ifndef TW_MODEL_FLOW_UNIT_H
#define TW_MODEL_FLOW_UNIT_H

#include "model/model.h"

/**
 * One unit of flow.
 *
 * exact    true: what the unit's name says; false: as SWMM has it
 * returns  [m3/s]
 * source   SWMM User's Manual 5.2, appendix A.1; exact: NIST Handbook 44, appendix C
 */
double tw_flow_unit_m3s(enum tw_flow_units unit, bool exact);

/** The same of volumes, a cubic foot or metre [m3]. */
double tw_volume_unit_m3(bool us, bool exact);

/** The same of land, an acre or hectare [m2]. */
double tw_land_unit_m2(bool us, bool exact);

/**
 * A length in feet, to the digit: a decimal of the file that was turned into metres is itself again.
 *
 * us  the file's lengths are in feet
 */
double tw_length_ft(bool us, double length_m);

#endif
