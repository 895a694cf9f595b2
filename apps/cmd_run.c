/* thalweg run: one simulation, with the arguments and files of runswmm. */
#include "base/file.h"
#include "base/text.h"
#include "base/threads.h"
#include "commands.h"
#include "faults.h"
#include "options.h"
#include "thalweg/thalweg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
    "usage: thalweg run [options] MODEL.inp [REPORT.rpt] [RESULTS.out]\n"
    "\n"
    "Runs an EPA SWMM 5 model from its start to its end. Without names the report and the results\n"
    "are written beside the model, with its name; \"-\" leaves one of them out. A report that is "
    "named\n"
    "without results has the series of what [REPORT] names, too, as with runswmm.\n"
    "\n"
    "  --routing dynamic_wave|semi_implicit\n"
    "                instead of what the model's file says\n"
    "  --step S      routing step in seconds, instead of the file's\n"
    "  --strict      mend what SWMM is known to get wrong (docs/numerics/strict.md)\n"
    "  --threads N   threads to use, 1 to 64; results are the same for any number (default: what\n"
    "                THREADS in the model says, at most as many as there are processors)\n"
    "  --json        say how it went as a JSON object on standard output\n"
    "  --quiet       no progress, no summary\n"
    "  --help\n";

struct arguments {
    enum tw_run_routing routing;
    double step_s; /* 0: the file's */
    const char *model, *report, *results;
    int32_t threads;
    bool json, quiet, strict;
    bool series; /* in the report */
};

/* MODEL.inp -> MODEL.rpt; the caller frees it. */
static char *with_ending(const char *path, const char *ending)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    size_t stem =
        dot != NULL && (slash == NULL || dot > slash) ? (size_t)(dot - path) : strlen(path);
    size_t room = stem + strlen(ending) + 1;
    char *name = malloc(room);
    if (name != NULL) (void)snprintf(name, room, "%.*s%s", (int)stem, path, ending);
    return name;
}

static const char *or_none(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0 ? NULL : path;
}

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* On a terminal, once it has taken two seconds: how far the run is. */
static void show_progress(const tw_run *run, double begun_s, double total_s, double *shown_s)
{
    double now = seconds_now();
    if (now - begun_s < 2.0 || now - *shown_s < 0.5) return;
    *shown_s = now;
    double part = tw_run_elapsed_s(run) / total_s;
    double left = part > 0.0 ? (now - begun_s) * (1.0 - part) / part : 0.0;
    (void)fprintf(stderr, "\r%5.1f %%  %.0f s left   ", 100.0 * part, left);
}

static tw_status run_to_end(tw_run *run, const tw_model *model, bool progress)
{
    struct tw_model_times times = tw_model_times_get(model);
    double total_s = (times.end_day - times.start_day) * 86400.0;
    double begun_s = seconds_now(), shown_s = 0.0;
    int steps = 0;
    while (!tw_run_finished(run)) {
        TW_TRY(tw_run_step(run));
        if (progress && ++steps % 64 == 0) show_progress(run, begun_s, total_s, &shown_s);
    }
    if (shown_s > 0.0) (void)fprintf(stderr, "\r%40s\r", "");
    return TW_OK;
}

static void summarise(const tw_run *run, const struct arguments *a, double seconds)
{
    struct tw_run_stats s = tw_run_stats_get(run);
    struct tw_balance b = tw_run_balance(run);
    double trials = s.steps > 0 ? (double)s.trials / (double)s.steps : 0.0;
    double loose = s.steps > 0 ? (double)s.unconverged_steps / (double)s.steps : 0.0;
    if (a->json) {
        printf("{\"seconds\": %.3f, \"steps\": %lld, \"trials_per_step\": %.3f, "
               "\"unconverged_ratio\": %.5f, \"mean_step_s\": %.4f, "
               "\"runoff_error_ratio\": %.6f, \"routing_error_ratio\": %.6f}\n",
               seconds, (long long)s.steps, trials, loose, s.mean_step_s, b.runoff_error_ratio,
               b.routing_error_ratio);
    } else if (!a->quiet) {
        printf("%s: %lld steps of %.2f s, %.2f trials each, %.1f %% unconverged; continuity error "
               "runoff %.2f %%, routing %.2f %%; %.2f s\n",
               a->model, (long long)s.steps, s.mean_step_s, trials, 100.0 * loose,
               100.0 * b.runoff_error_ratio, 100.0 * b.routing_error_ratio, seconds);
    }
}

static int failed(const struct arguments *a, tw_status status, int error)
{
    if (status == TW_ERR_FILE) {
        (void)fprintf(stderr,
                      "thalweg run: %s%s%s, or a file that [FILES] saves, can't be written: %s\n"
                      "  Nothing was kept of it. Name a folder that exists and has room.\n",
                      a->report == NULL ? "" : a->report,
                      a->report == NULL || a->results == NULL ? "" : " or ",
                      a->results == NULL ? "" : a->results, strerror(error));
    } else {
        (void)fprintf(stderr, "thalweg run: %s: %s\n", a->model, tw_status_text(status));
    }
    return TW_EXIT_FAILED;
}

static int simulate(const tw_model *model, const struct arguments *a)
{
    tw_run_options options = TW_RUN_OPTIONS_DEFAULT;
    options.routing = a->routing;
    options.routing_step_s = a->step_s;
    options.report_path = a->report;
    options.results_path = a->results;
    options.report_series = a->series;
    options.save_files = true;
    options.threads = a->threads;
    double begun_s = seconds_now();
    tw_run *run = NULL;
    errno = 0;
    tw_status status = tw_run_create(model, &options, &run);
    if (status == TW_OK) status = run_to_end(run, model, !a->quiet && isatty(STDERR_FILENO));
    if (status == TW_OK) status = tw_run_end(run);
    if (status == TW_OK) summarise(run, a, seconds_now() - begun_s);
    int code = status == TW_OK ? TW_EXIT_DONE : failed(a, status, errno);
    tw_run_destroy(run);
    return code;
}

/* A report of a model that was refused says why, in the form that scripts look for. */
static void write_refusal(const tw_faults *faults, const struct arguments *a)
{
    static const char mark[] = " [SWMM ERROR ";
    tw_outfile *file;
    if (a->report == NULL || tw_outfile_open(a->report, &file) != TW_OK) return;
    (void)tw_outfile_printf(file,
                            "\n  Thalweg. This report has the layout of\n"
                            "  EPA STORM WATER MANAGEMENT MODEL - VERSION 5.2 (Build 5.2.4)\n"
                            "  ------------------------------------------------------------\n\n");
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault f = tw_faults_get(faults, i);
        const char *at = strstr(f.text, mark);
        int length = at == NULL ? (int)strlen(f.text) : (int)(at - f.text);
        if (f.warning) continue;
        (void)tw_outfile_printf(file, "  \n  ERROR %.3s: %.*s",
                                at == NULL ? "200" : at + sizeof mark - 1, length, f.text);
        if (f.line > 0) (void)tw_outfile_printf(file, " at line %d of %s", f.line, f.file);
        (void)tw_outfile_printf(file, "\n");
    }
    (void)tw_outfile_commit(file);
}

static int read_and_run(const struct arguments *a)
{
    tw_faults *faults = NULL;
    if (tw_faults_create(0, &faults) != TW_OK) return TW_EXIT_FAILED;
    tw_model *model = NULL;
    errno = 0;
    tw_status status = a->strict ? tw_model_read_strict(a->model, faults, &model)
                                 : tw_model_read(a->model, faults, &model);
    tw_faults_print(faults, !a->quiet);
    int code = TW_EXIT_INPUT;
    if (status == TW_ERR_INPUT) write_refusal(faults, a);
    if (status == TW_OK) {
        code = simulate(model, a);
    } else if (tw_faults_count(faults) == 0) {
        (void)fprintf(stderr, "thalweg run: %s: %s%s%s\n", a->model, tw_status_text(status),
                      errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
    }
    tw_model_destroy(model);
    tw_faults_destroy(faults);
    return code;
}

static bool routing_of(const char *word, enum tw_run_routing *out)
{
    bool semi = strcmp(word, "semi_implicit") == 0;
    *out = semi ? TW_RUN_ROUTING_SEMI_IMPLICIT : TW_RUN_ROUTING_DYNAMIC_WAVE;
    return semi || strcmp(word, "dynamic_wave") == 0;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'j') a->json = true;
    if (option == 'q') a->quiet = true;
    if (option == 'x') a->strict = true;
    if (option == 't') return tw_option_whole(value, 1, TW_THREADS_MOST, &a->threads);
    if (option == 'r') return routing_of(value, &a->routing);
    if (option == 's') return tw_text_double(value, &a->step_s) == TW_OK && a->step_s > 0.0;
    return true;
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *out)
{
    static const struct option known[] = {
        {"threads", required_argument, NULL, 't'}, {"routing", required_argument, NULL, 'r'},
        {"step", required_argument, NULL, 's'},    {"strict", no_argument, NULL, 'x'},
        {"json", no_argument, NULL, 'j'},          {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "run",
                                       .usage = usage,
                                       .letters = "hq",
                                       .known = known,
                                       .take = take_option,
                                       .into = out,
                                       .least = 1,
                                       .most = 3};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    out->model = argv[optind];
    out->report = argc - optind > 1 ? argv[optind + 1] : NULL;
    out->results = argc - optind > 2 ? argv[optind + 2] : NULL;
    return -1;
}

/* A file that is read and written, or written twice, would be lost. */
static bool names_clash(const struct arguments *a)
{
    const char *const pairs[][2] = {
        {a->model, a->report}, {a->model, a->results}, {a->report, a->results}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *one = pairs[i][0], *other = pairs[i][1];
        if (one == NULL || other == NULL || !tw_file_same(one, other)) continue;
        if (strncmp(one, "/dev/", 5) == 0) continue;
        (void)fprintf(stderr,
                      "thalweg run: %s and %s are one file: name different ones [SWMM ERROR 301]\n",
                      one, other);
        return true;
    }
    return false;
}

int tw_cmd_run(int argc, char **argv)
{
    struct arguments a = {0};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    a.series = a.report != NULL && a.results == NULL;
    char *report = a.report == NULL ? with_ending(a.model, ".rpt") : NULL;
    char *results = a.results == NULL ? with_ending(a.model, ".out") : NULL;
    if (report != NULL) a.report = report;
    if (results != NULL) a.results = results;
    a.report = or_none(a.report);
    a.results = or_none(a.results);
    code = names_clash(&a) ? TW_EXIT_USAGE : read_and_run(&a);
    free(report);
    free(results);
    return code;
}
