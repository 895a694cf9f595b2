/* What GET answers of what never changes: the city and its network. */
#include "grid/projection.h"
#include "net/json.h"
#include "server/service.h"

#include <math.h>
#include <stdlib.h>
#define ZLIB_CONST /* what is compressed is only read */
#include <zlib.h>

#define PLACE_DIGITS 6 /* of a degree: a decimetre */

static void add_name(struct tw_strbuf *out, const char *key, struct tw_city_name name)
{
    tw_json_put_words(out, key, name.zh, name.en);
}

static void add_lon_lat(struct tw_strbuf *out, double lon, double lat)
{
    tw_json_put_number(out, "lon", lon, PLACE_DIGITS);
    tw_json_put_number(out, "lat", lat, PLACE_DIGITS);
}

static void add_made_up(struct tw_strbuf *out, bool made_up)
{
    tw_json_put_bool(out, "made_up", made_up);
}

static void add_classes(struct tw_strbuf *out, const double classes_m[TW_CITY_CLASSES])
{
    static const char *const words[TW_CITY_CLASSES] = {"blue", "yellow", "orange", "red"};
    tw_json_key(out, "classes");
    tw_json_open(out, '[');
    for (int c = 0; c < TW_CITY_CLASSES; c++) {
        tw_json_open(out, '{');
        tw_json_put_text(out, "class", words[c]);
        tw_json_put_number(out, "depth_m", classes_m[c], 4);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_points(struct tw_strbuf *out, const struct tw_city *city)
{
    tw_json_key(out, "points");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < city->point_count; i++) {
        const struct tw_city_point *point = &city->points[i];
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", point->id);
        add_name(out, "name", point->name);
        add_lon_lat(out, point->lon, point->lat);
        tw_json_put_text(out, "node", point->node_name);
        tw_json_key(out, "classes_m");
        tw_json_open(out, '[');
        for (int c = 0; c < TW_CITY_CLASSES; c++)
            tw_json_number(out, point->classes_m[c], 4);
        tw_json_close(out, ']');
        tw_json_put_number(out, "weight", point->weight, 2);
        add_made_up(out, point->made_up);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_sensors(struct tw_strbuf *out, const struct tw_city *city)
{
    tw_json_key(out, "sensors");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < city->sensor_count; i++) {
        const struct tw_city_sensor *sensor = &city->sensors[i];
        if (sensor->kind == TW_SENSOR_VALUE) continue; /* thousands; GET /api/v1/latest has them */
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", sensor->id);
        tw_json_put_text(out, "kind", tw_sensor_kind_word(sensor->kind));
        tw_json_put_text(out, "element", sensor->element);
        tw_json_put_text(out, "unit", sensor->unit);
        add_lon_lat(out, sensor->lon, sensor->lat);
        add_made_up(out, sensor->made_up);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_depots(struct tw_strbuf *out, const struct tw_city *city)
{
    tw_json_key(out, "depots");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < city->depot_count; i++) {
        const struct tw_city_depot *depot = &city->depots[i];
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", depot->id);
        add_name(out, "name", depot->name);
        add_lon_lat(out, depot->lon, depot->lat);
        tw_json_put_integer(out, "crew", depot->crew);
        tw_json_put_integer(out, "vehicles", depot->vehicles);
        add_made_up(out, depot->made_up);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void add_cameras_and_plants(struct tw_strbuf *out, const struct tw_city *city)
{
    tw_json_key(out, "cameras");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < city->camera_count; i++) {
        const struct tw_city_camera *camera = &city->cameras[i];
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", camera->id);
        add_name(out, "name", camera->name);
        add_lon_lat(out, camera->lon, camera->lat);
        tw_json_put_text(out, "point", camera->point);
        add_made_up(out, camera->made_up);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_key(out, "plants");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < city->plant_count; i++) {
        const struct tw_city_plant *plant = &city->plants[i];
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", plant->id);
        add_name(out, "name", plant->name);
        add_lon_lat(out, plant->lon, plant->lat);
        add_made_up(out, plant->made_up);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

/* Where the measurements come from. */
static const char *measurements(const struct tw_server *server)
{
    if (server->storm == NULL) return "recorded";
    if (server->simulates) return "simulated";
    if (!server->storm->measured) return "none";
    return server->storm->made_up ? "made" : "recorded";
}

static void add_storm(struct tw_server *server, struct tw_strbuf *out)
{
    const struct tw_storm *storm = server->storm;
    tw_json_key(out, "storm");
    if (storm == NULL) {
        tw_json_null(out);
        return;
    }
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", storm->id);
    add_name(out, "title", storm->title);
    add_made_up(out, storm->made_up);
    tw_json_close(out, '}');
}

void tw_answer_city(struct tw_server *server, struct tw_strbuf *out)
{
    const struct tw_city *city = server->city;
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", city->id);
    add_name(out, "title", city->title);
    add_made_up(out, city->made_up);
    tw_json_put_text(out, "timezone", city->timezone);
    tw_json_key(out, "bounds");
    tw_json_open(out, '[');
    for (int i = 0; i < 4; i++)
        tw_json_number(out, city->bounds[i], PLACE_DIGITS);
    tw_json_close(out, ']');
    add_classes(out, city->classes_m);
    add_points(out, city);
    add_sensors(out, city);
    add_depots(out, city);
    add_cameras_and_plants(out, city);
    add_storm(server, out);
    tw_json_put_text(out, "measurements", measurements(server));
    tw_json_key(out, "forecast");
    tw_json_open(out, '{');
    tw_json_put_number(out, "horizon_min", city->horizon_s / 60.0, 0);
    tw_json_put_number(out, "cycle_min", city->cycle_s / 60.0, 0);
    tw_json_put_text(out, "rain", server->perfect_rain ? "perfect" : "honest");
    tw_json_close(out, '}');
    tw_json_close(out, '}');
}

/* ---- network ---- */

static void begin_feature(struct tw_strbuf *out, const char *geometry)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "type", "Feature");
    tw_json_key(out, "geometry");
    tw_json_open(out, '{');
    tw_json_put_text(out, "type", geometry);
    tw_json_key(out, "coordinates");
}

static void end_geometry(struct tw_strbuf *out)
{
    tw_json_close(out, '}');
    tw_json_key(out, "properties");
    tw_json_open(out, '{');
}

static void end_feature(struct tw_strbuf *out)
{
    tw_json_close(out, '}');
    tw_json_close(out, '}');
}

static void add_place(struct tw_strbuf *out, const struct tw_projection *projection, double x,
                      double y)
{
    double lon = 0.0;
    double lat = 0.0;
    tw_projection_to_wgs84(projection, x, y, &lon, &lat);
    if (isnan(lon)) return;
    tw_json_open(out, '[');
    tw_json_number(out, lon, PLACE_DIGITS);
    tw_json_number(out, lat, PLACE_DIGITS);
    tw_json_close(out, ']');
}

static void add_link(struct tw_strbuf *out, const struct tw_projection *projection,
                     const tw_model *model, const struct tw_link_info *link)
{
    static const char *const kinds[] = {[TW_LINK_CONDUIT] = "conduit",
                                        [TW_LINK_PUMP] = "pump",
                                        [TW_LINK_ORIFICE] = "orifice",
                                        [TW_LINK_WEIR] = "weir",
                                        [TW_LINK_OUTLET] = "outlet"};
    struct tw_node_info from;
    struct tw_node_info to;
    if (tw_model_node_info(model, link->from, &from) != TW_OK ||
        tw_model_node_info(model, link->to, &to) != TW_OK || isnan(from.x) || isnan(to.x)) {
        return;
    }
    begin_feature(out, "LineString");
    tw_json_open(out, '[');
    add_place(out, projection, from.x, from.y);
    for (int32_t i = 0; i < link->vertex_count; i++) {
        add_place(out, projection, link->vertex_xy[2 * i], link->vertex_xy[2 * i + 1]);
    }
    add_place(out, projection, to.x, to.y);
    tw_json_close(out, ']');
    end_geometry(out);
    tw_json_put_text(out, "id", link->name);
    tw_json_put_text(out, "kind", kinds[link->kind]);
    tw_json_put_number(out, "full_depth_m", link->full_depth_m, 3);
    end_feature(out);
}

static void add_node(struct tw_strbuf *out, const struct tw_projection *projection,
                     const struct tw_node_info *node)
{
    static const char *const kinds[] = {[TW_NODE_JUNCTION] = "junction",
                                        [TW_NODE_OUTFALL] = "outfall",
                                        [TW_NODE_STORAGE] = "storage",
                                        [TW_NODE_DIVIDER] = "divider"};
    double lon = 0.0;
    double lat = 0.0;
    tw_projection_to_wgs84(projection, node->x, node->y, &lon, &lat);
    if (isnan(lon)) return;
    begin_feature(out, "Point");
    add_place(out, projection, node->x, node->y);
    end_geometry(out);
    tw_json_put_text(out, "id", node->name);
    tw_json_put_text(out, "kind", kinds[node->kind]);
    end_feature(out);
}

tw_status tw_answer_network(const struct tw_city *city, struct tw_strbuf *out)
{
    struct tw_projection *projection = NULL;
    TW_TRY(tw_projection_create(city->epsg, &projection));
    tw_json_open(out, '{');
    tw_json_put_text(out, "type", "FeatureCollection");
    tw_json_key(out, "features");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < tw_model_link_count(city->model); i++) {
        struct tw_link_info link;
        if (tw_model_link_info(city->model, (tw_link_id){i}, &link) != TW_OK) continue;
        add_link(out, projection, city->model, &link);
    }
    for (int32_t i = 0; i < tw_model_node_count(city->model); i++) {
        struct tw_node_info node;
        if (tw_model_node_info(city->model, (tw_node_id){i}, &node) != TW_OK) continue;
        add_node(out, projection, &node);
    }
    tw_json_close(out, ']');
    tw_json_close(out, '}');
    tw_projection_destroy(projection);
    return out->status;
}

/* ---- gzip ---- */

enum { GZIP_WINDOW = 15 + 16 }; /* zlib: 16 more means a gzip frame */

tw_status tw_gzip(const void *bytes, size_t size, struct tw_strbuf *out)
{
    z_stream stream = {.next_in = bytes, .avail_in = (uInt)size};
    char piece[16384];
    if (size > UINT32_MAX) return TW_ERR_FULL;
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return TW_ERR_NOMEM;
    }
    int code = Z_OK;
    while (code == Z_OK) {
        stream.next_out = (Bytef *)piece;
        stream.avail_out = sizeof piece;
        code = deflate(&stream, Z_FINISH);
        (void)tw_strbuf_add(out, piece, sizeof piece - stream.avail_out);
    }
    (void)deflateEnd(&stream);
    return code == Z_STREAM_END ? out->status : TW_ERR_NOMEM;
}

tw_status tw_gunzip(const void *bytes, size_t size, struct tw_strbuf *out)
{
    z_stream stream = {.next_in = bytes, .avail_in = (uInt)size};
    char piece[16384];
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) return TW_ERR_NOMEM;
    int code = Z_OK;
    while (code == Z_OK) {
        stream.next_out = (Bytef *)piece;
        stream.avail_out = sizeof piece;
        code = inflate(&stream, Z_NO_FLUSH);
        (void)tw_strbuf_add(out, piece, sizeof piece - stream.avail_out);
    }
    (void)inflateEnd(&stream);
    return code == Z_STREAM_END ? out->status : TW_ERR_FORMAT;
}
