/* Snow on subcatchments: it falls, is ploughed, covers a part of the ground, cools and melts. A pack
 * lies on three parts: what is ploughed of the impervious area, the rest of it, the pervious area. */
#ifndef TW_HYDROLOGY_SNOW_H
#define TW_HYDROLOGY_SNOW_H

#include "base/pool.h"
#include "hydrology/weather.h"
#include "model/model.h"

#include <stdbool.h>
#include <stdint.h>

/* What moves; nothing of it without packs. Depths are of water. */
struct tw_snow_state {
    const struct tw_model *model;
    int32_t lanes;
    /* [(subcatchment * 3 + part) * lanes + lane] */
    double *depth_m, *water_m; /* snow; free water that it holds */
    double *cold_m;            /* melt that only warms it */
    double *index_c;           /* antecedent temperature */
    double *melt_mps;          /* at once: ploughed to melt, or the last of a pack */
    /* depth over full_cover_m and cover before the last new snow, and depth to which that covers
     * everything */
    double *before_ratio, *before_cover_ratio, *new_ratio;
    /* [subcatchment * lanes + lane] */
    double *impervious_ratio;
    double *old_depth_m, *new_depth_m; /* mean, at the two runoff times */
    /* [lanes] */
    double *initial_m3;
};

/* What falls onto a subcatchment in a step. */
struct tw_snow_fall {
    const struct tw_weather *weather;
    double dt_s, rain_mps, snow_mps;
};

/** Put the arrays into a pool; called twice, as tw_hydrology_lay. */
void tw_snow_lay(struct tw_snow_state *s, const struct tw_model *model, int32_t lanes,
                 struct tw_pool *state);

/** Set packs to the start of a run, on the impervious areas of the model. */
void tw_snow_begin(struct tw_snow_state *s);

/** A runoff step begins: the depths of the last one become old. */
void tw_snow_begin_step(struct tw_snow_state *s);

/** Whether a subcatchment has a pack; snow on it stays as it is unless model->snow.falls. */
bool tw_snow_lies(const struct tw_snow_state *s, int32_t subcatchment);

/**
 * New snow onto a subcatchment's pack, and away with what is ploughed. Subcatchments in their
 * order: snow may go to another one.
 *
 * returns  ploughed out of the system [m over what LIDs leave of the subcatchment]
 * source   SWMM Reference Manual I, section 6.3 (plowing)
 */
double tw_snow_plow(struct tw_snow_state *s, int32_t subcatchment, int32_t lane,
                    const struct tw_snow_fall *fall);

/**
 * Melt a subcatchment's pack over a step.
 *
 * out_mps  [3] melt and rain that reach the impervious (twice: with and without storage) and the
 *          pervious ground
 * source   SWMM Reference Manual I, sections 6.3 and 6.4
 */
void tw_snow_melt(struct tw_snow_state *s, int32_t subcatchment, int32_t lane,
                  const struct tw_snow_fall *fall, double out_mps[3]);

/** Snow and its free water on what LIDs leave of a subcatchment [m3]; 0 without a pack. */
double tw_snow_volume_m3(const struct tw_snow_state *s, int32_t subcatchment, int32_t lane);

/** The same of all subcatchments [m3]. */
double tw_snow_storage_m3(const struct tw_snow_state *s, int32_t lane);

#endif
