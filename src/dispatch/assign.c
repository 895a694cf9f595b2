/* An assignment and its cost, kept up to date change by change. */
#include "dispatch/assign.h"

#include "base/compiler.h"
#include "base/require.h"

#include <string.h>

/* ---- cost ---- */

/* What a point lacks now, put into the sum in place of what it lacked before. */
static void weigh(struct tw_assign *assign, int32_t p)
{
    const struct tw_setup *setup = assign->setup;
    const struct tw_dispatch_point *point = &setup->problem->points[p];
    struct tw_supply *supply = &assign->supplies[p];
    int64_t unmet = 0;
    int32_t unsafe = 0;
    for (int32_t k = 0; k < point->stage_count; k++) {
        const struct tw_need *stage = &point->stages[k];
        int64_t lack =
            tw_setup_lack(setup, stage, supply->people, supply->pump_m3h, supply->skilled);
        unmet += lack * setup->stage_minutes[p * TW_DISPATCH_STAGES + k];
        if (!point->life || lack == 0 || unsafe) continue;
        unsafe = stage->people > supply->people;
        for (int32_t i = 0; i < setup->problem->skill_count && !unsafe; i++)
            unsafe = stage->skills[i] > supply->skilled[i];
    }
    unmet *= setup->weight[p];
    assign->sum.level[TW_LEVEL_LIFE] += unsafe - supply->unsafe;
    assign->sum.level[TW_LEVEL_UNMET] += unmet - supply->unmet;
    supply->unsafe = unsafe;
    supply->unmet = unmet;
}

tw_status tw_assign_init(struct tw_assign *assign, const struct tw_setup *setup,
                         struct tw_arena *arena)
{
    int64_t points = setup->points, bases = setup->base_count;
    *assign = (struct tw_assign){.setup = setup, .words = (setup->base_count + 63) / 64};
    assign->step_capacity = 64 * (setup->crews + setup->vehicles + 16);
    assign->crew_at = TW_ARENA_NEW(arena, int32_t, setup->crews);
    assign->vehicle_at = TW_ARENA_NEW(arena, int32_t, setup->vehicles);
    assign->convoys = TW_ARENA_NEW(arena, struct tw_convoy, bases * points);
    assign->supplies = TW_ARENA_NEW(arena, struct tw_supply, points);
    assign->present = TW_ARENA_NEW(arena, uint64_t, points * assign->words);
    assign->stock = TW_ARENA_NEW(arena, int32_t, bases * TW_DISPATCH_KITS);
    assign->steps = TW_ARENA_NEW(arena, struct tw_assign_step, assign->step_capacity);
    if (assign->crew_at == NULL || assign->vehicle_at == NULL || assign->convoys == NULL ||
        assign->supplies == NULL || assign->present == NULL || assign->stock == NULL ||
        assign->steps == NULL)
        return TW_ERR_NOMEM;
    for (int32_t c = 0; c < setup->crews; c++) {
        assign->crew_at[c] = -1;
        if (setup->crew_base[c] < 0 || setup->crew_was[c] < 0) continue;
        assign->sum.level[TW_LEVEL_UNMET] += setup->crew_move_cost[c];
        assign->moved += setup->crew_move_cost[c] > 0;
        assign->sum.level[TW_LEVEL_MOVES]++;
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        assign->vehicle_at[v] = -1;
        if (setup->vehicle_base[v] >= 0 && setup->vehicle_was[v] >= 0)
            assign->sum.level[TW_LEVEL_MOVES]++;
    }
    assign->kits_old = true;
    for (int32_t p = 0; p < setup->points; p++)
        weigh(assign, p);
    return TW_OK;
}

int tw_cost_compare(const struct tw_cost *a, const struct tw_cost *b)
{
    for (int k = 0; k < TW_DISPATCH_LEVELS; k++)
        if (a->level[k] != b->level[k]) return a->level[k] < b->level[k] ? -1 : 1;
    return 0;
}

/* Hand out one kind to one point from the bases that have a vehicle there.
 * returns: what is missing */
static int32_t hand_out(struct tw_assign *assign, int32_t p, int kind, int32_t wanted,
                        int32_t *out_given)
{
    for (int32_t w = 0; w < assign->words && wanted > 0; w++)
        for (uint64_t bits = assign->present[(int64_t)p * assign->words + w];
             bits != 0 && wanted > 0; bits &= bits - 1) {
            int32_t b = 64 * w + TW_TRAILING_ZEROS64(bits);
            int32_t *stock = &assign->stock[(int64_t)b * TW_DISPATCH_KITS + kind];
            int32_t take = *stock < wanted ? *stock : wanted;
            *stock -= take;
            wanted -= take;
            if (out_given != NULL) {
                out_given[((int64_t)b * assign->setup->points + p) * TW_DISPATCH_KITS + kind] =
                    take;
            }
        }
    return wanted;
}

int64_t tw_assign_kits(struct tw_assign *assign, int32_t *out_given)
{
    const struct tw_setup *setup = assign->setup;
    int64_t cost = 0;
    for (int32_t b = 0; b < setup->base_count; b++)
        memcpy(&assign->stock[(int64_t)b * TW_DISPATCH_KITS], setup->bases[b].stock,
               sizeof(int32_t[TW_DISPATCH_KITS]));
    for (int32_t i = 0; i < setup->points; i++) {
        int32_t p = setup->order[i];
        const struct tw_need *most = &setup->most[p];
        int64_t minutes = 0;
        for (int k = 0; k < TW_DISPATCH_STAGES; k++)
            minutes += setup->stage_minutes[p * TW_DISPATCH_STAGES + k];
        for (int k = 0; k < setup->problem->kit_count; k++) {
            if (most->kits[k] == 0) continue;
            int32_t missing = hand_out(assign, p, k, most->kits[k], out_given);
            cost += setup->weight[p] * minutes * TW_UNIT_KITS * missing / most->kits[k];
        }
    }
    return cost;
}

struct tw_cost tw_assign_cost(struct tw_assign *assign)
{
    if (assign->kits_old && assign->setup->wants_kits) {
        assign->kit_cost = tw_assign_kits(assign, NULL);
    }
    assign->kits_old = false;
    struct tw_cost cost = assign->sum;
    cost.level[TW_LEVEL_UNMET] += assign->kit_cost;
    int64_t extra = (int64_t)assign->moved - assign->setup->move_allow;
    if (extra > 0) cost.level[TW_LEVEL_UNMET] += extra * assign->setup->move_extra;
    return cost;
}

/* ---- changes ---- */

static struct tw_convoy *convoy_at(struct tw_assign *assign, int32_t base, int32_t point)
{
    return &assign->convoys[(int64_t)base * assign->setup->points + point];
}

static void remember(struct tw_assign *assign, bool crew, int32_t who, int32_t from)
{
    TW_REQUIRE(assign->step_count < assign->step_capacity);
    assign->steps[assign->step_count++] = (struct tw_assign_step){crew, who, from};
}

/* A crew comes to a point (sign 1) or leaves it (-1). */
static void count_crew(struct tw_assign *assign, int32_t c, int32_t p, int32_t sign)
{
    const struct tw_setup *setup = assign->setup;
    const struct tw_crew *crew = &setup->problem->crews[c];
    struct tw_convoy *convoy = convoy_at(assign, setup->crew_base[c], p);
    struct tw_supply *supply = &assign->supplies[p];
    convoy->people += sign * crew->size;
    supply->people += sign * crew->size;
    for (int32_t k = 0; k < setup->problem->skill_count; k++)
        if ((crew->skills >> k & 1u) != 0) supply->skilled[k] += sign * crew->size;
    if (setup->pump_skill < 0 || (crew->skills >> setup->pump_skill & 1u) != 0) {
        convoy->pumpers += sign;
    }
    assign->sum.level[TW_LEVEL_TRAVEL] +=
        sign * (int64_t)setup->crew_travel_s[(int64_t)c * setup->points + p];
    if (setup->crew_was[c] == p) {
        assign->sum.level[TW_LEVEL_UNMET] -= sign * setup->crew_move_cost[c];
        if (setup->crew_move_cost[c] > 0) assign->moved -= sign;
        assign->sum.level[TW_LEVEL_MOVES] -= sign;
    }
    weigh(assign, p);
}

void tw_assign_put_crew(struct tw_assign *assign, int32_t crew, int32_t point)
{
    int32_t from = assign->crew_at[crew];
    if (from == point) return;
    remember(assign, true, crew, from);
    assign->crew_at[crew] = point;
    if (from >= 0) count_crew(assign, crew, from, -1);
    if (point >= 0) count_crew(assign, crew, point, 1);
}

static void count_vehicle(struct tw_assign *assign, int32_t v, int32_t p, int32_t sign)
{
    const struct tw_setup *setup = assign->setup;
    const struct tw_vehicle *vehicle = &setup->problem->vehicles[v];
    int32_t b = setup->vehicle_base[v];
    struct tw_convoy *convoy = convoy_at(assign, b, p);
    convoy->seats += sign * vehicle->seats;
    convoy->vehicles += sign;
    uint64_t *word = &assign->present[(int64_t)p * assign->words + b / 64];
    uint64_t bit = (uint64_t)1 << (b % 64);
    if (((*word & bit) != 0) != (convoy->vehicles > 0)) {
        *word ^= bit;
        assign->kits_old = true;
    }
    int64_t arrive_s = setup->vehicle_arrive_s[(int64_t)v * setup->points + p];
    int64_t late_s = arrive_s - setup->problem->points[p].water_s;
    if (late_s > 0) assign->sum.level[TW_LEVEL_LATE] += sign * late_s * setup->late_weight[p];
    assign->sum.level[TW_LEVEL_TRAVEL] += sign * arrive_s;
    if (setup->vehicle_was[v] == p) assign->sum.level[TW_LEVEL_MOVES] -= sign;
    if (vehicle->pump_m3h == 0) return;
    convoy->pumps += sign;
    assign->supplies[p].pump_m3h += sign * vehicle->pump_m3h;
    weigh(assign, p);
}

void tw_assign_put_vehicle(struct tw_assign *assign, int32_t vehicle, int32_t point)
{
    int32_t from = assign->vehicle_at[vehicle];
    if (from == point) return;
    remember(assign, false, vehicle, from);
    assign->vehicle_at[vehicle] = point;
    if (from >= 0) count_vehicle(assign, vehicle, from, -1);
    if (point >= 0) count_vehicle(assign, vehicle, point, 1);
}

void tw_assign_back(struct tw_assign *assign, int32_t mark)
{
    while (assign->step_count > mark) {
        struct tw_assign_step step = assign->steps[--assign->step_count];
        if (step.crew) {
            tw_assign_put_crew(assign, step.who, step.from);
        } else {
            tw_assign_put_vehicle(assign, step.who, step.from);
        }
        assign->step_count--; /* what taking back has put on the list itself */
    }
}

void tw_assign_copy(struct tw_assign *assign, const int32_t *crew_at, const int32_t *vehicle_at)
{
    for (int32_t c = 0; c < assign->setup->crews; c++) {
        tw_assign_put_crew(assign, c, crew_at[c]);
        tw_assign_keep(assign);
    }
    for (int32_t v = 0; v < assign->setup->vehicles; v++) {
        tw_assign_put_vehicle(assign, v, vehicle_at[v]);
        tw_assign_keep(assign);
    }
}

/* ---- convoys ---- */

static bool convoy_holds(const struct tw_convoy *convoy)
{
    return convoy->seats >= convoy->people && convoy->vehicles <= convoy->people &&
           (convoy->pumps == 0 || convoy->pumpers > 0);
}

bool tw_assign_holds(const struct tw_assign *assign)
{
    int64_t count = (int64_t)assign->setup->base_count * assign->setup->points;
    for (int64_t i = 0; i < count; i++)
        if (!convoy_holds(&assign->convoys[i])) return false;
    return true;
}

/* Whether an idle vehicle may join a convoy. */
static bool may_join(const struct tw_assign *assign, int32_t v, int32_t p,
                     const struct tw_convoy *convoy)
{
    const struct tw_setup *setup = assign->setup;
    return assign->vehicle_at[v] < 0 && setup->vehicle_may[(int64_t)v * setup->points + p] != 0 &&
           (setup->vehicle_fixed[v] < 0 || setup->vehicle_fixed[v] == p) &&
           convoy->vehicles < convoy->people &&
           (setup->problem->vehicles[v].pump_m3h == 0 || convoy->pumpers > 0);
}

/* Whether vehicle v, with which the cost is `cost`, is a better choice than the best so far. */
static bool better_seat(const struct tw_assign *assign, int32_t v, int32_t best, int32_t lacking,
                        const struct tw_cost *cost, const struct tw_cost *best_cost)
{
    if (best < 0) return true;
    int32_t seats = assign->setup->problem->vehicles[v].seats;
    int32_t best_seats = assign->setup->problem->vehicles[best].seats;
    bool fits = seats >= lacking, best_fits = best_seats >= lacking;
    if (fits != best_fits) return fits;
    if (!fits && seats != best_seats) return seats > best_seats;
    int order = tw_cost_compare(cost, best_cost);
    return order < 0 || (order == 0 && seats < best_seats);
}

/* One in four, by chance. source: xorshift64, Marsaglia 2003 */
static bool pass_over(struct tw_assign *assign)
{
    if (assign->noise == 0) return false;
    assign->noise ^= assign->noise << 13;
    assign->noise ^= assign->noise >> 7;
    assign->noise ^= assign->noise << 17;
    return assign->noise % 4 == 0;
}

/* Find seats for everybody of a convoy, by the vehicles that do most. */
static bool seat(struct tw_assign *assign, int32_t b, int32_t p)
{
    const struct tw_base *base = &assign->setup->bases[b];
    struct tw_convoy *convoy = convoy_at(assign, b, p);
    while (convoy->seats < convoy->people) {
        int32_t best = -1, lacking = convoy->people - convoy->seats;
        struct tw_cost best_cost = {{0}};
        uint64_t tried = 0;
        for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
            int32_t v = assign->setup->vehicle_of[i], mark = tw_assign_mark(assign);
            if (!may_join(assign, v, p, convoy) || pass_over(assign)) continue;
            if (!tw_setup_new_type(&tried, assign->setup->vehicle_type[v])) continue;
            tw_assign_put_vehicle(assign, v, p);
            struct tw_cost cost = assign->sum; /* supplies are the same by each of them */
            tw_assign_back(assign, mark);
            if (!better_seat(assign, v, best, lacking, &cost, &best_cost)) continue;
            best = v;
            best_cost = cost;
        }
        if (best < 0) return false;
        tw_assign_put_vehicle(assign, best, p);
    }
    return true;
}

/* Give back the vehicles of a convoy that it can do without; `keep` (-1: none) stays. */
static bool tidy(struct tw_assign *assign, int32_t b, int32_t p, int32_t keep)
{
    const struct tw_setup *setup = assign->setup;
    const struct tw_base *base = &setup->bases[b];
    struct tw_convoy *convoy = convoy_at(assign, b, p);
    for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
        int32_t v = setup->vehicle_of[i];
        if (assign->vehicle_at[v] != p || v == keep) continue;
        bool stranded = convoy->vehicles > convoy->people ||
                        (setup->problem->vehicles[v].pump_m3h > 0 && convoy->pumpers == 0);
        if (setup->vehicle_fixed[v] == p) {
            if (stranded) return false;
            continue;
        }
        struct tw_cost before = tw_assign_cost(assign);
        int32_t mark = tw_assign_mark(assign);
        tw_assign_put_vehicle(assign, v, -1);
        if (stranded) continue;
        struct tw_cost after = tw_assign_cost(assign);
        if (convoy->seats < convoy->people || tw_cost_compare(&after, &before) > 0) {
            tw_assign_back(assign, mark);
        }
    }
    return seat(assign, b, p);
}

bool tw_assign_send(struct tw_assign *assign, int32_t crew, int32_t point)
{
    const struct tw_setup *setup = assign->setup;
    int32_t from = assign->crew_at[crew], b = setup->crew_base[crew];
    if (b < 0 || from == point) return false;
    if (setup->crew_fixed[crew] >= 0 && setup->crew_fixed[crew] != point) return false;
    if (point >= 0 && setup->crew_may[(int64_t)crew * setup->points + point] == 0) return false;
    tw_assign_put_crew(assign, crew, -1);
    if (from >= 0 && !tidy(assign, b, from, -1)) return false;
    if (point < 0) return true;
    tw_assign_put_crew(assign, crew, point);
    return seat(assign, b, point);
}

bool tw_assign_send_vehicle(struct tw_assign *assign, int32_t vehicle, int32_t point)
{
    const struct tw_setup *setup = assign->setup;
    int32_t from = assign->vehicle_at[vehicle], b = setup->vehicle_base[vehicle];
    if (b < 0 || from == point) return false;
    if (setup->vehicle_fixed[vehicle] >= 0 && setup->vehicle_fixed[vehicle] != point) return false;
    tw_assign_put_vehicle(assign, vehicle, -1);
    if (point >= 0) {
        if (!may_join(assign, vehicle, point, convoy_at(assign, b, point))) return false;
        tw_assign_put_vehicle(assign, vehicle, point);
        if (!tidy(assign, b, point, vehicle)) return false;
    }
    return from < 0 || tidy(assign, b, from, -1);
}

bool tw_assign_reseat(struct tw_assign *assign, int32_t base, int32_t point)
{
    const struct tw_setup *setup = assign->setup;
    const struct tw_base *at = &setup->bases[base];
    struct tw_convoy *convoy = convoy_at(assign, base, point);
    for (int32_t i = at->vehicle_begin; i < at->vehicle_end; i++) {
        int32_t v = setup->vehicle_of[i];
        if (assign->vehicle_at[v] != point || setup->vehicle_fixed[v] == point) continue;
        if (setup->problem->vehicles[v].pump_m3h == 0) tw_assign_put_vehicle(assign, v, -1);
    }
    while (convoy->seats < convoy->people) {
        int32_t best = -1;
        for (int32_t i = at->vehicle_begin; i < at->vehicle_end; i++) {
            int32_t v = setup->vehicle_of[i];
            if (!may_join(assign, v, point, convoy)) continue;
            if (best < 0 ||
                setup->problem->vehicles[v].seats > setup->problem->vehicles[best].seats)
                best = v;
        }
        if (best < 0) return false;
        tw_assign_put_vehicle(assign, best, point);
    }
    return tidy(assign, base, point, -1);
}

static bool may_go(const struct tw_assign *assign, int32_t v, int32_t p)
{
    const struct tw_setup *setup = assign->setup;
    if (setup->vehicle_fixed[v] >= 0) return setup->vehicle_fixed[v] == p;
    return p < 0 || setup->vehicle_may[(int64_t)v * setup->points + p] != 0;
}

bool tw_assign_swap_vehicles(struct tw_assign *assign, int32_t a, int32_t b)
{
    int32_t base = assign->setup->vehicle_base[a];
    int32_t at_a = assign->vehicle_at[a], at_b = assign->vehicle_at[b];
    if (base < 0 || base != assign->setup->vehicle_base[b] || at_a == at_b) return false;
    if (!may_go(assign, a, at_b) || !may_go(assign, b, at_a)) return false;
    tw_assign_put_vehicle(assign, a, at_b);
    tw_assign_put_vehicle(assign, b, at_a);
    return (at_a < 0 || convoy_holds(convoy_at(assign, base, at_a))) &&
           (at_b < 0 || convoy_holds(convoy_at(assign, base, at_b)));
}
