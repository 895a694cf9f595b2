/* Parameters that are multiplied: a row of the table says over what the index runs and where the
 * factor goes. */
#include "engine/lanes.h"

#include <math.h>
#include <stddef.h>

struct target {
    struct tw_run *run;
    int32_t lane, index; /* -1: all */
};

static void set_rain(struct target to, double factor)
{
    int32_t end = to.index < 0 ? to.run->model->gages.count : to.index + 1;
    for (int32_t i = to.index < 0 ? 0 : to.index; i < end; i++)
        to.run->hydrology.gage_factor[i * to.run->lanes + to.lane] = factor;
}

/* Rows of a list of inflows that are of the node. */
static void set_rows(struct target to, int32_t count, const int32_t *node, double *factors,
                     double factor)
{
    for (int32_t i = 0; i < count; i++) {
        if (to.index < 0 || node[i] == to.index) factors[i * to.run->lanes + to.lane] = factor;
    }
}

static void set_dry_weather(struct target to, double factor)
{
    const struct tw_dry_weather *dry = &to.run->model->dry_weather;
    set_rows(to, dry->count, dry->node, to.run->inflows.dry_factor, factor);
}

static void set_inflow(struct target to, double factor)
{
    const struct tw_inflows *inflows = &to.run->model->inflows;
    set_rows(to, inflows->count, inflows->node, to.run->inflows.external_factor, factor);
}

/* One member of the factors of each subcatchment asked for. */
static void set_surface(struct target to, size_t member, double factor)
{
    struct tw_hydrology *h = &to.run->hydrology;
    int32_t end = to.index < 0 ? h->model->subcatchments.count : to.index + 1;
    for (int32_t i = to.index < 0 ? 0 : to.index; i < end; i++) {
        struct tw_catchment_factors factors = h->factors[i * h->lanes + to.lane];
        double *value = (double *)((char *)&factors + member);
        if (*value == factor) continue;
        *value = factor;
        tw_hydrology_set_factors(h, i, to.lane, factors);
    }
}

static void set_impervious(struct target to, double factor)
{
    set_surface(to, offsetof(struct tw_catchment_factors, impervious), factor);
}

static void set_storage(struct target to, double factor)
{
    set_surface(to, offsetof(struct tw_catchment_factors, storage), factor);
}

static void set_surface_roughness(struct target to, double factor)
{
    set_surface(to, offsetof(struct tw_catchment_factors, roughness), factor);
}

static void set_infiltration(struct target to, double factor)
{
    set_surface(to, offsetof(struct tw_catchment_factors, infiltration), factor);
}

static void set_conduit_roughness(struct target to, double factor)
{
    to.run->hydraulics.roughness[to.lane] = factor;
}

static int32_t gages(const struct tw_model *model) { return model->gages.count; }
static int32_t nodes(const struct tw_model *model) { return model->nodes.count; }
static int32_t subcatchments(const struct tw_model *model) { return model->subcatchments.count; }
static int32_t only_all(const struct tw_model *model)
{
    (void)model;
    return 0;
}

static const struct row {
    int32_t (*count)(const struct tw_model *model);
    void (*set)(struct target to, double factor);
    bool may_be_zero;
} rows[] = {
    [TW_FACTOR_RAIN] = {gages, set_rain, true},
    [TW_FACTOR_DRY_WEATHER] = {nodes, set_dry_weather, true},
    [TW_FACTOR_INFLOW] = {nodes, set_inflow, true},
    [TW_FACTOR_IMPERVIOUS] = {subcatchments, set_impervious, true},
    [TW_FACTOR_SURFACE_STORAGE] = {subcatchments, set_storage, true},
    [TW_FACTOR_SURFACE_ROUGHNESS] = {subcatchments, set_surface_roughness, false},
    [TW_FACTOR_INFILTRATION] = {subcatchments, set_infiltration, false},
    [TW_FACTOR_CONDUIT_ROUGHNESS] = {only_all, set_conduit_roughness, false},
};

#define COUNT_ROW(name, text) +1
_Static_assert(sizeof rows / sizeof rows[0] == 0 TW_FACTOR_LIST(COUNT_ROW),
               "a new row of TW_FACTOR_LIST needs one here");

tw_status tw_lanes_set_factor(struct tw_run *run, struct tw_lanes lanes, tw_factor which,
                              int32_t index, double factor)
{
    if ((int)which < 0 || (size_t)which >= sizeof rows / sizeof rows[0]) return TW_ERR_ARG;
    const struct row *row = &rows[which];
    if (index != -1 && (index < 0 || index >= row->count(run->model))) return TW_ERR_ARG;
    if (!isfinite(factor) || factor < 0.0 || (factor == 0.0 && !row->may_be_zero)) {
        return TW_ERR_ARG;
    }
    if (which == TW_FACTOR_RAIN && run->options.outer_rain) return TW_ERR_STATE;
    for (int32_t l = lanes.first; l < lanes.end; l++)
        row->set((struct target){.run = run, .lane = l, .index = index}, factor);
    return TW_OK;
}
