/* What is read from a Modbus gateway: registers by their tags, put together into few requests. Bytes
 * and texts only; no sockets.
 *
 * A tag is SLAVE.FUNCTION.ADDRESS[.TYPE[.ORDER]], e.g. `1.3.100.float32.CDAB`: slave 1, function 3
 * (holding registers), the register with address 100 on the wire and the next. */
#ifndef TW_TELEMETRY_MODBUS_PLAN_H
#define TW_TELEMETRY_MODBUS_PLAN_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_MODBUS_READ_REGISTERS 125 /* of one request; Modbus Application Protocol V1.1b3, 6.3 */
#define TW_MODBUS_READ_BITS 2000     /* the same, 6.1 */
#define TW_MODBUS_GAP 8              /* unwanted registers that are read along to save a request */
#define TW_MODBUS_TAGS_MAX 20000     /* of one gateway */

/** How the bytes of a value lie in its registers; A is the highest. */
enum tw_modbus_order { TW_MODBUS_ABCD, TW_MODBUS_DCBA, TW_MODBUS_BADC, TW_MODBUS_CDAB };

/** What a value's bytes are. */
enum tw_modbus_type {
    TW_MODBUS_BIT,
    TW_MODBUS_INT16,
    TW_MODBUS_UINT16,
    TW_MODBUS_INT32,
    TW_MODBUS_UINT32,
    TW_MODBUS_FLOAT32,
    TW_MODBUS_FLOAT64
};

/** One value. */
struct tw_modbus_item {
    int32_t index; /* the caller's */
    uint16_t address;
    uint8_t slave, function;
    uint8_t type, order; /* enum tw_modbus_type, enum tw_modbus_order */
    uint8_t words;       /* registers that it takes; of a bit 1 */
};

/** One request: items [first, first + count) in the order of the plan. */
struct tw_modbus_read {
    int32_t first, count;
    uint16_t address, words;
    uint8_t slave, function;
};

/**
 * Read a tag.
 *
 * order    of a tag that names none
 * out_why  what is wrong, a constant text; on failure only
 * errors   TW_ERR_FORMAT
 */
tw_status tw_modbus_item_parse(const char *tag, enum tw_modbus_order order,
                               struct tw_modbus_item *out, const char **out_why);

/** Read the name of an order, ABCD, DCBA, BADC or CDAB. errors: TW_ERR_FORMAT */
tw_status tw_modbus_order_parse(const char *text, enum tw_modbus_order *out);

/**
 * Put items together into requests: neighbours of one slave and function, with small gaps between.
 *
 * items      [count] sorted anew by slave, function and address
 * gap        registers that may lie between two items of a request
 * out_reads  [count] room
 * returns    how many requests there are
 */
int32_t tw_modbus_reads_plan(struct tw_modbus_item *items, int32_t count, int32_t gap,
                             struct tw_modbus_read *out_reads);

/**
 * A value from the registers of its request.
 *
 * words    [read->words] as the slave sent them; of bits one each, 0 or 1
 * returns  false when it is not a finite number
 */
bool tw_modbus_value(const struct tw_modbus_item *item, const struct tw_modbus_read *read,
                     const uint16_t *words, double *out_value);

#endif
