/* thalweg calibrate: factors of a city's model, fitted to storms that were measured. */
#include "base/file.h"
#include "base/text.h"
#include "base/threads.h"
#include "commands.h"
#include "faults.h"
#include "net/json.h"
#include "options.h"
#include "server/calibrate.h"
#include "server/city.h"
#include "server/storm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: thalweg calibrate [options] CITY STORM...\n"
    "\n"
    "Fits factors of the model (rain, losses, roughness, dry weather flow) to the levels and "
    "flows\n"
    "that were measured in past storms, and says how sure it is of each. STORM is a name below "
    "the\n"
    "city's storms, or a folder (see thalweg hindcast). docs/skill.md tells how it is done.\n"
    "\n"
    "  --out FILE     write the calibration there; CITY/calibration.ini is read by forecast\n"
    "                 and hindcast\n"
    "  --json         the result as JSON on standard output\n"
    "  --members N    tried at once (32), 3 to 256\n"
    "  --rounds N     in which the storms are gone through (4)\n"
    "  --threads N    (the processors); the result does not depend on it\n"
    "  --seed N       of all chance (1)\n"
    "  --quiet        no progress, no warnings\n"
    "  --help\n";

enum { STORMS_MOST = 100 };

struct arguments {
    const char *city, *out;
    char **storms;
    int32_t storm_count;
    struct tw_calibrate_options options;
    bool json, quiet;
};

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    int32_t seed = 0;
    switch (option) {
    case 'o':
        a->out = value;
        return true;
    case 'j':
        a->json = true;
        return true;
    case 'q':
        a->quiet = true;
        return true;
    case 'm':
        return tw_option_whole(value, 3, 256, &a->options.members);
    case 'r':
        return tw_option_whole(value, 1, 20, &a->options.rounds);
    case 't':
        return tw_option_whole(value, 1, 64, &a->options.threads);
    case 's':
        if (!tw_option_whole(value, 0, INT32_MAX, &seed)) return false;
        a->options.seed = (uint64_t)seed;
        return true;
    default:
        return false;
    }
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"out", required_argument, NULL, 'o'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"members", required_argument, NULL, 'm'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {"threads", required_argument, NULL, 't'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "calibrate",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 2,
                                       .most = 1 + STORMS_MOST};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->city = argv[optind];
    a->storms = argv + optind + 1;
    a->storm_count = argc - optind - 1;
    return -1;
}

static void show_progress(void *user, int32_t done, int32_t of)
{
    (void)user;
    (void)fprintf(stderr, "\rstorm %d of %d%s", done, of, done == of ? "\n" : "");
}

static void print_json(const struct tw_calibration *calibration)
{
    struct tw_strbuf out = {0};
    tw_json_open(&out, '{');
    tw_json_put_integer(&out, "values", calibration->values);
    tw_json_put_number(&out, "difference_before", calibration->before, 4);
    tw_json_put_number(&out, "difference_after", calibration->after, 4);
    tw_json_key(&out, "factors");
    tw_json_open(&out, '{');
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        const struct tw_calibrated *f = &calibration->factors[p];
        tw_json_key(&out, tw_filter_parameter_word((enum tw_filter_parameter)p));
        tw_json_open(&out, '{');
        tw_json_put_number(&out, "middle", f->middle, 4);
        tw_json_put_number(&out, "low", f->low, 4);
        tw_json_put_number(&out, "high", f->high, 4);
        tw_json_close(&out, '}');
    }
    tw_json_close(&out, '}');
    tw_json_close(&out, '}');
    (void)puts(tw_strbuf_get(&out));
    tw_strbuf_done(&out);
}

static void print_text(const struct tw_calibration *calibration)
{
    printf("%d values; difference from them %.2f expected deviations before, %.2f after\n",
           calibration->values, calibration->before, calibration->after);
    printf("%-18s %7s   nine of ten between\n", "factor", "middle");
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        const struct tw_calibrated *f = &calibration->factors[p];
        printf("%-18s %7.3f   %.3f and %.3f\n",
               tw_filter_parameter_word((enum tw_filter_parameter)p), f->middle, f->low, f->high);
    }
}

static tw_status write_out(const struct arguments *a, const struct tw_calibration *calibration)
{
    struct tw_strbuf names = {0}, text = {0};
    for (int32_t s = 0; s < a->storm_count; s++)
        (void)tw_strbuf_printf(&names, "%s%s", s > 0 ? ", " : "", a->storms[s]);
    tw_calibration_write(calibration, tw_strbuf_get(&names), &text);
    tw_outfile *file = NULL;
    tw_status status = names.status != TW_OK ? names.status : text.status;
    errno = 0;
    if (status == TW_OK) status = tw_outfile_open(a->out, &file);
    if (status == TW_OK) (void)tw_outfile_write(file, text.text, text.length);
    if (status == TW_OK) status = tw_outfile_commit(file); /* tells of a failed write, too */
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg calibrate: %s can't be written: %s\n", a->out,
                      errno != 0 ? strerror(errno) : tw_status_text(status));
    }
    tw_strbuf_done(&names);
    tw_strbuf_done(&text);
    return status;
}

static tw_status calibrate(const struct arguments *a, struct tw_city *city,
                           struct tw_storm *const *storms)
{
    struct tw_calibration calibration;
    tw_status status = tw_calibrate(city, (const struct tw_storm *const *)storms, a->storm_count,
                                    &a->options, &calibration);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg calibrate: %s\n",
                      status == TW_ERR_NAME ? "no storm has a usable level or flow of the model: "
                                              "measurements.csv"
                                            : tw_status_text(status));
        return status;
    }
    if (a->json) {
        print_json(&calibration);
    } else {
        print_text(&calibration);
    }
    return a->out == NULL ? TW_OK : write_out(a, &calibration);
}

/* Every storm is read, so that all their faults are told. */
static tw_status load(const struct arguments *a, tw_faults *faults, struct tw_city **out_city,
                      struct tw_storm *storms[STORMS_MOST])
{
    tw_faults *of_city = NULL;
    TW_TRY(tw_faults_create(0, &of_city));
    tw_status status = tw_city_load(a->city, of_city, out_city);
    tw_faults_print(of_city, false); /* its warnings are those of `thalweg check` */
    tw_faults_destroy(of_city);
    if (status != TW_OK) return status;
    for (int32_t s = 0; s < a->storm_count; s++) {
        tw_status read = tw_storm_read(*out_city, a->storms[s], faults, &storms[s]);
        if (read != TW_OK && status != TW_ERR_NOMEM) status = read;
    }
    return status;
}

int tw_cmd_calibrate(int argc, char **argv)
{
    struct arguments a = {.options = TW_CALIBRATE_OPTIONS_DEFAULT};
    a.options.threads = tw_threads_processors();
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    if (!a.quiet && isatty(STDERR_FILENO)) a.options.progress = show_progress;
    tw_faults *faults = NULL;
    struct tw_city *city = NULL;
    struct tw_storm *storms[STORMS_MOST] = {NULL};
    tw_status status = tw_faults_create(0, &faults);
    if (status == TW_OK) status = load(&a, faults, &city, storms);
    tw_faults_print(faults, !a.quiet);
    if (status == TW_OK) {
        status = calibrate(&a, city, storms);
        code = status == TW_OK         ? TW_EXIT_DONE
               : status == TW_ERR_NAME ? TW_EXIT_INPUT
                                       : TW_EXIT_FAILED;
    } else {
        if (status == TW_ERR_NOMEM || status == TW_ERR_FILE) {
            (void)fprintf(stderr, "thalweg calibrate: %s\n", tw_status_text(status));
        }
        code = status == TW_ERR_NOMEM ? TW_EXIT_FAILED : TW_EXIT_INPUT;
    }
    for (int32_t s = 0; s < a.storm_count; s++)
        tw_storm_destroy(storms[s]);
    tw_city_destroy(city);
    tw_faults_destroy(faults);
    return code;
}
