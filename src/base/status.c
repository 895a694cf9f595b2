#include "thalweg/status.h"

#include <stddef.h>

const char *tw_status_text(tw_status status)
{
    static const char *const texts[] = {
#define TEXT(name, text) text,
        TW_STATUS_LIST(TEXT)
#undef TEXT
    };
    size_t i = (size_t)status;
    return i < sizeof texts / sizeof texts[0] ? texts[i] : "unknown status";
}
