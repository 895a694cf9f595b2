/* thalweg plant fit: learn from a plant's past what will flow in. */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "net/iso_time.h"
#include "net/json.h"
#include "options.h"
#include "plant_data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: thalweg plant fit [options] DATA.csv MODEL.json\n"
    "\n"
    "Learns from hourly inflow and rain what flows into a plant in the next 48 h; `thalweg plant\n"
    "forecast` uses it. DATA.csv: time,flow,rain with a header, rows at most an hour apart; cells\n"
    "that are empty or no number are gaps.\n"
    "\n"
    "  --flow COLUMN      (flow, flow_m3h, inflow, q, q_inf, flow_total)\n"
    "  --flow-unit UNIT   m3/h, m3/d, m3/s or L/s (m3/h)\n"
    "  --rain COLUMN      mm in each row's time (rain, rain_mm, acc_precip, precip)\n"
    "  --zone +HH:MM      of times that name none (+00:00)\n"
    "  --test FROM/TO     learn from all but this stretch and 72 h on both sides, and tell how "
    "well\n"
    "                     it was foretold; TO as a day: that day too\n"
    "  --past-only        with --test: learn from what was before it only\n"
    "  --json             the scores as JSON\n"
    "  --help\n";

enum { APART_H = 72 };

struct arguments {
    const char *data, *model, *test_to;
    char test_from[40]; /* "": no test */
    struct tw_plant_columns columns;
    bool past_only, json;
};

/* ---- scores ---- */

static const int shown_leads[] = {1, 3, 6, 12, 24, 48};
enum { SHOWN = sizeof shown_leads / sizeof shown_leads[0] };

static void print_scores(const struct tw_influent_score *scores)
{
    printf("lead h  hours  RMSE m3/h  MAPE %%  persistence  no rain  noisy rain  "
           "inside 50%% 80%% 90%%\n");
    for (int i = 0; i < SHOWN; i++) {
        const struct tw_influent_score *s = &scores[shown_leads[i] - 1];
        printf("%6d %6d %10.1f %7.1f %12.1f %8.1f %11.1f  %9.1f %4.1f %4.1f\n", shown_leads[i],
               s->count, s->rmse_m3h, 100.0 * s->mape_ratio, s->persistence_m3h, s->no_rain_m3h,
               s->noisy_rain_m3h, 100.0 * s->coverage50, 100.0 * s->coverage80,
               100.0 * s->coverage90);
    }
}

static void write_scores(const struct tw_influent_score *scores)
{
    struct tw_strbuf out = {0};
    tw_json_open(&out, '[');
    for (int i = 0; i < TW_INFLUENT_LEADS; i++) {
        const struct tw_influent_score *s = &scores[i];
        const struct {
            const char *key;
            double value;
        } numbers[] = {{"rmse_m3h", s->rmse_m3h},
                       {"mape_ratio", s->mape_ratio},
                       {"persistence_rmse_m3h", s->persistence_m3h},
                       {"no_rain_rmse_m3h", s->no_rain_m3h},
                       {"noisy_rain_rmse_m3h", s->noisy_rain_m3h},
                       {"coverage50_ratio", s->coverage50},
                       {"coverage80_ratio", s->coverage80},
                       {"coverage90_ratio", s->coverage90}};
        tw_json_open(&out, '{');
        tw_json_put_integer(&out, "lead_h", i + 1);
        tw_json_put_integer(&out, "hours", s->count);
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            tw_json_put_number(&out, numbers[k].key, numbers[k].value, 4);
        }
        tw_json_close(&out, '}');
    }
    tw_json_close(&out, ']');
    printf("%s\n", tw_strbuf_get(&out));
    tw_strbuf_done(&out);
}

/* ---- the work ---- */

static tw_status find_stretch(const struct arguments *a, const struct tw_plant_hours *h,
                              tw_faults *faults, int32_t out_span[2])
{
    out_span[0] = tw_plant_hour_of(h, a->test_from);
    out_span[1] = tw_plant_hour_of(h, a->test_to);
    if (out_span[1] >= 0 && strlen(a->test_to) == 10) out_span[1] += 24;
    if (out_span[1] > h->hours.count) out_span[1] = h->hours.count;
    if (out_span[0] >= 0 && out_span[1] > out_span[0]) return TW_OK;
    tw_faults_add(faults, "--test", 0, "%s to %s is no stretch inside the data", a->test_from,
                  a->test_to);
    return TW_ERR_INPUT;
}

static tw_status write_model(const char *path, const struct tw_influent_model *model)
{
    struct tw_strbuf text = {0};
    tw_outfile *file = NULL;
    errno = 0;
    tw_status status = tw_influent_write(model, &text);
    if (status == TW_OK) status = tw_outfile_open(path, &file);
    if (status == TW_OK) {
        status = tw_outfile_write(file, text.text, text.length);
        if (status == TW_OK) {
            status = tw_outfile_commit(file);
        } else {
            tw_outfile_abandon(file);
        }
    }
    tw_strbuf_done(&text);
    if (status == TW_ERR_FILE) {
        (void)fprintf(stderr, "thalweg plant fit: %s can't be written: %s\n", path,
                      strerror(errno));
    }
    return status;
}

static tw_status learn(const struct arguments *a, struct tw_plant_hours *h, tw_faults *faults)
{
    struct tw_influent_model model;
    struct tw_influent_score scores[TW_INFLUENT_LEADS];
    int32_t span[2] = {0, 0};
    bool tests = a->test_from[0] != '\0';
    uint8_t *use = TW_ARENA_NEW(&h->arena, uint8_t, h->hours.count);
    if (use == NULL) return TW_ERR_NOMEM;
    if (tests) TW_TRY(find_stretch(a, h, faults, span));
    for (int32_t i = 0; i < h->hours.count; i++) {
        bool before = i < span[0] - (a->past_only ? 0 : APART_H);
        bool after = i >= span[1] + APART_H && !a->past_only;
        use[i] = !tests || before || after;
    }
    TW_TRY(tw_influent_fit(&h->hours, use, &h->arena, faults, &model));
    TW_TRY(write_model(a->model, &model));
    if (!tests) return TW_OK;
    TW_TRY(tw_influent_test(&model, &h->hours, span[0], span[1], scores));
    if (a->json) {
        write_scores(scores);
    } else {
        printf("%d hours learned from, %d hours foretold\n", model.trained_hours, scores[0].count);
        print_scores(scores);
    }
    return TW_OK;
}

/* FROM/TO, as ISO 8601 writes a stretch of time. */
static bool take_test(const char *text, struct arguments *a)
{
    size_t length = strcspn(text, "/");
    if (text[length] != '/' || length == 0 || length >= sizeof a->test_from) return false;
    memcpy(a->test_from, text, length);
    a->test_from[length] = '\0';
    a->test_to = text + length + 1;
    return true;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'f') a->columns.flow = value;
    if (option == 'r') a->columns.rain = value;
    if (option == 'p') a->past_only = true;
    if (option == 'j') a->json = true;
    if (option == 't') return take_test(value, a);
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
                                          {"test", required_argument, NULL, 't'},
                                          {"past-only", no_argument, NULL, 'p'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "plant fit",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 2,
                                       .most = 2};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    if (a->past_only && a->test_from[0] == '\0') return tw_options_refuse(usage);
    a->data = argv[optind];
    a->model = argv[optind + 1];
    return -1;
}

int tw_plant_fit_command(int argc, char **argv)
{
    struct arguments a = {.columns = {.to_m3h = 1.0}};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    tw_faults *faults = NULL;
    struct tw_plant_hours hours = {0};
    tw_status status = tw_faults_create(0, &faults);
    if (status == TW_OK) status = tw_plant_hours_load(a.data, &a.columns, faults, &hours);
    if (status == TW_OK) status = learn(&a, &hours, faults);
    if (faults != NULL) tw_faults_print(faults, true);
    code = tw_plant_failed("fit", faults, status);
    tw_plant_hours_done(&hours);
    tw_faults_destroy(faults);
    return code;
}
