#include "telemetry/modbus_queue.h"

#include <stdlib.h>
#include <string.h>

tw_status tw_modbus_queue_init(struct tw_modbus_queue *queue)
{
    *queue = (struct tw_modbus_queue){.count = 0};
    queue->results = calloc(TW_MODBUS_QUEUE_MAX, sizeof *queue->results);
    return queue->results == NULL ? TW_ERR_NOMEM : TW_OK;
}

void tw_modbus_queue_done(struct tw_modbus_queue *queue)
{
    free(queue->results);
    *queue = (struct tw_modbus_queue){.count = 0};
}

static struct tw_modbus_result *at(const struct tw_modbus_queue *queue, size_t i)
{
    return &queue->results[(queue->first + i) % TW_MODBUS_QUEUE_MAX];
}

void tw_modbus_queue_add(struct tw_modbus_queue *queue, const struct tw_modbus_result *result)
{
    if (queue->count == TW_MODBUS_QUEUE_MAX) {
        /* The oldest that isn't on its way goes: those before it move up into its place. */
        for (size_t i = queue->sent; i > 0; i--)
            *at(queue, i) = *at(queue, i - 1);
        queue->first = (queue->first + 1) % TW_MODBUS_QUEUE_MAX;
        queue->count--;
        queue->lost++;
    }
    *at(queue, queue->count++) = *result;
}

size_t tw_modbus_queue_send(struct tw_modbus_queue *queue, const struct tw_modbus_result **out)
{
    if (queue->sent > 0 || queue->count == 0) return 0;
    size_t straight = TW_MODBUS_QUEUE_MAX - queue->first;
    size_t count = queue->count < straight ? queue->count : straight;
    if (count > TW_MODBUS_BATCH) count = TW_MODBUS_BATCH;
    *out = &queue->results[queue->first];
    queue->sent = count;
    return count;
}

void tw_modbus_queue_answered(struct tw_modbus_queue *queue, bool taken)
{
    if (taken) {
        queue->first = (queue->first + queue->sent) % TW_MODBUS_QUEUE_MAX;
        queue->count -= queue->sent;
    }
    queue->sent = 0;
}
