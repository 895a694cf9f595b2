#include "io/rain_file.h"

#include "io/rain_formats.h"
#include "io/swmm_numbers.h"

#include <math.h>
#include <string.h>

/* The record moves to twice its room in the arena. */
static bool grow(struct tw_rain_reader *r)
{
    struct tw_rain_record *k = &r->record;
    int64_t room = k->room > 0 ? 2 * k->room : 512;
    double *day = TW_ARENA_NEW(r->arena, double, room);
    float *inches = TW_ARENA_NEW(r->arena, float, room);
    if (day == NULL || inches == NULL) return false;
    if (k->count > 0) {
        memcpy(day, k->day, (size_t)k->count * sizeof *day);
        memcpy(inches, k->inches, (size_t)k->count * sizeof *inches);
    }
    k->day = day;
    k->inches = inches;
    k->room = room;
    return true;
}

void tw_rain_keep(struct tw_rain_reader *r, double day, float inches)
{
    struct tw_rain_record *k = &r->record;
    if (r->status == TW_ERR_NOMEM) return;
    if (k->count == k->room && !grow(r)) {
        r->status = TW_ERR_NOMEM;
        return;
    }
    if (isnan(k->first_day)) k->first_day = day;
    k->last_day = day;
    k->day[k->count] = day;
    k->inches[k->count++] = inches;
}

/* The next line; false at the end. */
static bool next_line(struct tw_rain_reader *r, const char **at, size_t *out_length)
{
    const char *line = r->line == 0 ? r->text : *at + *out_length + 1;
    if (line >= r->text_end) return false;
    const char *end = memchr(line, '\n', (size_t)(r->text_end - line));
    r->last_line_open = end == NULL;
    *at = line;
    *out_length = (size_t)((end != NULL ? end : r->text_end) - line);
    r->line++;
    return true;
}

/* The format of the first line that is of one; headings may stand before it. */
static const struct tw_rain_format *format_find(struct tw_rain_reader *r)
{
    enum { MOST_HEADINGS = 5 };
    const char *line = NULL;
    size_t length = 0;
    while (r->line < MOST_HEADINGS && next_line(r, &line, &length)) {
        for (const struct tw_rain_format *f = tw_rain_formats; f->is != NULL; f++)
            if (f->is(r, line, length)) return f;
    }
    return NULL;
}

static bool is_comment(const char *line, size_t length)
{
    struct tw_scan s = tw_scan_from(line, length, 0);
    tw_scan_blanks(&s);
    return s.at == s.end || *s.at == ';';
}

static void read_lines(struct tw_rain_reader *r, const struct tw_rain_format *format, int first)
{
    const char *line = NULL;
    size_t length = 0;
    int senseless = 0, senseless_line = 0;
    r->line = 0;
    while (r->status == TW_OK && next_line(r, &line, &length)) {
        if (r->line < first) continue;
        enum tw_rain_line was = format->read(r, line, length);
        if (was == TW_RAIN_STOP) break;
        if (was != TW_RAIN_SENSELESS || is_comment(line, length)) continue;
        if (senseless++ == 0) senseless_line = r->line;
    }
    if (senseless > 0)
        tw_faults_warn(r->faults, r->request->path, senseless_line,
                       "not a record of this file's format: left out%s",
                       senseless > 1 ? ", as are others after it" : "");
}

tw_status tw_rain_file_read(const struct tw_rain_request *request, const char *text, size_t size,
                            tw_faults *faults, struct tw_arena *arena,
                            struct tw_rain_record *out_record)
{
    struct tw_rain_reader r = {.request = request,
                               .faults = faults,
                               .arena = arena,
                               .text = text,
                               .text_end = text + size,
                               .previous_day = -INFINITY,
                               .accumulation_start_day = (double)NAN};
    r.record.first_day = r.record.last_day = (double)NAN;
    const struct tw_rain_format *format = format_find(&r);
    if (format == NULL) {
        tw_faults_add(faults, request->path, r.line,
                      "none of the first lines is a rain record: neither station year month day "
                      "hour minute value, nor of NCDC (TD-3240, TD-3260), nor of Environment "
                      "Canada (HLY, FIF)" TW_SWMM_ERROR("319"));
        return TW_ERR_INPUT;
    }
    read_lines(&r, format, r.line);
    TW_TRY(r.status);
    *out_record = r.record;
    return TW_OK;
}
