/* Numbers and times of any bytes: what is accepted has the value that the C library gives it. */
#include "base/require.h"
#include "base/text.h"
#include "fuzz.h"
#include "thalweg/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    double value = 0.0, day = 0.0;
    int32_t whole = 0;
    if (tw_text_double(text, &value) == TW_OK) {
        TW_REQUIRE(isfinite(value));
        TW_REQUIRE(value == strtod(text, NULL));
    }
    if (tw_text_int(text, &whole) == TW_OK) TW_REQUIRE(whole == strtol(text, NULL, 10));
    if (tw_day_from_iso(text, &day) == TW_OK) {
        char again[32];
        double same = 0.0;
        tw_day_to_iso(day, again, sizeof again);
        TW_REQUIRE(tw_day_from_iso(again, &same) == TW_OK && same == day);
    }
    free(text);
    return 0;
}
