/* GeoJSON layers of a made city: features one a line, all marked as made up. Local coordinates
 * become longitude and latitude of six decimals (0.1 m), so equal places are equal texts. */
#ifndef TW_SYNTH_GEO_H
#define TW_SYNTH_GEO_H

#include "base/file.h"
#include "synth/utm.h"

#include <stdbool.h>

/** A layer being written. */
struct tw_geo {
    tw_outfile *file;
    struct tw_utm origin;
    bool any; /* a feature was written */
};

/** Begin a layer; a failed write shows when the file is committed. */
struct tw_geo tw_geo_begin(tw_outfile *file);

/** Begin a point feature at a local place [m]; its properties follow. */
void tw_geo_point(struct tw_geo *geo, const char *id, double x_m, double y_m);

/** Begin a line feature: places follow, then tw_geo_line_done, then its properties. */
void tw_geo_line(struct tw_geo *geo, double x_m, double y_m);

/** A further place of the line [m]. */
void tw_geo_line_to(struct tw_geo *geo, double x_m, double y_m);

/** The line is whole. */
void tw_geo_line_done(struct tw_geo *geo, const char *id);

/** A text property; the text needs no escapes. */
void tw_geo_text(struct tw_geo *geo, const char *key, const char *text);

/** A number property. decimals: 0..6 */
void tw_geo_number(struct tw_geo *geo, const char *key, double value, int decimals);

/** A property whose value is JSON already. */
void tw_geo_json(struct tw_geo *geo, const char *key, const char *json);

/** The feature is whole. */
void tw_geo_feature_done(struct tw_geo *geo);

/** The layer is whole. */
void tw_geo_end(struct tw_geo *geo);

/** Longitude and latitude of a local place [m]. */
struct tw_lonlat tw_geo_lonlat(struct tw_utm origin, double x_m, double y_m);

#endif
