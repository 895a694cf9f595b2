/* [AQUIFERS], [GROUNDWATER] and [GWF]: two zones of soil below a subcatchment. */
#ifndef TW_MODEL_GROUND_H
#define TW_MODEL_GROUND_H

#include "base/names.h"
#include "num/expression.h"

#include <stdint.h>

/* One kind of soil and what its water does. */
struct tw_aquifer {
    double porosity_ratio, wilting_point_ratio, field_capacity_ratio;
    double conductivity_mps; /* saturated */
    double conductivity_slope;
    double tension_slope_m; /* of soil tension against moisture */
    double upper_evaporation_ratio, lower_evaporation_depth_m;
    double deep_loss_mps;           /* to deep groundwater when the lower zone is all there is */
    double bottom_m, water_table_m; /* elevations */
    double moisture_ratio;          /* of the upper zone, at the start */
    int32_t evaporation_pattern;    /* -1: none */
};
struct tw_aquifers {
    struct tw_names names;
    int32_t count;
    struct tw_aquifer *aquifer;
};

/* Variables of [GWF] expressions, in the file's units: word, what it is. */
#define TW_GROUND_VARIABLE_LIST(X)                                                                 \
    X(HGW, "water table above the aquifer's bottom")                                               \
    X(HSW, "surface water above the aquifer's bottom")                                             \
    X(HCB, "channel bottom above the aquifer's bottom")                                            \
    X(HGS, "ground surface above the aquifer's bottom")                                            \
    X(KS, "saturated conductivity")                                                                \
    X(K, "conductivity of the upper zone")                                                         \
    X(THETA, "moisture of the upper zone")                                                         \
    X(PHI, "porosity")                                                                             \
    X(FI, "infiltration from the surface")                                                         \
    X(FU, "percolation from the upper zone")                                                       \
    X(A, "area of the subcatchment")
enum tw_ground_variable {
#define TW_GROUND_VARIABLE(word, text) TW_GROUND_##word,
    TW_GROUND_VARIABLE_LIST(TW_GROUND_VARIABLE)
#undef TW_GROUND_VARIABLE
        TW_GROUND_VARIABLE_COUNT
};

/* An expression of [GWF]; 0 tokens: none. */
struct tw_ground_expression {
    const struct tw_token *token;
    int32_t count;
};

/* What lies below one subcatchment. Flow to the node per area, with heights h above the bottom:
 * a1 (h - h*)^b1 - a2 (h_surface - h*)^b2 + a3 h h_surface. Coefficients are the file's. */
struct tw_ground {
    int32_t subcatchment, aquifer, node;
    double surface_m; /* elevation of the ground */
    double a1, b1, a2, b2, a3;
    double fixed_depth_m;                           /* of the surface water; 0: the node's */
    double threshold_m;                             /* elevation of h*; NAN: the node's invert */
    double bottom_m, water_table_m, moisture_ratio; /* the aquifer's, or its own */
    struct tw_ground_expression lateral, deep;
};
struct tw_grounds {
    int32_t count;
    struct tw_ground *ground;
    int32_t *of_subcatchment; /* [subcatchments] row; -1: none */
};

#endif
