/* Zones of the city, whose factors vary together the more the nearer they are, and the chance by
 * which factors drift. */
#include "forecast/filter_parts.h"
#include "num/random.h"

#include <math.h>

enum { MOST_ZONES = 64 };

/* Zones so far apart have hardly a chance in common [zone sizes]. */
static const double together = 2.0;

struct place {
    double x, y;
};

static struct place place_of(const struct tw_filter *f, int32_t subcatchment)
{
    struct tw_subcatchment_info info;
    struct tw_node_info node;
    const tw_model *model = f->setup.model;
    struct place nowhere = {0.0, 0.0};
    if (tw_model_subcatchment_info(model, (tw_subcatchment_id){subcatchment}, &info) != TW_OK) {
        return nowhere;
    }
    if (isfinite(info.x) && isfinite(info.y)) return (struct place){info.x, info.y};
    tw_node_id outlet = {f->outlet[subcatchment]};
    if (tw_model_node_info(model, outlet, &node) != TW_OK) return nowhere;
    if (!isfinite(node.x) || !isfinite(node.y)) return nowhere;
    return (struct place){node.x, node.y};
}

/* Squares of a size, numbered as they come; returns how many, or -1 when there are too many. */
static int32_t cut(struct tw_filter *f, double size, double (*square)[2])
{
    int32_t count = 0;
    for (int32_t i = 0; i < f->subcatchments; i++) {
        struct place p = place_of(f, i);
        double column = floor(p.x / size), row = floor(p.y / size);
        int32_t z = 0;
        while (z < count && (square[z][0] != column || square[z][1] != row))
            z++;
        if (z == MOST_ZONES) return -1;
        if (z == count) {
            square[z][0] = column;
            square[z][1] = row;
            count++;
        }
        f->zone_of[i] = z;
    }
    return count;
}

/* A zone's chance is a weighted sum of all zones', of the same deviation everywhere. */
static void blend_rows(struct tw_filter *f, double size)
{
    for (int32_t z = 0; z < f->zone_count; z++) {
        double squares = 0.0, *row = f->blend + (int64_t)z * f->zone_count;
        for (int32_t o = 0; o < f->zone_count; o++) {
            double dx = f->zone_xy[2 * z] - f->zone_xy[2 * o];
            double dy = f->zone_xy[2 * z + 1] - f->zone_xy[2 * o + 1];
            double far = sqrt(dx * dx + dy * dy) / (together * size);
            row[o] = exp(-2.0 * far * far);
            squares += row[o] * row[o];
        }
        for (int32_t o = 0; o < f->zone_count; o++)
            row[o] /= sqrt(squares);
    }
}

tw_status tw_filter_zones_make(struct tw_filter *filter)
{
    struct tw_filter *f = filter;
    double square[MOST_ZONES + 1][2];
    f->zone_of = TW_ARENA_NEW(&f->arena, int32_t, f->subcatchments);
    if (f->zone_of == NULL) return TW_ERR_NOMEM;
    double size = f->setup.zone_m;
    int32_t count = cut(f, size, square);
    for (int i = 0; count < 0 && i < 64; i++) {
        size *= 1.5;
        count = cut(f, size, square);
    }
    if (count < 1) { /* nothing on a map, or all over it */
        count = 1;
        square[0][0] = square[0][1] = 0.0;
        for (int32_t i = 0; i < f->subcatchments; i++)
            f->zone_of[i] = 0;
    }
    f->zone_count = count;
    f->zone_xy = TW_ARENA_NEW(&f->arena, double, 2 * count);
    f->blend = TW_ARENA_NEW(&f->arena, double, count *count);
    if (f->zone_xy == NULL || f->blend == NULL) return TW_ERR_NOMEM;
    for (int32_t z = 0; z < count; z++) {
        f->zone_xy[2 * z] = (square[z][0] + 0.5) * size;
        f->zone_xy[2 * z + 1] = (square[z][1] + 0.5) * size;
    }
    blend_rows(f, size);
    return TW_OK;
}

/* Draws of one zone over the members: mean 0 and deviation 1 exactly, as far as there are two. */
static void draw(struct tw_filter *f, uint64_t stream, double *chance)
{
    int32_t members = f->setup.members;
    double mean = 0.0, squares = 0.0;
    for (int32_t m = 0; m < members; m++) {
        chance[m] = members > 1 ? tw_random_normal(f->setup.seed, stream, (uint64_t)m) : 0.0;
        mean += chance[m] / members;
    }
    for (int32_t m = 0; m < members; m++) {
        chance[m] -= mean;
        squares += chance[m] * chance[m];
    }
    for (int32_t m = 0; m < members && squares > 0.0; m++)
        chance[m] *= sqrt((members - 1) / squares);
}

static void drift_factor(struct tw_filter *f, int32_t parameter, int32_t i, double dt_s)
{
    const struct tw_filter_prior *prior = &f->setup.priors[parameter];
    bool by_zone = tw_filter_parameter_rows[parameter].by_zone;
    int32_t members = f->setup.members;
    double kept = exp(-dt_s / prior->memory_s);
    double moved = prior->spread * sqrt(1.0 - kept * kept);
    double *ln = f->factor_ln + (int64_t)(f->first[parameter] + i) * members;
    for (int32_t m = 0; m < members; m++) {
        double chance = by_zone ? 0.0 : f->chance[m];
        for (int32_t o = 0; by_zone && o < f->zone_count; o++)
            chance += f->blend[(int64_t)i * f->zone_count + o] * f->chance[o * members + m];
        ln[m] = kept * ln[m] + moved * chance;
    }
}

void tw_filter_drift(struct tw_filter *filter, double dt_s)
{
    struct tw_filter *f = filter;
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        int32_t count = f->first[p + 1] - f->first[p];
        for (int32_t z = 0; z < count; z++) {
            uint64_t stream = (uint64_t)f->state.draws * (uint64_t)f->factor_count;
            draw(f, stream + (uint64_t)(f->first[p] + z),
                 f->chance + (int64_t)z * f->setup.members);
        }
        for (int32_t i = 0; i < count; i++)
            drift_factor(f, p, i, dt_s);
    }
    f->state.draws++;
}
