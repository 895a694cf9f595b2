/* A made network as rows, the way a SWMM file lists it. */
#ifndef TW_SYNTH_ROWS_H
#define TW_SYNTH_ROWS_H

#include "base/arena.h"
#include "base/text.h"
#include "synth/section.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_ROW_NAME = 32, TW_ROW_PAIRS = 8 };

/** Kinds of nodes. */
enum tw_row_node { TW_ROW_JUNCTION, TW_ROW_OUTFALL, TW_ROW_STORAGE };

/** A node. */
struct tw_node_row {
    char name[TW_ROW_NAME];
    enum tw_row_node kind;
    double x_m, y_m; /* local coordinates */
    double invert_m, ground_m;
    double ponded_m2; /* junctions */
    double start_m;   /* storages: depth at the beginning */
    int32_t curve;    /* storages: area against depth; -1: the same area at all depths */
    double area_m2;   /* storages without a curve */
    double stage_m;   /* outfalls: fixed water level; below the invert: free outfall */
    bool gated;       /* outfalls */
    double dry_m3s;   /* mean dry weather flow that begins here */
    int32_t pattern;  /* its daily pattern */
};

/** Kinds of links. */
enum tw_row_link { TW_ROW_CONDUIT, TW_ROW_PUMP, TW_ROW_ORIFICE, TW_ROW_WEIR, TW_ROW_OUTLET };

/** A link. */
struct tw_link_row {
    char name[TW_ROW_NAME];
    enum tw_row_link kind;
    int32_t from, to;
    struct tw_section section; /* conduits, orifices, weirs (height and width) */
    double length_m;           /* conduits */
    double up_m, down_m;       /* conduits: inverts of the ends; others: up_m is the crest */
    double entry_loss, exit_loss;
    bool gated;
    int32_t curve;                /* pumps, outlets */
    double start_m, stop_m;       /* pumps: depths at which they switch */
    double coefficient, exponent; /* orifices, weirs; outlets without a curve */
    double close_h;               /* orifices: hours from open to closed */
    bool side;                    /* weirs: along the flow */
    double bend_m;                /* conduits: how far the street's bend is off the straight line */
};

/** A curve: pairs in the units of the file. */
struct tw_curve_row {
    char name[TW_ROW_NAME];
    const char *kind; /* STORAGE, PUMP2, ... */
    int32_t count;
    double x[TW_ROW_PAIRS], y[TW_ROW_PAIRS];
};

/** A subcatchment. */
struct tw_basin_row {
    int32_t site, node, gage;
    double area_m2, impervious, width_m, slope;
};

/** The network. */
struct tw_rows {
    int32_t node_count, node_room;
    struct tw_node_row *node;
    int32_t link_count, link_room;
    struct tw_link_row *link;
    int32_t curve_count, curve_room;
    struct tw_curve_row *curve;
    int32_t basin_count, basin_room;
    struct tw_basin_row *basin;
    struct tw_strbuf rules;
    int digits; /* of the numbers in names */
};

/** The name that prefix and number make; out holds TW_ROW_NAME. */
void tw_row_name(char *out, const char *prefix, int digits, int32_t number);

/** Room for rows; `nodes` is about how many there will be. errors: TW_ERR_NOMEM */
tw_status tw_rows_init(struct tw_arena *arena, int32_t nodes, struct tw_rows *out_rows);

/** Free what is not in the arena. */
void tw_rows_done(struct tw_rows *rows);

/**
 * Add a node named prefix and number, with a free outfall's, a closed storage's, a dry node's
 * values where they matter.
 *
 * returns  its index
 */
int32_t tw_rows_node(struct tw_rows *rows, enum tw_row_node kind, const char *prefix,
                     int32_t number);

/** Add a link named after its upper node. returns its index */
int32_t tw_rows_link(struct tw_rows *rows, enum tw_row_link kind, int32_t from, int32_t to);

/** Add a curve of a kind, named prefix and number. returns its index */
int32_t tw_rows_curve(struct tw_rows *rows, const char *kind, const char *prefix, int32_t number);

/** Add a pair to a curve; x must grow. */
void tw_curve_add(struct tw_curve_row *curve, double x, double y);

#endif
