#include "server/futures.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "forecast/outlook_read.h"
#include "grid/projection.h"
#include "net/json.h"
#include "server/storm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Which members' values are shown beside the middle. */
#define LOW 0.1
#define HIGH 0.9
#define FULL 0.999 /* a conduit that is as full as makes no difference */
/* The noise of a sensor that states none. */
#define USUAL_LEVEL_SD_M 0.01
#define USUAL_FLOW_SD_M3S 0.02
#define FORGET_S 43200.0 /* rain that fell before is of no use to a nowcast */
#define OUTLOOK_MOST_BYTES ((size_t)64 << 20)
enum { FAULTS_KEPT = 8 };

struct tw_futures {
    struct tw_futures_setup setup;
    struct tw_foresee *foresee;
    int32_t *filter_sensor; /* [sensors] -1: measures nothing of the model */
    int32_t *inlets, *links, *points, *first_place;
    int32_t inlet_count, link_count, gage_count;
    float *values;
    size_t capacity;
    char outlook_name[80], outlook_fault[240]; /* of the newest file of others; "": none */
    struct tw_strbuf notes;
};

/* ---- making ---- */

/* Rain as it will be, the same for every member. */
static double known_rain(void *user, int32_t member, int32_t subcatchment, double from_s,
                         double to_s)
{
    const struct tw_futures *f = user;
    struct tw_subcatchment_info info;
    (void)member;
    if (tw_model_subcatchment_info(f->setup.model, (tw_subcatchment_id){subcatchment}, &info) !=
            TW_OK ||
        info.gage.index < 0) {
        return 0.0;
    }
    double start_s = f->setup.about->start_s;
    return tw_rain_mean_mmh(&f->setup.ahead[info.gage.index], start_s + from_s, start_s + to_s);
}

/* Where water leaves the model, its links, and a place under each gage. */
static tw_status list_elements(struct tw_futures *f)
{
    const tw_model *model = f->setup.model;
    f->link_count = tw_model_link_count(model);
    f->gage_count = tw_model_gage_count(model);
    int32_t nodes = tw_model_node_count(model);
    f->inlets = malloc(((size_t)nodes + 1) * sizeof *f->inlets);
    f->links = malloc(((size_t)f->link_count + 1) * sizeof *f->links);
    f->points = malloc(((size_t)f->setup.about->point_count + 1) * sizeof *f->points);
    f->first_place = malloc(((size_t)f->gage_count + 1) * sizeof *f->first_place);
    if (f->inlets == NULL || f->links == NULL || f->points == NULL || f->first_place == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t n = 0; n < nodes; n++) {
        struct tw_node_info info;
        TW_TRY(tw_model_node_info(model, (tw_node_id){n}, &info));
        if (info.kind == TW_NODE_OUTFALL) f->inlets[f->inlet_count++] = n;
    }
    for (int32_t k = 0; k < f->link_count; k++)
        f->links[k] = k;
    for (int32_t p = 0; p < f->setup.about->point_count; p++)
        f->points[p] = f->setup.watches[p].index;
    for (int32_t g = 0; g < f->gage_count; g++)
        f->first_place[g] = -1;
    for (int32_t s = tw_model_subcatchment_count(model) - 1; s >= 0; s--) {
        struct tw_subcatchment_info info;
        TW_TRY(tw_model_subcatchment_info(model, (tw_subcatchment_id){s}, &info));
        if (info.gage.index >= 0) f->first_place[info.gage.index] = s;
    }
    return TW_OK;
}

static tw_status list_sensors(struct tw_futures *f, struct tw_filter_sensor **out_sensors,
                              int32_t *out_count)
{
    int32_t count = f->setup.about->sensor_count;
    struct tw_filter_sensor *list = calloc((size_t)count + 1, sizeof *list);
    f->filter_sensor = malloc(((size_t)count + 1) * sizeof *f->filter_sensor);
    *out_sensors = list;
    if (list == NULL || f->filter_sensor == NULL) return TW_ERR_NOMEM;
    for (int32_t s = 0; s < count; s++) {
        const struct tw_worker_sensor *sensor = &f->setup.sensors[s];
        f->filter_sensor[s] = -1;
        if (sensor->watch < 0) continue;
        const struct tw_watch *watch = &f->setup.watches[sensor->watch];
        bool level = watch->kind == TW_WATCH_NODE_DEPTH;
        double usual_sd = level ? USUAL_LEVEL_SD_M : USUAL_FLOW_SD_M3S;
        f->filter_sensor[s] = *out_count;
        list[(*out_count)++] = (struct tw_filter_sensor){
            .name = sensor->id,
            .kind = level ? TW_FILTER_LEVEL : TW_FILTER_FLOW,
            .index = watch->index,
            .noise_sd = sensor->noise_sd > 0.0 ? sensor->noise_sd : usual_sd};
    }
    return TW_OK;
}

static tw_status list_gauges(const struct tw_futures *f, struct tw_rain_gauge **out_gauges)
{
    struct tw_rain_gauge *gauges = calloc((size_t)f->gage_count + 1, sizeof *gauges);
    *out_gauges = gauges;
    if (gauges == NULL) return TW_ERR_NOMEM;
    for (int32_t g = 0; g < f->gage_count; g++) {
        struct tw_gage_info info;
        TW_TRY(tw_model_gage_info(f->setup.model, (tw_gage_id){g}, &info));
        gauges[g] = (struct tw_rain_gauge){info.name, info.x, info.y};
    }
    return TW_OK;
}

static tw_status make_foresee(struct tw_futures *f, const struct tw_filter_sensor *sensors,
                              int32_t sensor_count, const struct tw_rain_gauge *gauges)
{
    const struct tw_worker_setup *about = f->setup.about;
    struct tw_foresee_setup setup = tw_foresee_setup_default();
    setup.filter.model = f->setup.model;
    /* Members keep the filter's steps: with the live run's a flooded city takes minutes. */
    setup.filter.options.start_day = f->setup.options.start_day;
    setup.filter.options.end_day = f->setup.options.end_day;
    setup.filter.options.outer_rain = true;
    setup.filter.members = about->members;
    setup.filter.threads = f->setup.threads;
    setup.filter.seed = about->seed;
    setup.filter.sensors = sensors;
    setup.filter.sensor_count = sensor_count;
    setup.filter.assimilate = about->assimilate != 0;
    memcpy(setup.filter.priors, about->priors, sizeof setup.filter.priors);
    if (about->semi_implicit != 0) {
        setup.routing = TW_RUN_ROUTING_SEMI_IMPLICIT;
        setup.routing_step_s = about->routing_step_s;
    }
    setup.horizon_s = about->horizon_s;
    setup.gauges = gauges;
    setup.gauge_count = f->gage_count;
    setup.points = f->points;
    setup.point_count = about->point_count;
    setup.links = f->links;
    setup.link_count = f->link_count;
    setup.inlets = f->inlets;
    setup.inlet_count = f->inlet_count;
    if (about->perfect != 0) {
        setup.rain = known_rain;
        setup.rain_user = f;
    }
    return tw_foresee_create(&setup, &f->foresee);
}

tw_status tw_futures_create(const struct tw_futures_setup *setup, struct tw_futures **out_futures)
{
    struct tw_futures *f = calloc(1, sizeof *f);
    struct tw_filter_sensor *sensors = NULL;
    struct tw_rain_gauge *gauges = NULL;
    int32_t sensor_count = 0;
    if (f == NULL) return TW_ERR_NOMEM;
    f->setup = *setup;
    tw_status status = list_elements(f);
    if (status == TW_OK) status = list_sensors(f, &sensors, &sensor_count);
    if (status == TW_OK) status = list_gauges(f, &gauges);
    if (status == TW_OK) status = make_foresee(f, sensors, sensor_count, gauges);
    free(sensors);
    free(gauges);
    if (status != TW_OK) {
        tw_futures_destroy(f);
        return status;
    }
    *out_futures = f;
    return TW_OK;
}

void tw_futures_destroy(struct tw_futures *f)
{
    if (f == NULL) return;
    tw_foresee_destroy(f->foresee);
    free(f->filter_sensor);
    free(f->inlets);
    free(f->links);
    free(f->points);
    free(f->first_place);
    free(f->values);
    tw_strbuf_done(&f->notes);
    free(f);
}

/* ---- what is known ---- */

tw_status tw_futures_add_rain(struct tw_futures *f, const struct tw_worker_rain *rain,
                              double interval_s)
{
    struct tw_nowcast *nowcast = tw_foresee_nowcast(f->foresee);
    if (nowcast == NULL) return TW_OK;
    return tw_nowcast_add_gauge(nowcast, rain->gage, rain->until_s - f->setup.about->start_s,
                                interval_s, rain->rain_mm);
}

tw_status tw_futures_add_value(struct tw_futures *f, const struct tw_worker_value *value)
{
    if (value->sensor < 0 || value->sensor >= f->setup.about->sensor_count) return TW_ERR_ARG;
    int32_t sensor = f->filter_sensor[value->sensor];
    if (sensor < 0) return TW_OK;
    return tw_foresee_add_measurement(f->foresee, sensor, value->at_s - f->setup.about->start_s,
                                      value->value, value->usable != 0);
}

tw_status tw_futures_add_radar(struct tw_futures *f, double time_s, const char *path)
{
    char why[200];
    struct tw_nowcast *nowcast = tw_foresee_nowcast(f->foresee);
    struct tw_raster raster = {0};
    if (nowcast == NULL) return TW_OK;
    TW_TRY(tw_radar_field_read(path, f->setup.about->epsg, why, sizeof why, &raster));
    tw_status status = tw_nowcast_add_radar(nowcast, time_s - f->setup.about->start_s, &raster);
    tw_raster_done(&raster);
    return status;
}

/* What is wrong with the newest file of others is said with each forecast. */
static void note_outlook(struct tw_futures *f, const char *path, const tw_faults *faults)
{
    f->outlook_fault[0] = 0;
    if (tw_faults_kept(faults) == 0) return;
    struct tw_fault fault = tw_faults_get(faults, 0);
    const char *name = strrchr(path, '/');
    (void)snprintf(f->outlook_name, sizeof f->outlook_name, "%s", name == NULL ? path : name + 1);
    (void)snprintf(f->outlook_fault, sizeof f->outlook_fault, "%d: %s", fault.line, fault.text);
}

static tw_status read_outlook(struct tw_futures *f, const char *path, char *text)
{
    const struct tw_worker_setup *about = f->setup.about;
    struct tw_projection *projection = NULL;
    struct tw_rain_gauge *gauges = NULL;
    tw_faults *faults = NULL;
    tw_status status = list_gauges(f, &gauges);
    (void)tw_projection_create(about->epsg, &projection); /* without one polygons are a fault */
    const struct tw_outlook_how how = {.origin_day = f->setup.options.start_day,
                                       .zone_s = (int32_t)about->zone_s,
                                       .gauges = gauges,
                                       .gauge_count = f->gage_count,
                                       .projection = projection};
    if (status == TW_OK) status = tw_faults_create(FAULTS_KEPT, &faults);
    if (status == TW_OK) {
        status = tw_outlook_read(path, text, &how, faults, tw_foresee_nowcast(f->foresee));
        note_outlook(f, path, faults);
    }
    tw_faults_destroy(faults);
    tw_projection_destroy(projection);
    free(gauges);
    return status;
}

tw_status tw_futures_add_outlook(struct tw_futures *f, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    if (tw_foresee_nowcast(f->foresee) == NULL) return TW_OK;
    tw_status status = tw_file_read(path, OUTLOOK_MOST_BYTES, &text, &size);
    if (status == TW_OK) status = read_outlook(f, path, text);
    free(text);
    return status;
}

/* ---- what came out ---- */

static tw_status make_room(struct tw_futures *f, size_t count)
{
    if (count <= f->capacity) return TW_OK;
    float *values = realloc(f->values, count * sizeof *values);
    if (values == NULL) return TW_ERR_NOMEM;
    f->values = values;
    f->capacity = count;
    return TW_OK;
}

static void pack_depths(const struct tw_futures *f, const struct tw_foresee_result *result,
                        int32_t steps, float **at)
{
    const struct tw_worker_setup *about = f->setup.about;
    const double levels[] = {LOW, HIGH};
    for (int q = 0; q < 2; q++) {
        for (int32_t p = 0; p < about->point_count; p++) {
            for (int32_t k = 0; k < steps; k++)
                *(*at)++ = (float)tw_foresee_quantile(result, TW_SERIES_DEPTH, p, levels[q], k);
        }
    }
    for (int32_t i = 0; i < about->point_count * TW_WORKER_CLASSES; i++) {
        for (int32_t k = 0; k < steps; k++) {
            *(*at)++ = (float)tw_foresee_share(result, TW_SERIES_DEPTH, i / TW_WORKER_CLASSES,
                                               f->setup.classes_m[i], k);
        }
    }
    for (int32_t i = 0; i < about->point_count * TW_WORKER_CLASSES; i++) {
        struct tw_foresee_passing passing = tw_foresee_passing_get(
            result, TW_SERIES_DEPTH, i / TW_WORKER_CLASSES, f->setup.classes_m[i]);
        *(*at)++ = (float)passing.share;
    }
}

/* The middle of the watches: points are foreseen, sensors are not. Then rain at the gages. */
static void pack_watches(const struct tw_futures *f, const struct tw_foresee_result *result,
                         const struct tw_foresee_extent *extent, float **at)
{
    const struct tw_worker_setup *about = f->setup.about;
    const struct tw_nowcast *nowcast = tw_foresee_nowcast(f->foresee);
    for (int32_t w = 0; w < about->watch_count; w++) {
        for (int32_t k = 0; k < extent->step_count; k++) {
            double middle = w < about->point_count ? tw_foresee_quantile(result, TW_SERIES_DEPTH, w,
                                                                         about->quantile, k)
                                                   : NAN;
            *(*at)++ = (float)middle;
        }
    }
    for (int32_t g = 0; g < f->gage_count; g++) {
        for (int32_t k = 0; k < extent->step_count; k++) {
            double to_s = extent->start_s + k * extent->step_s;
            double from_s = to_s - extent->step_s;
            double sum = 0.0;
            for (int32_t m = 0; m < about->members && f->first_place[g] >= 0; m++) {
                sum += nowcast == NULL
                           ? known_rain((void *)(uintptr_t)f, m, f->first_place[g], from_s, to_s)
                           : tw_nowcast_mmh(nowcast, m, f->first_place[g], from_s, to_s);
            }
            *(*at)++ = (float)(sum / about->members);
        }
    }
}

/* When more than half of the members have a link at a limit [s from now]; NAN: they never have. */
static float limit_in_s(const struct tw_foresee_result *result, tw_series_kind kind, int32_t link,
                        double limit, double start_s)
{
    struct tw_foresee_passing passing = tw_foresee_passing_get(result, kind, link, limit);
    return passing.share >= 0.5 ? (float)(passing.middle_s - start_s) : NAN;
}

static void pack_elements(const struct tw_futures *f, const struct tw_foresee_result *result,
                          const struct tw_foresee_extent *extent, float **at)
{
    const double levels[] = {LOW, 0.5, HIGH};
    for (int32_t i = 0; i < f->inlet_count * 3; i++) {
        for (int32_t k = 0; k < extent->step_count; k++) {
            *(*at)++ =
                (float)tw_foresee_quantile(result, TW_SERIES_INFLOW, i / 3, levels[i % 3], k);
        }
    }
    for (int32_t i = 0; i < f->link_count; i++)
        *(*at)++ = limit_in_s(result, TW_SERIES_LOAD, i, 1.0, extent->start_s);
    for (int32_t i = 0; i < f->link_count; i++)
        *(*at)++ = limit_in_s(result, TW_SERIES_FILLING, i, FULL, extent->start_s);
    for (int32_t i = 0; i < f->link_count; i++) {
        double most = 0.0;
        for (int32_t k = 0; k < extent->step_count; k++) {
            double load = tw_foresee_quantile(result, TW_SERIES_LOAD, i, 0.5, k);
            if (load > most) most = load;
        }
        *(*at)++ = (float)most;
    }
}

static void add_note(struct tw_strbuf *out, const char *what, int32_t index, const char *code,
                     const char *const texts[2])
{
    tw_json_open(out, '{');
    tw_json_put_integer(out, what, index);
    tw_json_put_text(out, "code", code);
    tw_json_put_text(out, "zh", texts[0]);
    tw_json_put_text(out, "en", texts[1]);
    tw_json_close(out, '}');
}

static void write_outlook_note(struct tw_futures *f)
{
    char zh[320], en[320];
    (void)snprintf(zh, sizeof zh, "外来降雨预报文件有误，未全部采用：%s", f->outlook_fault);
    (void)snprintf(en, sizeof en, "this forecast of others is not fully used: %s",
                   f->outlook_fault);
    tw_json_open(&f->notes, '{');
    tw_json_put_text(&f->notes, "outlook", f->outlook_name);
    tw_json_put_text(&f->notes, "code", "outlook-faulty");
    tw_json_put_text(&f->notes, "zh", zh);
    tw_json_put_text(&f->notes, "en", en);
    tw_json_close(&f->notes, '}');
}

/* What was left out, sensors by their place in the city's list. */
static void write_notes(struct tw_futures *f)
{
    const struct tw_filter *filter = tw_foresee_filter(f->foresee);
    const struct tw_nowcast *nowcast = tw_foresee_nowcast(f->foresee);
    tw_strbuf_clear(&f->notes);
    tw_json_open(&f->notes, '[');
    for (int32_t i = 0; nowcast != NULL && i < tw_nowcast_note_count(nowcast); i++) {
        struct tw_rain_note note = tw_nowcast_note(nowcast, i);
        if (note.used) continue;
        add_note(&f->notes, "gage", note.gauge, note.code, (const char *const[]){note.zh, note.en});
    }
    for (int32_t i = 0; f->setup.about->assimilate != 0 && i < tw_filter_note_count(filter); i++) {
        struct tw_filter_note note = tw_filter_note_get(filter, i);
        int32_t sensor = 0;
        while (sensor < f->setup.about->sensor_count && f->filter_sensor[sensor] != note.sensor)
            sensor++;
        add_note(&f->notes, "sensor", sensor, note.code, (const char *const[]){note.zh, note.en});
    }
    if (f->outlook_fault[0] != 0) write_outlook_note(f);
    tw_json_close(&f->notes, ']');
}

static tw_status pack(struct tw_futures *f, const struct tw_foresee_result *result, double took_s,
                      struct tw_futures_product *out)
{
    const struct tw_worker_setup *about = f->setup.about;
    struct tw_foresee_extent extent = tw_foresee_extent_get(result);
    size_t steps = (size_t)extent.step_count;
    size_t points = (size_t)about->point_count;
    size_t count = ((size_t)about->watch_count + (size_t)f->gage_count) * steps +
                   points * (2 * steps + TW_WORKER_CLASSES * (steps + 1)) +
                   (size_t)f->inlet_count * 3 * steps + (size_t)f->link_count * 3;
    TW_TRY(make_room(f, count + 1));
    float *at = f->values;
    pack_watches(f, result, &extent, &at);
    pack_depths(f, result, extent.step_count, &at);
    pack_elements(f, result, &extent, &at);
    write_notes(f);
    *out = (struct tw_futures_product){.head = {.start_s = about->start_s + extent.start_s,
                                                .step_s = extent.step_s,
                                                .took_s = took_s,
                                                .step_count = extent.step_count,
                                                .watch_count = about->watch_count,
                                                .gage_count = f->gage_count,
                                                .asked_step_count = extent.asked_step_count,
                                                .members = extent.members,
                                                .asked_members = extent.asked_members,
                                                .failed = extent.failed,
                                                .point_count = about->point_count,
                                                .inlet_count = f->inlet_count,
                                                .link_count = f->link_count,
                                                .notes_size = (int32_t)f->notes.length + 1},
                                       .values = f->values,
                                       .value_count = count,
                                       .notes = tw_strbuf_get(&f->notes)};
    return f->notes.status;
}

static double wall_s(void *user)
{
    (void)user;
    return (double)tw_clock_steady_ms() / 1000.0;
}

tw_status tw_futures_cycle(struct tw_futures *f, double now_s, double budget_s, const char *path,
                           struct tw_futures_product *out_product)
{
    const struct tw_foresee_result *result = NULL;
    double begin_s = wall_s(NULL);
    TW_TRY(tw_foresee_advance(f->foresee, now_s));
    if (tw_foresee_nowcast(f->foresee) != NULL) {
        tw_nowcast_forget(tw_foresee_nowcast(f->foresee), now_s - FORGET_S);
    }
    /* Before anybody hears of it: a process that begins again must not be behind what was told. A
     * state that cannot be saved costs a longer way back later, nothing now. */
    if (path[0] != 0) (void)tw_foresee_save(f->foresee, path);
    struct tw_foresee_budget budget = {.clock_s = wall_s};
    if (budget_s > 0.0) {
        budget.seconds = budget_s - (wall_s(NULL) - begin_s);
        if (budget.seconds < 0.1 * budget_s) budget.seconds = 0.1 * budget_s;
    }
    TW_TRY(tw_foresee_run(f->foresee, &budget, &result));
    return pack(f, result, wall_s(NULL) - begin_s, out_product);
}

tw_status tw_futures_load(struct tw_futures *f, const char *path)
{
    return tw_foresee_load(f->foresee, path);
}
