#include "synth/folder.h"

#include "base/require.h"
#include "base/text.h"
#include "synth/geo.h"
#include "synth/network.h"
#include "synth/put.h"
#include "synth/storms.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

enum { BEGIN_MIN = 14 * 60 }; /* when storms begin, minutes of the day */
enum { FILES_MOST = 24, DIRS_MOST = 8, NAME_MOST = 64 };

/* A folder whose files are written: they take their places when all of them are whole. */
struct folder {
    const struct tw_city *city;
    const struct tw_folder_options *options;
    struct tw_strbuf path;
    const char *dir;
    int file_count, dir_count;
    tw_outfile *file[FILES_MOST];
    char name[FILES_MOST][NAME_MOST]; /* of the files, below dir */
    char made[DIRS_MOST][NAME_MOST];  /* folders below dir */
};

/* The path of something in the folder; borrowed until the next call. */
static const char *path_to(struct folder *folder, const char *sub, const char *name)
{
    tw_strbuf_clear(&folder->path);
    (void)tw_strbuf_printf(&folder->path, "%s%s%s%s%s", folder->dir, sub[0] != '\0' ? "/" : "", sub,
                           name[0] != '\0' ? "/" : "", name);
    return tw_strbuf_get(&folder->path);
}

static tw_status make_dir(struct folder *folder, const char *sub)
{
    const char *path = path_to(folder, sub, "");
    TW_TRY(folder->path.status);
    TW_TRY(tw_folder_make(path));
    if (sub[0] == '\0') return TW_OK;
    TW_REQUIRE(folder->dir_count < DIRS_MOST);
    (void)snprintf(folder->made[folder->dir_count++], NAME_MOST, "%s", sub);
    return TW_OK;
}

static tw_status open_in(struct folder *folder, const char *sub, const char *name,
                         tw_outfile **out_file)
{
    int i = folder->file_count;
    TW_REQUIRE(i < FILES_MOST);
    const char *path = path_to(folder, sub, name);
    TW_TRY(folder->path.status);
    TW_TRY(tw_outfile_open(path, &folder->file[i]));
    (void)snprintf(folder->name[i], NAME_MOST, "%s%s%s", sub, sub[0] != '\0' ? "/" : "", name);
    *out_file = folder->file[folder->file_count++];
    return TW_OK;
}

/* Put all files in their places. */
static tw_status commit_all(struct folder *folder)
{
    for (int i = 0; i < folder->file_count; i++) {
        tw_outfile *file = folder->file[i];
        folder->file[i] = NULL;
        TW_TRY(tw_outfile_commit(file));
    }
    return TW_OK;
}

/* Leave nothing of a folder that could not be written: the files that are open, those that are in
 * their places already, and what folders this leaves empty. */
static void undo(struct folder *folder)
{
    for (int i = 0; i < folder->file_count; i++) {
        if (folder->file[i] == NULL) (void)remove(path_to(folder, "", folder->name[i]));
        tw_outfile_abandon(folder->file[i]);
    }
    for (int i = folder->dir_count - 1; i >= 0; i--)
        (void)remove(path_to(folder, folder->made[i], ""));
}

/* ---- city.ini ---- */

static tw_status write_ini(struct folder *folder)
{
    tw_outfile *file;
    TW_TRY(open_in(folder, "", "city.ini", &file));
    (void)tw_outfile_printf(file,
                            "; A made city: nothing in it is real. Written by thalweg synth.\n"
                            "[city]\n"
                            "id = %s\n"
                            "title_zh = %s\n"
                            "title_en = %s\n"
                            "made_up = yes\n"
                            "timezone = +08:00\n",
                            folder->options->id, folder->options->title_zh,
                            folder->options->title_en);
    tw_put_text(file,
                "[files]\n"
                "network = network.inp\n"
                "terrain = terrain.asc\n"
                "points = points.geojson\n"
                "sensors = sensors.geojson\n"
                "roads = roads.geojson\n"
                "depots = depots.geojson\n"
                "cameras = cameras.geojson\n"
                "plants = plants\n"
                "storms = storms\n"
                "[projection]\n"
                "epsg = 32648\n"
                "[forecast]\n"
                "horizon_min = 120\n"
                "cycle_min = 5\n"
                "rain = honest\n"
                "spinup_min = 120\n"
                "members = 12\n"
                "[warning]\n"
                "blue_m = 0.15\n"
                "yellow_m = 0.27\n"
                "orange_m = 0.40\n"
                "red_m = 0.60\n"
                "[server]\n"
                "listen = 127.0.0.1:8080\n"
                "[store]\n"
                "folder = var\n",
                0);
    return TW_OK;
}

/* ---- plants ---- */

static tw_status write_plant(struct folder *folder, int which)
{
    static const char *const title_zh[TW_CITY_PLANTS] = {
        "北岸污水处理厂（虚构）", "南岸污水处理厂（虚构）", "江嘴污水处理厂（虚构）"};
    static const char *const title_en[TW_CITY_PLANTS] = {
        "North Bank Plant (made up)", "South Bank Plant (made up)", "River Mouth Plant (made up)"};
    const struct tw_city_plant *plant = &folder->city->plant[which];
    const struct tw_node_row *node = &folder->city->rows.node[plant->node];
    struct tw_lonlat place = tw_geo_lonlat(tw_city_origin(), node->x_m, node->y_m);
    tw_outfile *file;
    char name[32];
    (void)snprintf(name, sizeof name, "W%d.ini", which + 1);
    TW_TRY(open_in(folder, "plants", name, &file));
    (void)tw_outfile_printf(
        file, "[plant]\nid = W%d\ntitle_zh = %s\ntitle_en = %s\nnode = %s\nlon = ", which + 1,
        title_zh[which], title_en[which], node->name);
    tw_put_number(file, place.lon_deg, 6, 0);
    tw_put_text(file, "\nlat = ", 0);
    tw_put_number(file, place.lat_deg, 6, 0);
    tw_put_text(file, "\ncapacity_m3d = ", 0);
    double capacity_m3d = 100.0 * ceil(plant->capacity_m3s * 864.0);
    tw_put_number(file, capacity_m3d, 0, 0);
    tw_put_text(file,
                "\nstandard = GB 18918-2002\nclass = 1A\nenergy_high_kwhm3 = 0.6\n"
                "made_up = yes\n",
                0);
    tw_folder_plant_sections(file, capacity_m3d);
    return TW_OK;
}

/* ---- storms ---- */

static tw_status write_rain(struct folder *folder, const char *sub,
                            const struct tw_storm_over *over)
{
    tw_outfile *file;
    TW_TRY(open_in(folder, sub, "rain.csv", &file));
    tw_put_text(file, "time,gauge,rain_mm\n", 0);
    for (int32_t minute = 1; minute <= over->minutes; minute++)
        for (int32_t g = 0; g < over->gage_count; g++) {
            int32_t um = tw_storm_minute_um(over, g, minute), now = BEGIN_MIN + minute;
            if (um == 0) continue;
            (void)tw_outfile_printf(file, "2031-07-01T%02d:%02d:00,RG%02d,%d.%03d\n", now / 60,
                                    now % 60, g + 1, um / 1000, um % 1000);
        }
    return TW_OK;
}

static tw_status write_storm(struct folder *folder, const struct tw_storm *storm)
{
    struct tw_storm_over over = tw_storm_lay(folder->city, storm);
    int32_t end = BEGIN_MIN + over.minutes + 90; /* until the streets have drained */
    tw_outfile *file;
    char sub[64];
    (void)snprintf(sub, sizeof sub, "storms/%s", storm->id);
    TW_TRY(make_dir(folder, sub));
    TW_TRY(write_rain(folder, sub, &over));
    TW_TRY(open_in(folder, sub, "storm.ini", &file));
    (void)tw_outfile_printf(
        file,
        "; Chongqing's intensity formula (Shapingba, 2017), Chicago hyetograph:\n"
        "; %g years, %g min, the peak at 0.4 of them; a cell moves over the gages.\n"
        "[storm]\n"
        "title_zh = %s\n"
        "title_en = %s\n"
        "start = 2031-07-01T%02d:00:00\n"
        "end = 2031-07-01T%02d:%02d:00\n"
        "made_up = yes\n",
        storm->period_years, storm->duration_min, storm->title_zh, storm->title_en, BEGIN_MIN / 60,
        end / 60, end % 60);
    return TW_OK;
}

/* ---- all ---- */

static const struct {
    const char *name;
    void (*write)(const struct tw_city *city, tw_outfile *file);
} layers[] = {
    {"network.inp", tw_network_write},      {"terrain.asc", tw_folder_terrain},
    {"points.geojson", tw_folder_points},   {"sensors.geojson", tw_folder_sensors},
    {"roads.geojson", tw_folder_roads},     {"depots.geojson", tw_folder_depots},
    {"cameras.geojson", tw_folder_cameras},
};

static tw_status write_storms(struct folder *folder)
{
    TW_TRY(make_dir(folder, "storms"));
    for (int s = 0; s < TW_STORM_COUNT; s++)
        TW_TRY(write_storm(folder, tw_storm_get(s)));
    return TW_OK;
}

static tw_status write_all(struct folder *folder)
{
    TW_TRY(make_dir(folder, ""));
    TW_TRY(write_storms(folder));
    if (folder->options->storms_only) return TW_OK;
    TW_TRY(make_dir(folder, "plants"));
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        tw_outfile *file;
        TW_TRY(open_in(folder, "", layers[i].name, &file));
        layers[i].write(folder->city, file);
    }
    for (int p = 0; p < TW_CITY_PLANTS; p++)
        TW_TRY(write_plant(folder, p));
    return write_ini(folder); /* last: a folder with city.ini is whole */
}

tw_status tw_folder_write(const struct tw_city *city, const struct tw_folder_options *options,
                          const char *dir)
{
    struct folder folder = {.city = city, .options = options, .dir = dir};
    tw_status status = write_all(&folder);
    if (status == TW_OK) status = commit_all(&folder);
    int why = errno; /* cleaning up may change it */
    if (status != TW_OK) undo(&folder);
    tw_strbuf_done(&folder.path);
    errno = why;
    return status;
}
