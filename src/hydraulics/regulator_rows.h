/* Links that are not conduits, in the network: heads in, flows out, sums of their nodes updated. */
#ifndef TW_HYDRAULICS_REGULATOR_ROWS_H
#define TW_HYDRAULICS_REGULATOR_ROWS_H

#include "hydraulics/kernels.h"

/**
 * New flows of pumps, orifices, weirs, outlets and dummy conduits, one after the other in the
 * model's order: each sees what those before it did to the sums of the nodes, as SWMM has it.
 */
void tw_regulator_rows_advance(struct tw_hydraulics *h, const struct tw_pass *pass);

/** Flow of such a link at the present depths of its nodes [m3/s], whatever its node has to give. */
double tw_regulator_row_flow(const struct tw_hydraulics *h, int32_t row, int32_t lane, double dt_s);

#endif
