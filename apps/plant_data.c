#include "plant_data.h"

#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "net/iso_time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)

enum { TABLE_MOST = 1 << 28, HOURS_MOST = 30 * 366 * 24 };

tw_status tw_plant_sheet_load(const char *path, int32_t zone_s, tw_faults *faults,
                              struct tw_sheet *out_sheet)
{
    char *text = NULL;
    tw_status status = tw_file_read_text(path, TABLE_MOST, faults, &text);
    if (status != TW_OK) return status == TW_ERR_FILE ? TW_ERR_INPUT : status;
    status = tw_sheet_read(path, text, zone_s, faults, out_sheet);
    free(text);
    return status;
}

bool tw_plant_unit(const char *text, double *out_to_m3h)
{
    static const struct {
        const char *name;
        double to_m3h;
    } units[] = {{"m3/h", 1.0}, {"m3/d", 1.0 / 24.0}, {"m3/s", 3600.0}, {"L/s", 3.6}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!tw_text_same(text, units[i].name)) continue;
        *out_to_m3h = units[i].to_m3h;
        return true;
    }
    return false;
}

static int32_t column_of(const struct tw_sheet *sheet, const char *given, const char *const *usual,
                         const char *path, tw_faults *faults)
{
    if (given != NULL) {
        int32_t column = tw_sheet_find(sheet, given);
        if (column < 0) tw_faults_add(faults, path, 1, "there is no column \"%s\"", given);
        return column;
    }
    for (; *usual != NULL; usual++) {
        int32_t column = tw_sheet_find(sheet, *usual);
        if (column >= 0) return column;
    }
    return -1;
}

static tw_status take_concentrations(struct tw_plant_hours *out)
{
    const struct tw_influent_hours *hours = &out->hours;
    for (int load = 0; load < TW_LOAD_COUNT; load++) {
        for (int32_t c = 0; c < out->sheet.columns && out->conc_gm3[load] == NULL; c++) {
            if (!tw_load_is_column((enum tw_load)load, out->sheet.name[c])) continue;
            double *values = TW_ARENA_NEW(&out->arena, double, hours->count);
            if (values == NULL) return TW_ERR_NOMEM;
            tw_sheet_grid(&out->sheet, c, hours->begin_ms, HOUR_MS, hours->count, values);
            out->conc_gm3[load] = values;
        }
    }
    return TW_OK;
}

static void tell_gaps(const struct tw_plant_hours *out, const char *path, tw_faults *faults)
{
    const struct tw_influent_gaps *g = &out->gaps;
    if (g->flow_gaps > 0) {
        tw_faults_warn(faults, path, 0, "%s: %d of %d hours have no value", out->flow_name,
                       g->flow_gaps, out->hours.count);
    }
    if (g->negative + g->absurd > 0) {
        tw_faults_warn(faults, path, 0,
                       "%s: %d hours are negative and %d above 20 times the median; they are "
                       "taken as gaps",
                       out->flow_name, g->negative, g->absurd);
    }
    if (out->rain_name == NULL) {
        tw_faults_warn(faults, path, 0,
                       "there is no column of rain; the forecast knows the past flow only");
    } else if (g->rain_gaps > 0) {
        tw_faults_warn(faults, path, 0,
                       "%s: %d of %d hours have no sound value; they are taken as dry",
                       out->rain_name, g->rain_gaps, out->hours.count);
    }
}

static tw_status make_hours(const char *path, const struct tw_plant_columns *columns,
                            tw_faults *faults, struct tw_plant_hours *out)
{
    static const char *const flows[] = {"flow",  "flow_m3h",   "inflow", "q",
                                        "q_inf", "flow_total", NULL};
    static const char *const rains[] = {"rain",   "rain_mm",       "acc_precip",
                                        "precip", "precipitation", NULL};
    const struct tw_sheet *sheet = &out->sheet;
    int32_t flow = column_of(sheet, columns->flow, flows, path, faults);
    int32_t rain = column_of(sheet, columns->rain, rains, path, faults);
    int64_t first = sheet->time_ms[0], last = sheet->time_ms[sheet->rows - 1];
    int64_t begin_ms = first - ((first % HOUR_MS) + HOUR_MS) % HOUR_MS;
    int64_t count = (last - begin_ms) / HOUR_MS + 1;
    if (flow < 0 && columns->flow == NULL) {
        tw_faults_add(faults, path, 1, "no column is named flow; name it with --flow COLUMN");
    }
    if (sheet->step_ms > HOUR_MS) {
        tw_faults_add(faults, path, 0, "its rows are %.4g h apart; there has to be one each hour",
                      (double)sheet->step_ms / (double)HOUR_MS);
    }
    if (count > HOURS_MOST) {
        tw_faults_add(faults, path, 0, "it spans more than 30 years; a time is wrong, or cut it");
    }
    if (tw_faults_count(faults) > 0) return TW_ERR_INPUT;
    double *values[4];
    for (int i = 0; i < 4; i++) {
        values[i] = TW_ARENA_NEW(&out->arena, double, count);
        if (values[i] == NULL) return TW_ERR_NOMEM;
    }
    out->flow_name = sheet->name[flow];
    out->rain_name = rain >= 0 ? sheet->name[rain] : NULL;
    tw_sheet_grid(sheet, flow, begin_ms, HOUR_MS, (int32_t)count, values[0]);
    if (rain >= 0) {
        tw_sheet_grid_sums(sheet, rain, begin_ms, HOUR_MS, (int32_t)count, values[1]);
    }
    for (int64_t i = 0; i < count; i++)
        values[0][i] *= columns->to_m3h;
    struct tw_influent_hours raw = {.count = (int32_t)count,
                                    .zone_s = columns->zone_s,
                                    .begin_ms = begin_ms,
                                    .flow_m3h = values[0],
                                    .rain_mm = values[1]};
    TW_TRY(tw_influent_clean(&raw, &out->arena, values[2], values[3], &out->gaps));
    out->hours = raw;
    out->hours.flow_m3h = values[2];
    out->hours.rain_mm = values[3];
    tell_gaps(out, path, faults);
    return take_concentrations(out);
}

tw_status tw_plant_hours_load(const char *path, const struct tw_plant_columns *columns,
                              tw_faults *faults, struct tw_plant_hours *out)
{
    *out = (struct tw_plant_hours){0};
    tw_arena_init(&out->arena);
    TW_TRY(tw_plant_sheet_load(path, columns->zone_s, faults, &out->sheet));
    return make_hours(path, columns, faults, out);
}

void tw_plant_hours_done(struct tw_plant_hours *hours)
{
    tw_sheet_done(&hours->sheet);
    tw_arena_done(&hours->arena);
}

int32_t tw_plant_hour_of(const struct tw_plant_hours *hours, const char *text)
{
    int64_t time_ms;
    char day[40];
    (void)snprintf(day, sizeof day, "%.30s%s", text, strlen(text) == 10 ? "T00:00" : "");
    if (tw_iso_time_parse(day, hours->hours.zone_s, &time_ms) != TW_OK) return -1;
    int64_t hour = (time_ms - hours->hours.begin_ms) / HOUR_MS;
    if (time_ms < hours->hours.begin_ms || hour > hours->hours.count) return -1;
    return (int32_t)hour;
}

int tw_plant_failed(const char *command, const tw_faults *faults, tw_status status)
{
    if (status == TW_OK) return TW_EXIT_DONE;
    bool told = tw_faults_count(faults) > 0;
    if (!told) (void)fprintf(stderr, "thalweg plant %s: %s\n", command, tw_status_text(status));
    return told ? TW_EXIT_INPUT : TW_EXIT_FAILED;
}
