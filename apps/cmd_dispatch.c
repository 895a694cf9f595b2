/* thalweg dispatch: one dispatch plan. */
#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "dispatch/case.h"
#include "dispatch/exact.h"
#include "faults.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: thalweg dispatch [options] PROBLEM.json\n"
    "\n"
    "Plans who goes where with what: crews, vehicles and supplies to flood-prone points, on roads\n"
    "that are passable at the time. docs/dispatch.md has the format; - reads standard input.\n"
    "\n"
    "  --deadline MS    stop improving then (the problem's, 1000)\n"
    "  --iterations N   rounds of improvement (the problem's, 2000); 0: the first plan\n"
    "  --exact          also solve it as integer programs, and tell how far the plan is off\n"
    "  --exact-s S      time for each level of the objective (10)\n"
    "  --exact-levels N how many of its levels are solved, 1 to 5 (5)\n"
    "  --chinese        the card in Chinese\n"
    "  --json           the whole plan as JSON, with routes\n"
    "  --help\n"
    "\n"
    "exit: 0 the plan covers everything, 1 something is missing, 2 usage, 3 bad input, 4 failed\n";

enum { PROBLEM_MOST = 1 << 29 };

struct arguments {
    const char *file;
    int32_t deadline_ms, iterations; /* -1: the problem's */
    int32_t exact_levels;
    double exact_s;
    bool exact, json, chinese;
};

/* ---- arguments ---- */

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    switch (option) {
    case 'd':
        return tw_option_whole(value, 0, INT32_MAX, &a->deadline_ms);
    case 'i':
        return tw_option_whole(value, 0, INT32_MAX, &a->iterations);
    case 's':
        return tw_text_double(value, &a->exact_s) == TW_OK && a->exact_s > 0.0;
    case 'l':
        return tw_option_whole(value, 1, TW_DISPATCH_LEVELS, &a->exact_levels);
    case 'e':
        return a->exact = true;
    case 'j':
        return a->json = true;
    case 'c':
        return a->chinese = true;
    default:
        return false;
    }
}

/* -1: go on; else the exit code. */
static int take_arguments(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"deadline", required_argument, NULL, 'd'},
                                          {"iterations", required_argument, NULL, 'i'},
                                          {"exact", no_argument, NULL, 'e'},
                                          {"exact-s", required_argument, NULL, 's'},
                                          {"exact-levels", required_argument, NULL, 'l'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"chinese", no_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "dispatch",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->file = argv[optind];
    return -1;
}

/* ---- in ---- */

/* The folder of a file, "." when it names none. */
static void folder_of(const char *file, char *out, size_t size)
{
    const char *slash = strrchr(file, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - file);
    if (slash == file) length = 1;
    (void)snprintf(out, size, "%.*s", slash == NULL ? 1 : (int)length, slash == NULL ? "." : file);
}

static tw_status read_case(const struct arguments *a, tw_faults *faults,
                           struct tw_dispatch_case *out_case)
{
    char *text = NULL, folder[4096];
    size_t size = 0;
    bool standard = strcmp(a->file, "-") == 0;
    errno = 0;
    tw_status status = tw_file_read(standard ? "/dev/stdin" : a->file, PROBLEM_MOST, &text, &size);
    if (status != TW_OK) {
        tw_faults_add(faults, a->file, 0, "%s",
                      status == TW_ERR_FILE ? strerror(errno) : tw_status_text(status));
        return status == TW_ERR_NOMEM ? status : TW_ERR_INPUT;
    }
    folder_of(a->file, folder, sizeof folder);
    status = tw_dispatch_case_read(a->file, text, size, standard ? "." : folder, faults, out_case);
    free(text);
    return status;
}

/* ---- out ---- */

static void print_costs(const char *what, const int64_t *cost)
{
    (void)printf("%s: %lld points in danger, unmet %lld, late %lld, travel %lld s, moves %lld\n",
                 what, (long long)cost[TW_LEVEL_LIFE], (long long)cost[TW_LEVEL_UNMET],
                 (long long)cost[TW_LEVEL_LATE], (long long)cost[TW_LEVEL_TRAVEL],
                 (long long)cost[TW_LEVEL_MOVES]);
}

/* The optimum, in words or as a member of the plan's JSON. */
static tw_status print_exact(const struct arguments *a, const struct tw_dispatch_case *item)
{
    struct tw_exact_result result;
    tw_status status =
        tw_exact_solve(&item->problem, &item->options, a->exact_levels, a->exact_s, &result);
    if (status == TW_ERR_NUMERIC) {
        (void)printf(a->json ? ",\"exact\":null" : "exact: CBC found no plan in its time\n");
        return TW_OK;
    }
    TW_TRY(status);
    const int64_t *cost = result.cost;
    const double *bound = result.bound;
    if (a->json) {
        (void)printf(",\"exact\":{\"proven\":%d,\"cost\":[%lld,%lld,%lld,%lld,%lld],"
                     "\"bound\":[%.15g,%.15g,%.15g,%.15g,%.15g]}",
                     (int)result.proven, (long long)cost[0], (long long)cost[1], (long long)cost[2],
                     (long long)cost[3], (long long)cost[4], bound[0], bound[1], bound[2], bound[3],
                     bound[4]);
    } else {
        print_costs("exact", cost);
        (void)printf("exact: %d of %d levels proven; bounds %g, %g, %g, %g, %g\n",
                     (int)result.proven, TW_DISPATCH_LEVELS, bound[0], bound[1], bound[2], bound[3],
                     bound[4]);
    }
    tw_exact_done(&result);
    return TW_OK;
}

static tw_status print_plan(const struct arguments *a, const struct tw_dispatch_case *item,
                            const struct tw_plan *plan)
{
    if (a->json) {
        char *text;
        TW_TRY(tw_plan_write(plan, &item->problem, true, &text));
        /* what was measured follows what is the same on every machine */
        (void)printf("%.*s,\"took_ms\":{\"travel\":%d,\"first\":%d}", (int)strlen(text) - 1, text,
                     (int)plan->travel_ms, (int)plan->first_ms);
        free(text);
        return TW_OK;
    }
    (void)printf("%s\n%s", a->chinese ? plan->card_title_zh : plan->card_title_en,
                 a->chinese ? plan->card_text_zh : plan->card_text_en);
    print_costs("first", plan->first);
    print_costs("plan", plan->cost);
    (void)printf("%d ms travel times, %d ms to the first plan, %d rounds\n", (int)plan->travel_ms,
                 (int)plan->first_ms, (int)plan->rounds);
    return TW_OK;
}

static bool covers(const struct tw_plan *plan, const struct tw_dispatch_problem *problem)
{
    for (int32_t p = 0; p < problem->point_count; p++)
        if (plan->points[p].missing_en[0] != '\0') return false;
    return true;
}

static int plan_case(const struct arguments *a, struct tw_dispatch_case *item)
{
    struct tw_plan *plan;
    if (a->deadline_ms >= 0) item->options.deadline_ms = a->deadline_ms;
    if (a->iterations >= 0) item->options.iterations = a->iterations;
    tw_status status = tw_plan_create(&item->problem, &item->options, &plan);
    bool covered = false;
    if (status == TW_OK) {
        status = print_plan(a, item, plan);
        covered = covers(plan, &item->problem);
        tw_plan_destroy(plan);
    }
    if (status == TW_OK && a->exact) status = print_exact(a, item);
    if (status == TW_OK && a->json) (void)printf("}\n");
    if (status == TW_OK && fflush(stdout) != 0) status = TW_ERR_FILE;
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg dispatch: %s\n", tw_status_text(status));
        return TW_EXIT_FAILED;
    }
    return covered ? TW_EXIT_DONE : TW_EXIT_FOUND;
}

int tw_cmd_dispatch(int argc, char **argv)
{
    struct arguments a = {.deadline_ms = -1, .iterations = -1, .exact_levels = 5, .exact_s = 10.0};
    struct tw_dispatch_case item;
    tw_faults *faults;
    int code = take_arguments(argc, argv, &a);
    if (code >= 0) return code;
    if (tw_faults_create(0, &faults) != TW_OK) return TW_EXIT_FAILED;
    tw_status status = read_case(&a, faults, &item);
    tw_faults_print(faults, true);
    tw_faults_destroy(faults);
    if (status != TW_OK) return status == TW_ERR_INPUT ? TW_EXIT_INPUT : TW_EXIT_FAILED;
    code = plan_case(&a, &item);
    tw_dispatch_case_done(&item);
    return code;
}
