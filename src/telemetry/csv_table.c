#include "telemetry/csv_table.h"

#include "base/text.h"
#include "net/iso_time.h"
#include "telemetry/quality.h"

#include <iconv.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 2048

enum column { COLUMN_TIME, COLUMN_SENSOR, COLUMN_VALUE, COLUMN_UNIT, COLUMN_QUALITY, COLUMN_KINDS };

/* What columns are called. */
static const char *const names[COLUMN_KINDS][6] = {
    [COLUMN_TIME] = {"time", "datetime", "timestamp", "时间", "监测时间", "采集时间"},
    [COLUMN_SENSOR] = {"sensor", "id", "tag", "测点", "传感器", "站点"},
    [COLUMN_VALUE] = {"value", "reading", "measurement", "值", "数值", "监测值"},
    [COLUMN_UNIT] = {"unit", "units", NULL, "单位", NULL, NULL},
    [COLUMN_QUALITY] = {"quality", "flag", NULL, "标志", "质量", "数据标记"},
};

struct reading {
    char *at, *end; /* what is left; overwritten: cells are ended where they stand */
    struct tw_csv_table *out;
    struct tw_samples_fault *fault;
    size_t capacity;
    int32_t line, zone_s;
    char separator;
    char *cells[COLUMNS_MAX];
    int count;
    int column[COLUMN_KINDS]; /* of a long table; -1: there is none */
    bool wide;
    char *sensors[COLUMNS_MAX], *units[COLUMNS_MAX]; /* of a wide one */
    int sensor_count;
};

static tw_status refuse(struct reading *r, const char *remedy, const char *what, const char *cell)
{
    (void)tw_samples_refuse(r->fault, -1, remedy, "line %d: %s%s%.60s%s", r->line, what,
                            cell != NULL ? " \"" : "", cell != NULL ? cell : "",
                            cell != NULL ? "\"" : "");
    r->fault->index = r->line;
    return TW_ERR_FORMAT;
}

/* ---- bytes to text ---- */

/* Whether bytes are UTF-8 as far as telling it from GBK needs: sequences are whole. */
static bool is_utf8(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < size;) {
        int more = s[i] < 0x80 ? 0 : s[i] >= 0xF0 ? 3 : s[i] >= 0xE0 ? 2 : s[i] >= 0xC2 ? 1 : -1;
        if (more < 0 || s[i] > 0xF4 || i + (size_t)more >= size) return false;
        for (int k = 1; k <= more; k++) {
            if ((s[i + (size_t)k] & 0xC0) != 0x80) return false;
        }
        i += 1 + (size_t)more;
    }
    return true;
}

/* A terminated UTF-8 copy; NULL with *out_status. */
static char *to_utf8(struct reading *r, const char *text, size_t size, size_t *out_size,
                     tw_status *out_status)
{
    bool plain = is_utf8(text, size);
    size_t room = plain ? size : 4 * size;
    char *copy = malloc(room + 1);
    *out_status = TW_ERR_NOMEM;
    if (copy == NULL) return NULL;
    if (plain) {
        memcpy(copy, text, size);
        *out_size = size;
    } else {
        iconv_t convert = iconv_open("UTF-8", "GB18030");
        char *in = (char *)(uintptr_t)text; /* an interface without const; only read */
        char *out = copy;
        size_t left = size;
        size_t done = (size_t)-1;
        size_t out_left = room;
        if (convert != (iconv_t)-1) {
            done = iconv(convert, &in, &left, &out, &out_left);
            (void)iconv_close(convert);
        }
        if (done == (size_t)-1) {
            free(copy);
            r->line = 1;
            *out_status = refuse(r, "save the file as UTF-8 or GBK",
                                 "the file is neither UTF-8 nor GB 18030", NULL);
            return NULL;
        }
        *out_size = (size_t)(out - copy);
    }
    copy[*out_size] = 0;
    *out_status = TW_OK;
    return copy;
}

/* ---- rows ---- */

/* A cell at r->at, ended with a NUL; the character behind it in *out_next, 0 at the end. */
static tw_status take_cell(struct reading *r, char *out_next)
{
    if (r->count == COLUMNS_MAX) return refuse(r, "use fewer columns", "too many columns", NULL);
    char *from = r->at;
    char *to = from;
    bool quoted = from < r->end && *from == '"';
    if (quoted) {
        r->at++;
        for (;;) {
            if (r->at >= r->end) return refuse(r, "close it", "a quote is open", NULL);
            bool two = *r->at == '"' && r->at + 1 < r->end && r->at[1] == '"';
            if (*r->at == '"' && !two) break;
            if (two) r->at++;
            if (*r->at == '\n') r->line++;
            *to++ = *r->at++;
        }
        r->at++;
    }
    while (r->at < r->end && *r->at != r->separator && *r->at != '\n') {
        if (quoted && *r->at != ' ' && *r->at != '\r') {
            return refuse(r, "write \"\" for a quote", "something follows a quote", NULL);
        }
        if (!quoted) to++;
        r->at++;
    }
    *out_next = r->at < r->end ? *r->at : 0;
    if (r->at < r->end) r->at++;
    /* Blanks around a cell mean nothing. */
    while (!quoted && to > from && strchr(" \t\r", to[-1]) != NULL)
        to--;
    *to = 0;
    while (!quoted && (*from == ' ' || *from == '\t'))
        from++;
    r->cells[r->count++] = from;
    return TW_OK;
}

/* The next row that is not empty; count 0: there is none. */
static tw_status take_row(struct reading *r)
{
    do {
        char next = 0;
        r->count = 0;
        if (r->at >= r->end) return TW_OK;
        r->line++;
        do {
            TW_TRY(take_cell(r, &next));
        } while (next == r->separator);
    } while (r->count == 1 && r->cells[0][0] == 0);
    return TW_OK;
}

/* ---- the head ---- */

static enum column kind_of(const char *name)
{
    for (int kind = 0; kind < COLUMN_KINDS; kind++) {
        for (size_t i = 0; i < 6; i++) {
            if (names[kind][i] != NULL && tw_text_same(names[kind][i], name)) {
                return (enum column)kind;
            }
        }
    }
    return COLUMN_KINDS;
}

/* `ID [UNIT]` of a wide table's head. */
static void split_unit(char *cell, char **out_unit)
{
    size_t length = strlen(cell);
    char *open = strrchr(cell, '[');
    *out_unit = NULL;
    if (open == NULL || length == 0 || cell[length - 1] != ']') return;
    cell[length - 1] = 0;
    *out_unit = open + 1;
    while (open > cell && open[-1] == ' ')
        open--;
    *open = 0;
}

static tw_status take_head(struct reading *r)
{
    const char *first = memchr(r->at, '\n', (size_t)(r->end - r->at));
    size_t length = first == NULL ? (size_t)(r->end - r->at) : (size_t)(first - r->at);
    r->separator = memchr(r->at, ',', length) != NULL    ? ','
                   : memchr(r->at, ';', length) != NULL  ? ';'
                   : memchr(r->at, '\t', length) != NULL ? '\t'
                                                         : ',';
    TW_TRY(take_row(r));
    for (int k = 0; k < COLUMN_KINDS; k++)
        r->column[k] = -1;
    for (int i = 0; i < r->count; i++) {
        enum column kind = kind_of(r->cells[i]);
        if (kind == COLUMN_KINDS) continue;
        if (r->column[kind] >= 0) return refuse(r, "leave one out", "twice a column", r->cells[i]);
        r->column[kind] = i;
    }
    if (r->column[COLUMN_TIME] < 0) {
        return refuse(r, "name the columns in the first line: time,sensor,value[,unit,quality]",
                      "there is no column of times", NULL);
    }
    r->wide = r->column[COLUMN_SENSOR] < 0 && r->column[COLUMN_VALUE] < 0;
    if (!r->wide && (r->column[COLUMN_SENSOR] < 0 || r->column[COLUMN_VALUE] < 0)) {
        return refuse(r, "name the columns time,sensor,value[,unit,quality]",
                      "a column is missing beside time", NULL);
    }
    r->sensor_count = r->count;
    for (int i = 0; i < r->count && r->wide; i++) {
        r->sensors[i] = i == r->column[COLUMN_TIME] ? NULL : r->cells[i];
        if (r->sensors[i] != NULL) split_unit(r->sensors[i], &r->units[i]);
    }
    return r->count > 1 ? TW_OK
                        : refuse(r, "name a sensor", "there is only a column of times", NULL);
}

/* ---- values ---- */

/* One to `most` digits at *at, which moves past them and the character behind, which must be `end`
 * (0: the text's end). */
static bool take_digits(const char **at, int most, char end, int *out)
{
    int count = 0;
    *out = 0;
    for (; count < most && **at >= '0' && **at <= '9'; count++)
        *out = 10 * *out + (*(*at)++ - '0');
    if (count == 0 || **at != end) return false;
    *at += end != 0;
    return true;
}

/* ISO 8601, or what spreadsheets make of it: 2031/7/1 9:05[:30]. */
static tw_status time_of(struct reading *r, const char *cell, int64_t *out_ms)
{
    int part[6] = {0};
    const char *at = cell;
    char text[TW_ISO_TIME_SIZE];
    if (tw_iso_time_parse(cell, r->zone_s, out_ms) == TW_OK) return TW_OK;
    bool seconds = strchr(cell, ':') != strrchr(cell, ':');
    bool sound = take_digits(&at, 4, '/', &part[0]) && take_digits(&at, 2, '/', &part[1]) &&
                 take_digits(&at, 2, ' ', &part[2]) && take_digits(&at, 2, ':', &part[3]) &&
                 take_digits(&at, 2, seconds ? ':' : 0, &part[4]) &&
                 (!seconds || take_digits(&at, 2, 0, &part[5]));
    if (sound) {
        (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", part[0] % 10000,
                       part[1] % 100, part[2] % 100, part[3] % 100, part[4] % 100, part[5] % 100);
        if (tw_iso_time_parse(text, r->zone_s, out_ms) == TW_OK) return TW_OK;
    }
    return refuse(r, "write 2031-07-01T10:01:00+08:00 or 2031/7/1 10:01", "no time:", cell);
}

static tw_status add(struct reading *r, const struct tw_measurement *m)
{
    if (r->out->count == r->capacity) {
        size_t capacity = r->capacity == 0 ? 1024 : 2 * r->capacity;
        struct tw_measurement *list = realloc(r->out->list, capacity * sizeof *list);
        if (list != NULL) r->out->list = list;
        int32_t *lines = realloc(r->out->lines, capacity * sizeof *lines);
        if (lines != NULL) r->out->lines = lines;
        if (list == NULL || lines == NULL) return TW_ERR_NOMEM;
        r->capacity = capacity;
    }
    r->out->lines[r->out->count] = r->line;
    r->out->list[r->out->count++] = *m;
    return TW_OK;
}

static const char *cell_of(const struct reading *r, enum column kind)
{
    int i = r->column[kind];
    return i >= 0 && i < r->count && r->cells[i][0] != 0 ? r->cells[i] : NULL;
}

static tw_status take_long(struct reading *r, int64_t time_ms)
{
    const char *value = cell_of(r, COLUMN_VALUE);
    const char *quality = cell_of(r, COLUMN_QUALITY);
    struct tw_measurement m = {
        .sensor = cell_of(r, COLUMN_SENSOR), .unit = cell_of(r, COLUMN_UNIT), .time_ms = time_ms};
    if (m.sensor == NULL) return refuse(r, "name the sensor", "a sensor is missing", NULL);
    if (value == NULL) return refuse(r, "leave the row out", "a value is missing", NULL);
    if (tw_text_double(value, &m.value) != TW_OK) {
        return refuse(r, "write a number such as 1.25", "no number:", value);
    }
    if (quality != NULL && !tw_quality_from_letters(quality, &m.flags)) {
        return refuse(r, "use letters of HJ 212-2017: N F M S D C T B", "no quality:", quality);
    }
    return add(r, &m);
}

static tw_status take_wide(struct reading *r, int64_t time_ms)
{
    for (int i = 0; i < r->count; i++) {
        if (i >= r->sensor_count || r->sensors[i] == NULL || r->cells[i][0] == 0) continue;
        struct tw_measurement m = {
            .sensor = r->sensors[i], .unit = r->units[i], .time_ms = time_ms};
        if (tw_text_double(r->cells[i], &m.value) != TW_OK) {
            return refuse(r, "write a number, or leave the cell empty", "no number:", r->cells[i]);
        }
        TW_TRY(add(r, &m));
    }
    return TW_OK;
}

static tw_status take_rows(struct reading *r)
{
    for (;;) {
        int64_t time_ms = 0;
        TW_TRY(take_row(r));
        if (r->count == 0) return TW_OK;
        const char *time = cell_of(r, COLUMN_TIME);
        if (time == NULL) return refuse(r, "give every row its time", "a time is missing", NULL);
        TW_TRY(time_of(r, time, &time_ms));
        TW_TRY(r->wide ? take_wide(r, time_ms) : take_long(r, time_ms));
    }
}

tw_status tw_csv_table_read(const char *text, size_t size, int32_t zone_s, struct tw_csv_table *out,
                            struct tw_samples_fault *out_fault)
{
    tw_status status = TW_ERR_NOMEM;
    *out = (struct tw_csv_table){.count = 0};
    *out_fault = (struct tw_samples_fault){.index = -1};
    struct reading *r = calloc(1, sizeof *r);
    if (r == NULL) return status;
    r->out = out;
    r->fault = out_fault;
    r->zone_s = zone_s;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    if (size > TW_CSV_BYTES_MAX) {
        status = refuse(r, "split it", "the file is larger than 64 MB", NULL);
    } else if (memchr(text, 0, size) != NULL) {
        status = refuse(r, "save it as CSV", "the file is no text", NULL);
    } else {
        out->owner = to_utf8(r, text, size, &size, &status);
    }
    if (out->owner != NULL) {
        r->at = out->owner;
        r->end = r->at + size;
        status = take_head(r);
        if (status == TW_OK) status = take_rows(r);
    }
    free(r);
    return status;
}

void tw_csv_table_done(struct tw_csv_table *table)
{
    free(table->list);
    free(table->lines);
    free(table->owner);
    *table = (struct tw_csv_table){.count = 0};
}
