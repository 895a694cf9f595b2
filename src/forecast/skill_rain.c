#include "forecast/skill_rain.h"

#include "forecast/skill.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WET_MMH 0.2
enum { GROUPS = 10 };

tw_status tw_rain_skill_init(struct tw_rain_skill *skill, int32_t leads, int32_t members)
{
    if (leads < 1 || members < 1) return TW_ERR_ARG;
    struct tw_rain_skill made = {.leads = leads, .members = members};
    made.lead = calloc((size_t)leads, sizeof *made.lead);
    made.ranks = calloc((size_t)leads * ((size_t)members + 1), sizeof *made.ranks);
    if (made.lead == NULL || made.ranks == NULL) {
        tw_rain_skill_done(&made);
        return TW_ERR_NOMEM;
    }
    *skill = made;
    return TW_OK;
}

void tw_rain_skill_done(struct tw_rain_skill *skill)
{
    free(skill->lead);
    free(skill->ranks);
    skill->lead = NULL;
    skill->ranks = NULL;
}

static int by_value(const void *left, const void *right)
{
    float a = *(const float *)left;
    float b = *(const float *)right;
    return (a > b) - (a < b);
}

/* Among equal members the truth's rank is drawn, else dry members would all lie below a dry truth. */
static int32_t rank_of(const float *sorted, int32_t count, double truth, uint64_t chance)
{
    int32_t below = 0;
    int32_t same = 0;
    for (int32_t i = 0; i < count; i++) {
        below += (double)sorted[i] < truth - 1e-6;
        same += fabs((double)sorted[i] - truth) <= 1e-6;
    }
    return below + (int32_t)(tw_random_unit_of(tw_random_mix(chance)) * (same + 1));
}

tw_status tw_rain_skill_add(struct tw_rain_skill *skill, int32_t lead,
                            const struct tw_rain_case *one)
{
    const int32_t members = skill->members;
    float *sorted = malloc((size_t)members * sizeof *sorted);
    if (sorted == NULL) return TW_ERR_NOMEM;
    memcpy(sorted, one->mmh, (size_t)members * sizeof *sorted);
    qsort(sorted, (size_t)members, sizeof *sorted, by_value);
    struct tw_rain_skill_lead *s = &skill->lead[lead];
    double mean = 0.0;
    double variance = 0.0;
    for (int32_t i = 0; i < members; i++)
        mean += (double)sorted[i] / members;
    for (int32_t i = 0; i < members && members > 1; i++)
        variance += ((double)sorted[i] - mean) * ((double)sorted[i] - mean) / (members - 1);
    s->cases += 1.0;
    s->crps_mmh += tw_skill_crps_m(sorted, members, one->came_mmh);
    s->persistence_mmh += fabs(one->persistence_mmh - one->came_mmh);
    s->still_mmh += fabs(one->still_mmh - one->came_mmh);
    s->bias_mmh += mean - one->came_mmh;
    s->error2 += (mean - one->came_mmh) * (mean - one->came_mmh);
    s->spread2 += variance;
    if (one->came_mmh >= WET_MMH || (double)sorted[members - 1] >= WET_MMH) {
        s->wet_cases += 1.0;
        int32_t rank = rank_of(sorted, members, one->came_mmh, one->chance);
        skill->ranks[(size_t)lead * ((size_t)members + 1) + (size_t)rank] += 1.0;
    }
    free(sorted);
    return TW_OK;
}

double tw_rain_skill_unevenness(const struct tw_rain_skill *skill, int32_t first, int32_t count)
{
    double groups[GROUPS] = {0.0};
    double all = 0.0;
    const int32_t ranks = skill->members + 1;
    for (int32_t l = first; l < first + count; l++) {
        for (int32_t r = 0; r < ranks; r++) {
            double cases = skill->ranks[(size_t)l * (size_t)ranks + (size_t)r];
            /* A rank that lies on two groups counts in both, by its parts. */
            double from = (double)r * GROUPS / ranks;
            double to = (double)(r + 1) * GROUPS / ranks;
            for (int32_t g = (int32_t)from; g < GROUPS && g < to; g++) {
                double low = from > g ? from : g;
                double high = to < g + 1 ? to : g + 1;
                if (high > low) groups[g] += cases * (high - low) / (to - from);
            }
            all += cases;
        }
    }
    if (!(all > 0.0)) return (double)NAN;
    double wrong = 0.0;
    for (int i = 0; i < GROUPS; i++)
        wrong += 0.5 * fabs(groups[i] / all - 1.0 / GROUPS);
    return wrong;
}

double tw_rain_skill_outside(const struct tw_rain_skill *skill, int32_t first, int32_t count)
{
    const size_t ranks = (size_t)skill->members + 1;
    double outside = 0.0;
    double all = 0.0;
    for (int32_t l = first; l < first + count; l++) {
        const double *of_lead = skill->ranks + (size_t)l * ranks;
        outside += of_lead[0] + of_lead[ranks - 1];
        for (size_t r = 0; r < ranks; r++)
            all += of_lead[r];
    }
    return all > 0.0 ? outside / all : (double)NAN;
}
