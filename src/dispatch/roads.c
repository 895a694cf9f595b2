/* Lines joined to a graph. Places are the same when they are within 1e-6 degrees (0.1 m): layers are
 * written with six decimals. */
#include "dispatch/roads.h"

#include "base/arena.h"
#include "dispatch/roads_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_MOST = 1 << 27 };

static const double degree_m = 111194.93; /* of a sphere of 6371 km */
static const double radian = 0.017453292519943295;

/* Places while lines are joined: one per distinct place, found by its rounded degrees. */
struct joiner {
    const struct tw_road_line *lines;
    int32_t line_count;
    int64_t corner_count; /* of all lines together */
    int32_t *uses;        /* [places] lines' corners there; ends count twice */
    int32_t *node;        /* [places] -1: no node */
    int64_t *key;         /* [slots] */
    int32_t *slot;        /* [slots] place + 1; 0: free */
    size_t slots;
};

/* ---- places ---- */

static bool line_usable(const struct tw_road_line *line)
{
    if (line->count < 2 || line->id == NULL || !(line->speed_mps > 0.0) ||
        !(line->speed_mps < 200.0) || !(line->passable_m >= 0.0))
        return false;
    for (int32_t i = 0; i < line->count; i++) {
        double lon = line->lon_lat[2 * i], lat = line->lon_lat[2 * i + 1];
        if (!(lon >= -180.0 && lon <= 180.0 && lat >= -89.0 && lat <= 89.0)) return false;
    }
    return true;
}

static int64_t key_of(double lon, double lat)
{
    return (int64_t)llround(lon * 1e6) * 1000000000 + (int64_t)llround(lat * 1e6);
}

static size_t hash_of(int64_t key)
{
    uint64_t h = (uint64_t)key * 0x9E3779B97F4A7C15u;
    return (size_t)(h ^ (h >> 29));
}

/* The place of a corner, a new one when nothing was there. */
static int32_t place_of(struct joiner *j, struct tw_roads *roads, double lon, double lat)
{
    int64_t key = key_of(lon, lat);
    size_t s = hash_of(key) & (j->slots - 1);
    while (j->slot[s] != 0 && j->key[s] != key)
        s = (s + 1) & (j->slots - 1);
    if (j->slot[s] == 0) {
        int32_t place = roads->place_count++;
        roads->lon[place] = lon;
        roads->lat[place] = lat;
        j->key[s] = key;
        j->slot[s] = place + 1;
    }
    return j->slot[s] - 1;
}

static tw_status joiner_room(struct joiner *j, struct tw_arena *scratch)
{
    j->slots = 16;
    while (j->slots < 2 * (size_t)j->corner_count)
        j->slots *= 2;
    j->uses = TW_ARENA_NEW(scratch, int32_t, j->corner_count);
    j->node = TW_ARENA_NEW(scratch, int32_t, j->corner_count);
    j->key = TW_ARENA_NEW(scratch, int64_t, j->slots);
    j->slot = TW_ARENA_NEW(scratch, int32_t, j->slots);
    return j->uses == NULL || j->node == NULL || j->key == NULL || j->slot == NULL ? TW_ERR_NOMEM
                                                                                   : TW_OK;
}

static tw_status join_places(struct joiner *j, struct tw_roads *roads)
{
    roads->lon = TW_ARENA_NEW(&roads->arena, double, j->corner_count);
    roads->lat = TW_ARENA_NEW(&roads->arena, double, j->corner_count);
    roads->x_m = TW_ARENA_NEW(&roads->arena, double, j->corner_count);
    roads->y_m = TW_ARENA_NEW(&roads->arena, double, j->corner_count);
    roads->corner = TW_ARENA_NEW(&roads->arena, int32_t, j->corner_count);
    if (roads->corner == NULL || roads->lon == NULL || roads->lat == NULL || roads->x_m == NULL ||
        roads->y_m == NULL)
        return TW_ERR_NOMEM;
    int64_t at = 0;
    for (int32_t l = 0; l < j->line_count; l++)
        for (int32_t i = 0; i < j->lines[l].count; i++, at++) {
            const double *corner = &j->lines[l].lon_lat[2 * (int64_t)i];
            roads->corner[at] = place_of(j, roads, corner[0], corner[1]);
            j->uses[roads->corner[at]] += i == 0 || i == j->lines[l].count - 1 ? 2 : 1;
        }
    for (int32_t p = 0; p < roads->place_count; p++)
        tw_roads_project(roads, roads->lon[p], roads->lat[p], &roads->x_m[p], &roads->y_m[p]);
    return TW_OK;
}

void tw_roads_project(const struct tw_roads *roads, double lon, double lat, double *out_x_m,
                      double *out_y_m)
{
    double lon_0 = roads->place_count > 0 ? roads->lon[0] : 0.0;
    double lat_0 = roads->place_count > 0 ? roads->lat[0] : 0.0;
    *out_x_m = (lon - lon_0) * degree_m * cos(lat_0 * radian);
    *out_y_m = (lat - lat_0) * degree_m;
}

/* ---- nodes and edges ---- */

static tw_status number_nodes(struct joiner *j, struct tw_roads *roads)
{
    for (int32_t p = 0; p < roads->place_count; p++)
        j->node[p] = j->uses[p] >= 2 ? roads->node_count++ : -1;
    roads->node_place = TW_ARENA_NEW(&roads->arena, int32_t, roads->node_count);
    roads->node_piece = TW_ARENA_NEW(&roads->arena, int32_t, roads->node_count);
    if (roads->node_place == NULL || roads->node_piece == NULL) return TW_ERR_NOMEM;
    for (int32_t p = 0; p < roads->place_count; p++)
        if (j->node[p] >= 0) roads->node_place[j->node[p]] = p;
    return TW_OK;
}

static tw_status edge_room(struct tw_roads *roads, int64_t most)
{
    struct tw_arena *arena = &roads->arena;
    roads->edge_line = TW_ARENA_NEW(arena, int32_t, most);
    roads->edge_from = TW_ARENA_NEW(arena, int32_t, most);
    roads->edge_to = TW_ARENA_NEW(arena, int32_t, most);
    roads->edge_begin = TW_ARENA_NEW(arena, int32_t, most);
    roads->edge_end = TW_ARENA_NEW(arena, int32_t, most);
    roads->edge_m = TW_ARENA_NEW(arena, double, most);
    return roads->edge_line == NULL || roads->edge_from == NULL || roads->edge_to == NULL ||
                   roads->edge_begin == NULL || roads->edge_end == NULL || roads->edge_m == NULL
               ? TW_ERR_NOMEM
               : TW_OK;
}

static void add_edge(struct tw_roads *roads, const struct joiner *j, int32_t line, int32_t begin,
                     int32_t end)
{
    int32_t e = roads->edge_count++;
    roads->edge_line[e] = line;
    roads->edge_begin[e] = begin;
    roads->edge_end[e] = end;
    roads->edge_from[e] = j->node[roads->corner[begin]];
    roads->edge_to[e] = j->node[roads->corner[end]];
    double length_m = 0.0;
    for (int32_t i = begin; i < end; i++) {
        int32_t a = roads->corner[i], b = roads->corner[i + 1];
        length_m += hypot(roads->x_m[b] - roads->x_m[a], roads->y_m[b] - roads->y_m[a]);
    }
    roads->edge_m[e] = length_m;
}

static tw_status cut_edges(struct joiner *j, struct tw_roads *roads)
{
    TW_TRY(edge_room(roads, j->corner_count));
    int32_t at = 0;
    for (int32_t l = 0; l < j->line_count; l++) {
        int32_t begin = at;
        for (int32_t i = 1; i < j->lines[l].count; i++)
            if (j->node[roads->corner[at + i]] >= 0) {
                add_edge(roads, j, l, begin, at + i);
                begin = at + i;
            }
        at += j->lines[l].count;
    }
    return TW_OK;
}

static tw_status copy_lines(struct joiner *j, struct tw_roads *roads)
{
    roads->line_count = j->line_count;
    roads->line_mps = TW_ARENA_NEW(&roads->arena, double, j->line_count);
    roads->line_passable_m = TW_ARENA_NEW(&roads->arena, double, j->line_count);
    roads->line_id = TW_ARENA_NEW(&roads->arena, const char *, j->line_count);
    if (roads->line_mps == NULL || roads->line_passable_m == NULL || roads->line_id == NULL)
        return TW_ERR_NOMEM;
    for (int32_t l = 0; l < j->line_count; l++) {
        roads->line_mps[l] = j->lines[l].speed_mps;
        roads->line_passable_m[l] = j->lines[l].passable_m;
        roads->line_id[l] = tw_arena_text(&roads->arena, j->lines[l].id, strlen(j->lines[l].id));
        if (roads->line_id[l] == NULL) return TW_ERR_NOMEM;
        int32_t index;
        tw_status status = tw_names_add(&roads->lines, j->lines[l].id, &index);
        if (status == TW_ERR_NAME) status = TW_OK; /* a road of several lines */
        TW_TRY(status);
    }
    return TW_OK;
}

/* ---- arcs ---- */

static int32_t dry_ms(const struct tw_roads *roads, int32_t edge)
{
    double ms = ceil(1000.0 * roads->edge_m[edge] / roads->line_mps[roads->edge_line[edge]]);
    return ms > 1e9 ? 1000000000 : (int32_t)ms;
}

static void add_arc(struct tw_roads *roads, int32_t *fill, int32_t edge, bool back)
{
    int32_t tail = back ? roads->edge_to[edge] : roads->edge_from[edge];
    int32_t a = roads->first[tail] + fill[tail]++;
    roads->arc_head[a] = back ? roads->edge_from[edge] : roads->edge_to[edge];
    roads->arc_edge[a] = edge;
    roads->arc_ms[a] = dry_ms(roads, edge);
}

static tw_status sort_arcs(const struct joiner *j, struct tw_roads *roads, struct tw_arena *scratch)
{
    int32_t *fill = TW_ARENA_NEW(scratch, int32_t, roads->node_count);
    roads->first = TW_ARENA_NEW(&roads->arena, int32_t, (int64_t)roads->node_count + 1);
    if (fill == NULL || roads->first == NULL) return TW_ERR_NOMEM;
    for (int32_t e = 0; e < roads->edge_count; e++) {
        roads->first[roads->edge_from[e] + 1]++;
        if (!j->lines[roads->edge_line[e]].oneway) roads->first[roads->edge_to[e] + 1]++;
    }
    for (int32_t n = 0; n < roads->node_count; n++)
        roads->first[n + 1] += roads->first[n];
    roads->arc_count = roads->first[roads->node_count];
    roads->arc_head = TW_ARENA_NEW(&roads->arena, int32_t, roads->arc_count);
    roads->arc_edge = TW_ARENA_NEW(&roads->arena, int32_t, roads->arc_count);
    roads->arc_ms = TW_ARENA_NEW(&roads->arena, int32_t, roads->arc_count);
    if (roads->arc_head == NULL || roads->arc_edge == NULL || roads->arc_ms == NULL)
        return TW_ERR_NOMEM;
    for (int32_t e = 0; e < roads->edge_count; e++) {
        add_arc(roads, fill, e, false);
        if (!j->lines[roads->edge_line[e]].oneway) add_arc(roads, fill, e, true);
    }
    return TW_OK;
}

/* ---- pieces ---- */

static int32_t root_of(int32_t *parent, int32_t n)
{
    while (parent[n] != n) {
        parent[n] = parent[parent[n]];
        n = parent[n];
    }
    return n;
}

static tw_status number_pieces(struct tw_roads *roads, struct tw_arena *scratch)
{
    int32_t *parent = TW_ARENA_NEW(scratch, int32_t, roads->node_count);
    int32_t *size = TW_ARENA_NEW(scratch, int32_t, roads->node_count);
    int32_t *number = TW_ARENA_NEW(scratch, int32_t, roads->node_count);
    if (parent == NULL || size == NULL || number == NULL) return TW_ERR_NOMEM;
    for (int32_t n = 0; n < roads->node_count; n++)
        parent[n] = n;
    for (int32_t e = 0; e < roads->edge_count; e++) {
        int32_t a = root_of(parent, roads->edge_from[e]), b = root_of(parent, roads->edge_to[e]);
        parent[a > b ? a : b] = a > b ? b : a;
    }
    int32_t largest = -1;
    for (int32_t n = 0; n < roads->node_count; n++)
        size[root_of(parent, n)]++;
    for (int32_t n = 0; n < roads->node_count; n++)
        if (parent[n] == n && (largest < 0 || size[n] > size[largest])) largest = n;
    int32_t next = 1;
    for (int32_t n = 0; n < roads->node_count; n++)
        if (parent[n] == n) number[n] = n == largest ? 0 : next++;
    for (int32_t n = 0; n < roads->node_count; n++)
        roads->node_piece[n] = number[root_of(parent, n)];
    roads->piece_count = largest < 0 ? 0 : next;
    return TW_OK;
}

/* ---- the whole ---- */

static tw_status build(struct joiner *j, struct tw_roads *roads, struct tw_arena *scratch)
{
    TW_TRY(joiner_room(j, scratch));
    TW_TRY(join_places(j, roads));
    TW_TRY(number_nodes(j, roads));
    TW_TRY(copy_lines(j, roads));
    TW_TRY(cut_edges(j, roads));
    TW_TRY(sort_arcs(j, roads, scratch));
    TW_TRY(number_pieces(roads, scratch));
    return tw_roads_grid_build(roads);
}

tw_status tw_roads_create(const struct tw_road_line *lines, int32_t count,
                          struct tw_roads **out_roads)
{
    struct joiner j = {.lines = lines, .line_count = count};
    if (count < 0) return TW_ERR_ARG;
    for (int32_t l = 0; l < count; l++) {
        if (!line_usable(&lines[l])) return TW_ERR_ARG;
        j.corner_count += lines[l].count;
    }
    if (j.corner_count > PLACES_MOST) return TW_ERR_FULL;
    struct tw_roads *roads = calloc(1, sizeof *roads);
    if (roads == NULL) return TW_ERR_NOMEM;
    struct tw_arena scratch;
    tw_arena_init(&scratch);
    tw_arena_init(&roads->arena);
    tw_names_init(&roads->lines, &roads->arena);
    tw_status status = build(&j, roads, &scratch);
    tw_arena_done(&scratch);
    if (status != TW_OK) {
        tw_roads_destroy(roads);
        return status;
    }
    *out_roads = roads;
    return TW_OK;
}

void tw_roads_destroy(struct tw_roads *roads)
{
    if (roads == NULL) return;
    tw_arena_done(&roads->arena);
    free(roads);
}

int32_t tw_roads_nodes(const struct tw_roads *roads) { return roads->node_count; }

int32_t tw_roads_pieces(const struct tw_roads *roads) { return roads->piece_count; }

int32_t tw_roads_piece(const struct tw_roads *roads, int32_t node)
{
    return node >= 0 && node < roads->node_count ? roads->node_piece[node] : -1;
}
