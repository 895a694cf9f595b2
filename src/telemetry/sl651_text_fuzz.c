/* Streams of any bytes: every frame lies within them, every walk through a text ends. */
#include "telemetry/sl651_frame.h"
#include "telemetry/sl651_text.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>

static void look(uint8_t function, const uint8_t *text, size_t size)
{
    struct tw_sl651_head head;
    struct tw_sl651_value value;
    (void)tw_sl651_head_parse(text, size, 28800, &head);
    struct tw_sl651_walk walk = tw_sl651_walk_begin(function, text, size, 28800);
    size_t count = 0;
    while (tw_sl651_walk_next(&walk, &value)) {
        TW_REQUIRE(value.missing == (bool)isnan(value.value));
        TW_REQUIRE(value.tag[0] != 0);
        count++;
    }
    TW_REQUIRE(count <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int function = 0x2F; function <= 0x3B; function++)
        look((uint8_t)function, data, size);
    for (size_t at = 0; at <= size;) {
        struct tw_sl651_frame frame;
        uint8_t written[TW_SL651_FRAME_MAX];
        const char *why = NULL;
        size_t used = 0;
        enum tw_sl651_cut found = tw_sl651_frame_cut(data + at, size - at, &used, &frame, &why);
        TW_REQUIRE(used <= size - at);
        if (found == TW_SL651_MORE) break;
        TW_REQUIRE(used > 0);
        if (found == TW_SL651_FRAME) {
            TW_REQUIRE(tw_sl651_frame_write(&frame, written) == used);
            look(frame.function, frame.text, frame.size);
        }
        at += used;
    }
    return 0;
}
