/* Streams of any bytes: every frame lies within them, every field within its message. */
#include "telemetry/hj212_message.h"

#include "base/require.h"
#include "fuzz.h"

#include <math.h>

static void look(struct tw_hj212_text segment)
{
    struct tw_hj212_message message;
    struct tw_hj212_field field;
    const char *why = NULL;
    if (tw_hj212_message_parse(segment, &message, &why) != TW_OK) {
        TW_REQUIRE(why != NULL);
        return;
    }
    TW_REQUIRE(message.pno >= 1 && message.pno <= message.pnum);
    struct tw_hj212_walk walk = tw_hj212_walk_begin(message.cp);
    while (tw_hj212_walk_next(&walk, &field)) {
        double value = 0.0;
        int64_t time_ms = 0;
        TW_REQUIRE(field.code.size > 0);
        TW_REQUIRE(field.value.at + field.value.size <= message.cp.at + message.cp.size);
        if (tw_hj212_text_number(field.value, &value)) TW_REQUIRE(isfinite(value));
        (void)tw_hj212_time_parse(field.value, 28800, &time_ms);
        (void)tw_hj212_flag_quality(tw_hj212_value_find(field.group, field.code, "Flag"));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    look((struct tw_hj212_text){bytes, size});
    for (size_t at = 0; at <= size;) {
        struct tw_hj212_text segment = {NULL, 0};
        const char *why = NULL;
        size_t used = 0;
        enum tw_hj212_cut found = tw_hj212_frame_cut(bytes + at, size - at, &used, &segment, &why);
        TW_REQUIRE(used <= size - at);
        if (found == TW_HJ212_MORE) break;
        TW_REQUIRE(used > 0);
        if (found == TW_HJ212_FRAME) look(segment);
        at += used;
    }
    return 0;
}
