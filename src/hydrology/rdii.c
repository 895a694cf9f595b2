#include "hydrology/rdii.h"

#include "hydrology/climate.h"
#include "thalweg/time.h"

#include <math.h>
#include <string.h>

static const double least_flow_m3s = 1.0e-4 * 0.028316846592; /* SWMM's 1e-4 cfs: less is none */

/* Rain is taken by the gage's interval, or by wet steps where those are shorter. */
static double interval_s(const struct tw_model *m, int32_t hydrograph)
{
    return fmin(m->gages.interval_s[m->rdii.hydrograph[hydrograph].gage], m->options.wet_step_s);
}

/* Rain periods after which nothing of a response is left. */
static int32_t periods_of(const struct tw_model *m, int32_t hydrograph, int32_t response)
{
    const struct tw_unit_hydrograph *h = &m->rdii.hydrograph[hydrograph];
    double longest_s = 0.0;
    if (h->gage < 0 || m->rdii.node_count == 0) return 0;
    for (int month = 0; month < 12; month++)
        longest_s = fmax(longest_s, h->response[month][response].base_s);
    double periods = floor(longest_s / interval_s(m, hydrograph)) + 1.0;
    return periods < 1.0e6 ? (int32_t)periods : 1000000;
}

void tw_rdii_lay(struct tw_rdii *r, const struct tw_model *model, int32_t lanes,
                 struct tw_pool *state)
{
    const struct tw_rdii_model *m = &model->rdii;
    size_t w = (size_t)lanes, groups = m->node_count > 0 ? (size_t)m->hydrograph_count : 0;
    size_t periods = 0;
    for (int32_t i = 0; i < (int32_t)groups * TW_UNIT_RESPONSES; i++)
        periods += (size_t)periods_of(model, i / TW_UNIT_RESPONSES, i % TW_UNIT_RESPONSES);
    r->model = model;
    r->lanes = lanes;
    r->clock = TW_POOL_NEW(state, struct tw_rdii_clock, 1);
    r->response = TW_POOL_NEW(state, struct tw_rdii_response, groups * TW_UNIT_RESPONSES);
    r->gage_ms = TW_POOL_NEW(state, double, groups);
    r->rain_mm = TW_POOL_NEW(state, double, periods *w);
    r->month = TW_POOL_NEW(state, int8_t, periods);
    r->held_mm = TW_POOL_NEW(state, double, groups *TW_UNIT_RESPONSES *w);
    r->flow_mmh = TW_POOL_NEW(state, double, groups *w);
    r->rained_m3 = TW_POOL_NEW(state, double, w);
    r->produced_m3 = TW_POOL_NEW(state, double, w);
}

static int month_of(const struct tw_rdii *r, double at_ms)
{
    return tw_day_to_calendar(floor(r->clock->start_day + (at_ms + 1.0) / 8.64e7)).month - 1;
}

void tw_rdii_begin(struct tw_rdii *r, double start_day)
{
    const struct tw_model *m = r->model;
    int32_t first = 0;
    *r->clock = (struct tw_rdii_clock){.start_day = start_day, .step_s = m->options.wet_step_s};
    memset(r->rained_m3, 0, (size_t)r->lanes * sizeof(double));
    memset(r->produced_m3, 0, (size_t)r->lanes * sizeof(double));
    if (m->rdii.node_count == 0) return;
    for (int32_t g = 0; g < m->rdii.hydrograph_count; g++) {
        r->gage_ms[g] = 0.0;
        if (m->rdii.hydrograph[g].gage >= 0)
            r->clock->step_s = fmin(r->clock->step_s, interval_s(m, g));
        for (int32_t lane = 0; lane < r->lanes; lane++)
            r->flow_mmh[g * r->lanes + lane] = 0.0;
        for (int32_t k = 0; k < TW_UNIT_RESPONSES; k++) {
            int32_t i = g * TW_UNIT_RESPONSES + k, periods = periods_of(m, g, k);
            r->response[i] = (struct tw_rdii_response){.first = first, .periods = periods};
            memset(r->month + first, 0, (size_t)periods);
            memset(r->rain_mm + (size_t)first * (size_t)r->lanes, 0,
                   (size_t)periods * (size_t)r->lanes * sizeof(double));
            double held = m->rdii.hydrograph[g].response[month_of(r, 0.0)][k].initial_mm;
            for (int32_t lane = 0; lane < r->lanes; lane++)
                r->held_mm[i * r->lanes + lane] = held;
            first += periods;
        }
    }
}

/* Rain beyond what the ground still holds back [mm]; without rain it recovers. */
static double beyond_held(struct tw_rdii *r, int32_t i, int32_t lane, double rain_mm, int month,
                          double dt_s)
{
    const struct tw_unit_response *u =
        &r->model->rdii.hydrograph[i / TW_UNIT_RESPONSES].response[month][i % TW_UNIT_RESPONSES];
    double *held = &r->held_mm[i * r->lanes + lane];
    if (!(rain_mm > 0.0)) {
        *held = fmax(0.0, *held - dt_s / 86400.0 * u->recovery_mmday);
        return 0.0;
    }
    double free_mm = fmax(0.0, u->held_mm - *held), beyond = fmax(0.0, rain_mm - free_mm);
    *held += rain_mm - beyond;
    return beyond;
}

/* Area of all nodes that have a hydrograph. */
static double area_of(const struct tw_model *model, int32_t hydrograph)
{
    double area_m2 = 0.0;
    for (int32_t i = 0; i < model->rdii.node_count; i++)
        if (model->rdii.node[i].hydrograph == hydrograph) area_m2 += model->rdii.node[i].area_m2;
    return area_m2;
}

/* One recording interval of a hydrograph's gage. */
static void take_rain(struct tw_rdii *r, int32_t g, bool outer_rain, const double *gage_rain_mmh,
                      const double *gage_factor)
{
    int32_t gage = r->model->rdii.hydrograph[g].gage, month = month_of(r, r->gage_ms[g]);
    double dt_s = interval_s(r->model, g), day = r->clock->start_day + r->gage_ms[g] / 8.64e7;
    double of_file =
        outer_rain ? 0.0 : tw_gage_series_mmh(r->model, gage, day, r->clock->start_day);
    double area_m2 = area_of(r->model, g);
    for (int32_t lane = 0; lane < r->lanes; lane++) {
        int32_t k = gage * r->lanes + lane;
        double mmh = outer_rain ? gage_rain_mmh[k] : of_file * gage_factor[k];
        r->rained_m3[lane] += mmh * dt_s / 3.6e6 * area_m2;
    }
    for (int32_t i = g * TW_UNIT_RESPONSES; i < (g + 1) * TW_UNIT_RESPONSES; i++) {
        struct tw_rdii_response *one = &r->response[i];
        if (one->periods == 0) continue;
        int32_t at = one->first + one->next;
        bool wet = false;
        for (int32_t lane = 0; lane < r->lanes; lane++) {
            int32_t k = gage * r->lanes + lane;
            double mmh = outer_rain ? gage_rain_mmh[k] : of_file * gage_factor[k];
            r->rain_mm[at * r->lanes + lane] =
                beyond_held(r, i, lane, mmh * dt_s / 3600.0, month, dt_s);
            wet = wet || r->rain_mm[at * r->lanes + lane] > 0.0;
        }
        one->dry = wet ? 0 : one->dry < one->periods ? one->dry + 1 : one->periods;
        if (one->known < one->periods) one->known++;
        r->month[at] = (int8_t)month;
        one->next = (one->next + 1) % one->periods;
    }
    r->gage_ms[g] += 1000.0 * dt_s;
}

/* Part of a period's rain that comes in an hour, at a time after it [1/h]. */
static double ordinate(const struct tw_unit_response *u, double t_s)
{
    if (t_s >= u->base_s) return 0.0;
    double peak = 2.0 / u->base_s * 3600.0;
    if (t_s <= u->peak_s) return peak * t_s / u->peak_s;
    return peak * (1.0 - (t_s - u->peak_s) / (u->base_s - u->peak_s));
}

static bool any_rain(const double *rain_mm, int32_t lanes)
{
    for (int32_t lane = 0; lane < lanes; lane++)
        if (rain_mm[lane] > 0.0) return true;
    return false;
}

/* Sum over past rain, the youngest first; the oldest place of the ring is not asked, as in SWMM. */
static void convolve(struct tw_rdii *r, int32_t g, int32_t k)
{
    const struct tw_rdii_response *one = &r->response[g * TW_UNIT_RESPONSES + k];
    double dt_s = interval_s(r->model, g);
    int32_t known = one->known < one->periods - 1 ? one->known : one->periods - 1;
    int32_t place = (one->next - one->dry + one->periods) % one->periods;
    /* a response of months has many periods, most of them without rain, or before the run */
    for (int32_t p = one->dry + 1; p <= known; p++) {
        place = place == 0 ? one->periods - 1 : place - 1;
        int32_t at = one->first + place;
        if (!any_rain(&r->rain_mm[at * r->lanes], r->lanes)) continue;
        const struct tw_unit_response *u = &r->model->rdii.hydrograph[g].response[r->month[at]][k];
        double part = ordinate(u, (p - 0.5) * dt_s) * u->ratio;
        for (int32_t lane = 0; lane < r->lanes; lane++)
            r->flow_mmh[g * r->lanes + lane] += part * r->rain_mm[at * r->lanes + lane];
    }
}

void tw_rdii_advance(struct tw_rdii *r, double at_ms, bool outer_rain, const double *gage_rain_mmh,
                     const double *gage_factor)
{
    const struct tw_rdii_model *m = &r->model->rdii;
    if (m->node_count == 0) return;
    while (r->clock->next_ms <= at_ms) {
        for (int32_t g = 0; g < m->hydrograph_count; g++) {
            if (m->hydrograph[g].gage < 0) continue;
            bool more = false;
            while (r->gage_ms[g] < r->clock->next_ms) {
                take_rain(r, g, outer_rain, gage_rain_mmh, gage_factor);
                more = true;
            }
            if (!more) continue;
            for (int32_t lane = 0; lane < r->lanes; lane++)
                r->flow_mmh[g * r->lanes + lane] = 0.0;
            for (int32_t k = 0; k < TW_UNIT_RESPONSES; k++)
                convolve(r, g, k);
        }
        for (int32_t lane = 0; lane < r->lanes; lane++)
            for (int32_t i = 0; i < m->node_count; i++)
                r->produced_m3[lane] += tw_rdii_flow_m3s(r, i, lane) * r->clock->step_s;
        r->clock->next_ms += 1000.0 * r->clock->step_s;
    }
}

double tw_rdii_flow_m3s(const struct tw_rdii *r, int32_t row, int32_t lane)
{
    const struct tw_rdii_node *n = &r->model->rdii.node[row];
    double flow = r->flow_mmh[n->hydrograph * r->lanes + lane] / 3.6e6 * n->area_m2;
    return flow < least_flow_m3s ? 0.0 : flow;
}
