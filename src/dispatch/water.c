/* Water on roads: a row of depths for each edge that is wet. */
#include "dispatch/roads.h"
#include "dispatch/roads_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES_MOST = 1 << 16, LATEST_S = 1000000 };

tw_status tw_water_create(const struct tw_roads *roads, int32_t frames, const int32_t *frame_s,
                          struct tw_water **out_water)
{
    if (frames < 1 || frames > FRAMES_MOST) return TW_ERR_ARG;
    for (int32_t f = 0; f < frames; f++)
        if (frame_s[f] < -LATEST_S || frame_s[f] > LATEST_S ||
            (f > 0 && frame_s[f] <= frame_s[f - 1]))
            return TW_ERR_ARG;
    struct tw_water *water = calloc(1, sizeof *water);
    if (water == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&water->arena);
    water->roads = roads;
    water->frames = frames;
    water->frame_ms = TW_ARENA_NEW(&water->arena, int32_t, frames);
    water->row = TW_ARENA_NEW(&water->arena, int32_t, roads->edge_count);
    if (water->frame_ms == NULL || water->row == NULL) {
        tw_water_destroy(water);
        return TW_ERR_NOMEM;
    }
    for (int32_t f = 0; f < frames; f++)
        water->frame_ms[f] = 1000 * frame_s[f];
    for (int32_t e = 0; e < roads->edge_count; e++)
        water->row[e] = -1;
    *out_water = water;
    return TW_OK;
}

void tw_water_destroy(struct tw_water *water)
{
    if (water == NULL) return;
    tw_arena_done(&water->arena);
    free(water->depth_m);
    free(water);
}

/* Make the row of an edge, dry. */
static tw_status add_row(struct tw_water *water, int32_t edge)
{
    if (water->row[edge] >= 0) return TW_OK;
    if (water->row_count == water->row_capacity) {
        int32_t wider = 2 * water->row_capacity + 16;
        double *depth_m =
            realloc(water->depth_m, (size_t)wider * (size_t)water->frames * sizeof *water->depth_m);
        if (depth_m == NULL) return TW_ERR_NOMEM;
        water->depth_m = depth_m;
        water->row_capacity = wider;
    }
    water->row[edge] = water->row_count++;
    double *row = &water->depth_m[(int64_t)water->row[edge] * water->frames];
    memset(row, 0, (size_t)water->frames * sizeof *row);
    return TW_OK;
}

static tw_status raise(struct tw_water *water, int32_t edge, const double *depth_m)
{
    TW_TRY(add_row(water, edge));
    double *row = &water->depth_m[(int64_t)water->row[edge] * water->frames];
    for (int32_t f = 0; f < water->frames; f++)
        if (depth_m[f] > row[f]) row[f] = depth_m[f];
    return TW_OK;
}

/* 0 not usable, 1 dry, 2 wet. */
static int look_at(const struct tw_water *water, const double *depth_m)
{
    int look = 1;
    for (int32_t f = 0; f < water->frames; f++) {
        if (!(depth_m[f] >= 0.0 && depth_m[f] <= 1000.0)) return 0;
        if (depth_m[f] > 0.0) look = 2;
    }
    return look;
}

/* How far a place is from a piece of a road. */
static double piece_distance_m(const struct tw_roads *roads, int32_t corner, double x, double y)
{
    int32_t a = roads->corner[corner], b = roads->corner[corner + 1];
    double ux = roads->x_m[b] - roads->x_m[a], uy = roads->y_m[b] - roads->y_m[a];
    double wx = x - roads->x_m[a], wy = y - roads->y_m[a];
    double square = ux * ux + uy * uy;
    double along = square > 0.0 ? (wx * ux + wy * uy) / square : 0.0;
    along = along < 0.0 ? 0.0 : along > 1.0 ? 1.0 : along;
    return hypot(wx - along * ux, wy - along * uy);
}

static bool edge_near(const struct tw_roads *roads, int32_t edge, double x, double y,
                      double radius_m)
{
    for (int32_t c = roads->edge_begin[edge]; c < roads->edge_end[edge]; c++)
        if (piece_distance_m(roads, c, x, y) <= radius_m) return true;
    return false;
}

static int32_t column(double place_m, double from_m, double cell_m, int32_t count)
{
    double i = floor((place_m - from_m) / cell_m);
    return i < 0.0 ? 0 : i >= count ? count - 1 : (int32_t)i;
}

tw_status tw_water_add(struct tw_water *water, double lon, double lat, double radius_m,
                       const double *depth_m)
{
    const struct tw_roads *roads = water->roads;
    const struct tw_road_grid *grid = &roads->grid;
    int look = look_at(water, depth_m);
    if (look == 0 || !(radius_m >= 0.0 && radius_m < 1e6) || !(fabs(lon) <= 180.0) ||
        !(fabs(lat) <= 90.0))
        return TW_ERR_ARG;
    if (look == 1 || roads->edge_count == 0) return TW_OK;
    double x, y;
    tw_roads_project(roads, lon, lat, &x, &y);
    int32_t i1 = column(x + radius_m, grid->west_m, grid->cell_m, grid->nx);
    int32_t j1 = column(y + radius_m, grid->south_m, grid->cell_m, grid->ny);
    for (int32_t j = column(y - radius_m, grid->south_m, grid->cell_m, grid->ny); j <= j1; j++)
        for (int32_t i = column(x - radius_m, grid->west_m, grid->cell_m, grid->nx); i <= i1; i++) {
            int64_t cell = (int64_t)j * grid->nx + i;
            for (int32_t k = grid->edge_begin[cell]; k < grid->edge_begin[cell + 1]; k++)
                if (edge_near(roads, grid->edge[k], x, y, radius_m))
                    TW_TRY(raise(water, grid->edge[k], depth_m));
        }
    return TW_OK;
}

static bool is_line(const struct tw_roads *roads, int32_t edge, const char *id)
{
    return strcmp(roads->line_id[roads->edge_line[edge]], id) == 0;
}

tw_status tw_water_add_road(struct tw_water *water, const char *id, const double *depth_m)
{
    const struct tw_roads *roads = water->roads;
    if (look_at(water, depth_m) == 0) return TW_ERR_ARG;
    bool found = false;
    for (int32_t e = 0; e < roads->edge_count; e++)
        if (is_line(roads, e, id)) {
            TW_TRY(raise(water, e, depth_m));
            found = true;
        }
    return found ? TW_OK : TW_ERR_NAME;
}

tw_status tw_water_close(struct tw_water *water, const char *id)
{
    const struct tw_roads *roads = water->roads;
    bool found = false;
    for (int32_t e = 0; e < roads->edge_count; e++)
        if (is_line(roads, e, id)) {
            TW_TRY(add_row(water, e));
            for (int32_t f = 0; f < water->frames; f++)
                water->depth_m[(int64_t)water->row[e] * water->frames + f] = HUGE_VAL;
            found = true;
        }
    return found ? TW_OK : TW_ERR_NAME;
}
