/* One iteration of the momentum equation in conduits. */
#ifndef TW_HYDRAULICS_CONDUIT_H
#define TW_HYDRAULICS_CONDUIT_H

#include "hydraulics/state.h"

#include <stdbool.h>

/** What all conduits of an iteration share. */
struct tw_conduit_pass {
    double dt_s;
    bool relaxed;      /* from the second iteration on, flows move half way only */
    bool skip_settled; /* from the third on, conduits between settled nodes rest */
};

/**
 * New flow, surface areas and dQ/dH of the conduit rows begin..end from the present node depths.
 */
void tw_conduit_rows_advance(struct tw_hydraulics *h, const struct tw_conduit_pass *pass,
                             int32_t begin, int32_t end);

#endif
