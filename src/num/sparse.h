/* Sparse systems whose pattern is that of a graph: an equation per node, two coefficients per pair
 * of neighbours. The order of elimination is worked out once, the numbers many times. */
#ifndef TW_NUM_SPARSE_H
#define TW_NUM_SPARSE_H

#include "base/arena.h"
#include "thalweg/status.h"

#include <stdint.h>

/** The pattern after elimination. Equations are numbered by place, the order of elimination. */
struct tw_sparse {
    int32_t count, entries;
    int32_t *place;  /* [count] of each node */
    int32_t *first;  /* [count + 1] a place's later neighbours are column[first[p]] .. */
    int32_t *column; /* [entries] places, rising; neighbours by elimination included */
};

/** Coefficients and right-hand side of one system; all overwritten by solving. */
struct tw_sparse_system {
    double *diagonal; /* [count] by place */
    double *upper;    /* [entries] of the earlier place's equation */
    double *lower;    /* [entries] of the later place's equation */
    double *value;    /* [count] by place: right-hand side, then solution */
};

/**
 * Find an order of elimination that adds few neighbours: always a node with the fewest. A tree adds
 * none.
 *
 * count    nodes
 * pairs    of neighbours; may repeat
 * a, b     [pairs] nodes of each; negative: the pair has no coefficients
 * arena    owns the pattern
 * out_slot [pairs] entry of each pair times 2, plus 1 when b is eliminated before a; -1: none
 * errors   TW_ERR_NOMEM
 * source   Tinney and Walker 1967, the second scheme (minimum degree)
 */
tw_status tw_sparse_init(struct tw_sparse *out, int32_t count, int32_t pairs, const int32_t *a,
                         const int32_t *b, struct tw_arena *arena, int32_t *out_slot);

/**
 * Solve by elimination without pivoting, right for matrices of diagonal dominance by rows or
 * columns. Sums are in the order of the pattern: the same bits every time.
 */
void tw_sparse_solve(const struct tw_sparse *s, const struct tw_sparse_system *system);

#endif
