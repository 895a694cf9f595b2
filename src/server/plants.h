/* Models of a served city's plants, fed by what the network's forecast sends them. */
#ifndef TW_SERVER_PLANTS_H
#define TW_SERVER_PLANTS_H

#include "base/text.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

struct tw_plants;
struct tw_server;

/**
 * Read the models of the plants (plants/models/NAME.ini of plants/NAME.ini) and start the thread
 * that runs them. A model with faults is told as failed, with the first of them.
 *
 * out_plants  owned by the caller
 * errors      TW_ERR_NOMEM
 */
tw_status tw_plants_begin(struct tw_server *server, struct tw_plants **out_plants);

/** End the thread; NULL is fine. */
void tw_plants_stop(struct tw_plants *plants);

/** Free; NULL is fine. */
void tw_plants_destroy(struct tw_plants *plants);

/**
 * Write what a plant's model says as a JSON value; null: it has none. docs/api.md has its members.
 *
 * plant  index in the city's list
 */
void tw_plants_write(struct tw_plants *plants, int32_t plant, struct tw_strbuf *out);

/** Ask for advice for a plant; it is kept in the store some seconds later. false: there is no model, or
 *  it waits for its first forecast. */
bool tw_plants_advise(struct tw_plants *plants, int32_t plant);

/** What flows into a plant, as the network's model has it. Room for its arrays is the caller's. */
struct tw_plant_inflow {
    int32_t past, ahead;    /* values there are */
    double *past_s;         /* [TW_PLANT_PAST] unix seconds, every 5 min */
    double *past_m3s;       /* [TW_PLANT_PAST] */
    double begin_s, step_s; /* of what is ahead */
    double *ahead_m3s[3];   /* [TW_PLANT_AHEAD] tenth, middle, ninetieth; NAN: a single run */
    int64_t issued_ms;      /* of the forecast; TW_STORE_NEVER: there is none yet */
};

enum { TW_PLANT_PAST = 580, TW_PLANT_AHEAD = 1500 };

/**
 * Copy what flows into a plant.
 *
 * plant     index in the city's list
 * since_s   unix seconds; only later values of the past
 * out       its arrays are given
 */
void tw_plants_inflow(struct tw_server *server, int32_t plant, double since_s,
                      struct tw_plant_inflow *out);

/** Room for an inflow, one stretch from malloc that is freed by free(out->past_s). errors: TW_ERR_NOMEM */
tw_status tw_plant_inflow_room(struct tw_plant_inflow *out);

#endif
