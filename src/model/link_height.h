/* How high a link's opening is, from what the model's file says. */
#ifndef TW_MODEL_LINK_HEIGHT_H
#define TW_MODEL_LINK_HEIGHT_H

#include "model/model.h"

/** Height of a link's cross-section [m]; 0 for pumps, outlets and dummies. */
double tw_link_height_m(const struct tw_model *model, int32_t link);

#endif
