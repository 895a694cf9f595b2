/* thalweg ensemble: many futures of one model, here or by workers on other machines. */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "forecast/study_work.h"
#include "jobs/queue.h"
#include "net/sha256.h"
#include "options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: thalweg ensemble [options] MODEL.inp MEMBERS.csv WATCH.csv OUT.csv\n"
    "\n"
    "Runs a SWMM model many times with other parameters, many at once.\n"
    "  MEMBERS.csv  member,parameter,object,factor: what of which member is multiplied. "
    "Parameters:\n"
    "               rain (of a gage), dry-weather, inflow (of a node), impervious, infiltration,\n"
    "               surface-storage, surface-roughness (of a subcatchment), conduit-roughness;\n"
    "               object * is all\n"
    "  WATCH.csv    variable,object: depth, street-depth, flooding, inflow of a node; flow,\n"
    "               link-depth of a link; runoff of a subcatchment\n"
    "  OUT.csv      member,time_s and a column for each row of WATCH.csv, in m and m3/s\n"
    "\n"
    "  --members N      at least so many; those without a row are the model as it is\n"
    "  --hours H        from the model's start (its whole time)\n"
    "  --step SECONDS   between two values (the model's report step)\n"
    "  --threads N      (1)\n"
    "  --queue QUEUE    let `thalweg worker QUEUE` compute it, and wait; called again with the "
    "same\n"
    "                   files it goes on waiting for the same jobs\n"
    "  --per-job N      members of a job, a multiple of 8 (8)\n"
    "  --keep           leave the jobs and their results in the queue\n"
    "  --help\n";

enum { MODEL_MOST = 1 << 28, TABLE_MOST = 1 << 26 };

struct arguments {
    const char *model, *members, *watches, *out, *queue;
    int32_t least_members, threads, per_job;
    double hours, step_s;
    bool keep;
};

/* Everything that is needed and has to be freed. */
struct ensemble {
    const struct arguments *a;
    tw_faults *faults;
    tw_model *model;
    char *model_text, *members_text, *watches_text;
    struct tw_study study;
    double *values;                /* [members][times][watches] */
    char name[TW_QUEUE_NAME_SIZE]; /* of the study in the queue */
    int32_t failed_jobs;
};

/* ---- in ---- */

static tw_status read_file(struct ensemble *e, const char *path, size_t limit, char **out)
{
    tw_status status = tw_file_read_text(path, limit, e->faults, out);
    return status == TW_ERR_FILE ? TW_ERR_INPUT : status;
}

/* The worse of two: a failure of the machine before faults of the input. */
static tw_status worse(tw_status a, tw_status b)
{
    return b != TW_OK && (a == TW_OK || a == TW_ERR_INPUT) ? b : a;
}

static tw_status read_tables(struct ensemble *e)
{
    const struct arguments *a = e->a;
    tw_status members = read_file(e, a->members, TABLE_MOST, &e->members_text);
    tw_status watches = read_file(e, a->watches, TABLE_MOST, &e->watches_text);
    if (members == TW_OK) {
        members = tw_study_members_read(&e->study, a->members, e->members_text, e->faults);
    }
    if (watches == TW_OK) {
        watches = tw_study_watches_read(&e->study, a->watches, e->watches_text, e->faults);
    }
    if (watches == TW_OK && e->study.watch_count == 0) {
        tw_faults_add(e->faults, a->watches, 0, "names nothing to record");
        watches = TW_ERR_INPUT;
    }
    return worse(members, watches);
}

static tw_status read_model(struct ensemble *e)
{
    TW_TRY(read_file(e, e->a->model, MODEL_MOST, &e->model_text));
    e->study.model = e->model_text;
    e->study.model_size = strlen(e->model_text);
    return tw_model_read(e->a->model, e->faults, &e->model);
}

static tw_status prepare(struct ensemble *e)
{
    TW_TRY(worse(read_tables(e), read_model(e)));
    TW_TRY(tw_study_check(&e->study, e->model, e->a->members, e->a->watches, e->faults));
    struct tw_model_times times = tw_model_times_get(e->model);
    double whole_s = (times.end_day - times.start_day) * 86400.0;
    e->study.end_s = e->a->hours > 0.0 ? 3600.0 * e->a->hours : round(whole_s);
    e->study.step_s = e->a->step_s > 0.0 ? e->a->step_s : times.report_step_s;
    if (e->study.step_s > e->study.end_s) e->study.step_s = e->study.end_s;
    if (e->study.members < e->a->least_members) e->study.members = e->a->least_members;
    e->values = malloc(tw_work_values_size(&e->study, e->study.members));
    return e->values == NULL ? TW_ERR_NOMEM : TW_OK;
}

/* ---- by workers ---- */

static tw_status queue_failed(struct tw_queue *queue, tw_status status)
{
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg ensemble: the queue: %s\n", tw_queue_why(queue));
    }
    return status;
}

static tw_status add_study(struct ensemble *e, struct tw_queue *queue,
                           const struct tw_queue_bytes *shared)
{
    int32_t per_job = e->a->per_job, count = (e->study.members + per_job - 1) / per_job;
    struct tw_queue_bytes *work = calloc((size_t)count, sizeof *work);
    char(*texts)[TW_WORK_SIZE] = calloc((size_t)count, sizeof *texts);
    tw_status status = work == NULL || texts == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int32_t i = 0; status == TW_OK && i < count; i++) {
        int32_t rest = e->study.members - i * per_job;
        tw_work_write(i * per_job, rest < per_job ? rest : per_job, texts[i]);
        work[i] = (struct tw_queue_bytes){texts[i], strlen(texts[i])};
    }
    if (status == TW_OK) {
        status = queue_failed(queue, tw_queue_study_add(queue, e->name, shared, work, count));
    }
    free(texts);
    free(work);
    return status;
}

static tw_status wait_for(struct tw_queue *queue, const char *name)
{
    int64_t shown = -1;
    for (;;) {
        struct tw_queue_counts c;
        tw_status status = tw_queue_study_counts(queue, name, &c);
        if (status == TW_ERR_NAME) return queue_failed(queue, status);
        if (status == TW_OK && c.done + c.failed != shown) {
            shown = c.done + c.failed;
            long long all = shown + c.waiting + c.leased;
            (void)fprintf(stderr, "%s: %lld of %lld jobs done, %lld under way, %lld failed\n", name,
                          (long long)c.done, all, (long long)c.leased, (long long)c.failed);
        }
        if (status == TW_OK && c.waiting + c.leased == 0) return TW_OK;
        struct timespec time = {.tv_nsec = 200000000};
        (void)nanosleep(&time, NULL);
    }
}

static bool take_result(void *user, int32_t index, const struct tw_queue_bytes *result,
                        const char *why)
{
    struct ensemble *e = user;
    int32_t first = index * e->a->per_job, rest = e->study.members - first;
    int32_t count = rest < e->a->per_job ? rest : e->a->per_job;
    size_t size = tw_work_values_size(&e->study, count);
    if (result->bytes != NULL && result->size == size) {
        memcpy((char *)e->values + tw_work_values_size(&e->study, first), result->bytes, size);
        return true;
    }
    (void)fprintf(stderr, "thalweg ensemble: members %d to %d: %s\n", first + 1, first + count,
                  why[0] != '\0' ? why : "a result of another size");
    e->failed_jobs++;
    return true;
}

/* The name of the study is that of its bytes: called again, it is the same one. */
static tw_status let_compute(struct ensemble *e, struct tw_queue *queue)
{
    struct tw_strbuf text = {0};
    char hash[TW_SHA256_HEX_SIZE];
    tw_status status = tw_study_write(&e->study, &text);
    if (status == TW_OK) {
        struct tw_queue_bytes shared = {tw_strbuf_get(&text), text.length};
        tw_sha256_hex(shared.bytes, shared.size, hash);
        (void)snprintf(e->name, sizeof e->name, "ensemble-%.16s-%d", hash, e->a->per_job);
        status = add_study(e, queue, &shared);
    }
    tw_strbuf_done(&text);
    if (status == TW_OK) status = wait_for(queue, e->name);
    if (status == TW_OK) {
        status = queue_failed(queue, tw_queue_study_results(queue, e->name, take_result, e));
    }
    return status == TW_OK && e->failed_jobs > 0 ? TW_ERR_STATE : status;
}

/* ---- out ---- */

static tw_status write_row(const struct ensemble *e, tw_outfile *file, int32_t member, int32_t time)
{
    const struct tw_study *s = &e->study;
    int64_t row = (int64_t)member * tw_study_times(s) + time;
    const double *at = e->values + row * s->watch_count;
    TW_TRY(tw_outfile_printf(file, "%d,%.15g", member + 1, time * s->step_s));
    for (int32_t i = 0; i < s->watch_count; i++) {
        bool none = isnan(at[i]); /* the member failed */
        tw_status status =
            none ? tw_outfile_printf(file, ",") : tw_outfile_printf(file, ",%.9g", at[i]);
        if (status != TW_OK) return status;
    }
    return tw_outfile_printf(file, "\n");
}

static tw_status write_rows(const struct ensemble *e, tw_outfile *file)
{
    for (int32_t m = 0; m < e->study.members; m++) {
        for (int32_t t = 0; t < tw_study_times(&e->study); t++)
            TW_TRY(write_row(e, file, m, t));
    }
    return TW_OK;
}

static tw_status write_heading(const struct ensemble *e, tw_outfile *file)
{
    TW_TRY(tw_outfile_printf(file, "member,time_s"));
    for (int32_t i = 0; i < e->study.watch_count; i++) {
        const struct tw_study_watch *w = &e->study.watches[i];
        TW_TRY(tw_outfile_printf(file, ",%s %s (%s)", tw_variable_word(w->variable), w->object,
                                 tw_variable_unit(w->variable)));
    }
    return tw_outfile_printf(file, "\n");
}

/* Members whose heads or flows stopped being numbers have no values at the end. */
static tw_status tell_failed(const struct ensemble *e)
{
    int64_t values = (int64_t)tw_study_times(&e->study) * e->study.watch_count;
    int32_t failed = 0;
    for (int32_t m = 0; m < e->study.members; m++)
        failed += isnan(e->values[(m + 1) * values - 1]);
    if (failed == 0) return TW_OK;
    (void)fprintf(
        stderr,
        "thalweg ensemble: %d of %d members failed, a head or flow of theirs is no longer "
        "finite; their cells are empty\n",
        failed, e->study.members);
    return TW_ERR_NUMERIC;
}

static tw_status write_out(const struct ensemble *e)
{
    tw_outfile *file = NULL;
    errno = 0;
    tw_status status = tw_outfile_open(e->a->out, &file);
    if (status == TW_OK) {
        status = write_heading(e, file);
        if (status == TW_OK) status = write_rows(e, file);
        if (status == TW_OK) {
            status = tw_outfile_commit(file);
        } else {
            tw_outfile_abandon(file);
        }
    }
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg ensemble: %s can't be written: %s\n", e->a->out,
                      errno != 0 ? strerror(errno) : tw_status_text(status));
    }
    return status;
}

static tw_status here(struct ensemble *e)
{
    struct tw_study_part part = {0, e->study.members, e->a->threads};
    tw_status status = tw_study_run(&e->study, e->model, &part, NULL, NULL, e->values);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg ensemble: %s: %s\n", e->a->model, tw_status_text(status));
    }
    if (status == TW_OK) status = write_out(e);
    return status == TW_OK ? tell_failed(e) : status;
}

static tw_status by_workers(struct ensemble *e)
{
    char why[TW_QUEUE_WHY_SIZE] = "";
    struct tw_queue *queue = NULL;
    tw_status status = tw_queue_open(e->a->queue, why, &queue);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg ensemble: the queue does not open: %s\n", why);
        return status;
    }
    status = let_compute(e, queue);
    if (status == TW_OK) status = write_out(e);
    if (status == TW_OK && !e->a->keep) {
        status = queue_failed(queue, tw_queue_study_remove(queue, e->name));
    }
    tw_queue_close(queue);
    return status == TW_OK ? tell_failed(e) : status;
}

/* ---- the command ---- */

static bool is_positive(const char *text, double *out)
{
    return tw_text_double(text, out) == TW_OK && *out > 0.0;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    switch (option) {
    case 'm':
        return tw_option_whole(value, 1, 100000, &a->least_members);
    case 'o':
        return is_positive(value, &a->hours);
    case 's':
        return is_positive(value, &a->step_s) && a->step_s >= 1.0;
    case 't':
        return tw_option_whole(value, 1, INT32_MAX, &a->threads);
    case 'q':
        a->queue = value;
        return true;
    case 'p':
        return tw_option_whole(value, 8, INT32_MAX, &a->per_job) &&
               a->per_job % 8 == 0; /* eight members share their steps */
    case 'k':
        a->keep = true;
        return true;
    default:
        return false;
    }
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"members", required_argument, NULL, 'm'},
                                          {"hours", required_argument, NULL, 'o'},
                                          {"step", required_argument, NULL, 's'},
                                          {"threads", required_argument, NULL, 't'},
                                          {"queue", required_argument, NULL, 'q'},
                                          {"per-job", required_argument, NULL, 'p'},
                                          {"keep", no_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "ensemble",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 4,
                                       .most = 4};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->model = argv[optind];
    a->members = argv[optind + 1];
    a->watches = argv[optind + 2];
    a->out = argv[optind + 3];
    return -1;
}

int tw_cmd_ensemble(int argc, char **argv)
{
    struct arguments a = {.threads = 1, .per_job = 8, .least_members = 1};
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    struct ensemble e = {.a = &a};
    tw_status status = tw_faults_create(0, &e.faults);
    if (status == TW_OK) status = prepare(&e);
    tw_faults_print(e.faults, false);
    if (status == TW_OK) {
        status = a.queue != NULL ? by_workers(&e) : here(&e);
        code = status == TW_OK ? TW_EXIT_DONE : TW_EXIT_FAILED;
    } else {
        bool told = tw_faults_count(e.faults) > 0;
        if (!told) (void)fprintf(stderr, "thalweg ensemble: %s\n", tw_status_text(status));
        code = told ? TW_EXIT_INPUT : TW_EXIT_FAILED;
    }
    free(e.values);
    tw_study_done(&e.study);
    tw_model_destroy(e.model);
    free(e.watches_text);
    free(e.members_text);
    free(e.model_text);
    tw_faults_destroy(e.faults);
    return code;
}
