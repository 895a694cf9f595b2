/* What routing needs to know of a model and never changes: links renumbered into rows (conduits
 * first, by shape and tables, then the others in the model's order), with all that can be worked
 * out beforehand. Made once per model, shared by all runs. */
#ifndef TW_HYDRAULICS_NETWORK_H
#define TW_HYDRAULICS_NETWORK_H

#include "base/arena.h"
#include "hydraulics/geometry.h"
#include "hydraulics/xsect.h"
#include "model/model.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Traits of a conduit row. */
enum {
    TW_CONDUIT_OPEN = 1,        /* open at the top: never surcharged */
    TW_CONDUIT_LOSSES = 2,      /* has local losses */
    TW_CONDUIT_OUTFALL1 = 4,    /* its first node is an outfall */
    TW_CONDUIT_OUTFALL2 = 8,    /* its second node is an outfall */
    TW_CONDUIT_NO_REVERSE = 16, /* flap gate: no flow from 2 to 1 */
    TW_CONDUIT_NO_FORWARD = 32, /* flap gate: no flow from 1 to 2 */
    TW_CONDUIT_FORCE_MAIN = 64,
    TW_CONDUIT_LEAKS = 128,        /* seepage or evaporation may take water */
    TW_CONDUIT_CULVERT = 256,      /* its inlet may control */
    TW_CONDUIT_BY_PERIMETER = 512, /* rows hold the wetted perimeter instead of the radius */
    TW_CONDUIT_OUTLINE = 1024      /* rows are near the shape only */
};

/* What normal and critical depth ask of a conduit, side by side. */
struct tw_conduit_fall {
    const double *critical;   /* of tw_geometry.critical_of, or NULL */
    const double *normal;     /* of tw_normal_bounds_fill, or NULL */
    double critical_flow_m3s; /* scale of critical */
    double full_depth_m, slice_m;
    double beta, per_full_flow;
    int32_t section;
};

/* [conduits], by row */
struct tw_conduit_rows {
    int32_t *from, *to;
    int32_t *section; /* index into geometry */
    int32_t *traits;
    double *invert1_m, *invert2_m; /* elevation of the conduit's ends */
    double *offset1_m, *offset2_m;
    double *length_m, *routing_length_m; /* actual; lengthened for the Courant condition */
    double *barrels;
    double *friction; /* g (n / k)^2: friction slope term is friction |v| / R^(4/3) */
    double *beta;     /* full flow = beta times section factor */
    double *full_flow_m3s, *greatest_flow_m3s; /* of one barrel */
    double *slope_ratio;
    double *wave_ratio; /* routing length over length, over barrels */
    double *loss_inlet, *loss_outlet, *loss_average;
    double *flow_limit_m3s; /* INFINITY: none */
    double *full_depth_m, *full_area_m2;
    double *full1_m, *full2_m; /* depths from which the ends count as full */
    /* geometry, copied from the section for fewer hops */
    const double **first_row;
    int32_t *cells;
    double *cells_per_m, *area_m2, *width_m, *radius_m;
    double *frozen_depth_m, *frozen_width_m;
    struct tw_conduit_fall *fall;
};

enum { TW_BLOCK = 8 };

/* What the kernels read of TW_BLOCK neighbouring rows, in one stretch; slots beyond the last row
 * are copies of it. Several lengths are given as the kernels need them. */
struct tw_conduit_block {
    int32_t from[TW_BLOCK], to[TW_BLOCK];
    int32_t end1[TW_BLOCK], end2[TW_BLOCK]; /* places of the ends in the order of node_first */
    int64_t traits[TW_BLOCK];
    const double *first_row[TW_BLOCK];
    double node_invert1_m[TW_BLOCK], node_invert2_m[TW_BLOCK];
    double invert1_m[TW_BLOCK], invert2_m[TW_BLOCK], offset1_m[TW_BLOCK], offset2_m[TW_BLOCK];
    double full_depth_m[TW_BLOCK], full_area_m2[TW_BLOCK];
    double full1_m[TW_BLOCK], full2_m[TW_BLOCK]; /* depths from which the ends count as full */
    double cells_per_m[TW_BLOCK];
    double last_cell[TW_BLOCK]; /* the greatest number whose whole part is a cell */
    double area_m2[TW_BLOCK], width_m[TW_BLOCK], radius_m[TW_BLOCK];
    double frozen_depth_m[TW_BLOCK], frozen_width_m[TW_BLOCK];
    double quarter_length_m[TW_BLOCK], per_length[TW_BLOCK]; /* of the routing length */
    double length_m[TW_BLOCK], barrels_length_m[TW_BLOCK];
    double barrels[TW_BLOCK], per_barrel[TW_BLOCK];
    double friction[TW_BLOCK], beta[TW_BLOCK];
    double loss_inlet[TW_BLOCK], loss_outlet[TW_BLOCK], loss_average[TW_BLOCK];
    double flow_limit_m3s[TW_BLOCK];
};

/* Traits of a node. */
enum {
    TW_NODE_PLAIN = 1,    /* only conduits end here, and it is no storage */
    TW_NODE_CAN_POND = 2, /* water stands above it */
    TW_NODE_STORES = 4,   /* holds water below ground */
    TW_NODE_NO_DEPTH = 8  /* an outfall, or beyond the last node */
};

/* The same of nodes. */
struct tw_node_block {
    int64_t traits[TW_BLOCK];
    double full_depth_m[TW_BLOCK], full_volume_m3[TW_BLOCK], most_depth_m[TW_BLOCK];
    double crown_depth_m[TW_BLOCK], pressed_depth_m[TW_BLOCK]; /* surcharged above the latter */
    double surcharge_factor[TW_BLOCK], ponded_area_m2[TW_BLOCK];
    int32_t first_end; /* in node_ends: most_ends times TW_BLOCK places */
    int32_t most_ends; /* conduits that end at the node with the most of them */
};

struct tw_kernels;

struct tw_network {
    const struct tw_model *model;
    int32_t node_count, link_count, conduit_count;
    struct tw_xsect *xsects; /* [model.xsects.count] */
    struct tw_geometry geometry;
    int32_t *link_of_row, *row_of_link;
    int32_t *from, *to; /* nodes of every row */
    int32_t *order;     /* steady and kinematic wave: rows as water passes them (model/tree.h) */
    bool *leaves;       /* the same: a link leaves the node */
    bool *ends;         /* the node is an outfall, or no link begins there in the file */
    struct tw_conduit_rows conduit;

    /* nodes */
    double *crown_depth_m;   /* highest top of a link above the invert; 0: none */
    double *pressed_depth_m; /* surcharged above it; INFINITY: never */
    double *full_volume_m3;  /* of storages and wet wells of volume pumps at full depth; else 0 */
    bool *outfall, *can_pond;
    bool *plain;              /* only conduits end here, and it stores nothing below ground */
    double *surcharge_factor; /* 0.6 where the sewer begins, else 1 */
    double *most_depth_m;     /* depth beyond which a node floods */
    int32_t *node_first;      /* [nodes + 1] into incident: conduits at a node, in row order */
    int32_t *incident;        /* conduit row * 2 + (1: the node is its second end) */
    int32_t *outfall_row;     /* [model.outfalls.count] row of the only link; -1: none */

    /* for the kernels */
    const struct tw_kernels *kernels;
    struct tw_conduit_block *conduit_blocks; /* [conduits / TW_BLOCK, rounded up] */
    struct tw_node_block *node_blocks;       /* [nodes / TW_BLOCK, rounded up] */
    int32_t *node_ends;   /* places of the ends at a node; behind the last of a node, of nothing */
    int32_t *mixed_nodes; /* [mixed_count] those that are not plain */
    int32_t mixed_count;
};

/**
 * Make the network of a model.
 *
 * arena   owns everything in it
 * errors  TW_ERR_NOMEM; TW_ERR_ARG a cross-section has no geometry, or links are in a circle and
 *         routing is not by dynamic wave (io/ has checked both)
 */
tw_status tw_network_init(struct tw_network *out, const struct tw_model *model,
                          struct tw_arena *arena);

/** Routing step by which lengths are made [s]: SWMM makes them before WET_STEP cuts the step. */
double tw_network_length_step_s(const struct tw_model *model);

/** Height of a link [m]: 0 of a pump, hardly any, but not 0, of an outlet, as in SWMM. */
double tw_network_link_height_m(const struct tw_network *net, int32_t link);

/**
 * Velocity of a flow in a conduit, as SWMM tells it: through the section at one depth.
 *
 * row       of a link; others than conduits have no velocity
 * flow_m3s  of all barrels
 * returns   velocity [m/s], with the flow's sign; 0 where there is hardly water
 */
double tw_network_velocity_mps(const struct tw_network *net, int32_t row, double flow_m3s,
                               double depth_m);

/**
 * Make what the kernels read of a network whose other members are complete.
 *
 * errors  TW_ERR_NOMEM
 */
tw_status tw_network_make_blocks(struct tw_network *net, struct tw_arena *arena);

#endif
