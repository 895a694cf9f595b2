/* Manholes, sewers and subcatchments of the sites. */
#include "synth/city.h"

#include "synth/random.h"

#include <math.h>

static int32_t street_node(struct tw_city *city, const struct tw_sewer *sewer, int32_t n,
                           const char *prefix)
{
    const struct tw_sites *sites = &city->sites;
    bool foul = sewer == &city->foul;
    int32_t row = tw_rows_node(&city->rows, TW_ROW_JUNCTION, prefix, n + 1);
    struct tw_node_row *node = &city->rows.node[row];
    double aside_m = foul ? 2.5 : 0.0; /* in the same street */
    node->x_m = sites->x_m[n] + aside_m;
    node->y_m = sites->y_m[n] + aside_m;
    node->invert_m = sewer->invert_m[n];
    node->ground_m = sites->ground_m[n];
    double least_m = sewer->invert_m[n] + sewer->section[n].height_m;
    if (node->ground_m < least_m + 0.01) node->ground_m = least_m + 0.01; /* a channel's walls */
    int32_t point = foul ? -1 : city->points.at[n];
    node->ponded_m2 = point >= 0 ? city->points.point[point].pond_m2
                                 : 300.0 + 500.0 * tw_draw_unit(city->seed, TW_DRAW_POND, n, 1);
    if (foul || sites->combined[n]) {
        node->dry_m3s = tw_sewer_dry_m3s(sites, city->seed, n);
        node->pattern = tw_draw_unit(city->seed, TW_DRAW_PATTERN, n, 0) < 0.8 ? TW_PATTERN_HOMES
                                                                              : TW_PATTERN_OFFICES;
    }
    return row;
}

/* The street's bend that makes it as long as it is, to one side or the other. */
static double bend_m(const struct tw_city *city, int32_t n)
{
    const struct tw_sites *sites = &city->sites;
    int32_t parent = sites->parent[n];
    double dx = sites->x_m[n] - sites->x_m[parent], dy = sites->y_m[n] - sites->y_m[parent];
    double square = sites->street_m[n] * sites->street_m[n] - dx * dx - dy * dy;
    if (square < 4.0) return 0.0;
    double side = tw_draw_unit(city->seed, TW_DRAW_STREET, n, 2) < 0.5 ? -0.5 : 0.5;
    return side * sqrt(square);
}

static void street_link(struct tw_city *city, const struct tw_sewer *sewer, const int32_t *row_of,
                        int32_t n)
{
    if (sewer->section[n].kind == TW_SECTION_NONE) return;
    int32_t parent = city->sites.parent[n];
    int32_t row = tw_rows_link(&city->rows, TW_ROW_CONDUIT, row_of[n], row_of[parent]);
    struct tw_link_row *link = &city->rows.link[row];
    link->section = sewer->section[n];
    link->length_m = city->sites.street_m[n];
    link->up_m = sewer->up_m[n];
    link->down_m = sewer->down_m[n];
    link->bend_m = bend_m(city, n);
    if (sewer == &city->rain && city->points.at[n] >= 0) return; /* its capacity is designed */
    link->exit_loss = link->down_m > sewer->invert_m[parent] + 0.01 ? 0.5 : 0.1;
    link->entry_loss = 0.1;
}

static int32_t nearest_gage(const struct tw_city *city, double x_m, double y_m)
{
    int32_t best = 0;
    double best_square = 1e30;
    for (int32_t g = 0; g < city->gage_count; g++) {
        double dx = x_m - city->gage_x_m[g], dy = y_m - city->gage_y_m[g];
        if (dx * dx + dy * dy < best_square) {
            best_square = dx * dx + dy * dy;
            best = g;
        }
    }
    return best;
}

static void street_basin(struct tw_city *city, int32_t n)
{
    const struct tw_sites *sites = &city->sites;
    struct tw_basin_row *basin = &city->rows.basin[city->rows.basin_count++];
    double roof_to_street_m = 50.0 + 30.0 * tw_draw_unit(city->seed, TW_DRAW_SURFACE, n, 0);
    double fall_m = sites->ground_m[n] - sites->ground_m[sites->parent[n]];
    double slope = fall_m / sites->street_m[n];
    *basin = (struct tw_basin_row){.site = n,
                                   .node = city->rain_node[n],
                                   .gage = nearest_gage(city, sites->x_m[n], sites->y_m[n]),
                                   .area_m2 = sites->area_m2[n],
                                   .impervious = sites->impervious[n],
                                   .width_m = sites->area_m2[n] / roof_to_street_m,
                                   .slope = slope < 0.02   ? 0.02
                                            : slope > 0.15 ? 0.15
                                                           : slope};
}

tw_status tw_city_build_streets(struct tw_city *city)
{
    const struct tw_sites *sites = &city->sites;
    city->rain_node = TW_ARENA_NEW(&city->arena, int32_t, sites->count);
    city->foul_node = TW_ARENA_NEW(&city->arena, int32_t, sites->count);
    if (city->rain_node == NULL || city->foul_node == NULL) return TW_ERR_NOMEM;
    for (int32_t n = 0; n < sites->count; n++) {
        city->rain_node[n] = city->foul_node[n] = -1;
        if (city->rain.there[n])
            city->rain_node[n] = street_node(city, &city->rain, n, sites->combined[n] ? "C" : "R");
        if (city->foul.there[n]) city->foul_node[n] = street_node(city, &city->foul, n, "F");
    }
    for (int32_t n = sites->root_count; n < sites->count; n++) {
        if (city->work[n] != TW_WORK_LAKE) street_link(city, &city->rain, city->rain_node, n);
        if (city->foul.there[n]) street_link(city, &city->foul, city->foul_node, n);
        street_basin(city, n);
    }
    return TW_OK;
}
