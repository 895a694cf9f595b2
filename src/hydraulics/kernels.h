/* The inner loops of the dynamic wave. One text (kernel_conduits.h, kernel_nodes.h) is compiled for
 * several instruction sets; all give the same bits, so which one runs is only a matter of speed.
 *
 * A vector holds neighbouring rows or nodes of a single run, or the lanes of one row or node when
 * there are several. Branches are masks; what is rare (culverts, force mains, slots, storages) is
 * worked out slot by slot where a vector has any of it. */
#ifndef TW_HYDRAULICS_KERNELS_H
#define TW_HYDRAULICS_KERNELS_H

#include "hydraulics/state.h"

#include <stdbool.h>
#include <stdint.h>

/** What all of an iteration have in common. */
struct tw_pass {
    double dt_s, tolerance_m;
    bool relaxed;      /* from the second iteration on, flows and depths move half way only */
    bool skip_settled; /* from the third on, links between settled nodes rest */
};

struct tw_kernels {
    /* New flows of the conduit rows begin..end from the present node depths, and what they mean for
     * their nodes (sums.ends), in lanes that are not done. begin is a multiple of TW_BLOCK. */
    void (*conduits)(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin,
                     int32_t end);
    /* New depths of the nodes begin..end but outfalls, in lanes that are not done. begin is a
     * multiple of TW_BLOCK. converged[lane] becomes 0 where one moved by more than the tolerance. */
    void (*nodes)(struct tw_hydraulics *h, const struct tw_pass *pass, int32_t begin, int32_t end,
                  uint8_t *converged);
};

/* The same for every x86-64 processor, for those with AVX2, for those with AVX-512. */
extern const struct tw_kernels tw_kernels_plain, tw_kernels_avx2, tw_kernels_avx512;

/**
 * The kernels that this machine can run, the fastest last.
 *
 * out_kernels  [3]
 * returns      how many
 */
int32_t tw_kernels_list(const struct tw_kernels **out_kernels);

/** The fastest of them. */
const struct tw_kernels *tw_kernels_get(void);

#endif
