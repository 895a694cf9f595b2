/* thalweg plant forecast: what will flow into a plant in the next 48 hours, and what it carries. */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "net/iso_time.h"
#include "net/json.h"
#include "options.h"
#include "plant_data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: thalweg plant forecast [options] MODEL.json DATA.csv [OUT.csv]\n"
    "\n"
    "Inflow of the next 48 h with quantiles, and the load it carries. MODEL.json is from `thalweg\n"
    "plant fit`; DATA.csv has the past, at least a week, better two months. Rain of hours after "
    "the\n"
    "origin is the rain forecast. Columns cod, bod5, tss, nh4, tn, tp [g/m3] teach the loads; "
    "what\n"
    "was never measured gets a typical value and is said to.\n"
    "\n"
    "  --at TIME            origin (the last hour with a flow)\n"
    "  --rain-ahead R.csv   rain after the origin: time and a column for each member, mm\n"
    "  --flow COLUMN  --flow-unit UNIT  --rain COLUMN  --zone +HH:MM   as of `thalweg plant fit`\n"
    "  --json               instead of CSV on standard output\n"
    "  --help\n";

enum { MODEL_MOST = 1 << 24 };

struct arguments {
    const char *model, *data, *out, *at, *rain;
    struct tw_plant_columns columns;
    bool json;
};

/* Everything that a forecast is made of. */
struct work {
    const struct arguments *a;
    tw_faults *faults;
    struct tw_plant_hours past;
    struct tw_sheet rain;
    struct tw_influent_model model;
    struct tw_influent_forecast forecast;
    bool measured[TW_LOAD_COUNT];
    double conc_gm3[TW_LOAD_COUNT][TW_INFLUENT_LEADS][3];
};

static tw_status load_model(struct work *w)
{
    char *text = NULL;
    tw_status status = tw_file_read_text(w->a->model, MODEL_MOST, w->faults, &text);
    if (status != TW_OK) return status == TW_ERR_FILE ? TW_ERR_INPUT : status;
    status =
        tw_influent_read(w->a->model, text, strlen(text), &w->past.arena, w->faults, &w->model);
    free(text);
    return status;
}

static tw_status find_origin(struct work *w, int32_t *out_origin)
{
    const struct tw_influent_hours *h = &w->past.hours;
    int32_t origin = h->count - 1;
    if (w->a->at != NULL) {
        origin = tw_plant_hour_of(&w->past, w->a->at);
        if (origin >= h->count) origin = -1;
    } else {
        while (origin >= 0 && isnan(h->flow_m3h[origin]))
            origin--;
    }
    *out_origin = origin;
    if (origin >= 168) return TW_OK;
    tw_faults_add(w->faults, w->a->data, 0,
                  origin < 0 ? "%s is no time inside the data"
                             : "there is less than a week before %s; give a longer past",
                  w->a->at != NULL ? w->a->at : "its last flow");
    return TW_ERR_INPUT;
}

/* One forecast with the rain of a member. */
static tw_status forecast_member(struct work *w, int32_t origin, int32_t member,
                                 struct tw_influent_forecast *out)
{
    struct tw_influent_hours hours = w->past.hours;
    int32_t count = origin + 1 + TW_INFLUENT_LEADS;
    double *rain = TW_ARENA_NEW(&w->past.arena, double, count);
    double *flow = TW_ARENA_NEW(&w->past.arena, double, count);
    if (rain == NULL || flow == NULL) return TW_ERR_NOMEM;
    tw_sheet_grid_sums(&w->rain, member, hours.begin_ms, 3600000, count, rain);
    for (int32_t i = 0; i < count; i++) {
        flow[i] = i <= origin ? hours.flow_m3h[i] : (double)NAN;
        if (i <= origin) rain[i] = hours.rain_mm[i];
        if (rain[i] < 0.0 || rain[i] > 401.0) rain[i] = (double)NAN;
    }
    hours.count = count;
    hours.flow_m3h = flow;
    hours.rain_mm = rain;
    return tw_influent_ahead(&w->model, &hours, origin, out);
}

static tw_status forecast_flow(struct work *w, int32_t origin)
{
    if (w->a->rain == NULL) {
        return tw_influent_ahead(&w->model, &w->past.hours, origin, &w->forecast);
    }
    TW_TRY(tw_plant_sheet_load(w->a->rain, w->a->columns.zone_s, w->faults, &w->rain));
    int32_t members = w->rain.columns;
    struct tw_influent_forecast *all =
        TW_ARENA_NEW(&w->past.arena, struct tw_influent_forecast, members);
    if (all == NULL) return TW_ERR_NOMEM;
    for (int32_t k = 0; k < members; k++)
        TW_TRY(forecast_member(w, origin, k, &all[k]));
    tw_influent_mix(all, members, &w->forecast);
    return TW_OK;
}

/* Concentrations that go with the best estimate. */
static tw_status forecast_loads(struct work *w, int32_t origin)
{
    struct tw_influent_hours hours = w->past.hours;
    int32_t count = origin + 1 + TW_INFLUENT_LEADS;
    double *flow = TW_ARENA_NEW(&w->past.arena, double, count);
    double *conc = TW_ARENA_NEW(&w->past.arena, double, (size_t)count * 3);
    if (flow == NULL || conc == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++)
        flow[i] = i <= origin ? hours.flow_m3h[i] : w->forecast.best_m3h[i - origin - 1];
    hours.flow_m3h = flow;
    for (int load = 0; load < TW_LOAD_COUNT; load++) {
        struct tw_load_model model;
        hours.count = origin + 1;
        TW_TRY(tw_load_fit(&hours, w->past.conc_gm3[load], &w->past.arena, &model));
        w->measured[load] = model.measured;
        hours.count = count;
        TW_TRY(tw_load_make(&model, (enum tw_load)load, &hours, conc));
        memcpy(w->conc_gm3[load], conc + (size_t)(origin + 1) * 3, sizeof w->conc_gm3[load]);
    }
    return TW_OK;
}

static void tell(struct work *w)
{
    const struct tw_influent_forecast *f = &w->forecast;
    if (f->flow_age_h > 0) {
        tw_faults_warn(w->faults, w->a->data, 0,
                       "the flow is missing for %d h before the origin; what the model missed "
                       "before fades by 5 %% an hour",
                       f->flow_age_h);
    }
    if (f->rain_missing_h > 0) {
        tw_faults_warn(
            w->faults, w->a->rain != NULL ? w->a->rain : w->a->data, 0,
            "%d of the 48 h ahead have no rain; where that is most of them, the forecast "
            "goes by the past alone",
            f->rain_missing_h);
    }
}

static tw_status make(struct work *w)
{
    int32_t origin;
    TW_TRY(tw_plant_hours_load(w->a->data, &w->a->columns, w->faults, &w->past));
    TW_TRY(load_model(w));
    TW_TRY(find_origin(w, &origin));
    TW_TRY(forecast_flow(w, origin));
    tell(w);
    return forecast_loads(w, origin);
}

/* ---- out ---- */

static void write_csv(const struct work *w, struct tw_strbuf *out)
{
    (void)tw_strbuf_add_text(out, "time,flow_m3h");
    for (int q = 0; q < TW_INFLUENT_LEVELS; q++)
        (void)tw_strbuf_printf(out, ",flow_q%02.0f_m3h", 100.0 * tw_influent_levels[q]);
    for (int load = 0; load < TW_LOAD_COUNT; load++) {
        const char *key = tw_load_info_get((enum tw_load)load)->key;
        (void)tw_strbuf_printf(out, ",%s,%s_low,%s_high", key, key, key);
    }
    (void)tw_strbuf_add_text(out, "\n");
    for (int i = 0; i < TW_INFLUENT_LEADS; i++) {
        char time[TW_ISO_TIME_SIZE];
        tw_iso_time_format(w->forecast.origin_ms + (i + 1) * 3600000LL, w->past.hours.zone_s, time);
        (void)tw_strbuf_printf(out, "%s,%.3f", time, w->forecast.best_m3h[i]);
        for (int q = 0; q < TW_INFLUENT_LEVELS; q++)
            (void)tw_strbuf_printf(out, ",%.3f", w->forecast.flow_m3h[i][q]);
        for (int load = 0; load < TW_LOAD_COUNT; load++) {
            const double *conc = w->conc_gm3[load][i];
            (void)tw_strbuf_printf(out, ",%.4g,%.4g,%.4g", conc[1], conc[0], conc[2]);
        }
        (void)tw_strbuf_add_text(out, "\n");
    }
}

static void write_hour(const struct work *w, int i, struct tw_strbuf *out)
{
    char key[16];
    tw_json_open(out, '{');
    tw_json_key(out, "time");
    tw_json_time(out, w->forecast.origin_ms + (i + 1) * 3600000LL, w->past.hours.zone_s);
    tw_json_put_number(out, "flow_m3h", w->forecast.best_m3h[i], 3);
    tw_json_key(out, "quantiles_m3h");
    tw_json_open(out, '{');
    for (int q = 0; q < TW_INFLUENT_LEVELS; q++) {
        (void)snprintf(key, sizeof key, "%g", tw_influent_levels[q]);
        tw_json_put_number(out, key, w->forecast.flow_m3h[i][q], 3);
    }
    tw_json_close(out, '}');
    tw_json_key(out, "loads");
    tw_json_open(out, '{');
    for (int load = 0; load < TW_LOAD_COUNT; load++) {
        const double *conc = w->conc_gm3[load][i];
        tw_json_key(out, tw_load_info_get((enum tw_load)load)->key);
        tw_json_open(out, '{');
        tw_json_put_number(out, "best", conc[1], 3);
        tw_json_put_number(out, "low", conc[0], 3);
        tw_json_put_number(out, "high", conc[2], 3);
        tw_json_put_number(out, "load_kgh", conc[1] * w->forecast.best_m3h[i] / 1000.0, 3);
        tw_json_close(out, '}');
    }
    tw_json_close(out, '}');
    tw_json_close(out, '}');
}

static void write_json(const struct work *w, struct tw_strbuf *out)
{
    tw_json_open(out, '{');
    tw_json_key(out, "origin");
    tw_json_time(out, w->forecast.origin_ms, w->past.hours.zone_s);
    tw_json_put_integer(out, "flow_age_h", w->forecast.flow_age_h);
    tw_json_put_integer(out, "rain_missing_h", w->forecast.rain_missing_h);
    tw_json_key(out, "loads_from");
    tw_json_open(out, '{');
    for (int load = 0; load < TW_LOAD_COUNT; load++) {
        tw_json_put_text(out, tw_load_info_get((enum tw_load)load)->key,
                         w->measured[load] ? "measured" : "typical");
    }
    tw_json_close(out, '}');
    tw_json_key(out, "hours");
    tw_json_open(out, '[');
    for (int i = 0; i < TW_INFLUENT_LEADS; i++)
        write_hour(w, i, out);
    tw_json_close(out, ']');
    tw_json_close(out, '}');
    (void)tw_strbuf_add_text(out, "\n");
}

static tw_status put(const struct work *w)
{
    struct tw_strbuf text = {0};
    tw_outfile *file = NULL;
    const char *path = w->a->out;
    if (w->a->json) {
        write_json(w, &text);
    } else {
        write_csv(w, &text);
    }
    tw_status status = text.status;
    errno = 0;
    if (status == TW_OK && path == NULL) {
        bool written = fwrite(text.text, 1, text.length, stdout) == text.length;
        status = written && fflush(stdout) == 0 ? TW_OK : TW_ERR_FILE;
    } else if (status == TW_OK) {
        status = tw_outfile_open(path, &file);
        if (status == TW_OK) status = tw_outfile_write(file, text.text, text.length);
        if (status == TW_OK) {
            status = tw_outfile_commit(file);
        } else {
            tw_outfile_abandon(file);
        }
    }
    tw_strbuf_done(&text);
    if (status == TW_ERR_FILE) {
        (void)fprintf(stderr, "thalweg plant forecast: %s can't be written: %s\n",
                      path != NULL ? path : "standard output", strerror(errno));
    }
    return status;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'f') a->columns.flow = value;
    if (option == 'r') a->columns.rain = value;
    if (option == 'a') a->at = value;
    if (option == 'R') a->rain = value;
    if (option == 'j') a->json = true;
    if (option == 'u') return tw_plant_unit(value, &a->columns.to_m3h);
    if (option == 'z') return tw_zone_parse(value, &a->columns.zone_s) == TW_OK;
    return true;
}

static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"flow", required_argument, NULL, 'f'},
                                          {"flow-unit", required_argument, NULL, 'u'},
                                          {"rain", required_argument, NULL, 'r'},
                                          {"zone", required_argument, NULL, 'z'},
                                          {"at", required_argument, NULL, 'a'},
                                          {"rain-ahead", required_argument, NULL, 'R'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "plant forecast",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 2,
                                       .most = 3};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->model = argv[optind];
    a->data = argv[optind + 1];
    a->out = argc - optind == 3 ? argv[optind + 2] : NULL;
    return -1;
}

int tw_plant_forecast_command(int argc, char **argv)
{
    struct arguments a = {.columns = {.to_m3h = 1.0}};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    struct work *w = calloc(1, sizeof *w);
    if (w == NULL) return tw_plant_failed("forecast", NULL, TW_ERR_NOMEM);
    w->a = &a;
    tw_status status = tw_faults_create(0, &w->faults);
    if (status == TW_OK) status = make(w);
    if (w->faults != NULL) tw_faults_print(w->faults, true);
    if (status == TW_OK) status = put(w);
    code = tw_plant_failed("forecast", w->faults, status);
    tw_plant_hours_done(&w->past);
    tw_sheet_done(&w->rain);
    tw_faults_destroy(w->faults);
    free(w);
    return code;
}
