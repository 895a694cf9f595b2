/* A made city as a folder, the way docs/city-folder.md describes it. */
#ifndef TW_SYNTH_FOLDER_H
#define TW_SYNTH_FOLDER_H

#include "base/file.h"
#include "synth/city.h"
#include "thalweg/status.h"

#include <stdbool.h>

/** What the folder says of the city beside what the city is. Texts without line ends and ';'. */
struct tw_folder_options {
    const char *id;
    const char *title_zh, *title_en;
    bool storms_only; /* write only the storms folder */
};

/**
 * Write a city: city.ini, network, terrain, layers, plants and storms. Files take their places when
 * all of them are whole; a failure leaves none behind.
 *
 * dir     made when it is not there; files in it that have the same names are replaced
 * errors  TW_ERR_FILE (errno says why), TW_ERR_NOMEM
 */
tw_status tw_folder_write(const struct tw_city *city, const struct tw_folder_options *options,
                          const char *dir);

/* ---- its files; a failed write shows at commit ---- */

/** terrain.asc: an ESRI grid of the ground, at most a million cells, none under 10 m. */
void tw_folder_terrain(const struct tw_city *city, tw_outfile *file);

/** points.geojson: the flood-prone points. */
void tw_folder_points(const struct tw_city *city, tw_outfile *file);

/** sensors.geojson: levels at the points and in storages, flows into plants, rain gages. */
void tw_folder_sensors(const struct tw_city *city, tw_outfile *file);

/** cameras.geojson: one at each point, without an address. */
void tw_folder_cameras(const struct tw_city *city, tw_outfile *file);

/** roads.geojson: river roads, streets of sewers, level links between them: one connected graph. */
void tw_folder_roads(const struct tw_city *city, tw_outfile *file);

/** depots.geojson: six depots at street corners, 24 crews of four. */
void tw_folder_depots(const struct tw_city *city, tw_outfile *file);

/** Sections of plants/NAME.ini: units, equipment, chemicals and tags of a plant of a size [m3/d]. */
void tw_folder_plant_sections(tw_outfile *file, double capacity_m3d);

#endif
