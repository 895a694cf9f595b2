/* Results that the server has not taken yet; bounded, the oldest go first. */
#ifndef TW_TELEMETRY_MODBUS_QUEUE_H
#define TW_TELEMETRY_MODBUS_QUEUE_H

#include "telemetry/modbus_gateway.h"

#include <stddef.h>

#define TW_MODBUS_QUEUE_MAX 50000

/** A ring of results; all zeros: empty. */
struct tw_modbus_queue {
    struct tw_modbus_result *results; /* [TW_MODBUS_QUEUE_MAX] owned */
    size_t first, count;
    size_t sent; /* the oldest so many are on their way */
    int64_t lost;
};

/** Make an empty queue in place. errors: TW_ERR_NOMEM */
tw_status tw_modbus_queue_init(struct tw_modbus_queue *queue);

/** Free it. */
void tw_modbus_queue_done(struct tw_modbus_queue *queue);

/** Add a result; when it is full, the oldest that is not on its way is lost for it. */
void tw_modbus_queue_add(struct tw_modbus_queue *queue, const struct tw_modbus_result *result);

/**
 * The oldest results in one stretch, at most TW_MODBUS_BATCH, which are on their way from now on.
 *
 * returns  how many; 0: none, or some are on their way
 */
size_t tw_modbus_queue_send(struct tw_modbus_queue *queue, const struct tw_modbus_result **out);

/** What was on its way has arrived (taken), or has to be sent again. */
void tw_modbus_queue_answered(struct tw_modbus_queue *queue, bool taken);

#endif
