/* [TIMESERIES]: entries in the file itself or in files of their own.
 *
 * Every x is a calendar day. Times without a date continue the date before them; before the first
 * date they count from the start of the simulation, as the file says it (START_DATE and
 * START_TIME). A series without any date is marked as relative. */
#include "base/text.h"
#include "io/inp_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* False: the line has no sense. */
static bool take_line(struct tw_inp *inp, int32_t series, char *line, double *out_x, double *out_y,
                      bool *out_blank)
{
    char *word[3];
    int count = tw_inp_cut(line, word, 3);
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
            tw_faults_add(
                inp->faults, path, line,
                "time series %s: a line is [month/day/year] time value" TW_SWMM_ERROR("363"),
                tw_names_get(&inp->model->series.names, series));
            return TW_OK;
        }
        if (!blank) TW_TRY(tw_inp_points_add(inp, &inp->series_points, series, x, y));
        at = next + 1;
    }
    return TW_OK;
}

static tw_status read_file(struct tw_inp *inp, const struct tw_inp_row *row)
{
    char path[TW_INP_PATH];
    char *text;
    size_t size;
    if (!tw_inp_need(inp, row, 3)) return TW_OK;
    TW_TRY(tw_inp_load(inp, row, 2, path, &text, &size));
    if (text == NULL) return TW_OK;
    int32_t before = inp->series_points.count;
    tw_status status = take_lines(inp, row->object, path, text, size);
    free(text);
    if (status == TW_OK && inp->series_points.count == before)
        tw_inp_fault(inp, row, "its file \"%s\" has no entries" TW_SWMM_ERROR("363"),
                     tw_inp_word(inp, row, 2));
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
            tw_inp_fault(
                inp, row,
                "\"%s\" is not a time (hours or h:m:s) or date month/day/year" TW_SWMM_ERROR("213"),
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
