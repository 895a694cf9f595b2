/* What the soil under storages takes: through the bottom, and through banks that the water covers.
 * SWMM Reference Manual II, 2.3.3; Green and Ampt's method where a storage has a moisture deficit
 * (Reference Manual I, 4.4), else its conductivity.
 *
 *   Q = A0 f(y) + (min(A, A1) - A0) f(yb)
 *
 * A surface area, A0 that of the bottom, A1 the greatest of the banks; f rate of infiltration under
 * a depth; y depth of the storage, yb mean depth over the banks. */
#include "engine/run_state.h"

#include "hydraulics/constants.h"
#include "hydraulics/regulators.h"
#include "hydrology/infiltration.h"

#include <math.h>

enum { BOTTOM, BANK, PARTS };
enum { SOIL = 5, MOISTURE = 6 }; /* of a method of infiltration */

/* Where a storage has banks. */
struct bowl {
    double bottom_m2, bank_m2;       /* the greatest area with banks */
    double bank_foot_m, bank_edge_m; /* depths between which they are */
};

static bool has_deficit(const struct tw_model *model, int32_t k)
{
    return model->storages.conductivity_mmh[k] > 0.0 && model->storages.deficit_ratio[k] > 0.0;
}

void tw_run_lay_soaks(struct tw_run *run, int32_t lanes, struct tw_pool *state)
{
    size_t count = 0;
    for (int32_t k = 0; k < run->model->storages.count; k++)
        count = has_deficit(run->model, k) ? (size_t)run->model->storages.count : count;
    run->soak = TW_POOL_NEW(state, double, count *PARTS *MOISTURE *(size_t)lanes);
}

static const struct tw_infiltration_method *method(void)
{
    return tw_infiltration_method_get(TW_INFILTRATION_MODIFIED_GREEN_AMPT);
}

static void prepare_soil(const struct tw_run *run, int32_t k, double *soil)
{
    const struct tw_storages *s = &run->model->storages;
    const double parameters[SOIL] = {s->suction_mm[k], s->conductivity_mmh[k], s->deficit_ratio[k]};
    method()->prepare(parameters, soil);
}

/* First of a part's values in a lane; the next ones are lanes apart. */
static double *moisture_at(const struct tw_run *run, int32_t k, int part, int32_t lane)
{
    return run->soak + (size_t)(k * PARTS + part) * MOISTURE * (size_t)run->lanes + lane;
}

void tw_run_begin_soaks(struct tw_run *run)
{
    for (int32_t k = 0; k < run->model->storages.count; k++) {
        if (!has_deficit(run->model, k)) continue;
        double soil[SOIL], moisture[MOISTURE] = {0};
        prepare_soil(run, k, soil);
        method()->begin(soil, moisture);
        for (int i = 0; i < PARTS * run->lanes * MOISTURE; i++) {
            int part = i / MOISTURE % PARTS, lane = i / MOISTURE / PARTS;
            moisture_at(run, k, part, lane)[i % MOISTURE * run->lanes] = moisture[i % MOISTURE];
        }
    }
}

/* Up to where the areas of a curve grow; what comes after a smaller one is no bank. A curve that
 * begins above the invert has no bottom. */
static struct bowl curve_bowl(const struct tw_tables *curves, int32_t curve)
{
    int32_t first = curves->first[curve], end = curves->first[curve + 1];
    if (first >= end) return (struct bowl){0};
    struct bowl b = {.bottom_m2 = curves->x[first] > 0.0 ? 0.0 : curves->y[first]};
    double last = b.bottom_m2;
    for (int32_t i = first + 1; i < end; i++) {
        double area = curves->y[i];
        if (area < last || (area == last && b.bank_m2 > 0.0)) break;
        if (area > last) {
            b.bank_m2 = area;
            b.bank_edge_m = curves->x[i];
        } else {
            b.bank_foot_m = curves->x[i]; /* upright walls first */
        }
        last = area;
    }
    return b;
}

static struct bowl bowl_of(const struct tw_model *model, int32_t k)
{
    const struct tw_storages *s = &model->storages;
    if (s->kind[k] == TW_STORAGE_TABULAR) return curve_bowl(&model->curves, s->curve[k]);
    /* as SWMM: the bottom has as many square feet as the file says square metres; the rest is bank */
    double unit_m2 = model->us_units || model->options.strict ? 1.0 : TW_FOOT2_M2;
    return (struct bowl){.bottom_m2 = unit_m2 * tw_storage_area(model, k, 0.0),
                         .bank_m2 = INFINITY,
                         .bank_edge_m = INFINITY};
}

/* Rate under a depth of water [m/s]. */
static double soaking(const struct tw_run *run, int32_t k, int part, int32_t lane,
                      struct tw_infiltration_input in)
{
    double soil[SOIL], moisture[MOISTURE], *kept = moisture_at(run, k, part, lane);
    prepare_soil(run, k, soil);
    if (in.soil_ratio != 1.0) method()->adjust(soil, in.soil_ratio);
    for (int i = 0; i < MOISTURE; i++)
        moisture[i] = kept[i * run->lanes];
    double rate_mps = method()->rate(soil, moisture, &in);
    for (int i = 0; i < MOISTURE; i++)
        kept[i * run->lanes] = moisture[i];
    return rate_mps;
}

/* What soil of a storage would take [m3/s]. */
static double taken(const struct tw_run *run, int32_t k, int32_t lane, double dt_s)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    struct bowl bowl = bowl_of(run->model, k);
    double depth = h->node.depth_m[run->model->storages.node[k] * run->lanes + lane];
    double area = tw_storage_area(run->model, k, depth);
    double bank = (area < bowl.bank_m2 ? area : bowl.bank_m2) - bowl.bottom_m2;
    if (!(depth > bowl.bank_foot_m && bank > 0.0)) bank = 0.0;
    if (!has_deficit(run->model, k)) {
        double rate_mps = run->model->storages.conductivity_mmh[k] / 3.6e6 * h->soil_ratio;
        return (bowl.bottom_m2 + bank) * rate_mps;
    }
    struct tw_infiltration_input in = {.dt_s = dt_s,
                                       .depth_m = depth,
                                       .recovery_factor = run->hydrology.clock->recovery_factor,
                                       .soil_ratio = h->soil_ratio};
    double sum = bowl.bottom_m2 * soaking(run, k, BOTTOM, lane, in);
    if (bank == 0.0) return sum;
    in.depth_m = depth > bowl.bank_edge_m ? depth - 0.5 * (bowl.bank_edge_m + bowl.bank_foot_m)
                                          : 0.5 * (depth - bowl.bank_foot_m);
    return sum + bank * soaking(run, k, BANK, lane, in);
}

/* From a paraboloid nothing seeps in SWMM 5.2.4. */
static bool is_tight(const struct tw_model *model, int32_t k)
{
    bool paraboloid = model->storages.kind[k] == TW_STORAGE_PARABOLOID;
    return model->storages.conductivity_mmh[k] == 0.0 || (paraboloid && !model->options.strict);
}

/* Soil under a dry storage recovers, so it is asked too. */
void tw_run_soak_storages(struct tw_run *run, double dt_s)
{
    for (int32_t i = 0; i < run->model->storages.count * run->lanes; i++) {
        int32_t k = i / run->lanes, lane = i % run->lanes;
        run->hydraulics.storage_soaking_m3s[i] =
            is_tight(run->model, k) ? 0.0 : taken(run, k, lane, dt_s);
    }
}
