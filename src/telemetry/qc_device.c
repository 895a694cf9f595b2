/* What the device itself states, e.g. the letters N F M S D C T B of HJ 212-2017, table 8. */
#include "telemetry/qc.h"

static const struct {
    char letter;
    int32_t bits;
} letters_of[] = {
    {'N', 0},
    {'F', TW_QUALITY_STOPPED},
    {'M', TW_QUALITY_MAINTENANCE},
    {'S', TW_QUALITY_MANUAL},
    {'D', TW_QUALITY_FAULT},
    {'C', TW_QUALITY_CALIBRATION},
    {'T', TW_QUALITY_OVERRANGE},
    {'B', TW_QUALITY_COMMS},
};

bool tw_quality_from_letters(const char *letters, int32_t *out_bits)
{
    int32_t bits = 0;
    for (; *letters != 0; letters++) {
        size_t i = 0;
        while (i < sizeof letters_of / sizeof letters_of[0] && letters_of[i].letter != *letters)
            i++;
        if (i == sizeof letters_of / sizeof letters_of[0]) return false;
        bits |= letters_of[i].bits;
    }
    *out_bits = bits;
    return true;
}

int32_t tw_qc_device(const struct tw_qc_input *in) { return in->flags & TW_QUALITY_DEVICE_BITS; }
