/* [TIMESERIES]: entries in the file itself or in files of their own.
 *
 * Every x is a calendar day. Times without a date continue the date before them; before the first
 * date they count from the start of the simulation, as the file says it (START_DATE and
 * START_TIME). A series without any date is marked as relative. */
#include "base/file.h"
#include "base/text.h"
#include "io/inp_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILE_BYTES = 1 << 30, LONGEST_PATH = 4096 };

static double day_before(const struct tw_inp *inp, int32_t series)
{
    double day = inp->series_date[series];
    return isnan(day) ? inp->options.start_date + inp->options.start_time : day;
}

static void set_day(struct tw_inp *inp, int32_t series, double day)
{
    inp->series_date[series] = day;
    inp->model->series.kind[series] = 0;
}

/* ---- a file of its own: lines `[date] time value` ---- */

static tw_status place_of(const struct tw_inp *inp, const char *name, char *out)
{
    const char *slash = strrchr(inp->path, '/');
    int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - inp->path) + 1;
    int length = snprintf(out, LONGEST_PATH, "%.*s%s", folder, inp->path, name);
    if (length >= LONGEST_PATH) return TW_ERR_FILE;
    for (char *c = out; *c != '\0'; c++) /* as written on Windows */
        if (*c == '\\') *c = '/';
    return TW_OK;
}

static int cut(char *line, char *word[], int most)
{
    int count = 0;
    char *at = line;
    while (count < most) {
        at += strspn(at, " \t\r");
        if (*at == '\0' || *at == ';') return count;
        word[count++] = at;
        at += strcspn(at, " \t\r");
        if (*at != '\0') *at++ = '\0';
    }
    return count;
}

/* False: the line has no sense. */
static bool take_line(struct tw_inp *inp, int32_t series, char *line, double *out_x, double *out_y,
                      bool *out_blank)
{
    char *word[3];
    int count = cut(line, word, 3);
    *out_blank = count == 0;
    if (count == 0) return true;
    if (count == 1) return false;
    double day;
    double time;
    if (count == 3) {
        if (!tw_inp_date(word[0], &day)) return false;
        set_day(inp, series, day);
    }
    if (!tw_inp_hours(word[count - 2], &time)) return false;
    if (tw_text_double(word[count - 1], out_y) != TW_OK) return false;
    *out_x = day_before(inp, series) + time;
    return true;
}

static tw_status take_lines(struct tw_inp *inp, int32_t series, const char *path, char *text,
                            size_t size)
{
    char *at = text;
    for (int line = 1; at < text + size; line++) {
        char *next = memchr(at, '\n', (size_t)(text + size - at));
        if (next == NULL) next = text + size;
        *next = '\0';
        double x = 0.0;
        double y = 0.0;
        bool blank;
        if (!take_line(inp, series, at, &x, &y, &blank)) {
            tw_faults_add(inp->faults, path, line,
                          "time series %s: a line is [month/day/year] time value",
                          tw_names_get(&inp->model->series.names, series));
            return TW_OK;
        }
        if (!blank) TW_TRY(tw_inp_points_add(inp, &inp->series_points, series, x, y));
        at = next + 1;
    }
    return TW_OK;
}

static uint64_t add_to_digest(uint64_t digest, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ (unsigned char)text[i]) * 1099511628211u;
    return digest;
}

static tw_status read_file(struct tw_inp *inp, const struct tw_inp_row *row)
{
    if (!tw_inp_need(inp, row, 3)) return TW_OK;
    char path[LONGEST_PATH];
    char *text = NULL;
    size_t size = 0;
    tw_status status = place_of(inp, tw_inp_word(inp, row, 2), path);
    if (status == TW_OK) status = tw_file_read(path, MOST_FILE_BYTES, &text, &size);
    if (status == TW_ERR_NOMEM) return status;
    if (status != TW_OK) {
        tw_inp_fault(inp, row, "its file \"%s\" cannot be read", tw_inp_word(inp, row, 2));
        return TW_OK;
    }
    inp->model->digest = add_to_digest(inp->model->digest, text, size);
    int32_t before = inp->series_points.count;
    status = take_lines(inp, row->object, path, text, size);
    free(text);
    if (status == TW_OK && inp->series_points.count == before)
        tw_inp_warn(inp, row, "its file \"%s\" has no entries", tw_inp_word(inp, row, 2));
    return status;
}

/* name [date] time value ..., or name FILE path */
tw_status tw_inp_series_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    int32_t series = row->object;
    if (!tw_inp_need(inp, row, 3)) return TW_OK;
    if (tw_text_same(tw_inp_word(inp, row, 1), "FILE")) return read_file(inp, row);
    int next = 1;
    while (next < row->count) {
        double day;
        double time;
        double value;
        if (tw_inp_date(tw_inp_word(inp, row, next), &day)) {
            set_day(inp, series, day);
            next++;
        }
        if (next >= row->count || !tw_inp_hours(tw_inp_word(inp, row, next), &time)) {
            tw_inp_fault(inp, row, "\"%s\" is not a time (hours or h:m:s) or date month/day/year",
                         next < row->count ? tw_inp_word(inp, row, next) : "");
            return TW_OK;
        }
        if (!tw_inp_number(inp, row, next + 1, "the value", &value)) return TW_OK;
        TW_TRY(tw_inp_points_add(inp, &inp->series_points, series, day_before(inp, series) + time,
                                 value));
        next += 2;
    }
    return TW_OK;
}
