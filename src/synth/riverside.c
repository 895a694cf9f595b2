/* The works along the rivers. On each bank an interceptor follows the river road from west to east,
 * in two reaches: the western one ends at a plant half way, the eastern ones meet at the plant at
 * the tip. Foul sewers join it; combined sewers give it what a throttle lets through and spill the
 * rest over a weir to the river, some by a tank; storm sewers go to the river. */
#include "synth/city.h"
#include "synth/exact.h"

#include <math.h>
#include <string.h>

static const double chain_space_m = 54.0, chain_slope = 0.003, chain_cover_m = 2.2;
static const double deepest_m = 10.0; /* a lift station follows */
static const double weir_metric = 1.84, orifice_ratio = 0.65, gravity = 9.81;
static const double river_stage_m = 161.5;

/* One manhole of an interceptor. */
struct stop {
    double x_m, y_m, ground_m;
    double dry_m3s, peak_m3s; /* that join it here */
    double need_m;            /* its invert may be no higher, for those who join */
    double invert_m, arrive_m;
    struct tw_section section; /* of the sewer to the next; kind NONE: pumped */
    bool last;                 /* of its reach */
    int32_t row;
};

struct bank {
    int32_t count, room;
    struct stop *stop;
    int32_t middle; /* the last stop of the western reach */
};

/* What every step needs. */
struct riverside {
    struct tw_city *city;
    struct bank bank[TW_BANK_COUNT];
    int32_t *stop_of; /* [roots] where a mouth joins its bank's interceptor */
    double *gate_m;   /* [roots] diameter of a combined mouth's throttle */
    int32_t outfalls; /* so far, for their names */
};

static double distance_m(double x0, double y0, double x1, double y1)
{
    return sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
}

/* ---- the lines ---- */

/* Put stops along a bank, a constant way apart. */
static tw_status bank_make(struct tw_city *city, enum tw_bank side, struct bank *bank)
{
    const struct tw_land *land = &city->land;
    double begin_m = -0.5 * land->length_m + 15.0, step_m = 3.0;
    double end_m = 0.5 * land->length_m - 0.25 * land->half_width_m - 20.0;
    bank->room = (int32_t)(2.0 * land->length_m / chain_space_m) + 10;
    bank->stop = TW_ARENA_NEW(&city->arena, struct stop, bank->room);
    if (bank->stop == NULL) return TW_ERR_NOMEM;
    double x_before = begin_m, way_m = chain_space_m;
    double y_before = tw_land_bank_m(land, side, begin_m, TW_LAND_ROAD_M);
    double x_next = begin_m;
    while (x_next < end_m && bank->count < bank->room) {
        double x = x_next, y = tw_land_bank_m(land, side, x, TW_LAND_ROAD_M);
        x_next += step_m;
        way_m += distance_m(x_before, y_before, x, y);
        x_before = x;
        y_before = y;
        if (way_m < chain_space_m) continue;
        way_m = 0.0;
        bank->stop[bank->count++] = (struct stop){.x_m = x,
                                                  .y_m = y,
                                                  .ground_m = tw_land_ground_m(land, x, y),
                                                  .need_m = 1e9,
                                                  .arrive_m = 1e9,
                                                  .row = -1};
    }
    bank->middle = (int32_t)((side == TW_BANK_NORTH ? 0.52 : 0.45) * bank->count);
    bank->stop[bank->middle].last = bank->stop[bank->count - 1].last = true;
    return TW_OK;
}

/* A throttle passes four times the mean dry weather flow when its chamber is full to the street;
 * returns that flow, never less than what the smallest pipe passes. */
static double gate_size(const struct tw_city *city, int32_t root, double *out_diameter_m)
{
    double head_m = city->sites.ground_m[root] - city->rain.invert_m[root];
    double speed_mps = orifice_ratio * sqrt(2.0 * gravity * head_m);
    double area_m2 = 4.0 * city->rain.dry_m3s[root] / speed_mps;
    double steps = ceil(sqrt(4.0 * area_m2 / TW_PI) / 0.05);
    *out_diameter_m = steps < 4.0 ? 0.2 : 0.05 * steps;
    return 0.25 * TW_PI * *out_diameter_m * *out_diameter_m * speed_mps;
}

/* The nearest stop to each mouth, and what its sewers bring. */
static void mouths_join(struct riverside *river)
{
    struct tw_city *city = river->city;
    const struct tw_sites *sites = &city->sites;
    for (int32_t root = 0; root < sites->root_count; root++) {
        struct bank *bank = &river->bank[root % TW_BANK_COUNT];
        int32_t best = 0;
        double best_m = 1e30;
        for (int32_t k = 0; k < bank->count; k++) {
            double m = distance_m(sites->x_m[root], sites->y_m[root], bank->stop[k].x_m,
                                  bank->stop[k].y_m);
            if (m < best_m) {
                best_m = m;
                best = k;
            }
        }
        river->stop_of[root] = best;
        struct stop *stop = &bank->stop[best];
        bool combined = sites->combined[root];
        const struct tw_sewer *sewer = combined ? &city->rain : &city->foul;
        if (!sewer->there[root]) continue;
        double dry = sewer->dry_m3s[root];
        stop->dry_m3s += dry;
        stop->peak_m3s += combined ? gate_size(city, root, &river->gate_m[root])
                                   : (tw_sewer_rush(dry) + 0.5) * dry; /* some rain finds its way */
        double need_m = sewer->invert_m[root] - 0.35 - 0.01 * best_m;
        stop->need_m = need_m < stop->need_m ? need_m : stop->need_m;
    }
}

/* Sizes and levels of a bank's interceptor, west to east. */
static void bank_design(struct bank *bank)
{
    double peak_m3s = 0.0, arrive_m = 1e9;
    int32_t least = 2; /* 500 mm */
    for (int32_t k = 0; k < bank->count; k++) {
        struct stop *stop = &bank->stop[k];
        peak_m3s += stop->peak_m3s;
        stop->section = tw_section_choose(TW_SERIES_FOUL, 1.25 * peak_m3s, chain_slope, least);
        least = stop->section.step;
        stop->invert_m = stop->ground_m - chain_cover_m - stop->section.height_m;
        if (stop->need_m < stop->invert_m) stop->invert_m = stop->need_m;
        if (arrive_m < stop->invert_m) stop->invert_m = arrive_m;
        stop->arrive_m = arrive_m;
        if (stop->last) {
            peak_m3s = 0.0;
            arrive_m = 1e9;
            least = 2;
        } else if (stop->ground_m - stop->invert_m > deepest_m) {
            stop->section.kind = TW_SECTION_NONE;
            arrive_m = 1e9;
        } else {
            struct stop *next = stop + 1;
            double length_m = distance_m(stop->x_m, stop->y_m, next->x_m, next->y_m);
            arrive_m = stop->invert_m - chain_slope * length_m;
        }
    }
}

/* ---- rows of the interceptor ---- */

static double reach_peak_m3s(const struct bank *bank, int32_t k)
{
    double sum = 0.0;
    for (;; k--) {
        sum += bank->stop[k].peak_m3s;
        if (k == 0 || bank->stop[k - 1].last) return sum;
    }
}

static double reach_dry_m3s(const struct bank *bank, int32_t k)
{
    double sum = 0.0;
    for (;; k--) {
        sum += bank->stop[k].dry_m3s;
        if (k == 0 || bank->stop[k - 1].last) return sum;
    }
}

static void lift_build(struct tw_rows *rows, const struct bank *bank, int32_t k)
{
    const struct stop *stop = &bank->stop[k];
    double flow_m3s = 1.3 * reach_peak_m3s(bank, k);
    rows->node[stop->row].area_m2 = 12.0 + 60.0 * flow_m3s;
    rows->node[stop->row].invert_m -= 1.5;
    int32_t row = tw_rows_link(rows, TW_ROW_PUMP, stop->row, bank->stop[k + 1].row);
    struct tw_link_row *pump = &rows->link[row];
    pump->curve = tw_rows_curve(rows, "PUMP4", "LIFT", stop->row);
    pump->start_m = 1.0;
    pump->stop_m = 0.4;
    tw_curve_add(&rows->curve[pump->curve], 0.0, 0.0);
    tw_curve_add(&rows->curve[pump->curve], 0.4, 0.1 * flow_m3s);
    tw_curve_add(&rows->curve[pump->curve], 2.2, flow_m3s);
}

static void bank_rows(struct tw_rows *rows, struct bank *bank, const char *prefix)
{
    for (int32_t k = 0; k < bank->count; k++) {
        struct stop *stop = &bank->stop[k];
        bool lift = stop->section.kind == TW_SECTION_NONE && !stop->last;
        stop->row = tw_rows_node(rows, lift ? TW_ROW_STORAGE : TW_ROW_JUNCTION, prefix, k + 1);
        struct tw_node_row *node = &rows->node[stop->row];
        node->x_m = stop->x_m;
        node->y_m = stop->y_m;
        node->invert_m = stop->invert_m;
        node->ground_m = stop->ground_m;
        node->ponded_m2 = 200.0;
    }
    for (int32_t k = 0; k < bank->count; k++) {
        const struct stop *stop = &bank->stop[k];
        if (stop->last) continue;
        if (stop->section.kind == TW_SECTION_NONE) {
            lift_build(rows, bank, k);
            continue;
        }
        const struct stop *next = stop + 1;
        int32_t row = tw_rows_link(rows, TW_ROW_CONDUIT, stop->row, next->row);
        struct tw_link_row *link = &rows->link[row];
        link->section = stop->section;
        link->length_m = distance_m(stop->x_m, stop->y_m, next->x_m, next->y_m);
        link->up_m = stop->invert_m;
        link->down_m = next->arrive_m < next->invert_m + 0.1 ? next->invert_m : next->arrive_m;
        link->entry_loss = link->exit_loss = 0.1;
    }
}

/* ---- outfalls ---- */

/* An outfall in the river off a place; every third lies under water, behind a flap gate. */
static int32_t outfall_build(struct riverside *river, const struct tw_node_row *from,
                             enum tw_bank side)
{
    struct tw_rows *rows = &river->city->rows;
    bool drowned = river->outfalls % 3 == 2;
    double x_m = from->x_m;
    double y_m = tw_land_bank_m(&river->city->land, side, x_m, drowned ? -6.0 : 4.0);
    int32_t row = tw_rows_node(rows, TW_ROW_OUTFALL, "O", ++river->outfalls);
    struct tw_node_row *outfall = &rows->node[row];
    outfall->x_m = x_m;
    outfall->y_m = y_m;
    outfall->invert_m = drowned ? 160.9 : 163.0;
    outfall->ground_m = outfall->invert_m + 4.0;
    outfall->stage_m = river_stage_m;
    outfall->gated = true;
    return row;
}

/* A sewer from a node to the river. */
static void outlet_build(struct riverside *river, int32_t from, enum tw_bank side,
                         const struct tw_section *arrives, double flow_m3s)
{
    struct tw_rows *rows = &river->city->rows;
    int32_t outfall = outfall_build(river, &rows->node[from], side);
    struct tw_link_row *link = &rows->link[tw_rows_link(rows, TW_ROW_CONDUIT, from, outfall)];
    const struct tw_node_row *upper = &rows->node[from], *lower = &rows->node[outfall];
    link->length_m = distance_m(upper->x_m, upper->y_m, lower->x_m, lower->y_m);
    if (link->length_m < 25.0) link->length_m = 25.0;
    link->up_m = upper->invert_m;
    link->down_m = lower->invert_m;
    double slope = (link->up_m - link->down_m) / link->length_m;
    bool open = arrives->kind == TW_SECTION_RECT_OPEN || arrives->kind == TW_SECTION_TRAPEZOIDAL;
    link->section = tw_section_choose(open ? TW_SERIES_CHANNEL : TW_SERIES_PIPE, flow_m3s,
                                      slope > 0.002 ? slope : 0.002, arrives->step);
    link->entry_loss = 0.3;
    link->exit_loss = 1.0;
    double least_m = upper->invert_m + link->section.height_m;
    if (rows->node[from].ground_m < least_m + 0.01) rows->node[from].ground_m = least_m + 0.01;
}

/* ---- mouths ---- */

static void foul_mouth(struct riverside *river, int32_t root, const struct stop *stop)
{
    struct tw_rows *rows = &river->city->rows;
    int32_t from = river->city->foul_node[root];
    struct tw_link_row *link = &rows->link[tw_rows_link(rows, TW_ROW_CONDUIT, from, stop->row)];
    const struct tw_node_row *node = &rows->node[from];
    link->section = river->city->foul.section[root];
    link->length_m = distance_m(node->x_m, node->y_m, stop->x_m, stop->y_m);
    if (link->length_m < 12.0) link->length_m = 12.0;
    link->up_m = node->invert_m;
    link->down_m = node->invert_m - 0.01 * link->length_m;
    if (link->down_m - rows->node[stop->row].invert_m < 0.3)
        link->down_m = rows->node[stop->row].invert_m;
    link->exit_loss = 0.5;
}

/* The throttle closes when the interceptor runs full where it ends. */
static void throttle_rule(struct tw_city *city, const struct tw_link_row *gate,
                          const struct stop *end)
{
    (void)tw_strbuf_printf(&city->rows.rules,
                           "RULE THROTTLE_%s\n"
                           "IF NODE %s DEPTH > %.2f\n"
                           "THEN ORIFICE %s SETTING = 0.4\n"
                           "ELSE ORIFICE %s SETTING = 1.0\n"
                           "PRIORITY 1\n\n",
                           gate->name, city->rows.node[end->row].name, 1.1 * end->section.height_m,
                           gate->name, gate->name);
}

static const struct stop *reach_end(const struct bank *bank, int32_t k)
{
    while (!bank->stop[k].last)
        k++;
    return &bank->stop[k];
}

static struct tw_link_row *spill_build(struct tw_rows *rows, int32_t from, int32_t to,
                                       double crest_m, double flow_m3s)
{
    struct tw_link_row *weir = &rows->link[tw_rows_link(rows, TW_ROW_WEIR, from, to)];
    double width_m = flow_m3s / (weir_metric * 0.58); /* 0.7 m over the crest, to the 1.5 */
    weir->up_m = crest_m;
    weir->coefficient = weir_metric;
    weir->section = (struct tw_section){.kind = TW_SECTION_RECT_OPEN,
                                        .height_m = rows->node[from].ground_m - crest_m - 0.2,
                                        .width_m = width_m < 1.5    ? 1.5
                                                   : width_m > 24.0 ? 24.0
                                                                    : width_m};
    if (weir->section.height_m < 0.6) weir->section.height_m = 0.6;
    return weir;
}

/* A tank that keeps the first, dirtiest spill and is pumped back after the storm. */
static int32_t spill_tank(struct tw_city *city, int32_t root, double crest_m,
                          const struct stop *stop)
{
    struct tw_rows *rows = &city->rows;
    int32_t row = tw_rows_node(rows, TW_ROW_STORAGE, "T", root + 1);
    struct tw_node_row *tank = &rows->node[row];
    double deep_m = 4.0, volume_m3 = 60.0 * city->rain.runoff_ha[root];
    tank->x_m = city->sites.x_m[root] + 14.0;
    tank->y_m = city->sites.y_m[root];
    tank->invert_m = crest_m - deep_m;
    tank->ground_m = city->sites.ground_m[root] + 0.5;
    tank->curve = tw_rows_curve(rows, "STORAGE", "AREA", row);
    tw_curve_add(&rows->curve[tank->curve], 0.0, 0.2 * volume_m3 / deep_m);
    tw_curve_add(&rows->curve[tank->curve], 0.6, 1.1 * volume_m3 / deep_m);
    tw_curve_add(&rows->curve[tank->curve], tank->ground_m - tank->invert_m,
                 1.1 * volume_m3 / deep_m);
    struct tw_link_row *pump = &rows->link[tw_rows_link(rows, TW_ROW_PUMP, row, stop->row)];
    pump->start_m = 1.5;
    pump->stop_m = 0.3;
    pump->curve = tw_rows_curve(rows, "PUMP2", "LIFT", row);
    double flow_m3s = volume_m3 / (8.0 * 3600.0); /* empty after eight hours */
    tw_curve_add(&rows->curve[pump->curve], 2.0, 0.5 * flow_m3s);
    tw_curve_add(&rows->curve[pump->curve], 6.0, flow_m3s);
    const char *below = rows->node[stop->row].name;
    double high_m = stop->section.height_m;
    (void)tw_strbuf_printf(&rows->rules,
                           "RULE STOP_%s\n"
                           "IF NODE %s DEPTH > %.2f\n"
                           "THEN PUMP %s STATUS = OFF\n"
                           "PRIORITY 3\n\n"
                           "RULE HOLD_%s\n"
                           "IF NODE %s DEPTH > %.2f\n"
                           "AND PUMP %s STATUS = OFF\n"
                           "THEN PUMP %s STATUS = OFF\n"
                           "PRIORITY 3\n\n",
                           pump->name, below, 0.6 * high_m, pump->name, pump->name, below,
                           0.3 * high_m, pump->name, pump->name);
    return row;
}

static void combined_mouth(struct riverside *river, int32_t root, const struct bank *bank)
{
    struct tw_city *city = river->city;
    struct tw_rows *rows = &city->rows;
    const struct stop *stop = &bank->stop[river->stop_of[root]];
    enum tw_bank side = (enum tw_bank)(root % TW_BANK_COUNT);
    int32_t chamber = city->rain_node[root];
    double flow_m3s = 2.6 * city->rain.design_m3s[root]; /* of 50 years, from 2 */
    if (city->points.below[root]) flow_m3s = 1.3 * city->rain.design_m3s[root];
    double invert_m = rows->node[chamber].invert_m;
    rows->node[chamber].kind = TW_ROW_STORAGE;
    rows->node[chamber].dry_m3s = 0.0;
    rows->node[chamber].area_m2 = 12.0 + 5.0 * flow_m3s;
    rows->node[chamber].ground_m += 1.0; /* its lid is bolted */
    double crest_m = invert_m + 0.6 * city->rain.section[root].height_m;
    struct tw_link_row *gate = &rows->link[tw_rows_link(rows, TW_ROW_ORIFICE, chamber, stop->row)];
    gate->section = tw_section_pipe(river->gate_m[root]);
    gate->up_m = invert_m;
    gate->coefficient = orifice_ratio;
    gate->close_h = 0.05;
    throttle_rule(city, gate, reach_end(bank, river->stop_of[root]));
    int32_t over = tw_rows_node(rows, TW_ROW_JUNCTION, "X", root + 1);
    struct tw_node_row *node = &rows->node[over];
    node->x_m = city->sites.x_m[root] + 6.0;
    node->y_m = tw_land_bank_m(&city->land, side, node->x_m, TW_LAND_MOUTH_M - 8.0);
    node->invert_m = crest_m - 1.0;
    node->ground_m = city->sites.ground_m[root] + 0.3;
    node->kind = TW_ROW_STORAGE;
    node->area_m2 = 15.0 + 3.0 * flow_m3s;
    int32_t spill_from = chamber;
    if (root % 4 < 2) {
        int32_t tank = spill_tank(city, root, crest_m, stop);
        (void)spill_build(rows, chamber, tank, crest_m, flow_m3s);
        spill_from = tank;
        crest_m += 0.15;
    }
    (void)spill_build(rows, spill_from, over, crest_m, flow_m3s);
    outlet_build(river, over, side, &(struct tw_section){.kind = TW_SECTION_CIRCULAR, .step = 6},
                 flow_m3s);
}

static void mouths_build(struct riverside *river)
{
    struct tw_city *city = river->city;
    for (int32_t root = 0; root < city->sites.root_count; root++) {
        if (!city->rain.there[root]) continue;
        const struct bank *bank = &river->bank[root % TW_BANK_COUNT];
        if (city->sites.combined[root]) {
            combined_mouth(river, root, bank);
            continue;
        }
        outlet_build(river, city->rain_node[root], (enum tw_bank)(root % TW_BANK_COUNT),
                     &city->rain.section[root], 1.5 * city->rain.design_m3s[root]);
        if (city->foul.there[root]) foul_mouth(river, root, &bank->stop[river->stop_of[root]]);
    }
}

/* ---- plants ---- */

static int32_t plant_node(struct tw_rows *rows, enum tw_row_node kind, const char *prefix,
                          int32_t number, const struct stop *at)
{
    int32_t row = tw_rows_node(rows, kind, prefix, number);
    struct tw_node_row *node = &rows->node[row];
    node->x_m = at->x_m;
    node->y_m = at->y_m;
    node->ground_m = at->ground_m;
    node->ponded_m2 = 400.0;
    return row;
}

/* What leaves a reach when its plant takes no more: a weir under the road, to the river. */
static void relief_build(struct riverside *river, const struct stop *end, enum tw_bank side,
                         double flow_m3s)
{
    struct tw_rows *rows = &river->city->rows;
    int32_t outfall = outfall_build(river, &rows->node[end->row], side);
    double crest_m = end->invert_m + 1.3 * end->section.height_m;
    if (crest_m > end->ground_m - 1.4) crest_m = end->ground_m - 1.4;
    rows->node[outfall].invert_m = crest_m - 1.5;
    struct tw_link_row *weir = spill_build(rows, end->row, outfall, crest_m, 2.0 * flow_m3s);
    weir->gated = true;
}

static struct tw_link_row *plain_conduit(struct tw_rows *rows, int32_t from, int32_t to,
                                         double length_m, double up_m, double down_m)
{
    struct tw_link_row *link = &rows->link[tw_rows_link(rows, TW_ROW_CONDUIT, from, to)];
    link->length_m = length_m;
    link->up_m = up_m;
    link->down_m = down_m;
    return link;
}

/* A pumped plant: wet well, two pumps, inlet works above ground, the plant. */
static void plant_pumped(struct riverside *river, int which, enum tw_bank side)
{
    struct tw_city *city = river->city;
    struct tw_rows *rows = &city->rows;
    const struct bank *bank = &river->bank[side];
    const struct stop *end = &bank->stop[bank->middle];
    double flow_m3s = 1.15 * reach_peak_m3s(bank, bank->middle);
    int32_t well = plant_node(rows, TW_ROW_STORAGE, "S", which + 1, end);
    int32_t works = plant_node(rows, TW_ROW_JUNCTION, "W", which + 1, end);
    int32_t plant = plant_node(rows, TW_ROW_OUTFALL, "PLANT", which + 1, end);
    struct tw_node_row *node = rows->node;
    node[well].x_m += 14.0;
    node[works].x_m += 26.0;
    node[plant].x_m += 50.0;
    struct tw_link_row *inlet =
        plain_conduit(rows, end->row, well, 15.0, end->invert_m, end->invert_m - 0.1);
    inlet->section = end->section;
    node[well].invert_m = end->invert_m - 2.4;
    node[well].ground_m += 1.0;
    node[well].area_m2 = 25.0 + 150.0 * flow_m3s;
    node[works].ground_m += 2.5;
    node[works].invert_m = end->ground_m - 0.5;
    node[plant].invert_m = end->ground_m - 0.8;
    for (int k = 0; k < 2; k++) {
        struct tw_link_row *pump = &rows->link[tw_rows_link(rows, TW_ROW_PUMP, well, works)];
        pump->start_m = 1.0 + 0.5 * k;
        pump->stop_m = 0.5 + 0.2 * k;
        pump->curve = tw_rows_curve(rows, "PUMP4", k == 0 ? "INLETA" : "INLETB", which + 1);
        tw_curve_add(&rows->curve[pump->curve], 0.0, 0.0);
        tw_curve_add(&rows->curve[pump->curve], 0.5, 0.05 * flow_m3s);
        tw_curve_add(&rows->curve[pump->curve], 2.4, 0.55 * flow_m3s);
        tw_curve_add(&rows->curve[pump->curve], 5.0, 0.65 * flow_m3s);
    }
    struct tw_link_row *feed =
        plain_conduit(rows, works, plant, 30.0, node[works].invert_m, node[plant].invert_m);
    feed->section = tw_section_choose(TW_SERIES_FOUL, 1.4 * flow_m3s, 0.01, 3);
    city->plant[which] = (struct tw_city_plant){plant, (int32_t)(feed - rows->link),
                                                reach_dry_m3s(bank, bank->middle)};
    relief_build(river, end, side, flow_m3s);
}

/* x of the road around the tip at a y: as near to the water as the river roads. */
static double tip_road_m(const struct tw_land *land, double y_m)
{
    double dry_m = 0.5 * land->length_m - 1.5 * land->half_width_m, wet_m = 0.5 * land->length_m;
    for (int halving = 0; halving < 30; halving++) {
        double middle_m = 0.5 * (dry_m + wet_m);
        if (tw_land_shore_m(land, middle_m, y_m) > TW_LAND_ROAD_M) {
            dry_m = middle_m;
        } else {
            wet_m = middle_m;
        }
    }
    return dry_m;
}

/* The sewer around the tip from the last stop of a bank to a plant's works; returns its lower
 * invert. */
static double tip_build(struct riverside *river, const struct stop *end, const char *prefix,
                        int32_t works)
{
    struct tw_rows *rows = &river->city->rows;
    const struct tw_node_row target = rows->node[works];
    double straight_m = distance_m(end->x_m, end->y_m, target.x_m, target.y_m);
    int32_t pieces = (int32_t)ceil(1.3 * straight_m / 60.0), from = end->row;
    double invert_m = end->invert_m;
    for (int32_t k = 1; k <= pieces; k++) {
        int32_t to = works;
        if (k < pieces) {
            double y_m = end->y_m + (target.y_m - end->y_m) * k / pieces;
            struct stop stop = {.x_m = tip_road_m(&river->city->land, y_m), .y_m = y_m};
            double east_m = rows->node[from].x_m + 0.8 * chain_space_m; /* round the corner */
            stop.x_m = stop.x_m < east_m ? stop.x_m : east_m;
            stop.ground_m = tw_land_ground_m(&river->city->land, stop.x_m, y_m);
            to = plant_node(rows, TW_ROW_JUNCTION, prefix, k, &stop);
        }
        const struct tw_node_row *a = &rows->node[from], *b = &rows->node[to];
        double length_m = distance_m(a->x_m, a->y_m, b->x_m, b->y_m);
        if (length_m < 10.0) length_m = 10.0;
        struct tw_link_row *link =
            plain_conduit(rows, from, to, length_m, invert_m, invert_m - chain_slope * length_m);
        link->section = tw_section_choose(TW_SERIES_FOUL, 0.0, 1.0, end->section.step + 1);
        invert_m = link->down_m;
        if (k < pieces) rows->node[to].invert_m = invert_m;
        from = to;
    }
    return invert_m;
}

/* The plant at the tip: both reaches flow into its inlet works, a gate holds back what is too much. */
static void plant_gravity(struct riverside *river, int which)
{
    struct tw_city *city = river->city;
    struct tw_rows *rows = &city->rows;
    double flow_m3s = 0.0, dry_m3s = 0.0, invert_m = 1e9;
    struct stop site = {.y_m = tw_land_axis_m(&city->land, 0.5 * city->land.length_m)};
    site.x_m = tip_road_m(&city->land, site.y_m) - 25.0;
    site.ground_m = tw_land_ground_m(&city->land, site.x_m, site.y_m);
    int32_t works = plant_node(rows, TW_ROW_JUNCTION, "W", which + 1, &site);
    int32_t basin = plant_node(rows, TW_ROW_JUNCTION, "W", which + 2, &site);
    int32_t plant = plant_node(rows, TW_ROW_OUTFALL, "PLANT", which + 1, &site);
    rows->node[basin].x_m -= 20.0;
    rows->node[plant].x_m -= 45.0;
    for (int side = 0; side < TW_BANK_COUNT; side++) {
        const struct bank *bank = &river->bank[side];
        const struct stop *end = &bank->stop[bank->count - 1];
        double down_m = tip_build(river, end, side == TW_BANK_NORTH ? "GN" : "GS", works);
        invert_m = down_m < invert_m ? down_m : invert_m;
        double peak_m3s = reach_peak_m3s(bank, bank->count - 1);
        flow_m3s += peak_m3s;
        dry_m3s += reach_dry_m3s(bank, bank->count - 1);
        relief_build(river, end, (enum tw_bank)side, peak_m3s);
    }
    rows->node[works].invert_m = invert_m;
    rows->node[basin].invert_m = invert_m - 0.3;
    rows->node[plant].invert_m = invert_m - 0.6;
    struct tw_link_row *gate = &rows->link[tw_rows_link(rows, TW_ROW_ORIFICE, works, basin)];
    double area_m2 = 1.3 * flow_m3s / (orifice_ratio * sqrt(2.0 * gravity * 0.5));
    gate->up_m = invert_m;
    gate->coefficient = orifice_ratio;
    gate->close_h = 0.1;
    gate->section = (struct tw_section){
        .kind = TW_SECTION_RECT_CLOSED, .height_m = 0.8, .width_m = 0.2 + area_m2 / 0.8};
    (void)tw_strbuf_printf(&rows->rules,
                           "RULE INLET_GATE\n"
                           "IF NODE %s DEPTH > 2.5\n"
                           "THEN ORIFICE %s SETTING = 0.6\n"
                           "ELSE ORIFICE %s SETTING = 1.0\n"
                           "PRIORITY 4\n\n",
                           rows->node[works].name, gate->name, gate->name);
    struct tw_link_row *feed = plain_conduit(rows, basin, plant, 25.0, rows->node[basin].invert_m,
                                             rows->node[plant].invert_m);
    feed->section = tw_section_choose(TW_SERIES_FOUL, 1.6 * flow_m3s, 0.01, 4);
    city->plant[which] = (struct tw_city_plant){plant, (int32_t)(feed - rows->link), dry_m3s};
}

tw_status tw_city_build_riverside(struct tw_city *city)
{
    struct riverside river = {.city = city};
    river.stop_of = TW_ARENA_NEW(&city->arena, int32_t, city->sites.root_count);
    river.gate_m = TW_ARENA_NEW(&city->arena, double, city->sites.root_count);
    if (river.stop_of == NULL || river.gate_m == NULL) return TW_ERR_NOMEM;
    for (int side = 0; side < TW_BANK_COUNT; side++)
        TW_TRY(bank_make(city, (enum tw_bank)side, &river.bank[side]));
    mouths_join(&river);
    for (int side = 0; side < TW_BANK_COUNT; side++) {
        bank_design(&river.bank[side]);
        bank_rows(&city->rows, &river.bank[side], side == TW_BANK_NORTH ? "IN" : "IS");
    }
    mouths_build(&river);
    plant_pumped(&river, 0, TW_BANK_NORTH);
    plant_pumped(&river, 1, TW_BANK_SOUTH);
    plant_gravity(&river, 2);
    return city->rows.rules.status;
}
