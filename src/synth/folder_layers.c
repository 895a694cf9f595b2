/* Points, sensors and cameras of a made city. */
#include "synth/folder.h"
#include "synth/geo.h"

#include <stdio.h>

static const struct tw_node_row *node_of(const struct tw_city *city, int p)
{
    return &city->rows.node[city->rain_node[city->points.point[p].site]];
}

void tw_folder_points(const struct tw_city *city, tw_outfile *file)
{
    struct tw_geo geo = tw_geo_begin(file);
    for (int p = 0; p < TW_POINT_COUNT; p++) {
        const struct tw_point *point = &city->points.point[p];
        const struct tw_node_row *node = node_of(city, p);
        char id[16], cameras[16];
        (void)snprintf(id, sizeof id, "P%02d", p + 1);
        (void)snprintf(cameras, sizeof cameras, "[\"C%02d\"]", p + 1);
        tw_geo_point(&geo, id, node->x_m, node->y_m);
        tw_geo_text(&geo, "name_zh", point->name_zh);
        tw_geo_text(&geo, "name_en", point->name_en);
        tw_geo_text(&geo, "node", node->name);
        tw_geo_number(&geo, "weight", point->weight, 0);
        tw_geo_json(&geo, "cameras", cameras);
        tw_geo_feature_done(&geo);
    }
    tw_geo_end(&geo);
}

void tw_folder_cameras(const struct tw_city *city, tw_outfile *file)
{
    struct tw_geo geo = tw_geo_begin(file);
    for (int p = 0; p < TW_POINT_COUNT; p++) {
        const struct tw_point *point = &city->points.point[p];
        const struct tw_node_row *node = node_of(city, p);
        char id[16], at[16], name[96];
        (void)snprintf(id, sizeof id, "C%02d", p + 1);
        (void)snprintf(at, sizeof at, "P%02d", p + 1);
        tw_geo_point(&geo, id, node->x_m - 12.0, node->y_m + 8.0); /* on a mast across the street */
        (void)snprintf(name, sizeof name, "%s摄像机", point->name_zh);
        tw_geo_text(&geo, "name_zh", name);
        (void)snprintf(name, sizeof name, "Camera at %s", point->name_en);
        tw_geo_text(&geo, "name_en", name);
        tw_geo_text(&geo, "point", at);
        tw_geo_json(&geo, "address", "null");
        tw_geo_number(&geo, "preset", 1, 0);
        tw_geo_feature_done(&geo);
    }
    tw_geo_end(&geo);
}

/* ---- sensors ---- */

/* What the sensors of a kind have in common. */
struct kind {
    const char *word, *unit;
    double min, max, noise_sd;
};

static const struct kind level = {"level", "m", -0.2, 25.0, 0.01};
static const struct kind flow = {"flow", "m3/s", -5.0, 200.0, 0.005};
static const struct kind rain = {"rain", "mm", 0.0, 20.0, 0.0};

static void sensor(struct tw_geo *geo, const struct kind *kind, const char *id, const char *element,
                   const double xy_m[2])
{
    tw_geo_point(geo, id, xy_m[0], xy_m[1]);
    tw_geo_text(geo, "kind", kind->word);
    tw_geo_text(geo, "element", element);
    tw_geo_text(geo, "unit", kind->unit);
    tw_geo_number(geo, "min", kind->min, 1);
    tw_geo_number(geo, "max", kind->max, 1);
    tw_geo_number(geo, "noise_sd", kind->noise_sd, 3);
    tw_geo_feature_done(geo);
}

static void level_sensor(struct tw_geo *geo, const struct tw_node_row *node)
{
    char id[TW_ROW_NAME + 4];
    (void)snprintf(id, sizeof id, "L-%s", node->name);
    sensor(geo, &level, id, node->name, (const double[2]){node->x_m, node->y_m});
}

void tw_folder_sensors(const struct tw_city *city, tw_outfile *file)
{
    const struct tw_rows *rows = &city->rows;
    struct tw_geo geo = tw_geo_begin(file);
    char id[TW_ROW_NAME + 4];
    for (int p = 0; p < TW_POINT_COUNT; p++)
        level_sensor(&geo, node_of(city, p));
    for (int32_t i = 0; i < rows->node_count; i++)
        if (rows->node[i].kind == TW_ROW_STORAGE) level_sensor(&geo, &rows->node[i]);
    for (int p = 0; p < TW_CITY_PLANTS; p++) {
        const struct tw_link_row *link = &rows->link[city->plant[p].inlet];
        const struct tw_node_row *works = &rows->node[link->from];
        (void)snprintf(id, sizeof id, "F-W%d", p + 1);
        sensor(&geo, &flow, id, link->name, (const double[2]){works->x_m, works->y_m});
    }
    for (int32_t g = 0; g < city->gage_count; g++) {
        (void)snprintf(id, sizeof id, "RG%02d", g + 1);
        sensor(&geo, &rain, id, id, (const double[2]){city->gage_x_m[g], city->gage_y_m[g]});
    }
    tw_geo_end(&geo);
}
