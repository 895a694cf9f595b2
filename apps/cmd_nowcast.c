/* thalweg nowcast: how good the rain ahead would have been in a storm. */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "forecast/nowcast.h"
#include "forecast/rain.h"
#include "forecast/skill_rain.h"
#include "grid/radar_files.h"
#include "options.h"
#include "thalweg/thalweg.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: thalweg nowcast [options] STORM\n"
    "\n"
    "Makes the rain ahead every few minutes of a storm, with what was known by then, and scores "
    "it\n"
    "against what came: at places by radar, at gauges by the gauges.\n"
    "  STORM  folder with radar/ (20310701T1000.asc, .tif, .h5 ...; mm/h) or rain.csv\n"
    "         (time,gauge,rain_mm) or both\n"
    "\n"
    "  --model MODEL.inp  gauges and places (its rain gages, its subcatchments); without it 25 "
    "places\n"
    "                     in the middle of the radar's grid\n"
    "  --places N         so many of them at most (40)\n"
    "  --epsg CODE        of the map coordinates, for fields in ODIM HDF5\n"
    "  --members N        (32)\n"
    "  --threads N        (1)\n"
    "  --seed N           (1)\n"
    "  --every MIN        minutes between issues and length of a step (5)\n"
    "  --horizon MIN      (120)\n"
    "  --no-radar, --no-gauges  leave one out\n"
    "  --members-file FILE.csv  every forecast as issued,lead_min,place,m1,m2,...\n"
    "  --json             scores as JSON\n"
    "  --quiet            no warnings of the storm's files\n"
    "  --help\n"
    "\n"
    "Exit: 0 done, 2 usage, 3 bad input, 4 failed.\n";

enum { TABLE_MOST = 1 << 28, GROUP_S = 900, SIDE = 5 };

struct arguments {
    const char *storm, *model, *members_file;
    int32_t places, members, threads, seed, epsg;
    int32_t every_min, horizon_min;
    bool no_radar, no_gauges, json, quiet;
};

/* A gauge's row. */
struct fall {
    double at_s, rain_mm;
    int32_t gauge;
};

/* Everything that is needed and has to be freed. */
struct work {
    const struct arguments *a;
    tw_faults *faults;
    tw_model *model;
    struct tw_arena arena;
    struct tw_rain_gauge *gauges;
    double *interval_s; /* [gauge_count] */
    int32_t gauge_count;
    struct tw_rain_place *places; /* sampled ones, then one at each gauge */
    int32_t radar_places, place_count;
    struct fall *falls;
    int32_t fall_count;
    struct tw_radar_files radar;
    double from_s, to_s; /* of the storm, seconds since 1899-12-30 */
    struct tw_nowcast *nowcast;
    int32_t issues, steps;
    float *forecasts; /* [issues][steps][place_count][members] */
    float *came;      /* [issues][place_count] of the step that ends at the issue; NAN: not known */
    float *recent;    /* [issues][place_count] mean of ten minutes before */
    struct tw_rain_skill skill[2];
};

/* ---- arguments ---- */

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    switch (option) {
    case 'm':
        a->model = value;
        return true;
    case 'f':
        a->members_file = value;
        return true;
    case 'p':
        return tw_option_whole(value, 1, 10000, &a->places);
    case 'g':
        return tw_option_whole(value, 1, 99999, &a->epsg);
    case 'n':
        return tw_option_whole(value, 1, 1000, &a->members);
    case 't':
        return tw_option_whole(value, 1, 64, &a->threads);
    case 's':
        return tw_option_whole(value, 0, INT_MAX, &a->seed);
    case 'e':
        return tw_option_whole(value, 1, 60, &a->every_min);
    case 'o':
        return tw_option_whole(value, 15, 1440, &a->horizon_min);
    case 'R':
        return a->no_radar = true;
    case 'G':
        return a->no_gauges = true;
    case 'j':
        return a->json = true;
    case 'q':
        return a->quiet = true;
    default:
        return false;
    }
}

/* Returns an exit code, or -1 to go on. */
static int read_arguments(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"model", required_argument, NULL, 'm'},
                                          {"places", required_argument, NULL, 'p'},
                                          {"epsg", required_argument, NULL, 'g'},
                                          {"members", required_argument, NULL, 'n'},
                                          {"threads", required_argument, NULL, 't'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"every", required_argument, NULL, 'e'},
                                          {"horizon", required_argument, NULL, 'o'},
                                          {"no-radar", no_argument, NULL, 'R'},
                                          {"no-gauges", no_argument, NULL, 'G'},
                                          {"members-file", required_argument, NULL, 'f'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *a = (struct arguments){
        .places = 40, .members = 32, .threads = 1, .seed = 1, .every_min = 5, .horizon_min = 120};
    const struct tw_options options = {.command = "nowcast",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->storm = argv[optind];
    return -1;
}

/* ---- the storm ---- */

static int32_t gauge_find(const struct work *w, const char *name)
{
    for (int32_t g = 0; g < w->gauge_count; g++) {
        if (tw_text_same(w->gauges[g].name, name)) return g;
    }
    return -1;
}

static tw_status read_model(struct work *w)
{
    tw_status status = tw_model_read(w->a->model, w->faults, &w->model);
    if (status == TW_ERR_FILE) {
        tw_faults_add(w->faults, w->a->model, 0, "%s", strerror(errno));
        return TW_ERR_INPUT;
    }
    TW_TRY(status);
    int32_t count = tw_model_gage_count(w->model);
    w->gauges = TW_ARENA_NEW(&w->arena, struct tw_rain_gauge, count);
    w->interval_s = TW_ARENA_NEW(&w->arena, double, count);
    if (w->gauges == NULL || w->interval_s == NULL) return TW_ERR_NOMEM;
    for (int32_t g = 0; g < count; g++) {
        struct tw_gage_info info;
        TW_TRY(tw_model_gage_info(w->model, (tw_gage_id){g}, &info));
        w->gauges[g] = (struct tw_rain_gauge){info.name, info.x, info.y};
        w->interval_s[g] = info.interval_s;
    }
    w->gauge_count = count;
    return TW_OK;
}

/* One row `time,gauge,rain_mm`. */
static void take_row(struct work *w, const char *path, int line, char *row)
{
    char *gauge = strchr(row, ',');
    char *rain = gauge == NULL ? NULL : strchr(gauge + 1, ',');
    struct fall fall = {0.0, 0.0, -1};
    double day = 0.0;
    if (rain == NULL) {
        tw_faults_warn(w->faults, path, line, "it has not three cells and is left out");
        return;
    }
    *gauge++ = 0;
    *rain++ = 0;
    fall.gauge = gauge_find(w, gauge);
    if (tw_day_from_iso(row, &day) != TW_OK || fall.gauge < 0 ||
        tw_text_double(rain, &fall.rain_mm) != TW_OK) {
        tw_faults_warn(w->faults, path, line,
                       "time, gauge or rain is not understood; the row is left out");
        return;
    }
    fall.at_s = day * 86400.0;
    w->falls[w->fall_count++] = fall;
}

static tw_status read_rain(struct work *w)
{
    char path[PATH_MAX];
    char *text = NULL;
    (void)snprintf(path, sizeof path, "%s/rain.csv", w->a->storm);
    tw_status status = tw_file_read(path, TABLE_MOST, &text, NULL);
    if (status == TW_ERR_FILE && errno == ENOENT) return TW_OK;
    TW_TRY(status);
    size_t rows = 1;
    for (const char *c = text; *c != 0; c++)
        rows += *c == '\n';
    w->falls = TW_ARENA_NEW(&w->arena, struct fall, rows);
    if (w->falls == NULL) {
        free(text);
        return TW_ERR_NOMEM;
    }
    int line = 0;
    for (char *at = text; *at != 0;) {
        size_t length = strcspn(at, "\r\n");
        char *next = at + length + strspn(at + length, "\r\n");
        at[length] = 0;
        line++;
        if (line > 1 && *at != 0) take_row(w, path, line, at);
        at = next;
    }
    free(text);
    return TW_OK;
}

static void widen(struct work *w, double at_s)
{
    if (at_s < w->from_s) w->from_s = at_s;
    if (at_s > w->to_s) w->to_s = at_s;
}

static tw_status read_storm(struct work *w)
{
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%s/radar", w->a->storm);
    if (w->a->model != NULL) TW_TRY(read_model(w));
    if (!w->a->no_radar) {
        tw_status status = tw_radar_files_find(folder, w->faults, &w->radar);
        if (status != TW_OK && (status != TW_ERR_FILE || errno != ENOENT)) return status;
    }
    if (w->gauge_count > 0 && !w->a->no_gauges) TW_TRY(read_rain(w));
    w->from_s = (double)INFINITY;
    w->to_s = -(double)INFINITY;
    for (int32_t i = 0; i < w->fall_count; i++)
        widen(w, w->falls[i].at_s);
    for (int32_t i = 0; i < w->radar.count; i++)
        widen(w, w->radar.files[i].day * 86400.0);
    if (w->from_s < w->to_s) return TW_OK;
    tw_faults_add(w->faults, w->a->storm, 0,
                  "there is no rain in it: neither radar/ nor rain.csv with rows of the model's "
                  "gages");
    return TW_ERR_INPUT;
}

/* ---- places ---- */

/* Every so-many-th subcatchment that has a place. */
static tw_status places_of_model(struct work *w)
{
    int32_t all = tw_model_subcatchment_count(w->model);
    int32_t stride = (all + w->a->places - 1) / w->a->places;
    for (int32_t s = 0; s<all; s += stride> 0 ? stride : 1) {
        struct tw_subcatchment_info info;
        TW_TRY(tw_model_subcatchment_info(w->model, (tw_subcatchment_id){s}, &info));
        w->places[w->place_count++] = (struct tw_rain_place){info.x, info.y, info.gage.index};
    }
    return TW_OK;
}

static void places_of_grid(struct work *w, const struct tw_raster *field)
{
    for (int i = 0; i < SIDE * SIDE; i++) {
        double u = 0.3 + 0.1 * (i % SIDE);
        int row = i / SIDE;
        double v = 0.3 + 0.1 * row;
        w->places[w->place_count++] =
            (struct tw_rain_place){field->west + u * field->columns * field->dx,
                                   field->north - v * field->rows * field->dy, -1};
    }
}

static tw_status add_fields(struct work *w)
{
    struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
    how.epsg = w->a->epsg;
    for (int32_t i = 0; i < w->radar.count; i++) {
        char why[200];
        struct tw_raster field;
        const char *path = w->radar.files[i].path;
        tw_status status = tw_radar_file_read(path, &how, why, sizeof why, &field);
        if (status == TW_ERR_NOMEM) return status;
        if (status != TW_OK || why[0] != 0) tw_faults_warn(w->faults, path, 0, "%s", why);
        if (status != TW_OK) continue;
        status = tw_nowcast_add_radar(w->nowcast, w->radar.files[i].day * 86400.0, &field);
        tw_raster_done(&field);
        if (status == TW_ERR_ARG) {
            tw_faults_warn(w->faults, path, 0, "its grid is not that of the others; left out");
        } else {
            TW_TRY(status);
        }
    }
    return TW_OK;
}

/* The first field that can be read says where places may lie. */
static tw_status look_at_grid(struct work *w)
{
    struct tw_radar_how how = TW_RADAR_HOW_DEFAULT;
    how.epsg = w->a->epsg;
    for (int32_t i = 0; i < w->radar.count; i++) {
        char why[200];
        struct tw_raster field;
        if (tw_radar_file_read(w->radar.files[i].path, &how, why, sizeof why, &field) != TW_OK) {
            tw_faults_warn(w->faults, w->radar.files[i].path, 0, "%s", why);
            continue;
        }
        places_of_grid(w, &field);
        tw_raster_done(&field);
        return TW_OK;
    }
    tw_faults_add(w->faults, w->a->storm, 0, "no field can be read, and there is no --model");
    return TW_ERR_INPUT;
}

static tw_status make_places(struct work *w)
{
    int32_t most = w->a->places + SIDE * SIDE + w->gauge_count + 1;
    w->places = TW_ARENA_NEW(&w->arena, struct tw_rain_place, most);
    if (w->places == NULL) return TW_ERR_NOMEM;
    if (w->model != NULL) {
        TW_TRY(places_of_model(w));
    } else {
        TW_TRY(look_at_grid(w));
    }
    w->radar_places = w->place_count;
    for (int32_t g = 0; g < w->gauge_count; g++)
        w->places[w->place_count++] = (struct tw_rain_place){w->gauges[g].x, w->gauges[g].y, g};
    return TW_OK;
}

/* ---- forecasts ---- */

static tw_status make_nowcast(struct work *w)
{
    const struct arguments *a = w->a;
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.places = w->places;
    setup.place_count = w->place_count;
    setup.gauges = w->gauges;
    setup.gauge_count = w->gauge_count;
    setup.members = a->members;
    setup.threads = a->threads;
    setup.seed = (uint64_t)a->seed;
    setup.step_s = 60.0 * a->every_min;
    setup.horizon_s = 60.0 * a->horizon_min;
    setup.kept_s = setup.step_s > 900.0 ? setup.step_s : 900.0;
    TW_TRY(tw_nowcast_create(&setup, &w->nowcast));
    TW_TRY(add_fields(w));
    for (int32_t i = 0; i < w->fall_count; i++) {
        const struct fall *f = &w->falls[i];
        TW_TRY(tw_nowcast_add_gauge(w->nowcast, f->gauge, f->at_s, w->interval_s[f->gauge],
                                    f->rain_mm));
    }
    w->steps = a->horizon_min / a->every_min;
    w->issues = (int32_t)((w->to_s - w->from_s) / setup.step_s);
    size_t cases = (size_t)w->issues * (size_t)w->place_count;
    w->came = TW_ARENA_NEW(&w->arena, float, cases);
    w->recent = TW_ARENA_NEW(&w->arena, float, cases);
    w->forecasts = TW_ARENA_NEW(&w->arena, float, cases *(size_t)w->steps *(size_t)a->members);
    if (w->came == NULL || w->recent == NULL || w->forecasts == NULL) return TW_ERR_NOMEM;
    return TW_OK;
}

static float *forecast_at(const struct work *w, int32_t issue, int32_t step, int32_t place)
{
    size_t row = ((size_t)issue * (size_t)w->steps + (size_t)step) * (size_t)w->place_count;
    return w->forecasts + (row + (size_t)place) * (size_t)w->a->members;
}

static double issue_s(const struct work *w, int32_t issue)
{
    return w->from_s + (issue + 1) * 60.0 * w->a->every_min;
}

/* What a gauge caught in the step that ends at a moment; NAN when a part is missing. */
static double caught_mmh(const struct work *w, int32_t gauge, double to_s)
{
    double step_s = 60.0 * w->a->every_min;
    double sum_mm = 0.0;
    int32_t known = 0;
    for (int32_t i = 0; i < w->fall_count; i++) {
        const struct fall *f = &w->falls[i];
        if (f->gauge != gauge || f->at_s <= to_s - step_s || f->at_s > to_s) continue;
        sum_mm += f->rain_mm;
        known++;
    }
    return known > 0 ? sum_mm * 3600.0 / step_s : (double)NAN;
}

static tw_status issue_all(struct work *w)
{
    const double step_s = 60.0 * w->a->every_min;
    for (int32_t i = 0; i < w->issues; i++) {
        double now_s = issue_s(w, i);
        TW_TRY(tw_nowcast_issue(w->nowcast, now_s));
        for (int32_t p = 0; p < w->place_count; p++) {
            size_t at = (size_t)i * (size_t)w->place_count + (size_t)p;
            w->recent[at] = (float)tw_nowcast_analysis_mmh(w->nowcast, p, now_s - 600.0, now_s);
            w->came[at] =
                (float)(p < w->radar_places
                            ? tw_nowcast_analysis_mmh(w->nowcast, p, now_s - step_s, now_s)
                            : caught_mmh(w, p - w->radar_places, now_s));
            for (int32_t k = 0; k < w->steps; k++) {
                float *to = forecast_at(w, i, k, p);
                double ahead_s = now_s + k * step_s;
                for (int32_t m = 0; m < w->a->members; m++)
                    to[m] = (float)tw_nowcast_mmh(w->nowcast, m, p, ahead_s, ahead_s + step_s);
            }
        }
    }
    return TW_OK;
}

/* ---- scores ---- */

/* Score the forecasts of one issue and step. */
static tw_status score_step(struct work *w, int32_t issue, int32_t step)
{
    const tw_rain_persistence persistence = TW_RAIN_PERSISTENCE_DEFAULT;
    const double step_s = 60.0 * w->a->every_min;
    const size_t places = (size_t)w->place_count;
    const float *all_came = w->came + (size_t)(issue + step + 1) * places;
    const float *recent = w->recent + (size_t)issue * places;
    for (int32_t p = 0; p < w->place_count; p++) {
        if (isnan(all_came[p])) continue;
        double recent_mmh = (double)recent[p];
        struct tw_rain_case one = {
            .mmh = forecast_at(w, issue, step, p),
            .came_mmh = (double)all_came[p],
            .persistence_mmh = tw_rain_ahead_mmh(&persistence, recent_mmh, (step + 0.5) * step_s),
            .still_mmh = recent_mmh,
            .chance =
                ((uint64_t)issue * (uint64_t)w->steps + (uint64_t)step) * places + (uint64_t)p};
        int32_t group = (int32_t)(((step + 1) * step_s - 1.0) / GROUP_S);
        TW_TRY(tw_rain_skill_add(&w->skill[p >= w->radar_places], group, &one));
    }
    return TW_OK;
}

static tw_status score(struct work *w)
{
    int32_t groups = (w->a->horizon_min * 60 + GROUP_S - 1) / GROUP_S;
    for (int set = 0; set < 2; set++)
        TW_TRY(tw_rain_skill_init(&w->skill[set], groups, w->a->members));
    for (int32_t i = 0; i < w->issues; i++) {
        for (int32_t k = 0; k < w->steps && i + k + 1 < w->issues; k++)
            TW_TRY(score_step(w, i, k));
    }
    return TW_OK;
}

static void print_lead(const struct tw_rain_skill *s, int32_t l, bool json)
{
    const struct tw_rain_skill_lead *one = &s->lead[l];
    const char *row = json ? "{\"lead_min\": %d, \"cases\": %.0f, \"crps_mmh\": %.4f, "
                             "\"persistence_mmh\": %.4f, \"still_mmh\": %.4f, \"bias_mmh\": %.4f, "
                             "\"rmse_mmh\": %.4f, \"spread_mmh\": %.4f, \"outside\": %.4f, "
                             "\"unevenness\": %.4f}"
                           : "%6d %8.0f %8.3f %12.3f %8.3f %8.3f %8.3f %8.3f %8.3f %8.3f\n";
    printf(row, (l + 1) * GROUP_S / 60, one->cases, one->crps_mmh / one->cases,
           one->persistence_mmh / one->cases, one->still_mmh / one->cases,
           one->bias_mmh / one->cases, sqrt(one->error2 / one->cases),
           sqrt(one->spread2 / one->cases), tw_rain_skill_outside(s, l, 1),
           tw_rain_skill_unevenness(s, l, 1));
}

static void print_ranks(const struct tw_rain_skill *s)
{
    printf("  rank histogram, all leads:");
    for (int32_t r = 0; r <= s->members; r++) {
        double sum = 0.0;
        for (int32_t l = 0; l < s->leads; l++)
            sum += s->ranks[(size_t)l * ((size_t)s->members + 1) + (size_t)r];
        printf(" %.0f", sum);
    }
    printf("\n");
}

static void print_scores(const struct work *w)
{
    static const char *const names[2] = {"radar", "gauges"};
    bool first = true;
    if (w->a->json) printf("{\"storm\": \"%s\"", w->a->storm);
    for (int set = 0; set < 2; set++) {
        const struct tw_rain_skill *s = &w->skill[set];
        if (!(s->lead[0].cases > 0.0)) continue;
        if (w->a->json) {
            printf(", \"%s\": [", names[set]);
        } else {
            printf("against %s [mm/h]\n  lead    cases     CRPS  persistence    still     bias     "
                   "RMSE   spread  outside   uneven\n",
                   names[set]);
        }
        first = true;
        for (int32_t l = 0; l < s->leads; l++) {
            if (!(s->lead[l].cases > 0.0)) continue;
            if (w->a->json && !first) printf(",\n ");
            print_lead(s, l, w->a->json);
            first = false;
        }
        if (w->a->json) {
            printf("]");
        } else {
            print_ranks(s);
        }
    }
    if (w->a->json) printf("}\n");
}

static tw_status write_members(const struct work *w)
{
    tw_outfile *file = NULL;
    TW_TRY(tw_outfile_open(w->a->members_file, &file));
    tw_status status = tw_outfile_printf(file, "issued,lead_min,place,x,y");
    for (int32_t m = 1; m <= w->a->members && status == TW_OK; m++)
        status = tw_outfile_printf(file, ",m%d", m);
    for (int32_t i = 0; i < w->issues * w->steps * w->place_count && status == TW_OK; i++) {
        int32_t place = i % w->place_count;
        int32_t step = i / w->place_count % w->steps;
        int32_t issue = i / w->place_count / w->steps;
        char issued[24];
        tw_day_to_iso(issue_s(w, issue) / 86400.0, issued, sizeof issued);
        status =
            tw_outfile_printf(file, "\n%s,%d,%d,%.1f,%.1f", issued, (step + 1) * w->a->every_min,
                              place, w->places[place].x, w->places[place].y);
        const float *mmh = forecast_at(w, issue, step, place);
        for (int32_t m = 0; m < w->a->members && status == TW_OK; m++)
            status = tw_outfile_printf(file, ",%.3f", (double)mmh[m]);
    }
    if (status == TW_OK) status = tw_outfile_printf(file, "\n");
    if (status != TW_OK) {
        tw_outfile_abandon(file);
        return status;
    }
    return tw_outfile_commit(file);
}

static tw_status run(struct work *w)
{
    TW_TRY(tw_faults_create(0, &w->faults));
    TW_TRY(read_storm(w));
    TW_TRY(make_places(w));
    TW_TRY(make_nowcast(w));
    TW_TRY(issue_all(w));
    TW_TRY(score(w));
    if (w->a->members_file != NULL) TW_TRY(write_members(w));
    print_scores(w);
    return TW_OK;
}

int tw_cmd_nowcast(int argc, char **argv)
{
    struct arguments arguments;
    int code = read_arguments(argc, argv, &arguments);
    if (code >= 0) return code;
    struct work w = {.a = &arguments};
    tw_status status = run(&w);
    int saved = errno;
    if (w.faults != NULL) tw_faults_print(w.faults, !arguments.quiet);
    if (status != TW_OK && status != TW_ERR_INPUT) {
        (void)fprintf(stderr, "thalweg nowcast: %s%s%s\n", tw_status_text(status),
                      status == TW_ERR_FILE ? ": " : "",
                      status == TW_ERR_FILE ? strerror(saved) : "");
    }
    tw_nowcast_destroy(w.nowcast);
    tw_radar_files_done(&w.radar);
    tw_rain_skill_done(&w.skill[0]);
    tw_rain_skill_done(&w.skill[1]);
    tw_arena_done(&w.arena);
    tw_model_destroy(w.model);
    tw_faults_destroy(w.faults);
    if (status == TW_OK) return TW_EXIT_DONE;
    return status == TW_ERR_INPUT || status == TW_ERR_FILE ? TW_EXIT_INPUT : TW_EXIT_FAILED;
}
