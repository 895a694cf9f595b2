#include "operate/sheet.h"

#include "base/text.h"
#include "net/iso_time.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row while the table is read. */
struct row {
    int64_t time_ms;
    int32_t line; /* where it stood */
    int32_t at;   /* of the cells: the row's place in the order of reading */
};

struct reading {
    struct tw_sheet *sheet;
    const char *path;
    tw_faults *faults;
    char separator;
    int32_t zone_s, line;
    int32_t room, count;
    struct row *rows;
    double *cells; /* [room * columns] */
};

/* ---- cells ---- */

static char *trimmed(char *text)
{
    while (*text == ' ' || *text == '"')
        text++;
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '"'))
        text[--length] = '\0';
    return text;
}

/* Cut a line at its separators. Returns the number of cells; at most `most` are kept. */
static int32_t cut(char *line, char separator, char **cells, int32_t most)
{
    int32_t count = 0;
    bool quoted = false;
    char *begin = line;
    for (char *at = line;; at++) {
        if (*at == '"') quoted = !quoted;
        bool end = *at == '\0';
        if (!end && (quoted || *at != separator)) continue;
        *at = '\0';
        if (count < most) cells[count] = trimmed(begin);
        count++;
        if (end) return count;
        begin = at + 1;
    }
}

/* `D-M-YY[YY] H:MM[:SS]`, as spreadsheets of Europe have it. */
static bool time_of_spreadsheet(const char *text, int32_t zone_s, int64_t *out_ms)
{
    int part[6] = {0}, used = 0;
    char iso[40], sign[2];
    /* The length is known to be short, and all that is read is checked by tw_iso_time_parse. */
    if (strlen(text) > 20 || strspn(text, "0123456789-/: ") != strlen(text)) return false;
    char *at = NULL;
    const char *from = text;
    for (int i = 0; i < 6; i++) {
        part[i] = (int)strtol(from, &at, 10);
        if (at == from || at - from > 4) return false;
        used = i + 1;
        if (*at == '\0') break;
        sign[0] = *at;
        if ((i < 2) != (sign[0] == '-' || sign[0] == '/')) return false;
        from = at + 1;
    }
    if (*at != '\0' || used < 5) return false;
    int year = part[2] < 100 ? 2000 + part[2] : part[2];
    (void)snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d", year, part[1], part[0],
                   part[3], part[4], part[5]);
    return tw_iso_time_parse(iso, zone_s, out_ms) == TW_OK;
}

static bool time_of(const char *text, int32_t zone_s, int64_t *out_ms)
{
    char day[32];
    if (tw_iso_time_parse(text, zone_s, out_ms) == TW_OK) return true;
    if (strlen(text) == 10) { /* a day alone is its midnight */
        (void)snprintf(day, sizeof day, "%.10sT00:00", text);
        if (tw_iso_time_parse(day, zone_s, out_ms) == TW_OK) return true;
    }
    return time_of_spreadsheet(text, zone_s, out_ms);
}

/* ---- lines ---- */

static char *next_line(char **at)
{
    char *line = *at;
    if (*line == '\0') return NULL;
    size_t length = strcspn(line, "\n");
    *at = line + length + (line[length] == '\n');
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\r') line[length - 1] = '\0';
    return line;
}

static char separator_of(const char *header)
{
    if (strchr(header, '\t') != NULL) return '\t';
    return strchr(header, ',') == NULL && strchr(header, ';') != NULL ? ';' : ',';
}

static tw_status take_header(struct reading *r, char *line)
{
    struct tw_sheet *sheet = r->sheet;
    char *cells[TW_SHEET_COLUMNS + 1] = {NULL};
    if (strncmp(line, "\xef\xbb\xbf", 3) == 0) line += 3;
    r->separator = separator_of(line);
    int32_t count = cut(line, r->separator, cells, TW_SHEET_COLUMNS + 1);
    if (count < 2 || count > TW_SHEET_COLUMNS + 1) {
        tw_faults_add(r->faults, r->path, 1,
                      "the header names %d columns; there have to be a time and 1 to %d others, "
                      "with commas, semicolons or tabs between them",
                      count, (int)TW_SHEET_COLUMNS);
        return TW_ERR_INPUT;
    }
    sheet->columns = count - 1;
    sheet->name = TW_ARENA_NEW(&sheet->arena, const char *, sheet->columns);
    sheet->value = TW_ARENA_NEW(&sheet->arena, double *, sheet->columns);
    sheet->gaps = TW_ARENA_NEW(&sheet->arena, int32_t, sheet->columns);
    sheet->words = TW_ARENA_NEW(&sheet->arena, int32_t, sheet->columns);
    if (sheet->name == NULL || sheet->value == NULL || sheet->gaps == NULL ||
        sheet->words == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t c = 0; c < sheet->columns; c++) {
        const char *cell = cells[c + 1] != NULL ? cells[c + 1] : "";
        sheet->name[c] = tw_arena_text(&sheet->arena, cell, strlen(cell));
        if (sheet->name[c] == NULL) return TW_ERR_NOMEM;
    }
    for (int32_t c = 0; c < sheet->columns; c++) {
        if (tw_sheet_find(sheet, sheet->name[c]) != c) {
            tw_faults_add(r->faults, r->path, 1, "column \"%s\" is there twice", sheet->name[c]);
        }
    }
    return TW_OK;
}

static void take_cell(struct reading *r, int32_t column, const char *text, double *out)
{
    struct tw_sheet *sheet = r->sheet;
    *out = (double)NAN;
    if (text[0] != '\0' && tw_text_double(text, out) == TW_OK) return;
    *out = (double)NAN;
    sheet->gaps[column]++;
    if (text[0] == '\0') return;
    if (sheet->words[column]++ == 0) {
        tw_faults_warn(r->faults, r->path, r->line, "%s: \"%.40s\" is no number; it is a gap",
                       sheet->name[column], text);
    }
}

static void take_row(struct reading *r, char *line)
{
    char *cells[TW_SHEET_COLUMNS + 1];
    int32_t columns = r->sheet->columns;
    int32_t count = cut(line, r->separator, cells, TW_SHEET_COLUMNS + 1);
    struct row *row = &r->rows[r->count];
    if (count != columns + 1) {
        tw_faults_add(r->faults, r->path, r->line, "there are %d cells, the header has %d", count,
                      columns + 1);
        return;
    }
    if (!time_of(cells[0], r->zone_s, &row->time_ms)) {
        tw_faults_add(r->faults, r->path, r->line,
                      "\"%.40s\" is no time; write it as 2024-03-01 14:00", cells[0]);
        return;
    }
    row->line = r->line;
    row->at = r->count;
    double *out = r->cells + (size_t)r->count * (size_t)columns;
    for (int32_t c = 0; c < columns; c++)
        take_cell(r, c, cells[c + 1], &out[c]);
    r->count++;
}

/* ---- order ---- */

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->time_ms != y->time_ms) return x->time_ms < y->time_ms ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The step that comes most often. */
static tw_status find_step(struct tw_sheet *sheet)
{
    int32_t count = sheet->rows - 1;
    if (count < 1) return TW_OK;
    int64_t *steps = TW_ARENA_NEW(&sheet->arena, int64_t, count);
    if (steps == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++)
        steps[i] = sheet->time_ms[i + 1] - sheet->time_ms[i];
    qsort(steps, (size_t)count, sizeof *steps, by_size);
    int32_t best = 0;
    for (int32_t i = 0, j = 0; i < count; i = j) {
        while (j < count && steps[j] == steps[i])
            j++;
        if (j - i > best) {
            best = j - i;
            sheet->step_ms = steps[i];
        }
    }
    return TW_OK;
}

static tw_status put_in_order(struct reading *r)
{
    struct tw_sheet *sheet = r->sheet;
    size_t columns = (size_t)sheet->columns;
    qsort(r->rows, (size_t)r->count, sizeof *r->rows, by_time);
    sheet->time_ms = TW_ARENA_NEW(&sheet->arena, int64_t, r->count);
    if (sheet->time_ms == NULL) return TW_ERR_NOMEM;
    for (size_t c = 0; c < columns; c++) {
        sheet->value[c] = TW_ARENA_NEW(&sheet->arena, double, r->count);
        if (sheet->value[c] == NULL) return TW_ERR_NOMEM;
    }
    for (int32_t i = 0; i < r->count; i++) {
        const struct row *row = &r->rows[i];
        if (i > 0 && row->time_ms == r->rows[i - 1].time_ms) {
            tw_faults_warn(r->faults, r->path, row->line,
                           "the time of line %d once more; the later line counts",
                           r->rows[i - 1].line);
            sheet->rows--;
        }
        sheet->time_ms[sheet->rows] = row->time_ms;
        for (size_t c = 0; c < columns; c++)
            sheet->value[c][sheet->rows] = r->cells[(size_t)row->at * columns + c];
        sheet->rows++;
    }
    return find_step(sheet);
}

static tw_status read_all(struct reading *r, char *text)
{
    char *at = text, *line = next_line(&at);
    r->line = 1;
    if (line == NULL) {
        tw_faults_add(r->faults, r->path, 0, "is empty");
        return TW_ERR_INPUT;
    }
    TW_TRY(take_header(r, line));
    for (const char *c = at; *c != '\0'; c++)
        r->room += *c == '\n';
    r->room++;
    r->rows = calloc((size_t)r->room, sizeof *r->rows);
    r->cells = calloc((size_t)r->room, (size_t)r->sheet->columns * sizeof *r->cells);
    if (r->rows == NULL || r->cells == NULL) return TW_ERR_NOMEM;
    while ((line = next_line(&at)) != NULL) {
        r->line++;
        if (line[strspn(line, " \t,;")] != '\0') take_row(r, line);
    }
    if (r->count == 0) tw_faults_add(r->faults, r->path, 0, "has no rows");
    TW_TRY(put_in_order(r));
    return tw_faults_count(r->faults) > 0 ? TW_ERR_INPUT : TW_OK;
}

tw_status tw_sheet_read(const char *path, char *text, int32_t zone_s, tw_faults *faults,
                        struct tw_sheet *out_sheet)
{
    *out_sheet = (struct tw_sheet){0};
    tw_arena_init(&out_sheet->arena);
    struct reading r = {.sheet = out_sheet, .path = path, .faults = faults, .zone_s = zone_s};
    tw_status status = read_all(&r, text);
    free(r.rows);
    free(r.cells);
    if (status != TW_OK) tw_sheet_done(out_sheet);
    return status;
}

void tw_sheet_done(struct tw_sheet *sheet)
{
    tw_arena_done(&sheet->arena);
    *sheet = (struct tw_sheet){0};
}

int32_t tw_sheet_find(const struct tw_sheet *sheet, const char *name)
{
    for (int32_t c = 0; c < sheet->columns; c++) {
        if (tw_text_same(sheet->name[c], name)) return c;
    }
    return -1;
}

/* ---- grids ---- */

static void grid(const struct tw_sheet *sheet, int32_t column, const int64_t begin_step_ms[2],
                 int32_t count, bool sums, double *out_value)
{
    int32_t row = 0;
    for (int32_t i = 0; i < count; i++) {
        int64_t from_ms = begin_step_ms[0] + i * begin_step_ms[1];
        int64_t to_ms = from_ms + begin_step_ms[1];
        double sum = 0.0;
        int32_t numbers = 0;
        while (row < sheet->rows && sheet->time_ms[row] < from_ms)
            row++;
        for (; row < sheet->rows && sheet->time_ms[row] < to_ms; row++) {
            double value = sheet->value[column][row];
            if (isnan(value)) continue;
            sum += value;
            numbers++;
        }
        out_value[i] = numbers == 0 ? (double)NAN : sums ? sum : sum / numbers;
    }
}

void tw_sheet_grid(const struct tw_sheet *sheet, int32_t column, int64_t begin_ms, int64_t step_ms,
                   int32_t count, double *out_value)
{
    grid(sheet, column, (int64_t[]){begin_ms, step_ms}, count, false, out_value);
}

void tw_sheet_grid_sums(const struct tw_sheet *sheet, int32_t column, int64_t begin_ms,
                        int64_t step_ms, int32_t count, double *out_value)
{
    grid(sheet, column, (int64_t[]){begin_ms, step_ms}, count, true, out_value);
}
