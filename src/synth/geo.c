#include "synth/geo.h"

#include "synth/network.h"
#include "synth/put.h"

struct tw_lonlat tw_geo_lonlat(struct tw_utm origin, double x_m, double y_m)
{
    return tw_utm_to_lonlat(48, (struct tw_utm){origin.east_m + x_m, origin.north_m + y_m});
}

struct tw_geo tw_geo_begin(tw_outfile *file)
{
    tw_put_text(file, "{\"type\": \"FeatureCollection\", \"features\": [\n", 0);
    return (struct tw_geo){.file = file, .origin = tw_city_origin()};
}

static void put_place(struct tw_geo *geo, double x_m, double y_m)
{
    struct tw_lonlat place = tw_geo_lonlat(geo->origin, x_m, y_m);
    tw_put_text(geo->file, "[", 0);
    tw_put_number(geo->file, place.lon_deg, 6, 0);
    tw_put_text(geo->file, ", ", 0);
    tw_put_number(geo->file, place.lat_deg, 6, 0);
    tw_put_text(geo->file, "]", 0);
}

static void put_head(struct tw_geo *geo, const char *type)
{
    (void)tw_outfile_printf(
        geo->file, "%s{\"type\": \"Feature\", \"geometry\": {\"type\": \"%s\", \"coordinates\": ",
        geo->any ? ",\n" : "", type);
    geo->any = true;
}

static void put_id(struct tw_geo *geo, const char *id)
{
    (void)tw_outfile_printf(geo->file, "}, \"properties\": {\"id\": \"%s\"", id);
}

void tw_geo_point(struct tw_geo *geo, const char *id, double x_m, double y_m)
{
    put_head(geo, "Point");
    put_place(geo, x_m, y_m);
    put_id(geo, id);
}

void tw_geo_line(struct tw_geo *geo, double x_m, double y_m)
{
    put_head(geo, "LineString");
    tw_put_text(geo->file, "[", 0);
    put_place(geo, x_m, y_m);
}

void tw_geo_line_to(struct tw_geo *geo, double x_m, double y_m)
{
    tw_put_text(geo->file, ", ", 0);
    put_place(geo, x_m, y_m);
}

void tw_geo_line_done(struct tw_geo *geo, const char *id)
{
    tw_put_text(geo->file, "]", 0);
    put_id(geo, id);
}

void tw_geo_text(struct tw_geo *geo, const char *key, const char *text)
{
    (void)tw_outfile_printf(geo->file, ", \"%s\": \"%s\"", key, text);
}

void tw_geo_number(struct tw_geo *geo, const char *key, double value, int decimals)
{
    (void)tw_outfile_printf(geo->file, ", \"%s\": ", key);
    tw_put_number(geo->file, value, decimals, 0);
}

void tw_geo_json(struct tw_geo *geo, const char *key, const char *json)
{
    (void)tw_outfile_printf(geo->file, ", \"%s\": %s", key, json);
}

void tw_geo_feature_done(struct tw_geo *geo) { tw_put_text(geo->file, ", \"made_up\": true}}", 0); }

void tw_geo_end(struct tw_geo *geo) { tw_put_text(geo->file, "\n]}\n", 0); }
