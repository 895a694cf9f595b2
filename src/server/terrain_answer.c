/* The shaded relief: made once, in a thread of its own, while the server answers already. */
#include "server/hillshade.h"
#include "server/service.h"

#include <stdio.h>
#include <stdlib.h>

#define WIDEST 1024

/* Make the picture; false when there is none to make. */
static bool make_png(struct tw_server *server, void **out_png, size_t *out_size, double bounds[4])
{
    struct tw_raster raster;
    struct tw_shade shade;
    char why[160];
    if (server->city->terrain_path == NULL) return false;
    if (tw_raster_read(server->city->terrain_path, why, sizeof why, &raster) != TW_OK) return false;
    bool degrees = raster.west >= -180.0 && raster.north <= 90.0 &&
                   raster.west + raster.columns * raster.dx <= 180.0 && raster.dx < 1.0;
    int epsg = raster.epsg != 0 ? raster.epsg : degrees ? 4326 : server->city->epsg;
    tw_status status = tw_shade_make(&raster, epsg, WIDEST, &shade);
    tw_raster_done(&raster);
    if (status != TW_OK) return false;
    for (int i = 0; i < 4; i++)
        bounds[i] = shade.bounds[i];
    status = tw_shade_png(&shade, out_png, out_size);
    free(shade.pixels);
    return status == TW_OK;
}

static void fill_reply(const struct tw_server *server, struct tw_http_reply *reply)
{
    if (server->terrain.png == NULL) {
        tw_http_refuse(reply, 404, "the city has no terrain, or it cannot be read",
                       "name it in city.ini: [files] terrain = ...; thalweg check tells what is "
                       "wrong with it");
        return;
    }
    const double *b = server->terrain.bounds;
    reply->mime = "image/png";
    reply->bytes = server->terrain.png;
    reply->size = server->terrain.size;
    reply->cache = "max-age=3600";
    reply->header_name = "X-Bounds";
    (void)snprintf(reply->header_value, sizeof reply->header_value, "%.7f,%.7f,%.7f,%.7f", b[0],
                   b[1], b[2], b[3]);
}

void *tw_terrain_loop(void *user)
{
    struct tw_server *server = user;
    void *png = NULL;
    size_t size = 0;
    double bounds[4] = {0.0};
    bool made = make_png(server, &png, &size, bounds);
    (void)pthread_mutex_lock(&server->terrain.mutex);
    server->terrain.done = true;
    if (made) {
        server->terrain.png = png;
        server->terrain.size = size;
        for (int i = 0; i < 4; i++)
            server->terrain.bounds[i] = bounds[i];
    }
    for (int i = 0; i < server->terrain.waiting_count; i++) {
        struct tw_http_reply reply = {.status = 200, .mime = "application/json"};
        fill_reply(server, &reply);
        tw_http_finish(server->terrain.waiting[i], &reply);
    }
    server->terrain.waiting_count = 0;
    (void)pthread_mutex_unlock(&server->terrain.mutex);
    return NULL;
}

tw_http_outcome tw_get_terrain(void *user, const struct tw_http_request *request,
                               struct tw_http_reply *reply)
{
    struct tw_server *server = user;
    tw_http_outcome outcome = TW_HTTP_DONE;
    (void)pthread_mutex_lock(&server->terrain.mutex);
    if (server->terrain.done) {
        fill_reply(server, reply);
    } else if (server->terrain.waiting_count < TW_TERRAIN_WAITERS) {
        tw_http_later(request);
        server->terrain.waiting[server->terrain.waiting_count++] = request->exchange;
        outcome = TW_HTTP_LATER;
    } else {
        tw_http_refuse(reply, 503, "the relief is being made", "ask again in a few seconds");
    }
    (void)pthread_mutex_unlock(&server->terrain.mutex);
    return outcome;
}
