/* An influent from CSV: a header with names, then numbers. */
#include "base/file.h"
#include "base/text.h"
#include "plant/read.h"
#include "plant/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 64, FILE_MOST = 256 << 20, TIME = -1, FLOW = -2, IGNORED = -3 };

struct csv {
    const tw_plant *plant;
    const char *path;
    tw_faults *faults;
    int32_t column_count;
    int32_t column[COLUMNS_MOST]; /* component, TIME, FLOW or IGNORED */
    const char *name[COLUMNS_MOST];
    int32_t count, capacity;
    double *at_d, *flow, *values; /* values: [capacity * components] */
    double longest_d, usual_d;
    int32_t gap_line;
};

/* The next cell of a line, trimmed and terminated; NULL at its end. */
static char *cell(char **rest)
{
    char *text = *rest;
    if (text == NULL) return NULL;
    char *end = text + strcspn(text, ",");
    *rest = *end == ',' ? end + 1 : NULL;
    *end = 0;
    while (*text == ' ' || *text == '\t')
        text++;
    for (size_t n = strlen(text); n > 0 && strchr(" \t\r", text[n - 1]) != NULL; n--)
        text[n - 1] = 0;
    return text;
}

static int32_t column_of(const tw_plant *plant, const char *name)
{
    if (tw_text_same(name, "t_d")) return TIME;
    if (tw_text_same(name, "Q_m3d") || tw_text_same(name, "Q")) return FLOW;
    if (tw_text_same(name, "TSS") || tw_text_same(name, "T")) {
        return plant->temperature >= 0 && tw_text_same(name, "T") ? plant->temperature : IGNORED;
    }
    for (int32_t c = 0; c < plant->components; c++) {
        if (tw_text_same(name, tw_plant_component_name(plant, c))) return c;
    }
    return -4;
}

static void check_header(struct csv *csv)
{
    struct tw_strbuf missing = {0};
    for (int32_t want = FLOW; want < csv->plant->components; want++) {
        bool found = false;
        for (int32_t i = 0; i < csv->column_count; i++)
            found = found || csv->column[i] == want;
        const char *name = want == TIME   ? "t_d"
                           : want == FLOW ? "Q_m3d"
                                          : tw_plant_component_name(csv->plant, want);
        if (!found) (void)tw_strbuf_printf(&missing, "%s%s", missing.length > 0 ? ", " : "", name);
    }
    if (missing.length > 0) {
        tw_faults_add(csv->faults, csv->path, 1, "columns are missing: %s (model %s)",
                      tw_strbuf_get(&missing), csv->plant->biology->word);
    }
    tw_strbuf_done(&missing);
}

static void take_header(struct csv *csv, char *line)
{
    for (char *text = cell(&line); text != NULL; text = cell(&line)) {
        if (csv->column_count == COLUMNS_MOST) {
            tw_faults_add(csv->faults, csv->path, 1, "there are more than %d columns",
                          COLUMNS_MOST);
            return;
        }
        int32_t column = column_of(csv->plant, text);
        for (int32_t i = 0; column >= FLOW && i < csv->column_count; i++) {
            if (csv->column[i] == column) {
                tw_faults_add(csv->faults, csv->path, 1, "column %s comes twice", text);
            }
        }
        if (column < IGNORED) {
            tw_faults_add(csv->faults, csv->path, 1, "column \"%s\" is not known to model %s", text,
                          csv->plant->biology->word);
            column = IGNORED;
        }
        csv->name[csv->column_count] = text;
        csv->column[csv->column_count++] = column;
    }
    check_header(csv);
}

static tw_status make_room(struct csv *csv)
{
    if (csv->count < csv->capacity) return TW_OK;
    int32_t room = csv->capacity == 0 ? 2048 : 2 * csv->capacity;
    size_t components = (size_t)csv->plant->components;
    double *at = realloc(csv->at_d, (size_t)room * sizeof *at);
    if (at != NULL) csv->at_d = at;
    double *flow = realloc(csv->flow, (size_t)room * sizeof *flow);
    if (flow != NULL) csv->flow = flow;
    double *values = realloc(csv->values, (size_t)room * components * sizeof *values);
    if (values != NULL) csv->values = values;
    if (at == NULL || flow == NULL || values == NULL) return TW_ERR_NOMEM;
    csv->capacity = room;
    return TW_OK;
}

/* Beyond any sewage, and beyond what numbers of a mistyped decimal point are. */
static double most_of(const struct csv *csv, int32_t column)
{
    if (column == TIME || column == FLOW) return 1e8;
    return column == csv->plant->temperature ? 60.0 : 1e5;
}

static bool take_cell(struct csv *csv, int32_t i, const char *text, int line)
{
    int32_t column = csv->column[i];
    double value = 0.0, most = most_of(csv, column);
    if (column == IGNORED) return true;
    if (tw_text_double(text, &value) != TW_OK) {
        tw_faults_add(csv->faults, csv->path, line, "%s: %s%s%s", csv->name[i],
                      *text == 0 ? "is empty; fill the gap or leave the whole line out" : "\"",
                      text, *text == 0 ? "" : "\" is not a number");
        return false;
    }
    if (value > most || (value < 0.0 && column != TIME)) {
        tw_faults_add(csv->faults, csv->path, line, "%s: %s is %s", csv->name[i], text,
                      value < 0.0 ? "negative" : "absurdly large");
        return false;
    }
    double *to = column == TIME   ? &csv->at_d[csv->count]
                 : column == FLOW ? &csv->flow[csv->count]
                                  : &csv->values[csv->count * csv->plant->components + column];
    *to = value;
    return true;
}

static tw_status take_record(struct csv *csv, char *text, int line)
{
    bool sound = true;
    int32_t i = 0;
    TW_TRY(make_room(csv));
    for (char *word = cell(&text); word != NULL; word = cell(&text), i++) {
        if (i < csv->column_count) sound = take_cell(csv, i, word, line) && sound;
    }
    if (i != csv->column_count) {
        tw_faults_add(csv->faults, csv->path, line, "has %d values; the header has %d columns", i,
                      csv->column_count);
        return TW_OK;
    }
    if (!sound) return TW_OK;
    int32_t n = csv->count;
    double step = n > 0 ? csv->at_d[n] - csv->at_d[n - 1] : 0.0;
    if (n > 0 && !(step > 0.0)) {
        tw_faults_add(csv->faults, csv->path, line,
                      "t_d: %.9g does not come after %.9g, the time of the line before",
                      csv->at_d[n], csv->at_d[n - 1]);
        return TW_OK;
    }
    if (n == 1) csv->usual_d = step;
    if (n > 1 && step < csv->usual_d) csv->usual_d = step;
    if (n > 1 && step > csv->longest_d) {
        csv->longest_d = step;
        csv->gap_line = line;
    }
    csv->count++;
    return TW_OK;
}

/* Intervals that are not all alike: told, and what is done about it. */
static void tell_gap(const struct csv *csv)
{
    if (csv->count < 3 || !(csv->longest_d > 1.5 * csv->usual_d)) return;
    tw_faults_warn(csv->faults, csv->path, csv->gap_line,
                   "the longest gap is here, %.4g h without a record where %.4g h is usual; the "
                   "influent is taken as linear in between",
                   24.0 * csv->longest_d, 24.0 * csv->usual_d);
}

static tw_status read_lines(struct csv *csv, char *text)
{
    bool headed = false;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    for (int line = 1; *text != 0; line++) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] == '\n' ? 1 : 0);
        text[length] = 0;
        bool blank = text[strspn(text, " \t\r")] == 0 || *text == '#';
        if (!blank && !headed) {
            take_header(csv, text);
            headed = true;
            if (tw_faults_count(csv->faults) > 0) return TW_OK;
        } else if (!blank) {
            TW_TRY(take_record(csv, text, line));
        }
        text = next;
    }
    if (csv->count == 0) {
        tw_faults_add(csv->faults, csv->path, 0, "there is no %s in it",
                      headed ? "sound record" : "header");
    }
    tell_gap(csv);
    return TW_OK;
}

tw_status tw_plant_series_parse(const tw_plant *plant, char *text, const char *name,
                                tw_faults *faults, tw_plant_series **out_series)
{
    struct csv csv = {.plant = plant, .path = name};
    TW_TRY(tw_faults_create(0, &csv.faults));
    tw_status status = read_lines(&csv, text);
    tw_plant_faults_pass(csv.faults, faults);
    if (status == TW_OK && tw_faults_count(csv.faults) > 0) status = TW_ERR_INPUT;
    if (status == TW_OK) {
        status =
            tw_plant_series_create(plant, csv.count, csv.at_d, csv.flow, csv.values, out_series);
    }
    tw_faults_destroy(csv.faults);
    free(csv.at_d);
    free(csv.flow);
    free(csv.values);
    return status;
}

tw_status tw_plant_series_read(const tw_plant *plant, const char *path, tw_faults *faults,
                               tw_plant_series **out_series)
{
    char *text = NULL;
    TW_TRY(tw_file_read_text(path, FILE_MOST, faults, &text));
    tw_status status = tw_plant_series_parse(plant, text, path, faults, out_series);
    free(text);
    return status;
}

tw_status tw_plant_noise_cut(char *text, int32_t column, struct tw_plant_reader *r,
                             const struct tw_plant_section *section,
                             const struct tw_plant_entry *file, struct tw_sensor *sensor)
{
    int32_t count = 0;
    for (const char *c = text; *c != 0; c++)
        count += *c == '\n';
    sensor->noise_at = TW_ARENA_NEW(&r->plant->arena, double, count + 1);
    if (sensor->noise_at == NULL) return TW_ERR_NOMEM;
    for (int line = 1; *text != 0; line++) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] == '\n' ? 1 : 0), *word = NULL;
        text[length] = 0;
        char *rest = text;
        for (int32_t i = 0; i <= column && rest != NULL; i++)
            word = cell(&rest), word = i == column ? word : NULL;
        double value = 0.0;
        if (word != NULL && tw_text_double(word, &value) == TW_OK) {
            sensor->noise_at[sensor->noise_count++] = value;
        } else if (line > 1 && length > 0) {
            tw_plant_ini_fault(&r->ini, section, file, "line %d has no number in column %d", line,
                               column + 1);
            return TW_OK;
        }
        text = next;
    }
    if (sensor->noise_count == 0) tw_plant_ini_fault(&r->ini, section, file, "holds no noise");
    return TW_OK;
}
