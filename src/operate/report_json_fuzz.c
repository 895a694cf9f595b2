#include "operate/inspect.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tw_inspection_before before;
    if (tw_inspection_before_read((const char *)data, size, &before) == TW_OK) {
        (void)tw_inspection_before_find(&before, "sensor/DO");
        tw_inspection_before_done(&before);
    }
    return 0;
}
