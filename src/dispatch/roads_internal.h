/* What a graph of roads and the water on it consist of: for the files of this folder. */
#ifndef TW_DISPATCH_ROADS_INTERNAL_H
#define TW_DISPATCH_ROADS_INTERNAL_H

#include "base/arena.h"
#include "base/names.h"
#include "dispatch/roads.h"

#include <jansson.h>

/* Cells over the city: the nodes and the pieces of edges in each. */
struct tw_road_grid {
    double cell_m, west_m, south_m;
    int32_t nx, ny;
    int32_t *node_begin; /* [nx * ny + 1] into node */
    int32_t *node;
    int32_t *edge_begin; /* [nx * ny + 1] into edge */
    int32_t *edge;       /* every cell that the box of a piece of it touches */
};

/* Arcs are sorted by the node they leave. An edge is a stretch of its line's corners. */
struct tw_roads {
    struct tw_arena arena;
    struct tw_names lines;
    int32_t node_count, edge_count, arc_count, line_count, place_count, piece_count;
    double *x_m, *y_m;              /* [place_count] east and north of the first place */
    double *lon, *lat;              /* [place_count] */
    int32_t *node_place;            /* [node_count] */
    int32_t *node_piece;            /* [node_count] 0: the largest */
    int32_t *edge_line;             /* [edge_count] */
    int32_t *edge_from, *edge_to;   /* [edge_count] nodes */
    int32_t *edge_begin, *edge_end; /* [edge_count] corners, both included */
    int32_t *corner;                /* the places of all lines, one line after the other */
    double *edge_m;                 /* [edge_count] length */
    double *line_mps, *line_passable_m;
    const char **line_id;         /* [line_count]; several may be one road */
    int32_t *first;               /* [node_count + 1] into the arcs */
    int32_t *arc_head, *arc_edge; /* [arc_count] */
    int32_t *arc_ms;              /* [arc_count] on a dry road */
    struct tw_road_grid grid;
};

/* Depths of wet edges, a row each. */
struct tw_water {
    const struct tw_roads *roads;
    struct tw_arena arena;
    int32_t frames;
    int32_t *frame_ms; /* [frames] */
    int32_t *row;      /* [edge_count] -1: dry */
    int32_t row_count, row_capacity;
    double *depth_m; /* [row_count * frames]; HUGE_VAL: closed; owned, from malloc */
};

/* Read a layer that is JSON already. errors: as tw_roads_read */
tw_status tw_roads_take(const char *file, const json_t *layer, tw_faults *faults,
                        struct tw_roads **out_roads);

/* Metres east and north of the graph's first place. */
void tw_roads_project(const struct tw_roads *roads, double lon, double lat, double *out_x_m,
                      double *out_y_m);

/* Sort nodes and edges into cells. errors: TW_ERR_NOMEM */
tw_status tw_roads_grid_build(struct tw_roads *roads);

/* A node and how far it is. */
struct tw_near {
    int32_t node;
    double distance_m;
};

/* The nodes within a distance, nearest first; returns how many, at most `most`. */
int32_t tw_roads_near(const struct tw_roads *roads, double lon, double lat, double radius_m,
                      struct tw_near *out_near, int32_t most);

#endif
