/* Pollutants: what lies on surfaces and is washed off, what flows through nodes and links. Another
 * traveller of the water: it is told what water did in a step, and never asks for more.
 * Concentrations, loads and masses as in model/quality.h; arrays have lanes innermost. */
#ifndef TW_QUALITY_QUALITY_H
#define TW_QUALITY_QUALITY_H

#include "base/pool.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

/* Where masses on surfaces come from and go, since the start. */
enum tw_surface_mass {
    TW_SURFACE_INITIAL,
    TW_SURFACE_BUILDUP,
    TW_SURFACE_DEPOSITION,
    TW_SURFACE_SWEEPING,
    TW_SURFACE_INFILTRATION,
    TW_SURFACE_PRACTICES, /* taken by practices and LIDs */
    TW_SURFACE_RUNOFF,    /* to nodes */
    TW_SURFACE_MASSES
};

/* Where masses in the network come from and go. Up to SOURCES they are booked as they come in. */
enum tw_network_mass {
    TW_NETWORK_DRY,
    TW_NETWORK_WET,
    TW_NETWORK_GROUND,
    TW_NETWORK_RDII,
    TW_NETWORK_EXTERNAL,
    TW_NETWORK_SOURCES,
    TW_NETWORK_OUTFLOW = TW_NETWORK_SOURCES,
    TW_NETWORK_FLOODING,
    TW_NETWORK_SEEPAGE,
    TW_NETWORK_REACTED,
    TW_NETWORK_INITIAL,
    TW_NETWORK_LEFT, /* masses, not rates, in what dried up: counted as stored at the end */
    TW_NETWORK_MASSES,
    TW_NETWORK_INSIDE = TW_NETWORK_MASSES /* moved only: not booked */
};

/* [(element * pollutants + pollutant) * lanes + lane] unless it says otherwise. */
struct tw_quality {
    const struct tw_model *model;
    int32_t lanes;
    bool active;                               /* the model has pollutants */
    double *node, *old_node, *link, *old_link; /* concentrations */
    double *outlet, *old_outlet;               /* of subcatchments' runoff */
    double *runon;                             /* load that comes onto a subcatchment */
    double *ponded;                            /* concentration of water on a subcatchment */
    double *buildup;     /* [((subcatchment * landuses + landuse) * pollutants + pollutant) * lanes
                           + lane] in masses of the file */
    double *swept_day;   /* [subcatchment * landuses + landuse] */
    double *residence_h; /* [storages * lanes] */
    double *node_set, *link_set; /* what is set from outside for the next step; below 0: nothing */
    double *node_mixed;          /* concentrations before treatment */
    double *node_load;           /* into nodes in the present step */
    double *source_load;         /* [source] sum of node_load by where it comes from */
    double *surface_mass, *network_mass;            /* [what] since the start */
    double *network_rate;                           /* [what] of the present step */
    double *washed_mass, *link_mass, *outfall_mass; /* that left, passed, left */
    double *outfall_routed; /* masses that go onto a subcatchment with the next runoff step */
    double *runoff_step_s;  /* [1] length of the last runoff step */
};

/** Put the arrays into a pool; called twice, as tw_hydrology_lay. */
void tw_quality_lay(struct tw_quality *q, const struct tw_model *model, int32_t lanes,
                    struct tw_pool *state);

/** Set everything to the start of a run. node_depth_m, link_depth_m: [elements * lanes], links in the
 *  model's order through row_of_link. */
void tw_quality_begin(struct tw_quality *q, double start_day, const double *node_depth_m,
                      const double *link_depth_m, const int32_t *row_of_link);

/* What water did on a subcatchment in a runoff step. */
struct tw_quality_surface {
    double dt_s, day; /* length; when it began */
    double rain_m3;   /* that fell beside LIDs */
    double rain_mps;
    double ponded_m3; /* that stood there before */
    double inflow_m3; /* ponded before, rain and run-on beside LIDs */
    double infiltration_m3;
    double outflow_m3;     /* beside LIDs, before they took any of it */
    double lid_water_m3;   /* rain and run-on that came onto LIDs themselves */
    double lid_rain_m3;    /* the rain of that */
    double surface_out_m3; /* that left over the surface after LIDs */
    double drain_out_m3;   /* and by their drains */
    double runoff_mps;     /* all of it as a depth */
    double snow_m;         /* that lies there, of water */
};

/** Loads that subcatchments send onto others: call before tw_quality_surface_step of a step. */
void tw_quality_runon(struct tw_quality *q, const double *old_runoff_m3s);

/** Add a load that comes onto a subcatchment in the step, after tw_quality_runon [mass/s]. */
void tw_quality_add_runon(struct tw_quality *q, int32_t subcatchment, int32_t pollutant,
                          int32_t lane, double load);

/** Book what a LID's drain carried in the step; leaves: to a node, or nowhere else. */
void tw_quality_book_drain(struct tw_quality *q, int32_t pollutant, int32_t lane, double mass,
                           double removed_ratio, bool leaves);

/** Masses that outfalls sent onto subcatchments since the last runoff step come onto them in this one,
 * as if they fell: after tw_quality_runon. */
void tw_quality_outfalls_return(struct tw_quality *q, double dt_s);

/** A runoff step of a subcatchment in a lane: build-up, sweeping, wash-off, ponded water. */
void tw_quality_surface_step(struct tw_quality *q, int32_t subcatchment, int32_t lane,
                             const struct tw_quality_surface *s);

/** Mass on surfaces now. */
double tw_quality_surface_mass(const struct tw_quality *q, int32_t pollutant, int32_t lane,
                               double ponded_m3(const void *user, int32_t subcatchment),
                               const void *user);

/** Book a rate of the present step: masses a second that leave the network. */
void tw_quality_book(struct tw_quality *q, enum tw_network_mass what, int32_t pollutant,
                     int32_t lane, double rate);

/** The present step ends. Rates are integrated by half a step with those of the step before and half
 * a step with its own, as those of water. */
void tw_quality_end_step(struct tw_quality *q, double dt_s);

/** Loads into nodes of the present routing step begin at none. */
void tw_quality_loads_begin(struct tw_quality *q);
/** Add a flow of the usual concentration of its source (DRY, GROUND, RDII) to a node. */
void tw_quality_add_flow(struct tw_quality *q, enum tw_network_mass source, int32_t node,
                         int32_t lane, double flow_m3s);

/** Add what subcatchments' runoff brings, f between the two runoff times. */
void tw_quality_add_runoff(struct tw_quality *q, double f, const double *old_runoff_m3s,
                           const double *new_runoff_m3s);

/** Add a load to a node [concentration m3/s]; TW_NETWORK_INSIDE: from another node or a link. */
void tw_quality_add_load(struct tw_quality *q, enum tw_network_mass source, int32_t node,
                         int32_t lane, int32_t pollutant, double load);

/* What water did in the network in a routing step; [elements * lanes], links by row. */
struct tw_quality_water {
    double dt_s;
    const int32_t *from, *to, *link_of_row;
    int32_t link_count, conduit_count;
    const double *barrels;
    const double *node_inflow_m3s, *node_volume_m3, *node_old_volume_m3;
    const double *node_depth_m, *node_old_depth_m, *storage_evaporation_m3s, *storage_seepage_m3s;
    const double *link_flow_m3s, *link_depth_m, *link_volume_m3, *link_old_volume_m3;
    const double *conduit_entry_m3s;       /* of a barrel; NULL: dynamic waves, found by volumes */
    const double *conduit_flow_m3s;        /* of a barrel */
    const double *conduit_loss_m3s;        /* of a barrel */
    const double *conduit_evaporation_m3s; /* of that */
    double (*surface_m2)(const void *network, int32_t node, double depth_m);
    const void *network;
};

/** A step in which nothing is routed: what was there is old, now there is nothing, as in SWMM. */
void tw_quality_rest(struct tw_quality *q);

/** Route pollutants through the network. source: SWMM Reference Manual III, chapter 5 */
void tw_quality_route(struct tw_quality *q, const struct tw_quality_water *water);

#endif
