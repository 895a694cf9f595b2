/* Cells over the roads, so that what is near a place is found without looking at all of the city. */
#include "dispatch/roads_internal.h"

#include <math.h>

enum { CELLS_MOST = 1 << 20 };

static const double least_cell_m = 100.0;

/* Columns and rows that a box touches, clipped to the grid. */
struct box {
    int32_t i0, i1, j0, j1;
};

static int32_t clip(double value, int32_t count)
{
    if (!(value > 0.0)) return 0;
    return value >= count ? count - 1 : (int32_t)value;
}

static struct box box_of(const struct tw_road_grid *grid, const double x_m[2], const double y_m[2])
{
    return (struct box){clip(floor((x_m[0] - grid->west_m) / grid->cell_m), grid->nx),
                        clip(floor((x_m[1] - grid->west_m) / grid->cell_m), grid->nx),
                        clip(floor((y_m[0] - grid->south_m) / grid->cell_m), grid->ny),
                        clip(floor((y_m[1] - grid->south_m) / grid->cell_m), grid->ny)};
}

static struct box box_of_piece(const struct tw_roads *roads, int32_t corner)
{
    int32_t a = roads->corner[corner], b = roads->corner[corner + 1];
    double x_m[2] = {fmin(roads->x_m[a], roads->x_m[b]), fmax(roads->x_m[a], roads->x_m[b])};
    double y_m[2] = {fmin(roads->y_m[a], roads->y_m[b]), fmax(roads->y_m[a], roads->y_m[b])};
    return box_of(&roads->grid, x_m, y_m);
}

static struct box box_around(const struct tw_road_grid *grid, double x, double y, double radius_m)
{
    double x_m[2] = {x - radius_m, x + radius_m}, y_m[2] = {y - radius_m, y + radius_m};
    return box_of(grid, x_m, y_m);
}

/* The extent, and cells of about one node each, but no more than CELLS_MOST. */
static void lay_out(struct tw_roads *roads)
{
    struct tw_road_grid *grid = &roads->grid;
    double east = 0.0, north = 0.0, west = 0.0, south = 0.0;
    for (int32_t p = 0; p < roads->place_count; p++) {
        west = fmin(west, roads->x_m[p]);
        east = fmax(east, roads->x_m[p]);
        south = fmin(south, roads->y_m[p]);
        north = fmax(north, roads->y_m[p]);
    }
    double cells = fmin(CELLS_MOST, roads->node_count + 1.0);
    grid->cell_m = fmax(least_cell_m, sqrt((east - west) * (north - south) / cells));
    grid->cell_m = fmax(grid->cell_m, fmax(east - west, north - south) / 4096.0);
    grid->west_m = west;
    grid->south_m = south;
    grid->nx = 1 + (int32_t)((east - west) / grid->cell_m);
    grid->ny = 1 + (int32_t)((north - south) / grid->cell_m);
}

/* Count a piece of an edge in the cells of its box, or put it there. */
static void enter_piece(struct tw_road_grid *grid, struct box box, int32_t edge, bool fill)
{
    for (int32_t j = box.j0; j <= box.j1; j++)
        for (int32_t i = box.i0; i <= box.i1; i++) {
            int32_t *at = &grid->edge_begin[(int64_t)j * grid->nx + i];
            if (fill) {
                grid->edge[--*at] = edge;
            } else {
                (*at)++;
            }
        }
}

static void enter_pieces(struct tw_roads *roads, bool fill)
{
    for (int32_t e = roads->edge_count - 1; e >= 0; e--)
        for (int32_t c = roads->edge_begin[e]; c < roads->edge_end[e]; c++)
            enter_piece(&roads->grid, box_of_piece(roads, c), e, fill);
}

/* Two passes over the pieces of all edges: count, then fill. */
static tw_status sort_edges(struct tw_roads *roads)
{
    struct tw_road_grid *grid = &roads->grid;
    int64_t cells = (int64_t)grid->nx * grid->ny, total = 0;
    grid->edge_begin = TW_ARENA_NEW(&roads->arena, int32_t, cells + 1);
    if (grid->edge_begin == NULL) return TW_ERR_NOMEM;
    enter_pieces(roads, false);
    for (int64_t i = 0; i < cells; i++) {
        total += grid->edge_begin[i];
        if (total > INT32_MAX) return TW_ERR_FULL;
        grid->edge_begin[i] = (int32_t)total;
    }
    grid->edge_begin[cells] = (int32_t)total;
    grid->edge = TW_ARENA_NEW(&roads->arena, int32_t, total);
    if (grid->edge == NULL) return TW_ERR_NOMEM;
    enter_pieces(roads, true);
    return TW_OK;
}

static tw_status sort_nodes(struct tw_roads *roads)
{
    struct tw_road_grid *grid = &roads->grid;
    int64_t cells = (int64_t)grid->nx * grid->ny;
    grid->node_begin = TW_ARENA_NEW(&roads->arena, int32_t, cells + 1);
    grid->node = TW_ARENA_NEW(&roads->arena, int32_t, roads->node_count);
    if (grid->node_begin == NULL || grid->node == NULL) return TW_ERR_NOMEM;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t n = roads->node_count - 1; n >= 0; n--) {
            int32_t p = roads->node_place[n];
            struct box box = box_around(grid, roads->x_m[p], roads->y_m[p], 0.0);
            int32_t *at = &grid->node_begin[(int64_t)box.j0 * grid->nx + box.i0];
            if (pass == 0) {
                (*at)++;
            } else {
                grid->node[--*at] = n;
            }
        }
        for (int64_t i = 1; pass == 0 && i <= cells; i++)
            grid->node_begin[i] += grid->node_begin[i - 1];
    }
    return TW_OK;
}

tw_status tw_roads_grid_build(struct tw_roads *roads)
{
    lay_out(roads);
    TW_TRY(sort_nodes(roads));
    return sort_edges(roads);
}

/* ---- looking ---- */

/* Put a node into a list that is sorted by distance, then by number. */
static int32_t insert(struct tw_near *list, int32_t count, int32_t most, struct tw_near item)
{
    int32_t at = count;
    while (at > 0 &&
           (list[at - 1].distance_m > item.distance_m ||
            (list[at - 1].distance_m == item.distance_m && list[at - 1].node > item.node)))
        at--;
    if (at >= most) return count;
    int32_t end = count < most ? count : most - 1;
    for (int32_t i = end; i > at; i--)
        list[i] = list[i - 1];
    list[at] = item;
    return end + 1;
}

int32_t tw_roads_near(const struct tw_roads *roads, double lon, double lat, double radius_m,
                      struct tw_near *out_near, int32_t most)
{
    const struct tw_road_grid *grid = &roads->grid;
    double x, y;
    tw_roads_project(roads, lon, lat, &x, &y);
    struct box box = box_around(grid, x, y, radius_m);
    int32_t count = 0;
    for (int32_t j = box.j0; j <= box.j1; j++)
        for (int32_t i = box.i0; i <= box.i1; i++) {
            int64_t cell = (int64_t)j * grid->nx + i;
            for (int32_t k = grid->node_begin[cell]; k < grid->node_begin[cell + 1]; k++) {
                int32_t p = roads->node_place[grid->node[k]];
                double d = hypot(roads->x_m[p] - x, roads->y_m[p] - y);
                if (d > radius_m) continue;
                count = insert(out_near, count, most, (struct tw_near){grid->node[k], d});
            }
        }
    return count;
}

int32_t tw_roads_nearest(const struct tw_roads *roads, double lon, double lat, double *out_m)
{
    struct tw_near near = {-1, HUGE_VAL};
    if (roads->node_count == 0) return -1;
    double radius_m = roads->grid.cell_m;
    while (tw_roads_near(roads, lon, lat, radius_m, &near, 1) == 0 && radius_m < 1e9)
        radius_m *= 2.0;
    if (out_m != NULL) *out_m = near.distance_m;
    return near.node;
}
