/* What the last forecast says, as the server keeps it. */
#ifndef TW_SERVER_FORESIGHT_H
#define TW_SERVER_FORESIGHT_H

#include "base/text.h"
#include "net/frame.h"
#include "server/worker.h"
#include "thalweg/model.h"
#include "warning/warnings.h"

#include <stdbool.h>
#include <stdint.h>

/** A forecast; arrays lie in one stretch that begins with values, see struct tw_worker_forecast. */
struct tw_foresight {
    struct tw_worker_forecast head;
    float *values;                    /* [(watches + gages) * steps]; owned; NULL: none yet */
    const float *low_m, *high_m;      /* [points * steps]; NULL: a single run */
    const float *chance;              /* [points * classes * steps]; likewise, as all that follow */
    const float *peak_chance;         /* [points * classes] */
    const float *inflow_m3s;          /* [inlets * 3 * steps] */
    const float *loaded_s, *filled_s; /* [links] NAN: never */
    const float *load_ratio;          /* [links] */
    char *notes;                      /* JSON; owned */
    int64_t issued_ms;                /* the moment it starts from */
    int64_t arrived_ms;               /* the clock when it was there */
};

/**
 * Read a forecast from its frame.
 *
 * watches, gages  that it must have
 * errors          TW_ERR_FORMAT it is not one, TW_ERR_NOMEM; untouched then
 */
tw_status tw_foresight_read(const struct tw_frame *frame, int32_t watches, int32_t gages,
                            int64_t arrived_ms, struct tw_foresight *out);

/** Free what it holds. */
void tw_foresight_done(struct tw_foresight *foresight);

/** The middle depth of a point at a moment, between two values linear; NAN outside. */
double tw_foresight_depth_m(const struct tw_foresight *foresight, int32_t point, int64_t time_ms);

/**
 * What limits the water's way from a node: of the links that lead it away (and, without one, that
 * bring it) the first that more than half of the members have at its full flow; else that they have
 * full of water.
 */
struct tw_warning_cause tw_foresight_cause(const struct tw_foresight *foresight,
                                           const tw_model *model, tw_node_id node);

/** On what a forecast rests, in few words of JSON: at most TW_STORE_TEXT_SIZE bytes with the NUL. */
void tw_foresight_basis(const struct tw_foresight *foresight, char out[TW_STORE_TEXT_SIZE]);

#endif
