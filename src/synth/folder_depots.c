/* Depots of a made city: people, vehicles and supplies for a night of heavy rain. */
#include "synth/folder.h"
#include "synth/geo.h"
#include "synth/put.h"

#include <stdio.h>

enum { DEPOTS = 6, CREWS = 4, VEHICLES = 5, CREW_SIZE = 4 };

struct vehicle {
    const char *kind; /* NULL: none further */
    int seats, pump_m3h;
};

struct depot {
    const char *name_zh, *name_en;
    const char *skills[CREWS];
    struct vehicle vehicle[VEHICLES];
    int sandbags, barriers_m, cones, pumps;
};

static const char pump[] = "[\"pump\"]", gully[] = "[\"gully\", \"traffic\"]",
                  rescue[] = "[\"rescue\", \"pump\"]", barrier[] = "[\"barrier\"]",
                  traffic[] = "[\"traffic\", \"barrier\"]", power[] = "[\"power\", \"pump\"]";

static const struct depot depots[DEPOTS] = {
    {"城西排水站",
     "West Drainage Station",
     {pump, pump, gully, barrier},
     {{"pump truck", 4, 1500}, {"pump truck", 4, 1000}, {"jetting truck", 4, 0}, {"van", 8, 0}},
     800,
     120,
     100,
     6},
    {"北岸抢险队",
     "North Bank Emergency Team",
     {pump, rescue, barrier, traffic},
     {{"pump truck", 4, 3000}, {"pump trailer", 4, 500}, {"van", 8, 0}, {"van", 8, 0}},
     600,
     100,
     120,
     4},
    {"南岸抢险队",
     "South Bank Emergency Team",
     {pump, rescue, barrier, traffic},
     {{"pump truck", 4, 3000}, {"pump trailer", 4, 500}, {"van", 8, 0}, {"van", 8, 0}},
     600,
     100,
     120,
     4},
    {"城中消防站",
     "Central Fire Station",
     {rescue, rescue, pump, power},
     {{"pump truck", 4, 1000}, {"rescue truck", 4, 0}, {"generator truck", 4, 0}, {"van", 8, 0}},
     300,
     60,
     80,
     4},
    {"滨江市政站",
     "Riverside Road Yard",
     {gully, gully, traffic, pump},
     {{"pump truck", 4, 800}, {"jetting truck", 4, 0}, {"van", 8, 0}},
     500,
     80,
     200,
     3},
    {"江嘴排水站",
     "River Mouth Drainage Station",
     {pump, power, gully, barrier},
     {{"pump truck", 4, 1500}, {"pump truck", 4, 800}, {"generator truck", 4, 0}, {"van", 8, 0}},
     700,
     120,
     100,
     6},
};

/* The street corner nearest to where a depot should be, away from flood-prone points. */
static int32_t corner_for(const struct tw_city *city, int which)
{
    const struct tw_sites *sites = &city->sites;
    double x_m = city->land.length_m * ((which + 0.5) / DEPOTS - 0.5);
    double aside = which % 2 ? 0.4 : -0.4;
    double y_m = tw_land_axis_m(&city->land, x_m) + aside * tw_land_half_width_m(&city->land, x_m);
    int32_t best = 0;
    double best_square = 1e30;
    for (int32_t n = sites->root_count; n < sites->count; n++) {
        double dx = sites->x_m[n] - x_m, dy = sites->y_m[n] - y_m;
        if (city->points.at[n] >= 0 || dx * dx + dy * dy >= best_square) continue;
        best = n;
        best_square = dx * dx + dy * dy;
    }
    return best;
}

static void put_crews(struct tw_geo *geo, const char *id, const struct depot *depot)
{
    tw_geo_json(geo, "crews", "[");
    for (int k = 0; k < CREWS; k++)
        (void)tw_outfile_printf(geo->file, "%s{\"id\": \"%s-%c\", \"size\": %d, \"skills\": %s}",
                                k > 0 ? ", " : "", id, 'A' + k, CREW_SIZE, depot->skills[k]);
    tw_put_text(geo->file, "]", 0);
}

static void put_vehicles(struct tw_geo *geo, const char *id, const struct depot *depot)
{
    tw_geo_json(geo, "vehicles", "[");
    for (int k = 0; k < VEHICLES && depot->vehicle[k].kind != NULL; k++) {
        const struct vehicle *vehicle = &depot->vehicle[k];
        (void)tw_outfile_printf(
            geo->file, "%s{\"id\": \"%s-V%d\", \"kind\": \"%s\", \"seats\": %d, \"pump_m3h\": %d}",
            k > 0 ? ", " : "", id, k + 1, vehicle->kind, vehicle->seats, vehicle->pump_m3h);
    }
    tw_put_text(geo->file, "]", 0);
}

void tw_folder_depots(const struct tw_city *city, tw_outfile *file)
{
    struct tw_geo geo = tw_geo_begin(file);
    for (int d = 0; d < DEPOTS; d++) {
        const struct depot *depot = &depots[d];
        int32_t site = corner_for(city, d);
        char id[16], supplies[128];
        (void)snprintf(id, sizeof id, "D%d", d + 1);
        (void)snprintf(supplies, sizeof supplies,
                       "{\"sandbags\": %d, \"barriers_m\": %d, \"cones\": %d, \"pumps\": %d}",
                       depot->sandbags, depot->barriers_m, depot->cones, depot->pumps);
        tw_geo_point(&geo, id, city->sites.x_m[site], city->sites.y_m[site]);
        tw_geo_text(&geo, "name_zh", depot->name_zh);
        tw_geo_text(&geo, "name_en", depot->name_en);
        put_crews(&geo, id, depot);
        put_vehicles(&geo, id, depot);
        tw_geo_json(&geo, "supplies", supplies);
        tw_geo_feature_done(&geo);
    }
    tw_geo_end(&geo);
}
