/* What a run ahead came to. */
#include "forecast/foresee_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tw_status tw_foresee_result_make(struct tw_foresee *foresee, int32_t members, int32_t steps)
{
    const struct tw_foresee_setup *s = &foresee->setup;
    struct tw_foresee_result *r = &foresee->result;
    const int32_t counts[TW_SERIES_KINDS] = {[TW_SERIES_DEPTH] = s->point_count,
                                             [TW_SERIES_LOAD] = s->link_count,
                                             [TW_SERIES_FILLING] = s->link_count,
                                             [TW_SERIES_INFLOW] = s->inlet_count};
    for (int32_t kind = 0; kind < TW_SERIES_KINDS; kind++)
        r->first[kind + 1] = r->first[kind] + counts[kind];
    size_t needed = (size_t)r->first[TW_SERIES_KINDS] * (size_t)steps * (size_t)members + 1;
    if (needed <= r->room) return TW_OK;
    free(r->by_member);
    free(r->sorted);
    r->by_member = calloc(needed, sizeof *r->by_member);
    r->sorted = calloc(needed, sizeof *r->sorted);
    r->room = r->by_member != NULL && r->sorted != NULL ? needed : 0;
    return r->room > 0 ? TW_OK : TW_ERR_NOMEM;
}

static int by_value(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

/* What a member had before it failed does not count either: its rain made it fail. */
void tw_foresee_result_close(struct tw_foresee *foresee, int32_t members, int32_t steps)
{
    struct tw_foresee_result *r = &foresee->result;
    int32_t sound = 0, asked = r->extent.asked_step_count;
    for (int32_t m = 0; m < members; m++) {
        foresee->failed[m] = tw_batch_status(foresee->ahead, m) != TW_OK;
        sound += !foresee->failed[m];
    }
    float *to = r->by_member; /* never ahead of what is read */
    for (int32_t row = 0; row < r->first[TW_SERIES_KINDS]; row++) {
        for (int32_t step = 0; step < steps; step++) {
            const float *from = r->by_member + ((int64_t)row * asked + step) * members;
            for (int32_t m = 0; m < members; m++) {
                if (!foresee->failed[m]) *to++ = from[m];
            }
        }
    }
    size_t count = (size_t)(to - r->by_member);
    memcpy(r->sorted, r->by_member, count * sizeof *r->sorted);
    for (size_t i = 0; i < count; i += (size_t)sound)
        qsort(r->sorted + i, (size_t)sound, sizeof *r->sorted, by_value);
    r->extent.step_count = steps;
    r->extent.members = sound;
    r->extent.failed += members - sound;
}

struct tw_foresee_extent tw_foresee_extent_get(const struct tw_foresee_result *result)
{
    return result->extent;
}

/* Index of the first member's value; -1 out of range. */
static int64_t place(const struct tw_foresee_result *r, tw_series_kind kind, int32_t index,
                     int32_t step)
{
    if ((int)kind < 0 || (int)kind >= TW_SERIES_KINDS || index < 0) return -1;
    int32_t row = r->first[kind] + index;
    if (row >= r->first[kind + 1] || step < 0 || step >= r->extent.step_count) return -1;
    return ((int64_t)row * r->extent.step_count + step) * r->extent.members;
}

const float *tw_foresee_values(const struct tw_foresee_result *result, tw_series_kind kind,
                               int32_t index, int32_t step)
{
    int64_t at = place(result, kind, index, step);
    return at < 0 ? NULL : result->sorted + at;
}

double tw_foresee_quantile(const struct tw_foresee_result *result, tw_series_kind kind,
                           int32_t index, double level, int32_t step)
{
    const float *sorted = tw_foresee_values(result, kind, index, step);
    if (sorted == NULL || !(level >= 0.0 && level <= 1.0)) return (double)NAN;
    int32_t count = result->extent.members;
    double at = level * (count - 1);
    int32_t i = (int32_t)at;
    if (i >= count - 1) return (double)sorted[count - 1];
    return (double)sorted[i] + (at - i) * ((double)sorted[i + 1] - (double)sorted[i]);
}

double tw_foresee_share(const struct tw_foresee_result *result, tw_series_kind kind, int32_t index,
                        double limit, int32_t step)
{
    const float *sorted = tw_foresee_values(result, kind, index, step);
    if (sorted == NULL) return (double)NAN;
    int32_t above = 0;
    for (int32_t m = 0; m < result->extent.members; m++)
        above += (double)sorted[m] >= limit;
    return (double)above / result->extent.members;
}

/* Of one member: seconds from now until it passes a limit, between two values by a straight line, and
 * how long it stays above; false: it does not pass. */
static bool passes(const struct tw_foresee_result *r, int64_t row_at, int32_t member, double limit,
                   double *out_first_s, double *out_lasts_s)
{
    int32_t above = 0;
    bool any = false;
    double before = 0.0;
    for (int32_t step = 0; step < r->extent.step_count; step++) {
        double value = (double)r->by_member[row_at + (int64_t)step * r->extent.members + member];
        above += value >= limit;
        if (!any && value >= limit) {
            double part = step > 0 ? (limit - before) / (value - before) : 1.0;
            *out_first_s = (step - 1 + part) * r->extent.step_s;
            if (*out_first_s < 0.0) *out_first_s = 0.0;
            any = true;
        }
        before = value;
    }
    *out_lasts_s = above * r->extent.step_s;
    return any;
}

static int by_number(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

struct tw_foresee_passing tw_foresee_passing_get(const struct tw_foresee_result *result,
                                                 tw_series_kind kind, int32_t index, double limit)
{
    const double none = (double)NAN;
    double first_s[TW_FILTER_MEMBERS_MOST], lasts_s[TW_FILTER_MEMBERS_MOST];
    int64_t at = place(result, kind, index, 0);
    if (at < 0) return (struct tw_foresee_passing){none, none, none, none};
    int32_t count = 0, members = result->extent.members;
    for (int32_t m = 0; m < members; m++)
        count += passes(result, at, m, limit, &first_s[count], &lasts_s[count]);
    if (count == 0) return (struct tw_foresee_passing){0.0, none, none, 0.0};
    qsort(first_s, (size_t)count, sizeof first_s[0], by_number);
    qsort(lasts_s, (size_t)count, sizeof lasts_s[0], by_number);
    return (struct tw_foresee_passing){.share = (double)count / members,
                                       .early_s = result->extent.start_s + first_s[count / 10],
                                       .middle_s = result->extent.start_s + first_s[count / 2],
                                       .lasts_s = lasts_s[count / 2]};
}
