/* The roads of a city as a graph, and the water on them. */
#ifndef TW_DISPATCH_ROADS_H
#define TW_DISPATCH_ROADS_H

#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Depth that an ordinary car may pass [m]: where the engine stalls and the car begins to float. */
#define TW_ROADS_CAR_M 0.30

/** A road as a layer has it. */
struct tw_road_line {
    const char *id;
    int32_t count;         /* of its places, 2.. */
    const double *lon_lat; /* [2 * count] degrees */
    double speed_mps;      /* on a dry road, > 0 */
    double passable_m; /* less than TW_ROADS_CAR_M binds every vehicle; else the vehicle decides */
    bool oneway;       /* only in the direction in which it is drawn */
};

/** Roads joined to a graph where lines share a place; never changes, may be used by many threads. */
struct tw_roads;

/**
 * Join lines to a graph: a place that ends a line, or that two lines share, is a node; what lies
 * between two nodes is an edge.
 *
 * lines      [count] copied
 * out_roads  owned by the caller; untouched on failure
 * errors     TW_ERR_NOMEM, TW_ERR_ARG a line has fewer than two places, no speed or a place that
 *            is not on Earth, TW_ERR_FULL more than 2^27 places
 */
tw_status tw_roads_create(const struct tw_road_line *lines, int32_t count,
                          struct tw_roads **out_roads);

/** Free roads; NULL is fine. */
void tw_roads_destroy(struct tw_roads *roads);

/**
 * Read a GeoJSON layer of LineStrings with the properties id, class, speed_kmh (40),
 * passable_depth_m (0.30) and oneway (false).
 *
 * file    named in faults
 * faults  takes every fault of the layer with its feature
 * errors  TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_roads_read(const char *file, const char *text, size_t size, tw_faults *faults,
                        struct tw_roads **out_roads);

/** Nodes of the graph. */
int32_t tw_roads_nodes(const struct tw_roads *roads);

/** Pieces that no road joins; 1 is what a city should have. */
int32_t tw_roads_pieces(const struct tw_roads *roads);

/** The piece of a node, 0.. by size: 0 is the largest. */
int32_t tw_roads_piece(const struct tw_roads *roads, int32_t node);

/**
 * The node nearest to a place.
 *
 * out_m    distance as the crow flies [m]; may be NULL
 * returns  -1 when there are no nodes
 */
int32_t tw_roads_nearest(const struct tw_roads *roads, double lon, double lat, double *out_m);

/* ---- water ---- */

/** Depth on the roads over the time ahead. Edges without an entry are dry. */
struct tw_water;

/**
 * Begin with dry roads.
 *
 * roads    borrowed while the water lives
 * frame_s  [frames] ascending times after now [s]; before the first its depth holds, after the last
 *          that one's. Between two frames the larger of both holds: never less than is forecast
 * errors   TW_ERR_NOMEM, TW_ERR_ARG no frames, or not ascending
 */
tw_status tw_water_create(const struct tw_roads *roads, int32_t frames, const int32_t *frame_s,
                          struct tw_water **out_water);

/** Free water; NULL is fine. */
void tw_water_destroy(struct tw_water *water);

/**
 * Put the ponding of a place (a network node, a point) on every edge that comes near it; where
 * several do, the deepest holds.
 *
 * radius_m  as far as the ponding reaches [m]
 * depth_m   [frames] finite, >= 0
 * errors    TW_ERR_NOMEM, TW_ERR_ARG
 */
tw_status tw_water_add(struct tw_water *water, double lon, double lat, double radius_m,
                       const double *depth_m);

/** Put depths on all edges of a road. errors: TW_ERR_NAME no such road, TW_ERR_NOMEM, TW_ERR_ARG */
tw_status tw_water_add_road(struct tw_water *water, const char *id, const double *depth_m);

/** Close a road for every vehicle and for good. errors: TW_ERR_NAME no such road, TW_ERR_NOMEM */
tw_status tw_water_close(struct tw_water *water, const char *id);

#endif
