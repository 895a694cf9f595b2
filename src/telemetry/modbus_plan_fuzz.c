/* Tags and registers of any bytes: what is accepted stays within the protocol. */
#include "telemetry/modbus_plan.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>
#include <string.h>

enum { ITEMS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_modbus_item items[ITEMS];
    struct tw_modbus_read reads[ITEMS];
    uint16_t words[TW_MODBUS_READ_BITS] = {0};
    int32_t count = 0;
    size_t known = size < sizeof words ? size : sizeof words;
    if (known > 0) memcpy(words, data, known);
    for (size_t at = 0; at < size && count < ITEMS;) {
        char tag[64] = "";
        const char *why = NULL;
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end == NULL ? size - at : (size_t)(end - data) - at;
        if (length < sizeof tag) memcpy(tag, data + at, length);
        at += length + 1;
        tw_status status = tw_modbus_item_parse(tag, TW_MODBUS_DCBA, &items[count], &why);
        TW_REQUIRE((status == TW_OK) == (why == NULL));
        if (status == TW_OK) {
            items[count].index = count;
            count++;
        }
    }
    int32_t n = tw_modbus_reads_plan(items, count, TW_MODBUS_GAP, reads);
    for (int32_t r = 0; r < n; r++) {
        TW_REQUIRE(reads[r].words <= TW_MODBUS_READ_BITS);
        TW_REQUIRE(reads[r].address + reads[r].words <= 65536);
        for (int32_t i = reads[r].first; i < reads[r].first + reads[r].count; i++) {
            double value = 0.0;
            if (tw_modbus_value(&items[i], &reads[r], words, &value)) TW_REQUIRE(isfinite(value));
        }
    }
    return 0;
}
