#include "forecast/nowcast_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *code;
    bool used;
    const char *en, *zh;
} kinds[TW_RAIN_NOTE_COUNT] = {
#define TW_RAIN_NOTE(id, code, used, en, zh) {code, used, en, zh},
#include "forecast/rain_notes.def"
#undef TW_RAIN_NOTE
};

/* A text with {name} and {value} put in. */
static void fill(const char *text, const char *name, double value, char *out, size_t size)
{
    size_t at = 0;
    out[0] = 0;
    while (*text != 0 && at + 1 < size) {
        int wrote;
        if (strncmp(text, "{name}", 6) == 0) {
            wrote = snprintf(out + at, size - at, "%.60s", name);
            text += 6;
        } else if (strncmp(text, "{value}", 7) == 0) {
            wrote = snprintf(out + at, size - at, "%.3g", value);
            text += 7;
        } else {
            wrote = snprintf(out + at, size - at, "%c", *text);
            text++;
        }
        at += (size_t)wrote;
    }
}

tw_status tw_nowcast_note_add(struct tw_nowcast *nowcast, enum tw_rain_note_kind kind,
                              const char *name, int32_t gauge, double value)
{
    if (nowcast->note_count == nowcast->note_capacity) {
        int32_t capacity = nowcast->note_capacity == 0 ? 16 : 2 * nowcast->note_capacity;
        struct tw_note_kept *notes = realloc(nowcast->notes, (size_t)capacity * sizeof *notes);
        if (notes == NULL) return TW_ERR_NOMEM;
        nowcast->notes = notes;
        nowcast->note_capacity = capacity;
    }
    struct tw_note_kept *kept = &nowcast->notes[nowcast->note_count++];
    fill(kinds[kind].en, name, value, kept->en, sizeof kept->en);
    fill(kinds[kind].zh, name, value, kept->zh, sizeof kept->zh);
    kept->note = (struct tw_rain_note){
        .kind = kind, .code = kinds[kind].code, .used = kinds[kind].used, .gauge = gauge};
    return TW_OK;
}

int32_t tw_nowcast_note_count(const struct tw_nowcast *nowcast) { return nowcast->note_count; }

struct tw_rain_note tw_nowcast_note(const struct tw_nowcast *nowcast, int32_t i)
{
    struct tw_rain_note note = nowcast->notes[i].note;
    note.en = nowcast->notes[i].en;
    note.zh = nowcast->notes[i].zh;
    return note;
}
