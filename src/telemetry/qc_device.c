/* What the device itself states, e.g. the letters N F M S D C T B of HJ 212-2017, table 8. */
#include "telemetry/qc.h"

bool tw_quality_from_letter(char letter, int32_t *out_bits)
{
    static const struct {
        char letter;
        int32_t bits;
    } rows[] = {
#define TW_HJ212_DATA_FLAG(letter, bits) {letter, bits},
#include "telemetry/hj212_flags.def"
#undef TW_HJ212_DATA_FLAG
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].letter != letter) continue;
        *out_bits = rows[i].bits;
        return true;
    }
    return false;
}

bool tw_quality_from_letters(const char *letters, int32_t *out_bits)
{
    int32_t bits = 0;
    for (; *letters != 0; letters++) {
        int32_t bit = 0;
        if (!tw_quality_from_letter(*letters, &bit)) return false;
        bits |= bit;
    }
    *out_bits = bits;
    return true;
}

int32_t tw_qc_device(const struct tw_qc_input *in) { return in->flags & TW_QUALITY_DEVICE_BITS; }
