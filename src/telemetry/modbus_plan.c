#include "telemetry/modbus_plan.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 5, PART_SIZE = 12 };

static const struct {
    const char *name;
    uint8_t words;
} types[] = {
#define TW_MODBUS_TYPE(id, name, words) [TW_MODBUS_##id] = {name, words},
#include "telemetry/modbus_types.def"
#undef TW_MODBUS_TYPE
};

tw_status tw_modbus_order_parse(const char *text, enum tw_modbus_order *out)
{
    static const char *const names[] = {"ABCD", "DCBA", "BADC", "CDAB"};
    for (int i = 0; i < 4; i++) {
        if (!tw_text_same(text, names[i])) continue;
        *out = (enum tw_modbus_order)i;
        return TW_OK;
    }
    return TW_ERR_FORMAT;
}

/* Cut at dots; how many parts there are, 0 when one is too long or there are too many. */
static int parts_cut(const char *tag, char parts[PARTS][PART_SIZE])
{
    for (int count = 0; count < PARTS; count++) {
        size_t length = strcspn(tag, ".");
        if (length >= PART_SIZE) return 0;
        memcpy(parts[count], tag, length);
        parts[count][length] = 0;
        if (tag[length] == 0) return count + 1;
        tag += length + 1;
    }
    return 0;
}

static bool within(const char *text, int32_t least, int32_t most, int32_t *out)
{
    return tw_text_int(text, out) == TW_OK && *out >= least && *out <= most;
}

tw_status tw_modbus_item_parse(const char *tag, enum tw_modbus_order order,
                               struct tw_modbus_item *out, const char **out_why)
{
    char parts[PARTS][PART_SIZE];
    int32_t slave = 0;
    int32_t function = 0;
    int32_t address = 0;
    int count = parts_cut(tag, parts);
    *out_why = NULL;
    if (count < 3) {
        *out_why = "a tag is SLAVE.FUNCTION.ADDRESS[.TYPE[.ORDER]], e.g. 1.3.100.float32.CDAB";
    } else if (!within(parts[0], 0, 255, &slave) || (slave > 247 && slave < 255)) {
        *out_why = "the slave is out of 0 to 247, and not 255";
    } else if (!within(parts[1], 1, 4, &function)) {
        *out_why = "the function is out of 1 to 4";
    } else if (!within(parts[2], 0, 65535, &address)) {
        *out_why = "the address is out of 0 to 65535";
    }
    if (*out_why != NULL) return TW_ERR_FORMAT;

    bool bits = function <= 2;
    uint8_t type = bits ? TW_MODBUS_BIT : TW_MODBUS_UINT16;
    if (count > 3) {
        type = 0;
        while (type < sizeof types / sizeof types[0] && strcmp(types[type].name, parts[3]) != 0)
            type++;
    }
    if (type == sizeof types / sizeof types[0]) {
        *out_why = "the type is none of int16 uint16 int32 uint32 float32 float64 bit";
    } else if (bits != (type == TW_MODBUS_BIT)) {
        *out_why = "functions 1 and 2 read bits, 3 and 4 registers";
    } else if (address + types[type].words > 65536) {
        *out_why = "the value does not end by address 65535";
    } else if (count > 4 && tw_modbus_order_parse(parts[4], &order) != TW_OK) {
        *out_why = "the order is none of ABCD DCBA BADC CDAB";
    }
    if (*out_why != NULL) return TW_ERR_FORMAT;
    *out = (struct tw_modbus_item){.address = (uint16_t)address,
                                   .slave = (uint8_t)slave,
                                   .function = (uint8_t)function,
                                   .type = type,
                                   .order = (uint8_t)order,
                                   .words = types[type].words};
    return TW_OK;
}

/* By slave, function, address; then by index, so that the order never depends on the sort. */
static int compare(const void *a, const void *b)
{
    const struct tw_modbus_item *x = a;
    const struct tw_modbus_item *y = b;
    if (x->slave != y->slave) return x->slave < y->slave ? -1 : 1;
    if (x->function != y->function) return x->function < y->function ? -1 : 1;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

int32_t tw_modbus_reads_plan(struct tw_modbus_item *items, int32_t count, int32_t gap,
                             struct tw_modbus_read *out_reads)
{
    int32_t reads = 0;
    qsort(items, (size_t)count, sizeof *items, compare);
    for (int32_t i = 0; i < count; i++) {
        const struct tw_modbus_item *item = &items[i];
        int32_t end = item->address + item->words;
        struct tw_modbus_read *last = reads > 0 ? &out_reads[reads - 1] : NULL;
        int32_t most = item->function <= 2 ? TW_MODBUS_READ_BITS : TW_MODBUS_READ_REGISTERS;
        if (last != NULL && last->slave == item->slave && last->function == item->function &&
            item->address <= last->address + last->words + gap && end - last->address <= most) {
            if (end > last->address + last->words) last->words = (uint16_t)(end - last->address);
            last->count++;
            continue;
        }
        out_reads[reads++] = (struct tw_modbus_read){.first = i,
                                                     .count = 1,
                                                     .address = item->address,
                                                     .words = item->words,
                                                     .slave = item->slave,
                                                     .function = item->function};
    }
    return reads;
}

/* The bytes of a value as one number, highest first. */
static uint64_t bits_of(const struct tw_modbus_item *item, const uint16_t *words)
{
    bool swap_bytes = item->order == TW_MODBUS_BADC || item->order == TW_MODBUS_DCBA;
    bool swap_words = item->order == TW_MODBUS_CDAB || item->order == TW_MODBUS_DCBA;
    uint64_t bits = 0;
    for (int i = 0; i < item->words; i++) {
        uint16_t word = words[swap_words ? item->words - 1 - i : i];
        if (swap_bytes) word = (uint16_t)(word << 8 | word >> 8);
        bits = bits << 16 | word;
    }
    return bits;
}

bool tw_modbus_value(const struct tw_modbus_item *item, const struct tw_modbus_read *read,
                     const uint16_t *words, double *out_value)
{
    uint64_t bits = bits_of(item, words + (item->address - read->address));
    uint32_t low = (uint32_t)(bits & 0xFFFFFFFFU);
    double value = 0.0;
    if (item->type == TW_MODBUS_FLOAT64) {
        memcpy(&value, &bits, sizeof value);
    } else if (item->type == TW_MODBUS_FLOAT32) {
        float narrow = 0.0F;
        memcpy(&narrow, &low, sizeof narrow);
        value = (double)narrow;
    } else if (item->type == TW_MODBUS_INT32) {
        value = low < 0x80000000U ? (double)low : (double)low - 4294967296.0;
    } else if (item->type == TW_MODBUS_INT16) {
        value = low < 0x8000U ? (double)low : (double)low - 65536.0;
    } else {
        value = (double)low; /* bit, uint16, uint32 */
    }
    if (!isfinite(value)) return false;
    *out_value = value;
    return true;
}
