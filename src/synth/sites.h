/* The sites of a made city: crossings of streets, where manholes are, and the tree of streets by
 * which each gully's sewers come down to its mouth at the river road. */
#ifndef TW_SYNTH_SITES_H
#define TW_SYNTH_SITES_H

#include "base/arena.h"
#include "synth/land.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** Mean distance of neighbouring sites [m]. */
#define TW_SITE_SPACE_M 46.0

/** A jittered lattice over the peninsula. */
struct tw_lattice {
    uint64_t seed;
    int32_t nx, ny;
    double west_m, south_m; /* local coordinates of its corner */
    int32_t *site;          /* [nx * ny] the site there; -1 none */
    double *fill_m;         /* [nx * ny] made ground above the natural one; 0 without a site */
};

/** Sites; the roots (mouths) first, every parent before its children. */
struct tw_sites {
    int32_t count, root_count;
    double *x_m, *y_m;
    double *ground_m;
    double *area_m2;    /* of the land that drains to the site; 0 for roots */
    double *impervious; /* part of it that is paved, 0..1 */
    double *street_m;   /* length of the street down to the parent */
    double *in_gully;   /* 1 on a gully's line .. 0 */
    int32_t *parent;    /* -1 for roots */
    int32_t *root;
    int32_t *level;    /* streets down to the root */
    int32_t *upstream; /* sites that drain through it, itself included */
    int32_t *cell;     /* place in the lattice; -1 for roots */
    bool *combined;    /* of the old town: one sewer for rain and foul water */
};

/** What to make. */
struct tw_sites_options {
    uint64_t seed;
    int32_t weight; /* wanted sum over sites: 1 each in the old town, 2 each elsewhere; roots too */
};

/**
 * Lay out land and sites. The old town lies at the tip, a third of the city.
 *
 * arena    owns the arrays
 * errors   TW_ERR_NOMEM
 */
tw_status tw_sites_make(struct tw_arena *arena, const struct tw_sites_options *options,
                        struct tw_land *out_land, struct tw_lattice *out_lattice,
                        struct tw_sites *out_sites);

/** Where a lattice vertex is, jitter included. */
void tw_lattice_place(const struct tw_lattice *lattice, int32_t i, int32_t j, double out_xy[2]);

/** The four corners of a site's land, counterclockwise: x, y pairs. */
void tw_lattice_corners(const struct tw_lattice *lattice, int32_t cell, double out_xy[8]);

/** Made ground above (or, in a hollow, below) the natural one [m]. */
double tw_lattice_fill_m(const struct tw_lattice *lattice, double x_m, double y_m);

/** Ground of the finished city: the land's with the made ground of its streets [m]. */
double tw_lattice_ground_m(const struct tw_lattice *lattice, const struct tw_land *land, double x_m,
                           double y_m);

#endif
