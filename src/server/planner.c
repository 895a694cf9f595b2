#include "server/planner.h"

#include "base/clock.h"
#include "server/city_staff.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TICK_MS 50
#define SETTLE_MS 300   /* what comes together is planned for together */
#define PAUSE_MS 1500   /* between two plans, on the machine's clock */
#define DEADLINE_MS 500 /* of improving a plan */

/* Take the causes once they have settled; false: there is nothing to plan for. */
static bool take_causes(struct tw_planner *planner, int64_t last_ms)
{
    struct tw_desk *desk = planner->server->desk;
    int64_t now_ms = tw_clock_steady_ms();
    (void)pthread_mutex_lock(&desk->mutex);
    bool due = desk->causes != 0 && now_ms - desk->cause_wall_ms >= SETTLE_MS &&
               now_ms - last_ms >= PAUSE_MS;
    if (due) {
        planner->causes = desk->causes;
        planner->cause_wall_ms = desk->cause_wall_ms;
        desk->causes = 0;
    }
    (void)pthread_mutex_unlock(&desk->mutex);
    return due;
}

static void run_collect(struct tw_desk *desk, struct tw_desk_job *job)
{
    if (tw_planner_collect(desk->server->planner, desk) != TW_OK) job->reply.status = 503;
}

static void do_job(struct tw_planner *planner, tw_desk_run *run, unsigned *out_status)
{
    struct tw_http_reply reply = {.status = 503};
    struct tw_desk_job *job = tw_desk_job_new(run);
    if (job != NULL) job->actors = TW_BY_DESK;
    if (job != NULL) (void)memcpy(job->who, "desk", sizeof "desk");
    if (job != NULL && tw_desk_do(planner->server->desk, job, &reply) != TW_OK) reply.status = 503;
    tw_strbuf_done(&reply.body);
    *out_status = reply.status;
}

/* One plan: what is, the plan for it, and what of it is new to the desk. */
static void plan_once(struct tw_planner *planner)
{
    unsigned status = 0;
    do_job(planner, run_collect, &status);
    if (status == 200) {
        struct tw_dispatch_options options = TW_DISPATCH_OPTIONS_DEFAULT;
        options.deadline_ms = DEADLINE_MS;
        if (tw_plan_create(&planner->problem.p, &options, &planner->plan) == TW_OK) {
            do_job(planner, tw_planner_propose, &status);
        }
    }
    tw_plan_destroy(planner->plan);
    planner->plan = NULL;
    tw_planner_problem_done(&planner->problem);
}

/* Warnings in a number: it changes when one is made, raised, lowered or ends. */
static uint64_t warnings_digest(const struct tw_live *live)
{
    uint64_t digest = UINT64_C(14695981039346656037); /* FNV-1a over their numbers */
    for (int32_t i = 0; i < tw_warnings_count(live->warnings); i++) {
        const struct tw_store_warning *w = tw_warnings_get(live->warnings, i);
        const int64_t values[] = {w->id, w->rank, w->state > TW_WARNING_ACKNOWLEDGED};
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
            digest = (digest ^ (uint64_t)values[k]) * UINT64_C(1099511628211);
    }
    return digest;
}

/* A new forecast or a change of warnings is a cause for a new plan. */
static void look_at_live(struct tw_planner *planner)
{
    struct tw_live *live = &planner->server->live;
    unsigned causes = 0;
    (void)pthread_mutex_lock(&live->mutex);
    uint64_t warnings = warnings_digest(live);
    bool forecast = live->forecast.values != NULL;
    if (forecast && live->forecast.issued_ms != planner->seen_issued_ms) {
        planner->seen_issued_ms = live->forecast.issued_ms;
        causes |= TW_CAUSE_FORECAST;
    }
    if (warnings != planner->seen_warnings && causes == 0) causes |= TW_CAUSE_MEASUREMENT;
    planner->seen_warnings = warnings;
    (void)pthread_mutex_unlock(&live->mutex);
    if (causes != 0) tw_desk_cause(planner->server->desk, causes);
}

static void *planner_loop(void *user)
{
    struct tw_planner *planner = user;
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    int64_t last_ms = -PAUSE_MS;
    while (!atomic_load(&planner->stopping)) {
        look_at_live(planner);
        if (take_causes(planner, last_ms)) {
            plan_once(planner);
            last_ms = tw_clock_steady_ms();
        }
        (void)nanosleep(&tick, NULL);
    }
    return NULL;
}

static tw_status read_roads(struct tw_planner *planner)
{
    const struct tw_city *city = planner->server->city;
    tw_faults *faults = NULL;
    if (city->roads == NULL) return TW_OK;
    TW_TRY(tw_faults_create(0, &faults));
    tw_status status =
        tw_roads_read(city->roads_path, city->roads, strlen(city->roads), faults, &planner->roads);
    tw_faults_destroy(faults); /* thalweg check names them */
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

tw_status tw_planner_begin(struct tw_server *server, struct tw_planner **out_planner)
{
    if (server->desk == NULL) return TW_OK;
    struct tw_planner *planner = calloc(1, sizeof *planner);
    if (planner == NULL) return TW_ERR_NOMEM;
    planner->server = server;
    atomic_init(&planner->stopping, false);
    tw_arena_init(&planner->problem.arena);
    tw_status status = read_roads(planner);
    *out_planner = planner; /* its jobs look for it there */
    if (status == TW_OK && planner->roads != NULL) {
        planner->runs = pthread_create(&planner->thread, NULL, planner_loop, planner) == 0;
        if (!planner->runs) status = TW_ERR_STATE;
    }
    return status;
}

void tw_planner_end(struct tw_planner *planner)
{
    if (planner == NULL) return;
    atomic_store(&planner->stopping, true);
    if (planner->runs) (void)pthread_join(planner->thread, NULL);
    tw_planner_problem_done(&planner->problem);
    tw_arena_done(&planner->problem.arena);
    tw_roads_destroy(planner->roads);
    free(planner);
}
