/* What GET answers of the last forecast: how far it goes and on what it rests, loads, inflows. */
#include "net/json.h"
#include "server/members.h"
#include "server/service.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#define DIGITS 4
#define LOADED 0.5 /* links that carry less of their full flow are not told of */

/* ---- what was left out ---- */

/* The name of what a note is about: a gage's is the model's, a sensor's the city's. */
static void add_subject(struct tw_server *server, const json_t *note, struct tw_strbuf *out)
{
    const json_t *gage = json_object_get(note, "gage");
    const json_t *sensor = json_object_get(note, "sensor");
    json_int_t index = json_integer_value(gage != NULL ? gage : sensor);
    struct tw_gage_info info = {.name = NULL};
    const char *name = NULL;
    if (gage != NULL && index >= 0 &&
        tw_model_gage_info(server->city->model, (tw_gage_id){(int32_t)index}, &info) == TW_OK) {
        name = info.name;
    }
    if (gage == NULL && index >= 0 && index < server->city->sensor_count) {
        name = server->city->sensors[index].id;
    }
    const char *outlook = json_string_value(json_object_get(note, "outlook"));
    if (outlook != NULL) {
        tw_json_put_text(out, "kind", "outlook");
        tw_json_put_text(out, "id", outlook);
        return;
    }
    tw_json_put_text(out, "kind", gage != NULL ? "rain" : "sensor");
    tw_json_put_text(out, "id", name);
}

static void add_left_out(struct tw_server *server, const char *notes, struct tw_strbuf *out)
{
    json_t *list = json_loads(notes, 0, NULL);
    tw_json_key(out, "left_out");
    tw_json_open(out, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *note = json_array_get(list, i);
        tw_json_open(out, '{');
        add_subject(server, note, out);
        tw_json_put_text(out, "code", json_string_value(json_object_get(note, "code")));
        tw_json_put_text(out, "zh", json_string_value(json_object_get(note, "zh")));
        tw_json_put_text(out, "en", json_string_value(json_object_get(note, "en")));
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    json_decref(list);
}

void tw_answer_forecast(struct tw_server *server, struct tw_strbuf *out)
{
    struct tw_live *live = &server->live;
    (void)pthread_mutex_lock(&live->mutex);
    const struct tw_foresight *f = &live->forecast;
    bool there = f->values != NULL;
    double reaches_min = (f->head.step_count - 1) * f->head.step_s / 60.0;
    tw_json_open(out, '{');
    tw_member_time(server, out, "issued", there ? f->issued_ms : TW_STORE_NEVER);
    tw_json_put_number(out, "took_ms", there ? 1000.0 * f->head.took_s : (double)NAN, 0);
    tw_json_put_number(out, "horizon_min", server->city->horizon_s / 60.0, 0);
    tw_json_put_number(out, "reaches_min", there ? reaches_min : (double)NAN, 0);
    tw_json_put_text(out, "rain", server->perfect_rain ? "perfect" : "honest");
    tw_json_put_bool(out, "assimilates", TW_SERVER_FORESEES(server) && server->city->assimilates);
    tw_json_put_integer(out, "members", f->head.members);
    tw_json_put_integer(out, "members_asked", f->head.asked_members);
    tw_json_put_integer(out, "members_failed", f->head.failed);
    tw_json_put_bool(out, "shed",
                     f->head.asked_members > f->head.members + f->head.failed ||
                         f->head.asked_step_count > f->head.step_count);
    add_left_out(server, there ? f->notes : "[]", out);
    tw_json_close(out, '}');
    (void)pthread_mutex_unlock(&live->mutex);
}

/* ---- loads and inflows ---- */

static int64_t after(const struct tw_foresight *f, float in_s)
{
    return isnan(in_s) ? TW_STORE_NEVER : f->issued_ms + (int64_t)(1000.0 * (double)in_s);
}

void tw_answer_loads(struct tw_server *server, struct tw_strbuf *out)
{
    static const char *const kinds[] = {[TW_LINK_CONDUIT] = "conduit",
                                        [TW_LINK_PUMP] = "pump",
                                        [TW_LINK_ORIFICE] = "orifice",
                                        [TW_LINK_WEIR] = "weir",
                                        [TW_LINK_OUTLET] = "outlet"};
    struct tw_live *live = &server->live;
    tw_json_open(out, '[');
    (void)pthread_mutex_lock(&live->mutex);
    const struct tw_foresight *f = &live->forecast;
    for (int32_t k = 0; f->load_ratio != NULL && k < f->head.link_count; k++) {
        struct tw_link_info info;
        bool tells = (double)f->load_ratio[k] >= LOADED || !isnan(f->filled_s[k]);
        if (!tells || tw_model_link_info(server->city->model, (tw_link_id){k}, &info) != TW_OK) {
            continue;
        }
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", info.name);
        tw_json_put_text(out, "kind", kinds[info.kind]);
        tw_json_put_number(out, "load", (double)f->load_ratio[k], 3);
        tw_member_time(server, out, "at_capacity_from", after(f, f->loaded_s[k]));
        tw_member_time(server, out, "full_from", after(f, f->filled_s[k]));
        tw_json_close(out, '}');
    }
    (void)pthread_mutex_unlock(&live->mutex);
    tw_json_close(out, ']');
}

static void add_curve(const struct tw_foresight *f, const char *key, const float *values,
                      struct tw_strbuf *out)
{
    tw_json_key(out, key);
    tw_json_open(out, '[');
    for (int32_t k = 0; values != NULL && k < f->head.step_count; k++) {
        tw_json_open(out, '[');
        tw_json_integer(out, f->issued_ms / 1000 + (int64_t)(f->head.step_s * k));
        tw_json_number(out, (double)values[k], DIGITS);
        tw_json_close(out, ']');
    }
    tw_json_close(out, ']');
}

void tw_answer_inflows(struct tw_server *server, struct tw_strbuf *out)
{
    static const char *const keys[] = {"low", "middle", "high"};
    struct tw_live *live = &server->live;
    const tw_model *model = server->city->model;
    int32_t inlet = 0;
    tw_json_open(out, '[');
    (void)pthread_mutex_lock(&live->mutex);
    const struct tw_foresight *f = &live->forecast;
    /* Outfalls in the model's order, as the model's process lists them. */
    for (int32_t n = 0; n < tw_model_node_count(model) && inlet < f->head.inlet_count; n++) {
        struct tw_node_info info;
        if (tw_model_node_info(model, (tw_node_id){n}, &info) != TW_OK) continue;
        if (info.kind != TW_NODE_OUTFALL) continue;
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", info.name);
        tw_json_put_text(out, "unit", "m3/s");
        for (int q = 0; q < 3; q++) {
            int64_t row = (int64_t)inlet * 3 + q;
            add_curve(f, keys[q], f->inflow_m3s + row * f->head.step_count, out);
        }
        tw_json_close(out, '}');
        inlet++;
    }
    (void)pthread_mutex_unlock(&live->mutex);
    tw_json_close(out, ']');
}

/* ---- of a point; with the live mutex held ---- */

void tw_answer_band(const struct tw_live *live, int32_t point, struct tw_strbuf *out)
{
    const struct tw_foresight *f = &live->forecast;
    bool many = f->low_m != NULL;
    int64_t steps = f->head.step_count;
    add_curve(f, "forecast_low", many ? f->low_m + point * steps : NULL, out);
    add_curve(f, "forecast_high", many ? f->high_m + point * steps : NULL, out);
    tw_json_key(out, "chances");
    tw_json_open(out, '{');
    for (int32_t c = 0; c < TW_WARNING_CLASSES; c++) {
        int64_t row = (int64_t)point * TW_WARNING_CLASSES + c;
        add_curve(f, tw_class_name(c + 1), many ? f->chance + row * steps : NULL, out);
    }
    tw_json_close(out, '}');
}

void tw_answer_chance(const struct tw_live *live, int32_t point, struct tw_strbuf *out)
{
    const struct tw_foresight *f = &live->forecast;
    tw_json_key(out, "chance");
    if (f->peak_chance == NULL) {
        tw_json_null(out);
        return;
    }
    tw_json_open(out, '{');
    for (int32_t c = 0; c < TW_WARNING_CLASSES; c++) {
        double chance = (double)f->peak_chance[point * TW_WARNING_CLASSES + c];
        tw_json_put_number(out, tw_class_name(c + 1), chance, 3);
    }
    tw_json_close(out, '}');
}
