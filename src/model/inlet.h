/* [INLETS] and [INLET_USAGE]: openings through which streets and channels drain into sewers. */
#ifndef TW_MODEL_INLET_H
#define TW_MODEL_INLET_H

#include "base/names.h"
#include "num/transect.h"

#include <stdbool.h>
#include <stdint.h>

enum tw_grate {
#define TW_GRATE(id, keyword, open, a, b, c, d) TW_GRATE_##id,
#include "model/inlet_grates.def"
#undef TW_GRATE
    TW_GRATE_COUNT
};

/* In the order of their keywords in the file; a GRATE and a CURB of one name are a combination. */
enum tw_inlet_kind {
    TW_INLET_GRATE,
    TW_INLET_CURB,
    TW_INLET_SLOTTED,
    TW_INLET_CUSTOM,
    TW_INLET_DROP_GRATE,
    TW_INLET_DROP_CURB,
    TW_INLET_COMBINATION,
    TW_INLET_KIND_COUNT
};

enum tw_inlet_throat { TW_THROAT_HORIZONTAL, TW_THROAT_INCLINED, TW_THROAT_VERTICAL };

/* Openings that a design has not are of length 0. */
struct tw_inlet_design {
    enum tw_inlet_kind kind; /* TW_INLET_KIND_COUNT: no row of it was good */
    double grate_length_m, grate_width_m, grate_open_ratio;
    double splash_mps; /* velocity from which water splashes over */
    double curb_length_m, curb_height_m;
    enum tw_inlet_throat throat;
    double slot_length_m, slot_width_m;
    int32_t curve; /* CUSTOM: diversion (by flow) or rating (by depth); else -1 */
};

enum tw_inlet_placement { TW_INLET_AUTOMATIC, TW_INLET_ON_GRADE, TW_INLET_ON_SAG };

/* Inlets of one design in a conduit. */
struct tw_inlet {
    int32_t link, design;
    int32_t street;        /* of tw_inlets.street; -1: a channel */
    int32_t node;          /* gets what is captured */
    int32_t number;        /* on each side */
    double open_ratio;     /* not clogged */
    double flow_limit_m3s; /* of one inlet; 0: none */
    double depression_m, depression_width_m;
    bool on_sag;           /* at the lowest point of the street */
    double backflow_ratio; /* of what overflows at its node */
};

struct tw_inlets {
    struct tw_names names; /* of designs */
    int32_t design_count;
    struct tw_inlet_design *design;
    int32_t count;
    struct tw_inlet *inlet;
    struct tw_street *street; /* [STREETS], in their order */
    struct tw_names street_names;
};

#endif
