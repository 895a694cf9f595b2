/* thalweg worker: computes ensemble jobs that it takes from a queue in PostgreSQL. */
#include "commands.h"
#include "forecast/study_work.h"
#include "jobs/queue.h"
#include "options.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: thalweg worker [options] QUEUE\n"
                            "\n"
                            "Takes ensemble jobs from a queue in PostgreSQL "
                            "(postgresql://host/database, as libpq has it),\n"
                            "computes them and leaves their results there. Any number of workers "
                            "may share a queue; one that\n"
                            "is killed loses nothing: its job goes to another when its lease is "
                            "over. Passwords belong into\n"
                            "~/.pgpass, not into QUEUE.\n"
                            "\n"
                            "  --name NAME      who takes the jobs (host:process)\n"
                            "  --threads N      of each job (1)\n"
                            "  --lease SECONDS  how long a job is held without a word (60)\n"
                            "  --until-empty    end when there is nothing left to take\n"
                            "  --help\n";

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

struct worker {
    const char *url;
    char name[TW_QUEUE_NAME_SIZE];
    int32_t threads, lease_s;
    bool until_empty;
    struct tw_queue *queue;
    int64_t job; /* that it computes */
    double renewed_s;
    bool lost; /* the job is somebody else's now */
};

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void rest(int milliseconds)
{
    struct timespec time = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    (void)nanosleep(&time, NULL);
}

static void say(const struct worker *w, const char *what, const char *detail)
{
    (void)fprintf(stderr, "thalweg worker %s: %s%s%s\n", w->name, what,
                  detail[0] != '\0' ? ": " : "", detail);
}

/* Between two recorded steps: hold the job, and look whether to go on. */
static bool go_on(void *user)
{
    struct worker *w = user;
    if (stopped) return false;
    double now_s = seconds_now();
    if (now_s - w->renewed_s < w->lease_s / 3.0) return true;
    tw_status status = tw_queue_renew(w->queue, w->job, w->name, w->lease_s);
    if (status == TW_OK) w->renewed_s = now_s;
    if (status == TW_ERR_STATE) w->lost = true;
    return status != TW_ERR_STATE; /* a lost connection may come back */
}

/* Why a study can't be computed, from the first fault of its model. */
static void first_fault(const tw_faults *faults, tw_status status, char *out, size_t size)
{
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        if (fault.warning) continue;
        (void)snprintf(out, size, "model.inp:%d: %s", fault.line, fault.text);
        return;
    }
    (void)snprintf(out, size, "%s", tw_status_text(status));
}

static tw_status compute(struct worker *w, const struct tw_queue_job *job,
                         struct tw_queue_bytes *out_result, char *why, size_t why_size)
{
    struct tw_study study = {0};
    struct tw_study_part part = {.threads = w->threads};
    tw_faults *faults = NULL;
    tw_model *model = NULL;
    double *values = NULL;
    size_t size = 0;
    tw_status status = tw_study_read(job->shared.bytes, job->shared.size, &study);
    if (status == TW_OK) status = tw_work_read(job->work.bytes, job->work.size, &part);
    if (status == TW_OK && (part.count < 1 || part.count > study.members)) status = TW_ERR_FORMAT;
    if (status == TW_OK) status = tw_faults_create(1, &faults);
    if (status == TW_OK) status = tw_work_model_read(&study, faults, &model);
    if (status == TW_OK) {
        size = tw_work_values_size(&study, part.count);
        values = malloc(size + 1);
        if (values == NULL) status = TW_ERR_NOMEM;
    }
    if (status == TW_OK) status = tw_study_run(&study, model, &part, go_on, w, values);
    if (status == TW_OK) {
        *out_result = (struct tw_queue_bytes){values, size};
    } else {
        free(values);
        if (faults != NULL) first_fault(faults, status, why, why_size);
    }
    tw_model_destroy(model);
    tw_faults_destroy(faults);
    tw_study_done(&study);
    return status;
}

/* The result is worth waiting for a database that comes back. */
static void leave_result(struct worker *w, const struct tw_queue_bytes *result)
{
    bool told = false;
    tw_status status;
    while ((status = tw_queue_finish(w->queue, w->job, result)) == TW_ERR_NET && !stopped) {
        if (!told) say(w, "the result waits for the database", tw_queue_why(w->queue));
        told = true;
        rest(1000);
    }
    if (status != TW_OK) say(w, "the result is not left", tw_queue_why(w->queue));
}

static void do_job(struct worker *w, const struct tw_queue_job *job)
{
    struct tw_queue_bytes result = {0};
    char why[TW_QUEUE_WHY_SIZE] = "", label[TW_QUEUE_NAME_SIZE + 32];
    (void)snprintf(label, sizeof label, "%s, job %d", job->study, job->index);
    w->job = job->id;
    w->lost = false;
    w->renewed_s = seconds_now();
    tw_status status = compute(w, job, &result, why, sizeof why);
    if (status == TW_OK) {
        leave_result(w, &result);
        say(w, "done", label);
    } else if (w->lost) {
        say(w, "another worker has it now", label);
    } else if (stopped) {
        (void)tw_queue_release(w->queue, job->id, w->name);
        say(w, "given back", label);
    } else {
        bool again = status == TW_ERR_NOMEM || status == TW_ERR_FILE;
        (void)tw_queue_fail(w->queue, job->id, w->name,
                            why[0] != '\0' ? why : tw_status_text(status), again);
        say(w, "failed", label);
    }
    free((void *)(uintptr_t)result.bytes);
}

static int work(struct worker *w)
{
    bool told = false;
    while (!stopped) {
        struct tw_queue_job job;
        tw_status status = tw_queue_take(w->queue, w->name, w->lease_s, &job);
        if (status != TW_OK) {
            if (!told) say(w, "no answer; asking again every second", tw_queue_why(w->queue));
            told = true;
            rest(1000);
        } else if (job.id == 0) {
            told = false;
            if (w->until_empty) return TW_EXIT_DONE;
            rest(500);
        } else {
            told = false;
            do_job(w, &job);
        }
    }
    return TW_EXIT_DONE;
}

static bool take_option(void *into, int option, const char *value)
{
    struct worker *w = into;
    if (option == 'u') {
        w->until_empty = true;
        return true;
    }
    if (option == 't') return tw_option_whole(value, 1, INT32_MAX, &w->threads);
    if (option == 'l') return tw_option_whole(value, 1, INT32_MAX, &w->lease_s);
    if (option != 'n' || value[0] == '\0' || strlen(value) >= sizeof w->name) return false;
    (void)snprintf(w->name, sizeof w->name, "%s", value);
    return true;
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct worker *w)
{
    static const struct option known[] = {
        {"name", required_argument, NULL, 'n'},  {"threads", required_argument, NULL, 't'},
        {"lease", required_argument, NULL, 'l'}, {"until-empty", no_argument, NULL, 'u'},
        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "worker",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = w,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    w->url = argv[optind];
    return -1;
}

int tw_cmd_worker(int argc, char **argv)
{
    struct worker w = {.threads = 1, .lease_s = 60};
    char host[40] = "worker", why[TW_QUEUE_WHY_SIZE] = "";
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(w.name, sizeof w.name, "%s:%ld", host, (long)getpid());
    int code = parse(argc, argv, &w);
    if (code >= 0) return code;
    struct sigaction action = {.sa_handler = stop};
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    tw_status status = tw_queue_open(w.url, why, &w.queue);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg worker: the queue does not open: %s\n",
                      why[0] != '\0' ? why : tw_status_text(status));
        return TW_EXIT_FAILED;
    }
    code = work(&w);
    tw_queue_close(w.queue);
    return code;
}
