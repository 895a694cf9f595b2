#include "num/sparse.h"

#include <stdbool.h>
#include <string.h>

/* The graph while it is eliminated. Neighbours are sorted by number. */
struct graph {
    int32_t count;
    int32_t **neighbours;
    int32_t *degree, *room;
    int32_t *next, *before; /* nodes of equal degree, lowest degree first; -1 ends */
    int32_t *head;          /* [count + 1] first node of a degree */
    int32_t *merged;        /* [count] work space */
    struct tw_arena arena;
};

static void unlist(struct graph *g, int32_t node)
{
    int32_t before = g->before[node], next = g->next[node];
    if (before >= 0) {
        g->next[before] = next;
    } else {
        g->head[g->degree[node]] = next;
    }
    if (next >= 0) g->before[next] = before;
}

static void list(struct graph *g, int32_t node)
{
    int32_t first = g->head[g->degree[node]];
    g->next[node] = first;
    g->before[node] = -1;
    if (first >= 0) g->before[first] = node;
    g->head[g->degree[node]] = node;
}

/* Neighbours of a node that loses v and gains all of v's. */
static int32_t merge(struct graph *g, int32_t node, int32_t v)
{
    const int32_t *own = g->neighbours[node], *other = g->neighbours[v];
    int32_t i = 0, j = 0, n = 0, own_count = g->degree[node], other_count = g->degree[v];
    while (i < own_count || j < other_count) {
        int32_t next;
        if (j == other_count || (i < own_count && own[i] <= other[j])) {
            next = own[i++];
            if (j < other_count && other[j] == next) j++;
        } else {
            next = other[j++];
        }
        if (next != node && next != v) g->merged[n++] = next;
    }
    return n;
}

static tw_status replace(struct graph *g, int32_t node, int32_t count)
{
    if (count > g->room[node]) {
        g->room[node] = 2 * count;
        g->neighbours[node] = TW_ARENA_NEW(&g->arena, int32_t, g->room[node]);
        if (g->neighbours[node] == NULL) return TW_ERR_NOMEM;
    }
    memcpy(g->neighbours[node], g->merged, (size_t)count * sizeof(int32_t));
    g->degree[node] = count;
    return TW_OK;
}

static void insert(int32_t *sorted, int32_t *count, int32_t value)
{
    int32_t at = *count;
    while (at > 0 && sorted[at - 1] >= value)
        at--;
    if (at < *count && sorted[at] == value) return;
    memmove(sorted + at + 1, sorted + at, (size_t)(*count - at) * sizeof *sorted);
    sorted[at] = value;
    (*count)++;
}

static bool coupled(int32_t a, int32_t b) { return a >= 0 && b >= 0 && a != b; }

static tw_status begin(struct graph *g, int32_t pairs, const int32_t *a, const int32_t *b)
{
    int32_t n = g->count;
    g->neighbours = TW_ARENA_NEW(&g->arena, int32_t *, n);
    int32_t **ints[] = {&g->degree, &g->room, &g->next, &g->before, &g->merged};
    for (size_t i = 0; i < sizeof ints / sizeof ints[0]; i++) {
        *ints[i] = TW_ARENA_NEW(&g->arena, int32_t, n);
        if (*ints[i] == NULL) return TW_ERR_NOMEM;
    }
    g->head = TW_ARENA_NEW(&g->arena, int32_t, (size_t)n + 1);
    if (g->neighbours == NULL || g->head == NULL) return TW_ERR_NOMEM;
    for (int32_t k = 0; k < pairs; k++) {
        if (!coupled(a[k], b[k])) continue;
        g->room[a[k]]++;
        g->room[b[k]]++;
    }
    for (int32_t i = 0; i < n; i++) {
        g->head[i] = -1;
        g->neighbours[i] = TW_ARENA_NEW(&g->arena, int32_t, g->room[i]);
        if (g->neighbours[i] == NULL) return TW_ERR_NOMEM;
    }
    g->head[n] = -1;
    for (int32_t k = 0; k < pairs; k++) {
        if (!coupled(a[k], b[k])) continue;
        insert(g->neighbours[a[k]], &g->degree[a[k]], b[k]);
        insert(g->neighbours[b[k]], &g->degree[b[k]], a[k]);
    }
    for (int32_t i = n - 1; i >= 0; i--)
        list(g, i);
    return TW_OK;
}

/* Eliminate one node after the other; each keeps the neighbours that it had then. */
static tw_status eliminate(struct graph *g, int32_t *place, int32_t *node_of)
{
    int32_t degree = 0;
    for (int32_t p = 0; p < g->count; p++) {
        while (g->head[degree] < 0)
            degree++;
        int32_t v = g->head[degree];
        unlist(g, v);
        place[v] = p;
        node_of[p] = v;
        for (int32_t k = 0; k < g->degree[v]; k++) {
            int32_t node = g->neighbours[v][k], count = merge(g, node, v);
            unlist(g, node);
            TW_TRY(replace(g, node, count));
            list(g, node);
        }
        /* none falls by more than one */
        if (degree > 0) degree--;
    }
    return TW_OK;
}

static tw_status keep_pattern(struct tw_sparse *s, const struct graph *g, const int32_t *node_of,
                              struct tw_arena *arena)
{
    s->first = TW_ARENA_NEW(arena, int32_t, (size_t)s->count + 1);
    if (s->first == NULL) return TW_ERR_NOMEM;
    for (int32_t p = 0; p < s->count; p++)
        s->first[p + 1] = s->first[p] + g->degree[node_of[p]];
    s->entries = s->first[s->count];
    s->column = TW_ARENA_NEW(arena, int32_t, s->entries);
    if (s->column == NULL) return TW_ERR_NOMEM;
    for (int32_t p = 0; p < s->count; p++) {
        int32_t n = 0, v = node_of[p];
        for (int32_t k = 0; k < g->degree[v]; k++)
            insert(s->column + s->first[p], &n, s->place[g->neighbours[v][k]]);
    }
    return TW_OK;
}

static int32_t find(const struct tw_sparse *s, int32_t row, int32_t column, int32_t from)
{
    int32_t at = from > s->first[row] ? from : s->first[row];
    while (s->column[at] != column)
        at++;
    return at;
}

static tw_status order(struct tw_sparse *s, struct graph *g, struct tw_arena *arena)
{
    int32_t *node_of = TW_ARENA_NEW(&g->arena, int32_t, s->count);
    s->place = TW_ARENA_NEW(arena, int32_t, s->count);
    if (node_of == NULL || s->place == NULL) return TW_ERR_NOMEM;
    TW_TRY(eliminate(g, s->place, node_of));
    return keep_pattern(s, g, node_of, arena);
}

tw_status tw_sparse_init(struct tw_sparse *out, int32_t count, int32_t pairs, const int32_t *a,
                         const int32_t *b, struct tw_arena *arena, int32_t *out_slot)
{
    struct tw_sparse s = {.count = count};
    struct graph g = {.count = count};
    tw_arena_init(&g.arena);
    tw_status status = begin(&g, pairs, a, b);
    if (status == TW_OK) status = order(&s, &g, arena);
    tw_arena_done(&g.arena);
    TW_TRY(status);
    for (int32_t k = 0; k < pairs; k++) {
        out_slot[k] = -1;
        if (!coupled(a[k], b[k])) continue;
        int32_t p = s.place[a[k]], q = s.place[b[k]];
        out_slot[k] = p < q ? 2 * find(&s, p, q, 0) : 2 * find(&s, q, p, 0) + 1;
    }
    *out = s;
    return TW_OK;
}

void tw_sparse_solve(const struct tw_sparse *s, const struct tw_sparse_system *system)
{
    double *diagonal = system->diagonal, *x = system->value;
    double *upper = system->upper, *lower = system->lower;
    const int32_t *first = s->first, *column = s->column;
    for (int32_t k = 0; k < s->count; k++) {
        double inverse = 1.0 / diagonal[k];
        for (int32_t p = first[k]; p < first[k + 1]; p++) {
            int32_t i = column[p], at = first[i];
            double factor = lower[p] * inverse, factor_up = upper[p] * inverse;
            x[i] -= factor * x[k];
            diagonal[i] -= factor * upper[p];
            for (int32_t q = p + 1; q < first[k + 1]; q++) {
                at = find(s, i, column[q], at);
                upper[at] -= factor * upper[q];
                lower[at] -= factor_up * lower[q];
            }
        }
    }
    for (int32_t k = s->count - 1; k >= 0; k--) {
        double sum = x[k];
        for (int32_t p = first[k]; p < first[k + 1]; p++)
            sum -= upper[p] * x[column[p]];
        x[k] = sum / diagonal[k];
    }
}
