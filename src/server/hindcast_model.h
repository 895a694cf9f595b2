/* The forecasts of one way of going through a storm: what is known by the moment of each cycle goes
 * in, and what its ensemble foretells comes out. */
#ifndef TW_SERVER_HINDCAST_MODEL_H
#define TW_SERVER_HINDCAST_MODEL_H

#include "forecast/foresee.h"
#include "server/city.h"
#include "server/storm.h"

/** One way through a storm. */
struct tw_hindcast_model_setup {
    struct tw_city *city;         /* borrowed until destroy */
    const struct tw_storm *storm; /* borrowed until destroy */
    bool assimilates;             /* measurements of levels and flows correct the model */
    bool perfect;                 /* the rain to come is known as it will be measured */
    int32_t members, threads;
    const double *rain_factor; /* [members] of the rain, borrowed: nothing is varied by itself, the
                                  caller sets other factors in the batch; NULL: as is usual */
    int32_t held_out;          /* sensor of the storm that the model is not told of; -1: none */
    uint64_t seed;
    double step_s; /* between two values of a forecast */
    int32_t steps; /* of a forecast, beside the moment of its issue */
};

/** What was foretold; borrowed until the next cycle. */
struct tw_hindcast_outcome {
    int32_t sound, failed;                  /* members */
    const struct tw_foresee_result *result; /* points in the city's order */
};

/** A model that goes through a storm. */
struct tw_hindcast_model;

/** Make one, at the storm's start. errors: TW_ERR_NOMEM, TW_ERR_ARG, TW_ERR_NUMERIC */
tw_status tw_hindcast_model_create(const struct tw_hindcast_model_setup *setup,
                                   struct tw_hindcast_model **out_model);

/** Free; NULL is fine. */
void tw_hindcast_model_destroy(struct tw_hindcast_model *model);

/**
 * Go on to a moment, with what was measured until then.
 *
 * now_s   seconds since the storm's start, not before the moment of the last call
 * errors  TW_ERR_NUMERIC every member failed; TW_ERR_NOMEM
 */
tw_status tw_hindcast_model_advance(struct tw_hindcast_model *model, double now_s);

/** Look ahead from where the model is. errors: as tw_hindcast_model_advance */
tw_status tw_hindcast_model_look(struct tw_hindcast_model *model, struct tw_hindcast_outcome *out);

/** The cycle itself, for its notes of what was left out; borrowed. */
struct tw_foresee *tw_hindcast_model_foresee(struct tw_hindcast_model *model);

/** What a sensor of the storm measured within the last minute and may be believed; else NAN. */
double tw_hindcast_model_measured(const struct tw_hindcast_model *model, int32_t sensor);

/** What a member has at a sensor of the storm now; NAN when the model has nothing of the kind. */
double tw_hindcast_model_member_sensor(const struct tw_hindcast_model *model, int32_t member,
                                       int32_t sensor);

/** Mean of the members at a sensor of the storm now; NAN when the model has nothing of the kind. */
double tw_hindcast_model_sensor(const struct tw_hindcast_model *model, int32_t sensor);

#endif
