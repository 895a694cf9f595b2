/* GeoJSON layers of a city: read whole, every fault named with its line. */
#ifndef TW_SERVER_GEOJSON_H
#define TW_SERVER_GEOJSON_H

#include "base/arena.h"
#include "base/names.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** A layer. */
struct tw_layer {
    const char *path;
    json_t *root; /* owned */
    int32_t count;
    int *lines; /* [count] line at which each feature begins; owned */
    struct tw_arena arena;
    struct tw_names ids; /* of the features so far, to find double ones */
    tw_faults *faults;
};

/** A feature whose frame (geometry, id) has been checked. */
struct tw_feature {
    int32_t index;
    int line;
    const char *id;
    const json_t *properties;
    const json_t *coordinates;
    double lon, lat; /* of a Point */
};

/**
 * Read a layer.
 *
 * path    borrowed while the layer lives
 * faults  takes what is wrong, now and when features are taken
 * errors  TW_ERR_FILE, TW_ERR_INPUT it is no FeatureCollection (faults say why), TW_ERR_NOMEM
 */
tw_status tw_layer_read(const char *path, tw_faults *faults, struct tw_layer *out_layer);

/** Free what a layer holds; of one whose reading failed too. */
void tw_layer_done(struct tw_layer *layer);

/**
 * Take a feature and check its geometry and its id, which no other may have.
 *
 * geometry  "Point" or "LineString"
 * returns   false when it has a fault that makes it unusable
 */
bool tw_layer_feature(struct tw_layer *layer, int32_t index, const char *geometry,
                      struct tw_feature *out_feature);

/** Add a fault about a feature: its line, number and id come before the text. */
void tw_layer_fault(const struct tw_layer *layer, const struct tw_feature *feature,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));

/** A text property; `otherwise` when it is not there or null; a fault when it is no text. */
const char *tw_feature_text(const struct tw_layer *layer, const struct tw_feature *feature,
                            const char *key, const char *otherwise);

/** A number property; `otherwise` when it is not there or null; a fault when it is no number. */
double tw_feature_number(const struct tw_layer *layer, const struct tw_feature *feature,
                         const char *key, double otherwise);

/** A true-or-false property; false when it is not there; a fault when it is something else. */
bool tw_feature_true(const struct tw_layer *layer, const struct tw_feature *feature,
                     const char *key);

#endif
