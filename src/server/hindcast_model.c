#include "server/hindcast_model.h"

#include "grid/raster.h"
#include "telemetry/qc.h"
#include "telemetry/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The noise of a sensor that states none. */
#define USUAL_LEVEL_SD_M 0.01
#define USUAL_FLOW_SD_M3S 0.02
/* Members may be hasty, but not so that pump wells fill: docs/decisions/0012-assimilation.md. */
#define HASTY_STEP_S 2.0
#define HASTY_TRIALS 4
#define DAY_S 86400.0
#define MS_S 1000.0

/* What is remembered of a sensor of the storm. */
struct feed {
    int32_t filter_sensor; /* index in the filter; -1: none */
    int32_t gauge;         /* index in the nowcast; -1: none */
    double interval_s;     /* of a gauge */
    bool wet_only;         /* a gauge without rows for dry intervals ... */
    double dry_s;          /* ... which is told of until then */
    struct tw_qc_memory memory;
    double measured, measured_s; /* the last value that may be believed */
};

/* How far what is known was handed over. */
struct reached {
    size_t value;
    int32_t field;
};

struct tw_hindcast_model {
    struct tw_hindcast_model_setup setup;
    struct tw_foresee *foresee;
    struct tw_nowcast *ahead; /* perfect rain: the analysis of what will be measured */
    struct feed *feeds;       /* [sensors of the storm] */
    struct reached now, later;
};

/* The model's clock begins with the spin-up. */
static double model_s(const struct tw_hindcast_model *m, int64_t time_ms)
{
    return (double)(time_ms - m->setup.storm->start_ms) / MS_S + m->setup.city->spinup_s;
}

/* ---- making ---- */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* A gauge's interval: the usual time between its rows when most are that far apart, else the model's,
 * and then only wet intervals have a row. */
static tw_status find_interval(const struct tw_hindcast_model *m, int32_t sensor)
{
    const struct tw_storm *storm = m->setup.storm;
    struct feed *feed = &m->feeds[sensor];
    double *apart_s = malloc((storm->count + 1) * sizeof *apart_s);
    if (apart_s == NULL) return TW_ERR_NOMEM;
    size_t count = 0, even = 0;
    int64_t before_ms = INT64_MIN;
    for (size_t i = 0; i < storm->count; i++) {
        if (storm->values[i].sensor != sensor) continue;
        int64_t time_ms = storm->values[i].time_ms;
        if (before_ms != INT64_MIN) apart_s[count++] = (double)(time_ms - before_ms) / MS_S;
        before_ms = time_ms;
    }
    qsort(apart_s, count, sizeof *apart_s, by_size);
    double middle_s = count > 0 ? apart_s[count / 2] : 0.0;
    for (size_t i = 0; i < count; i++)
        even += apart_s[i] == middle_s;
    free(apart_s);
    feed->wet_only = count < 8 || 4 * even < 3 * count;
    struct tw_gage_info info;
    TW_TRY(tw_model_gage_info(m->setup.city->model, (tw_gage_id){storm->sensors[sensor].index},
                              &info));
    feed->interval_s = !feed->wet_only ? middle_s : info.interval_s > 0.0 ? info.interval_s : 60.0;
    return TW_OK;
}

/* Lists that the cycle's setup borrows while it is made. */
struct lists {
    struct tw_filter_sensor *sensors;
    struct tw_rain_gauge *gauges;
    int32_t *gauge_of, *points;
    int32_t sensor_count, gauge_count;
};

static tw_status make_lists(struct tw_hindcast_model *m, struct lists *lists)
{
    const struct tw_storm *storm = m->setup.storm;
    const struct tw_city *city = m->setup.city;
    size_t sensors = (size_t)storm->sensor_count;
    size_t gages = (size_t)tw_model_gage_count(city->model);
    lists->sensors = calloc(sensors + 1, sizeof *lists->sensors);
    lists->gauges = calloc(sensors + 1, sizeof *lists->gauges);
    lists->gauge_of = malloc((gages + 1) * sizeof *lists->gauge_of);
    lists->points = malloc(((size_t)city->point_count + 1) * sizeof *lists->points);
    m->feeds = calloc(sensors + 1, sizeof *m->feeds);
    if (lists->sensors == NULL || lists->gauges == NULL || lists->gauge_of == NULL ||
        lists->points == NULL || m->feeds == NULL) {
        return TW_ERR_NOMEM;
    }
    for (size_t g = 0; g < gages; g++)
        lists->gauge_of[g] = -1;
    for (int32_t p = 0; p < city->point_count; p++)
        lists->points[p] = city->points[p].node.index;
    return TW_OK;
}

/* A sensor of the storm: a gauge of the nowcast, or a sensor of the filter. */
static tw_status list_sensor(struct tw_hindcast_model *m, struct lists *lists, int32_t s)
{
    const struct tw_city_sensor *sensor = &m->setup.storm->sensors[s];
    struct feed *feed = &m->feeds[s];
    *feed = (struct feed){.filter_sensor = -1, .gauge = -1, .measured_s = -DAY_S};
    if (sensor->kind == TW_SENSOR_RAIN) {
        feed->gauge = lists->gauge_count++;
        lists->gauges[feed->gauge] = (struct tw_rain_gauge){sensor->id, (double)NAN, (double)NAN};
        lists->gauge_of[sensor->index] = feed->gauge; /* one of the storm's own comes last */
        return find_interval(m, s);
    }
    if (sensor->kind != TW_SENSOR_LEVEL && sensor->kind != TW_SENSOR_FLOW) return TW_OK;
    bool level = sensor->kind == TW_SENSOR_LEVEL;
    double usual_sd = level ? USUAL_LEVEL_SD_M : USUAL_FLOW_SD_M3S;
    feed->filter_sensor = lists->sensor_count++;
    lists->sensors[feed->filter_sensor] =
        (struct tw_filter_sensor){.name = sensor->id,
                                  .kind = level ? TW_FILTER_LEVEL : TW_FILTER_FLOW,
                                  .index = sensor->index,
                                  .noise_sd = sensor->noise_sd > 0.0 ? sensor->noise_sd : usual_sd,
                                  .held_out = s == m->setup.held_out};
    return TW_OK;
}

static void free_lists(struct lists *lists)
{
    free(lists->sensors);
    free(lists->gauges);
    free(lists->gauge_of);
    free(lists->points);
}

/* The analysis that knows what will be measured: its places are the subcatchments. */
static tw_status make_ahead(struct tw_hindcast_model *m, const struct lists *lists)
{
    const tw_model *model = m->setup.city->model;
    int32_t count = tw_model_subcatchment_count(model);
    struct tw_rain_place *places = calloc((size_t)count + 1, sizeof *places);
    if (places == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++) {
        struct tw_subcatchment_info info;
        (void)tw_model_subcatchment_info(model, (tw_subcatchment_id){i}, &info);
        places[i] = (struct tw_rain_place){info.x, info.y, -1};
        if (info.gage.index >= 0) places[i].gauge = lists->gauge_of[info.gage.index];
    }
    struct tw_nowcast_setup setup = TW_NOWCAST_SETUP_DEFAULT;
    setup.places = places;
    setup.place_count = count;
    setup.gauges = lists->gauges;
    setup.gauge_count = lists->gauge_count;
    setup.members = 1;
    setup.horizon_s = setup.step_s;
    setup.kept_s = m->setup.steps * m->setup.step_s + DAY_S / 24.0;
    tw_status status = tw_nowcast_create(&setup, &m->ahead);
    free(places);
    return status;
}

static double rain_ahead(void *user, int32_t member, int32_t subcatchment, double from_s,
                         double to_s)
{
    const struct tw_hindcast_model *m = user;
    double factor = m->setup.rain_factor == NULL ? 1.0 : m->setup.rain_factor[member];
    return factor * tw_nowcast_analysis_mmh(m->ahead, subcatchment, from_s, to_s);
}

static tw_status make_foresee(struct tw_hindcast_model *m, const struct lists *lists)
{
    const struct tw_city *city = m->setup.city;
    const struct tw_storm *storm = m->setup.storm;
    struct tw_foresee_setup setup = tw_foresee_setup_default();
    double start_s = (double)storm->start_ms / MS_S + city->zone_s - city->spinup_s;
    double end_s = (double)storm->end_ms / MS_S + city->zone_s + DAY_S;
    setup.filter.model = city->model;
    setup.filter.options.start_day = start_s / DAY_S + 25569.0; /* 1970-01-01 */
    setup.filter.options.end_day = end_s / DAY_S + 25569.0;
    setup.filter.options.outer_rain = true;
    setup.filter.members = m->setup.members;
    setup.filter.threads = m->setup.threads;
    setup.filter.seed = m->setup.seed;
    setup.filter.sensors = lists->sensors;
    setup.filter.sensor_count = lists->sensor_count;
    setup.filter.assimilate = m->setup.assimilates;
    memcpy(setup.filter.priors, city->priors, sizeof setup.filter.priors);
    for (int32_t p = 0; m->setup.rain_factor != NULL && p < TW_FILTER_PARAMETERS; p++)
        setup.filter.priors[p] = (struct tw_filter_prior){1.0, 0.0, DAY_S};
    setup.horizon_s = m->setup.steps * m->setup.step_s;
    setup.step_s = m->setup.step_s;
    setup.gauges = lists->gauges;
    setup.gauge_count = lists->gauge_count;
    setup.gauge_of = lists->gauge_of;
    setup.points = lists->points;
    setup.point_count = city->point_count;
    if (m->setup.perfect) {
        setup.rain = rain_ahead;
        setup.rain_user = m;
    }
    return tw_foresee_create(&setup, &m->foresee);
}

tw_status tw_hindcast_model_create(const struct tw_hindcast_model_setup *setup,
                                   struct tw_hindcast_model **out_model)
{
    struct tw_hindcast_model *m = calloc(1, sizeof *m);
    if (m == NULL) return TW_ERR_NOMEM;
    m->setup = *setup;
    struct lists lists = {0};
    tw_status status = make_lists(m, &lists);
    for (int32_t s = 0; status == TW_OK && s < setup->storm->sensor_count; s++)
        status = list_sensor(m, &lists, s);
    if (status == TW_OK && setup->perfect) status = make_ahead(m, &lists);
    if (status == TW_OK) status = make_foresee(m, &lists);
    free_lists(&lists);
    if (status != TW_OK) {
        tw_hindcast_model_destroy(m);
        return status;
    }
    *out_model = m;
    return TW_OK;
}

void tw_hindcast_model_destroy(struct tw_hindcast_model *model)
{
    if (model == NULL) return;
    tw_foresee_destroy(model->foresee);
    tw_nowcast_destroy(model->ahead);
    free(model->feeds);
    free(model);
}

/* ---- what is known ---- */

/* Where what becomes known goes to. */
struct taking {
    struct tw_hindcast_model *m;
    struct tw_nowcast *nowcast; /* NULL: rain is not taken */
    bool measurements;          /* levels and flows are taken */
    double until_s;             /* of the model's clock */
};

/* A gauge that writes only when it rains says by its silence that it is dry. */
static tw_status add_dry(const struct taking *taking, struct feed *feed)
{
    if (feed->gauge < 0 || !feed->wet_only || taking->nowcast == NULL) return TW_OK;
    while (feed->dry_s + feed->interval_s <= taking->until_s) {
        feed->dry_s += feed->interval_s;
        TW_TRY(
            tw_nowcast_add_gauge(taking->nowcast, feed->gauge, feed->dry_s, feed->interval_s, 0.0));
    }
    return TW_OK;
}

/* Whether a value may be believed, by the same checks as in the service. */
static bool is_usable(struct feed *feed, const struct tw_city_sensor *sensor,
                      const struct tw_storm_value *value)
{
    struct tw_qc_limits limits = sensor->limits;
    limits.min = sensor->min;
    limits.max = sensor->max;
    const struct tw_qc_input input = {.limits = &limits,
                                      .memory = &feed->memory,
                                      .time_ms = value->time_ms,
                                      .now_ms = value->time_ms,
                                      .value = value->value,
                                      .reference = (double)NAN};
    int32_t quality = tw_qc_quality(&input);
    feed->memory = tw_qc_remember(&input, quality);
    return !tw_quality_is_bad(quality);
}

static tw_status take_value(const struct taking *taking, const struct tw_storm_value *value)
{
    struct tw_hindcast_model *m = taking->m;
    struct feed *feed = &m->feeds[value->sensor];
    double at_s = model_s(m, value->time_ms);
    if (feed->gauge >= 0 && taking->nowcast != NULL) {
        return tw_nowcast_add_gauge(taking->nowcast, feed->gauge, at_s, feed->interval_s,
                                    value->value);
    }
    if (feed->filter_sensor < 0 || !taking->measurements) return TW_OK;
    bool usable = is_usable(feed, &m->setup.storm->sensors[value->sensor], value);
    if (usable) {
        feed->measured = value->value;
        feed->measured_s = at_s;
    }
    return tw_foresee_add_measurement(m->foresee, feed->filter_sensor, at_s, value->value, usable);
}

static tw_status take_field(const struct taking *taking, const struct tw_storm_field *field)
{
    char why[200];
    struct tw_raster raster = {0};
    int epsg = taking->m->setup.city->epsg;
    tw_status status = tw_radar_field_read(field->path, epsg, why, sizeof why, &raster);
    if (status == TW_ERR_NOMEM) return status;
    if (status != TW_OK) return TW_OK; /* it was sound when the storm was read */
    status = tw_nowcast_add_radar(taking->nowcast, model_s(taking->m, field->time_ms), &raster);
    tw_raster_done(&raster);
    return status;
}

static tw_status take_until(const struct taking *taking, struct reached *reached)
{
    const struct tw_storm *storm = taking->m->setup.storm;
    for (int32_t s = 0; s < storm->sensor_count; s++)
        TW_TRY(add_dry(taking, &taking->m->feeds[s]));
    for (; reached->value < storm->count; reached->value++) {
        const struct tw_storm_value *value = &storm->values[reached->value];
        if (model_s(taking->m, value->time_ms) > taking->until_s) break;
        TW_TRY(take_value(taking, value));
    }
    for (; reached->field < storm->field_count; reached->field++) {
        const struct tw_storm_field *field = &storm->fields[reached->field];
        if (model_s(taking->m, field->time_ms) > taking->until_s) break;
        if (taking->nowcast != NULL) TW_TRY(take_field(taking, field));
    }
    return TW_OK;
}

/* ---- a cycle ---- */

static tw_status take_all(struct tw_hindcast_model *m, double at_s)
{
    struct taking now = {m, tw_foresee_nowcast(m->foresee), true, at_s};
    TW_TRY(take_until(&now, &m->now));
    if (!m->setup.perfect) return TW_OK;
    double until_s = at_s + m->setup.steps * m->setup.step_s;
    struct taking later = {m, m->ahead, false, until_s};
    TW_TRY(take_until(&later, &m->later));
    return tw_nowcast_issue(m->ahead, until_s);
}

tw_status tw_hindcast_model_advance(struct tw_hindcast_model *model, double now_s)
{
    double at_s = model->setup.city->spinup_s + now_s;
    TW_TRY(take_all(model, at_s));
    return tw_foresee_advance(model->foresee, at_s);
}

tw_status tw_hindcast_model_look(struct tw_hindcast_model *model, struct tw_hindcast_outcome *out)
{
    const struct tw_foresee_budget no_budget = {.seconds = 0.0};
    TW_TRY(tw_foresee_run(model->foresee, &no_budget, &out->result));
    struct tw_foresee_extent extent = tw_foresee_extent_get(out->result);
    out->sound = extent.members;
    out->failed = extent.failed;
    return TW_OK;
}

struct tw_foresee *tw_hindcast_model_foresee(struct tw_hindcast_model *model)
{
    return model->foresee;
}

double tw_hindcast_model_measured(const struct tw_hindcast_model *model, int32_t sensor)
{
    const struct feed *feed = &model->feeds[sensor];
    double now_s = tw_filter_now_s(tw_foresee_filter(model->foresee));
    bool now = feed->filter_sensor >= 0 && now_s - feed->measured_s < 60.0;
    return now ? feed->measured : (double)NAN;
}

double tw_hindcast_model_member_sensor(const struct tw_hindcast_model *model, int32_t member,
                                       int32_t sensor)
{
    const struct tw_city_sensor *s = &model->setup.storm->sensors[sensor];
    const tw_batch *batch = tw_filter_batch(tw_foresee_filter(model->foresee));
    if (s->kind == TW_SENSOR_LEVEL) {
        return tw_batch_node_depth_m(batch, member, (tw_node_id){s->index});
    }
    if (s->kind != TW_SENSOR_FLOW) return (double)NAN;
    return tw_batch_link_flow_m3s(batch, member, (tw_link_id){s->index});
}

double tw_hindcast_model_sensor(const struct tw_hindcast_model *model, int32_t sensor)
{
    double sum = 0.0;
    int32_t count = 0;
    for (int32_t m = 0; m < model->setup.members; m++) {
        double value = tw_hindcast_model_member_sensor(model, m, sensor);
        if (isnan(value)) continue; /* a member that failed */
        sum += value;
        count++;
    }
    return count > 0 ? sum / count : (double)NAN;
}
