/* The kernels of one instruction set: included once by each kernels_<set>.c, which names the table
 * in TW_KERNELS. */
#include "hydraulics/kernel_conduits.h"
#include "hydraulics/kernel_nodes.h"
#include "hydraulics/kernels.h"

static void conduits(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin,
                     int32_t end)
{
    if (h->lanes == 1) {
        conduits_by_rows(h, pass, begin, end);
    } else {
        conduits_by_lanes(h, pass, begin, end);
    }
}

static void nodes(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin, int32_t end,
                  uint8_t *converged)
{
    if (h->lanes == 1) {
        nodes_by_rows(h, pass, begin, end, converged);
    } else {
        nodes_by_lanes(h, pass, begin, end, converged);
    }
}

const struct tw_kernels TW_KERNELS = {.conduits = conduits, .nodes = nodes};
