/* Rational method, Q = sum(C A) q(P, t), t = the longest way to the place in the sewers plus the
 * time to the inlet; Manning's formula for full sections; then levels:
 *   a sewer arrives at its lower manhole under the least cover, and begins so high that it falls
 *   by its ground's slope; where that is more than 12 % the upper manhole becomes a drop manhole,
 *   where it is less than the least slope the sewer goes deeper. */
#include "synth/sewer.h"

#include "synth/exact.h"
#include "synth/hyetograph.h"
#include "synth/random.h"

static const double steepest = 0.12, drop_most_m = 10.0;
static const double flat = 0.015;
static const double inlet_min = 3.0, snap_m = 0.3;
static const double renewed_years = 50.0; /* beside a point */
static const double channel_years = 20.0; /* an open gully counts as a stream */

/* What differs between the nets. */
struct practice {
    double cover_m, least_slope;
    bool foul;
};

static const struct practice rain_practice = {1.3, 0.003, false};
static const struct practice foul_practice = {2.3, 0.004, true};

/* One design under way. */
struct design {
    const struct tw_sites *sites;
    struct tw_points *points; /* NULL for foul water */
    struct tw_sewer *sewer;
    const struct practice *practice;
    uint64_t seed;
    double *crown_m, *arrive_m; /* lowest crown and invert that arrive from upstream */
    int32_t *least_step;        /* no smaller pipe than what arrives */
    int32_t *least_channel;     /* no smaller channel */
    bool *channel;              /* an open channel arrives */
};

double tw_sewer_dry_m3s(const struct tw_sites *sites, uint64_t seed, int32_t site)
{
    double crowd = tw_draw_unit(seed, TW_DRAW_PEOPLE, site, 0);
    double per_ha = sites->combined[site] ? 220.0 + 260.0 * crowd : 120.0 + 200.0 * crowd;
    return per_ha * sites->area_m2[site] * 1e-4 * 0.22 / 86400.0; /* 220 L a day each */
}

double tw_sewer_rush(double mean_m3s)
{
    double litres = mean_m3s * 1000.0;
    if (litres < 5.0) return 2.7 / tw_exact_pow(5.0, 0.11);
    if (litres > 1000.0) return 1.5;
    double rush = 2.7 / tw_exact_pow(litres, 0.11);
    return rush < 1.5 ? 1.5 : rush;
}

static tw_status sewer_allocate(struct tw_arena *arena, int32_t count, struct design *design)
{
    struct tw_sewer *sewer = design->sewer;
    double **doubles[] = {&sewer->invert_m,   &sewer->up_m,      &sewer->down_m,
                          &sewer->design_m3s, &sewer->runoff_ha, &sewer->travel_min,
                          &sewer->dry_m3s,    &design->crown_m,  &design->arrive_m};
    for (size_t k = 0; k < sizeof doubles / sizeof doubles[0]; k++) {
        *doubles[k] = TW_ARENA_NEW(arena, double, count);
        if (*doubles[k] == NULL) return TW_ERR_NOMEM;
    }
    sewer->there = TW_ARENA_NEW(arena, bool, count);
    sewer->section = TW_ARENA_NEW(arena, struct tw_section, count);
    design->least_step = TW_ARENA_NEW(arena, int32_t, count);
    design->least_channel = TW_ARENA_NEW(arena, int32_t, count);
    design->channel = TW_ARENA_NEW(arena, bool, count);
    if (sewer->there == NULL || sewer->section == NULL || design->least_step == NULL ||
        design->least_channel == NULL || design->channel == NULL)
        return TW_ERR_NOMEM;
    for (int32_t n = 0; n < count; n++)
        design->crown_m[n] = design->arrive_m[n] = 1e9;
    return TW_OK;
}

static double rain_litres_ha(double period_years, double travel_min)
{
    struct tw_intensity formula = tw_intensity_shapingba();
    return tw_intensity_mmh(&formula, period_years, travel_min) / 0.36;
}

static double design_flow(const struct design *design, int32_t n, double period_years)
{
    const struct tw_sewer *sewer = design->sewer;
    double dry = sewer->dry_m3s[n] * tw_sewer_rush(sewer->dry_m3s[n]);
    if (design->practice->foul) return dry / 0.6; /* not more than 70 % full */
    return dry + sewer->runoff_ha[n] * rain_litres_ha(period_years, sewer->travel_min[n]) * 1e-3;
}

/* Above and below a point the sewers were renewed, so that it is the point where water stands. */
static double design_years(const struct design *design, int32_t n)
{
    if (design->practice->foul) return 1.0;
    const struct tw_points *points = design->points;
    if (points != NULL && (points->above[n] || points->below[n])) return renewed_years;
    return design->sites->combined[n] ? 2.0 : 3.0;
}

/* Levels of the sewer from n for a section of some height; returns its slope. */
static double levels(const struct design *design, int32_t n, double height_m, bool open)
{
    const struct tw_sites *sites = design->sites;
    struct tw_sewer *sewer = design->sewer;
    double cover_m = open ? 0.05 : design->practice->cover_m, length_m = sites->street_m[n];
    double arrive_m = sites->ground_m[sites->parent[n]] - cover_m - height_m;
    double begin_m = sites->ground_m[n] - cover_m - height_m;
    if (design->crown_m[n] - height_m < begin_m) begin_m = design->crown_m[n] - height_m;
    if (design->arrive_m[n] < begin_m) begin_m = design->arrive_m[n];
    double slope = (begin_m - arrive_m) / length_m;
    if (slope > steepest) {
        double deepest_m = sites->ground_m[n] - drop_most_m;
        double lower_m = arrive_m + steepest * length_m;
        if (lower_m < deepest_m) lower_m = deepest_m;
        if (lower_m < begin_m) begin_m = lower_m;
    } else if (slope < design->practice->least_slope) {
        arrive_m = begin_m - design->practice->least_slope * length_m;
    }
    sewer->up_m[n] = sewer->invert_m[n] = begin_m;
    sewer->down_m[n] = arrive_m;
    return (begin_m - arrive_m) / length_m;
}

/* Storm sewers of the newer districts come to light in the gullies. */
static enum tw_section_series series_for(const struct design *design, int32_t n, double flow_m3s)
{
    if (design->practice->foul) return TW_SERIES_FOUL;
    if (design->sites->combined[n])
        return design->sites->root[n] % 3 == 0 ? TW_SERIES_VAULT : TW_SERIES_PIPE;
    if (design->channel[n]) return TW_SERIES_CHANNEL;
    bool wild = tw_draw_unit(design->seed, TW_DRAW_SHAPE, design->sites->root[n], 0) < 0.6;
    bool near_point = design->points->above[n] || design->points->at[n] >= 0;
    if (flow_m3s > 25.0 && !near_point) return TW_SERIES_CHANNEL;
    if (wild && flow_m3s > 2.2 && design->sites->in_gully[n] > 0.5 && !near_point)
        return TW_SERIES_CHANNEL;
    return TW_SERIES_PIPE;
}

static void section_size(struct design *design, int32_t n)
{
    struct tw_sewer *sewer = design->sewer;
    double flow_m3s = design_flow(design, n, design_years(design, n));
    enum tw_section_series series = series_for(design, n, flow_m3s);
    bool open = series == TW_SERIES_CHANNEL;
    if (open) flow_m3s = design_flow(design, n, channel_years);
    int32_t least = open ? design->least_channel[n] : design->least_step[n];
    struct tw_section section = tw_section_choose(series, 0.0, 1.0, least);
    for (int pass = 0; pass < 3; pass++) { /* a larger section lies at another slope */
        double slope = levels(design, n, section.height_m, open);
        double spare = design->practice->foul ? 1.0 : slope < flat ? 1.6 : 1.3; /* silt; air */
        section = tw_section_choose(series, spare * flow_m3s, slope, least);
    }
    (void)levels(design, n, section.height_m, open);
    sewer->section[n] = section;
    sewer->design_m3s[n] = flow_m3s;
}

/* The outlet of a point: full when the street begins to flood, at an inflow that comes once in one
 * to two years and half as much again. */
static void point_outlet(struct design *design, int32_t n, struct tw_point *point)
{
    struct tw_sewer *sewer = design->sewer;
    double heavy_ha = 1.06 * sewer->runoff_ha[n]; /* almost all of the heaviest rain runs off */
    double once_m3s = heavy_ha * rain_litres_ha(1.0, sewer->travel_min[n]) * 1e-3;
    uint64_t bits = tw_draw_bits(design->seed, TW_DRAW_POINT, n, -2);
    double wanted_m3s = once_m3s * tw_draw_between(bits, 1.25, 1.50);
    if (point->kind == TW_POINT_UNDERPASS) {
        wanted_m3s *= 0.7; /* its sump takes the peak */
        point->onset_m3s = wanted_m3s;
        double begin_m = design->sites->ground_m[n] - 2.6;
        if (design->arrive_m[n] < begin_m) begin_m = design->arrive_m[n];
        sewer->up_m[n] = sewer->down_m[n] = sewer->invert_m[n] = begin_m;
    } else {
        double diameter_m = 0.13;
        do {
            diameter_m += 0.02; /* old pipes of odd sizes */
            sewer->section[n] = tw_section_pipe(diameter_m);
            (void)levels(design, n, diameter_m, false);
            double fall_m = design->sites->ground_m[n] - sewer->down_m[n] - diameter_m;
            point->onset_m3s =
                tw_section_capacity_m3s(&sewer->section[n], fall_m / design->sites->street_m[n]);
        } while (point->onset_m3s < wanted_m3s && diameter_m < 3.0);
    }
    sewer->design_m3s[n] = wanted_m3s;
    tw_point_size_pond(point, design->seed, heavy_ha, sewer->travel_min[n]);
}

static double lower_of(double a, double b) { return a < b ? a : b; }

/* Hand what n brings to its parent. */
static void pass_on(struct design *design, int32_t n)
{
    const struct tw_sites *sites = design->sites;
    struct tw_sewer *sewer = design->sewer;
    int32_t parent = sites->parent[n];
    const struct tw_section *section = &sewer->section[n];
    sewer->there[parent] = true;
    sewer->runoff_ha[parent] += sewer->runoff_ha[n];
    sewer->dry_m3s[parent] += sewer->dry_m3s[n];
    double speed_mps = 1.0;
    if (section->kind != TW_SECTION_NONE) {
        double slope = (sewer->up_m[n] - sewer->down_m[n]) / sites->street_m[n];
        speed_mps = tw_section_capacity_m3s(section, slope) / tw_section_area_m2(section);
        design->arrive_m[parent] = lower_of(design->arrive_m[parent], sewer->down_m[n]);
        design->crown_m[parent] =
            lower_of(design->crown_m[parent], sewer->down_m[n] + section->height_m);
    }
    double travel_min = sewer->travel_min[n] + sites->street_m[n] / speed_mps / 60.0;
    if (travel_min > sewer->travel_min[parent]) sewer->travel_min[parent] = travel_min;
}

static bool is_channel(const struct tw_section *section)
{
    return section->kind == TW_SECTION_RECT_OPEN || section->kind == TW_SECTION_TRAPEZOIDAL;
}

/* Sections never become smaller on the way down; counted within pipes and within channels. */
static void pass_step(struct design *design, int32_t n)
{
    const struct tw_section *section = &design->sewer->section[n];
    bool open = is_channel(section);
    int32_t *least = open ? design->least_channel : design->least_step;
    int32_t parent = design->sites->parent[n];
    if (section->step > least[parent]) least[parent] = section->step;
    if (open) design->channel[parent] = true;
}

/* A root has no sewer of its own: it keeps what arrives, for the works at the river. */
static void root_finish(struct design *design, int32_t root)
{
    struct tw_sewer *sewer = design->sewer;
    const struct practice *practice = design->practice;
    sewer->design_m3s[root] = design_flow(design, root, design_years(design, root));
    double highest_m = design->sites->ground_m[root] - practice->cover_m - 0.4;
    sewer->invert_m[root] = lower_of(design->arrive_m[root], highest_m);
    enum tw_section_series series = practice->foul          ? TW_SERIES_FOUL
                                    : design->channel[root] ? TW_SERIES_CHANNEL
                                                            : TW_SERIES_PIPE;
    int32_t least =
        series == TW_SERIES_CHANNEL ? design->least_channel[root] : design->least_step[root];
    sewer->section[root] = tw_section_choose(series, 0.0, 1.0, least);
}

/* Small differences of level at a manhole are not built. */
static void snap(struct design *design)
{
    struct tw_sewer *sewer = design->sewer;
    const struct tw_sites *sites = design->sites;
    for (int32_t n = sites->root_count; n < sites->count; n++) {
        if (!sewer->there[n] || sewer->section[n].kind == TW_SECTION_NONE) continue;
        double drop_m = sewer->down_m[n] - sewer->invert_m[sites->parent[n]];
        if (drop_m < snap_m) sewer->down_m[n] -= drop_m;
    }
}

static void design_net(struct design *design)
{
    const struct tw_sites *sites = design->sites;
    struct tw_sewer *sewer = design->sewer;
    for (int32_t n = sites->count - 1; n >= sites->root_count; n--) {
        bool foul = design->practice->foul;
        if (foul && sites->combined[n]) continue;
        sewer->there[n] = true;
        if (foul || sites->combined[n])
            sewer->dry_m3s[n] += tw_sewer_dry_m3s(sites, design->seed, n);
        double runoff_ratio = 0.95 * sites->impervious[n] + 0.60 * (1.0 - sites->impervious[n]);
        if (!foul) sewer->runoff_ha[n] += runoff_ratio * sites->area_m2[n] * 1e-4;
        if (sewer->travel_min[n] < inlet_min) sewer->travel_min[n] = inlet_min;
        int32_t point = design->points == NULL ? -1 : design->points->at[n];
        if (point >= 0) {
            point_outlet(design, n, &design->points->point[point]);
        } else {
            section_size(design, n);
        }
        pass_on(design, n);
        pass_step(design, n);
    }
    for (int32_t root = 0; root < sites->root_count; root++)
        if (sewer->there[root]) root_finish(design, root);
    snap(design);
}

tw_status tw_sewer_design_rain(struct tw_arena *arena, const struct tw_sites *sites, uint64_t seed,
                               struct tw_points *points, struct tw_sewer *out_sewer)
{
    struct design design = {.sites = sites,
                            .points = points,
                            .sewer = out_sewer,
                            .practice = &rain_practice,
                            .seed = seed};
    TW_TRY(sewer_allocate(arena, sites->count, &design));
    design_net(&design);
    return TW_OK;
}

tw_status tw_sewer_design_foul(struct tw_arena *arena, const struct tw_sites *sites, uint64_t seed,
                               struct tw_sewer *out_sewer)
{
    struct design design = {
        .sites = sites, .sewer = out_sewer, .practice = &foul_practice, .seed = seed};
    TW_TRY(sewer_allocate(arena, sites->count, &design));
    design_net(&design);
    return TW_OK;
}
