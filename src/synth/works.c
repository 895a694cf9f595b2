/* Ponds in parks, tanks beside sewers, pumped underpasses. */
#include "synth/city.h"

#include "synth/random.h"

#include <stdio.h>

static const double pool_m = 1.5;       /* depth of a pond in dry weather */
static const double weir_metric = 1.84; /* of a sharp crest, SI */

/* ---- where ---- */

static bool may_hold_water(const struct tw_city *city, int32_t n)
{
    const struct tw_sites *sites = &city->sites;
    if (sites->combined[n] || sites->level[n] < 2) return false;
    if (city->points.at[n] >= 0 || city->points.above[n]) return false;
    if (city->points.at[sites->parent[n]] >= 0 || city->work[sites->parent[n]]) return false;
    return sites->upstream[n] >= 4 && sites->upstream[n] <= 60 &&
           city->rain.section[n].kind == TW_SECTION_CIRCULAR;
}

/* `count` places of a kind, spread over the city: the best by chance of each stretch of sites. */
static void spread(struct tw_city *city, enum tw_city_work work, int32_t count)
{
    for (int32_t k = 0; k < count; k++) {
        int32_t begin = (int32_t)((int64_t)k * city->sites.count / count), best = -1;
        int32_t end = (int32_t)((int64_t)(k + 1) * city->sites.count / count);
        double best_draw = 2.0;
        for (int32_t n = begin; n < end; n++) {
            if (n < city->sites.root_count || city->work[n] || !may_hold_water(city, n)) continue;
            double draw = tw_draw_unit(city->seed, TW_DRAW_TANK, n, (int64_t)work);
            if (draw < best_draw) {
                best_draw = draw;
                best = n;
            }
        }
        if (best >= 0) city->work[best] = (unsigned char)work;
    }
}

tw_status tw_city_plan_works(struct tw_city *city)
{
    city->work = TW_ARENA_NEW(&city->arena, unsigned char, city->sites.count);
    if (city->work == NULL) return TW_ERR_NOMEM;
    spread(city, TW_WORK_LAKE, 1 + city->sites.count / 2500);
    spread(city, TW_WORK_TANK, 1 + city->sites.count / 400);
    return TW_OK;
}

/* ---- ponds ---- */

static void build_lake(struct tw_city *city, int32_t n)
{
    struct tw_rows *rows = &city->rows;
    int32_t row = city->rain_node[n], parent = city->rain_node[city->sites.parent[n]];
    struct tw_node_row *node = &rows->node[row];
    double area_m2 = 600.0 + 60.0 * city->sites.upstream[n];
    node->kind = TW_ROW_STORAGE;
    node->invert_m -= pool_m;
    node->start_m = pool_m;
    double deep_m = node->ground_m - node->invert_m;
    node->curve = tw_rows_curve(rows, "STORAGE", "AREA", row);
    tw_curve_add(&rows->curve[node->curve], 0.0, 0.55 * area_m2);
    tw_curve_add(&rows->curve[node->curve], pool_m, 0.85 * area_m2);
    tw_curve_add(&rows->curve[node->curve], deep_m, area_m2);
    double flow_m3s = 0.5 * city->rain.design_m3s[n];
    int32_t rating = tw_rows_curve(rows, "RATING", "RATE", row);
    tw_curve_add(&rows->curve[rating], 0.0, 0.0);
    tw_curve_add(&rows->curve[rating], 0.3, 0.2 * flow_m3s);
    tw_curve_add(&rows->curve[rating], 0.8, 0.6 * flow_m3s);
    tw_curve_add(&rows->curve[rating], 2.0, flow_m3s);
    struct tw_link_row *outlet = &rows->link[tw_rows_link(rows, TW_ROW_OUTLET, row, parent)];
    outlet->up_m = node->invert_m + pool_m;
    outlet->curve = rating;
    struct tw_link_row *weir = &rows->link[tw_rows_link(rows, TW_ROW_WEIR, row, parent)];
    weir->up_m = node->invert_m + pool_m + 0.6;
    weir->coefficient = weir_metric;
    weir->section = (struct tw_section){.kind = TW_SECTION_RECT_OPEN,
                                        .height_m = node->ground_m - weir->up_m,
                                        .width_m = 2.0 + 2.0 * city->rain.design_m3s[n]};
}

/* ---- tanks beside storm sewers ---- */

/* The nearest node downstream that a tank with this invert can empty into; -1 none. */
static int32_t drain_site(const struct tw_city *city, int32_t n, double invert_m)
{
    for (int k = 0; k < 4 && city->sites.parent[n] >= 0; k++) {
        n = city->sites.parent[n];
        if (city->points.at[n] >= 0 || city->work[n] == TW_WORK_LAKE) return -1;
        if (city->rain.invert_m[n] < invert_m - 0.05) return n;
    }
    return -1;
}

static void tank_rule(struct tw_city *city, const struct tw_link_row *gate,
                      const struct tw_node_row *below, double high_m)
{
    (void)tw_strbuf_printf(&city->rows.rules,
                           "RULE TANK_%s\n"
                           "IF NODE %s DEPTH > %.2f\n"
                           "THEN ORIFICE %s SETTING = 0.2\n"
                           "ELSE ORIFICE %s SETTING = 1.0\n"
                           "PRIORITY 2\n\n",
                           gate->name, below->name, high_m, gate->name, gate->name);
}

static void build_tank(struct tw_city *city, int32_t n)
{
    struct tw_rows *rows = &city->rows;
    const struct tw_section *sewer = &city->rain.section[n];
    double crest_m = city->rain.up_m[n] + 0.65 * sewer->height_m, deep_m = 2.6;
    int32_t drain = -1;
    while (drain < 0 && deep_m > 1.0) {
        drain = drain_site(city, n, crest_m - deep_m);
        deep_m -= 0.4;
    }
    if (drain < 0) return;
    deep_m += 0.4;
    int32_t row = tw_rows_node(rows, TW_ROW_STORAGE, "T", n + 1);
    struct tw_node_row *tank = &rows->node[row];
    tank->x_m = city->sites.x_m[n] + 12.0;
    tank->y_m = city->sites.y_m[n] - 10.0;
    tank->invert_m = crest_m - deep_m;
    tank->ground_m = city->sites.ground_m[n] + 0.5;
    double area_m2 = 40.0 * city->sites.upstream[n] / deep_m;
    tank->curve = tw_rows_curve(rows, "STORAGE", "AREA", row);
    tw_curve_add(&rows->curve[tank->curve], 0.0, 0.3 * area_m2);
    tw_curve_add(&rows->curve[tank->curve], 0.5, area_m2);
    tw_curve_add(&rows->curve[tank->curve], tank->ground_m - tank->invert_m, 1.05 * area_m2);
    struct tw_link_row *weir =
        &rows->link[tw_rows_link(rows, TW_ROW_WEIR, city->rain_node[n], row)];
    weir->side = true;
    weir->up_m = crest_m;
    weir->coefficient = weir_metric;
    weir->section = (struct tw_section){.kind = TW_SECTION_RECT_OPEN,
                                        .height_m = 0.8 * sewer->height_m,
                                        .width_m = 2.0 + sewer->height_m};
    int32_t below = city->rain_node[drain];
    struct tw_link_row *gate = &rows->link[tw_rows_link(rows, TW_ROW_ORIFICE, row, below)];
    gate->up_m = tank->invert_m;
    gate->coefficient = 0.65;
    gate->gated = true;
    gate->close_h = 0.05;
    gate->section = tw_section_pipe(0.25);
    tank_rule(city, gate, &rows->node[below], 0.7 * city->rain.section[drain].height_m);
}

/* ---- underpasses ---- */

static void build_sump(struct tw_city *city, const struct tw_point *point)
{
    struct tw_rows *rows = &city->rows;
    int32_t n = point->site, street = city->rain_node[n];
    int32_t below = city->rain_node[city->sites.parent[n]];
    double pipe_m = 15.0, flow_m3s = point->onset_m3s;
    int32_t row = tw_rows_node(rows, TW_ROW_STORAGE, "S", n + 1);
    struct tw_node_row *sump = &rows->node[row];
    sump->x_m = city->sites.x_m[n] + 10.0;
    sump->y_m = city->sites.y_m[n] + 10.0;
    struct tw_link_row *inlet = &rows->link[tw_rows_link(rows, TW_ROW_CONDUIT, street, row)];
    inlet->section = tw_section_choose(TW_SERIES_PIPE, 2.0 * flow_m3s, 0.01, 3);
    inlet->length_m = pipe_m;
    inlet->up_m = city->rain.up_m[n];
    inlet->down_m = inlet->up_m - 0.01 * pipe_m;
    inlet->exit_loss = 0.5;
    sump->invert_m = inlet->down_m - 2.0;
    sump->ground_m = city->sites.ground_m[n] + 2.0; /* its shaft rises to the street above */
    sump->area_m2 = tw_point_sump_m2(point);
    struct tw_link_row *pump = &rows->link[tw_rows_link(rows, TW_ROW_PUMP, row, below)];
    pump->start_m = 1.2;
    pump->stop_m = 0.4;
    pump->curve = tw_rows_curve(rows, "PUMP3", "LIFT", row);
    double lift_m = rows->node[below].invert_m - sump->invert_m - pump->start_m;
    lift_m = lift_m < 3.0 ? 3.0 : lift_m;
    struct tw_curve_row *curve = &rows->curve[pump->curve];
    tw_curve_add(curve, 0.0, 1.08 * flow_m3s);
    tw_curve_add(curve, lift_m, flow_m3s);
    tw_curve_add(curve, 1.8 * lift_m, 0.6 * flow_m3s);
    tw_curve_add(curve, 2.6 * lift_m, 0.0);
}

void tw_city_build_works(struct tw_city *city)
{
    for (int32_t n = city->sites.root_count; n < city->sites.count; n++) {
        if (city->work[n] == TW_WORK_LAKE) build_lake(city, n);
        if (city->work[n] == TW_WORK_TANK) build_tank(city, n);
    }
    for (int32_t p = 0; p < TW_POINT_COUNT; p++)
        if (city->points.point[p].kind == TW_POINT_UNDERPASS)
            build_sump(city, &city->points.point[p]);
}
