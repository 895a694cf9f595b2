#include "telemetry/qc.h"

#include <math.h>
#include <string.h>

static const struct {
    tw_qc_check *check;
    const char *word;
    int32_t bits, bad;
} rows[] = {
#define TW_QC(identifier, ending, word, bits, bad) {tw_qc_##ending, word, bits, bad},
#include "telemetry/qc_checks.def"
#undef TW_QC
};

size_t tw_qc_count(void) { return sizeof rows / sizeof rows[0]; }

int32_t tw_qc_run(size_t i, const struct tw_qc_input *in) { return rows[i].check(in); }

int32_t tw_qc_bits(size_t i) { return rows[i].bits; }

int32_t tw_qc_quality(const struct tw_qc_input *in)
{
    int32_t quality = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        quality |= rows[i].check(in);
    return quality;
}

bool tw_quality_is_bad(int32_t quality)
{
    int32_t bad = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        bad |= rows[i].bad;
    return (quality & bad) != 0;
}

const char *tw_quality_word(int32_t quality)
{
    if (tw_quality_is_bad(quality)) return "bad";
    return (quality & ~TW_QUALITY_REPLAYED) != 0 ? "suspect" : "good";
}

const char *tw_quality_reason(int32_t quality, size_t i)
{
    return (quality & rows[i].bits & ~TW_QUALITY_REPLAYED) != 0 ? rows[i].word : NULL;
}

struct tw_qc_memory tw_qc_remember(const struct tw_qc_input *in, int32_t quality)
{
    struct tw_qc_memory after = *in->memory;
    bool same = after.known && after.value == in->value;
    after.known = true;
    after.time_ms = in->time_ms;
    after.value = in->value;
    if (!same) after.changed_ms = in->time_ms;
    /* Out of range or of a broken instrument it is no neighbour of the next value. */
    const int32_t useless = TW_QUALITY_BELOW | TW_QUALITY_ABOVE | TW_QUALITY_CLOCK;
    bool plausible = (quality & useless) == 0 && (quality & TW_QUALITY_DEVICE_BITS) == 0;
    if (plausible) {
        memmove(after.recent + 1, after.recent, sizeof after.recent - sizeof after.recent[0]);
        after.recent[0] = in->value;
        if (after.recent_count < TW_QC_RECENT) after.recent_count++;
    }
    if (!tw_quality_is_bad(quality)) {
        after.sound_known = true;
        after.sound = in->value;
        after.sound_ms = in->time_ms;
        if (!isnan(in->reference)) {
            after.difference = tw_qc_difference(in);
            if (!after.compared) after.compared_ms = in->time_ms;
            after.compared = true;
        }
    }
    return after;
}
