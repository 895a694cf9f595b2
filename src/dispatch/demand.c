/* Demand from depths. */
#include "dispatch/demand.h"

#include <math.h>
#include <string.h>

enum { AFTER_S = 900 }; /* people stay on for the last of the water */

static void set_word(int32_t *out, const char *const *words, int32_t count, const char *word,
                     int32_t value)
{
    for (int32_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) out[i] = value;
}

int32_t tw_demand_usual(const struct tw_dispatch_problem *words, struct tw_demand_step *out_steps)
{
    static const struct {
        double depth_m;
        int32_t people, pump_m3h, traffic, pump, rescue, cones, sandbags;
    } usual[TW_DISPATCH_STAGES] = {{0.15, 4, 0, 4, 0, 0, 20, 0},
                                   {0.27, 8, 1000, 4, 4, 0, 30, 50},
                                   {0.40, 12, 2000, 4, 4, 0, 30, 100},
                                   {0.60, 16, 3000, 4, 4, 4, 40, 150}};
    for (int k = 0; k < TW_DISPATCH_STAGES; k++) {
        struct tw_need *need = &out_steps[k].need;
        out_steps[k] = (struct tw_demand_step){.depth_m = usual[k].depth_m};
        need->people = usual[k].people;
        need->pump_m3h = usual[k].pump_m3h;
        set_word(need->skills, words->skills, words->skill_count, "traffic", usual[k].traffic);
        set_word(need->skills, words->skills, words->skill_count, "pump", usual[k].pump);
        set_word(need->skills, words->skills, words->skill_count, "rescue", usual[k].rescue);
        set_word(need->kits, words->kits, words->kit_count, "cones", usual[k].cones);
        set_word(need->kits, words->kits, words->kit_count, "sandbags", usual[k].sandbags);
    }
    return TW_DISPATCH_STAGES;
}

/* When a depth is reached first, between two values in proportion; TW_DISPATCH_NEVER: not at all. */
static int32_t reached_s(int32_t count, const int32_t *time_s, const double *depth_m,
                         double limit_m)
{
    for (int32_t i = 0; i < count; i++) {
        if (depth_m[i] < limit_m) continue;
        if (i == 0) return time_s[0];
        double share = (limit_m - depth_m[i - 1]) / (depth_m[i] - depth_m[i - 1]);
        return time_s[i - 1] + (int32_t)floor(share * (time_s[i] - time_s[i - 1]));
    }
    return TW_DISPATCH_NEVER;
}

static int32_t gone_s(int32_t count, const int32_t *time_s, const double *depth_m, double limit_m)
{
    for (int32_t i = count - 1; i >= 0; i--)
        if (depth_m[i] >= limit_m) return time_s[i + 1 < count ? i + 1 : i] + AFTER_S;
    return 0;
}

/* The steepest rise from now up to the deepest water [m/h]. */
static double rise_mh(int32_t count, const int32_t *time_s, const double *depth_m)
{
    double steepest = 0.0;
    for (int32_t i = 1; i < count; i++) {
        double rise = (depth_m[i] - depth_m[i - 1]) * 3600.0 / (time_s[i] - time_s[i - 1]);
        if (rise > steepest) steepest = rise;
    }
    return steepest;
}

static bool usable(int32_t count, const int32_t *time_s, const double *depth_m)
{
    for (int32_t i = 0; i < count; i++)
        if (!(depth_m[i] >= 0.0 && depth_m[i] <= 100.0) || (i > 0 && time_s[i] <= time_s[i - 1]))
            return false;
    return true;
}

static double most(int32_t count, const double *depth_m)
{
    double deepest = 0.0;
    for (int32_t i = 0; i < count; i++)
        if (depth_m[i] > deepest) deepest = depth_m[i];
    return deepest;
}

tw_status tw_demand_set(const struct tw_demand_step *steps, int32_t step_count, int32_t count,
                        const int32_t *time_s, const double *const plan_high_m[2], double life_m,
                        struct tw_dispatch_point *io_point)
{
    const double *plan_m = plan_high_m[0];
    const double *high_m = plan_high_m[1] != NULL ? plan_high_m[1] : plan_m;
    if (count < 1 || step_count < 0 || step_count > TW_DISPATCH_STAGES ||
        !usable(count, time_s, plan_m) || !usable(count, time_s, high_m))
        return TW_ERR_ARG;
    struct tw_dispatch_point point = *io_point;
    point.stage_count = 0;
    point.depth_m = most(count, plan_m);
    point.rise_mh = rise_mh(count, time_s, plan_m);
    point.water_s = point.end_s = 0;
    for (int32_t k = 0; k < step_count; k++) {
        if (!(steps[k].depth_m >= 0.0) || (k > 0 && steps[k].depth_m <= steps[k - 1].depth_m))
            return TW_ERR_ARG;
        int32_t from_s = reached_s(count, time_s, plan_m, steps[k].depth_m);
        if (from_s == TW_DISPATCH_NEVER) break;
        bool same = point.stage_count > 0 && point.stages[point.stage_count - 1].from_s >= from_s;
        struct tw_need *stage = &point.stages[same ? point.stage_count - 1 : point.stage_count++];
        *stage = steps[k].need;
        stage->from_s = from_s;
    }
    if (point.stage_count > 0) {
        point.water_s = point.stages[0].from_s;
        point.end_s = gone_s(count, time_s, plan_m, steps[0].depth_m);
    }
    if (point.stage_count > 0 && most(count, high_m) >= life_m) point.life = true;
    *io_point = point;
    return TW_OK;
}
