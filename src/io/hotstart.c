/* The order of a file, after a stamp and its numbers of elements: subcatchments (double precision),
 * nodes and links (single precision), all in feet and seconds whatever the model's units are. */
#include "io/hotstart.h"

#include "io/swmm_numbers.h"
#include "io/units.h"

#include <math.h>
#include <string.h>

static const char stamp[] = "SWMM5-HOTSTART";
enum { STAMP = 14, NEWEST = 4 };

/* One walk over a file's fields serves both ways. */
struct walk {
    const struct tw_model *model;
    struct tw_hotstart *state;
    const char *at, *end;    /* reading */
    tw_outfile *file;        /* writing; NULL: reading */
    const char *wrong;       /* reading: what is wrong */
    bool incompatible;       /* it is of another model, or no hot start file */
    tw_status status;        /* writing */
    double foot_m, foot3_m3; /* the file's units */
};

static void take_bytes(struct walk *w, void *value, size_t size)
{
    if (w->file != NULL) {
        if (w->status == TW_OK) w->status = tw_outfile_write(w->file, value, size);
        return;
    }
    if (w->wrong != NULL) return;
    if ((size_t)(w->end - w->at) < size) {
        w->wrong = "it ends too early";
        return;
    }
    memcpy(value, w->at, size);
    w->at += size;
}

static void whole(struct walk *w, int32_t *value) { take_bytes(w, value, sizeof *value); }

/* A value of ours that is `unit` times the file's. */
static void field(struct walk *w, double *value, double unit, bool single)
{
    double x = *value / unit;
    float y = (float)x;
    if (single) {
        take_bytes(w, &y, sizeof y);
        x = (double)y;
    } else {
        take_bytes(w, &x, sizeof x);
    }
    if (w->file != NULL || w->wrong != NULL) return;
    if (!isfinite(x))
        w->wrong = "a value is not a number";
    else
        *value = x * unit;
}

static void one_double(struct walk *w, double *value, double unit) { field(w, value, unit, false); }
static void one_float(struct walk *w, double *value, double unit) { field(w, value, unit, true); }

/* Where the values of an infiltration method stand in the file: place in our state, -1 none; unit 0
 * is a ratio or a time, 1 a length or a velocity in feet. */
enum soil_method {
#define TW_INFILTRATION(id, prefix, keyword) SOIL_##id,
#include "model/infiltration.def"
#undef TW_INFILTRATION
    SOIL_METHODS
};
struct soil_field {
    int8_t place, feet;
};
static const struct soil_field soils[SOIL_METHODS][6] = {
    [SOIL_HORTON] = {{0, 0}, {1, 1}, {-1, 0}, {-1, 0}, {-1, 0}, {-1, 0}},
    [SOIL_MODIFIED_HORTON] = {{-1, 0}, {0, 1}, {-1, 0}, {-1, 0}, {-1, 0}, {-1, 0}},
    [SOIL_GREEN_AMPT] = {{0, 0}, {2, 1}, {1, 1}, {4, 0}, {3, 0}, {-1, 0}},
    [SOIL_MODIFIED_GREEN_AMPT] = {{0, 0}, {2, 1}, {1, 1}, {4, 0}, {3, 0}, {-1, 0}},
    [SOIL_CURVE_NUMBER] = {{0, 1}, {1, 1}, {2, 1}, {3, 0}, {4, 1}, {5, 1}},
};

static void walk_soil(struct walk *w, int32_t i)
{
    int32_t method = w->model->subcatchments.infiltration[i];
    double *soil = w->state->soil[i];
    for (int k = 0; k < 6; k++) {
        double none = 0.0;
        struct soil_field f = method >= 0 ? soils[method][k] : (struct soil_field){-1, 0};
        one_double(w, f.place >= 0 ? &soil[f.place] : &none, f.feet != 0 ? w->foot_m : 1.0);
    }
    /* of both volumes that this method keeps the file knows one */
    if (w->file == NULL && method == SOIL_MODIFIED_HORTON) soil[1] = soil[0];
}

static void walk_ground(struct walk *w, int32_t i)
{
    const struct tw_grounds *g = &w->model->grounds;
    int32_t row = g->count > 0 ? g->of_subcatchment[i] : -1;
    if (row < 0) return;
    one_double(w, &w->state->moisture_ratio[row], 1.0);
    one_double(w, &w->state->water_table_m[row], w->foot_m);
    one_double(w, &w->state->ground_flow_mps[row], w->foot_m);
    one_double(w, &w->state->room_m[row], w->foot_m);
}

/* Three parts of a pack; a temperature is in degrees Fahrenheit. */
static void walk_snow(struct walk *w, int32_t i)
{
    const struct tw_snow_model *snow = &w->model->snow;
    if (snow->count == 0 || snow->of_subcatchment[i] < 0) return;
    for (int32_t k = 0; k < TW_SNOW_PARTS; k++) {
        double *part = w->state->snow[i * TW_SNOW_PARTS + k];
        double fahrenheit = tw_units_fahrenheit(part[3]);
        for (int c = 0; c < 3; c++)
            one_double(w, &part[c], w->foot_m);
        one_double(w, &fahrenheit, 1.0);
        part[3] = (fahrenheit - 32.0) / 1.8;
        one_double(w, &part[4], 1.0);
    }
}

static void walk_pollutants(struct walk *w, int32_t i)
{
    const struct tw_quality_model *q = &w->model->quality;
    const double litre_m3 = 1.0e-3;
    if (q->count == 0) return;
    for (int32_t p = 0; p < q->count; p++)
        one_double(w, &w->state->outlet[i * q->count + p], 1.0);
    for (int32_t p = 0; p < q->count; p++)
        one_double(w, &w->state->ponded[i * q->count + p], litre_m3);
    for (int32_t u = 0; u < q->landuse_count; u++) {
        int32_t covered = i * q->landuse_count + u;
        for (int32_t p = 0; p < q->count; p++)
            one_double(w, &w->state->buildup[covered * q->count + p], 1.0);
        one_double(w, &w->state->swept_day[covered], 1.0);
    }
}

static void walk_subcatchments(struct walk *w)
{
    for (int32_t i = 0; i < w->model->subcatchments.count; i++) {
        for (int k = 0; k < 3; k++)
            one_double(w, &w->state->depth_m[i][k], w->foot_m);
        one_double(w, &w->state->runoff_m3s[i], w->foot3_m3);
        walk_soil(w, i);
        walk_ground(w, i);
        walk_snow(w, i);
        walk_pollutants(w, i);
    }
}

/* Version 2 knows of each subcatchment its soil's moisture and the water table, in file units. */
static void walk_old_grounds(struct walk *w)
{
    const struct tw_grounds *g = &w->model->grounds;
    for (int32_t i = 0; i < w->model->subcatchments.count; i++) {
        double none[2] = {0.0, 0.0};
        int32_t row = g->count > 0 ? g->of_subcatchment[i] : -1;
        one_float(w, row >= 0 ? &w->state->moisture_ratio[row] : &none[0], 1.0);
        one_float(w, row >= 0 ? &w->state->water_table_m[row] : &none[1], w->foot_m);
        if (row >= 0) w->state->room_m[row] = (double)NAN;
    }
}

static void walk_nodes(struct walk *w)
{
    const struct tw_model *m = w->model;
    int32_t pollutants = m->quality.count;
    for (int32_t i = 0; i < m->nodes.count; i++) {
        double none = 0.0;
        one_float(w, &w->state->node_depth_m[i], w->foot_m);
        one_float(w, &w->state->lateral_m3s[i], w->foot3_m3);
        if (m->nodes.kind[i] == TW_NODE_STORAGE && w->state->version >= 4)
            one_float(w, &w->state->residence_h[m->nodes.row[i]], 1.0 / 3600.0);
        for (int32_t p = 0; p < pollutants; p++)
            one_float(w, &w->state->node_quality[i * pollutants + p], 1.0);
        for (int32_t p = 0; w->state->version <= 2 && p < pollutants; p++)
            one_float(w, &none, 1.0);
    }
}

static void walk_links(struct walk *w)
{
    int32_t pollutants = w->model->quality.count;
    for (int32_t i = 0; i < w->model->links.count; i++) {
        one_float(w, &w->state->link_flow_m3s[i], w->foot3_m3);
        one_float(w, &w->state->link_depth_m[i], w->foot_m);
        one_float(w, &w->state->link_setting[i], 1.0);
        for (int32_t p = 0; p < pollutants; p++)
            one_float(w, &w->state->link_quality[i * pollutants + p], 1.0);
    }
}

/* Numbers of elements; those of the file must be the model's. */
static void walk_header(struct walk *w)
{
    const struct tw_model *m = w->model;
    int32_t version = w->state->version;
    const struct {
        int32_t since, own;
        const char *other;
    } counts[] = {{2, m->subcatchments.count, "it has another number of subcatchments"},
                  {3, m->quality.landuse_count, "it has another number of land uses"},
                  {1, m->nodes.count, "it has another number of nodes"},
                  {1, m->links.count, "it has another number of links"},
                  {1, m->quality.count, "it has another number of pollutants"},
                  {1, (int32_t)m->options.flow_units, "its flow unit is another one"}};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        int32_t count = counts[k].own;
        if (version < counts[k].since) continue;
        whole(w, &count);
        if (w->wrong != NULL || count == counts[k].own) continue;
        w->wrong = counts[k].other;
        w->incompatible = true;
    }
}

static void walk_all(struct walk *w)
{
    struct tw_units us = tw_units_of(TW_FLOW_CFS, true);
    w->foot_m = us.length_m;
    w->foot3_m3 = us.volume_m3;
    walk_header(w);
    if (w->wrong != NULL) return;
    if (w->state->version >= 3) walk_subcatchments(w);
    if (w->state->version == 2) walk_old_grounds(w);
    walk_nodes(w);
    walk_links(w);
}

/* 0: not a hot start file. */
static int32_t version_of(const char *bytes, size_t size)
{
    if (size < STAMP || memcmp(bytes, stamp, STAMP) != 0) return 0;
    bool numbered = size > STAMP && bytes[STAMP] >= '2' && bytes[STAMP] <= '4';
    return numbered ? bytes[STAMP] - '0' : 1;
}

tw_status tw_hotstart_read(const struct tw_model *model, const char *bytes, size_t size,
                           const char *path, tw_faults *faults, struct tw_hotstart *state)
{
    struct walk w = {.model = model, .state = state, .end = bytes + size};
    state->version = version_of(bytes, size);
    w.at = bytes + STAMP + (state->version > 1 ? 1 : 0);
    if (state->version == 0)
        w.wrong = "it does not begin with SWMM5-HOTSTART";
    else
        walk_all(&w);
    if (w.wrong == NULL) return TW_OK;
    tw_faults_add(faults, path, 0, "hot start file, byte %lld: %s%s",
                  state->version == 0 ? 0LL : (long long)(w.at - bytes), w.wrong,
                  w.incompatible || state->version == 0 ? TW_SWMM_ERROR("333")
                                                        : TW_SWMM_ERROR("335"));
    return TW_ERR_INPUT;
}

tw_status tw_hotstart_write(const struct tw_model *model, struct tw_hotstart *state,
                            tw_outfile *file)
{
    struct walk w = {.model = model, .state = state, .file = file};
    state->version = NEWEST;
    TW_TRY(tw_outfile_write(file, stamp, STAMP));
    TW_TRY(tw_outfile_write(file, "4", 1));
    walk_all(&w);
    return w.status;
}

tw_status tw_hotstart_make(const struct tw_model *model, struct tw_arena *arena,
                           struct tw_hotstart *out_state)
{
    int64_t subs = model->subcatchments.count, nodes = model->nodes.count;
    int64_t links = model->links.count, pollutants = model->quality.count;
    int64_t covered = subs * model->quality.landuse_count, grounds = model->grounds.count;
    struct tw_hotstart s = {.version = NEWEST};
    const struct {
        double **array;
        int64_t count;
    } arrays[] = {{&s.runoff_m3s, subs},
                  {&s.moisture_ratio, grounds},
                  {&s.water_table_m, grounds},
                  {&s.ground_flow_mps, grounds},
                  {&s.room_m, grounds},
                  {&s.outlet, subs * pollutants},
                  {&s.ponded, subs * pollutants},
                  {&s.buildup, covered * pollutants},
                  {&s.swept_day, covered},
                  {&s.node_depth_m, nodes},
                  {&s.lateral_m3s, nodes},
                  {&s.node_quality, nodes * pollutants},
                  {&s.residence_h, model->storages.count},
                  {&s.link_flow_m3s, links},
                  {&s.link_depth_m, links},
                  {&s.link_setting, links},
                  {&s.link_quality, links * pollutants}};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) {
        *arrays[k].array = TW_ARENA_NEW(arena, double, arrays[k].count);
        if (*arrays[k].array == NULL) return TW_ERR_NOMEM;
    }
    s.depth_m = TW_ARENA_NEW(arena, double[3], subs);
    s.soil = TW_ARENA_NEW(arena, double[6], subs);
    s.snow = TW_ARENA_NEW(arena, double[5], model->snow.count > 0 ? subs * TW_SNOW_PARTS : 0);
    if (s.depth_m == NULL || s.soil == NULL || s.snow == NULL) return TW_ERR_NOMEM;
    *out_state = s;
    return TW_OK;
}
