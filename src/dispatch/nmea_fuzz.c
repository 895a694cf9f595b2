/* Positions and supplies: whatever comes, what is taken lies on Earth and can be written again. */
#include "dispatch/nmea.h"

#include "base/require.h"
#include "dispatch/book.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_nmea_fix fix;
    struct tw_items items, again;
    const char *why = NULL;
    char text[512], written[TW_ITEMS_TEXT];
    if (tw_nmea_read((const char *)data, size, &fix, &why) == TW_OK) {
        TW_REQUIRE(fix.lat >= -90.0 && fix.lat <= 90.0 && fix.lon >= -180.0 && fix.lon <= 180.0);
    } else {
        TW_REQUIRE(why != NULL);
    }
    size_t length = size < sizeof text ? size : sizeof text - 1;
    memcpy(text, data, length);
    text[length] = 0;
    if (tw_items_read(text, &items) != TW_OK) return 0;
    tw_items_write(&items, written, sizeof written);
    TW_REQUIRE(tw_items_read(written, &again) == TW_OK && again.count == items.count);
    return 0;
}
