/* A made city while it is being made: every stage reads what the ones before have filled in. */
#ifndef TW_SYNTH_CITY_H
#define TW_SYNTH_CITY_H

#include "base/arena.h"
#include "synth/points.h"
#include "synth/rows.h"
#include "synth/sewer.h"
#include "synth/sites.h"

enum { TW_CITY_PLANTS = 3, TW_CITY_GAGES_MOST = 16 };

/** A wastewater plant, seen from the network. */
struct tw_city_plant {
    int32_t node;        /* row of its outfall */
    int32_t inlet;       /* row of the link that feeds it */
    double capacity_m3s; /* mean flow it is built for */
};

/** Daily patterns of dry weather flow. */
enum tw_city_pattern { TW_PATTERN_HOMES, TW_PATTERN_OFFICES, TW_PATTERN_COUNT };

/** Works that take a site's ordinary sewer's place or stand beside it. */
enum tw_city_work { TW_WORK_NONE, TW_WORK_LAKE, TW_WORK_TANK };

/** The city. */
struct tw_city {
    struct tw_arena arena; /* owns the arrays */
    uint64_t seed;
    struct tw_land land;
    struct tw_lattice lattice;
    struct tw_sites sites;
    struct tw_points points;
    struct tw_sewer rain, foul;
    struct tw_rows rows;
    unsigned char *work;            /* [sites] enum tw_city_work */
    int32_t *rain_node, *foul_node; /* [sites] rows; -1 none */
    struct tw_city_plant plant[TW_CITY_PLANTS];
    int32_t gage_count;
    double gage_x_m[TW_CITY_GAGES_MOST], gage_y_m[TW_CITY_GAGES_MOST];
};

/** Choose where ponds and tanks go; needs sites, points and the rain sewer. errors: TW_ERR_NOMEM */
tw_status tw_city_plan_works(struct tw_city *city);

/** Rows for manholes, sewers and subcatchments of all sites; needs both sewers. errors: TW_ERR_NOMEM */
tw_status tw_city_build_streets(struct tw_city *city);

/** Rows for ponds, tanks and underpasses; needs the streets' rows. */
void tw_city_build_works(struct tw_city *city);

/** Rows for interceptors, overflows, outfalls and plants at both banks; needs the streets' rows.
 * errors: TW_ERR_NOMEM */
tw_status tw_city_build_riverside(struct tw_city *city);

/** Put rain gages; needs land. */
void tw_city_place_gages(struct tw_city *city);

/** Make a city of about `nodes` nodes. errors: TW_ERR_NOMEM, TW_ERR_ARG too few nodes */
tw_status tw_city_make(uint64_t seed, int32_t nodes, struct tw_city *out_city);

/** Free a city, half-made too. */
void tw_city_done(struct tw_city *city);

#endif
