/* Local search over an assignment. Every move is tried, its cost compared level by level, and taken
 * back when it is no gain. */
#include "dispatch/improve.h"

#include "base/clock.h"

#include <string.h>

enum {
    SWAP_MOST = 60,      /* crews up to which every pair of them is tried: more take too long */
    SINGLE_MOST = 10000, /* crews times points up to which each of them is tried */
    ROUND_CREWS = 16     /* most that a round calls back */
};

/* ---- the beginning ---- */

/* Call back what a convoy can't seat: crews that are not fixed first. */
static void settle(struct tw_assign *assign, int32_t c)
{
    int32_t mark = tw_assign_mark(assign), p = assign->crew_at[c];
    if (p < 0) return;
    tw_assign_put_crew(assign, c, -1);
    if (!tw_assign_send(assign, c, p)) {
        tw_assign_back(assign, mark);
        mark = tw_assign_mark(assign);
        if (!tw_assign_send(assign, c, -1)) tw_assign_back(assign, mark);
    }
    tw_assign_keep(assign);
}

static void send_pinned(struct tw_assign *assign)
{
    const struct tw_setup *setup = assign->setup;
    for (int32_t c = 0; c < setup->crews; c++) {
        int32_t mark = tw_assign_mark(assign);
        if (setup->crew_fixed[c] < 0 || assign->crew_at[c] == setup->crew_fixed[c]) continue;
        if (!tw_assign_send(assign, c, setup->crew_fixed[c])) tw_assign_back(assign, mark);
        tw_assign_keep(assign);
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        int32_t mark = tw_assign_mark(assign), p = setup->vehicle_fixed[v];
        if (p < 0 || assign->vehicle_at[v] == p || setup->vehicle_base[v] < 0) continue;
        const struct tw_base *base = &setup->bases[setup->vehicle_base[v]];
        bool goes = tw_assign_send_vehicle(assign, v, p);
        for (int32_t i = base->crew_begin; !goes && i < base->crew_end; i++) {
            tw_assign_back(assign, mark);
            int32_t c = setup->crew_of[i];
            if (setup->crew_fixed[c] >= 0) continue;
            goes = tw_assign_send(assign, c, p) &&
                   (assign->vehicle_at[v] == p || tw_assign_send_vehicle(assign, v, p));
        }
        if (!goes) tw_assign_back(assign, mark);
        tw_assign_keep(assign);
    }
}

/* Vehicles that came without anybody, or whose driver stays. */
static void drop_strays(struct tw_assign *assign)
{
    const struct tw_setup *setup = assign->setup;
    for (int32_t v = 0; v < setup->vehicles; v++) {
        int32_t p = assign->vehicle_at[v];
        if (p < 0) continue;
        const struct tw_convoy *convoy =
            &assign->convoys[(int64_t)setup->vehicle_base[v] * setup->points + p];
        if (convoy->vehicles > convoy->people || (convoy->pumps > 0 && convoy->pumpers == 0))
            tw_assign_put_vehicle(assign, v, -1);
    }
    tw_assign_keep(assign);
}

void tw_improve_begin(struct tw_assign *assign)
{
    const struct tw_setup *setup = assign->setup;
    for (int32_t c = 0; c < setup->crews; c++) {
        int32_t p = setup->crew_fixed[c] >= 0 ? setup->crew_fixed[c] : setup->crew_was[c];
        if (setup->crew_base[c] < 0 || p < 0 || setup->crew_was[c] != p) continue;
        if (setup->crew_may[(int64_t)c * setup->points + p] != 0) tw_assign_put_crew(assign, c, p);
    }
    for (int32_t v = 0; v < setup->vehicles; v++) {
        int32_t p = setup->vehicle_was[v];
        if (setup->vehicle_base[v] < 0 || p < 0) continue;
        if (setup->vehicle_fixed[v] >= 0 && setup->vehicle_fixed[v] != p) continue;
        if (setup->vehicle_may[(int64_t)v * setup->points + p] != 0) {
            tw_assign_put_vehicle(assign, v, p);
        }
    }
    tw_assign_keep(assign);
    for (int32_t c = 0; c < setup->crews; c++)
        settle(assign, c);
    drop_strays(assign);
    send_pinned(assign);
}

/* ---- the first plan ---- */

/* Whether a crew's coming to a point makes the cost less than the best so far; taken back. */
static bool is_better(struct tw_assign *assign, int32_t c, int32_t p, struct tw_cost *io_best)
{
    int32_t mark = tw_assign_mark(assign);
    bool better = false;
    if (tw_assign_send(assign, c, p)) {
        struct tw_cost cost = tw_assign_cost(assign);
        better = tw_cost_compare(&cost, io_best) < 0;
        if (better) *io_best = cost;
    }
    tw_assign_back(assign, mark);
    return better;
}

/* The idle crew whose coming to a point makes the cost least; -1 when none makes it less. */
static int32_t best_crew(struct tw_assign *assign, int32_t p)
{
    const struct tw_setup *setup = assign->setup;
    struct tw_cost best_cost = tw_assign_cost(assign);
    int32_t best = -1;
    for (int32_t b = 0; b < setup->base_count; b++) {
        uint64_t tried = 0;
        for (int32_t i = setup->bases[b].crew_begin; i < setup->bases[b].crew_end; i++) {
            int32_t c = setup->crew_of[i];
            if (assign->crew_at[c] >= 0 || !tw_setup_new_type(&tried, setup->crew_type[c]))
                continue;
            if (is_better(assign, c, p, &best_cost)) best = c;
        }
    }
    return best;
}

void tw_improve_first(struct tw_assign *assign)
{
    const struct tw_setup *setup = assign->setup;
    for (int32_t i = 0; i < setup->points; i++) {
        int32_t p = setup->order[i], c;
        if (setup->problem->points[p].stage_count == 0) continue;
        while ((c = best_crew(assign, p)) >= 0) {
            (void)tw_assign_send(assign, c, p); /* it could a moment ago */
            tw_assign_keep(assign);
        }
    }
}

/* ---- single moves ---- */

/* Keep what was done since a mark when it is a gain, else take it back. */
static bool keep_gain(struct tw_assign *assign, bool possible, int32_t mark,
                      struct tw_cost *io_cost)
{
    if (possible) {
        struct tw_cost cost = tw_assign_cost(assign);
        if (tw_cost_compare(&cost, io_cost) < 0) {
            *io_cost = cost;
            return true;
        }
    }
    tw_assign_back(assign, mark);
    return false;
}

static bool try_crews(struct tw_assign *assign, struct tw_cost *io_cost)
{
    const struct tw_setup *setup = assign->setup;
    bool gained = false;
    for (int32_t c = 0; c < setup->crews; c++) {
        if (setup->crew_base[c] < 0) continue;
        for (int32_t p = -1; p < setup->points; p++) {
            if (p >= 0 && setup->problem->points[p].stage_count == 0) continue;
            int32_t mark = tw_assign_mark(assign);
            bool possible = tw_assign_send(assign, c, p);
            gained |= keep_gain(assign, possible, mark, io_cost);
        }
        tw_assign_keep(assign);
    }
    return gained;
}

/* The vehicles of one base: further ones to its convoys, others in their place. */
static bool try_base(struct tw_assign *assign, const struct tw_base *base, struct tw_cost *io_cost)
{
    const struct tw_setup *setup = assign->setup;
    int64_t row = (int64_t)(base - setup->bases) * setup->points;
    bool gained = false;
    for (int32_t p = 0; p < setup->points; p++) {
        int32_t mark = tw_assign_mark(assign);
        if (assign->convoys[row + p].vehicles < 2) continue;
        bool possible = tw_assign_reseat(assign, (int32_t)(base - setup->bases), p);
        gained |= keep_gain(assign, possible, mark, io_cost);
    }
    for (int32_t i = base->vehicle_begin; i < base->vehicle_end; i++) {
        int32_t v = setup->vehicle_of[i];
        for (int32_t p = -1; p < setup->points; p++) {
            if (p < 0 ? assign->vehicle_at[v] < 0 : assign->convoys[row + p].people == 0) continue;
            int32_t mark = tw_assign_mark(assign);
            bool possible = tw_assign_send_vehicle(assign, v, p);
            gained |= keep_gain(assign, possible, mark, io_cost);
        }
        for (int32_t k = base->vehicle_begin; k < i; k++) {
            int32_t mark = tw_assign_mark(assign);
            bool possible = tw_assign_swap_vehicles(assign, v, setup->vehicle_of[k]);
            gained |= keep_gain(assign, possible, mark, io_cost);
        }
    }
    return gained;
}

static bool try_vehicles(struct tw_assign *assign, struct tw_cost *io_cost)
{
    bool gained = false;
    for (int32_t b = 0; b < assign->setup->base_count; b++) {
        gained |= try_base(assign, &assign->setup->bases[b], io_cost);
        tw_assign_keep(assign);
    }
    return gained;
}

/* Two crews change places. */
static bool swap_crews(struct tw_assign *assign, int32_t a, int32_t b)
{
    int32_t at_a = assign->crew_at[a], at_b = assign->crew_at[b];
    const struct tw_setup *setup = assign->setup;
    if (at_a == at_b ||
        (setup->crew_base[a] == setup->crew_base[b] && setup->crew_type[a] == setup->crew_type[b]))
        return false;
    if (at_a >= 0 && !tw_assign_send(assign, a, -1)) return false;
    if (at_b >= 0 && !tw_assign_send(assign, b, -1)) return false;
    return (at_b < 0 || tw_assign_send(assign, a, at_b)) &&
           (at_a < 0 || tw_assign_send(assign, b, at_a));
}

static bool try_swaps(struct tw_assign *assign, struct tw_cost *io_cost)
{
    const struct tw_setup *setup = assign->setup;
    bool gained = false;
    for (int32_t a = 0; a < setup->crews; a++)
        for (int32_t b = a + 1; b < setup->crews; b++) {
            if (setup->crew_base[a] < 0 || setup->crew_base[b] < 0) continue;
            int32_t mark = tw_assign_mark(assign);
            bool possible = swap_crews(assign, a, b);
            gained |= keep_gain(assign, possible, mark, io_cost);
            tw_assign_keep(assign);
        }
    return gained;
}

/* ---- rounds ---- */

struct rounds {
    struct tw_assign *assign;
    uint64_t chance;
    int32_t *idle; /* crews called back or not sent, in the order in which they are tried */
    int32_t idle_count;
    uint8_t *touched;    /* [bases] 1: somebody of it was called back or sent */
    struct tw_cost best; /* the best so far */
    int32_t *best_crew, *best_vehicle;
    int32_t without; /* rounds since it was found */
};

/* source: splitmix64, Steele, Lea & Flood 2014 */
static uint64_t draw(struct rounds *rounds)
{
    uint64_t z = rounds->chance += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int32_t draw_below(struct rounds *rounds, int32_t count)
{
    return (int32_t)(draw(rounds) % (uint64_t)count);
}

static void call_back(struct rounds *rounds, int32_t c)
{
    struct tw_assign *assign = rounds->assign;
    if (assign->crew_at[c] < 0 || assign->setup->crew_fixed[c] >= 0) return;
    int32_t mark = tw_assign_mark(assign);
    if (!tw_assign_send(assign, c, -1)) tw_assign_back(assign, mark);
    rounds->touched[assign->setup->crew_base[c]] = 1;
}

/* Call back some: the crews of two points, of a base, or of anywhere. */
static void break_up(struct rounds *rounds, int32_t kind)
{
    const struct tw_setup *setup = rounds->assign->setup;
    int32_t p = draw_below(rounds, setup->points), q = draw_below(rounds, setup->points);
    int32_t b = setup->crew_base[draw_below(rounds, setup->crews)];
    int32_t share = 3 + draw_below(rounds, 3);
    int32_t begin = draw_below(rounds, setup->crews), called = 0;
    for (int32_t i = 0; i < setup->crews && called < ROUND_CREWS; i++) {
        int32_t c = (begin + i) % setup->crews, at = rounds->assign->crew_at[c];
        bool chosen = kind == 0   ? at == p || at == q
                      : kind == 1 ? setup->crew_base[c] == b
                      : kind == 2 ? at == p || (setup->crew_base[c] == b && draw(rounds) % 2 == 0)
                                  : draw(rounds) % (uint64_t)share == 0;
        if (!chosen || at < 0) continue;
        call_back(rounds, c);
        called++;
    }
}

/* Who has been called back and others who are idle, in any order, up to ROUND_CREWS twice. */
static void list_idle(struct rounds *rounds)
{
    const struct tw_setup *setup = rounds->assign->setup;
    int32_t begin = draw_below(rounds, setup->crews);
    rounds->idle_count = 0;
    for (int32_t i = 0; i < setup->crews && rounds->idle_count < 2 * ROUND_CREWS; i++) {
        int32_t c = (begin + i) % setup->crews;
        if (setup->crew_base[c] < 0 || rounds->assign->crew_at[c] >= 0) continue;
        int32_t at = draw_below(rounds, ++rounds->idle_count);
        rounds->idle[rounds->idle_count - 1] = rounds->idle[at];
        rounds->idle[at] = c;
    }
}

/* Send a crew to where it helps most; false when it helps nowhere. */
static bool send_best(struct tw_assign *assign, int32_t c)
{
    const struct tw_setup *setup = assign->setup;
    struct tw_cost best_cost = tw_assign_cost(assign);
    int32_t best = -1;
    for (int32_t p = 0; p < setup->points; p++)
        if (setup->problem->points[p].stage_count > 0 && is_better(assign, c, p, &best_cost))
            best = p;
    return best >= 0 && tw_assign_send(assign, c, best);
}

static void send_idle(struct rounds *rounds)
{
    struct tw_assign *assign = rounds->assign;
    list_idle(rounds);
    bool sent = true;
    for (int pass = 0; pass < 2 && sent; pass++) {
        sent = false;
        for (int32_t i = 0; i < rounds->idle_count; i++) {
            int32_t c = rounds->idle[i], mark = tw_assign_mark(assign);
            if (assign->crew_at[c] >= 0) continue;
            if (send_best(assign, c)) {
                rounds->touched[assign->setup->crew_base[c]] = 1;
                sent = true;
            } else {
                tw_assign_back(assign, mark);
            }
        }
    }
}

/* One point first, whatever the others lose: a point that needs several crews to be safe gains
 * nothing by the first of them. Points in danger have half of the turns. */
static void fill_point(struct rounds *rounds)
{
    struct tw_assign *assign = rounds->assign;
    const struct tw_setup *setup = assign->setup;
    int32_t p = draw_below(rounds, setup->points), c;
    bool danger = draw(rounds) % 2 == 0;
    for (int32_t k = 0; danger && k < setup->points; k++) {
        int32_t q = (p + k) % setup->points;
        if (assign->supplies[q].unsafe == 0) continue;
        p = q;
        break;
    }
    if (setup->problem->points[p].stage_count == 0) return;
    while ((c = best_crew(assign, p)) >= 0) {
        int32_t mark = tw_assign_mark(assign);
        rounds->touched[setup->crew_base[c]] = 1;
        if (tw_assign_send(assign, c, p)) continue;
        tw_assign_back(assign, mark); /* by chance it found no seats this time */
        break;
    }
}

static void take_best(struct rounds *rounds, const struct tw_cost *cost)
{
    const struct tw_assign *assign = rounds->assign;
    rounds->best = *cost;
    rounds->without = 0;
    memcpy(rounds->best_crew, assign->crew_at, sizeof(int32_t) * (size_t)assign->setup->crews);
    memcpy(rounds->best_vehicle, assign->vehicle_at,
           sizeof(int32_t) * (size_t)assign->setup->vehicles);
}

/* Whether the search may go on from here: not in more danger than the best, and at the first level
 * that differs not more than a share worse. So it gets over ridges (record-to-record travel, Dueck
 * 1993, Journal of Computational Physics 104). */
static bool near_best(const struct rounds *rounds, const struct tw_cost *cost, double share)
{
    for (int k = 0; k < TW_DISPATCH_LEVELS; k++) {
        int64_t best = rounds->best.level[k], more = cost->level[k] - best;
        if (more != 0) return more < 0 || (k > 0 && (double)more <= share * (double)best);
    }
    return true;
}

static void one_round(struct rounds *rounds)
{
    struct tw_assign *assign = rounds->assign;
    const struct tw_setup *setup = assign->setup;
    double share = 0.04 * (double)(draw(rounds) % 1000) / 1000.0;
    memset(rounds->touched, 0, (size_t)setup->base_count);
    int32_t kind = draw_below(rounds, 6);
    assign->noise = draw(rounds) % 2 == 0 ? 0 : draw(rounds);
    break_up(rounds, kind < 4 ? kind : 2 + kind % 2);
    if (kind >= 4) fill_point(rounds);
    send_idle(rounds);
    assign->noise = 0;
    struct tw_cost cost = tw_assign_cost(assign);
    for (int32_t b = 0; b < setup->base_count; b++)
        if (rounds->touched[b] != 0) (void)try_base(assign, &setup->bases[b], &cost);
    for (int32_t i = 0; i < rounds->idle_count; i++) { /* who is not needed after all */
        int32_t c = rounds->idle[i], mark = tw_assign_mark(assign);
        if (assign->crew_at[c] < 0) continue;
        bool possible = tw_assign_send(assign, c, -1);
        (void)keep_gain(assign, possible, mark, &cost);
    }
    if (tw_cost_compare(&cost, &rounds->best) < 0) {
        tw_assign_keep(assign);
        take_best(rounds, &cost);
        return;
    }
    if (near_best(rounds, &cost, share * share * 25.0)) {
        tw_assign_keep(assign);
    } else {
        tw_assign_back(assign, 0);
    }
    if (++rounds->without % 300 == 0) {
        tw_assign_copy(assign, rounds->best_crew, rounds->best_vehicle);
    }
}

static bool late(const struct tw_assign *assign, int64_t started_ms)
{
    int32_t deadline_ms = assign->setup->options.deadline_ms;
    return deadline_ms > 0 && tw_clock_steady_ms() - started_ms >= deadline_ms;
}

static tw_status rounds_init(struct rounds *rounds, struct tw_assign *assign,
                             struct tw_arena *arena)
{
    const struct tw_setup *setup = assign->setup;
    *rounds = (struct rounds){.assign = assign,
                              .chance = setup->options.seed,
                              .idle = TW_ARENA_NEW(arena, int32_t, setup->crews),
                              .touched = TW_ARENA_NEW(arena, uint8_t, setup->base_count),
                              .best_crew = TW_ARENA_NEW(arena, int32_t, setup->crews),
                              .best_vehicle = TW_ARENA_NEW(arena, int32_t, setup->vehicles)};
    return rounds->idle == NULL || rounds->touched == NULL || rounds->best_crew == NULL ||
                   rounds->best_vehicle == NULL
               ? TW_ERR_NOMEM
               : TW_OK;
}

tw_status tw_improve(struct tw_assign *assign, int64_t started_ms, struct tw_arena *arena,
                     int32_t *out_rounds)
{
    const struct tw_setup *setup = assign->setup;
    int32_t most = setup->options.iterations, done = 0;
    struct rounds rounds;
    TW_TRY(rounds_init(&rounds, assign, arena));
    if (setup->crews == 0 || setup->points == 0) most = 0;
    struct tw_cost cost = tw_assign_cost(assign);
    bool gained = (int64_t)setup->crews * setup->points <= SINGLE_MOST;
    while (gained && done < most && !late(assign, started_ms)) {
        gained = try_crews(assign, &cost);
        gained |= try_vehicles(assign, &cost);
        if (setup->crews <= SWAP_MOST) gained |= try_swaps(assign, &cost);
        done++;
    }
    take_best(&rounds, &cost);
    for (; done < most && !late(assign, started_ms); done++)
        one_round(&rounds);
    tw_assign_copy(assign, rounds.best_crew, rounds.best_vehicle);
    *out_rounds = done;
    return TW_OK;
}
