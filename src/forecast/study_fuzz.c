/* Studies of any bytes: what is accepted is written and read back as the same bytes. */
#include "forecast/study.h"

#include "base/require.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_study study = {0}, again = {0};
    struct tw_strbuf first = {0}, second = {0};
    if (tw_study_read((const char *)data, size, &study) != TW_OK) return 0;
    if (tw_study_write(&study, &first) == TW_OK) {
        TW_REQUIRE(tw_study_read(tw_strbuf_get(&first), first.length, &again) == TW_OK);
        TW_REQUIRE(again.members == study.members && again.watch_count == study.watch_count);
        TW_REQUIRE(tw_study_write(&again, &second) == TW_OK && second.length == first.length);
        TW_REQUIRE(memcmp(first.text, second.text, first.length) == 0);
    }
    tw_strbuf_done(&first);
    tw_strbuf_done(&second);
    tw_study_done(&again);
    tw_study_done(&study);
    return 0;
}
