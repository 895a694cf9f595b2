/* The results file as SWMM lays it out: a header with names, the periods, an end with their number.
 * source: SWMM 5.2 Interfacing Guide, binary output file */
#include "saved.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC = 516114522, SYSTEM_VALUES = 15, END_BYTES = 24 };

struct results {
    FILE *file;
    int32_t counts[TW_SWMM_SAVED_KINDS], pollutants, periods;
    int32_t widths[TW_SWMM_SAVED_KINDS];
    int32_t names_at, results_at;
    int64_t period_bytes;
};

static bool read_whole(FILE *file, int32_t *out) { return fread(out, sizeof *out, 1, file) == 1; }

static bool read_ends(struct results *r)
{
    int32_t magic = 0, version = 0, units = 0, properties_at = 0, error = 0, last = 0;
    FILE *f = r->file;
    bool good = read_whole(f, &magic) && read_whole(f, &version) && read_whole(f, &units);
    for (int k = 0; k < TW_SWMM_SAVED_KINDS; k++)
        good = good && read_whole(f, &r->counts[k]);
    good = good && read_whole(f, &r->pollutants) && fseek(f, -END_BYTES, SEEK_END) == 0;
    good = good && read_whole(f, &r->names_at) && read_whole(f, &properties_at);
    good = good && read_whole(f, &r->results_at) && read_whole(f, &r->periods);
    good = good && read_whole(f, &error) && read_whole(f, &last);
    return good && magic == MAGIC && last == MAGIC;
}

static bool open_results(const struct tw_swmm_session *s, struct results *out)
{
    static const int32_t values[TW_SWMM_SAVED_KINDS] = {8, 6, 5};
    *out = (struct results){.file = NULL};
    if (!s->ended || !s->saved) return false;
    out->file = fopen(s->out, "rb");
    if (out->file == NULL) return false;
    bool good = read_ends(out);
    out->period_bytes = 8 + 4 * SYSTEM_VALUES;
    for (int k = 0; k < TW_SWMM_SAVED_KINDS; k++) {
        out->widths[k] = values[k] + out->pollutants;
        out->period_bytes += 4 * (int64_t)out->counts[k] * out->widths[k];
    }
    if (good) return true;
    (void)fclose(out->file);
    return false;
}

static bool to_period(struct results *r, int period, int64_t offset)
{
    if (period < 1 || period > r->periods) return false;
    int64_t at = r->results_at + (int64_t)(period - 1) * r->period_bytes + offset;
    return fseek(r->file, (long)at, SEEK_SET) == 0;
}

/* Place of a name among the saved objects of a kind; -1: it was not saved. */
static int32_t find_name(struct results *r, int kind, const char *name)
{
    int32_t before = 0, wanted = (int32_t)strlen(name), length = 0;
    for (int k = 0; k < kind; k++)
        before += r->counts[k];
    if (fseek(r->file, r->names_at, SEEK_SET) != 0) return -1;
    for (int32_t i = 0; i < before + r->counts[kind]; i++) {
        if (!read_whole(r->file, &length) || length < 0) return -1;
        int32_t same = 0;
        for (int32_t k = 0; k < length; k++) {
            int c = fgetc(r->file);
            if (k < wanted && c == (unsigned char)name[k]) same++;
        }
        if (i >= before && length == wanted && same == wanted) return i - before;
    }
    return -1;
}

int tw_swmm_saved_periods(const struct tw_swmm_session *s)
{
    struct results r;
    if (!open_results(s, &r)) return 0;
    (void)fclose(r.file);
    return r.periods;
}

double tw_swmm_saved_day(const struct tw_swmm_session *s, int period)
{
    struct results r;
    double day = 0.0;
    if (!open_results(s, &r)) return 0.0;
    if (!to_period(&r, period, 0) || fread(&day, sizeof day, 1, r.file) != 1) day = 0.0;
    (void)fclose(r.file);
    return day;
}

double tw_swmm_saved_value(const struct tw_swmm_session *s, int kind, const char *name, int place,
                           int period)
{
    struct results r;
    float value = 0.0F;
    if (!open_results(s, &r)) return 0.0;
    int32_t element = find_name(&r, kind, name);
    int64_t offset = 8;
    for (int k = 0; k < kind; k++)
        offset += 4 * (int64_t)r.counts[k] * r.widths[k];
    offset += 4 * ((int64_t)element * r.widths[kind] + place);
    bool there = element >= 0 && to_period(&r, period, offset);
    if (!there || fread(&value, sizeof value, 1, r.file) != 1) value = 0.0F;
    (void)fclose(r.file);
    return (double)value;
}
