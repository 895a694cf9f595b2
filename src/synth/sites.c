/* Sites are the vertices of a jittered lattice that may be built on. The streets that carry sewers
 * are the cheapest ways down to the mouths (Dijkstra from all mouths at once), where going uphill
 * or steeply is dear and gullies are cheap. The cheapest sites are the city; as the search meets
 * them parents come first, so any beginning of its order is a whole city of that size. */
#include "synth/sites.h"

#include "synth/random.h"

#include <math.h>
#include <string.h>

static const double steepest = 0.42; /* ground that is not built on */
static const double jitter = 0.22;   /* of the spacing, to each side */
static const double least_fall = 0.006;

/* ---- lattice ---- */

void tw_lattice_place(const struct tw_lattice *lattice, int32_t i, int32_t j, double out_xy[2])
{
    double dx = tw_draw_unit(lattice->seed, TW_DRAW_JITTER_X, i, j) - 0.5;
    double dy = tw_draw_unit(lattice->seed, TW_DRAW_JITTER_Y, i, j) - 0.5;
    out_xy[0] = lattice->west_m + (i + 0.5 + 2.0 * jitter * dx) * TW_SITE_SPACE_M;
    out_xy[1] = lattice->south_m + (j + 0.5 + 2.0 * jitter * dy) * TW_SITE_SPACE_M;
}

void tw_lattice_corners(const struct tw_lattice *lattice, int32_t cell, double out_xy[8])
{
    static const int32_t corner[4][2] = {{-1, -1}, {0, -1}, {0, 0}, {-1, 0}};
    int32_t i = cell % lattice->nx, j = cell / lattice->nx;
    for (int c = 0; c < 4; c++) {
        double sum[2] = {0.0, 0.0};
        for (int32_t k = 0; k < 4; k++) {
            double xy[2];
            tw_lattice_place(lattice, i + corner[c][0] + k % 2, j + corner[c][1] + k / 2, xy);
            sum[0] += 0.25 * xy[0];
            sum[1] += 0.25 * xy[1];
        }
        out_xy[2 * c] = sum[0];
        out_xy[2 * c + 1] = sum[1];
    }
}

double tw_lattice_fill_m(const struct tw_lattice *lattice, double x_m, double y_m)
{
    double u = (x_m - lattice->west_m) / TW_SITE_SPACE_M - 0.5;
    double v = (y_m - lattice->south_m) / TW_SITE_SPACE_M - 0.5;
    double u_floor = floor(u), v_floor = floor(v), fill_m = 0.0;
    for (int k = 0; k < 4; k++) {
        int32_t i = (int32_t)u_floor + k % 2, j = (int32_t)v_floor + k / 2;
        if (i < 0 || j < 0 || i >= lattice->nx || j >= lattice->ny) continue;
        double share =
            (k % 2 ? u - u_floor : 1.0 - u + u_floor) * (k / 2 ? v - v_floor : 1.0 - v + v_floor);
        fill_m += share * lattice->fill_m[(int64_t)j * lattice->nx + i];
    }
    return fill_m;
}

double tw_lattice_ground_m(const struct tw_lattice *lattice, const struct tw_land *land, double x_m,
                           double y_m)
{
    return tw_land_ground_m(land, x_m, y_m) + tw_lattice_fill_m(lattice, x_m, y_m);
}

static void lattice_over(const struct tw_land *land, uint64_t seed, struct tw_lattice *out)
{
    double reach = 1.4 * land->half_width_m;
    out->seed = seed;
    out->west_m = -0.5 * land->length_m;
    out->south_m = -reach;
    out->nx = (int32_t)(land->length_m / TW_SITE_SPACE_M) + 1;
    out->ny = (int32_t)(2.0 * reach / TW_SITE_SPACE_M) + 1;
}

/* ---- the search ---- */

struct vertex {
    double x_m, y_m, ground_m, in_gully, cost;
    int32_t parent, root; /* vertices; -1 none yet */
    bool open;            /* may be built on and is not reached for good */
};

struct heap_row {
    double cost;
    int32_t vertex;
};

/* Vertices: first the mouths, then the lattice. */
struct search {
    const struct tw_land *land;
    const struct tw_lattice *lattice;
    int32_t root_count, vertex_count;
    struct vertex *vertex;
    int32_t heap_count;
    struct heap_row *heap; /* a vertex may be in it once for each neighbour */
    int32_t order_count;
    int32_t *order;
};

/* Ties go to the smaller number, so that the order never depends on chance. */
static bool before(struct heap_row a, struct heap_row b)
{
    return a.cost < b.cost || (!(b.cost < a.cost) && a.vertex < b.vertex);
}

static void heap_push(struct search *search, struct heap_row row)
{
    int32_t at = search->heap_count++;
    while (at > 0 && before(row, search->heap[(at - 1) / 2])) {
        search->heap[at] = search->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    search->heap[at] = row;
}

static struct heap_row heap_pop(struct search *search)
{
    struct heap_row top = search->heap[0], last = search->heap[--search->heap_count];
    int32_t at = 0;
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= search->heap_count) break;
        if (child + 1 < search->heap_count && before(search->heap[child + 1], search->heap[child]))
            child++;
        if (!before(search->heap[child], last)) break;
        search->heap[at] = search->heap[child];
        at = child;
    }
    search->heap[at] = last;
    return top;
}

/* What a metre of street from `high` down to `low` costs, times its length. */
static double street_cost(const struct vertex *low, const struct vertex *high, double length_m)
{
    double fall = (high->ground_m - low->ground_m) / length_m, dear = 1.0;
    if (fall < 0.006) dear += (0.006 - fall) * 150.0;
    if (fall > 0.10) dear += (fall - 0.10) * 14.0;
    return length_m * dear * (1.0 - 0.6 * 0.5 * (low->in_gully + high->in_gully));
}

static void reach(struct search *search, int32_t from, int32_t to, double longest_m)
{
    struct vertex *low = &search->vertex[from], *high = &search->vertex[to];
    if (!high->open) return;
    double dx = high->x_m - low->x_m, dy = high->y_m - low->y_m;
    double length_m = sqrt(dx * dx + dy * dy);
    if (length_m > longest_m) return;
    double cost = low->cost + street_cost(low, high, length_m);
    if (high->parent >= 0 && cost >= high->cost) return;
    high->parent = from;
    high->root = low->root;
    high->cost = cost;
    heap_push(search, (struct heap_row){cost, to});
}

static void reach_neighbours(struct search *search, int32_t from)
{
    const struct tw_lattice *lattice = search->lattice;
    const struct vertex *low = &search->vertex[from];
    bool mouth = from < search->root_count;
    int32_t i, j, far = mouth ? 2 : 1;
    if (mouth) {
        i = (int32_t)floor((low->x_m - lattice->west_m) / TW_SITE_SPACE_M);
        j = (int32_t)floor((low->y_m - lattice->south_m) / TW_SITE_SPACE_M);
    } else {
        i = (from - search->root_count) % lattice->nx;
        j = (from - search->root_count) / lattice->nx;
    }
    for (int32_t b = j - far; b <= j + far; b++)
        for (int32_t a = i - far; a <= i + far; a++) {
            if (a < 0 || b < 0 || a >= lattice->nx || b >= lattice->ny) continue;
            reach(search, from, search->root_count + b * lattice->nx + a, 1.8 * TW_SITE_SPACE_M);
        }
}

/* May a site be built on: on land, not too steep, not in a park. */
static bool buildable(const struct tw_land *land, uint64_t seed, double x_m, double y_m,
                      double ground_m)
{
    if (tw_land_shore_m(land, x_m, y_m) < TW_LAND_MOUTH_M + 14.0) return false;
    double dx = (tw_land_ground_m(land, x_m + 25.0, y_m) - ground_m) / 25.0;
    double dy = (tw_land_ground_m(land, x_m, y_m + 25.0) - ground_m) / 25.0;
    if (dx * dx + dy * dy > steepest * steepest) return false;
    return tw_noise(seed, TW_DRAW_PARK, x_m / 160.0, y_m / 160.0) < 0.72;
}

static void vertices_fill(struct search *search, uint64_t seed)
{
    const struct tw_land *land = search->land;
    for (int32_t v = 0; v < search->vertex_count; v++) {
        struct vertex *vertex = &search->vertex[v];
        *vertex = (struct vertex){.parent = -1, .root = -1, .open = true};
        if (v < search->root_count) {
            enum tw_bank bank = v % 2 ? TW_BANK_SOUTH : TW_BANK_NORTH;
            vertex->x_m = tw_land_gully_m(land, v / 2);
            vertex->y_m = tw_land_bank_m(land, bank, vertex->x_m, TW_LAND_MOUTH_M);
            vertex->root = v;
        } else {
            int32_t cell = v - search->root_count;
            double xy[2];
            tw_lattice_place(search->lattice, cell % search->lattice->nx,
                             cell / search->lattice->nx, xy);
            vertex->x_m = xy[0];
            vertex->y_m = xy[1];
        }
        vertex->ground_m = tw_land_ground_m(land, vertex->x_m, vertex->y_m);
        vertex->in_gully = tw_land_in_gully(land, vertex->x_m, vertex->y_m);
        if (v >= search->root_count)
            vertex->open = buildable(land, seed, vertex->x_m, vertex->y_m, vertex->ground_m);
    }
}

static void search_run(struct search *search)
{
    for (int32_t root = 0; root < search->root_count; root++)
        heap_push(search, (struct heap_row){0.0, root});
    while (search->heap_count > 0) {
        struct vertex *vertex = &search->vertex[heap_pop(search).vertex];
        if (!vertex->open) continue;
        vertex->open = false;
        int32_t number = (int32_t)(vertex - search->vertex);
        search->order[search->order_count++] = number;
        reach_neighbours(search, number);
    }
}

static tw_status search_make(struct tw_arena *arena, struct search *search, uint64_t seed)
{
    int64_t cells = (int64_t)search->lattice->nx * search->lattice->ny;
    search->root_count = TW_BANK_COUNT * search->land->gullies;
    search->vertex_count = search->root_count + (int32_t)cells;
    search->vertex = TW_ARENA_NEW(arena, struct vertex, search->vertex_count);
    search->heap = TW_ARENA_NEW(arena, struct heap_row, 9 * (int64_t)search->vertex_count);
    search->order = TW_ARENA_NEW(arena, int32_t, search->vertex_count);
    if (search->vertex == NULL || search->heap == NULL || search->order == NULL)
        return TW_ERR_NOMEM;
    search->heap_count = search->order_count = 0;
    vertices_fill(search, seed);
    search_run(search);
    return TW_OK;
}

/* ---- sites ---- */

/* The old town: the gullies nearest to the tip, fewer of many. */
static bool root_combined(const struct tw_land *land, int32_t root)
{
    double part = land->gullies > 10 ? 0.30 : 0.45;
    return root / 2 >= land->gullies - (int32_t)(part * land->gullies + 0.5);
}

/* How many of the order make up the wanted weight, or all; *out_weight is what they have. */
static int32_t sites_wanted(const struct search *search, int32_t weight, int32_t *out_weight)
{
    int32_t n = 0, sum = 0;
    for (; n < search->order_count && sum < weight; n++) {
        int32_t root = search->vertex[search->order[n]].root;
        sum += root_combined(search->land, root) ? 1 : 2;
    }
    *out_weight = sum;
    return n;
}

static tw_status sites_allocate(struct tw_arena *arena, struct tw_sites *sites)
{
    double **doubles[] = {&sites->x_m,        &sites->y_m,      &sites->ground_m, &sites->area_m2,
                          &sites->impervious, &sites->street_m, &sites->in_gully};
    int32_t **whole[] = {&sites->parent, &sites->root, &sites->level, &sites->upstream,
                         &sites->cell};
    for (size_t k = 0; k < sizeof doubles / sizeof doubles[0]; k++) {
        *doubles[k] = TW_ARENA_NEW(arena, double, sites->count);
        if (*doubles[k] == NULL) return TW_ERR_NOMEM;
    }
    for (size_t k = 0; k < sizeof whole / sizeof whole[0]; k++) {
        *whole[k] = TW_ARENA_NEW(arena, int32_t, sites->count);
        if (*whole[k] == NULL) return TW_ERR_NOMEM;
    }
    sites->combined = TW_ARENA_NEW(arena, bool, sites->count);
    return sites->combined == NULL ? TW_ERR_NOMEM : TW_OK;
}

static double polygon_area_m2(const double xy[8])
{
    double twice = 0.0;
    for (int k = 0; k < 4; k++) {
        int next = (k + 1) % 4;
        twice += xy[2 * k] * xy[2 * next + 1] - xy[2 * next] * xy[2 * k + 1];
    }
    return 0.5 * twice;
}

/* Street and made ground: never flatter than sewers need, longer where it winds up a slope. */
static void site_street(struct tw_sites *sites, int32_t n, uint64_t seed)
{
    int32_t parent = sites->parent[n];
    double dx = sites->x_m[n] - sites->x_m[parent], dy = sites->y_m[n] - sites->y_m[parent];
    double chord_m = sqrt(dx * dx + dy * dy);
    double slope = (sites->ground_m[n] - sites->ground_m[parent]) / chord_m;
    double winding = slope > 0.10 ? 1.2 * (slope - 0.10) : 0.0;
    winding = winding > 0.22 ? 0.22 : winding;
    if (tw_draw_unit(seed, TW_DRAW_STREET, n, 0) < 0.3)
        winding += 0.04 * tw_draw_unit(seed, TW_DRAW_STREET, n, 1);
    sites->street_m[n] = chord_m * (1.0 + winding);
    double least_m = sites->ground_m[parent] + least_fall * sites->street_m[n];
    if (sites->ground_m[n] < least_m) sites->ground_m[n] = least_m;
}

static void site_fill(struct tw_sites *sites, const struct search *search, int32_t n,
                      const int32_t *number_of)
{
    const struct vertex *vertex = &search->vertex[search->order[n]];
    sites->x_m[n] = vertex->x_m;
    sites->y_m[n] = vertex->y_m;
    sites->ground_m[n] = vertex->ground_m;
    sites->in_gully[n] = vertex->in_gully;
    sites->root[n] = vertex->root;
    sites->combined[n] = root_combined(search->land, vertex->root);
    sites->parent[n] = vertex->parent < 0 ? -1 : number_of[vertex->parent];
    sites->upstream[n] = 1;
    sites->cell[n] = search->order[n] - search->root_count;
    if (n < search->root_count) {
        sites->cell[n] = -1;
        return;
    }
    uint64_t seed = search->lattice->seed;
    sites->level[n] = sites->level[sites->parent[n]] + 1;
    double corners[8];
    tw_lattice_corners(search->lattice, sites->cell[n], corners);
    sites->area_m2[n] = polygon_area_m2(corners);
    double paved = tw_noise(seed, TW_DRAW_IMPERVIOUS, vertex->x_m / 400.0, vertex->y_m / 400.0);
    sites->impervious[n] = (sites->combined[n] ? 0.78 : 0.66) + 0.12 * paved;
    site_street(sites, n, seed);
}

static tw_status sites_from(struct tw_arena *arena, const struct search *search, int32_t count,
                            struct tw_lattice *lattice, struct tw_sites *sites)
{
    int64_t cells = (int64_t)lattice->nx * lattice->ny;
    int32_t *number_of = TW_ARENA_NEW(arena, int32_t, search->vertex_count);
    lattice->site = TW_ARENA_NEW(arena, int32_t, cells);
    lattice->fill_m = TW_ARENA_NEW(arena, double, cells);
    *sites = (struct tw_sites){.count = count, .root_count = search->root_count};
    if (number_of == NULL || lattice->site == NULL || lattice->fill_m == NULL) return TW_ERR_NOMEM;
    TW_TRY(sites_allocate(arena, sites));
    memset(lattice->site, -1, (size_t)cells * sizeof lattice->site[0]);
    for (int32_t n = 0; n < count; n++) {
        number_of[search->order[n]] = n;
        site_fill(sites, search, n, number_of);
        if (sites->cell[n] < 0) continue;
        lattice->site[sites->cell[n]] = n;
        lattice->fill_m[sites->cell[n]] =
            sites->ground_m[n] - search->vertex[search->order[n]].ground_m;
    }
    for (int32_t n = count - 1; n >= sites->root_count; n--)
        sites->upstream[sites->parent[n]] += sites->upstream[n];
    return TW_OK;
}

/* Gullies on each bank: closer together in a small city. */
static int32_t gullies_for(double area_m2)
{
    double space_m = 300.0 * sqrt(sqrt(area_m2 / 1.6e6));
    double bank_m = 0.9 * sqrt(area_m2 / 0.3);
    int32_t count = (int32_t)(bank_m / space_m + 0.5);
    return count < 4 ? 4 : count;
}

tw_status tw_sites_make(struct tw_arena *arena, const struct tw_sites_options *options,
                        struct tw_land *out_land, struct tw_lattice *out_lattice,
                        struct tw_sites *out_sites)
{
    double area_m2 = 0.75 * options->weight * TW_SITE_SPACE_M * TW_SITE_SPACE_M;
    for (;;) {
        struct tw_land land = tw_land_make(options->seed, area_m2, gullies_for(area_m2));
        struct tw_lattice lattice;
        lattice_over(&land, options->seed, &lattice);
        struct search search = {.land = &land, .lattice = &lattice};
        TW_TRY(search_make(arena, &search, options->seed));
        int32_t weight, count = sites_wanted(&search, options->weight, &weight);
        if (weight >= options->weight) {
            *out_land = land;
            *out_lattice = lattice;
            return sites_from(arena, &search, count, out_lattice, out_sites);
        }
        tw_arena_reset(arena);
        double lacking = (double)options->weight / weight;
        area_m2 *= lacking > 1.02 ? lacking : 1.02;
    }
}
