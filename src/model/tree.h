/* Links in the order in which water passes them when it only ever flows from a link's first node to
 * its second: what steady and kinematic wave routing need. */
#ifndef TW_MODEL_TREE_H
#define TW_MODEL_TREE_H

#include "base/arena.h"
#include "model/model.h"
#include "thalweg/status.h"

/** Links downstream of their like: all that end at a node come before those that leave it, and those
 * that leave a node stand together, an overflow divider's diversion last. */
struct tw_tree {
    int32_t *order; /* [ordered] links; the rest are in circles */
    int32_t ordered;
};

/** Order the links of a model whose ends are all known. errors: TW_ERR_NOMEM */
tw_status tw_tree_init(struct tw_tree *out, const struct tw_model *model, struct tw_arena *arena);

#endif
