#include "grid/projection.h"

#include <math.h>
#include <proj.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct tw_projection {
    PJ_CONTEXT *context;
    PJ *transformation; /* map coordinates to longitude, latitude */
};

tw_status tw_projection_create(int epsg, struct tw_projection **out_projection)
{
    struct tw_projection *projection = calloc(1, sizeof *projection);
    if (projection == NULL) return TW_ERR_NOMEM;
    projection->context = proj_context_create();
    (void)proj_log_level(projection->context, PJ_LOG_NONE);
    char name[32];
    (void)snprintf(name, sizeof name, "EPSG:%d", epsg);
    PJ *raw = proj_create_crs_to_crs(projection->context, name, "EPSG:4326", NULL);
    if (raw != NULL) {
        /* Easting first and longitude first, whatever the authority's order of axes is. */
        projection->transformation = proj_normalize_for_visualization(projection->context, raw);
        (void)proj_destroy(raw);
    }
    if (projection->transformation == NULL) {
        tw_projection_destroy(projection);
        return TW_ERR_NAME;
    }
    *out_projection = projection;
    return TW_OK;
}

void tw_projection_destroy(struct tw_projection *projection)
{
    if (projection == NULL) return;
    (void)proj_destroy(projection->transformation);
    (void)proj_context_destroy(projection->context);
    free(projection);
}

static void transform(const struct tw_projection *projection, PJ_DIRECTION direction, double in[2],
                      double out[2])
{
    PJ_COORD to =
        proj_trans(projection->transformation, direction, proj_coord(in[0], in[1], 0.0, 0.0));
    bool known = isfinite(in[0]) && isfinite(in[1]) && isfinite(to.xy.x) && isfinite(to.xy.y);
    out[0] = known ? to.xy.x : (double)NAN;
    out[1] = known ? to.xy.y : (double)NAN;
}

void tw_projection_to_wgs84(const struct tw_projection *projection, double x, double y,
                            double *out_lon, double *out_lat)
{
    double in[2] = {x, y};
    double out[2];
    transform(projection, PJ_FWD, in, out);
    *out_lon = out[0];
    *out_lat = out[1];
}

void tw_projection_from_wgs84(const struct tw_projection *projection, double lon, double lat,
                              double *out_x, double *out_y)
{
    double in[2] = {lon, lat};
    double out[2];
    transform(projection, PJ_INV, in, out);
    *out_x = out[0];
    *out_y = out[1];
}
