/* The kinds of cross-section that a link may have. */
#ifndef TW_MODEL_XSECT_SHAPE_H
#define TW_MODEL_XSECT_SHAPE_H

enum tw_shape {
#define TW_SHAPE(id, prefix, keyword, open) TW_SHAPE_##id,
#include "model/xsect_shapes.def"
#undef TW_SHAPE
    TW_SHAPE_COUNT
};

#endif
