/* The twelve flood-prone points (yi lao dian): where they lie, and how large their puddles are. */
#ifndef TW_SYNTH_POINTS_H
#define TW_SYNTH_POINTS_H

#include "synth/sites.h"
#include "thalweg/status.h"

/** What kind of place floods. */
enum tw_point_kind {
    TW_POINT_GULLY,     /* where a gully ends: much water, little room */
    TW_POINT_RIVERSIDE, /* on the river road */
    TW_POINT_UNDERPASS, /* below all around; drained by a pump */
    TW_POINT_CROSSING   /* a hollow on a terrace */
};

enum { TW_POINT_COUNT = 12 };

/** A flood-prone point. */
struct tw_point {
    const char *name_zh, *name_en;
    enum tw_point_kind kind;
    int32_t site;
    int32_t weight;   /* 1..10: lives and traffic */
    double onset_m3s; /* inflow from which water stays on the street */
    double pond_m2;   /* area of the puddle */
};

/** All of them, and which site is which. */
struct tw_points {
    struct tw_point point[TW_POINT_COUNT];
    int32_t *at; /* [sites] number of the point there; -1 none */
    bool *above; /* [sites] drains through a point further down */
    bool *below; /* [sites] takes the water of a point further up */
};

/**
 * Choose the points' sites and dig their hollows into the sites' ground.
 *
 * arena   owns the arrays
 * errors  TW_ERR_NOMEM
 */
tw_status tw_points_choose(struct tw_arena *arena, const struct tw_land *land, uint64_t seed,
                           struct tw_sites *sites, struct tw_points *out_points);

/**
 * Size a point's puddle: the storm of 50 years leaves so much on the street, and stands so deep.
 *
 * runoff_ha   area upstream times its runoff coefficient in heavy rain
 * travel_min  from the farthest rooftop
 */
void tw_point_size_pond(struct tw_point *point, uint64_t seed, double runoff_ha, double travel_min);

/** Area of an underpass's pump sump. */
double tw_point_sump_m2(const struct tw_point *point);

#endif
