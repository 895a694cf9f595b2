/* Rain ahead from radar: each member is a cascade of its own, moved with a motion of its own.
 *
 * A place's rain at a lead is found by going back along the motion to where it is in the newest
 * field. Where that is beyond the radar's view nobody knows: there a member takes what came into the
 * view at that side at some time of the last hour, as often and as strong as it did. */
#include "base/threads.h"
#include "forecast/cascade.h"
#include "forecast/nowcast_parts.h"
#include "forecast/radar_view.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SPEED_DOUBT_RATIO 0.08 /* standard deviation of a member's motion: part of the speed ... */
#define SPEED_DOUBT_MPS 0.5    /* ... and besides */
#define BEYOND_ASIDE_M 1500.0
#define BEYOND_STRETCH 0.4      /* standard deviation of ln */
#define RECORD_S 5400.0         /* of the storm so far, that may come again ... */
#define RENEWED_FROM_S 300.0    /* ... from this lead on ... */
#define RENEWED_FULL_S 1800.0   /* ... and does so in all members from this one on */
#define RENEWED_ALL_M 40000.0   /* side of a view in which all members do, ... */
#define RENEWED_NONE_M 100000.0 /* ... and of one in which none does */
#define STORM_S 4500.0          /* storms go on for so long, on the mean, whatever their age */
#define LOOKS_MOST 6            /* at moving rain in a step */
#define RANGE 64                /* tw_threads_for cuts at multiples of this */

/* Where the rain of each place comes from, along the mean motion. */
struct paths {
    int32_t looks; /* in a step */
    int32_t count; /* of looks in all */
    float *cells;  /* [count][place_count][2] column and row in the newest field */
};

struct job {
    struct tw_nowcast *n;
    const struct tw_radar_view *view;
    const struct tw_cascade *cascade;
    const struct paths *paths;
    double radar_bias;
    bool *failed; /* [members] out of memory */
};

/* ---- the newest fields, moved to the newest one's place ---- */

static void move_field(const struct tw_radar_view *view, const float *from, const float *cells,
                       float *to)
{
    const size_t count = (size_t)view->columns * (size_t)view->rows;
    for (size_t i = 0; i < count; i++) {
        to[i] =
            (float)tw_radar_view_sample(view, from, (double)cells[2 * i], (double)cells[2 * i + 1]);
    }
}

/* The field that lies nearest to a time; NULL when none is within a quarter of the interval. */
static const float *field_at(const struct tw_radar_view *view, double time_s)
{
    for (int32_t k = 0; k < view->count; k++) {
        if (fabs(view->time_s[k] - time_s) <= 0.25 * view->interval_s) return view->mmh[k];
    }
    return NULL;
}

/* Fields for the cascade, newest first. A missing one is all NAN. */
static tw_status gather(const struct tw_radar_view *view, float **fields, int32_t *out_count)
{
    const size_t count = (size_t)view->columns * (size_t)view->rows;
    float *cells = malloc(2 * count * sizeof *cells);
    if (cells == NULL) return TW_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        cells[2 * i] = (float)(i % (size_t)view->columns);
        size_t row = i / (size_t)view->columns;
        cells[2 * i + 1] = (float)row;
    }
    tw_status status = TW_OK;
    for (int32_t k = 0; k < TW_CASCADE_FIELDS_MOST && status == TW_OK; k++) {
        double time_s = view->time_s[0] - k * view->interval_s;
        if (time_s < view->time_s[view->count - 1] - 0.25 * view->interval_s) break;
        const float *from = field_at(view, time_s);
        for (size_t i = 0; i < count && k > 0; i++) {
            double column = (double)cells[2 * i];
            double row = (double)cells[2 * i + 1];
            tw_radar_view_trace(view, view->interval_s, &column, &row);
            cells[2 * i] = (float)column;
            cells[2 * i + 1] = (float)row;
        }
        fields[k] = malloc(count * sizeof(float));
        if (fields[k] == NULL) {
            status = TW_ERR_NOMEM;
        } else if (from != NULL) {
            move_field(view, from, cells, fields[k]);
            *out_count = k + 1;
        } else {
            for (size_t i = 0; i < count; i++)
                fields[k][i] = NAN;
        }
    }
    free(cells);
    return status;
}

static tw_status make_cascade(const struct tw_nowcast *n, const struct tw_radar_view *view,
                              struct tw_cascade **out_cascade)
{
    float *fields[TW_CASCADE_FIELDS_MOST] = {NULL};
    int32_t count = 0;
    tw_status status = gather(view, fields, &count);
    struct tw_cascade_setup setup = {.columns = view->columns,
                                     .rows = view->rows,
                                     .count = count,
                                     .mmh = (const float *const *)fields,
                                     .interval_s = view->interval_s,
                                     .cell_m = sqrt(view->dx * view->dy),
                                     .seed = tw_random_bits_3(n->setup.seed, 11, 0, 0)};
    if (status == TW_OK) status = tw_cascade_create(&setup, out_cascade);
    for (int32_t k = 0; k < TW_CASCADE_FIELDS_MOST; k++)
        free(fields[k]);
    return status;
}

/* ---- paths ---- */

/* Looks so near to each other that fast rain is not stepped over. */
static int32_t looks_for(const struct tw_nowcast *n, const struct tw_radar_view *view)
{
    double fastest = 0.0;
    for (int32_t i = 0; view->flow.u != NULL && i < view->flow.columns * view->flow.rows; i++) {
        double speed = hypot((double)view->flow.u[i], (double)view->flow.v[i]);
        if (speed > fastest) fastest = speed;
    }
    double looks = ceil(fastest * n->setup.step_s);
    return looks < 2.0 ? 2 : looks > LOOKS_MOST ? LOOKS_MOST : (int32_t)looks;
}

static tw_status make_paths(const struct tw_nowcast *n, const struct tw_radar_view *view,
                            struct paths *out_paths)
{
    const size_t places = (size_t)n->setup.place_count;
    struct paths paths = {.looks = looks_for(n, view)};
    paths.count = paths.looks * n->ahead_count;
    paths.cells = malloc(((size_t)paths.count * places * 2 + 1) * sizeof *paths.cells);
    if (paths.cells == NULL) return TW_ERR_NOMEM;
    const double look_s = n->setup.step_s / paths.looks;
    for (size_t p = 0; p < places; p++) {
        double column = 0.0;
        double row = 0.0;
        tw_radar_view_cell(view, n->places[p].x, n->places[p].y, &column, &row);
        double ahead_s = n->now_s - view->time_s[0] + 0.5 * look_s;
        tw_radar_view_trace(view, ahead_s, &column, &row);
        for (int32_t i = 0; i < paths.count; i++) {
            float *cell = paths.cells + 2 * ((size_t)i * places + p);
            cell[0] = (float)column;
            cell[1] = (float)row;
            tw_radar_view_trace(view, look_s, &column, &row);
        }
    }
    *out_paths = paths;
    return TW_OK;
}

/* ---- members ---- */

/* How a member's motion differs from the mean one. */
struct turn {
    double along, across;    /* parts of the way that are added along it and across */
    double drift_c, drift_r; /* cells/s besides */
};

static struct turn turn_of(const struct tw_nowcast *n, const struct tw_radar_view *view,
                           int32_t member)
{
    double normal[4];
    for (int i = 0; i < 4; i++) {
        normal[i] = n->setup.members == 1
                        ? 0.0
                        : tw_random_normal_of(tw_random_bits_3(n->setup.seed, member, i, 12));
    }
    return (struct turn){SPEED_DOUBT_RATIO * normal[0], SPEED_DOUBT_RATIO * normal[1],
                         SPEED_DOUBT_MPS * normal[2] / view->dx,
                         SPEED_DOUBT_MPS * normal[3] / view->dy};
}

/* What a member takes for rain that comes from beyond the view, at the same place or a little beside:
 * what entered there some time within the last hour; or, every other member, what entered there last,
 * backwards, since a shower of which half is seen has another half. */
struct beyond {
    double shift_s;
    double column, row;
    double stretch; /* backwards, so much faster; 0: not backwards */
};

static struct beyond beyond_of(const struct tw_nowcast *n, const struct tw_radar_view *view,
                               int32_t member)
{
    double kept_s = view->time_s[0] - view->time_s[view->count - 1] + view->interval_s;
    double normal[3];
    for (int i = 0; i < 3; i++)
        normal[i] = tw_random_normal_of(tw_random_bits_3(n->setup.seed, member, i + 3, 13));
    return (struct beyond){
        kept_s * tw_random_unit_of(tw_random_bits_3(n->setup.seed, member, 2, 13)),
        BEYOND_ASIDE_M * normal[0] / view->dx, BEYOND_ASIDE_M * normal[1] / view->dy,
        member % 2 == 0 ? exp(BEYOND_STRETCH * normal[2]) : 0.0};
}

/* Part of the way from one cell to another that lies inside of the view. */
static double part_inside(const struct tw_radar_view *view, const double from[2],
                          const double to[2])
{
    const double most[2] = {view->columns - 1.0, view->rows - 1.0};
    double part = 1.0;
    for (int i = 0; i < 2; i++) {
        double way = to[i] - from[i];
        if (to[i] < 0.0 && from[i] > 0.0) part = fmin(part, from[i] / -way);
        if (to[i] > most[i] && from[i] < most[i]) part = fmin(part, (most[i] - from[i]) / way);
        if ((from[i] <= 0.0 && to[i] < 0.0) || (from[i] >= most[i] && to[i] > most[i])) part = 0.0;
    }
    return part;
}

static double clamped(double value, double most)
{
    return value < 0.0 ? 0.0 : value > most ? most : value;
}

/* time_s  when it is at `home`, from where `cell` is ahead_s back */
static double beyond_at(const struct job *job, const struct beyond *beyond, const double home[2],
                        const double cell[2], double time_s)
{
    const struct tw_radar_view *view = job->view;
    const double part = part_inside(view, home, cell);
    const double kept_s = view->time_s[0] - view->time_s[view->count - 1] + view->interval_s;
    const double entered_s = time_s - part * (time_s - view->time_s[0]);
    /* Its time of the last hour: the hour goes on and on. */
    double then_s = fmod(entered_s - view->time_s[0] + beyond->shift_s, kept_s);
    if (beyond->stretch > 0.0) {
        then_s = kept_s - fmod(beyond->stretch * (entered_s - view->time_s[0]), 2.0 * kept_s);
        then_s = fabs(then_s);
    }
    then_s += view->time_s[view->count - 1] - 0.5 * view->interval_s;
    int32_t nearest = 0;
    for (int32_t k = 1; k < view->count; k++) {
        if (fabs(view->time_s[k] - then_s) < fabs(view->time_s[nearest] - then_s)) nearest = k;
    }
    double column = home[0] + part * (cell[0] - home[0]) + beyond->column;
    double row = home[1] + part * (cell[1] - home[1]) + beyond->row;
    column = clamped(column, view->columns - 1);
    row = clamped(row, view->rows - 1);
    tw_radar_view_trace(view, then_s - view->time_s[nearest], &column, &row);
    double mmh = tw_radar_view_sample(view, view->mmh[nearest], clamped(column, view->columns - 1),
                                      clamped(row, view->rows - 1));
    return isnan(mmh) ? 0.0 : mmh;
}

struct fields {
    float *now, *next; /* [rows * columns] of the member, an interval apart */
    double now_s;      /* time of the first */
};

/* cell  where what is at `home` at a time is in the newest field */
static double member_at(const struct job *job, const struct fields *fields, const double cell[2],
                        double time_s)
{
    const struct tw_radar_view *view = job->view;
    double seen = tw_radar_view_sample(view, view->mmh[0], cell[0], cell[1]);
    if (isnan(seen)) return (double)NAN;
    double a = tw_radar_view_sample(view, fields->now, cell[0], cell[1]);
    double b = tw_radar_view_sample(view, fields->next, cell[0], cell[1]);
    double part = (time_s - fields->now_s) / view->interval_s;
    return a + part * (b - a);
}

/* Add one look at all places to its step. */
static void look(const struct job *job, int32_t member, int32_t i, const struct fields *fields)
{
    struct tw_nowcast *n = job->n;
    const size_t places = (size_t)n->setup.place_count;
    const struct turn turn = turn_of(n, job->view, member);
    const struct beyond beyond = beyond_of(n, job->view, member);
    const double look_s = n->setup.step_s / job->paths->looks;
    const double time_s = n->now_s + (i + 0.5) * look_s;
    const double ahead_s = time_s - job->view->time_s[0];
    const size_t step = (size_t)(i / job->paths->looks);
    float *out = n->ahead_mmh + ((size_t)member * (size_t)n->ahead_count + step) * places;
    const float *path = job->paths->cells + 2 * (size_t)i * places;
    const double scale = job->radar_bias / job->paths->looks;
    for (size_t p = 0; p < places; p++) {
        double home[2];
        if (isnan(n->places[p].x) || isnan(n->places[p].y)) continue;
        tw_radar_view_cell(job->view, n->places[p].x, n->places[p].y, &home[0], &home[1]);
        double way_c = (double)path[2 * p] - home[0];
        double way_r = (double)path[2 * p + 1] - home[1];
        const double cell[2] = {
            home[0] + way_c * (1.0 + turn.along) - way_r * turn.across - turn.drift_c * ahead_s,
            home[1] + way_r * (1.0 + turn.along) + way_c * turn.across - turn.drift_r * ahead_s};
        double mmh = member_at(job, fields, cell, time_s);
        if (isnan(mmh)) mmh = beyond_at(job, &beyond, home, cell, time_s);
        out[p] += (float)(scale * mmh);
    }
}

static tw_status run_member(const struct job *job, int32_t member)
{
    const struct tw_radar_view *view = job->view;
    const size_t cells = (size_t)view->columns * (size_t)view->rows;
    float *both = malloc(2 * cells * sizeof *both);
    if (both == NULL) return TW_ERR_NOMEM;
    struct fields fields = {both, both + cells, view->time_s[0]};
    struct tw_cascade_member *cascade = NULL;
    tw_status status = tw_cascade_begin(job->cascade, member, &cascade);
    if (status == TW_OK) {
        tw_cascade_field(cascade, fields.now);
        tw_cascade_step(cascade);
        tw_cascade_field(cascade, fields.next);
        const double look_s = job->n->setup.step_s / job->paths->looks;
        for (int32_t i = 0; i < job->paths->count; i++) {
            double time_s = job->n->now_s + (i + 0.5) * look_s;
            while (time_s >= fields.now_s + view->interval_s) {
                float *spare = fields.now;
                fields.now = fields.next;
                fields.next = spare;
                fields.now_s += view->interval_s;
                tw_cascade_step(cascade);
                tw_cascade_field(cascade, fields.next);
            }
            look(job, member, i, &fields);
        }
    }
    tw_cascade_end(cascade);
    free(both);
    return status;
}

static void run_range(void *user, int32_t begin, int32_t end)
{
    const struct job *job = user;
    for (int32_t i = begin; i < end; i += RANGE)
        job->failed[i / RANGE] = run_member(job, i / RANGE) != TW_OK;
}

/* Part of the members in which rain is renewed. In a view that is no larger than a storm rain comes and
 * goes; in a large one cells rise and die alike, and the cascade keeps their sum: on FMI's composites,
 * 256 km, renewing made CRPS at an hour 24 % worse. */
static double renewed_part(const struct tw_radar_view *view)
{
    double side_m = sqrt(view->columns * view->dx * view->rows * view->dy);
    double part = (RENEWED_NONE_M - side_m) / (RENEWED_NONE_M - RENEWED_ALL_M);
    return part < 0.0 ? 0.0 : part > 1.0 ? 1.0 : part;
}

/* What fell at all places at some time of the last hour and a half comes again, at all of them together
 * and beside what is seen to come. Where and when new cells rise the radar does not show; that they
 * do, the storm so far does. */
static void renew_member(struct tw_nowcast *n, int32_t member, double part)
{
    const size_t places = (size_t)n->setup.place_count;
    int32_t record = (int32_t)(RECORD_S / n->setup.step_s);
    if (record > n->past_count) record = n->past_count;
    if (n->setup.members == 1 || record == 0) return;
    double unit[3];
    for (int i = 0; i < 3; i++)
        unit[i] = tw_random_unit_of(tw_random_bits_3(n->setup.seed, member, i, 14));
    if (tw_random_unit_of(tw_random_bits_3(n->setup.seed, member, 3, 14)) >= part) return;
    const double from_s = RENEWED_FROM_S + (RENEWED_FULL_S - RENEWED_FROM_S) * unit[0];
    const double end_s = -STORM_S * log(unit[1]);
    const int32_t shift = (int32_t)(unit[2] * record);
    const float *past = n->past_mmh + (size_t)(n->past_count - record) * places;
    for (int32_t k = 0; k < n->ahead_count; k++) {
        const double lead_s = (k + 0.5) * n->setup.step_s;
        if (lead_s < from_s || lead_s > end_s) continue;
        const float *then = past + (size_t)((k + shift) % record) * places;
        float *out = n->ahead_mmh + ((size_t)member * (size_t)n->ahead_count + (size_t)k) * places;
        for (size_t p = 0; p < places; p++)
            out[p] = then[p] > out[p] ? then[p] : out[p];
    }
}

static void add_doubt(struct tw_nowcast *n)
{
    const size_t places = (size_t)n->setup.place_count;
    for (int32_t m = 0; m < n->setup.members; m++) {
        for (int32_t k = 0; k < n->ahead_count; k++) {
            float *mmh = n->ahead_mmh + ((size_t)m * (size_t)n->ahead_count + (size_t)k) * places;
            double time_s = n->now_s + (k + 0.5) * n->setup.step_s;
            for (int32_t p = 0; p < n->setup.place_count; p++)
                mmh[p] *= (float)tw_rain_chance_factor(n, m, p, time_s);
        }
    }
}

static tw_status run_members(struct job *job)
{
    struct tw_nowcast *n = job->n;
    struct tw_threads *threads = NULL;
    job->failed = calloc((size_t)n->setup.members, sizeof *job->failed);
    if (job->failed == NULL) return TW_ERR_NOMEM;
    if (n->setup.threads > 1) {
        tw_status status = tw_threads_create(n->setup.threads, &threads);
        if (status != TW_OK) return status;
    }
    tw_threads_for(threads, n->setup.members * RANGE, 1000, run_range, job);
    tw_threads_destroy(threads);
    for (int32_t m = 0; m < n->setup.members; m++) {
        if (job->failed[m]) return TW_ERR_NOMEM;
    }
    return TW_OK;
}

tw_status tw_nowcast_by_radar(struct tw_nowcast *nowcast, const struct tw_radar_view *view,
                              double radar_bias)
{
    struct tw_cascade *cascade = NULL;
    struct paths paths = {0};
    struct job job = {nowcast, view, NULL, &paths, radar_bias, NULL};
    const size_t rows = (size_t)nowcast->setup.members * (size_t)nowcast->ahead_count;
    memset(nowcast->ahead_mmh, 0,
           rows * (size_t)nowcast->setup.place_count * sizeof *nowcast->ahead_mmh);
    tw_status status = make_cascade(nowcast, view, &cascade);
    job.cascade = cascade;
    if (status == TW_OK) status = make_paths(nowcast, view, &paths);
    if (status == TW_OK) status = run_members(&job);
    for (int32_t m = 0; status == TW_OK && m < nowcast->setup.members; m++)
        renew_member(nowcast, m, renewed_part(view));
    if (status == TW_OK) add_doubt(nowcast);
    free(job.failed);
    free(paths.cells);
    tw_cascade_destroy(cascade);
    return status;
}
