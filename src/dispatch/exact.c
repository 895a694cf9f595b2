/* A dispatch problem as integer programs.
 *
 *   x[c,p], y[v,p]  0/1    crew c, vehicle v goes to point p
 *   e               >= 0   crews called elsewhere beyond those allowed
 *   u[p,k,r]        >= 0   what lacks of resource r in stage k
 *   s[p]            0/1    a point with danger to life lacks people or skills
 *   f[b,p,k], m     >= 0   supplies from base b, and what is missing of them
 *
 *   sum_p x <= 1, sum_p y <= 1                     nobody twice
 *   sum size x <= sum seats y                      seats, each base and point
 *   sum y <= sum size x, y <= sum x of pumpers     drivers, people for pumps
 *   u >= need - supply, u <= need s
 *   sum_p f <= stock, f <= least(stock, need) sum y, sum_b f + m >= need        */
#include "dispatch/exact.h"

#include "base/arena.h"
#include "dispatch/assign.h"

#include <coin/Cbc_C_Interface.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESOURCES = 2 + TW_DISPATCH_SKILLS };

/* An unmet person-minute at a point of weight 1 becomes 0.1: numbers that CBC likes. */
static const double unmet_scale = 1e-6;

/* A column: bounds and its part of each level's cost. */
struct column {
    double upper, lower;
    double cost[TW_DISPATCH_LEVELS];
    bool integer;
};

struct model {
    struct tw_setup *setup;
    struct tw_arena arena;
    struct column *columns;
    int32_t column_count, column_room;
    int32_t *x, *y; /* pairs; -1: no such column */
    double constant[TW_DISPATCH_LEVELS];
    /* rows, one after the other */
    int32_t *index;
    double *factor;
    int64_t entry_count, entry_room;
    int64_t *row_begin;
    double *row_right;
    char *row_sense;
    int32_t row_count, row_room;
    tw_status status; /* TW_ERR_NOMEM stays */
};

/* ---- building ---- */

static void *widen(struct model *model, void *old, int64_t count, size_t size)
{
    void *wider = realloc(old, (size_t)count * size);
    if (wider == NULL) model->status = TW_ERR_NOMEM;
    return wider != NULL ? wider : old;
}

static int32_t add_column(struct model *model, double lower, double upper, bool integer)
{
    if (model->column_count == model->column_room) {
        int32_t room = 2 * model->column_room + 1024;
        model->columns = widen(model, model->columns, room, sizeof *model->columns);
        if (model->status == TW_OK) model->column_room = room;
    }
    if (model->status != TW_OK) return 0;
    model->columns[model->column_count] =
        (struct column){.lower = lower, .upper = upper, .integer = integer};
    return model->column_count++;
}

static void add_entry(struct model *model, int32_t column, double factor)
{
    if (model->entry_count == model->entry_room) {
        int64_t room = 2 * model->entry_room + 4096;
        model->index = widen(model, model->index, room, sizeof *model->index);
        model->factor = widen(model, model->factor, room, sizeof *model->factor);
        if (model->status == TW_OK) model->entry_room = room;
    }
    if (model->status != TW_OK || column < 0) return;
    model->index[model->entry_count] = column;
    model->factor[model->entry_count++] = factor;
}

/* End the row whose entries were added since the last one; an empty row is none. */
static void end_row(struct model *model, char sense, double right)
{
    if (model->row_count + 1 >= model->row_room) {
        int32_t room = 2 * model->row_room + 1024;
        model->row_begin = widen(model, model->row_begin, room, sizeof *model->row_begin);
        model->row_right = widen(model, model->row_right, room, sizeof *model->row_right);
        model->row_sense = widen(model, model->row_sense, room, sizeof *model->row_sense);
        if (model->status == TW_OK) model->row_room = room;
    }
    if (model->status != TW_OK) return;
    if (model->row_count == 0) model->row_begin[0] = 0;
    if (model->row_begin[model->row_count] == model->entry_count) return;
    model->row_sense[model->row_count] = sense;
    model->row_right[model->row_count++] = right;
    model->row_begin[model->row_count] = model->entry_count;
}

static int64_t pair(const struct model *model, int32_t who, int32_t point)
{
    return (int64_t)who * model->setup->points + point;
}

static void add_crews(struct model *model)
{
    const struct tw_setup *setup = model->setup;
    for (int32_t c = 0; c < setup->crews; c++) {
        if (setup->crew_base[c] >= 0 && setup->crew_was[c] >= 0) {
            model->constant[TW_LEVEL_UNMET] += (double)setup->crew_move_cost[c];
            model->constant[TW_LEVEL_MOVES] += 1.0;
        }
        for (int32_t p = 0; p < setup->points; p++) {
            int64_t at = pair(model, c, p);
            bool fixed = setup->crew_fixed[c] == p;
            model->x[at] = -1;
            if (setup->crew_base[c] < 0 || setup->crew_may[at] == 0) continue;
            if (setup->crew_fixed[c] >= 0 && !fixed) continue;
            int32_t x = model->x[at] = add_column(model, fixed ? 1.0 : 0.0, 1.0, true);
            if (model->status != TW_OK) return;
            double *cost = model->columns[x].cost;
            cost[TW_LEVEL_TRAVEL] = setup->crew_travel_s[at];
            if (setup->crew_was[c] != p) continue;
            cost[TW_LEVEL_UNMET] = -(double)setup->crew_move_cost[c];
            cost[TW_LEVEL_MOVES] = -1.0;
        }
        for (int32_t p = 0; p < setup->points; p++)
            add_entry(model, model->x[pair(model, c, p)], 1.0);
        end_row(model, 'L', 1.0);
    }
}

static void add_vehicles(struct model *model)
{
    const struct tw_setup *setup = model->setup;
    for (int32_t v = 0; v < setup->vehicles; v++) {
        if (setup->vehicle_base[v] >= 0 && setup->vehicle_was[v] >= 0)
            model->constant[TW_LEVEL_MOVES] += 1.0;
        for (int32_t p = 0; p < setup->points; p++) {
            int64_t at = pair(model, v, p);
            bool fixed = setup->vehicle_fixed[v] == p;
            model->y[at] = -1;
            if (setup->vehicle_base[v] < 0 || setup->vehicle_may[at] == 0) continue;
            if (setup->vehicle_fixed[v] >= 0 && !fixed) continue;
            int32_t y = model->y[at] = add_column(model, fixed ? 1.0 : 0.0, 1.0, true);
            if (model->status != TW_OK) return;
            double late_s = (double)setup->vehicle_arrive_s[at] - setup->problem->points[p].water_s;
            double *cost = model->columns[y].cost;
            cost[TW_LEVEL_LATE] = late_s > 0.0 ? late_s * (double)setup->late_weight[p] : 0.0;
            cost[TW_LEVEL_TRAVEL] = setup->vehicle_arrive_s[at];
            if (setup->vehicle_was[v] == p) cost[TW_LEVEL_MOVES] = -1.0;
        }
        for (int32_t p = 0; p < setup->points; p++)
            add_entry(model, model->y[pair(model, v, p)], 1.0);
        end_row(model, 'L', 1.0);
    }
}

static bool is_pumper(const struct tw_setup *setup, int32_t c)
{
    return setup->pump_skill < 0 ||
           (setup->problem->crews[c].skills >> setup->pump_skill & 1u) != 0;
}

/* Seats, drivers and pumpers of what one base sends to one point. */
static void add_convoy(struct model *model, const struct tw_base *base, int32_t p)
{
    const struct tw_setup *setup = model->setup;
    for (int turn = 0; turn < 2; turn++) { /* seats, then drivers */
        for (int32_t i = base->crew_begin; i < base->crew_end; i++) {
            int32_t c = setup->crew_of[i];
            double size = setup->problem->crews[c].size;
            add_entry(model, model->x[pair(model, c, p)], turn == 0 ? size : -size);
        }
        for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
            int32_t v = setup->vehicle_of[i];
            double seats = setup->problem->vehicles[v].seats;
            add_entry(model, model->y[pair(model, v, p)], turn == 0 ? -seats : 1.0);
        }
        end_row(model, 'L', 0.0);
    }
    for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
        int32_t v = setup->vehicle_of[i];
        if (setup->problem->vehicles[v].pump_m3h == 0 || model->y[pair(model, v, p)] < 0) continue;
        add_entry(model, model->y[pair(model, v, p)], 1.0);
        for (int32_t k = base->crew_begin; k < base->crew_end; k++)
            if (is_pumper(setup, setup->crew_of[k]))
                add_entry(model, model->x[pair(model, setup->crew_of[k], p)], -1.0);
        end_row(model, 'L', 0.0);
    }
}

/* What resource r of a point is, one unit of crew c or vehicle v. */
static double unit_of(const struct tw_setup *setup, int r, int32_t c, int32_t v)
{
    if (v >= 0) return r == 1 ? setup->problem->vehicles[v].pump_m3h : 0.0;
    const struct tw_crew *crew = &setup->problem->crews[c];
    if (r == 0) return crew->size;
    return r >= 2 && (crew->skills >> (r - 2) & 1u) != 0 ? crew->size : 0.0;
}

/* The lack of one resource in one stage. */
static void add_lack(struct model *model, int32_t p, int32_t stage, int r, int32_t unsafe)
{
    const struct tw_setup *setup = model->setup;
    const struct tw_need *need = &setup->problem->points[p].stages[stage];
    double wanted = r == 0 ? need->people : r == 1 ? need->pump_m3h : need->skills[r - 2];
    double each = r == 0 ? TW_UNIT_PERSON : r == 1 ? TW_UNIT_PUMP_M3H : TW_UNIT_SKILL;
    if (wanted <= 0.0) return;
    int32_t u = add_column(model, 0.0, wanted, false);
    if (model->status != TW_OK) return;
    model->columns[u].cost[TW_LEVEL_UNMET] =
        each * (double)setup->stage_minutes[p * TW_DISPATCH_STAGES + stage] *
        (double)setup->weight[p];
    add_entry(model, u, 1.0);
    for (int32_t c = 0; c < setup->crews; c++)
        if (unit_of(setup, r, c, -1) > 0.0)
            add_entry(model, model->x[pair(model, c, p)], unit_of(setup, r, c, -1));
    for (int32_t v = 0; v < setup->vehicles; v++)
        if (unit_of(setup, r, -1, v) > 0.0)
            add_entry(model, model->y[pair(model, v, p)], unit_of(setup, r, -1, v));
    end_row(model, 'G', wanted);
    if (unsafe < 0 || r == 1) return;
    add_entry(model, u, 1.0);
    add_entry(model, unsafe, -wanted);
    end_row(model, 'L', 0.0);
}

static void add_point(struct model *model, int32_t p)
{
    const struct tw_setup *setup = model->setup;
    const struct tw_dispatch_point *point = &setup->problem->points[p];
    int32_t unsafe = -1;
    if (point->life && point->stage_count > 0) {
        unsafe = add_column(model, 0.0, 1.0, true);
        if (model->status != TW_OK) return;
        model->columns[unsafe].cost[TW_LEVEL_LIFE] = 1.0;
    }
    for (int32_t k = 0; k < point->stage_count; k++)
        for (int r = 0; r < 2 + setup->problem->skill_count; r++)
            add_lack(model, p, k, r, unsafe);
}

/* ---- supplies ---- */

/* The share of base b: f <= least(stock, wanted) * vehicles there. */
static int32_t add_share(struct model *model, int32_t b, int32_t p, int k)
{
    const struct tw_setup *setup = model->setup;
    const struct tw_base *base = &setup->bases[b];
    int32_t wanted = setup->most[p].kits[k];
    double most = base->stock[k] < wanted ? base->stock[k] : wanted;
    int32_t f = add_column(model, 0.0, most, false);
    add_entry(model, f, 1.0);
    for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++)
        add_entry(model, model->y[pair(model, setup->vehicle_of[i], p)], -most);
    end_row(model, 'L', 0.0);
    return f;
}

/* One kind of supplies: shares[b * points + p] are its columns. */
static void add_kind(struct model *model, int k, int32_t *shares)
{
    const struct tw_setup *setup = model->setup;
    for (int32_t p = 0; p < setup->points; p++) {
        int32_t wanted = setup->most[p].kits[k];
        double minutes = 0.0;
        for (int s = 0; s < TW_DISPATCH_STAGES; s++)
            minutes += (double)setup->stage_minutes[p * TW_DISPATCH_STAGES + s];
        for (int32_t b = 0; b < setup->base_count; b++) {
            const struct tw_base *base = &setup->bases[b];
            bool can = wanted > 0 && base->stock[k] > 0 && base->vehicle_end > base->vehicle_begin;
            shares[(int64_t)b * setup->points + p] = can ? add_share(model, b, p, k) : -1;
        }
        if (wanted == 0) continue;
        int32_t m = add_column(model, 0.0, wanted, false);
        if (model->status != TW_OK) return;
        model->columns[m].cost[TW_LEVEL_UNMET] =
            (double)setup->weight[p] * minutes * TW_UNIT_KITS / wanted;
        add_entry(model, m, 1.0);
        for (int32_t b = 0; b < setup->base_count; b++)
            add_entry(model, shares[(int64_t)b * setup->points + p], 1.0);
        end_row(model, 'G', wanted);
    }
    for (int32_t b = 0; b < setup->base_count; b++) {
        for (int32_t p = 0; p < setup->points; p++)
            add_entry(model, shares[(int64_t)b * setup->points + p], 1.0);
        end_row(model, 'L', setup->bases[b].stock[k]);
    }
}

/* Of the crews that were sent before, so many may be called elsewhere; each further one costs. */
static void add_moves(struct model *model)
{
    const struct tw_setup *setup = model->setup;
    int32_t extra = add_column(model, 0.0, setup->crews, false), held = 0;
    if (model->status != TW_OK) return;
    model->columns[extra].cost[TW_LEVEL_UNMET] = (double)setup->move_extra;
    for (int32_t c = 0; c < setup->crews; c++) {
        if (setup->crew_move_cost[c] == 0) continue;
        add_entry(model, model->x[pair(model, c, setup->crew_was[c])], -1.0);
        held++;
    }
    if (held == 0) return;
    add_entry(model, extra, -1.0);
    end_row(model, 'L', setup->move_allow - held);
}

static tw_status build(struct model *model)
{
    const struct tw_setup *setup = model->setup;
    int64_t points = setup->points;
    model->x = TW_ARENA_NEW(&model->arena, int32_t, setup->crews * points);
    model->y = TW_ARENA_NEW(&model->arena, int32_t, setup->vehicles * points);
    int32_t *shares = TW_ARENA_NEW(&model->arena, int32_t, setup->base_count * points);
    if (model->x == NULL || model->y == NULL || shares == NULL) return TW_ERR_NOMEM;
    add_crews(model);
    add_vehicles(model);
    add_moves(model);
    for (int32_t b = 0; b < setup->base_count && model->status == TW_OK; b++)
        for (int32_t p = 0; p < setup->points; p++)
            add_convoy(model, &setup->bases[b], p);
    for (int32_t p = 0; p < setup->points && model->status == TW_OK; p++)
        add_point(model, p);
    for (int k = 0; k < setup->problem->kit_count && model->status == TW_OK; k++)
        add_kind(model, k, shares);
    return model->status;
}

/* ---- solving ---- */

static double scale_of(int level) { return level == TW_LEVEL_UNMET ? unmet_scale : 1.0; }

static Cbc_Model *to_cbc(const struct model *model, int level, double limit_s)
{
    Cbc_Model *cbc = Cbc_newModel();
    if (cbc == NULL) return NULL;
    char seconds[32];
    (void)snprintf(seconds, sizeof seconds, "%g", limit_s);
    Cbc_setLogLevel(cbc, 0);
    Cbc_setParameter(cbc, "log", "0");
    Cbc_setParameter(cbc, "sec", seconds);
    Cbc_setParameter(cbc, "ratioGap", "0");
    for (int32_t i = 0; i < model->column_count; i++) {
        const struct column *column = &model->columns[i];
        Cbc_addCol(cbc, "", column->lower, column->upper, scale_of(level) * column->cost[level],
                   column->integer ? 1 : 0, 0, NULL, NULL);
    }
    for (int32_t r = 0; r < model->row_count; r++) {
        int64_t begin = model->row_begin[r];
        Cbc_addRow(cbc, "", (int)(model->row_begin[r + 1] - begin), &model->index[begin],
                   &model->factor[begin], model->row_sense[r], model->row_right[r]);
    }
    return cbc;
}

/* What a level has reached becomes a row for the levels after it. */
static void hold_level(struct model *model, int level, double value)
{
    double scale = scale_of(level);
    for (int32_t i = 0; i < model->column_count; i++)
        if (model->columns[i].cost[level] != 0.0)
            add_entry(model, i, scale * model->columns[i].cost[level]);
    end_row(model, 'L', value + 1e-6 * (1.0 + fabs(value))); /* CBC's own tolerance */
}

static void take_solution(const struct model *model, const double *value,
                          struct tw_exact_result *result)
{
    const struct tw_setup *setup = model->setup;
    for (int32_t c = 0; c < setup->crews; c++) {
        result->crew_point[c] = -1;
        for (int32_t p = 0; p < setup->points; p++) {
            int32_t x = model->x[pair(model, c, p)];
            if (x >= 0 && value[x] > 0.5) result->crew_point[c] = p;
        }
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        result->vehicle_point[v] = -1;
        for (int32_t p = 0; p < setup->points; p++) {
            int32_t y = model->y[pair(model, v, p)];
            if (y >= 0 && value[y] > 0.5) result->vehicle_point[v] = p;
        }
    }
}

static tw_status solve_level(struct model *model, int level, double limit_s,
                             struct tw_exact_result *result)
{
    Cbc_Model *cbc = to_cbc(model, level, limit_s);
    if (cbc == NULL) return TW_ERR_NOMEM;
    (void)Cbc_solve(cbc);
    const double *value = Cbc_bestSolution(cbc);
    double found = Cbc_getObjValue(cbc);
    bool proven = Cbc_isProvenOptimal(cbc) != 0;
    double bound = proven ? found : Cbc_getBestPossibleObjValue(cbc);
    result->bound[level] = bound / scale_of(level) + model->constant[level];
    if (value != NULL) {
        take_solution(model, value, result);
        hold_level(model, level, found);
        if (proven && result->proven == level) result->proven++;
    }
    Cbc_deleteModel(cbc);
    if (model->status != TW_OK) return model->status;
    return value == NULL ? TW_ERR_NUMERIC : TW_OK;
}

static tw_status solve(struct model *model, int32_t levels, double limit_s,
                       struct tw_exact_result *result)
{
    TW_TRY(build(model));
    for (int level = 0; level < levels; level++) {
        tw_status status = solve_level(model, level, limit_s, result);
        if (status == TW_ERR_NUMERIC && level > 0) break; /* no time left: the level before holds */
        TW_TRY(status);
    }
    struct tw_assign assign;
    TW_TRY(tw_assign_init(&assign, model->setup, &model->arena));
    tw_assign_copy(&assign, result->crew_point, result->vehicle_point);
    struct tw_cost cost = tw_assign_cost(&assign);
    memcpy(result->cost, cost.level, sizeof result->cost);
    return TW_OK;
}

tw_status tw_exact_solve(const struct tw_dispatch_problem *problem,
                         const struct tw_dispatch_options *options, int32_t levels, double limit_s,
                         struct tw_exact_result *out_result)
{
    TW_TRY(tw_dispatch_check(problem, NULL, NULL));
    struct tw_setup setup;
    struct model model = {.setup = &setup};
    struct tw_exact_result result = {
        .crew_point = calloc((size_t)problem->crew_count + 1, sizeof *result.crew_point),
        .vehicle_point = calloc((size_t)problem->vehicle_count + 1, sizeof *result.vehicle_point)};
    tw_arena_init(&model.arena);
    tw_status status = tw_setup_init(&setup, problem, options);
    if (result.crew_point == NULL || result.vehicle_point == NULL) status = TW_ERR_NOMEM;
    if (status == TW_OK) status = solve(&model, levels, limit_s, &result);
    free(model.columns);
    free(model.index);
    free(model.factor);
    free(model.row_begin);
    free(model.row_right);
    free(model.row_sense);
    tw_arena_done(&model.arena);
    tw_setup_done(&setup);
    if (status != TW_OK) {
        tw_exact_done(&result);
        return status;
    }
    *out_result = result;
    return TW_OK;
}

void tw_exact_done(struct tw_exact_result *result)
{
    if (result == NULL) return;
    free(result->crew_point);
    free(result->vehicle_point);
    *result = (struct tw_exact_result){0};
}
