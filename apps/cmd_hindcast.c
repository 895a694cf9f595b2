/* thalweg hindcast: a storm replayed cycle by cycle, and what the forecasts were worth. */
#include "base/file.h"
#include "base/text.h"
#include "base/threads.h"
#include "commands.h"
#include "faults.h"
#include "options.h"
#include "server/city.h"
#include "server/hindcast.h"
#include "server/storm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: thalweg hindcast [options] CITY STORM\n"
    "\n"
    "Replays a storm as it would have been lived: every cycle knows only what was measured until\n"
    "then, assimilates it and forecasts two hours. Prints how good the forecasts were, by lead,\n"
    "beside three baselines. STORM is a name below the city's storms, or a folder with rain.csv "
    "and\n"
    "optionally radar/*.asc, sensors.csv, measurements.csv and, to score against, "
    "truth_points.csv.\n"
    "What is wrong in it is named and left out. docs/skill.md tells what the scores mean.\n"
    "\n"
    "  --json             the scores as JSON on standard output\n"
    "  --forecasts FILE   every forecast as a table\n"
    "  --hold-out SENSOR  don't tell the model of this sensor; compare it with the model\n"
    "  --members N        of the ensemble (16)\n"
    "  --baselines N      members of the baselines (4); 0: no baselines but persistence\n"
    "  --cycle MINUTES    between two forecasts (the city's), a multiple of 5\n"
    "  --threads N        (the processors); results do not depend on it\n"
    "  --seed N           of all chance (1)\n"
    "  --quiet            no progress, no warnings\n"
    "  --help\n";

struct arguments {
    const char *city, *storm, *forecasts, *held_out;
    struct tw_hindcast_options options;
    bool json, quiet;
};

/* ---- arguments ---- */

static bool take_number(struct arguments *a, int option, const char *value)
{
    int32_t number = 0;
    switch (option) {
    case 'm':
        return tw_option_whole(value, 1, 1000, &a->options.members);
    case 'b':
        return tw_option_whole(value, 0, 1000, &a->options.baseline_members);
    case 'c':
        if (!tw_option_whole(value, 5, 120, &number) || number % 5 != 0) return false;
        a->options.cycle_s = 60.0 * number;
        return true;
    case 't':
        return tw_option_whole(value, 1, 64, &a->options.threads);
    case 's':
        if (!tw_option_whole(value, 0, INT32_MAX, &number)) return false;
        a->options.seed = (uint64_t)number;
        return true;
    default:
        return false;
    }
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    switch (option) {
    case 'j':
        a->json = true;
        return true;
    case 'q':
        a->quiet = true;
        return true;
    case 'f':
        a->forecasts = value;
        return true;
    case 'o':
        a->held_out = value;
        return true;
    default:
        return take_number(a, option, value);
    }
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"json", no_argument, NULL, 'j'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"forecasts", required_argument, NULL, 'f'},
                                          {"hold-out", required_argument, NULL, 'o'},
                                          {"members", required_argument, NULL, 'm'},
                                          {"baselines", required_argument, NULL, 'b'},
                                          {"cycle", required_argument, NULL, 'c'},
                                          {"threads", required_argument, NULL, 't'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "hindcast",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 2,
                                       .most = 2};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->city = argv[optind];
    a->storm = argv[optind + 1];
    return -1;
}

/* ---- the replay ---- */

static void show_progress(void *user, enum tw_hindcast_way way, int32_t cycle, int32_t cycles)
{
    static const char *const words[] = {
#define TW_HINDCAST_WAY(id, word, text) [TW_HINDCAST_##id] = (word),
#include "server/hindcast_ways.def"
#undef TW_HINDCAST_WAY
    };
    (void)user;
    (void)fprintf(stderr, "\r%s: cycle %d of %d%s", words[way], cycle, cycles,
                  cycle == cycles ? "\n" : "");
}

static tw_status write_forecasts(const struct arguments *a, const struct tw_hindcast *hindcast)
{
    tw_outfile *file = NULL;
    errno = 0;
    tw_status status = tw_outfile_open(a->forecasts, &file);
    if (status == TW_OK) {
        status = tw_hindcast_write_forecasts(hindcast, file);
        if (status == TW_OK) {
            status = tw_outfile_commit(file);
        } else {
            tw_outfile_abandon(file);
        }
    }
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg hindcast: %s can't be written: %s\n", a->forecasts,
                      errno != 0 ? strerror(errno) : tw_status_text(status));
    }
    return status;
}

static tw_status print_scores(const struct arguments *a, const struct tw_hindcast *hindcast)
{
    struct tw_strbuf text = {0};
    if (a->json) {
        tw_hindcast_json(hindcast, &text);
    } else {
        tw_hindcast_text(hindcast, &text);
    }
    tw_status status = text.status;
    if (status == TW_OK) (void)fputs(tw_strbuf_get(&text), stdout);
    tw_strbuf_done(&text);
    return status;
}

static tw_status replay(const struct arguments *a, struct tw_city *city,
                        const struct tw_storm *storm)
{
    struct tw_hindcast hindcast;
    tw_status status = tw_hindcast_run(city, storm, &a->options, &hindcast);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg hindcast: %s\n", tw_status_text(status));
    }
    if (status == TW_OK && a->forecasts != NULL) status = write_forecasts(a, &hindcast);
    if (status == TW_OK) status = print_scores(a, &hindcast);
    tw_hindcast_done(&hindcast);
    return status;
}

/* The sensor that --hold-out names; those of the storm's own folder come last and count first. */
static tw_status find_held_out(struct arguments *a, const struct tw_storm *storm, tw_faults *faults)
{
    if (a->held_out == NULL) return TW_OK;
    for (int32_t s = 0; s < storm->sensor_count; s++) {
        bool kind =
            storm->sensors[s].kind == TW_SENSOR_LEVEL || storm->sensors[s].kind == TW_SENSOR_FLOW;
        if (kind && strcmp(storm->sensors[s].id, a->held_out) == 0) a->options.held_out = s;
    }
    if (a->options.held_out >= 0) return TW_OK;
    tw_faults_add(faults, storm->folder, 0, "--hold-out: no level or flow is called \"%.64s\"",
                  a->held_out);
    return TW_ERR_INPUT;
}

static tw_status load(struct arguments *a, tw_faults *faults, struct tw_city **out_city,
                      struct tw_storm **out_storm)
{
    tw_faults *of_city = NULL;
    TW_TRY(tw_faults_create(0, &of_city));
    tw_status status = tw_city_load(a->city, of_city, out_city);
    tw_faults_print(of_city, false); /* its warnings are those of `thalweg check` */
    tw_faults_destroy(of_city);
    if (status == TW_OK) status = tw_storm_read(*out_city, a->storm, faults, out_storm);
    if (status == TW_OK) status = find_held_out(a, *out_storm, faults);
    return status;
}

int tw_cmd_hindcast(int argc, char **argv)
{
    struct arguments a = {.options = TW_HINDCAST_OPTIONS_DEFAULT};
    a.options.threads = tw_threads_processors();
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    if (!a.quiet && isatty(STDERR_FILENO)) a.options.progress = show_progress;
    tw_faults *faults = NULL;
    struct tw_city *city = NULL;
    struct tw_storm *storm = NULL;
    tw_status status = tw_faults_create(0, &faults);
    if (status == TW_OK) status = load(&a, faults, &city, &storm);
    tw_faults_print(faults, !a.quiet);
    if (status == TW_OK) {
        code = replay(&a, city, storm) == TW_OK ? TW_EXIT_DONE : TW_EXIT_FAILED;
    } else {
        bool input = status != TW_ERR_NOMEM;
        if (!input || status == TW_ERR_FILE) {
            (void)fprintf(stderr, "thalweg hindcast: %s\n", tw_status_text(status));
        }
        code = input ? TW_EXIT_INPUT : TW_EXIT_FAILED;
    }
    tw_storm_destroy(storm);
    tw_city_destroy(city);
    tw_faults_destroy(faults);
    return code;
}
