/* thalweg plant: a treatment plant through an influent. */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "options.h"
#include "service.h"
#include "thalweg/plant.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: thalweg plant run [options] PLANT.ini INFLUENT.csv [OUT.csv]\n"
    "       thalweg plant advise ...     set-points for the hours ahead; --help tells more\n"
    "       thalweg plant fit|forecast|sensors|soft ...   from a plant's data; --help tells more\n"
    "\n"
    "Starts from the plant's steady state under its constant influent ([influent] in the file, or\n"
    "the mean of INFLUENT.csv where there is none), runs the warm-up series, then the influent, "
    "and\n"
    "writes the effluent at the influent's times and at its end.\n"
    "\n"
    "With processes: the plant's model as a table of tab-separated values, its parameters first; "
    "the\n"
    "last column is each process's rate where the first concentration is 10000 and each a third "
    "of\n"
    "the one before.\n"
    "\n"
    "  --warmup WARM.csv  a series to run before, from its beginning to its end\n"
    "  --steady           only the steady state: INFLUENT.csv is not given, OUT.csv gets one line\n"
    "  --days D           score the last D days (7)\n"
    "  --json             the scores as a JSON object on standard output\n"
    "  --quiet            no summary, no warnings\n"
    "  --help\n"
    "\n"
    "Exit: 0 done, 2 usage, 3 a file has faults (each is named with its line), 4 failed on the "
    "way.\n";

struct arguments {
    const char *plant, *influent, *out, *warmup;
    double days;
    bool json, quiet, steady;
};

struct job {
    const struct arguments *a;
    tw_faults *faults;
    tw_plant *plant;
    tw_plant_series *influent, *warmup;
    tw_plant_run *run;
    tw_outfile *out;
    struct tw_plant_sums sums;
    struct tw_plant_scores scores;
    double began_s, seconds;
    struct tw_plant_stats before; /* the influent */
};

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static tw_status put_header(struct job *job)
{
    if (job->out == NULL) return TW_OK;
    TW_TRY(tw_outfile_printf(job->out, "t_d,Qe"));
    for (int32_t c = 0; c < tw_plant_component_count(job->plant); c++)
        TW_TRY(tw_outfile_printf(job->out, ",%s", tw_plant_component_name(job->plant, c)));
    TW_TRY(tw_outfile_printf(job->out, ",TSS"));
    for (int32_t i = 0; i < tw_plant_column_count(job->plant); i++)
        TW_TRY(tw_outfile_printf(job->out, ",%s", tw_plant_column_name(job->plant, i)));
    return tw_outfile_printf(job->out, "\n");
}

static tw_status put_value(struct job *job, tw_plant_place place)
{
    return tw_outfile_printf(job->out, ",%.10g", tw_plant_run_value(job->run, place));
}

static tw_status put_line(struct job *job)
{
    int32_t components = tw_plant_component_count(job->plant);
    if (job->out == NULL) return TW_OK;
    TW_TRY(tw_outfile_printf(job->out, "%.10g", tw_plant_run_at_d(job->run)));
    TW_TRY(put_value(job, tw_plant_effluent_place(job->plant, -1)));
    for (int32_t c = 0; c <= components; c++)
        TW_TRY(put_value(job, tw_plant_effluent_place(job->plant, c)));
    for (int32_t i = 0; i < tw_plant_column_count(job->plant); i++)
        TW_TRY(put_value(job, tw_plant_column_place(job->plant, i)));
    return tw_outfile_printf(job->out, "\n");
}

/* Through a series from its first record to its end. */
static tw_status go_through(struct job *job, const tw_plant_series *series, bool written)
{
    int32_t count = tw_plant_series_count(series);
    double end_d = tw_plant_series_end_d(series), from_d = end_d - job->a->days - 1e-6;
    bool scored = false;
    tw_plant_run_feed(job->run, series, tw_plant_series_at_d(series, 0));
    for (int32_t i = 0; i <= count; i++) {
        double at_d = i < count ? tw_plant_series_at_d(series, i) : end_d;
        double next_d = i + 1 < count ? tw_plant_series_at_d(series, i + 1) : end_d;
        if (i == count && count == 1) break;
        TW_TRY(tw_plant_run_advance(job->run, at_d));
        if (!written) continue;
        if (at_d >= from_d && !scored) {
            tw_plant_scores_begin(job->run, &job->sums);
            scored = true;
        }
        if (scored && i < count) tw_plant_scores_add(job->run, next_d - at_d, &job->sums);
        TW_TRY(put_line(job));
    }
    return TW_OK;
}

static tw_status simulate(struct job *job)
{
    TW_TRY(tw_plant_run_create(job->plant, &job->run));
    TW_TRY(put_header(job));
    TW_TRY(tw_plant_run_settle(job->run, job->influent));
    tw_plant_run_noise(job->run, true);
    if (job->a->steady) return put_line(job);
    if (job->warmup != NULL) TW_TRY(go_through(job, job->warmup, false));
    job->before = tw_plant_run_stats(job->run);
    job->began_s = seconds_now();
    TW_TRY(go_through(job, job->influent, true));
    job->seconds = seconds_now() - job->began_s;
    job->scores = tw_plant_scores_get(job->run, &job->sums);
    return TW_OK;
}

static const char *const limit_names[] = {"TN", "COD", "ammonia", "TSS", "BOD5", "TP"};

static void print_json(const struct job *job)
{
    const struct tw_plant_scores *s = &job->scores;
    struct tw_plant_stats t = tw_plant_run_stats(job->run);
    printf("{\"days\": %.6g, \"flow_m3d\": %.10g, \"EQI_kgd\": %.10g, \"IQI_kgd\": %.10g, "
           "\"OCI\": %.10g,\n \"sludge_kgd\": %.10g, \"aeration_kwhd\": %.10g, "
           "\"pumping_kwhd\": %.10g, \"mixing_kwhd\": %.10g, \"carbon_kgd\": %.10g,\n "
           "\"methane_kgd\": %.10g, \"heat_kwhd\": %.10g,\n \"mean\": {",
           s->days, s->flow_m3d, s->eqi_kgd, s->iqi_kgd, s->oci, s->sludge_kgd, s->aeration_kwhd,
           s->pumping_kwhd, s->mixing_kwhd, s->carbon_kgd, s->methane_kgd, s->heat_kwhd);
    for (int32_t c = 0; c < tw_plant_component_count(job->plant); c++)
        printf("\"%s\": %.10g, ", tw_plant_component_name(job->plant, c), s->component_gm3[c]);
    printf("\"TSS\": %.10g, \"COD\": %.10g, \"TKN\": %.10g, \"TN\": %.10g, \"TP\": %.10g, "
           "\"BOD5\": %.10g},\n \"over\": {",
           s->tss_gm3, s->cod_gm3, s->tkn_gm3, s->tn_gm3, s->tp_gm3, s->bod5_gm3);
    for (int i = 0; i < 6; i++)
        printf("%s\"%s\": {\"days\": %.6g, \"ratio\": %.6g, \"times\": %d}", i > 0 ? ", " : "",
               limit_names[i], s->over_d[i], s->over_ratio[i], (int)s->over_count[i]);
    printf("},\n \"seconds\": %.4f, \"steps\": %lld, \"refused\": %lld, \"calls\": %lld, "
           "\"short_d\": %.6g, \"saturated_d\": %.6g}\n",
           job->seconds, (long long)(t.steps - job->before.steps),
           (long long)(t.refused - job->before.refused), (long long)(t.calls - job->before.calls),
           t.short_d, t.saturated_d);
}

static void print_text(const struct job *job)
{
    const struct tw_plant_scores *s = &job->scores;
    printf("%s: last %.4g days, effluent %.2f m3/d\n", tw_plant_title(job->plant), s->days,
           s->flow_m3d);
    printf("  mean g/m3  ammonia %.4f  TN %.4f  TKN %.4f  TP %.4f  COD %.4f  BOD5 %.4f  TSS %.4f\n",
           s->ammonia_gm3, s->tn_gm3, s->tkn_gm3, s->tp_gm3, s->cod_gm3, s->bod5_gm3, s->tss_gm3);
    printf("  EQI %.2f kg/d (influent %.2f)  OCI %.2f\n", s->eqi_kgd, s->iqi_kgd, s->oci);
    printf("  sludge %.2f kg/d  aeration %.2f kWh/d  pumping %.2f  mixing %.2f  carbon %.2f kg/d",
           s->sludge_kgd, s->aeration_kwhd, s->pumping_kwhd, s->mixing_kwhd, s->carbon_kgd);
    if (s->methane_kgd > 0.0) {
        printf("  methane %.2f kg/d  heat %.2f kWh/d", s->methane_kgd, s->heat_kwhd);
    }
    printf("\n  over limits");
    for (int i = 0; i < 6; i++)
        printf("  %s %.2f %% (%d)", limit_names[i], 100.0 * s->over_ratio[i],
               (int)s->over_count[i]);
    printf("\n");
}

static void tell_trouble(const struct job *job)
{
    struct tw_plant_stats t = tw_plant_run_stats(job->run);
    if (t.saturated >= 0 && t.saturated_d > 0.01) {
        (void)fprintf(
            stderr,
            "thalweg plant: controller %s was at a limit for %.2f d in all; its output was "
            "held there and its integral too\n",
            tw_plant_controller_name(job->plant, t.saturated), t.saturated_d);
    }
    if (t.short_d > 0.0) {
        (void)fprintf(stderr,
                      "thalweg plant: for %.2f d pumps were asked for more than arrived; nothing "
                      "flowed on there, and the balance of water is not closed\n",
                      t.short_d);
    }
}

static int failed(const struct job *job, tw_status status)
{
    double at_d = job->run != NULL ? tw_plant_run_at_d(job->run) : 0.0;
    if (status == TW_ERR_FILE) {
        (void)fprintf(stderr, "thalweg plant: %s can't be written: %s\n", job->a->out,
                      strerror(errno));
    } else if (status == TW_ERR_NUMERIC) {
        (void)fprintf(stderr,
                      "thalweg plant: %s: at day %.6g the plant could not be followed any further "
                      "(no steady state, or a value without bounds); nothing was kept\n",
                      job->a->plant, at_d);
    } else if (status == TW_ERR_ARG) {
        (void)fprintf(stderr,
                      "thalweg plant: %s: there is no constant influent to settle under: add a "
                      "section [influent]\n",
                      job->a->plant);
        return TW_EXIT_INPUT;
    } else {
        (void)fprintf(stderr, "thalweg plant: %s\n", tw_status_text(status));
    }
    return TW_EXIT_FAILED;
}

static tw_status read_all(struct job *job)
{
    const struct arguments *a = job->a;
    TW_TRY(tw_plant_read(a->plant, job->faults, &job->plant));
    tw_status status = TW_OK, second = TW_OK;
    if (a->influent != NULL) {
        status = tw_plant_series_read(job->plant, a->influent, job->faults, &job->influent);
    }
    if (a->warmup != NULL) {
        second = tw_plant_series_read(job->plant, a->warmup, job->faults, &job->warmup);
    }
    return status != TW_OK ? status : second;
}

static int run_job(struct job *job)
{
    const struct arguments *a = job->a;
    tw_status status = read_all(job);
    tw_faults_print(job->faults, !a->quiet);
    if (status != TW_OK) return status == TW_ERR_NOMEM ? TW_EXIT_FAILED : TW_EXIT_INPUT;
    if (a->out != NULL) status = tw_outfile_open(a->out, &job->out);
    if (status == TW_OK) status = simulate(job);
    if (status == TW_OK && job->out != NULL) {
        status = tw_outfile_commit(job->out);
        job->out = NULL;
    }
    if (status != TW_OK) return failed(job, status);
    if (!a->quiet) tell_trouble(job);
    if (a->json) {
        print_json(job);
    } else if (!a->quiet && !a->steady) {
        print_text(job);
    }
    return TW_EXIT_DONE;
}

static int run(const struct arguments *a)
{
    struct job job = {.a = a};
    if (tw_faults_create(0, &job.faults) != TW_OK) return TW_EXIT_FAILED;
    int code = run_job(&job);
    tw_outfile_abandon(job.out);
    tw_plant_run_destroy(job.run);
    tw_plant_series_destroy(job.influent);
    tw_plant_series_destroy(job.warmup);
    tw_plant_destroy(job.plant);
    tw_faults_destroy(job.faults);
    return code;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'w') a->warmup = value;
    if (option == 'j') a->json = true;
    if (option == 'q') a->quiet = true;
    if (option == 's') a->steady = true;
    if (option == 'd') return tw_text_double(value, &a->days) == TW_OK && a->days > 0.0;
    return true;
}

static int plant_run(int argc, char **argv)
{
    static const struct option known[] = {{"warmup", required_argument, NULL, 'w'},
                                          {"steady", no_argument, NULL, 's'},
                                          {"days", required_argument, NULL, 'd'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct arguments a = {.days = 7.0};
    const struct tw_options options = {.command = "plant run",
                                       .usage = usage,
                                       .letters = "hq",
                                       .known = known,
                                       .take = take_option,
                                       .into = &a,
                                       .least = 1,
                                       .most = 3};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    int left = argc - optind, influent = a.steady ? 0 : 1;
    if (left < 1 + influent || left > 2 + influent) return tw_options_refuse(usage);
    a.plant = argv[optind];
    if (!a.steady) a.influent = argv[optind + 1];
    if (left == 2 + influent) a.out = argv[optind + 1 + influent];
    return run(&a);
}

static int print_processes(const tw_plant *plant)
{
    enum { COMPONENTS_MOST = 32, PROCESSES_MOST = 64 };
    int32_t components = tw_plant_component_count(plant), count = tw_plant_process_count(plant);
    double at[COMPONENTS_MOST], rates[PROCESSES_MOST];
    double coefficients[PROCESSES_MOST * COMPONENTS_MOST];
    if (components > COMPONENTS_MOST || count > PROCESSES_MOST) return TW_EXIT_FAILED;
    for (int32_t c = 0; c < components; c++)
        at[c] = c == 0 ? 10000.0 : at[c - 1] / 3.0;
    tw_plant_processes(plant, at, rates, coefficients);
    for (int32_t i = 0; i < tw_plant_parameter_count(plant); i++) {
        double value = 0.0;
        const char *name = tw_plant_parameter_get(plant, i, &value);
        printf("# %s\t%.17g\n", name, value);
    }
    printf("process");
    for (int32_t c = 0; c < components; c++)
        printf("\t%s", tw_plant_component_name(plant, c));
    printf("\trate\n");
    for (int32_t p = 0; p < count; p++) {
        printf("%s", tw_plant_process_name(plant, p));
        for (int32_t c = 0; c < components; c++)
            printf("\t%.12g", coefficients[p * components + c]);
        printf("\t%.12g\n", rates[p]);
    }
    return TW_EXIT_DONE;
}

static int plant_processes(const char *path)
{
    tw_faults *faults = NULL;
    tw_plant *plant = NULL;
    if (tw_faults_create(0, &faults) != TW_OK) return TW_EXIT_FAILED;
    tw_status status = tw_plant_read(path, faults, &plant);
    tw_faults_print(faults, true);
    int code = status == TW_OK ? print_processes(plant) : TW_EXIT_INPUT;
    tw_plant_destroy(plant);
    tw_faults_destroy(faults);
    return code;
}

int tw_cmd_plant(int argc, char **argv)
{
    static const char *const of_data[] = {"fit", "forecast", "sensors", "soft", "advise"};
    if (argc >= 2 && strcmp(argv[1], "run") == 0) return plant_run(argc - 1, argv + 1);
    for (size_t i = 0; argc >= 2 && i < sizeof of_data / sizeof of_data[0]; i++) {
        if (strcmp(argv[1], of_data[i]) == 0)
            return tw_service_run("tw_cmd_plant_data", argc, argv);
    }
    if (argc == 3 && strcmp(argv[1], "processes") == 0) return plant_processes(argv[2]);
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    (void)fputs(usage, help ? stdout : stderr);
    return help ? TW_EXIT_DONE : TW_EXIT_USAGE;
}
