/* [HYDROGRAPHS] and [RDII]: rain that reaches sewers through the ground, by unit hydrographs. */
#ifndef TW_MODEL_RDII_H
#define TW_MODEL_RDII_H

#include "base/names.h"

#include <stdint.h>

enum { TW_UNIT_RESPONSES = 3 }; /* short, medium, long */

/* A triangle: of the rain a ratio comes, most of it after peak_s, all before base_s. */
struct tw_unit_response {
    double ratio, peak_s, base_s;
    /* rain that is held back [mm]: at most, given back per day, held at the start */
    double held_mm, recovery_mmday, initial_mm;
};
struct tw_unit_hydrograph {
    int32_t gage; /* -1: none named */
    struct tw_unit_response response[12][TW_UNIT_RESPONSES];
};
struct tw_rdii_node {
    int32_t node, hydrograph;
    double area_m2;
};
struct tw_rdii_model {
    struct tw_names names;
    int32_t hydrograph_count, node_count;
    struct tw_unit_hydrograph *hydrograph;
    struct tw_rdii_node *node;
};

#endif
