/* Snow packs. SWMM Reference Manual I, chapter 6; after Anderson's NWS model.
 *
 *   melt = C(D) (T - Tb)                                   without rain, from Tb on
 *   melt = (T - 32) (0.001167 + 7.5 g u + 0.007 i) + 8.5 u (e - 0.18)   with rain i > 0.02
 *                                                          [in/h, degF, u = 0.006 mph, inHg]
 *   C(D) between least (21 December) and most (21 June) as a sine of the day
 *   cold content: dCC = r C (ATI - T) dt, at most 0.007/12 w (Tb - ATI), below Tb; melt works it off
 *   ATI += (1 - (1 - k)^(dt / 6 h)) (T - ATI)
 *
 * The 12 in the most of the cold content is SWMM's (docs/numerics/climate.md). */
#include "hydrology/snow.h"

#include "hydrology/infiltration.h"
#include "hydrology/lid.h"

#include <math.h>
#include <stddef.h>

static const double inch_per_hour_mps = 0.0254 / 3600.0;
static const double inch_m = 0.0254;

static size_t at(const struct tw_snow_state *s, int32_t element, int32_t lane)
{
    return (size_t)element * (size_t)s->lanes + (size_t)lane;
}

static const struct tw_snow_pack *pack_of(const struct tw_snow_state *s, int32_t subcatchment)
{
    return &s->model->snow.pack[s->model->snow.of_subcatchment[subcatchment]];
}

bool tw_snow_lies(const struct tw_snow_state *s, int32_t subcatchment)
{
    return s->model->snow.count > 0 && s->model->snow.of_subcatchment[subcatchment] >= 0;
}

void tw_snow_lay(struct tw_snow_state *s, const struct tw_model *model, int32_t lanes,
                 struct tw_pool *state)
{
    size_t width = model->snow.count > 0 ? (size_t)lanes : 0;
    size_t subs = (size_t)model->subcatchments.count * width, parts = subs * TW_SNOW_PARTS;
    s->model = model;
    s->lanes = lanes;
    s->depth_m = TW_POOL_NEW(state, double, parts);
    s->water_m = TW_POOL_NEW(state, double, parts);
    s->cold_m = TW_POOL_NEW(state, double, parts);
    s->index_c = TW_POOL_NEW(state, double, parts);
    s->melt_mps = TW_POOL_NEW(state, double, parts);
    s->before_ratio = TW_POOL_NEW(state, double, parts);
    s->before_cover_ratio = TW_POOL_NEW(state, double, parts);
    s->new_ratio = TW_POOL_NEW(state, double, parts);
    s->impervious_ratio = TW_POOL_NEW(state, double, subs);
    s->old_depth_m = TW_POOL_NEW(state, double, subs);
    s->new_depth_m = TW_POOL_NEW(state, double, subs);
    s->initial_m3 = TW_POOL_NEW(state, double, width);
}

/* Part of the subcatchment that a part of its pack lies on. */
static double area_ratio(const struct tw_snow_state *s, int32_t i, int32_t part, int32_t lane)
{
    double impervious = s->impervious_ratio[at(s, i, lane)];
    double plowable = pack_of(s, i)->plowable_ratio;
    if (part == TW_SNOW_PERVIOUS) return 1.0 - impervious;
    return impervious * (part == TW_SNOW_PLOWABLE ? plowable : 1.0 - plowable);
}

static void pack_begin(struct tw_snow_state *s, int32_t i, int32_t lane)
{
    const struct tw_snow_pack *pack = pack_of(s, i);
    for (int32_t k = 0; k < TW_SNOW_PARTS; k++) {
        size_t here = at(s, i * TW_SNOW_PARTS + k, lane);
        s->depth_m[here] = pack->surface[k].initial_m;
        s->water_m[here] = pack->surface[k].initial_water_m;
        s->cold_m[here] = 0.0;
        s->index_c[here] = pack->surface[k].base_c;
        s->melt_mps[here] = 0.0;
        s->before_ratio[here] = 1.0;
        s->before_cover_ratio[here] = s->new_ratio[here] = 0.0;
        s->new_depth_m[at(s, i, lane)] += area_ratio(s, i, k, lane) * s->depth_m[here];
    }
}

/* What an earlier run left on a subcatchment. */
static void pack_begin_hot(struct tw_snow_state *s, int32_t i, int32_t lane,
                           const struct tw_hotstart *hot)
{
    for (int32_t k = i * TW_SNOW_PARTS; k < (i + 1) * TW_SNOW_PARTS; k++) {
        size_t here = at(s, k, lane);
        s->depth_m[here] = hot->snow[k][0];
        s->water_m[here] = hot->snow[k][1];
        s->cold_m[here] = hot->snow[k][2];
        s->index_c[here] = hot->snow[k][3];
        s->before_ratio[here] = hot->snow[k][4];
    }
}

void tw_snow_begin(struct tw_snow_state *s)
{
    const struct tw_hotstart *hot = s->model->files.hotstart;
    if (s->model->snow.count == 0) return;
    for (int32_t lane = 0; lane < s->lanes; lane++) {
        for (int32_t i = 0; i < s->model->subcatchments.count; i++) {
            s->impervious_ratio[at(s, i, lane)] = s->model->subcatchments.impervious_ratio[i];
            s->new_depth_m[at(s, i, lane)] = 0.0;
            if (tw_snow_lies(s, i)) pack_begin(s, i, lane);
            if (tw_snow_lies(s, i) && hot != NULL && hot->version >= 3)
                pack_begin_hot(s, i, lane, hot);
            s->old_depth_m[at(s, i, lane)] = s->new_depth_m[at(s, i, lane)];
        }
        s->initial_m3[lane] = tw_snow_storage_m3(s, lane);
    }
}

void tw_snow_begin_step(struct tw_snow_state *s)
{
    if (s->model->snow.count == 0) return;
    for (int32_t i = 0; i < s->model->subcatchments.count * s->lanes; i++)
        s->old_depth_m[i] = s->new_depth_m[i];
}

/* ---- ploughing ---- */

/* Area that a part of a pack lies on, for the balance of what is ploughed. SWMM has shares instead,
 * also between subcatchments of different size. */
static double moving_area(const struct tw_snow_state *s, int32_t i, int32_t part, int32_t lane)
{
    double ratio = area_ratio(s, i, part, lane);
    if (!s->model->options.strict) return ratio;
    return ratio * (s->model->subcatchments.area_m2[i] - tw_lid_area_m2(s->model, i));
}

/* Snow moves from the ploughed part onto another; the part of it that did [ratio]. */
static double move(struct tw_snow_state *s, size_t to, double from_area, double to_area,
                   double ratio, double plowed_m)
{
    if (!(to_area > 0.0)) return 0.0;
    s->depth_m[to] += ratio * plowed_m * from_area / to_area;
    return ratio;
}

static double plow(struct tw_snow_state *s, int32_t i, int32_t lane, double dt_s)
{
    const struct tw_snow_pack *pack = pack_of(s, i);
    const double *ratio = pack->plowed_ratio;
    int32_t first = i * TW_SNOW_PARTS, other = pack->to_subcatchment;
    double area = area_ratio(s, i, TW_SNOW_PLOWABLE, lane), moved = ratio[TW_SNOW_AWAY];
    double plowed_m = s->depth_m[at(s, first, lane)];
    moved +=
        move(s, at(s, first + TW_SNOW_IMPERVIOUS, lane), area,
             area_ratio(s, i, TW_SNOW_IMPERVIOUS, lane), ratio[TW_SNOW_TO_IMPERVIOUS], plowed_m);
    moved += move(s, at(s, first + TW_SNOW_PERVIOUS, lane), area,
                  area_ratio(s, i, TW_SNOW_PERVIOUS, lane), ratio[TW_SNOW_TO_PERVIOUS], plowed_m);
    s->melt_mps[at(s, first, lane)] = ratio[TW_SNOW_TO_MELT] * plowed_m / dt_s;
    moved += ratio[TW_SNOW_TO_MELT];
    if (ratio[TW_SNOW_TO_SUBCATCHMENT] > 0.0 && other >= 0 && tw_snow_lies(s, other))
        moved += move(s, at(s, other * TW_SNOW_PARTS + TW_SNOW_PERVIOUS, lane),
                      moving_area(s, i, TW_SNOW_PLOWABLE, lane),
                      moving_area(s, other, TW_SNOW_PERVIOUS, lane), ratio[TW_SNOW_TO_SUBCATCHMENT],
                      plowed_m);
    s->depth_m[at(s, first, lane)] = plowed_m * (1.0 - fmin(moved, 1.0));
    return ratio[TW_SNOW_AWAY] * plowed_m * area;
}

double tw_snow_plow(struct tw_snow_state *s, int32_t subcatchment, int32_t lane,
                    const struct tw_snow_fall *fall)
{
    for (int32_t k = 0; k < TW_SNOW_PARTS; k++) {
        size_t here = at(s, subcatchment * TW_SNOW_PARTS + k, lane);
        if (!(area_ratio(s, subcatchment, k, lane) > 0.0)) continue;
        s->depth_m[here] += fall->snow_mps * fall->dt_s;
        s->melt_mps[here] = 0.0;
    }
    if (!(area_ratio(s, subcatchment, TW_SNOW_PLOWABLE, lane) > 0.0)) return 0.0;
    if (s->depth_m[at(s, subcatchment * TW_SNOW_PARTS, lane)] <
        pack_of(s, subcatchment)->plow_depth_m)
        return 0.0;
    return plow(s, subcatchment, lane, fall->dt_s);
}

/* ---- cover ---- */

/* Covered part at a depth over that of full cover, linear between the points of the curve. */
static double cover_of(const struct tw_snow_model *snow, int32_t part, double ratio)
{
    const double *curve = snow->cover_ratio[part == TW_SNOW_IMPERVIOUS ? 0 : 1];
    if (!(ratio > 0.0)) return 0.0;
    if (ratio >= 0.9999) return 1.0;
    int k = (int)(ratio * TW_SNOW_COVER_POINTS + 0.00001);
    double next = k >= TW_SNOW_COVER_POINTS - 1 ? 1.0 : curve[k + 1];
    if (k >= TW_SNOW_COVER_POINTS) k = TW_SNOW_COVER_POINTS - 1;
    return curve[k] + (next - curve[k]) * 10.0 * (ratio - 0.1 * k);
}

/* New snow covers everything until a quarter of it has melted, then less and less until what lay
 * before it is bare again. */
static double cover_ratio(struct tw_snow_state *s, size_t here, const struct tw_snow_surface *on,
                          int32_t part, const struct tw_snow_fall *fall)
{
    const struct tw_snow_model *snow = &s->model->snow;
    if (part == TW_SNOW_PLOWABLE) return 1.0;
    if (on->full_cover_m == 0.0 || s->depth_m[here] >= on->full_cover_m) {
        s->before_ratio[here] = 1.0;
        return 1.0;
    }
    double ratio = s->depth_m[here] / on->full_cover_m;
    if (fall->snow_mps > 0.0) {
        double fallen = fall->snow_mps * fall->dt_s / on->full_cover_m;
        s->before_ratio[here] = fmax(ratio - fallen, 0.0);
        s->before_cover_ratio[here] = cover_of(snow, part, s->before_ratio[here]);
        s->new_ratio[here] = fmin(s->before_ratio[here] + 0.75 * fallen, 1.0);
        return 1.0;
    }
    double before = s->before_ratio[here], covered = s->before_cover_ratio[here];
    if (ratio < before) {
        s->before_ratio[here] = 1.0;
        return cover_of(snow, part, ratio);
    }
    if (ratio >= s->new_ratio[here]) return 1.0;
    return covered + (1.0 - covered) / (s->new_ratio[here] - before) * (ratio - before);
}

/* ---- melt ---- */

/* Melt by rain; 0 without enough of it. */
static double rain_melt_mps(const struct tw_snow_fall *fall, const struct tw_climate *climate)
{
    const struct tw_weather *w = fall->weather;
    double rain = fall->rain_mps / inch_per_hour_mps;
    if (!(rain > 0.02)) return 0.0;
    double z = climate->elevation_m / TW_FOOT_M / 1000.0, air_f = 32.0 + 1.8 * w->temperature_c;
    double pressure = z > 0.0 ? 29.9 - 1.02 * z + 0.0032 * pow(z, 2.4) : 29.9; /* inHg */
    bool known = climate->temperature != TW_TEMPERATURE_NONE; /* else SWMM has dry air of 70 degF */
    double vapor = known ? 8.1175e6 * exp(-7701.544 / (air_f + 405.0265)) : 0.0;
    double wind = 0.006 * w->wind_mps / 0.44704;
    double melt = (air_f - 32.0) * (0.001167 + 7.5 * 0.000359 * pressure * wind + 0.007 * rain) +
                  8.5 * wind * (vapor - 0.18);
    return melt * inch_per_hour_mps;
}

/* Melt coefficient of the day [m/s and degC]; without temperatures there is none. */
static double melt_coefficient(const struct tw_snow_state *s, const struct tw_snow_surface *on,
                               const struct tw_weather *w)
{
    if (s->model->climate.temperature == TW_TEMPERATURE_NONE) return 0.0;
    return 0.5 * (on->melt_most_mpsk * (1.0 + w->season_ratio) +
                  on->melt_least_mpsk * (1.0 - w->season_ratio));
}

static void cool(struct tw_snow_state *s, size_t here, const struct tw_snow_surface *on,
                 double coefficient, double cover, const struct tw_snow_fall *fall)
{
    const struct tw_snow_model *snow = &s->model->snow;
    double air_c = fall->weather->temperature_c, index_c = s->index_c[here];
    if (fall->snow_mps > 0.02 * inch_per_hour_mps) {
        index_c = air_c;
    } else {
        double share = 1.0 - pow(1.0 - snow->index_ratio, fall->dt_s / (6.0 * 3600.0));
        index_c += share * (air_c - index_c);
    }
    index_c = fmin(index_c, on->base_c);
    double cold_m = s->cold_m[here];
    cold_m += snow->negative_melt_ratio * coefficient * (index_c - air_c) * fall->dt_s * cover;
    double per_f = s->model->options.strict ? 0.007 : 0.007 / 12.0;
    double most_m = s->depth_m[here] * per_f * 1.8 * (on->base_c - index_c);
    s->cold_m[here] = fmin(fmax(cold_m, 0.0), most_m);
    s->index_c[here] = index_c;
}

/* Melt of a part, less what only warms the pack. */
static double melt_mps(struct tw_snow_state *s, size_t here, const struct tw_snow_surface *on,
                       double by_rain_mps, double cover, const struct tw_snow_fall *fall)
{
    const struct tw_weather *w = fall->weather;
    double coefficient = melt_coefficient(s, on, w);
    if (!(by_rain_mps > 0.0) && w->temperature_c < on->base_c) {
        cool(s, here, on, coefficient, cover, fall);
        return 0.0;
    }
    double melt = by_rain_mps > 0.0 ? by_rain_mps : coefficient * (w->temperature_c - on->base_c);
    melt *= cover;
    double cold_per_melt_s = fall->dt_s * s->model->snow.negative_melt_ratio * cover;
    s->index_c[here] = on->base_c;
    if (melt * cold_per_melt_s > s->cold_m[here]) {
        melt -= s->cold_m[here] / cold_per_melt_s;
        s->cold_m[here] = 0.0;
        return melt;
    }
    s->cold_m[here] -= melt * cold_per_melt_s;
    return 0.0;
}

/* What flows out of the pack: melt and the rain on it, beyond the free water that it holds. */
static double drain_mps(struct tw_snow_state *s, size_t here, const struct tw_snow_surface *on,
                        double melt, double cover, const struct tw_snow_fall *fall)
{
    double melted_m = fmin(melt * fall->dt_s, s->depth_m[here]);
    s->depth_m[here] -= melted_m;
    s->water_m[here] += melted_m + fall->rain_mps * fall->dt_s * cover;
    double excess_m = s->water_m[here] - on->free_water_ratio * s->depth_m[here];
    if (!(excess_m > 0.0)) return 0.0;
    s->water_m[here] -= excess_m;
    return excess_m / fall->dt_s;
}

static double part_mps(struct tw_snow_state *s, int32_t i, int32_t part, int32_t lane,
                       double by_rain_mps, const struct tw_snow_fall *fall)
{
    const struct tw_snow_surface *on = &pack_of(s, i)->surface[part];
    size_t here = at(s, i * TW_SNOW_PARTS + part, lane);
    double cover = 0.0, out = 0.0;
    if (s->depth_m[here] <= 0.001 * inch_m) { /* the last of it melts at once */
        s->melt_mps[here] += (s->depth_m[here] + s->water_m[here]) / fall->dt_s;
        s->depth_m[here] = s->water_m[here] = s->cold_m[here] = 0.0;
    } else {
        cover = cover_ratio(s, here, on, part, fall);
        out = melt_mps(s, here, on, by_rain_mps, cover, fall);
        out = drain_mps(s, here, on, out, cover, fall);
    }
    return out + s->melt_mps[here] + fall->rain_mps * (1.0 - cover);
}

void tw_snow_melt(struct tw_snow_state *s, int32_t subcatchment, int32_t lane,
                  const struct tw_snow_fall *fall, double out_mps[3])
{
    double by_rain_mps = rain_melt_mps(fall, &s->model->climate);
    double part[TW_SNOW_PARTS], area[TW_SNOW_PARTS], depth_m = 0.0;
    for (int32_t k = 0; k < TW_SNOW_PARTS; k++) {
        part[k] = part_mps(s, subcatchment, k, lane, by_rain_mps, fall);
        area[k] = area_ratio(s, subcatchment, k, lane);
        depth_m += area[k] * s->depth_m[at(s, subcatchment * TW_SNOW_PARTS + k, lane)];
    }
    s->new_depth_m[at(s, subcatchment, lane)] = depth_m;
    double impervious = area[TW_SNOW_PLOWABLE] + area[TW_SNOW_IMPERVIOUS];
    out_mps[0] = part[TW_SNOW_PLOWABLE];
    if (impervious > 0.0)
        out_mps[0] = (part[TW_SNOW_PLOWABLE] * area[TW_SNOW_PLOWABLE] +
                      part[TW_SNOW_IMPERVIOUS] * area[TW_SNOW_IMPERVIOUS]) /
                     impervious;
    out_mps[1] = out_mps[0];
    out_mps[2] = part[TW_SNOW_PERVIOUS];
}

double tw_snow_volume_m3(const struct tw_snow_state *s, int32_t subcatchment, int32_t lane)
{
    double depth_m = 0.0;
    if (!tw_snow_lies(s, subcatchment)) return 0.0;
    for (int32_t k = 0; k < TW_SNOW_PARTS; k++) {
        size_t here = at(s, subcatchment * TW_SNOW_PARTS + k, lane);
        depth_m += (s->depth_m[here] + s->water_m[here]) * area_ratio(s, subcatchment, k, lane);
    }
    return depth_m *
           (s->model->subcatchments.area_m2[subcatchment] - tw_lid_area_m2(s->model, subcatchment));
}

double tw_snow_storage_m3(const struct tw_snow_state *s, int32_t lane)
{
    double volume_m3 = 0.0;
    if (s->model->snow.count == 0) return 0.0;
    for (int32_t i = 0; i < s->model->subcatchments.count; i++)
        volume_m3 += tw_snow_volume_m3(s, i, lane);
    return volume_m3;
}
