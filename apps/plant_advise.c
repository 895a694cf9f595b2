/* thalweg plant advise: set-points for the hours ahead, beside leaving everything as it is. */
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "operate/advice.h"
#include "options.h"
#include "plant_data.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

static const char usage[] =
    "usage: thalweg plant advise [options] PLANT.ini INFLUENT.csv\n"
    "\n"
    "Finds set-points that cost less than leaving everything as it is, with an effluent that is "
    "no\n"
    "worse, by the plant's own model. It starts from the steady state, goes through the warm-up\n"
    "series and the influent up to --at, and takes the rest of the influent as what is foretold.\n"
    "\n"
    "  --at D             the day that the advice is for (the influent's first)\n"
    "  --hours H          ahead, 1 to 72 (24)\n"
    "  --block H          a set-point stays for so long; 8 blocks at most (4, or an eighth)\n"
    "  --warmup WARM.csv  a series to run before, from its beginning to its end\n"
    "  --standard NAME    whose limits are to be kept (GB 18918-2002)\n"
    "  --class CLASS      of the standard, e.g. 1A; none: only the EQI is held\n"
    "  --temp C           of the water: at 12 and less the limits of cold water count\n"
    "  --rounds N         of the search, at most (12)\n"
    "  --threads N        1 to 8 (2); the advice is the same for any number\n"
    "  --replay DAYS      instead of one advice: follow one after the other for so many days, and\n"
    "                     score what came of it beside what the file's set-points do\n"
    "  --json             as JSON\n"
    "  --zh               in Chinese\n"
    "  --help\n"
    "\n"
    "Exit: 0 done, 2 usage, 3 a file has faults, 4 failed on the way.\n";

struct arguments {
    const char *plant, *influent, *warmup, *standard, *class_;
    double at_d, replay_d;
    bool json, zh;
    struct tw_advice_options options;
};

struct job {
    const struct arguments *a;
    tw_faults *faults;
    tw_plant *plant;
    tw_plant_series *influent, *warmup;
    tw_plant_run *run, *plain; /* plain: with the file's set-points, for a replay */
    struct tw_limit limits[TW_LIMITS_MOST];
    struct tw_advice_options options;
    double longest_s;
};

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static tw_status fault(struct job *job, const char *place, const char *what)
{
    tw_faults_add(job->faults, place, 0, "%s", what);
    return TW_ERR_INPUT;
}

static tw_status read_all(struct job *job)
{
    const struct arguments *a = job->a;
    job->options = a->options;
    TW_TRY(tw_plant_read(a->plant, job->faults, &job->plant));
    TW_TRY(tw_plant_series_read(job->plant, a->influent, job->faults, &job->influent));
    if (a->warmup != NULL) {
        TW_TRY(tw_plant_series_read(job->plant, a->warmup, job->faults, &job->warmup));
    }
    if (a->class_ != NULL) {
        job->options.limits = job->limits;
        job->options.limit_count = tw_limits_of(a->standard, a->class_, false, job->limits);
        if (job->options.limit_count == 0) {
            return fault(job, "--class", "there are no limits of that standard and class");
        }
    }
    return TW_OK;
}

static double first_d(const struct job *job)
{
    double first = tw_plant_series_at_d(job->influent, 0);
    return isnan(job->a->at_d) ? first : job->a->at_d;
}

/* The influent has to reach as far as the advice: beyond its end nothing is foretold. */
static tw_status check_reach(struct job *job)
{
    double begin = tw_plant_series_at_d(job->influent, 0), end = 0.0;
    double ahead_d = fmax(job->options.hours / 24.0, job->a->replay_d);
    struct tw_strbuf why = {0};
    end = tw_plant_series_end_d(job->influent);
    if (first_d(job) >= begin && first_d(job) + ahead_d <= end + 1e-6) return TW_OK;
    (void)tw_strbuf_printf(&why,
                           "reaches from day %.6g to %.6g; advice from day %.6g for %.6g days asks "
                           "for more: give a longer one, another --at or fewer --hours",
                           begin, end, first_d(job), ahead_d);
    tw_status status = fault(job, job->a->influent, tw_strbuf_get(&why));
    tw_strbuf_done(&why);
    return status;
}

static tw_status prepare(struct job *job)
{
    TW_TRY(check_reach(job));
    TW_TRY(tw_plant_run_create(job->plant, &job->run));
    TW_TRY(tw_plant_run_create(job->plant, &job->plain));
    TW_TRY(tw_plant_run_settle(job->run, job->influent));
    if (job->warmup != NULL) {
        tw_plant_run_feed(job->run, job->warmup, tw_plant_series_at_d(job->warmup, 0));
        TW_TRY(tw_plant_run_advance(job->run, tw_plant_series_end_d(job->warmup)));
    }
    tw_plant_run_feed(job->run, job->influent, tw_plant_series_at_d(job->influent, 0));
    TW_TRY(tw_plant_run_advance(job->run, first_d(job)));
    return tw_plant_run_copy(job->plain, job->run);
}

/* ---- out ---- */

static void print_knobs(const struct tw_advice *a)
{
    printf("%-20s %10s", "set-point", "now");
    for (int32_t b = 0; b < a->block_count; b++)
        printf("   +%2.0f h   ", b * a->block_h);
    printf("\n");
    for (int32_t i = 0; i < a->knob_count; i++) {
        const struct tw_advice_knob *k = &a->knobs[i];
        printf("%-20s %10.4g", k->name, k->now);
        for (int32_t b = 0; b < a->block_count; b++)
            printf(" %10.4g", k->value[b]);
        printf("%s\n", k->range_given ? "" : "  (no range in the file)");
    }
}

static void print_outcomes(const struct tw_advice_outcome *from, const struct tw_advice_outcome *to)
{
    const struct tw_plant_scores *f = &from->scores, *t = &to->scores;
    const struct {
        const char *name;
        double from, to;
    } lines[] = {{"cost", from->cost, to->cost},
                 {"  of it penalties", from->penalty, to->penalty},
                 {"OCI", f->oci, t->oci},
                 {"EQI kg/d", f->eqi_kgd, t->eqi_kgd},
                 {"aeration kWh/d", f->aeration_kwhd, t->aeration_kwhd},
                 {"pumping kWh/d", f->pumping_kwhd, t->pumping_kwhd},
                 {"sludge kg/d", f->sludge_kgd, t->sludge_kgd},
                 {"carbon kg/d", f->carbon_kgd, t->carbon_kgd},
                 {"ammonia g/m3", f->ammonia_gm3, t->ammonia_gm3},
                 {"TN g/m3", f->tn_gm3, t->tn_gm3},
                 {"TP g/m3", f->tp_gm3, t->tp_gm3},
                 {"COD g/m3", f->cod_gm3, t->cod_gm3},
                 {"TSS g/m3", f->tss_gm3, t->tss_gm3}};
    printf("%-20s %10s %10s\n", "", "as is", "advised");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        printf("%-20s %10.2f %10.2f\n", lines[i].name, lines[i].from, lines[i].to);
}

static void print_advice(const struct job *job, const struct tw_advice *advice)
{
    struct tw_strbuf words = {0};
    if (job->a->json) {
        tw_advice_write(&words, advice);
        printf("%s\n", tw_strbuf_get(&words));
    } else {
        tw_advice_reason(&words, advice, job->a->zh);
        (void)tw_strbuf_add_text(&words, "\n");
        tw_advice_basis(&words, advice, job->a->zh);
        printf("%s\n\n", tw_strbuf_get(&words));
        print_knobs(advice);
        printf("\n");
        print_outcomes(&advice->as_is, &advice->advised);
    }
    tw_strbuf_done(&words);
}

/* ---- one after the other ---- */

static tw_status set_automatic(struct job *job)
{
    for (int32_t k = 0; k < tw_plant_knob_count(job->plant); k++) {
        if (tw_plant_knob_get(job->plant, k).controller != NULL) continue;
        TW_TRY(tw_plant_run_automatic(job->run, k));
    }
    return TW_OK;
}

static void print_replay(const struct job *job, const struct tw_advice_outcome *both)
{
    const struct tw_plant_scores *f = &both[0].scores, *t = &both[1].scores;
    if (!job->a->json) {
        print_outcomes(&both[0], &both[1]);
        printf("%-20s %10.2f %10.2f\n%-20s %10.2f %10.2f\n", "TN > limit %",
               100.0 * f->over_ratio[TW_PLANT_OVER_TN], 100.0 * t->over_ratio[TW_PLANT_OVER_TN],
               "ammonia > limit %", 100.0 * f->over_ratio[TW_PLANT_OVER_AMMONIA],
               100.0 * t->over_ratio[TW_PLANT_OVER_AMMONIA]);
        return;
    }
    printf("{\"days\": %.6g, \"seconds\": %.3f, \"OCI\": [%.10g, %.10g], \"EQI_kgd\": [%.10g, "
           "%.10g], \"TN_over\": [%.6g, %.6g], \"ammonia_over\": [%.6g, %.6g]}\n",
           t->days, job->longest_s, f->oci, t->oci, f->eqi_kgd, t->eqi_kgd,
           f->over_ratio[TW_PLANT_OVER_TN], t->over_ratio[TW_PLANT_OVER_TN],
           f->over_ratio[TW_PLANT_OVER_AMMONIA], t->over_ratio[TW_PLANT_OVER_AMMONIA]);
}

static tw_status replay(struct job *job)
{
    struct tw_plant_sums plain, advised;
    double end_d = first_d(job) + job->a->replay_d;
    tw_plant_scores_begin(job->plain, &plain);
    tw_plant_scores_begin(job->run, &advised);
    while (tw_plant_run_at_d(job->run) < end_d - 1e-6) {
        struct tw_advice advice;
        double began_s = seconds_now();
        TW_TRY(set_automatic(job));
        TW_TRY(tw_advice_find(job->plant, job->run, &job->options, &advice));
        job->longest_s = fmax(job->longest_s, seconds_now() - began_s);
        double left_h = 24.0 * (end_d - advice.from_d);
        advice.hours = fmin(advice.hours, left_h);
        TW_TRY(tw_advice_follow(job->run, &advice, true, &advised));
        TW_TRY(tw_advice_follow(job->plain, &advice, false, &plain));
    }
    struct tw_advice_outcome both[2] = {{.scores = tw_plant_scores_get(job->plain, &plain)},
                                        {.scores = tw_plant_scores_get(job->run, &advised)}};
    both[0].cost = both[0].scores.oci;
    both[1].cost = both[1].scores.oci;
    print_replay(job, both);
    return TW_OK;
}

static tw_status advise(struct job *job)
{
    struct tw_advice advice;
    TW_TRY(prepare(job));
    if (job->a->replay_d > 0.0) return replay(job);
    TW_TRY(tw_advice_find(job->plant, job->run, &job->options, &advice));
    print_advice(job, &advice);
    return TW_OK;
}

static const char *words_of(tw_status status)
{
    if (status == TW_ERR_NUMERIC) return "the plant could not be followed with things as they are";
    if (status == TW_ERR_ARG) {
        return "nothing of the plant can be set, or it has no constant influent to settle under";
    }
    return tw_status_text(status);
}

static int run(const struct arguments *a)
{
    struct job job = {.a = a};
    if (tw_faults_create(0, &job.faults) != TW_OK) return TW_EXIT_FAILED;
    tw_status status = read_all(&job);
    if (status == TW_OK) status = advise(&job);
    tw_faults_print(job.faults, true);
    bool of_input = status == TW_ERR_INPUT || status == TW_ERR_FILE;
    if (status != TW_OK && !of_input) {
        (void)fprintf(stderr, "thalweg plant advise: %s: %s\n", a->plant, words_of(status));
    }
    tw_plant_run_destroy(job.run);
    tw_plant_run_destroy(job.plain);
    tw_plant_series_destroy(job.influent);
    tw_plant_series_destroy(job.warmup);
    tw_plant_destroy(job.plant);
    tw_faults_destroy(job.faults);
    return status == TW_OK ? TW_EXIT_DONE : of_input ? TW_EXIT_INPUT : TW_EXIT_FAILED;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    if (option == 'w') a->warmup = value;
    if (option == 's') a->standard = value;
    if (option == 'c') a->class_ = value;
    if (option == 'j') a->json = true;
    if (option == 'z') a->zh = true;
    if (option == 'a') return tw_option_number(value, -1e6, 1e6, &a->at_d);
    if (option == 'H') return tw_option_number(value, 1.0, 72.0, &a->options.hours);
    if (option == 'b') return tw_option_number(value, 0.5, 72.0, &a->options.block_h);
    if (option == 't') return tw_option_number(value, -5.0, 60.0, &a->options.temp_c);
    if (option == 'd') return tw_option_number(value, 0.25, 366.0, &a->replay_d);
    if (option == 'r') return tw_option_whole(value, 1, 1000, &a->options.rounds);
    if (option == 'n') return tw_option_whole(value, 1, 8, &a->options.threads);
    return true;
}

int tw_plant_advise_command(int argc, char **argv)
{
    static const struct option known[] = {
        {"at", required_argument, NULL, 'a'},       {"hours", required_argument, NULL, 'H'},
        {"block", required_argument, NULL, 'b'},    {"warmup", required_argument, NULL, 'w'},
        {"standard", required_argument, NULL, 's'}, {"class", required_argument, NULL, 'c'},
        {"temp", required_argument, NULL, 't'},     {"rounds", required_argument, NULL, 'r'},
        {"threads", required_argument, NULL, 'n'},  {"replay", required_argument, NULL, 'd'},
        {"json", no_argument, NULL, 'j'},           {"zh", no_argument, NULL, 'z'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};
    struct arguments a = {
        .at_d = (double)NAN, .standard = "GB 18918-2002", .options = TW_ADVICE_OPTIONS_DEFAULT};
    const struct tw_options options = {.command = "plant advise",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = &a,
                                       .least = 2,
                                       .most = 2};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a.options.block_h = fmax(a.options.block_h, a.options.hours / TW_ADVICE_BLOCKS);
    a.plant = argv[optind];
    a.influent = argv[optind + 1];
    return run(&a);
}
