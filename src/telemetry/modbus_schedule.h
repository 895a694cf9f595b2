/* Whose turn it is on a Modbus connection: slaves that answer are asked at their interval; one that does
 * not is tried again ever more rarely, and only when nobody who answers is waiting, so that it costs the
 * others one time-out at a time at most. Times come from a clock that only grows. */
#ifndef TW_TELEMETRY_MODBUS_SCHEDULE_H
#define TW_TELEMETRY_MODBUS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define TW_MODBUS_RETRY_MAX_MS 300000 /* the longest pause between two tries */

/** A slave; a turn is one request of it. */
struct tw_modbus_slave {
    int32_t reads;    /* requests of a round */
    int32_t next;     /* the one that is due */
    int32_t failures; /* rounds in a row that failed, 1 before the first; 0: it answers */
    int64_t due_ms;   /* when the round began, or is to begin */
    int64_t served_ms;
};

/** Begin: all slaves are due at once, and none has answered yet. */
void tw_modbus_slaves_begin(struct tw_modbus_slave *slaves, int32_t count, int64_t now_ms);

/**
 * Whose turn it is.
 *
 * out_wait_ms  for -1: when there will be somebody, from now
 * returns      an index; -1: nobody's yet
 */
int32_t tw_modbus_slaves_next(const struct tw_modbus_slave *slaves, int32_t count,
                              int64_t interval_ms, int64_t now_ms, int64_t *out_wait_ms);

/** A request was answered (an exception is an answer). returns whether it was its round's last */
bool tw_modbus_slave_answered(struct tw_modbus_slave *slave, int64_t interval_ms, int64_t now_ms);

/** A request was not answered: the rest of the round is left out. */
void tw_modbus_slave_failed(struct tw_modbus_slave *slave, int64_t interval_ms, int64_t now_ms);

#endif
