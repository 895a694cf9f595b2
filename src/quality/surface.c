/* Build-up, sweeping, wash-off and ponded water. source: SWMM Reference Manual III, chapters 3, 4. */
#include "quality/parts.h"

#include "model/flow_unit.h"
#include "num/series.h"
#include "thalweg/time.h"

#include <math.h>

/* Units of the file: build-up and wash-off are given in them. */
static double length_unit_m(const struct tw_model *m) { return m->us_units ? TW_FOOT_M : 1.0; }

static double land_unit_m2(const struct tw_model *m)
{
    return tw_land_unit_m2(m->us_units, m->options.strict);
}

static double rate_unit_mps(const struct tw_model *m) { return (m->us_units ? 25.4 : 1.0) / 3.6e6; }

static double flow_unit_m3s(const struct tw_model *m)
{
    return tw_flow_unit_m3s(m->options.flow_units, m->options.strict);
}

/* ---- build-up ---- */

/* Area or kerb of a land use in the file's units. */
static double extent(const struct tw_quality *q, int32_t subcatchment, int32_t landuse,
                     bool by_curb)
{
    const struct tw_model *m = q->model;
    double part = m->quality.coverage_ratio[subcatchment * m->quality.landuse_count + landuse];
    return part * (by_curb ? m->subcatchments.curb_m[subcatchment] / length_unit_m(m)
                           : m->subcatchments.area_m2[subcatchment] / land_unit_m2(m));
}

/* Days in which nearly all has built up. */
static double whole_days(const struct tw_buildup *b)
{
    switch (b->kind) {
    case TW_BUILDUP_POWER:
        return b->rate * b->power == 0.0 ? 0.0 : pow(b->most / b->rate, 1.0 / b->power);
    case TW_BUILDUP_EXPONENTIAL:
        return b->rate == 0.0 ? 0.0 : -log(0.001) / b->rate;
    case TW_BUILDUP_SATURATION:
        return 1000.0 * b->power;
    default:
        return 0.0;
    }
}

static double buildup_after(const struct tw_buildup *b, double days)
{
    if (days == 0.0) return 0.0;
    if (days >= whole_days(b)) return b->most;
    switch (b->kind) {
    case TW_BUILDUP_POWER:
        return fmin(b->rate * pow(days, b->power), b->most);
    case TW_BUILDUP_EXPONENTIAL:
        return b->most * (1.0 - exp(-days * b->rate));
    case TW_BUILDUP_SATURATION:
        return days * b->most / (b->power + days);
    default:
        return 0.0;
    }
}

static double days_of(const struct tw_buildup *b, double buildup)
{
    if (buildup == 0.0) return 0.0;
    if (buildup >= b->most) return whole_days(b);
    switch (b->kind) {
    case TW_BUILDUP_POWER:
        return b->rate * b->power == 0.0 ? 0.0 : pow(buildup / b->rate, 1.0 / b->power);
    case TW_BUILDUP_EXPONENTIAL:
        return b->most * b->rate == 0.0 ? 0.0 : -log(1.0 - buildup / b->most) / b->rate;
    case TW_BUILDUP_SATURATION:
        return b->most == 0.0 ? 0.0 : buildup * b->power / (b->most - buildup);
    default:
        return 0.0;
    }
}

double tw_buildup_begin(const struct tw_quality *q, int32_t subcatchment, int32_t landuse,
                        int32_t pollutant)
{
    const struct tw_quality_model *m = &q->model->quality;
    const struct tw_buildup *b = &m->buildup[landuse * m->count + pollutant];
    double loading = m->loading[subcatchment * m->count + pollutant];
    if (loading > 0.0) return loading * extent(q, subcatchment, landuse, false);
    /* a series builds nothing up before the start */
    if (b->kind == TW_BUILDUP_NONE || b->kind == TW_BUILDUP_EXTERNAL) return 0.0;
    return buildup_after(b, q->model->options.dry_days) *
           extent(q, subcatchment, landuse, b->by_curb);
}

/* Rate of a series [file mass per unit and day] at a day. */
static double external_rate(const struct tw_quality *q, const struct tw_buildup *b, double day)
{
    const struct tw_tables *t = &q->model->series;
    int32_t first = t->first[b->series], cursor = 0;
    return b->rate * tw_series_at(t->x + first, t->y + first, t->first[b->series + 1] - first, day,
                                  false, &cursor);
}

static void build_up(struct tw_quality *q, int32_t subcatchment, int32_t landuse, int32_t pollutant,
                     int32_t lane, const struct tw_quality_surface *s)
{
    const struct tw_quality_model *m = &q->model->quality;
    int32_t covered = subcatchment * m->landuse_count + landuse;
    double *buildup = &q->buildup[tw_quality_at(q, covered, pollutant, lane)];
    const struct tw_buildup *b = &m->buildup[landuse * m->count + pollutant];
    if (b->kind == TW_BUILDUP_NONE) return;
    if (m->pollutant[pollutant].snow_only && s->snow_m < TW_LEAST_SNOW_M) return;
    double over = extent(q, subcatchment, landuse, b->by_curb), next = 0.0;
    if (over == 0.0) return;
    if (b->kind == TW_BUILDUP_EXTERNAL) {
        double gain = external_rate(q, b, s->day + s->dt_s / 86400.0) * s->dt_s / 86400.0;
        next = fmin(*buildup / over + gain, b->most) * over;
    } else {
        next = buildup_after(b, days_of(b, *buildup / over) + s->dt_s / 86400.0) * over;
    }
    next = fmax(next, *buildup);
    tw_surface_book(q, TW_SURFACE_BUILDUP, pollutant, lane,
                    (next - *buildup) / m->pollutant[pollutant].file_mass);
    *buildup = next;
}

/* ---- sweeping ---- */

static bool may_sweep(const struct tw_model *m, double day)
{
    struct tw_calendar c = tw_day_to_calendar(floor(day));
    struct tw_calendar first = {.year = c.year, .month = 1, .day = 1};
    double new_year;
    if (tw_day_from_calendar(&first, &new_year) != TW_OK) return false;
    double of_year = floor(day) - new_year + 1.0;
    double begin = m->options.sweep_start_doy, end = m->options.sweep_end_doy;
    return end < begin ? of_year >= begin || of_year <= end : of_year >= begin && of_year <= end;
}

static void sweep(struct tw_quality *q, int32_t subcatchment, int32_t landuse, int32_t lane,
                  double day)
{
    const struct tw_quality_model *m = &q->model->quality;
    const struct tw_landuse *l = &m->landuse[landuse];
    int32_t covered = subcatchment * m->landuse_count + landuse;
    if (m->coverage_ratio[covered] == 0.0 || l->sweep_days == 0.0) return;
    if (day - q->swept_day[covered] < l->sweep_days) return;
    for (int32_t p = 0; p < m->count; p++) {
        double left = 1.0 - l->sweep_ratio * m->washoff[landuse * m->count + p].sweeping_ratio;
        double *buildup = &q->buildup[tw_quality_at(q, covered, p, lane)];
        double swept = *buildup * (1.0 - fmax(left, 0.0));
        tw_surface_book(q, TW_SURFACE_SWEEPING, p, lane, swept / m->pollutant[p].file_mass);
        *buildup -= swept;
    }
    if (lane == q->lanes - 1) q->swept_day[covered] = day;
}

/* ---- wash-off ---- */

/* Concentration of what runs off a land use. */
static double washoff_concentration(const struct tw_quality *q, int32_t at, int32_t pollutant,
                                    double buildup, double runoff_mps, double area_m2)
{
    const struct tw_quality_model *m = &q->model->quality;
    const struct tw_washoff *w = &m->washoff[at];
    if (m->buildup[at].kind != TW_BUILDUP_NONE && buildup == 0.0) return 0.0;
    if (w->kind == TW_WASHOFF_MEAN) return w->coefficient;
    double flow_m3s = runoff_mps * area_m2;
    if (w->kind == TW_WASHOFF_EXPONENTIAL) {
        double per_hour =
            w->coefficient * pow(runoff_mps / rate_unit_mps(q->model), w->exponent) * buildup;
        return per_hour / 3600.0 / m->pollutant[pollutant].file_mass / flow_m3s;
    }
    /* mass a second, over a thousand litres in ours */
    double load = w->coefficient * pow(flow_m3s / flow_unit_m3s(q->model), w->exponent) / 1000.0;
    return load / flow_m3s;
}

/* Mass washed off a land use in the step, practices taken off. */
static double wash_off(struct tw_quality *q, int32_t subcatchment, int32_t landuse,
                       int32_t pollutant, int32_t lane, const struct tw_quality_surface *s)
{
    const struct tw_quality_model *m = &q->model->quality;
    int32_t at = landuse * m->count + pollutant,
            covered = subcatchment * m->landuse_count + landuse;
    double part = m->coverage_ratio[covered];
    if (m->washoff[at].kind == TW_WASHOFF_NONE || part == 0.0) return 0.0;
    double *buildup = &q->buildup[tw_quality_at(q, covered, pollutant, lane)];
    double area_m2 = part * q->model->subcatchments.area_m2[subcatchment];
    double mass = washoff_concentration(q, at, pollutant, *buildup, s->runoff_mps, area_m2) *
                  s->outflow_m3 * part;
    double file_mass = m->pollutant[pollutant].file_mass;
    if (m->buildup[at].kind != TW_BUILDUP_NONE || *buildup > mass * file_mass) {
        mass = fmin(mass, *buildup / file_mass);
        *buildup = fmax(0.0, *buildup - mass * file_mass);
    } else { /* it comes from nowhere: as SWMM books it, with the last of an initial loading */
        tw_surface_book(q, TW_SURFACE_BUILDUP, pollutant, lane, mass);
        *buildup = 0.0;
    }
    double taken = mass * m->washoff[at].bmp_ratio;
    tw_surface_book(q, TW_SURFACE_PRACTICES, pollutant, lane, taken);
    return mass - taken;
}

/* Mass that leaves with ponded water, in which rain and run-on are mixed. What stays is known by its
 * concentration, as SWMM has it: a runoff step does not keep water to the last drop. */
static double ponded_out(struct tw_quality *q, int32_t subcatchment, int32_t pollutant,
                         int32_t lane, const struct tw_quality_surface *s)
{
    const struct tw_quality_model *m = &q->model->quality;
    size_t here = tw_quality_at(q, subcatchment, pollutant, lane);
    double rain = m->pollutant[pollutant].rain * s->rain_m3, practices = 0.0;
    double mass = q->ponded[here] * s->ponded_m3 + rain + q->runon[here] * s->dt_s;
    q->ponded[here] = s->inflow_m3 > 0.0 ? mass / s->inflow_m3 : 0.0;
    double infiltrated = fmin(q->ponded[here] * s->infiltration_m3, mass);
    double out = fmin(q->ponded[here] * s->outflow_m3, mass - infiltrated);
    for (int32_t u = 0; u < m->landuse_count; u++)
        practices += m->coverage_ratio[subcatchment * m->landuse_count + u] *
                     m->washoff[u * m->count + pollutant].bmp_ratio;
    tw_surface_book(q, TW_SURFACE_DEPOSITION, pollutant, lane, rain);
    tw_surface_book(q, TW_SURFACE_INFILTRATION, pollutant, lane, infiltrated);
    tw_surface_book(q, TW_SURFACE_PRACTICES, pollutant, lane, out * practices);
    return out * (1.0 - practices);
}

/* Mass that LIDs get with rain and, where nothing else is left of the subcatchment, with run-on. */
static double onto_lids(struct tw_quality *q, int32_t subcatchment, int32_t pollutant, int32_t lane,
                        const struct tw_quality_surface *s)
{
    double rain = q->model->quality.pollutant[pollutant].rain * s->lid_rain_m3;
    double runon = q->runon[tw_quality_at(q, subcatchment, pollutant, lane)] * s->dt_s;
    tw_surface_book(q, TW_SURFACE_DEPOSITION, pollutant, lane, rain);
    return s->lid_water_m3 > s->lid_rain_m3 ? rain + runon : rain;
}

static double all_washed_off(struct tw_quality *q, int32_t subcatchment, int32_t pollutant,
                             int32_t lane, const struct tw_quality_surface *s)
{
    double mass = 0.0;
    if (s->runoff_mps < TW_LEAST_RUNOFF_MPS) return 0.0;
    for (int32_t u = 0; u < q->model->quality.landuse_count; u++)
        mass += wash_off(q, subcatchment, u, pollutant, lane, s);
    return mass;
}

/* What leaves a subcatchment at a concentration. LIDs keep what came with the water that they keep; as
 * in SWMM nothing is booked where they give back more, and drains are booked by their units. */
static void book_runoff(struct tw_quality *q, int32_t subcatchment, int32_t pollutant, int32_t lane,
                        double concentration, const struct tw_quality_surface *s)
{
    const struct tw_subcatchments *sub = &q->model->subcatchments;
    bool lids = q->model->lids.area_m2 != NULL && q->model->lids.area_m2[subcatchment] > 0.0;
    double kept_m3 = s->outflow_m3 + s->lid_water_m3 - s->surface_out_m3 - s->drain_out_m3;
    q->washed_mass[tw_quality_at(q, subcatchment, pollutant, lane)] +=
        concentration * (s->surface_out_m3 + s->drain_out_m3);
    if (lids && kept_m3 > 0.0)
        tw_surface_book(q, TW_SURFACE_PRACTICES, pollutant, lane, concentration * kept_m3);
    if (sub->outlet_node[subcatchment] >= 0 ||
        sub->outlet_subcatchment[subcatchment] == subcatchment)
        tw_surface_book(q, TW_SURFACE_RUNOFF, pollutant, lane, concentration * s->surface_out_m3);
}

void tw_quality_surface_step(struct tw_quality *q, int32_t subcatchment, int32_t lane,
                             const struct tw_quality_surface *s)
{
    const struct tw_quality_model *m = &q->model->quality;
    double washed[TW_MOST_POLLUTANTS], out[TW_MOST_POLLUTANTS];
    double area_m2 = q->model->subcatchments.area_m2[subcatchment];
    bool dry = s->runoff_mps < TW_LEAST_RUNOFF_MPS;
    for (int32_t u = 0; u < m->landuse_count; u++) {
        for (int32_t p = 0; dry && p < m->count; p++)
            build_up(q, subcatchment, u, p, lane, s);
        bool bare = s->rain_mps <= TW_LEAST_RUNOFF_MPS && s->snow_m <= TW_SWEPT_SNOW_M;
        if (bare && may_sweep(q->model, s->day)) sweep(q, subcatchment, u, lane, s->day);
    }
    for (int32_t p = 0; p < m->count; p++) {
        out[p] = ponded_out(q, subcatchment, p, lane, s);
        washed[p] = all_washed_off(q, subcatchment, p, lane, s);
        out[p] += washed[p];
    }
    double left_m3 = s->surface_out_m3 + s->drain_out_m3;
    bool leaves = left_m3 > TW_LEAST_RUNOFF_MPS * area_m2 * s->dt_s;
    for (int32_t p = 0; p < m->count; p++) {
        double with = 0.0, whole_m3 = s->outflow_m3 + s->lid_water_m3;
        if (m->pollutant[p].co >= 0) with = m->pollutant[p].co_ratio * washed[m->pollutant[p].co];
        washed[p] += with; /* co-pollutants of a later one see it */
        out[p] += with + onto_lids(q, subcatchment, p, lane, s);
        double concentration = leaves && whole_m3 > 0.0 ? out[p] / whole_m3 : 0.0;
        q->outlet[tw_quality_at(q, subcatchment, p, lane)] = concentration;
        tw_surface_book(q, TW_SURFACE_BUILDUP, p, lane, with); /* as SWMM: it comes from nowhere */
        book_runoff(q, subcatchment, p, lane, concentration, s);
    }
}

void tw_quality_runon(struct tw_quality *q, const double *old_runoff_m3s)
{
    const struct tw_subcatchments *s = &q->model->subcatchments;
    size_t all = (size_t)s->count * (size_t)q->model->quality.count * (size_t)q->lanes;
    for (size_t i = 0; i < all; i++) {
        q->old_outlet[i] = q->outlet[i];
        q->runon[i] = 0.0;
    }
    for (int32_t i = 0; i < s->count; i++) {
        int32_t to = s->outlet_subcatchment[i];
        if (to < 0 || to == i) continue;
        for (int32_t p = 0; p < q->model->quality.count; p++)
            for (int32_t lane = 0; lane < q->lanes; lane++)
                q->runon[tw_quality_at(q, to, p, lane)] +=
                    old_runoff_m3s[(size_t)i * (size_t)q->lanes + (size_t)lane] *
                    q->old_outlet[tw_quality_at(q, i, p, lane)];
    }
}

void tw_quality_add_runon(struct tw_quality *q, int32_t subcatchment, int32_t pollutant,
                          int32_t lane, double load)
{
    q->runon[tw_quality_at(q, subcatchment, pollutant, lane)] += load;
}

void tw_quality_outfalls_return(struct tw_quality *q, double dt_s)
{
    const struct tw_outfalls *o = &q->model->outfalls;
    double last_step_s = *q->runoff_step_s;
    for (int32_t i = 0; i < o->count && last_step_s > 0.0; i++) {
        if (o->route_to[i] < 0) continue;
        for (int32_t p = 0; p < q->model->quality.count; p++) {
            for (int32_t lane = 0; lane < q->lanes; lane++) {
                double *mass = &q->outfall_routed[tw_quality_at(q, i, p, lane)];
                tw_quality_add_runon(q, o->route_to[i], p, lane, *mass / last_step_s);
                tw_surface_book(q, TW_SURFACE_DEPOSITION, p, lane, *mass);
                *mass = 0.0;
            }
        }
    }
    *q->runoff_step_s = dt_s;
}

void tw_quality_book_drain(struct tw_quality *q, int32_t pollutant, int32_t lane, double mass,
                           double removed_ratio, bool leaves)
{
    tw_surface_book(q, TW_SURFACE_PRACTICES, pollutant, lane, mass * removed_ratio);
    if (leaves)
        tw_surface_book(q, TW_SURFACE_RUNOFF, pollutant, lane, mass * (1.0 - removed_ratio));
}

double tw_quality_surface_mass(const struct tw_quality *q, int32_t pollutant, int32_t lane,
                               double ponded_m3(const void *user, int32_t subcatchment),
                               const void *user)
{
    const struct tw_quality_model *m = &q->model->quality;
    double mass = 0.0;
    for (int32_t i = 0; i < q->model->subcatchments.count; i++) {
        for (int32_t u = 0; u < m->landuse_count; u++)
            mass += q->buildup[tw_quality_at(q, i * m->landuse_count + u, pollutant, lane)] /
                    m->pollutant[pollutant].file_mass;
        mass += q->ponded[tw_quality_at(q, i, pollutant, lane)] * ponded_m3(user, i);
    }
    return mass;
}
