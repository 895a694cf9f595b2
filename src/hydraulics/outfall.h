/* Depth at outfalls, where the network meets the outside. */
#ifndef TW_HYDRAULICS_OUTFALL_H
#define TW_HYDRAULICS_OUTFALL_H

#include "hydraulics/state.h"

/** Set the depth of an outfall in every lane from the flow of its link and its stage.
 *  source: SWMM Reference Manual II, 2.3.1 */
void tw_outfall_set_depth(struct tw_hydraulics *h, int32_t outfall);

/** Whether an outfall has a stage in a lane that does not depend on its flow. */
bool tw_outfall_staged(const struct tw_hydraulics *h, int32_t outfall, int32_t lane);

#endif
