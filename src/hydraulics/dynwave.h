/* Dynamic wave routing: the Saint-Venant equations of every conduit between the heads of its
 * nodes, in steps that are repeated until the heads settle. */
#ifndef TW_HYDRAULICS_DYNWAVE_H
#define TW_HYDRAULICS_DYNWAVE_H

#include "hydraulics/state.h"

#include <stdbool.h>
#include <stdint.h>

/* What an iteration takes about for a conduit and for a node, for tw_threads_for [ns]. */
enum { TW_CONDUIT_NS = 12, TW_NODE_NS = 6 };

/** How a routing step is to be done; from the model's options unless a run overrides them. */
struct tw_routing_options {
    double routing_step_s, minimum_step_s, variable_step_factor;
    double head_tolerance_m;
    int32_t max_trials;
};

/**
 * Length of the next routing step [s], a whole number of milliseconds.
 *
 * source  SWMM Reference Manual II, 3.4
 */
double tw_dynwave_next_step_s(struct tw_hydraulics *h, const struct tw_routing_options *options);

/**
 * Advance the network by one step: node.lateral_m3s holds the inflows at its end,
 * node.old_lateral_m3s those at its beginning, settings are those of the step.
 *
 * source  SWMM Reference Manual II, 3.2-3.3
 */
void tw_dynwave_step(struct tw_hydraulics *h, const struct tw_routing_options *options,
                     double dt_s);

/** A step of nodes without links: what flows in is all that can be said of them. */
void tw_dynwave_rest(struct tw_hydraulics *h);

/** What was new becomes old: the beginning of every routing step. */
void tw_dynwave_begin_step(struct tw_hydraulics *h);

/** Normal depth of a flow in one barrel of a conduit row [m]; a rougher conduit (see
 * struct tw_hydraulics) has that of the flow times its factor. */
double tw_conduit_normal_depth(const struct tw_network *net, int32_t row, double flow_m3s);
/** Critical depth of a flow in one barrel of a conduit row [m]. */
double tw_conduit_critical_depth(const struct tw_network *net, int32_t row, double flow_m3s);

/** Water at a node at a depth [m3]: storages by their shape, ponds by their area, else 0. */
double tw_node_volume(const struct tw_network *net, int32_t node, double depth_m);

#endif
