/* Times of any bytes: what is accepted is written and read back as the same time. */
#include "net/iso_time.h"

#include "base/require.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = 0;
    int64_t ms = 0;
    int32_t zone_s = 0;
    if (tw_iso_time_parse(text, 28800, &ms) == TW_OK) {
        char again[TW_ISO_TIME_SIZE];
        int64_t same = 0;
        tw_iso_time_format(ms, -12600, again);
        TW_REQUIRE(tw_iso_time_parse(again, 0, &same) == TW_OK && same == ms);
    }
    if (tw_zone_parse(text, &zone_s) == TW_OK) TW_REQUIRE(zone_s > -54000 && zone_s < 54000);
    free(text);
    return 0;
}
