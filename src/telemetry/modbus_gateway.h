/* The process that reads one Modbus TCP gateway, for its server: libmodbus waits for each answer, so it is
 * kept apart. The server says what to read; results are sent again until the server says that they are
 * stored. */
#ifndef TW_TELEMETRY_MODBUS_GATEWAY_H
#define TW_TELEMETRY_MODBUS_GATEWAY_H

#include "telemetry/modbus_plan.h"
#include "thalweg/status.h"

#include <stdint.h>

#define TW_MODBUS_HOST_SIZE 128
#define TW_MODBUS_BATCH 1000 /* results of one frame */

/** Frames between the two (net/frame.h). */
enum tw_modbus_frame {
    TW_MODBUS_PLAN = 200, /* to the child: struct tw_modbus_order_form, then its items */
    TW_MODBUS_TAKEN,      /* to the child: the results are stored, or will never be */
    TW_MODBUS_AGAIN,      /* to the child: send the results again, later */
    TW_MODBUS_RESULTS,    /* from the child: struct tw_modbus_result, one or more */
    TW_MODBUS_WORDS       /* from the child: a text: what is wrong */
};

/** What to read. */
struct tw_modbus_order_form {
    char host[TW_MODBUS_HOST_SIZE];
    char port[8];
    int64_t interval_ms;
    int32_t timeout_ms; /* for all of an answer */
    int32_t gap;        /* as in tw_modbus_reads_plan */
    int32_t count;      /* of items */
};

/** A value, or that there is none: the last one, marked. */
struct tw_modbus_result {
    int32_t index; /* of struct tw_modbus_item */
    int32_t flags; /* TW_QUALITY_ bits */
    int64_t time_ms;
    double value;
};

/**
 * Read as the other end of a socket says, until it is closed.
 *
 * errors  TW_ERR_NET the other end is gone, TW_ERR_FORMAT it makes no sense, TW_ERR_NOMEM
 */
tw_status tw_modbus_gateway_serve(int fd);

#endif
