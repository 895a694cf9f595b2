/* One thread runs the models of plants, so that no handler waits. A model follows the flow that the
 * live network sends; from each new forecast on it is run for two days ahead with each of the inflow's
 * quantiles. Beyond the network's horizon flows go back to those of dry weather. What the water
 * carries is not in the network's model: it is the plant's constant influent, and what flows above
 * its flow carries half of that, as docs/influent.md has it for plants without measurements. */
#include "server/plants.h"

#include "net/json.h"
#include "operate/advice.h"
#include "operate/inspect_store.h"
#include "server/ini.h"
#include "server/members.h"
#include "server/service.h"
#include "thalweg/plant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DAY_S 86400.0
#define STEP_S 900.0
#define BACK_S 10800.0    /* in which flows go back to dry weather's */
#define EXTRA_CARRIES 0.5 /* of the usual concentrations: water above the dry flow */
#define WAIT_S 3

enum { QUANTILES = 3, STEPS = 192, DAY_STEPS = 96, COMPONENTS = 32, TEXT = 400 };

/* What is told of the effluent over two days, and of the whole plant over the first. */
#define SHOWN(X)                                                                                   \
    X(FLOW, "flow", "m3/h", flow_m3d / 24.0)                                                       \
    X(NH4, "nh4", "g/m3", ammonia_gm3)                                                             \
    X(TN, "tn", "g/m3", tn_gm3)                                                                    \
    X(COD, "cod", "g/m3", cod_gm3)                                                                 \
    X(BOD5, "bod5", "g/m3", bod5_gm3)                                                              \
    X(TSS, "tss", "g/m3", tss_gm3)

enum shown {
#define ID(id, key, unit, of) SHOWN_##id,
    SHOWN(ID)
#undef ID
        SHOWN_COUNT
};

static const char *const shown_keys[] = {
#define KEY(id, key, unit, of) key,
    SHOWN(KEY)
#undef KEY
};

static const char *const shown_units[] = {
#define UNIT(id, key, unit, of) unit,
    SHOWN(UNIT)
#undef UNIT
};

/* What is shown of a plant's model. */
struct outlook {
    int64_t issued_ms; /* TW_STORE_NEVER: nothing yet */
    double horizon_min;
    bool quantiles; /* else a single run: the middle alone */
    double value[QUANTILES][SHOWN_COUNT][STEPS];
    double mean[QUANTILES][SHOWN_COUNT]; /* of the day ahead, weighted by flow */
    double inflow_m3h[QUANTILES][STEPS];
    double energy_kwh[QUANTILES], inflow_m3[QUANTILES];
    double columns[COMPONENTS]; /* of the plant's file, now */
};

/* A plant that has a model. */
struct modelled {
    int32_t plant; /* in the city's list */
    tw_plant *model;
    tw_plant_run *now, *trial;
    double dry_m3d, dry_gm3[COMPONENTS];
    bool dilutes[COMPONENTS]; /* temperature does not */
    double base_s, at_s;      /* unix seconds: of the run's day 0; reached. NAN: not begun */
    struct tw_plant_inflow inflow;
    bool advice_wanted, advice_made; /* asked for; under way */
    char advice_failed[TEXT];        /* why there was none last; "": it was there */
    char failed[TEXT];               /* "": it works */
    struct outlook outlook;
};

struct tw_plants {
    struct tw_server *server;
    struct modelled *list; /* [count] */
    int32_t count;
    pthread_t thread;
    bool runs;
    pthread_mutex_t mutex; /* of what follows, and of each one's failed and outlook */
    pthread_cond_t wake;
    bool stopping;
};

/* ---- series ---- */

struct records {
    int32_t count;
    double *at_d, *flow_m3d, *content;
};

static void records_done(struct records *r)
{
    free(r->at_d);
    *r = (struct records){0};
}

static tw_status records_init(struct records *r, int32_t most, int32_t components)
{
    *r = (struct records){.at_d = malloc((size_t)most * ((size_t)components + 2) * sizeof(double))};
    if (r->at_d == NULL) return TW_ERR_NOMEM;
    r->flow_m3d = r->at_d + most;
    r->content = r->flow_m3d + most;
    return TW_OK;
}

/* A moment on the run's clock; the same bits for a record and for what is run up to it, since between
 * two that nearly agree there is no step to be taken. */
static double day_of(const struct modelled *m, double at_s) { return (at_s - m->base_s) / DAY_S; }

static void record_add(const struct modelled *m, struct records *r, double at_s, double flow_m3s)
{
    int32_t components = tw_plant_component_count(m->model);
    double flow_m3d = flow_m3s > 0.0 ? flow_m3s * DAY_S : 0.0;
    double extra = flow_m3d - m->dry_m3d;
    double share = extra > 0.0 ? (m->dry_m3d + EXTRA_CARRIES * extra) / flow_m3d : 1.0;
    r->at_d[r->count] = day_of(m, at_s);
    r->flow_m3d[r->count] = flow_m3d;
    for (int32_t c = 0; c < components; c++)
        r->content[r->count * components + c] = m->dry_gm3[c] * (m->dilutes[c] ? share : 1.0);
    r->count++;
}

/* ---- following the network ---- */

static tw_status follow(struct modelled *m)
{
    const struct tw_plant_inflow *in = &m->inflow;
    struct records r;
    tw_plant_series *series = NULL;
    if (isnan(m->at_s)) {
        m->base_s = m->at_s = in->begin_s; /* a replay's pipes were empty before */
        TW_TRY(tw_plant_run_settle(m->now, NULL));
    }
    TW_TRY(records_init(&r, in->past + 2, tw_plant_component_count(m->model)));
    for (int32_t i = 0; i < in->past && in->past_s[i] < in->begin_s; i++)
        if (in->past_s[i] >= m->base_s) record_add(m, &r, in->past_s[i], in->past_m3s[i]);
    record_add(m, &r, in->begin_s, in->ahead_m3s[1][0]);
    tw_status status =
        tw_plant_series_create(m->model, r.count, r.at_d, r.flow_m3d, r.content, &series);
    if (status == TW_OK) {
        tw_plant_run_feed(m->now, series, day_of(m, m->at_s));
        status = tw_plant_run_advance(m->now, day_of(m, in->begin_s));
    }
    if (status == TW_OK) m->at_s = in->begin_s;
    tw_plant_run_feed(m->now, NULL, day_of(m, m->at_s));
    tw_plant_series_destroy(series);
    records_done(&r);
    return status;
}

/* The flow at a moment ahead; beyond the horizon it goes back to dry weather's. */
static double flow_ahead_m3s(const struct modelled *m, const double *curve_m3s, double in_s)
{
    const struct tw_plant_inflow *f = &m->inflow;
    double at = in_s / f->step_s;
    int32_t last = f->ahead - 1;
    double dry_m3s = m->dry_m3d / DAY_S;
    if (at >= last) {
        double gone = exp(-(in_s - last * f->step_s) / BACK_S);
        return dry_m3s + (curve_m3s[last] - dry_m3s) * gone;
    }
    int32_t k = (int32_t)at;
    return curve_m3s[k] + (at - k) * (curve_m3s[k + 1] - curve_m3s[k]);
}

static tw_status series_ahead(const struct modelled *m, int quantile, struct outlook *out,
                              tw_plant_series **out_series)
{
    const int32_t parts = 3, count = STEPS * parts + 1; /* every 5 min */
    struct records r;
    TW_TRY(records_init(&r, count, tw_plant_component_count(m->model)));
    for (int32_t i = 0; i < count; i++) {
        double in_s = i * STEP_S / parts;
        double flow_m3s = flow_ahead_m3s(m, m->inflow.ahead_m3s[quantile], in_s);
        record_add(m, &r, m->inflow.begin_s + in_s, flow_m3s);
        if (i % parts == 0 && i / parts < STEPS) {
            out->inflow_m3h[quantile][i / parts] = flow_m3s * 3600.0;
        }
    }
    tw_status status =
        tw_plant_series_create(m->model, r.count, r.at_d, r.flow_m3d, r.content, out_series);
    records_done(&r);
    return status;
}

static void take_values(const struct tw_plant_scores *scores, double out[SHOWN_COUNT])
{
#define TAKE(id, key, unit, of) out[SHOWN_##id] = scores->of;
    SHOWN(TAKE)
#undef TAKE
}

static tw_status run_ahead(struct modelled *m, int quantile, struct outlook *out)
{
    tw_plant_series *series = NULL;
    struct tw_plant_sums day, moment;
    double begin_d = day_of(m, m->at_s), values[SHOWN_COUNT];
    TW_TRY(series_ahead(m, quantile, out, &series));
    tw_status status = tw_plant_run_copy(m->trial, m->now);
    tw_plant_run_feed(m->trial, series, begin_d);
    tw_plant_scores_begin(m->trial, &day);
    for (int32_t k = 0; k < STEPS && status == TW_OK; k++) {
        tw_plant_scores_begin(m->trial, &moment);
        tw_plant_scores_add(m->trial, STEP_S / DAY_S, &moment);
        if (k < DAY_STEPS) tw_plant_scores_add(m->trial, STEP_S / DAY_S, &day);
        struct tw_plant_scores scores = tw_plant_scores_get(m->trial, &moment);
        take_values(&scores, values);
        for (int s = 0; s < SHOWN_COUNT; s++)
            out->value[quantile][s][k] = values[s];
        status = tw_plant_run_advance(m->trial, day_of(m, m->at_s + (k + 1) * STEP_S));
    }
    if (status == TW_OK) {
        struct tw_plant_scores scores = tw_plant_scores_get(m->trial, &day);
        take_values(&scores, out->mean[quantile]);
        out->energy_kwh[quantile] =
            (scores.aeration_kwhd + scores.pumping_kwhd + scores.mixing_kwhd) * scores.days;
        out->inflow_m3[quantile] = day.influent_m3;
    }
    tw_plant_run_feed(m->trial, NULL, begin_d);
    tw_plant_series_destroy(series);
    return status;
}

static tw_status foresee(struct modelled *m, struct outlook *out)
{
    memset(out, 0, sizeof *out);
    out->issued_ms = m->inflow.issued_ms;
    out->horizon_min = (m->inflow.ahead - 1) * m->inflow.step_s / 60.0;
    out->quantiles = !isnan(m->inflow.ahead_m3s[0][0]);
    TW_TRY(follow(m));
    int32_t columns = tw_plant_column_count(m->model);
    for (int32_t i = 0; i < columns && i < COMPONENTS; i++)
        out->columns[i] = tw_plant_run_value(m->now, tw_plant_column_place(m->model, i));
    for (int q = 0; q < QUANTILES; q++)
        if (q == 1 || out->quantiles) TW_TRY(run_ahead(m, q, out));
    return TW_OK;
}

/* A new forecast, when there is one: follow it. */
static bool look(struct tw_plants *plants, struct modelled *m, struct outlook *room)
{
    char failed[TEXT] = "";
    if (m->model == NULL) return false;
    tw_plants_inflow(plants->server, m->plant, isnan(m->at_s) ? 0.0 : m->at_s - 1.0, &m->inflow);
    bool fresh = m->inflow.issued_ms != TW_STORE_NEVER && m->inflow.ahead > 1 &&
                 m->inflow.issued_ms != m->outlook.issued_ms && !isnan(m->inflow.ahead_m3s[1][0]);
    if (!fresh || !(m->inflow.begin_s >= m->at_s || isnan(m->at_s))) return false;
    tw_status status = foresee(m, room);
    if (status != TW_OK) {
        (void)snprintf(failed, sizeof failed,
                       "the plant's model stopped: %s; it begins anew from "
                       "its steady state with the next forecast",
                       tw_status_text(status));
        m->at_s = (double)NAN;
    }
    (void)pthread_mutex_lock(&plants->mutex);
    if (status == TW_OK) m->outlook = *room;
    memcpy(m->failed, failed, sizeof failed);
    (void)pthread_mutex_unlock(&plants->mutex);
    return true;
}

/* Advice whose day is over gets its score beside it. */
static void score(struct tw_plants *plants, const struct modelled *m)
{
    struct tw_server *server = plants->server;
    const struct tw_works *works =
        tw_inspections_works(server->inspections, server->city->plants[m->plant].id);
    struct tw_inspect_store values;
    struct tw_arena arena;
    if (works == NULL) return;
    tw_arena_init(&arena);
    if (tw_inspect_store_init(works, server->store, &arena, &values) == TW_OK) {
        const struct tw_advice_source source = {.read = tw_inspect_read_store, .user = &values};
        /* What fails now is due with the next forecast again. */
        (void)tw_advice_score_due(server->store, works, &source, tw_clock_now(&server->clock));
    }
    tw_arena_done(&arena);
}

/* Advice for the day ahead under the middle inflow. */
static tw_status advise(struct tw_plants *plants, struct modelled *m, struct outlook *room)
{
    struct tw_server *server = plants->server;
    const char *id = server->city->plants[m->plant].id;
    const struct tw_works *works = tw_inspections_works(server->inspections, id);
    struct tw_advice_options options = TW_ADVICE_OPTIONS_DEFAULT;
    struct tw_advice advice;
    tw_plant_series *series = NULL;
    options.threads = 1;
    options.limits = works != NULL ? works->limits : NULL;
    options.limit_count = works != NULL ? works->limit_count : 0;
    TW_TRY(series_ahead(m, 1, room, &series));
    tw_status status = tw_plant_run_copy(m->trial, m->now);
    tw_plant_run_feed(m->trial, series, day_of(m, m->at_s));
    if (status == TW_OK) status = tw_advice_find(m->model, m->trial, &options, &advice);
    if (status == TW_OK) {
        status = tw_advice_keep(server->store, id, tw_clock_now(&server->clock), &advice, NULL);
    }
    tw_plant_run_feed(m->trial, NULL, day_of(m, m->at_s));
    tw_plant_series_destroy(series);
    return status;
}

static void advise_when_asked(struct tw_plants *plants, struct modelled *m, struct outlook *room)
{
    (void)pthread_mutex_lock(&plants->mutex);
    bool wanted = m->advice_wanted && m->model != NULL && !isnan(m->at_s);
    if (wanted) m->advice_wanted = false;
    m->advice_made = wanted;
    (void)pthread_mutex_unlock(&plants->mutex);
    if (!wanted) return;
    tw_status status = advise(plants, m, room);
    (void)pthread_mutex_lock(&plants->mutex);
    m->advice_made = false;
    (void)snprintf(m->advice_failed, sizeof m->advice_failed, "%s",
                   status == TW_OK ? "" : tw_status_text(status));
    (void)pthread_mutex_unlock(&plants->mutex);
}

static void *loop(void *user)
{
    struct tw_plants *plants = user;
    struct outlook *room = malloc(sizeof *room);
    struct timespec until;
    (void)pthread_mutex_lock(&plants->mutex);
    while (!plants->stopping && room != NULL) {
        (void)pthread_mutex_unlock(&plants->mutex);
        for (int32_t i = 0; i < plants->count; i++)
            if (look(plants, &plants->list[i], room)) score(plants, &plants->list[i]);
        for (int32_t i = 0; i < plants->count; i++)
            advise_when_asked(plants, &plants->list[i], room);
        (void)pthread_mutex_lock(&plants->mutex);
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += WAIT_S;
        if (!plants->stopping) {
            (void)pthread_cond_timedwait(&plants->wake, &plants->mutex, &until);
        }
    }
    (void)pthread_mutex_unlock(&plants->mutex);
    free(room);
    return NULL;
}

/* ---- begin and end ---- */

/* The constant influent of the model's file: what the water carries in dry weather. */
static tw_status read_dry(struct modelled *m, const char *path, tw_faults *faults)
{
    static const double any[2] = {0.0, 1e9};
    struct tw_arena arena;
    struct tw_ini ini;
    tw_arena_init(&arena);
    tw_status status = tw_ini_read(path, &arena, faults, &ini);
    if (status == TW_OK) {
        m->dry_m3d = tw_ini_number(&ini, "influent", "Q_m3d", 0.0, any, faults);
        for (int32_t c = 0; c < tw_plant_component_count(m->model); c++) {
            const char *name = tw_plant_component_name(m->model, c);
            m->dilutes[c] = strcmp(name, "T") != 0;
            m->dry_gm3[c] = tw_ini_number(&ini, "influent", name, 0.0, any, faults);
        }
        if (!(m->dry_m3d > 0.0)) {
            tw_faults_add(faults, path, 0,
                          "[influent] needs Q_m3d and components: what arrives in "
                          "dry weather");
            status = TW_ERR_INPUT;
        }
    }
    tw_arena_done(&arena);
    return status;
}

static tw_status read_model(struct modelled *m, const char *path)
{
    tw_faults *faults = NULL;
    TW_TRY(tw_faults_create(3, &faults));
    tw_status status = tw_plant_read(path, faults, &m->model);
    if (status == TW_OK && tw_plant_component_count(m->model) > COMPONENTS) status = TW_ERR_INPUT;
    if (status == TW_OK) status = read_dry(m, path, faults);
    if (status == TW_OK) status = tw_plant_run_create(m->model, &m->now);
    if (status == TW_OK) status = tw_plant_run_create(m->model, &m->trial);
    if (status == TW_OK) status = tw_plant_inflow_room(&m->inflow);
    if (status != TW_OK && status != TW_ERR_NOMEM) {
        (void)snprintf(m->failed, sizeof m->failed, "%s: %s", path, tw_status_text(status));
        if (tw_faults_count(faults) > 0) {
            struct tw_fault fault = tw_faults_get(faults, 0);
            (void)tw_fault_format(&fault, m->failed, sizeof m->failed);
        }
        tw_plant_destroy(m->model);
        m->model = NULL;
        status = TW_OK;
    }
    tw_faults_destroy(faults);
    return status;
}

static tw_status add_model(struct tw_plants *plants, int32_t plant)
{
    struct modelled *m = &plants->list[plants->count++];
    *m = (struct modelled){.plant = plant, .at_s = (double)NAN};
    m->outlook.issued_ms = TW_STORE_NEVER;
    return read_model(m, plants->server->city->plants[plant].model_path);
}

tw_status tw_plants_begin(struct tw_server *server, struct tw_plants **out_plants)
{
    struct tw_plants *plants = calloc(1, sizeof *plants);
    if (plants == NULL) return TW_ERR_NOMEM;
    plants->server = server;
    (void)pthread_mutex_init(&plants->mutex, NULL);
    (void)pthread_cond_init(&plants->wake, NULL);
    *out_plants = plants; /* destroyed by the server when the rest fails */
    int32_t count = server->city->plant_count;
    plants->list = calloc((size_t)count + 1, sizeof *plants->list);
    if (plants->list == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++)
        if (server->city->plants[i].model_path != NULL) TW_TRY(add_model(plants, i));
    if (plants->count == 0) return TW_OK;
    plants->runs = pthread_create(&plants->thread, NULL, loop, plants) == 0;
    return plants->runs ? TW_OK : TW_ERR_NOMEM;
}

void tw_plants_stop(struct tw_plants *plants)
{
    if (plants == NULL || !plants->runs) return;
    (void)pthread_mutex_lock(&plants->mutex);
    plants->stopping = true;
    (void)pthread_cond_signal(&plants->wake);
    (void)pthread_mutex_unlock(&plants->mutex);
    (void)pthread_join(plants->thread, NULL);
    plants->runs = false;
}

void tw_plants_destroy(struct tw_plants *plants)
{
    if (plants == NULL) return;
    tw_plants_stop(plants);
    for (int32_t i = 0; i < plants->count; i++) {
        struct modelled *m = &plants->list[i];
        tw_plant_run_destroy(m->now);
        tw_plant_run_destroy(m->trial);
        tw_plant_destroy(m->model);
        free(m->inflow.past_s);
    }
    free(plants->list);
    (void)pthread_cond_destroy(&plants->wake);
    (void)pthread_mutex_destroy(&plants->mutex);
    free(plants);
}

/* ---- what is told ---- */

static void write_curve(const struct outlook *o, const char *key, const double *values,
                        struct tw_strbuf *out)
{
    tw_json_key(out, key);
    tw_json_open(out, '[');
    for (int32_t k = 0; k < STEPS; k++) {
        tw_json_open(out, '[');
        tw_json_integer(out, o->issued_ms / 1000 + (int64_t)(k * STEP_S));
        tw_json_number(out, values[k], 3);
        tw_json_close(out, ']');
    }
    tw_json_close(out, ']');
}

static void write_effluent(const struct outlook *o, int shown, struct tw_strbuf *out)
{
    static const char *const keys[] = {"low", "middle", "high"};
    static const char *const means[] = {"mean_low", "mean_middle", "mean_high"};
    tw_json_open(out, '{');
    tw_json_put_text(out, "kind", shown_keys[shown]);
    tw_json_put_text(out, "unit", shown_units[shown]);
    for (int q = 0; q < QUANTILES; q++) {
        bool there = q == 1 || o->quantiles;
        tw_json_put_number(out, means[q], there ? o->mean[q][shown] : (double)NAN, 3);
        if (there) write_curve(o, keys[q], o->value[q][shown], out);
    }
    tw_json_close(out, '}');
}

static void write_outlook(const struct modelled *m, const struct outlook *o, struct tw_strbuf *out)
{
    static const char *const keys[] = {"low", "middle", "high"};
    tw_json_key(out, "inflow");
    tw_json_open(out, '{');
    tw_json_put_text(out, "unit", "m3/h");
    for (int q = 0; q < QUANTILES; q++)
        if (q == 1 || o->quantiles) write_curve(o, keys[q], o->inflow_m3h[q], out);
    tw_json_close(out, '}');
    tw_json_key(out, "effluent");
    tw_json_open(out, '[');
    for (int s = 0; s < SHOWN_COUNT; s++)
        write_effluent(o, s, out);
    tw_json_close(out, ']');
    tw_json_key(out, "columns");
    tw_json_open(out, '{');
    for (int32_t i = 0; i < tw_plant_column_count(m->model) && i < COMPONENTS; i++)
        tw_json_put_number(out, tw_plant_column_name(m->model, i), o->columns[i], 3);
    tw_json_close(out, '}');
    tw_json_put_number(out, "energy_kwh", o->energy_kwh[1], 1);
    tw_json_put_number(out, "energy_kwhm3", o->energy_kwh[1] / o->inflow_m3[1], 4);
}

static struct modelled *find(struct tw_plants *plants, int32_t plant)
{
    for (int32_t i = 0; plants != NULL && i < plants->count; i++)
        if (plants->list[i].plant == plant) return &plants->list[i];
    return NULL;
}

bool tw_plants_advise(struct tw_plants *plants, int32_t plant)
{
    struct modelled *m = find(plants, plant);
    if (m == NULL) return false;
    (void)pthread_mutex_lock(&plants->mutex);
    bool there = m->outlook.issued_ms != TW_STORE_NEVER;
    if (there) m->advice_wanted = true;
    (void)pthread_cond_signal(&plants->wake);
    (void)pthread_mutex_unlock(&plants->mutex);
    return there;
}

void tw_plants_write(struct tw_plants *plants, int32_t plant, struct tw_strbuf *out)
{
    struct modelled *m = find(plants, plant);
    if (m == NULL) {
        tw_json_null(out);
        return;
    }
    (void)pthread_mutex_lock(&plants->mutex);
    const struct outlook *o = &m->outlook;
    bool there = o->issued_ms != TW_STORE_NEVER;
    tw_json_open(out, '{');
    tw_json_put_text(out, "title", m->model != NULL ? tw_plant_title(m->model) : NULL);
    tw_json_put_text(out, "state", m->failed[0] != '\0' ? "failed" : there ? "running" : "waiting");
    tw_json_put_text(out, "text", m->failed[0] != '\0' ? m->failed : NULL);
    tw_member_time(plants->server, out, "issued", o->issued_ms);
    tw_json_put_number(out, "dry_m3h", m->dry_m3d / 24.0, 2);
    tw_json_put_number(out, "network_horizon_min", there ? o->horizon_min : (double)NAN, 0);
    tw_json_put_bool(out, "quantiles", o->quantiles);
    tw_json_put_bool(out, "advising", m->advice_wanted || m->advice_made);
    tw_json_put_text(out, "advice_failed", m->advice_failed[0] != '\0' ? m->advice_failed : NULL);
    if (there) write_outlook(m, o, out);
    tw_json_close(out, '}');
    (void)pthread_mutex_unlock(&plants->mutex);
}
