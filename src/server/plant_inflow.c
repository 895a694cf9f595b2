/* What flows into a plant: the live model's past, and the forecast with its quantiles. */
#include "server/plants.h"
#include "server/service.h"

#include <math.h>
#include <stdlib.h>

#define STRIDE_S 300.0

tw_status tw_plant_inflow_room(struct tw_plant_inflow *out)
{
    double *room = malloc((2 * (size_t)TW_PLANT_PAST + 3 * (size_t)TW_PLANT_AHEAD) * sizeof *room);
    if (room == NULL) return TW_ERR_NOMEM;
    *out = (struct tw_plant_inflow){.past_s = room, .past_m3s = room + TW_PLANT_PAST};
    for (int q = 0; q < 3; q++)
        out->ahead_m3s[q] = room + 2 * (size_t)TW_PLANT_PAST + (size_t)q * TW_PLANT_AHEAD;
    return TW_OK;
}

/* The place of a node among the outfalls, in which the forecast of members lists inflows; -1: none. */
static int32_t inlet_of(const tw_model *model, int32_t node)
{
    int32_t inlet = 0;
    for (int32_t n = 0; n <= node; n++) {
        struct tw_node_info info;
        if (tw_model_node_info(model, (tw_node_id){n}, &info) != TW_OK) continue;
        if (info.kind != TW_NODE_OUTFALL) continue;
        if (n == node) return inlet;
        inlet++;
    }
    return -1;
}

static void copy_past(const struct tw_live *live, int32_t watch, double since_s,
                      struct tw_plant_inflow *out)
{
    double last_s = since_s;
    for (int32_t i = 0; i < live->step_count; i++) {
        double at_s = (double)live->step_times_s[i];
        if (!(at_s >= last_s + STRIDE_S) && !(out->past == 0 && at_s > since_s)) continue;
        if (out->past == TW_PLANT_PAST) return;
        last_s = at_s;
        out->past_s[out->past] = at_s;
        out->past_m3s[out->past++] =
            (double)live->steps[(size_t)i * (size_t)live->watch_count + (size_t)watch];
    }
}

static void copy_ahead(const struct tw_server *server, int32_t plant, int32_t watch,
                       struct tw_plant_inflow *out)
{
    const struct tw_foresight *f = &server->live.forecast;
    int32_t steps = f->head.step_count;
    const float *rows[3] = {NULL, f->values + (size_t)watch * (size_t)steps, NULL};
    if (f->inflow_m3s != NULL) {
        int32_t inlet = inlet_of(server->city->model, server->city->plants[plant].node.index);
        for (int q = 0; q < 3; q++) {
            bool known = inlet >= 0 && inlet < f->head.inlet_count;
            rows[q] =
                known ? f->inflow_m3s + ((size_t)inlet * 3 + (size_t)q) * (size_t)steps : NULL;
        }
    }
    out->issued_ms = f->issued_ms;
    out->begin_s = (double)f->issued_ms / 1000.0;
    out->step_s = f->head.step_s;
    out->ahead = steps < TW_PLANT_AHEAD ? steps : TW_PLANT_AHEAD;
    for (int q = 0; q < 3; q++)
        for (int32_t k = 0; k < out->ahead; k++)
            out->ahead_m3s[q][k] = rows[q] != NULL ? (double)rows[q][k] : (double)NAN;
}

void tw_plants_inflow(struct tw_server *server, int32_t plant, double since_s,
                      struct tw_plant_inflow *out)
{
    struct tw_live *live = &server->live;
    int32_t watch = live->plant_watch[plant];
    out->past = out->ahead = 0;
    out->issued_ms = TW_STORE_NEVER;
    if (watch < 0) return;
    (void)pthread_mutex_lock(&live->mutex);
    copy_past(live, watch, since_s, out);
    if (live->forecast.values != NULL) copy_ahead(server, plant, watch, out);
    (void)pthread_mutex_unlock(&live->mutex);
}
