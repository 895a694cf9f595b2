#include "synth/points.h"

#include "synth/hyetograph.h"
#include "synth/random.h"

#include <math.h>
#include <string.h>

/* Names in Chongqing's manner; no such places are known to us. */
static const struct tw_point cast[TW_POINT_COUNT] = {
    {"鹅石坎下穿道", "Eshikan Underpass", TW_POINT_UNDERPASS, -1, 10, 0.0, 0.0},
    {"响水沟口", "Xiangshuigou Gully Mouth", TW_POINT_GULLY, -1, 8, 0.0, 0.0},
    {"滨江北路猫儿湾", "Maoerwan, Binjiang North Road", TW_POINT_RIVERSIDE, -1, 7, 0.0, 0.0},
    {"棉花坝路口", "Mianhuaba Crossing", TW_POINT_CROSSING, -1, 6, 0.0, 0.0},
    {"麻柳沟口", "Maliugou Gully Mouth", TW_POINT_GULLY, -1, 7, 0.0, 0.0},
    {"铁匠坡下穿道", "Tiejiangpo Underpass", TW_POINT_UNDERPASS, -1, 9, 0.0, 0.0},
    {"滨江南路青石嘴", "Qingshizui, Binjiang South Road", TW_POINT_RIVERSIDE, -1, 8, 0.0, 0.0},
    {"柑子园路口", "Ganziyuan Crossing", TW_POINT_CROSSING, -1, 5, 0.0, 0.0},
    {"白鹤溪沟口", "Baihexi Gully Mouth", TW_POINT_GULLY, -1, 6, 0.0, 0.0},
    {"盐码头滨江路段", "Yanmatou, Riverside Road", TW_POINT_RIVERSIDE, -1, 7, 0.0, 0.0},
    {"磨子石下穿道", "Mozishi Underpass", TW_POINT_UNDERPASS, -1, 9, 0.0, 0.0},
    {"大水井路口", "Dashuijing Crossing", TW_POINT_CROSSING, -1, 6, 0.0, 0.0},
};

/* What a kind of point asks of its site; each round of the search widens it. */
struct wish {
    int32_t level_least, level_most;
    int32_t upstream_least, upstream_most;
    double drop_most_m; /* from the site down to its parent: a hollow needs a flat place */
    double shore_most_m;
    double part_least; /* of its tree that drains through it */
};

static const struct wish wishes[] = {
    [TW_POINT_GULLY] = {1, 3, 8, 90, 2.0, 1e9, 0.35},
    [TW_POINT_RIVERSIDE] = {1, 3, 3, 30, 2.0, 140.0, 0.0},
    [TW_POINT_UNDERPASS] = {2, 99, 3, 12, 2.5, 1e9, 0.0},
    [TW_POINT_CROSSING] = {3, 99, 4, 25, 2.0, 1e9, 0.0},
};

struct choice {
    const struct tw_land *land;
    const struct tw_sites *sites;
    struct tw_points *points;
    uint64_t seed;
    int32_t *in_root; /* [roots] points in that tree so far */
    int32_t chosen;
};

static double drop_m(const struct tw_sites *sites, int32_t n)
{
    return sites->ground_m[n] - sites->ground_m[sites->parent[n]];
}

static bool is_above(const struct tw_sites *sites, int32_t upper, int32_t lower)
{
    while (sites->level[upper] > sites->level[lower])
        upper = sites->parent[upper];
    return upper == lower;
}

/* Points must not share water, nor a street corner. */
static bool clear_of_others(const struct choice *choice, int32_t n)
{
    const struct tw_sites *sites = choice->sites;
    for (int32_t p = 0; p < TW_POINT_COUNT; p++) {
        int32_t other = choice->points->point[p].site;
        if (other < 0) continue;
        double dx = sites->x_m[n] - sites->x_m[other], dy = sites->y_m[n] - sites->y_m[other];
        if (dx * dx + dy * dy < 4.0 * TW_SITE_SPACE_M * TW_SITE_SPACE_M) return false;
        if (sites->root[n] != sites->root[other]) continue;
        if (is_above(sites, n, other) || is_above(sites, other, n)) return false;
    }
    return true;
}

static bool fits(const struct choice *choice, const struct wish *wish, int32_t n, int32_t round)
{
    const struct tw_sites *sites = choice->sites;
    int32_t least = wish->upstream_least - round;
    if (sites->upstream[n] < (least > 1 ? least : 1)) return false;
    if (sites->upstream[n] > wish->upstream_most + 4 * round) return false;
    if (sites->level[n] < wish->level_least - round) return false;
    if (sites->level[n] > wish->level_most + round) return false;
    if (drop_m(sites, n) > wish->drop_most_m + 1.2 * round) return false;
    double part = (double)sites->upstream[n] / sites->upstream[sites->root[n]];
    if (part < wish->part_least - 0.1 * round) return false;
    return wish->shore_most_m > 1e8 || tw_land_shore_m(choice->land, sites->x_m[n], sites->y_m[n]) <
                                           wish->shore_most_m + 30.0 * round;
}

/* The best site for a kind of point; trees without a point come first, then chance and flatness. */
static int32_t best_site(const struct choice *choice, const struct wish *wish, int32_t round)
{
    const struct tw_sites *sites = choice->sites;
    int32_t best = -1;
    double best_score = 1e9;
    for (int32_t n = sites->root_count; n < sites->count; n++) {
        if (!fits(choice, wish, n, round) || !clear_of_others(choice, n)) continue;
        double score = 10.0 * choice->in_root[sites->root[n]] + 0.4 * drop_m(sites, n) +
                       tw_draw_unit(choice->seed, TW_DRAW_POINT, n, choice->chosen);
        if (score < best_score) {
            best_score = score;
            best = n;
        }
    }
    return best;
}

/* A hollow: lower than all streets that meet there, an underpass deeper still. */
static void dig(struct tw_sites *sites, const struct tw_point *point, uint64_t seed)
{
    int32_t n = point->site;
    double ground_m = sites->ground_m[n];
    double deep_m = tw_draw_between(tw_draw_bits(seed, TW_DRAW_POINT, n, -1), 0.6, 1.1);
    if (drop_m(sites, n) < 3.5 && ground_m > sites->ground_m[sites->parent[n]])
        ground_m = sites->ground_m[sites->parent[n]];
    sites->ground_m[n] = ground_m - deep_m - (point->kind == TW_POINT_UNDERPASS ? 2.0 : 0.0);
}

tw_status tw_points_choose(struct tw_arena *arena, const struct tw_land *land, uint64_t seed,
                           struct tw_sites *sites, struct tw_points *out_points)
{
    struct choice choice = {.land = land, .sites = sites, .points = out_points, .seed = seed};
    choice.in_root = TW_ARENA_NEW(arena, int32_t, sites->root_count);
    memcpy(out_points->point, cast, sizeof cast);
    out_points->at = TW_ARENA_NEW(arena, int32_t, sites->count);
    out_points->above = TW_ARENA_NEW(arena, bool, sites->count);
    out_points->below = TW_ARENA_NEW(arena, bool, sites->count);
    if (choice.in_root == NULL || out_points->at == NULL || out_points->above == NULL ||
        out_points->below == NULL)
        return TW_ERR_NOMEM;
    for (int32_t n = 0; n < sites->count; n++)
        out_points->at[n] = -1;
    for (int32_t p = 0; p < TW_POINT_COUNT; p++) {
        struct tw_point *point = &out_points->point[p];
        for (int32_t round = 0; point->site < 0 && round < 100; round++)
            point->site = best_site(&choice, &wishes[point->kind], round);
        if (point->site < 0) return TW_ERR_ARG; /* fewer sites than points: --nodes is checked */
        choice.in_root[sites->root[point->site]]++;
        choice.chosen++;
        out_points->at[point->site] = p;
    }
    for (int32_t p = 0; p < TW_POINT_COUNT; p++) {
        dig(sites, &out_points->point[p], seed);
        for (int32_t n = sites->parent[out_points->point[p].site]; n >= 0; n = sites->parent[n])
            out_points->below[n] = true;
    }
    for (int32_t n = sites->root_count; n < sites->count; n++) {
        int32_t parent = sites->parent[n];
        out_points->above[n] = out_points->above[parent] || out_points->at[parent] >= 0;
    }
    return TW_OK;
}

/* Mean rain of the minutes that the water takes to arrive [mm/h]. */
static double arriving_mmh(const struct tw_chicago *storm, double minute, double travel_min)
{
    double depth_mm =
        tw_chicago_depth_mm(storm, minute) - tw_chicago_depth_mm(storm, minute - travel_min);
    return depth_mm * 60.0 / travel_min;
}

double tw_point_sump_m2(const struct tw_point *point) { return 4.0 + 12.0 * point->onset_m3s; }

void tw_point_size_pond(struct tw_point *point, uint64_t seed, double runoff_ha, double travel_min)
{
    struct tw_chicago storm = {tw_intensity_shapingba(), 50.0, 180.0, 0.4};
    double left_m3 = 0.0;
    for (int minute = 1; minute <= 300; minute++) {
        double inflow_m3s = arriving_mmh(&storm, minute, travel_min) * runoff_ha / 360.0;
        if (inflow_m3s > point->onset_m3s) left_m3 += 60.0 * (inflow_m3s - point->onset_m3s);
    }
    if (point->kind == TW_POINT_UNDERPASS) left_m3 -= 5.0 * tw_point_sump_m2(point);
    double deep_m = tw_draw_between(tw_draw_bits(seed, TW_DRAW_POND, point->site, 0), 0.28, 0.62);
    double area_m2 = left_m3 / deep_m;
    point->pond_m2 = area_m2 < 20.0 ? 20.0 : area_m2 > 30000.0 ? 30000.0 : area_m2;
}
