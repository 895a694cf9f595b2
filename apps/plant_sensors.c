/* thalweg plant sensors: which instruments of a plant are not to be believed, and when. */
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "net/iso_time.h"
#include "net/json.h"
#include "operate/kind.h"
#include "options.h"
#include "plant_data.h"

#include <math.h>
#include <stdio.h>

static const char usage[] =
    "usage: thalweg plant sensors [options] DATA.csv\n"
    "\n"
    "Finds instruments with faults: gaps, values outside what can be, flat lines, zeros, spikes,\n"
    "drifts, and those that disagree with the others. DATA.csv: a time and a column for each\n"
    "instrument; a column's kind is told by how its name begins (NH4..., COD..., Flow...).\n"
    "\n"
    "  --flow COLUMN   tells dry from wet weather (the column flow, flow_total or q_inf)\n"
    "  --alone         don't compare instruments with each other\n"
    "  --episodes      every stretch, not a line for each instrument\n"
    "  --json\n"
    "  --help\n"
    "\n"
    "Exit: 1 when something was found.\n";

enum { GRID_MOST = 4000000 };

struct arguments {
    const char *data, *flow;
    bool alone, episodes, json;
};

struct work {
    const struct arguments *a;
    tw_faults *faults;
    struct tw_sheet sheet;
    struct tw_arena arena;
    struct tw_sensor_grid grid;
    struct tw_sensor_found found;
    struct tw_sensor_cross_result cross;
    bool compared;
};

static tw_status make_grid(struct work *w)
{
    const struct tw_sheet *sheet = &w->sheet;
    if (sheet->step_ms < 1000) {
        tw_faults_add(w->faults, w->a->data, 0, "needs rows at least a second apart");
        return TW_ERR_INPUT;
    }
    int64_t span = (sheet->time_ms[sheet->rows - 1] - sheet->time_ms[0]) / sheet->step_ms + 1;
    if (span > GRID_MOST) {
        tw_faults_add(w->faults, w->a->data, 0, "spans %lld steps of %.0f s; %d are the most",
                      (long long)span, (double)sheet->step_ms / 1000.0, (int)GRID_MOST);
        return TW_ERR_INPUT;
    }
    w->grid = (struct tw_sensor_grid){.count = (int32_t)span,
                                      .sensors = sheet->columns,
                                      .begin_ms = sheet->time_ms[0],
                                      .step_ms = sheet->step_ms};
    const double **values = TW_ARENA_NEW(&w->arena, const double *, sheet->columns);
    if (values == NULL) return TW_ERR_NOMEM;
    for (int32_t c = 0; c < sheet->columns; c++) {
        double *column = TW_ARENA_NEW(&w->arena, double, span);
        if (column == NULL) return TW_ERR_NOMEM;
        tw_sheet_grid(sheet, c, w->grid.begin_ms, w->grid.step_ms, (int32_t)span, column);
        values[c] = column;
    }
    w->grid.value = values;
    return TW_OK;
}

static int32_t flow_column(const struct work *w)
{
    static const char *const usual[] = {"flow_total", "flow", "q_inf", "flow_m3h", "inflow"};
    int32_t column = -1;
    if (w->a->flow != NULL) return tw_sheet_find(&w->sheet, w->a->flow);
    for (size_t i = 0; column < 0 && i < sizeof usual / sizeof usual[0]; i++)
        column = tw_sheet_find(&w->sheet, usual[i]);
    return column;
}

static tw_status look(struct work *w)
{
    struct tw_sensor_cross rules = TW_SENSOR_CROSS_DEFAULT;
    TW_TRY(tw_plant_sheet_load(w->a->data, 0, w->faults, &w->sheet));
    int32_t flow = flow_column(w);
    if (w->a->flow != NULL && flow < 0) {
        tw_faults_add(w->faults, w->a->data, 1, "there is no column \"%s\"", w->a->flow);
        return TW_ERR_INPUT;
    }
    TW_TRY(make_grid(w));
    w->found.arena = &w->arena;
    for (int32_t s = 0; s < w->grid.sensors; s++) {
        struct tw_sensor_limits limits = tw_kind_limits(tw_kind_of_name(w->sheet.name[s]));
        TW_TRY(tw_sensor_check(&w->grid, s, &limits, &w->found));
    }
    if (w->a->alone) return TW_OK;
    tw_status status =
        tw_sensor_cross_check(&w->grid, flow, &rules, &w->found, &w->arena, &w->cross);
    w->compared = status == TW_OK;
    if (status != TW_ERR_ARG) return status;
    tw_faults_warn(w->faults, w->a->data, 0,
                   "instruments are not compared: that takes three of them and more than a week");
    return TW_OK;
}

/* ---- out ---- */

static void print_episode(const struct work *w, const struct tw_sensor_episode *e)
{
    char from[TW_ISO_TIME_SIZE], to[TW_ISO_TIME_SIZE];
    tw_iso_time_format(w->grid.begin_ms + e->begin * w->grid.step_ms, 0, from);
    tw_iso_time_format(w->grid.begin_ms + e->end * w->grid.step_ms, 0, to);
    printf("%-20s %-7s %.16s %.16s value %.5g score %.2f%s\n", w->sheet.name[e->sensor],
           tw_sensor_fault_get(e->fault)->key, from, to, e->value, e->score,
           e->certain ? "" : " (or the process)");
}

static void print_summary(const struct work *w)
{
    for (int32_t s = 0; s < w->grid.sensors; s++) {
        for (int fault = 0; fault < TW_FAULT_COUNT; fault++) {
            int32_t count = 0, steps = 0;
            for (int32_t e = 0; e < w->found.count; e++) {
                const struct tw_sensor_episode *episode = &w->found.list[e];
                if (episode->sensor != s || (int)episode->fault != fault) continue;
                count++;
                steps += episode->end - episode->begin;
            }
            if (count == 0) continue;
            printf("%-20s %-7s %4d times, %7.1f h, %5.1f %% of the time\n", w->sheet.name[s],
                   tw_sensor_fault_get((enum tw_sensor_fault)fault)->key, count,
                   steps * (double)w->grid.step_ms / 3.6e6, 100.0 * steps / w->grid.count);
        }
    }
    if (w->compared) {
        printf("compared: %d instruments on %d days; beyond the limit: T2 %.2f %%, Q %.2f %% of "
               "samples\n",
               w->cross.used, w->cross.days, 100.0 * w->cross.t2_beyond_ratio,
               100.0 * w->cross.q_beyond_ratio);
    }
}

static void print_json(const struct work *w)
{
    struct tw_strbuf out = {0};
    tw_json_open(&out, '[');
    for (int32_t i = 0; i < w->found.count; i++) {
        const struct tw_sensor_episode *e = &w->found.list[i];
        tw_json_open(&out, '{');
        tw_json_put_text(&out, "sensor", w->sheet.name[e->sensor]);
        tw_json_put_text(&out, "fault", tw_sensor_fault_get(e->fault)->key);
        tw_json_key(&out, "from");
        tw_json_time(&out, w->grid.begin_ms + e->begin * w->grid.step_ms, 0);
        tw_json_key(&out, "to");
        tw_json_time(&out, w->grid.begin_ms + e->end * w->grid.step_ms, 0);
        tw_json_put_number(&out, "value", e->value, 6);
        tw_json_put_number(&out, "score", e->score, 3);
        tw_json_put_bool(&out, "certain", e->certain);
        tw_json_close(&out, '}');
    }
    tw_json_close(&out, ']');
    printf("%s\n", tw_strbuf_get(&out));
    tw_strbuf_done(&out);
}

static void print_all(const struct work *w)
{
    if (w->a->json) {
        print_json(w);
    } else if (w->a->episodes) {
        for (int32_t e = 0; e < w->found.count; e++)
            print_episode(w, &w->found.list[e]);
    } else {
        print_summary(w);
    }
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'f') a->flow = value;
    if (option == 'a') a->alone = true;
    if (option == 'e') a->episodes = true;
    if (option == 'j') a->json = true;
    return true;
}

static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {
        {"flow", required_argument, NULL, 'f'}, {"alone", no_argument, NULL, 'a'},
        {"episodes", no_argument, NULL, 'e'},   {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "plant sensors",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->data = argv[optind];
    return -1;
}

int tw_plant_sensors_command(int argc, char **argv)
{
    struct arguments a = {0};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    struct work w = {.a = &a};
    tw_arena_init(&w.arena);
    tw_status status = tw_faults_create(0, &w.faults);
    if (status == TW_OK) status = look(&w);
    if (w.faults != NULL) tw_faults_print(w.faults, true);
    code = tw_plant_failed("sensors", w.faults, status);
    if (status == TW_OK) {
        print_all(&w);
        code = w.found.count > 0 ? TW_EXIT_FOUND : TW_EXIT_DONE;
    }
    tw_arena_done(&w.arena);
    tw_sheet_done(&w.sheet);
    tw_faults_destroy(w.faults);
    return code;
}
