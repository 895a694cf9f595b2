/* Serial ensemble square root filter: one sensor after the other draws everything that it sees.
 * Whitaker and Hamill 2002, (10) to (13).
 *
 *   y   measured, r its error's variance      hx  what members have there, h' off their mean
 *   k = cov(x, hx) / (var(hx) + r)            mean += k (y - mean(hx))
 *   a = 1 / (1 + sqrt(r / (var(hx) + r)))     x' -= a k h'
 *
 * k counts by the sensor's weight at x and by how sure its correlation is with so few members. One
 * member alone has no covariance: it is drawn by distance. */
#include "forecast/filter_parts.h"

#include <math.h>

/* Changes below this are not worth disturbing a member for [m, m3/s]. */
static const double least_change = 1e-5;
/* One member: part of the difference that is taken back where the sensor is. */
static const double nudge_ratio = 0.5;
/* Inflation: the most of it, how fast it is learnt, and from where on an innovation teaches no more. */
static const double most_inflation = 4.0, inflation_part = 0.3, far_deviations = 5.0;
/* In spreads of the prior: how far factors may be spread again, and how far off the middle be. */
static const double most_spread = 1.5, most_off = 2.5;

double tw_filter_seen(const struct tw_filter *filter, int32_t sensor, int32_t member)
{
    const struct tw_filter_sensor *s = &filter->sensors[sensor];
    if (s->kind == TW_FILTER_LEVEL) {
        return tw_batch_node_depth_m(filter->batch, member, (tw_node_id){s->index});
    }
    return tw_batch_link_flow_m3s(filter->batch, member, (tw_link_id){s->index});
}

static double element_get(const struct tw_filter *f, const struct tw_element *e, int32_t member)
{
    if (e->kind == TW_ELEMENT_LINK) {
        return tw_batch_link_flow_m3s(f->batch, member, (tw_link_id){e->index});
    }
    double depth_m =
        e->kind == TW_ELEMENT_NODE
            ? tw_batch_node_depth_m(f->batch, member, (tw_node_id){e->index})
            : tw_batch_surface_depth_m(f->batch, member, (tw_subcatchment_id){e->index},
                                       (tw_surface_part)e->part);
    return sqrt(depth_m > 0.0 ? depth_m : 0.0);
}

/* A depth above the street by far more than any member had is of the regression, not of the water. */
static double most_depth(const struct tw_filter *f, const struct tw_element *e)
{
    struct tw_node_info node;
    if (e->kind != TW_ELEMENT_NODE) return 0.2;
    if (tw_model_node_info(f->setup.model, (tw_node_id){e->index}, &node) != TW_OK) return 0.0;
    return node.full_depth_m + (node.ponded_area_m2 > 0.0 ? 2.0 : 0.0);
}

static tw_status element_set(struct tw_filter *f, int32_t at, int32_t member)
{
    const struct tw_element *e = &f->elements[at];
    double now = f->x[(int64_t)at * f->setup.members + member];
    double before = f->x_before[(int64_t)at * f->setup.members + member];
    if (e->kind == TW_ELEMENT_LINK) {
        if (fabs(now - before) < least_change) return TW_OK;
        return tw_batch_set_link_flow(f->batch, member, (tw_link_id){e->index}, now);
    }
    double depth_m = now > 0.0 ? now * now : 0.0, most_m = most_depth(f, e);
    if (before * before > most_m) most_m = before * before;
    if (depth_m > most_m) depth_m = most_m;
    if (fabs(depth_m - before * before) < least_change) return TW_OK;
    if (e->kind == TW_ELEMENT_NODE) {
        return tw_batch_set_node_depth(f->batch, member, (tw_node_id){e->index}, depth_m);
    }
    return tw_batch_set_surface_depth(f->batch, member, (tw_subcatchment_id){e->index},
                                      (tw_surface_part)e->part, depth_m);
}

static void gather(struct tw_filter *f)
{
    int32_t members = f->setup.members;
    for (int32_t e = 0; e < f->element_count; e++) {
        for (int32_t m = 0; m < members; m++) {
            int64_t at = (int64_t)e * members + m;
            f->x[at] = f->sound[m] ? element_get(f, &f->elements[e], m) : 0.0;
            f->x_before[at] = f->x[at];
        }
    }
    for (int64_t i = 0; i < (int64_t)f->factor_count * members; i++)
        f->factor_before[i] = f->factor_ln[i];
}

static tw_status scatter(struct tw_filter *f)
{
    for (int32_t e = 0; e < f->element_count; e++) {
        for (int32_t m = 0; m < f->setup.members; m++) {
            if (f->sound[m]) TW_TRY(element_set(f, e, m));
        }
    }
    return tw_filter_apply(f);
}

/* What a sensor does to the rest: its own members' values off their mean, and the gain's parts. */
struct pull {
    const double *off; /* [member] 0 for one that failed */
    double innovation, variance, error_variance, shrink;
    int32_t sound;
};

static double mean_of(const struct tw_filter *f, const double *x, int32_t sound)
{
    double sum = 0.0;
    for (int32_t m = 0; m < f->setup.members; m++)
        sum += f->sound[m] ? x[m] : 0.0;
    return sum / sound;
}

static double variance_of(const struct tw_filter *f, const double *x, int32_t sound)
{
    double mean = mean_of(f, x, sound), sum = 0.0;
    for (int32_t m = 0; m < f->setup.members; m++)
        sum += f->sound[m] ? (x[m] - mean) * (x[m] - mean) : 0.0;
    return sound > 1 ? sum / (sound - 1) : 0.0;
}

/* How far a correlation of few members is to be believed: of no true correlation they show one of
 * about 1 / sqrt(members - 1). */
static double trust(double correlation2, int32_t sound)
{
    double error = (1.0 - correlation2) * (1.0 - correlation2) / (sound - 1);
    return correlation2 / (correlation2 + error);
}

static void pull_row(const struct tw_filter *f, const struct pull *pull, double weight, double *x)
{
    double mean = mean_of(f, x, pull->sound), cross = 0.0, own = 0.0;
    for (int32_t m = 0; m < f->setup.members; m++) {
        if (!f->sound[m]) continue;
        cross += (x[m] - mean) * pull->off[m];
        own += (x[m] - mean) * (x[m] - mean);
    }
    if (!(own > 1e-14)) return;
    cross /= pull->sound - 1;
    own /= pull->sound - 1;
    double correlation2 = cross * cross / (own * pull->variance);
    if (correlation2 > 1.0) correlation2 = 1.0;
    weight *= trust(correlation2, pull->sound);
    double gain = weight * cross / (pull->variance + pull->error_variance);
    for (int32_t m = 0; m < f->setup.members; m++) {
        if (!f->sound[m]) continue;
        x[m] += gain * (pull->innovation - pull->shrink * pull->off[m]);
    }
}

static void pull_all(struct tw_filter *f, int32_t sensor, const struct pull *pull)
{
    int32_t members = f->setup.members;
    const struct tw_reach *reach = &f->reach[sensor];
    for (int32_t k = 0; k < reach->count; k++)
        pull_row(f, pull, reach->weight[k], f->x + (int64_t)reach->element[k] * members);
    for (int32_t i = 0; i < f->factor_count; i++) {
        double weight = f->factor_weight[(int64_t)sensor * f->factor_count + i];
        if (weight > 0.0) pull_row(f, pull, weight, f->factor_ln + (int64_t)i * members);
    }
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        double weight = f->sensor_weight[(int64_t)sensor * f->setup.sensor_count + s];
        if (weight > 0.0) pull_row(f, pull, weight, f->hx + (int64_t)s * members);
    }
}

/* What is farther than expected draws as if it were just so far: one wild value does little harm. */
static double bounded_error(const struct tw_filter *f, double innovation, double variance, double r)
{
    double most = f->setup.most_innovation;
    double needed = innovation * innovation / (most * most) - variance;
    return needed > r ? needed : r;
}

static void take_sensor(struct tw_filter *f, int32_t sensor, int32_t sound, double *off)
{
    double value = 0.0, sd = 0.0;
    if (!tw_filter_measured(f, sensor, &value, &sd)) return;
    double *hx = f->hx + (int64_t)sensor * f->setup.members;
    double mean = mean_of(f, hx, sound), variance = variance_of(f, hx, sound);
    if (!(variance > 1e-10)) return;
    for (int32_t m = 0; m < f->setup.members; m++)
        off[m] = f->sound[m] ? hx[m] - mean : 0.0;
    double r = bounded_error(f, value - mean, variance, sd * sd);
    const struct pull pull = {.off = off,
                              .innovation = value - mean,
                              .variance = variance,
                              .error_variance = r,
                              .shrink = 1.0 / (1.0 + sqrt(r / (variance + r))),
                              .sound = sound};
    pull_all(f, sensor, &pull);
}

/* Part of the spread that the sensors took is given back, or members would soon agree on too much.
 * source: relaxation to prior spread, Whitaker and Hamill 2012 */
static void relax_row(const struct tw_filter *f, int32_t sound, const double *before, double *x)
{
    double was = variance_of(f, before, sound), is = variance_of(f, x, sound);
    if (!(is > 1e-14) || was <= is) return;
    double mean = mean_of(f, x, sound);
    double stretch = 1.0 + f->setup.relaxation * (sqrt(was) - sqrt(is)) / sqrt(is);
    for (int32_t m = 0; m < f->setup.members; m++) {
        if (f->sound[m]) x[m] = mean + stretch * (x[m] - mean);
    }
}

static void relax(struct tw_filter *f, int32_t sound)
{
    int32_t members = f->setup.members;
    for (int32_t e = 0; e < f->element_count; e++) {
        int64_t at = (int64_t)e * members;
        relax_row(f, sound, f->x_before + at, f->x + at);
    }
    for (int32_t i = 0; i < f->factor_count; i++) {
        int64_t at = (int64_t)i * members;
        relax_row(f, sound, f->factor_before + at, f->factor_ln + at);
    }
}

/* What members err more than they spread: sum of (d^2 - r) / r over that of var(hx) / r, of all sensors
 * that are used. source: Desroziers et al. 2005, (1), with one factor for all */
static void learn_inflation(struct tw_filter *f, int32_t sound)
{
    double erred = 0.0, spread = 0.0;
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        double value = 0.0, sd = 0.0;
        if (!f->sensor[s].fit.used || !tw_filter_measured(f, s, &value, &sd)) continue;
        const double *hx = f->hx + (int64_t)s * f->setup.members;
        double variance = variance_of(f, hx, sound), r = sd * sd;
        double off = value - mean_of(f, hx, sound), square = off * off;
        double most = far_deviations * far_deviations * (variance + r);
        erred += ((square < most ? square : most) - r) / r;
        spread += variance / r;
    }
    if (!(spread > 0.1)) return; /* nothing moves: nothing to learn from */
    double found = erred / spread;
    found = found < 0.5 ? 0.5 : found > most_inflation ? most_inflation : found;
    f->state.inflation += inflation_part * (found - f->state.inflation);
}

/* Factors alone are spread further: their spread comes to all water in time, while water where no
 * sensor is would be spread without end. */
static void inflate_factors(struct tw_filter *f, int32_t sound)
{
    double stretch = sqrt(f->state.inflation);
    for (int32_t p = 0; stretch > 1.0 && p < TW_FILTER_PARAMETERS; p++) {
        double most = most_spread * f->setup.priors[p].spread;
        for (int32_t i = f->first[p]; i < f->first[p + 1]; i++) {
            double *ln = f->factor_ln + (int64_t)i * f->setup.members;
            double mean = mean_of(f, ln, sound), sd = sqrt(variance_of(f, ln, sound));
            double by = sd * stretch <= most ? stretch : sd < most ? most / sd : 1.0;
            for (int32_t m = 0; m < f->setup.members; m++) {
                if (f->sound[m]) ln[m] = mean + by * (ln[m] - mean);
            }
        }
    }
}

/* Factors that no one would believe are what is wrong elsewhere. */
static void bound_factors(struct tw_filter *f)
{
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        double most = most_off * f->setup.priors[p].spread;
        int64_t begin = (int64_t)f->first[p] * f->setup.members;
        int64_t end = (int64_t)f->first[p + 1] * f->setup.members;
        for (int64_t i = begin; i < end; i++) {
            double ln = f->factor_ln[i];
            f->factor_ln[i] = ln > most ? most : ln < -most ? -most : ln;
        }
    }
}

/* ---- one member alone ---- */

/* How one sensor pulls one member. */
struct nudge {
    double value, have, gain;
};

/* Depths follow a level's difference, shallow ones in proportion; flows follow a flow in
 * proportion. */
static void nudge_elements(struct tw_filter *f, int32_t sensor, const struct nudge *nudge)
{
    const struct tw_reach *reach = &f->reach[sensor];
    bool level = f->sensors[sensor].kind == TW_FILTER_LEVEL;
    double scale = fabs(nudge->have) > 1e-3 ? fabs(nudge->have) : 1e-3;
    for (int32_t k = 0; k < reach->count; k++) {
        double *x = &f->x[reach->element[k]];
        enum tw_element_kind kind = f->elements[reach->element[k]].kind;
        double by = nudge->gain * reach->weight[k] * reach->weight[k];
        by *= nudge->value - nudge->have;
        if (level && kind == TW_ELEMENT_NODE) {
            double depth_m = *x * *x, part = depth_m < scale ? depth_m / scale : 1.0;
            depth_m += part * by;
            *x = sqrt(depth_m > 0.0 ? depth_m : 0.0);
        } else if (!level && kind == TW_ELEMENT_LINK) {
            double part = *x / scale;
            *x += (part > 1.0 ? 1.0 : part < -1.0 ? -1.0 : part) * by;
        }
    }
}

/* A conduit that is full carries what it can, whatever it rains. */
static bool tells_of_rain(const struct tw_filter *f, int32_t sensor, const struct nudge *nudge)
{
    if (f->sensors[sensor].kind == TW_FILTER_LEVEL) return true;
    struct tw_link_info info;
    tw_link_id id = {f->sensors[sensor].index};
    if (tw_model_link_info(f->setup.model, id, &info) != TW_OK) return false;
    double most = 0.8 * info.full_flow_m3s;
    return fabs(nudge->value) < most && fabs(nudge->have) < most;
}

static void nudge_rain(struct tw_filter *f, int32_t sensor, double gain, double ln_ratio)
{
    for (int32_t z = f->first[TW_FILTER_RAIN]; z < f->first[TW_FILTER_RAIN + 1]; z++) {
        double weight = f->factor_weight[(int64_t)sensor * f->factor_count + z];
        f->factor_ln[z] += gain * weight * ln_ratio;
    }
}

/* Rain where the sensor's water comes from is taken to be wrong in the sense of its difference. */
static void nudge(struct tw_filter *f, int32_t sensor)
{
    struct nudge nudge = {.have = f->hx[sensor]};
    double sd = 0.0;
    if (!tw_filter_measured(f, sensor, &nudge.value, &sd)) return;
    double off = fabs(nudge.value - nudge.have);
    nudge.gain = nudge_ratio * off / (off + sd);
    nudge_elements(f, sensor, &nudge);
    if (!tells_of_rain(f, sensor, &nudge)) return;
    double ratio = (fabs(nudge.value) + sd) / (fabs(nudge.have) + sd);
    if (ratio > 3.0) ratio = 3.0;
    if (ratio < 1.0 / 3.0) ratio = 1.0 / 3.0;
    nudge_rain(f, sensor, nudge.gain, log(ratio));
}

tw_status tw_filter_draw(struct tw_filter *filter)
{
    struct tw_filter *f = filter;
    double off[TW_FILTER_MEMBERS_MOST];
    int32_t sound = 0, used = 0;
    for (int32_t m = 0; m < f->setup.members; m++)
        sound += f->sound[m];
    for (int32_t s = 0; s < f->setup.sensor_count; s++)
        used += f->sensor[s].fit.used;
    if (used == 0 || sound == 0 || !f->setup.assimilate) return TW_OK;
    gather(f);
    if (sound > 2) {
        learn_inflation(f, sound);
        inflate_factors(f, sound);
    }
    for (int32_t s = 0; s < f->setup.sensor_count; s++) {
        if (!f->sensor[s].fit.used) continue;
        if (f->setup.members == 1) {
            nudge(f, s);
        } else if (sound > 2) {
            take_sensor(f, s, sound, off);
        }
    }
    if (f->setup.members > 1) relax(f, sound);
    bound_factors(f);
    return scatter(f);
}
