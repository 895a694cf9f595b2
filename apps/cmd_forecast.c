/* thalweg forecast: one forecast cycle of a city, printed. */
#include "base/text.h"
#include "base/threads.h"
#include "commands.h"
#include "faults.h"
#include "look.h"
#include "net/iso_time.h"
#include "net/json.h"
#include "options.h"
#include "server/city.h"
#include "server/hindcast.h"
#include "server/hindcast_model.h"
#include "server/storm.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

static const char usage[] =
    "usage: thalweg forecast [options] CITY --at TIME\n"
    "\n"
    "One forecast cycle: what gauges, radar and sensors had told by TIME is assimilated, and the\n"
    "next two hours are printed, for every point the probability that it floods and its depth.\n"
    "Measurements are those of the city's store, twelve hours back, or of a storm: a name below\n"
    "the city's storms, or a folder (see thalweg hindcast).\n"
    "\n"
    "  --at TIME      e.g. 2031-07-01T12:30, local where it names no zone\n"
    "  --storm STORM  where the measurements come from\n"
    "  --store FILE   likewise (CITY/var/live.db, as city.ini says)\n"
    "  --json         as JSON on standard output\n"
    "  --members N    of the ensemble (24)\n"
    "  --threads N    (the processors); the result does not depend on it\n"
    "  --seed N       of all chance (1)\n"
    "  --quiet        no warnings\n"
    "  --help\n";

#define LIVED_H INT64_C(12) /* of the store, before the moment */

enum { LEAD_STEPS = 3, STEPS = 24 }; /* printed every 15 minutes, of 5-minute steps to 2 hours */

struct arguments {
    const char *city, *at, *storm, *store;
    int32_t members, threads, seed;
    bool json, quiet;
};

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    switch (option) {
    case 'a':
        a->at = value;
        return true;
    case 'S':
        a->storm = value;
        return true;
    case 'd':
        a->store = value;
        return true;
    case 'j':
        a->json = true;
        return true;
    case 'q':
        a->quiet = true;
        return true;
    case 'm':
        return tw_option_whole(value, 1, 1000, &a->members);
    case 't':
        return tw_option_whole(value, 1, 64, &a->threads);
    case 's':
        return tw_option_whole(value, 0, INT32_MAX, &a->seed);
    default:
        return false;
    }
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {
        {"at", required_argument, NULL, 'a'},      {"storm", required_argument, NULL, 'S'},
        {"store", required_argument, NULL, 'd'},   {"json", no_argument, NULL, 'j'},
        {"members", required_argument, NULL, 'm'}, {"threads", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 's'},    {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "forecast",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    if (a->at == NULL || (a->storm != NULL && a->store != NULL)) return tw_options_refuse(usage);
    a->city = argv[optind];
    return -1;
}

/* ---- what is printed ---- */

static void json_point(struct tw_strbuf *out, const struct tw_city *city,
                       const struct tw_hindcast_outcome *outcome, int32_t p)
{
    static const char *const words[TW_SKILL_CLASSES] = {"p15", "p27", "p40", "p60"};
    tw_json_open(out, '{');
    tw_json_put_text(out, "point", city->points[p].id);
    tw_json_key(out, "leads");
    tw_json_open(out, '[');
    for (int32_t s = LEAD_STEPS; s <= STEPS; s += LEAD_STEPS) {
        const struct tw_skill_forecast f = tw_hindcast_forecast_of(outcome, p, s, (double)NAN);
        tw_json_open(out, '{');
        tw_json_put_integer(out, "lead_min", (int64_t)(s * TW_HINDCAST_STEP_S / 60.0));
        for (int32_t c = 0; c < TW_SKILL_CLASSES; c++) {
            tw_json_put_number(out, words[c], (double)f.above[c], 3);
        }
        tw_json_put_number(out, "depth_q10", (double)f.depth_m[0], 3);
        tw_json_put_number(out, "depth_q50", (double)f.depth_m[1], 3);
        tw_json_put_number(out, "depth_q90", (double)f.depth_m[2], 3);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
}

/* What was used and left out, in words. */
static void json_notes(struct tw_strbuf *out, struct tw_foresee *foresee)
{
    const struct tw_nowcast *rain = tw_foresee_nowcast(foresee);
    const struct tw_filter *filter = tw_foresee_filter(foresee);
    tw_json_key(out, "notes");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < tw_nowcast_note_count(rain); i++)
        tw_json_string(out, tw_nowcast_note(rain, i).en);
    for (int32_t i = 0; i < tw_filter_note_count(filter); i++)
        tw_json_string(out, tw_filter_note_get(filter, i).en);
    tw_json_close(out, ']');
}

static void write_json(struct tw_strbuf *out, const struct tw_city *city, int64_t at_ms,
                       const struct tw_hindcast_outcome *outcome, struct tw_foresee *foresee)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "city", city->id);
    tw_json_key(out, "issued");
    tw_json_time(out, at_ms, city->zone_s);
    tw_json_put_integer(out, "members", outcome->sound);
    tw_json_key(out, "points");
    tw_json_open(out, '[');
    for (int32_t p = 0; p < city->point_count; p++)
        json_point(out, city, outcome, p);
    tw_json_close(out, ']');
    json_notes(out, foresee);
    tw_json_close(out, '}');
    (void)tw_strbuf_add_text(out, "\n");
}

static void write_text(struct tw_strbuf *out, const struct tw_city *city, int64_t at_ms,
                       const struct tw_hindcast_outcome *outcome, struct tw_foresee *foresee)
{
    char issued[TW_ISO_TIME_SIZE];
    tw_iso_time_format(at_ms, city->zone_s, issued);
    (void)tw_strbuf_printf(out,
                           "%s, issued %s, %d members: probability in %% of more than %.2f m, and "
                           "middle depth in m\npoint     ",
                           city->title.en, issued, outcome->sound, tw_hindcast_classes_m[0]);
    for (int32_t s = LEAD_STEPS; s <= STEPS; s += LEAD_STEPS)
        (void)tw_strbuf_printf(out, " %5.0f min", s * TW_HINDCAST_STEP_S / 60.0);
    for (int32_t p = 0; p < city->point_count; p++) {
        (void)tw_strbuf_printf(out, "\n%-10s", city->points[p].id);
        for (int32_t s = LEAD_STEPS; s <= STEPS; s += LEAD_STEPS) {
            const struct tw_skill_forecast f = tw_hindcast_forecast_of(outcome, p, s, (double)NAN);
            (void)tw_strbuf_printf(out, "  %3.0f %.2f", 100.0 * (double)f.above[0],
                                   (double)f.depth_m[1]);
        }
    }
    (void)tw_strbuf_add_text(out, "\n");
    const struct tw_nowcast *rain = tw_foresee_nowcast(foresee);
    const struct tw_filter *filter = tw_foresee_filter(foresee);
    for (int32_t i = 0; i < tw_nowcast_note_count(rain); i++)
        (void)tw_strbuf_printf(out, "%s\n", tw_nowcast_note(rain, i).en);
    for (int32_t i = 0; i < tw_filter_note_count(filter); i++)
        (void)tw_strbuf_printf(out, "%s\n", tw_filter_note_get(filter, i).en);
}

/* ---- the cycle ---- */

static tw_status print(const struct arguments *a, const struct tw_city *city, int64_t at_ms,
                       struct tw_hindcast_model *model)
{
    struct tw_strbuf text = {0};
    struct tw_hindcast_outcome outcome;
    TW_TRY(tw_hindcast_model_look(model, &outcome));
    if (a->json) {
        write_json(&text, city, at_ms, &outcome, tw_hindcast_model_foresee(model));
    } else {
        write_text(&text, city, at_ms, &outcome, tw_hindcast_model_foresee(model));
    }
    tw_status status = text.status;
    if (status == TW_OK) (void)fputs(tw_strbuf_get(&text), stdout);
    tw_strbuf_done(&text);
    return status;
}

/* Live through the storm up to the moment, cycle by cycle, and look ahead once. */
static tw_status forecast(const struct arguments *a, struct tw_city *city,
                          const struct tw_storm *storm, int64_t at_ms)
{
    const struct tw_hindcast_model_setup setup = {.city = city,
                                                  .storm = storm,
                                                  .assimilates = true,
                                                  .members = a->members,
                                                  .threads = a->threads,
                                                  .held_out = -1,
                                                  .seed = (uint64_t)a->seed,
                                                  .step_s = TW_HINDCAST_STEP_S,
                                                  .steps = STEPS};
    struct tw_hindcast_model *model = NULL;
    double until_s = (double)(at_ms - storm->start_ms) / 1000.0;
    tw_status status = tw_hindcast_model_create(&setup, &model);
    for (int32_t k = 0; status == TW_OK && k * TW_HINDCAST_STEP_S < until_s; k++)
        status = tw_hindcast_model_advance(model, k * TW_HINDCAST_STEP_S);
    if (status == TW_OK) status = tw_hindcast_model_advance(model, until_s);
    if (status == TW_OK) status = print(a, city, at_ms, model);
    tw_hindcast_model_destroy(model);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg forecast: %s\n", tw_status_text(status));
    }
    return status;
}

static tw_status find_time(const struct arguments *a, const struct tw_city *city, tw_faults *faults,
                           int64_t *out_ms)
{
    if (tw_iso_time_parse(a->at, city->zone_s, out_ms) == TW_OK) return TW_OK;
    tw_faults_add(faults, "--at", 0, "\"%.40s\" is no time; write it as 2031-07-01T12:30", a->at);
    return TW_ERR_INPUT;
}

/* A storm of the city, which must hold the moment. */
static tw_status read_storm(const struct arguments *a, struct tw_city *city, int64_t at_ms,
                            tw_faults *faults, struct tw_storm **out_storm)
{
    TW_TRY(tw_storm_read(city, a->storm, faults, out_storm));
    if (at_ms >= (*out_storm)->start_ms && at_ms <= (*out_storm)->end_ms) return TW_OK;
    tw_faults_add(faults, "--at", 0, "%s is not within the storm in %s", a->at,
                  (*out_storm)->folder);
    return TW_ERR_INPUT;
}

/* The hours before the moment, as the city's store has them. */
static tw_status read_store(const struct arguments *a, struct tw_city *city, int64_t at_ms,
                            tw_faults *faults, struct tw_storm **out_storm)
{
    struct tw_store *store = NULL;
    TW_TRY(tw_look_open(a->store, city->store_database, tw_city_path(city, city->store_folder),
                        "when `thalweg serve` has it open, ask it: GET /api/v1/points", faults,
                        &store));
    if (store == NULL) {
        tw_faults_add(faults, a->city, 0,
                      "the city has no store yet: `thalweg serve` makes one; or name a --storm");
        return TW_ERR_INPUT;
    }
    tw_status status =
        tw_storm_of_store(city, store, at_ms - LIVED_H * 3600000, at_ms, faults, out_storm);
    tw_store_close(store);
    return status;
}

int tw_cmd_forecast(int argc, char **argv)
{
    struct arguments a = {.members = 24, .threads = tw_threads_processors(), .seed = 1};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    tw_faults *faults = NULL, *of_city = NULL;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    int64_t at_ms = 0;
    tw_status status = tw_faults_create(0, &faults);
    if (status == TW_OK) status = tw_faults_create(0, &of_city);
    if (status == TW_OK) status = tw_city_load(a.city, of_city, &city);
    if (status == TW_OK) status = find_time(&a, city, faults, &at_ms);
    if (status == TW_OK) {
        status = a.storm != NULL ? read_storm(&a, city, at_ms, faults, &storm)
                                 : read_store(&a, city, at_ms, faults, &storm);
    }
    tw_faults_print(of_city, false); /* its warnings are those of `thalweg check` */
    tw_faults_print(faults, !a.quiet);
    if (status == TW_OK) {
        code = forecast(&a, city, storm, at_ms) == TW_OK ? TW_EXIT_DONE : TW_EXIT_FAILED;
    } else {
        if (status == TW_ERR_NOMEM || status == TW_ERR_FILE) {
            (void)fprintf(stderr, "thalweg forecast: %s\n", tw_status_text(status));
        }
        code = status == TW_ERR_NOMEM ? TW_EXIT_FAILED : TW_EXIT_INPUT;
    }
    tw_storm_destroy(storm);
    tw_city_destroy(city);
    tw_faults_destroy(of_city);
    tw_faults_destroy(faults);
    return code;
}
