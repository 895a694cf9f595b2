/* Roads of a made city. The river roads run along both banks and meet at the tip; every mouth is
 * joined to its river road, every site to its parent, and neighbours where it is not too steep: so
 * every site can be reached from every other. */
#include "synth/folder.h"
#include "synth/geo.h"

#include <math.h>
#include <stdio.h>

static const double steepest = 0.14;     /* steeper are stairs */
static const double trunk_step_m = 60.0; /* between places of a river road */
static const double from_tip_m = 70.0;   /* where the river roads meet */
static const double passable_depth_m = 0.3;

/* Classes of roads. */
struct class
{
    const char *word;
    int speed_kmh;
};

static const struct class trunk = {"trunk", 60}, primary = {"primary", 50},
                          secondary = {"secondary", 40}, residential = {"residential", 30};

/* A layer of roads, counted. */
struct roads {
    const struct tw_city *city;
    struct tw_geo geo;
    int32_t count;
};

static void finish(struct roads *roads, const struct class *class)
{
    char id[16];
    (void)snprintf(id, sizeof id, "R%d", ++roads->count);
    tw_geo_line_done(&roads->geo, id);
    tw_geo_text(&roads->geo, "class", class->word);
    tw_geo_number(&roads->geo, "speed_kmh", class->speed_kmh, 0);
    tw_geo_number(&roads->geo, "passable_depth_m", passable_depth_m, 1);
    tw_geo_feature_done(&roads->geo);
}

/* ---- streets ---- */

static void street(struct roads *roads, int32_t from, int32_t to, const struct class *class)
{
    const struct tw_sites *sites = &roads->city->sites;
    tw_geo_line(&roads->geo, sites->x_m[from], sites->y_m[from]);
    tw_geo_line_to(&roads->geo, sites->x_m[to], sites->y_m[to]);
    finish(roads, class);
}

static void streets_down(struct roads *roads)
{
    const struct tw_sites *sites = &roads->city->sites;
    for (int32_t n = sites->root_count; n < sites->count; n++) {
        const struct class *class = sites->upstream[n] >= 40   ? &primary
                                    : sites->upstream[n] >= 12 ? &secondary
                                                               : &residential;
        street(roads, n, sites->parent[n], class);
    }
}

static void street_across(struct roads *roads, int32_t a, int32_t b)
{
    const struct tw_sites *sites = &roads->city->sites;
    if (a < 0 || b < 0 || sites->parent[a] == b || sites->parent[b] == a) return;
    double dx = sites->x_m[a] - sites->x_m[b], dy = sites->y_m[a] - sites->y_m[b];
    double rise_m = fabs(sites->ground_m[a] - sites->ground_m[b]);
    if (rise_m > steepest * sqrt(dx * dx + dy * dy)) return;
    street(roads, a, b, &residential);
}

static void streets_across(struct roads *roads)
{
    const struct tw_lattice *lattice = &roads->city->lattice;
    for (int32_t j = 0; j < lattice->ny; j++)
        for (int32_t i = 0; i < lattice->nx; i++) {
            const int32_t *site = &lattice->site[(int64_t)j * lattice->nx + i];
            if (i + 1 < lattice->nx) street_across(roads, site[0], site[1]);
            if (j + 1 < lattice->ny) street_across(roads, site[0], site[lattice->nx]);
        }
}

/* ---- river roads ---- */

static double trunk_y_m(const struct roads *roads, enum tw_bank bank, double x_m)
{
    return tw_land_bank_m(&roads->city->land, bank, x_m, TW_LAND_ROAD_M);
}

static void trunk_piece(struct roads *roads, enum tw_bank bank, double from_m, double to_m)
{
    tw_geo_line(&roads->geo, from_m, trunk_y_m(roads, bank, from_m));
    double x_m = from_m + trunk_step_m;
    while (x_m < to_m - 1.0) {
        tw_geo_line_to(&roads->geo, x_m, trunk_y_m(roads, bank, x_m));
        x_m += trunk_step_m;
    }
    tw_geo_line_to(&roads->geo, to_m, trunk_y_m(roads, bank, to_m));
    finish(roads, &trunk);
}

/* The mouth of a bank next to the east of a place; -1 none. */
static int32_t next_mouth(const struct tw_city *city, enum tw_bank bank, double x_m)
{
    const struct tw_sites *sites = &city->sites;
    int32_t next = -1;
    for (int32_t n = 0; n < sites->root_count; n++) {
        bool north = sites->y_m[n] > tw_land_axis_m(&city->land, sites->x_m[n]);
        if (north != (bank == TW_BANK_NORTH) || sites->x_m[n] <= x_m) continue;
        if (next < 0 || sites->x_m[n] < sites->x_m[next]) next = n;
    }
    return next;
}

static void river_road(struct roads *roads, enum tw_bank bank)
{
    const struct tw_sites *sites = &roads->city->sites;
    double at_m = -0.5 * roads->city->land.length_m;
    double tip_m = 0.5 * roads->city->land.length_m - from_tip_m;
    for (int32_t n; (n = next_mouth(roads->city, bank, at_m)) >= 0;) {
        trunk_piece(roads, bank, at_m, sites->x_m[n]);
        at_m = sites->x_m[n];
        tw_geo_line(&roads->geo, at_m, trunk_y_m(roads, bank, at_m));
        tw_geo_line_to(&roads->geo, at_m, sites->y_m[n]);
        finish(roads, &primary);
    }
    if (at_m < tip_m) {
        trunk_piece(roads, bank, at_m, tip_m);
    } else if (at_m > tip_m) {
        trunk_piece(roads, bank, tip_m, at_m);
    }
}

void tw_folder_roads(const struct tw_city *city, tw_outfile *file)
{
    struct roads roads = {.city = city, .geo = tw_geo_begin(file)};
    double tip_m = 0.5 * city->land.length_m - from_tip_m;
    for (int bank = 0; bank < TW_BANK_COUNT; bank++)
        river_road(&roads, (enum tw_bank)bank);
    tw_geo_line(&roads.geo, tip_m, trunk_y_m(&roads, TW_BANK_NORTH, tip_m));
    tw_geo_line_to(&roads.geo, tip_m, trunk_y_m(&roads, TW_BANK_SOUTH, tip_m));
    finish(&roads, &trunk);
    streets_down(&roads);
    streets_across(&roads);
    tw_geo_end(&roads.geo);
}
