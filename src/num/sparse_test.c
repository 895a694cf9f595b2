#include "num/sparse.h"

#include "check.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 60 };

/* A repeatable number in 0..1. */
static double chance(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) * 0x1p-53;
}

struct problem {
    int32_t count, pairs, a[4 * MOST], b[4 * MOST], slot[4 * MOST];
    double matrix[MOST][MOST], solution[MOST];
};

/* Off-diagonal coefficients below 0, column sums above: as conduits and volumes give them. */
static void make(struct problem *p, int32_t count, int32_t extra, uint64_t seed)
{
    *p = (struct problem){.count = count};
    for (int32_t i = 1; i < count + extra; i++) {
        int32_t a = i < count ? i : (int32_t)(chance(&seed) * count);
        int32_t b = (int32_t)(chance(&seed) * (i < count ? i : count));
        p->a[p->pairs] = a;
        p->b[p->pairs++] = b;
        if (a == b) continue;
        double down = chance(&seed), up = chance(&seed) < 0.3 ? 0.0 : chance(&seed);
        p->matrix[a][a] += down;
        p->matrix[b][a] -= down;
        p->matrix[b][b] += up;
        p->matrix[a][b] -= up;
    }
    for (int32_t i = 0; i < count; i++) {
        p->matrix[i][i] += 0.01 + chance(&seed);
        p->solution[i] = chance(&seed) - 0.5;
    }
}

static void fill(const struct problem *p, const struct tw_sparse *s, struct tw_sparse_system *y)
{
    for (int32_t i = 0; i < p->count; i++) {
        y->diagonal[s->place[i]] = p->matrix[i][i];
        for (int32_t j = 0; j < p->count; j++)
            y->value[s->place[i]] += p->matrix[i][j] * p->solution[j];
    }
    for (int32_t k = 0; k < p->pairs; k++) {
        if (p->slot[k] < 0) continue;
        int32_t at = p->slot[k] >> 1, turned = p->slot[k] & 1;
        y->upper[at] = turned ? p->matrix[p->b[k]][p->a[k]] : p->matrix[p->a[k]][p->b[k]];
        y->lower[at] = turned ? p->matrix[p->a[k]][p->b[k]] : p->matrix[p->b[k]][p->a[k]];
    }
}

static struct tw_sparse_system system_of(const struct tw_sparse *s, struct tw_arena *arena)
{
    struct tw_sparse_system y = {.diagonal = TW_ARENA_NEW(arena, double, s->count),
                                 .upper = TW_ARENA_NEW(arena, double, s->entries),
                                 .lower = TW_ARENA_NEW(arena, double, s->entries),
                                 .value = TW_ARENA_NEW(arena, double, s->count)};
    assert_non_null(y.diagonal);
    assert_non_null(y.value);
    return y;
}

static void any_graph_gives_the_solution_it_was_made_from(void **state)
{
    (void)state;
    struct problem *p = malloc(sizeof *p);
    assert_non_null(p);
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct tw_arena arena = {0};
        struct tw_sparse s;
        make(p, 2 + (int32_t)(seed % (MOST - 1)), (int32_t)(seed % 90), seed);
        assert_ok(tw_sparse_init(&s, p->count, p->pairs, p->a, p->b, &arena, p->slot));
        struct tw_sparse_system y = system_of(&s, &arena);
        fill(p, &s, &y);
        tw_sparse_solve(&s, &y);
        for (int32_t i = 0; i < p->count; i++) {
            /* rounding times a condition of up to 1e4 (least column sum 0.01) */
            assert_near(y.value[s.place[i]], p->solution[i], 1e-11);
        }
        tw_arena_done(&arena);
    }
    free(p);
}

static void a_tree_has_an_entry_per_pair(void **state)
{
    (void)state;
    struct problem *p = malloc(sizeof *p);
    assert_non_null(p);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct tw_arena arena = {0};
        struct tw_sparse s;
        make(p, MOST, 0, seed);
        assert_ok(tw_sparse_init(&s, p->count, p->pairs, p->a, p->b, &arena, p->slot));
        assert_int_equal(s.entries, MOST - 1);
        tw_arena_done(&arena);
    }
    free(p);
}

static void pairs_without_two_ends_have_no_entry(void **state)
{
    (void)state;
    int32_t a[] = {0, 1, -1}, b[] = {0, -1, 1}, slot[3];
    struct tw_arena arena = {0};
    struct tw_sparse s;
    assert_ok(tw_sparse_init(&s, 2, 3, a, b, &arena, slot));
    assert_int_equal(s.entries, 0);
    for (int k = 0; k < 3; k++)
        assert_int_equal(slot[k], -1);
    tw_arena_done(&arena);
}

static void memory_that_is_out_is_said(void **state)
{
    (void)state;
    struct problem *p = malloc(sizeof *p);
    assert_non_null(p);
    make(p, MOST, 30, 7);
    for (int64_t n = 1;; n++) {
        struct tw_arena arena = {.fail_at = n};
        struct tw_sparse s;
        tw_status status = tw_sparse_init(&s, p->count, p->pairs, p->a, p->b, &arena, p->slot);
        tw_arena_done(&arena);
        if (status == TW_OK) break;
        assert_status(status, TW_ERR_NOMEM);
        assert_true(n < 10);
    }
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_graph_gives_the_solution_it_was_made_from),
        cmocka_unit_test(a_tree_has_an_entry_per_pair),
        cmocka_unit_test(pairs_without_two_ends_have_no_entry),
        cmocka_unit_test(memory_that_is_out_is_said),
    };
    return cmocka_run_group_tests_name("num sparse", tests, NULL, NULL);
}
