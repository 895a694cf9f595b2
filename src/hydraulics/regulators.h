/* Links that are not conduits: what flows through them between two given heads. Pure functions of
 * their input, so a lane is a call and a test needs no network. */
#ifndef TW_HYDRAULICS_REGULATORS_H
#define TW_HYDRAULICS_REGULATORS_H

#include "hydraulics/xsect.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

/* How water stands in a link; decides which end node gets its surface area. */
enum tw_flow_class {
    TW_FLOW_DRY,
    TW_FLOW_UP_DRY,
    TW_FLOW_DOWN_DRY,
    TW_FLOW_SUBCRITICAL,
    TW_FLOW_SUPERCRITICAL,
    TW_FLOW_UP_CRITICAL,
    TW_FLOW_DOWN_CRITICAL
};

/* What a link sees of its ends. 1 is its first node, 2 its second. */
struct tw_link_ends {
    double invert1_m, invert2_m; /* of the nodes */
    double depth1_m, depth2_m;   /* of the nodes */
    double crown1_m;             /* elevation of the highest conduit crown at node 1 */
    double volume1_m3;           /* stored at node 1 (volume pumps) */
    double inflow1_m3s;          /* into node 1 at this moment, with its overflow (ideal pumps) */
    double setting;              /* 0..1 (pumps may exceed 1) */
    double last_flow_m3s;        /* of the iteration before */
    double dt_s;
    bool ponding_or_outfall2; /* unused by most: node 2 is an outfall */
};

struct tw_link_flow {
    double flow_m3s;   /* positive from 1 to 2 */
    double dqdh_m2s;   /* derivative by the head difference, >= 0 */
    double depth_m;    /* of water in the opening */
    double surface_m2; /* that the link lends to its end nodes, both together (orifices) */
    enum tw_flow_class flow_class;
};

/** Flow of a pump. source: SWMM Reference Manual II, 6.1 */
void tw_pump_flow(const struct tw_model *model, int32_t row, const struct tw_link_ends *ends,
                  struct tw_link_flow *out);
/** Flow of an orifice; xsect is its opening when fully open. source: SWMM Reference Manual II, 6.2 */
void tw_orifice_flow(const struct tw_model *model, int32_t row, const struct tw_xsect *xsect,
                     const struct tw_link_ends *ends, struct tw_link_flow *out);
/** Flow of a weir. source: SWMM Reference Manual II, 6.3 */
void tw_weir_flow(const struct tw_model *model, int32_t row, const struct tw_xsect *xsect,
                  const struct tw_link_ends *ends, struct tw_link_flow *out);
/** Flow of an outlet. source: SWMM Reference Manual II, 6.4 */
void tw_outlet_flow(const struct tw_model *model, int32_t row, const struct tw_link_ends *ends,
                    struct tw_link_flow *out);

/**
 * Setting of a link one step on: it follows its target at once, or as fast as its gate moves.
 *
 * returns  the new setting
 */
double tw_link_setting_advance(const struct tw_model *model, int32_t link, double setting,
                               double target, double dt_s);

/** Setting that a pump takes from its start and stop depths; `setting` when neither applies. */
double tw_pump_setting_by_depth(const struct tw_model *model, int32_t row, double depth1_m,
                                double setting);

/** Surface area of a storage at a depth [m2]. */
double tw_storage_area(const struct tw_model *model, int32_t row, double depth_m);
/** Water volume of a storage at a depth [m3]. */
double tw_storage_volume(const struct tw_model *model, int32_t row, double depth_m);
/** Depth at which a storage holds a volume [m]. */
double tw_storage_depth(const struct tw_model *model, int32_t row, double volume_m3);

#endif
