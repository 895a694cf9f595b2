/* Concentrations of influent.
 *
 *   ln C = sum of bent lines of   ln(Q / Q_dry)           dilution
 *                                 ln(Q / Q 3 h, 12 h ago)  a rising flow washes out what has settled
 *                                 hours since Q was high   how much has settled
 *                                 their product            first flush
 *                                 time of day
 *
 * The logarithm, since errors of concentrations grow with them and none is negative. */
#include "operate/load.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TWO_PI 6.283185307179586
#define WET_RATIO 1.6 /* of the dry flow: from here on it counts as rain */

static const struct tw_load_info infos[TW_LOAD_COUNT] = {
#define TW_LOAD(id, key, columns, typical_gm3, zh, en) {key, columns, typical_gm3, zh, en},
#include "operate/loads.def"
#undef TW_LOAD
};

const struct tw_load_info *tw_load_info_get(enum tw_load load) { return &infos[load]; }

bool tw_load_is_column(enum tw_load load, const char *name)
{
    const char *at = infos[load].columns;
    char word[64];
    if (tw_text_same(infos[load].key, name)) return true;
    while (*at != '\0') {
        size_t length = strcspn(at, " ");
        if (length < sizeof word) {
            memcpy(word, at, length);
            word[length] = '\0';
            if (tw_text_same(word, name)) return true;
        }
        at += length + (at[length] == ' ');
    }
    return false;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static tw_status dry_flow(const struct tw_influent_hours *hours, struct tw_arena *room, double *out)
{
    int32_t n = 0;
    double *sorted = TW_ARENA_NEW(room, double, hours->count);
    if (sorted == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < hours->count; i++)
        if (hours->flow_m3h[i] > 0.0) sorted[n++] = hours->flow_m3h[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    *out = n > 0 ? sorted[n / 4] : 1.0;
    return TW_OK;
}

static double log_ratio(double flow, double of)
{
    return flow > 0.0 && of > 0.0 ? log(flow / of) : (double)NAN;
}

static double flow_before(const struct tw_influent_hours *hours, int32_t i, int32_t back)
{
    double flow = hours->flow_m3h[i >= back ? i - back : 0];
    return isnan(flow) ? hours->flow_m3h[i] : flow; /* a gap says: no change */
}

static void make_inputs(const struct tw_influent_hours *hours, double dry_m3h, double *out)
{
    double since_wet_h = 72.0;
    for (int32_t i = 0; i < hours->count; i++) {
        double flow = hours->flow_m3h[i], *x = out + (size_t)i * TW_LOAD_INPUTS;
        int64_t hour = (hours->begin_ms + (int64_t)hours->zone_s * 1000) / 3600000 + i;
        double angle = TWO_PI * (double)(hour % 24) / 24.0;
        double rise = log_ratio(flow, flow_before(hours, i, 3));
        double settled = log1p(since_wet_h);
        x[0] = log_ratio(flow, dry_m3h);
        x[1] = rise;
        x[2] = log_ratio(flow, flow_before(hours, i, 12));
        x[3] = settled;
        x[4] = rise > 0.0 ? rise * settled : isnan(rise) ? rise : 0.0;
        x[5] = cos(angle);
        x[6] = sin(angle);
        x[7] = cos(2.0 * angle);
        x[8] = sin(2.0 * angle);
        /* Six hours in the wet use up what has settled. */
        since_wet_h = flow > WET_RATIO * dry_m3h ? since_wet_h * 0.7 : since_wet_h + 1.0;
    }
}

tw_status tw_load_fit(const struct tw_influent_hours *hours, const double *conc_gm3,
                      struct tw_arena *arena, struct tw_load_model *out_model)
{
    struct tw_arena room;
    struct tw_load_model model = {0};
    size_t count = (size_t)hours->count;
    tw_arena_init(&room);
    double *x = TW_ARENA_NEW(&room, double, count *TW_LOAD_INPUTS);
    double *y = TW_ARENA_NEW(&room, double, count);
    tw_status status = x == NULL || y == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) status = dry_flow(hours, &room, &model.dry_m3h);
    if (status == TW_OK && conc_gm3 != NULL) {
        make_inputs(hours, model.dry_m3h, x);
        for (size_t i = 0; i < count; i++)
            y[i] = conc_gm3[i] > 0.0 ? log(conc_gm3[i]) : (double)NAN;
        status = tw_soft_fit(x, y, hours->count, TW_LOAD_INPUTS, arena, &model.soft);
        model.measured = status == TW_OK;
        if (status == TW_ERR_ARG) status = TW_OK; /* too few: a typical value then */
    }
    tw_arena_done(&room);
    if (status == TW_OK) *out_model = model;
    return status;
}

/* Half of what more than the dry flow comes is clean water; the range is that of everyday sewage. */
static void typical(const struct tw_load_model *model, enum tw_load load, double flow, double *out)
{
    double ratio = flow > model->dry_m3h ? model->dry_m3h / flow : 1.0;
    double conc = infos[load].typical_gm3 * (0.5 + 0.5 * ratio);
    out[0] = isnan(flow) ? flow : 0.5 * conc;
    out[1] = isnan(flow) ? flow : conc;
    out[2] = isnan(flow) ? flow : 1.6 * conc;
}

tw_status tw_load_make(const struct tw_load_model *model, enum tw_load load,
                       const struct tw_influent_hours *hours, double *out_gm3)
{
    struct tw_arena room;
    size_t count = (size_t)hours->count;
    tw_arena_init(&room);
    double *x = TW_ARENA_NEW(&room, double, count *TW_LOAD_INPUTS);
    if (x == NULL) {
        tw_arena_done(&room);
        return TW_ERR_NOMEM;
    }
    make_inputs(hours, model->dry_m3h, x);
    for (size_t i = 0; i < count; i++) {
        double *out = out_gm3 + 3 * i;
        if (!model->measured) {
            typical(model, load, hours->flow_m3h[i], out);
            continue;
        }
        double value = tw_soft_at(&model->soft, x + i * TW_LOAD_INPUTS);
        out[0] = exp(value + model->soft.error[0]);
        out[1] = exp(value);
        out[2] = exp(value + model->soft.error[1]);
    }
    tw_arena_done(&room);
    return TW_OK;
}
