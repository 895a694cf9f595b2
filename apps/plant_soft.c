/* thalweg plant soft: what one instrument of a plant shows, from the others. */
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "net/json.h"
#include "options.h"
#include "plant_data.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: thalweg plant soft [options] DATA.csv COLUMN\n"
    "\n"
    "Learns to tell a column from the others and the time of day, and says how well it does on\n"
    "stretches that it has not seen: five blocks in their order, each told from the other four.\n"
    "\n"
    "  --without COLUMN,COLUMN   columns that it may not look at\n"
    "  --values                  a table: time, measured, told\n"
    "  --json                    the figures as JSON\n"
    "  --help\n";

#define TWO_PI 6.283185307179586

enum { CLOCK = 4 };

struct arguments {
    const char *data, *column, *without;
    bool values, json;
};

static bool is_left_out(const char *list, const char *name)
{
    size_t length = strlen(name);
    while (list != NULL && *list != '\0') {
        size_t word = strcspn(list, ",");
        if (word == length && strncmp(list, name, length) == 0) return true;
        list += word + (list[word] == ',');
    }
    return false;
}

/* Columns as rows of inputs, with the time of day. */
static tw_status make_inputs(const struct tw_sheet *sheet, const int32_t *columns, int32_t count,
                             struct tw_arena *arena, double **out_x)
{
    int32_t inputs = count + CLOCK;
    double *x = TW_ARENA_NEW(arena, double, (size_t)sheet->rows *(size_t)inputs);
    if (x == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < sheet->rows; i++) {
        double *row = x + (size_t)i * (size_t)inputs;
        double angle = TWO_PI * (double)(sheet->time_ms[i] % 86400000) / 86400000.0;
        for (int32_t k = 0; k < count; k++)
            row[k] = sheet->value[columns[k]][i];
        row[count] = cos(angle);
        row[count + 1] = sin(angle);
        row[count + 2] = cos(2.0 * angle);
        row[count + 3] = sin(2.0 * angle);
    }
    *out_x = x;
    return TW_OK;
}

static void print_values(const struct tw_sheet *sheet, int32_t target, const struct tw_soft *soft,
                         const double *x)
{
    struct tw_strbuf out = {0};
    (void)tw_strbuf_printf(&out, "time,%s,told\n", sheet->name[target]);
    for (int32_t i = 0; i < sheet->rows; i++) {
        double told = tw_soft_at(soft, x + (size_t)i * (size_t)soft->inputs);
        struct tw_strbuf time = {0};
        tw_json_time(&time, sheet->time_ms[i], 0);
        (void)tw_strbuf_printf(&out, "%.*s,", (int)(time.length - 2), time.text + 1);
        tw_strbuf_done(&time);
        if (!isnan(sheet->value[target][i])) {
            (void)tw_strbuf_printf(&out, "%.9g", sheet->value[target][i]);
        }
        if (isnan(told)) {
            (void)tw_strbuf_add_text(&out, ",\n");
        } else {
            (void)tw_strbuf_printf(&out, ",%.6g\n", told);
        }
    }
    (void)fputs(tw_strbuf_get(&out), stdout);
    tw_strbuf_done(&out);
}

static void print_figures(const struct arguments *a, const struct tw_soft *soft)
{
    if (!a->json) {
        printf("%s from %d inputs, %d rows: RMSE %.4g on blocks not seen, of their mean %.4g; "
               "80 %% of errors within %.4g and %.4g\n",
               a->column, soft->inputs, soft->rows, soft->rmse, soft->mean_rmse, soft->error[0],
               soft->error[1]);
        return;
    }
    struct tw_strbuf out = {0};
    tw_json_open(&out, '{');
    tw_json_put_text(&out, "column", a->column);
    tw_json_put_integer(&out, "rows", soft->rows);
    tw_json_put_number(&out, "rmse", soft->rmse, 6);
    tw_json_put_number(&out, "rmse_of_mean", soft->mean_rmse, 6);
    tw_json_close(&out, '}');
    printf("%s\n", tw_strbuf_get(&out));
    tw_strbuf_done(&out);
}

static tw_status learn(const struct arguments *a, const struct tw_sheet *sheet,
                       struct tw_arena *arena, tw_faults *faults)
{
    int32_t columns[TW_SOFT_INPUTS], count = 0, target = tw_sheet_find(sheet, a->column);
    struct tw_soft soft;
    double *x;
    if (target < 0) {
        tw_faults_add(faults, a->data, 1, "there is no column \"%s\"", a->column);
        return TW_ERR_INPUT;
    }
    for (int32_t c = 0; c < sheet->columns && count < TW_SOFT_INPUTS - CLOCK; c++) {
        /* A column that is mostly gaps would leave no rows. */
        bool sparse = sheet->gaps[c] > sheet->rows / 5;
        if (c != target && !sparse && !is_left_out(a->without, sheet->name[c])) {
            columns[count++] = c;
        }
    }
    TW_TRY(make_inputs(sheet, columns, count, arena, &x));
    tw_status status =
        tw_soft_fit(x, sheet->value[target], sheet->rows, count + CLOCK, arena, &soft);
    if (status == TW_ERR_ARG) {
        tw_faults_add(faults, a->data, 0,
                      "less than %d rows have all values; leave out columns "
                      "with gaps: --without",
                      (int)TW_SOFT_LEAST);
        return TW_ERR_INPUT;
    }
    TW_TRY(status);
    if (a->values) {
        print_values(sheet, target, &soft, x);
    } else {
        print_figures(a, &soft);
    }
    return TW_OK;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'w') a->without = value;
    if (option == 'v') a->values = true;
    if (option == 'j') a->json = true;
    return true;
}

static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"without", required_argument, NULL, 'w'},
                                          {"values", no_argument, NULL, 'v'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "plant soft",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 2,
                                       .most = 2};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->data = argv[optind];
    a->column = argv[optind + 1];
    return -1;
}

int tw_plant_soft_command(int argc, char **argv)
{
    struct arguments a = {0};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    tw_faults *faults = NULL;
    struct tw_sheet sheet = {0};
    struct tw_arena arena;
    tw_arena_init(&arena);
    tw_status status = tw_faults_create(0, &faults);
    if (status == TW_OK) status = tw_plant_sheet_load(a.data, 0, faults, &sheet);
    if (status == TW_OK) status = learn(&a, &sheet, &arena, faults);
    if (faults != NULL) tw_faults_print(faults, true);
    code = tw_plant_failed("soft", faults, status);
    tw_arena_done(&arena);
    tw_sheet_done(&sheet);
    tw_faults_destroy(faults);
    return code;
}
