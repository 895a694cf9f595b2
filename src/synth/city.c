#include "synth/city.h"

#include <string.h>

void tw_city_place_gages(struct tw_city *city)
{
    int32_t count = 4 + city->sites.count / 300;
    city->gage_count = count < TW_CITY_GAGES_MOST ? count : TW_CITY_GAGES_MOST;
    for (int32_t g = 0; g < city->gage_count; g++) {
        double x_m = city->land.length_m * ((g + 0.5) / city->gage_count - 0.5);
        double aside = g % 2 ? -0.45 : 0.45; /* one north, one south of the ridge */
        city->gage_x_m[g] = x_m;
        city->gage_y_m[g] =
            tw_land_axis_m(&city->land, x_m) + aside * tw_land_half_width_m(&city->land, x_m);
    }
}

/* The ground of the terrain file at each site is the site's own. */
static tw_status settle_ground(struct tw_city *city)
{
    struct tw_sites *sites = &city->sites;
    double *natural_m = TW_ARENA_NEW(&city->arena, double, sites->count);
    if (natural_m == NULL) return TW_ERR_NOMEM;
    for (int32_t n = sites->root_count; n < sites->count; n++)
        natural_m[n] = tw_land_ground_m(&city->land, sites->x_m[n], sites->y_m[n]);
    for (int sweep = 0; sweep < 6; sweep++)
        for (int32_t n = sites->root_count; n < sites->count; n++) {
            double made_m = tw_lattice_fill_m(&city->lattice, sites->x_m[n], sites->y_m[n]);
            city->lattice.fill_m[sites->cell[n]] += sites->ground_m[n] - natural_m[n] - made_m;
        }
    return TW_OK;
}

/* Everything, once, with sites of some weight. */
static tw_status make_once(struct tw_city *city, int32_t weight, int32_t nodes)
{
    struct tw_sites_options options = {.seed = city->seed, .weight = weight};
    tw_arena_reset(&city->arena);
    tw_rows_done(&city->rows);
    TW_TRY(tw_sites_make(&city->arena, &options, &city->land, &city->lattice, &city->sites));
    TW_TRY(tw_points_choose(&city->arena, &city->land, city->seed, &city->sites, &city->points));
    TW_TRY(tw_rows_init(&city->arena, nodes, &city->rows));
    TW_TRY(
        tw_sewer_design_rain(&city->arena, &city->sites, city->seed, &city->points, &city->rain));
    TW_TRY(tw_sewer_design_foul(&city->arena, &city->sites, city->seed, &city->foul));
    TW_TRY(tw_city_plan_works(city));
    tw_city_place_gages(city);
    TW_TRY(tw_city_build_streets(city));
    tw_city_build_works(city);
    return tw_city_build_riverside(city);
}

tw_status tw_city_make(uint64_t seed, int32_t nodes, struct tw_city *out_city)
{
    struct tw_city *city = out_city;
    memset(city, 0, sizeof *city);
    tw_arena_init(&city->arena);
    city->seed = seed;
    int32_t weight = nodes - 50 - nodes / 12;
    for (int attempt = 0; attempt < 6; attempt++) {
        TW_TRY(make_once(city, weight, nodes));
        int32_t missing = nodes - city->rows.node_count;
        if (missing >= 0 && missing <= 1) break; /* a street of two sewers more would be too much */
        weight += missing;
    }
    return settle_ground(city);
}

void tw_city_done(struct tw_city *city)
{
    if (city == NULL) return;
    tw_rows_done(&city->rows);
    tw_arena_done(&city->arena);
}
